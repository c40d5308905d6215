"""Questions whose answers are known are not asked, and nothing else changes."""

from __future__ import annotations

import math
from typing import Any

import pytest

from symad import narrowing
from symad.narrowing import narrowed
from symad.parse import parse
from symad.program import Program
from symad.simplify import Table, simplify
from symad.wellformed import check
from tests.printers.test_conditions import POINTS, attempt, written

HEADER = "input x, y, z\n"
ASWRITTEN = Table()  # no identities
PLACES = [*POINTS, (-0.5, 1.0), (1.0, -2.0), (1.5, 1.5), (-1.0, -1.0)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("if x > 0 then (if x > 0 then y else z) else x", "if x > 0 then y else x"),
        ("if x > 0 then y else (if x > 0 then z else x)", "if x > 0 then y else x"),
        ("if x > 0 then (if not x > 0 then y else z) else x", "if x > 0 then z else x"),
        ("if x > 1 then (if x > 0 then y else z) else x", "if x > 1 then y else x"),
        ("if x > 1 then (if x >= 1 then y else z) else x", "if x > 1 then y else x"),
        ("if x > 1 then (if x == 1 then y else z) else x", "if x > 1 then z else x"),
        ("if x < y then (if y > x then x else z) else x", "if x < y then x else x"),
        ("if x == y then (if x <= y then y else z) else x", "if x == y then y else x"),
        ("if not x >= 1 then (if x > 2 then y else z) else x", "if not x >= 1 then z else x"),
        ("if x > 0 and y > 0 then (if y > 0 then z else x) else 1", "if x > 0 and y > 0 then z else 1"),
        ("if x > 0 or y > 0 then 1 else (if y > 0 then z else x)", "if x > 0 or y > 0 then 1 else x"),
        ("if x > 0 then (if x > 0 and y > 0 then y else z) else x", "if x > 0 then (if y > 0 then y else z) else x"),
        ("if x > 1 then (if x > 0 then y else z) else z", "if x > 1 then y else z"),
        ("if x < y then (if y > x then z else x) else x", "if x < y then z else x"),
        ("if x > 1 and x > 0 then y else z", "if x > 1 then y else z"),
        ("if x > 1 and x < 0 then y else z", "z"),
        ("if x > 1 or x > 2 then y else z", "if x > 1 then y else z"),
        ("if x > 1 or not x > 1 then y else z", "y"),
        ("if x > 0 then abs(x) else y", "if x > 0 then x else y"),
        ("if x < 0 then abs(x) else y", "if x < 0 then -x else y"),
        ("if x < -1 then sign(x)*y else z", "if x < -1 then -y else z"),
        ("if x > y then max(x, y) else z", "if x > y then x else z"),
        ("if x > y then min(y, x) else z", "if x > y then y else z"),
        ("if x > 2 then max(1, x) else z", "if x > 2 then x else z"),
        ("if x > 2 then relu(x) else z", "if x > 2 then x else z"),
        ("s = (if x > 0 then x else y); if x > 0 then s*z else s", "if x > 0 then x*z else y"),
        ("clamp(clamp(x, 0, 1), 0, 1)", "t = clamp(x, 0, 1); if t < 0 then 0 else if t > 1 then 1 else t"),
        # a nan is not less, not equal and not greater: this is no question whose answer is known
        ("if x > 0 then 1 else if x <= 0 then 2 else 3", "if x > 0 then 1 else if x <= 0 then 2 else 3"),
    ],
)  # fmt: skip
def test_what_is_known_is_not_asked(text: str, expected: str) -> None:
    given, wanted = parse(HEADER + text), parse(HEADER + expected)
    found = check(simplify(given))
    assert found.operation_count == simplify(wanted).operation_count
    assert all(found(x, y, 0.25) == given(x, y, 0.25) == wanted(x, y, 0.25) for x, y in PLACES)


def disagreements(program: Program, narrow: Program) -> list[Any]:
    """List where two programs differ, of the points where the first one has a value."""
    found = [(attempt(program, point), attempt(narrow, point)) for point in PLACES]
    return [pair for pair in found if pair[0] is not None and pair[0] != pair[1]]


@pytest.mark.parametrize("seed", range(200))
def test_values_are_the_same_to_the_bit(seed: int) -> None:
    program = parse(written(seed))
    narrow = check(narrowed(program, ASWRITTEN))
    assert not disagreements(program, narrow)
    assert narrow.operation_count <= program.operation_count


def test_a_nan_takes_the_branch_that_it_takes_as_written() -> None:
    program = simplify(parse("if x > 0 then 1 else if x <= 0 then 2 else 3"))
    assert [program(x) for x in (1, 0, math.nan)] == [1, 2, 3]


def test_a_wrong_comparison_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(narrowing.COMPARED, "le", narrowing.LESS)
    program = parse("if x <= 1 then (if x == 1 then 2 else x) else 3")
    assert program(1) == 2
    assert narrowed(program, ASWRITTEN)(1) != 2


def test_a_program_without_conditions_is_given_back() -> None:
    program = parse("x*y + abs(x)")
    assert narrowed(program, ASWRITTEN) is program
