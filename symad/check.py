"""A program in, a report out: each partial derivative against SymPy's, and against differences of precise values.

Two judges that share nothing with the calculus here. SymPy differentiates the formula and says whether its derivative
is ours, where it can. At points of the domain, the gradient in double precision is compared with central differences of
the formula's own values, which mpmath computes to 150 digits, 50 of which the difference leaves at least.

What counts as a disagreement stands in `comparison`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from symad.comparison import SymPy, Tally, measure
from symad.derivatives.gradient import all_partials
from symad.derivatives.labels import chosen_inputs
from symad.effort import counts
from symad.expansion import expanded
from symad.numbers import write_number
from symad.program import Program, counted
from symad.rules import given

POINTS = 10
EFFORT = 1_500_000  # operations to many digits, some 15 seconds
SYMBOLIC = 60  # derivatives that SymPy is asked about


@dataclass(frozen=True, slots=True)
class Row:
    """Hold what was found about one partial derivative; `problem` is empty where it agrees.

    `error` and `allowed` are in units in the last place of the derivative, at the point where the error is largest.
    """

    label: str
    sympy: str
    points: int
    error: float
    allowed: float
    at: Mapping[str, float]
    problem: str

    @property
    def ok(self) -> bool:
        """Tell whether the derivative agrees with both judges."""
        return not self.problem


@dataclass(frozen=True, slots=True)
class Report:
    """Hold the rows, and what has to be said besides."""

    rows: tuple[Row, ...]
    notes: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        """Tell whether every derivative that was compared agrees."""
        return all(row.ok for row in self.rows)

    def as_dict(self) -> dict[str, Any]:
        """Give plain data, for JSON; what is not finite is None."""
        rows = [asdict(row) | {"at": dict(row.at), "ok": row.ok} for row in self.rows]
        for row in rows:
            for name in ("error", "allowed"):
                row[name] = row[name] if math.isfinite(row[name]) else None
        return {"ok": self.ok, "derivatives": rows, "notes": list(self.notes)}

    def __str__(self) -> str:
        cells = [("derivative", "SymPy", "points", "error/ulp", "allowed", "at")]
        for row in self.rows:
            at = ", ".join(f"{name} = {write_number(x)}" for name, x in list(row.at.items())[:4])
            more = ", …" if len(row.at) > 4 else ""
            measured = (short(row.error), short(row.allowed)) if row.points else ("", "")
            cells.append((row.label, row.sympy.partition(":")[0], str(row.points), *measured, at + more))
        widths = [max(len(line[k]) for line in cells) for k in range(len(cells[0]))]
        lines = []
        for line in cells if self.rows else []:
            aligned = [
                f"{c:<{w}}" if k in (0, 1, 5) else f"{c:>{w}}"
                for k, (c, w) in enumerate(zip(line, widths, strict=True))
            ]
            lines.append("  ".join(aligned).rstrip())
        lines += [f"{row.label}: {row.problem}" for row in self.rows if row.problem]
        reasons: dict[str, list[str]] = {}
        for row in self.rows:
            reason = row.sympy.partition(": ")[2]
            if reason:
                reasons.setdefault(reason, []).append(row.label)
        lines += [f"SymPy: {reason} ({listed(labels)})" for reason, labels in reasons.items()]
        return "\n".join([*lines, *self.notes])


def short(number: float) -> str:
    """Write a number of units in the last place.

    >>> short(0.6543), short(12345.6), short(0.0012)
    ('0.65', '12346', '0.00')
    """
    return f"{number:.2f}" if number < 10 else f"{number:.0f}" if number < 1e6 else f"{number:.2g}"


def listed(labels: Sequence[str]) -> str:
    """List the first of many labels."""
    return ", ".join(labels[:4]) + (f" and {len(labels) - 4} more" if len(labels) > 4 else "")


def check(program: Program, wrt: Sequence[str] | None = None, points: int = POINTS, seed: int = 0) -> Report:
    """Check every partial derivative of every output at some points that are found by themselves.

    Raises what `gradient` raises where there is no derivative.

    >>> from symad.parse import parse
    >>> check(parse("x1*x2 + sin(x1)")).ok
    True
    """
    derived = all_partials(program, wrt)
    report = compare(expanded(program), expanded(derived), wrt, points, seed)
    names = given(program)
    if report.ok or not names:
        return report
    what = f"{listed(names)} {'have' if len(names) > 1 else 'has'} derivatives that are given, not derived"
    return replace(report, notes=(*report.notes, f"{what}: those of the value itself are what they are compared with"))


def compare(
    program: Program, derived: Program, wrt: Sequence[str] | None = None, points: int = POINTS, seed: int = 0
) -> Report:
    """Check derivatives that are given: the outputs of `derived` called df/dx, for outputs f and inputs x."""
    names = chosen_inputs(program, wrt)
    rows: list[Row] = []
    notes = []
    for output in program.outputs:
        formula = program.part([output])
        whole = counts(formula)
        moving = [name for name in names if program.inputs.index(name) not in whole]
        fixed = [name for name in names if name not in moving]
        if fixed:
            are, them = ("are counts", "them") if len(fixed) > 1 else ("is a count", "it")
            notes.append(f"{listed(fixed)} {are} of iterations: {output} has no derivative by {them}")
        tallies = measure(formula, derived, moving, points, seed, EFFORT // len(program.outputs), whole)
        judge = SymPy(formula, SYMBOLIC - len(rows), whole)
        rows += [row(tally, judge.verdict(derived, tally)) for tally in tallies]
        if len(tallies) < len(moving):
            notes.append(f"{len(tallies)} of the {len(moving)} derivatives of {output} were compared: there are many")
    wrong = sum(not row.ok for row in rows)
    if not rows:
        notes.append("there is no input: nothing to compare" if not notes else "nothing to compare")
    else:
        verb = "agrees" if wrong == len(rows) - 1 else "agree"
        notes.append(f"{len(rows) - wrong} of {counted(len(rows), 'derivative')} {verb}")
    return Report(tuple(rows), tuple(notes))


def row(tally: Tally, verdict: str) -> Row:
    """Put both judgements together."""
    problem = tally.problem
    if not tally.points:
        problem = "no point was found at which the derivative can be compared"
    elif verdict == "unequal" and not problem:
        problem = "SymPy's derivative has another value"
    return Row(tally.label, verdict, tally.points, tally.error, tally.allowed, tally.at, problem)
