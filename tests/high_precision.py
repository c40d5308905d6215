"""Evaluate a program, and its derivative by differences, to many digits: the judge where two doubles disagree.

Nothing of the library's calculus or arithmetic is used, only the list of assignments: mpmath computes each operation,
and the derivative is a central difference of the value, taken at a precision that leaves more than forty true digits. A
value that does not exist (a branch that is not taken, a point off the domain) is None and makes None of what uses it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from functools import cache
from typing import Any

import mpmath

from symad.loops import Body, parted
from symad.operations import BODY, LOOP, PROJECT
from symad.program import Assignment, Program

DIGITS = 150
STEP = DIGITS // 3  # the step of a difference is 10^-STEP of the input: error 10^-100, cancelled digits 50 of the 150
BITS = 120  # of an exact constant: products of two are still exact in the library
HALF_ULP = 2.0**-53
SHIFT = mpmath.mpf(2) ** -80  # stands for a rounding, small enough for the change to be linear
EXACT = frozenset({"input", "integer", "decimal", "lt", "gt", "le", "ge", "eq", "ne", "and", "or", "not", BODY, LOOP})
ENDLESS = 100_000  # iterations of a `while` that will not end


def floored(x: Any, y: Any) -> Any:
    return x - y * mpmath.floor(x / y)


def truncated(x: Any, y: Any) -> Any:
    quotient = x / y
    return x - y * (mpmath.floor(quotient) if quotient >= 0 else mpmath.ceil(quotient))


def real_root(x: Any) -> Any:
    return mpmath.sign(x) * mpmath.cbrt(abs(x))


# fmt: off
FUNCTIONS: Mapping[str, Callable[..., Any]] = {
    "add": lambda x, y: x + y,   "sub": lambda x, y: x - y,   "mul": lambda x, y: x * y,  "div": lambda x, y: x / y,
    "pow": mpmath.power,         "neg": lambda x: -x,
    "lt": lambda x, y: x < y,    "gt": lambda x, y: x > y,    "le": lambda x, y: x <= y,
    "ge": lambda x, y: x >= y,   "eq": lambda x, y: x == y,   "ne": lambda x, y: x != y,  "not": lambda p: not p,
    "sin": mpmath.sin,           "cos": mpmath.cos,           "tan": mpmath.tan,
    "cot": mpmath.cot,           "sec": mpmath.sec,           "csc": mpmath.csc,
    "asin": mpmath.asin,         "acos": mpmath.acos,         "atan": mpmath.atan,        "atan2": mpmath.atan2,
    "acot": lambda x: mpmath.atan(1 / x),
    "asec": lambda x: mpmath.acos(1 / x),
    "acsc": lambda x: mpmath.asin(1 / x),
    "sinh": mpmath.sinh,         "cosh": mpmath.cosh,         "tanh": mpmath.tanh,
    "coth": mpmath.coth,         "sech": mpmath.sech,         "csch": mpmath.csch,
    "asinh": mpmath.asinh,       "acosh": mpmath.acosh,       "atanh": mpmath.atanh,
    "acoth": lambda x: mpmath.atanh(1 / x),
    "asech": lambda x: mpmath.acosh(1 / x),
    "acsch": lambda x: mpmath.asinh(1 / x),
    "exp": mpmath.exp,           "exp2": lambda x: mpmath.power(2, x),      "expm1": mpmath.expm1,
    "log": mpmath.log,           "log2": lambda x: mpmath.log(x, 2),        "log10": mpmath.log10,
    "log1p": mpmath.log1p,
    "sqrt": mpmath.sqrt,         "cbrt": real_root,           "hypot": mpmath.hypot,
    "abs": abs,                  "sign": mpmath.sign,         "floor": mpmath.floor,      "ceil": mpmath.ceil,
    "min": min,                  "max": max,                  "mod": floored,             "fmod": truncated,
    "copysign": lambda x, y: abs(x) if y >= 0 else -abs(x),
    "erf": mpmath.erf,           "erfc": mpmath.erfc,         "gamma": mpmath.gamma,
    "lgamma": lambda x: mpmath.log(abs(mpmath.gamma(x))),     "digamma": mpmath.digamma,
    "trigamma": lambda x: mpmath.psi(1, x),                   "polygamma": lambda n, x: mpmath.psi(int(n), x),
    "xdivy": lambda x, y: x / y if x else x,                  "mulpow": lambda c, x, y: c * x**y if c else c,
    "powlog": lambda x, y, n: x**y * mpmath.log(x) ** n if x or y <= 0 else x,
    "pi": lambda: +mpmath.pi,    "e": lambda: +mpmath.e,
}
# fmt: on


def evaluate(program: Program, at: Sequence[Any], rounded: int = -1) -> list[Any]:
    """Give the results at a point, in mpmath's precision of the moment; one value can be rounded off by SHIFT."""
    values: list[Any] = []
    for place, (operation, operands) in enumerate(program.assignments):
        if operation == "input":
            values.append(None if at[operands[0]] is None else mpmath.mpf(at[operands[0]]))
        elif operation == BODY:
            values.append(operands[0])
        elif operation == LOOP:
            values.append(looped(*[values[v] for v in operands]))
        elif operation == PROJECT:
            bundle, place = (values[v] for v in operands)
            values.append(None if bundle is None else bundle[int(place)])
        elif operation in ("integer", "rational", "decimal"):
            values.append(number(operands[0]))
        else:
            values.append(apply(operation, [values[v] for v in operands]))
        if place == rounded and values[place] is not None:
            values[place] *= 1 + SHIFT
    return [values[v] for v in program.results]


def looped(body: Body, *operands: Any) -> Sequence[Any] | None:
    """Run a loop and give its results; None where its bounds have no value, or it does not end.

    A condition without a value ends it, as one that is false: what it carries has none either.
    """
    loop = parted(body, operands)
    if None in loop.bounds:
        return None
    count = ENDLESS if body.conditional else int(loop.bounds[1] - loop.bounds[0]) + 1
    state: Sequence[Any] = loop.carried
    emitted: list[list[Any]] = [[] for _ in range(body.emitted)]
    done = 0
    while done < count:
        place = count - 1 - done if body.backward else done
        index = [] if body.conditional else [loop.bounds[0] + place]
        found = evaluate(body.program, [*index, *state, *[s[place] for s in loop.sequences], *loop.captured])
        if body.conditional and not found.pop(0):
            break
        state = found[: body.carried]
        for sequence, element in zip(emitted, found[body.carried :], strict=True):
            sequence.append(element)
        done += 1
    else:
        if body.conditional:
            return None
    order = slice(None, None, -1 if body.backward else 1)
    return [*state, *([done] if body.conditional else []), *(sequence[order] for sequence in emitted)]


def number(constant: Fraction | float) -> Any:
    """Read a constant: integers and quotients are exact, a decimal is its double."""
    if isinstance(constant, Fraction):
        return mpmath.mpf(constant.numerator) / constant.denominator
    return mpmath.mpf(constant)


def apply(operation: str, operands: Sequence[Any]) -> Any:
    """Compute one operation; None where it has no real value."""
    if operation == "select":
        return None if operands[0] is None else operands[1] if operands[0] else operands[2]
    if operation in ("and", "or") and operands[0] is not None:
        return operands[1] if bool(operands[0]) == (operation == "and") else operands[0]
    if any(operand is None for operand in operands):
        return None
    try:
        value = FUNCTIONS[operation](*operands)
    except (ZeroDivisionError, ValueError):
        return None
    return value if isinstance(value, bool) or (isinstance(value, mpmath.mpf) and mpmath.isfinite(value)) else None


def results(program: Program, at: Sequence[Any]) -> list[Any]:
    """Evaluate a program at a point, to 150 digits."""
    with mpmath.workdps(DIGITS):
        return evaluate(program, at)


def slope(
    program: Program, at: Sequence[Any], place: int, order: int = 1, rounded: int = -1, digits: int = DIGITS
) -> tuple[Any, Any]:
    """Differentiate the one result of a program by one input, by central differences; give the uncertainty too.

    The slope is exactly 0 where it is not more than the uncertainty, and None where the program has no value.
    """
    with mpmath.workdps(digits * order):
        start = [mpmath.mpf(x) for x in at]
        step = mpmath.mpf(10) ** -(digits // 3) * (abs(start[place]) or 1)
        total = largest = mpmath.mpf(0)
        for k in range(order + 1):
            moved = [*start]
            moved[place] += (order - 2 * k) * step
            [value] = evaluate(program, moved, rounded)
            if value is None:
                return None, mpmath.mpf(0)
            total += (-1) ** k * mpmath.binomial(order, k) * value
            largest = max(largest, abs(value))
        difference = total / (2 * step) ** order
        uncertainty = largest * mpmath.mpf(10) ** (30 - digits * order) / (2 * step) ** order
        return (difference if abs(difference) > uncertainty else mpmath.mpf(0)), uncertainty


def curvatures(program: Program, at: Sequence[Any], pairs: Iterable[tuple[int, int]]) -> dict[tuple[int, int], Any]:
    """Differentiate the one result of a program twice, by pairs of inputs, by mixed differences.

    A second derivative is exactly 0 where it is not more than its uncertainty; a pair without values is left out.
    """
    with mpmath.workdps(DIGITS):
        start = [mpmath.mpf(x) for x in at]
        steps = [mpmath.mpf(10) ** -STEP * (abs(x) or 1) for x in start]

        @cache
        def value(*moved: int) -> Any:
            point = [*start]
            for place in moved:
                point[place] += steps[place]
            return evaluate(program, point)[0]

        found = {}
        for p, q in pairs:
            corners = [value(p, q), value(p), value(q), value()]
            if None not in corners:
                both, first, second, neither = corners
                difference, size = both - first - second + neither, max(map(abs, corners))
                known = abs(difference) > size * mpmath.mpf(10) ** (20 - DIGITS)
                found[p, q] = difference / (steps[p] * steps[q]) if known else mpmath.mpf(0)
        return found


def own_rounding(program: Program, at: Sequence[float], place: int, order: int, enough: float) -> float:
    """Give the relative error of a derivative that the formula's own rounding makes, counted until it is enough.

    Each operation of the formula as it is written is rounded by half an ulp, one at a time; the changes of the exact
    derivative add up. No derivative that is computed from the same operations can promise less.
    """
    truth, _ = slope(program, at, place, order)
    total = 0.0
    for value, (operation, _) in enumerate(program.assignments):
        if operation not in EXACT and total < enough:
            moved, _ = slope(program, at, place, order, value)
            total += float(abs((moved - truth) / truth) / SHIFT) * HALF_ULP if truth and moved is not None else 0.0
    return total


def with_exact_constants(program: Program, read: Callable[[float], Fraction] = Fraction) -> Program:
    """Replace decimals by the same numbers as fractions, which are folded without rounding."""
    changed = []
    for operation, operands in program.assignments:
        if operation == "decimal":
            operation, operands = exactly(operation, operands, read)
        elif operation == BODY:
            [body] = operands
            operands = (replace(body, program=with_exact_constants(body.program, read)),)
        changed.append((operation, operands))
    return replace(program, assignments=tuple(changed))


def exactly(operation: str, operands: tuple[float], read: Callable[[float], Fraction]) -> Assignment:
    """Write a decimal as the integer or the fraction that it is, unless that has too many digits for the library."""
    fraction = read(operands[0])
    if max(fraction.numerator.bit_length(), fraction.denominator.bit_length()) > BITS:
        return operation, operands
    return ("integer", (fraction.numerator,)) if fraction.denominator == 1 else ("rational", (fraction,))


def as_written(program: Program, at: Sequence[float]) -> tuple[Program, list[str]]:
    """Take decimals, in a program and in its inputs, for the numbers that are written and not for their doubles."""
    return with_exact_constants(program, lambda decimal: Fraction(repr(decimal))), [repr(x) for x in at]
