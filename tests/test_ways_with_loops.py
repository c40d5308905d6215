"""Ways to the gradient of a loop: all but the printed formulas go through it; counts stay as they are."""

from __future__ import annotations

import pytest

from symad.errors import EvaluationError
from symad.parse import parse
from symad.ways import Comparison, compare

ROUND = 8.0  # units in the last place that a few iterations lose


def errors(found: Comparison, derivative: str) -> dict[str, float | None]:
    place = list(found.truths).index(derivative)
    return {way.name: way.cells[place].error for way in found.ways}


@pytest.mark.parametrize(
    ("text", "at", "truth"),
    [
        ("sum(k in 1..4: x^k)", {"x": 2}, "49.0"),
        ("product(k in 1..3: x + k)", {"x": 1}, "26.0"),
        ("y = 1; while abs(y*y - x) > 1e-14 { y = (y + x/y)/2 }; y", {"x": 4}, "0.25"),
        ("y = x; for k in 1..0 { y = y^2 }; 3*y", {"x": 2}, "3.0"),
        ("s = 0; for i in 1..3 { for j in 1..i { s = s + (if j > x then x*j else x^2) } }; s", {"x": 1.5}, "16.0"),
    ],
)
def test_five_ways(text: str, at: dict[str, float], truth: str) -> None:
    found = compare(parse(text), at)
    assert float(found.truths["df/dx"] or "nan") == pytest.approx(float(truth), rel=1e-13)
    measured = errors(found, "df/dx")
    formula = measured.pop("printed formulas")
    assert formula is None or formula < ROUND  # where the loop does not run at all there is a formula
    for name, error in measured.items():
        assert error is not None
        assert error < (1e9 if name.endswith("differences") else ROUND), name
    if formula is None:
        assert "printed formulas: no df/dx: a loop is no formula" in str(found).splitlines()


def test_counts() -> None:
    found = compare(parse("input x, n; sum(k in 1..n: x^k) + n*x"), {"x": 2, "n": 3})
    assert found.truths["df/dn"] == "2.0"  # of n*x
    measured = errors(found, "df/dn")
    without = [name for name, error in measured.items() if error is None]
    assert without == ["one-sided differences", "two-sided differences"]
    assert "n: how often loops run, which a derivative takes as it is" in found.notes


def test_where_a_while_runs_more_often_is_a_jump_or_a_kink() -> None:
    program = parse("y = x; while y < 8 { y = 2*y }; y")
    assert any(note.startswith("df/dx has a jump here") for note in compare(program, {"x": 2}).notes)
    assert not any("here: no derivative" in note for note in compare(program, {"x": 3}).notes)


def test_a_loop_that_ends_only_because_doubles_do() -> None:
    found = compare(parse("t = x; s = 0; while t > 0 { s = s + t; t = t/2 }; s"), {"x": 1})
    assert found.truths == {"df/dx": None}
    assert "there is no true value of df/dx, and no error" in found.notes
    assert [way.cells[0].value for way in found.ways if way.name == "reverse mode"] == [2.0]


def test_what_overflows_in_a_loop_is_named_with_its_iteration() -> None:
    with pytest.raises(EvaluationError, match=r"w3 = w2\*w2 overflows at w2 = 1.9.*e\+244, for k = 10"):
        compare(parse("s = x; for k in 1..30 { s = s*s }; s"), {"x": 3})
