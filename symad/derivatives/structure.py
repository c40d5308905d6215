"""Which derivatives are structurally non-zero, from the program itself: a set of bits for each value.

Bit k of a value is set where a path leads to it from the k-th input of interest along partial derivatives that are not
zero everywhere. One walk, forwards or backwards; a union is one operation of Python's on whole sets.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from symad.derivatives.primal import Primal
from symad.operations import LEAVES, OPERATIONS


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


def rows(start: Primal) -> list[int]:
    """Give for each result the set of inputs of interest by which its derivative is not zero: bit k for the k-th."""
    sets = [0] * start.count
    for k, place in enumerate(start.places):
        sets[place] = 1 << k
    for value in range(start.count):
        if start.active[value]:
            found = sets[value]
            for operand in edges(start, value):
                found |= sets[operand]
            sets[value] = found
    return [sets[result] for result in start.results]


def members(bits: int) -> Iterator[int]:
    """List the elements of a set, ascending.

    >>> list(members(0b10110))
    [1, 2, 4]
    """
    while bits:
        lowest = bits & -bits
        yield lowest.bit_length() - 1
        bits ^= lowest
