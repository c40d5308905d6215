"""Polynomials in several variables with integer coefficients: exact division, common divisors, repeated factors.

In come and out go dictionaries from exponents, one a variable, to coefficients. The greatest common divisor is found by
evaluating at a large number, taking that of the values, and reading its digits back as coefficients; what is found is
checked by division (the heuristic algorithm of Char, Geddes and Gonnet, 1989).
"""

from __future__ import annotations

import math

Powers = tuple[int, ...]
Polynomial = dict[Powers, int]

TRIES = 2
DIGITS = 4000  # a value of more bits costs too much


def content(p: Polynomial) -> int:
    """Give the greatest common divisor of the coefficients.

    >>> content({(1,): 6, (0,): -4})
    2
    """
    return math.gcd(*p.values())


def primitive(p: Polynomial) -> Polynomial:
    """Divide by the content; the leading coefficient becomes positive."""
    if not p:
        return p
    factor = content(p) if p[max(p)] > 0 else -content(p)
    return p if factor == 1 else {m: c // factor for m, c in p.items()}


def divide(p: Polynomial, q: Polynomial) -> Polynomial | None:
    """Divide exactly, None where a remainder is left.

    >>> divide({(2,): 1, (0,): -1}, {(1,): 1, (0,): 1})
    {(1,): 1, (0,): -1}
    """
    rest = dict(p)
    quotient: Polynomial = {}
    lead = max(q)
    while rest:
        top = max(rest)
        shift = tuple([a - b for a, b in zip(top, lead, strict=True)])
        c, remainder = divmod(rest[top], q[lead])
        if remainder or min(shift, default=0) < 0:
            return None
        quotient[shift] = c
        for m, d in q.items():
            place = tuple([a + b for a, b in zip(m, shift, strict=True)])
            left = rest.get(place, 0) - c * d
            if left:
                rest[place] = left
            else:
                del rest[place]
    return quotient


def gcd(p: Polynomial, q: Polynomial) -> Polynomial | None:
    """Give the greatest common divisor of two polynomials; None where it is not found in a few tries.

    >>> gcd({(2,): 1, (0,): -1}, {(2,): 1, (1,): 2, (0,): 1}) == {(1,): 1, (0,): 1}
    True
    """
    common = math.gcd(content(p), content(q))
    p, q = primitive(p), primitive(q)
    if coprime(p, q):
        return {(0,) * len(next(iter(p))): common}
    found = heuristic(p, q)
    return None if found is None else {m: c * common for m, c in found.items()}


def coprime(p: Polynomial, q: Polynomial) -> bool:
    """Tell whether two polynomials have no common factor, by putting numbers for all variables but one.

    False is no proof.
    """
    variables = len(next(iter(p)))
    for kept in range(variables) if variables > 1 else ():
        lines = [along(p, kept), along(q, kept)]
        if not all(lines):
            return False
        found = heuristic(primitive(lines[0]), primitive(lines[1]))
        if found is None or any(m[0] for m in found):
            return False
    return variables > 1


def along(p: Polynomial, kept: int) -> Polynomial:
    """Put numbers for all variables but one; nothing is left where the degree falls."""
    total: Polynomial = {}
    for m, c in p.items():
        for variable, power in enumerate(m):
            if variable != kept:
                c *= (7 + 12 * variable) ** power
        total[(m[kept],)] = total.get((m[kept],), 0) + c
    degree = max(m[kept] for m in p)
    return {m: c for m, c in total.items() if c} if total[(degree,)] else {}


def heuristic(p: Polynomial, q: Polynomial) -> Polynomial | None:
    """Give the greatest common divisor of primitive polynomials by way of that of their values."""
    variables = len(next(iter(p)))
    if variables == 0:
        return {(): math.gcd(p[()], q[()])}
    largest = max(map(abs, (*p.values(), *q.values())))
    degrees = [1 + max(m[i] for m in (*p, *q)) for i in range(variables)]
    if math.prod(degrees) * (largest.bit_length() + 6) > DIGITS:
        return None
    point = 2 * min(max(map(abs, p.values())), max(map(abs, q.values()))) + 29
    for _ in range(TRIES):
        values = evaluate(p, point), evaluate(q, point)
        inner = heuristic(primitive(values[0]), primitive(values[1])) if all(values) else None
        if inner is not None:
            scale = math.gcd(content(values[0]), content(values[1]))
            found = primitive(interpolate({m: c * scale for m, c in inner.items()}, point))
            if divide(p, found) is not None and divide(q, found) is not None:
                return found
        point = point * 73794 // 27011  # irrational enough not to meet the same accident again
    return None


def evaluate(p: Polynomial, point: int) -> Polynomial:
    """Put a number for the last variable."""
    total: Polynomial = {}
    for m, c in p.items():
        total[m[:-1]] = total.get(m[:-1], 0) + c * point ** m[-1]
    return {m: c for m, c in total.items() if c}


def interpolate(p: Polynomial, point: int) -> Polynomial:
    """Read the digits of the coefficients, to a base and between minus and plus half of it, as powers of a variable."""
    total: Polynomial = {}
    for m, c in p.items():
        power = 0
        while c:
            digit = c % point
            if digit > point // 2:
                digit -= point
            if digit:
                total[(*m, power)] = digit
            c = (c - digit) // point
            power += 1
    return total


def repeated(p: Polynomial) -> Polynomial | None:
    """Give the product of the factors of a polynomial, each once, where one of them is repeated; else None.

    >>> repeated({(2,): 1, (1,): 2, (0,): 1})
    {(1,): 1, (0,): 1}
    """
    for variable in range(len(next(iter(p)))):
        slope: Polynomial = {}
        for m, c in p.items():
            if m[variable]:
                slope[(*m[:variable], m[variable] - 1, *m[variable + 1 :])] = c * m[variable]
        if slope:
            common = gcd(primitive(p), slope)
            if common is not None and len(common) > 1:
                return divide(primitive(p), primitive(common))
    return None
