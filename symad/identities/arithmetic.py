"""Identities of sums, products and quotients.

The form they lead to: a product is a positive number times the rest, its sign stands outside; a sum with a negation is
a difference; x/3 is 1/3*x.
"""

from __future__ import annotations

from fractions import Fraction

from symad.builder import Builder
from symad.identities.constants import combine
from symad.identities.table import ANY, NUMBER, number, of, row, scaled, shifted

LONE = "the other operand is not a number"
GATHERED = "the numbers that are there were gathered: what did not fit stays where it is"
QUOTIENT = "div reciprocal"

# Zero and one.


@row("exact", "add", (ANY, "zero"), "x + 0 = x")
def plus_zero(_b: Builder, x: int, _y: int) -> int | None:
    return x


@row("exact", "add", ("zero", ANY), "0 + x = x")
def zero_plus(_b: Builder, _x: int, y: int) -> int | None:
    return y


@row("exact", "sub", (ANY, "zero"), "x - 0 = x")
def minus_zero(_b: Builder, x: int, _y: int) -> int | None:
    return x


@row("exact", "sub", ("zero", ANY), "0 - x = -x")
def zero_minus(b: Builder, _x: int, y: int) -> int | None:
    return b.make("neg", y)


@row("exact", "mul", (ANY, NUMBER), "x*3 = 3*x", "numeric factors come first")
def number_first(b: Builder, x: int, y: int) -> int | None:
    return b.make("mul", y, x) if b.number(x) is None else None


@row("exact", "mul", ("one", ANY), "1*x = x")
def one_times(_b: Builder, _x: int, y: int) -> int | None:
    return y


@row("real", "mul", ("zero", ANY), "0*x = 0")
def zero_times(b: Builder, _x: int, _y: int) -> int | None:
    return b.constant(0)


@row("exact", "div", (ANY, "one"), "x/1 = x")
def over_one(_b: Builder, x: int, _y: int) -> int | None:
    return x


@row("real", "div", ("zero", ANY), "0/x = 0", "x is not the number 0")
def zero_over(b: Builder, _x: int, y: int) -> int | None:
    return b.constant(0) if b.number(y) != 0 else None


# Signs.


@row("exact", "neg", ("neg",), "-(-x) = x")
def double_negative(b: Builder, x: int) -> int | None:
    return of(b, x)[0]


@row("exact", "add", (ANY, "neg"), "x + -y = x - y")
def plus_negative(b: Builder, x: int, y: int) -> int | None:
    return b.make("sub", x, of(b, y)[0])


@row("exact", "add", ("neg", ANY), "-x + y = y - x")
def negative_plus(b: Builder, x: int, y: int) -> int | None:
    return b.make("sub", y, of(b, x)[0])


@row("exact", "sub", (ANY, "neg"), "x - -y = x + y")
def minus_negative(b: Builder, x: int, y: int) -> int | None:
    return b.make("add", x, of(b, y)[0])


@row("exact", "sub", ("neg", ANY), "-x - y = -(x + y)")
def negative_minus(b: Builder, x: int, y: int) -> int | None:
    return b.make("neg", b.make("add", of(b, x)[0], y))


@row("exact", "add", (ANY, "negative"), "x + -3 = x - 3", LONE)
def plus_negative_number(b: Builder, x: int, y: int) -> int | None:
    return b.make("sub", x, b.constant(-number(b, y))) if b.number(x) is None else None


@row("exact", "add", ("negative", ANY), "-3 + x = x - 3", LONE)
def negative_number_plus(b: Builder, x: int, y: int) -> int | None:
    return b.make("sub", y, b.constant(-number(b, x))) if b.number(y) is None else None


@row("exact", "sub", (ANY, "negative"), "x - -3 = x + 3", LONE)
def minus_negative_number(b: Builder, x: int, y: int) -> int | None:
    return b.make("add", x, b.constant(-number(b, y))) if b.number(x) is None else None


@row("exact", "sub", ("negative", ANY), "-3 - x = -(x + 3)", LONE)
def negative_number_minus(b: Builder, x: int, y: int) -> int | None:
    return b.make("neg", b.make("add", y, b.constant(-number(b, x)))) if b.number(y) is None else None


@row("exact", "mul", ("neg", ANY), "-x*y = -(x*y)")
def negative_times(b: Builder, x: int, y: int) -> int | None:
    return b.make("neg", b.make("mul", of(b, x)[0], y))


@row("exact", "mul", (ANY, "neg"), "x*-y = -(x*y)")
def times_negative(b: Builder, x: int, y: int) -> int | None:
    return b.make("neg", b.make("mul", x, of(b, y)[0]))


@row("exact", "mul", ("negative", ANY), "-3*x = -(3*x)", LONE)
def negative_number_times(b: Builder, x: int, y: int) -> int | None:
    return b.make("neg", b.make("mul", b.constant(-number(b, x)), y)) if b.number(y) is None else None


@row("exact", "div", ("neg", ANY), "-x/y = -(x/y)")
def negative_over(b: Builder, x: int, y: int) -> int | None:
    return b.make("neg", b.make("div", of(b, x)[0], y))


@row("exact", "div", (ANY, "neg"), "x/-y = -(x/y)")
def over_negative(b: Builder, x: int, y: int) -> int | None:
    return b.make("neg", b.make("div", x, of(b, y)[0]))


@row("exact", "div", ("negative", ANY), "-3/x = -(3/x)", LONE)
def negative_number_over(b: Builder, x: int, y: int) -> int | None:
    return b.make("neg", b.make("div", b.constant(-number(b, x)), y)) if b.number(y) is None else None


@row("exact", "div", (ANY, "negative"), "x/-3 = -(x/3)", LONE)
def over_negative_number(b: Builder, x: int, y: int) -> int | None:
    return b.make("neg", b.make("div", x, b.constant(-number(b, y)))) if b.number(x) is None else None


# Numbers in products and quotients are gathered in front.


@row("real", "div", (ANY, "positive"), "x/3 = 1/3*x", "the number is exact")
def over_number(b: Builder, x: int, y: int) -> int | None:
    divisor = number(b, y)
    if isinstance(divisor, float) or b.number(x) is not None:
        return None
    return b.make("mul", b.constant(1 / Fraction(divisor)), x)


@row("real", "mul", (NUMBER, "scaled"), "2*(3*x) = 6*x")
def number_times_scaled(b: Builder, x: int, y: int) -> int | None:
    return gathered(b, "mul", x, *of(b, y))


@row("real", "mul", ("scaled", ANY), "(3*x)*y = 3*(x*y), (3*x)*(2*y) = 6*(x*y)", GATHERED)
def scaled_times(b: Builder, x: int, y: int) -> int | None:
    c, rest = of(b, x)
    if b.kinds[y] == "scaled":
        d, other = of(b, y)
        return gathered(b, "mul", c, d, b.make("mul", rest, other))
    return b.make("mul", c, b.make("mul", rest, y)) if b.kinds[rest] != "scaled" else None


@row("real", "mul", (ANY, "scaled"), "x*(3*y) = 3*(x*y)", GATHERED)
def times_scaled(b: Builder, x: int, y: int) -> int | None:
    c, rest = of(b, y)
    if b.number(x) is not None or b.kinds[rest] == "scaled":
        return None
    return b.make("mul", c, b.make("mul", x, rest))


@row("real", "mul", (NUMBER, QUOTIENT), "2*(3/x) = 6/x")
def number_times_quotient(b: Builder, x: int, y: int) -> int | None:
    c, rest = of(b, y)
    product = gathered(b, "mul", x, c) if b.kinds[c] in NUMBER else None
    return b.make("div", product, rest) if product is not None else None


@row("real", "div", ("scaled", ANY), "(3*x)/y = 3*(x/y)", GATHERED)
def scaled_over(b: Builder, x: int, y: int) -> int | None:
    c, rest = of(b, x)
    return b.make("mul", c, b.make("div", rest, y)) if b.kinds[rest] != "scaled" else None


@row("real", "div", (ANY, "scaled"), "x/(4*y) = 1/4*(x/y)", "the number is exact")
def over_scaled(b: Builder, x: int, y: int) -> int | None:
    c, rest = of(b, y)
    divisor = number(b, c)
    if not divisor or isinstance(divisor, float) or b.kinds[rest] == "scaled":
        return None
    return b.make("mul", b.constant(1 / Fraction(divisor)), b.make("div", x, rest))


@row("real", "div", (NUMBER, "scaled"), "6/(1.5*x) = 4.0/x")
def number_over_scaled(b: Builder, x: int, y: int) -> int | None:
    c, rest = of(b, y)
    quotient = gathered(b, "div", x, c)
    return b.make("div", quotient, rest) if quotient is not None else None


def gathered(b: Builder, operation: str, x: int, y: int, rest: int | None = None) -> int | None:
    """Multiply or divide two numbers, and multiply the rest by the result."""
    found = combine(operation, number(b, x), number(b, y))
    if found is None:
        return None
    return b.constant(found) if rest is None else b.make("mul", b.constant(found), rest)


# Numbers in sums are gathered behind.


def offset(b: Builder, operation: str, v: int, c: int) -> int | None:
    """Add a number to a sum that has one, or subtract it."""
    split = shifted(b, v)
    total = combine(operation, split[0], number(b, c)) if split else None
    if total is None or split is None:
        return None
    _, sign, rest = split
    return b.make("add", rest, b.constant(total)) if sign > 0 else b.make("sub", b.constant(total), rest)


@row("real", "add", ("add sub", NUMBER), "(x + 2) + 3 = x + 5, (2 - x) + 3 = 5 - x")
def sum_plus_number(b: Builder, x: int, y: int) -> int | None:
    return offset(b, "add", x, y)


@row("real", "sub", ("add sub", NUMBER), "(x + 5) - 3 = x + 2")
def sum_minus_number(b: Builder, x: int, y: int) -> int | None:
    return offset(b, "sub", x, y)


@row("real", "add", (NUMBER, "add sub"), "3 + (x + 2) = x + 5")
def number_plus_sum(b: Builder, x: int, y: int) -> int | None:
    return offset(b, "add", y, x)


@row("real", "sub", (NUMBER, "add sub"), "3 - (x + 2) = 1 - x, 3 - (2 - x) = x + 1")
def number_minus_sum(b: Builder, x: int, y: int) -> int | None:
    split = shifted(b, y)
    total = combine("sub", number(b, x), split[0]) if split else None
    if total is None or split is None:
        return None
    _, sign, rest = split
    return b.make("sub", b.constant(total), rest) if sign > 0 else b.make("add", rest, b.constant(total))


# Like terms.


@row("exact", "add", (ANY, ANY), "x + x = 2*x", same=True)
def twice(b: Builder, x: int, _y: int) -> int | None:
    return b.make("mul", b.constant(2), x)


@row("real", "sub", (ANY, ANY), "x - x = 0", same=True)
def difference_of_equals(b: Builder, _x: int, _y: int) -> int | None:
    return b.constant(0)


def like(b: Builder, operation: str, x: int, y: int) -> int | None:
    """Add or subtract two multiples of one value."""
    p, u = scaled(b, x)
    q, v = scaled(b, y)
    found = combine(operation, p, q) if u == v else None
    return None if found is None else b.make("mul", b.constant(found), u)


@row("real", "add", (ANY, "scaled"), "x + 2*x = 3*x")
def plus_multiple(b: Builder, x: int, y: int) -> int | None:
    return like(b, "add", x, y)


@row("real", "add", ("scaled", ANY), "2*x + x = 3*x")
def multiple_plus(b: Builder, x: int, y: int) -> int | None:
    return like(b, "add", x, y) if of(b, x)[1] == y else None


@row("real", "sub", (ANY, "scaled"), "x - 3*x = -2*x")
def minus_multiple(b: Builder, x: int, y: int) -> int | None:
    return like(b, "sub", x, y)


@row("real", "sub", ("scaled", ANY), "3*x - x = 2*x")
def multiple_minus(b: Builder, x: int, y: int) -> int | None:
    return like(b, "sub", x, y) if of(b, x)[1] == y else None


# Quotients.


@row("real", "div", (ANY, ANY), "x/x = 1", same=True)
def quotient_of_equals(b: Builder, x: int, _y: int) -> int | None:
    return b.constant(1) if b.number(x) != 0 else None


@row("real", "mul", (ANY, "reciprocal"), "x*(1/y) = x/y")
def times_reciprocal(b: Builder, x: int, y: int) -> int | None:
    return b.make("div", x, of(b, y)[1])


@row("real", "mul", (ANY, "div"), "x*(3/y) = 3*(x/y)", LONE)
def times_number_over(b: Builder, x: int, y: int) -> int | None:
    c, rest = of(b, y)
    if b.kinds[c] not in NUMBER or b.number(x) is not None:
        return None
    return b.make("mul", c, b.make("div", x, rest))


@row("real", "mul", ("div", ANY), "(3/x)*y = 3*(y/x)", LONE)
def number_over_times(b: Builder, x: int, y: int) -> int | None:
    return times_number_over(b, y, x)


@row("real", "mul", ("reciprocal", ANY), "(1/x)*y = y/x")
def reciprocal_times(b: Builder, x: int, y: int) -> int | None:
    return b.make("div", y, of(b, x)[1])


@row("real", "div", (ANY, "reciprocal"), "x/(1/y) = x*y")
def over_reciprocal(b: Builder, x: int, y: int) -> int | None:
    return b.make("mul", x, of(b, y)[1])


@row("real", "div", ("one", "div"), "1/(x/y) = y/x")
def reciprocal_of_quotient(b: Builder, _x: int, y: int) -> int | None:
    above, below = of(b, y)
    return b.make("div", below, above)


@row("real", "mul", (ANY, "div"), "x*(y/x) = y")
def times_own_quotient(b: Builder, x: int, y: int) -> int | None:
    above, below = of(b, y)
    return above if below == x else None


@row("real", "mul", ("div", ANY), "(y/x)*x = y")
def own_quotient_times(b: Builder, x: int, y: int) -> int | None:
    above, below = of(b, x)
    return above if below == y else None


@row("real", "div", ("mul", ANY), "(x*y)/y = x, (x*y)/x = y")
def product_over_factor(b: Builder, x: int, y: int) -> int | None:
    left, right = of(b, x)
    return left if right == y else right if left == y else None


@row("real", "div", (ANY, "mul"), "y/(x*y) = 1/x, x/(x*y) = 1/y")
def factor_over_product(b: Builder, x: int, y: int) -> int | None:
    left, right = of(b, y)
    if x not in (left, right) or b.number(x) is not None:
        return None
    return b.make("div", b.constant(1), left if right == x else right)
