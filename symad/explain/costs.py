"""What the two modes cost: a Program in, the operations of its values and of all derivatives in each mode out."""

from __future__ import annotations

from dataclasses import dataclass

from symad.derivatives.gradient import all_partials
from symad.explain.steps import Explanation
from symad.program import Program, counted
from symad.simplify import simplify

AFFORDABLE = 100_000  # assignments of all sweeps together: beyond that the sweeps are not made in order to be counted


@dataclass(frozen=True, slots=True)
class Costs:
    """Hold the number of outputs and inputs, and operations: of the values, and of all that each mode computes.

    None stands for a mode that would take too long to count. Derivatives include the values; both are simplified, and
    what sweeps share is counted once. `listed` are the operations of the steps as they stand, values and sweeps.
    `gathered` tells whether simplifying gathers factors of the value into a power, which counts as one operation.
    """

    outputs: int
    inputs: int
    listed: tuple[int, int]
    value: int
    reverse: int | None
    forward: int | None
    gathered: bool

    def __str__(self) -> str:
        values, sweeps = self.listed
        power = ", as the factors of a power, multiplied one by one above, count as one operation"
        return " ".join([
            f"The steps above take {counted(values, 'operation')} for the values, {sweeps} for the derivatives.",
            "Simplified, and with what sweeps share computed once:",
            needed("reverse", self.outputs, "output", self.reverse),
            needed("forward", self.inputs, "input", self.forward),
            f"the value alone takes {counted(self.value, 'operation')}{power if self.gathered else ''}.",
        ])  # fmt: skip


def needed(mode: str, count: int, kind: str, operations: int | None) -> str:
    """Say what one mode needs."""
    cost = "" if operations is None else f": {counted(operations, 'operation')}, the value included"
    return f"{mode} mode needs one sweep for each {kind}, here {count}{cost};"


def costs(explanation: Explanation) -> Costs:
    """Count the operations of both modes for the program of a derivation.

    >>> from symad.explain.derivation import explain
    >>> from symad.parse import parse
    >>> costs(explain(parse("x*y*z")))
    Costs(outputs=1, inputs=3, listed=(2, 2), value=2, reverse=4, forward=4, gathered=False)
    """
    program, wrt = explanation.program, explanation.wrt
    size, outputs, inputs = len(program.assignments), len(program.outputs), len(wrt)
    reverse = all_partials(program, wrt).operation_count if size * outputs <= AFFORDABLE and wrt else None
    forward = all_partials(program, wrt, "forward").operation_count if size * inputs <= AFFORDABLE and wrt else None
    values = sum(step.expression.operation_count for step in explanation.values)
    sweeps = sum(step.expression.operation_count for sweep in explanation.passes for step in sweep.steps)
    simple = simplify(program)
    gathered = powers(simple) > powers(program)
    return Costs(outputs, inputs, (values, sweeps), simple.operation_count, reverse, forward, gathered)


def powers(program: Program) -> int:
    """Count the powers of a program that stand for several products."""
    assignments = program.assignments
    exponents = [assignments[operands[1]] for operation, operands in assignments if operation == "pow"]
    return sum(kind == "integer" and abs(payload[0]) > 2 for kind, payload in exponents)
