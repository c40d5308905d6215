"""An order of evaluation in which every condition is known before what it decides on.

In comes a program with conditions; out come its assignments, those that negate conditions added at the end, the
condition under which each value is needed, and the order in which to compute.

A value that is needed under one condition, which is known anyway, is computed in an `if` block. One whose need is a
combination of conditions is computed when it is asked for: deciding that beforehand could need the value itself.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import NamedTuple

from symad.builder import Builder
from symad.needs import ALWAYS, NEVER, needs
from symad.operations import LEAVES
from symad.program import Assignment, Program, conditional


class Schedule(NamedTuple):
    """Hold assignments, the results among them, the condition of each (a value, negative for none), and an order.

    `asked` are the values that are computed when they are asked for. The first `own` assignments are the program's.
    """

    assignments: Sequence[Assignment]
    results: Sequence[int]
    conditions: Sequence[int] | None
    order: Sequence[int]
    asked: Collection[int]
    own: int


def schedule(program: Program) -> Schedule:
    """Order the assignments of a program; as they stand where no condition decides on any."""
    count = len(program.assignments)
    if not conditional(program.assignments):
        return Schedule(program.assignments, program.results, None, range(count), (), count)
    b = Builder()
    values = b.copy(program, [b.input(name) for name in program.inputs])
    results = [values[v] for v in program.results]
    count = len(b.assignments)
    conditions = needs(b, count, results)
    asked = {v for v, c in enumerate(conditions) if c >= 0 and not known(b, conditions, c)}
    conditions = [ALWAYS if v in asked else c for v, c in enumerate(conditions)]
    conditions += [ALWAYS] * (len(b.assignments) - count)
    for condition in {c for c in conditions if c >= 0}:
        conditions[condition] = ALWAYS  # a statement asks it
        asked.discard(condition)
    tangled: Sequence[int] = (-1,)
    while tangled:  # ends: each round takes conditions away
        order, tangled = ordered(b.assignments, conditions)
        for value in tangled:
            conditions[value] = ALWAYS
        asked.update(tangled)
    return Schedule(b.assignments, results, conditions, order, asked, count)


def known(b: Builder, conditions: Sequence[int], condition: int) -> bool:
    """Tell whether a condition is a value of the program that is needed always, or the negation of one."""
    operation, operands = b.assignments[condition]
    literal: int = operands[0] if operation == "not" else condition
    return literal < len(conditions) and conditions[literal] == ALWAYS


def ordered(assignments: Sequence[Assignment], conditions: Sequence[int]) -> tuple[list[int], list[int]]:
    """Put operands and conditions before what needs them, else keep the order.

    Where that is impossible, give the values of the circle that wait for their conditions.
    """
    order: list[int] = []
    state = bytearray(len(assignments))  # 1 while what it needs is being placed, 2 when it is placed itself
    for root in range(len(assignments)):
        stack = [root]
        path: list[int] = []
        while stack:
            value = stack[-1]
            if state[value] == 2:
                stack.pop()
            elif state[value] == 1:
                stack.pop()
                path.pop()
                state[value] = 2
                order.append(value)
            else:
                state[value] = 1
                path.append(value)
                for v in wanted(assignments, conditions, value):
                    if state[v] == 1:
                        return order, [u for u in path[path.index(v) :] if conditions[u] >= 0]
                    if not state[v]:
                        stack.append(v)
    return order, []


def wanted(assignments: Sequence[Assignment], conditions: Sequence[int], value: int) -> tuple[int, ...]:
    """List what has to come before a value, the last first."""
    operation, operands = assignments[value]
    if operation in LEAVES or conditions[value] == NEVER:
        return ()
    return (*reversed(operands), conditions[value]) if conditions[value] >= 0 else operands[::-1]
