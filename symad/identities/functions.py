"""Identities of functions and conditions."""

from __future__ import annotations

import operator
from collections.abc import Callable

from symad.builder import Builder
from symad.identities.table import ANY, NUMBER, Apply, even, number, of, row, scaled
from symad.numbers import Number
from symad.operations import EVEN, ODD

COMPARE: dict[str, Callable[[Number, Number], bool]] = {
    "lt": operator.lt, "le": operator.le, "gt": operator.gt, "ge": operator.ge, "eq": operator.eq, "ne": operator.ne,
}  # fmt: skip
NOT_NEGATIVE = "abs sqrt exp exp2 cosh hypot sigmoid softplus relu normcdf"


def odd(name: str) -> Apply:
    """Make the function that takes a sign out of an odd function."""

    def odd_function(b: Builder, x: int) -> int | None:
        opposite = of(b, x)[0] if b.kinds[x] == "neg" else b.constant(-number(b, x))
        return b.make("neg", b.make(name, opposite))

    return odd_function


def symmetric(name: str) -> Apply:
    """Make the function that drops a sign in an even function."""

    def even_function(b: Builder, x: int) -> int | None:
        return b.make(name, of(b, x)[0] if b.kinds[x] == "neg" else b.constant(-number(b, x)))

    return even_function


for _name in sorted(ODD - {"neg"}):
    row("exact", _name, ("neg negative",), f"{_name}(-x) = -{_name}(x)")(odd(_name))
for _name in sorted(EVEN):
    row("exact", _name, ("neg negative",), f"{_name}(-x) = {_name}(x)")(symmetric(_name))


@row("exact", "abs", (NOT_NEGATIVE,), "abs(exp(x)) = exp(x)", "the operand is never negative")
def absolute_of_positive(_b: Builder, x: int) -> int | None:
    return x


@row("exact", "abs", ("pow",), "abs(x^2) = x^2", "the exponent is even")
def absolute_of_even_power(b: Builder, x: int) -> int | None:
    return x if even(b.number(of(b, x)[1])) else None


@row("real", "sqrt", ("pow",), "sqrt(x^2) = abs(x), sqrt(x^4) = x^2, sqrt(x^6) = abs(x)^3", "the exponent is even")
def root_of_even_power(b: Builder, x: int) -> int | None:
    base, n = of(b, x)
    exponent = b.number(n)
    if not isinstance(exponent, int) or exponent % 2 or exponent < 2:
        return None
    half = exponent // 2
    return b.make("pow", b.make("abs", base) if half % 2 else base, b.constant(half))


@row("real", "cbrt", ("pow",), "cbrt(x^3) = x, cbrt(x^6) = x^2", "the exponent is a multiple of 3")
def cube_root_of_power(b: Builder, x: int) -> int | None:
    base, n = of(b, x)
    exponent = b.number(n)
    if not isinstance(exponent, int) or exponent % 3 or exponent < 3:
        return None
    return b.make("pow", base, b.constant(exponent // 3))


@row("real", "mul", ("abs", "sign"), "abs(x)*sign(x) = x")
def absolute_times_sign(b: Builder, x: int, y: int) -> int | None:
    return of(b, x)[0] if of(b, x) == of(b, y) else None


@row("real", "mul", ("sign", "abs"), "sign(x)*abs(x) = x")
def sign_times_absolute(b: Builder, x: int, y: int) -> int | None:
    return of(b, x)[0] if of(b, x) == of(b, y) else None


@row("real", "div", ("sign", "abs"), "sign(x)/abs(x) = 1/x")
def sign_over_absolute(b: Builder, x: int, y: int) -> int | None:
    return b.make("div", b.constant(1), of(b, x)[0]) if of(b, x) == of(b, y) else None


@row("real", "exp", ("log",), "exp(log(x)) = x")
def exp_of_log(b: Builder, x: int) -> int | None:
    return of(b, x)[0]


@row(
    "real", "exp", ("scaled neg",), "exp(2*log(abs(x))) = x^2, exp(-log(abs(x))) = 1/abs(x)",
    "the logarithm's operand is never negative",
)  # fmt: skip
def exp_of_multiple_of_log(b: Builder, x: int) -> int | None:
    n, rest = scaled(b, x)
    if b.kinds[rest] != "log" or b.kinds[of(b, rest)[0]] not in NOT_NEGATIVE.split():
        return None
    return b.make("pow", of(b, rest)[0], b.constant(n))


@row("real", "log", ("exp",), "log(exp(x)) = x")
def log_of_exp(b: Builder, x: int) -> int | None:
    return of(b, x)[0]


@row("real", "add", ("one", "pow"), "1 + tan(x)^2 = sec(x)^2, 1 + cot(x)^2 = csc(x)^2")
def one_plus_tangent_square(b: Builder, _x: int, y: int) -> int | None:
    base, n = of(b, y)
    outer = {"tan": "sec", "cot": "csc"}.get(b.kinds[base])
    if outer is None or b.number(n) != 2:
        return None
    return b.make("pow", b.make(outer, of(b, base)[0]), n)


@row("real", "add", ("pow", "one"), "tan(x)^2 + 1 = sec(x)^2, cot(x)^2 + 1 = csc(x)^2")
def tangent_square_plus_one(b: Builder, x: int, y: int) -> int | None:
    return one_plus_tangent_square(b, y, x)


# Conditions. The operands of a select are lazy, and stay so.


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


@row("exact", "and or", (ANY, ANY), "(if x > 0 and x > 0 then y else z) = (if x > 0 then y else z)", same=True)
def repeated_condition(_b: Builder, c: int, _d: int) -> int | None:
    return c


INSIDE = "(if x > 0 then (if x > 0 then y else z) else u) = (if x > 0 then y else u)"
OUTSIDE = "(if x > 0 then y else (if x > 0 then z else u)) = (if x > 0 then y else u)"
COMPLEMENTARY = "(if x > 0 then y else 0) + (if x > 0 then 0 else z) = (if x > 0 then y else z)"
ZERO_OR_ONE = "(if x > 0 then 1 else 0)*y = (if x > 0 then y else 0)"
ONE_OR_ZERO = "y*(if x > 0 then 1 else 0) = (if x > 0 then y else 0)"


@row("exact", "select", (ANY, "select", ANY), INSIDE)
def same_condition_inside(b: Builder, c: int, x: int, y: int) -> int | None:
    condition, yes, _ = of(b, x)
    return b.make("select", c, yes, y) if condition == c else None


@row("exact", "select", (ANY, ANY, "select"), OUTSIDE)
def same_condition_outside(b: Builder, c: int, x: int, y: int) -> int | None:
    condition, _, no = of(b, y)
    return b.make("select", c, x, no) if condition == c else None


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


# Extremes.


@row("exact", "min max", (ANY, ANY), "max(x, x) = x", same=True)
def extreme_of_equals(_b: Builder, x: int, _y: int) -> int | None:
    return x
