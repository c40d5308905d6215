"""The partial derivatives of the elementary operations, read from the table when they are first needed.

In come a value and the place of an operand; out come a few steps that make the partial derivative from the values of
the operation's arguments and of its result. Of a function that has a rule it is what the rule gives, a program.
"""

from __future__ import annotations

from functools import cache, lru_cache
from typing import NamedTuple

from symad.builder import Builder
from symad.errors import DerivativeError
from symad.numbers import NUMBER_KINDS, Number
from symad.operations import CALL, LEAVES, NUMBERS, OPERATIONS, RULE
from symad.parse import parse
from symad.program import Assignment, Program
from symad.rules import Rule
from symad.simplify import identities, simplify

SMALL = 64  # integers up to this size are put into a partial derivative beforehand


class Partial(NamedTuple):
    """Hold one partial derivative: a number, or steps over the arguments, the result, and what earlier steps made.

    `number` is the partial where it is a constant. Else `steps` are operations with the slots of their operands: the
    arguments come first, then the result `z`, then a slot a step; `constants` give the slots that hold numbers.
    """

    number: Number | None
    slots: int
    steps: tuple[tuple[str, tuple[int, ...] | Number], ...]
    result: int


class Given(NamedTuple):
    """Hold a partial derivative that a rule gives: a number, or a program over the arguments and the result."""

    number: Number | None
    program: Program


def partial_derivative(b: Builder, value: int, position: int) -> Partial | Given | None:
    """Give the partial derivative of a value by one of its operands, None where it does not exist.

    Small integers among the operands are put in beforehand: the derivative of a square is 2*x, not 2*x^(2 - 1).
    """
    operation, operands = b.assignments[value]
    if operation == CALL:
        return by_rule(b.assignments[operands[0]][1][0], position - 1)
    general = by_table(operation, position)
    if general is None or not general.steps or len(operands) != 2:
        return general
    numbers = small_integers(b, operands)
    return general if numbers == (None, None) else at_numbers(operation, position, numbers)


def small_integers(b: Builder, operands: tuple[int, ...]) -> tuple[int | None, ...]:
    """Give the constants that are worth putting in beforehand, None for other operands."""
    return tuple([small_integer(b, v) if b.kinds[v] in NUMBER_KINDS else None for v in operands])


def small_integer(b: Builder, value: int) -> int | None:
    """Give a constant that is worth putting in beforehand."""
    number = b.number(value)
    return number if isinstance(number, int) and -SMALL <= number <= SMALL else None


@cache
def by_table(operation: str, position: int) -> Partial | None:
    """Read a partial derivative from the table."""
    text = OPERATIONS[operation].partials[position]
    return None if text is None else compact(simplify(formula(operation, text)))


@lru_cache(maxsize=1024)
def by_rule(rule: Rule, place: int) -> Given:
    """Give a partial derivative of a function from its rule; the function itself is the result that is there."""
    program = rule.partials
    b = Builder(identities)
    inputs = [b.input(name) for name in program.inputs]
    call: Assignment = (CALL, (b.leaf(RULE, rule), *inputs))
    b.index[call] = b.input("z")
    return given(b, b.copy(program, inputs)[program.results[place]])


def given(b: Builder, value: int) -> Given:
    """Give a value of a builder as a partial derivative."""
    return Given(b.number(value), b.finish([("partial", value)]))


@lru_cache(maxsize=1024)
def at_numbers(operation: str, position: int, numbers: tuple[int | None, ...]) -> Partial:
    """Simplify a partial derivative for operands some of which are these numbers."""
    text = OPERATIONS[operation].partials[position]
    assert text is not None
    program = formula(operation, text)
    b = Builder(identities)
    inputs = [b.input(name) for name in program.inputs]
    given = [v if n is None else b.constant(n) for v, n in zip(inputs, (*numbers, None), strict=True)]
    values = b.copy(program, given)
    return compact(b.finish([("partial", values[program.results[0]])]))


def formula(operation: str, text: str) -> Program:
    """Read a formula in the arguments and the result of an operation."""
    return parse(f"input {', '.join(OPERATIONS[operation].arguments)}, z\n{text}")


def compact(program: Program) -> Partial:
    """Write a program of one result as a partial derivative."""
    slots = len(program.inputs)
    steps = tuple((name, operands[0] if name in LEAVES else operands) for name, operands in program.assignments[slots:])
    name, payload = program.assignments[program.results[0]]
    return Partial(payload[0] if name in NUMBERS else None, slots, steps, program.results[0])


def make_partial(b: Builder, partial: Partial | Given, operands: tuple[int, ...], z: int) -> int:
    """Make a partial derivative at the values of the arguments and the result."""
    if isinstance(partial, Given):
        return b.copy(partial.program, [*operands[1:], z])[partial.program.results[0]]
    if partial.result < len(operands):
        return operands[partial.result]
    values = [*operands, z]
    for name, slots in partial.steps:
        if isinstance(slots, tuple):
            values.append(b.make(name, *[values[s] for s in slots]))
        else:
            values.append(b.constant(slots))
    return values[partial.result]


def missing(operation: str, position: int, text: str, origin: int) -> DerivativeError:
    """Make the error for a partial derivative that does not exist."""
    argument = OPERATIONS[operation].arguments[position]
    reason = f"{operation}({', '.join(OPERATIONS[operation].arguments)}) has no derivative with respect to {argument}"
    hint = f"keep {argument} free of the variables of the derivative, or choose others: --wrt, wrt="
    if origin < 0:
        return DerivativeError(reason, hint=hint)
    return DerivativeError(reason, text=text, start=origin, end=origin + len(operation), hint=hint)
