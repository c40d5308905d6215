"""A level of a program in, statements out that make its assignments again, in their order.

A level is a program, or the body of one of its loops. What is used once is written where it is used, as long as that
keeps the order. Names are given once in the whole text, so no block hides what stands outside; a loop goes on with the
name of what it carries, if nobody else needs what that has been.

What a block makes and does not capture, and the level around it has too, was made in the block: it gets its name behind
the loop, where writing it again makes nothing new. The same holds for what the condition of a `while` has made.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from symad.errors import TargetError
from symad.loops import Body, Loop, read_loop
from symad.operations import LEAVES, LOOP, PROJECT
from symad.printers.emitter import NAME, Emitter, Syntax, Target, emitter, joined, shapes
from symad.printers.reductions import KINDS
from symad.printers.rereading import disordered, ordered, recomputed, refuse
from symad.program import Program, count_uses, live, unique
from symad.reading.blocks import may_fail
from symad.wellformed import kind

WIDTH = 100  # characters of a line; a longer expression is named


@dataclass
class Naming:
    """Hold how source is written, and which names are used: `variables` are those of what loops carry.

    `own` gives the names of results of loops that are chosen already.
    """

    target: Target
    syntax: Syntax
    temporaries: Iterator[str]
    used: set[str]
    own: Mapping[int, str]
    variables: set[str] = field(default_factory=set)

    def variable(self, name: str, label: str | None) -> str:
        """Give what a loop carries its label, or a name that nothing has."""
        [free] = [label] if label else unique([name], self.used)
        self.used.add(free)
        self.variables.add(free)
        return free


class Statements:
    """Write a level; `lines` are its statements, and the emitter `e` has the texts of all values.

    `carried` are the names of what the level, the body of a loop, carries; `scope` are the indices where it stands. A
    `flat` level is one expression, or it gets lines and is given up.
    """

    def __init__(
        self,
        naming: Naming,
        program: Program,
        inputs: Sequence[str],
        scope: Collection[str] = (),
        body: Body | None = None,
        *,
        flat: bool = False,
    ) -> None:
        self.naming, self.program, self.inputs, self.scope, self.flat = naming, program, inputs, scope, flat
        self.own = naming.own if body is None and not scope else {}
        self.taken: set[str] = set()  # names that loops have gone on with
        assignments = program.assignments
        self.lines: list[str] = []
        self.pending: list[int] = []  # values without a name, in order
        skipped, first, count = (body.conditional, body.indexed, body.carried) if body else (False, 0, 0)
        self.results = program.results[skipped:]
        self.carried = inputs[first : first + count]
        self.old = range(first, first + count)  # the values that have these names to begin with
        unused = range(0 if body or flat else len(assignments))  # what nobody needs uses something too
        self.uses = count_uses(assignments, [*self.results, *unused])
        for value in unused:
            self.uses[value] -= 1
        found = shapes(assignments, range(len(assignments)), naming.target)
        self.e: Emitter = emitter(assignments, found, naming.target, naming.temporaries)
        self.e.leaves(inputs)
        self.wanted = {*self.results}
        self.projects: dict[int, dict[int, int]] = {}  # of loops, by place
        self.behind: dict[int, Sequence[int]] = {}  # what is named behind a loop, by loop
        self.made: set[int] = set()  # what a block or a condition has made
        self.last = [0] * len(assignments)  # the last use of each value
        for value, (operation, operands) in enumerate(assignments):
            if operation == LOOP and not self.projects:
                self.prepare()
            for v in operands if operation not in LEAVES and (self.projects or self.carried) else ():
                self.last[v] = value
        for value in self.results:
            self.last[value] = len(assignments)

    def prepare(self) -> None:
        """Find out what has to have a name, and what blocks make for the level around them."""
        assignments = self.program.assignments
        for value, (operation, operands) in enumerate(assignments):
            if operation == PROJECT:
                self.projects.setdefault(operands[0], {})[assignments[operands[1]][1][0]] = value
        index = {ordered(*assignment): value for value, assignment in enumerate(assignments)}
        users: list[list[int]] = [[] for _ in assignments]
        for value, (operation, operands) in enumerate(assignments):
            for v in operands if operation not in LEAVES else ():
                users[v].append(value)
        for value, (operation, _) in enumerate(assignments):
            if operation != LOOP:
                continue
            loop = read_loop(assignments, value)
            refuse(loop.body)
            self.wanted.update(loop.captured)
            found: set[int] = set()
            begun = False
            for v, sure in recomputed(loop, index):
                if (
                    v is not None
                    and not begun
                    and (kind(self.program, v) == "truth value" or not sure and may_fail(assignments, v))
                ):
                    continue  # nothing comes before it in the block: it may have been made before, and is made again
                begun = True
                if v is not None and v < value and v not in self.made:
                    found.add(v)
            for v in sorted(found, reverse=True):
                if any(user <= value and user not in found for user in users[v]):
                    found.discard(v)
            self.behind[value] = sorted(found)
            self.made |= found

    def made_again(self, value: int, sure: bool) -> bool:
        """Tell whether a block makes a value again that was made before, rather than capture it."""
        return kind(self.program, value) == "truth value" or not sure and may_fail(self.program.assignments, value)

    def write(self) -> None:
        """Write every value, in order."""
        for value in range(len(self.e.shapes)):
            if self.flat and self.lines:
                break
            if value not in self.made:
                self.put(value)

    def put(self, value: int) -> None:
        """Write a value."""
        operation, operands = self.program.assignments[value]
        shape = self.e.shapes[value]
        if operation == LOOP:
            self.loop(value)
        elif operation == PROJECT:
            self.project(value, *operands)
        elif shape is not None:
            self.settle(shape[1])
            self.e.write(value)
            self.keep(value)

    def settle(self, operands: Sequence[int]) -> None:
        """Let operands stand in the text of what is made next, if they were made last and in order, else name them."""
        pending = self.pending
        moved = [v for v in operands if v in pending[-3:]]
        rest = len(pending) - len(moved)
        fits = moved == pending[rest:] and len(set(moved)) == len(moved)
        if not fits or sum(len(self.e.texts[v]) for v in operands) > WIDTH:
            self.flush()
        else:
            del pending[rest:]

    def keep(self, value: int) -> None:
        """Keep the text of a value for its one use, or name the value."""
        if self.uses[value] == 1 and (value not in self.wanted or value == len(self.e.shapes) - 1):
            self.pending.append(value)
        else:
            self.flush()
            self.name(value)

    def flush(self) -> None:
        """Name what has no name yet, in order."""
        for value in self.pending:
            self.name(value)
        self.pending.clear()

    def name(self, value: int, name: str | None = None) -> None:
        """Give a value a name: one that is chosen, or the one that it is to have in the end, or a new one."""
        e = self.e
        name = name or self.carried_name(value) or ("" if self.flat else next(e.names))
        self.lines.append(f"{name} = {joined(e.texts[value])}")
        e.texts[value], e.levels[value] = name, NAME

    def carried_name(self, value: int) -> str | None:
        """Give the name that a value has at the end of an iteration, if nobody needs any more what had it before."""
        if not self.carried or value not in self.wanted or self.results.count(value) != 1:
            return None
        place = self.results.index(value)
        name = self.carried[place]
        return name if self.last[self.old[place]] <= value and name not in self.taken else None

    def again(self, values: Sequence[int]) -> None:
        """Name what is made already, as far as it is used."""
        for value in values:
            if self.uses[value]:
                self.put(value)
        self.flush()

    # loops

    def loop(self, value: int) -> None:
        """Write a loop: a sum or product if it is one in a single expression, else a block."""
        loop = read_loop(self.program.assignments, value)
        term = self.term(self.e, loop)
        if term is None and self.flat:
            self.lines.append("")
        elif term is None:
            self.block(value, loop)
        else:
            self.settle(loop.bounds)
            self.e.texts[value] = self.summation(self.e, loop, *term)

    def project(self, value: int, loop: int, place: int) -> None:
        """Write the result of a sum or product; that of a block has its name already."""
        e = self.e
        if e.texts[value]:
            return
        if not e.texts[loop]:
            raise TargetError("the language has no name for the number of iterations of a `while`")
        e.texts[value], e.levels[value] = e.texts[loop], self.naming.syntax.summation[0]
        if self.behind[loop]:
            self.flush()
            self.name(value)
            self.again(self.behind[loop])
        else:
            self.keep(value)

    def term(self, e: Emitter, loop: Loop) -> tuple[str, str, str] | None:
        """Give what a loop is, a sum or a product, its index and its term, if that is one expression."""
        body = loop.body
        program = body.program
        last = len(program.assignments) - 1
        if body.conditional or body.carried != 1 or program.results != (last,):
            return None
        kind = KINDS.get(self.program.assignments[loop.carried[0]])
        operation, operands = program.assignments[last]
        uses = count_uses(program.assignments, program.results)
        if kind is None or operation != kind[0] or operands[0] != 1 or uses[1] != 1:
            return None
        [index] = unique(program.inputs[:1], {*self.naming.used, *self.scope})
        inner = replace(program, assignments=program.assignments[:last], outputs=("term",), results=operands[1:])
        level = Statements(self.naming, inner, [index, "", *captured(e, loop)], (*self.scope, index), flat=True)
        level.write()
        if level.lines or level.pending not in ([], [operands[1]]):
            return None
        return kind[2], index, joined(level.e.texts[operands[1]])

    def summation(self, e: Emitter, loop: Loop, kind: str, index: str, term: str) -> str:
        """Write a sum or product whose bounds are written."""
        return self.naming.syntax.sums[kind] % (index, *self.bounds(e, loop), term)

    def bounds(self, e: Emitter, loop: Loop) -> list[str]:
        """Write the first and the last index."""
        tight = self.naming.syntax.summation[1]
        return [joined(e.texts[v] if e.levels[v] >= tight else e.parenthesised(e.texts[v])) for v in loop.bounds]

    def expression(self, value: int) -> tuple[str, set[int]]:
        """Write a value in one expression, and give what that makes."""
        found = self.program.assignments
        e = emitter(found, self.e.shapes, self.naming.target, self.naming.temporaries)
        e.leaves(self.inputs)
        needed = live(found, [value])
        made: set[int] = set()
        for v in range(len(found)):
            operation, operands = found[v]
            if not needed[v] or operation in LEAVES:
                continue
            made.add(v)
            if operation == LOOP:
                loop = read_loop(found, v)
                term = self.term(e, loop)
                if term is None:
                    raise TargetError("the condition of a `while` has a loop in it that no expression can be")
                e.texts[v] = self.summation(e, loop, *term)
                made.update(self.behind[v])
            elif operation == PROJECT:
                e.texts[v], e.levels[v] = e.texts[operands[0]], self.naming.syntax.summation[0]
            else:
                e.write(v)
        self.made |= made
        return joined(e.texts[value]), made

    def block(self, value: int, loop: Loop) -> None:
        """Write a loop as a block."""
        e, naming, body = self.e, self.naming, loop.body
        projects = self.projects.get(value, {})
        carried = []
        for j, v in enumerate(loop.carried):
            name = joined(e.texts[v])
            if name in naming.variables and self.last[v] == value and loop.operands.count(v) == 1:
                self.taken.add(name)
            else:
                name = naming.variable(body.program.inputs[body.indexed + j], self.own.get(projects.get(j, -1)))
            carried.append(name)
        self.begin(loop, carried)
        index = [*unique(body.program.inputs[: body.indexed], {*naming.used, *self.scope})]
        inner = Statements(naming, body.program, [*index, *carried, *captured(e, loop)], (*self.scope, *index), body)
        if body.conditional:
            text, made = inner.expression(body.program.results[0])
            head = f"while {text}"
            inner.again(sorted(made))
        else:
            head = f"for {index[0]} in {'..'.join(self.bounds(e, loop))}"
        inner.write()
        inner.carry()
        inner.lines[:0] = [f"{name} = {name}" for name in disordered(carried, inner.lines)]
        self.lines += [f"{head} {{", *("    " + line for line in inner.lines), "}"]
        for j, v in projects.items():
            if j < body.carried:
                e.texts[v] = carried[j]
        self.again(self.behind[value])

    def begin(self, loop: Loop, carried: Sequence[str]) -> None:
        """Give what a loop carries its first values; its bounds stand in its head if they were made last."""
        e, pending = self.e, self.pending
        held = [v for v in loop.bounds if v in pending]
        rest = len(pending) - len(held)
        if held != pending[rest:] or len(set(held)) != len(held):
            rest = len(pending)
        names = dict(zip(loop.carried, carried, strict=True))
        for v in pending[:rest]:
            self.name(v, names.get(v))
        pending.clear()
        for name, v in zip(carried, loop.carried, strict=True):
            if e.texts[v] != name:
                self.lines.append(f"{name} = {joined(e.texts[v])}")

    def carry(self) -> None:
        """Give what a body carries its next values, in an order in which nothing is overwritten that is read later."""
        e = self.e
        ends = [*zip(self.carried, self.results, self.old, strict=True)]
        self.lines += [f"{name} = {name}" for name, v, old in ends if v == old]
        copies = [(name, v) for name, v, _ in ends if e.texts[v] != name]
        if len(copies) == 1 and self.pending == [copies[0][1]]:
            self.lines.append(f"{copies[0][0]} = {joined(e.texts[copies[0][1]])}")
            return
        self.flush()
        waiting = {name: joined(e.texts[v]) for name, v in copies if e.texts[v] != name}
        while waiting:
            read = {*waiting.values()}
            name = next((name for name in waiting if name not in read), None)
            if name is None:
                name = next(iter(waiting))
                aside = next(e.names)
                self.lines.append(f"{aside} = {name}")
                waiting = {target: aside if text == name else text for target, text in waiting.items()}
            self.lines.append(f"{name} = {waiting.pop(name)}")


def captured(e: Emitter, loop: Loop) -> list[str]:
    """Write what a loop captures."""
    return [joined(e.texts[v] if e.levels[v] >= NAME else e.parenthesised(e.texts[v])) for v in loop.captured]
