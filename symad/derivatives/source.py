"""A program as it was written, for what shows it: its values with their names, its assignments in text.

    z = x1*x2 + sin(x1)      w1 = x1        w4 = sin(w1)
                             w2 = x2        w5 = w3 + w4
                             w3 = w1*w2     z  = w5

The names are made up, and are none that the formula has; the results of a loop have those of what it carries: w3[s].
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain, count

from symad.builder import Builder
from symad.derivatives.loops import remembering
from symad.derivatives.primal import dependents
from symad.loops import Body, Loop, described, parted, read_loop
from symad.operations import LEAVES, LOOP, PROJECT
from symad.program import UNNAMED, Assignment, Program, conditional, live, unique, write_assignment


class Source:
    """Hold a program as written, in a builder that can make conditions, and what depends on the inputs of interest.

    Its loops emit what they carry. `outer` are the letters that name the values of programs around it.
    """

    def __init__(self, program: Program, wrt: Sequence[str], outer: Sequence[str] = ()) -> None:
        self.program = program = remembering(program)
        self.builder = b = Builder()
        for operation, operands in program.assignments:
            if operation == "input":
                b.input(program.inputs[operands[0]])
            elif operation in LEAVES:
                b.leaf(operation, *operands)
            else:
                b.make(operation, *operands)
        self.count = len(program.assignments)
        number = {name: k for k, name in enumerate(program.inputs)}
        self.places = [number[name] for name in wrt]
        self.active = dependents(b, self.places)
        letter = value_letter(program, outer)
        self.letters = (*outer, letter)
        self.names = lettered(program, letter)
        self.lazy = conditional(program.assignments)

    def body(self, value: int) -> Body:
        """Give the body of a loop."""
        return read_loop(self.builder.assignments, value).body

    def result_names(self, value: int) -> list[str]:
        """Name the results of a loop, by place."""
        return result_names(self.body(value), self.names[value])


def result_names(body: Body, name: str) -> list[str]:
    """Name the results of a loop that has a name itself."""
    labels = [*body.program.outputs[body.conditional :]]
    if body.conditional:
        labels.insert(body.carried, "iterations")
    return [f"{name}[{label}]" for label in unique(labels, ())]


def excerpt(assignments: Sequence[Assignment], names: Sequence[str], value: int) -> Program:
    """Make the program of one value of a list whose inputs have these names; of a loop all its results are one."""
    b = Builder()
    inputs: dict[int, int] = {}

    def place(number: int) -> int:
        if number not in inputs:
            inputs[number] = b.input(names[number])
        return inputs[number]

    return alone(b, b.extract(assignments, value, place))


def alone(b: Builder, value: int) -> Program:
    """Give the program whose only result is a value."""
    return Program.arrange(b.inputs, b.assignments, live(b.assignments, [value]), ["value"], [value])


def assignments(program: Program, outer: Sequence[str] = ()) -> Iterator[tuple[str, str]]:
    """Write the elementary assignments of a program, a row each; those of a loop's body stand in lines below its own.

    >>> from symad.parse import parse
    >>> list(assignments(parse("2*x")))
    [('w1', 'x'), ('w2', '2*w1'), ('f', 'w2')]
    """
    letter = value_letter(program, outer)
    names = lettered(program, letter)
    for name, assignment in zip(names, program.assignments, strict=True):
        if assignment[0] == "input":
            yield name, program.inputs[assignment[1][0]]
        elif assignment[0] not in LEAVES:
            yield name, write_row(program.assignments, assignment, names, (*outer, letter))
    for label, value in zip(program.outputs, program.results, strict=True):
        yield label, names[value]


def write_row(
    listed: Sequence[Assignment], assignment: Assignment, names: Sequence[str], letters: Sequence[str]
) -> str:
    """Write one assignment over the names of values."""
    operation, operands = assignment
    if operation == LOOP:
        return write_loop(parted(listed[operands[0]][1][0], [names[v] for v in operands[1:]]), letters)
    if operation == PROJECT:
        loop, place = operands
        body = listed[listed[loop][1][0]][1][0]
        return result_names(body, names[loop])[listed[place][1][0]]
    return write_assignment(operation, [names[v] for v in operands])


def write_loop(loop: Loop, letters: Sequence[str]) -> str:
    """Write a loop, its operands by name: what it runs over, then its body, a line each."""
    rows = list(assignments(loop.body.program, letters))
    width = max(len(name) for name, _ in rows)
    margin = "\n" + " " * (width + 3)
    return "\n".join(
        [next(described(loop)), *(f"{name:<{width}} = {text.replace(chr(10), margin)}" for name, text in rows)]
    )


def value_names(program: Program) -> list[str]:
    """Name the values of a program w1, w2, …; a body has no name.

    >>> from symad.parse import parse
    >>> value_names(parse("w1 + x"))
    ['v1', 'v2', 'v3']
    """
    return lettered(program, value_letter(program))


def value_letter(program: Program, outer: Sequence[str] = ()) -> str:
    """Choose the letter of the values of a program: w, or another where an input or an output has such a name.

    `outer` are the letters of programs around it.
    """
    taken = {*program.inputs, *program.outputs}
    free = (letter for letter in chain("wvuts", map("w{}".format, map("_".__mul__, count(1)))) if letter not in outer)
    for letter in free:
        rows = zip(lettered(program, letter), program.assignments, strict=True)
        names = [name for name, (operation, _) in rows if operation not in UNNAMED]
        if taken.isdisjoint(names) and not any(f"bar_{name}" in taken for name in names):
            break
    return letter


def lettered(program: Program, letter: str) -> list[str]:
    """Name the values of a program by a letter and a number."""
    rows = zip(program.names(), program.assignments, strict=True)
    return [name if operation in UNNAMED else letter + name[1:] for name, (operation, _) in rows]
