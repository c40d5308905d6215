"""Numbers are folded: exactly where they are exact and stay small, else in doubles; never into an infinity."""

from __future__ import annotations

import math
import operator
from fractions import Fraction

from symad.builder import Builder
from symad.identities.table import NUMBER, Apply, number, row
from symad.numbers import Number, exact, fits, is_negative_zero

WHOLE = {"add": operator.add, "sub": operator.sub, "mul": operator.mul}
SMALL = "the result is exact and small, or a finite double"


def combine(operation: str, x: Number, y: Number) -> Number | None:
    """Compute with two numbers, exactly if both are exact; None where there is no result to keep."""
    if isinstance(x, float) or isinstance(y, float):
        return rounded(operation, x, y)
    if isinstance(x, int) and isinstance(y, int) and operation in WHOLE:
        return small(WHOLE[operation](x, y))
    p, q = Fraction(x), Fraction(y)
    if operation == "add":
        found: Fraction | None = p + q
    elif operation == "sub":
        found = p - q
    elif operation == "mul":
        found = p * q
    elif operation == "div":
        found = p / q if q else None
    else:
        found = exact_power(p, y)
    if found is None:
        return None
    return small(exact(found))


def small(result: int | Fraction) -> int | Fraction | None:
    """Keep an exact result if it fits."""
    return result if fits(result) else None


def exact_power(base: Fraction, n: Number) -> Fraction | None:
    """Raise a rational to an integer power where the result is small."""
    if not isinstance(n, int) or (base == 0 and n < 0):
        return None
    size = max(base.numerator.bit_length(), base.denominator.bit_length())
    if size <= 1 and n:
        return base ** (2 - n % 2)  # 0, 1 and -1, however large n is
    return base**n if abs(n) * (size - 1) <= 256 else None


def rounded(operation: str, x: Number, y: Number) -> float | None:
    """Compute with doubles; None where the result overflows, is lost to underflow or is not defined."""
    a, b = float(x), float(y)
    try:
        if operation == "add":
            found = a + b
        elif operation == "sub":
            found = a - b
        elif operation == "mul":
            found = a * b
        elif operation == "div":
            found = a / b
        else:
            found = math.pow(a, b)
    except (ArithmeticError, ValueError):
        return None
    lost = found == 0.0 and a != 0.0 and operation not in ("add", "sub")
    return None if lost or not math.isfinite(found) else found


def fold(operation: str) -> Apply:
    """Make the function that folds one operation."""

    def apply(b: Builder, x: int, y: int) -> int | None:
        found = combine(operation, number(b, x), number(b, y))
        return None if found is None else b.constant(found)

    apply.__name__ = f"fold_{operation}"
    return apply


for _operation, _law in {
    "add": "2 + 3 = 5",
    "sub": "2 - 3 = -1",
    "mul": "2*3 = 6",
    "div": "(2 + 4)/4 = 3/2",
    "pow": "2^3 = 8",
}.items():
    row("real", _operation, (NUMBER, NUMBER), _law, SMALL)(fold(_operation))


@row("exact", "neg", (NUMBER,), "-(1 + 2) = -3, -(1 - 1) = 0", "not -0.0: it is no literal")
def fold_neg(b: Builder, x: int) -> int | None:
    negated = -number(b, x)
    return None if is_negative_zero(negated) else b.constant(negated)


@row("exact", "abs", (NUMBER,), "abs(-3) = 3")
def fold_abs(b: Builder, x: int) -> int | None:
    n = number(b, x)
    return b.constant(n if n >= 0 else -n)


@row("exact", "sign", (NUMBER,), "sign(-3) = -1")
def fold_sign(b: Builder, x: int) -> int | None:
    return b.constant(0 if b.kinds[x] == "zero" else -1 if b.kinds[x] == "negative" else 1)


@row("exact", "sqrt", ("zero one positive",), "sqrt(9/4) = 3/2", "numerator and denominator are squares")
def fold_sqrt(b: Builder, x: int) -> int | None:
    square = number(b, x)
    if isinstance(square, float):
        return None
    root = Fraction(math.isqrt(square.numerator), math.isqrt(square.denominator))
    return b.constant(exact(root)) if root * root == square else None


VALUES = {("exp", 0): 1, ("log", 1): 0, ("cos", 0): 1, ("cosh", 0): 1, ("sec", 0): 1, ("sech", 0): 1}
VALUES |= {(name, 0): 0 for name in "sin tan asin atan sinh tanh asinh atanh erf expm1 log1p".split()}


def known(value: int) -> Apply:
    """Make the function that knows the value of a function at zero or one."""

    def known_value(b: Builder, _x: int) -> int | None:
        return b.constant(value)

    return known_value


for (_function, _at), _result in VALUES.items():
    row("exact", _function, ("one" if _at else "zero",), f"{_function}({_at}) = {_result}")(known(_result))


@row("exact", "log", ("e",), "log(e) = 1")
def log_of_e(b: Builder, _x: int) -> int | None:
    return b.constant(1)
