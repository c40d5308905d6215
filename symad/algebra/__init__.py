"""Algebra that saves operations: Program in, Program with the same results and at most as many operations out."""

from __future__ import annotations

from symad.algebra.products import share_products
from symad.algebra.sums import factor_sums, share_sums
from symad.algebra.terms import read
from symad.algebra.writing import Writer
from symad.collector import without_collector
from symad.program import Program


@without_collector
def save_operations(program: Program) -> Program:
    """Rewrite sums and products so that fewer operations are needed; a program that gains nothing is given back.

    Sums and products are compared as collections of terms, so that `a + (b - c)` and `(a + b) - c` are one value; what
    several of them share is made once; common factors are taken out; numbers are gathered; a power is made of a lower
    one that is there. Values change by a few units in the last place of the largest term of a sum, no more.

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
    found = rewritten(program)
    return found if found.operation_count < program.operation_count else program


def rewritten(program: Program) -> Program:
    """Go through a program once: what is shared by sums, common factors, what is shared by products."""
    table = read(program)
    share_sums(table)
    factor_sums(table)
    return Writer(table, share_products(table)).write()
