"""What one call of the generated Python gradient costs, beside SymPy's `lambdify(modules="math", cse=True)`.

Both are called in this process, in turn, and the ratio is the median of the rounds' ratios.
"""

from __future__ import annotations

import gc
import statistics
from collections.abc import Callable, Iterator
from itertools import repeat
from time import perf_counter
from typing import Any

from .peers import PEERS
from .tables import ABSENT, Table, disagreements, ratio, three_digits, verdict
from .workloads import Workload, workload

CASES = (("seed", 2), ("rosenbrock", 10), ("rosenbrock", 100), ("helmholtz", 10))
TARGET = 1.05
ROUNDS = 31
BATCH = 0.02  # seconds: long beside the clock, short beside the machine's moods
MICRO = 1e6

Call = Callable[..., Any]


def generated(case: Workload) -> Call:
    """Give the gradient function of the module that symad writes, run as a file would be."""
    symad = PEERS["symad"].module()
    program = symad.parse(f"input {', '.join(case.inputs)}\n{case.text}")
    source = symad.generate(program, target="python", derivatives=("gradient",))
    scope: dict[str, Any] = {"__name__": "generated"}
    exec(compile(source, "generated", "exec"), scope)
    function: Call = scope["gradient"]
    return function


def lambdified(case: Workload) -> Call:
    peer = PEERS["sympy"]
    sympy = peer.module()
    x, gradient = peer.derive(sympy, peer.read(sympy, case.text, case.inputs))
    function: Call = sympy.lambdify(x, gradient, modules="math", cse=True)
    return function


def spent(call: Call, at: tuple[float, ...], count: int) -> float:
    """Give the seconds a call, over `count` calls with the garbage collector at rest."""
    gc.disable()
    start = perf_counter()
    for _ in repeat(None, count):
        call(*at)
    stop = perf_counter()
    gc.enable()
    return (stop - start) / count


def alternated(ours: Call, theirs: Call, at: tuple[float, ...], rounds: int) -> tuple[list[float], list[float]]:
    """Time A B, B A, A B, … so that neither is always the first."""
    once = min(spent(theirs, at, 10) for _ in range(3))
    count = max(10, round(BATCH / once))
    left: list[float] = []
    right: list[float] = []
    for k in range(rounds):
        for call, times in ((ours, left), (theirs, right))[:: 1 if k % 2 == 0 else -1]:
            times.append(spent(call, at, count))
    return left, right


def microseconds(times: list[float]) -> str:
    return three_digits(statistics.median(times) * MICRO)


def call(rounds: int = ROUNDS) -> Iterator[Table]:
    """Give the table of call times."""
    target = f"at most {TARGET}"
    rows: list[tuple[str, ...]] = []
    faults: list[str] = []
    for name, size in CASES:
        case = workload(name, size)
        at, ours = tuple(case.point()), generated(case)
        if not PEERS["sympy"].installed:
            times = [spent(ours, at, 1000) for _ in range(rounds)]
            rows.append((case.name, microseconds(times), "not installed", ABSENT, target, ABSENT))
            continue
        theirs = lambdified(case)
        faults += disagreements(case.name, {"symad": ours(*at), "sympy": theirs(*at)})
        left, right = alternated(ours, theirs, at, rounds)
        slower = ratio(left, right)
        found = (microseconds(left), microseconds(right), f"{slower:.3f}", target, verdict(slower <= TARGET))
        rows.append((case.name, *found))
    header = ("formula", "symad, us", "sympy lambdify, us", "ratio", "target", "")
    yield Table("One call of the Python gradient", header, tuple(rows), tuple(faults))
