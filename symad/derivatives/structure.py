"""Which derivatives are structurally non-zero, from the program itself: a set of bits for each value.

A bit of a value is set where a path leads to it from an input of interest along partial derivatives that are not zero
everywhere. A union is one operation of Python's on whole sets. The inputs are taken in strips, each with a walk over
what depends on it: the sets stay short, and a sparse matrix costs what it holds, however large it is.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from symad.derivatives.primal import Primal
from symad.operations import LEAVES, OPERATIONS

STRIP = 1024  # inputs, that is bits, at a time


@cache
def flat(operation: str) -> frozenset[int]:
    """Give the positions of the operands by which an operation has the derivative 0."""
    return frozenset(k for k, text in enumerate(OPERATIONS[operation].partials) if text == "0")


def edges(start: Primal, value: int) -> Iterator[int]:
    """Give the operands that an active value passes derivatives on to; one that stands there twice comes twice."""
    operation, operands = start.builder.assignments[value]
    if operation not in LEAVES and start.active[value]:
        passing = flat(operation)
        first = operation == "select"  # its condition only chooses
        for position in range(first, len(operands)):
            if start.active[operands[position]] and position not in passing:
                yield operands[position]


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
