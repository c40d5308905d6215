"""The one data type: a formula as a list of elementary assignments.

    z = x1*x2 + sin(x1)     ("input", (0, ()))   w1 = x1        inputs come first,
                            ("input", (1, ()))   w2 = x2        in the order in which they are declared or first met,
                            ("mul", (0, 1))      w3 = w1*w2     then one elementary operation a line,
                            ("sin", (0,))        w4 = sin(w1)   operands before their use
                            ("add", (2, 3))      w5 = w3 + w4
                            z: 4                 z  = w5        outputs are labels for values

A value is the place of its assignment in the list. An assignment is an operation and the values that it works on; an
input carries its number and its shape instead, a constant its number. The names w1, w2, … are made up when printing.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from symad.errors import NamingError, closest
from symad.numbers import finite, write_number
from symad.operations import BODY, CALL, CONSTANTS, LEAVES, LOOP, NUMBERS, PROJECT, RULE

Assignment = tuple[str, tuple[Any, ...]]
USED: Assignment = ("", ())
LAZY = frozenset({"select", "and", "or"})  # operations that do not evaluate all their operands
SQUARE = ("integer", (2,))  # an exponent: a square is a product, correctly rounded, and infinite beyond 1e154
FREE = LEAVES | {"neg", PROJECT, *CONSTANTS}  # what `operation_count` does not count

# fmt: off
UNNAMED = NUMBERS | {BODY, RULE}  # constants
SIGNS = {  # how an assignment is written for people
    "add": "{} + {}", "sub": "{} - {}", "mul": "{}*{}", "div": "{}/{}", "pow": "{}^{}", "neg": "-{}",
    "lt": "{} < {}",  "le": "{} <= {}", "gt": "{} > {}", "ge": "{} >= {}", "eq": "{} == {}", "ne": "{} != {}",
    "and": "{} and {}", "or": "{} or {}", "not": "not {}", "select": "if {} then {} else {}", PROJECT: "{}[{}]",
}
# fmt: on


@dataclass(frozen=True, slots=True)
class Program:
    """Hold inputs, assignments and labelled results; equal where these are equal.

    `origins` gives, for a program that was read from text, the place of each assignment in `text`; both are no part of
    its equality. Calling a program evaluates it, one assignment after the other, in double precision.
    """

    inputs: tuple[str, ...]
    assignments: tuple[Assignment, ...]
    outputs: tuple[str, ...]
    results: tuple[int, ...]
    origins: Sequence[int] = field(default=(), compare=False, repr=False)
    text: str = field(default="", compare=False, repr=False)

    @staticmethod
    def arrange(
        inputs: Sequence[str],
        assignments: list[Assignment],
        kept: Sequence[int],
        labels: Sequence[str],
        values: Sequence[int],
        origins: Sequence[int] = (),
        text: str = "",
    ) -> Program:
        """Make a program of the marked assignments: inputs first, a constant right before its first use.

        The list of assignments is used up on the way: a large program would not fit into memory twice.
        """
        place = [-1] * len(assignments)
        arranged: list[Assignment] = []
        order = array("q")  # where each assignment was

        def put(value: int, assignment: Assignment) -> None:
            place[value] = len(arranged)
            arranged.append(assignment)
            order.append(value)

        for value, assignment in enumerate(assignments):
            if assignment[0] == "input":
                put(value, assignment)
        for value, (operation, operands) in enumerate(assignments):
            if operation in LEAVES or not operands:
                continue
            assignments[value] = USED
            if not kept[value]:
                continue
            placed = tuple([place[v] for v in operands])
            if -1 in placed:
                for v in operands:
                    if place[v] < 0:
                        put(v, assignments[v])
                placed = tuple([place[v] for v in operands])
            place[value] = len(arranged)
            arranged.append((operation, placed))
            order.append(value)
        for value in values:
            if place[value] < 0:
                put(value, assignments[value])
        return Program(
            tuple(inputs),
            tuple(arranged),
            tuple(labels),
            tuple([place[value] for value in values]),
            array("q", [origins[v] for v in order]) if origins else (),
            text,
        )

    @property
    def operation_count(self) -> int:
        """Count the distinct operations that the results need.

        Inputs and constants are free; a negation folds into what uses it; an integer power counts one; a loop counts
        the operations of its body, a call of a function that has a rule those of the function.
        """
        live = self.live()
        found = [a for value, a in enumerate(self.assignments) if live[value] and a[0] not in FREE]
        return len(found) + sum(body.operation_count - 1 for body in self.bodies(found))

    def bodies(self, assignments: Iterable[Assignment]) -> Iterator[Program]:
        """Give the programs of the bodies of the loops among some assignments, and those of the functions called."""
        for operation, operands in assignments:
            if operation == LOOP:
                yield self.assignments[operands[0]][1][0].program
            elif operation == CALL:
                yield self.assignments[operands[0]][1][0].value

    @property
    def expanded_count(self) -> int:
        """Count the operations as `operation_count` does, an integer power as the products that it takes.

        x^n takes floor(log2 n) + popcount(n) - 1 multiplications, squares included, and a division where n is negative.

        >>> from symad.parse import parse
        >>> f = parse("x^2 + y^15 + 1/z")
        >>> f.operation_count, f.expanded_count
        (5, 10)
        """
        assignments, live = self.assignments, self.live()
        found = [a for value, a in enumerate(assignments) if live[value] and a[0] not in FREE]
        exponents = [assignments[operands[1]] for operation, operands in found if operation == "pow"]
        whole = [payload[0] for operation, payload in exponents if operation == "integer"]
        products = [max(0, abs(n).bit_length() + n.bit_count() - 2) + (n < 0) for n in whole]
        expanded: int = len(found) - len(whole) + sum(products)
        return expanded + sum(body.expanded_count - 1 for body in self.bodies(found))

    def live(self) -> bytearray:
        """Mark the values that the results need."""
        return live(self.assignments, self.results)

    def part(self, labels: Sequence[str]) -> Program:
        """Give the program of some of the outputs, with all the inputs."""
        place = dict(zip(self.outputs, self.results, strict=True))
        results = [place[label] for label in labels]
        return Program.arrange(self.inputs, list(self.assignments), live(self.assignments, results), labels, results)

    def operands(self, value: int) -> tuple[int, ...]:
        """Give the values that an assignment works on; none for inputs and constants."""
        operation, operands = self.assignments[value]
        return () if operation in LEAVES else operands

    def __call__(self, /, *arguments: float, **named: float) -> Any:
        """Evaluate at a point: one float for one output, else a flat tuple in the order of `outputs`."""
        from symad.evaluation import evaluate

        values = evaluate(self, self.bind(arguments, named))
        found = tuple([values[v] for v in self.results])
        return found[0] if len(found) == 1 else found

    def bind(self, arguments: Sequence[float], named: dict[str, float]) -> list[float]:
        """Put arguments in the order of the inputs."""
        if len(arguments) > len(self.inputs):
            raise NamingError(f"{len(arguments)} values were given for {counted(len(self.inputs), 'input')}")
        given = dict(zip(self.inputs, arguments, strict=False))
        known = set(self.inputs)
        for name, value in named.items():
            if name not in known:
                near = closest(name, self.inputs)
                hint = f"did you mean {near}?" if near else f"inputs: {shown(self.inputs) or 'none'}"
                raise NamingError(f"{name} is not an input", hint=hint)
            if name in given:
                raise NamingError(f"the input {name} is given twice")
            given[name] = value
        missing = [name for name in self.inputs if name not in given]
        if missing:
            listed = f"{', '.join(missing[:5])}{' …' if len(missing) > 5 else ''}"
            raise NamingError(f"no value is given for {listed}", hint=f"inputs: {shown(self.inputs)}")
        return [float(given[name]) for name in self.inputs]

    def __str__(self) -> str:
        return "\n".join(self.lines())

    def lines(self) -> Iterator[str]:
        """Write the program as its list of assignments, aligned, a line each."""
        from symad.loops import described, parted

        names = self.names()
        left = [names[v] for v, (operation, _) in enumerate(self.assignments) if operation not in UNNAMED]
        width = max(map(len, [*left, *self.outputs]), default=0)
        for value, (operation, operands) in enumerate(self.assignments):
            if operation == "input":
                yield f"{names[value]:<{width}} = {self.inputs[operands[0]]}"
            elif operation == LOOP:
                body, *given = operands
                head, *inner = described(parted(self.assignments[body][1][0], [names[v] for v in given]))
                yield f"{names[value]:<{width}} = {head}"
                yield from (" " * (width + 3) + line for line in inner)
            elif operation not in UNNAMED:
                yield f"{names[value]:<{width}} = {write_assignment(operation, [names[v] for v in operands])}"
        for label, value in zip(self.outputs, self.results, strict=True):
            yield f"{label:<{width}} = {names[value]}"

    def names(self) -> list[str]:
        """Make up a name for every value, w1, w2, …; a constant is called by its number, a loop's body not at all.

        A function goes by its own name.
        """
        names: list[str] = []
        count = 0
        for operation, operands in self.assignments:
            if operation in UNNAMED:
                constant = operands[0]
                named = operation == RULE
                names.append(constant.name if named else "" if operation == BODY else write_number(constant))
            else:
                count += 1
                names.append(f"w{count}")
        return names


def live(assignments: Sequence[Assignment], results: Iterable[int]) -> bytearray:
    """Mark the values that some results need, in one walk backwards."""
    marked = bytearray(len(assignments))
    for value in results:
        marked[value] = 1
    for value in range(len(assignments) - 1, -1, -1):
        if marked[value]:
            operation, operands = assignments[value]
            if operation not in LEAVES:
                for operand in operands:
                    marked[operand] = 1
    return marked


def count_uses(assignments: Sequence[Assignment], results: Iterable[int]) -> list[int]:
    """Count the uses of each value that the results need; the others have none."""
    uses = [0] * len(assignments)
    for value in results:
        uses[value] += 1
    for value in range(len(assignments) - 1, -1, -1):
        if uses[value]:
            operation, operands = assignments[value]
            if operation not in LEAVES:
                for operand in operands:
                    uses[operand] += 1
    return uses


def conditional(assignments: Iterable[Assignment]) -> bool:
    """Tell whether any assignment does not evaluate all its operands."""
    return any(operation in LAZY for operation, _ in assignments)


def counted(count: int, noun: str) -> str:
    """Write a number and its noun.

    >>> counted(1, "input"), counted(2, "input")
    ('1 input', '2 inputs')
    """
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def arguments_at(program: Program, point: Mapping[str, float]) -> list[float]:
    """Put the coordinates of a point in the order of the inputs; each has to be a finite number."""
    return program.bind((), {name: finite(value, f"the value of {name}") for name, value in point.items()})


def unique(names: Iterable[str], taken: Iterable[str]) -> Iterator[str]:
    """Give names back, with a number behind those that are taken."""
    used = set(taken)
    for name in names:
        free, count = name, 0
        while free in used:
            count += 1
            free = f"{name}_{count}"
        used.add(free)
        yield free


def shown(names: Sequence[str]) -> str:
    """List the first names of many."""
    return ", ".join(names[:8]) + (" …" if len(names) > 8 else "")


def write_assignment(operation: str, operands: Sequence[str]) -> str:
    """Write the right-hand side of an assignment, its operands by name."""
    if operation in SIGNS:
        inner = [f"({o})" if o.startswith("-") or "/" in o else o for o in operands]
        return SIGNS[operation].format(*inner)
    if operation == CALL:
        operation, *operands = operands
    return f"{operation}({', '.join(operands)})" if operands else operation
