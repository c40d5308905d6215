"""Identities of quotients and powers with their limits: where nothing is at a limit, they are plain ones.

The laws hold wherever the plain side has a value; the guards see to it that none is lost.
"""

from __future__ import annotations

from symad.builder import Builder
from symad.identities.table import ANY, number, of, row

NOT_ZERO = "one positive negative"
POSITIVE = "one positive pi e"  # bases whose powers and logarithms are never at a limit


@row("exact", "xdivy", ("zero", ANY), "xdivy(0, x) = 0")
def nothing_over(b: Builder, _x: int, _y: int) -> int | None:
    return b.constant(0)


@row("exact", "xdivy", (ANY, NOT_ZERO), "xdivy(x, 3) = x/3")
def over_what_is_not_zero(b: Builder, x: int, y: int) -> int | None:
    return b.make("div", x, y)


@row("exact", "xdivy", (NOT_ZERO, ANY), "xdivy(3, x) = 3/x")
def what_is_not_zero_over(b: Builder, x: int, y: int) -> int | None:
    return b.make("div", x, y)


@row("exact", "xdivy", ("neg", ANY), "xdivy(-x, y) = -xdivy(x, y)")
def negative_over_limit(b: Builder, x: int, y: int) -> int | None:
    return b.make("neg", b.make("xdivy", of(b, x)[0], y))


@row("real", "xdivy", ("scaled", ANY), "xdivy(3*x, y) = 3*xdivy(x, y)", "the number is not 0")
def scaled_over_limit(b: Builder, x: int, y: int) -> int | None:
    c, rest = of(b, x)
    return b.make("mul", c, b.make("xdivy", rest, y)) if number(b, c) else None


@row("exact", "mulpow", ("zero", ANY, ANY), "mulpow(0, x, y) = 0")
def nothing_times_power(b: Builder, _c: int, _x: int, _y: int) -> int | None:
    return b.constant(0)


@row("real", "mulpow", (NOT_ZERO, ANY, ANY), "mulpow(3, x, y) = 3*x^y")
def number_times_power(b: Builder, c: int, x: int, y: int) -> int | None:
    return b.make("mul", c, b.make("pow", x, y))


@row("real", "mulpow", (ANY, POSITIVE, ANY), "mulpow(x, 3, y) = x*3^y")
def times_power_of_number(b: Builder, c: int, x: int, y: int) -> int | None:
    return b.make("mul", c, b.make("pow", x, y))


@row("real", "mulpow", (ANY, ANY, "zero one positive"), "mulpow(x, y, 3) = x*y^3")
def times_positive_power(b: Builder, c: int, x: int, y: int) -> int | None:
    return b.make("mul", c, b.make("pow", x, y))


@row("real", "powlog", (POSITIVE, ANY, ANY), "powlog(3, x, 1) = 3^x*log(3)")
def power_and_logarithm_of_number(b: Builder, x: int, y: int, n: int) -> int | None:
    return b.make("mul", b.make("pow", x, y), b.make("pow", b.make("log", x), n))


@row("real", "powlog", (ANY, ANY, "zero"), "powlog(x, y, 0) = x^y", "0^0 is 1")
def power_without_logarithm(b: Builder, x: int, y: int, _n: int) -> int | None:
    return b.make("pow", x, y)
