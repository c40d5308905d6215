"""Real minimisations by SciPy with generated gradients and Hessians, beside its own finite differences."""

from __future__ import annotations

import pytest

from tests import optimisation

pytestmark = pytest.mark.skipif(not optimisation.FOLDER.exists(), reason="the problems for measuring are not at hand")
DIFFERENCES, GRADIENT, HESSIAN = optimisation.WAYS
SAMPLE = ("optjl/BOX3", "optjl/brownden", "optjl/broyden7d", "optjl/dixmaane", "optjl/dixon3dq")


def test_a_sample_is_solved_with_fewer_evaluations() -> None:
    problems = [*optimisation.read(SAMPLE)]
    assert problems
    found = optimisation.compare(problems)
    everything = {problem.name for problem in problems}
    assert found[GRADIENT].solved == found[HESSIAN].solved == everything
    assert found[GRADIENT].values < found[DIFFERENCES].values
    assert found[HESSIAN].gradients < found[GRADIENT].gradients
    assert f"{len(everything)} of {len(problems)}" in optimisation.table(problems, found)


@pytest.mark.corpus
def test_every_problem() -> None:
    """Every problem runs from its start in every way; exact gradients solve more with a third of the evaluations."""
    problems = [*optimisation.read()]
    assert len(problems) == 219
    found = optimisation.compare(problems)
    assert len(found[GRADIENT].solved) > len(found[DIFFERENCES].solved)
    assert len(found[HESSIAN].solved) > len(found[DIFFERENCES].solved)
    assert found[GRADIENT].values < found[DIFFERENCES].values / 3
