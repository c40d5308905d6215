"""Loops: how they are read, what a body captures, how they are evaluated, and where they end."""

from __future__ import annotations

import math

import pytest

import symad
from symad.errors import EvaluationError
from symad.loops import LIMIT, read_loop
from symad.operations import LOOP
from symad.parse import parse
from symad.program import Program
from symad.wellformed import check

# fmt: off
VALUES = [  # a program, a point, its value
    ("s = 0; for k in 1..n { s = s + k }; s",                                     {"n": 10},           55),
    ("s = 0; for k in -3..3 { s = s + k^2 }; s",                                  {},                  28),
    ("s = 0; for k in a..b { s = s + k }; s",                                     {"a": 3, "b": 5},    12),
    ("s = 7; for k in 1..0 { s = s + k }; s",                                     {},                  7),
    ("s = 7; for k in 5..n { s = 0 }; s",                                         {"n": 4},            7),
    ("sum(k in 1..n: product(j in 1..k: j))",                                     {"n": 5},            153),
    ("a = 0; b = 1; for k in 1..n { c = a + b; a = b; b = c }; a",                {"n": 30},           832040),
    ("a = 1; for k in 1..n { a = a*2; for j in 1..k { a = a + 1 } }; a",          {"n": 4},            42),
    ("n = 0; while x > 1 { x = (if mod(x, 2) == 0 then x/2 else 3*x + 1); n = n + 1 }; n", {"x": 27},  111),
    ("f(m) = { s = 0; for k in 1..m { s = s + k }; s }; f(3)*f(4) + f(3)",        {},                  66),
    ("f(m) = sum(k in 1..m: k^2); g(m) = sum(k in 1..m: f(k)); g(3)",             {},                  20),
    ("k = 5; s = 0; for k in 1..3 { s = s + k }; s + k",                          {},                  11),
    ("t = 2; s = 0; for k in 1..3 { s = s + t*k }; t = 9; s",                     {},                  12),
    ("t = 2; for k in 1..3 { t = 5 }; t",                                         {},                  5),
    ("s = 0; for k in 1..3 { u = k; v = u^2; s = s + v }; s",                     {},                  14),
    ("s = 0\nfor k in 1..3\n{\n  s = s + k  # a sum\n\n}\ns",                     {},                  6),
    ("sum(e in 1..3: e)",                                                         {},                  6),
    ("a = [5, 6, 7]; a[1] + 10*a[2] + 100*a[3] + 1000*length(a)",                 {},                  3765),
    ("a = [1, x, x^2, 4]; y = 0; for c in a { y = y*10 + c }; y",                 {"x": 2},            1244),
    ("a = [1, 2, 3, 4, 5]; s = 0; for k in 1..length(a) { s = s*10 + a[k] }; s",  {},                  12345),
    ("a = [1, 2, 3, 4, 5]; s = 0; for k in 0..4 { s = s*10 + a[5 - k] }; s",      {},                  54321),
    ("a = [1, 2]; b = [3, 4, 5]; sum(i in 1..2: sum(j in 1..2: a[i]*b[i + j - 1]))", {},               25),
    ("a = [2, 3, 4]; product(c in a: c)",                                         {},                  24),
    ("f(t) = { a = [t, 2*t]; a[1]*a[2] }; f(3)",                                  {},                  18),
    ("a = [1]; a = [2, 3]; a[2]",                                                 {},                  3),
    ("length(t) = t^2; length(x)",                                                {"x": 3},            9),
]
# fmt: on


@pytest.mark.parametrize(("text", "point", "expected"), VALUES)
def test_values(text: str, point: dict[str, float], expected: float) -> None:
    declared = "input x; " if text.startswith("n = 0") else ""
    program = check(parse(declared + text))
    assert set(program.inputs) == set(point)
    assert program(**point) == expected
    assert check(symad.simplify(program))(**point) == expected


def loops(program: Program) -> list[int]:
    """List the loops of a program."""
    return [value for value, (operation, _) in enumerate(program.assignments) if operation == LOOP]


def test_what_a_body_assigns_is_carried_and_what_it_reads_is_captured() -> None:
    program = parse("a = x; c = 2; for k in 1..n { t = c*a; a = t + y }; a")
    [value] = loops(program)
    body = read_loop(program.assignments, value).body
    assert body.program.inputs == ("k", "a", "y")  # a number is no operand
    assert body.program.outputs == ("a",)
    assert (body.carried, body.items, body.captured, body.emitted) == (1, 0, 1, 0)


def test_equal_loops_are_one() -> None:
    program = parse("f(a) = sum(k in 1..9: a^k); f(x) + f(x)*f(y)")
    assert len(loops(program)) == 2
    bodies = {operands[0] for operation, operands in program.assignments if operation == LOOP}
    assert len(bodies) == 1


def test_size_does_not_depend_on_the_iterations() -> None:
    few, many = (parse(f"y = x; for k in 1..{n} {{ y = sin(y)*k }}; y") for n in (123456, 10_000_000))
    for derive in (symad.simplify, symad.gradient, symad.hessian, symad.hessian_vector_product):
        assert str(derive(few)).replace("123456", "10000000") == str(derive(many))


def test_what_is_used_in_a_branch_only_is_computed_there() -> None:
    program = parse("y = log(x); s = 0; for k in 1..3 { s = s + (if x > 0 then y*k else x) }; s")
    assert program(-2) == -6
    assert symad.gradient(program)(-2) == 3
    assert symad.gradient(program)(2) == 3
    assert program(2) == pytest.approx(6 * math.log(2), rel=1e-15)


def test_what_cannot_fail_is_captured() -> None:
    program = parse("y = sin(x); s = 0; for k in 1..3 { s = s + (if x > 0 then y*k else x) }; s")
    [value] = loops(program)
    assert "y" in read_loop(program.assignments, value).body.program.inputs


# fmt: off
FAILURES = [  # a program, a point, the message
    ("sum(k in 1..n: k)", {"n": 2.5}, "an index is a whole number up to 2^53, and 2.5 is none"),
    ("sum(k in 1..n: k)", {"n": -2},  "a loop from 1 to -2 would run -2 times"),
    ("sum(k in 1..n: k)", {"n": math.inf}, "an index is a whole number up to 2^53, and inf is none"),
    ("sum(k in 1..n: log(2 - k))", {"n": 3}, "w4 = log(w3) is not defined at w3 = 0.0, for k = 2"),
    ("s = 1; while s > 0 { s = s + 1 }; s", {}, f"a `while` has not ended after {LIMIT:,} iterations"),
    ("s = x; while s > -9 { s = log(s) - 1 }", {"x": 1}, "w3 = log(w1) is not defined at w1 = -1.0, in iteration 2"),
]
# fmt: on


@pytest.mark.parametrize(("text", "point", "message"), FAILURES)
def test_failures(text: str, point: dict[str, float], message: str) -> None:
    program = parse(text)
    with pytest.raises(EvaluationError) as caught:
        program(**point)
    assert caught.value.reason == message
    with pytest.raises(EvaluationError):
        symad.compile(program)(*[point[name] for name in program.inputs])


def test_a_while_may_end_after_the_last_iteration() -> None:
    program = parse(f"k = 0; while k < {LIMIT} {{ k = k + 1 }}; k")
    assert symad.compile(program)() == LIMIT
    other = parse(f"k = 0; y = x; while k < {LIMIT} {{ k = k + 1; y = y + x }}; y")
    assert symad.compile(symad.gradient(other))(1) == LIMIT + 1
