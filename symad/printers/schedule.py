"""An order of evaluation in which every condition is known before what it decides on.

In comes a program with conditions; out come its assignments, those that combine conditions added at the end, the block
in which each value is computed, and the order in which to compute.

A block is a conjunction: conditions to be asked one inside the other, each where those before it hold. Values of one
block stand together where that can be, those of inner blocks inside. Where deciding beforehand whether a value is
needed would need the value itself, it is computed when it is asked for.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from heapq import heappop, heappush
from typing import NamedTuple

from symad.builder import Builder
from symad.decisions import compact
from symad.needs import ALWAYS, NEVER, alternatives, needs, opposite, parts
from symad.needs import conditions as conjunction
from symad.operations import LEAVES
from symad.program import Assignment, Program, conditional, live

MANY = 5  # alternatives of a condition that is asked
ROUNDS = 20  # circles that are opened one by one; where there are more, nothing is decided beforehand
DEEP = 4  # blocks inside each other; the conjunction of those is one condition of further ones
Block = tuple[int, ...]  # conditions


class Schedule(NamedTuple):
    """Hold assignments, the results among them, the block of each (empty for none), and an order.

    `asked` are the values that are computed when they are asked for. The first `own` assignments are the program's; of
    the others, which combine conditions, those without a block are asked only where they stand.
    """

    assignments: Sequence[Assignment]
    results: Sequence[int]
    blocks: Sequence[Block | None] | None
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
    made = {c: asking(b, conditions, c) for c in dict.fromkeys(conditions) if c >= 0}
    short = {c: question for c, question in made.items() if question is not None}
    asked = {v for v, c in enumerate(conditions) if c != ALWAYS and c not in short}
    conditions = [ALWAYS if v in asked else short.get(c, c) for v, c in enumerate(conditions)]
    conditions += [ALWAYS] * (len(b.assignments) - count)
    for value in range(count):
        operation, operands = b.assignments[value]
        if operation == "not" and conditions[value] >= 0:  # a denial is free: it stands where what it denies does
            conditions[value] = conditions[operands[0]]
            asked.update({value} if operands[0] in asked else ())
    block_of = blocks(b, conditions, live(b.assignments[:count], results))
    for turn in range(ROUNDS):
        tangled = circle(b, conditions, block_of)
        if not tangled:
            break
        if turn == ROUNDS - 1:
            tangled = [v for v in range(count) if conditions[v] >= 0]
        for value in tangled:
            conditions[value] = ALWAYS
        asked.update(tangled)
    roots = {block[0] for block in block_of.values() if block}
    placed = [block_of[c] if v < count or v in roots else None for v, c in enumerate(conditions)]
    return Schedule(b.assignments, results, placed, ordered(b, conditions, block_of), asked, count)


def asking(b: Builder, needed: Sequence[int], condition: int) -> int | None:
    """Write a condition as it is asked; None if it is long, or part of it is a value that may not be known there."""
    found = alternatives(b, condition)
    if len(found) > MANY or not all(answerable(b, needed, path) for path in found):
        return None
    known = {literal for path in found for literal in conjunction(b, path)}
    made = compact(b, condition)
    stack = [(operand, False) for operand in conjunction(b, made)]
    while stack:
        value, begins = stack.pop()  # whether it begins a conjunction, or is an alternative
        operation, operands = b.assignments[value]
        if operation not in ("and", "or", "not") or value in known and not (begins and operation == "and"):
            continue
        if value < len(needed) and needed[value] >= 0:
            return None  # it has a name, which is given in a block
        stack += [(v, operation == "or" or operation == "and" and k == 0) for k, v in enumerate(operands)]
    return made


def answerable(b: Builder, needed: Sequence[int], path: int) -> bool:
    """Tell whether each condition of a conjunction is known where those before it hold, whatever else does."""
    literals = conjunction(b, path)[::-1]
    before: set[int] = set()
    for literal in literals:
        stack = [literal]
        while stack:
            value = stack.pop()
            operation, operands = b.assignments[value]
            if value >= len(needed) or operation == "not":
                stack += operands if operation in ("and", "or", "not") else ()
            elif needed[value] != ALWAYS:
                ways = (conjunction(b, way) for way in alternatives(b, needed[value]))
                if needed[value] == NEVER or not any(before.issuperset(way) for way in ways):
                    return False
        before.add(literal)
    return True


def blocks(b: Builder, conditions: list[int], used: bytearray) -> dict[int, Block]:
    """Give the block of each condition: what it is the conjunction of, from the outside.

    A condition that the program itself has and always computes stays whole; so does one of DEEP blocks, in others.
    """
    found: dict[int, Block] = {ALWAYS: (), NEVER: ()}
    for condition in dict.fromkeys(c for c in conditions if c >= 0):
        inner = []
        while condition not in found:
            inner.append(condition)
            outer, last = parts(b, condition)
            whole = condition < len(used) and used[condition] and conditions[condition] == ALWAYS
            condition = ALWAYS if whole or last == condition else outer
        for part in reversed(inner):
            before = found[condition]
            if len(before) >= DEEP and asked_anywhere(b, conditions, len(used), condition):
                before = (condition,)
            whole = condition == ALWAYS
            found[part] = (*before, part if whole else parts(b, part)[1])
            condition = part
    return found


def asked_anywhere(b: Builder, conditions: Sequence[int], own: int, conjunction: int) -> bool:
    """Tell whether a conjunction can be asked as a whole: what it begins with has no name that is given in a block."""
    while conjunction >= 0:
        if conjunction < own and conditions[conjunction] != ALWAYS:
            return False
        conjunction = parts(b, conjunction)[0]
    return True


def wanted(b: Builder, conditions: Sequence[int], block_of: Mapping[int, Block], value: int) -> tuple[int, ...]:
    """List what has to come before a value, the last first."""
    operation, operands = b.assignments[value]
    return () if operation in LEAVES else (*operands[::-1], *block_of[conditions[value]])


def circle(b: Builder, conditions: Sequence[int], block_of: Mapping[int, Block]) -> list[int]:
    """Find values that wait for conditions that wait for them, those of one circle; none where there is no circle."""
    state = bytearray(len(b.assignments))  # 1 while what it needs is being visited, 2 when all of that was
    for root in range(len(b.assignments)):
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
            else:
                state[value] = 1
                path.append(value)
                for v in wanted(b, conditions, block_of, value):
                    if state[v] == 1:
                        return [u for u in path[path.index(v) :] if conditions[u] >= 0]
                    if not state[v]:
                        stack.append(v)
    return []


def ordered(b: Builder, conditions: Sequence[int], block_of: Mapping[int, Block]) -> list[int]:
    """Put operands and conditions before what needs them, and a block in one piece where that can be."""
    missing = [0] * len(b.assignments)
    users: list[list[int]] = [[] for _ in b.assignments]
    for value in range(len(b.assignments)):
        for v in set(wanted(b, conditions, block_of, value)):
            missing[value] += 1
            users[v].append(value)
    ready = Ready(b)
    for value, count in enumerate(missing):
        if not count:
            ready.put(block_of[conditions[value]], value)
    order: list[int] = []
    while (value := ready.take()) >= 0:
        order.append(value)
        for user in users[value]:
            missing[user] -= 1
            if not missing[user]:
                ready.put(block_of[conditions[user]], user)
    return order


class Ready:
    """Hold values that can come next, by block; those of the block where one is come first, then those inside it."""

    def __init__(self, b: Builder) -> None:
        self.builder = b
        self.here: Block = ()
        self.values: dict[Block, list[int]] = {(): []}
        self.inner: dict[Block, list[int]] = {(): []}  # conditions of blocks in it where something may be ready

    def put(self, block: Block, value: int) -> None:
        """Add a value."""
        heappush(self.values.setdefault(block, []), value)
        while block and self.opened(block):
            block = block[:-1]

    def opened(self, block: Block) -> bool:
        """Enter a block in the one around it; tell whether it was not there."""
        self.inner.setdefault(block, [])
        around = self.inner.setdefault(block[:-1], [])
        if block[-1] in around:
            return False
        heappush(around, block[-1])
        return True

    def take(self) -> int:
        """Give the value that comes next, -1 where there is none."""
        while True:
            values, inner = self.values.get(self.here, []), self.inner[self.here]
            if values:
                return heappop(values)
            if inner:
                self.here = (*self.here, heappop(inner))
            elif not self.here:
                return -1
            else:
                *outer, last = self.here
                self.here = tuple(outer)
                around = self.inner[self.here]
                for other in around:
                    if opposite(self.builder.assignments, last, other):  # its `else`
                        around.remove(other)
                        self.here = (*outer, other)
                        break
