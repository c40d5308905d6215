"""Identities of functions."""

from __future__ import annotations

from symad.builder import Builder
from symad.identities.table import ANY, Apply, even, number, of, row, scaled
from symad.operations import EVEN, ODD

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


# Extremes.


@row("exact", "min max", (ANY, ANY), "max(x, x) = x", same=True)
def extreme_of_equals(_b: Builder, x: int, _y: int) -> int | None:
    return x
