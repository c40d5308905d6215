"""Other forms of a sum: multiplied out, over a common denominator and cancelled, with fewer squares of sines.

In comes a sum, out comes an equal one, or an equal term. Nothing is measured here; what grows too long raises TooLong.
"""

from __future__ import annotations

import math
from fractions import Fraction

from symad.numbers import Number
from symad.printers import polynomials
from symad.printers.kernels import TERMS, Kernels
from symad.printers.polynomials import Polynomial
from symad.printers.sums import ONE, Exponent, Monomial, Sum, Term, TooLong, freeze, gather, plus, reduced

DEGREE = 20
LARGEST = 30  # terms of sums whose common factors are looked for
# fmt: off
SQUARES = {  # function: its square is a constant and a multiple of the square of another
    "sin":  (1, -1, "cos"),  "cos":  (1, -1, "sin"),
    "sinh": (-1, 1, "cosh"), "cosh": (1, 1, "sinh"),
}
# fmt: on


def expand(ks: Kernels, value: Sum) -> Sum:
    """Multiply out whole powers of sums, all the way down."""
    while any(whole_power(ks, k, e) for monomial in value for k, e in monomial):
        total: Sum = {}
        for monomial, c in value.items():
            product: Sum = {
                tuple([(k, e - whole_power(ks, k, e)) for k, e in monomial if e != whole_power(ks, k, e)]): c
            }
            for k, e in monomial:
                whole = whole_power(ks, k, e)
                if whole > DEGREE:
                    raise TooLong
                for _ in range(whole):
                    product = ks.multiply(product, ks.known[k].arguments[0])
            for m, d in product.items():
                gather(total, m, d)
            if len(total) > TERMS:
                raise TooLong
        value = total
    return value


def whole_power(ks: Kernels, k: int, e: Exponent) -> int:
    """Give the whole powers of a kernel that can be multiplied out: those of sums."""
    return math.floor(e) if e >= 1 and ks.known[k].head == "sum" and len(ks.known[k].arguments[0]) > 1 else 0


def normal(ks: Kernels, value: Sum, memo: dict[object, Term]) -> Term:
    """Write a sum as one cancelled fraction: a product of powers of kernels and of sums without fractions in them."""
    key = freeze(value)
    found = memo.get(key)
    if found is None:
        total: Sum = {}
        for monomial, c in value.items():
            terms: list[Term] = [(c, ONE)]
            for k, e in monomial:
                kernel = ks.known[k]
                simple = kernel.head != "sum"
                terms.append((1, ((k, e),)) if simple else ks.power(normal(ks, kernel.arguments[0], memo), e))
            d, m = ks.product(terms)
            gather(total, m, d)
        found = memo[key] = fraction(ks, total)
    return found


def fraction(ks: Kernels, value: Sum) -> Term:
    """Take out what the terms have in common, multiply out the rest, and cancel."""
    if not value:
        return 0, ONE
    outside, rest = ks.content(value)
    if len(rest) > 1:
        rest = joined_logarithms(ks, shorter_squares(ks, expand(ks, rest)))
        if not rest:
            return 0, ONE
        common, rest = ks.content(rest)
        outside = ks.times(outside, common)
    if len(rest) > 1:
        outside, rest = cancel(ks, outside, by_degree(rest))
    return ks.times(outside, factored(ks, rest))


def by_degree(value: Sum) -> Sum:
    """Sort terms by falling degree."""
    return dict(sorted(value.items(), key=lambda item: -sum(e for _, e in item[0])))


def factored(ks: Kernels, rest: Sum) -> Term:
    """Write a sum without common factors as a term, a power where it is one."""
    pair = to_polynomials([rest]) if 2 < len(rest) <= LARGEST else None
    once = polynomials.repeated(pair[0][0][0]) if pair else None
    if pair is None or once is None or len(once) < 2:
        return ks.single(rest)
    factor = from_polynomial(ks, once, pair[1])
    term: Term = (1, ONE)
    left = quotient(ks, rest, factor)
    while left is not None and len(rest) > 1:
        rest = left
        term = ks.times(term, ks.single(factor))
        left = quotient(ks, rest, factor)
    return ks.times(term, ks.single(rest))


def cancel(ks: Kernels, outside: Term, rest: Sum) -> tuple[Term, Sum]:
    """Divide a numerator by what it has in common with the sums that it is multiplied with or divided by."""
    for k, e in outside[1]:
        kernel = ks.known[k]
        if kernel.head != "sum" or len(kernel.arguments[0]) < 2 or len(rest) < 2:
            continue
        divisor = kernel.arguments[0]
        left = quotient(ks, rest, divisor)
        while left is not None:
            outside, rest = ks.times(outside, (1, ((k, 1),))), left
            left = quotient(ks, rest, divisor) if len(rest) > 1 else None
        common = divisor_of(ks, rest, divisor) if len(rest) > 1 and e < 0 and e % 1 == 0 else None
        parts = [quotient(ks, rest, common), quotient(ks, divisor, common)] if common else [None]
        if common and parts[0] is not None and parts[1] is not None:
            e = dict(outside[1]).get(k, 0)
            split = ks.product([ks.whole_power(ks.single(p), int(e)) for p in (common, parts[1])])
            outside = ks.product([outside, (1, ((k, -e),)), split, ks.single(common)])
            rest = parts[0]
    if len(rest) == 1:
        ((monomial, c),) = rest.items()
        outside, rest = ks.times(outside, (c, monomial)), {ONE: 1}
    return outside, rest


def shorter_squares(ks: Kernels, value: Sum) -> Sum:
    """Put 1 - cos(x)^2 for sin(x)^2, or the reverse, wherever that leaves fewer terms; the same for sinh and cosh."""
    kernels = [k for m in value for k, e in m if e >= 2 and ks.known[k].head in SQUARES]
    for k in dict.fromkeys(kernels):
        other = exchange_squares(ks, value, k)
        if len(other) < len(value):
            value = other
    return value


def exchange_squares(ks: Kernels, value: Sum, k: int) -> Sum:
    """Put a + b*g^2 for every square of a function f where f^2 = a + b*g^2."""
    a, b, head = SQUARES[ks.known[k].head]
    square: Sum = {ONE: a, ((ks.kernel(head, ks.known[k].arguments), 2),): b}
    total: Sum = {}
    for monomial, c in value.items():
        pairs = math.floor(dict(monomial).get(k, 0)) // 2
        product: Sum = {ONE: 1}
        for _ in range(max(pairs, 0)):
            product = ks.multiply(product, square)
        rest = ks.times((c, monomial), (1, ((k, -2 * pairs),))) if pairs > 0 else (c, monomial)
        for m, d in product.items():
            d, m = ks.times((d, m), rest)
            gather(total, m, d)
    return total


def joined_logarithms(ks: Kernels, value: Sum) -> Sum:
    """Write log(3) - log(2) as log(3/2): the logarithms of numbers in a sum are one."""
    total: Sum = {}
    argument = Fraction(1)
    for monomial, c in value.items():
        n = number_of_logarithm(ks, monomial)
        if n is not None and isinstance(c, int) and abs(c) <= DEGREE:
            argument *= Fraction(n) ** c
        else:
            total[monomial] = c
    if len(total) + 2 > len(value):
        return value
    sign = 1 if argument > 1 else -1
    joined = ks.call("log", ({ONE: reduced(argument**sign)},))
    gather(total, joined[1], sign) if argument != 1 else None
    return total


def number_of_logarithm(ks: Kernels, monomial: Monomial) -> Number | None:
    """Give the positive exact number of which a monomial is the logarithm."""
    if len(monomial) != 1 or monomial[0][1] != 1 or ks.known[monomial[0][0]].head != "log":
        return None
    argument = ks.known[monomial[0][0]].arguments[0]
    c = argument.get(ONE, 0)
    return c if len(argument) == 1 and not isinstance(c, float) and c > 0 else None


def as_product(ks: Kernels, value: Sum) -> Term | None:
    """Write sin(x) + sin(y) as 2*sin((x + y)/2)*cos((x - y)/2), and the like; None where it is not such a sum."""
    common, rest = ks.content(value)
    if len(rest) != 2 or any(len(m) != 1 or m[0][1] != 1 or abs(c) != 1 for m, c in rest.items()):
        return None
    ((((k, _),), c), (((j, _),), d)) = rest.items()
    heads = ks.known[k].head, ks.known[j].head
    if heads[0] != heads[1] or heads[0] not in ("sin", "cos"):
        return None
    x, y = ks.known[k].arguments[0], ks.known[j].arguments[0]
    half_sum, half_difference = ({m: reduced(Fraction(1, 2) * a) for m, a in plus(x, y, s).items()} for s in (1, -1))
    if heads[0] == "sin":
        functions = ("sin", "cos") if c == d else ("cos", "sin")
        factor = 2 * c
    else:
        functions = ("cos", "cos") if c == d else ("sin", "sin")
        factor = 2 * c if c == d else -2 * c
    parts = ks.call(functions[0], (half_sum,)), ks.call(functions[1], (half_difference,))
    return ks.product([common, (factor, ONE), *parts])


Variables = tuple[tuple[int, int], ...]  # kernels, and the denominators of their exponents


def to_polynomials(values: list[Sum]) -> tuple[list[tuple[Polynomial, int]], Variables] | None:
    """Write sums as integer polynomials in their kernels, each over a number; None where they are none."""
    scales: dict[int, int] = {}
    for value in values:
        for monomial, c in value.items():
            if isinstance(c, float):
                return None
            for k, e in monomial:
                scales[k] = math.lcm(scales.get(k, 1), e.denominator)
                if e < 0 or e > DEGREE:
                    return None
    variables = tuple(scales.items())
    found = []
    for value in values:
        common = math.lcm(*[c.denominator for c in value.values() if not isinstance(c, float)])
        polynomial: Polynomial = {}
        for monomial, c in value.items():
            exponents = dict(monomial)
            powers = tuple([int(exponents.get(k, 0) * scale) for k, scale in variables])
            polynomial[powers] = int(c * common)
        found.append((polynomial, common))
    return found, variables


def from_polynomial(ks: Kernels, polynomial: Polynomial, variables: Variables, factor: Fraction = Fraction(1)) -> Sum:
    """Write a polynomial as a sum, times a number, by falling degree."""
    total: Sum = {}
    for powers, c in polynomial.items():
        exponents: dict[int, Exponent] = {
            k: Fraction(p, scale) for p, (k, scale) in zip(powers, variables, strict=True) if p
        }
        d, monomial = ks.settle(c * factor, exponents)
        gather(total, monomial, d)
    return by_degree(total)


def quotient(ks: Kernels, value: Sum, divisor: Sum) -> Sum | None:
    """Divide two sums exactly, None where there is a remainder."""
    pair = to_polynomials([value, divisor])
    if pair is None:
        return None
    ((p, over), (q, under)), variables = pair
    whole = polynomials.primitive(q)
    found = polynomials.divide(p, whole)
    if found is None:
        return None
    lead = max(q)
    return from_polynomial(ks, found, variables, Fraction(under * whole[lead], over * q[lead]))


def divisor_of(ks: Kernels, x: Sum, y: Sum) -> Sum | None:
    """Give the greatest common divisor of two sums, None where there is nothing but a number."""
    pair = to_polynomials([x, y]) if len(x) + len(y) <= LARGEST else None
    if pair is None:
        return None
    ((p, _), (q, _)), variables = pair
    found = polynomials.gcd(p, q)
    return from_polynomial(ks, polynomials.primitive(found), variables) if found and len(found) > 1 else None
