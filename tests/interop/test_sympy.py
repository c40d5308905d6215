"""SymPy both ways: every operation, every kind of expression, large ones, deep ones, and what symad does not have."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import mpmath
import pytest
import sympy

import symad
from symad.errors import NamingError, ParseError, TargetError
from symad.interop import from_sympy, to_sympy
from symad.operations import BOOLEAN, OPERATIONS
from symad.precise import evaluate
from symad.program import Program
from symad.wellformed import check
from tests.test_operations import SMOOTH, formula, sampled

x, y, z = sympy.symbols("x y z", real=True)
WRITTEN = 1e-40  # both sides compute one function to 70 digits, but log(1 + exp(x)) for softplus leaves few at x = -100
FAR = 2000.0  # beyond, exp(x) is as good as infinite


def close(one: Any, other: Any) -> bool:
    return bool(abs(one - other) <= WRITTEN * max(abs(one), abs(other)) + 1e-60)


def number(expression: Any, point: dict[str, float]) -> Any:
    """Evaluate an expression by SymPy; None where it has no real value, or SymPy does not know it."""
    exact = {sympy.Symbol(name, real=True): sympy.Rational(*t.as_integer_ratio()) for name, t in point.items()}
    found = expression.evalf(50, subs=exact)
    with mpmath.workdps(50):
        return mpmath.mpf(str(found)) if found.is_Float or found.is_Integer else None


def same_values(one: Program, other: Program, points: list[tuple[float, ...]]) -> None:
    near = [point for point in points if max(map(abs, point)) < FAR]
    assert len(near) >= len(points) / 2
    for point in near:
        for left, right in zip(evaluate(one, point, 70), evaluate(other, point, 70), strict=True):
            assert close(left, right), point


@pytest.mark.parametrize("name", [row.name for row in SMOOTH])
def test_operations_there_and_back(name: str) -> None:
    program = formula(OPERATIONS[name])
    expression = to_sympy(program)
    same_values(program, check(from_sympy(expression, inputs=program.inputs)), list(sampled(name)))


@pytest.mark.parametrize("name", [row.name for row in SMOOTH])
def test_sympy_means_the_same(name: str) -> None:
    program = formula(OPERATIONS[name])
    expression = to_sympy(program)
    compared = 0
    for point in sampled(name)[:10]:
        theirs = number(expression, dict(zip(program.inputs, point, strict=True)))
        if theirs is not None:  # loggamma is complex at negative numbers
            with mpmath.workdps(50):
                [ours] = evaluate(program, point, 50)
                assert abs(ours - theirs) <= mpmath.mpf(10) ** -30 * abs(ours) + mpmath.mpf(10) ** -50, point
            compared += 1
    assert compared >= (1 if name == "erfcinv" else 3)  # which SymPy hardly evaluates


@pytest.mark.parametrize("name", sorted(BOOLEAN))
def test_conditions_there_and_back(name: str) -> None:
    signs = {"lt": "<", "le": "<=", "gt": ">", "ge": ">=", "eq": "==", "ne": "!="}
    condition = f"x {signs[name]} y" if name in signs else "not x < y" if name == "not" else f"x < y {name} x*y > 1"
    program = symad.parse(f"input x, y\nif {condition} then x else y^2")
    back = check(from_sympy(to_sympy(program), inputs=program.inputs))
    same_values(program, back, [(1.0, 2.0), (2.0, 1.0), (3.0, 3.0), (-1.0, -3.0), (-0.5, 0.25)])


@pytest.mark.parametrize(
    ("expression", "text"),
    [
        (x * y + sympy.sin(x), "x*y + sin(x)"),
        (x - y, "x - y"),
        (-x - y, "-x - y"),
        (-x - 1, "-x - 1"),
        (x - 1, "x - 1"),
        (1 - x, "1 - x"),
        (2 - x - y, "2 - x - y"),
        (3 / x, "3/x"),
        (2 * x / (3 * y), "2/3*x/y"),
        (1 / sympy.sqrt(x), "1/sqrt(x)"),
        (x ** sympy.Rational(1, 3), "x^(1/3)"),
        (x**-2, "1/x^2"),
        (x**y, "x^y"),
        (x**2.0, "x^2"),
        (sympy.exp(-x), "exp(-x)"),
        (sympy.Max(x, y, z), "max(x, y, z)"),
        (sympy.Abs(x), "abs(x)"),
        (sympy.Mod(x, y), "mod(x, y)"),
        (sympy.log(x, 2), "log(x)/log(2)"),
        (sympy.polygamma(0, x), "digamma(x)"),
        (sympy.besselj(1, x), "besselj1(x)"),
        (sympy.beta(x, y), "beta(x, y)"),
        (sympy.pi * x, "pi*x"),
        (sympy.E + x, "e + x"),
        (sympy.Piecewise((x, x < 0), (x**2, x >= 0)), "if x < 0 then x else x^2"),
        (sympy.Heaviside(x), "if x > 0 then 1 else if x == 0 then 1/2 else 0"),
        (sympy.Piecewise((x, (x < y) & ~(x < z)), (y, True)), "if x < y and x >= z then x else y"),
    ],
)
def test_read_as_a_person_would_write(expression: Any, text: str) -> None:
    found = check(from_sympy(expression, inputs=("x", "y", "z")))
    wanted = symad.parse(f"input x, y, z\n{text}")
    assert (found.operation_count, sorted(a[0] for a in found.assignments)) == (
        wanted.operation_count,
        sorted(a[0] for a in wanted.assignments),
    )
    same_values(found, wanted, [(0.25, 0.5, 3.0), (1.5, 0.5, 0.75)])


def test_numbers() -> None:
    exact = from_sympy(sympy.Rational(1, 3) * x + sympy.Float(0.1) + 2)
    assert {a[1][0] for a in exact.assignments if a[0] in ("integer", "rational", "decimal")} == {Fraction(1, 3), 2.1}
    assert from_sympy(sympy.EulerGamma * x)(1) == 0.5772156649015329
    assert to_sympy(symad.parse("0.1*x")) == sympy.Float(0.1) * x


def test_labels_and_inputs() -> None:
    x10, x2, f = sympy.symbols("x10 x2 f")
    assert from_sympy(x10 + x2).inputs == ("x2", "x10")
    assert from_sympy(x10 + x2, inputs=[x10, "x2", "t"]).inputs == ("x10", "x2", "t")
    assert from_sympy([x10, x2]).outputs == ("f_1", "f_2")
    assert from_sympy({"p": x10, "q": 3}).outputs == ("p", "q")
    assert from_sympy(f + 1).outputs == ("f_1",)
    assert to_sympy(symad.parse("p = x*y; q = x - y")) == {"p": x * y, "q": x - y}


@pytest.mark.parametrize(
    ("expression", "reason"),
    [
        (sympy.zeta(x), "symad has no zeta, which stands in the SymPy expression"),
        (sympy.Function("g")(x), "symad has no g, which stands in the SymPy expression"),
        (sympy.Function("sin")(x), "symad has no sin, which stands in the SymPy expression"),
        (sympy.Integral(x, x), "symad has no Integral, which stands in the SymPy expression"),
        (sympy.oo * sympy.Symbol("t"), "symad has no Infinity, which stands in the SymPy expression"),
        (sympy.I * x, "symad has no ImaginaryUnit, which stands in the SymPy expression"),
        (sympy.LambertW(x, -1), "symad has no LambertW of 2 arguments"),
        (sympy.bessely(2, x), "symad has no bessely of order 2, only of 0 and 1"),
        (sympy.Piecewise((x, x > 0)), "a Piecewise has no value where none of its conditions holds"),
        (x < y, "x < y is a truth value, not a number"),
        ("x + 1", "'x + 1' is not a SymPy expression"),
        (sympy.Matrix([x]), "symad has no ImmutableDenseMatrix, which stands in the SymPy expression"),
    ],
)
def test_what_cannot_be_read(expression: Any, reason: str) -> None:
    with pytest.raises(ParseError) as caught:
        from_sympy(expression)
    assert caught.value.reason == reason


def test_names_that_cannot_be() -> None:
    with pytest.raises(NamingError, match="a b cannot be the name of an input"):
        from_sympy(sympy.Symbol("a b"))
    with pytest.raises(NamingError, match="two symbols x"):
        from_sympy(x + sympy.Symbol("x"))
    with pytest.raises(NamingError, match="y is not among the inputs"):
        from_sympy(x + y, inputs=[x])
    with pytest.raises(NamingError, match="named twice"):
        from_sympy(x, inputs=[x, x])


@pytest.mark.parametrize("text", ["9^9^9^9", "(2^1000)^1000", "0.5^(10^9)", "1.5^1.5^1e10"])
def test_numbers_that_sympy_would_write_out(text: str) -> None:
    with pytest.raises(TargetError, match="too large or too small"):
        to_sympy(symad.parse(text))


@pytest.mark.parametrize(
    "text", ["gamma(10^6)", "digamma(123456)", "floor(exp(exp(20)))", "mod(exp(exp(20)), 3)", "polygamma(3, 10^5) + x"]
)
def test_numbers_that_sympy_would_compute(text: str) -> None:
    assert to_sympy(symad.parse(text)).count_ops() > 0


def test_ten_thousand_terms() -> None:
    symbols = sympy.symbols("x0:10000", real=True)
    expression = sympy.Add(*[sympy.sin(s) ** 2 * s for s in symbols])
    program = from_sympy(expression)
    assert (len(program.inputs), program.operation_count) == (10_000, 39_999)
    assert to_sympy(program) == expression


@pytest.mark.parametrize("sign", ["-", "*", "+"])
def test_long_chains(sign: str) -> None:
    program = symad.parse(sign.join(f"(x{k} - {k})" for k in range(2000)))
    point = [k + (-1) ** k * 1.01 for k in range(2000)]
    back = from_sympy(to_sympy(program), inputs=program.inputs)
    assert close(*evaluate(program, point, 100), *evaluate(back, point, 100))


def test_a_maximum_of_many() -> None:
    program = symad.parse(f"max({', '.join(f'x{k}' for k in range(300))})")
    back = from_sympy(to_sympy(program), inputs=program.inputs)
    assert back(*range(300)) == 299.0


def test_deep() -> None:
    program = symad.parse("sin(" * 5000 + "x" + ")" * 5000)
    back = from_sympy(to_sympy(program))
    assert back.operation_count == 5000


def test_shared_stays_shared() -> None:
    lines = ["y0 = x", *(f"y{k + 1} = y{k}^2 + x" for k in range(60))]  # 2^60 nodes when written out
    program = symad.parse("\n".join(lines))
    back = from_sympy(to_sympy(program))
    assert back.operation_count == program.operation_count


def test_not_imported_before_it_is_used() -> None:
    import subprocess
    import sys

    code = "import sys, symad, symad.interop, symad.check; sys.exit('sympy' in sys.modules or 'mpmath' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("sum(k in 1..n: x^k/k)", "Sum(x**k/k, (k, 1, n))"),
        ("product(k in 1..n+1: x + k)*y", "y*Product(k + x, (k, 1, n + 1))"),
        ("s = 0; for k in 1..n { s = s - x/k }; s", "-Sum(x/k, (k, 1, n))"),
        ("sum(k in 1..n: k*sum(k in 1..k: x*k))", "Sum(k*Sum(k_1*x, (k_1, 1, k)), (k, 1, n))"),
        ("k + sum(k in 1..n: x)", "k + Sum(x, (k_1, 1, n))"),
        ("y = x; for k in 2..3 { y = sin(y)/k }; y", "sin(sin(x)/2)/3"),
        ("y = x; for k in 1..0 { y = sin(y)/k }; y", "x"),
    ],
)
def test_loops(text: str, expected: str) -> None:
    assert str(to_sympy(symad.parse(text))) == expected


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("sum(k in 1..n: x^k/k)", (4.0, 0.7)),
        ("y = x; for k in 1..5 { y = r*y*(1 - y) }; y", (0.4, 3.3)),
        ("s = 0; for k in 1..3 { u = x; for j in 1..2 { u = u*y + k }; s = s*u + u }; s", (0.4, 1.3)),
        ("p = x; for k in 1..3 { p = if p > 1 then p/2 else p*(k + y) }; p", (0.9, 0.2)),
    ],
)
def test_derivatives_of_loops(text: str, at: tuple[float, ...]) -> None:
    program = symad.parse(text)
    point = dict(zip(program.inputs, at, strict=True))
    exact = {sympy.Symbol(name, real=True): sympy.Rational(*t.as_integer_ratio()) for name, t in point.items()}
    for derived in (symad.value_and_gradient(program), symad.vjp(program)):
        values = derived(*[point.get(name, 1.5) for name in derived.inputs])
        exact[sympy.Symbol("bar_f", real=True)] = sympy.Rational(3, 2)
        expressions = to_sympy(derived)
        for label, ours in zip(derived.outputs, values, strict=True):
            assert float(expressions[label].subs(exact).doit()) == pytest.approx(ours, rel=1e-13)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("y = x; for k in 1..n { y = sin(y) }; y", "it is not known how many iterations this one has"),
        ("y = x; while y > 1 { y = y/2 }; y", "it is not known how many iterations this one has"),
        ("y = x; for k in 1..101 { y = sin(y) }; y", "101 iterations are too many to write out"),
        ("y = x; for k in 1..100 { y = r*y*(1 - y) }; y", "the iterations of this one are too large to write out"),
    ],
)
def test_loops_that_sympy_cannot_hold(text: str, reason: str) -> None:
    with pytest.raises(TargetError) as caught:
        to_sympy(symad.parse(text))
    assert caught.value.reason == f"SymPy has no loops, and {reason}"
