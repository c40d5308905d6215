"""Program in, the lines of a Python function out."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from symad.errors import TargetError
from symad.loops import Body as LoopBody
from symad.loops import Loop, read_loop
from symad.operations import LEAVES, LOOP, PROJECT
from symad.printers.emitter import NAME, Emitter, Statement, emitter, joined, shapes, shown_uses
from symad.printers.naming import Names
from symad.printers.python_lines import count_conditions, lines
from symad.printers.python_loops import Again, Operands, Variables, checkpointed, indices, loop_lines, started
from symad.printers.python_names import parameter_name
from symad.printers.python_rules import CALLED, TARGET, with_powers
from symad.printers.schedule import Schedule, schedule
from symad.program import Assignment, Program, live

DEEP = 18  # loops inside of each other; CPython takes 20 blocks, and a function may be one
LIMIT = 90  # characters of an expression; CPython takes 200 nested parentheses and 3,000 operators in a row


class Body(NamedTuple):
    """Hold the lines of a function's body, without indentation, the texts of its results, and what these call.

    Of the body of a `while`, `before` are the lines that its condition, the first result, needs.
    """

    lines: list[str]
    results: list[str]
    operations: set[str]
    before: list[str]


def body(
    program: Program, inputs: Sequence[str], names: Names, *, guarded: bool = False, states: int = 0, depth: int = 0
) -> Body:
    """Write the statements that compute a program's results; `inputs` are the parameters' names.

    `guarded` tells that the first result is a condition, which is known before what only the others need. `states` is
    how many states of a loop are kept for another one that runs backwards, 0 for all. `depth` counts the loops around.
    Raises TargetError where there are more of them than Python takes.
    """
    if depth > DEEP:
        reason = f"these loops are nested too deep for Python, which takes {DEEP}, and with checkpoints half of them"
        raise TargetError(reason, hint="short ones between two numbers can be written out: --unroll, symad.unroll")
    plan = schedule(with_powers(program))
    assignments, results = plan.assignments, plan.results
    found = shapes(assignments, [*results, *range(plan.own, len(assignments))], TARGET)
    uses = shown_uses(found, results)
    if plan.blocks is not None:
        count_conditions(plan.blocks, found, uses)
    e = emitter(assignments, found, TARGET, names, LIMIT, plan.blocks, plan.asked)
    e.leaves(inputs)
    again = repeated(assignments, uses) if states else {}
    writer = Writer(e, plan.own, uses, names, picked_results(assignments), states, again, depth)
    first, rest = parted(plan, results[0]) if guarded else ((), plan.order)
    writer.write(first)
    count = len(e.statements)
    writer.write(rest)
    memo = names.like("memo") if any(s.asked and not s.lines for s in e.statements) else ""
    before, written = (lines(part, assignments, memo) for part in (e.statements[:count], e.statements[count:]))
    if memo:
        (before if guarded else written).insert(0, f"{memo}: dict[str, float] = {{}}")
    return Body(written, [joined(e.texts[v]) for v in results], writer.operations, before)


@dataclass(slots=True)
class Writer:
    """Write the values of a program, its `own` ones and those that combine its conditions.

    `picked` are, of each loop, the values that its results are, by place; `again` gives, for a loop that runs backwards
    from a few states of another one, that one, and `states` how many are kept. `depth` counts the loops around.
    """

    e: Emitter
    own: int
    uses: Sequence[int]
    names: Names
    picked: Mapping[int, Mapping[int, int]]
    states: int
    again: Mapping[int, int]
    depth: int
    operations: set[str] = field(default_factory=set)

    def write(self, order: Iterable[int]) -> None:
        """Write values in some order, and note what they call."""
        e = self.e
        for value in order:
            shape = e.shapes[value]
            operation = e.assignments[value][0]
            if shape is None or not self.uses[value] or operation == PROJECT:
                continue
            if operation == LOOP:
                self.loop(value)
                continue
            if value < self.own:
                e.write(value)
            else:
                e.condition(value)
            self.operations.update(CALLED.get(shape[0], (operation,)))
            if self.uses[value] > 1:
                e.name(value)

    def loop(self, value: int) -> None:
        """Write a loop as a block of statements, and what its results are called."""
        e = self.e
        loop = read_loop(e.assignments, value)
        again = self.again.get(value)
        self.name(*loop.sequences, *loop.captured, *(loop.carried if value in self.again.values() else ()))
        picked = {place: v for place, v in sorted(self.picked[value].items()) if self.uses[v]}
        given, made, found = self.run(loop, picked)
        if again is None:
            block = [*started(made, given), *loop_lines(loop.body, given, made, found)]
        else:
            block = self.stretches(read_loop(e.assignments, again), loop, given, made, found)
        called = dict(enumerate((*made.carried, *made.counts)))
        called |= zip([place for place in picked if place >= loop.body.first_emitted], made.emitted, strict=True)
        name = ""
        if value in e.asked:
            name = next(self.names)
            self.operations.add("cache")
            block = [*block, f"return {', '.join(called[place] for place in picked)},"]
        e.statements.append(Statement(e.questions(value), name, "", bool(name), block))
        for k, (place, result) in enumerate(picked.items()):
            e.texts[result] = f"{name}()[{k}]" if name else called[place]

    def name(self, *operands: int) -> None:
        """Name what a loop needs more than once."""
        for operand in operands:
            if self.e.levels[operand] < NAME:
                self.e.name(operand)

    def run(self, loop: Loop, picked: Collection[int]) -> tuple[Operands, Variables, Body]:
        """Write the body of a loop of which some results are wanted: its operands, its variables, its statements."""
        inner = loop.body
        given = Operands(*[[joined(self.e.texts[v]) for v in group] for group in loop[1:]])
        made = self.variables(inner, picked)
        counter = [made.counter or "_"] if inner.indexed else []
        inputs = [*counter, *made.carried, *made.items, *given.captured]
        first = inner.conditional + inner.carried
        places = [*range(first), *(first + k - inner.first_emitted for k in picked if k >= inner.first_emitted)]
        program = inner.program.part([inner.program.outputs[k] for k in places])
        depth = self.depth + (2 if self.states else 1)  # stretches are a loop around
        found = body(program, inputs, self.names, guarded=inner.conditional, states=self.states, depth=depth)
        self.operations |= found.operations
        if made.emitted:
            self.operations.add("array")
        if any(not re.fullmatch(r"-?\d+\.0", bound) for bound in given.bounds):
            self.operations.add("indices")
        return given, made, found

    def stretches(self, source: Loop, loop: Loop, given: Operands, made: Variables, found: Body) -> list[str]:
        """Write a loop that takes in what another one carried: from few states, between which that one is run again."""
        e = self.e
        places = [e.assignments[e.assignments[v][1][1]][1][0] for v in loop.sequences]
        wanted = sorted(set(places))
        self.name(*source.carried, *source.captured)
        operands, plain, advancing = self.run(source, ())
        _, saving, emitting = self.run(source, wanted)
        emitted = dict(zip(wanted, saving.emitted, strict=True))
        given = given._replace(sequences=[emitted[place] for place in places])
        steps, state, name = (self.names.like(word) for word in ("steps", "state", "advance"))
        backward = loop_lines(loop.body, given, made, found, steps)
        self.operations.add("stretches")
        made_again = Again(source.body, operands, (plain, advancing), (saving, emitting), name)
        function, repeated = checkpointed(made_again, backward, steps, state, indices(given.bounds), self.states)
        return [*function, *started(made, given), *repeated]

    def variables(self, inner: LoopBody, picked: Collection[int]) -> Variables:
        """Name the variables of a loop of which some results are wanted."""
        program = inner.program
        used = live(program.assignments, program.results)
        inputs = [self.like(name) for name in program.inputs[: -inner.captured or None]]
        first = inner.indexed + inner.carried
        labels = program.outputs[inner.conditional + inner.carried :]
        emitted = [self.like(name) for k, name in enumerate(labels, inner.first_emitted) if k in picked]
        counts = [self.names.like("count")] if inner.conditional else []
        counter = inputs[0] if inner.indexed and used[0] else ""
        return Variables(counter, inputs[inner.indexed : first], inputs[first:], emitted, counts)

    def like(self, name: str) -> str:
        """Give a name of Python's that is not taken."""
        return self.names.like(parameter_name(name, ()))


def repeated(assignments: Sequence[Assignment], uses: list[int]) -> dict[int, int]:
    """Find the loops that run backwards through what another one carried, and that one; it need not emit it then."""
    found: dict[int, int] = {}
    for value, (operation, _) in enumerate(assignments):
        if operation == LOOP and uses[value]:
            source = source_of(assignments, value)
            if source is not None:
                found[value] = source
                for sequence in read_loop(assignments, value).sequences:
                    uses[sequence] -= 1
                    uses[source] -= not uses[sequence]
    return found


def source_of(assignments: Sequence[Assignment], value: int) -> int | None:
    """Find the loop whose history a loop takes in, if it takes nothing else and is over the same range."""
    loop = read_loop(assignments, value)
    taken = {assignments[v][1] if assignments[v][0] == PROJECT else (-1, -1) for v in loop.sequences}
    sources = {bundle for bundle, _ in taken}
    if len(sources) != 1 or -1 in sources or not loop.body.backward or loop.body.emitted:
        return None
    [source] = sources
    other = read_loop(assignments, source)
    histories = range(other.body.indexed, other.body.indexed + other.body.carried)
    program = other.body.program
    for _, place in taken:
        emitted = assignments[place][1][0] - other.body.first_emitted + other.body.carried + other.body.conditional
        if program.results[emitted] not in histories:
            return None
    bounds = loop.bounds if not other.body.conditional else ()
    return source if not other.sequences and not other.body.backward and bounds == other.bounds else None


def picked_results(assignments: Sequence[Assignment]) -> dict[int, dict[int, int]]:
    """List for each loop the values that its results are, by place."""
    found: dict[int, dict[int, int]] = {}
    for value, (operation, operands) in enumerate(assignments):
        if operation == PROJECT:
            found.setdefault(operands[0], {})[assignments[operands[1]][1][0]] = value
    return found


def parted(plan: Schedule, condition: int) -> tuple[list[int], list[int]]:
    """Part an order of evaluation into what a condition needs, and the rest."""
    needed: set[int] = set()
    stack = [condition]
    while stack:
        value = stack.pop()
        if value not in needed:
            needed.add(value)
            operation, operands = plan.assignments[value]
            stack += () if operation in LEAVES else operands
            stack += (plan.blocks[value] if plan.blocks is not None else None) or ()
    return [v for v in plan.order if v in needed], [v for v in plan.order if v not in needed]
