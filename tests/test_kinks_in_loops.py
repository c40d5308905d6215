"""Kinks in the bodies of loops are found as those outside are."""

from __future__ import annotations

import pytest

import symad

# fmt: off
CASES = [  # a program, the parts that have a kink, and where
    ("s = 0; for k in 1..n { s = s + abs(x - k) }; s",                 [("abs(x - k)", "x - k = 0")]),
    ("sum(k in 1..n: sqrt(x - k))",                                    [("sqrt(x - k)", "x - k = 0")]),
    ("y = x; while y > 1 { y = max(y - 2, y/3) }; y",                  [("max(y - 2, y/3)", "y - 2 = y/3")]),
    ("s = 0; for i in 1..n { for j in 1..i { s = s + abs(x)*j } }; s", [("abs(x)", "x = 0")]),
    ("s = 0; for k in 1..n { s = s + sin(x)*k }; s",                   []),
    ("abs(x) + sum(k in 1..n: abs(y - k))",          [("abs(x)", "x = 0"), ("abs(y - k)", "y - k = 0")]),
]
# fmt: on


@pytest.mark.parametrize(("text", "expected"), CASES)
def test_kinks(text: str, expected: list[tuple[str, str]]) -> None:
    found = symad.kinks(symad.parse(text)).places
    assert [(place.part, place.where) for place in found if place.what != "branch"] == expected
    assert all(place.line == 1 for place in found)


def test_what_does_not_move_has_no_kink() -> None:
    program = symad.parse("s = 0; for k in 1..n { s = s + abs(x - k)*y }; s")
    assert [place.part for place in symad.kinks(program, ["y"]).places] == []
    assert [place.part for place in symad.kinks(program, ["x"]).places] == ["abs(x - k)"]
