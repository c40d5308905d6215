"""The forward sweep: Program in, Program of its partial derivatives out, a pass for each input.

The assignments are walked in order. The tangent of a value is its derivative along the seeds: the sum, over its
operands, of tangent times partial derivative. The tangent of a select is that of the branch taken. A tangent that comes
out of one branch alone is zero where that branch is not taken, and so is what is made of it: there it is not computed,
and neither are the partial derivatives that it would meet. Time and memory are linear in the length of the program, for
each pass.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import islice
from typing import NamedTuple

from symad.builder import Builder
from symad.collector import without_collector
from symad.derivatives.reverse import chosen_inputs, contributed, dependents, derivative_label, guarded, total
from symad.needs import ALWAYS, NEVER, both, either, use
from symad.operations import LEAVES
from symad.program import Program, conditional
from symad.simplify import identities


@without_collector
def forward_partials(program: Program, wrt: Sequence[str] | None = None) -> Program:
    """Derive every output and every partial derivative of every output, zeros included, with a pass for each input.

    Order, labels and errors are those of the reverse sweep.

    >>> from symad.parse import parse
    >>> partials = forward_partials(parse("x1*x2 + sin(x1)"))
    >>> partials.outputs, partials(2, 3)[2]
    (('f', 'df/dx1', 'df/dx2'), 2.0)
    """
    chosen = chosen_inputs(program, wrt)
    b = Builder(identities)
    inputs = [b.input(name) for name in program.inputs]
    values = b.copy(program, inputs)
    place_of = dict(zip(program.inputs, inputs, strict=True))
    places = [place_of[name] for name in chosen]
    found = [values[v] for v in program.results]
    count = len(b.assignments)
    active = dependents(b, places)
    del values
    one, zero = b.constant(1), b.constant(0)
    columns = []
    for place in places:
        made = tangents(b, count, {place: one}, active, program)
        columns.append([made[v] for v in found])
    labels, results = list(program.outputs), list(found)
    for row, label in enumerate(program.outputs):
        for name, column in zip(chosen, columns, strict=True):
            tangent = column[row]
            labels.append(derivative_label(label, name))
            results.append(zero if tangent is None else tangent)
    return b.finish(zip(labels, results, strict=True))


def tangents(b: Builder, count: int, seeds: Mapping[int, int], active: bytearray, program: Program) -> list[int | None]:
    """Give the tangent of each of the first `count` values of a builder, None for zero.

    `seeds` maps places of inputs to their tangents, values of the builder. `active` marks what depends on them.
    """
    if conditional(islice(b.assignments, count)):
        return lazy_tangents(b, count, seeds, active, program)
    made: list[int | None] = [None] * count
    for value in range(count):
        operation, operands = b.assignments[value]
        if operation in LEAVES:
            made[value] = seeds.get(value)
        elif active[value]:
            terms = []
            for position in range(len(operands) - 1, -1, -1):
                tangent = made[operands[position]]
                term = None if tangent is None else contributed(b, value, position, tangent, program, b, None)
                if term is not None:
                    terms.append(term)
            made[value] = total(b, terms) if terms else None
    return made


class Tangent(NamedTuple):
    """Hold a tangent that is zero unless `support` holds: what it is then, `inside`, and everywhere, `whole`."""

    inside: int
    whole: int
    support: int


def lazy_tangents(
    b: Builder, count: int, seeds: Mapping[int, int], active: bytearray, program: Program
) -> list[int | None]:
    """Give the tangents of a program with conditions; none is evaluated where its value is not, or where it is zero.

    The derivative of sqrt(y) has no value at y = 0, but that of sqrt(if x > 0 then x else 0) at x = -1 is 0.
    """
    made: list[Tangent | None] = [None] * count
    for value in range(count):
        operation, operands = b.assignments[value]
        if operation in LEAVES:
            made[value] = Tangent(seeds[value], seeds[value], ALWAYS) if value in seeds else None
        elif active[value] and operation == "select":
            made[value] = chosen(b, value, made[operands[1]], made[operands[2]])
        elif active[value]:
            terms = []
            for position in range(len(operands) - 1, -1, -1):
                tangent = made[operands[position]]
                term = None if tangent is None else contributed(b, value, position, tangent.inside, program, b, None)
                if tangent is not None and term is not None:
                    terms.append((term, tangent.support))
            made[value] = summed(b, terms) if terms else None
    return [None if tangent is None else tangent.whole for tangent in made]


def chosen(b: Builder, value: int, yes: Tangent | None, no: Tangent | None) -> Tangent | None:
    """Make the tangent of a select from those of its branches; one alone stands for itself."""
    supports = []
    for position, tangent in ((1, yes), (2, no)):
        taken = use(b, value, position, ALWAYS)
        if tangent is None:
            taken = NEVER
        elif taken != NEVER and tangent.support != ALWAYS:
            taken = both(b, taken, [(tangent.support, True)])
        supports.append(taken)
    support = either(b, *supports)
    if support == NEVER:
        return None
    zero = b.constant(0)
    branches = [zero if tangent is None else tangent.whole for tangent in (yes, no)]
    whole = b.make("select", b.assignments[value][1][0], *branches)
    only = yes if no is None else no if yes is None else None
    return Tangent(whole if only is None else only.inside, whole, support)


def summed(b: Builder, terms: Sequence[tuple[int, int]]) -> Tangent:
    """Add terms, the last one first, each with the condition unless which it is zero."""
    support = NEVER
    for _, condition in reversed(terms):
        support = either(b, support, condition)
    inside = total(b, [guarded(b, term, condition, support) for term, condition in terms])
    if all(condition == support for _, condition in terms):
        return Tangent(inside, guarded(b, inside, support, ALWAYS), support)
    return Tangent(inside, total(b, [guarded(b, term, condition, ALWAYS) for term, condition in terms]), support)
