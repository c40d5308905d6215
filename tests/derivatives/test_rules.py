"""Derivatives through functions that have derivatives of their own, against mpmath's of what the functions compute."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import mpmath as mp
import pytest

import symad
from symad.precise import evaluate
from symad.program import Program
from symad.wellformed import check

DIGITS = 50
CLOSE = mp.mpf(10) ** -25  # differences of second order lose half of the digits
Values = tuple[Any, ...]


class Case(NamedTuple):
    """A program whose rules are true, what it computes in mpmath, and a point."""

    text: str
    function: Callable[..., Any]
    point: tuple[float, float]


def kepler(mean: Any, eccentricity: Any) -> Any:
    with mp.workdps(2 * mp.mp.dps):  # differences divide what a root is off by
        return mp.findroot(lambda r: r - eccentricity * mp.sin(r) - mean, mean)


def newton(step: str) -> str:
    return f"while abs(d) > 1e-60 {{ d = {step}; r = r - d }}; r"


# fmt: off
KEPLER = f"""
E(M, e) = {{ r = M; d = 1; {newton("(r - e*sin(r) - M)/(1 - e*cos(r))")} }}
derivative of E(M, e) = {{ r = 1/(1 - e*cos(E(M, e))); r, sin(E(M, e))*r }}
"""
ROOT = f"""
root(a, b) = {{ r = 1; d = 1; {newton("(r^3 + a*r - b)/(3*r^2 + a)")} }}
derivative of root(a, b) = {{ z = root(a, b); q = 3*z^2 + a; -z/q, 1/q }}
"""
LOG1MEXP = "l(x) = if x < log(2) then log(-expm1(-x)) else log1p(-exp(-x))\nderivative of l(x) = 1/expm1(x)\n"
CIRCLE = "s(t) = sin(t); c(t) = cos(t); derivative of s(t) = c(t); derivative of c(t) = -s(t)\n"
SHIFTED = "j(n, x) = besselj(n, x); derivative of j(n, x) = 0, (j(n - 1, x) - j(n + 1, x))/2\n"
CASES = {
    "kepler": Case(
        f"{KEPLER}cos(E(x, y))*y + E(x, y)^2",
        lambda x, y: mp.cos(kepler(x, y))*y + kepler(x, y)**2, (1.0, 0.3)),
    "nested": Case(
        f"{KEPLER}E(E(x, 1/4), y)*E(x, y)",
        lambda x, y: kepler(kepler(x, mp.mpf(0.25)), y)*kepler(x, y), (0.7, 0.4)),
    "implicit root": Case(
        f"{ROOT}root(x*y, y)*exp(x)",
        lambda x, y: mp.findroot(lambda r: r**3 + x*y*r - y, 0.5)*mp.exp(x), (0.75, 1.5)),
    "log1mexp": Case(
        f"{LOG1MEXP}l(x*y)*l(y)",
        lambda x, y: mp.log(1 - mp.exp(-x*y))*mp.log(1 - mp.exp(-y)), (2.0, 0.25)),
    "sine and cosine": Case(f"{CIRCLE}s(x*y)*c(x)", lambda x, y: mp.sin(x*y)*mp.cos(x), (0.5, 1.75)),
    "its own recurrence": Case(
        f"{SHIFTED}j(2, x)*j(1, x*y)",
        lambda x, y: mp.besselj(2, x)*mp.besselj(1, x*y), (1.25, 0.5)),
    "in a sum": Case(
        f"{CIRCLE}sum(k in 1..3: s(k*x)*y^k)",
        lambda x, y: sum(mp.sin(k*x)*y**k for k in (1, 2, 3)), (0.25, 1.5)),
    "in an iteration": Case(
        f"{CIRCLE}a = x; for k in 1..3 {{ a = c(a*y + k) }}; a",
        lambda x, y: mp.cos(mp.cos(mp.cos(x*y + 1)*y + 2)*y + 3), (0.25, 0.5)),
    "in a branch": Case(
        f"{LOG1MEXP}if x > y then l(x)*y else l(-x)",
        lambda x, y: mp.log(1 - mp.exp(-x))*y, (1.5, 0.5)),
}
# fmt: on
LOOPED = ("in a sum", "in an iteration")


@pytest.fixture(autouse=True)
def _digits() -> Iterator[None]:
    with mp.workdps(3 * DIGITS):
        yield


parametrised = pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())


def at(program: Program, *point: float) -> Values:
    """Evaluate to 50 digits."""
    return evaluate(check(program), [mp.mpf(x) for x in point], DIGITS)


def truth(case: Case, *orders: tuple[int, int]) -> Values:
    """Differentiate by differences."""
    return tuple(mp.diff(case.function, tuple(map(mp.mpf, case.point)), order) for order in orders)


def agree(found: Values, wanted: Values) -> None:
    assert len(found) == len(wanted)
    for x, y in zip(found, wanted, strict=True):
        assert abs(x - y) <= CLOSE * max(1, abs(y)), (x, y)


def methods(kind: str, name: str) -> list[str]:
    straight = name not in LOOPED and name not in ("in a branch",)
    return {
        "gradient": ["forward", "reverse", *(["elimination"] if straight else []), "cheapest"],
        "hessian": ["forward", "reverse", *(["elimination", "edge-pushing"] if straight else []), "cheapest"],
        "hvp": ["forward-over-reverse", "reverse-over-forward", "cheapest"],
    }[kind]


@parametrised
def test_value(case: Case) -> None:
    agree(at(symad.parse(case.text), *case.point), (case.function(*map(mp.mpf, case.point)),))


@pytest.mark.parametrize("name", CASES)
def test_gradient_by_every_method(name: str) -> None:
    case = CASES[name]
    wanted = truth(case, (1, 0), (0, 1))
    for method in methods("gradient", name):
        agree(at(symad.jacobian(symad.parse(case.text), method=method), *case.point), wanted)


@parametrised
def test_products(case: Case) -> None:
    program = symad.parse(case.text)
    dx, dy = truth(case, (1, 0), (0, 1))
    for method in ("forward", "reverse", "cheapest"):
        agree(at(symad.jvp(program, method=method), *case.point, 0.5, 2.0), (dx / 2 + 2 * dy,))
        agree(at(symad.vjp(program, method=method), *case.point, 3.0), (3 * dx, 3 * dy))


@pytest.mark.parametrize("name", CASES)
def test_second_derivatives_by_every_method(name: str) -> None:
    case = CASES[name]
    program = symad.parse(case.text)
    xx, xy, yy = truth(case, (2, 0), (1, 1), (0, 2))
    for method in methods("hessian", name):
        made = symad.hessian(program, method=method)
        wanted = {"d2f/dxdx": xx, "d2f/dxdy": xy, "d2f/dydy": yy}
        agree(at(made, *case.point), tuple(wanted.pop(label) for label in made.outputs))
        assert all(abs(value) < CLOSE for value in wanted.values())
    for method in methods("hvp", name):
        made = symad.hessian_vector_product(program, method=method)
        agree(at(made, *case.point, 0.5, 2.0), (xx / 2 + 2 * xy, xy / 2 + 2 * yy))


@pytest.mark.parametrize("name", [name for name in CASES if name not in LOOPED])
def test_series(name: str) -> None:
    case = CASES[name]
    found = at(symad.taylor(symad.parse(case.text), 3), *case.point, 0.5, 2.0)
    x, y = map(mp.mpf, case.point)
    agree(found, tuple(mp.taylor(lambda t: case.function(x + t / 2, y + 2 * t), 0, 3)))


WRONG = {
    "kepler": ("r, sin", "r, 1.0000001*sin"),
    "log1mexp": ("1/expm1(x)", "1/(expm1(x) + 1e-9)"),
    "sine and cosine": ("-s(t)", "s(t)"),
}


@pytest.mark.parametrize("name", WRONG)
def test_wrong_rules_do_not_pass(name: str) -> None:
    case = CASES[name]
    wrong = {
        "kepler": ("r, sin", "r, 1.0001*sin"),
        "log1mexp": ("1/expm1(x)", "1/exp(x)"),
        "sine and cosine": ("-s(t)", "s(t)"),
    }
    with pytest.raises(AssertionError):
        agree(
            at(symad.jacobian(symad.parse(case.text.replace(*wrong[name]))), *case.point), truth(case, (1, 0), (0, 1))
        )


# rules that are not the derivative of the value


def test_a_step_has_the_derivative_that_is_given() -> None:
    program = symad.parse("step(x) = if x > 0 then 1 else 0; derivative of step(x) = 1/(1 + abs(x))^2; y*step(x)^2")
    assert symad.gradient(program)(2, 3) == (1, pytest.approx(2 * 2 / 16, rel=1e-15))


def test_a_straight_through_estimator_in_a_loop() -> None:
    text = """
        quantize(x) = floor(8*x + 1/2)/8
        derivative of quantize(x) = 1
        s = 0
        for k in 1..4 { s = s + quantize(k*x)^2 }
        s
    """
    program = symad.parse(text)
    rounded = [math.floor(8 * k * 0.3 + 0.5) / 8 for k in range(1, 5)]
    assert program(0.3) == sum(q * q for q in rounded)
    assert symad.gradient(program)(0.3) == pytest.approx(sum(2 * k * q for k, q in enumerate(rounded, 1)), rel=1e-15)
    assert symad.hessian(program)(0.3) == 2 * (1 + 4 + 9 + 16)


def test_a_slope_that_is_clipped() -> None:
    program = symad.parse("steep(x) = x^3; derivative of steep(x) = min(3*x^2, 100); steep(2*x)*y")
    assert symad.gradient(program)(1, 3) == (2 * 12 * 3, 8)
    assert symad.gradient(program)(10, 3) == (2 * 100 * 3, 8000)
    assert symad.hessian(program)(10, 3) == (0, 200)


def test_a_rule_that_is_zero_leaves_the_structure() -> None:
    program = symad.parse("hold(x, y) = x*y; derivative of hold(x, y) = y, 0; hold(x, y) + z")
    assert symad.jacobian(program).outputs == ("df/dx", "df/dz")
    assert symad.sparsity(program).entries == ((0, 2),)
    assert symad.gradient(program)(2, 3, 4) == (3, 0, 1)


def test_nothing_of_the_value_is_differentiated() -> None:
    order = "f(n, x) = besselj(n, x); derivative of f(n, x) = 0, 1; f(x, y)"
    assert symad.gradient(symad.parse(order))(2, 3) == (0, 1)
    at_the_edge = symad.parse("f(x) = sqrt(x); derivative of f(x) = 7; f(x)")
    assert symad.gradient(at_the_edge)(0) == 7


def test_second_derivatives_are_those_of_what_is_given() -> None:
    program = symad.parse("f(x) = 0*x; derivative of f(x) = x^3 + f(x); f(2*y)")
    assert symad.gradient(program)(1) == 2 * 8
    for method in ("forward", "reverse", "elimination", "edge-pushing"):
        assert symad.hessian(program, method=method)(1) == 4 * (3 * 4 + 8)


def test_a_rule_with_a_loop_and_a_branch() -> None:
    text = """
        power(x) = product(k in 1..5: x)
        derivative of power(x) = if x == 0 then 0 else sum(k in 1..5: power(x)/x)
        power(y)*z
    """
    program = symad.parse(text)
    for method in ("forward", "reverse"):
        assert symad.jacobian(program, method=method)(2, 3) == (5 * 16 * 3, 32)
        assert symad.jacobian(program, method=method)(0, 3) == (0, 0)
        assert symad.hessian(program, method=method)(2, 3) == pytest.approx((20 * 8 * 3, 5 * 16), rel=1e-15)


def test_the_listing_of_the_sweep_uses_the_values_that_are_there() -> None:
    from symad.derivatives.listing import listing

    [adjoints] = listing(symad.parse(f"{KEPLER}E(m, q)"))
    assert symad.formulas(adjoints)["bar_w1"] == "bar_w3/(1 - w2*cos(w3))"
