"""Sequences that loops emit, as values of a builder: which values are sequences, and what zero is among them."""

from __future__ import annotations

from symad.builder import Builder
from symad.loops import Body, read_loop
from symad.needs import ALWAYS
from symad.operations import PROJECT


def is_sequence(b: Builder, value: int) -> bool:
    """Tell whether a value is a sequence that a loop has emitted."""
    operation, operands = b.assignments[chosen_from(b, value)]
    if operation != PROJECT:
        return False
    place: int = b.assignments[operands[1]][1][0]
    return place >= read_loop(b.assignments, operands[0]).body.first_emitted


def chosen_from(b: Builder, value: int) -> int:
    """Give one of the values that selects choose from."""
    while b.assignments[value][0] == "select":
        value = b.assignments[value][1][1]
    return value


def zero_like(b: Builder, value: int) -> int:
    """Make a zero, or a sequence of as many zeros as a sequence has elements."""
    zero = b.constant(0)
    if not is_sequence(b, value):
        return zero
    bundle = b.assignments[chosen_from(b, value)][1][0]
    loop = read_loop(b.assignments, bundle)
    bounds = loop.bounds or (b.constant(1), b.make(PROJECT, bundle, b.constant(loop.body.carried)))
    within = Builder()
    within.input("k")
    [zeros] = b.bundle(Body(within.finish([("zero", within.constant(0))]), 0), bounds)
    return zeros


def guarded(b: Builder, value: int, condition: int, need: int) -> int:
    """Make a value that is zero where a condition does not hold, for use where `need` holds."""
    if condition in (need, ALWAYS):
        return value
    return b.make("select", condition, value, zero_like(b, value))
