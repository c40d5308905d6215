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

from symad.advice import derivative_without, way_out
from symad.errors import EvaluationError, NamingError, closest
from symad.numbers import finite, write_number
from symad.operations import CONSTANTS, LEAVES, NUMBERS

Assignment = tuple[str, tuple[Any, ...]]
USED: Assignment = ("", ())
LAZY = frozenset({"select", "and", "or"})  # operations that do not evaluate all their operands
SQUARE = ("integer", (2,))  # an exponent: a square is a product, correctly rounded, and infinite beyond 1e154
FREE = LEAVES | {"neg", *CONSTANTS}  # what `operation_count` does not count

# fmt: off
SIGNS = {  # how an assignment is written for people
    "add": "{} + {}", "sub": "{} - {}", "mul": "{}*{}", "div": "{}/{}", "pow": "{}^{}", "neg": "-{}",
    "lt": "{} < {}",  "le": "{} <= {}", "gt": "{} > {}", "ge": "{} >= {}", "eq": "{} == {}", "ne": "{} != {}",
    "and": "{} and {}", "or": "{} or {}", "not": "not {}", "select": "if {} then {} else {}",
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

        Inputs and constants are free; a negation folds into what uses it; an integer power counts one.
        """
        assignments = self.assignments
        live = self.live()
        return sum(1 for value, (operation, _) in enumerate(assignments) if live[value] and operation not in FREE)

    @property
    def expanded_count(self) -> int:
        """Count the operations as `operation_count` does, an integer power as the products that it takes.

        x^n takes floor(log2 n) + popcount(n) - 1 multiplications, squares included, and a division where n is negative.

        >>> from symad.parse import parse
        >>> f = parse("x^2 + y^15 + 1/z")
        >>> f.operation_count, f.expanded_count
        (5, 10)
        """
        assignments = self.assignments
        live = self.live()
        powers = (a[1][1] for v, a in enumerate(assignments) if live[v] and a[0] == "pow")
        exponents = [assignments[v][1][0] for v in powers if assignments[v][0] == "integer"]
        products = [max(0, abs(n).bit_length() + n.bit_count() - 2) + (n < 0) for n in exponents]
        expanded: int = self.operation_count - len(exponents) + sum(products)
        return expanded

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
        names = self.names()
        left = [names[v] for v, (operation, _) in enumerate(self.assignments) if operation not in NUMBERS]
        width = max(map(len, [*left, *self.outputs]), default=0)
        for value, (operation, operands) in enumerate(self.assignments):
            if operation == "input":
                yield f"{names[value]:<{width}} = {self.inputs[operands[0]]}"
            elif operation not in NUMBERS:
                yield f"{names[value]:<{width}} = {write_assignment(operation, [names[v] for v in operands])}"
        for label, value in zip(self.outputs, self.results, strict=True):
            yield f"{label:<{width}} = {names[value]}"

    def names(self) -> list[str]:
        """Make up a name for every value, w1, w2, …; a constant is called by its number."""
        names: list[str] = []
        count = 0
        for operation, operands in self.assignments:
            if operation in NUMBERS:
                names.append(write_number(operands[0]))
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


def shown(names: Sequence[str]) -> str:
    """List the first names of many."""
    return ", ".join(names[:8]) + (" …" if len(names) > 8 else "")


def write_assignment(operation: str, operands: Sequence[str]) -> str:
    """Write the right-hand side of an assignment, its operands by name."""
    if operation in SIGNS:
        inner = [f"({o})" if o.startswith("-") or "/" in o else o for o in operands]
        return SIGNS[operation].format(*inner)
    return f"{operation}({', '.join(operands)})" if operands else operation


def evaluate(program: Program, arguments: Sequence[float]) -> list[Any]:
    """Evaluate at a point: the value of every assignment that is needed, None where a branch was not taken."""
    values: list[Any] = [None] * len(program.assignments)
    compute(program, arguments, values)
    return values


def compute(program: Program, arguments: Sequence[float], values: list[Any]) -> None:
    """Evaluate into a list of None: where an assignment fails, it holds the values that were computed before."""
    from symad.numerics import function

    assignments = program.assignments
    call = {name: function(name) for name in {a[0] for a in assignments} - LEAVES - LAZY}
    live = program.live()
    order: Iterable[int] = [v for v in range(len(assignments)) if live[v]]
    if conditional(assignments):
        order = demanded(program, values)
    for value in order:
        operation, operands = assignments[value]
        if operation == "input":
            values[value] = arguments[operands[0]]
        elif operation in NUMBERS:
            values[value] = float(operands[0])
        elif operation == "pow" and assignments[operands[1]] == SQUARE:
            values[value] = values[operands[0]] * values[operands[0]]
        elif operation not in LAZY:
            try:
                values[value] = call[operation](*[values[v] for v in operands])
            except (ArithmeticError, ValueError) as error:
                raise failure(program, value, values, error) from None


def demanded(program: Program, values: list[Any]) -> Iterator[int]:
    """Give the values to compute, in order and only those that are needed; decide the lazy operations here."""
    assignments = program.assignments
    for result in program.results:
        stack = [result]
        while stack:
            value = stack[-1]
            operation, operands = assignments[value]
            if values[value] is not None:
                stack.pop()
                continue
            if operation in LEAVES:
                wanted: Sequence[int] = ()
            elif operation not in LAZY:
                wanted = [v for v in operands if values[v] is None]
            elif values[operands[0]] is None:
                wanted = operands[:1]
            else:
                chosen = decided(operation, operands, bool(values[operands[0]]))
                values[value] = chosen if isinstance(chosen, bool) else values[chosen]
                wanted = () if isinstance(chosen, bool) or values[chosen] is not None else (chosen,)
            if wanted:
                stack += reversed(wanted)
            else:
                stack.pop()
                if operation not in LAZY:
                    yield value


def decided(operation: str, operands: tuple[int, ...], first: bool) -> int | bool:
    """Say, once its first operand is known, what a lazy operation is: a truth value, or another of its operands."""
    if operation == "select":
        return operands[1] if first else operands[2]
    if operation == "and":
        return operands[1] if first else False
    return True if first else operands[1]


def failure(program: Program, value: int, values: Sequence[Any], error: Exception) -> EvaluationError:
    """Name the assignment that failed, and the operands at which it did."""
    operation, operands = program.assignments[value]
    names = program.names()
    numbers = [v for v in dict.fromkeys(operands) if program.assignments[v][0] not in NUMBERS]
    where = ", ".join(f"{names[v]} = {values[v]}" for v in numbers)
    reason = "overflows" if isinstance(error, OverflowError) else "is not defined"
    line = f"{names[value]} = {write_assignment(operation, [names[v] for v in operands])}"
    at = f" at {where}" if where else ""
    origin = program.origins[value] if program.origins else -1
    label = derivative_without(program.assignments, program.outputs, program.results, value)
    said = f"{line} {reason}{at}{f', and {label} needs it' if label else ''}"
    hint = way_out(program.assignments, value, values)
    found = EvaluationError(said, hint=hint)
    if origin >= 0:
        length = len(operation) if program.text.startswith(operation, origin) else 1
        found = EvaluationError(said, text=program.text, start=origin, end=origin + length, hint=hint)
    found.assignment = value
    return found
