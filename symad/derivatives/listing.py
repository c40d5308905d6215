"""The reverse sweep written out: for each value of a program, the assignment that makes its adjoint.

    z = x1*x2 + sin(x1)      w3 = w1*w2              bar_w5 = 1                      the seed
                             w4 = sin(w1)            bar_w4 = bar_w5
                             w5 = w3 + w4            bar_w3 = bar_w5
                             z  = w5                 bar_w2 = bar_w3*w1
                                                     bar_w1 = bar_w3*w2 + bar_w4*cos(w1)

The program is taken as it was written. What comes out is a program too: its inputs are the values w1, w2, … and the
adjoints of later ones, its outputs the adjoints in the order of the sweep.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from symad.builder import Builder
from symad.derivatives.reverse import chosen_inputs, contributed, dependents, derivative_label, guarded, total
from symad.needs import ALWAYS, NEVER, needs, use
from symad.operations import LEAVES, NUMBERS
from symad.program import Program, conditional, write_assignment
from symad.simplify import identities


def listing(program: Program, wrt: Sequence[str] | None = None) -> Iterator[Program]:
    """Give, for each output, the program of the adjoint assignments; the last are the derivatives, `df/dx1 = bar_w1`.

    >>> from symad.parse import parse
    >>> [adjoints.outputs for adjoints in listing(parse("sin(x)^2"))]
    [('bar_w3', 'bar_w2', 'bar_w1', 'df/dx')]
    """
    chosen = chosen_inputs(program, wrt)
    number = {name: k for k, name in enumerate(program.inputs)}
    places = [number[name] for name in chosen]
    b = Builder()
    b.copy(program, [b.input(name) for name in program.inputs])
    active = dependents(b, places)
    names = value_names(program)
    for label, result in zip(program.outputs, program.results, strict=True):
        sweep = Listing(program, b, active, names)
        sweep.run(result, places)
        yield sweep.finish([(derivative_label(label, name), v) for name, v in zip(chosen, places, strict=True)])


class Listing:
    """Write the sweep from one output: `image` holds the target's value for each value of the source."""

    def __init__(self, program: Program, source: Builder, active: bytearray, names: Sequence[str]) -> None:
        self.program, self.source, self.active, self.names = program, source, active, names
        self.count = len(program.assignments)
        self.target = Builder(identities)
        self.image: list[int] = []
        self.adjoints: dict[int, int] = {}
        self.rows: list[tuple[str, int]] = []

    def translated(self, value: int) -> int:
        """Give the target's value: an input for a value of the program; conditions are made again."""
        source, target = self.source, self.target
        for made in range(len(self.image), value + 1):
            operation, operands = source.assignments[made]
            if operation in NUMBERS:
                self.image.append(target.leaf(operation, *operands))
            elif made < self.count:
                self.image.append(target.input(self.names[made]))
            else:
                self.image.append(target.make(operation, *[self.image[v] for v in operands]))
        return self.image[value]

    def run(self, result: int, places: Sequence[int]) -> None:
        """Walk backwards from the result; an adjoint gets a row when all its contributions are there."""
        source, target = self.source, self.target
        received: dict[int, list[int]] = {result: [target.constant(1)]} if self.active[result] else {}
        lazy = conditional(self.program.assignments)
        need = needs(source, self.count, [result, *places]) if lazy else None
        for value in range(result, -1, -1):
            if value not in received:
                continue
            self.rows.append((f"bar_{self.names[value]}", total(target, received.pop(value))))
            adjoint = self.adjoints[value] = target.input(f"bar_{self.names[value]}")
            operation, operands = source.assignments[value]
            self.translated(value)
            for position in range(len(operands) - 1 if operation not in LEAVES else -1, -1, -1):
                operand = operands[position]
                if not self.active[operand]:
                    continue
                contribution = contributed(source, value, position, adjoint, self.program, target, self.image)
                if contribution is None:
                    continue
                condition = ALWAYS if need is None else use(source, value, position, need[value])
                if need is not None and condition != need[operand]:
                    condition = self.translated(condition) if condition != ALWAYS else ALWAYS
                    contribution = guarded(target, contribution, condition, NEVER)
                received.setdefault(operand, []).append(contribution)

    def finish(self, derivatives: Sequence[tuple[str, int]]) -> Program:
        """Give the program of all rows, the derivatives last."""
        zero = self.target.constant(0)
        return self.target.finish([*self.rows, *((label, self.adjoints.get(v, zero)) for label, v in derivatives)])


def assignments(program: Program) -> Iterator[tuple[str, str]]:
    """Write the elementary assignments of a program, a row each.

    >>> from symad.parse import parse
    >>> list(assignments(parse("2*x")))
    [('w1', 'x'), ('w2', '2*w1'), ('f', 'w2')]
    """
    names = value_names(program)
    for name, (operation, operands) in zip(names, program.assignments, strict=True):
        if operation == "input":
            yield name, program.inputs[operands[0]]
        elif operation not in NUMBERS:
            yield name, write_assignment(operation, [names[v] for v in operands])
    for label, value in zip(program.outputs, program.results, strict=True):
        yield label, names[value]


def value_names(program: Program) -> list[str]:
    """Name the values of a program w1, w2, …, or by another letter where an input or an output has such a name."""
    taken = {*program.inputs, *program.outputs}
    for letter in ("w", "v", "u", "t", "s", "value_"):
        names = [name if name[0] != "w" else letter + name[1:] for name in program.names()]
        if taken.isdisjoint(names) and not any(f"bar_{name}" in taken for name in names):
            return names
    return names
