"""Real minimisations: SciPy with generated gradients and Hessians, beside its own finite differences.

`python -m tests.optimisation` runs every problem of the collection from its starting point and prints a table. All ways
minimise the same generated value. A problem is solved where the run ends at a point with a gradient, by the generated
module, of at most GRADIENT*max(1, |f|) in each component. Where a point is off the domain the value is infinite and the
derivatives are nan, so that a method can step back: the only thing that stands between SciPy and the module.
"""

from __future__ import annotations

import json
import math
import sys
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from scipy.optimize import minimize

import symad

FOLDER = Path(__file__).resolve().parents[1].parent / "shared" / "corpora"
GRADIENT = 1e-5
ITERATIONS = 500
OFF = (ArithmeticError, ValueError)  # what a generated function raises off the domain

Function = Callable[[Sequence[float]], Any]


@dataclass(slots=True)
class Problem:
    """Hold a problem: its name, its start, and the functions of its generated module."""

    name: str
    start: list[float]
    functions: dict[str, Any]

    def gradient_is_small(self, x: Sequence[float]) -> bool:
        """Tell whether a point is stationary."""
        try:
            value, gradient = self.functions["value_and_gradient"](x)
        except OFF:
            return False
        return all(abs(slope) <= GRADIENT * max(1.0, abs(value)) for slope in gradient)


@dataclass(slots=True)
class Tally:
    """Hold what one way took over all problems: solved ones by name, evaluations of each kind, seconds."""

    solved: set[str] = field(default_factory=set)
    values: int = 0
    gradients: int = 0
    hessians: int = 0
    seconds: float = 0.0


def read(names: Sequence[str] = ()) -> Iterator[Problem]:
    """Read the problems, or some of them, and generate their modules."""
    for line in (FOLDER / "optimisation.jsonl").read_text(encoding="utf-8").splitlines():
        case = json.loads(line)
        if names and case["id"] not in names:
            continue
        program = symad.parse(f"input {', '.join(case['inputs'])}\n{case['text']}")
        scope: dict[str, Any] = {"__name__": case["id"]}
        exec(symad.generate(program, ("value", "gradient", "hessian"), signature="vector"), scope)
        yield Problem(case["id"], [float(x) for x in case["start"]], scope)


def within(function: Function, otherwise: Any, tally: Callable[[], None]) -> Function:
    """Count the calls of a function, and give something else where it has no value."""

    def call(x: Sequence[float]) -> Any:
        tally()
        try:
            return function([float(v) for v in x])
        except OFF:
            return otherwise

    return call


def run(problem: Problem, way: str, tally: Tally) -> None:
    """Minimise one problem in one way."""
    n = len(problem.start)
    f = problem.functions

    def valued() -> None:
        tally.values += 1

    def sloped() -> None:
        tally.values += 1
        tally.gradients += 1

    def curved() -> None:
        tally.hessians += 1

    options: dict[str, Any] = {"options": {"maxiter": ITERATIONS}}
    value = within(f["value"], math.inf, valued)
    both = within(f["value_and_gradient"], (math.inf, np.full(n, math.nan)), sloped)
    hessian = within(f["hessian"], np.full((n, n), math.nan), curved)
    start = time.perf_counter()
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")  # of finite differences and line searches about nan and inf
        try:
            if way == "BFGS, finite differences":
                found = minimize(value, problem.start, method="BFGS", **options)
            elif way == "BFGS, generated gradient":
                found = minimize(both, problem.start, jac=True, method="BFGS", **options)
            else:
                found = minimize(both, problem.start, jac=True, hess=hessian, method="trust-exact", **options)
            end = found.x
        except (ValueError, np.linalg.LinAlgError, OverflowError):  # SciPy's own, where a matrix is not finite
            end = problem.start
    tally.seconds += time.perf_counter() - start
    if problem.gradient_is_small([float(x) for x in end]):
        tally.solved.add(problem.name)


WAYS = ("BFGS, finite differences", "BFGS, generated gradient", "trust-exact, generated gradient and Hessian")


def compare(problems: Sequence[Problem]) -> dict[str, Tally]:
    """Minimise every problem in every way."""
    tallies = {way: Tally() for way in WAYS}
    for problem in problems:
        for way, tally in tallies.items():
            run(problem, way, tally)
    return tallies


def table(problems: Sequence[Problem], tallies: dict[str, Tally]) -> str:
    """Write what was found."""
    lines = ["| way | solved | values | gradients | Hessians | seconds |", "|---|---|---|---|---|---|"]
    for way, tally in tallies.items():
        counts = f"{tally.values:,} | {tally.gradients:,} | {tally.hessians:,} | {tally.seconds:.1f}"
        lines.append(f"| {way} | {len(tally.solved)} of {len(problems)} | {counts} |")
    return "\n".join(lines)


def main() -> int:
    problems = [*read(sys.argv[1:])]
    sys.stdout.write(table(problems, compare(problems)) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
