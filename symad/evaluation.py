"""A program and a point in, the value of every assignment that is needed out, in double precision.

What is needed is decided on the way: of a condition only the branch that is taken.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from symad.advice import derivative_without, way_out
from symad.errors import EvaluationError
from symad.loops import iterate, parted
from symad.numbers import Number
from symad.numerics import function
from symad.operations import BODY, CALL, LEAVES, LOOP, NUMBERS, PROJECT, RULE
from symad.program import LAZY, SQUARE, Program, conditional, live, write_assignment

Function = Callable[..., Any]


class Arithmetic(NamedTuple):
    """Hold what a constant is, and the function that computes an operation."""

    constant: Callable[[Number], Any]
    function: Callable[[str], Function]


DOUBLES = Arithmetic(float, function)


class Evaluator:
    """Evaluate a program in some arithmetic, as often as is wanted: the bodies of loops are evaluated so."""

    def __init__(self, program: Program, arithmetic: Arithmetic = DOUBLES) -> None:
        self.program = program
        self.arithmetic = arithmetic
        names = {operation for operation, _ in program.assignments} - LEAVES - LAZY - {LOOP, PROJECT, CALL}
        self.calls = {name: arithmetic.function(name) for name in names}
        self.lazy = conditional(program.assignments)
        self.orders: dict[Sequence[int], Program | Sequence[int]] = {}
        self.bodies: dict[int, Evaluator] = {}

    def compute(self, arguments: Sequence[Any], outputs: Sequence[int], values: list[Any]) -> Sequence[Any]:
        """Evaluate some outputs; `values` are those that are known, and get those that are computed.

        Raises EvaluationError where an assignment has no value.
        """
        program, assignment = self.program, self.assignment
        for value in self.order(outputs, values):
            try:
                values[value] = assignment(value, arguments, values)
            except EvaluationError:
                raise
            except (ArithmeticError, ValueError) as error:
                raise failure(program, value, values, error) from None
        return [values[program.results[k]] for k in outputs]

    def assignment(self, value: int, arguments: Sequence[Any], values: Sequence[Any]) -> Any:
        """Evaluate one assignment, whose operands are known."""
        assignments = self.program.assignments
        operation, operands = assignments[value]
        if operation == "input":
            return arguments[operands[0]]
        if operation in LEAVES:
            return operands[0] if operation in (BODY, RULE) else self.arithmetic.constant(operands[0])
        if operation == PROJECT:
            return values[operands[0]][assignments[operands[1]][1][0]]
        if operation in (LOOP, CALL):
            return self.loop(value, values) if operation == LOOP else self.call(value, values)
        if operation == "pow" and assignments[operands[1]] == SQUARE:
            return values[operands[0]] * values[operands[0]]
        return self.calls[operation](*[values[v] for v in operands])

    def order(self, outputs: Sequence[int], values: list[Any]) -> Iterable[int]:
        """Give the values to compute for some outputs, in order."""
        found = self.orders.get(outputs)
        if found is None:
            program = self.program
            labels, results = [program.outputs[k] for k in outputs], [program.results[k] for k in outputs]
            if self.lazy:
                found = replace(program, outputs=tuple(labels), results=tuple(results))
            else:
                found = [v for v, needed in enumerate(live(program.assignments, results)) if needed]
            self.orders[outputs] = found
        return demanded(found, values) if isinstance(found, Program) else found

    def loop(self, value: int, values: Sequence[Any]) -> tuple[Any, ...]:
        """Run a loop whose operands are known, and give its results."""
        body, *operands = [values[v] for v in self.program.assignments[value][1]]
        run = self.within(value, body.program).compute
        try:
            return iterate(parted(body, operands), run, self.arithmetic.constant)
        except EvaluationError as error:
            self.placed(error, value)
            raise

    def call(self, value: int, values: Sequence[Any]) -> Any:
        """Compute a function that has a rule, whose arguments are known."""
        rule, *arguments = [values[v] for v in self.program.assignments[value][1]]
        try:
            return self.within(value, rule.value).compute(arguments, (0,), [None] * len(rule.value.assignments))[0]
        except EvaluationError as error:
            error.reason += f", in {write_assignment(rule.name, [str(x) for x in arguments])}"
            self.placed(error, value)
            raise

    def within(self, value: int, program: Program) -> Evaluator:
        """Give the evaluator of the body of a loop, or of a function that is called."""
        if value not in self.bodies:
            self.bodies[value] = type(self)(program, self.arithmetic)
        return self.bodies[value]

    def placed(self, error: EvaluationError, value: int) -> None:
        """Say where a loop or a call stands whose error has no place of its own."""
        program = self.program
        if error.text is None and program.origins and program.origins[value] >= 0:
            error.text, error.start = program.text, program.origins[value]
            error.end = error.start + 1
        error.assignment = value


class FiniteEvaluator(Evaluator):
    """Evaluate, and stop at the first result that is infinite or nan."""

    def assignment(self, value: int, arguments: Sequence[Any], values: Sequence[Any]) -> Any:
        """Evaluate one assignment, whose operands are known."""
        found = super().assignment(value, arguments, values)
        if isinstance(found, float) and not math.isfinite(found):
            raise OverflowError if math.isinf(found) else ValueError
        return found


def finite(program: Program, arguments: Sequence[float]) -> list[float]:
    """Evaluate the outputs of a program; infinity and nan are no values, and the error names where they come from."""
    values = evaluate(program, arguments)
    found: Sequence[float] = [float(values[v]) for v in program.results]
    if not all(map(math.isfinite, found)):
        outputs = range(len(program.outputs))
        found = FiniteEvaluator(program).compute(arguments, outputs, [None] * len(program.assignments))
    return [*found]


def evaluate(program: Program, arguments: Sequence[float]) -> list[Any]:
    """Evaluate at a point: the value of every assignment that is needed, None where a branch was not taken."""
    values: list[Any] = [None] * len(program.assignments)
    compute(program, arguments, values)
    return values


def compute(program: Program, arguments: Sequence[float], values: list[Any]) -> None:
    """Evaluate into a list of None: where an assignment fails, it holds the values that were computed before."""
    Evaluator(program).compute(arguments, range(len(program.outputs)), values)


def demanded(program: Program, values: list[Any]) -> Iterator[int]:
    """Give the values to compute, in order and only those that are needed; decide the lazy operations here."""
    assignments = program.assignments
    for result in program.results:
        stack = [result]
        while stack:
            value = stack[-1]
            operation, operands = assignments[value]
            if values[value] is not None:
                stack.pop()
                continue
            if operation in LEAVES:
                wanted: Sequence[int] = ()
            elif operation not in LAZY:
                wanted = [v for v in operands if values[v] is None]
            elif values[operands[0]] is None:
                wanted = operands[:1]
            else:
                chosen = decided(operation, operands, bool(values[operands[0]]))
                values[value] = chosen if isinstance(chosen, bool) else values[chosen]
                wanted = () if isinstance(chosen, bool) or values[chosen] is not None else (chosen,)
            if wanted:
                stack += reversed(wanted)
            else:
                stack.pop()
                if operation not in LAZY:
                    yield value


def decided(operation: str, operands: tuple[int, ...], first: bool) -> int | bool:
    """Say, once its first operand is known, what a lazy operation is: a truth value, or another of its operands."""
    if operation == "select":
        return operands[1] if first else operands[2]
    if operation == "and":
        return operands[1] if first else False
    return True if first else operands[1]


def failure(program: Program, value: int, values: Sequence[Any], error: Exception) -> EvaluationError:
    """Name the assignment that failed, and the operands at which it did."""
    operation, operands = program.assignments[value]
    names = program.names()
    numbers = [v for v in dict.fromkeys(operands) if program.assignments[v][0] not in NUMBERS]
    where = ", ".join(f"{names[v]} = {values[v]}" for v in numbers)
    reason = "overflows" if isinstance(error, OverflowError) else "is not defined"
    line = f"{names[value]} = {write_assignment(operation, [names[v] for v in operands])}"
    at = f" at {where}" if where else ""
    origin = program.origins[value] if program.origins else -1
    label = derivative_without(program.assignments, program.outputs, program.results, value)
    said = f"{line} {reason}{at}{f', and {label} needs it' if label else ''}"
    hint = way_out(program.assignments, value, values)
    found = EvaluationError(said, hint=hint)
    if origin >= 0:
        length = len(operation) if program.text.startswith(operation, origin) else 1
        found = EvaluationError(said, text=program.text, start=origin, end=origin + length, hint=hint)
    found.assignment = value
    return found
