"""The elementary operations in double precision.

In comes the name of an operation; out comes the function of floats that computes it. The interpreter calls these
functions; generated Python is written from the same tables and copies the functions that are defined here as they
stand, so that both agree to the bit. A copied function uses `math` and nothing else, one of SPECIAL `special` and
`finite` too.

Off the domain they raise as `math` does: ValueError, OverflowError, or ZeroDivisionError at the pole of a quotient. A
sum, a product or a quotient that overflows is infinite, as everywhere in Python. `max` and `min` are Python's own: of a
nan and a number they give the first, but nothing on the domain makes a nan.
"""

from __future__ import annotations

import importlib
import math
import operator
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from symad.errors import MissingError

special: Any = None  # scipy.special once a function needs it: SciPy is optional, and slow to import

# fmt: off
OPERATORS: dict[str, Callable[..., float]] = {
    "add": operator.add, "sub": operator.sub, "mul": operator.mul, "div": operator.truediv, "neg": operator.neg,
    "lt": operator.lt, "le": operator.le, "gt": operator.gt, "ge": operator.ge, "eq": operator.eq, "ne": operator.ne,
    "not": operator.not_,
}
BUILTINS: dict[str, Callable[..., float]] = {"abs": abs, "max": max, "min": min}
CONSTANTS: dict[str, float] = {"pi": math.pi, "e": math.e}
MATH: dict[str, str] = {name: name for name in (  # operation: its name in `math`
    "pow sqrt cbrt hypot exp exp2 expm1 log log2 log10 log1p sin cos tan asin acos atan atan2 sinh cosh tanh "
    "asinh acosh atanh fmod copysign erf erfc gamma lgamma").split()}
# fmt: on


def cot(x: float) -> float:
    """Give cos(x)/sin(x)."""
    return 1.0 / math.tan(x)


def sec(x: float) -> float:
    """Give 1/cos(x)."""
    return 1.0 / math.cos(x)


def csc(x: float) -> float:
    """Give 1/sin(x)."""
    return 1.0 / math.sin(x)


def acot(x: float) -> float:
    """Give atan(1/x)."""
    return math.atan(1.0 / x)


def asec(x: float) -> float:
    """Give acos(1/x), without cancellation near 1."""
    return math.atan2(math.sqrt(abs(x) - 1.0) * math.sqrt(abs(x) + 1.0), math.copysign(1.0, x))


def acsc(x: float) -> float:
    """Give asin(1/x), without cancellation near 1."""
    return math.copysign(math.atan2(1.0, math.sqrt(abs(x) - 1.0) * math.sqrt(abs(x) + 1.0)), x)


def sinc(x: float) -> float:
    """Give sin(x)/x, and 1 at 0."""
    return math.sin(x) / x if x else 1.0


def coth(x: float) -> float:
    """Give cosh(x)/sinh(x)."""
    return 1.0 / math.tanh(x)


def sech(x: float) -> float:
    """Give 1/cosh(x), without overflow."""
    t = math.exp(-abs(x))
    return 2.0 * t / (1.0 + t * t)


def csch(x: float) -> float:
    """Give 1/sinh(x), without overflow."""
    return math.copysign(2.0 * math.exp(-abs(x)) / -math.expm1(-2.0 * abs(x)), x)


def acoth(x: float) -> float:
    """Give atanh(1/x), without cancellation near 1."""
    return math.copysign(0.5 * math.log1p(2.0 / (abs(x) - 1.0)), x)


def asech(x: float) -> float:
    """Give acosh(1/x), without cancellation near 1."""
    return 2.0 * math.asinh(math.sqrt(0.5 - 0.5 * x) / math.sqrt(x))


def acsch(x: float) -> float:
    """Give asinh(1/x)."""
    return math.asinh(1.0 / x)


def sign(x: float) -> float:
    """Give 1, 0 or -1."""
    return float((x > 0.0) - (x < 0.0))


def floor(x: float) -> float:
    """Give the largest integer that is not above x."""
    return float(math.floor(x))


def ceil(x: float) -> float:
    """Give the smallest integer that is not below x."""
    return float(math.ceil(x))


def trunc(x: float) -> float:
    """Give the integer part of x."""
    return float(math.trunc(x))


def mod(x: float, y: float) -> float:
    """Give x - y*floor(x/y), which has the sign of y."""
    return x % y


def relu(x: float) -> float:
    """Give the larger of x and 0."""
    return 0.0 if x <= 0.0 else x


def normcdf(x: float) -> float:
    """Give the distribution function of the normal distribution."""
    return 0.5 * math.erfc(-x / math.sqrt(2.0))


def sigmoid(x: float) -> float:
    """Give 1/(1 + exp(-x)), without overflow."""
    t = math.exp(-abs(x))
    return 1.0 / (1.0 + t) if x > 0.0 else t / (1.0 + t)


def logit(x: float) -> float:
    """Give log(x/(1 - x)), without cancellation near 1/2."""
    if abs(x - 0.5) < 0.25:
        return math.log1p((2.0 * x - 1.0) / (1.0 - x))
    return math.log(x / (1.0 - x))


def softplus(x: float) -> float:
    """Give log(1 + exp(x)), without overflow."""
    return max(x, 0.0) + math.log1p(math.exp(-abs(x)))


def logaddexp(x: float, y: float) -> float:
    """Give log(exp(x) + exp(y)), without overflow."""
    return max(x, y) + math.log1p(math.exp(-abs(x - y)))


def xlogy(x: float, y: float) -> float:
    """Give x*log(y), and 0 for x = 0 where y is 0 too."""
    return 0.0 if x == 0.0 <= y else x * math.log(y)


def xlog1py(x: float, y: float) -> float:
    """Give x*log(1 + y), and 0 for x = 0 where y is -1."""
    return 0.0 if x == 0.0 and y >= -1.0 else x * math.log1p(y)


def indices(first: float, last: float) -> range:
    """Give the whole numbers from one to another; raise ValueError where they are none, or would count backwards."""
    for bound in (first, last):
        if not abs(bound) <= 2.0**53 or bound != int(bound):
            raise ValueError(f"an index is a whole number up to 2^53, and {bound} is none")
    if last < first - 1.0:
        raise ValueError(f"a loop from {first} to {last} cannot be run")
    return range(int(first), int(last) + 1)


def stretches(
    steps: range,
    states: int,
    state: tuple[float, ...],
    advance: Callable[[range, tuple[float, ...]], tuple[float, ...]],
) -> Iterator[tuple[range, tuple[float, ...]]]:
    """Give stretches of the steps of a loop, the last one first, each with the state in which it begins.

    At most so many states are kept: half of them here, the others by whoever runs a stretch. What lies between is run
    again, as seldom as possible (binomial checkpointing: Griewank and Walther, ACM TOMS 26, 2000).
    """
    length = states // 2
    kept = [(steps.start, state)]
    end = steps.stop
    while kept:
        begin, state = kept[-1]
        while end - begin > length:
            count, free = -(-(end - begin) // length), states - length - len(kept)
            times = 1
            while free and math.comb(free + 1 + times, times) < count:
                times += 1
            skip = min(math.comb(free + times, times - 1), count - math.comb(free + times - 1, times - 1))
            skip = skip if free else count - 1
            state = advance(range(begin, begin + skip * length), state)
            begin += skip * length
            if free:
                kept.append((begin, state))
        yield range(begin, end), state
        end = begin
        while kept and kept[-1][0] >= end:
            kept.pop()


def xdivy(x: float, y: float) -> float:
    """Give x/y, and 0 where x is 0."""
    return x / y if x else 0.0


def mulpow(c: float, x: float, y: float) -> float:
    """Give c*x^y, and 0 where c is 0."""
    return c * math.pow(x, y) if c else 0.0


def powlog(x: float, y: float, n: float) -> float:
    """Give x^y*log(x)^n, and 0 where x^y is 0."""
    z = math.pow(x, y)
    return z * math.pow(math.log(x), n) if z else 0.0


def finite(value: float) -> float:
    """Give the value back as a float; raise ValueError where a library says nan or infinity in place of an error."""
    if not math.isfinite(value):
        raise ValueError("math domain error")
    return float(value)


def erfinv(x: float) -> float:
    """Give the inverse of erf."""
    return finite(special.erfinv(x))


def erfcinv(x: float) -> float:
    """Give the inverse of erfc."""
    return finite(special.erfcinv(x))


def digamma(x: float) -> float:
    """Give the derivative of log(gamma(x))."""
    return finite(special.psi(x))


def trigamma(x: float) -> float:
    """Give the derivative of digamma."""
    if x > 0.0:
        return finite(special.zeta(2.0, x))
    # reflected: zeta would take time in proportion to -x
    return (math.pi / math.sin(math.pi * math.remainder(x, 1.0))) ** 2 - float(special.zeta(2.0, 1.0 - x))


def polygamma(n: float, x: float) -> float:
    """Give the derivative of digamma of order n, a whole number."""
    if n == 0.0:
        return finite(special.psi(x))
    parity, total = math.pow(-1.0, n + 1.0), float(special.zeta(n + 1.0, x - min(math.floor(x), 0)))
    if x < 0.0:  # reflected: zeta would take time in proportion to -x
        total += parity * float(special.zeta(n + 1.0, math.ceil(x) - x) - special.zeta(n + 1.0, 1.0 - x))
    return finite(parity * math.gamma(n + 1.0) * total)


def beta(x: float, y: float) -> float:
    """Give gamma(x)*gamma(y)/gamma(x + y)."""
    return finite(special.beta(x, y))


def lbeta(x: float, y: float) -> float:
    """Give log(abs(beta(x, y)))."""
    return finite(special.betaln(x, y))


# The Bessel functions are jv and yv: SciPy's j0, j1, y0 and y1 lose digits as x grows, seven of them at 1e8.


def besselj0(x: float) -> float:
    """Give the Bessel function of the first kind of order 0."""
    return finite(special.jv(0.0, x))


def besselj1(x: float) -> float:
    """Give the Bessel function of the first kind of order 1."""
    return finite(special.jv(1.0, x))


def besselj(n: float, x: float) -> float:
    """Give the Bessel function of the first kind of order n."""
    return finite(special.jv(n, x))


def bessely0(x: float) -> float:
    """Give the Bessel function of the second kind of order 0."""
    return finite(special.yv(0.0, x))


def bessely1(x: float) -> float:
    """Give the Bessel function of the second kind of order 1."""
    return finite(special.yv(1.0, x))


def lambertw(x: float) -> float:
    """Give the w of at least -1 with w*exp(w) = x."""
    w = special.lambertw(x)
    return finite(w.real if w.imag == 0.0 else math.nan)


# fmt: off
OWN: dict[str, Callable[..., float]] = {f.__name__: f for f in (  # need `math` alone
    cot, sec, csc, acot, asec, acsc, sinc, coth, sech, csch, acoth, asech, acsch, sign, floor, ceil, trunc, mod, relu,
    normcdf, sigmoid, logit, softplus, logaddexp, xlogy, xlog1py, xdivy, mulpow, powlog)}
SPECIAL: dict[str, Callable[..., float]] = {f.__name__: f for f in (  # need `scipy.special` and `finite` too
    erfinv, erfcinv, digamma, trigamma, polygamma, beta, lbeta, besselj0, besselj1, besselj, bessely0, bessely1,
    lambertw)}
# fmt: on


def function(operation: str) -> Callable[..., float]:
    """Give the function that computes an operation; the lazy ones, select, and, or, are the interpreter's own.

    Raises ImportError, naming the function, where SciPy is needed and absent.

    >>> function("sech")(1000.0), function("max")(2.0, 3.0), function("floor")(-0.5)
    (0.0, 3.0, -1.0)
    """
    if operation in MATH:
        found: Callable[..., float] = getattr(math, MATH[operation])
        return found
    if operation in CONSTANTS:
        return lambda: CONSTANTS[operation]
    if operation in SPECIAL:
        load_special(operation)
    for table in (OPERATORS, BUILTINS, OWN, SPECIAL):
        if operation in table:
            return table[operation]
    raise KeyError(operation)


def load_special(operation: str) -> None:
    """Import scipy.special for the functions of this module."""
    global special
    if special is None:
        try:
            special = importlib.import_module("scipy.special")
        except ImportError as error:
            raise MissingError(
                f"{operation} is computed by SciPy, which is not installed", hint="pip install scipy"
            ) from error


def sources(operations: Iterable[str]) -> list[str]:
    """Give the source texts that generated code has to hold for some operations, in the order of this module.

    >>> print(sources(["sin", "sec"])[0])
    def sec(x: float) -> float:
        \"\"\"Give 1/cos(x).\"\"\"
        return 1.0 / math.cos(x)
    """
    import inspect

    wanted = set(operations)
    plain: dict[str, Callable[..., Any]] = {"indices": indices, "stretches": stretches, **OWN}
    texts = [inspect.getsource(f).rstrip() for name, f in plain.items() if name in wanted]
    if not wanted.isdisjoint(SPECIAL):
        texts.append(inspect.getsource(finite).rstrip())
    return texts + [inspect.getsource(f).rstrip() for name, f in SPECIAL.items() if name in wanted]
