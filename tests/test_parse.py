"""Text to Program: what is written is what is there."""

from __future__ import annotations

import math
from fractions import Fraction

import pytest

from symad.errors import NamingError, ParseError, SymadError
from symad.parse import parse
from symad.wellformed import check


def same(text: str, other: str) -> bool:
    return check(parse(text)) == check(parse(other))


CHAIN = "if x < 0 then -x else if x < 1 then x^2 else x"


@pytest.mark.parametrize(
    "text",
    [
        "piecewise(x < 0, -x, x < 1, x^2, x)",
        "piecewise(-x, x < 0, x^2, x < 1, x)",
        "where(x < 0, -x, where(x < 1, x^2, x))",
        "low = x < 0; if low then -x else piecewise(x < 1, x^2, x)",
        "g(x) = piecewise(x^2, x < 1, x); where(x < 0, -x, g(x))",
    ],
)
def test_conditions_are_written_in_several_ways(text: str) -> None:
    program, chain = check(parse(text)), parse(CHAIN)
    assert [program(x) for x in (-2, 0, 0.5, 1, 3)] == [chain(x) for x in (-2, 0, 0.5, 1, 3)] == [2, 0, 0.25, 1, 3]
    assert sorted(operation for operation, _ in program.assignments) == sorted(a[0] for a in chain.assignments)


def test_clamp_takes_its_bounds_from_anywhere() -> None:
    assert same("clamp(x, a, b)", "input x, a, b\nif x < a then a else if x > b then b else x")
    clamped = parse("clamp(x, y, 2*y)")
    assert [clamped(x, 1) for x in (0, 1, 1.5, 2, 3)] == [1, 1, 1.5, 2, 2]
    assert parse("clamp = 3; clamp*x")(2) == 6  # a function's name that is not called is a variable


def test_the_seed_formula_is_listed_as_elementary_assignments() -> None:
    program = parse("z = x1*x2 + sin(x1)")
    assert str(program).splitlines() == [
        "w1 = x1",
        "w2 = x2",
        "w3 = w1*w2",
        "w4 = sin(w1)",
        "w5 = w3 + w4",
        "z  = w5",
    ]
    assert (program.inputs, program.outputs, program.operation_count) == (("x1", "x2"), ("z",), 3)


@pytest.mark.parametrize(
    ("text", "at", "value"),
    [
        ("-x^2", 3, -9),
        ("2^-x", 1, 0.5),
        ("x^2^3", 2, 256),
        ("-x^-2", 2, -0.25),
        ("2 - 3 - x", 1, -2),
        ("12/2/x", 3, 2),
        ("x - -2", 1, 3),
        ("+x - +1", 1, 0),
        ("(((x)))", 7, 7),
        (".5*x + 1. + 1e2 + 1.5E-1", 2, 102.15),
        ("x**2 ** 1", 3, 9),
        ("-3*x", 2, -6),
        ("x\n", 4, 4),
        ("\n\n# a comment\nx # another\n;;\n", 4, 4),
        ("(x +\n 1)", 4, 5),
    ],
)
def test_arithmetic_binds_as_in_python(text: str, at: float, value: float) -> None:
    assert parse(text)(at) == value


@pytest.mark.parametrize(
    ("book", "plain"),
    [
        ("2·x × y ÷ z − 1", "2*x*y/z - 1"),
        ("x² + y³ + z⁻¹ + x¹⁰", "x^2 + y^3 + z^-1 + x^10"),
        ("√x + √(x + 1)*y", "sqrt(x) + sqrt(x + 1)*y"),
        ("2*π*x", "2*pi*x"),
        ("if x ≤ 1 then x else if x ≥ 2 then 1 else if x ≠ 1.5 then 2 else 3",
         "if x <= 1 then x else if x >= 2 then 1 else if x != 1.5 then 2 else 3"),
        ("x₁ + x₂", "x1 + x2"),
        ("α*β_0 + Δt", "α*β_0 + Δt"),
        ("µ + 1", "μ + 1"),
    ],
)  # fmt: skip
def test_what_a_person_pastes_from_a_book_is_read(book: str, plain: str) -> None:
    assert same(book, plain)


def test_numbers_are_exact_as_long_as_they_are_small() -> None:
    assert parse("1/3 + x").assignments[1] == ("rational", (Fraction(1, 3),))
    assert same("x^2.0", "x^2")
    assert same("4/2*x", "2*x")
    assert same("-2*x", "(-2)*x")
    assert parse("x + " + "9" * 100).assignments[1][0] == "decimal"
    assert parse("1/0 + x").operation_count == 2
    assert math.copysign(1.0, parse("-0.0")()) == -1.0


def test_equal_subexpressions_are_one_value_and_keep_the_order_written() -> None:
    program = parse("y*x + sin(x*y) + (y*x)^2")
    assert sum(operation == "mul" for operation, _ in program.assignments) == 1
    assert "w3 = w1*w2" in str(program)
    assert program.inputs == ("y", "x")


def test_statements_functions_inputs_and_outputs() -> None:
    program = parse("input b, a, unused\nc = 2\nf(x, y) = x*y + c\nc = 3\np = f(a, f(b, c))\nq = c; output q, p")
    assert program.inputs == ("b", "a", "unused")
    assert program.outputs == ("q", "p")
    assert program(5, 7, 0) == (3, 7 * (5 * 3 + 2) + 2)


def test_the_results_are_the_bare_expression_or_what_is_left_over() -> None:
    assert parse("a = x + 1; b = a^2; c = a^3").outputs == ("b", "c")
    assert parse("a = x; a + 1").outputs == ("f",)
    assert parse("f + 1").outputs == ("f_1",)
    assert parse("f(x) = x^2; f(f_1) + f(2)").outputs == ("f",)
    assert parse("x = 1; x = x + 1")() == 2


def test_constants_are_constants_unless_declared() -> None:
    assert parse("pi + e")() == math.pi + math.e
    assert parse("input e; e^2")(3) == 9
    assert parse("gamma*x + gamma(x)")(2, 3) == 8
    assert parse("2 + 3")() == 5


def test_functions_share_and_do_not_copy() -> None:
    program = parse("f(x) = sin(x) + 1; f(a)*f(a) + f(a)")
    assert program.operation_count == 4
    assert parse("f(x) = a^2; f(1) + b").inputs == ("a", "b")
    assert parse("g(t) = t*t; sin(t) = g(t); sin(3)")() == 9


def test_conditions_are_lazy_and_typed() -> None:
    program = parse("if x > 0 and log(x) < 1 then log(x) else where(not (x < -1), 0, 1/(x + 2))")
    assert program(1) == 0
    assert program(-0.5) == 0
    assert program(-3) == -1
    for wrong in ("x + (x < 1)", "if x then 1 else 2", "x < 1", "if x < 1 then 1 else x < 2", "not x", "sin(x < 1)"):
        with pytest.raises(SymadError):
            parse(wrong)


def test_any_number_of_arguments_nest_from_the_left() -> None:
    assert same("max(x, y, z, 2)", "max(max(max(x, y), z), 2)")
    assert parse("min(x)")(4) == 4
    assert same("log(x, 2)", "log(x)/log(2)")
    assert same("ln(x)", "log(x)")


def test_places_are_kept_and_are_no_part_of_equality() -> None:
    program = parse("a = 2*x\nsin(a)")
    place = program.origins[-1]
    assert program.text[place : place + 3] == "sin"
    assert len(program.origins) == len(program.assignments)
    assert same("x+1", "  x  +  1")


@pytest.mark.parametrize("count", [100_000])
def test_depth_is_no_limit(count: int) -> None:
    assert parse("(" * count + "x" + ")" * count)(2) == 2
    assert parse("sin(" * count + "x" + ")" * count).operation_count == count
    assert parse("-" * count + "x")(1) == 1
    assert parse("+".join(["x"] * count))(1) == count
    assert parse("2^" * 10_000 + "1").operation_count == 10_000
    assert parse("if x > 0 then 1 else " * 10_000 + "2")(-1) == 2


def test_errors_carry_the_place_as_fields() -> None:
    with pytest.raises(NamingError) as caught:
        parse("a = (x +\n  1)\n  sine(a)")
    assert (caught.value.line, caught.value.column) == (3, 3)
    with pytest.raises(ParseError) as failed:
        parse("x + * 2")
    assert failed.value.column == 5
