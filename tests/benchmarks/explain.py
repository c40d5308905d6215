"""How long a worked derivation takes: the page as a whole process, and every view a step as the formula grows."""

from __future__ import annotations

import statistics
import tempfile
from collections.abc import Callable, Iterator
from time import perf_counter

import symad
from symad.explain import Explanation

from .measure import environment
from .start import OURS, elapsed
from .tables import Table, verdict

FORMULA = "z = x1*x2 + sin(x1)"
PAGE = (*OURS[:3], "explain", FORMULA, "--at", "x1=2,x2=3", "--format", "html")
PAGE_TARGET = 0.5
SIZES = (400, 800, 1600)  # terms of a sum, 7 assignments each; shorter formulas are simplified further
GROWTH_TARGET = 1.5
ROUNDS = 11

VIEWS: dict[str, Callable[[Explanation], str]] = {
    "text": str,
    "Markdown": Explanation.markdown,
    "JSON": Explanation.json,
    "page": Explanation.html,
}


def page_row(rounds: int) -> tuple[str, ...]:
    """Time the command that writes the page, byte code being cached."""
    with tempfile.TemporaryDirectory() as cache:
        env = environment() | {"PYTHONPYCACHEPREFIX": cache, "PYTHONDONTWRITEBYTECODE": ""}
        elapsed(PAGE, env)
        found = statistics.median(elapsed(PAGE, env) for _ in range(rounds))
    target = f"below {PAGE_TARGET * 1e3:.0f} ms"
    return f"symad explain '{FORMULA}' --format html", f"{found * 1e3:.0f} ms", target, verdict(found < PAGE_TARGET)


def times(terms: int) -> dict[str, float]:
    """Time the derivation of a sum, and every view of it, in seconds an assignment."""
    program = symad.parse(" + ".join(f"(1 - x{k})^2 + 100*sin(x{k})" for k in range(terms)))
    point = dict.fromkeys(program.inputs, 0.5)
    found = {}
    start = perf_counter()
    made = symad.explain(program, point)
    found["explain"] = perf_counter() - start
    for name, view in VIEWS.items():
        start = perf_counter()
        view(made)
        found[name] = perf_counter() - start
    return {name: seconds / len(program.assignments) for name, seconds in found.items()}


def growth_rows(rounds: int) -> Iterator[tuple[str, ...]]:
    """Give the microseconds an assignment at each size, and how much more the largest takes than the smallest."""
    measured = [[times(size) for size in SIZES] for _ in range(rounds)]
    for name in ("explain", *VIEWS):
        medians = [statistics.median(row[k][name] for row in measured) for k in range(len(SIZES))]
        grown = medians[-1] / medians[0]
        cells = [f"{seconds * 1e6:.0f} us" for seconds in medians]
        yield name, *cells, f"{grown:.2f}", f"below {GROWTH_TARGET}", verdict(grown < GROWTH_TARGET)


def explain(rounds: int = ROUNDS) -> Iterator[Table]:
    """Give two tables: the page as a process, and the time an assignment."""
    yield Table("Page", ("command", "whole process", "target", ""), (page_row(rounds),))
    header = ("time an assignment", *(f"{size:,} terms" for size in SIZES), "growth", "target", "")
    yield Table("Derivation", header, tuple(growth_rows(min(rounds, 3))))
