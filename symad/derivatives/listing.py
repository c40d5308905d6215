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

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from symad.builder import Builder
from symad.derivatives.cases import by_cases, total
from symad.derivatives.labels import chosen_inputs, derivative_label
from symad.derivatives.loops import Adjoints, Made, Tangents, active_inputs, adjoint_loop, tangent_loop
from symad.derivatives.partials import make_partial, partial_derivative
from symad.derivatives.reverse import contributed
from symad.derivatives.sequences import is_sequence, zero_like
from symad.derivatives.source import Source
from symad.derivatives.structure import operand_places
from symad.loops import parted
from symad.needs import ALWAYS, NEVER, needs, use
from symad.operations import BODY, LEAVES, LOOP, PROJECT
from symad.program import UNNAMED, Program, live
from symad.simplify import identities


def listing(program: Program, wrt: Sequence[str] | None = None) -> Iterator[Program]:
    """Give, for each output, the program of the adjoint assignments; the last are the derivatives, `df/dx1 = bar_w1`.

    The row of a loop is the loop that runs backwards, with all its results.

    >>> from symad.parse import parse
    >>> [adjoints.outputs for adjoints in listing(parse("sin(x)^2"))]
    [('bar_w3', 'bar_w2', 'bar_w1', 'df/dx')]
    """
    chosen = chosen_inputs(program, wrt)
    source = Source(program, chosen)
    for label, result in zip(program.outputs, program.results, strict=True):
        made = Listing(source, Builder(identities), "bar_{}".format)
        seeds = {result: made.target.constant(1)}
        rows = [(f"bar_{source.names[row.value]}", row.total) for row in made.reverse(seeds)]
        zero = made.target.constant(0)
        places = zip(chosen, source.places, strict=True)
        rows += [(derivative_label(label, name), made.derivatives.get(v, zero)) for name, v in places]
        yield written_down(made.target, rows)


def written_down(b: Builder, rows: Sequence[tuple[str, int]]) -> Program:
    """Give the program with these results, of which some may be all that a loop gives."""
    values = [value for _, value in rows]
    labels = [label for label, _ in rows]
    return Program.arrange(b.inputs, list(b.assignments), live(b.assignments, values), labels, values)


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


class Through(NamedTuple):
    """Hold the loop that carries adjoints back or tangents along, and the way in which its body was made.

    `names` are those by which other rows call its results, by place.
    """

    within: Adjoints | Tangents
    made: Made
    names: Mapping[int, str]


class Row(NamedTuple):
    """Hold the adjoint or tangent of a value: its terms and their sum, a value of the listing's builder.

    `condition` is the one under which the value is needed, a value of that builder too; elsewhere its adjoint means
    nothing. That of a loop is a loop itself, `through` it.
    """

    value: int
    terms: tuple[Term, ...]
    total: int
    condition: int = ALWAYS
    through: Through | None = None


class Listing:
    """Write one sweep over a program: `title` names the adjoint or tangent of a value by the value's own name.

    `derivatives` holds, for each value that has one, what stands for its adjoint or tangent in other rows: an input of
    that name. Where `inline` is set, one that is a number stands there itself, and factors of 1 are dropped.
    """

    def __init__(self, source: Source, target: Builder, title: Callable[[str], str], *, inline: bool = False) -> None:
        self.source, self.target, self.title, self.inline = source, target, title, inline
        self.image: list[int] = []
        self.derivatives: dict[int, int] = {}
        self.symbols: dict[str, int] = {}

    def symbol(self, name: str) -> int:
        """Give the input of the target that has a name."""
        if name not in self.symbols:
            self.symbols[name] = self.target.input(name)
        return self.symbols[name]

    def translated(self, value: int) -> int:
        """Give the target's value: an input for a value of the program; conditions are made again."""
        source, target = self.source, self.target
        for made in range(len(self.image), value + 1):
            operation, operands = source.builder.assignments[made]
            if operation in UNNAMED:
                self.image.append(target.leaf(operation, *operands))
            elif made < source.count:
                self.image.append(self.symbol(source.names[made]))
            elif operation == PROJECT and operands[0] < source.count:
                self.image.append(self.symbol(source.result_names(operands[0])[self.place(made)]))
            else:
                self.image.append(target.make(operation, *[self.image[v] for v in operands]))
        return self.image[value]

    def reverse(self, seeds: Mapping[int, int]) -> Iterator[Row]:
        """Walk backwards from some results; an adjoint gets a row when all its contributions are there.

        `seeds` are values of the target. A sequence has no row: what it receives, the loop that emits it takes in.
        """
        source, b = self.source, self.source.builder
        received: dict[int, list[Term | int]] = {}
        aside: dict[int, dict[int, list[Term]]] = {}  # what the results of loops have received, by place
        for result, seed in seeds.items():
            if source.active[result]:
                received[result] = [seed]
        need = needs(b, source.count, [*seeds, *source.places]) if source.lazy else None
        for value in range(max(seeds), -1, -1):
            operation, operands = b.assignments[value]
            found = aside.pop(value, {}) if operation == LOOP else received.pop(value, None)
            if not found:
                continue
            condition = ALWAYS if need is None or need[value] < 0 else self.translated(need[value])
            terms: Iterable[Term]
            if operation == PROJECT and is_sequence(b, value):
                terms = [term for term in found if isinstance(term, Term)]
            elif isinstance(found, dict):
                row = self.backwards(value, found, condition)
                yield row
                self.translated(value)
                terms = self.passed(value, row)
            else:
                row = self.summed(value, found, condition)
                adjoint = self.named(row)
                yield row
                self.translated(value)
                terms = self.terms(value, adjoint)
            for term in terms:
                operand = operands[term.position] if term.user == value else operands[0]
                made = term if need is None else self.needed(term, value, operand, need)
                if made is None:
                    continue
                if operation == PROJECT:
                    aside.setdefault(operand, {}).setdefault(self.place(value), []).append(made)
                else:
                    received.setdefault(operand, []).append(made)

    def place(self, value: int) -> int:
        """Give the place of the result that a value picks of a loop."""
        assignments = self.source.builder.assignments
        place: int = assignments[assignments[value][1][1]][1][0]
        return place

    def summed(self, value: int, found: Sequence[Term | int], condition: int) -> Row:
        """Make the row of an adjoint of what it has received."""
        terms = tuple(term for term in reversed(found) if isinstance(term, Term))
        parts = [term.contribution if isinstance(term, Term) else term for term in found]
        return Row(value, terms, total(self.target, parts), condition)

    def terms(self, value: int, adjoint: int) -> Iterator[Term]:
        """Make the terms that a value passes on to its operands, the last one first."""
        source, b = self.source, self.source.builder
        operation, operands = b.assignments[value]
        for position in range(len(operands) - 1 if operation not in LEAVES else -1, -1, -1):
            if source.active[operands[position]]:
                term = self.term(value, position, adjoint)
                if term is not None:
                    yield term

    def needed(self, term: Term, value: int, operand: int, need: Sequence[int]) -> Term | None:
        """Make a term 0 where its user is not needed and its operand is; None for one that is never needed."""
        target, b = self.target, self.source.builder
        operation = b.assignments[value][0]
        condition = use(b, value, 0 if operation == PROJECT else term.position, need[value])
        if condition == NEVER:
            return None
        if condition == need[operand]:
            return term
        condition = self.translated(condition) if condition != ALWAYS else ALWAYS
        within = operation != "select" or need[value] != ALWAYS
        if is_sequence(b, operand):
            made = target.make("select", condition, term.contribution, self.translated(zero_like(b, operand)))
        else:
            made = by_cases(target, [(term.contribution, condition)], ALWAYS)
        return term._replace(contribution=made, guarded=within)

    def backwards(self, value: int, found: Mapping[int, Sequence[Term]], condition: int) -> Row:
        """Make the row of a loop: the loop that runs backwards."""
        source, target = self.source, self.target
        self.translated(value)
        body, *operands = [self.image[v] for v in source.builder.assignments[value][1]]
        names = source.result_names(value)
        within = adjoint_loop(
            target,
            source.program,
            parted(target.assignments[body][1][0], operands),
            lambda place: self.symbol(names[place]),
            active_inputs(source.builder, source.active, value),
            {place: [term.contribution for term in terms] for place, terms in found.items()},
        )
        made = within.made()
        loop = target.make(LOOP, target.leaf(BODY, made.body), *made.operands)
        terms = [term for _, terms in sorted(found.items()) for term in reversed(terms)]
        title = self.title(source.names[value])
        inputs = {position: k for k, position in operand_places(within.body)}
        called = {place: f"{title}[{within.body.program.inputs[inputs[p]]}]" for p, place in made.places.items()}
        row = Row(value, tuple(terms), loop, condition, Through(within, made, called))
        self.named(row)
        return row

    def passed(self, value: int, row: Row) -> Iterator[Term]:
        """Make the terms that a loop passes on to its operands, the last one first."""
        source = self.source
        operands = source.builder.assignments[value][1]
        assert row.through is not None
        for position, place in sorted(row.through.made.places.items(), reverse=True):
            if source.active[operands[position]]:
                made = self.symbol(row.through.names[place])
                yield Term(value, position, self.ratio(value, operands[position]), made)

    def ratio(self, value: int, operand: int) -> int:
        """Give what stands for the derivatives of a loop's results by one of its operands: no rule has it."""
        names = self.source.names
        return self.symbol(f"d{names[value]}/d{names[operand]}")

    def forward(self, seeds: Mapping[int, int]) -> Iterator[Row]:
        """Walk forwards from some inputs; a tangent is the sum over the operands of its value.

        `seeds` are values of the target.
        """
        source = self.source
        loops: dict[int, Row] = {}
        for value, (operation, operands) in enumerate(source.program.assignments):
            row: Row | None = None
            if operation in LEAVES:
                row = Row(value, (), seeds[value]) if value in seeds else None
            elif operation == LOOP:
                row = self.forwards(value)
            elif operation == PROJECT:
                row = self.picked(value, loops[operands[0]]) if operands[0] in loops else None
            else:
                self.translated(value)
                terms = []
                for position, operand in enumerate(operands if source.active[value] else ()):
                    tangent = self.derivatives.get(operand)
                    term = self.term(value, position, tangent) if tangent is not None else None
                    if term is not None:
                        terms.append(term)
                row = Row(value, tuple(terms), self.chosen(value, terms)) if terms else None
            if row is not None:
                self.named(row)
                loops |= {value: row} if operation == LOOP else {}
                yield row

    def forwards(self, value: int) -> Row | None:
        """Make the row of a loop: the loop that carries tangents along; None where no operand has one."""
        source, target = self.source, self.target
        self.translated(value)
        positions = source.builder.assignments[value][1]
        body, *operands = [self.image[v] for v in positions]
        loop = parted(target.assignments[body][1][0], operands)
        found = [(k, p) for k, p in operand_places(loop.body) if positions[p] in self.derivatives]
        if not found:
            return None
        within = tangent_loop(target, source.program, loop, {k: self.derivatives[positions[p]] for k, p in found})
        made = within.made()
        made = made._replace(places={place: k for (place, _), k in made.places.items()})
        made_loop = target.make(LOOP, target.leaf(BODY, made.body), *made.operands)
        terms = [Term(value, p, self.ratio(value, positions[p]), self.derivatives[positions[p]]) for _, p in found]
        name = source.names[value]
        labels = [result.removeprefix(name) for result in source.result_names(value)]
        called = {k: f"{self.title(name)}{labels[place]}" for place, k in made.places.items()}
        return Row(value, tuple(terms), made_loop, through=Through(within, made, called))

    def picked(self, value: int, loop: Row) -> Row | None:
        """Make the row of a result of a loop: one of the results of the loop that carries tangents along."""
        place = self.place(value)
        if loop.through is None or place not in loop.through.made.places:
            return None
        made = self.symbol(loop.through.names[loop.through.made.places[place]])
        return Row(value, (self.whole(value, made),), made)

    def whole(self, value: int, factor: int) -> Term:
        """Make the term between a loop and one of its results, which that is."""
        return Term(value, 0, self.target.constant(1), factor)

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
        made = row.total if number is not None else self.symbol(self.title(self.source.names[row.value]))
        self.derivatives[row.value] = made
        return made

    def term(self, value: int, position: int, factor: int) -> Term | None:
        """Make the term of an operand: an adjoint or tangent times the partial derivative; None for zero."""
        source, target = self.source, self.target
        if source.builder.assignments[value][0] == PROJECT:
            return self.whole(value, factor)
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
