"""What a part of the suite gives back: Markdown tables, and the faults that make the command fail."""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

AGREEMENT = 1e-9  # relative: sums of up to 10,000 partial derivatives, each within 1e-12, some of them cancelling
ABSENT = "-"


@dataclass(frozen=True)
class Table:
    """Hold one table and what went wrong while it was made; a missed target is no fault, a wrong number is."""

    title: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    faults: tuple[str, ...] = ()

    def __str__(self) -> str:
        rows = [[cell.replace("|", "\\|") for cell in row] for row in (self.header, *self.rows)]
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        rows.insert(1, ["-" * width for width in widths])
        lines = (
            "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |" for row in rows
        )
        return f"{self.title}\n\n" + "\n".join(lines) + "\n"


def seconds(value: float) -> str:
    """Write a duration with three digits in the unit that suits it.

    >>> seconds(0.01234), seconds(2.5), seconds(4e-7)
    ('12.3 ms', '2.50 s', '0.400 us')
    """
    factor, unit = next(((f, u) for f, u in ((1, "s"), (1e3, "ms")) if value * f >= 1), (1e6, "us"))
    return f"{three_digits(value * factor)} {unit}"


def three_digits(value: float) -> str:
    """Write a number with three digits, or as an integer where it has more.

    >>> three_digits(0.7125), three_digits(12.34), three_digits(4321.5)
    ('0.713', '12.3', '4,322')
    """
    if not math.isfinite(value) or value == 0:
        return str(value)
    digits = 2 - math.floor(math.log10(abs(value)))
    return f"{value:,.{max(0, digits)}f}"


def ratio(ours: Sequence[float], theirs: Sequence[float]) -> float:
    """Give the median of the ratios round by round, which drift leaves alone, or else the ratio of the medians."""
    if len(ours) == len(theirs):
        return statistics.median(a / b for a, b in zip(ours, theirs, strict=True))
    return statistics.median(ours) / statistics.median(theirs)


def verdict(met: bool) -> str:
    return "met" if met else "missed"


def disagreements(case: str, values: dict[str, Sequence[float]]) -> Iterable[str]:
    """Name each peer whose numbers are not those of the first, within AGREEMENT; a NaN agrees with nothing."""
    (first, wanted), *others = values.items() if values else [("", ())]
    for peer, given in others:
        if len(given) != len(wanted) or not all(map(agree, given, wanted)):
            yield f"{case}: the gradients of {first} and {peer} disagree: {list(wanted)[:2]} and {list(given)[:2]}"


def agree(a: float, b: float) -> bool:
    return math.isclose(a, b, rel_tol=AGREEMENT)
