"""How long the command line takes as a whole process, beside a Python that only imports the parser library."""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from time import perf_counter

from .measure import ROOT, environment
from .tables import Table, verdict

FORMULA = "x1*x2 + sin(x1)"
EXPECTED = "f      = x1*x2 + sin(x1)\ndf/dx1 = x2 + cos(x1)\ndf/dx2 = x1\n"
OURS = (sys.executable, "-m", "symad", FORMULA)
BARE = (sys.executable, "-c", "import lark")
FACTOR, SLACK = 1.3, 0.060
ROUNDS = 21

# Runs the command as `python -m symad` does, then fails with the modules that should not be there.
LOADED = """
import runpy, sys
sys.argv = ["symad", {formula!r}]
try:
    runpy.run_module("symad", run_name="__main__", alter_sys=True)
except SystemExit:
    pass
found = [name for name in ("networkx", "numpy", "sympy") if name in sys.modules]
sys.exit("imported: " + ", ".join(found) if found else 0)
"""


def elapsed(command: Sequence[str], env: dict[str, str]) -> float:
    start = perf_counter()
    subprocess.run(command, cwd=ROOT, env=env, check=True, capture_output=True)
    return perf_counter() - start


def faults(env: dict[str, str]) -> Iterator[str]:
    """Say what the command prints when that is wrong, and whether it imports what is large."""
    said = subprocess.run(OURS, cwd=ROOT, env=env, capture_output=True, text=True)
    if said.stdout != EXPECTED:
        yield f"symad {FORMULA!r} printed {said.stdout!r} {said.stderr[-200:]!r}"
    command = (sys.executable, "-c", LOADED.format(formula=FORMULA))
    loaded = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True)
    if loaded.returncode:
        yield f"symad {FORMULA!r}: {loaded.stderr.strip()[-200:]}"


def start(rounds: int = ROUNDS) -> Iterator[Table]:
    """Give the table of process times, alternating, byte code being cached for both."""
    with tempfile.TemporaryDirectory() as cache:
        env = environment() | {"PYTHONPYCACHEPREFIX": cache, "PYTHONDONTWRITEBYTECODE": ""}
        wrong = tuple(faults(env))
        if not wrong:
            elapsed(BARE, env)
        times = [(elapsed(OURS, env), elapsed(BARE, env)) for _ in range(0 if wrong else rounds)]
    rows = []
    if times:
        ours, bare = (statistics.median(column) for column in zip(*times, strict=True))
        allowed = FACTOR * bare + SLACK
        target = f"at most {allowed * 1e3:.0f} ms ({FACTOR} times plus {SLACK * 1e3:.0f} ms)"
        found = (f"{ours * 1e3:.0f} ms", f"{bare * 1e3:.0f} ms")
        rows = [(f"symad '{FORMULA}'", *found, target, verdict(ours <= allowed))]
    header = ("command", "whole process", "python -c 'import lark'", "target", "")
    yield Table("Start", header, tuple(rows), wrong)
