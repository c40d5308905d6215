"""The condition under which each value is needed, derived from its uses.

Nothing stores a guard. A result is always needed; a branch of a select is needed when the select is and its condition
holds, or does not; the second operand of `and` when the first holds, of `or` when it does not; every other operand when
its user is; a value with several uses when any of them is. One walk backwards.

A condition is alternatives, joined by `or`; an alternative is what has to hold, joined by `and` in the order of
evaluation. Alternatives exclude each other: `p or q` is p, or else not p and q; what begins with another one adds
nothing to it. So a condition that needs a value is not asked whether to compute that value.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from symad.builder import Builder
from symad.operations import LEAVES
from symad.program import LAZY, Assignment

ALWAYS = -1
NEVER = -2
MANY = 16  # alternatives, and conditions of one, that are compared: nesting is rarely deeper
LEVELS = 5  # of rows of `and` and `or`, `not` and select inside a condition that are taken apart

Path = list[tuple[int, bool]]  # conditions, and whether they hold, in the order of evaluation


def needs(b: Builder, count: int, results: Iterable[int]) -> list[int]:
    """Give the condition under which each of the first `count` values of a builder is needed: a value, ALWAYS or NEVER.

    Conjunctions are evaluated from the left and stop early, so a condition can be evaluated wherever its value is used.
    Leaves are free: no condition is made for them.
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
            if b.assignments[operand][0] not in LEAVES:
                need[operand] = either(b, need[operand], use(b, value, position, own))
    return need


def use(b: Builder, value: int, position: int, own: int) -> int:
    """Give the condition under which an operand of a value is used, where the value itself is needed under `own`."""
    operation, operands = b.assignments[value]
    if operation not in LAZY or position == 0:
        return own
    holds = position == 1 if operation == "select" else operation == "and"
    paths = expand(b, operands[0], holds, LEVELS)
    owned = alternatives(b, own)
    if len(paths) * len(owned) > MANY:
        paths, owned = [[(operands[0], holds)]], [own]
    made = NEVER
    for outer in owned:
        for path in paths:
            made = either(b, made, both(b, outer, path))
    return made


def expand(b: Builder, condition: int, holds: bool, levels: int) -> list[Path]:
    """List the ways in which a condition can turn out to hold, or not to, as far as they are few."""
    operation, operands = b.assignments[condition]
    if levels == 0 or operation not in ("and", "or", "not", "select"):
        return [[(condition, holds)]]
    if operation == "not":
        return expand(b, operands[0], not holds, levels - 1)
    whole = [[(condition, holds)]]
    if operation == "select":
        ways = [(True, operands[1]), (False, operands[2])]
        chosen = [
            begin + end
            for first, then in ways
            for begin in expand(b, operands[0], first, levels - 1)
            for end in expand(b, then, holds, levels - 1)
        ]
        return chosen if len(chosen) <= MANY else whole
    stops = operation == "or"  # the truth value of an operand that makes those after it superfluous
    found: list[Path] = []  # what decides
    begun: list[Path] = [[]]  # what leads to the next operand
    listed = row(b, condition, operation)
    for k, operand in enumerate(listed):
        inner = levels - 1 if k or len(listed) <= MANY else 0
        if holds == stops:
            decides = expand(b, operand, stops, inner)
            found += [begin + end for begin in begun for end in decides]
        goes_on = expand(b, operand, not stops, inner)
        begun = [begin + end for begin in begun for end in goes_on]
        if len(found) + len(begun) > MANY:
            return whole
    return found if holds == stops else begun


def row(b: Builder, condition: int, operation: str) -> list[int]:
    """List the operands of a conjunction or disjunction that is nested from the left, at most MANY from the end."""
    found: list[int] = []
    while len(found) < MANY and b.assignments[condition][0] == operation:
        condition, last = b.assignments[condition][1]
        found.append(last)
    return [condition, *reversed(found)]


def both(b: Builder, outer: int, path: Path) -> int:
    """Make a conjunction, the outer condition first; NEVER where it contradicts itself."""
    for condition, holds in path:
        literal = condition if holds else b.make("not", condition)
        before = conditions(b, outer)
        if literal in before:
            continue
        if any(opposite(b.assignments, literal, other) for other in before):
            return NEVER
        outer = literal if outer == ALWAYS else b.make("and", outer, literal)
    return outer


def conditions(b: Builder, alternative: int) -> list[int]:
    """List the last conditions of a conjunction."""
    found: list[int] = []
    while alternative != ALWAYS and len(found) < MANY:
        alternative, last = parts(b, alternative)
        found.append(last)
    return found


def either(b: Builder, p: int, q: int) -> int:
    """Make a disjunction; opposite alternatives make none, and a narrower one adds nothing to a wider one."""
    if p in (NEVER, q) or q == ALWAYS:
        return q
    if q == NEVER or p == ALWAYS:
        return p
    listed = alternatives(b, p)
    for alternative in alternatives(b, q):
        add(b, listed, alternative)
    made = listed[0]
    for alternative in listed[1:]:
        made = b.make("or", made, alternative)
    return made


def alternatives(b: Builder, condition: int) -> list[int]:
    """List what a disjunction is made of, at most MANY from the end apart."""
    found: list[int] = []
    while condition >= 0 and len(found) < MANY and b.assignments[condition][0] == "or":
        condition, last = b.assignments[condition][1]
        found.append(last)
    return [condition, *reversed(found)]


def add(b: Builder, listed: list[int], new: int) -> None:
    """Add an alternative to a list, in place: narrower ones go, two opposite ones become what they have in common."""
    merged = True
    while merged:
        merged = False
        for place, old in enumerate(listed):
            if narrower(b, new, old):
                return
            outer, last = parts(b, new)
            other, other_last = parts(b, old)
            if outer == other and old != ALWAYS and opposite(b.assignments, last, other_last):
                del listed[place]
                new, merged = outer, True
                break
    listed[:] = [old for old in listed if not narrower(b, old, new)]
    listed.append(new)


def narrower(b: Builder, p: int, q: int) -> bool:
    """Tell whether a conjunction begins with another one, which then holds wherever it does."""
    for _ in range(MANY):
        if p == q or q == ALWAYS:
            return True
        if p == ALWAYS:
            return False
        p = parts(b, p)[0]
    return False


def parts(b: Builder, alternative: int) -> tuple[int, int]:
    """Split a conjunction into all but its last condition, and the last."""
    if alternative == ALWAYS:
        return ALWAYS, ALWAYS
    operation, operands = b.assignments[alternative]
    return operands if operation == "and" else (ALWAYS, alternative)


def opposite(assignments: Sequence[Assignment], p: int, q: int) -> bool:
    """Tell whether one condition is the negation of the other."""
    return assignments[p] == ("not", (q,)) or assignments[q] == ("not", (p,))
