"""Program in, texts out: each result in one expression, before them what it names: shared values, and loops.

A level is a program, or the body of one of its loops. Sums and products over an index stand in expressions; any other
loop is a block of lines, after which its results have names. What loops carry keeps its name, made unique. The value of
y that goes into iteration k is y[k].
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from symad.loops import Loop, looped, read_loop
from symad.operations import BODY, PROJECT
from symad.printers.blocks import COUNTER, Block, Row, Written, write_block
from symad.printers.emitter import (
    ANY,
    NAME,
    Emitter,
    Rule,
    Shape,
    Syntax,
    Target,
    Text,
    emitter,
    joined,
    shapes,
    shown_uses,
)
from symad.printers.reductions import Reduction, reductions
from symad.program import Program, live, unique
from symad.pruning import needed_of

LONG = 1000  # characters of all results up to which shared values are repeated, however often
EXTRA = 200  # or up to which the repetitions may add
WORTH = 12  # characters of a shared value from which on it is worth a name
OFTEN = 50  # uses that are counted of what a sum captures


@dataclass
class Manner:
    """Hold how a program is written, and which names are used; `fixed` are those that mean something everywhere."""

    target: Target
    names: Iterator[str]
    long: int
    worth: int
    fixed: Collection[str] = ()
    used: set[str] = field(default_factory=set)
    shown: set[str] = field(default_factory=set)

    @property
    def syntax(self) -> Syntax:
        """Give how loops are written."""
        assert self.target.loops is not None
        return self.target.loops

    def fresh(self, name: str) -> str:
        """Give a name that nothing has, as it is written, unlike all that is `shown` already."""
        while True:
            [free] = unique([name], self.used)
            self.used.add(free)
            written = self.syntax.name(free)
            if written not in self.shown:
                self.shown.add(written)
                return written

    def index(self, name: str, scope: Collection[str]) -> str:
        """Give an index a name that nothing has where it stands."""
        if name in self.fixed or name in scope:
            [name] = unique([name], {*self.used, *scope})
        return name

    def bounded(self, e: Emitter, value: int, level: int) -> str:
        """Give the text of a value where it has to bind so tightly."""
        text = e.texts[value] if e.levels[value] >= level else e.parenthesised(e.texts[value])
        return joined(text)


def write(
    program: Program,
    target: Target,
    inputs: Sequence[str],
    names: Iterator[str],
    long: int = LONG,
    worth: int = WORTH,
    taken: Iterable[str] = (),
) -> tuple[list[tuple[str, str]], dict[str, str]]:
    """Write the outputs of a program, and what these name: loops, and shared values if they are longer than `long`.

    A shared value is worth a name from `worth` characters on. `names` are those of temporaries, which no loop has;
    `taken` are names that loops cannot have either.
    """
    manner = Manner(target, names, long, worth)
    own: dict[int, str] = {}
    if looped(program.assignments):
        manner.fixed = {*program.inputs, *taken}
        own = dict(own_labels(program))
        manner.shown = {*inputs}
        manner.used = {*manner.fixed, *program.outputs, *index_names(program)}
    level = Level(manner, program, program.results)
    level.write(inputs, [NAME] * len(inputs), (), own)
    written = [(label, joined(level.e.texts[v])) for label, v in zip(program.outputs, program.results, strict=True)]
    return written, dict([manner.syntax.block(*row) if isinstance(row, Written) else row for row in level.rows])


def loop_names(program: Program) -> set[str]:
    """List the names of indices, and of what is carried or emitted, in all loops, those inside of loops too."""
    found: set[str] = set()
    for operation, payload in program.assignments:
        if operation == BODY:
            body = payload[0]
            inner = body.program
            found |= {COUNTER, *inner.inputs[: body.indexed + body.carried], *inner.outputs, *loop_names(inner)}
    return found


def index_names(program: Program) -> set[str]:
    """List the names of indices in all loops, those inside of loops too."""
    bodies = [payload[0] for operation, payload in program.assignments if operation == BODY]
    found = {name for body in bodies for name in body.program.inputs[: body.indexed]}
    return found.union(*(index_names(body.program) for body in bodies))


def own_labels(program: Program) -> Iterator[tuple[int, str]]:
    """Give the results of loops that are outputs of the very name that the loop has for them."""
    for label, value in zip(program.outputs, program.results, strict=True):
        operation, operands = program.assignments[value]
        if operation == PROJECT and label not in program.inputs:
            body = read_loop(program.assignments, operands[0]).body
            place = program.assignments[operands[1]][1][0]
            if place < body.carried and body.program.inputs[body.indexed + place] == label:
                yield value, label


class Level:
    """Write some results of a program; `flat` ones in expressions alone, or it has `failed` already.

    When it is written, `rows` are what was named, in order, and the emitter `e` has the texts of all values.
    """

    def __init__(self, manner: Manner, program: Program, results: Sequence[int], *, flat: bool = False) -> None:
        self.manner, self.program, self.results, self.flat = manner, program, results, flat
        self.sums: dict[int, tuple[Reduction, Level]] = {}
        self.blocks: dict[int, Block] = {}
        self.rows: list[Row] = []
        self.masks: list[int] = []  # of a body: what is carried that the text of a value mentions, as bits
        self.summed: set[int] = set()  # values in whose texts there are sums: no text of a sum has them in it
        self.failed = False
        self.e: Emitter
        self.scope: Collection[str] = ()
        self.own: Mapping[int, str] = {}
        if looped(program.assignments):
            self.plan()
        self.roots = [*results]
        for block in self.blocks.values():
            self.roots += block.operands

    # the plan

    def plan(self) -> None:
        """Decide which results of loops stand in expressions, and which loops are blocks."""
        assignments = self.program.assignments
        marked = live(assignments, self.results)
        picked: dict[int, dict[int, int]] = {}
        for value, (operation, operands) in enumerate(assignments):
            if operation == PROJECT and marked[value]:
                picked.setdefault(operands[0], {})[assignments[operands[1]][1][0]] = value
        for value, places in picked.items():
            for place, made in reductions(assignments, value, places).items():
                term = Level(self.manner, made.term, made.term.results, flat=True)
                if not term.failed and term.measured[0] <= self.manner.long:
                    self.sums[places.pop(place)] = made, term
            if places and self.flat:
                self.failed = True
                return
            if places:
                self.blocks[value] = self.block_of(value, places)

    def block_of(self, value: int, places: Mapping[int, int]) -> Block:
        """Plan a block."""
        loop = read_loop(self.program.assignments, value)
        program = loop.body.program
        kept = needed_of(loop.body, places)
        results = [program.results[k] for k in kept.outputs if k >= loop.body.conditional]
        condition = Level(self.manner, program, program.results[:1]) if loop.body.conditional else None
        return Block(loop, kept, places, Level(self.manner, program, results), condition)

    def shapes(self, *, repeated: bool) -> list[Shape | None]:
        """Choose how each value is written."""
        found = shapes(self.program.assignments, self.roots, self.manner.target, repeated=repeated)
        for value, (made, term) in self.sums.items():
            size, counts = term.measured
            loop = made.loop
            given = zip((*loop.carried, *loop.sequences, *loop.captured), counts[loop.body.indexed :], strict=True)
            operands = (*loop.bounds, *(v for v, count in given for _ in range(min(count, OFTEN))))
            found[value] = Rule(ANY, (ANY,) * len(operands), ("s" * size, *[""] * len(operands))), operands
        return found

    @cached_property
    def measured(self) -> tuple[int, list[int]]:
        """Give the length of the results where everything is written out, and how often each input occurs in it."""
        found = self.shapes(repeated=True)
        counts = [0] * len(found)
        most = self.manner.long + 1
        for value in self.results:
            counts[value] += 1
        size = 0
        for value in range(len(found) - 1, -1, -1):
            shape = found[value]
            if shape is not None and counts[value]:
                size = min(most, size + counts[value] * sum(map(len, shape[0].pieces)))
                for operand in shape[1]:
                    counts[operand] = min(most, counts[operand] + counts[value])
        return size, counts[: len(self.program.inputs)]

    # the texts

    def write(
        self, inputs: Sequence[Text], levels: Sequence[int], scope: Collection[str], own: Mapping[int, str]
    ) -> None:
        """Write what the results need, in order.

        `scope` are the names of indices where it stands, `own` those of results of loops that are chosen already.
        """
        found = self.shapes(repeated=True)
        assignments, roots = self.program.assignments, self.roots
        self.scope, self.own = scope, own
        e = self.e = emitter(assignments, found, self.manner.target, self.manner.names)
        e.leaves(inputs)  # type: ignore[arg-type]
        e.levels[: len(levels)] = levels
        widths = [len(text) for text in e.texts]
        named = bytearray(len(found))
        if not self.flat and too_long(found, widths, roots, self.manner.long):
            found = e.shapes = self.shapes(repeated=False)
            named = worth_naming(found, widths, shown_uses(found, roots), self.manner.worth)
        uses = shown_uses(found, roots)
        for value, shape in enumerate(found):
            if value in self.blocks:
                write_block(self, self.blocks[value])
            elif shape is not None and uses[value]:
                if value in self.sums:
                    self.sum(value)
                else:
                    e.write(value)
                if self.sums and (value in self.sums or not self.summed.isdisjoint(shape[1])):
                    self.summed.add(value)
                if self.masks:
                    for operand in shape[1]:
                        self.masks[value] |= self.masks[operand]
                if named[value]:
                    self.name(value)

    def name(self, value: int) -> None:
        """Give a value a name."""
        self.e.name(value)
        made = self.e.statements.pop()
        self.rows.append((made.name, joined(made.text)))
        self.summed.discard(value)
        if self.masks:
            self.masks[value] = 0

    def sum(self, value: int) -> None:
        """Write a sum or a product over an index."""
        e, manner = self.e, self.manner
        made, term = self.sums[value]
        body = made.loop.body
        level, bound, factor = manner.syntax.summation
        index = manner.index(body.program.inputs[0], self.scope)
        if not self.flat:
            for v in sorted(self.summed.intersection(made.loop.captured)):
                self.name(v)
        self.inside(term, made.loop, index, {})
        first, last = (manner.bounded(e, v, bound) for v in made.loop.bounds)
        text = manner.bounded(term.e, term.results[0], factor)
        text = manner.syntax.sums[made.kind] % (manner.syntax.name(index), first, last, text)
        if made.opposite:
            negation = manner.target.rules["neg"]
            assert isinstance(negation, Rule)
            inner = text if level >= negation.required[0] else joined(e.parenthesised(text))
            text, level = f"{negation.pieces[0]}{inner}{negation.pieces[1]}", negation.level
        e.texts[value], e.levels[value] = text, level

    def inside(self, level: Level, loop: Loop, index: str | None, carried: Mapping[int, str]) -> None:
        """Write the body of a loop, or what was made of it; `carried` are the names of its inputs that are carried."""
        e, body, syntax = self.e, loop.body, self.manner.syntax
        element, tight = syntax.element
        texts: list[Text] = [syntax.name(index)] if index is not None else []
        levels = [NAME] * len(texts)
        for k in range(body.indexed, body.indexed + body.carried):
            texts.append(carried.get(k, ""))
            levels.append(NAME)
        for v in loop.sequences:
            texts.append(element % (self.manner.bounded(e, v, NAME), texts[0]) if e.texts[v] else "")
            levels.append(tight)
        if carried:
            level.masks = [1 << k if k in carried else 0 for k in range(len(level.program.assignments))]
        texts += [e.texts[v] for v in loop.captured]
        levels += [e.levels[v] for v in loop.captured]
        level.write(texts, levels, self.scope if index is None else (*self.scope, index), {})


# lengths


def too_long(found: Sequence[Shape | None], widths: Sequence[int], results: Sequence[int], long: int) -> bool:
    """Tell whether the results are long when everything is written out, and much longer than with names."""
    expanded = list(widths)
    once = 0
    for value, shape in enumerate(found):
        if shape is not None:
            own = sum(map(len, shape[0].pieces))
            once += own + sum([widths[v] for v in shape[1]])
            expanded[value] = min(own + sum([expanded[v] for v in shape[1]]), 10 * long + once)
    return sum([expanded[v] for v in results]) > max(long, once + EXTRA)


def worth_naming(found: Sequence[Shape | None], widths: list[int], uses: Sequence[int], worth: int) -> bytearray:
    """Mark the shared values that are not short."""
    named = bytearray(len(found))
    for value, shape in enumerate(found):
        if shape is not None:
            widths[value] = sum(map(len, shape[0].pieces)) + sum([widths[v] for v in shape[1]])
            if uses[value] > 1 and widths[value] >= worth:
                named[value] = 1
                widths[value] = 3
    return named
