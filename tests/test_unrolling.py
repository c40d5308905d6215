"""Loops written out: the same values, and fewer operations."""

from __future__ import annotations

import pytest

import symad
from symad.parse import parse
from symad.wellformed import check
from tests.test_loops import loops

# fmt: off
CASES = [  # a program, the loops that stay, a point
    ("sum(k in 1..5: x^k/k)",                                                      0, {"x": 1.3}),
    ("a = [p, q, r]; y = 0; for c in a { y = y*x + c }; y",                        0, {"p": 1, "q": 2, "r": 3, "x": 4}),
    ("s = 0; for i in 1..4 { for j in 1..i { s = s + x*i^j } }; s",                0, {"x": 1.3}),
    ("s = 0; for i in 1..n { for j in 1..3 { s = s + x^j*i } }; s",                1, {"x": 1.3, "n": 3}),
    ("sum(k in 1..65: x^k/k)",                                                     1, {"x": 0.3}),
    ("y = x; for k in 1..9 { y = sin(y) }; y",                                     1, {"x": 0.3}),  # nothing is saved
    ("y = x; while y > 1 { y = y/2 }; y",                                          1, {"x": 9}),
    ("y = x; for k in 1..4 { y = if k > 2 then sqrt(y) else y*y }; y",             0, {"x": 9}),
]
# fmt: on


@pytest.mark.parametrize(("text", "count", "point"), CASES)
def test_unrolled(text: str, count: int, point: dict[str, float]) -> None:
    program = parse(text)
    found = check(symad.unroll(program))
    assert len(loops(found)) == count
    assert found(**point) == pytest.approx(program(**point), rel=1e-15)
    wrt = [name for name in point if name != "n"]
    derived = symad.gradient(found, wrt)(**point)
    assert derived == pytest.approx(symad.gradient(program, wrt)(**point), rel=1e-14)


def test_the_length_of_a_loop_that_is_written_out() -> None:
    program = parse("sum(k in 1..5: x^k/k)")
    assert len(loops(symad.unroll(program, most=4))) == 1
    assert len(loops(symad.unroll(program, most=5))) == 0
