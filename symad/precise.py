"""The elementary operations to any number of digits, by mpmath: a judge that shares nothing with the double precision.

In come a program and a point; out come its values there. Decimals are the doubles that they are, integers and
quotients are exact, and only the branch that is taken is evaluated.
"""

from __future__ import annotations

import operator
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from importlib import import_module
from typing import Any

from symad.errors import EvaluationError
from symad.evaluation import Arithmetic, Evaluator, Function, demanded, failure
from symad.numbers import Number
from symad.operations import BODY, BOOLEAN, LEAVES, NUMBERS, PROJECT
from symad.program import Program

LARGE_BITS = (
    4096  # beyond 2^4096 a value is as good as infinite: a double ends at 2^1024, and sin(2^2^30) needs 2^30 bits
)
GUARD = 20  # digits beyond those that are asked for
# fmt: off
EXACT = frozenset({*NUMBERS, *BOOLEAN, BODY, PROJECT, "select", "neg", "abs", "sign", "floor", "ceil", "trunc", "max",
                   "min", "relu", "copysign", "fmod"})  # operations that do not round
# fmt: on
MANY_TERMS = 2000  # mpmath's polygamma takes a step for every unit of a negative argument


@cache
def functions() -> Mapping[str, Function]:
    """Give the table of operations, in mpmath's precision of the moment."""
    mp = import_module("mpmath")

    def erfcinv(x: Any) -> Any:
        with mp.extraprec(max(0, -mp.mag(x)) if x else 0):
            return mp.erfinv(1 - x)

    def polygamma(n: Any, x: Any) -> Any:
        if n != mp.floor(n) or n < 0 or x < -MANY_TERMS:
            raise ValueError
        return mp.psi(int(n), x)

    def lambertw(x: Any) -> Any:
        return mp.lambertw(x) if x else x

    def trunc(x: Any) -> Any:
        return mp.floor(x) if x > 0 else mp.ceil(x)

    def cbrt(x: Any) -> Any:
        return mp.sign(x) * mp.cbrt(abs(x))

    def lbeta(x: Any, y: Any) -> Any:
        return mp.re(mp.loggamma(x)) + mp.re(mp.loggamma(y)) - mp.re(mp.loggamma(x + y))

    # fmt: off
    return {
        **{name: getattr(operator, name) for name in "add sub mul neg lt le gt ge eq ne".split()},
        **{name: getattr(mp, name) for name in (  # those that mpmath calls as we do
            "sqrt exp expm1 log log10 log1p sin cos tan cot sec csc asin acos atan atan2 sinc sinh cosh tanh coth sech "
            "csch asinh acosh atanh sign floor ceil hypot erf erfc erfinv gamma digamma beta").split()},
        "div": operator.truediv,                    "not": operator.not_,
        "pow": mp.power,                            "abs": abs,
        "max": max,                                 "min": min,
        "cbrt": cbrt,                               "trunc": trunc,
        "exp2": lambda x: mp.power(2, x),           "log2": lambda x: mp.log(x) / mp.log(2),
        "acot": lambda x: mp.atan(1 / x),           "acoth": lambda x: mp.atanh(1 / x),
        "asec": lambda x: mp.acos(1 / x),           "asech": lambda x: mp.acosh(1 / x),
        "acsc": lambda x: mp.asin(1 / x),           "acsch": lambda x: mp.asinh(1 / x),
        "mod": operator.mod,                        "fmod": lambda x, y: mp.sign(x) * (abs(x) % abs(y)),
        "copysign": lambda x, y: abs(x) if y >= 0 else -abs(x),
        "relu": lambda x: max(x, mp.mpf(0)),        "erfcinv": erfcinv,
        "normcdf": lambda x: mp.erfc(-x / mp.sqrt(2)) / 2,
        "lgamma": lambda x: mp.re(mp.loggamma(x)),  "lbeta": lbeta,
        "trigamma": lambda x: polygamma(1, x),      "polygamma": polygamma,
        "besselj": mp.besselj,
        "besselj0": lambda x: mp.besselj(0, x),     "besselj1": lambda x: mp.besselj(1, x),
        "bessely0": lambda x: mp.bessely(0, x),     "bessely1": lambda x: mp.bessely(1, x),
        "sigmoid": lambda x: 1 / (1 + mp.exp(-x)),  "logit": lambda x: mp.log(x / (1 - x)),
        "softplus": lambda x: mp.log1p(mp.exp(x)),
        "logaddexp": lambda x, y: max(x, y) + mp.log1p(mp.exp(-abs(x - y))),
        "xlogy": lambda x, y: x * mp.log(y) if x or y < 0 else x,
        "xlog1py": lambda x, y: x * mp.log1p(y) if x or y < -1 else x,
        "xdivy": lambda x, y: x / y if x else x,
        "mulpow": lambda c, x, y: c * mp.power(x, y) if c else c,
        "powlog": lambda x, y, n: mp.power(x, y) * mp.log(x) ** n if x or y <= 0 else x,
        "lambertw": lambertw,
        "pi": lambda: +mp.pi,                       "e": lambda: +mp.e,
    }
    # fmt: on


def evaluate(program: Program, point: Sequence[Any], digits: int = 50) -> tuple[Any, ...]:
    """Evaluate the outputs of a program at a point, in the order of the inputs, to a number of digits.

    The digits are those of each operation; what a formula cancels is lost. Raises EvaluationError off the domain.

    >>> from symad.parse import parse
    >>> [root] = evaluate(parse("sqrt(2*x)"), [1], digits=30)
    >>> import mpmath
    >>> mpmath.nstr(root, 30)
    '1.41421356237309504880168872421'
    """
    mp = import_module("mpmath")
    with mp.workdps(digits + GUARD):
        known = values(program, point)
    with mp.workdps(digits):
        return tuple([+known[v] for v in program.results])


def values(
    program: Program,
    point: Sequence[Any],
    known: Sequence[Any] | None = None,
    rounding: Mapping[int, Any] | None = None,
    arithmetic: Arithmetic | None = None,
) -> list[Any]:
    """Evaluate in mpmath's precision of the moment: each value that is needed, None for the others.

    `known` are values from another point that still hold here, None for the others. `rounding` gives factors by which
    some values are multiplied, which is what rounding does to them: of a loop a list, for what it computes in turn.
    """
    arithmetic = PRECISE if arithmetic is None else arithmetic
    evaluator = Evaluator(program, arithmetic)
    found: list[Any] = [None] * len(program.assignments) if known is None else list(known)
    arguments = [import_module("mpmath").mpf(x) for x in point]
    for value in demanded(program, found):
        factor = rounding.get(value) if rounding else None
        try:
            if isinstance(factor, list):
                result = Evaluator(program, rounded(arithmetic, iter(factor))).assignment(value, arguments, found)
            else:
                result = evaluator.assignment(value, arguments, found)
        except EvaluationError:
            raise
        except (ArithmeticError, ValueError, no_convergence()) as error:
            shown = [float(x) if hasattr(x, "_mpf_") else x for x in found]
            raise failure(program, value, shown, error) from None
        found[value] = result if factor is None or isinstance(factor, list) else result * factor
    return found


@cache
def no_convergence() -> type[Exception]:
    """Give mpmath's own error."""
    found: type[Exception] = import_module("mpmath").libmp.NoConvergence
    return found


def exact(number: Number) -> Any:
    """Give a constant of a program."""
    mpf = import_module("mpmath").mpf
    return mpf(number) if isinstance(number, int | float) else mpf(number.numerator) / number.denominator


def real(value: Any) -> Any:
    """Give a truth value or a real number back; raise where it is complex, infinite or as good as that."""
    if value is True or value is False:
        return value
    if hasattr(value, "_mpc_"):
        raise ValueError
    _, mantissa, exponent, bits = value._mpf_
    if not mantissa and exponent:
        raise ValueError
    if exponent + bits > LARGE_BITS:
        raise OverflowError
    return value


def precise_function(operation: str) -> Function:
    """Give the function of mpmath's real numbers."""
    call = functions()[operation]
    return lambda *operands: real(call(*operands))


PRECISE = Arithmetic(exact, precise_function)


def rounded(arithmetic: Arithmetic, factors: Iterator[Any]) -> Arithmetic:
    """Give the arithmetic whose results are multiplied by these factors, one after the other, then by none."""

    def function(operation: str) -> Function:
        call = arithmetic.function(operation)
        return call if operation in EXACT else lambda *operands: call(*operands) * next(factors, 1)

    return Arithmetic(arithmetic.constant, function)


def computed(arithmetic: Arithmetic, results: list[Any]) -> Arithmetic:
    """Give the arithmetic that notes down its results, those that would be rounded."""

    def function(operation: str) -> Function:
        call = arithmetic.function(operation)

        def noting(*operands: Any) -> Any:
            results.append(call(*operands))
            return results[-1]

        return call if operation in EXACT else noting

    return Arithmetic(arithmetic.constant, function)


def dependents(program: Program, place: int) -> list[int]:
    """List the values that an input changes."""
    marked = bytearray(len(program.assignments))
    marked[place] = 1
    found = [place]
    for value, (operation, operands) in enumerate(program.assignments):
        if operation not in LEAVES and any(marked[v] for v in operands):
            marked[value] = 1
            found.append(value)
    return found
