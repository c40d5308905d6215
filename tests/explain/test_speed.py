"""How long a whole process takes, on a busy machine too: processor time, beside that of importing a library."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from pathlib import Path

import symad

ROUNDS = 3
# There are 0.5 s on a machine that imports the library in 0.06 s, eight times as long; the page takes five times as
# long there. A library that is imported without need, or a page made twice, would show.
AT_MOST = 7.0


def processor_time(*words: str) -> float:
    """Run Python and give the processor time that it takes, the least of some rounds."""
    environment = {**os.environ, "PYTHONPATH": str(Path(symad.__file__).parents[1])}
    found = []
    for _ in range(ROUNDS):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run([sys.executable, *words], env=environment, stdout=subprocess.DEVNULL, check=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        found.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return min(found)


def test_the_page_of_the_first_formula_takes_a_moment() -> None:
    formula = "z = x1*x2 + sin(x1)"
    page = processor_time("-m", "symad", "explain", formula, "--at", "x1=2,x2=3", "--format", "html")
    assert page < AT_MOST * processor_time("-c", "import lark")
