"""The parts of a formula: every assignment's place has the part of the text that it stands for."""

from __future__ import annotations

import time

import pytest

from symad.operations import LEAVES
from symad.parse import parse
from symad.spans import spans

WHERE = "where(not (x < y) and x != 0, x, y)"


def parts(text: str) -> list[str]:
    """Give the part of each operation, in order."""
    program, found = parse(text), spans(text)
    pairs = zip(program.assignments, program.origins, strict=True)
    return [text[slice(*found[place])] for (name, _), place in pairs if name not in LEAVES]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("x1*x2 + sin(x1)", ["x1*x2", "sin(x1)", "x1*x2 + sin(x1)"]),
        ("a - b - c", ["a - b", "a - b - c"]),
        ("a - (b - c)", ["b - c", "a - (b - c)"]),
        ("(a + b) * c", ["a + b", "(a + b) * c"]),
        ("a^b^c", ["b^c", "a^b^c"]),
        ("-x^2", ["x^2", "-x^2"]),
        ("x² + √y", ["x²", "√y", "x² + √y"]),
        ("max(x, y, z)", ["max(x, y, z)", "max(x, y, z)"]),
        ("f(a, b) = a*b\ny = f(x, z) + f(z, x^2)", ["f(x, z)", "x^2", "f(z, x^2)", "f(x, z) + f(z, x^2)"]),
        ("if x > 0 then x*y else -x", ["x > 0", "x*y", "-x", "if x > 0 then x*y else -x"]),
        (WHERE, ["x < y", "not (x < y)", "x != 0", "not (x < y) and x != 0", WHERE]),
        ("log(x, 2)", ["log(x, 2)", "log(x, 2)", "log(x, 2)"]),
        ("# first\n y = x+1 # second\n y*\\\n y".replace("\\\n", ""), ["x+1", "y* y"]),
        ("2*pi*r", ["pi", "2*pi", "2*pi*r"]),
    ],
)
def test_parts(text: str, wanted: list[str]) -> None:
    assert sorted(parts(text)) == sorted(wanted)


def test_every_assignment_has_a_part() -> None:
    text = "input x, y\ng(u) = u^2/3 - 1\np = g(x)*2.5e1; q = atan2(p, -y)\noutput p, q"
    program, found = parse(text), spans(text)
    assert set(program.origins) <= set(found)


def test_declared_inputs_are_parts_of_their_own() -> None:
    text = "input alpha, b,c\nf(u, v) = u*v\nf(alpha, b)*c"
    program, found = parse(text), spans(text)
    places = [program.origins[value] for value in range(len(program.inputs))]
    assert [text[slice(*found[place])] for place in places] == ["alpha", "b", "c"]


def test_long_and_deep_formulas_take_linear_time() -> None:
    start = time.process_time()
    spans(" + ".join(f"x{k}" for k in range(100_000)))
    spans("(" * 100_000 + "x" + ")" * 100_000)
    assert time.process_time() - start < 30  # a quadratic part would take hours
