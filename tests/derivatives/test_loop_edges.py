"""Loops at their edges: ranges of every kind, no iteration at all, what nobody uses, what has no value.

The truth is a difference of the program's value at 150 digits (tests/high_precision.py), of first and of second order.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import pytest

import symad
from symad import loops
from symad.errors import EvaluationError
from symad.printers import python_loops
from symad.wellformed import check
from tests import high_precision
from tests.derivatives.methods import ways
from tests.printers.modules import called

# fmt: off
CASES: list[tuple[str, Sequence[float]]] = [  # a program and a point; derivatives are by x
    # ranges
    ("input x, a, b; s = 0; for k in a..b { s = s + a*x^k }; s",                                     (1.1, 2, 5)),
    ("input x; s = 0; for k in -3..3 { s = s + x^k }; s",                                            (1.1,)),
    ("input x; s = 0; for k in 0..4 { s = s + x^k }; s",                                             (0.0,)),
    ("input x; s = 1; for k in 0..4 { s = s*x^k }; s",                                               (1.1,)),
    ("input x; product(k in 0..4: x - k)",                                                           (2.0,)),
    ("input x; n = 0; for k in 1..3 { n = n + k }; s = 0; for k in 1..n { s = s + x^k }; s",         (0.9,)),
    # no iteration at all
    ("input x, n; y = x^2; for k in 1..n { y = sqrt(-y) }; y",                                       (1.1, 0)),
    ("input x; y = x^2; for k in 1..0 { y = sqrt(-y) }; y",                                          (1.1,)),
    ("input x; y = x^2; while y > 100 { y = sqrt(-y) }; y",                                          (1.1,)),
    # what is carried
    ("input x, y; a = x; b = y; for k in 1..5 { t = b; b = a + b; a = t*x }; a*b",                   (1.1, 0.3)),
    ("input x; a = x; for k in 1..5 { a = a^2 }; x^2 + 0*a",                                         (1.1,)),
    ("input x; a = x; for k in 1..5 { a = a*x }; b = 1; for k in 1..3 { b = b*a + x }; b",           (1.1,)),
    ("input x; s = 0; y = x; for k in 1..8 { s = if s > 2 then s + y^2 else s + y; y = y*1.25 }; s", (0.7,)),
    ("input x; y = x; for k in 1..3 { y = floor(y)*x + y }; y",                                      (1.7,)),
    ("input x; y = x; for k in 1..4 { y = max(y, 2 - y)*x }; y",                                     (1.3,)),
    ("input x; y = x - 2; for k in 1..4 { y = abs(y)*x - 1 }; y",                                    (1.3,)),
    # a truth value is captured
    ("input x; c = x > 1; y = x; for k in 1..3 { y = if c then y*x else log(-y) }; y",               (1.3,)),
    ("input x; c = x > 1; sum(j in 1..2: sum(k in 1..3: if c and k < j then k*x else x^k))",         (1.3,)),
    # what has no value, or never ends, is not asked for
    ("input x; a = x; b = x; for k in 1..5 { a = a*x; b = sqrt(-b) }; output a",                     (1.1,)),
    ("input x; a = x; for k in 1..5 { a = sqrt(-a) }; x^3",                                          (1.1,)),
    ("input x; z = x^2; w = 0; for k in 1..3 { w = w + sqrt(-x*k) }; if x > 0 then z else w",        (1.1,)),
    ("input x; if x > 0 then x^3 else sum(k in 1..3: sqrt(-x)*k)",                                   (1.1,)),
    ("input x; if sum(k in 1..3: x*k) > 5 then x^2 else log(-x)",                                    (1.3,)),
    # loops inside of loops
    ("input x; y = x; for k in 1..4 { y = if k > 2 then sum(j in 1..k: y^j/j) else y + x }; y",      (0.4,)),
    ("input x; t = 0; for k in 1..3 { u = x + k; while u > 1.5 { u = u/2*x }; t = t + u^2 }; t",     (0.9,)),
    ("input x; s = 0; for i in 1..4 { for j in i..4 { s = s + x^i*sin(x*j) } }; s",                  (0.9,)),
    ("input x; s = x; for i in 1..3 { t = s; for j in 1..i { t = t*x + s }; s = s + t }; s",         (0.4,)),
]
# fmt: on
UNCERTAIN = 1e-40  # absolute error of a mixed difference


@pytest.mark.parametrize(("text", "point"), CASES)
def test_derivatives(text: str, point: Sequence[float]) -> None:
    """Tolerance: some forty operations, of which one or two cancel a digit."""
    program = check(symad.parse(text))
    [value] = high_precision.results(program, point)
    slope, _ = high_precision.slope(program, point, 0)
    curvature = high_precision.curvatures(program, point, [(0, 0)])[0, 0]
    wanted = {"gradient": (float(slope),), "value_and_gradient": (float(value), float(slope))}
    wanted["hessian_vector_product"] = wanted["hessian"] = (float(curvature),)
    for kind, expected in wanted.items():
        seeds = (1.0,) if kind == "hessian_vector_product" else ()
        for how, made in ways(kind, program, ["x"]):
            if not made.outputs:
                assert abs(curvature) < UNCERTAIN, (kind, how)
                continue
            found = called(made)(*point, *seeds)
            assert found == pytest.approx(expected, rel=2e-14, abs=UNCERTAIN), (kind, how)
            compiled = symad.compile(made)(*point, *seeds)
            assert compiled == (found if len(found) > 1 else found[0]), (kind, how)


def test_what_never_ends_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (loops, python_loops):
        monkeypatch.setattr(module, "LIMIT", 1000)
    program = symad.parse("y = x; while y > 0 { y = y*x }; y")
    for made in (program, symad.gradient(program, method="forward"), symad.gradient(program, method="reverse")):
        for call in (made, symad.compile(made)):
            with pytest.raises(EvaluationError, match="a `while` has not ended after 1,000 iterations"):
                call(1.0)


def test_a_condition_that_is_not_a_number_is_false() -> None:
    program = symad.parse("input x, y; while y - y < 1 { x = x + 1 }; x")
    assert program(2.0, math.inf) == symad.compile(program)(2.0, math.inf) == 2.0
    assert symad.gradient(program, ["x"])(2.0, math.inf) == 1.0


@pytest.mark.parametrize("n", [2.5, math.nan, math.inf, -1.0])
def test_bounds_that_are_no_range_are_errors(n: float) -> None:
    program = symad.parse("input x, n; s = 0; for k in 1..n { s = s + x^k }; s")
    for made in (program, symad.gradient(program, ["x"], "forward"), symad.gradient(program, ["x"], "reverse")):
        for call in (made, symad.compile(made)):
            with pytest.raises(EvaluationError, match=r"whole number|would run"):
                call(1.0, n)
