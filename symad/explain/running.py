"""A program with loops and a point in, its values out, and what the loops went through in the iterations to be shown.

Of a loop its first iteration is kept, its last one, and one more that is asked for; not the others, however many.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import isfinite
from typing import Any, NamedTuple

from symad.errors import EvaluationError
from symad.evaluation import Evaluator
from symad.loops import Loop, Run, iterate, whole
from symad.program import Program


class Iteration(NamedTuple):
    """Hold an iteration: its number, counted forwards from 1, and what the body was given in it.

    `at` is its index, or the number again; `ends` tells whether there was none: of a `while` only the condition was
    asked for, and was false.
    """

    number: int
    at: int
    inputs: Sequence[Any]
    ends: bool = False


class Ran:
    """Hold how a loop ran, as far as it came; `count` is the number of iterations that began."""

    def __init__(self, loop: Loop, wanted: int | None) -> None:
        self.loop = loop
        body = loop.body
        if wanted is not None and body.backward:
            first, last = map(whole, loop.bounds)
            wanted = last - first + 2 - wanted
        self.wanted = wanted
        self.count = 0
        self.kept: dict[int, Sequence[Any]] = {}
        self.recent: list[Sequence[Any]] = []  # what the last iterations were given, two at most
        self.results: tuple[Any, ...] | None = None

    def run(self, run: Run, number: Any) -> tuple[Any, ...]:
        """Run the loop. Raises EvaluationError where an iteration ends with something that is no number."""
        conditional = self.loop.body.conditional

        def recorded(inputs: Sequence[Any], outputs: Sequence[int], values: list[Any]) -> Sequence[Any]:
            if not conditional or outputs == (0,):
                self.count += 1
                self.recent = [*self.recent[-1:], inputs]
                if self.count in (1, self.wanted):
                    self.kept[self.count] = inputs
            found = run(inputs, outputs, values)
            if not all(isfinite(x) for x in found if isinstance(x, float)):
                raise EvaluationError("a value that is carried on is no finite number")
            return found

        self.results = iterate(self.loop, recorded, number)
        return self.results

    @property
    def iterations(self) -> int:
        """Count the iterations; of a `while` that has ended the last question was not one."""
        return self.count - (self.loop.body.conditional and self.results is not None)

    def shown(self) -> Iterator[Iteration]:
        """Give the iterations that are shown, in the order in which they ran."""
        kept = {number: inputs for number, inputs in self.kept.items() if number <= self.iterations}
        if self.iterations:
            kept[self.iterations] = self.recent[self.iterations - self.count - 1]
        for number, inputs in sorted(kept.items()):
            yield self.iteration(number, inputs)
        if self.iterations < self.count:
            yield self.iteration(self.count, self.recent[-1])._replace(ends=True)

    def iteration(self, number: int, inputs: Sequence[Any]) -> Iteration:
        """Say which iteration it is that ran as this one."""
        body = self.loop.body
        if body.conditional:
            return Iteration(number, number, inputs)
        first, last = map(whole, self.loop.bounds)
        if body.backward:
            number = last - first + 2 - number
        return Iteration(number, first + number - 1, inputs)


class Recorder(Evaluator):
    """Evaluate a program in double precision, and keep how its loops ran, by value; its values have these names."""

    def __init__(self, program: Program, names: Sequence[str], wanted: int | None) -> None:
        super().__init__(program)
        self.called, self.wanted = names, wanted
        self.ran: dict[int, Ran] = {}

    def iterated(self, value: int, loop: Loop, run: Run) -> tuple[Any, ...]:
        """Run a loop, whose operands are values."""
        self.ran[value] = Ran(loop, self.wanted)
        return self.ran[value].run(run, self.arithmetic.constant)
