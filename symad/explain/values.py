"""The pass that computes the values: Program and point in, a step for each elementary assignment out.

The program is taken as it was written, in its own order. Where an assignment has no value at the point, the steps end
with it.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any

from symad.builder import Builder
from symad.derivatives.sequences import is_sequence
from symad.derivatives.source import Source, alone
from symad.errors import EvaluationError
from symad.evaluation import failure
from symad.explain import loop_words, words
from symad.explain.blocks import SYMBOLS, head, histories, is_shown, located, over, scalars, spaced, title, without
from symad.explain.conditions import Conditions
from symad.explain.display import plain
from symad.explain.running import Iteration, Ran, Recorder
from symad.explain.steps import Block, Number, Round, Step
from symad.operations import BOOLEAN, LEAVES, LOOP, NUMBERS, PROJECT
from symad.program import UNNAMED, Program
from symad.spans import Span, spans


class Values:
    """Make the steps that compute the values; `numbers` holds what is known, by name, sequences too.

    `iteration` is one that is to be shown of every loop, `outer` the values of the program in one of whose loops this
    one is the body. `asked` are the outputs to compute, where it is not all.
    """

    def __init__(
        self,
        source: Source,
        arguments: Sequence[Any] | None,
        iteration: int | None = None,
        outer: Values | None = None,
        asked: Sequence[int] | None = None,
    ) -> None:
        self.source, self.program, self.iteration = source, source.program, iteration
        self.asked = range(len(source.program.outputs)) if asked is None else asked
        self.brief = outer is not None and arguments is not None  # one iteration: what a loop is has been said
        self.numbers: dict[str, Any] = {}
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
        self.ran: dict[int, Ran] = {}
        self.conditions = Conditions(self.program, source.names, self.computed)
        self.spans: dict[int, Span] = outer.spans if outer else spans(self.program.text) if self.program.origins else {}
        self.parts = [self.spans.get(origin) for origin in self.program.origins] or [None] * source.count
        self.known = arguments is not None
        if arguments is not None:
            self.compute(arguments)
        self.steps = list(self.made())

    def compute(self, arguments: Sequence[Any]) -> None:
        """Evaluate; the first assignment without a finite value is the failure."""
        evaluator = Recorder(self.program, self.source.names, self.iteration)
        self.ran = evaluator.ran
        self.computed[: len(arguments)] = arguments
        try:
            evaluator.compute(arguments, self.asked, self.computed)
        except EvaluationError as error:
            self.failure = error
        for value, number in enumerate(self.computed[: None if self.failure is None else self.failure.assignment]):
            known = isinstance(number, float) and self.program.assignments[value][0] not in NUMBERS
            if known and not math.isfinite(number):
                found = OverflowError() if math.isinf(number) else ValueError()
                self.failure = failure(self.program, value, self.computed, found, self.source.names)
                break

    def implied(self) -> dict[str, bool]:
        """Give the truth values that follow from those that are known, though the point did not ask for them.

        A sweep may: where `not c` stands in the formula it is the condition of the other branch of c, too.
        """
        known = [*self.computed]
        found = {}
        for value, (operation, operands) in enumerate(self.program.assignments):
            if operation in ("and", "or", "not") and known[value] is None and known[operands[0]] is not None:
                first = bool(known[operands[0]])
                known[value] = not first if operation == "not" else first
                if operation != "not" and first == (operation == "and"):
                    known[value] = known[operands[1]]
                if known[value] is not None:
                    found[self.source.names[value]] = bool(known[value])
        return found

    def made(self) -> Iterator[Step]:
        """Give a step for each assignment, up to the one that fails, then the outputs."""
        program, names = self.program, self.source.names
        for value, (operation, _) in enumerate(program.assignments):
            if operation not in UNNAMED:
                sequence = is_sequence(self.source.builder, value)
                step = self.loop(value) if operation == LOOP else self.sequence(value) if sequence else self.step(value)
                yield step
                if step.state == "failed":
                    return
        for label, result in zip(program.outputs, program.results, strict=True):
            name = names[result]
            yield Step("output", label, name, named(name), number=self.computed[result], span=self.parts[result])

    def step(self, value: int) -> Step:
        """Make the step of a number, or of a truth value."""
        name, expression = self.source.names[value], elementary(self.source, value)
        failed = self.failure is not None and self.failure.assignment == value
        number = None if failed else self.computed[value]
        if self.known and number is None and not failed and value in self.idle:
            number = self.attempt(expression)[0]
            number = number if isinstance(number, (float, bool)) and math.isfinite(number) else None
        self.numbers[name] = number
        return Step(
            "input" if self.program.assignments[value][0] == "input" else "operation",
            name,
            name,
            expression,
            number=number,
            notes=tuple(self.notes(value, number)),
            span=self.parts[value],
            state="failed" if failed else self.state(number),
        )

    def sequence(self, value: int) -> Step:
        """Make the step of a sequence that a loop gives."""
        name, expression, found = self.source.names[value], elementary(self.source, value), self.computed[value]
        self.numbers[name] = found
        block = Block(plain(expression), iterations=None if found is None else len(found))
        return Step("operation", name, name, expression, state=self.state(found), block=block)

    def loop(self, value: int) -> Step:
        """Make the step of a loop; what it gives has a number from now on."""
        name, expression = self.source.names[value], elementary(self.source, value)
        failed = self.failure is not None and self.failure.assignment == value
        found, ran = self.computed[value], self.ran.get(value)
        if self.known and found is None and not failed and value in self.idle:
            found, ran = self.attempt(expression)
        block, error = self.block(value, ran)
        if error is not None:
            error.assignment, self.failure, failed = value, error, True
        state = "failed" if failed else self.state(found)
        if found is not None and ran is not None and not failed:
            self.numbers[name] = float(ran.iterations)
            self.numbers |= zip(self.source.result_names(value), found, strict=True)
        notes = self.loop_notes(value, ran if found is not None else None)
        return Step(
            "operation", name, name, expression, notes=(*notes,), span=self.parts[value], state=state, block=block
        )

    def block(self, value: int, ran: Ran | None) -> tuple[Block, EvaluationError | None]:
        """Show a loop, and the error with which an iteration ends if one does that is shown."""
        source = self.source
        body = source.body(value)
        inner, hidden = Source(body.program, (), source.letters), histories(body)
        rounds: list[tuple[Iteration, Round]] = []
        symbols: list[Round] = []
        error: EvaluationError | None = None
        if not self.brief:
            symbols = [Round(SYMBOLS, without(Values(inner, None, outer=self).steps, hidden), {})]
        for iteration in ran.shown() if ran is not None and is_shown(source) else ():
            made = Values(inner, iteration.inputs, self.iteration, self, (0,) if iteration.ends else None)
            steps = without(made.steps, hidden)
            if iteration.ends:
                steps = tuple(step for step in steps if not step.idle)
            rounds.append((iteration, Round(title(body, iteration), steps, {})))
            if made.failure is not None:
                error = located(made.failure, body, iteration)
                break
        results = scalars(source.result_names(value), ran.results) if ran is not None and ran.results else {}
        shown = (*symbols, *(spaced(rounds, ran) if ran is not None else ()))
        return Block(head(source, value), shown, results, ran.iterations if ran is not None else None), error

    def attempt(self, expression: Program) -> tuple[Any, Ran | None]:
        """Compute what no output needs, where it can be computed; of a loop give how it ran, too."""
        arguments: list[Any] = [self.numbers.get(name) for name in expression.inputs]
        if None in arguments:
            return None, None
        evaluator = Recorder(expression, (), self.iteration)
        try:
            found = evaluator.compute(arguments, (0,), [None] * len(expression.assignments))[0]
        except EvaluationError:
            return None, None
        return found, evaluator.ran.get(expression.results[0])

    def state(self, found: Any) -> str:
        """Tell whether a value is passed over at the point."""
        return "skipped" if self.known and found is None and self.failure is None else ""

    def notes(self, value: int, number: Number | None) -> Iterator[str]:
        """Say which branch is taken and why, and what is not computed."""
        operation, _ = self.program.assignments[value]
        skipped = bool(self.state(number))
        if operation == "select" and not skipped:
            yield self.conditions.chosen(value)
        if operation in ("and", "or"):
            decided = self.conditions.decided(value)
            yield from [decided] if decided else []
        if skipped:
            yield words.not_computed(self.source.names[value])

    def loop_notes(self, value: int, ran: Ran | None) -> Iterator[str]:
        """Say what a loop hands on, and how often it runs."""
        body = self.source.body(value)
        names = body.program.inputs
        first = body.indexed + body.carried
        if not self.brief:
            yield from loop_words.carrying(names[body.indexed : first], names[first + body.items :])
        if ran is not None:
            yield (
                loop_words.until(ran.iterations)
                if body.conditional
                else loop_words.runs(ran.iterations, over(body, ran))
            )
        elif self.known and self.failure is None:
            yield words.not_computed(self.source.names[value])


def elementary(source: Source, value: int) -> Program:
    """Make the program of one assignment, over the names of its operands."""
    program, names = source.program, source.names
    operation, operands = program.assignments[value]
    if operation == "input":
        return named(program.inputs[operands[0]])
    if operation == PROJECT:
        return named(source.result_names(operands[0])[program.assignments[operands[1]][1][0]])
    b = Builder()
    made: dict[int, int] = {}
    for operand in operands:
        if operand not in made:
            kind, payload = program.assignments[operand]
            made[operand] = b.input(names[operand]) if kind not in UNNAMED else b.leaf(kind, *payload)
    return alone(b, b.make(operation, *[made[v] for v in operands]))


def named(name: str) -> Program:
    """Make the program whose result is its one input."""
    b = Builder()
    return b.finish([("value", b.input(name))])
