"""Evaluation to many digits: every operation, against the doubles; lazy branches; what is off the domain."""

from __future__ import annotations

from fractions import Fraction

import mpmath
import pytest

import symad
from symad.builder import Builder
from symad.errors import EvaluationError
from symad.operations import OPERATIONS
from symad.precise import evaluate, functions
from symad.program import LAZY
from tests.test_operations import SMOOTH, formula, sampled

# What both compute is one function, however accurately: SciPy's beta has lost five digits at (0.05, 20000).
SAME = 1e-9


def test_every_operation_is_there() -> None:
    assert set(functions()) == set(OPERATIONS) - LAZY | {"pi", "e"}


@pytest.mark.parametrize("name", [row.name for row in SMOOTH])
def test_as_the_doubles(name: str) -> None:
    program = formula(OPERATIONS[name])
    for point in sampled(name):
        [precise] = evaluate(program, point)
        assert float(precise) == pytest.approx(program(*point), rel=SAME, abs=SAME), point


@pytest.mark.parametrize("condition", ["x < y", "x <= y", "x > y", "x >= y", "x == y", "x != y", "not x < y"])
@pytest.mark.parametrize("point", [(1.0, 2.0), (2.0, 1.0), (-1.0, -1.0)])
def test_comparisons(condition: str, point: tuple[float, ...]) -> None:
    program = symad.parse(f"input x, y\nif {condition} then 1 else 0")
    assert evaluate(program, point) == (program(*point),)


def test_only_the_branch_that_is_taken() -> None:
    program = symad.parse("if x > 0 and log(x) > 1 then sqrt(x) else if x < 0 or 1/x > 0 then x^2 else 3")
    assert [float(*evaluate(program, [x])) for x in (-2.0, 0.5, 9.0)] == [4.0, 0.25, 3.0]


def test_constants_are_what_they_are() -> None:
    b = Builder()
    values = [b.constant(0.1), b.constant(Fraction(1, 10)), b.leaf("pi"), b.leaf("e")]
    decimal, quotient, pi, e = evaluate(b.finish(zip("abcd", values, strict=True)), [], digits=40)
    with mpmath.workdps(40):
        assert decimal == mpmath.mpf(0.1)
        assert quotient == mpmath.mpf(1) / 10
        assert (pi, e) == (+mpmath.pi, +mpmath.e)


@pytest.mark.parametrize(
    ("text", "x", "reason"),
    [
        ("log(x)", -1.0, "w2 = log(w1) is not defined at w1 = -1.0"),
        ("log(x)", 0.0, "w2 = log(w1) is not defined at w1 = 0.0"),
        ("1/x", 0.0, "w2 = 1/w1 is not defined at w1 = 0.0"),
        ("x^0.5", -1.0, "w2 = w1^0.5 is not defined at w1 = -1.0"),
        ("gamma(x)", -2.0, "w2 = gamma(w1) is not defined at w1 = -2.0"),
        ("exp(exp(x))", 2e3, "w3 = exp(w2) overflows at w2 ="),
        ("exp(x)", 1e4, "w2 = exp(w1) overflows at w1 = 10000.0"),
        ("erfinv(x)", 1.5, "w2 = erfinv(w1) is not defined at w1 = 1.5"),
        ("lambertw(x)", -1.0, "w2 = lambertw(w1) is not defined at w1 = -1.0"),
        ("polygamma(3/2, x)", 1.0, "w2 = polygamma(3/2, w1) is not defined at w1 = 1.0"),
    ],
)
def test_off_the_domain(text: str, x: float, reason: str) -> None:
    with pytest.raises(EvaluationError) as caught:
        evaluate(symad.parse(text), [x])
    assert caught.value.reason.startswith(reason)


def test_depth() -> None:
    program = symad.parse("(" * 20000 + "x" + " + 1)" * 20000)
    assert evaluate(program, [0.5]) == (20000.5,)
