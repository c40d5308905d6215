"""The laws of functions on sums: a Program in, its values as sums of products out.

Each operation of a program becomes sums and products of kernels, by the laws that hold wherever both sides are defined.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from symad.numbers import Number
from symad.operations import RULE
from symad.printers.kernels import Kernels
from symad.printers.sums import ONE, Exponent, Sum, Term, constant, lone, negated, plus
from symad.program import Program

HALF = Fraction(1, 2)
FINE = 8  # a decimal exponent is exact if it is a fraction with at most this denominator


def read(program: Program, ks: Kernels, wanted: bytearray) -> list[Sum | None]:
    """Give the wanted values of a program as sums; None for the others and for what cannot be read."""
    values: list[Sum | None] = []
    for value, (operation, operands) in enumerate(program.assignments):
        found: Sum | None = None
        if operation == "input":
            found = lone((1, ((ks.kernel("input", (), operands[0]), 1),)))
        elif operation in ("integer", "rational", "decimal"):
            found = constant(operands[0])
        elif operation == RULE:
            found = lone((1, ((ks.kernel(RULE, (), operands[0]), 1),)))
        elif wanted[value]:
            found = apply(ks, operation, [values[v] for v in operands])
        values.append(found)
    return values


def apply(ks: Kernels, operation: str, operands: list[Sum | None]) -> Sum | None:
    """Apply one operation; None where an operand is not known or the result is too long."""
    known = [x for x in operands if x is not None]
    if len(known) < len(operands):
        return None
    law = LAWS.get(operation)
    try:
        return law(ks, *known) if law else lone(ks.call(operation, tuple(known)))
    except ArithmeticError:
        return None


def multiply(ks: Kernels, x: Sum, y: Sum) -> Sum:
    """Multiply, without multiplying out; a number goes into a sum."""
    if set(x) == {ONE}:
        return {m: reduced_product(x[ONE], c) for m, c in y.items()}
    return lone(ks.times(ks.single(x), ks.single(y)))


def reduced_product(x: Number, y: Number) -> Number:
    """Multiply two numbers."""
    return constant(x * y).get(ONE, 0)


def divide(ks: Kernels, x: Sum, y: Sum) -> Sum:
    """Divide, without multiplying out."""
    return multiply(ks, x, lone(ks.inverse(ks.single(y)))) if x else x


def number_of(value: Sum) -> Number | None:
    """Give the number that a sum is."""
    if not value:
        return 0
    return value.get(ONE) if len(value) == 1 else None


def rational(number: Number) -> Exponent | None:
    """Give a number as an exact exponent, None for a decimal that is none."""
    if isinstance(number, float):
        fraction = Fraction(number)
        return fraction if fraction.denominator <= FINE else None
    return number


def power(ks: Kernels, base: Sum, exponent: Sum) -> Sum:
    """Raise to a power, a term of the exponent at a time: x^(n - 1) is x^n/x."""
    number = number_of(exponent)
    if number is not None:
        q = rational(number)
        return lone(ks.call("pow", (base, exponent)) if q is None else ks.power(ks.single(base), q))
    root = number_of(base)
    if not base or (root is not None and (root <= 0 or isinstance(root, float))):
        return lone(ks.call("pow", (base, exponent)))
    kernel = None if root is not None else ks.single(base)
    if kernel is not None and not (kernel[0] == 1 and len(kernel[1]) == 1 and kernel[1][0][1] == 1):
        base = lone(kernel)
    coefficient, rest = ks.single(base)
    positive = root is not None or (coefficient > 0 and ks.positive(rest))
    total: Term = (1, ONE)
    for monomial, c in exponent.items():
        q = rational(c)
        if not monomial and q is not None:
            part = ks.power(ks.single(base), q)
        elif q is None:
            part = (1, ((ks.kernel("power", (base, {monomial: c})), 1),))
        elif positive:
            part = (1, ((ks.kernel("power", (base, {monomial: 1})), q),))
        else:
            q = Fraction(q)  # not (b^y)^(1/2) for b^(y/2): b may be negative
            part = (1, ((ks.kernel("power", (base, {monomial: Fraction(1, q.denominator)})), q.numerator),))
        total = ks.times(total, part)
    return lone(total)


def exponential(ks: Kernels, x: Sum) -> Sum:
    """Write exp(2*x) as exp(x)^2, exp(2*log(x)) as x^2."""
    total: Term = (1, ONE)
    e: Sum = {((ks.kernel("e"), 1),): 1}
    for monomial, c in x.items():
        q = rational(c)
        inner = logarithm_of(ks, monomial)
        if inner is not None and q is not None:
            part = ks.power(ks.single(inner), q)
        elif q is None:
            part = (1, ((ks.kernel("power", (e, {monomial: c})), 1),))
        else:
            part = (1, ((ks.kernel("power", (e, {monomial: 1})), q),))
        total = ks.times(total, part)
    return lone(total)


def logarithm_of(ks: Kernels, monomial: tuple[tuple[int, Exponent], ...]) -> Sum | None:
    """Give the argument where a monomial is a logarithm and nothing else."""
    if len(monomial) != 1 or monomial[0][1] != 1:
        return None
    kernel = ks.known[monomial[0][0]]
    return kernel.arguments[0] if kernel.head == "log" else None


def logarithm(ks: Kernels, x: Sum) -> Sum:
    """Write log(exp(y)) as y."""
    total: Sum = {}
    if len(x) == 1:
        ((monomial, c),) = x.items()
        e: Sum = {((ks.kernel("e"), 1),): 1}
        kernels = [(ks.known[k], q) for k, q in monomial]
        if c == 1 and all(kernel.head == "power" and kernel.arguments[0] == e for kernel, _ in kernels):
            for kernel, q in kernels:
                total = plus(total, kernel.arguments[1], q)
            return total
    return lone(ks.call("log", (x,)))


def absolute(ks: Kernels, x: Sum) -> Sum:
    """Write abs(2*x*y) as 2*abs(x)*abs(y)."""
    c, monomial = ks.single(x)
    exponents: dict[int, Exponent] = {}
    total: Term = (-c if c < 0 else c, ONE)
    for k, e in monomial:
        odd = 0 if ks.known[k].nonnegative or e % 2 != 1 else 1
        exponents = {k: e - odd}
        if odd:
            exponents[ks.absolute(k)] = 1
        total = ks.times(total, ks.settle(1, exponents))
    return lone(total)


def sign(ks: Kernels, x: Sum) -> Sum:
    """Write sign(2*x*y) as sign(x)*sign(y)."""
    c, monomial = ks.single(x)
    total: Term = ((c > 0) - (c < 0), ONE)
    for k, e in monomial:
        if not ks.known[k].positive:
            total = ks.times(total, ks.settle(1, {ks.kernel("sign", (), k): 2 if e % 2 == 0 else 1}))
    return lone(total)


def cube_root(ks: Kernels, x: Sum) -> Sum:
    """Take whole cubes out of a cube root."""
    c, monomial = ks.single(x)
    sides = [round(abs(n) ** (1 / 3)) if abs(n) < 2**100 else 0 for n in Fraction(c).as_integer_ratio()]
    root = Fraction(sides[0], sides[1] or 1) * (1 if c > 0 else -1)
    exact = not isinstance(c, float) and root**3 == c
    outside: Term = (root if exact else 1, tuple([(k, Fraction(e) / 3) for k, e in monomial if e % 3 == 0]))
    inside: Term = (1 if exact else c, tuple([(k, e) for k, e in monomial if e % 3]))
    if inside == (1, ONE):
        return lone(ks.settle(outside[0], dict(outside[1])))
    kernel, e = inside[1][0] if inside[0] == 1 and len(inside[1]) == 1 else (ks.kernel("sum", (lone(inside),)), 1)
    if e % 1:
        kernel, e = ks.kernel("sum", (lone(inside),)), 1
    return lone(ks.times(ks.settle(outside[0], dict(outside[1])), ks.settle(1, {ks.kernel("cbrt", (), kernel): e})))


Law = Callable[..., Sum]
LAWS: dict[str, Law] = {
    "add": lambda _, x, y: plus(x, y),
    "sub": lambda _, x, y: plus(x, y, -1),
    "neg": lambda _, x: negated(x),
    "mul": multiply,
    "div": divide,
    "pow": power,
    "sqrt": lambda ks, x: lone(ks.power(ks.single(x), HALF)),
    "cbrt": cube_root,
    "exp": exponential,
    "log": logarithm,
    "abs": absolute,
    "sign": sign,
    "e": lambda ks: exponential(ks, constant(1)),
}
