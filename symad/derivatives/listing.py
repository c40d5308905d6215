"""The sweeps written out: for each value of a program, the assignment that makes its adjoint, or its tangent.

    z = x1*x2 + sin(x1)      w3 = w1*w2              bar_w5 = 1                      the seed
                             w4 = sin(w1)            bar_w4 = bar_w5
                             w5 = w3 + w4            bar_w3 = bar_w5
                             z  = w5                 bar_w2 = bar_w3*w1
                                                     bar_w1 = bar_w3*w2 + bar_w4*cos(w1)

The program is taken as it was written. A listing makes its rows in a builder of its own, whose inputs are the values
w1, w2, … and the adjoints (or tangents) of other rows; each row keeps the terms of which it is the sum.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import chain, count
from typing import NamedTuple

from symad.builder import Builder
from symad.derivatives.cases import by_cases, total
from symad.derivatives.labels import chosen_inputs, derivative_label
from symad.derivatives.partials import make_partial, partial_derivative
from symad.derivatives.primal import dependents
from symad.derivatives.reverse import contributed
from symad.needs import ALWAYS, NEVER, needs, use
from symad.numbers import Number
from symad.operations import LEAVES
from symad.program import UNNAMED, Program, conditional, write_assignment
from symad.simplify import identities


def listing(program: Program, wrt: Sequence[str] | None = None) -> Iterator[Program]:
    """Give, for each output, the program of the adjoint assignments; the last are the derivatives, `df/dx1 = bar_w1`.

    >>> from symad.parse import parse
    >>> [adjoints.outputs for adjoints in listing(parse("sin(x)^2"))]
    [('bar_w3', 'bar_w2', 'bar_w1', 'df/dx')]
    """
    chosen = chosen_inputs(program, wrt)
    source = Source(program, chosen)
    for label, result in zip(program.outputs, program.results, strict=True):
        made = Listing(source, Builder(identities), "bar_{}".format)
        rows = [(f"bar_{source.names[row.value]}", row.total) for row in made.reverse({result: 1})]
        zero = made.target.constant(0)
        places = zip(chosen, source.places, strict=True)
        rows += [(derivative_label(label, name), made.derivatives.get(v, zero)) for name, v in places]
        yield made.target.finish(rows)


class Source:
    """Hold a program as written, in a builder that can make conditions, and what depends on the inputs of interest."""

    def __init__(self, program: Program, wrt: Sequence[str]) -> None:
        self.program = program
        self.builder = Builder()
        self.builder.copy(program, [self.builder.input(name) for name in program.inputs])
        self.count = len(program.assignments)
        number = {name: k for k, name in enumerate(program.inputs)}
        self.places = [number[name] for name in wrt]
        self.active = dependents(self.builder, self.places)
        self.names = value_names(program)
        self.lazy = conditional(program.assignments)


class Term(NamedTuple):
    """Hold one term of a row: `user` is the value whose rule it is, by the operand at `position`.

    `partial` and `contribution`, which is that times an adjoint or tangent, are values of the listing's builder.
    `guarded` tells whether the contribution is 0 where the branch of its user is not taken, whatever the rule says.
    """

    user: int
    position: int
    partial: int
    contribution: int
    guarded: bool = False


class Row(NamedTuple):
    """Hold the adjoint or tangent of a value: its terms and their sum, a value of the listing's builder.

    `condition` is the one under which the value is needed, a value of that builder too; elsewhere its adjoint means
    nothing.
    """

    value: int
    terms: tuple[Term, ...]
    total: int
    condition: int = ALWAYS


class Listing:
    """Write one sweep over a program: `title` names the adjoint or tangent of a value by the value's own name.

    `derivatives` holds, for each value that has one, what stands for its adjoint or tangent in other rows: an input of
    that name. Where `inline` is set, one that is a number stands there itself, and factors of 1 are dropped.
    """

    def __init__(self, source: Source, target: Builder, title: Callable[[str], str], *, inline: bool = False) -> None:
        self.source, self.target, self.title, self.inline = source, target, title, inline
        self.image: list[int] = []
        self.derivatives: dict[int, int] = {}

    def translated(self, value: int) -> int:
        """Give the target's value: an input for a value of the program; conditions are made again."""
        source, target = self.source, self.target
        for made in range(len(self.image), value + 1):
            operation, operands = source.builder.assignments[made]
            if operation in UNNAMED:
                self.image.append(target.leaf(operation, *operands))
            elif made < source.count:
                self.image.append(target.input(source.names[made]))
            else:
                self.image.append(target.make(operation, *[self.image[v] for v in operands]))
        return self.image[value]

    def reverse(self, seeds: Mapping[int, Number]) -> Iterator[Row]:
        """Walk backwards from some results; an adjoint gets a row when all its contributions are there."""
        source, target, b = self.source, self.target, self.source.builder
        received: dict[int, list[Term | int]] = {}
        for result, seed in seeds.items():
            if source.active[result]:
                received[result] = [target.constant(seed)]
        need = needs(b, source.count, [*seeds, *source.places]) if source.lazy else None
        for value in range(max(seeds), -1, -1):
            if value not in received:
                continue
            terms = received.pop(value)
            row = Row(
                value,
                tuple(term for term in reversed(terms) if isinstance(term, Term)),
                total(target, [term.contribution if isinstance(term, Term) else term for term in terms]),
                ALWAYS if need is None or need[value] < 0 else self.translated(need[value]),
            )
            adjoint = self.named(row)
            yield row
            operation, operands = b.assignments[value]
            self.translated(value)
            for position in range(len(operands) - 1 if operation not in LEAVES else -1, -1, -1):
                operand = operands[position]
                term = self.term(value, position, adjoint) if source.active[operand] else None
                if term is None:
                    continue
                condition = ALWAYS if need is None else use(b, value, position, need[value])
                if condition == NEVER:
                    continue
                if need is not None and condition != need[operand]:
                    condition = self.translated(condition) if condition != ALWAYS else ALWAYS
                    within = operation != "select" or need[value] != ALWAYS
                    made = by_cases(target, [(term.contribution, condition)], ALWAYS)
                    term = term._replace(contribution=made, guarded=within)
                received.setdefault(operand, []).append(term)

    def forward(self, seeds: Mapping[int, Number]) -> Iterator[Row]:
        """Walk forwards from some inputs; a tangent is the sum over the operands of its value."""
        source, target = self.source, self.target
        for value, (operation, operands) in enumerate(source.program.assignments):
            if operation in LEAVES:
                if seeds.get(value):
                    row = Row(value, (), target.constant(seeds[value]))
                    self.named(row)
                    yield row
                continue
            self.translated(value)
            terms = []
            for position, operand in enumerate(operands if source.active[value] else ()):
                tangent = self.derivatives.get(operand)
                term = self.term(value, position, tangent) if tangent is not None else None
                if term is not None:
                    terms.append(term)
            if terms:
                row = Row(value, tuple(terms), self.chosen(value, terms))
                self.named(row)
                yield row

    def chosen(self, value: int, terms: Sequence[Term]) -> int:
        """Add the terms of a tangent; of a select the one whose branch is taken."""
        target = self.target
        if self.source.program.assignments[value][0] != "select":
            return total(target, [term.contribution for term in reversed(terms)])
        zero = target.constant(0)
        branches = {term.position: term.contribution for term in terms}
        condition = self.image[self.source.program.assignments[value][1][0]]
        return target.make("select", condition, branches.get(1, zero), branches.get(2, zero))

    def named(self, row: Row) -> int:
        """Give what stands for an adjoint or tangent in other rows."""
        number = self.target.number(row.total) if self.inline else None
        made = row.total if number is not None else self.target.input(self.title(self.source.names[row.value]))
        self.derivatives[row.value] = made
        return made

    def term(self, value: int, position: int, factor: int) -> Term | None:
        """Make the term of an operand: an adjoint or tangent times the partial derivative; None for zero."""
        source, target = self.source, self.target
        made = contributed(source.builder, value, position, factor, source.program, target, self.image)
        if made is None:
            return None
        partial = self.partial(value, position)
        known = target.number(factor)
        if self.inline and known in (1, -1):
            made = partial if known == 1 else target.make("neg", partial)
            if source.builder.assignments[value][0] == "select":
                made = factor
        return Term(value, position, partial, made)

    def partial(self, value: int, position: int) -> int:
        """Make the partial derivative of a value by one operand, alone."""
        target, image = self.target, self.image
        operation, operands = self.source.builder.assignments[value]
        operands = tuple([image[v] for v in operands])
        if operation == "select":
            branches = (1, 0) if position == 1 else (0, 1)
            return target.make("select", operands[0], *map(target.constant, branches))
        partial = partial_derivative(self.source.builder, value, position)
        assert partial is not None  # else there is no contribution
        if partial.number is not None:
            return target.constant(partial.number)
        return make_partial(target, partial, operands, image[value])


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
        elif operation not in UNNAMED:
            yield name, write_assignment(operation, [names[v] for v in operands])
    for label, value in zip(program.outputs, program.results, strict=True):
        yield label, names[value]


def value_names(program: Program) -> list[str]:
    """Name the values of a program w1, w2, …, or by another letter where an input or an output has such a name."""
    taken = {*program.inputs, *program.outputs}
    names = program.names()
    values = [v for v, (operation, _) in enumerate(program.assignments) if operation not in UNNAMED]
    for letter in chain("wvuts", map("w{}".format, map("_".__mul__, count(1)))):
        own = [letter + names[v][1:] for v in values]
        if taken.isdisjoint(own) and not any(f"bar_{name}" in taken for name in own):
            break
    for value, name in zip(values, own, strict=True):
        names[value] = name
    return names
