"""Why values pass nothing on in a sweep: the program and where the sweep starts in, sentences out.

A value may not be connected with what is differentiated at all; or it is, and every path is flat: it leads through a
condition, or through an operation whose partial derivative is 0.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Sequence

from symad.derivatives.listing import Row, Source
from symad.explain import words
from symad.explain.values import Values
from symad.operations import BOOLEAN, LEAVES
from symad.program import UNNAMED, live


class Reasons:
    """Give the sentences of one sweep; `derivatives` are the values that have an adjoint or tangent, as it goes on."""

    def __init__(
        self, source: Source, values: Values, mode: str, starts: Iterable[int], of: str, derivatives: Container[int]
    ) -> None:
        self.source, self.values, self.of, self.derivatives = source, values, of, derivatives
        self.assignments = source.program.assignments
        self.mode = mode
        self.connected = live(self.assignments, starts) if mode == "reverse" else made_of(source, starts)

    def used(self, row: Row, seeded: bool, always: bool) -> list[str]:
        """Say which parents a value has, and what becomes of the contributions of its other users."""
        names = self.source.names
        parents = {term.user for term in row.terms}
        users = [v for v in self.values.users[row.value] if v not in parents and not self.is_condition(v)]
        flat = [names[v] for v in users if v in self.derivatives]
        spent = [names[v] for v in users if v not in self.derivatives and self.connected[v]]
        idle = [names[v] for v in users if not self.connected[v]]
        notes = words.used(names[row.value], [names[term.user] for term in row.terms], seeded, always)
        return [*notes, *words.passing_nothing(flat, spent, idle, self.of), *self.branches(row)]

    def branches(self, row: Row) -> Iterator[str]:
        """Say why contributions stand behind a condition, and which of them are 0 at the point for that."""
        names, known = self.source.names, self.values.known
        guarded = [names[term.user] for term in row.terms if term.guarded]
        if guarded:
            yield words.guarded(guarded)
        if not known or self.values.numbers.get(names[row.value]) is None:
            return
        absent = [name for name in guarded if self.values.numbers.get(name) is None]
        if absent:
            yield words.absent(absent)
        for term in row.terms:
            operation, operands = self.assignments[term.user]
            if operation == "select" and names[term.user] not in absent and operands[1] != operands[2]:
                taken = 1 if self.values.computed[operands[0]] else 2
                yield from [words.other_branch(names[term.user])] if term.position != taken else []

    def fixed(self, value: int) -> Iterator[str]:
        """Name the operands of a tangent that have no term in it."""
        operands = [v for v in dict.fromkeys(self.assignments[value][1]) if v not in self.derivatives]
        operands = [v for v in operands if self.assignments[v][0] not in UNNAMED and not self.is_condition(v)]
        for flat, names in self.parted(operands):
            yield words.still(names, self.of, flat)

    def zero(self, value: int) -> str:
        """Say why the derivative of a value is zero."""
        names = self.source.names
        if self.mode == "forward":
            return words.unmoved(names[value], self.of, bool(self.connected[value]))
        users = self.values.users[value]
        if not self.connected[value]:
            return words.unused(names[value], [names[v] for v in users], self.of)
        users = [v for v in users if self.connected[v]]
        if all(map(self.is_condition, users)):
            return words.deciding(names[value], [names[v] for v in users])
        if all(v in self.derivatives for v in users):
            return words.flattened(names[value], [names[v] for v in users])
        return words.flat_paths(names[value], self.of)

    def left_out(self, values: Iterable[int]) -> Iterator[str]:
        """Name values whose derivative is zero and that have no line of their own."""
        for flat, names in self.parted(values):
            yield words.left_out(self.mode, names, self.of, flat)

    def parted(self, values: Iterable[int]) -> Iterator[tuple[bool, Sequence[str]]]:
        """Part values into those that are not connected, and those whose paths are flat; give the names of each."""
        values = list(values)
        for flat in (False, True):
            names = [self.source.names[v] for v in values if self.connected[v] == flat]
            if names:
                yield flat, names

    def is_condition(self, value: int) -> bool:
        """Tell whether a value is a truth value."""
        return self.assignments[value][0] in BOOLEAN


def made_of(source: Source, starts: Iterable[int]) -> bytearray:
    """Mark the values that some values are a part of, in whatever way."""
    marked = bytearray(source.count)
    for value in starts:
        marked[value] = 1
    for value, (operation, operands) in enumerate(source.program.assignments):
        if operation not in LEAVES and any(marked[v] for v in operands):
            marked[value] = 1
    return marked
