"""The forward sweep: tangents of values along directions, in the builder that holds the values.

The assignments are walked in order. The tangent of a value is its derivative along the seeds: the sum, over its
operands, of tangent times partial derivative. The tangent of a select is that of the branch taken. A tangent that comes
out of one branch alone is zero where that branch is not taken, and so is what is made of it: there it is not computed,
and neither are the partial derivatives that it would meet. Time and memory are linear in the length of what is made of
the inputs that have seeds, for each pass.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from symad.builder import Builder
from symad.derivatives.cases import by_cases, total
from symad.derivatives.primal import Primal
from symad.derivatives.reverse import contributed
from symad.derivatives.sequences import guarded, zero_like
from symad.needs import ALWAYS, NEVER, both, either, use
from symad.operations import LEAVES, LOOP, PROJECT


def tangents(start: Primal, seeds: Mapping[int, int]) -> Mapping[int, int]:
    """Give the tangents of values, by value; one that is zero has none.

    `seeds` maps places of inputs to their tangents, values of the builder.
    """
    order = start.after(seeds)
    start.walked += len(order)
    return lazy_tangents(start, seeds, order) if start.lazy else eager_tangents(start, seeds, order)


def eager_tangents(start: Primal, seeds: Mapping[int, int], order: Sequence[int]) -> Mapping[int, int]:
    """Give the tangents that are not zero, of a program without conditions."""
    from symad.derivatives.loops import loop_tangents  # which sweeps over the body

    b, active, program = start.builder, start.active, start.program
    made: dict[int, int] = {}
    bundles: dict[int, dict[int, int]] = {}  # tangents of the results of loops, by place
    for value in order:
        operation, operands = b.assignments[value]
        if operation in LEAVES:
            if value in seeds:
                made[value] = seeds[value]
        elif operation == LOOP:
            given = {position: made[v] for position, v in enumerate(operands) if v in made}
            bundles[value] = loop_tangents(start, value, given)
        elif operation == PROJECT:
            found = bundles[operands[0]].get(b.assignments[operands[1]][1][0])
            if found is not None:
                made[value] = found
        elif active[value]:
            terms = []
            for position in range(len(operands) - 1, -1, -1):
                tangent = made.get(operands[position])
                term = None if tangent is None else contributed(b, value, position, tangent, program, b, None)
                if term is not None:
                    terms.append(term)
            if terms:
                made[value] = total(b, terms)
    return made


class Tangent(NamedTuple):
    """Hold a tangent that is zero unless `support` holds: what it is then, `inside`, and everywhere, `whole`."""

    inside: int
    whole: int
    support: int


def lazy_tangents(start: Primal, seeds: Mapping[int, int], order: Sequence[int]) -> Mapping[int, int]:
    """Give the tangents of a program with conditions; none is evaluated where its value is not, or where it is zero.

    The derivative of sqrt(y) has no value at y = 0, but that of sqrt(if x > 0 then x else 0) at x = -1 is 0.
    """
    from symad.derivatives.loops import loop_tangents  # which sweeps over the body

    b, active, program = start.builder, start.active, start.program
    made: dict[int, Tangent] = {}
    bundles: dict[int, dict[int, Tangent]] = {}  # tangents of the results of loops, by place
    for value in order:
        operation, operands = b.assignments[value]
        found = None
        if operation in LEAVES:
            found = Tangent(seeds[value], seeds[value], ALWAYS) if value in seeds else None
        elif operation == LOOP:
            given = {position: made[v] for position, v in enumerate(operands) if v in made}
            support = supported(b, [tangent.support for tangent in given.values()])
            inside = {k: guarded(b, tangent.inside, tangent.support, support) for k, tangent in given.items()}
            through = loop_tangents(start, value, inside)
            bundles[value] = {k: Tangent(v, guarded(b, v, support, ALWAYS), support) for k, v in through.items()}
        elif operation == PROJECT:
            found = bundles[operands[0]].get(b.assignments[operands[1]][1][0])
        elif active[value] and operation == "select":
            found = chosen(b, value, made.get(operands[1]), made.get(operands[2]))
        elif active[value]:
            terms = []
            for position in range(len(operands) - 1, -1, -1):
                tangent = made.get(operands[position])
                term = None if tangent is None else contributed(b, value, position, tangent.inside, program, b, None)
                if tangent is not None and term is not None:
                    terms.append((term, tangent.support))
            found = summed(b, terms) if terms else None
        if found is not None:
            made[value] = found
    return {value: tangent.whole for value, tangent in made.items()}


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
    some = next(tangent.whole for tangent in (yes, no) if tangent is not None)
    branches = [zero_like(b, some) if tangent is None else tangent.whole for tangent in (yes, no)]
    whole = b.make("select", b.assignments[value][1][0], *branches)
    only = yes if no is None else no if yes is None else None
    return Tangent(whole if only is None else only.inside, whole, support)


def summed(b: Builder, terms: Sequence[tuple[int, int]]) -> Tangent:
    """Add terms, the last one first, each with the condition unless which it is zero."""
    support = supported(b, [condition for _, condition in terms])
    inside = by_cases(b, terms, support)
    if all(condition == support for _, condition in terms):
        return Tangent(inside, by_cases(b, [(inside, support)], ALWAYS), support)
    return Tangent(inside, by_cases(b, terms, ALWAYS), support)


def supported(b: Builder, supports: Sequence[int]) -> int:
    """Make the condition unless which all of some tangents are zero, the last one first."""
    support = NEVER
    for condition in reversed(supports):
        support = either(b, support, condition)
    return support
