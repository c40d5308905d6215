"""An assignment that has no value in; out come the derivative that needs it, and what has a value there.

A way out is named only where it is known to be one; the error itself says what failed, and where.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from symad.operations import LEAVES, NUMBERS

XLOGY = "xlogy(x, y) is x*log(y), and 0 where x is 0"
POWER = "exp(n*log(x)) is x^n, which has a value at 0 for n > 0"
HYPOT = "sqrt has no derivative at 0; of a distance sqrt(x^2 + y^2), hypot(x, y) has: 0"

Assignments = Sequence[tuple[str, tuple[Any, ...]]]


def derivative_without(assignments: Assignments, labels: Sequence[str], results: Sequence[int], value: int) -> str:
    """Give the first derivative that is made of a value, by its label such as df/dx; empty if none is."""
    marked = bytearray(len(assignments))
    marked[value] = 1
    for later in range(value + 1, len(assignments)):
        operation, operands = assignments[later]
        if operation not in LEAVES and any(marked[v] for v in operands):
            marked[later] = 1
    return next((label for label, v in zip(labels, results, strict=True) if marked[v] and "/" in label), "")


def way_out(assignments: Assignments, value: int, values: Sequence[Any]) -> str | None:
    """Name what has a value where this assignment has none; `values` are those that were computed before it."""
    operation, operands = assignments[value]
    if operation == "log" and values[operands[0]] == 0:
        products = [v for v, (name, used) in enumerate(assignments) if name == "mul" and value in used]
        others = [v for product in products for v in assignments[product][1] if v != value]
        if any(assignments[v][0] not in NUMBERS for v in others):
            return XLOGY
        if any(name == "exp" and used[0] in products for name, used in assignments):
            return POWER
    if operation == "div" and values[operands[1]] == 0 and assignments[operands[1]][0] == "sqrt":
        inner, terms = assignments[assignments[operands[1]][1][0]]
        if inner == "add" and all(assignments[v][0] == "pow" for v in terms):
            return HYPOT
    return None
