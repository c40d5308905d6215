"""Which derivatives are structurally non-zero, from the program itself: a set of bits for each value.

A bit of a value is set where a path leads to it from an input of interest along partial derivatives that are not zero
everywhere. A union is one operation of Python's on whole sets. The inputs are taken in strips, each with a walk over
what depends on it: the sets stay short, and a sparse matrix costs what it holds, however large it is.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache, lru_cache

from symad.derivatives.partials import by_rule
from symad.derivatives.primal import Primal, primal
from symad.loops import Body, read_loop
from symad.operations import CALL, LEAVES, LOOP, OPERATIONS, PROJECT
from symad.rules import Rule

STRIP = 1024  # inputs, that is bits, at a time


@cache
def flat(operation: str) -> frozenset[int]:
    """Give the positions of the operands by which an operation has the derivative 0."""
    return frozenset(k for k, text in enumerate(OPERATIONS[operation].partials) if text == "0")


@lru_cache(maxsize=1024)
def flat_call(rule: Rule) -> frozenset[int]:
    """Give the positions of the operands by which a function has the derivative 0 by its rule."""
    return frozenset(k + 1 for k in range(len(rule.partials.outputs)) if by_rule(rule, k).number == 0)


def edges(start: Primal, value: int) -> Iterator[int]:
    """Give the operands that an active value passes derivatives on to; one that stands there twice comes twice.

    A loop passes on to nothing; each of its results does to the loop's operands.
    """
    assignments = start.builder.assignments
    operation, operands = assignments[value]
    if operation in LEAVES or operation == LOOP or not start.active[value]:
        return
    if operation == PROJECT:
        loop, place = operands[0], assignments[operands[1]][1][0]
        body = read_loop(assignments, loop).body
        passing = dependence(body)[place]
        for k, position in operand_places(body):
            operand = assignments[loop][1][position]
            if k in passing and start.active[operand]:
                yield operand
        return
    without = flat_call(assignments[operands[0]][1][0]) if operation == CALL else flat(operation)
    first = operation == "select"  # its condition only chooses
    for position in range(first, len(operands)):
        if start.active[operands[position]] and position not in without:
            yield operands[position]


def operand_places(body: Body) -> Iterator[tuple[int, int]]:
    """Give the inputs of a body but the index, and for each the position of its operand in the loop's assignment."""
    first = 1 + 2 * body.indexed
    for k in range(body.indexed, len(body.program.inputs)):
        yield k, first + k - body.indexed


@lru_cache(maxsize=256)
def dependence(body: Body) -> tuple[frozenset[int], ...]:
    """Give for each result of a loop the inputs of its body by which its derivative is not zero everywhere.

    A carried value depends on what it was before the loop, and on all on which another one does that it depends on. The
    number of iterations of a `while` depends on nothing.

    >>> from symad.parse import parse
    >>> f = parse("a = x; b = y; for k in 1..n { a = a + b; b = b*z }; output a, b")
    >>> body = next(operands[0] for operation, operands in f.assignments if operation == "body")
    >>> body.program.inputs, [sorted(found) for found in dependence(body)]
    (('k', 'a', 'b', 'z'), [[1, 2, 3], [2, 3]])
    """
    direct = [set(row) for row in rows(primal(body.program))]
    first = body.conditional
    carried = [row | {body.indexed + j} for j, row in enumerate(direct[first : first + body.carried])]
    grown = True
    while grown:
        grown = False
        for row in carried:
            before = len(row)
            for j in [k - body.indexed for k in row if body.indexed <= k < body.indexed + body.carried]:
                row |= carried[j]
            grown = grown or len(row) > before
    emitted = direct[first + body.carried :]
    for row in emitted:
        for j in [k - body.indexed for k in row if body.indexed <= k < body.indexed + body.carried]:
            row |= carried[j]
    index = set(range(body.indexed))
    counted: list[set[int]] = [set()] if body.conditional else []
    return tuple(frozenset(row - index) for row in (*carried, *counted, *emitted))


def rows(start: Primal) -> list[list[int]]:
    """Give for each result the inputs of interest by which its derivative is not zero everywhere, ascending."""
    found: list[list[int]] = [[] for _ in start.results]
    columns = [*range(len(start.places))]  # each number is one object, however many entries have it
    for first in range(0, len(start.places), STRIP):
        places = start.places[first : first + STRIP]
        sets = {place: 1 << k for k, place in enumerate(places)}
        for value in start.after(places):
            bits = sets.get(value, 0)
            for operand in edges(start, value):
                bits |= sets.get(operand, 0)
            if bits:
                sets[value] = bits
        for row, result in zip(found, start.results, strict=True):
            row += [columns[first + k] for k in members(sets.get(result, 0))]
    return found


def triangle(start: Primal) -> list[list[int]]:
    """Give the upper triangle of a symmetric matrix, whose rows are the results of the gradient, ascending.

    What is not zero is so on both sides of the diagonal: an entry that one side shows to be zero is left out.
    """
    found = rows(start)
    mirrored: list[set[int]] = [set() for _ in found]
    for row, columns in enumerate(found):
        for column in columns:
            if column <= row:
                mirrored[column].add(row)
    return [sorted(other.intersection(columns)) for other, columns in zip(mirrored, found, strict=True)]


def members(bits: int) -> Iterator[int]:
    """List the elements of a set, ascending.

    >>> list(members(0b10110))
    [1, 2, 4]
    """
    while bits:
        lowest = bits & -bits
        yield lowest.bit_length() - 1
        bits ^= lowest
