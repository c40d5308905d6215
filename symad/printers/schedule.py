"""An order of evaluation in which every condition is known before what it decides on.

In comes a program with conditions; out come its assignments, those that combine conditions added at the end, the condition under
which each value is needed, and the order in which to compute.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from symad.builder import Builder
from symad.errors import TargetError
from symad.needs import NEVER, needs
from symad.operations import LEAVES
from symad.program import LAZY, Assignment, Program


class Schedule(NamedTuple):
    """Hold assignments, the results among them, the condition of each (a value, negative for none), and an order."""

    assignments: Sequence[Assignment]
    results: Sequence[int]
    conditions: Sequence[int] | None
    order: Sequence[int]


def schedule(program: Program) -> Schedule:
    """Order the assignments of a program; as they stand where no condition decides on any."""
    if not any(operation in LAZY for operation, _ in program.assignments):
        return Schedule(program.assignments, program.results, None, range(len(program.assignments)))
    b = Builder()
    values = b.copy(program, [b.input(name) for name in program.inputs])
    results = [values[v] for v in program.results]
    conditions = needs(b, len(b.assignments), results)
    conditions += [-1] * (len(b.assignments) - len(conditions))
    return Schedule(b.assignments, results, conditions, ordered(b.assignments, conditions))


def ordered(assignments: Sequence[Assignment], conditions: Sequence[int]) -> list[int]:
    """Put operands and conditions before what needs them, else keep the order."""
    order: list[int] = []
    state = bytearray(len(assignments))  # 1 while what it needs is being placed, 2 when it is placed itself
    for root in range(len(assignments)):
        stack = [root]
        while stack:
            value = stack[-1]
            if state[value]:
                stack.pop()
                if state[value] == 1:
                    state[value] = 2
                    order.append(value)
                continue
            state[value] = 1
            operation, operands = assignments[value]
            if operation in LEAVES or conditions[value] == NEVER:
                continue
            for v in (*reversed(operands), *((conditions[value],) if conditions[value] >= 0 else ())):
                if state[v] == 1:
                    raise TargetError("a condition depends on a value that is needed only where the condition holds")
                if not state[v]:
                    stack.append(v)
    return order
