"""Loops written out: the same values bit for bit, derivatives too; what cannot be written out says why."""

from __future__ import annotations

import pytest
from hypothesis import given

import symad
from symad.errors import SymadError
from symad.loops import looped
from symad.program import Program
from symad.wellformed import check
from symad.without_loops import without_loops
from tests.derivatives.unrolled import Pair, pairs

POINT = (0.7, -1.3, 0.4)


def counting(pair: Pair) -> bool:
    return "while" not in pair.looped


@given(pairs(2).filter(counting))
def test_the_same_values_bit_for_bit(pair: Pair) -> None:
    program = symad.parse(pair.looped)
    seeded: list[Program] = [program, symad.simplify(program), symad.jacobian(program), symad.vjp(program)]
    for made in seeded:
        straight = check(without_loops(made, {}))
        assert not looped(straight.assignments)
        assert straight.inputs == made.inputs
        arguments = [*POINT, 0.3, -0.8][: len(made.inputs)]
        if made.outputs:
            assert straight(*arguments) == made(*arguments)


def test_counts_are_given() -> None:
    program = symad.parse("input n, x; sum(k in 1..n: x^k)")
    assert without_loops(program, {"n": 3}) == symad.parse("input n, x; 0 + x^1 + x^2 + x^3")
    with pytest.raises(SymadError, match="how often a loop runs is not known: it depends on n"):
        without_loops(program, {})


def test_what_cannot_be_written_out() -> None:
    with pytest.raises(SymadError, match="how often a `while` runs is not known"):
        without_loops(symad.parse("y = x; while y > 1 { y = y/2 }; y"), {})
    with pytest.raises(SymadError, match="more than 50 assignments"):
        without_loops(symad.parse("sum(k in 1..100: x^k)"), {}, 50)
