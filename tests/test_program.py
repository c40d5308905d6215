"""Program and Builder: sharing, calling, checking, printing."""

from __future__ import annotations

from fractions import Fraction

import pytest

from symad.builder import Builder
from symad.errors import EvaluationError, NamingError
from symad.parse import parse
from symad.program import Program
from symad.wellformed import check


def test_a_builder_makes_each_value_once() -> None:
    b = Builder()
    x, y = b.input("x"), b.input("y")
    assert b.make("add", x, y) == b.make("add", y, x)
    assert b.make("sub", x, y) != b.make("sub", y, x)
    assert b.constant(2) == b.constant(Fraction(2))
    assert b.constant(2) != b.constant(2.0)
    assert b.constant(1e300) == b.constant(1e300)
    assert b.constant(0.0) != b.constant(-0.0)


def test_numbers_beyond_256_bits_are_doubles() -> None:
    b = Builder()
    assert b.assignments[b.constant(2**256 - 1)][0] == "integer"
    assert b.assignments[b.constant(2**256)] == ("decimal", (2.0**256,))
    assert b.assignments[b.constant(Fraction(1, 2**300))] == ("decimal", (2.0**-300,))


def test_finish_puts_inputs_first_and_constants_before_their_first_use() -> None:
    b = Builder()
    two = b.constant(2)
    x = b.input("x")
    b.make("exp", x)
    y = b.input("y")
    program = check(b.finish([("p", b.make("mul", two, b.make("add", x, y)))]))
    assert [operation for operation, _ in program.assignments] == ["input", "input", "add", "integer", "mul"]
    assert program.inputs == ("x", "y")
    assert program(1, 2) == 6


def test_calling_binds_by_place_and_by_name() -> None:
    f = parse("x - 2*y")
    assert f(1, 2) == f(1, y=2) == f(y=2, x=1) == -3
    for arguments, named in [((1,), {}), ((1, 2, 3), {}), ((1, 2), {"y": 2}), ((1, 2), {"z": 1})]:
        with pytest.raises(NamingError):
            f(*arguments, **named)
    assert parse("p = x; q = 2*x; output p, q")(3) == (3, 6)


def test_a_program_prints_as_its_list() -> None:
    assert str(parse("-(x + 1)/2")).splitlines() == ["w1 = x", "w2 = w1 + 1", "w3 = -w2", "w4 = w3/2", "f  = w4"]


def test_values_that_fail_are_named_and_shown() -> None:
    with pytest.raises(EvaluationError) as caught:
        parse("x + sqrt(y)/x")(1, -4)
    assert str(caught.value).splitlines() == [
        "w3 = sqrt(w2) is not defined at w2 = -4.0",
        "  x + sqrt(y)/x",
        "      ^^^^",
    ]


@pytest.mark.parametrize(
    ("assignments", "problem"),
    [
        ((("input", (0, ())), ("sin", (1,))), "comes after"),
        ((("input", (0, ())), ("sine", (0,))), "no known operation"),
        ((("input", (0, ())), ("sin", (0, 0))), "number of operands"),
        ((("sin", (0,)), ("input", (0, ()))), "input"),
        ((("input", (0, ())), ("sin", (0,)), ("sin", (0,))), "twice"),
        ((("input", (0, ())), ("not", (0,))), "truth values"),
    ],
)
def test_the_checker_shows_the_faulty_line(assignments: tuple[tuple[str, tuple[int, ...]], ...], problem: str) -> None:
    with pytest.raises(AssertionError, match=problem):
        check(Program(("x",), assignments, ("f",), (0,)))


def test_a_deep_program_prints_and_evaluates() -> None:
    program = parse("1 + (" * 100_000 + "x" + ")" * 100_000)
    assert program(0) == 100_000
    assert len(str(program).splitlines()) == 100_002
