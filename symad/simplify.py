"""Program in, simplified Program out: the same values, made again through a builder that applies the identities."""

from __future__ import annotations

from symad.builder import Builder
from symad.collector import without_collector
from symad.identities import ROWS
from symad.identities.table import Apply
from symad.program import Program

Key = tuple[str | bool, ...]
_applicable: dict[Key, tuple[Apply, ...]] = {}  # by the operation, its operands' kinds, and whether these are one value


def identities(b: Builder, operation: str, operands: tuple[int, ...]) -> int | None:
    """Give the value that the first row to apply makes, None where none applies."""
    kinds = b.kinds
    key: Key
    if len(operands) == 2:
        x, y = operands
        key = (operation, kinds[x], kinds[y], x == y)
    else:
        key = (operation, *[kinds[v] for v in operands], False)
    rows = _applicable.get(key)
    if rows is None:
        rows = _applicable[key] = applicable(*key)
    for apply in rows:
        found = apply(b, *operands)
        if found is not None:
            return found
    return None


def applicable(*key: str | bool) -> tuple[Apply, ...]:
    """Choose the rows that can apply to an operation on operands of these kinds."""
    operation, *kinds, same = key
    return tuple(
        row.apply
        for row in ROWS
        if operation in row.operations
        and len(row.operands) == len(kinds)
        and (same or not row.same)
        and all(not wanted or kind in wanted for wanted, kind in zip(row.operands, kinds, strict=True))
    )


@without_collector
def simplify(program: Program) -> Program:
    """Make a program again, applying the identities; what no result needs is dropped, inputs stay.

    >>> from symad.parse import parse
    >>> print(simplify(parse("x*1 + 0 + 2*x")))
    w1 = x
    w2 = 3*w1
    f  = w2
    """
    b = Builder(identities)
    values = b.copy(program, [b.input(name) for name in program.inputs])
    return b.finish(zip(program.outputs, [values[v] for v in program.results], strict=True))
