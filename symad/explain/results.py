"""The derivatives that a derivation is about, as a program: what the sweeps compute, simplified as everywhere else."""

from __future__ import annotations

from collections.abc import Mapping

from symad.builder import Builder
from symad.derivatives.gradient import all_partials
from symad.derivatives.labels import derivative_label
from symad.explain.steps import Explanation, Pass
from symad.numbers import whole
from symad.program import Program
from symad.simplify import identities


def derived(explanation: Explanation) -> Program:
    """Give the program of the derivatives that the sweeps compute; of a combination of seeds their sums."""
    program, wrt = explanation.program, explanation.wrt
    partials = all_partials(program, wrt)
    if all([*sweep.seeds.values()] == [1.0] for sweep in explanation.passes):
        labels = list(partials.outputs[len(program.outputs) :])
        if explanation.failure is None:
            labels = [label for sweep in explanation.passes for label in sweep.results]
        return partials.part(labels)
    b = Builder(identities)
    values = b.copy(partials, [b.input(text) for text in partials.inputs])
    found = dict(zip(partials.outputs, [values[v] for v in partials.results], strict=True))
    rows = []
    for sweep in explanation.passes:
        names = wrt if sweep.mode == "reverse" else program.outputs
        rows += [(label, combined(b, found, sweep, name)) for label, name in zip(sweep.results, names, strict=True)]
    return b.finish(rows)


def combined(b: Builder, found: Mapping[str, int], sweep: Pass, other: str) -> int:
    """Make the sum that the seeds of a sweep stand for, by one input or of one output."""
    total: int | None = None
    for seeded, weight in sweep.seeds.items():
        label = derivative_label(seeded, other) if sweep.mode == "reverse" else derivative_label(other, seeded)
        term = b.make("mul", b.constant(whole(weight)), found[label])
        total = term if total is None else b.make("add", total, term)
    return b.constant(0) if total is None else total
