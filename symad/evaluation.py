"""A program and a point in, the value of every assignment that is needed out, in double precision.

What is needed is decided on the way: of a condition only the branch that is taken.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from symad.errors import EvaluationError
from symad.numerics import function
from symad.operations import LEAVES, NUMBERS
from symad.program import LAZY, SQUARE, Program, conditional, write_assignment


def evaluate(program: Program, arguments: Sequence[float]) -> list[Any]:
    """Evaluate at a point: the value of every assignment that is needed, None where a branch was not taken."""
    values: list[Any] = [None] * len(program.assignments)
    compute(program, arguments, values)
    return values


def compute(program: Program, arguments: Sequence[float], values: list[Any]) -> None:
    """Evaluate into a list of None: where an assignment fails, it holds the values that were computed before."""
    assignments = program.assignments
    call = {name: function(name) for name in {a[0] for a in assignments} - LEAVES - LAZY}
    live = program.live()
    order: Iterable[int] = [v for v in range(len(assignments)) if live[v]]
    if conditional(assignments):
        order = demanded(program, values)
    for value in order:
        operation, operands = assignments[value]
        if operation == "input":
            values[value] = arguments[operands[0]]
        elif operation in NUMBERS:
            values[value] = float(operands[0])
        elif operation == "pow" and assignments[operands[1]] == SQUARE:
            values[value] = values[operands[0]] * values[operands[0]]
        elif operation not in LAZY:
            try:
                values[value] = call[operation](*[values[v] for v in operands])
            except (ArithmeticError, ValueError) as error:
                raise failure(program, value, values, error) from None


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
    found = EvaluationError(f"{line} {reason}{at}")
    if origin >= 0:
        length = len(operation) if program.text.startswith(operation, origin) else 1
        found = EvaluationError(f"{line} {reason}{at}", text=program.text, start=origin, end=origin + length)
    found.assignment = value
    return found
