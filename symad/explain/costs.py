"""What the two modes cost: a Program in, the operations of its values and of all derivatives in each mode out."""

from __future__ import annotations

from dataclasses import dataclass

from symad.derivatives.forward import forward_partials
from symad.derivatives.reverse import all_partials
from symad.explain.steps import Explanation
from symad.program import counted
from symad.simplify import simplify

AFFORDABLE = 400_000  # assignments of all sweeps together: beyond that the sweeps are not made in order to be counted


@dataclass(frozen=True, slots=True)
class Costs:
    """Hold the number of outputs and inputs, and operations: of the values, and of all that each mode computes.

    None stands for a mode that would take too long to count. Derivatives include the values; both are simplified.
    """

    outputs: int
    inputs: int
    value: int
    reverse: int | None
    forward: int | None

    def __str__(self) -> str:
        return " ".join([
            needed("Reverse", self.outputs, "output", self.reverse),
            needed("Forward", self.inputs, "input", self.forward),
            f"The value alone takes {counted(self.value, 'operation')}.",
        ])  # fmt: skip


def needed(mode: str, count: int, kind: str, operations: int | None) -> str:
    """Say what one mode needs."""
    cost = "" if operations is None else f": {counted(operations, 'operation')}, the value included"
    return f"{mode} mode needs one sweep for each {kind}, here {count}{cost}."


def costs(explanation: Explanation) -> Costs:
    """Count the operations of both modes for the program of a derivation.

    >>> from symad.explain.derivation import explain
    >>> from symad.parse import parse
    >>> costs(explain(parse("x*y*z")))
    Costs(outputs=1, inputs=3, value=2, reverse=4, forward=4)
    """
    program, wrt = explanation.program, explanation.wrt
    size, outputs, inputs = len(program.assignments), len(program.outputs), len(wrt)
    reverse = all_partials(program, wrt).operation_count if size * outputs <= AFFORDABLE and wrt else None
    forward = forward_partials(program, wrt).operation_count if size * inputs <= AFFORDABLE and wrt else None
    return Costs(outputs, inputs, simplify(program).operation_count, reverse, forward)
