"""Formulas for people: few parentheses, numbers first, what is long and shared named once; and of the same value."""

from __future__ import annotations

import math

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from symad.derivatives.gradient import value_and_gradient
from symad.errors import EvaluationError
from symad.parse import parse
from symad.printers.infix import READING, formulas, write
from symad.printers.naming import Names
from symad.program import Program
from tests.printers.programs import POINTS, programs


def written(text: str) -> str:
    """Write a formula as it stands, neither simplified nor shortened."""
    program = parse(text)
    return write(program, READING, program.inputs, Names(program.inputs))[0][0][1]


# fmt: off
WRITTEN = [
    ("x1*x2 + sin(x1)", "x1*x2 + sin(x1)"),
    ("a - (b - c)",     "a - (b - c)"),     ("(a - b) - c",     "a - b - c"),
    ("a - (b + c)",     "a - (b + c)"),     ("a + (b - c)",     "a + (b - c)"),
    ("a/(b*c)",         "a/(b*c)"),         ("a/b/c",           "a/b/c"),
    ("a/(b/c)",         "a/(b/c)"),         ("(a*b)*c",         "a*b*c"),
    ("a*(b*c)",         "a*b*c"),           ("a*(b + c)",       "a*(b + c)"),
    ("-x^2",            "-x^2"),            ("(-x)^2",          "(-x)^2"),
    ("-(x*y)",          "-x*y"),            ("(-x)*y",          "-x*y"),
    ("x*(-y)",          "x*(-y)"),          ("-(x + y)",        "-(x + y)"),
    ("a - (-b)",        "a + b"),           ("a + (-b)",        "a - b"),
    ("x + (-2)",        "x - 2"),           ("x - (-1/2)",      "x + 1/2"),
    ("x^(1/3)",         "x^(1/3)"),         ("x^-2",            "1/x^2"),
    ("2^x^y",           "2^x^y"),           ("(2^x)^y",         "(2^x)^y"),
    ("x^-1",            "1/x"),             ("(x + y)^-2",      "1/(x + y)^2"),
    ("x^(1/2)",         "sqrt(x)"),         ("x^(-1/2)",        "1/sqrt(x)"),
    ("1/3*x",           "x/3"),             ("2/3*x",           "2/3*x"),
    ("-1/3*x",          "-x/3"),            ("-2*x",            "-2*x"),
    ("1/2*(x/y)",       "x/(2*y)"),         ("2*(x/y)",         "2*x/y"),
    ("1/2*(1/y)",       "1/(2*y)"),         ("3*x^-2",          "3/x^2"),
    ("y*x^-2",          "y/x^2"),           ("y*(1/x)",         "y/x"),
    ("(x + 1)*(1/3)",   "(x + 1)*(1/3)"),   ("1/3*(x + 1)",     "(x + 1)/3"),
    ("x/(1/3)",         "x/(1/3)"),         ("(-2)^x",          "(-2)^x"),
    ("(1/2)^x",         "(1/2)^x"),         ("-(1/3*x)",        "-x/3"),
    ("max(x, max(y, z))", "max(x, max(y, z))"), ("max(max(x, y), z)", "max(x, y, z)"),
    ("e^pi",            "e^pi"),            ("x - y*-3",        "x - y*(-3)"),
    ("if x > 0 then x else -x",           "if x > 0 then x else -x"),
    ("2*(if x > 0 then x else -x)",       "2*(if x > 0 then x else -x)"),
    ("where(not (x > 0 or y > 0) and z > 0, 1, where(x == y, 2, 3))",
     "if not (x > 0 or y > 0) and z > 0 then 1 else if x == y then 2 else 3"),
]
# fmt: on


@pytest.mark.parametrize(("text", "expected"), WRITTEN)
def test_parentheses_and_order(text: str, expected: str) -> None:
    assert written(text) == expected


@given(programs(operations=12), st.lists(POINTS, min_size=3, max_size=3))
def test_reads_back_as_a_program_of_the_same_value(program: Program, point: list[float]) -> None:
    names = Names({*program.inputs, "f", "g"})
    outputs, temporaries = write(program, READING, program.inputs, names)
    results = {f"result_{i}": text for i, (_, text) in enumerate(outputs)}
    lines = [f"{name} = {text}" for name, text in {**temporaries, **results}.items()]
    again = parse("\n".join([f"input {', '.join(program.inputs)}", *lines, f"output {', '.join(results)}"]))
    at = point[: len(program.inputs)]
    try:
        expected = program(*at)
    except EvaluationError:
        assume(False)
    smooth = not any(a[0] in ("floor", "sign", "select", "pow", "exp") for a in program.assignments)
    if smooth and all(abs(v) < 1e6 for v in at):  # a jump, or an overflow, may fall on either side
        found = again(*at)
        pairs = zip(expected, found, strict=True) if isinstance(expected, tuple) else [(expected, found)]
        close = [math.isclose(a, b, rel_tol=1e-6, abs_tol=1e-6) for a, b in pairs if abs(a) < 1e9]
        assert all(close)


def test_formulas_have_the_outputs_as_keys_and_are_simplified() -> None:
    rows = formulas(value_and_gradient(parse("x*1 + 0 + y^2")))
    assert rows == {"f": "x + y^2", "df/dx": "1", "df/dy": "2*y"}
    assert rows.temporaries == {}


def test_short_shared_values_are_repeated() -> None:
    assert formulas(parse("u = x + y; u^2 + sin(u)")) == {"f": "(x + y)^2 + sin(x + y)"}


def test_long_shared_values_are_named_once_and_unlike_inputs() -> None:
    total = " + ".join(f"w{i}*sin(w{i})" for i in range(1, 12))
    text = f"u = {total}\nv = u*exp(u) + log(u)\nv^2*sin(v) + cos(v)*v"
    rows = formulas(parse(text))
    assert list(rows) == ["f"]
    assert len(rows.temporaries) == 2
    assert not {f"w{i}" for i in range(1, 12)} & rows.temporaries.keys()
    assert sum(map(len, [*rows.values(), *rows.temporaries.values()])) < 400
    again = parse("\n".join([*(f"{name} = {t}" for name, t in rows.temporaries.items()), rows["f"]]))
    point = {f"w{i}": 0.1 * i for i in range(1, 12)}
    assert math.isclose(again(**point), parse(text)(**point), rel_tol=1e-14)


@pytest.mark.parametrize("depth", [20_000])
def test_deep_formulas_are_linear(depth: int) -> None:
    nested = formulas(parse("sin(" * depth + "x" + ")" * depth))
    assert nested == {"f": "sin(" * depth + "x" + ")" * depth}
    total = " + ".join(f"x{i % 9}^{i}" for i in range(2, depth))
    assert len(formulas(parse(total))["f"]) == len(total)


def test_a_formula_that_would_be_exponential_stays_linear() -> None:
    rows = formulas(parse("\n".join(["f = x", *["f = f*sin(f)"] * 2_000])))
    assert sum(map(len, [*rows.values(), *rows.temporaries.values()])) < 60_000
