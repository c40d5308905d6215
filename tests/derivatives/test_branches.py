"""Programs with conditions: a branch that is not taken does not exist, in any kind of derivative, by any method.

Each case is a formula, a point at which something in it has no value, and the derivatives of the branch that is taken.
"""

from __future__ import annotations

import math
from typing import Any

import pytest

import symad
from symad.derivatives import reverse
from symad.derivatives.cases import total
from symad.errors import DerivativeError, EvaluationError
from symad.parse import parse
from tests.derivatives.methods import METHODS, derive, ways
from tests.derivatives.test_reverse import CONDITIONS

E = math.exp(-1)
NESTED = "if x > 0 then (if x > 1 then log(x - 1) else log(x)) else exp(x)"
RARE = "y = (if x > 0 then (if log(x) > 1 then x - 3 else 0) else 0); log(1 + 2*sqrt(y))"
# fmt: off
ONE: list[tuple[str, float, float, float]] = [  # formula, point, first and second derivative
    ("if x > 0 then log(x) else 0",                                          -1,   0,  0),
    ("if x > 0 then log(x)*sqrt(x) else 0",                                   0,   0,  0),
    (NESTED,                                                                 -1,   E,  E),
    (NESTED,                                                                0.5,   2, -4),
    (NESTED,                                                                  3, 0.5, -0.25),
    ("y = log(x); z = y^2; if x > 0 then z else x^2",                        -3,  -6,  2),
    ("y = (if x > 0 then log(x) else 0); y*exp(y) + y",                      -1,   0,  0),
    ("sqrt(if x > 0 then x else 0)",                                         -1,   0,  0),
    ("(if x > 0 then x else 0)^(3/2)",                                       -1,   0,  0),
    ("sqrt((if x > 0 then x else 0) + (if x > 1 then x else 0))",            -1,   0,  0),
    ("y = (if x > 0 then x else 0); x^2 + sqrt(y)",                          -1,  -2,  2),
    (RARE,                                                                  0.5,   0,  0),
    (RARE,                                                                 -0.5,   0,  0),
    ("y = (if x > 0 then 0 else if 1/x > -1 then x else 0); sqrt(y)",         1,   0,  0),
    ("if x < 0 or log(x) < 1 then x^2 else 1/(x - 5)",                        1,   2,  2),
    ("if x == 0 then 1 else sin(x)/x",                                        0,   0,  0),
    ("where(abs(x) > 0.001, (1 - cos(x))/x^2, 1/2 - x^2/24)",                 0,   0, -1 / 12),
    ("c = (if x < 0 then 0 else x); sin(if x < 0 and not x < 0 then c else 0)", 1, 0,  0),
    ("a = 1/x; b = log(x); if x > 1 then b*a else if x > 0 then a else x^3", -2,  12, -12),
    ("max(if x > 0 then 1/x else x, x)",                                     -2,   1,  0),  # a tie is shared equally
]
TWO: list[tuple[str, tuple[float, float], tuple[float, float], tuple[float, float, float]]] = [  # by yy, yx, xx
    ("if x > 0 then y*log(x) else 0",           (1, -1),   (0, 0),                (0, 0, 0)),
    ("if x > 0 then y*log(x) else 0",           (3, 2),    (math.log(2), 1.5),    (0, 0.5, -0.75)),
    ("y*(if x > 0 then sqrt(x) else 0)",        (3, 0),    (0, 0),                (0, 0, 0)),
    ("(if x > 0 then y/x else y)*x",            (3, 0),    (0, 3),                (0, 1, 0)),
    ("if y > 0 then y^x else x^2*y",            (-2, 3),   (9, -12),              (0, 6, -4)),
    ("if y > 0 then (if x > 0 then x^y else 0) else -x*y", (-2, -1), (1, 2),      (0, -1, 0)),
    ("a = log(y); if y > 0 and a > 5 then a/x else y*x + x", (-2, 4), (4, -1),    (0, 1, 0)),
]
# fmt: on
FIRST = {"gradient": (), "jacobian": (), "jvp": (1.0,), "vjp": (1.0,)}  # kinds of first order of one input, their seeds


def near(expected: float) -> Any:
    """Allow some roundings: the factors of the chain rule are multiplied in one order or another."""
    return pytest.approx(expected, rel=4e-15, abs=0)


@pytest.mark.parametrize(("text", "x", "first", "second"), ONE)
def test_one_input(text: str, x: float, first: float, second: float) -> None:
    program = parse(text)
    for kind, seeds in FIRST.items():
        for how, made in ways(kind, program):
            assert (made(x, *seeds) if made.outputs else 0) == near(first), (kind, how)
            assert not made.outputs or symad.compile(made)(x, *seeds) == near(first), (kind, how)
    for kind, seeds in (("hessian", ()), ("hessian_vector_product", (1.0,))):
        for how, made in ways(kind, program):
            found = made(x, *seeds) if made.outputs else 0
            assert found == near(second), (kind, how)
            assert not made.outputs or symad.compile(made)(x, *seeds) == near(second), (kind, how)


@pytest.mark.parametrize(("text", "point", "first", "second"), TWO)
def test_two_inputs(
    text: str, point: tuple[float, float], first: tuple[float, float], second: tuple[float, float, float]
) -> None:
    program = parse(f"input y, x\n{text}")
    yy, yx, xx = second
    labels = {"d2f/dydy": yy, "d2f/dydx": yx, "d2f/dxdx": xx}
    for how, made in ways("jacobian", program):
        assert made(*point) == tuple(map(near, first)), how
    for how, made in ways("jvp", program):
        assert made(*point, 2.0, -1.0) == near(2 * first[0] - first[1]), how
    for how, made in ways("vjp", program):
        assert made(*point, -2.0) == tuple(near(-2 * slope) for slope in first), how
    for how, made in ways("hessian", program):
        values = made(*point)
        found = dict(zip(made.outputs, values if isinstance(values, tuple) else (values,), strict=True))
        assert found == {label: near(labels[label]) for label in made.outputs}, how
        assert all(value == 0 for label, value in labels.items() if label not in found)
    for how, made in ways("hessian_vector_product", program):
        assert made(*point, 1.0, 0.0) == (near(yy), near(yx)), how
        assert made(*point, 0.0, 1.0) == (near(yx), near(xx)), how


@pytest.mark.parametrize("kind", METHODS)
def test_a_branch_that_is_taken_is_evaluated(kind: str) -> None:
    seeds = {"jvp": (1.0,), "vjp": (1.0,), "hessian_vector_product": (1.0,)}.get(kind, ())
    for _, made in ways(kind, parse("if x < 0 or log(x) < 1 then x^2 else 1/(x - 5)")):
        with pytest.raises(EvaluationError):
            made(5, *seeds)


@pytest.mark.parametrize("text", CONDITIONS)
@pytest.mark.parametrize(
    ("kind", "method"), [("hessian", "edge-pushing"), ("hessian", "elimination"), ("jacobian", "elimination")]
)
def test_methods_that_refuse_conditions_say_so(kind: str, method: str, text: str) -> None:
    program = parse(text)
    conditional = any(operation == "select" for operation, _ in symad.simplify(program).assignments)
    if conditional:
        with pytest.raises(DerivativeError, match=f"^{method} is for programs without conditions") as caught:
            derive(kind)(program, method=method)
        assert "forward" in str(caught.value.hint)
        assert method not in str(caught.value.hint)
    counted = derive(kind)(program)
    assert counted.operation_count <= derive(kind)(program, method="forward").operation_count
    assert counted.operation_count <= derive(kind)(program, method="reverse").operation_count


def test_a_guard_that_is_left_out_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    program = parse("if x > 0 then log(x)*sqrt(x) else 0")
    kinds = (symad.jacobian, symad.hessian)
    assert [kind(program, method="reverse")(-1) for kind in kinds] == [0, 0]
    monkeypatch.setattr(reverse, "by_cases", lambda b, terms, need: total(b, [term for term, _ in terms]))
    for kind in kinds:
        with pytest.raises(EvaluationError):
            kind(program, method="reverse")(-1)
