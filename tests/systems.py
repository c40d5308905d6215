"""The corpora of systems of equations and of objectives: patterns and entries of every Jacobian, patterns of Hessians.

`python -m tests.systems` prints a table. What is compared, at every point of a case:

- missing  an entry that is not zero and is not in the pattern; there must be none.
- surplus  an entry of the pattern that is zero at every point of the case, and at others near by.
- entries  each value within 1e-12 of the reference, strictly relative; where it is not, tests/corpora.py judges. The
           reference leaves out what is below 1e-30: such an entry is "left out" if it is right to 1e-12.
- products the entries recovered from compressed products, within 1e-12 of the largest of their row.
"""

from __future__ import annotations

import json
import random
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations_with_replacement
from typing import Any

import symad
from symad.patterns.colouring import colouring
from symad.patterns.pattern import Pattern
from tests import high_precision
from tests.corpora import AGREES, DEFECTS, FOLDER, OWN, Case, Derived, Finding, Point, judge, relative

NAMES = ("residuals", "ode")
OBJECTIVES = "optimisation"
NEAR = 0.1  # of a coordinate, or of 1: how far points near by are away
POINTS = 3  # near by, before an entry counts as zero everywhere
CUTOFF = 1e-30  # of the reference
DIGITS = 400  # for entries down to 1e-200

Place = tuple[int, int]


@dataclass(frozen=True)
class Spot:
    """A point of a system: the values of its outputs, and the entries of its Jacobian that are not zero."""

    at: tuple[float, ...]
    values: tuple[float, ...]
    entries: Mapping[Place, float]


@dataclass(frozen=True)
class System:
    """A system of a corpus."""

    name: str
    inputs: tuple[str, ...]
    text: str
    spots: tuple[Spot, ...]

    def read(self) -> symad.Program:
        return symad.parse(f"input {', '.join(self.inputs)}\n{self.text}")


@dataclass
class Report:
    """What was found: how many patterns are exact, and what became of each number."""

    corpus: str
    cases: int = 0
    exact: int = 0
    entries: int = 0
    colours: int = 0
    verdicts: Counter[str] = field(default_factory=Counter)
    defects: list[Finding] = field(default_factory=list)
    seconds: float = 0.0

    def add(self, findings: Sequence[Finding]) -> None:
        """Count the findings of a case."""
        self.cases += 1
        self.exact += not any(f.verdict in ("missing", "surplus") for f in findings)
        self.verdicts.update(f.verdict for f in findings)
        self.defects += [f for f in findings if f.verdict in DEFECTS | {"missing", "surplus", "product off"}]


def rows(corpus: str) -> list[dict[str, Any]]:
    """Read the lines of a corpus."""
    with (FOLDER / f"{corpus}.jsonl").open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def read(corpus: str) -> list[System]:
    """Read a corpus of systems."""
    return [System(r["id"], tuple(r["inputs"]), r["text"], tuple(map(spot, r["points"]))) for r in rows(corpus)]


def spot(point: dict[str, Any]) -> Spot:
    """Read a point; the corpora count rows and columns from 1."""
    entries = {place(key): float(value) for key, value in point["jacobian_nonzeros"].items()}
    return Spot(tuple(map(float, point["at"])), tuple(map(float, point["values"])), entries)


def place(key: str) -> Place:
    row, column = key.split(",")
    return int(row) - 1, int(column) - 1


def as_tuple(found: Any) -> tuple[float, ...]:
    return found if isinstance(found, tuple) else (found,)


def sweep(corpus: str, systems: Sequence[System]) -> Report:
    """Compare some systems of a corpus."""
    report = Report(corpus)
    began = time.perf_counter()
    for system in systems:
        program = system.read()
        pattern = symad.sparsity(program)
        report.add([*structure(system, program, pattern), *examine(system, program, pattern)])
        report.entries += pattern.nonzeros
        report.colours += colouring(pattern).count
    report.seconds = time.perf_counter() - began
    return report


def structure(system: System, program: symad.Program, pattern: Pattern) -> Iterator[Finding]:
    """Compare a pattern with the entries that are known not to be zero."""
    ours = set(zip(*pattern.coo(), strict=True))
    known = {entry for spot in system.spots for entry in spot.entries}
    for row, column in known - ours:
        yield Finding(system.name, f"{pattern.rows[row]} by {pattern.columns[column]}", "missing")
    for row, column in ours - known:
        if vanishes(program.part([program.outputs[row]]), [spot.at for spot in system.spots], column):
            yield Finding(system.name, f"{pattern.rows[row]} by {pattern.columns[column]}", "surplus")


def vanishes(output: symad.Program, points: Sequence[Sequence[float]], column: int) -> bool:
    """Tell whether a derivative is zero, or below 1e-200, at some points and at others near by."""
    others = [point for seed in range(POINTS) for point in map(near, points, [seed] * len(points))]
    return all(slope(output, at, column) in (None, 0) for at in [*points, *others])


def slope(output: symad.Program, at: Sequence[float], column: int) -> Any:
    """Differentiate the one output by an input, to many digits."""
    return high_precision.slope(output, at, column, digits=DIGITS)[0]


def near(at: Sequence[float], seed: int) -> list[float]:
    """Give another point."""
    draw = random.Random(seed)
    return [x + NEAR * draw.uniform(-1, 1) * (abs(x) or 1) for x in at]


def examine(system: System, program: symad.Program, pattern: Pattern) -> Iterator[Finding]:
    """Compare every entry at every point, and what compressed products give."""
    jacobian = symad.jacobian(program)
    product = symad.compile(symad.jvp(program))
    for spot in system.spots:
        values = as_tuple(jacobian(*spot.at))
        yield from compare(system, program, jacobian, pattern, spot, values)
        yield from compressed(system.name, pattern, product, spot.at, values)


def compressed(
    name: str, pattern: Pattern, product: Callable[..., Any], at: Sequence[float], values: Sequence[float]
) -> Iterator[Finding]:
    """Compare the entries that compressed products give with values of them, relative to the largest of the row."""
    found = colouring(pattern)
    recovered = pattern.dense(found.recover([as_tuple(product(*at, *seed)) for seed in found.seeds()]))
    for label, places, got, wanted in zip(pattern.rows, pattern.entries, recovered, pattern.dense(values), strict=True):
        largest = max(map(abs, wanted), default=0.0)
        for column in places:
            agrees = abs(got[column] - wanted[column]) <= AGREES * largest
            verdict = "product agrees" if agrees else "product off"
            yield Finding(name, f"{label} by {pattern.columns[column]}", verdict, got[column], wanted[column])


def compare(
    system: System,
    program: symad.Program,
    jacobian: symad.Program,
    pattern: Pattern,
    spot: Spot,
    values: Sequence[float],
) -> Iterator[Finding]:
    """Compare the entries with the reference; judge what does not agree."""
    own = as_tuple(program(*spot.at))
    exact: list[Any] = []
    for k, (row, column) in enumerate(zip(*pattern.coo(), strict=True)):
        wanted = spot.entries.get((row, column), 0.0)
        if relative(values[k], wanted) <= AGREES:
            yield Finding(system.name, jacobian.outputs[k], "agrees", values[k], wanted)
            continue
        largest = max((abs(v) for (r, _), v in spot.entries.items() if r == row), default=0.0)
        part = program.part([program.outputs[row]])
        if wanted == 0:
            truth = slope(part, spot.at, column)
            zero = truth == 0 and abs(values[k]) <= AGREES * largest
            left_out = 0 < abs(truth) < CUTOFF and relative(values[k], truth) <= AGREES
            if zero or left_out:
                yield Finding(system.name, jacobian.outputs[k], "zero" if zero else "left out", values[k], wanted)
                continue
        if not exact:
            many = symad.jacobian(high_precision.with_exact_constants(program))
            exact = high_precision.results(many, spot.at)
        case = Case(system.name, "plain", system.inputs, system.text, (system.inputs[column],), ())
        point = Point(spot.at, spot.values[row], (wanted,))
        derived = Derived(case, part, part, (), part, 0.0)
        yield judge(derived, point, 0, values[k], exact[k], relative(own[row], spot.values[row]) <= OWN)


def hessians(objectives: Sequence[dict[str, Any]]) -> Report:
    """Compare the patterns of Hessians with mixed differences, and their entries with compressed products."""
    report = Report(OBJECTIVES)
    began = time.perf_counter()
    for row in objectives:
        program = symad.parse(f"input {', '.join(row['inputs'])}\n{row['text']}")
        pattern = symad.sparsity(program, of="hessian")
        points = [p["at"] for p in row["points"]]
        hessian, product = symad.hessian(program), symad.compile(symad.hessian_vector_product(program))
        findings = list(curved(row["id"], program, pattern, points))
        for at in points:
            values = as_tuple(hessian(*at)) if hessian.outputs else ()
            findings += compressed(row["id"], pattern, product, at, values)
        report.add(findings)
        report.entries += pattern.upper().nonzeros
        report.colours += colouring(pattern).count
    report.seconds = time.perf_counter() - began
    return report


def curved(name: str, program: symad.Program, pattern: Pattern, points: Sequence[Sequence[float]]) -> Iterator[Finding]:
    """Compare the pattern of a Hessian with what is not zero at some points, the random ones first."""
    ours = set(zip(*pattern.upper().coo(), strict=True))
    left = set(combinations_with_replacement(range(len(program.inputs)), 2))
    known: set[Place] = set()
    for at in [*reversed(points), *(near(points[0], seed) for seed in range(POINTS))]:
        known |= {pair for pair, value in high_precision.curvatures(program, at, sorted(left)).items() if value}
        left = ours - known
        if not left:
            break
    for verdict, pairs in (("missing", known - ours), ("surplus", left)):
        for p, q in sorted(pairs):
            yield Finding(name, f"{program.inputs[p]}, {program.inputs[q]}", verdict)


def main() -> None:
    reports = [sweep(name, read(name)) for name in NAMES]
    reports.append(hessians(rows(OBJECTIVES)))
    for r in reports:
        counts = ", ".join(f"{verdict} {count}" for verdict, count in sorted(r.verdicts.items()))
        print(f"{r.corpus}: {r.exact} of {r.cases} patterns exact; {r.entries} entries, {r.colours} colours")
        print(f"    {counts or 'nothing else'}; {r.seconds:.1f} s")
        for defect in r.defects:
            print(f"    {defect}")


if __name__ == "__main__":
    main()
