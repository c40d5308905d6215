"""Modules of real formulas with every kind of derivative: each function gives what its program gives, to the bit."""

from __future__ import annotations

import itertools
import json
import random
from collections.abc import Sequence
from typing import Any

import pytest

from symad.derivatives.hessian import hessian_places
from symad.derivatives.jacobian import jacobian_places
from symad.derivatives.kinds import KINDS, derive
from symad.errors import SymadError
from symad.parse import parse
from symad.printers.python import generate
from symad.program import Program
from tests.corpora import FOLDER
from tests.printers.modules import called, flat, run
from tests.printers.programs import outcome
from tests.printers.test_python_kinds import SEVERAL

NAMES = ("feynman", "optimisation", "residuals", "ode", "fpbench", "ratelaws")
SIZE = 250  # assignments of a formula that is tried
SAMPLE = 12  # formulas of each collection in the ordinary run
STYLES = list(itertools.product(("scalars", "vector"), ("coo", "csr", "dense", "scipy")))
present = pytest.mark.skipif(not FOLDER.is_dir(), reason=f"the corpora are absent: {FOLDER}")


def formulas(name: str) -> list[Program]:
    """Read the formulas of a collection that are short; what cannot be read is the business of another test."""
    found = []
    for line in (FOLDER / f"{name}.jsonl").read_text(encoding="utf-8").splitlines():
        try:
            program = parse(json.loads(line)["text"])
        except SymadError:
            continue
        if len(program.assignments) <= SIZE:
            found.append(program)
    return found


def entries(kind: str, program: Program, form: str, found: Any) -> list[float]:
    """Give the entries of matrices at the places of the program of their kind."""
    all_places = [jacobian_places(program)] if kind == "jacobian" else hessian_places(program)
    made: list[float] = []
    for places, matrix in zip(all_places, [found] if len(all_places) == 1 else found, strict=True):
        if form == "dense":
            made += [matrix[i][j] for i, j in places]
        elif form == "scipy":
            stored = matrix.tocoo()  # indexing would add up duplicates, and lose the sign of a zero
            at = {(int(i), int(j)): float(v) for i, j, v in zip(stored.row, stored.col, stored.data, strict=True)}
            made += [at[place] for place in places]
        else:
            both = places if kind == "jacobian" else sorted({*places, *((j, i) for i, j in places)})
            made += map(dict(zip(both, matrix, strict=True)).__getitem__, places)
    return made


def agree(program: Program, signature: str, form: str, rnd: random.Random) -> None:
    """Compare every function of a module with the program of its kind, at two points."""
    kinds = KINDS if len(program.outputs) == 1 else SEVERAL
    text = generate(program, kinds, signature=signature, matrices=form)
    if max(map(len, (*program.inputs, *program.outputs)), default=0) < 20:  # a name is never broken
        assert max(map(len, text.split("\n"))) <= 120
    scope = run(text)
    for kind, _ in itertools.product(kinds, range(2)):
        seeds = {"hvp": program.inputs, "jvp": program.inputs, "vjp": program.outputs}.get(kind, ())
        x, v = [rnd.uniform(0.2, 2.5) for _ in program.inputs], [rnd.uniform(-1, 1) for _ in seeds]
        wanted = outcome(called(derive(kind, program)), [*x, *v])

        def found(*numbers: float, kind: str = kind, x: Sequence[float] = x, v: Sequence[float] = v) -> Any:
            arguments = (*x, *v) if signature == "scalars" else (x, v) if kind in ("hvp", "jvp", "vjp") else (x,)
            if kind in ("jacobian", "hessian"):
                return tuple(entries(kind, program, form, scope[kind](*arguments)))
            return flat(scope[kind])(*arguments)

        assert outcome(found, []) == wanted, (kind, signature, form)


def sweep(name: str, programs: Sequence[Program]) -> None:
    rnd = random.Random(name)
    for program, (signature, form) in zip(programs, itertools.cycle(STYLES), strict=False):
        agree(program, signature, form, rnd)


@present
@pytest.mark.parametrize("name", NAMES)
def test_a_sample_agrees(name: str) -> None:
    programs = formulas(name)
    sweep(name, programs[:: max(1, len(programs) // SAMPLE)])


@present
@pytest.mark.corpus
@pytest.mark.parametrize("name", NAMES)
def test_all_agree(name: str) -> None:
    sweep(name, formulas(name))
