"""What is printed of loops: the texts, source that reads back, and notation that is run and gives the values."""

from __future__ import annotations

import math
import time
from xml.etree import ElementTree

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

import symad
from symad.derivatives.gradient import all_partials
from symad.errors import EvaluationError, TargetError
from symad.parse import parse
from symad.printers.infix import formulas
from symad.printers.latex import latex
from symad.printers.mathml import mathml
from symad.printers.reductions import reductions
from symad.printers.shorten import shorten
from symad.printers.source import source
from symad.program import Program
from symad.wellformed import check
from tests.printers.loops import Notation, loop_programs
from tests.printers.test_latex import balanced
from tests.printers.test_mathml import read

LOGISTIC = "y = x; for k in 1..n { y = r*y*(1 - y) }; y"
PROGRAMS = [
    LOGISTIC,
    "sum(k in 1..n: x^k/k)",
    "sum(k in 1..n: sum(j in 1..k: x*j*k))",
    "product(k in 1..n: x + k*y)",
    "s = 0; for k in 1..n { s = s - sin(k*x) }; s",
    "y = x\nwhile y > 1 { y = y/2*x }\ny",
    "y = x\nwhile abs(y^2 - x) > 1e-12 { y = (y + x/y)/2 }\ny",
    "a = x; b = y; for k in 1..n { t = a; a = b; b = t + b*x }; output a, b",
    "a = 0; b = 1\nfor k in 1..n { a = a + b*x; b = 2*b*y }\noutput a, b",
    "u = x; v = y; w = x*y; for k in 1..n { t = u; u = v; v = w; w = t*u }; output u, v, w",
    "y = x; for k in 1..n { y = sin(y) + sum(j in 1..k: y^j) }; y*x",
    "s = 0; for k in 1..n { u = s; for j in 1..m { u = u*x + k }; s = s + u }; s",
    "s = 0\nfor k in 1..n { for j in 1..k { s = s + x*j } }\ns",
    "s = 0; for k in 1..n { y = x; while y > k { y = y/2 }; s = s + y }; s",
    "y = x; for k in 1..n { y = if y > 1 then y/2 else 3*y }; y",
    "if x > 0 then sum(k in 1..n: log(x)^k) else product(k in 1..n: x - k)",
    "y = 2*x\nfor k in 1..n { y = sin(y) }\nfor k in 1..m { y = y*k }\ny + x",
    "f(a) = { s = 0; for k in 1..3 { s = s + a^k }; s }\nf(x) + f(x*y)",
    "f(a, b) = { u = a*b; u + sin(u) }\ns = 1\nfor k in 1..n { s = f(s, x) + f(x, k) }\ns*f(x, x)",
    "s = 0; for k in 1..n { for j in 1..n { s = s + sin(x*y)*j*k } }; s + sin(x*y)",
    "z = sum(k in 1..n: x*y*k) + sum(k in 1..n: x*y); s = x; for i in 1..5 { s = s*z + x*y }; s - z",
    "x*sum(k in 1..n+1: k*sum(j in k..2*k: j^x)) - product(k in 1..3: x + k)/2",
    "c = x*y + 1; sum(k in 1..n: x*y*k) + c",
    "s = y; while s^2 + sin(s^2) < x { s = s^2 + sin(s^2) + 1 }; s",
    "y = x; for k in 1..3 { y = y }; y",
    "y = x; for k in 1..3 { y = 5 }; y + x",
    "c = k*2; sum(k in 1..3: c*k)",
]


def printed(program: Program) -> str:
    return "\n".join(f"{label} = {text}" for label, text in formulas(program).rows(program.inputs).items())


# formulas


def test_a_sum_is_a_sum_and_its_derivative_too() -> None:
    assert printed(all_partials(parse("sum(k in 1..n: (a*k - b)^2)"))).splitlines() == [
        "f = sum(k in 1..n: (a*k - b)^2)",
        "df/dn = 0",
        "df/da = sum(k in 1..n: 2*k*(k*a - b))",
        "df/db = sum(k in 1..n: 2*b - 2*k*a)",
    ]


# fmt: off
SUMS = [
    ("sum(k in 1..n: x + k)*y",                     "sum(k in 1..n: x + k)*y"),
    ("2*sum(k in 0..n-1: if k > x then 1 else x)",  "2*sum(k in 0..n - 1: if k > x then 1 else x)"),
    ("s = 0; for k in 1..n { s = x^k + s }; s",     "sum(k in 1..n: x^k)"),
    ("s = 0; for k in 1..n { s = s - x^k }; s^2",   "(-sum(k in 1..n: x^k))^2"),
    ("s = 0; for k in 1..n { s = s + x - k }; s",   "sum(k in 1..n: x - k)"),
    ("s = 0; for k in 1..n { s = s - k + x }; s",   "sum(k in 1..n: x - k)"),
    ("p = 1; for k in 1..n { p = x*p*k }; p",       "product(k in 1..n: x*k)"),
    ("p = 1; for k in 1..n { p = p/(x + k) }; p",   "product(k in 1..n: 1/(x + k))"),
    ("c = k^2; sum(k in 1..n: c*k)",                "sum(k_1 in 1..n: k^2*k_1)"),
    ("sum(k in 1..n: k*sum(k in 1..k: x^k))",       "sum(k in 1..n: k*sum(k_1 in 1..k: x^k_1))"),
    ("sum(i in 1..3: product(j in 1..i: x + j))",   "sum(i in 1..3: product(j in 1..i: x + j))"),
]
NO_SUMS = [
    "s = x; for k in 1..n { s = s + k }; s",
    "s = 0; for k in 1..n { s = s + s*k }; s",
    "s = 0; for k in 1..n { s = s + sin(s) }; s",
    "s = 0; for k in 1..n { s = k - s }; s",
    "s = 0; y = x; for k in 1..n { s = s + y; y = y/2 }; s",
    "s = 0; y = x; for k in 1..n { s = s + k; y = y + s }; output s, y",
    "p = 1; for k in 1..n { p = k/p }; p",
    "p = 1; for k in 1..n { p = p + k }; p",
]
# fmt: on


@pytest.mark.parametrize(("text", "expected"), SUMS)
def test_sums_and_products(text: str, expected: str) -> None:
    found = formulas(parse(text))
    assert [*found.values()] == [expected]
    assert not found.temporaries


@pytest.mark.parametrize("text", NO_SUMS)
def test_what_is_no_sum_is_a_block(text: str) -> None:
    assert "for k in 1..n {" in printed(parse(text))
    program = parse(text)
    loop = next(v for v, (operation, _) in enumerate(program.assignments) if operation == "loop")
    assert not reductions(program.assignments, loop, [0])


def test_a_sum_stands_beside_what_its_loop_carries_otherwise() -> None:
    assert printed(parse("s = 0; y = x; for k in 1..n { s = s + k^x; y = cos(y) }; s*y")).splitlines() == [
        "y = x",
        "for k in 1..n {",
        "    y = cos(y)",
        "}",
        "f = sum(k in 1..n: k^x)*y",
    ]


def test_a_derivative_of_a_loop_takes_the_history_of_what_was_carried() -> None:
    assert printed(all_partials(parse(LOGISTIC))).splitlines() == [
        "y = x",
        "for k in 1..n {",
        "    y = r*y*(1 - y)",
        "}",
        "bar_y = 1",
        "bar_r = 0",
        "for k in n..1 {",
        "    bar_r = bar_r + bar_y*y[k]*(1 - y[k])",
        "    bar_y = bar_y*r*(1 - 2*y[k])",
        "}",
        "f = y",
        "df/dx = bar_y",
        "df/dn = 0",
        "df/dr = bar_r",
    ]


def test_a_while_counts_its_iterations_for_the_loop_that_runs_backwards() -> None:
    assert printed(symad.gradient(parse("y = x; while y > 1 { y = y^2/3 }; y"))).splitlines() == [
        "y = x",
        "iterations = 0",
        "while y > 1 {",
        "    y = y^2/3",
        "    iterations = iterations + 1",
        "}",
        "df/dx = product(k in 1..iterations: 2/3*y[k])",
    ]


def test_nothing_is_overwritten_that_is_read_later() -> None:
    assert printed(parse("a = x; b = y; for k in 1..n { t = a; a = b; b = t }; output a, b")).splitlines() == [
        "a = x",
        "b = y",
        "for k in 1..n {",
        "    w1 = b",
        "    b = a",
        "    a = w1",
        "}",
    ]


def test_an_output_has_the_loop_as_its_formula_or_its_own_name() -> None:
    found = formulas(parse("a = x; b = 1; for k in 1..n { b = a*b; a = sin(a) }; output a, b"))
    assert found == {"a": "a", "b": found.temporaries["b"]}
    assert [*found.rows()] == ["b"]
    assert printed(parse("input x, y\noutput x, y")) == "x = x\ny = y"


def test_names_in_loops_are_unlike_all_others() -> None:
    text = "input y, w1, bar_a\na = y; for w1_ in 1..3 { a = sin(a)*w1 + bar_a }; f = a*w1\noutput f"
    found = printed(all_partials(parse(text)))
    assert "bar_a_1 = w1" in found.splitlines()
    rows = formulas(symad.gradient(symad.gradient(parse("y = x; for k in 1..3 { y = y^2 }; y"))))
    names = [line.split(" = ")[0] for text in rows.temporaries.values() for line in text.split("\n")]
    assert "y" not in [*rows.temporaries][1:]
    assert all(name.strip() for name in names)


@pytest.mark.parametrize("text", PROGRAMS)
def test_what_is_printed_of_derivatives_means_them(text: str) -> None:
    program = parse(text)
    point = {"x": 1.7, "y": 0.6, "n": 3.0, "m": 2.0, "r": 1.3, "k": 0.4}
    at = {name: point[name] for name in program.inputs}
    derived = all_partials(program)
    same_values(derived, at)
    for label in derived.outputs[len(program.outputs) :]:
        if label.endswith("/dx") and len(program.outputs) == 1:
            same_values(all_partials(derived.part([label])), at)
    same_values(symad.jvp(program), at | {f"dot_{name}": 0.3 for name in at})


@given(loop_programs(whiles=False), st.floats(0.3, 2.0), st.floats(-1.0, 1.5), st.integers(1, 4))
def test_what_is_printed_of_any_loop_means_it(text: str, x: float, y: float, n: int) -> None:
    program = all_partials(parse(text), ["x", "y"])
    point = {"x": x, "y": y, "n": float(n)}
    try:
        values = program(**point)
    except EvaluationError:
        assume(False)
    assume(all(abs(value) < 1e8 for value in values))
    same_values(program, point)


def same_values(program: Program, point: dict[str, float]) -> None:
    """Run what is printed of a program line by line, and compare."""
    expected = program(**point)
    values = expected if isinstance(expected, tuple) else (expected,)
    found = Notation(point).run(formulas(program))
    for label, one, other in zip(program.outputs, found, values, strict=True):
        assert math.isclose(one, other, rel_tol=1e-8, abs_tol=1e-8), (label, one, other, printed(program))


def test_the_shortest_form_of_a_derivative_in_a_loop() -> None:
    program = symad.gradient(parse(LOGISTIC), ["x"])
    short = check(shorten(program))
    assert short.operation_count < program.operation_count
    assert short(0.3, 5, 3.2) == pytest.approx(program(0.3, 5, 3.2), rel=1e-14)


# source


@pytest.mark.parametrize("text", PROGRAMS)
def test_source_reads_back_as_an_equal_program(text: str) -> None:
    program = check(parse(text))
    assert check(parse(source(program))) == program, source(program)


@given(loop_programs())
def test_source_of_any_loop_reads_back_as_an_equal_program(text: str) -> None:
    program = check(parse(text))
    assert check(parse(source(program))) == program, source(program)


def test_source_is_what_a_person_would_write() -> None:
    text = """\
input x, n
y = 2*x
s = 0
for k in 1..n + 1 {
    s = s + y^k
    for j in 1..k {
        y = y/j
    }
}
f = s + sum(k in 1..3: x^k)
output f
"""
    assert source(parse(text)) == text


@pytest.mark.parametrize("text", PROGRAMS)
def test_tangents_of_loops_have_a_source(text: str) -> None:
    program = symad.jvp(parse(text), method="forward")
    point = dict.fromkeys(program.inputs, 0.25) | {"x": 1.7, "y": 0.6, "n": 3.0, "m": 2.0, "r": 1.3, "k": 0.4}
    at = {name: point[name] for name in program.inputs}
    again = parse(source(program))
    assert again(**at) == pytest.approx(program(**at), rel=1e-14)  # sums may start from the other end


def test_a_loop_that_runs_backwards_has_no_source() -> None:
    with pytest.raises(TargetError, match="no loops that run backwards") as caught:
        source(symad.gradient(parse(LOGISTIC)))
    assert "symad.formulas" in str(caught.value)


def test_names_are_no_part_of_a_program_with_loops() -> None:
    assert parse("sum(k in 1..n: x^k)") == parse("sum(j in 1..n: x^j)")
    assert parse("sum(k in 1..n: x^k) + sum(j in 1..n: x^j)").operation_count == 3


# LaTeX and MathML


def test_latex_of_sums() -> None:
    text = "sum(k in 1..n: sin(k*x) - y)^2/2 - product(k in 1..3: y + k)*x"
    assert latex(parse(text)) == (
        r"f = \frac{\left(\sum_{k=1}^{n} \left(\sin\left(k x\right) - y\right)\right)^{2}}{2}"
        r" - \left(\prod_{k=1}^{3} \left(y + k\right)\right) x"
    )
    assert latex(all_partials(parse("y - sum(k in 1..n: y*x^k)"), ["x"])).splitlines() == [
        r"f = y - \sum_{k=1}^{n} y x^{k}",
        r"\frac{\partial f}{\partial x} = -\sum_{k=1}^{n} y k x^{k - 1}",
    ]


def test_latex_of_a_loop_is_a_block() -> None:
    assert latex(symad.gradient(parse(LOGISTIC))).splitlines() == [
        aligned(r"y \gets x", r"\text{for } k = 1, \ldots, n\colon", r"\quad y \gets r y \left(1 - y\right)"),
        aligned(
            r"\bar{y} \gets 1",
            r"\bar{r} \gets 0",
            r"\text{for } k = n, \ldots, 1\colon",
            r"\quad \bar{r} \gets \bar{r} + \bar{y} y^{(k)} \left(1 - y^{(k)}\right)",
            r"\quad \bar{y} \gets \bar{y} r \left(1 - 2 y^{(k)}\right)",
        ),
        r"\frac{\partial f}{\partial x} = \bar{y}",
        r"\frac{\partial f}{\partial n} = 0",
        r"\frac{\partial f}{\partial r} = \bar{r}",
    ]


def aligned(*lines: str) -> str:
    rows = r" \\ ".join(f"& {line}" for line in lines)
    return rf"\begin{{aligned}} {rows} \end{{aligned}}"


@pytest.mark.parametrize("text", PROGRAMS)
def test_latex_and_mathml_are_well_formed(text: str) -> None:
    for program in (parse(text), all_partials(parse(text)), symad.jvp(parse(text))):
        balanced(latex(program))
        for row in mathml(program).splitlines():
            read(row)


@given(loop_programs())
def test_latex_and_mathml_of_any_loop_are_well_formed(text: str) -> None:
    program = all_partials(parse(text), ["x"])
    balanced(latex(program))
    for row in mathml(program).splitlines():
        read(row)


def test_mathml_of_a_sum_and_of_a_block() -> None:
    written = mathml(parse("y = x; for k in 1..n { y = sum(j in 1..k: y^j) }; f = y\noutput f"))
    table, formula = map(ElementTree.fromstring, written.splitlines())
    assert [element.tag for element in table.iter("munderover")] == ["munderover"]
    assert len([*table.iter("mtr")]) == 3
    assert [element.text for element in formula.iter() if element.text] == ["f", "=", "y"]


# size


def test_deep_bodies_are_linear() -> None:
    depth = 20_000
    text = f"y = x; for k in 1..n {{ y = {'sin(' * depth}y{')' * depth} }}; y"
    assert printed(parse(text)).count("sin") == depth
    assert latex(parse(text)).count(r"\sin") == depth
    assert parse(source(parse(text))) == parse(text)


def test_a_body_that_would_be_exponential_stays_linear() -> None:
    lines = "\n".join(["u = u*sin(u)"] * 300)
    text = f"s = 0; y = x; for k in 1..n {{ u = y*k\n{lines}\ns = s + u }}\ns"
    assert len(printed(parse(text))) < 12_000
    assert "for k in 1..n {" in printed(parse(text))


@pytest.mark.parametrize("body", ["s = s + {}", "s = s*x + {}"])
def test_loops_in_loops_in_loops(body: str) -> None:
    depth = 40
    heads = [f"s{k} = 0; for k{k} in 1..2 {{ " for k in range(depth)]
    ends = [f"s{k} = s{k}*x + s{k + 1} }}; " for k in reversed(range(depth - 1))]
    text = f"{''.join(heads)}s{depth - 1} = s{depth - 1} + x }}; {''.join(ends)}s0"
    sums = "sum(k in 1..2: " * depth + "x" + ")" * depth
    started = time.perf_counter()
    for program in (parse(text), parse(sums)):
        assert parse(source(program)) == program
        assert printed(program).count(" in 1..2") == depth
    assert time.perf_counter() - started < 30.0


def test_many_loops_one_after_the_other() -> None:
    text = "y = x\n" + "\n".join(f"for k in 1..{k} {{ y = y/2 + k }}" for k in range(1, 1001)) + "\ny"
    started = time.perf_counter()
    assert printed(parse(text)).count("for k") == 1000
    assert parse(source(parse(text))) == parse(text)
    assert time.perf_counter() - started < 20.0
