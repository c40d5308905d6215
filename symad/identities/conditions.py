"""Identities of conditions and of what is chosen by them. The operands of a select are lazy, and stay so."""

from __future__ import annotations

import operator
from collections.abc import Callable

from symad.builder import Builder
from symad.identities.table import ANY, NUMBER, number, of, row
from symad.numbers import Number

COMPARE: dict[str, Callable[[Number, Number], bool]] = {
    "lt": operator.lt, "le": operator.le, "gt": operator.gt, "ge": operator.ge, "eq": operator.eq, "ne": operator.ne,
}  # fmt: skip
JOINED = 32  # conditions of one conjunction or disjunction that are put in one row, from the left


def turned(name: str, opposite: str) -> None:
    """Enter a comparison whose number comes first: it comes second."""

    def number_last(b: Builder, x: int, y: int) -> int | None:
        return None if b.kinds[y] in NUMBER else b.make(opposite, y, x)

    sign = {"lt": "<", "le": "<=", "gt": ">", "ge": ">=", "eq": "==", "ne": "!="}
    law = f"(if 0 {sign[name]} x then y else z) = (if x {sign[opposite]} 0 then y else z)"
    row("exact", name, (NUMBER, ANY), law, "the other one is no number")(number_last)


for _name, _opposite in {"lt": "gt", "le": "ge", "gt": "lt", "ge": "le", "eq": "eq", "ne": "ne"}.items():
    turned(_name, _opposite)


@row("exact", "select", (ANY, ANY, ANY), "(if x > 0 then y else y) = y", "both branches are one value")
def equal_branches(_b: Builder, _c: int, x: int, y: int) -> int | None:
    return x if x == y else None


@row(
    "exact", "select", (frozenset(COMPARE), ANY, ANY), "(if 1 < 2 then x else y) = x", "it compares numbers, as doubles"
)
def decided_condition(b: Builder, c: int, x: int, y: int) -> int | None:
    operation, (left, right) = b.assignments[c]
    if b.kinds[left] not in NUMBER or b.kinds[right] not in NUMBER:
        return None
    return x if COMPARE[operation](float(number(b, left)), float(number(b, right))) else y


@row("exact", "select", ("not", ANY, ANY), "(if not x > 0 then y else z) = (if x > 0 then z else y)")
def negated_condition(b: Builder, c: int, x: int, y: int) -> int | None:
    return b.make("select", of(b, c)[0], y, x)


@row("exact", "not", ("not",), "(if y > 0 and not (not x > 0) then y else z) = (if y > 0 and x > 0 then y else z)")
def double_negation(b: Builder, c: int) -> int | None:
    return of(b, c)[0]


LESS_OR_EQUAL = "(if x < y or x == y then z else u) = (if x <= y then z else u)"
GREATER_OR_EQUAL = "(if x > y or x == y then z else u) = (if x >= y then z else u)"
COMPLEMENTARY = "(if x > 0 then y else 0) + (if x > 0 then 0 else z) = (if x > 0 then y else z)"
ZERO_OR_ONE = "(if x > 0 then 1 else 0)*y = (if x > 0 then y else 0)"
ONE_OR_ZERO = "y*(if x > 0 then 1 else 0) = (if x > 0 then y else 0)"


@row("exact", "or", ("lt gt", "eq"), f"{LESS_OR_EQUAL}, {GREATER_OR_EQUAL}", "both compare the same values")
def or_equal(b: Builder, c: int, d: int) -> int | None:
    operation, operands = b.assignments[c]
    if of(b, d) not in (operands, operands[::-1]):
        return None
    return b.make("le" if operation == "lt" else "ge", *operands)


@row("exact", "add", ("select", "select"), COMPLEMENTARY)
def complementary_branches(b: Builder, x: int, y: int) -> int | None:
    (c, x1, x2), (d, y1, y2) = of(b, x), of(b, y)
    if c != d:
        return None
    yes = x1 if b.number(y1) == 0 else y1 if b.number(x1) == 0 else None
    no = x2 if b.number(y2) == 0 else y2 if b.number(x2) == 0 else None
    return None if yes is None or no is None else b.make("select", c, yes, no)


def branches(b: Builder, v: int) -> bool:
    """Tell whether a select chooses among numbers, directly or one level down."""
    return all(
        b.number(w) is not None
        or b.assignments[w][0] == "select" and all(b.number(u) is not None for u in of(b, w)[1:])
        for w in of(b, v)[1:]
    )  # fmt: skip


@row("real", "mul", ("select", ANY), ZERO_OR_ONE, "the branches are numbers")
def numbers_by_condition(b: Builder, x: int, y: int) -> int | None:
    if not branches(b, x):
        return None
    condition, yes, no = of(b, x)
    return b.make("select", condition, b.make("mul", yes, y), b.make("mul", no, y))


@row("real", "mul", (ANY, "select"), ONE_OR_ZERO, "the branches are numbers")
def by_condition(b: Builder, x: int, y: int) -> int | None:
    return numbers_by_condition(b, y, x)


# Nested selects with a branch in common are one select.

BOTH = "(if x > 0 then (if y > 0 then z else u) else u) = (if x > 0 and y > 0 then z else u)"
FIRST_ONLY = "(if x > 0 then (if y > 0 then z else u) else z) = (if x > 0 and not y > 0 then u else z)"
EITHER = "(if x > 0 then z else if y > 0 then z else u) = (if x > 0 or y > 0 then z else u)"
SECOND_ONLY = "(if not (not x > 0) then z else if y > 0 then u else z) = (if not x > 0 and y > 0 then u else z)"


def joined(b: Builder, operation: str, first: int, second: int) -> int:
    """Join two conditions by `and` or `or`, nested from the left."""
    operands: list[int] = []
    while len(operands) < JOINED and b.assignments[second][0] == operation:
        second, last = of(b, second)
        operands.append(last)
    for condition in (second, *reversed(operands)):
        first = b.make(operation, first, condition)
    return first


@row("exact", "select", (ANY, "select", ANY), f"{BOTH}, {FIRST_ONLY}")
def both_conditions(b: Builder, c: int, x: int, y: int) -> int | None:
    condition, yes, no = of(b, x)
    if no == y:
        return b.make("select", joined(b, "and", c, condition), yes, y)
    if yes == y:
        return b.make("select", joined(b, "and", c, b.make("not", condition)), no, y)
    return None


@row("exact", "select", (ANY, ANY, "select"), f"{EITHER}, {SECOND_ONLY}")
def either_condition(b: Builder, c: int, x: int, y: int) -> int | None:
    condition, yes, no = of(b, y)
    if yes == x:
        return b.make("select", joined(b, "or", c, condition), x, no)
    if no == x:
        return b.make("select", joined(b, "and", b.make("not", c), condition), yes, x)
    return None
