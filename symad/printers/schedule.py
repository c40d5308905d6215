"""An order of evaluation in which every condition is known before what it decides on.

In comes a program with conditions; out come its assignments, those that combine conditions added at the end, the
condition under which each value is needed, and the order in which to compute.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from symad.builder import Builder
from symad.errors import TargetError
from symad.needs import NEVER, needs
from symad.operations import LEAVES
from symad.program import LAZY, Assignment, Program

ROUNDS = 200  # values that are written out at every use; more make no text that anybody wants


class Schedule(NamedTuple):
    """Hold assignments, the results among them, the condition of each (a value, negative for none), and an order.

    `repeated` are the values that cannot be computed beforehand: deciding whether they are needed may need them. They
    are written out at every use, which are conditional expressions. The first `own` assignments are the program's.
    """

    assignments: Sequence[Assignment]
    results: Sequence[int]
    conditions: Sequence[int] | None
    order: Sequence[int]
    repeated: frozenset[int]
    own: int


def schedule(program: Program) -> Schedule:
    """Order the assignments of a program; as they stand where no condition decides on any."""
    count = len(program.assignments)
    if not any(operation in LAZY for operation, _ in program.assignments):
        return Schedule(program.assignments, program.results, None, range(count), frozenset(), count)
    b = Builder()
    values = b.copy(program, [b.input(name) for name in program.inputs])
    results = [values[v] for v in program.results]
    count = len(b.assignments)
    conditions = needs(b, count, results)
    conditions += [-1] * (len(b.assignments) - count)
    repeated: set[int] = set()
    while len(repeated) < ROUNDS:
        order, culprit = ordered(b.assignments, conditions, repeated)
        if culprit < 0:
            return Schedule(b.assignments, results, conditions, order, frozenset(repeated), count)
        repeated.add(culprit)
    raise TargetError("the conditions of this formula depend on each other in too many ways")


def ordered(assignments: Sequence[Assignment], conditions: Sequence[int], repeated: set[int]) -> tuple[list[int], int]:
    """Put operands and conditions before what needs them, else keep the order.

    Where that is impossible, give a value whose condition depends on it, else -1.
    """
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
            for v in wanted(assignments, conditions, repeated, value):
                if state[v] == 1:
                    path = [u for u in stack if state[u] == 1]
                    return order, decided(assignments, conditions, path[path.index(v) :])
                if not state[v]:
                    stack.append(v)
    return order, -1


def wanted(
    assignments: Sequence[Assignment], conditions: Sequence[int], repeated: set[int], value: int
) -> tuple[int, ...]:
    """List what has to come before a value, the last first."""
    operation, operands = assignments[value]
    if operation in LEAVES or conditions[value] == NEVER:
        return ()
    condition = conditions[value]
    return (*reversed(operands), condition) if condition >= 0 and value not in repeated else operands[::-1]


def decided(assignments: Sequence[Assignment], conditions: Sequence[int], cycle: Sequence[int]) -> int:
    """Find the value in a cycle that waits for its condition."""
    following = [*cycle[1:], cycle[0]]
    waiting = [v for v, u in zip(cycle, following, strict=True) if conditions[v] == u and u not in assignments[v][1]]
    return waiting[0]
