"""One evaluation in three arithmetics: a program and a point in, what each output is or why it has no value out.

Doubles compute what `Program` computes. Complex doubles are for the complex step: the derivative of f at x is the
imaginary part of f(x + i*h)/h, without cancellation. mpmath's numbers have as many digits as it is told to keep.
"""

from __future__ import annotations

import cmath
import math
import operator
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache
from importlib import import_module
from typing import Any, NamedTuple

from symad import precise
from symad.errors import EvaluationError
from symad.evaluation import Arithmetic, Evaluator, Function, demanded
from symad.numerics import function
from symad.program import Program, write_assignment

BITS = 320  # of mpmath's complex numbers: an imaginary part that is 1e-80 of the real one has 53 bits of its own


class Outcome(NamedTuple):
    """Hold the value of an output, or None and the reason."""

    value: Any
    reason: str = ""


class NoCounterpart(ValueError):
    """Report a function that an arithmetic lacks."""


def outcomes(program: Program, point: Sequence[Any], arithmetic: Arithmetic) -> list[Outcome]:
    """Evaluate every output; one that has no value leaves the others alone. Infinity is no value.

    >>> from symad.parse import parse
    >>> outcomes(parse("p = x + 1; q = log(x)"), [-1.0], DOUBLES)
    [Outcome(value=0.0, reason=''), Outcome(value=None, reason='log(-1.0) is not defined')]
    """
    values: list[Any] = [None] * len(program.assignments)
    evaluator = Evaluator(program, arithmetic)
    return [
        outcome(replace(program, outputs=(label,), results=(result,)), point, evaluator, values)
        for label, result in zip(program.outputs, program.results, strict=True)
    ]


def outcome(program: Program, point: Sequence[Any], evaluator: Evaluator, values: list[Any]) -> Outcome:
    """Evaluate a program of one output; `values` are those that are known, and get those that are computed."""
    for value in demanded(program, values):
        operation, operands = program.assignments[value]
        try:
            values[value] = evaluator.assignment(value, point, values)
        except NoCounterpart as error:
            return Outcome(None, str(error))
        except EvaluationError as error:
            return Outcome(None, error.reason)
        except (ArithmeticError, ValueError, precise.no_convergence()) as error:
            failed = "overflows" if isinstance(error, OverflowError) else "is not defined"
            shown = [plain(values[v]) for v in operands]
            return Outcome(None, f"{write_assignment(operation, shown)} {failed}")
    found = values[program.results[0]]
    return Outcome(found) if found - found == 0 else Outcome(None, "it overflows")  # infinity and nan: nan


def plain(number: Any) -> str:
    """Write an operand by its real part."""
    return repr(float(number.real))


# doubles, and many digits


def real_function(operation: str) -> Function:
    """Give the function of doubles; a square is a product, as for a program."""
    return (lambda x, y: x * x if y == 2 else math.pow(x, y)) if operation == "pow" else function(operation)


DOUBLES = Arithmetic(float, real_function)
PRECISE = precise.PRECISE


# complex doubles

# fmt: off
CMATH = frozenset("sqrt exp log log10 sin cos tan asin acos atan sinh cosh tanh asinh acosh atanh".split())
ARITHMETIC: Mapping[str, Function] = {name: getattr(operator, name) for name in "add sub mul neg".split()}
COMPARED: Mapping[str, Function] = {name: getattr(operator, name) for name in "lt le gt ge eq ne".split()}
STEPS = frozenset(("sign", "floor", "ceil", "trunc"))
ANALYTIC = frozenset(  # those of `precise` that take complex numbers as they are
    "cot sec csc acot asec acsc sinc coth sech csch acoth asech acsch exp2 expm1 log2 log1p erf erfc normcdf gamma "
    "digamma beta besselj0 besselj1 besselj bessely0 bessely1 sigmoid logit softplus lambertw".split())
# fmt: on


def complex_function(operation: str) -> Function:
    """Give the function of complex doubles that continues an operation; where all is real, the function of doubles.

    What compares, compares real parts: max, abs and their like choose one of their operands, steps are real.
    """
    if operation == "not":
        return operator.not_
    if operation in COMPARED:
        compare = COMPARED[operation]
        return lambda x, y: compare(x.real, y.real)
    ours, real = continuation(operation), real_function(operation)

    def call(*operands: complex) -> complex:
        if any(x.imag for x in operands):
            return complex(ours(*operands))
        return complex(real(*[x.real for x in operands]))

    return call


def continuation(operation: str) -> Function:
    """Find the function of complex numbers: Python's own, else mpmath's, else none."""
    if operation in CMATH:
        found: Function = getattr(cmath, operation)
        return found
    if operation in STEPS:
        step = function(operation)
        return lambda x: step(x.real)
    for table in (ARITHMETIC, CHOSEN):
        if operation in table:
            return table[operation]
    if operation in ANALYTIC or operation in continued():
        call = precise.functions()[operation] if operation in ANALYTIC else continued()[operation]
        mp = import_module("mpmath")

        def extended(*operands: complex) -> complex:
            with mp.workprec(BITS):
                return complex(call(*map(mp.mpc, operands)))

        return extended

    def missing(*_: complex) -> complex:
        raise NoCounterpart(f"{operation} of complex numbers is not at hand")

    return missing


def power(x: complex, y: complex) -> complex:
    """Give x^y: of a negative number for whole exponents only."""
    if x.real >= 0:
        return x**y
    if y.imag or y.real != math.floor(y.real):
        raise ValueError
    return (-x) ** y * (-1 if y.real % 2 else 1)


def magnitude(x: complex) -> complex:
    """Give x or -x, the one whose real part is not negative."""
    return -x if x.real < 0 else x


# fmt: off
CHOSEN: Mapping[str, Function] = {
    "div": operator.truediv,
    "pow": power,
    "xdivy": lambda x, y: x / y if x else x,
    "mulpow": lambda c, x, y: c * power(x, y) if c else c,
    "powlog": lambda x, y, n: power(x, y) * cmath.log(x) ** n if x or y.real <= 0 else x,
    "abs": magnitude,
    "max": lambda x, y: y if y.real > x.real else x,
    "min": lambda x, y: y if y.real < x.real else x,
    "relu": lambda x: x if x.real > 0 else 0.0,
    "copysign": lambda x, y: magnitude(x) * math.copysign(1.0, y.real),
    "mod": lambda x, y: complex(x.real % y.real, x.imag - y.imag * math.floor(x.real / y.real)),
    "fmod": lambda x, y: complex(math.fmod(x.real, y.real), x.imag - y.imag * math.trunc(x.real / y.real)),
}
# fmt: on


@cache
def continued() -> Mapping[str, Function]:
    """Give mpmath's functions where `precise` takes real numbers: roots and logarithms of what may be negative."""
    mp = import_module("mpmath")

    def angle(y: Any, x: Any) -> Any:
        if abs(y.real) > abs(x.real):
            return mp.sign(y.real) * mp.pi / 2 - mp.atan(x / y)
        return mp.atan(y / x) + (0 if x.real > 0 else mp.pi if y.real >= 0 else -mp.pi)

    def lgamma(x: Any) -> Any:
        z = mp.gamma(x)
        return mp.loggamma(x) if x.real > 0 else mp.log(z if z.real > 0 else -z)

    def logaddexp(x: Any, y: Any) -> Any:
        larger, smaller = (x, y) if x.real >= y.real else (y, x)
        return larger + mp.log1p(mp.exp(smaller - larger))

    def cbrt(x: Any) -> Any:
        return mp.cbrt(x) if x.real > 0 else -mp.cbrt(-x)

    # fmt: off
    return {
        "atan2":     angle,                               "cbrt":      cbrt,
        "hypot":     lambda x, y: mp.sqrt(x * x + y * y), "lgamma":    lgamma,
        "lbeta":     lambda x, y: lgamma(x) + lgamma(y) - lgamma(x + y),
        "trigamma":  lambda x: mp.psi(1, x),              "polygamma": lambda n, x: mp.psi(int(n.real), x),
        "xlogy":     lambda x, y: x * mp.log(y) if x else x,
        "xlog1py":   lambda x, y: x * mp.log1p(y) if x else x,
        "logaddexp": logaddexp,
    }
    # fmt: on


COMPLEX = Arithmetic(complex, complex_function)
