"""Algebra that saves operations: Program in, Program with the same results and at most as many operations out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from symad.algebra.products import share_products
from symad.algebra.sums import factor_sums, share_sums
from symad.algebra.terms import read
from symad.algebra.writing import Writer
from symad.collector import without_collector
from symad.loops import looped
from symad.operations import BODY
from symad.program import Program, live


@without_collector
def save_operations(program: Program, keep: Sequence[str] = ()) -> Program:
    """Rewrite sums and products so that fewer operations are needed; a program that gains nothing is given back.

    Sums and products are compared as collections of terms, so that `a + (b - c)` and `(a + b) - c` are one value; what
    several of them share is made once; common factors are taken out; numbers are gathered; a power is made of a lower
    one that is there. Values change by a few units in the last place of the largest term of a sum, no more; near the
    ends of the range of doubles another order can overflow, or lose what is tiny. The outputs named by `keep` are
    computed as they stand, to the last bit.

    >>> from symad.parse import parse
    >>> from symad.simplify import simplify
    >>> print(save_operations(simplify(parse("a*b + a*c"))))
    w1 = a
    w2 = b
    w3 = c
    w4 = w2 + w3
    w5 = w1*w4
    f  = w5
    """
    place = dict(zip(program.outputs, program.results, strict=True))
    kept = live(program.assignments, [place[label] for label in keep])
    found = rewritten(with_bodies_saved(program, kept), kept)
    fewer = (found.operation_count, found.expanded_count) < (program.operation_count, program.expanded_count)
    return found if fewer else program


def with_bodies_saved(program: Program, kept: bytes | bytearray) -> Program:
    """Save operations in the bodies of loops, but of those that are kept; not in the conditions of a `while`."""
    if not looped(program.assignments):
        return program
    found = list(program.assignments)
    for value, (operation, payload) in enumerate(program.assignments):
        if operation == BODY and not kept[value]:
            inner = payload[0].program
            made = save_operations(inner, inner.outputs[: payload[0].conditional])
            found[value] = (BODY, (replace(payload[0], program=made),))
    return replace(program, assignments=tuple(found))


def rewritten(program: Program, kept: bytes | bytearray) -> Program:
    """Go through a program once: what is shared by sums, common factors, what is shared by products."""
    table = read(program, kept)
    share_sums(table)
    factor_sums(table)
    return Writer(table, share_products(table)).write()
