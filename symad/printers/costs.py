"""Program in, a table out: what each way to each kind of derivative costs in operations."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from symad.derivatives.kinds import asked, ways_to
from symad.derivatives.search import CHEAPEST, Found, survey
from symad.errors import TargetError
from symad.program import Program
from symad.simplify import simplify

HEADS = ("derivative", "way", "as it comes", "after algebra", "ratio", "powers expanded")
TEXTS = 2  # columns of words
SAVED = 3  # the column of what is counted after algebra
LEGEND = """\
* the way that is kept; ratio: its operations over the value's
powers expanded: x^n as floor(log2 n) + popcount(n) - 1 products, a division more for a negative n
-: not counted, since it takes far more than another way or is for programs without conditions
"""


def costs(
    program: Program,
    derivatives: Sequence[str],
    wrt: Sequence[str] | None = None,
    method: str = CHEAPEST,
    *,
    algebra: bool = True,
) -> str:
    """Count the operations of each way to each kind of derivative, and of the value itself.

    Operations are counted as `Program.operation_count` does. With a method other than `cheapest` only that is counted.
    Errors are those of `generate`.

    >>> from symad.parse import parse
    >>> print("\\n".join(costs(parse("x^4*y"), ["gradient"], algebra=False).splitlines()[:6]))
    the value takes 2 operations, 3 with powers expanded
    <BLANKLINE>
    derivative  way          as it comes  ratio  powers expanded
    gradient    reverse *              4   2.00                6
                forward                4
                elimination            4
    """
    kinds = [kind for kind in asked(derivatives) if kind != "value"]
    if not kinds:
        raise TargetError("the value is not derived: there is nothing to explain", hint="--derivatives gradient")
    value = simplify(program)
    first = f"the value takes {value.operation_count} operations, {value.expanded_count} with powers expanded\n"
    rows: list[tuple[str, ...]] = [HEADS]
    for kind in kinds:
        rows += counted(kind, survey(ways_to(kind, program, wrt), method, algebra), value)
    if not algebra:
        rows = [(*row[:SAVED], *row[SAVED + 1 :]) for row in rows]
    return f"{first}\n{''.join(aligned(rows))}\n{LEGEND}"


def counted(kind: str, found: Found, value: Program) -> Iterator[tuple[str, ...]]:
    """Write what was counted of each way, and more of the one that is kept."""
    kept, size = found.program.operation_count, value.operation_count
    last = (f"{kept / size:.2f}" if size else "-", str(found.program.expanded_count))
    for k, (method, *counts) in enumerate(found.counts):
        numbers = ["-" if count is None else str(count) for count in counts]
        name = kind if k == 0 else ""
        if method == found.method:
            yield name, f"{method} *", *numbers, *last
        else:
            yield name, method, *numbers, "", ""


def aligned(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Align columns, those of numbers to the right."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        texts = zip(row, widths, (*("<" * TEXTS), *(">" * len(row))), strict=False)
        yield "  ".join(f"{text:{side}{width}}" for text, width, side in texts).rstrip() + "\n"
