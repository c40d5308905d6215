"""The writer: sums and terms in, the words that say them shortest out.

It chooses among sin, cos, tan, sec, cot and csc, writes one root for several, and multiplies out what is shorter so.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from symad.numbers import Number
from symad.operations import RULE
from symad.printers.forms import by_degree, expand
from symad.printers.kernels import Kernels
from symad.printers.sums import (
    ONE,
    Exponent,
    Monomial,
    Sum,
    Term,
    TooLong,
    freeze,
    gather,
    magnitude,
    negated,
    plus,
    reduced,
)
from symad.printers.words import ATOM, HALF, Words, function, number, product, quotient, raised, say

PARTS = 6  # more factors or terms than that are not multiplied out
Factor = tuple[int, Words, bool]  # a factor's first kernel, and whether it stands above the line


# fmt: off
NAMINGS = (  # sin^p*cos^q in other functions of the same argument: which, and the exponent as a multiple of p and of q
    ((0, 1, 0), (1, 0, 1)),   # sin^p*cos^q
    ((2, 1, 0), (1, 1, 1)),   # tan^p*cos^(p + q)
    ((2, 1, 0), (3, -1, -1)), # tan^p*sec^(-p - q)
    ((4, 0, 1), (0, 1, 1)),   # cot^q*sin^(p + q)
    ((4, 0, 1), (5, -1, -1)), # cot^q*csc^(-p - q)
    ((0, 1, 0), (3, 0, -1)),  # sin^p*sec^(-q)
    ((5, -1, 0), (1, 0, 1)),  # csc^(-p)*cos^q
    ((5, -1, 0), (3, 0, -1)), # csc^(-p)*sec^(-q)
)
# fmt: on
CIRCULAR = ("sin", "cos", "tan", "sec", "cot", "csc")
HYPERBOLIC = ("sinh", "cosh", "tanh", "sech", "coth", "csch")


def naming(p: Exponent, q: Exponent, length: int) -> list[tuple[int, Exponent]]:
    """Choose the functions that write sin^p*cos^q of an argument of some length shortest, with their exponents."""
    best: list[tuple[int, Exponent]] = []
    least = 0
    for choice in NAMINGS if p % 1 == 0 and q % 1 == 0 else NAMINGS[:1]:
        named = [(f, a * p + b * q) for f, a, b in choice if a * p + b * q]
        cost = sum(2 * (6 + length) + (3 if e < 0 else 0) for _, e in named)
        cost += sum(2 * len(str(magnitude(e))) + 2 for _, e in named if magnitude(e) != 1)
        if not best or cost < least:
            best, least = named, cost
    return best


class Writer:
    """Put terms and sums into words; `argument` writes what stands in a function's parentheses."""

    def __init__(self, ks: Kernels, names: tuple[str, ...], argument: Callable[[Sum], Words]) -> None:
        self.ks = ks
        self.names = names
        self.argument = argument
        self.memo: dict[int, Words] = {}

    def kernel(self, k: int) -> Words:
        """Write a kernel."""
        words = self.memo.get(k)
        if words is None:
            words = self.memo[k] = self.new_kernel(k)
        return words

    def new_kernel(self, k: int) -> Words:
        """Write a kernel for the first time."""
        kernel = self.ks.known[k]
        head = kernel.head
        if head == "input":
            return Words("input", (), ATOM, len(self.names[kernel.payload]), (kernel.payload,), 0, (1, kernel.payload))
        if head == "number":
            return number(kernel.payload)
        if head == RULE:
            return function(kernel.payload)
        if head == "sum":
            return self.total(kernel.arguments[0])
        if head in ("abs", "sign", "cbrt"):
            return say(head, self.kernel(kernel.payload))
        return say("pow" if head == "power" else head, *[self.argument(a) for a in kernel.arguments])

    def total(self, value: Sum) -> Words:
        """Write a sum, a positive term first where there is one."""
        if len(value) == 1:
            value = self.turned(value)
        terms = [(c, self.term(c if c > 0 else -c, m)) for m, c in self.flat(value).items()]
        first = next((i for i, (c, _) in enumerate(terms) if c > 0), 0)
        if not terms:
            return number(0)
        terms.insert(0, terms.pop(first))
        words = terms[0][1] if terms[0][0] > 0 else say("neg", terms[0][1])
        for c, term in terms[1:]:
            words = say("add" if c > 0 else "sub", words, term)
        return words

    def turned(self, value: Sum) -> Sum:
        """Write -1/(x - y) as 1/(y - x)."""
        ((monomial, c),) = value.items()
        for k, e in monomial if c < 0 else ():
            kernel = self.ks.known[k]
            if kernel.head == "sum" and e % 2 == 1 and any(d < 0 for d in kernel.arguments[0].values()):
                other = self.ks.kernel("sum", (negated(kernel.arguments[0]),))
                return {tuple([(other, e) if k == j else (j, d) for j, d in monomial]): -c}
        return value

    def flat(self, value: Sum) -> Sum:
        """Put the terms of a sum that is a term into the sum."""
        total: Sum = {}
        for monomial, c in value.items():
            if c in (1, -1) and self.ks.is_sum(monomial):
                for m, d in self.ks.known[monomial[0][0]].arguments[0].items():
                    gather(total, m, c * d)
            else:
                gather(total, monomial, c)
        return total

    def term(self, c: Number, monomial: Monomial) -> Words:
        """Write a term with a positive coefficient; sums in it are multiplied out where that is shorter."""
        words = self.factors(c, monomial)
        for side in (-1, 1):
            other = self.multiplied(c, monomial, side)
            if other is not None:
                changed = self.factors(*other)
                if changed.length < words.length:
                    words, (c, monomial) = changed, other
        return words

    def multiplied(self, c: Number, monomial: Monomial, side: int) -> Term | None:
        """Multiply out the numerator (side 1) or denominator (side -1) of a term, as far as it is sums and inputs."""
        if isinstance(c, float) or len(monomial) + (c != 1) < 2:
            return None
        factor = c.numerator if side > 0 else c.denominator
        chosen = [
            (k, e) for k, e in monomial if e % 1 == 0 and e * side > 0 and self.ks.known[k].head in ("input", "sum")
        ]
        sums = sum(self.ks.known[k].head == "sum" for k, _ in chosen)
        count = sum(magnitude(e) for _, e in chosen) + (factor != 1)
        if not sums or not 1 < count <= PARTS:
            return None
        try:
            value = expand(self.ks, {tuple([(k, magnitude(e)) for k, e in chosen]): factor})
        except TooLong:
            return None
        if len(value) > PARTS:
            return None
        rest = dict([item for item in monomial if item not in chosen])
        kernel = self.ks.kernel("sum", (by_degree(value),))
        rest[kernel] = rest.get(kernel, 0) + side
        return self.ks.settle(Fraction(c) / factor if side > 0 else c * factor, rest)

    def factors(self, c: Number, monomial: Monomial) -> Words:
        """Write a term with a positive coefficient, a factor after the other, sorted by rank."""
        found: list[Factor] = []
        exponents = dict(monomial)
        c = self.roots_of_numbers(c, exponents)
        self.signs(exponents)
        self.named(exponents, found)
        self.powers(exponents, found)
        self.square_roots(exponents, found)
        found += [(k, raised(self.kernel(k), magnitude(e)), e > 0) for k, e in exponents.items()]
        found.sort(key=lambda factor: (factor[1].rank, factor[0]))
        return quotient(c, [w for _, w, top in found if top], [w for _, w, top in found if not top])

    def roots_of_numbers(self, c: Number, exponents: dict[int, Exponent]) -> Number:
        """Write 14*5^(1/2)/5 as 14/5^(1/2)."""
        for k in exponents:
            n = self.ks.known[k].payload
            if self.ks.known[k].head != "number" or isinstance(c, float) or c.denominator % n:
                continue
            if c.denominator == n or any(e < 0 for e in exponents.values()):
                c = reduced(c * n)
                exponents[k] -= 1
        return c

    def signs(self, exponents: dict[int, Exponent]) -> None:
        """Write abs(x)/x as sign(x), abs(x)/x^2 as 1/abs(x)."""
        for k, f in list(exponents.items()):
            if self.ks.known[k].head != "abs":
                continue
            x = self.ks.known[k].payload
            n = exponents.get(x, 0)
            if n and n % 2 == 0 and (n < 0 or f % 1):
                exponents[k] = f + n
                del exponents[x]
            elif n % 2 == 1 and n < 0 and f == 1:
                del exponents[k]
                exponents[self.ks.kernel("sign", (), x)] = 1
                exponents[x] = n + 1
        for k in [k for k, e in exponents.items() if not e]:
            del exponents[k]

    def named(self, exponents: dict[int, Exponent], found: list[Factor]) -> None:
        """Take sines and cosines out of the exponents, and write them as those functions that are shortest."""
        for k in [k for k in exponents if self.ks.known[k].head in ("sin", "cos", "sinh", "cosh")]:
            if k not in exponents:
                continue
            kernel = self.ks.known[k]
            names = CIRCULAR if kernel.head in CIRCULAR else HYPERBOLIC
            pair = [exponents.pop(self.ks.kernel(f, kernel.arguments), 0) for f in names[:2]]
            argument = self.argument(kernel.arguments[0])
            for f, e in naming(pair[0], pair[1], argument.length):
                found.append((k, raised(say(names[f], argument), magnitude(e)), e > 0))

    def square_roots(self, exponents: dict[int, Exponent], found: list[Factor]) -> None:
        """Take square roots out of the exponents, and write a product or quotient of them as one."""
        roots = [k for k, e in exponents.items() if magnitude(e) == HALF]
        if len(roots) < 2:
            return
        above = [self.kernel(k) for k in roots if exponents[k] > 0]
        below = [self.kernel(k) for k in roots if exponents[k] < 0]
        for k in roots:
            del exponents[k]
        found.append((roots[0], say("sqrt", quotient(1, above, below) if above else product(below)), bool(above)))

    def powers(self, exponents: dict[int, Exponent], found: list[Factor]) -> None:
        """Take general powers out of the exponents, those of one base as one: exp(x)^2*exp(y) as exp(2*x + y)."""
        groups: dict[object, tuple[int, Sum, Sum]] = {}
        for k in [k for k, e in exponents.items() if self.ks.known[k].head == "power"]:
            if exponents[k] % 1 and not self.ks.known[k].positive:
                continue  # not b^(y/2) for (b^y)^(1/2): b may be negative
            base, exponent = self.ks.known[k].arguments
            first, _, total = groups.get(freeze(base), (k, base, {}))
            groups[freeze(base)] = first, base, plus(total, exponent, exponents.pop(k))
        numbers: dict[object, list[tuple[int, Fraction, Sum]]] = {}
        for first, base, total in groups.values():
            c, monomial = next(iter((c, m) for m, c in base.items()))
            if len(base) == 1 and not monomial and not isinstance(c, float):
                numbers.setdefault(freeze(total), numbers.get(freeze(negated(total)), [])).append(
                    (first, Fraction(c), total)
                )
                continue
            d, kernels = self.ks.single(base)
            if d == 1 and len(kernels) == 1 and kernels[0][1] == 1 and kernels[0][0] in exponents:
                total = plus(total, {ONE: exponents.pop(kernels[0][0])})
            found.append((first, *self.power(base, total)))
        for group in {id(g): g for g in numbers.values()}.values():
            first, _, total = group[0]
            combined = Fraction(1)
            for _, c, t in group:
                combined *= c if t == total else 1 / c
            found.append((first, *self.power({ONE: reduced(combined)}, total)))

    def power(self, base: Sum, exponent: Sum) -> tuple[Words, bool]:
        """Write a general power, and tell whether it stands above the line."""
        kernels = self.ks.single(base)[1]
        if len(kernels) == 1 and self.ks.known[kernels[0][0]].head == "e":
            return say("e") if exponent == {ONE: 1} else say("exp", self.argument(exponent)), True
        above = any(c > 0 for c in exponent.values())
        return say("pow", self.argument(base), self.argument(exponent if above else negated(exponent))), above
