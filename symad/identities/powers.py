"""Identities of powers: products of powers combine, an exponent 1/2 is a square root, -1 a reciprocal."""

from __future__ import annotations

from fractions import Fraction

from symad.builder import Builder
from symad.identities.constants import combine
from symad.identities.table import ANY, even, number, of, power, row
from symad.numbers import Number

HALF = Fraction(1, 2)
INTEGER = "positive negative"  # kinds; the rows ask for integers themselves


def whole(exponent: Number | None) -> Number | None:
    """Write an exponent that is a whole double as the integer that it is: x^2.0 is x^2."""
    return int(exponent) if isinstance(exponent, float) and exponent.is_integer() else exponent


def raised(b: Builder, base: int, exponent: Number) -> int:
    """Make a power with a numeric exponent; a negative one is a quotient."""
    if exponent < 0:
        return b.make("div", b.constant(1), b.make("pow", base, b.constant(-exponent)))
    return b.make("pow", base, b.constant(exponent))


@row("exact", "pow", (ANY, "one"), "x^1 = x")
def first_power(_b: Builder, x: int, _n: int) -> int | None:
    return x


@row("exact", "pow", (ANY, "zero"), "x^0 = 1", "0^0 is 1")
def zeroth_power(b: Builder, _x: int, _n: int) -> int | None:
    return b.constant(1)


@row("exact", "pow", ("one", ANY), "1^x = 1")
def power_of_one(_b: Builder, x: int, _n: int) -> int | None:
    return x


@row("real", "pow", (ANY, "positive"), "x^(1/2) = sqrt(x), x^0.5 = sqrt(x)")
def square_root(b: Builder, x: int, n: int) -> int | None:
    return b.make("sqrt", x) if number(b, n) == HALF else None


@row("real", "pow", (ANY, "negative"), "x^(-2) = 1/x^2")
def negative_power(b: Builder, x: int, n: int) -> int | None:
    return raised(b, x, number(b, n)) if b.number(x) is None else None


@row("real", "pow", ("pow", INTEGER), "(x^2)^3 = x^6", "both exponents are integers")
def power_of_power(b: Builder, x: int, n: int) -> int | None:
    base, inner = of(b, x)
    p, q = b.number(inner), number(b, n)
    if not isinstance(p, int) or not isinstance(q, int):
        return None
    product = combine("mul", p, q)
    return None if product is None else b.make("pow", base, b.constant(product))


@row("real", "pow", ("sqrt", INTEGER), "sqrt(x)^4 = x^2", "the exponent is even")
def power_of_root(b: Builder, x: int, n: int) -> int | None:
    exponent = number(b, n)
    return b.make("pow", of(b, x)[0], b.constant(int(exponent) // 2)) if even(exponent) else None


@row("real", "pow", ("hypot", INTEGER), "hypot(x, y)^2 = x^2 + y^2", "the exponent is even")
def power_of_distance(b: Builder, x: int, n: int) -> int | None:
    exponent = number(b, n)
    if not even(exponent):
        return None
    two = b.constant(2)
    total = b.make("add", *[b.make("pow", side, two) for side in of(b, x)])
    return b.make("pow", total, b.constant(int(exponent) // 2))


@row("real", "pow", ("cbrt", INTEGER), "cbrt(x)^3 = x")
def cube_of_cube_root(b: Builder, x: int, n: int) -> int | None:
    return of(b, x)[0] if b.number(n) == 3 else None


@row("exact", "pow", ("neg abs", INTEGER), "(-x)^2 = x^2, abs(x)^2 = x^2", "the exponent is even")
def even_power(b: Builder, x: int, n: int) -> int | None:
    return b.make("pow", of(b, x)[0], n) if even(b.number(n)) else None


@row("exact", "pow", ("neg", INTEGER), "(-x)^3 = -(x^3)", "the exponent is odd")
def odd_power(b: Builder, x: int, n: int) -> int | None:
    exponent = number(b, n)
    odd = isinstance(exponent, int) and exponent % 2 == 1
    return b.make("neg", b.make("pow", of(b, x)[0], n)) if odd else None


@row("real", "pow", ("e", ANY), "e^x = exp(x)")
def power_of_e(b: Builder, _x: int, n: int) -> int | None:
    return b.make("exp", n)


@row("real", "mul", (ANY, ANY), "x*x = x^2", same=True)
def square(b: Builder, x: int, _y: int) -> int | None:
    base, exponent = power(b, x)
    total = whole(combine("add", exponent, exponent))
    return None if total is None or b.number(x) is not None else b.make("pow", base, b.constant(total))


def product(b: Builder, x: int, y: int) -> int | None:
    """Multiply two powers of one base."""
    base, n = power(b, x)
    other, m = power(b, y)
    total = whole(combine("add", n, m)) if base == other and b.number(base) is None else None
    return None if total is None else b.make("pow", base, b.constant(total))


@row("real", "mul", ("pow", ANY), "x^2*x = x^3, x^2*x^3 = x^5")
def power_times(b: Builder, x: int, y: int) -> int | None:
    return product(b, x, y)


@row("real", "mul", (ANY, "pow"), "x*x^2 = x^3")
def times_power(b: Builder, x: int, y: int) -> int | None:
    return product(b, x, y)


def quotient(b: Builder, x: int, y: int) -> int | None:
    """Divide two powers of one base."""
    base, n = power(b, x)
    other, m = power(b, y)
    total = whole(combine("sub", n, m)) if base == other and b.number(base) is None else None
    return None if total is None else raised(b, base, total)


@row("real", "div", ("pow sqrt", ANY), "x^3/x = x^2, sqrt(x)/x = 1/sqrt(x)")
def power_over(b: Builder, x: int, y: int) -> int | None:
    return quotient(b, x, y)


@row("real", "div", (ANY, "pow sqrt"), "x/x^3 = 1/x^2, x/sqrt(x) = sqrt(x)")
def over_power(b: Builder, x: int, y: int) -> int | None:
    return quotient(b, x, y)
