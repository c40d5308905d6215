"""The judge of derivatives: what cancels is computed with more digits, and what is not known is not claimed."""

from __future__ import annotations

import mpmath
import pytest
from mpmath import mpf

from symad.parse import parse
from symad.ways import compare
from tests.test_ways import way


@pytest.mark.parametrize(
    ("text", "at", "wanted"),
    [
        ("y*(exp(x) - 1)", {"x": 1e-130, "y": 1}, "1.0e-130"),
        ("y*(exp(x) - 1)", {"x": 1e-300, "y": 1}, "1.0e-300"),
        ("y*(1 - cos(x))", {"x": 1e-150, "y": 1}, "5.0e-301"),
        ("y/(exp(x) - 1 + 1e-200)", {"x": 1e-130, "y": 1}, "1.0e+130"),
        ("y*(x + 1e-200 - x)", {"x": 1e100, "y": 1}, "1.0e-200"),
        ("y*(x - x)", {"x": 1e100, "y": 1}, "0"),
        ("y*1e300*sin(pi)", {"y": 1}, "0"),
        ("y*floor(x)", {"x": 0.5, "y": 1}, "0"),
    ],
)
def test_what_cancels_is_computed_with_more_digits(text: str, at: dict[str, float], wanted: str) -> None:
    truth = compare(parse(text), at).truths["df/dy"]
    assert truth is not None
    if wanted == "0":
        assert truth == "0"
    else:
        with mpmath.workdps(40):
            assert abs(mpf(truth) / mpf(wanted) - 1) < mpf(10) ** -15


def test_an_error_is_seen_where_all_ways_give_zero() -> None:
    found = compare(parse("y*(exp(x) - 1)"), {"x": 1e-130, "y": 1})
    place = list(found.truths).index("df/dy")
    assert way(found, "reverse").cells[place].value == 0.0
    assert (way(found, "reverse").cells[place].error or 0) > 1e15


def test_a_true_value_that_digits_do_not_settle_is_not_known() -> None:
    found = compare(parse("x*y*abs(sin(pi))^0.001"), {"x": 0, "y": 1})
    assert found.truths == {"df/dx": None, "df/dy": "0"}
    assert way(found, "reverse").cells[0].error is None
    assert "the true value of df/dx is not known, nor the error: more digits still change it" in found.notes
    assert not any("no true value" in line for line in found.notes)
