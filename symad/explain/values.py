"""The pass that computes the values: Program and point in, a step for each elementary assignment out.

The program is taken as it was written, in its own order. Where an assignment has no value at the point, the steps end
with it.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any

from symad.builder import Builder
from symad.derivatives.listing import Source
from symad.errors import EvaluationError
from symad.evaluation import compute, evaluate, failure
from symad.explain import words
from symad.explain.steps import Number, Step
from symad.operations import BOOLEAN, LEAVES
from symad.program import UNNAMED, Program
from symad.spans import Span, spans


class Values:
    """Make the steps that compute the values; `numbers` holds what is known, by the label of the step."""

    def __init__(self, source: Source, arguments: Sequence[float] | None) -> None:
        self.source, self.program = source, source.program
        self.numbers: dict[str, Number | None] = {}
        self.failure: EvaluationError | None = None
        self.users: list[list[int]] = [[] for _ in self.program.assignments]
        for value, (operation, operands) in enumerate(self.program.assignments):
            if operation not in LEAVES:
                for operand in dict.fromkeys(operands):
                    self.users[operand].append(value)
        live = self.program.live()
        self.idle = {v for v, needed in enumerate(live) if not needed}  # what no output needs
        boolean = [operation in BOOLEAN for operation, _ in self.program.assignments]
        self.moving = [v for v, moves in enumerate(source.active) if moves and not boolean[v]]
        kinds = [operation for operation, _ in self.program.assignments]
        self.without = (  # values that have no derivative: held fixed, and conditions
            [source.names[v] for v, k in enumerate(kinds) if not (source.active[v] or boolean[v] or k in UNNAMED)],
            [source.names[v] for v in range(len(kinds)) if boolean[v]],
        )
        self.computed: list[Any] = [None] * source.count
        self.parts: list[Span | None] = [None] * source.count  # of the formula, by the value that they are
        self.known = arguments is not None
        if arguments is not None:
            self.compute(arguments)
        self.steps = list(self.made())

    def compute(self, arguments: Sequence[float]) -> None:
        """Evaluate; the first assignment without a finite value is the failure."""
        try:
            compute(self.program, arguments, self.computed)
            self.computed[: len(arguments)] = arguments
        except EvaluationError as error:
            self.failure = error
        for value, number in enumerate(self.computed[: None if self.failure is None else self.failure.assignment]):
            if number is not None and self.program.assignments[value][0] not in UNNAMED and not math.isfinite(number):
                found = OverflowError() if math.isinf(number) else ValueError()
                self.failure = failure(self.program, value, self.computed, found)
                break

    def made(self) -> Iterator[Step]:
        """Give a step for each assignment, up to the one that fails, then the outputs."""
        program, names = self.program, self.source.names
        if program.origins:
            found = spans(program.text)
            self.parts = [found.get(origin) for origin in program.origins]
        failed = self.failure.assignment if self.failure is not None else None
        for value, (operation, operands) in enumerate(program.assignments):
            if operation in UNNAMED:
                continue
            expression = alone(operation, operands, program, names)
            number = self.computed[value]
            if value == failed:
                number = None
            elif self.known and number is None and value in self.idle:
                number = self.attempt(expression)
            self.numbers[names[value]] = number
            yield Step(
                "input" if operation == "input" else "operation",
                names[value],
                names[value],
                expression,
                number=number,
                notes=tuple(self.notes(value, number)),
                span=self.parts[value],
                state="failed" if value == failed else self.state(number),
            )
            if value == failed:
                return
        for label, result in zip(program.outputs, program.results, strict=True):
            name = names[result]
            yield Step("output", label, name, named(name), number=self.computed[result], span=self.parts[result])

    def attempt(self, expression: Program) -> Number | None:
        """Compute what no output needs, where it can be computed."""
        arguments: list[Any] = [self.numbers.get(name) for name in expression.inputs]
        if None in arguments:
            return None
        try:
            found = evaluate(expression, arguments)[expression.results[0]]
        except EvaluationError:
            return None
        return found if math.isfinite(found) else None

    def state(self, number: Number | None) -> str:
        """Tell whether a value is passed over at the point."""
        return "skipped" if self.known and number is None and self.failure is None else ""

    def notes(self, value: int, number: Number | None) -> Iterator[str]:
        """Say which branch is taken, and what is not computed."""
        operation, operands = self.program.assignments[value]
        names = self.source.names
        if operation == "select" and self.computed[operands[0]] is not None:
            holds = bool(self.computed[operands[0]])
            yield words.taken(names[operands[0]], holds, names[operands[1 if holds else 2]])
        if self.state(number):
            yield words.not_computed(names[value])


def alone(operation: str, operands: tuple[Any, ...], program: Program, names: Sequence[str]) -> Program:
    """Make the program of one assignment, over the names of its operands."""
    if operation == "input":
        return named(program.inputs[operands[0]])
    b = Builder()
    made: dict[int, int] = {}
    for operand in operands:
        if operand not in made:
            kind, payload = program.assignments[operand]
            made[operand] = b.leaf(kind, *payload) if kind in UNNAMED else b.input(names[operand])
    return b.finish([("value", b.make(operation, *[made[v] for v in operands]))])


def named(name: str) -> Program:
    """Make the program whose result is its one input."""
    b = Builder()
    return b.finish([("value", b.input(name))])
