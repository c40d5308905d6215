"""Program in, Program out in which no function is called that has a derivative of its own: its value stands there.

Derivatives are made before: afterwards nobody knows the rules. It is for what can only print or judge elementary
operations and loops.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from symad.builder import Builder
from symad.collector import without_collector
from symad.loops import Body
from symad.operations import CALL
from symad.program import Program
from symad.rules import called
from symad.simplify import exact_identities


@without_collector
def expanded(program: Program) -> Program:
    """Write out the calls of functions that have derivatives of their own; a program without any is given back.

    >>> from symad.parse import parse
    >>> print(expanded(parse("f(x) = floor(x); derivative of f(x) = 1; f(2*y)")))
    w1 = y
    w2 = 2*w1
    w3 = floor(w2)
    f  = w3
    """
    if not any(True for _ in called(program)):
        return program
    b = Expanding(exact_identities)
    values = b.copy(program, [b.input(name) for name in program.inputs])
    return b.finish(zip(program.outputs, [values[v] for v in program.results], strict=True))


class Expanding(Builder):
    """Make the value of a function instead of a call."""

    def make(self, operation: str, *operands: int) -> int:
        """Give the value of an operation, or of a function, on operands."""
        if operation != CALL:
            return super().make(operation, *operands)
        value = expanded(self.assignments[operands[0]][1][0].value)
        return self.copy(value, operands[1:])[value.results[0]]

    def loop(self, body: Body, operands: Sequence[int]) -> list[int]:
        """Make a loop in whose body no function is called, and give its results."""
        return super().loop(replace(body, program=expanded(body.program)), operands)
