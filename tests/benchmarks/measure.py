"""One measurement in a process of its own: `python -m tests.benchmarks.measure PEER WORKLOAD SIZE derive|total`.

It prints one JSON line: the seconds spent in each stage (read, derive, build), the peak memory, and two checksums of
the gradient. `run` starts such a process and gives its line, or the reason why there is none.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

from .peers import PEERS
from .workloads import Workload, workload

ROOT = Path(__file__).resolve().parents[2]
BYTES_PER_UNIT = 1 if sys.platform == "darwin" else 1024  # what ru_maxrss counts in


@dataclass(frozen=True)
class Row:
    """Hold one measurement; the checksums are empty where the gradient was not called."""

    read: float
    derive: float
    build: float
    peak: int
    checksums: tuple[float, ...]

    @property
    def derived(self) -> float:
        return self.read + self.derive

    @property
    def total(self) -> float:
        return self.read + self.derive + self.build


@dataclass(frozen=True)
class Failure:
    """Hold the reason why there is no measurement, and the seconds waited where that was a time limit."""

    reason: str
    waited: float = 0.0


def stages(peer: str, case: Workload, build: bool) -> Row:
    """Take one peer through its stages and time each."""
    row = PEERS[peer]
    module = row.module()
    start = perf_counter()
    problem = row.read(module, case.text, case.inputs)
    read = perf_counter()
    gradient = row.derive(module, problem)
    derived = perf_counter()
    call = row.build(module, gradient) if build else None
    built = perf_counter()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * BYTES_PER_UNIT
    values = [float(value) for value in call(case.point())] if call else []
    # The second sum is weighted, so that partial derivatives in the wrong order do not pass.
    sums = (sum(values), sum(k * value for k, value in enumerate(values, 1))) if call else ()
    return Row(read - start, derived - read, built - derived, peak, sums)


def run(peer: str, name: str, size: int, limit: float, build: bool = True) -> Row | Failure:
    """Measure in a new process, for at most `limit` seconds."""
    if not PEERS[peer].installed:
        return Failure("not installed")
    wanted = "total" if build else "derive"
    command = [sys.executable, "-m", "tests.benchmarks.measure", peer, name, str(size), wanted]
    try:
        done = subprocess.run(command, cwd=ROOT, env=environment(), capture_output=True, text=True, timeout=limit)
    except subprocess.TimeoutExpired:
        return Failure(f"over {limit:g} s", limit)
    if done.returncode:
        said = done.stderr.strip().splitlines() or [f"exit {done.returncode}"]
        return Failure(f"failed: {said[-1][:80]}")
    fields = json.loads(done.stdout)
    return Row(**fields | {"checksums": tuple(fields["checksums"])})


def environment() -> dict[str, str]:
    """Give child processes this checkout's symad, whether or not one is installed."""
    path = os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH"))))
    return os.environ | {"PYTHONPATH": path}


@contextmanager
def deep_recursion() -> Iterator[None]:
    """Lift the recursion limit for peers that walk trees recursively and for Python's own compiler, not for symad."""
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(1_000_000)
    try:
        yield
    finally:
        sys.setrecursionlimit(limit)


def main(peer: str, name: str, size: str, wanted: str) -> None:
    build = wanted == "total"
    stages(peer, workload("seed", 2), build)  # imports, tables and just-in-time set-up are start-up, measured apart
    with nullcontext() if peer == "symad" else deep_recursion():
        print(json.dumps(vars(stages(peer, workload(name, int(size)), build))))


if __name__ == "__main__":
    main(*sys.argv[1:])
