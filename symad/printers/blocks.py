"""A loop in, lines out: what it carries at first, its head, what happens in an iteration, its end.

What it carries is overwritten in an order in which nothing is that is read later. A sequence of what it carries needs
no line: y[k] is the value of y that goes into iteration k. Everything else that it emits has one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from symad.builder import Builder
from symad.loops import Loop
from symad.printers.emitter import NAME, Syntax, Target, emitter, joined, shapes
from symad.pruning import Kept

if TYPE_CHECKING:
    from symad.printers.levels import Level

COUNTER = "iterations"  # the name of the number of iterations of a `while`
Line = tuple[int, str]  # how far it stands in, and its text


class Written(NamedTuple):
    """Hold a loop that is written in lines, the first of which gives a value to a name."""

    name: str
    lines: Sequence[Line]


Row = tuple[str, str] | Written  # a name and its text, or a loop


class Block(NamedTuple):
    """Hold a loop that is written in lines: what is kept of it, its results that are asked for, by place, its body.

    `condition` is the level of that of a `while`.
    """

    loop: Loop
    kept: Kept
    projects: Mapping[int, int]
    body: Level
    condition: Level | None

    @property
    def carried(self) -> list[int]:
        """List the inputs of the body that are carried."""
        body = self.loop.body
        return [k for k in self.kept.inputs if body.indexed <= k < body.indexed + body.carried]

    @property
    def operands(self) -> list[int]:
        """List the operands of what is kept."""
        return [*self.loop.bounds, *(self.operand(k) for k in self.kept.inputs if k >= self.loop.body.indexed)]

    @property
    def sequences(self) -> dict[int, int]:
        """Give the value of the body, by the place of the result, of each sequence that is emitted."""
        body = self.loop.body
        first = body.carried + body.conditional - body.first_emitted
        return {p: body.program.results[p + first] for p in self.projects if p >= body.first_emitted}

    def operand(self, k: int) -> int:
        """Give the operand that an input of the body is at first, or always."""
        loop = self.loop
        operand: int = (*loop.carried, *loop.sequences, *loop.captured)[k - loop.body.indexed]
        return operand


def write_block(level: Level, block: Block) -> None:
    """Write a loop in lines, give its results their names, and add it to the rows of the level where it stands."""
    e, manner, body = level.e, level.manner, block.loop.body
    syntax = manner.syntax
    name_captured(level, block)
    names = names_of(level, block)
    index = None if body.conditional else manner.index(body.program.inputs[0], level.scope)
    place = syntax.name(index) if index else ""
    counter = ""
    if body.conditional and (body.carried in block.projects or not {*block.sequences.values()} <= {*names}):
        counter = manner.fresh(COUNTER)
        place = successor(level.manner.target, counter)
    level.inside(block.body, block.loop, index, names)
    emitted: list[Row] = []
    for p, k in block.sequences.items():
        if k in names:
            e.texts[block.projects[p]] = names[k]
        else:
            name = e.texts[block.projects[p]] = manner.fresh(label(block, p))
            emitted.append((syntax.element[0] % (name, place), joined(block.body.e.texts[k])))
    for p, value in block.projects.items():
        if p < body.first_emitted:
            e.texts[value] = counter if p == body.carried else names[body.indexed + p]
    first: list[Row] = [(names[k], joined(e.texts[block.operand(k)])) for k in names]
    if counter:
        first.append((counter, manner.target.number(0)[0]))
    elif not first:  # nothing is carried, and there are as many iterations as elements
        rows = [(name, syntax.every % (text, place, *bounds(level, block))) for name, text in emitted]
        if not block.body.rows:
            level.rows += rows
            return
        first = [(name, syntax.every % (manner.target.number(0)[0], place, *bounds(level, block))) for name, _ in rows]
    within = [*flattened([*block.body.rows, *emitted], syntax), *carry(level, block, names)]
    if counter:
        within.append((0, syntax.assigned % (counter, place)))
    lines = [*flattened(first, syntax), *framed(level, block, within, names, place)]
    level.rows.append(Written(first[0][0], lines))


def successor(target: Target, counter: str) -> str:
    """Write a counter plus 1."""
    b = Builder()
    program = b.finish([("f", b.make("add", b.input(counter), b.constant(1)))])
    e = emitter(program.assignments, shapes(program.assignments, program.results, target), target, iter(()))
    e.leaves(program.inputs)
    e.write(program.results[0])
    return joined(e.texts[program.results[0]])


def name_captured(level: Level, block: Block) -> None:
    """Name what a loop captures, where it is not short."""
    e = level.e
    begin = len(block.loop.body.program.inputs) - block.loop.body.captured
    for value in dict.fromkeys(block.operand(k) for k in block.kept.inputs if k >= begin):
        text = e.texts[value]
        if e.levels[value] < NAME and e.shapes[value] and (isinstance(text, tuple) or len(text) > level.manner.worth):
            level.name(value)


def names_of(level: Level, block: Block) -> dict[int, str]:
    """Name what a loop carries, by the inputs of its body; what is an output of that name comes first."""
    body, manner = block.loop.body, level.manner
    own = {k: level.own.get(block.projects.get(k - body.indexed, -1)) for k in block.carried}
    names = {}
    for k in sorted(own, key=lambda k: own[k] is None):
        label = own[k]
        names[k] = manner.syntax.name(label) if label else manner.fresh(body.program.inputs[k])
    return names


def label(block: Block, place: int) -> str:
    """Give the label of a sequence."""
    body = block.loop.body
    return body.program.outputs[place - body.first_emitted + body.carried + body.conditional]


def carry(level: Level, block: Block, names: Mapping[int, str]) -> Iterator[Line]:
    """Write what a loop carries on, in an order in which nothing is overwritten that is read later."""
    body, inner, assigned = block.loop.body, block.body, level.manner.syntax.assigned
    waiting = {}
    for k in names:
        value = body.program.results[k - body.indexed + body.conditional]
        if value != k:
            waiting[k] = joined(inner.e.texts[value]), inner.masks[value]
    while waiting:
        free = [k for k in waiting if not any(mask >> k & 1 for j, (_, mask) in waiting.items() if j != k)]
        if free:
            yield 0, assigned % (names[free[0]], waiting.pop(free[0])[0])
        else:
            k, text = next((k, text) for k, (text, mask) in waiting.items() if mask)
            aside = next(level.manner.names)
            yield 0, assigned % (aside, text)
            waiting[k] = aside, 0


def framed(level: Level, block: Block, within: Sequence[Line], names: Mapping[int, str], index: str) -> Iterator[Line]:
    """Put the lines of an iteration between the head of a loop and its end.

    What the condition of a `while` names is computed before the loop and at the end of each iteration.
    """
    syntax = level.manner.syntax
    if block.condition is None:
        again: Sequence[Line] = ()
        ends = bounds(level, block)
        head = syntax.head % (index, *(reversed(ends) if block.loop.body.backward else ends))
    else:
        level.inside(block.condition, block.loop, None, names)
        again = [*flattened(block.condition.rows, syntax)]
        head = syntax.condition % joined(block.condition.e.texts[block.condition.results[0]])
    yield from again
    yield 0, head
    for depth, text in (*within, *again):
        yield depth + 1, text
    if syntax.end:
        yield 0, syntax.end


def bounds(level: Level, block: Block) -> list[str]:
    """Write the first and the last index."""
    tight = level.manner.syntax.summation[1]
    return [level.manner.bounded(level.e, v, tight) for v in block.loop.bounds]


def flattened(rows: Iterable[Row], syntax: Syntax) -> Iterator[Line]:
    """Give the lines of rows."""
    for row in rows:
        if isinstance(row, Written):
            yield from row.lines
        else:
            yield 0, syntax.assigned % row
