"""Taylor coefficients through loops, against mpmath's of the values; of high orders, in branches, of derivatives."""

from __future__ import annotations

import mpmath
import pytest

import symad
from symad.derivatives.taylor import taylor
from symad.parse import parse
from symad.precise import evaluate
from symad.simplify import simplify
from symad.wellformed import check

DIGITS = 50
AGREES = mpmath.mpf(10) ** -40
DIFFERENCES = 800  # digits, of which mpmath's differences of high orders cancel most

# fmt: off
LOOPS = {
    "sum":        "sum(k in 1..5: x^k/k)",
    "logistic":   "y = x; for k in 1..4 { y = r*y*(1 - y) }; y",
    "newton":     "y = 1; while abs(y*y - x) > 1e-30 { y = (y + x/y)/2 }; y",
    "nested":     "s = 0; for i in 1..3 { p = 1; for j in 1..i { p = p*x/j }; s = s + sin(p*y^i) }; s",
    "conditions": "s = y; for k in 1..4 { s = s + (if k > x then x*k else log(x)*s) }; s",
    "a branch":   "s = if x > 0 then sqrt(x) else 0; for k in 1..4 { s = s + s*x }; s",
    "not at all": "s = x; for k in 1..0 { s = s^2 }; s*exp(x)",
    "captured":   "s = 1; for k in 1..4 { s = s*cos(k*exp(x)) }; s",
}
# fmt: on


@pytest.mark.parametrize("text", LOOPS.values(), ids=LOOPS)
def test_coefficients(text: str) -> None:
    program = parse(text)
    made = check(taylor(program, 5))
    point = [mpmath.mpf(7 + 4 * k) / 10 for k in range(len(program.inputs))]
    direction = [mpmath.mpf(3 - 8 * k) / 10 for k in range(len(program.inputs))]
    found = evaluate(made, [*point, *direction], DIGITS)

    def along(t: object) -> object:
        with mpmath.workdps(DIFFERENCES):
            return evaluate(program, [x + t * v for x, v in zip(point, direction, strict=True)], DIFFERENCES)[0]

    with mpmath.workdps(DIGITS):
        expected = mpmath.taylor(along, 0, 5)
    for ours, theirs in zip(found, expected, strict=True):
        assert abs(ours - theirs) <= AGREES * max(1, abs(theirs))


def test_the_program_does_not_grow_with_the_iterations() -> None:
    few, many = (taylor(parse(f"y = x; for k in 1..{n} {{ y = y*y + x }}; y"), 4) for n in (3, 3000))
    assert few.operation_count == many.operation_count
    assert few(0.1, 1.0)[0] == pytest.approx(parse("y = x; for k in 1..3 { y = y*y + x }; y")(0.1))


def test_the_operations_grow_with_the_square_of_the_order() -> None:
    counts = [taylor(parse("y = x; for k in 1..n { y = y*sin(y) }; y"), order).operation_count for order in (8, 16, 32)]
    assert counts[2] < 4.5 * counts[1] < 4.5**2 * counts[0]


def test_what_does_not_move_is_not_carried() -> None:
    program = parse("a = 0; b = z; for k in 1..n { a = a + b*k; b = b/2 + x }; a")
    assert [str(v) for v in taylor(program, 3, ["x"])(z=1, n=4, x=2, dot_x=1)[2:]] == ["0.0", "0.0"]
    once = simplify(taylor(program, 1, ["x"]))
    assert taylor(program, 3, ["x"]).operation_count == once.operation_count


def test_the_first_coefficient_is_the_tangent() -> None:
    program = parse("y = x; for k in 1..3 { y = sin(y)*z }; y")
    jvp = symad.jvp(program, method="forward")
    assert taylor(program, 1)(0.3, 1.7, 1.0, -2.0)[1] == pytest.approx(jvp(0.3, 1.7, 1.0, -2.0), rel=1e-15)


def test_derivatives_have_coefficients_too() -> None:
    gradient = symad.gradient(parse("y = x; for k in 1..3 { y = sin(y)*z }; y"))
    hessian = symad.hessian(parse("y = x; for k in 1..3 { y = sin(y)*z }; y"))
    series = check(taylor(gradient, 1))
    xx, xz, zz = hessian(0.3, 1.7)
    found = dict(zip(series.outputs, series(0.3, 1.7, 1.0, -2.0), strict=True))
    assert [v for label, v in found.items() if label.endswith("_t1")] == pytest.approx([xx - 2 * xz, xz - 2 * zz])
