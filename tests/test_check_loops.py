"""The cross-check of programs with loops: what agrees, what is a count, what cannot be compared; sabotage is found."""

from __future__ import annotations

import math
from collections.abc import Callable
from random import Random

import mpmath
import pytest

import symad
from symad.builder import Builder
from symad.check import check, compare
from symad.comparison import domain, size
from symad.derivatives.gradient import all_partials
from symad.differences import slopes
from symad.effort import counts
from symad.program import Program
from tests.test_check import dropped, negated, scaled

# fmt: off
LOOPS = {
    "sum":        "sum(k in 1..n: x^k/k)",
    "product":    "product(k in 1..5: x + k*y)",
    "logistic":   "y = x; for k in 1..n { y = r*y*(1 - y) }; y",
    "newton":     "y = 1; while abs(y*y - x) > 1e-12 { y = (y + x/y)/2 }; y",
    "mean":       "a = x; b = y; while abs(a - b) > 1e-14*abs(a) { t = (a + b)/2; b = sqrt(a*b); a = t }; a",
    "conditions": "s = 0; for k in 1..n { s = s + (if k > x then x*k else log(x)) }; s",
    "nested":     "s = 0; for i in 1..n { p = 1; for j in 1..i { p = p*x/j }; s = s + p*y^i }; s",
    "steps":      "input y0, h, n, a; g(y) = a*y*(1 - y); y = y0; for k in 1..n { k1 = g(y); k2 = g(y + h/2*k1); "
                  "k3 = g(y + h/2*k2); k4 = g(y + h*k3); y = y + h/6*(k1 + 2*k2 + 2*k3 + k4) }; y",
    "not at all": "y = x; for k in 1..0 { y = y^2 }; y*z",
    "by a step":  "sum(k in 1..floor(abs(x)): x/k)",
    "cancelling": "sum(k in 0..30: (-1)^k*x^k/product(j in 1..k: j))",
    "escape":     "a = 0; b = 0; for k in 1..6 { t = a^2 - b^2 + x; b = 2*a*b + y; a = t }; a^2 + b^2",
    "derivative": "s = 0; d = 1; for k in 1..4 { d = d*x + s*y; s = sin(s + x) }; d",
}
# fmt: on


@pytest.mark.parametrize("text", LOOPS.values(), ids=LOOPS)
def test_right_derivatives_agree(text: str) -> None:
    report = check(symad.parse(text))
    assert report.ok, report
    assert report.rows
    for row in report.rows:
        assert row.points >= 4
        assert row.error <= row.allowed < math.inf


@pytest.mark.parametrize("sabotage", [scaled, negated, dropped])
@pytest.mark.parametrize("name", [name for name in LOOPS if name != "not at all"])
def test_wrong_derivatives_are_found(name: str, sabotage: Callable[[Program], Program]) -> None:
    program = symad.parse(LOOPS[name])
    report = compare(program, sabotage(all_partials(program)))
    assert not report.ok, report


@pytest.mark.parametrize(
    ("text", "derivative"),
    [
        ("sum(k in 1..n: x^k)", "input n, x; f = 0; g = sum(k in 1..n: k*x^(k - 1))*1.0005; output f, g"),
        (
            "y = x; for k in 1..4 { y = y^2 }; y",
            "input x; f = 0; d = 1; y = x; for k in 1..4 { d = 2*d*y; y = y*y*1.00001 }; output f, d",
        ),
        (
            "y = x; for k in 1..4 { y = y^2 }; y",
            "input x; f = 0; d = 1; y = x; for k in 1..3 { d = 2*d*y; y = y*y }; output f, d",
        ),
    ],
)
def test_what_is_wrong_inside_a_loop_is_found(text: str, derivative: str) -> None:
    program = symad.parse(text)
    derived = symad.parse(derivative)
    named = Program(derived.inputs, derived.assignments, ("f", "df/dx"), derived.results)
    report = compare(program, named, ["x"])
    assert not report.ok
    assert report.rows[0].sympy == "unequal"
    assert "differences of the formula give" in str(report)


def test_sympy_is_asked_about_loops_written_out() -> None:
    for text in (LOOPS["sum"], LOOPS["product"], LOOPS["nested"], LOOPS["not at all"]):
        assert {row.sympy for row in check(symad.parse(text)).rows} == {"equal"}
    [row] = check(symad.parse(LOOPS["newton"])).rows
    assert row.sympy == "not decided: how often a `while` runs is not known"
    [row] = check(symad.parse("y = x; for k in 1..3000 { y = y + sin(y)/1000 }; y"), points=1).rows
    assert row.sympy == "not decided: written out, the loops make more than 1,000 assignments"


def test_counts_are_named() -> None:
    report = check(symad.parse("f = sum(k in 1..n: x^k); g = n*x; output f, g"))
    assert report.ok
    assert [row.label for row in report.rows] == ["df/dx", "dg/dn", "dg/dx"]
    assert "n is a count of iterations: f has no derivative by it" in str(report).splitlines()
    report = check(symad.parse("sum(i in m..n: x/i^2)"), wrt=["m", "n"])
    assert report.ok
    assert str(report) == "m, n are counts of iterations: f has no derivative by them\nnothing to compare"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("for k in 1..n { x = x^2 }", "n"),
        ("for k in n..2*m + 1 { x = x^2 }", "mn"),
        ("for k in 1..3 { for j in 1..k + n { x = x^2 } }", "n"),
        ("c = m; for k in 1..3 { for j in 1..c { x = x^2 }; c = c + n }", "mn"),
        ("c = 0; for k in 1..n { c = c + m }; for k in 1..c { x = x^2 }", "mn"),
        ("for k in 1..floor(m) { x = x^2 }", ""),
        ("for k in 1..(if m > 1 then n else 3) { x = x^2 }", "n"),
        ("c = 0; while m > 1 { m = m/2; c = c + 1 }; for k in 1..c { x = x^2 }", ""),
        ("for k in 1..3 { x = x^2 + n*k }", ""),
    ],
)
def test_counts(text: str, expected: str) -> None:
    program = symad.parse(f"input x, n, m; {text}; output x")
    assert {program.inputs[place] for place in counts(program)} == set(expected)


def test_points_have_whole_counts() -> None:
    program = symad.parse("input x, n; sum(k in 10..n: log(x)*k)")
    found = list(domain(program, 10, Random(0), {1}))
    assert len(found) > 10
    assert all(n == int(n) >= 9 for _, n in found)
    assert len({n for _, n in found}) > 5


def test_a_loop_that_does_not_end_is_given_up() -> None:
    program = symad.parse("y = x; while y > 0 { y = y + 1 }; y")
    assert size(program, [-2.0]) > 0
    assert size(program, [2.0]) == 0
    report = check(program, points=3)
    assert report.ok
    assert report.rows[0].at["x"] <= 0
    nowhere = symad.parse("y = x; while y^2 >= 0 { y = y + 1 }; y")
    assert "no point was found" in str(check(nowhere, points=1))


def test_where_the_number_of_iterations_changes_is_a_kink() -> None:
    program = symad.parse("y = x; while y < 8 { y = 2*y }; y")
    for x, smooth, jump in ((2.0, False, True), (2.5, True, False), (9.0, True, False)):
        [slope] = slopes(program, [x], [0], Random(0))
        assert slope is not None
        assert (slope.smooth, slope.jump) == (smooth, jump)


def test_slopes_of_loops() -> None:
    [slope] = slopes(symad.parse("y = x; for k in 1..5 { y = y*exp(y) }; y"), [0.1], [0], Random(0))
    assert slope is not None
    with mpmath.workdps(60):
        truth = mpmath.mpf(1)
        y = mpmath.mpf(0.1)
        for _ in range(5):
            truth *= mpmath.exp(y) * (1 + y)
            y *= mpmath.exp(y)
        assert abs(slope.value / truth - 1) < mpmath.mpf(10) ** -50
        assert 0 < slope.rounding < 40 * mpmath.mpf(2) ** -52 * slope.value
        assert slope.paths == pytest.approx(float(truth) * 2.0**-52, rel=1e-9)


def test_paths_through_loops_add_up_without_their_signs() -> None:
    straight = symad.parse("s = x - x^2/2; s = s + x^3/3; s = s - x^4/4; s")
    looped = symad.parse("s = 0; for k in 1..4 { s = s + (if mod(k, 2) == 1 then x^k/k else -(x^k/k)) }; s")
    found = [next(slopes(program, [3.0], [0], Random(0))) for program in (straight, looped)]
    assert all(slope is not None for slope in found)
    first, second = (slope.paths for slope in found if slope is not None)
    assert first == pytest.approx(second, rel=1e-12) == pytest.approx((1 + 3 + 9 + 27) * 2.0**-52)


def test_a_derivative_is_checked_like_any_program() -> None:
    gradient = symad.gradient(symad.parse("y = x; for k in 1..3 { y = sin(y)*z }; y"))
    b = Builder()
    values = b.copy(gradient, [b.input(name) for name in gradient.inputs])
    program = b.finish(zip(("p", "q"), [values[v] for v in gradient.results], strict=True))
    report = check(program)
    assert report.ok, report
    assert len(report.rows) == 4
