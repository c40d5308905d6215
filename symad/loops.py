"""Loops: one structured assignment, whose body is a program.

    s = 0                              w3 = 0
    for k in 1..n {                    w4 = loop(body, 1, n, w3, x)      carried: s; captured: x
        s = s + x/k                    w5 = project(w4, 0)               what s is in the end
    }

A body is a constant, like a number: what a loop does in each iteration, closed over nothing. What it needs from outside
are operands of the loop. A loop has several results, a bundle; `project` picks one by its place. Whatever the number of
iterations, the program stays as long as it is.

Beside what it carries, a loop can emit: a sequence that has an element of every iteration. Another loop with as many
iterations can take it in, an element at a time. That is how the loop that runs backwards in a derivative gets what the
one that ran forwards went through, and it is all there is to memory.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, NamedTuple

from symad.errors import EvaluationError
from symad.operations import LOOP
from symad.program import Assignment, Program, counted

LIMIT = 1_000_000  # iterations of a `while`
MOST = 2**53  # integers up to here are doubles
ENDLESS = "does what it carries ever make its condition false?"


@dataclass(frozen=True, slots=True, eq=False)
class Body:
    """Hold what a loop does in each iteration.

    The inputs of `program` are, in order: the index of a `for`; `carried` values from the iteration before; `items`, of
    each sequence its element; what is captured. Its outputs are: the condition of a `while`, unless which the loop has
    ended; the carried values for the next iteration; what is emitted. A `for` may run `backward`, from the last index
    down to the first; the sequences that it takes and gives are in the order of the index all the same.

    The names of inputs and outputs are for printing: bodies that differ in nothing else are equal.

    >>> from symad.parse import parse
    >>> parse("sum(k in 1..n: x^k)") == parse("sum(j in 1..n: x^j)")
    True
    """

    program: Program
    carried: int
    items: int = 0
    conditional: bool = False
    backward: bool = False

    @property
    def meaning(self) -> tuple[Any, ...]:
        """Give all but the names."""
        program = self.program
        counts = (len(program.inputs), self.carried, self.items, self.conditional, self.backward)
        return program.assignments, program.results, counts

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Body) and self.meaning == other.meaning

    def __hash__(self) -> int:
        return hash(self.meaning)

    @property
    def indexed(self) -> int:
        """Count the indices: one of a `for`, none of a `while`."""
        return 0 if self.conditional else 1

    @property
    def emitted(self) -> int:
        """Count the sequences that the loop emits."""
        return len(self.program.outputs) - self.conditional - self.carried

    @property
    def captured(self) -> int:
        """Count what is captured."""
        return len(self.program.inputs) - self.indexed - self.carried - self.items

    @property
    def first_emitted(self) -> int:
        """Give the place of the first sequence among the results; a `while` gives its number of iterations before."""
        return self.carried + self.conditional


class Loop(NamedTuple):
    """Hold a loop, its operands, or their values, by what they are for; the bounds are the first and the last index."""

    body: Body
    bounds: tuple[Any, ...]
    carried: tuple[Any, ...]
    sequences: tuple[Any, ...]
    captured: tuple[Any, ...]

    @property
    def operands(self) -> tuple[Any, ...]:
        """Give all the operands, in order."""
        return (*self.bounds, *self.carried, *self.sequences, *self.captured)


def read_loop(assignments: Sequence[Assignment], value: int) -> Loop:
    """Read the operands of a loop."""
    return parted(assignments[assignments[value][1][0]][1][0], assignments[value][1][1:])


def parted(body: Body, operands: Sequence[Any]) -> Loop:
    """Part the operands of a loop, or their values, by what they are for."""
    ends = [2 * body.indexed]
    for count in (body.carried, body.items, body.captured):
        ends.append(ends[-1] + count)
    return Loop(body, tuple(operands[: ends[0]]), *[tuple(operands[a:b]) for a, b in pairwise(ends)])


def looped(assignments: Iterable[Assignment]) -> bool:
    """Tell whether there is a loop among assignments."""
    return any(operation == LOOP for operation, _ in assignments)


def described(loop: Loop) -> Iterator[str]:
    """Write a loop for people, its operands by name: what it runs over, then its body, indented.

    >>> from symad.parse import parse
    >>> print(parse("s = 0; for k in 1..3 { s = s + x/k }; s"))
    w1 = x
    w2 = for k in 1..3, s = 0, x = w1
         w1 = k
         w2 = s
         w3 = x
         w4 = w3/w1
         w5 = w2 + w4
         s  = w5
    w3 = w2[0]
    f  = w3
    """
    body = loop.body
    names = body.program.inputs
    if body.conditional:
        head = f"while {body.program.outputs[0]}"
    else:
        first, last = loop.bounds
        head = f"for {names[0]} in {f'{last}..{first} down' if body.backward else f'{first}..{last}'}"
    operands = (*loop.carried, *(f"{name}[]" for name in loop.sequences), *loop.captured)
    given = [f"{name} = {operand}" for name, operand in zip(names[body.indexed :], operands, strict=True)]
    yield ", ".join([head, *given])
    yield from body.program.lines()


# running

Run = Callable[[Sequence[Any], Sequence[int], list[Any]], Sequence[Any]]
"""Evaluate a body's program: its inputs, the places of outputs, the values known already and room for others in; the
values of these outputs out."""


def iterate(loop: Loop, run: Run, number: Callable[[int], Any]) -> tuple[Any, ...]:
    """Run a loop whose operands are values, and give its results; `number` makes a number of an index.

    Raises EvaluationError for bounds that are not whole, for a last index more than one below the first, and for a
    `while` that has not ended after LIMIT iterations; an error in the body says in which iteration it was.
    """
    body = loop.body
    state = [*loop.carried]
    outputs = range(body.conditional, len(body.program.outputs))
    emitted: list[list[Any]] = [[] for _ in range(body.emitted)]
    count, k, endless = 0, None, False
    try:
        for k, items in steps(loop):
            inputs = [*([] if body.conditional else [number(k)]), *state, *items, *loop.captured]
            values: list[Any] = [None] * len(body.program.assignments)
            if body.conditional and not run(inputs, (0,), values)[0]:
                break
            endless = body.conditional and count == LIMIT
            if endless:
                break
            found = run(inputs, outputs, values)
            state = [*found[: body.carried]]
            for sequence, element in zip(emitted, found[body.carried :], strict=True):
                sequence.append(element)
            count += 1
    except EvaluationError as error:
        if k is not None:
            error.reason += f", in iteration {k}" if body.conditional else f", for {body.program.inputs[0]} = {k}"
        raise
    if endless:
        raise EvaluationError(f"a `while` has not ended after {LIMIT:,} iterations", hint=ENDLESS)
    if body.backward:
        for sequence in emitted:
            sequence.reverse()
    return (*state, *([number(count)] if body.conditional else []), *emitted)


def steps(loop: Loop) -> Iterator[tuple[int, Sequence[Any]]]:
    """Give the index of each iteration, or its number, and the elements of the sequences."""
    if loop.body.conditional:
        for k in range(1, LIMIT + 2):
            yield k, ()
    first, last = map(whole, loop.bounds)
    if last < first - 1:
        reason = f"a loop from {first} to {last} would run {counted(last - first + 1, 'time')}"
        raise EvaluationError(reason, hint="the last index may be one below the first, for no iteration at all")
    for sequence in loop.sequences:
        if len(sequence) != last - first + 1:
            raise EvaluationError(f"a sequence of {len(sequence)} elements is taken by {last - first + 1} iterations")
    places = range(last - first, -1, -1) if loop.body.backward else range(last - first + 1)
    for place in places:
        yield first + place, [sequence[place] for sequence in loop.sequences]


def whole(bound: Any) -> int:
    """Give a bound as an integer; raise EvaluationError where it is none."""
    real = bound.real
    if real != real or abs(real) > MOST or real != int(real):
        raise EvaluationError(f"an index is a whole number up to 2^53, and {float(real)!r} is none")
    return int(real)
