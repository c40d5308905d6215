"""Functions that have derivatives of their own: what is called is one step, and its partial derivatives are given.

    step(x) = if x > 0 then 1 else 0             w2 = call(step, w1)
    derivative of step(x) = exp(-x^2)
    step(x)

A rule is a constant, like a number: the program of the function's value, and that of its partial derivatives, closed
over nothing. A call has the rule as its first operand, behind which the arguments follow.

A rule may call the function itself (the derivative of exp is exp), and functions whose rules call it in turn (those of
sine and cosine), so a rule does not hold other rules: inside of it a function is a number, its place among those of the
same text that have rules. Whoever takes a program out of a rule gets the rules in the place of the numbers.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from symad.operations import BODY, RULE
from symad.program import Assignment, Program


@dataclass(frozen=True, slots=True)
class Function:
    """Hold a function: `value` has one output, `partials` has one for each parameter; both have these as inputs."""

    name: str
    value: Program
    partials: Program


@dataclass(frozen=True)
class Rule:
    """Hold a function among those that it may call, in the order in which they were defined."""

    functions: tuple[Function, ...]
    place: int

    def __hash__(self) -> int:
        return hash((self.place, self.name))  # the programs are long, and the same in nearly all cases

    @property
    def name(self) -> str:
        """Give the function's name."""
        return self.functions[self.place].name

    @cached_property
    def value(self) -> Program:
        """Give the program that computes the function."""
        return closed(self.functions[self.place].value, self.functions)

    @cached_property
    def partials(self) -> Program:
        """Give the program that computes its partial derivatives."""
        return closed(self.functions[self.place].partials, self.functions)


def closed(program: Program, functions: tuple[Function, ...]) -> Program:
    """Put rules in the place of the numbers of functions."""
    return replace(program, assignments=tuple(closed_assignments(program.assignments, functions)))


def closed_assignments(assignments: Sequence[Assignment], functions: tuple[Function, ...]) -> Iterator[Assignment]:
    """Put rules in the place of the numbers of functions, in the bodies of loops too."""
    rules = [Rule(functions, place) for place in range(len(functions))]
    for operation, payload in assignments:
        if operation == RULE:
            yield RULE, (rules[payload[0]],)
        elif operation == BODY:
            yield BODY, (replace(payload[0], program=closed(payload[0].program, functions)),)
        else:
            yield operation, payload


def given(program: Program) -> list[str]:
    """Name the functions that a program calls and that have derivatives of their own."""
    return [*dict.fromkeys(rule.name for rule in called(program) if isinstance(rule, Rule))]


def called(program: Program) -> Iterator[int | Rule]:
    """Give the functions that a program calls, in the bodies of its loops too: rules, or numbers inside of a rule."""
    for operation, payload in program.assignments:
        if operation == RULE:
            yield payload[0]
        elif operation == BODY:
            yield from called(payload[0].program)
