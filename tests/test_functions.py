"""Functions of the user's own: what is called twice is made once, in loops, in branches and in other functions too."""

from __future__ import annotations

import math

import pytest

from symad.derivatives.gradient import gradient
from symad.explain import explain
from symad.parse import parse
from symad.printers.source import source
from symad.program import Program
from symad.wellformed import check

# fmt: off
SAME = [  # a text with functions, and one without that is the same program
    ("f(a, b) = { u = a*b; u + sin(u) }; f(x, y)*f(x, y)",         "u = x*y; f = (u + sin(u))*(u + sin(u))"),
    ("g(x) = x^2; f(a) = g(a) + g(a + 1); f(t)",                   "f = t^2 + (t + 1)^2"),
    ("f(a) = exp(a); if x > 0 then f(x) else f(x)*2",              "f = if x > 0 then exp(x) else exp(x)*2"),
    ("f(a) = { a = a*2; a }; f(x)",                                "f = x*2"),
    ("c = 2; f(a) = c*a; c = 3; f(x)",                             "f = 2*x"),
    ("f(a) = { t = a + 1; t*2 }; t = 5*x; f(t) + t",               "t = 5*x; f = (t + 1)*2 + t"),
    ("f(a) = a/2; y = x; while f(y) > 1 { y = f(y) }; y",          "y = x; while y/2 > 1 { y = y/2 }; f = y"),
    ("f(a, n) = sum(k in 1..n: a^k); f(x, 3)*f(x, 3)",             "s = sum(k in 1..3: x^k); f = s*s"),
    ("sq(a) = a^2; s = 0; for k in 1..3 { s = s + sq(k*x) }; s",   "s = 0; for k in 1..3 { s = s + (k*x)^2 }; f = s"),
    ("derivative(of) = of^2; of = x; derivative(of) + of",         "f = x^2 + x"),
]
# fmt: on


@pytest.mark.parametrize(("text", "plain"), SAME)
def test_a_call_is_what_the_function_says(text: str, plain: str) -> None:
    program, other = check(parse(text)), parse(plain)
    assert (program.inputs, program.results, kinds(program)) == (other.inputs, other.results, kinds(other))
    assert program(*[1.25] * len(program.inputs)) == other(*[1.25] * len(other.inputs))


def kinds(program: Program) -> list[str]:
    return [operation for operation, _ in program.assignments]


def test_the_same_call_is_one_set_of_assignments() -> None:
    once, twice = (parse(f"f(a, b) = {{ u = a*b; u + sin(u) }}; g = f(x, y){more}") for more in ("", " + f(x, y)"))
    assert len(twice.assignments) == len(once.assignments) + 1


def test_functions_with_loops_in_functions_with_loops() -> None:
    text = """
        f(a) = { s = 0; for k in 1..3 { s = s + a*k }; s }
        g(a) = f(a)^2 + f(2*a)
        t = 0; for i in 1..2 { t = t + g(i*x) }
        t
    """
    program = check(parse(text))
    assert program(2.0) == sum((6 * i * 2) ** 2 + 12 * i * 2 for i in (1, 2))
    assert check(gradient(program))(2.0) == sum(72 * i**2 * 2 + 12 * i for i in (1, 2))


def test_what_a_loop_has_for_itself_in_a_function_says_nothing_outside() -> None:
    program = parse("f(a) = { s = 0; for k in 1..3 { t = k*a; s = s + t }; s }; k*f(x) + t")
    assert program.inputs == ("k", "x", "t")
    assert program(2, 3, 4) == 40


def test_outer_names_keep_their_values() -> None:
    program = parse("s = 5; f(a) = { for k in 1..3 { s = s + a }; s }; f(x) + s")
    assert program(2) == 16


def test_a_built_in_function_is_there_in_the_definition_of_its_namesake() -> None:
    program = parse("sin(x) = 2*sin(x); sin(y)")
    assert program(1) == 2 * math.sin(1)


def test_a_chain_of_functions_stays_as_long_as_what_it_computes() -> None:
    lines = ["f0(x) = x^2 + 1", *(f"f{k}(x) = f{k - 1}(x)*x" for k in range(1, 200)), "f199(y)"]
    assert parse("\n".join(lines)).operation_count == 2 + 199


def test_the_values_of_a_derivation_go_by_the_names_of_the_text() -> None:
    explanation = explain(parse("f(a) = a^2; u = f(x) + 1; u*y"))
    assert ">u<" in explanation.html() or "u" in explanation.json()


@pytest.mark.parametrize("text", ["f(a, b) = a*b; f(x, f(y, 2))", "f(a) = a^2; g(a) = 1/f(a + 1); g(x) + f(x)"])
def test_source_reads_back(text: str) -> None:
    assert parse(source(parse(text))) == parse(text)
