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
