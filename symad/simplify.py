"""Program in, simplified Program out: the same values, made again through a builder that applies the identities."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from symad.builder import Apply, Builder, Identities
from symad.collector import without_collector
from symad.identities import ROWS
from symad.loops import Body
from symad.narrowing import narrowed
from symad.program import Program
from symad.simplify_loops import simplified_loop


def applicable(groups: Collection[str], *key: str | bool) -> tuple[Apply, ...]:
    """Choose the rows that can apply to an operation on operands of these kinds."""
    operation, *kinds, same = key
    return tuple(
        row.apply
        for row in ROWS
        if row.group in groups
        and operation in row.operations
        and len(row.operands) == len(kinds)
        and (same or not row.same)
        and all(not wanted or kind in wanted for wanted, kind in zip(row.operands, kinds, strict=True))
    )


class Table(Identities):
    """Choose the rows of some groups for an operation on operands of some kinds when they are first asked for."""

    def __init__(self, *groups: str) -> None:
        super().__init__()
        self.groups = groups

    def __missing__(self, key: tuple[str | bool, ...]) -> tuple[Apply, ...]:
        rows = self[key] = applicable(self.groups, *key)
        return rows

    def loop(self, b: Builder, body: Body, operands: Sequence[int]) -> list[int]:
        """Make a loop, its body simplified, and give its results."""
        return simplified_loop(b, body, operands)


identities = Table("exact", "real")
exact_identities = Table("exact")  # for sums and products that are to stay as they are made


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
    return narrowed(b.finish(zip(program.outputs, [values[v] for v in program.results], strict=True)), identities)
