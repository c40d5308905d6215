"""Derivatives by differences of values, to many digits, and how well they can be known in double precision.

In come a program of one output, a point and some inputs; out comes a `Slope` for each: the derivative, and what
rounding does to it. Nothing of the calculus is used, only values at nearby points.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib import import_module
from random import Random
from typing import Any

from symad.effort import Meter
from symad.errors import EvaluationError
from symad.evaluation import Arithmetic, Evaluator, Function
from symad.loops import looped
from symad.operations import BOOLEAN, LEAVES, LOOP, PROJECT
from symad.precise import EXACT, PRECISE, computed, dependents, functions, values
from symad.program import Program

DIGITS = 150
STEP = 50  # the step is 10^-50 of the input: a central difference errs by 10^-100, and cancels 50 of the 150 digits
NOISE = 30  # digits that the formula may cancel besides
SMOOTH = 20  # digits to which the slopes on both sides agree where there is no kink: they differ by a step's worth
CLOSER = 1e-10  # of a step: there a root has changed by less than half as much, a jump by as much
ULP = 2.0**-52
TRIALS = 4  # of rounding at random, of which the largest change counts: two errors of a sum may cancel by chance
ENDLESS = 100_000  # operations of an evaluation, beyond which a loop is given up


@dataclass(frozen=True, slots=True)
class Slope:
    """Hold a derivative: its value, what it may be off by for lack of digits, and two measures of what rounding does.

    `rounding` is the change of the exact derivative when every input and every result of the formula's own operations
    changes by a unit in its last place at most, at random: the derivative of the formula as a computer knows it.
    `paths` is the sum that the chain rule takes over all paths to the output, of absolute values, times 2^-52: each
    term is rounded, and what remains after they cancel is not more accurate.

    `smooth` tells whether the slopes on both sides agree, and each `while` runs as often there, `jump` whether the
    value itself is another on one of them.
    """

    value: Any
    noise: Any
    rounding: Any
    paths: float
    smooth: bool
    jump: bool


def slopes(
    program: Program, point: Sequence[float], places: Sequence[int], random: Random, most: int = ENDLESS
) -> Iterator[Slope | None]:
    """Differentiate the output by the inputs at these places; None where there is no value nearby.

    Raises EvaluationError where there is no value at the point itself, or its loops take more operations than `most`.

    >>> from symad.parse import parse
    >>> [slope] = slopes(parse("x^3"), [2.0], [0], Random(0))
    >>> float(slope.value), slope.smooth
    (12.0, True)
    """
    mp = import_module("mpmath")
    made = Differences(program, point, most)
    with mp.workdps(DIGITS):
        made.shake(random)
    for place in places:
        with mp.workdps(DIGITS):
            try:
                found = made.slope(place)
            except EvaluationError:
                found = None
        yield found


class Differences:
    """Hold the values of a program of one output at a point, and take differences; in many digits, wherever asked."""

    def __init__(self, program: Program, point: Sequence[float], most: int) -> None:
        self.program, self.point, self.most = program, point, most
        self.loops = looped(program.assignments)
        self.shaken: list[tuple[dict[int, Any], list[Any]]] = []

    def shake(self, random: Random) -> None:
        """Compute what does not depend on an input: the values at the point, and what rounding does to them."""
        self.base = self.values(self.point)
        self.local = sensitivities(self.program, self.base)
        for factors in roundings(self.program, self.base, random):
            self.shaken.append((factors, self.values(self.point, None, factors)))

    def values(
        self, point: Sequence[Any], known: Sequence[Any] | None = None, rounding: dict[int, Any] | None = None
    ) -> list[Any]:
        """Evaluate; loops are given up that run much longer than they should."""
        arithmetic = Meter(PRECISE, self.most).arithmetic if self.loops else PRECISE
        return values(self.program, point, known, rounding, arithmetic)

    def iterations(self, values: Sequence[Any]) -> tuple[Any, ...]:
        """List how often each `while` has run."""
        return tuple(
            found[body.carried]
            for found, (operation, operands) in zip(values, self.program.assignments, strict=True)
            if operation == LOOP and found is not None and (body := values[operands[0]]).conditional
        )

    def slope(self, place: int) -> Slope:
        """Take the differences for one input; values that do not depend on it are those at the point."""
        mp = import_module("mpmath")
        point, base = self.point, self.base
        step = mp.mpf(10) ** -STEP * (abs(point[place]) or 1)
        result = self.program.results[0]
        cone = dependents(self.program, place)
        iterations: set[tuple[Any, ...]] = {self.iterations(base)}

        def moved(by: Any, known: list[Any], rounding: dict[int, Any] | None = None) -> Any:
            near = list(known)
            for value in cone:
                near[value] = None
            there = [*point[:place], mp.mpf(point[place]) + by, *point[place + 1 :]]
            near = self.values(there, near, rounding)
            if rounding is None:
                iterations.add(self.iterations(near))
            return near[result]

        above, below = moved(step, base), moved(-step, base)
        ahead, behind, middle = (
            (above - base[result]) / step,
            (base[result] - below) / step,
            (above - below) / (2 * step),
        )
        noise = abs(base[result]) * mp.mpf(10) ** (NOISE - DIGITS) / step
        smooth = abs(ahead - behind) <= max(abs(ahead), abs(behind)) * mp.mpf(10) ** -SMOOTH + noise
        smooth = smooth and len(iterations) == 1
        jump = False
        for side, there in ((1, above), (-1, below)):
            change = abs(there - base[result])
            if change > mp.sqrt(step) * (abs(base[result]) or 1):  # it jumps if much closer it has changed as much
                jump = jump or abs(moved(side * step * CLOSER, base) - base[result]) > change / 2
        rounding = mp.mpf(0)
        for factors, known in self.shaken:
            rounding = max(rounding, abs((moved(step, known, factors) - known[result]) / step - ahead))
        paths = path_sum(self.program, base, cone, self.local) * ULP
        return Slope(middle if abs(middle) > noise else mp.mpf(0), noise, rounding, paths, bool(smooth), jump)


def roundings(program: Program, base: Sequence[Any], random: Random) -> list[dict[int, Any]]:
    """Choose several times, for every value that is not exact, a factor close to 1; of a loop, for all in it.

    It changes the value by a unit in its last place at most. The second choice is the opposite of the first:
    an edge of the domain is met on one of the sides. A whole number stays: it may be an order or a count.
    """
    mp = import_module("mpmath")
    numbers: dict[int, list[Any]] = {}
    for value, (operation, _) in enumerate(program.assignments):
        if operation == LOOP and base[value] is not None:
            numbers[value] = []
            Evaluator(program, computed(PRECISE, numbers[value])).assignment(value, (), base)
        elif operation not in EXACT and base[value] is not None and not mp.isint(base[value]):
            numbers[value] = [base[value]]
    trials = [[[random.uniform(-ULP, ULP) for _ in found] for found in numbers.values()] for _ in range(TRIALS - 1)]
    trials.insert(1, [[-change for change in changes] for changes in trials[0]])
    made: list[dict[int, Any]] = []
    for trial in trials:
        made.append({})
        for (value, found), changes in zip(numbers.items(), trial, strict=True):
            factors = [1 if mp.isint(x) else 1 + mp.mpf(by) for x, by in zip(found, changes, strict=True)]
            made[-1][value] = factors if program.assignments[value][0] == LOOP else factors[0]
    return made


def sensitivities(program: Program, base: Sequence[Any]) -> list[tuple[float, ...]]:
    """Estimate, for every operation, how fast its result changes with each of its operands: absolute values.

    Of a loop it is found when it is asked for, in each of its iterations.
    """
    found: list[tuple[float, ...]] = []
    for value, (operation, operands) in enumerate(program.assignments):
        if operation in LEAVES or operation in BOOLEAN or operation in (LOOP, PROJECT) or base[value] is None:
            found.append(())
        elif operation == "select":
            found.append((0.0, 1.0, 0.0) if base[operands[0]] else (0.0, 0.0, 1.0))
        else:
            found.append(sensitivity(functions()[operation], [base[v] for v in operands], base[value]))
    return found


def sensitivity(function: Function, arguments: Sequence[Any], result: Any) -> tuple[float, ...]:
    """Estimate how fast a function changes with each argument; 0 for an order, which cannot change a little."""
    step = import_module("mpmath").mpf(10) ** -STEP
    found = []
    for place, argument in enumerate(arguments):
        by = step * (abs(argument) or 1)
        near = [*arguments[:place], argument + by, *arguments[place + 1 :]]
        try:
            found.append(float(abs(function(*near) - result) / by))
        except (ArithmeticError, ValueError):
            found.append(0.0)
    return tuple(found)


def path_sum(program: Program, base: Sequence[Any], cone: Sequence[int], local: Sequence[tuple[float, ...]]) -> float:
    """Add the absolute values of what flows from an input to the output over all paths."""
    reach: dict[int, Any] = {cone[0]: 1.0}
    for value in cone[1:]:
        operation, operands = program.assignments[value]
        if operation == LOOP and base[value] is not None:
            given = [reached(base[v], reach.get(v, 0.0)) for v in operands]
            inside: Any = dict(zip(operands, given, strict=True))
            reach[value] = Evaluator(program, REACHED).assignment(value, (), inside)
        elif operation == PROJECT and operands[0] in reach:
            found = reach[operands[0]][program.assignments[operands[1]][1][0]]
            reach[value] = found if isinstance(found, list) else found.reach
        else:
            reach[value] = sum(s * reach[v] for s, v in zip(local[value], operands, strict=False) if s and v in reach)
    total: float = reach.get(program.results[0], 0.0)
    return total


# inside loops


@dataclass(frozen=True, slots=True)
class Reached:
    """Hold a number, and the sum of absolute values of what flows to it over all paths."""

    value: Any
    reach: float

    @property
    def real(self) -> Any:
        """Give the number itself, as a bound of a loop."""
        return self.value.real

    def __mul__(self, other: Reached) -> Reached:
        """Multiply: squares are products."""
        return reached_function("mul")(self, other)  # type: ignore[no-any-return]


def reached(value: Any, reach: Any) -> Any:
    """Put a number and what flows to it together; a body of a loop, and a sequence that has them, as they are."""
    if isinstance(reach, list):
        return reach
    if isinstance(value, list):
        return [Reached(x, 0.0) for x in value]
    return Reached(value, reach) if hasattr(value, "_mpf_") else value


def reached_function(operation: str) -> Function:
    """Give the function of numbers with what flows to them."""
    function = functions()[operation]

    def call(*operands: Any) -> Any:
        arguments = [x.value if isinstance(x, Reached) else x for x in operands]
        result = function(*arguments)
        if operation in BOOLEAN:
            return result
        pace = sensitivity(function, arguments, result)
        return Reached(result, sum(s * x.reach for s, x in zip(pace, operands, strict=True)))

    return call


REACHED = Arithmetic(lambda number: Reached(PRECISE.constant(number), 0.0), reached_function)
