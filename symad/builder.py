"""The only maker of assignments.

In come an operation and its operands; out comes the number of the value. The same operation on the same operands is the
same value, which is all there is to common-subexpression elimination. A builder that is given identities applies them
as values are made; one that reads text has none and writes down what it is told.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from symad.loops import Body, looped
from symad.numbers import NUMBER_KINDS, Number, fits, is_negative_zero, nearest, number_kind
from symad.operations import BODY, COMMUTES, LEAVES, LOOP, NUMBERS, PROJECT
from symad.program import Assignment, Program, live

NOTHING = -1  # in the place of a value that there is not
Apply = Callable[..., "int | None"]  # of a builder and operands: the value that takes the operation's place, if any


class Identities(dict[tuple[str | bool, ...], tuple[Apply, ...]]):
    """Hold identities by operation, kinds of operands, and whether all of these are one."""

    def loop(self, b: Builder, body: Body, operands: Sequence[int]) -> list[int]:
        """Make a loop, simplified, and give its results."""
        return b.bundle(body, operands)


class Builder:
    """Make assignments, each once.

    `kinds` says what each value looks like, for identities to ask: `zero one positive negative` for numbers, `scaled`
    for a number times something, `reciprocal` for one over something, else the operation.

    >>> b = Builder()
    >>> x, y = b.input("x"), b.input("y")
    >>> b.make("mul", x, y) == b.make("mul", y, x)
    True
    """

    def __init__(self, identities: Identities | None = None) -> None:
        self.identities = identities
        self.inputs: list[str] = []
        self.assignments: list[Assignment] = []
        self.kinds: list[str] = []
        self.index: dict[Assignment, int] = {}

    def make(self, operation: str, *operands: int) -> int:
        """Give the value of an operation on operands, made if it is new."""
        if self.identities is not None:
            kinds = self.kinds
            if len(operands) == 2:
                x, y = operands
                rows = self.identities[operation, kinds[x], kinds[y], x == y]
            else:
                rows = self.identities[operation, *[kinds[v] for v in operands], False]
            for apply in rows:
                found = apply(self, *operands)
                if found is not None:
                    return found
        made = key = (operation, operands)
        if operation in COMMUTES and operands[0] > operands[1]:
            key = (operation, (operands[1], operands[0]))
        index = self.index
        value = index.get(key)
        if value is None:
            value = index[key] = len(self.assignments)
            self.assignments.append(made)
            kinds = self.kinds
            if operation == "mul" and kinds[operands[0]] in NUMBER_KINDS:
                kinds.append("scaled")
            elif operation == "div" and kinds[operands[0]] == "one":
                kinds.append("reciprocal")
            else:
                kinds.append(operation)
        return value

    def leaf(self, operation: str, *payload: Any) -> int:
        """Give the value of an assignment that has no operands."""
        key = (operation, payload)
        value = self.index.get(key)
        if value is None:
            value = self.index[key] = len(self.assignments)
            self.assignments.append(key)
            self.kinds.append(number_kind(payload[0]) if operation in NUMBERS else operation)
        return value

    def input(self, name: str) -> int:
        """Give a new scalar input."""
        self.inputs.append(name)
        return self.leaf("input", len(self.inputs) - 1, ())

    def constant(self, number: Number) -> int:
        """Give the value of a number: exact for integers and rationals that fit, else the nearest double.

        Negative zero has no literal: it is the negation of zero. Raises SymadError for what no double is near to.
        """
        if isinstance(number, float) or not fits(number):
            double = nearest(number)
            if is_negative_zero(double):
                return self.make("neg", self.leaf("decimal", 0.0))
            return self.leaf("decimal", double)
        if isinstance(number, int) or number.denominator == 1:
            return self.leaf("integer", int(number))
        return self.leaf("rational", number)

    def number(self, value: int) -> Number | None:
        """Give the number that a value is, None if it is not a constant."""
        operation, payload = self.assignments[value]
        return payload[0] if operation in NUMBERS else None

    def loop(self, body: Body, operands: Sequence[int]) -> list[int]:
        """Make a loop, and give its results."""
        return self.bundle(body, operands) if self.identities is None else self.identities.loop(self, body, operands)

    def bundle(self, body: Body, operands: Sequence[int]) -> list[int]:
        """Make a loop as it stands, and give its results."""
        made = self.make(LOOP, self.leaf(BODY, body), *operands)
        return [self.make(PROJECT, made, self.constant(k)) for k in range(body.first_emitted + body.emitted)]

    def copy(self, program: Program, arguments: Sequence[int]) -> list[int]:
        """Make the assignments of a program again, with these values as its inputs; give the value of each.

        A loop has no value in a builder that simplifies: its results have.
        """
        values: list[int] = []
        results: dict[int, list[int]] = {}  # of loops
        make, leaf = self.make, self.leaf
        for value, (operation, operands) in enumerate(program.assignments):
            if operation == LOOP:
                body = program.assignments[operands[0]][1][0]
                results[value] = self.loop(body, [values[v] for v in operands[1:]])
                values.append(NOTHING)
            elif operation == PROJECT:
                values.append(results[operands[0]][program.assignments[operands[1]][1][0]])
            elif operation == BODY:
                values.append(NOTHING)
            elif operation in LEAVES:
                values.append(arguments[operands[0]] if operation == "input" else leaf(operation, *operands))
            else:
                values.append(make(operation, *[values[v] for v in operands]))
        return values

    def extract(self, assignments: Sequence[Assignment], value: int, inputs: Callable[[int], int]) -> int:
        """Make the assignments of one value of a list again, and no others; `inputs` gives those of each number."""
        made: dict[int, int] = {}
        stack = [value]
        while stack:
            v = stack[-1]
            operation, payload = assignments[v]
            waiting = [o for o in payload if o not in made] if operation not in LEAVES else []
            if waiting:
                stack += reversed(waiting)
                continue
            stack.pop()
            if operation in LEAVES:
                made[v] = inputs(payload[0]) if operation == "input" else self.leaf(operation, *payload)
            else:
                made[v] = self.make(operation, *[made[o] for o in payload])
        return made[value]

    def fork(self) -> Builder:
        """Give a builder that holds the same values and goes its own way from here."""
        other = Builder(self.identities)
        other.inputs, other.assignments = self.inputs.copy(), self.assignments.copy()
        other.kinds, other.index = self.kinds.copy(), self.index.copy()
        return other

    def finish(self, results: Iterable[tuple[str, int]]) -> Program:
        """Give the program with these labelled results: inputs first, then what they need, in the order made.

        Loops that carry the same are one; what they carry and emit for nobody is left out.

        The builder is done then: it forgets what it shares, a third of the memory that a large program takes.
        """
        from symad.fusion import fused
        from symad.pruning import pruned

        labels, values = unzipped(results)
        self.index.clear()
        loops = looped(self.assignments)
        made = Program.arrange(self.inputs, self.assignments, live(self.assignments, values), labels, values)
        return pruned(fused(made)) if loops else made


def unzipped(results: Iterable[tuple[str, int]]) -> tuple[list[str], list[int]]:
    """Part labels from values; of a million results no list of pairs is ever held."""
    labels, values = [], []
    for label, value in results:
        labels.append(label)
        values.append(value)
    return labels, values
