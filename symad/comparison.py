"""A formula of one output and its derivatives in, a tally for each derivative out.

An error counts as a disagreement beyond UNITS units in the last place of the derivative plus SHAKEN times what rounding
does to it. That is the change of the exact derivative when every input and every result of the formula's operations
moves by a unit in its last place, and a unit in the last place of the sum of absolute values that the chain rule takes
over all paths. Where rounding does more than a millionth, the point would notice nothing and is not used; nor is a
point where doubles overflow on the way.
"""

from __future__ import annotations

import math
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from random import Random
from typing import Any

from symad.derivatives.labels import derivative_label
from symad.differences import DIGITS, Slope, slopes
from symad.differences import TRIALS as ROUNDINGS
from symad.effort import Meter
from symad.errors import EvaluationError, SymadError, TargetError
from symad.evaluation import DOUBLES, Evaluator, evaluate
from symad.interop.sympy_equality import LARGEST, equal, written_out
from symad.interop.sympy_reader import from_sympy
from symad.interop.sympy_writer import to_sympy
from symad.loops import looped
from symad.precise import dependents, values
from symad.precise import evaluate as precisely
from symad.program import Program
from symad.simplify import simplify
from symad.without_loops import without_loops

UNITS = 32  # a partial derivative is a few operations, some of them functions that err by several units
SHAKEN = 16  # moving all results up or down at random may cancel, and a derivative has more operations than its formula
USELESS = 1e-6
RANGE = 1000  # a number beyond 2^±1000 may overflow in a double, or lose digits
TRIALS = 100  # points tried for each that is wanted
REFUSALS = 3  # points at which a derivative could not be compared, for each that is wanted
TRIED = 20_000_000  # operations in double precision spent on finding points
LONGEST = 50_000  # operations that loops may take at a point
TWICE = 2  # as long to many digits as elsewhere: what flows in a loop is found out in each iteration
SLACK = 4  # times as many operations that they may take to many digits
COUNTS, LARGE_COUNT = (2, 4, 8), 64  # the largest numbers of iterations to try; and then

# fmt: off
KINDS = (  # of coordinates to try: negative ones too? the powers of ten between which they lie; whole numbers?
    (True, -1.0, 1.0, False), (False, -1.0, 1.0, False), (False, -2.0, 0.0, False), (True, -2.0, 0.0, False),
    (True, -4.0, 4.0, False), (False, -4.0, 4.0, False), (False, 0.0, 1.0, True),   (False, 0.0, 5.0, False),
    (True, -9.0, 12.0, False),
)
# fmt: on


@dataclass(slots=True)
class Tally:
    """Count what the points say about one derivative; error and allowance are those at the point `at`, in ulp."""

    label: str
    name: str
    place: int
    points: int = 0
    refusals: int = 0
    error: float = 0.0
    allowed: float = 0.0
    at: Mapping[str, float] = field(default_factory=dict)
    truth: Any = None
    problem: str = ""


def measure(
    program: Program,
    derived: Program,
    names: Sequence[str],
    points: int,
    seed: int,
    effort: int,
    whole: Container[int] = (),
) -> list[Tally]:
    """Compare derivatives of a program of one output at points of its domain, as many as the effort allows.

    The inputs at the places in `whole` are whole numbers.
    """
    random = Random(seed)
    [output] = program.outputs
    tallies = [Tally(derivative_label(output, name), name, program.inputs.index(name)) for name in names]
    tallies, points = affordable(program, tallies, points, effort, random, typical_size(program, whole, seed))
    gradient = derived.part([tally.label for tally in tallies])
    spent = 0
    for point in domain(program, points, random, whole):
        unfinished = [t for t in tallies if t.points < points and t.refusals < REFUSALS * points and not t.problem]
        if not unfinished or spent > 2 * effort:
            break
        most = size(program, point) if looped(program.assignments) else 0
        spent += most * evaluations(len(unfinished))
        try:
            found = list(slopes(program, point, [t.place for t in unfinished], random, SLACK * most))
        except EvaluationError:
            continue
        computed = in_doubles(gradient, point)
        for tally, slope in zip(unfinished, found, strict=True):
            if slope is None or not usable(slope) or not compare(tally, slope, computed[tally.label], gradient, point):
                tally.refusals += 1
    return tallies


def evaluations(derivatives: int) -> int:
    """Count the evaluations to many digits that a point takes: its own, and for each derivative those nearby."""
    return 3 + ROUNDINGS + derivatives * (2 + ROUNDINGS)


def affordable(
    program: Program, tallies: list[Tally], points: int, effort: int, random: Random, size: int
) -> tuple[list[Tally], int]:
    """Choose as many derivatives, and then as many points, as can be paid for; any derivatives if not all can be.

    Of a program with loops nearly all is in these.
    """
    chosen: list[Tally] = []
    loops = looped(program.assignments)
    total = evaluations(0) * size
    for tally in random.sample(tallies, len(tallies)):
        changed = size if loops else len(dependents(program, tally.place))
        total += size // 20 + (evaluations(1) - evaluations(0)) * changed
        if chosen and total > effort:
            break
        chosen.append(tally)
    return sorted(chosen, key=tallies.index), max(1, min(points, effort // total))


def typical_size(program: Program, whole: Container[int], seed: int) -> int:
    """Count the assignments that a program takes: where it has loops, at some point of its domain."""
    count = len(program.assignments)
    if not looped(program.assignments):
        return count
    point = next(domain(program, 1, Random(seed), whole), None)
    return TWICE * (count if point is None else size(program, point))


def domain(program: Program, points: int, random: Random, whole: Container[int] = ()) -> Iterator[list[float]]:
    """Find points at which a program has a value: of one kind in all coordinates, and mixed; those in `whole` are."""
    longest = LONGEST if looped(program.assignments) else len(program.assignments)
    trials = min(TRIALS * points, max(REFUSALS * points, TRIED // longest))
    for trial in range(trials):
        kind = KINDS[trial // 2 % len(KINDS)]
        kinds = [random.choice(KINDS) if trial % 2 else kind for _ in program.inputs]
        point = [coordinate(*kind, random) for kind in kinds]
        for place in range(len(point)):
            if place in whole:
                point[place] = float(random.randint(0, LARGE_COUNT if 2 * trial > trials else random.choice(COUNTS)))
        if size(program, point):
            yield point


def size(program: Program, point: Sequence[float]) -> int:
    """Count the assignments that a program of one output takes at a point, those of its loops too; 0 without a value.

    Nor has it one where its loops take longer than can be waited for.
    """
    if not looped(program.assignments):
        return 0 if in_doubles(program, point)[program.outputs[0]] is None else len(program.assignments)
    meter = Meter(DOUBLES, LONGEST)
    try:
        [found] = Evaluator(program, meter.arithmetic).compute(point, (0,), [None] * len(program.assignments))
    except EvaluationError:
        return 0
    return len(program.assignments) + meter.count if math.isfinite(found) else 0


def coordinate(signed: bool, low: float, high: float, whole: bool, random: Random) -> float:
    """Choose a coordinate of one kind, with few digits: it is going to be read."""
    if whole:
        return float(random.randint(int(10**low), int(10**high)))
    sign = random.choice((-1, 1)) if signed else 1
    return sign * float(f"{10 ** random.uniform(low, high):.4g}")


def in_doubles(program: Program, point: Sequence[float]) -> dict[str, float | None]:
    """Evaluate outputs in double precision; None for those that have no finite value."""
    try:
        found = evaluate(program, point)
    except EvaluationError:
        if len(program.outputs) == 1:
            return {program.outputs[0]: None}
        return {label: in_doubles(program.part([label]), point)[label] for label in program.outputs}
    numbers = [float(found[v]) for v in program.results]
    return {label: x if math.isfinite(x) else None for label, x in zip(program.outputs, numbers, strict=True)}


def usable(slope: Slope) -> bool:
    """Tell whether a disagreement could be noticed here."""
    if not slope.smooth:
        return False
    if not slope.value:
        return bool(unsure(slope) < USELESS)
    return in_range(slope.value) and bool(unsure(slope) < USELESS * abs(slope.value))


def unsure(slope: Slope) -> Any:
    """Give what rounding does to a derivative."""
    return slope.rounding + slope.paths


def in_range(value: Any) -> bool:
    """Tell whether a double holds a number with all its digits, and some of its powers."""
    return not value or abs(import_module("mpmath").mag(value)) <= RANGE


def compare(tally: Tally, slope: Slope, computed: float | None, gradient: Program, point: Sequence[float]) -> bool:
    """Enter a point into a tally; False where doubles overflow on the way, and the point says nothing."""
    mp = import_module("mpmath")
    with mp.workdps(DIGITS):
        unit = mp.mpf(math.ulp(float(slope.value))) if slope.value else unsure(slope) + slope.noise + math.ulp(0.0)
        allowed = UNITS * unit + SHAKEN * unsure(slope) + slope.noise
        error = mp.inf if computed is None else abs(mp.mpf(computed) - slope.value)
        units = float(error / unit)
    wrong = bool(error > allowed)
    if wrong and not stays_in_range(gradient.part([tally.label]), point):
        return False
    tally.points += 1
    if wrong or units >= tally.error:
        tally.error, tally.allowed, tally.truth = units, float(allowed / unit), slope.value
        tally.at = dict(zip(gradient.inputs, point, strict=True))
    if wrong:
        has = "no value" if computed is None else f"the value {computed!r}"
        tally.problem = f"it has {has} where differences of the formula give {mp.nstr(slope.value, 20)}"
    return True


def stays_in_range(program: Program, point: Sequence[float]) -> bool:
    """Tell whether every number on the way to a derivative is one that a double holds."""
    with import_module("mpmath").workdps(DIGITS):
        try:
            found = values(program, point)
        except EvaluationError as error:
            return "overflows" not in error.reason
    numbers = (value for value in found if hasattr(value, "_mpf_"))
    return all(map(in_range, numbers))


class SymPy:
    """Ask SymPy about the derivatives of one formula, the first `quota` of them; loops are written out for it.

    The inputs at the places in `whole` say how often loops run; they are what they are at the point compared.
    """

    def __init__(self, program: Program, quota: int, whole: Container[int] = ()) -> None:
        self.program = program
        self.quota = quota
        self.counts = [name for place, name in enumerate(program.inputs) if place in whole]
        self.expressions: dict[Program, Any] = {}

    def verdict(self, derived: Program, tally: Tally) -> str:
        """Say "equal", "unequal", or "not decided: " and why."""
        self.quota -= 1
        if self.quota < 0:
            return "not decided: it is asked about the first derivatives only"
        formula, ours = self.program, derived.part([tally.label])
        if looped(formula.assignments) or looped(ours.assignments):
            known = {name: tally.at[name] for name in self.counts if name in tally.at}
            try:
                formula = without_loops(formula, known, 4 * LARGEST)
                ours = simplify(without_loops(ours, known, 16 * LARGEST))
            except SymadError as error:
                return f"not decided: {error.reason}"
        size = written_out(formula)
        if size > LARGEST:
            return f"not decided: the formula is too long for it, {size} operations and operands when written out"
        if written_out(ours) > 4 * LARGEST:
            return "not decided: the derivative is too long for it"
        return self.asked(formula, ours, tally)

    def asked(self, formula: Program, ours: Program, tally: Tally) -> str:
        """Ask about a derivative of a formula, both of which are short."""
        try:
            if formula not in self.expressions:
                self.expressions[formula] = to_sympy(formula)
            symbol = import_module("sympy").Symbol(tally.name, real=True)
            theirs = self.expressions[formula].diff(symbol)
            if equal(theirs, to_sympy(ours)):
                return "equal"
        except (
            TargetError,
            ArithmeticError,
            ValueError,
            TypeError,
            AttributeError,
            NotImplementedError,
            RecursionError,
        ):
            return "not decided: it fails on this formula"  # SymPy has no one error for what it cannot do
        other = self.differs(theirs, ours, tally)
        return "unequal" if other else "not decided: it finds neither equality nor difference"

    def differs(self, theirs: Any, ours: Program, tally: Tally) -> bool:
        """Tell whether SymPy's derivative is the true one at a point, and ours in as many digits is not."""
        if not tally.points or not tally.truth:
            return False
        point = list(tally.at.values())
        try:
            [left] = precisely(from_sympy(theirs, inputs=ours.inputs), point)
            [right] = precisely(ours, point)
        except SymadError:
            return False
        with import_module("mpmath").workdps(DIGITS):
            allowed = tally.allowed * math.ulp(float(tally.truth))
            return bool(abs(left - tally.truth) <= allowed < abs(right - tally.truth))
