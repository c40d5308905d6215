"""Hessians by pushing edges: one reverse sweep in which pairs of values carry second derivatives.

The result is a function of the values that were not yet passed over. Its second derivative by each pair of them is an
edge; passing over a value pushes its edges on to its operands by the chain rule, and makes new ones where its own
operation is not linear. Pairs are not ordered: the symmetry is used throughout.
Source: Gower and Mello, "A new framework for the computation of Hessians", 2012.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache, partial

from symad.builder import Builder
from symad.derivatives.cases import total
from symad.derivatives.forward import tangents
from symad.derivatives.partials import (
    Given,
    Partial,
    by_rule,
    compact,
    formula,
    given,
    make_partial,
    small_integers,
)
from symad.derivatives.primal import Primal
from symad.derivatives.reverse import contributed
from symad.operations import CALL, LEAVES, OPERATIONS
from symad.program import Program
from symad.rules import Rule
from symad.simplify import identities

Slope = tuple[int, int, int]  # the position of an operand, the operand, and the partial derivative by it
Seconds = Callable[[int, int], Partial | Given]  # the second partial derivative by two operands, by their positions
Received = dict[int, dict[int, list[int]]]  # contributions to each pair of values, by the later and the earlier one


def pushed(start: Primal, result: int) -> list[dict[int, int]]:
    """Give the upper triangle of the Hessian of a result by the inputs of interest, of each row what is not zero."""
    b = start.builder
    one = b.constant(1)
    adjoints: dict[int, list[int]] = {result: [one]} if start.active[result] else {}
    edges: Received = {}
    for value in start.before([result]):
        if b.assignments[value][0] in LEAVES:
            continue
        contributions, own = adjoints.pop(value, None), edges.pop(value, {})
        if contributions is None:
            continue
        adjoint = total(b, contributions)
        slopes: list[Slope] = []
        for position, operand in enumerate(b.assignments[value][1]):
            slope = contributed(b, value, position, one, start.program, b, None) if start.active[operand] else None
            if slope is not None:
                slopes.append((position, operand, slope))
        push(b, edges, value, own, slopes)
        create(b, edges, value, adjoint, slopes)
        for position, operand, _ in reversed(slopes):
            made = contributed(b, value, position, adjoint, start.program, b, None)
            if made is not None:
                adjoints.setdefault(operand, []).append(made)
    return triangle(start, edges)


def receive(edges: Received, p: int, q: int, contribution: int) -> None:
    """Add a contribution to the edge between two values."""
    later, earlier = (p, q) if p > q else (q, p)
    edges.setdefault(later, {}).setdefault(earlier, []).append(contribution)


def push(b: Builder, edges: Received, value: int, own: dict[int, list[int]], slopes: Sequence[Slope]) -> None:
    """Push the edges of a value on to its operands."""
    for other, contributions in own.items():
        weight = total(b, contributions)
        if other != value:
            for _, operand, slope in slopes:
                made = b.make("mul", weight, slope)
                receive(edges, operand, other, twice(b, made) if operand == other else made)
            continue
        for k, (_, operand, slope) in enumerate(slopes):
            once = b.make("mul", weight, slope)
            receive(edges, operand, operand, b.make("mul", once, slope))
            for _, partner, partner_slope in slopes[k + 1 :]:
                made = b.make("mul", once, partner_slope)
                receive(edges, operand, partner, twice(b, made) if operand == partner else made)


def create(b: Builder, edges: Received, value: int, adjoint: int, slopes: Sequence[Slope]) -> None:
    """Make the edges that come of an operation's own second derivatives."""
    operation, operands = b.assignments[value]
    if operation in LINEAR:
        return
    if operation == CALL:
        seconds: Seconds = partial(second_by_rule, b.assignments[operands[0]][1][0])
    else:
        seconds = partial(second_partial, operation, numbers=small_integers(b, operands))
    for k, (position, operand, _) in enumerate(slopes):
        for other_position, other, _ in slopes[k:]:
            second = seconds(position, other_position)
            if second.number == 0:
                continue
            curvature = make_partial(b, second, operands, value)
            made = b.make("mul", adjoint, curvature)
            mixed = position != other_position and operand == other
            receive(edges, operand, other, twice(b, made) if mixed else made)


def twice(b: Builder, value: int) -> int:
    """Give two times a value: a pair of equal values stands for itself in both orders."""
    return b.make("mul", b.constant(2), value)


def triangle(start: Primal, edges: Received) -> list[dict[int, int]]:
    """Add up the edges between inputs of interest, the upper triangle of a matrix."""
    found: list[dict[int, int]] = [{} for _ in start.places]
    place = {value: k for k, value in enumerate(start.places)}
    for later, others in edges.items():
        for earlier, contributions in others.items():
            row, column = sorted((place[later], place[earlier]))
            found[row][start.places[column]] = total(start.builder, contributions)
    return found


LINEAR = frozenset({"add", "sub", "neg"})  # operations without second derivatives, and the most frequent ones


@lru_cache(maxsize=4096)
def second_partial(operation: str, position: int, other: int, numbers: tuple[int | None, ...]) -> Partial:
    """Derive a second partial derivative from the table."""
    texts = OPERATIONS[operation].partials
    text, by = texts[position], texts[other]
    assert text is not None
    assert by is not None  # else there was no slope
    first, by_other = formula(operation, text), formula(operation, by)
    b = Builder(identities)
    inputs = [b.input(name) for name in first.inputs]
    known = [v if n is None else b.constant(n) for v, n in zip(inputs, (*numbers, None), strict=True)]
    made = along(b, first, known, b.copy(by_other, known)[by_other.results[0]], (inputs[other], inputs[-1]))
    return compact(b.finish([("second", made)]))


@lru_cache(maxsize=1024)
def second_by_rule(rule: Rule, position: int, other: int) -> Given:
    """Derive a second partial derivative of a function from its rule."""
    first, by_other = by_rule(rule, position - 1).program, by_rule(rule, other - 1).program
    b = Builder(identities)
    inputs = [b.input(name) for name in first.inputs]
    slope = b.copy(by_other, inputs)[by_other.results[0]]
    return given(b, along(b, first, inputs, slope, (inputs[other - 1], inputs[-1])))


def along(b: Builder, first: Program, arguments: Sequence[int], slope: int, moving: tuple[int, int]) -> int:
    """Derive a first partial derivative along an argument, and the result with it, which has some slope."""
    result = b.copy(first, arguments)[first.results[0]]
    start = Primal(first, b, ("partial",), (result,), first.inputs, moving)
    made = tangents(start, dict(zip(moving, (b.constant(1), slope), strict=True)))
    return made[result] if result in made else b.constant(0)
