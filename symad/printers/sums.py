"""Sums of products of powers, as dictionaries: what the pass that shortens formulas computes with.

A `Sum` maps a monomial to its coefficient. A monomial is a product of kernels to rational powers, sorted by kernel. A
kernel is a number here; what it stands for, `Kernels` knows.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from fractions import Fraction

from symad.numbers import Number, exact

Exponent = int | Fraction
Monomial = tuple[tuple[int, Exponent], ...]
Sum = dict[Monomial, Number]
Term = tuple[Number, Monomial]

ONE: Monomial = ()
BITS = 256  # a number beyond that is left alone
PRIMES = (2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31)


class TooLong(ArithmeticError):
    """Give up on a form that grows beyond what anybody would read."""


def freeze(value: Sum) -> frozenset[tuple[Monomial, Number]]:
    """Give what equal sums have in common, whatever the order of their terms."""
    return frozenset(value.items())


def constant(number: Number) -> Sum:
    """Make the sum that is a number."""
    return {ONE: number} if number else {}


def negated(value: Sum) -> Sum:
    """Change the sign of every term."""
    return {monomial: -c for monomial, c in value.items()}


def reduced(number: Number) -> Number:
    """Write a rational of denominator one as an integer; refuse a number that has grown too long."""
    if isinstance(number, float):
        if not math.isfinite(number):
            raise TooLong
        return number
    if number.numerator.bit_length() > BITS or number.denominator.bit_length() > BITS:
        raise TooLong
    return exact(number) if isinstance(number, Fraction) else number


def plus(x: Sum, y: Sum, factor: Number = 1) -> Sum:
    """Add a multiple of one sum to another."""
    total = dict(x)
    for monomial, c in y.items():
        gather(total, monomial, factor * c)
    return total


def gather(total: Sum, monomial: Monomial, c: Number) -> None:
    """Add a term to a sum, in place."""
    c = reduced(total.get(monomial, 0) + c)
    if c:
        total[monomial] = c
    else:
        total.pop(monomial, None)


def lone(term: Term) -> Sum:
    """Make the sum of one term."""
    return {term[1]: term[0]} if term[0] else {}


def magnitude(e: Exponent) -> Exponent:
    """Give the absolute value of an exact number."""
    return e if e >= 0 else -e


def factors(number: int) -> Iterator[tuple[int, int]]:
    """Split a positive integer into small primes and one rest, each with its count."""
    for prime in PRIMES:
        count = 0
        while number % prime == 0:
            number //= prime
            count += 1
        if count:
            yield prime, count
    root = math.isqrt(number)
    if number > 1:
        yield (root, 2) if root * root == number else (number, 1)


def numeric_content(numbers: Iterable[Number]) -> Number:
    """Give the greatest number by which all of these are whole; 1 where there are decimals.

    >>> numeric_content([6, Fraction(9, 2)])
    Fraction(3, 2)
    """
    numerator, denominator = 0, 1
    for number in numbers:
        if isinstance(number, float):
            return 1
        numerator = math.gcd(numerator, number.numerator)
        denominator = math.lcm(denominator, number.denominator)
    return exact(Fraction(numerator, denominator)) if numerator else 1
