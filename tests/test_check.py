"""The cross-check: what agrees, what does not, what cannot be compared; wrong derivatives must be found."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from dataclasses import replace
from importlib import import_module
from random import Random

import mpmath
import pytest

import symad
from symad.builder import Builder
from symad.check import check, compare
from symad.comparison import domain, in_doubles
from symad.derivatives.gradient import all_partials
from symad.differences import slopes
from symad.errors import DerivativeError, NamingError
from symad.program import Program

FORMULAS = [
    "x1*x2 + sin(x1)",
    "(1 - x)^2 + 100*(y - x^2)^2",
    "exp(-x^2)/(1 + y^2)",
    "log(x - y)*sqrt(y)",
    "asin(x) + acosh(y) + log(z)",
    "x^y",
    "abs(x)*max(x, y, z)",
    "if x > 0 then log(x) else x^2",
    "lgamma(x)*gamma(y)",
    "besselj(2, x)",
    "mod(x, y) + floor(x)",
    "S*normcdf((log(S/K) + (r + s^2/2)*T)/(s*sqrt(T)))",
    "p = log(x); q = log(-x)",
    "0.1*x*0.3 - y/7",
]


@pytest.mark.parametrize("text", FORMULAS)
def test_right_derivatives_agree(text: str) -> None:
    program = symad.parse(text)
    report = check(program)
    assert report.ok, report
    assert [row.label for row in report.rows] == [f"d{f}/d{x}" for f in program.outputs for x in program.inputs]
    for row in report.rows:
        assert row.points == 10
        assert row.error <= row.allowed < math.inf
        assert set(row.at) == set(program.inputs)
        assert row.sympy.startswith(("equal", "not decided: "))


def scaled(derived: Program) -> Program:
    """Make the last derivative wrong by 0.05 %."""
    b = Builder()
    values = b.copy(derived, [b.input(name) for name in derived.inputs])
    results = [values[v] for v in derived.results]
    results[-1] = b.make("mul", b.constant(1.0005), results[-1])
    return b.finish(zip(derived.outputs, results, strict=True))


def swapped(derived: Program) -> Program:
    """Exchange the last two derivatives."""
    *first, y, z = derived.results
    return replace(derived, results=(*first, z, y))


def negated(derived: Program) -> Program:
    """Change the sign of the last derivative."""
    b = Builder()
    values = b.copy(derived, [b.input(name) for name in derived.inputs])
    *first, last = [values[v] for v in derived.results]
    return b.finish(zip(derived.outputs, [*first, b.make("neg", last)], strict=True))


def dropped(derived: Program) -> Program:
    """Put zero in the place of the last derivative."""
    b = Builder()
    values = b.copy(derived, [b.input(name) for name in derived.inputs])
    *first, _ = [values[v] for v in derived.results]
    return b.finish(zip(derived.outputs, [*first, b.constant(0)], strict=True))


def without_value(derived: Program) -> Program:
    """Give the last derivative no value at all."""
    b = Builder()
    values = b.copy(derived, [b.input(name) for name in derived.inputs])
    *first, _ = [values[v] for v in derived.results]
    return b.finish(zip(derived.outputs, [*first, b.make("log", b.constant(-1))], strict=True))


@pytest.mark.parametrize("sabotage", [scaled, swapped, negated, dropped, without_value])
@pytest.mark.parametrize(
    "text", ["x1*x2 + sin(x1)", "exp(-x^2)/(1 + y^2)", "if x > 0 then x*y else y^2*x^2", "p = x*y; q = x/y^2"]
)
def test_wrong_derivatives_are_found(text: str, sabotage: Callable[[Program], Program]) -> None:
    program = symad.parse(text)
    derived = all_partials(program)
    assert compare(program, derived).ok
    report = compare(program, sabotage(derived))
    assert not report.ok
    assert not report.rows[-1].ok
    assert report.rows[-1].problem in str(report)
    if sabotage in (scaled, negated):
        assert report.rows[-1].sympy == "unequal"


def test_a_loss_of_digits_is_found() -> None:
    program = symad.parse("tanh(x)")
    accurate = all_partials(program)
    careless = symad.parse("f = tanh(x); g = 1 - f^2; output f, g")  # 0 from x = 19 on, where the derivative is 1e-16
    assert compare(program, accurate).ok
    report = compare(program, replace(careless, outputs=accurate.outputs))
    assert "differences of the formula give" in report.rows[0].problem


def test_what_the_formula_itself_loses_is_no_disagreement() -> None:
    assert check(symad.parse("(exp(x) - exp(-x))/x + 1e6*(sin(y)^2 + cos(y)^2)")).ok
    assert check(symad.parse("1 + v*log(u + (1 - u)*exp(-2/v))")).ok


def test_no_point() -> None:
    report = check(symad.parse("log(-1 - x^2)"))
    assert not report.ok
    assert report.rows[0].points == 0
    assert "no point was found" in str(report)


def test_nothing_to_compare() -> None:
    report = check(symad.parse("2 + 3"))
    assert report.rows == ()
    assert str(report) == "there is no input: nothing to compare"


def test_the_table() -> None:
    text = str(check(symad.parse("x1*x2 + sin(x1)"), points=3, seed=1))
    lines = text.splitlines()
    assert lines[0].split() == ["derivative", "SymPy", "points", "error/ulp", "allowed", "at"]
    assert [line.split()[:3] for line in lines[1:3]] == [["df/dx1", "equal", "3"], ["df/dx2", "equal", "3"]]
    assert lines[-1] == "2 of 2 derivatives agree"
    assert len({line.index(word) for line, word in zip(lines, ["SymPy", "equal", "equal"], strict=False)}) == 1


def test_as_data() -> None:
    report = check(symad.parse("x*y"), wrt=["y"])
    found = json.loads(json.dumps(report.as_dict(), allow_nan=False))
    assert found["ok"] is True
    [row] = found["derivatives"]
    assert (row["label"], row["sympy"], row["points"], row["ok"]) == ("df/dy", "equal", 10, True)
    wrong = compare(symad.parse("x*y"), without_value(all_partials(symad.parse("x*y"))))
    assert json.loads(json.dumps(wrong.as_dict(), allow_nan=False))["derivatives"][1]["error"] is None


def test_wrt_is_checked() -> None:
    with pytest.raises(NamingError):
        check(symad.parse("x*y"), wrt=["z"])
    with pytest.raises(DerivativeError):
        check(symad.parse("besselj(n, x)"))


def test_the_same_seed_the_same_report() -> None:
    program = symad.parse("x*exp(y)")
    assert check(program, seed=3) == check(program, seed=3)
    assert check(program, seed=3) != check(program, seed=4)


def test_points_are_of_both_signs_and_several_magnitudes() -> None:
    points = [x for [x] in domain(symad.parse("x^3"), 10, Random(0))]
    assert {x > 0 for x in points} == {True, False}
    assert min(map(abs, points)) < 1e-3
    assert max(map(abs, points)) > 1e3
    assert all(
        in_doubles(symad.parse("log(x)"), [x])["f"] is not None for [x] in domain(symad.parse("log(x)"), 10, Random(0))
    )


def test_a_long_formula() -> None:
    program = symad.parse(" + ".join(f"(1 - x{k})^2 + 100*(x{k + 1} - x{k}^2)^2" for k in range(150)))
    report = check(program, points=2)
    assert report.ok
    assert report.rows[0].sympy.startswith("not decided: the formula is too long for it")


def test_a_very_long_formula_is_compared_in_part(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(import_module("symad.check"), "EFFORT", 200_000)
    program = symad.parse(" + ".join(f"sin(x{k})*x{k + 1}" for k in range(1000)))
    report = check(program)
    assert report.ok
    assert 10 < len(report.rows) < 1001
    assert f"{len(report.rows)} of the 1001 derivatives of f were compared" in str(report)


@pytest.mark.parametrize(
    ("text", "x", "smooth"),
    [("abs(x)", 0.0, False), ("floor(x)", 2.0, False), ("x*abs(x)", 0.0, True), ("abs(x)", 1e-9, True)],
)
def test_kinks_are_seen(text: str, x: float, smooth: bool) -> None:
    [slope] = slopes(symad.parse(text), [x], [0], Random(0))
    assert slope is not None
    assert slope.smooth is smooth


def test_no_value_nearby() -> None:
    assert list(slopes(symad.parse("sqrt(x)"), [0.0], [0], Random(0))) == [None]


def test_slopes() -> None:
    [slope] = slopes(symad.parse("exp(x)*x"), [1.25], [0], Random(0))
    assert slope is not None
    with mpmath.workdps(60):
        assert abs(slope.value / (mpmath.exp(1.25) * 2.25) - 1) < mpmath.mpf(10) ** -50
        assert 0 < slope.rounding < 10 * mpmath.mpf(2) ** -52 * slope.value
