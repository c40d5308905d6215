"""Program in, Program without loops out: every iteration is written down, as long as their number is known.

For judges who take no loops: nothing is simplified, and sequences between the loops of a derivative are written out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from symad.builder import Builder
from symad.errors import SymadError
from symad.evaluation import evaluate
from symad.loops import Loop, iterate, parted
from symad.operations import BODY, LEAVES, LOOP, PROJECT
from symad.program import Program

MOST = 100_000  # assignments


def without_loops(program: Program, known: Mapping[str, float], most: int = MOST) -> Program:
    """Write out the iterations of loops; `known` are inputs with their values, which stay inputs without a use.

    Raises SymadError where the number of iterations is not known, and where more assignments are made than `most`.

    >>> from symad.parse import parse
    >>> print(without_loops(parse("input x, n; sum(k in 1..n: x/k)"), {"n": 2}))
    w1 = x
    w2 = n
    w3 = w1/1
    w4 = 0 + w3
    w5 = w1/2
    w6 = w4 + w5
    f  = w6
    """
    b = Builder()
    inputs = [b.input(name) for name in program.inputs]
    given = [whole(b, known[name]) if name in known else v for name, v in zip(program.inputs, inputs, strict=True)]
    values = Straight(b, most).values(program, given)
    return b.finish(zip(program.outputs, [values[v] for v in program.results], strict=True))


def whole(b: Builder, number: float) -> int:
    """Make a number, an integer where it is one."""
    return b.constant(int(number) if number == int(number) else number)


class Straight:
    """Make the values of programs in one builder: of a loop the tuple of its results, of a sequence its elements."""

    def __init__(self, b: Builder, most: int) -> None:
        self.b, self.most = b, most

    def values(self, program: Program, arguments: Sequence[int]) -> list[Any]:
        """Make every assignment of a program."""
        b = self.b
        values: list[Any] = []
        for operation, operands in program.assignments:
            if operation == "input":
                values.append(arguments[operands[0]])
            elif operation == BODY:
                values.append(operands[0])
            elif operation in LEAVES:
                values.append(b.leaf(operation, *operands))
            elif operation == LOOP:
                values.append(self.loop(parted(values[operands[0]], [values[v] for v in operands[1:]])))
            elif operation == PROJECT:
                values.append(values[operands[0]][program.assignments[operands[1]][1][0]])
            else:
                values.append(self.made(operation, [values[v] for v in operands]))
            if len(b.assignments) > self.most:
                raise SymadError(f"written out, the loops make more than {self.most:,} assignments")
        return values

    def made(self, operation: str, operands: Sequence[Any]) -> Any:
        """Make an operation; the choice between two sequences is one for each element."""
        if isinstance(operands[-1], list):
            condition, *branches = operands
            return [self.b.make(operation, condition, *pair) for pair in zip(*branches, strict=True)]
        return self.b.make(operation, *operands)

    def loop(self, loop: Loop) -> tuple[Any, ...]:
        """Make the iterations of a loop; give its results."""
        if loop.body.conditional:
            raise SymadError("how often a `while` runs is not known")
        program = loop.body.program

        def run(inputs: Sequence[Any], outputs: Sequence[int], _values: list[Any]) -> Sequence[Any]:
            values = self.values(program, inputs)
            return [values[program.results[k]] for k in outputs]

        bounds = tuple(map(self.number, loop.bounds))
        return iterate(loop._replace(bounds=bounds), run, self.b.constant)

    def number(self, value: int) -> float:
        """Compute a bound, which is made of numbers alone."""
        found = Builder()
        made = found.extract(self.b.assignments, value, self.unknown)
        program = found.finish([("bound", made)])
        return float(evaluate(program, ())[program.results[0]])

    def unknown(self, place: int) -> int:
        """Refuse an input."""
        raise SymadError(f"how often a loop runs is not known: it depends on {self.b.inputs[place]}")
