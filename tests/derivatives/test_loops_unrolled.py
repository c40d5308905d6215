"""A program with loops of few iterations is the same program written out without loops: so are all its derivatives."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import mpmath
import pytest
from hypothesis import example, given

import symad
from symad.derivatives.kinds import derive as derived
from symad.derivatives.kinds import together
from symad.errors import DerivativeError
from symad.precise import evaluate
from symad.program import Program
from symad.wellformed import check
from tests.derivatives.methods import METHODS, SCALAR, STRAIGHT, derive
from tests.derivatives.unrolled import INPUTS, Pair, pairs

POINTS = ((0.7, -1.3, 0.4), (-0.6, 0.9, 2.2))
KINDS = ("value", "jacobian", "hessian")
DIGITS = 60
AGREES = mpmath.mpf(10) ** -40  # relative, and absolute below 1: what cancels has 20 digits left to do so


# A condition that is evaluated outside a loop and inside: what the loop captures are numbers.
CONDITION = Pair(
    "input x, y, z; a = if x > 1/2 then y else z; for i in 1..2 { a = a + (if x > 1/2 then x else i) }; a",
    "input x, y, z; a = if x > 1/2 then y else z; a + (if x > 1/2 then 2*x else 3)",
)


def values(program: Program, point: Sequence[float]) -> dict[str, Any]:
    """Give the outputs by label; what is structurally zero has no output."""
    return dict(zip(program.outputs, evaluate(program, point, DIGITS), strict=True))


def compare(ours: Program, theirs: Program, what: str) -> None:
    """Insist on the same outputs and on the same values; one of the two may know that an output is zero."""
    assert ours.inputs == theirs.inputs, what
    for point in POINTS:
        seeds = [0.3 + 0.7 * k for k in range(len(ours.inputs) - len(INPUTS))]
        left, right = values(ours, [*point, *seeds]), values(theirs, [*point, *seeds])
        for label in left | right:
            x, y = left.get(label, 0), right.get(label, 0)
            assert abs(x - y) <= AGREES * max(1, abs(x), abs(y)), (what, label, x, y)


def ways(kind: str, program: Program) -> Iterator[tuple[str, Program]]:
    """Derive by every method that takes the program."""
    for method in METHODS[kind]:
        try:
            yield method, check(derive(kind)(program, None, method))
        except DerivativeError:
            if method not in STRAIGHT:
                raise
    yield "cheapest", check(derive(kind)(program))


@given(pairs())
@example(CONDITION)
def test_values(pair: Pair) -> None:
    looped, written_out = map(symad.parse, pair)
    check(looped)
    compare(looped, written_out, "value")
    compare(check(symad.simplify(looped)), written_out, "simplified")
    compare(check(symad.save_operations(looped)), written_out, "saved")


@pytest.mark.parametrize("kind", ["gradient", "hessian_vector_product"])
@given(pair=pairs())
def test_derivatives_of_one_output(kind: str, pair: Pair) -> None:
    compare_derivatives(kind, pair)


@pytest.mark.parametrize("kind", [kind for kind in METHODS if kind not in SCALAR])
@given(pair=pairs(2))
def test_derivatives(kind: str, pair: Pair) -> None:
    compare_derivatives(kind, pair)


def compare_derivatives(kind: str, pair: Pair) -> None:
    looped, written_out = map(symad.parse, pair)
    expected = derive(kind)(written_out)
    for method, made in ways(kind, looped):
        compare(made, expected, f"{kind} {method}")


@given(pair=pairs(2))
def test_kinds_together_and_apart(pair: Pair) -> None:
    looped, written_out = map(symad.parse, pair)
    both = check(together([derived(kind, looped) for kind in KINDS]))
    expected = together([derived(kind, written_out) for kind in KINDS])
    compare(both, expected, "together")
    for label in both.outputs:
        part = check(both.part([label]))
        assert values(part, POINTS[0]) == {label: values(both, POINTS[0])[label]}


@given(pair=pairs(2))
def test_taylor(pair: Pair) -> None:
    looped, written_out = map(symad.parse, pair)
    compare(check(symad.taylor(looped, 3)), symad.taylor(written_out, 3), "taylor")


@pytest.mark.parametrize("of", ["jacobian", "hessian"])
@given(pair=pairs())
def test_patterns_contain_those_of_what_is_written_out(of: str, pair: Pair) -> None:
    looped, written_out = (symad.sparsity(symad.parse(text), of=of) for text in pair)
    for ours, theirs in zip(looped.entries, written_out.entries, strict=True):
        assert set(theirs) <= set(ours)
