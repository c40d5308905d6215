"""Kernels: what a formula's sums of products of powers are made of, and the terms that they build.

In come operations on sums; out come sums in which like terms and like factors are one. A kernel is whatever is not
taken apart further: an input, the root of a number, a function of sums, a sum inside a product, a general power. Laws
are those of real numbers that hold wherever both sides are defined: sqrt(x^2) is abs(x).
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from symad.numbers import Number, exact
from symad.operations import EVEN, ODD
from symad.printers.sums import (
    BITS,
    ONE,
    Exponent,
    Monomial,
    Sum,
    Term,
    TooLong,
    factors,
    freeze,
    gather,
    magnitude,
    negated,
    numeric_content,
    reduced,
)

TERMS = 100  # a sum of more terms is left alone
WORK = 5_000  # products of terms, for one program: a tenth of a second
# fmt: off
QUOTIENTS = {  # function: powers of two others, of the same argument
    "tan":  (("sin", 1), ("cos", -1)),   "cot":  (("cos", 1), ("sin", -1)),   "sec":  (("cos", -1),),
    "tanh": (("sinh", 1), ("cosh", -1)), "coth": (("cosh", 1), ("sinh", -1)), "sech": (("cosh", -1),),
    "csc":  (("sin", -1),),              "csch": (("sinh", -1),),
}
# fmt: on
FOLDING = frozenset({"number", "abs", "sign", "cbrt"})  # kernels whose powers are not independent of other kernels'
POSITIVE = frozenset({"cosh", "number", "pi", "e"})


@dataclass(frozen=True, slots=True)
class Kernel:
    """Hold one factor that is not taken apart.

    `head` is an operation, or `number` (payload: the number), `input` (payload: which), `sum` (of its argument),
    `power` (of its first argument to its second), `rule` (payload: that of a function of the user's). The kernel that
    abs, sign and cbrt are of is their payload.
    `positive` and `nonnegative` hold wherever the kernel is defined.
    """

    head: str
    arguments: tuple[Sum, ...] = ()
    payload: Any = 0
    positive: bool = False
    nonnegative: bool = False


class Kernels:
    """Make kernels, each once, and the terms that they build."""

    def __init__(self) -> None:
        self.known: list[Kernel] = []
        self.index: dict[object, int] = {}
        self.folding: set[int] = set()
        self.roots: set[int] = set()  # sums under a root, whose sign is not ours to choose
        self.work = 0

    def kernel(self, head: str, arguments: tuple[Sum, ...] = (), payload: object = 0) -> int:
        """Give the number of a kernel."""
        key = (head, payload, *[freeze(a) for a in arguments])
        found = self.index.get(key)
        if found is None:
            found = self.index[key] = len(self.known)
            positive, nonnegative = self.signs(head, arguments)
            self.known.append(Kernel(head, arguments, payload, positive, nonnegative))
            if head in FOLDING or (head == "sum" and len(arguments[0]) == 1):
                self.folding.add(found)
        return found

    def signs(self, head: str, arguments: tuple[Sum, ...]) -> tuple[bool, bool]:
        """Tell whether a kernel is positive, and whether it is at least never negative."""
        if head in POSITIVE:
            return True, True
        if head == "power":
            positive = all(c > 0 and self.positive(m) for m, c in arguments[0].items())
            return positive, positive
        if head == "sum":
            signs = [c > 0 and self.nonnegative(m) for m, c in arguments[0].items()]
            sure = all(signs)
            return sure and any(self.positive(m) for m in arguments[0]), sure
        return False, head == "abs"

    def positive(self, monomial: Monomial) -> bool:
        """Tell whether a monomial is positive wherever it is defined."""
        return all(self.known[k].positive for k, _ in monomial)

    def nonnegative(self, monomial: Monomial) -> bool:
        """Tell whether a monomial is nowhere negative."""
        return all(self.known[k].nonnegative or e % 2 == 0 or e % 1 for k, e in monomial)

    def times(self, x: Term, y: Term) -> Term:
        """Multiply two terms."""
        c = x[0] * y[0]
        if not x[1] or not y[1]:
            return reduced(c), x[1] or y[1]
        exponents = dict(x[1])
        for k, e in y[1]:
            exponents[k] = exponents.get(k, 0) + e
        return self.settle(c, exponents)

    def settle(self, c: Number, exponents: dict[int, Exponent]) -> Term:
        """Make a term of exponents: numbers keep proper fractions, |x|^2 is x^2, cbrt(x)^3 is x."""
        for k in sorted(self.folding.intersection(exponents)) if self.folding else ():
            if self.known[k].head == "sum" and exponents[k] % 1 == 0:
                n = int(exponents.pop(k))
                ((monomial, d),) = self.known[k].arguments[0].items()
                return self.times(self.settle(c, exponents), self.whole_power((d, monomial), n))
            if self.known[k].head == "number":
                whole = math.floor(exponents[k])
                if whole:
                    n = self.known[k].payload
                    if abs(whole) * n.bit_length() > BITS:
                        raise TooLong
                    c *= Fraction(n) ** whole
                    exponents[k] -= whole
            else:
                self.fold(exponents, k, self.known[k])
        monomial = tuple([(k, exact(e) if isinstance(e, Fraction) else e) for k, e in sorted(exponents.items()) if e])
        return reduced(c), monomial

    def product(self, terms: Iterable[Term]) -> Term:
        """Multiply terms."""
        total: Term = (1, ONE)
        for term in terms:
            total = self.times(total, term)
        return total

    def multiply(self, x: Sum, y: Sum) -> Sum:
        """Multiply out two sums."""
        self.work += len(x) * len(y)
        if len(x) * len(y) > 4 * TERMS or self.work > WORK:
            raise TooLong
        total: Sum = {}
        for m, c in x.items():
            for n, d in y.items():
                c_product, monomial = self.times((c, m), (d, n))
                gather(total, monomial, c_product)
        if len(total) > TERMS:
            raise TooLong
        return total

    def single(self, value: Sum) -> Term:
        """Write a sum as one term: what its terms have in common, times a kernel that is the rest."""
        if len(value) < 2:
            return next(((c, m) for m, c in value.items()), (0, ONE))
        common, rest = self.content(value)
        if len(rest) < 2:  # x^(-1/2)*cbrt(x) + x^(1/2)*cbrt(x)^(-2) has like terms once something is taken out
            return self.times(common, next(((c, m) for m, c in rest.items()), (0, ONE)))
        sign, kernel = self.grouped(rest)
        return self.times(common, (sign, ((kernel, 1),)))

    def grouped(self, rest: Sum) -> tuple[int, int]:
        """Give a sum as a kernel with a sign: a sum and its opposite are one kernel."""
        key, opposite = ("sum", 0, freeze(rest)), ("sum", 0, freeze(negated(rest)))
        other = self.index.get(opposite)
        if other is not None and (other in self.roots or key not in self.index):
            return -1, other
        if key not in self.index and all(c < 0 for c in rest.values()):
            return -1, self.kernel("sum", (negated(rest),))
        return 1, self.kernel("sum", (rest,))

    def content(self, value: Sum) -> tuple[Term, Sum]:
        """Take out what all terms of a sum have in common: a positive number, and kernels to their least power."""
        least: dict[int, Exponent] = {}
        first = True
        for monomial in value:
            exponents = dict(monomial)
            for k in list(least):
                least[k] = min(least[k], exponents.get(k, 0))
            for k, e in exponents.items():
                if k not in least:
                    least[k] = e if first else min(e, 0)
            first = False
        _, monomial = self.settle(1, {k: e for k, e in least.items() if e})
        number = numeric_content(value.values())
        if not monomial and number == 1:
            return (1, ONE), value
        inverse = (self.inverse((number, ONE))[0], tuple([(k, -e) for k, e in monomial]))
        rest: Sum = {}
        for m, c in value.items():
            d, n = self.times((c, m), inverse)
            gather(rest, n, d)
        return (number, monomial), rest

    def inverse(self, term: Term) -> Term:
        """Give one over a term."""
        c, monomial = term
        if not c:
            raise TooLong
        inverted = 1 / c if isinstance(c, float) else Fraction(1) / c
        return self.settle(inverted, {k: -e for k, e in monomial})

    def power(self, term: Term, q: Exponent) -> Term:
        """Raise a term to a rational power."""
        c, monomial = term
        if isinstance(q, int) or q.denominator == 1:
            return self.whole_power(term, int(q))
        if not c:
            raise TooLong
        odd = [(k, e) for k, e in monomial if e % 2 == 1 and not self.known[k].nonnegative]
        parts: list[Term] = []
        for k, e in monomial:
            if (k, e) not in odd:
                parts.append((1, ((k if e % 1 else self.absolute(k), e * q),)))
        if len(odd) == 1 and c > 0:
            parts.append((1, ((odd[0][0], odd[0][1] * q),)))
        elif odd or c < 0:
            kernel, c = self.together(tuple([(k, 1 if e > 0 else -1) for k, e in odd]), c)
            parts += [(1, ((self.absolute(k), (e - 1 if e > 0 else e + 1) * q),)) for k, e in odd]
            parts.append((1, ((kernel, q),)))
        return self.product([self.number_power(c, q), *[self.settle(x, dict(m)) for x, m in parts]])

    def together(self, inside: Monomial, c: Number) -> tuple[int, Number]:
        """Make one kernel of what must stay together under a root; give with it the positive number that need not."""
        value: Sum = {inside: 1}
        if c < 0:
            value = negated(self.known[inside[0][0]].arguments[0]) if self.is_sum(inside) else {inside: -1}
        kernel = self.kernel("sum", (value,))
        self.roots.add(kernel)
        return kernel, -c if c < 0 else c

    def is_sum(self, monomial: Monomial) -> bool:
        """Tell whether a monomial is a sum and nothing else."""
        return len(monomial) == 1 and monomial[0][1] == 1 and self.known[monomial[0][0]].head == "sum"

    def whole_power(self, term: Term, n: int) -> Term:
        """Raise a term to an integer power."""
        c, monomial = self.inverse(term) if n < 0 else term
        if isinstance(c, int | Fraction) and abs(n) * c.numerator.bit_length() > 2 * BITS and abs(c) != 1:
            raise TooLong
        return self.settle(c ** abs(n), {k: e * abs(n) for k, e in monomial})

    def absolute(self, k: int) -> int:
        """Give the absolute value of a kernel."""
        return k if self.known[k].nonnegative else self.kernel("abs", (), k)

    def number_power(self, number: Number, q: Exponent) -> Term:
        """Raise a positive number to a fractional power: whole factors come out of the root."""
        if isinstance(number, float):
            return reduced(number ** float(q)), ONE
        exponents: dict[int, Exponent] = {}
        for part, sign in ((number.numerator, 1), (number.denominator, -1)):
            for prime, count in factors(part):
                k = self.kernel("number", (), prime)
                exponents[k] = exponents.get(k, 0) + sign * count * q
        return self.settle(1, exponents)

    def call(self, operation: str, arguments: tuple[Sum, ...]) -> Term:
        """Apply a function: the sign of the argument of an odd or even one comes out, tan is sin/cos."""
        sign = 1
        if len(arguments) == 1 and (operation in ODD or operation in EVEN) and self.turned(operation, arguments[0]):
            arguments = (negated(arguments[0]),)
            sign = -1 if operation in ODD else 1
        parts = QUOTIENTS.get(operation, ((operation, 1),))
        return self.settle(sign, {self.kernel(head, arguments): e for head, e in parts})

    def turned(self, operation: str, argument: Sum) -> bool:
        """Tell whether the opposite argument is better: it has no minus signs, or is there already."""
        if all(c < 0 for c in argument.values()):
            return True
        head = QUOTIENTS.get(operation, ((operation, 1),))[0][0]
        key, opposite = (head, 0, freeze(argument)), (head, 0, freeze(negated(argument)))
        return key not in self.index and opposite in self.index

    def fold(self, exponents: dict[int, Exponent], k: int, kernel: Kernel) -> None:
        """Move powers of |x|, sign(x) and cbrt(x) to powers of x, in place, as far as they are such."""
        x, e = kernel.payload, exponents[k]
        if kernel.head == "sign":
            e = exponents[k] = magnitude(e) if magnitude(e) <= 2 else 2 - e % 2
            size = self.kernel("abs", (), x)
            if exponents.get(x) or exponents.get(size):  # alone it stays: sign(0)^2 is 0, not 1
                exponents[k] = 0
                exponents[x] = exponents.get(x, 0) - e
                exponents[size] = exponents.get(size, 0) + e
                self.fold(exponents, size, self.known[size])
        elif kernel.head == "abs" and e % 1 == 0:
            exponents[k] = e % 2
            exponents[x] = exponents.get(x, 0) + e - e % 2
        elif kernel.head == "cbrt" and exponents.get(x, 0) % 1 == 0:
            thirds = 3 * exponents.get(x, 0) + e
            whole = math.trunc(Fraction(thirds) / 3)
            exponents[x], exponents[k] = whole, thirds - 3 * whole
