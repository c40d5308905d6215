"""Conditions as trees of decisions: the same truth, and no question that was not asked before."""

from __future__ import annotations

import itertools
import random
from collections.abc import Mapping

import pytest

from symad.builder import Builder
from symad.decisions import compact, paths
from symad.needs import ALWAYS, LEVELS, alternatives, both, either, expand


def truth(b: Builder, condition: int, outcomes: Mapping[int, bool], asked: set[int]) -> bool:
    """Evaluate a condition as Python does, and note what is asked."""
    operation, operands = b.assignments[condition]
    if operation == "not":
        return not truth(b, operands[0], outcomes, asked)
    if operation in ("and", "or"):
        first = truth(b, operands[0], outcomes, asked)
        return first if first == (operation == "or") else truth(b, operands[1], outcomes, asked)
    asked.add(condition)
    return outcomes[condition]


def condition(random_: random.Random, b: Builder, questions: list[int], depth: int) -> int:
    kind = random_.choice(("and", "or", "not", "")) if depth else ""
    if kind == "not":
        return b.make("not", condition(random_, b, questions, depth - 1))
    if kind:
        return b.make(kind, *[condition(random_, b, questions, depth - 1) for _ in range(2)])
    return random_.choice(questions)


@pytest.mark.parametrize("seed", range(200))
def test_a_compact_condition_asks_no_more(seed: int) -> None:
    random_ = random.Random(seed)
    b = Builder()
    x = b.input("x")
    questions = [b.make("gt", x, b.constant(k)) for k in range(4)]
    need = None
    for _ in range(random_.randint(1, 3)):
        for path in expand(b, condition(random_, b, questions, 3), True, LEVELS):
            found = both(b, ALWAYS, path)
            need = found if need is None else either(b, need, found)
    if need is None or need < 0:
        return
    short = compact(b, need)
    assert len(paths(b, need)) in (1, len(alternatives(b, need)))
    for values in itertools.product((False, True), repeat=4):
        outcomes = dict(zip(questions, values, strict=True))
        before: set[int] = set()
        after: set[int] = set()
        holds = [truth(b, path, outcomes, before) for path in alternatives(b, need)]  # each may be asked first
        assert truth(b, short, outcomes, after) == any(holds)
        assert after <= before


def test_a_decision_stands_there_once() -> None:
    b = Builder()
    x = b.input("x")
    p, q, r = (b.make("gt", x, b.constant(k)) for k in range(3))
    not_p = b.make("not", p)
    first = either(b, p, both(b, ALWAYS, [(p, False), (q, True)]))
    assert b.assignments[compact(b, first)] == ("or", (p, q))
    closed = either(b, both(b, ALWAYS, [(p, False), (r, True)]), p)
    assert b.assignments[compact(b, closed)] == ("or", (p, r))
    other = b.make("or", b.make("and", p, q), b.make("and", not_p, r))
    assert compact(b, other) == other
    assert compact(b, b.make("or", r, b.make("and", p, r))) == r


@pytest.mark.parametrize("seed", range(200))
def test_a_compact_condition_is_the_same_in_whatever_order_its_alternatives_ask(seed: int) -> None:
    """Two alternatives may ask the same in another order: one of them has to stay."""
    random_ = random.Random(seed)
    b = Builder()
    questions = [b.input(name) for name in "pqrs"]
    found = -1
    for _ in range(random_.randint(2, 5)):
        literals = [v if random_.random() < 0.6 else b.make("not", v) for v in random_.sample(questions, 3)]
        path = b.make("and", b.make("and", literals[0], literals[1]), literals[2])
        again = b.make("and", b.make("and", literals[2], literals[0]), literals[1])
        for one in (path, again)[: random_.randint(1, 2)]:
            found = one if found < 0 else b.make("or", found, one)
    made = compact(b, found)
    for outcomes in itertools.product((False, True), repeat=len(questions)):
        known = dict(zip(questions, outcomes, strict=True))
        assert truth(b, made, known, set()) == truth(b, found, known, set())
