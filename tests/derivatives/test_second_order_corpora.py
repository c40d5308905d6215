"""Real programs with conditions and loops, as published: Hessian-vector products against differences of their values.

The truth is a Hessian of mixed differences at 150 digits (tests/high_precision.py), which knows nothing of derivatives.
The product is derived by both methods, and evaluated to 50 digits; what `compile` makes of it gives the same as the
program, to the bit.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import mpmath
import pytest

import symad
from symad.precise import evaluate
from symad.wellformed import check
from tests import corpora, high_precision
from tests.corpora import Case
from tests.derivatives.methods import METHODS
from tests.printers.modules import called

# Of 50 digits; more are lost where an operation cancels, as in N bodies that nearly meet.
AGREES = mpmath.mpf(10) ** -25
# Branches on z == 0: true of the exact z, not of a rounded one, however many digits it has.
LEFT_OUT = {
    "herbie/numerics/great-debate/Kahan's Monster",
    "herbie/numerics/great-debate/Kahan's Unum-Targeted Monster",
}
PRESENT = corpora.FOLDER.is_dir()
CASES = [case for case in corpora.read("fpbench") if case.kind != "plain"] if PRESENT else []


@pytest.mark.skipif(not PRESENT, reason=f"the corpora are absent: {corpora.FOLDER}")
def test_there_are_enough() -> None:
    assert {case.name for case in CASES} > LEFT_OUT
    assert len(CASES) == 19


@pytest.mark.parametrize("case", [case for case in CASES if case.name not in LEFT_OUT], ids=lambda case: case.name)
def test_product(case: Case) -> None:
    """One point of each: the published method of Jacobi takes hundreds of iterations at others."""
    program, at = case.read(case.text), case.points[-1].at
    vector = [1 - 0.75 * k for k in range(len(at))]
    exact, truth = high_precision.with_exact_constants(program), product(program, at, vector)
    for method in METHODS["hessian_vector_product"]:
        found = evaluate(symad.hessian_vector_product(exact, method=method), [*at, *vector])
        with mpmath.workdps(50):
            off = max(abs(a - b) for a, b in zip(found, truth, strict=True))
            assert off <= AGREES * max(1, *map(abs, truth)), method
        made = check(symad.hessian_vector_product(program, method=method))
        compiled = symad.compile(made)(*at, *vector)
        assert (compiled if isinstance(compiled, tuple) else (compiled,)) == called(made)(*at, *vector), method


def product(program: symad.Program, at: Sequence[float], vector: Sequence[float]) -> list[Any]:
    """Multiply a Hessian of differences with a vector."""
    size = range(len(at))
    entries = high_precision.curvatures(program, at, [(i, j) for i in size for j in size if i <= j])
    with mpmath.workdps(50):
        return [sum((entries[min(i, j), max(i, j)] * v for j, v in enumerate(vector)), mpmath.mpf(0)) for i in size]
