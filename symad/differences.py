"""Derivatives by differences of values, to many digits, and how well they can be known in double precision.

In come a program of one output, a point and some inputs; out comes a `Slope` for each: the derivative, and what
rounding does to it. Nothing of the calculus is used, only values at nearby points.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from importlib import import_module
from random import Random
from typing import Any

from symad.errors import EvaluationError
from symad.operations import BOOLEAN, LEAVES, NUMBERS
from symad.precise import dependents, functions, values
from symad.program import Program

DIGITS = 150
STEP = 50  # the step is 10^-50 of the input: a central difference errs by 10^-100, and cancels 50 of the 150 digits
NOISE = 30  # digits that the formula may cancel besides
SMOOTH = 20  # digits to which the slopes on both sides agree where there is no kink: they differ by a step's worth
CLOSER = 1e-10  # of a step: there a root has changed by less than half as much, a jump by as much
ULP = 2.0**-52
TRIALS = 4  # of rounding at random, of which the largest change counts: two errors of a sum may cancel by chance

# fmt: off
EXACT = frozenset({*NUMBERS, *BOOLEAN, "select", "neg", "abs", "sign", "floor", "ceil", "trunc", "max", "min", "relu",
                   "copysign", "fmod"})  # operations that do not round
# fmt: on


@dataclass(frozen=True, slots=True)
class Slope:
    """Hold a derivative: its value, what it may be off by for lack of digits, and two measures of what rounding does.

    `rounding` is the change of the exact derivative when every input and every result of the formula's own operations
    changes by a unit in its last place at most, at random: the derivative of the formula as a computer knows it.
    `paths` is the sum that the chain rule takes over all paths to the output, of absolute values, times 2^-52: each
    term is rounded, and what remains after they cancel is not more accurate.

    `smooth` tells whether the slopes on both sides agree, `jump` whether the value itself is another on one of them.
    """

    value: Any
    noise: Any
    rounding: Any
    paths: float
    smooth: bool
    jump: bool


def slopes(program: Program, point: Sequence[float], places: Sequence[int], random: Random) -> Iterator[Slope | None]:
    """Differentiate the output by the inputs at these places; None where there is no value nearby.

    Raises EvaluationError where there is no value at the point itself.

    >>> from symad.parse import parse
    >>> [slope] = slopes(parse("x^3"), [2.0], [0], Random(0))
    >>> float(slope.value), slope.smooth
    (12.0, True)
    """
    mp = import_module("mpmath")
    with mp.workdps(DIGITS):
        base = values(program, point)
        local = sensitivities(program, base)
        factors = roundings(program, base, random)
        shaken = [values(program, point, rounding=factor) for factor in factors]
    for place in places:
        with mp.workdps(DIGITS):
            try:
                found = slope(program, point, place, base, local, list(zip(factors, shaken, strict=True)))
            except EvaluationError:
                found = None
        yield found


def roundings(program: Program, base: Sequence[Any], random: Random) -> list[dict[int, Any]]:
    """Choose several times, for every value that is not exact, a factor close to 1.

    It changes the value by a unit in its last place at most. The second choice is the opposite of the first:
    an edge of the domain is met on one of the sides. A whole number stays: it may be an order or a count.
    """
    mp = import_module("mpmath")
    rounded = [
        value
        for value, (operation, _) in enumerate(program.assignments)
        if operation not in EXACT and base[value] is not None and not mp.isint(base[value])
    ]
    trials = [[random.uniform(-ULP, ULP) for _ in rounded] for _ in range(TRIALS - 1)]
    trials.insert(1, [-change for change in trials[0]])
    return [{v: 1 + mp.mpf(change) for v, change in zip(rounded, changes, strict=True)} for changes in trials]


def sensitivities(program: Program, base: Sequence[Any]) -> list[tuple[float, ...]]:
    """Estimate, for every operation, how fast its result changes with each of its operands: absolute values."""
    table = functions()
    step = import_module("mpmath").mpf(10) ** -STEP
    found: list[tuple[float, ...]] = []
    for value, (operation, operands) in enumerate(program.assignments):
        if operation in LEAVES or operation in BOOLEAN or base[value] is None:
            found.append(())
        elif operation == "select":
            found.append((0.0, 1.0, 0.0) if base[operands[0]] else (0.0, 0.0, 1.0))
        else:
            arguments = [base[v] for v in operands]
            function = table[operation]
            found.append(tuple([sensitivity(function, arguments, k, base[value], step) for k in range(len(operands))]))
    return found


def sensitivity(function: Callable[..., Any], arguments: list[Any], place: int, result: Any, step: Any) -> float:
    """Estimate how fast a function changes with one argument; 0 for an order, which cannot change a little."""
    by = step * (abs(arguments[place]) or 1)
    near = [*arguments[:place], arguments[place] + by, *arguments[place + 1 :]]
    try:
        return float(abs(function(*near) - result) / by)
    except (ArithmeticError, ValueError):
        return 0.0


def path_sum(program: Program, cone: Sequence[int], local: Sequence[tuple[float, ...]]) -> float:
    """Add the absolute values of what flows from an input to the output over all paths."""
    reach = {cone[0]: 1.0}
    for value in cone[1:]:
        operands = program.assignments[value][1]
        reach[value] = sum(s * reach[v] for s, v in zip(local[value], operands, strict=False) if s and v in reach)
    return reach.get(program.results[0], 0.0)


def slope(
    program: Program,
    point: Sequence[float],
    place: int,
    base: list[Any],
    local: list[tuple[float, ...]],
    shaken: list[tuple[dict[int, Any], list[Any]]],
) -> Slope:
    """Take the differences for one input; values that do not depend on it are those at the point."""
    mp = import_module("mpmath")
    step = mp.mpf(10) ** -STEP * (abs(point[place]) or 1)
    result = program.results[0]
    cone = dependents(program, place)

    def moved(by: Any, known: list[Any], rounding: dict[int, Any] | None = None) -> Any:
        near = list(known)
        for value in cone:
            near[value] = None
        there = [*point[:place], mp.mpf(point[place]) + by, *point[place + 1 :]]
        return values(program, there, near, rounding)[result]

    above, below = moved(step, base), moved(-step, base)
    ahead, behind, middle = (above - base[result]) / step, (base[result] - below) / step, (above - below) / (2 * step)
    noise = abs(base[result]) * mp.mpf(10) ** (NOISE - DIGITS) / step
    smooth = abs(ahead - behind) <= max(abs(ahead), abs(behind)) * mp.mpf(10) ** -SMOOTH + noise
    jump = False
    for side, there in ((1, above), (-1, below)):
        change = abs(there - base[result])
        if change > mp.sqrt(step) * (abs(base[result]) or 1):  # it jumps if much closer it has changed as much
            jump = jump or abs(moved(side * step * CLOSER, base) - base[result]) > change / 2
    rounding = mp.mpf(0)
    for factors, known in shaken:
        rounding = max(rounding, abs((moved(step, known, factors) - known[result]) / step - ahead))
    paths = path_sum(program, cone, local) * ULP
    return Slope(middle if abs(middle) > noise else mp.mpf(0), noise, rounding, paths, bool(smooth), jump)
