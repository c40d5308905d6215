"""Six ways to a gradient where there is none: the table says so."""

from __future__ import annotations

import pytest

from symad.parse import parse
from symad.ways import compare


@pytest.mark.parametrize("text", ["abs(x)", "if x > 0 then x^2 else sin(x)", "max(x, 2*x)"])
def test_a_kink_is_said(text: str) -> None:
    found = compare(parse(text), {"x": 0})
    assert "df/dx has a kink here: no derivative, and the value is the convention of the table" in found.notes
    assert not any("kink" in line for line in compare(parse(text), {"x": 0.5}).notes)


@pytest.mark.parametrize(
    ("text", "x"),
    [
        ("floor(x)*x", 2),
        ("sign(x)", 0),
        ("if x < 1 then x else x + 1e-9", 1),
        ("1e-12*ceil(x)", 3),
        ("abs(floor(x))", 1),
    ],
)
def test_a_jump_is_no_kink(text: str, x: float) -> None:
    found = compare(parse(text), {"x": x})
    assert "df/dx has a jump here: no derivative, and the value is the convention of the table" in found.notes
    assert not any("kink here" in line for line in found.notes)


@pytest.mark.parametrize(("text", "x"), [("cbrt(x)", 0), ("x", 0), ("x*1e30", 1e-30), ("exp(x)", 700), ("x^2", 0)])
def test_a_steep_value_is_no_jump(text: str, x: float) -> None:
    assert not any("jump here" in line for line in compare(parse(text), {"x": x}).notes)
