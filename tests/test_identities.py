"""Every row of the table of identities: its law is what it does, and its law is true."""

from __future__ import annotations

import importlib
import itertools
import math
import random

import pytest

from symad.errors import EvaluationError
from symad.identities import ROWS, Identity
from symad.parse import parse
from symad.program import Program
from symad.simplify import Table, applicable, simplify
from symad.wellformed import check

HEADER = "input x, y, z, u\n"


def laws() -> list[tuple[Identity, str, str]]:
    """List every law of every row, as its two sides."""
    found = []
    for row in ROWS:
        for law in split(row.law):
            left, _, right = law.partition(" = ")
            found.append((row, left, right))
    return found


def split(text: str) -> list[str]:
    """Split at the commas outside parentheses."""
    parts, depth, start = [], 0, 0
    for place, character in enumerate(text):
        depth += (character == "(") - (character == ")")
        if character == "," and depth == 0:
            parts.append(text[start:place].strip())
            start = place + 1
    return [*parts, text[start:].strip()]


LAWS = laws()
NAMES = [f"{row.name}: {left} = {right}" for row, left, right in LAWS]


def points(seed: int) -> list[list[float]]:
    """Sample points: negative and positive, large and small."""
    random_ = random.Random(seed)
    return [[random_.choice((-1, 1)) * 10 ** random_.uniform(-2, 1) for _ in range(4)] for _ in range(40)]


def value(program: Program, point: list[float]) -> float | None:
    try:
        found: float = program(*point)
    except EvaluationError:
        return None
    return found


@pytest.mark.parametrize(("row", "left", "right"), LAWS, ids=NAMES)
def test_the_row_does_what_its_law_says(row: Identity, left: str, right: str) -> None:
    assert check(simplify(parse(HEADER + left))) == check(simplify(parse(HEADER + right)))


@pytest.mark.parametrize(("row", "left", "right"), LAWS, ids=NAMES)
def test_the_law_is_true(row: Identity, left: str, right: str) -> None:
    one, other = parse(HEADER + left), parse(HEADER + right)
    compared = 0
    for point in points(len(left)):
        a, b = value(one, point), value(other, point)
        if a is None or b is None:
            continue
        compared += 1
        if row.group == "exact":
            assert a == b, point
        else:  # reassociated: a few units in the last place of the largest intermediate value
            assert math.isclose(a, b, rel_tol=1e-13, abs_tol=1e-13), point
    assert compared >= 5


@pytest.mark.parametrize("row", ROWS, ids=[row.name + "/" + min(row.operations) for row in ROWS])
def test_without_the_row_a_law_is_not_found(row: Identity, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each row is needed: take it out, and one of its left sides is no longer brought to its right side."""
    others = [other for other in ROWS if other is not row]
    monkeypatch.setattr(importlib.import_module("symad.simplify"), "ROWS", others)
    monkeypatch.setattr(importlib.import_module("symad.simplify"), "identities", Table())
    mine = [(left, right) for candidate, left, right in LAWS if candidate is row]
    assert any(simplify(parse(HEADER + left)) != simplify(parse(HEADER + right)) for left, right in mine)


def test_rows_have_distinct_functions_and_known_groups() -> None:
    assert {row.group for row in ROWS} == {"exact", "real"}
    assert len({row.apply for row in ROWS}) == len(ROWS)
    assert all(row.law and row.operands for row in ROWS)


def test_dispatch_agrees_with_the_table() -> None:
    kinds = ("zero", "one", "positive", "negative", "scaled", "reciprocal", "mul", "add", "neg", "pow", "input")
    for operation, a, b in itertools.product(("add", "sub", "mul", "div", "pow"), kinds, kinds):
        for row in applicable(("exact", "real"), operation, a, b, False):
            assert any(row is known.apply and operation in known.operations for known in ROWS)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1e308*10", "1e308*10"),
        ("9^9^9^9", "9^9^387420489"),
        ("1/0", "1/0"),
        ("0*x", "0"),
        ("(0 - 1)*x", "-x"),
        ("(0-1)^1000001", "-1"),
        ("(0-1)^1000000", "1"),
        ("(1-1)^1000000", "0"),
        ("(1-1)^2*x", "0"),
        ("(1-1)^0", "1"),
        ("(1-1)^-1", "0^-1"),
    ],
)
def test_what_overflows_stays_an_operation(text: str, expected: str) -> None:
    assert simplify(parse("input x\n" + text)) == simplify(parse("input x\n" + expected))
