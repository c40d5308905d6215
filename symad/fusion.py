"""Program in, Program out in which loops that compute the same are one loop.

A derivative's loop often computes again what another one does: forwards, the tangents are carried along with what they
are tangents of. Loops over the same range are fused where they carry the same: where it is the same at first, and the
same in the next iteration if it is the same in this one. Both have to be needed anyway, and neither by the other one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from symad.builder import Builder
from symad.loops import Body, Loop, read_loop
from symad.operations import LEAVES, LOOP, PROJECT
from symad.program import LAZY, Program, live, unique


class Fused(NamedTuple):
    """Hold one loop for several: its body and operands, and of each old loop the places of its results."""

    body: Body
    operands: Sequence[int]
    places: Mapping[int, Sequence[int]]


def fused(program: Program) -> Program:
    """Make a program again with fewer loops, where some carry the same.

    >>> from symad.parse import parse
    >>> f = parse("a = x; for k in 1..n { a = a*x }; b = x; c = 0; for k in 1..n { b = b*x; c = c + b }; a + c")
    >>> [operation for operation, _ in f.assignments].count("loop")
    2
    >>> [operation for operation, _ in fused(f).assignments].count("loop")
    1
    """
    while True:
        found = [*apart(candidates(program))]
        if not found:
            return program
        program = rebuilt(program, found) or rebuilt(program, found[:1]) or program


def apart(found: Iterable[Fused]) -> Iterator[Fused]:
    """Choose those that have no loop in common with one before."""
    taken: set[int] = set()
    for one in found:
        if taken.isdisjoint(one.places):
            taken.update(one.places)
            yield one


def candidates(program: Program) -> Iterator[Fused]:
    """Find loops that can be fused."""
    known: dict[object, int] = {}
    alike: dict[object, list[int]] = {}
    marked = always_needed(program)  # a loop that is needed less often than another one stays alone
    for value, (operation, _) in enumerate(program.assignments):
        if operation == LOOP and marked[value]:
            loop = read_loop(program.assignments, value)
            for signature in set(signatures(loop, known)):
                alike.setdefault((loop.body.backward, loop.bounds, signature), []).append(value)
    tried: set[tuple[int, ...]] = set()
    for group in alike.values():
        apart = tuple(independent(program, group)) if len(group) > 1 else ()
        if len(apart) > 1 and apart not in tried:
            tried.add(apart)
            made = joint(program, apart)
            if made is not None:
                yield made


def always_needed(program: Program) -> bytearray:
    """Mark the values that the results need whichever branches are taken."""
    marked = bytearray(len(program.assignments))
    for value in program.results:
        marked[value] = 1
    for value in range(len(marked) - 1, -1, -1):
        operation, operands = program.assignments[value]
        if marked[value] and operation not in LEAVES:
            for operand in operands[:1] if operation in LAZY else operands:
                marked[operand] = 1
    return marked


def signatures(loop: Loop, known: dict[object, int]) -> Iterator[int]:
    """Give a number for each carried value: the same for what is the same at first, and computed in the same way."""
    body = loop.body
    operands = (*loop.carried, *loop.sequences, *loop.captured)
    kinds = ["carried"] * body.carried + ["item"] * body.items + ["captured"] * body.captured
    leaves: list[object] = ["index"] * body.indexed
    leaves += zip(kinds, operands, strict=True)
    numbers: list[int] = []
    for operation, payload in body.program.assignments:
        key: object = (operation, payload)
        if operation == "input":
            key = leaves[payload[0]]
        elif operation not in LEAVES:
            key = (operation, tuple([numbers[v] for v in payload]))
        numbers.append(known.setdefault(key, len(known)))
    ends = body.program.results[body.conditional :]
    for operand, end in zip(loop.carried, ends, strict=False):
        yield known.setdefault(("signature", operand, numbers[end]), len(known))


def independent(program: Program, loops: Sequence[int]) -> Iterator[int]:
    """Give those of some loops, the first one and others, of which none needs another one's results."""
    given: set[int] = set()
    for loop in loops:
        needed: set[int] = set()
        stack = list(program.assignments[loop][1])
        while stack:
            value = stack.pop()
            if value not in needed and value >= loops[0]:
                needed.add(value)
                operation, operands = program.assignments[value]
                stack += () if operation in LEAVES else operands
        if needed.isdisjoint(given):
            given.add(loop)
            yield loop


def joint(program: Program, values: Sequence[int]) -> Fused | None:
    """Make one loop of several; None where it turns out that they carry nothing in common."""
    loops = [read_loop(program.assignments, value) for value in values]
    known: dict[object, int] = {}
    classes = [[*zip(loop.carried, signatures(loop, known), strict=True)] for loop in loops]
    while True:
        made = Joint(loops, classes)
        finer = made.refined()
        if finer == classes:
            break
        classes = finer
    shared = [set(keys) for keys in classes]
    if any(keys.isdisjoint(set().union(*shared[:k], *shared[k + 1 :])) for k, keys in enumerate(shared)):
        return None
    return made.fused(values) if made.agreed() else None


Key = tuple[int, int]  # of what is carried: the operand that it is at first, and a number for what it is later


class Joint:
    """Hold the bodies of several loops in one builder, where what is carried by the same key is one input."""

    def __init__(self, loops: Sequence[Loop], classes: Sequence[Sequence[Key]]) -> None:
        self.loops, self.classes = loops, classes
        self.b = b = Builder()
        self.index = [b.input(loops[0].body.program.inputs[0])] if loops[0].bounds else []
        self.carried: dict[Key, int] = {}
        self.sequences: dict[int, int] = {}
        self.captured: dict[int, int] = {}
        for loop, keys in zip(loops, classes, strict=True):
            self.add(self.carried, keys, loop, loop.body.indexed)
        for loop in loops:
            self.add(self.sequences, loop.sequences, loop, loop.body.indexed + loop.body.carried)
        for loop in loops:
            self.add(self.captured, loop.captured, loop, len(loop.body.program.inputs) - loop.body.captured)
        self.outputs: list[list[int]] = []  # of each body
        for loop, keys in zip(loops, classes, strict=True):
            inputs = [*self.index, *(self.carried[key] for key in keys)]
            inputs += [self.sequences[v] for v in loop.sequences]
            inputs += [self.captured[v] for v in loop.captured]
            made = b.copy(loop.body.program, inputs)
            self.outputs.append([made[v] for v in loop.body.program.results])

    def add(self, table: dict[Any, int], keys: Sequence[Any], loop: Loop, first: int) -> None:
        """Make inputs for what is not in a table yet, named as the inputs of a body from the first one on."""
        for key, name in zip(keys, loop.body.program.inputs[first:], strict=False):
            if key not in table:
                table[key] = self.b.input(*unique([name], self.b.inputs))

    def refined(self) -> list[list[Key]]:
        """Part what is carried by the same key and turns out to become different."""
        following: dict[Key, dict[int, Key]] = {}
        found = []
        for loop, keys, outputs in zip(self.loops, self.classes, self.outputs, strict=True):
            ends = outputs[loop.body.conditional :]
            found.append(
                [self.parted(following.setdefault(key, {}), key, v) for key, v in zip(keys, ends, strict=False)]
            )
        return found

    def parted(self, following: dict[int, Key], key: Key, value: int) -> Key:
        """Give the key of what becomes some value: the first one keeps its key."""
        fresh = (key[0], -1 - value) if following else key
        return following.setdefault(value, fresh)

    def agreed(self) -> bool:
        """Tell whether several `while` loops have one condition."""
        return not self.loops[0].body.conditional or len({outputs[0] for outputs in self.outputs}) == 1

    def fused(self, values: Sequence[int]) -> Fused:
        """Make one loop of all, which have these values."""
        first = self.loops[0].body
        following: dict[Key, tuple[str, int]] = {}
        emitted: dict[int, str] = {}
        for loop, keys, outputs in zip(self.loops, self.classes, self.outputs, strict=True):
            labels = loop.body.program.outputs[first.conditional :]
            ends = outputs[first.conditional :]
            for key, label, end in zip(keys, labels, ends, strict=False):
                following.setdefault(key, (label, end))
            for label, end in zip(labels[len(keys) :], ends[len(keys) :], strict=True):
                emitted.setdefault(end, label)
        conditions = [(self.loops[0].body.program.outputs[0], self.outputs[0][0])] if first.conditional else []
        results = [*conditions, *following.values(), *((label, end) for end, label in emitted.items())]
        names = unique([label for label, _ in results], ())
        order = {key: k for k, key in enumerate(following)}
        counts = [len(order)] if first.conditional else []
        sequences = {end: len(order) + len(counts) + k for k, end in enumerate(emitted)}
        places = {}
        for value, keys, outputs in zip(values, self.classes, self.outputs, strict=True):
            rest = outputs[first.conditional + len(keys) :]
            places[value] = [*(order[key] for key in keys), *counts, *(sequences[end] for end in rest)]
        program = self.b.finish(zip(names, [end for _, end in results], strict=True))
        body = Body(program, len(order), len(self.sequences), first.conditional, first.backward)
        given = (*self.loops[0].bounds, *(key[0] for key in self.carried), *self.sequences, *self.captured)
        return Fused(body, given, places)


def rebuilt(program: Program, found: Sequence[Fused]) -> Program | None:
    """Make a program again with one loop in the place of several, operands before their use.

    None where loops that are fused would need each other's results, which no two of them did alone.
    """
    b = Builder()
    for name in program.inputs:
        b.input(name)
    into = {loop: one for one in found for loop in one.places}
    made: dict[int, int] = {}
    results: dict[int, Sequence[int]] = {}  # of the loops that are fused
    waits: set[int] = set()  # for its operands
    stack = list(program.results)
    while stack:
        value = stack[-1]
        operation, operands = program.assignments[value]
        inside = operation not in LEAVES
        if value in into:
            operands = tuple(into[value].operands)
        waiting = [v for v in operands if v not in made] if inside and value not in made else []
        if waiting:
            if not waits.isdisjoint(waiting):
                return None
            waits.add(value)
            stack += reversed(waiting)
            continue
        waits.discard(stack.pop())
        if value in made:
            continue
        if value in into:
            results[value] = b.bundle(into[value].body, [made[v] for v in operands])
            made[value] = b.assignments[results[value][0]][1][0]
        elif operation == PROJECT and operands[0] in into:
            place = program.assignments[operands[1]][1][0]
            made[value] = results[operands[0]][into[operands[0]].places[operands[0]][place]]
        elif operation == "input":
            made[value] = operands[0]
        elif inside:
            made[value] = b.make(operation, *[made[v] for v in operands])
        else:
            made[value] = b.leaf(operation, *operands)
    ends = [made[v] for v in program.results]
    return Program.arrange(b.inputs, b.assignments, live(b.assignments, ends), program.outputs, ends)
