"""Numbers: exact integers and rationals as long as they are small, else doubles; and the one place that writes them."""

from __future__ import annotations

import math
from decimal import Decimal
from fractions import Fraction

from symad.errors import NamingError, SymadError

Number = int | Fraction | float
EXACT_BITS = 256  # integers and rationals are exact up to this size
LARGE: int = 2**EXACT_BITS
DIGITS = 7  # that are shown of a number with more
WHOLE = 1e12  # whole numbers up to here are shown in full
NUMBER_KINDS = frozenset({"zero", "one", "positive", "negative"})


def number_kind(number: Number) -> str:
    """Name the kind of a number, as identities ask for it."""
    if number == 0:
        return "zero"
    return "one" if number == 1 else "positive" if number > 0 else "negative"


def fits(number: int | Fraction) -> bool:
    """Tell whether a number is small enough to be kept exact."""
    if isinstance(number, int):
        return -LARGE < number < LARGE
    return number.numerator.bit_length() <= EXACT_BITS and number.denominator.bit_length() <= EXACT_BITS


def nearest(number: Number) -> float:
    """Give the double nearest to a number; raise SymadError where there is none."""
    try:
        double = float(number)
    except OverflowError:
        double = math.inf
    if not math.isfinite(double) or (double == 0.0 and number != 0):
        raise SymadError("a number is too large or too small for a double")
    return double


def exact(number: Fraction) -> int | Fraction:
    """Write a rational of denominator one as the integer that it is."""
    return number.numerator if number.denominator == 1 else number


def is_negative_zero(number: Number) -> bool:
    """Tell -0.0 from 0."""
    return number == 0 and isinstance(number, float) and math.copysign(1.0, number) < 0.0


def whole(number: float) -> int | float:
    """Give a double that is a whole number as the integer that it is, if doubles hold its neighbours too."""
    return int(number) if number.is_integer() and abs(number) < 2.0**53 else number


def write_number(number: Number) -> str:
    """Write the shortest text that reads back as the same number.

    >>> write_number(Fraction(-1, 3)), write_number(0.1), write_number(1e22)
    ('-1/3', '0.1', '1e+22')
    """
    if isinstance(number, float):
        return repr(number)
    if isinstance(number, int):
        return str(number)
    return f"{number.numerator}/{number.denominator}"


def finite(value: float, what: str) -> float:
    """Insist on a finite number.

    >>> finite(1, "the value of x")
    1.0
    """
    try:
        number = float(value)
    except (TypeError, ValueError, OverflowError):
        number = math.nan
    if not math.isfinite(number):
        raise NamingError(f"{what} is no number")
    return number


def approximate(number: float | bool) -> str:
    """Write a number with at most 7 digits; three dots say that there are more.

    >>> approximate(6.0), approximate(0.9092974268256817), approximate(-1.2345678901e-20), approximate(True)
    ('6', '0.9092974…', '-1.234567…e-20', 'true')
    """
    if isinstance(number, bool):
        return "true" if number else "false"
    if number.is_integer() and abs(number) < WHOLE:
        return f"{number:.0f}"
    text = write_number(abs(number))
    digits = Decimal(text).as_tuple().digits
    if len(digits) > DIGITS:
        mantissa, e, exponent = text.partition("e")
        left = len(digits) - DIGITS
        text = f"{mantissa[:-left]}…{e}{exponent}"
    return f"-{text}" if number < 0 else text
