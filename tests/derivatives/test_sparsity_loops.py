"""Patterns of programs with loops: exact where what is carried is independent, and never less than what is not zero."""

from __future__ import annotations

import pytest

import symad
from symad.parse import parse
from symad.patterns.pattern import Pattern
from symad.precise import evaluate

POINTS = ((0.7, -1.3, 0.4, 2.1), (-0.6, 0.9, 2.2, 0.3))
NAMES = "x, y, z, w"


def entries(pattern: Pattern) -> set[tuple[str, str]]:
    return {(pattern.rows[k], pattern.columns[c]) for k, row in enumerate(pattern.entries) for c in row}


def numerical(text: str) -> set[tuple[str, str]]:
    """Find the derivatives that are not zero at some point, from a gradient of every output by every input."""
    program = parse(f"input {NAMES}\n{text}")
    found = set()
    for output in program.outputs:
        gradient = symad.gradient(program.part([output]), method="forward")
        for point in POINTS:
            values = evaluate(gradient, point, 30)
            found |= {(output, name) for name, value in zip(program.inputs, values, strict=True) if value}
    return found


# fmt: off
EXACT = {
    "uncoupled":        "a = x; b = y; for k in 1..5 { a = sin(a)*z; b = b^2 + w }; output a, b",
    "one way":          "a = x; b = y; for k in 1..5 { a = a*b; b = sin(b) }; output a, b",
    "exchanged":        "a = x; b = y; for k in 1..5 { t = a; a = b; b = t*z }; output a, b",
    "a chain":          "a = x; b = y; c = z; for k in 1..5 { a = a*b; b = b*c; c = c*w }; output a, b, c",
    "reset":            "a = x; b = y; for k in 1..5 { a = b; b = 3 }; output a, b",
    "by steps only":    "a = x; for k in 1..5 { a = a + floor(y) }; output a",
    "a condition":      "a = x; for k in 1..5 { a = a + (if y > 0 then z else k) }; output a",
    "two loops":        "a = x; for k in 1..3 { a = a*y }; b = z; for k in 1..3 { b = b*w }; output a, b",
    "nested":           "a = x; b = y; for i in 1..3 { for j in 1..i { a = a*z }; b = b*w }; output a, b",
    "while":            "a = x; b = y; while a < 9 { a = 2*a + 5; b = b*z }; output a, b",
    "sums":             "p = sum(k in 1..3: x^k*y); q = product(k in 1..3: z + k); output p, q",
}
# fmt: on
WIDER = {"exchanged", "reset"}  # a pattern is that of any number of iterations, not of five


@pytest.mark.parametrize("name", EXACT)
def test_patterns_against_derivatives(name: str) -> None:
    pattern = entries(symad.sparsity(parse(f"input {NAMES}\n{EXACT[name]}")))
    found = numerical(EXACT[name])
    assert found <= pattern
    if name not in WIDER:
        assert found == pattern


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a = x; b = y; for k in 1..n { a = sin(a)*z; b = 2*b + w }; a + b", {"xx", "xz", "zz"}),
        ("a = x; b = y; for k in 1..n { a = a*2; b = b + 3*w }; a + b", set()),
        ("s = 0; for k in 1..n { s = s + x^2*k + y*z }; s", {"xx", "yz"}),
        ("s = 0; for k in 1..n { s = s + exp(x)*k }; t = 0; for k in 1..n { t = t + y^2 }; s + t", {"xx", "yy"}),
        ("a = x; for k in 1..n { a = a*y }; a", {"xy", "yy"}),
        ("s = 0; for i in 1..n { p = z; for j in 1..i { p = p + x*y }; s = s + p }; s", {"xy"}),
    ],
)
def test_patterns_of_hessians(text: str, expected: set[str]) -> None:
    program = parse(f"input {NAMES}, n\n{text}")
    pattern = symad.sparsity(program, of="hessian")
    found = {"".join(sorted(pair)) for pair in entries(pattern)}
    assert found >= expected
    assert {label.removeprefix("d2f/").replace("d", "") for label in symad.hessian(program).outputs} == found
    assert found == expected
