"""The condition under which each value is needed, derived from its uses.

Nothing stores a guard. A result is always needed; a branch of a select is needed when the select is and its condition
holds, or does not; the second operand of `and` when the first holds, of `or` when it does not; every other operand when
its user is; a value with several uses when any of them is. One walk backwards.
"""

from __future__ import annotations

from collections.abc import Iterable

from symad.builder import Builder
from symad.operations import LEAVES
from symad.program import LAZY

ALWAYS = -1
NEVER = -2


def needs(b: Builder, count: int, results: Iterable[int]) -> list[int]:
    """Give the condition under which each of the first `count` values of a builder is needed: a value, ALWAYS or NEVER.

    Conjunctions are evaluated from the left and stop early, so a condition can be evaluated wherever its value is used.
    """
    need = [NEVER] * count
    for value in results:
        need[value] = ALWAYS
    for value in range(count - 1, -1, -1):
        own = need[value]
        operation, operands = b.assignments[value]
        if own == NEVER or operation in LEAVES:
            continue
        for position, operand in enumerate(operands):
            need[operand] = either(b, need[operand], use(b, value, position, own))
    return need


def use(b: Builder, value: int, position: int, own: int) -> int:
    """Give the condition under which an operand of a value is used, where the value itself is needed under `own`."""
    operation, operands = b.assignments[value]
    if operation not in LAZY or position == 0:
        return own
    first = operands[0]
    holds = position == 1 if operation == "select" else operation == "and"
    return both(b, own, first if holds else b.make("not", first))


def both(b: Builder, outer: int, inner: int) -> int:
    """Make a conjunction, the outer condition first."""
    if outer == ALWAYS:
        return inner
    return outer if outer == inner else b.make("and", outer, inner)


def either(b: Builder, p: int, q: int) -> int:
    """Make a disjunction; a condition and its opposite make no condition."""
    if p in (NEVER, q) or q == ALWAYS:
        return q
    if q == NEVER or p == ALWAYS:
        return p
    outer, inner = parts(b, p)
    other_outer, other_inner = parts(b, q)
    if outer == other_outer and opposite(b, inner, other_inner):
        return outer
    return b.make("or", p, q)


def parts(b: Builder, condition: int) -> tuple[int, int]:
    """Split a conjunction into all but its last condition, and the last."""
    operation, operands = b.assignments[condition]
    return operands if operation == "and" else (ALWAYS, condition)


def opposite(b: Builder, p: int, q: int) -> bool:
    """Tell whether one condition is the negation of the other."""
    return b.assignments[p] == ("not", (q,)) or b.assignments[q] == ("not", (p,))
