"""Loops of which nobody knows beforehand how long they run: an arithmetic that counts in, one that gives up out.

A formula's loop that ends in double precision, by rounding, may never end to many digits; at a point that was chosen at
random it may run a million times. A program without loops takes as long as it is, and needs none of this.
"""

from __future__ import annotations

from collections.abc import Sequence

from symad.derivatives.primal import primal
from symad.derivatives.structure import dependence, operand_places, rows
from symad.errors import EvaluationError
from symad.evaluation import Arithmetic, Function
from symad.loops import read_loop
from symad.numbers import Number
from symad.operations import LOOP
from symad.program import Program


class Meter:
    """Count the operations that are computed in some arithmetic, and the numbers; stop beyond so many."""

    def __init__(self, arithmetic: Arithmetic, most: int) -> None:
        self.inner, self.most = arithmetic, most
        self.count = 0

    @property
    def arithmetic(self) -> Arithmetic:
        """Give the arithmetic that counts. What it computes raises EvaluationError beyond the most."""
        return Arithmetic(self.constant, self.function)

    def constant(self, number: Number) -> object:
        """Make a number."""
        self.step()
        return self.inner.constant(number)

    def function(self, operation: str) -> Function:
        """Give the function of an operation."""
        call, step = self.inner.function(operation), self.step

        def counted(*operands: object) -> object:
            step()
            return call(*operands)

        return counted

    def step(self) -> None:
        """Count one."""
        self.count += 1
        if self.count > self.most:
            raise EvaluationError(f"the loops have not ended after {self.most:,} operations")


def counts(program: Program) -> frozenset[int]:
    """Find the inputs that a number of iterations follows, by place: they are whole, and cannot change a little.

    What reaches a bound through a step only, such as floor, can.

    >>> from symad.parse import parse
    >>> counts(parse("input x, n, y; sum(k in 1..n + floor(y): x^k)"))
    frozenset({1})
    """
    start = primal(program)
    assignments = start.builder.assignments
    bounds: list[int] = []
    for value, (operation, operands) in enumerate(assignments):
        if operation == LOOP:
            loop = read_loop(assignments, value)
            inner = within(loop.body.program, loop.body.indexed, dependence(loop.body)[: loop.body.carried])
            bounds += loop.bounds
            bounds += [operands[position] for k, position in operand_places(loop.body) if k in inner]
    start.results = bounds
    return frozenset(k for row in rows(start) for k in row)


def within(body: Program, indexed: int, carried: Sequence[frozenset[int]]) -> set[int]:
    """Find the inputs of a loop's body that bounds inside follow, in any iteration; `carried` follows what it does."""
    found = set(counts(body))
    for j, row in enumerate(carried):
        if indexed + j in found:
            found |= row
    return found
