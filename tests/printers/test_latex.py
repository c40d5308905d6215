"""LaTeX as a book would write it."""

from __future__ import annotations

import re

import pytest
from hypothesis import given

from symad.derivatives.gradient import gradient, value_and_gradient
from symad.operations import OPERATIONS
from symad.parse import parse
from symad.printers.latex import latex, names, symbol, title
from symad.program import Program
from tests.printers.programs import programs

# fmt: off
FORMULAS = [
    ("x1*x2 + sin(x1)",   r"x_{1} x_{2} + \sin\left(x_{1}\right)"),
    ("x^3 + 2*x/y",       r"x^{3} + \frac{2 x}{y}"),
    ("a/(b*c) - a/(2*b)", r"\frac{a}{b c} - \frac{a}{2 b}"),
    ("-x^2",              "-x^{2}"),
    ("(-3)^x",            r"\left(-3\right)^{x}"),
    ("x^(1/3) + x^-2",    r"x^{1/3} + \frac{1}{x^{2}}"),
    ("2^x^y",             "2^{x^{y}}"),
    ("sqrt(x + 1)/y",     r"\frac{\sqrt{x + 1}}{y}"),
    ("sin(x)^2",          r"\sin^{2}\left(x\right)"),
    ("exp(-x)*x",         "e^{-x} x"),
    ("1/3*x + 2/3*y",     r"\frac{x}{3} + \frac{2 y}{3}"),
    ("2*3^x",             r"2 \cdot 3^{x}"),
    ("(x/y)^2*(x + y)",   r"\left(\frac{x}{y}\right)^{2} \left(x + y\right)"),
    ("1e22*x + 2.5e-7",   r"10^{22} x + 2.5 \cdot 10^{-7}"),
    ("alpha*λ + Δ",       r"\alpha \lambda + \Delta"),
    ("max(x, y, z)",      r"\max\left(x, y, z\right)"),
    ("mod(x, y)*z",       r"\left(x \bmod y\right) z"),
    ("lgamma(x)^2",       r"\left(\ln\left|\Gamma\left(x\right)\right|\right)^{2}"),
    ("(if x > 0 then x else y)*z",
     r"\left(\begin{cases} x & \text{if } x > 0 \\ y & \text{otherwise} \end{cases}\right) z"),
    ("abs(x) + floor(x)", r"\left|x\right| + \left\lfloor x\right\rfloor"),
    ("if x > 0 then x else if x == y then 2 else -x",
     r"\begin{cases} x & \text{if } x > 0 \\ 2 & \text{if } x = y \\ -x & \text{otherwise} \end{cases}"),
]
# fmt: on


@pytest.mark.parametrize(("text", "expected"), FORMULAS)
def test_formulas(text: str, expected: str) -> None:
    assert latex(parse(text)) == f"f = {expected}"


def test_partial_derivatives_are_fractions_and_one_input_has_a_straight_d() -> None:
    assert latex(value_and_gradient(parse("x1*y"))).splitlines() == [
        "f = x_{1} y",
        r"\frac{\partial f}{\partial x_{1}} = y",
        r"\frac{\partial f}{\partial y} = x_{1}",
    ]
    assert latex(gradient(parse("x^2"))) == r"\frac{df}{dx} = 2 x"
    inputs = {"x": "x", "dx": r"\mathrm{dx}"}
    assert title("d2f/dxddx", inputs) == r"\frac{\partial^{2} f}{\partial x \partial \mathrm{dx}}"


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("x", "x"),
        ("x12", "x_{12}"),
        ("rate", r"\mathrm{rate}"),
        ("v_max", r"v_{\mathrm{max}}"),
        ("x_1_2", "x_{1,2}"),
        ("Omega", r"\Omega"),
        ("β2", r"\beta_{2}"),
        ("__", r"\mathtt{\_\_}"),
        ("ж", r"\text{ж}"),
    ],
)
def test_names(name: str, expected: str) -> None:
    assert symbol(name) == expected


def test_names_that_would_look_the_same_do_not() -> None:
    assert names(["x1", "x_1", "alpha", "α"]) == ["x_{1}", r"\mathtt{x\_1}", r"\alpha", r"\mathtt{α}"]


@pytest.mark.parametrize("name", sorted(row.name for row in OPERATIONS.values() if not row.infix))
def test_every_function_is_written_in_balance(name: str) -> None:
    arguments = ["x", "y", "z"][: len(OPERATIONS[name].arguments)]
    balanced(latex(parse(f"input x, y, z\n{name}({', '.join(arguments)})^3*y")))


@given(programs())
def test_braces_and_delimiters_balance(program: Program) -> None:
    balanced(latex(program))


def balanced(text: str) -> None:
    assert text.count("{") == text.count("}")
    assert text.count(r"\left") - text.count(r"\leftarrow") == text.count(r"\right")
    assert text.count(r"\begin") == text.count(r"\end")
    depth = 0
    for delimiter in re.findall(r"[{}]", text):
        depth += 1 if delimiter == "{" else -1
        assert depth >= 0


def test_deep_formulas_are_linear() -> None:
    depth = 20_000
    assert latex(parse("sin(" * depth + "x" + ")" * depth)).count(r"\sin") == depth
