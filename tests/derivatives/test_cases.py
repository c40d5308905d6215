"""Sums by cases: the terms whose conditions hold, and nothing else."""

from __future__ import annotations

import itertools
import random

import pytest

import symad
from symad.builder import Builder
from symad.derivatives.cases import by_cases
from symad.needs import ALWAYS, LEVELS, both, either, expand
from symad.parse import parse
from symad.simplify import identities
from tests.test_decisions import condition, truth


@pytest.mark.parametrize("seed", range(150))
@pytest.mark.parametrize("simplified", [False, True])
def test_the_terms_whose_conditions_hold_add_up(seed: int, simplified: bool) -> None:
    random_ = random.Random(seed)
    b = Builder(identities if simplified else None)
    questions = [b.make("gt", b.input(f"q{k}"), b.constant(0)) for k in range(4)]
    terms, need = [], None
    for k in range(random_.randint(1, 4)):
        holds = [both(b, ALWAYS, path) for path in expand(b, condition(random_, b, questions, 2), True, LEVELS)]
        whole = None
        for path in holds:
            whole = path if whole is None else either(b, whole, path)
        if whole is not None and whole != -2:
            terms.append((b.input(f"t{k}"), whole))
            need = whole if need is None else either(b, need, whole)
    if need is None:
        return
    for wanted in (need, ALWAYS):
        program = b.fork().finish([("f", by_cases(b, terms, wanted))]) if False else None
        value = by_cases(b, terms, wanted)
        program = b.fork().finish([("f", value)])
        for outcomes in itertools.product((-1.0, 1.0), repeat=4):
            known = {q: sign > 0 for q, sign in zip(questions, outcomes, strict=True)}
            if wanted == need != ALWAYS and not truth(b, need, known, set()):
                continue
            at = {f"q{k}": sign for k, sign in enumerate(outcomes)} | {f"t{k}": 2.0**k for k in range(4)}
            counted = [t for t, c in terms if c == ALWAYS or truth(b, c, known, set())]
            expected = sum(at[b.inputs[b.assignments[t][1][0]]] for t in counted)
            assert program(**{name: at[name] for name in program.inputs}) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("if x < 0 then -x else if x < 1 then x^2 else x", "if x < 0 then -1 else if x < 1 then 2*x else 1"),
        ("if x > 0 or y > 0 then x*y else x", "if x > 0 or y > 0 then y else 1"),
        ("if x > 0 and y > 0 then x*y else x", "if x > 0 and y > 0 then y else 1"),
        ("if not (x > 0 or y > 0) then x^2 else 2*x", "if x > 0 or y > 0 then 2 else 2*x"),
        ("clamp(x, 0, 1)*y", "if x < 0 or x > 1 then 0 else y"),
        ("clamp(x, 0, 1)^2", "if x < 0 or x > 1 then 0 else 2*x"),
        ("max(0, x)^2", "2*(if x <= 0 then 0 else x)"),
    ],
)
def test_a_derivative_reads_like_its_formula(text: str, expected: str) -> None:
    assert symad.formulas(symad.gradient(parse(text), ["x"]))["df/dx"] == expected


def test_many_cases_are_linear() -> None:
    def pieces(count: int) -> int:
        text = "".join(f"if x < {k} then {k}*x^2 else " for k in range(count)) + "x"
        return symad.gradient(parse(text)).operation_count

    assert pieces(400) - pieces(300) == pieces(300) - pieces(200)
