"""The reverse sweep: right values, structural zeros, conditions, cost, errors."""

from __future__ import annotations

import math
import operator
import random
from fractions import Fraction

import pytest

from symad.derivatives.gradient import gradient, value_and_gradient
from symad.derivatives.jacobian import jacobian
from symad.errors import DerivativeError, EvaluationError, NamingError
from symad.parse import parse
from symad.program import Program
from symad.simplify import simplify
from symad.wellformed import check


def derivative(text: str, *wrt: str) -> Program:
    return check(gradient(check(parse(text)), wrt or None))


def difference(program: Program, point: list[float], place: int, h: float = 1e-6) -> float:
    """Give a central difference."""
    ahead, behind = list(point), list(point)
    ahead[place] += h
    behind[place] -= h
    slope: float = (program(*ahead) - program(*behind)) / (2 * h)
    return slope


def test_the_seed_formula() -> None:
    g = derivative("x1*x2 + sin(x1)")
    assert g.outputs == ("df/dx1", "df/dx2")
    assert g(2, 3) == (3 + math.cos(2), 2)
    assert g.operation_count == 2


def test_value_and_gradient_share() -> None:
    g = check(value_and_gradient(parse("z = exp(x*y)")))
    assert g.outputs == ("z", "dz/dx", "dz/dy")
    assert g.operation_count == 4
    assert g(1, 2) == (math.exp(2), 2 * math.exp(2), math.exp(2))


def test_wrt_chooses_and_orders() -> None:
    assert derivative("x*y^2*z", "z", "x").outputs == ("df/dz", "df/dx")
    assert derivative("x*y^2*z", "z", "x")(2, 3, 5) == (18, 45)
    assert derivative("x*y^2*z", "z", "x").inputs == ("x", "y", "z")


def test_an_input_that_does_not_matter_keeps_its_zero() -> None:
    assert derivative("input x, y\nx^2")(3, 0) == (6, 0)
    assert derivative("x - x + y")(3, 0) == (0, 1)
    assert derivative("floor(x)*y")(2.5, 7) == (0, 2)
    assert gradient(parse("2 + 3")).outputs == ()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("x^3", "3*x^2"),
        ("x^2.0", "2*x"),
        ("x^(1/3)", "1/3*x^(-2/3)"),
        ("5*x - x - 2", "input x\n4"),
        ("tan(x)", "sec(x)^2"),
        ("log(abs(x))", "1/x"),
        ("e^x", "exp(x)"),
        ("-x^2", "-(2*x)"),
        ("(x + 1)^2", "2*(x + 1)"),
        ("x^1.5", "1.5*sqrt(x)"),
        ("sqrt(x)^2", "input x\n1"),
        ("sqrt(x^2)", "sign(x)"),
        ("max(x, 2)", "input x\nif x > 2 then 1 else if x == 2 then 1/2 else 0"),
    ],
)
def test_derivatives_are_simplified(text: str, expected: str) -> None:
    g, want = derivative(text), simplify(parse(expected))
    assert (g.inputs, g.assignments, g.results) == (want.inputs, want.assignments, want.results)


def test_a_power_with_a_constant_exponent_has_no_logarithm() -> None:
    for text in ("x^3", "x^-2", "x^(2/3)", "x^2.5", "(x*y)^3"):
        assert all(operation != "log" for operation, _ in derivative(text).assignments)
    assert derivative("x^3")(-2) == 12
    assert derivative("x^2*y")(0, 1) == (0, 0)


def test_contributions_of_several_uses_add_up_in_the_order_of_use() -> None:
    assert derivative("x*sin(x)*exp(x)")(0.5) == pytest.approx(
        math.exp(0.5) * (math.sin(0.5) + 0.5 * math.cos(0.5) + 0.5 * math.sin(0.5)), rel=1e-15
    )
    assert derivative("+".join(["x"] * 1000))(1) == 1000


CONDITIONS = [
    "if x > 0 then log(x) else 0",
    "where(x < 1, sqrt(1 - x), 0)*x",
    "if x > 0 and log(x) < 2 then x*log(x) else if x < -1 then x^2 else abs(x)",
    "y = 1/x; if x > 0 or x < -0.5 then y^2 else x^3",
    "a = sqrt(x); b = sqrt(-x); if x > 0 then a*sin(a) else b*cos(b)",
    "(if x > 0 then x else -x)*(if x > 0.2 then x^2 else 3*x)",
    "if x > 0 then (if x > 1 then log(x - 1) else log(x)) else exp(x)",
    "if not (x > 0) then x else if x > 2 then log(x) + (if x > 3 then log(x - 3) else 0) else 1",
    "max(x, min(2*x, 1), -x)*relu(x) + abs(x - 1)",
    "if x < 1 then 0 else exp(if x < 1 then sqrt(x)*x else x^2) + x",  # a branch inside its own opposite
    "if x < 1 and x > 0 then 0 else exp(if x < 1 and x > 0 then sin(x)*x else x^2)*x",
]


@pytest.mark.parametrize("text", CONDITIONS)
def test_conditions_first_and_second_derivative(text: str) -> None:
    """A branch that is not taken does not exist, at second order too: no point fails, all agree with differences."""
    f = parse(text)
    g = check(gradient(f))
    h = check(gradient(g))
    for x in (-3.3, -1.7, -0.6, -0.3, 0.11, 0.4, 0.7, 1.3, 1.9, 2.6, 3.7, 9.2):
        assert g(x) == pytest.approx(difference(f, [x], 0), rel=2e-6, abs=1e-7)
        assert h(x) == pytest.approx(difference(g, [x], 0), rel=2e-6, abs=1e-7)


def test_a_guarded_branch_is_never_evaluated() -> None:
    g = gradient(parse("if x > 0 then log(x)*sqrt(x) else 0"))
    assert g(-1) == 0
    assert g(0) == 0
    assert gradient(g)(-1) == 0
    assert gradient(parse("if x > 0 then x*log(x) else x^2"))(-3) == -6


def test_an_input_that_one_branch_alone_uses_has_derivative_zero_in_the_other() -> None:
    g = gradient(parse("input y, x\nif x > 0 then y*log(x) else 0"))
    assert g(1, -1) == (0, 0)
    assert g(3, 1) == (0, 3)
    h = gradient(gradient(parse("input y, x\nif x > 0 then y*log(x) else 0"), ["x"]), ["y"])
    assert (h(1, -1), h(1, 4)) == (0, 0.25)


def test_several_outputs_need_the_jacobian() -> None:
    program = parse("p = x*y; q = 2*y; output p, q")
    with pytest.raises(DerivativeError, match="jacobian"):
        gradient(program)
    j = check(jacobian(program))
    assert j.outputs == ("dp/dx", "dp/dy", "dq/dy")
    assert j(3, 4) == (4, 3, 2)


@pytest.mark.parametrize("wrt", [("z",), ("x", "x"), ("f",), ("",), ()])
def test_wrt_must_name_inputs(wrt: tuple[str, ...]) -> None:
    with pytest.raises(NamingError):
        gradient(parse("x*y"), wrt)


def test_a_partial_that_does_not_exist_names_function_and_argument() -> None:
    with pytest.raises(DerivativeError, match=r"besselj\(n, x\) has no derivative with respect to n"):
        gradient(parse("besselj(n, x)"))
    pytest.importorskip("scipy")
    assert gradient(parse("besselj(n, x)"), ["x"]).outputs == ("df/dx",)
    assert gradient(parse("besselj(2, x)"))(1.0) == pytest.approx(0.21024361588113256, rel=1e-14)


def test_off_the_domain_the_assignment_is_named() -> None:
    with pytest.raises(EvaluationError, match=r"w2 = log\(w1\) is not defined at w1 = -1\.0"):
        parse("log(x)")(-1)
    with pytest.raises(EvaluationError, match="overflows"):
        parse("exp(x)")(1000)


def rational(random_: random.Random, size: int) -> str:
    """Write a random rational function of three inputs, one statement an operation."""
    names = ["x", "y", "z"]
    lines = ["input x, y, z"]
    for k in range(size):
        left, right = random_.choice(names), random_.choice(names[-4:])
        form = random_.choice(("{} + {}", "{} - {}", "{}*{}", "{}/({} + 3)", "{0}^2*{1}", "{}*2 - {}"))
        lines.append(f"w{k} = " + form.format(left, right))
        names.append(f"w{k}")
    return "\n".join([*lines, f"output w{size - 1}"])


def rationally(program: Program, point: list[Fraction]) -> list[Fraction]:
    """Evaluate a rational function in exact arithmetic."""
    compute = {"add": operator.add, "sub": operator.sub, "mul": operator.mul, "div": operator.truediv}
    values: list[Fraction] = []
    for operation, operands in program.assignments:
        if operation == "input":
            values.append(point[operands[0]])
        elif operation in ("integer", "rational"):
            values.append(Fraction(operands[0]))
        elif operation == "neg":
            values.append(-values[operands[0]])
        elif operation == "pow":
            values.append(values[operands[0]] ** int(values[operands[1]]))
        else:
            values.append(compute[operation](*[values[v] for v in operands]))
    return [values[v] for v in program.results]


@pytest.mark.parametrize("seed", range(60))
def test_value_and_gradient_cost_at_most_four_times_the_value(seed: int) -> None:
    """The theorem on rational functions, on simplified counts, and the gradient in exact arithmetic."""
    random_ = random.Random(seed)
    program = parse(rational(random_, 3 + seed))
    value = simplify(program)
    both = check(value_and_gradient(program))
    if value.operation_count:
        assert both.operation_count <= 4 * value.operation_count
    point = [Fraction(random_.randint(1, 9), 10) for _ in range(3)]
    exact = rationally(both, point)
    assert exact[0] == rationally(program, point)[0]
    for place, slope in enumerate(exact[1:]):
        ahead = [x + Fraction(1, 10**60) if k == place else x for k, x in enumerate(point)]
        assert abs((rationally(program, ahead)[0] - exact[0]) * 10**60 - slope) <= abs(slope) * Fraction(1, 10**20)


def test_the_sweep_is_linear() -> None:
    counts = [gradient(parse("sin(" * n + "x" + ")" * n)).operation_count for n in (1_000, 100_000)]
    assert counts == [2_998, 299_998]
    nested = [gradient(parse("(" * n + "x" + "^2 + x)" * n)).operation_count for n in (1_000, 10_000)]
    assert nested[1] < 11 * nested[0]
