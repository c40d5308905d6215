"""Program in, what every derivation starts from out: the simplified program in a builder that goes on.

A sweep makes its adjoints or tangents in the same builder, behind the values that they belong to, so that all of them
share. What one derivation made can be the primal of the next one: second derivatives need no second copy.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from copy import copy
from dataclasses import dataclass, field
from itertools import islice

from symad.builder import Builder
from symad.derivatives.labels import chosen_inputs
from symad.loops import looped
from symad.narrowing import narrowed
from symad.operations import BOOLEAN, LEAVES, LOOP
from symad.program import Program, conditional, live
from symad.simplify import identities


@dataclass(slots=True)
class Primal:
    """Hold the first `count` values of a builder, which results and which inputs are of interest, and what is between.

    `labels` and `results` are the outputs, `chosen` and `places` the inputs, values of the builder; `active` marks the
    values that depend on these inputs, `lazy` tells whether any assignment is conditional, `straight` whether none is,
    and none is a loop. `program` is the one that was read, for the place of what has no derivative. `walked` counts the
    values that sweeps have walked over.
    """

    program: Program
    builder: Builder
    labels: Sequence[str]
    results: Sequence[int]
    chosen: Sequence[str]
    places: Sequence[int]
    count: int = field(init=False)
    active: bytearray = field(init=False)
    lazy: bool = field(init=False)
    straight: bool = field(init=False)
    users: list[list[int]] = field(init=False, default_factory=list)
    walked: int = field(init=False, default=0)

    def __post_init__(self) -> None:
        self.count = len(self.builder.assignments)
        self.active = dependents(self.builder, self.places)
        self.lazy = conditional(islice(self.builder.assignments, self.count))
        self.straight = not self.lazy and not looped(islice(self.builder.assignments, self.count))

    def within(self, builder: Builder) -> Primal:
        """Give the same primal in another builder, a fork of its own one."""
        other = copy(self)
        other.builder = builder
        return other

    def before(self, results: Sequence[int]) -> Sequence[int]:
        """List the active values that some results are made of, the last first."""
        if len(self.results) == len(results):  # all of them: nearly every value
            return range(max(results, default=-1), -1, -1)
        assignments, active = self.builder.assignments, self.active
        seen = {v for v in results if active[v]}
        stack = list(seen)
        while stack:
            operation, operands = assignments[stack.pop()]
            if operation not in LEAVES:
                for operand in operands:
                    if active[operand] and operand not in seen:
                        seen.add(operand)
                        stack.append(operand)
        return sorted(seen, reverse=True)

    def after(self, places: Iterable[int]) -> Sequence[int]:
        """List the active values that are made of some inputs and lead to a result, the first one first."""
        places = [*places]
        if len(self.places) <= len(places):
            return range(self.count)
        if not self.users:
            self.users = [[] for _ in range(self.count)]
            wanted = live(self.builder.assignments, self.results)
            for value, (operation, operands) in enumerate(islice(self.builder.assignments, self.count)):
                if self.active[value] and wanted[value] and operation not in LEAVES:
                    for operand in operands:
                        if self.active[operand]:
                            self.users[operand].append(value)
        seen = set(places)
        stack = list(seen)
        while stack:
            for user in self.users[stack.pop()]:
                if user not in seen:
                    seen.add(user)
                    stack.append(user)
        return sorted(seen)


def primal(program: Program, wrt: Sequence[str] | None = None, seeds: Iterable[str] = ()) -> Primal:
    """Copy a program, simplified, into a new builder; the inputs of `seeds` come after the program's own.

    Raises NamingError for a `wrt` that is not an input.
    """
    chosen = chosen_inputs(program, wrt)
    b = Builder(identities)
    inputs = [b.input(name) for name in program.inputs]
    for name in seeds:
        b.input(name)
    copied = narrowed(program, identities)
    values = b.copy(copied, inputs)
    place = dict(zip(program.inputs, inputs, strict=True))
    results = [values[v] for v in copied.results]
    return Primal(program, b, program.outputs, results, chosen, [place[name] for name in chosen])


def dependents(b: Builder, inputs: Sequence[int]) -> bytearray:
    """Mark the numbers that depend on these inputs; a truth value has no derivative, it only chooses."""
    active = bytearray(len(b.assignments))
    for place in inputs:
        active[place] = 1
    for value, (operation, operands) in enumerate(b.assignments):
        if operation not in LEAVES and operation not in BOOLEAN:
            if operation == LOOP:  # how often it runs is no matter of derivatives
                operands = operands[1 + 2 * b.assignments[operands[0]][1][0].indexed :]
            for operand in operands:
                if active[operand]:
                    active[value] = 1
                    break
    return active
