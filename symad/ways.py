"""Ways to a gradient, side by side: a program and a point in, what each way gives, how far off it is and what it costs.

The ways are the printed formulas, differences on one side and on two, the complex step, and the two sweeps. The judge
is the derivative to 50 digits. All run through one evaluation, `outcomes`, each in an arithmetic of its own: doubles,
complex doubles, or mpmath's numbers.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from importlib import import_module
from itertools import zip_longest
from random import Random
from typing import Any, NamedTuple

from symad.arithmetics import COMPLEX, DOUBLES, Outcome, outcomes
from symad.check import listed
from symad.derivatives.gradient import all_partials
from symad.derivatives.labels import chosen_inputs, derivative_label
from symad.differences import slopes
from symad.effort import counts
from symad.errors import EvaluationError, SymadError
from symad.evaluation import finite
from symad.expansion import expanded
from symad.judge import DIGITS, to_many_digits
from symad.loops import looped
from symad.parse import parse
from symad.printers.infix import formulas
from symad.program import Program, arguments_at, counted
from symad.simplify import simplify

EPS = 2.0**-52
STEPS = {1: math.sqrt(EPS), 2: math.cbrt(EPS)}  # of differences, by the number of sides, times max(1, |x|)
IMAGINARY = 1e-20  # the complex step: its square is nothing beside the real part
EFFORT = 600_000  # assignments times derivatives, some ten seconds
ONCE = 15  # derivatives that cost what is to be done once for an assignment: 50 digits, printing, reading
LOOKED_AT = 3000  # assignments times derivatives that are looked at from both sides
WIDTH = 100
LONGEST = 20  # rows of a table, and values above it
LOSS = 10.0  # units in the last place beyond which a digit is lost
FAR, FAR_FROM_ZERO = 1e13, 1e-3  # and three digits are left at most

COMPLEX_STEP = "complex step"
NO_FORMULA = "a loop is no formula"

# fmt: off
HEADS = {  # way: its name where there is little room
    "printed formulas": "formulas",       "one-sided differences": "one-sided", "two-sided differences": "two-sided",
    "complex step":     "complex",        "forward mode":          "forward",   "reverse mode":          "reverse",
}
# fmt: on


class Cell(NamedTuple):
    """Hold what one way gives for one derivative, None for no value, and its error, None where nothing is to compare.

    The error is in units in the last place of the true derivative; where that is 0, it is absolute.
    """

    value: float | None
    error: float | None


@dataclass(frozen=True, slots=True)
class Way:
    """Hold the derivatives that one way gives, why some are missing, and the cost, that of the value included.

    `runs` are evaluations of a formula or passes of a sweep; the operations of the complex step are of complex numbers.
    """

    name: str
    cells: tuple[Cell, ...]
    note: str
    runs: int
    operations: int


@dataclass(frozen=True, slots=True)
class Comparison:
    """Hold a point, the values there, the true derivatives to 50 digits (None where there is none), and the ways."""

    at: Mapping[str, float]
    values: Mapping[str, float]
    truths: Mapping[str, str | None]
    ways: tuple[Way, ...]
    notes: tuple[str, ...]

    def as_dict(self) -> dict[str, Any]:
        """Give plain data, for JSON."""
        ways = []
        for way in self.ways:
            found = zip(self.truths.items(), way.cells, strict=True)
            cells = {label: cell._asdict() | {"absolute": truth == "0"} for (label, truth), cell in found}
            ways.append({"way": way.name, "derivatives": cells, "runs": way.runs, "operations": way.operations})
            ways[-1]["note"] = way.note
        document = {"at": dict(self.at), "values": dict(self.values), "derivatives": dict(self.truths)}
        return {**document, "ways": ways, "notes": list(self.notes)}

    def __str__(self) -> str:
        point = [f"{name} = {x!r}" for name, x in self.at.items()]
        lines = [f"at {', '.join(point[:5])}{', …' if len(point) > 5 else ''}"] if point else []
        width = max(map(len, self.values))
        lines += [f"{label:<{width}} = {value!r}" for label, value in list(self.values.items())[:LONGEST]]
        lines += ["…"] if len(self.values) > LONGEST else []
        if self.ways:
            wide = aligned(self.by_way())
            table = wide if max(map(len, wide)) <= WIDTH else aligned(self.by_derivative())
            lines += ["", *table, "", *LEGEND]
            lines += [f"{way.name}: {way.note}" for way in self.ways if way.note]
        return "\n".join([*lines, *self.notes])

    def by_way(self) -> Iterator[tuple[str, ...]]:
        """Give the cells of a table of values and errors, a row for each way."""
        yield ("way", *[cell for label in self.truths for cell in (label, ">error")], ">runs", "operations")
        for way in self.ways:
            cells: list[str] = []
            for cell, truth in zip(way.cells, self.truths.values(), strict=True):
                cells += ["-" if cell.value is None else repr(cell.value), ">" + written(cell, truth)]
            yield (way.name, *cells, f">{way.runs}", f"{way.operations}{' complex' * (way.name == COMPLEX_STEP)}")

    def by_derivative(self) -> Iterator[tuple[str, ...]]:
        """Give the cells of a table of errors alone, a row for each derivative, and the largest if these are many."""
        yield ("derivative", "true value", *[f">{HEADS[way.name]}" for way in self.ways])
        for k, (label, truth) in enumerate(self.truths.items()):
            if k < LONGEST:
                errors = [f">{written(way.cells[k], truth)}" for way in self.ways]
                yield (label, "-" if truth is None else repr(float(truth)), *errors)
        if len(self.truths) > LONGEST:
            yield ("…",)
            yield (f"the largest of {len(self.truths)}", "", *[f">{short(worst(self, way))}" for way in self.ways])
        yield ("runs", "", *[f">{way.runs}" for way in self.ways])
        yield ("operations", "", *[f">{way.operations}" for way in self.ways])


LEGEND = (
    "error: in units in the last place, against 50 digits; * absolute, where the derivative is 0",
    "runs: evaluations, or passes of a sweep; operations: the value's too, complex for the complex step",
    "steps: sqrt(eps)*max(1, |x|) on one side, cbrt(eps)*max(1, |x|) on two; 1e-20*i; eps = 2^-52",
)


def aligned(rows: Iterable[tuple[str, ...]]) -> list[str]:
    """Align the cells of rows in columns, to the right those that begin with >."""
    cells = list(rows)
    widths = [max(len(c.lstrip(">")) for c in column) for column in zip_longest(*cells, fillvalue="")]
    return [
        "  ".join(
            [f"{c[1:]:>{w}}" if c.startswith(">") else f"{c:<{w}}" for c, w in zip(row, widths, strict=False)]
        ).rstrip()
        for row in cells
    ]


def written(cell: Cell, truth: str | None) -> str:
    """Write an error, marked where it is absolute."""
    return short(cell.error) + ("*" if truth == "0" and cell.error else "")


def short(error: float | None) -> str:
    """Write an error with two digits.

    >>> short(0.0), short(0.6543), short(123.4), short(1.84e7), short(None)
    ('0', '0.65', '123', '1.8e7', '-')
    """
    if error is None:
        return "-"
    if error == 0.0 or 0.01 <= error < 10:
        return f"{error:.2f}" if error else "0"
    if 10 <= error < 1000:
        return f"{error:.0f}"
    digits, _, exponent = f"{error:.1e}".partition("e")
    return f"{digits}e{int(exponent)}"


def worst(comparison: Comparison, way: Way) -> float | None:
    """Give the largest error of a way in units in the last place."""
    found = zip(way.cells, comparison.truths.values(), strict=True)
    errors = [cell.error for cell, truth in found if cell.error is not None and truth != "0"]
    return max(errors, default=None)


# the comparison


def compare(program: Program, at: Mapping[str, float], wrt: Sequence[str] | None = None) -> Comparison:
    """Compute every partial derivative of every output at a point in six ways, and compare with 50 digits.

    Raises NamingError where the point does not fit the inputs, EvaluationError where the formula has no value there,
    SymadError where it is too long, and what `gradient` raises where there is no derivative.

    >>> from symad.parse import parse
    >>> found = compare(parse("x^3"), {"x": 2})
    >>> [(way.name, way.cells[0].value) for way in found.ways if way.cells[0].error == 0]
    [('printed formulas', 12.0), ('complex step', 12.0), ('forward mode', 12.0), ('reverse mode', 12.0)]
    """
    chosen = chosen_inputs(program, wrt)
    arguments = arguments_at(program, at)
    values = dict(zip(program.outputs, finite(program, arguments), strict=True))
    refuse_what_takes_long(program, len(chosen))
    derived = all_partials(program, wrt)
    labels = derived.outputs[len(program.outputs) :]
    truths, unsettled = to_many_digits(derived.part(labels), arguments)
    ways = tuple(every_way(program, derived, chosen, arguments, truths)) if labels else ()
    texts = [None if t is None else import_module("mpmath").nstr(t, DIGITS) if t else "0" for t in truths]
    point = dict(zip(program.inputs, arguments, strict=True))
    found = Comparison(point, values, dict(zip(labels, texts, strict=True)), ways, ())
    said = conclusions(found, unsettled, len(chosen), len(program.outputs))
    notes = [*said, *kinks(program, arguments, chosen)]
    return replace(found, notes=tuple(notes))


def kinks(program: Program, arguments: list[float], chosen: Sequence[str]) -> Iterator[str]:
    """Say where there is no derivative, at a jump or a kink: what is compared with is a convention."""
    places = [program.inputs.index(name) for name in chosen]
    fixed = [program.inputs[place] for place in places if place in counts(program)]
    if fixed:
        yield f"{listed(fixed)}: how often loops run, which a derivative takes as it is"
    if len(program.assignments) * len(places) * len(program.outputs) > LOOKED_AT:
        return
    without: dict[str, list[str]] = {"jump": [], "kink": []}
    for label in program.outputs:
        try:
            found = list(slopes(expanded(program.part([label])), arguments, places, Random(0)))
        except EvaluationError:
            continue
        for name, slope in zip(chosen, found, strict=True):
            if slope is not None and (slope.jump or not slope.smooth):
                without["jump" if slope.jump else "kink"].append(derivative_label(label, name))
    for kind, labels in without.items():
        if labels:
            verb = "have" if len(labels) > 1 else "has"
            yield f"{listed(labels)} {verb} a {kind} here: no derivative, and the value is the convention of the table"


def refuse_what_takes_long(program: Program, inputs: int) -> None:
    """Insist on an affordable number of derivatives."""
    size, outputs = len(program.assignments), len(program.outputs)
    if size * (ONCE + inputs * outputs) > EFFORT:
        most = (EFFORT // size - ONCE) // outputs
        reason = f"comparing {counted(inputs * outputs, 'derivative')} of {size} assignments takes too long"
        raise SymadError(reason, hint=f"choose {counted(most, 'input')} at most: --wrt, wrt=" if most > 0 else None)


# the ways


def every_way(
    program: Program, derived: Program, chosen: Sequence[str], arguments: list[float], truths: Sequence[Any]
) -> Iterator[Way]:
    """Go all ways: what each gives is a list of outcomes, for each output the inputs in order."""
    labels = derived.outputs[len(program.outputs) :]
    plain = simplify(program)
    operations, count = plain.operation_count, len(labels)
    places = [program.inputs.index(name) for name in chosen]
    forward = all_partials(program, chosen, "forward")

    def way(name: str, found: Sequence[Outcome], runs: int, cost: int) -> Way:
        cells = tuple([cell(outcome.value, truth) for outcome, truth in zip(found, truths, strict=True)])
        return Way(name, cells, note(labels, found), runs, cost)

    def sweep(made: Program) -> list[Outcome]:
        return outcomes(made.part(labels), arguments, DOUBLES)

    parts = [derived.part([label]) for label in derived.outputs]
    made = [part if looped(part.assignments) else printed(part) for part in parts]
    found = [
        Outcome(None, NO_FORMULA) if looped(formula.assignments) else outcomes(formula, arguments, DOUBLES)[0]
        for formula in made[len(program.outputs) :]
    ]
    yield way("printed formulas", found, len(made), sum(formula.operation_count for formula in made))
    for sides, name in ((1, "one-sided differences"), (2, "two-sided differences")):
        runs = 1 + sides * len(places)
        yield way(name, differences(plain, arguments, places, sides), runs, runs * operations + 2 * count)
    runs = len(places)
    yield way(COMPLEX_STEP, complex_step(plain, arguments, places), runs, runs * operations + count)
    yield way("forward mode", sweep(forward), len(chosen), forward.operation_count)
    yield way("reverse mode", sweep(derived), len(program.outputs), derived.operation_count)


def printed(program: Program) -> Program:
    """Read the one formula of a program again as it is printed."""
    rows = formulas(expanded(program))
    lines = [f"input {', '.join(program.inputs)}", *[f"{name} = {text}" for name, text in rows.temporaries.items()]]
    return parse("\n".join([*lines, *rows.values()]))


def differences(program: Program, arguments: list[float], places: Sequence[int], sides: int) -> list[Outcome]:
    """Divide the change of each output by the step of each input, the one between the two doubles that are there."""
    here = outcomes(program, arguments, DOUBLES)
    columns = []
    for place in places:
        x = arguments[place]
        step = STEPS[sides] * max(1.0, abs(x))
        above, below = x + step, x - step if sides == 2 else x
        upper = outcomes(program, moved(arguments, place, above), DOUBLES)
        lower = outcomes(program, moved(arguments, place, below), DOUBLES) if sides == 2 else here
        columns.append([slope(u, v, above - below) for u, v in zip(upper, lower, strict=True)])
    return [outcome for row in zip(*columns, strict=True) for outcome in row]


def moved(arguments: Sequence[Any], place: int, x: Any) -> list[Any]:
    """Change one coordinate of a point."""
    return [*arguments[:place], x, *arguments[place + 1 :]]


def slope(upper: Outcome, lower: Outcome, step: float) -> Outcome:
    """Give a quotient of differences."""
    if upper.value is None or lower.value is None:
        return upper if upper.value is None else lower
    found = (upper.value - lower.value) / step
    return Outcome(found) if math.isfinite(found) else Outcome(None, "it overflows")


def complex_step(program: Program, arguments: list[float], places: Sequence[int]) -> list[Outcome]:
    """Divide the imaginary part of each output by that of each input."""
    columns = []
    for place in places:
        found = outcomes(program, moved(arguments, place, complex(arguments[place], IMAGINARY)), COMPLEX)
        columns.append([o if o.value is None else Outcome(o.value.imag / IMAGINARY) for o in found])
    return [outcome for row in zip(*columns, strict=True) for outcome in row]


def cell(value: float | None, truth: Any) -> Cell:
    """Measure an error in units in the last place; absolute where the true derivative is 0."""
    if value is None or truth is None:
        return Cell(value, None)
    mp = import_module("mpmath")
    with mp.workdps(DIGITS):
        error = abs(mp.mpf(value) - truth)
        unit = math.ulp(float(min(abs(truth), sys.float_info.max))) if truth else 1.0
        return Cell(value, min(float(error / unit), sys.float_info.max))


def note(labels: Sequence[str], found: Sequence[Outcome]) -> str:
    """Say why derivatives are missing, by the first of them."""
    missing = [(label, outcome.reason) for label, outcome in zip(labels, found, strict=True) if outcome.value is None]
    if not missing:
        return ""
    more = f", nor {len(missing) - 1} more" if len(missing) > 1 else ""
    return f"no {missing[0][0]}{more}: {missing[0][1]}"


# what it shows


def conclusions(comparison: Comparison, unsettled: Sequence[str], inputs: int, outputs: int) -> Iterator[str]:
    """Say in words what the table shows."""
    if not comparison.ways:
        yield "there is no input: nothing to compare"
        return
    without = [label for label, truth in comparison.truths.items() if truth is None and label not in unsettled]
    if without:
        yield f"there is no true value of {listed(without)}, and no error"
    if unsettled:
        yield f"the true value of {listed(unsettled)} is not known, nor the error: more digits still change it"
    far = [label for k, label in enumerate(comparison.truths) if is_far(comparison, k)]
    if far:
        yield f"differences are far off in {listed(far)}:"
        yield "a kink, a jump or a pole is near, or the step does not suit the formula"
    yield from digits_lost(comparison)
    yield f"forward mode takes a pass for each input, {inputs}; reverse mode one for each output, {outputs}"


def is_far(comparison: Comparison, place: int) -> bool:
    """Tell whether differences give hardly a digit of a derivative."""
    label = list(comparison.truths)[place]
    allowed = FAR_FROM_ZERO if comparison.truths[label] == "0" else FAR
    cells = [way.cells[place] for way in comparison.ways if way.name.endswith("differences")]
    return any(cell.error is not None and cell.error > allowed for cell in cells)


def digits_lost(comparison: Comparison) -> Iterator[str]:
    """Say how many digits each way loses, of the derivative of which it loses most."""
    lost: dict[str, int] = {}
    for way in comparison.ways:
        error = worst(comparison, way)
        if error is not None:
            lost[HEADS[way.name]] = 0 if error < LOSS else min(16, int(math.log10(error)))
    losing = [f"{name} {count}" for name, count in lost.items() if count]
    others = [name for name, count in lost.items() if not count]
    if losing:
        rest = "the others none" if len(lost) == len(comparison.ways) else f"none: {', '.join(others)}"
        yield f"digits lost, of 16: {', '.join(losing)}" + (f"; {rest}" if others else "")
    elif others:
        yield "no way loses a digit"
