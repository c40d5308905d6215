"""The sweeps of a derivation: for some seeds, a step for each adjoint or tangent.

A step is a row of the listing of the program as it was written. Its number is computed from its own expression and the
numbers of the steps before it, so what is shown is what is computed.
"""

from __future__ import annotations

import math
from collections.abc import Container, Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from symad.builder import Builder
from symad.derivatives.labels import derivative_label
from symad.derivatives.listing import Listing, Row, Source
from symad.derivatives.listing import Term as Part
from symad.errors import EvaluationError
from symad.evaluation import evaluate
from symad.explain import words
from symad.explain.display import plain, readable
from symad.explain.reasons import Reasons
from symad.explain.steps import Number, Pass, Step, Term
from symad.explain.values import Values
from symad.loops import looped
from symad.needs import ALWAYS
from symad.numbers import whole
from symad.operations import CALL
from symad.program import Program
from symad.simplify import identities

SHORT = 8  # operations of a derivative that is written out where it is used
LONG = 80  # characters of a derivative that the user gave for a function beyond which it is not repeated


class Missing:
    """Stand for a number that was not computed: it may be passed over, but nothing can be computed with it."""

    def __eq__(self, other: object) -> bool:
        raise TypeError

    __hash__ = None  # type: ignore[assignment]


MISSING = Missing()


class Fault(NamedTuple):
    """Hold why a derivative has no value: the step that began it, what is wrong there, and the error."""

    label: str
    problem: str
    error: EvaluationError


class Sweep:
    """Make the steps of one sweep, for some seeds."""

    def __init__(
        self, source: Source, values: Values, wrt: Sequence[str], mode: str, seeds: Mapping[str, float]
    ) -> None:
        self.source, self.values, self.wrt, self.mode, self.seeds = source, values, wrt, mode, seeds
        program = source.program
        self.combined = [*seeds.values()] != [1.0]
        taken = {*program.inputs, *program.outputs}
        letter = "s" if mode == "reverse" else "t"
        free = next(n for n in (letter, *(f"{letter}_{k}" for k in range(1, len(taken) + 2))) if n not in taken)
        self.of = free if self.combined else next(iter(seeds))
        self.listing = Listing(source, Builder(), self.title, inline=True)
        self.numbers = dict(values.numbers)
        self.short: dict[str, Program] = {}  # derivatives that are written out where they are used
        self.still: set[int] = (
            set()
        )  # values whose tangent is 0 at the point because nothing that they are made of moves
        self.broken: dict[str, Fault] = {}  # steps without a value

    def title(self, name: str) -> str:
        """Name the derivative that a sweep computes for a value."""
        of = f"({self.of})" if "/" in self.of else self.of
        return f"d{of}/d{name}" if self.mode == "reverse" else f"d{name}/d{of}"

    def run(self) -> Pass:
        """Walk through the listing; a step without a value ends the sweep if a derivative asked for needs it."""
        source, program = self.source, self.source.program
        spots = dict(zip(program.inputs, range(len(program.inputs)), strict=True))
        if self.mode == "reverse":
            spots = dict(zip(program.outputs, program.results, strict=True))
        weights: dict[int, float] = {}
        for name, weight in self.seeds.items():
            weights[spots[name]] = weights.get(spots[name], 0.0) + weight
        seeds = {value: whole(weight) for value, weight in weights.items() if weight}
        self.reasons = Reasons(source, self.values, self.mode, seeds, self.of, self.listing.derivatives)
        rows = []
        if seeds:
            rows = list(self.listing.reverse(seeds) if self.mode == "reverse" else self.listing.forward(seeds))
        steps = [self.step(row, seeds) for row in rows]
        results = self.results()
        failed = next((self.broken[label] for label in results.values() if label in self.broken), None)
        notes = [words.row_or_column(self.mode, self.of, self.seeds, self.combined)]
        if failed is not None:
            kept = [k for k, step in enumerate(steps) if step.label == failed.label]
            steps = [*steps[: kept[0]], replace(steps[kept[0]], state="failed")]
            return Pass(self.mode, self.of, dict(self.seeds), tuple(steps), results, tuple(notes), failed.error)
        steps = self.with_zeros(steps, {row.value for row in rows})
        told = {step.value for step in steps}
        notes += self.reasons.left_out(v for v in self.values.moving if source.names[v] not in told)
        notes += [words.without(*self.values.without)] if any(self.values.without) else []
        notes += [words.CANCELLED] if len(seeds) < len(weights) else []
        return Pass(self.mode, self.of, dict(self.seeds), tuple(steps), results, tuple(notes))

    def results(self) -> dict[str, str]:
        """Name the steps that are the derivatives asked for."""
        source, program = self.source, self.source.program
        if self.mode == "reverse":
            pairs = zip(self.wrt, source.places, strict=True)
            return {derivative_label(self.of, name): self.title(source.names[place]) for name, place in pairs}
        rows = zip(program.outputs, program.results, strict=True)
        return {derivative_label(label, self.of): self.title(source.names[result]) for label, result in rows}

    def step(self, row: Row, seeds: Mapping[int, float]) -> Step:
        """Make the step of an adjoint or tangent."""
        name = self.source.names[row.value]
        label = self.title(name)
        expression = self.excerpt(row.total)
        simplified = self.simplified(label, expression)
        terms = tuple(self.term(term) for term in row.terms)
        number = self.computed(row, label, expression)
        self.numbers[label] = number
        seed = float(seeds[row.value]) if row.value in seeds else None
        kind = "seed" if not terms else "adjoint" if self.mode == "reverse" else "tangent"
        notes = self.notes(row, kind, seed)
        state = "skipped" if self.values.known and number is None else ""
        if label in self.broken:
            notes.append(words.undefined(label, *self.broken[label][:2]))
        elif state:
            notes.append(words.passed_over(name, self.of, self.mode))
        part = self.values.parts[row.value]
        return Step(kind, label, name, expression, simplified, number, seed, terms, tuple(notes), part, state)

    def computed(self, row: Row, label: str, expression: Program) -> Number | None:
        """Compute a row where its value is needed; what has no value there is noted as broken."""
        if not self.values.known or self.values.numbers.get(self.source.names[row.value]) is None:
            return None
        if row.condition != ALWAYS and self.number(self.excerpt(row.condition)) is False:
            return None
        if self.mode == "forward" and self.unmoved(row):
            self.still.add(row.value)
            return 0.0
        found = self.number(expression)
        if found is None:
            missing = [name for name in expression.inputs if name in self.broken]
            if missing:
                self.broken[label] = self.broken[missing[0]]
        if isinstance(found, str):
            known = [(n, self.numbers.get(n)) for n in expression.inputs]
            where = ", ".join(f"{n} = {x}" for n, x in known if x is not None)
            reason = f"{label} = {plain(expression)} {found}{' at ' if where else ''}{where}"
            self.broken[label] = Fault(label, found, EvaluationError(reason))
            return None
        return found

    def unmoved(self, row: Row) -> bool:
        """Tell whether a value does not move at the point: no operand does, or those of the branch taken do not."""
        operation, operands = self.source.program.assignments[row.value]
        moving = [t.position for t in row.terms if operands[t.position] not in self.still]
        if operation == "select":
            moving = [k for k in moving if k == (1 if self.values.computed[operands[0]] else 2)]
        return bool(row.terms) and not moving

    def excerpt(self, value: int) -> Program:
        """Make the program of one value of the listing."""
        target = self.listing.target
        b = Builder()
        inputs: dict[int, int] = {}

        def place(number: int) -> int:
            if number not in inputs:
                inputs[number] = b.input(target.inputs[number])
            return inputs[number]

        return b.finish([("value", b.extract(target.assignments, value, place))])

    def simplified(self, label: str, expression: Program) -> Program | None:
        """Write out the short derivatives in an expression and apply the identities; None where nothing changes."""
        b = Builder(identities)
        values: dict[str, int] = {}

        def leaf(name: str) -> int:
            if name not in values:
                values[name] = b.input(name)
            return values[name]

        arguments = []
        for name in expression.inputs:
            short = self.short.get(name)
            if short is None:
                arguments.append(leaf(name))
            else:
                arguments.append(b.copy(short, [leaf(inner) for inner in short.inputs])[short.results[0]])
        made = b.finish([("value", b.copy(expression, arguments)[expression.results[0]])])
        if made.operation_count <= SHORT:
            self.short[label] = made
        return made if readable(made) != readable(expression) else None

    def term(self, term: Part) -> Term:
        """Say of which operation's rule a term is made."""
        names, assignments = self.source.names, self.source.program.assignments
        operands = assignments[term.user][1]
        user, name = names[term.user], names[operands[term.position]]
        place = words.PLACES[term.position] if operands.count(operands[term.position]) > 1 else ""
        factor = self.title(user if self.mode == "reverse" else name)
        partial = self.excerpt(term.partial)
        number = self.number(partial) if self.values.numbers.get(user) is not None else None
        rule = self.rule(term.user, term.position)
        return Term(
            user, name, place, factor, f"d{user}/d{name}", rule, partial, None if isinstance(number, str) else number
        )

    def rule(self, user: int, position: int) -> str:
        """Quote the rule of the table, or the one that the user gave, for an operation's partial derivative."""
        assignments = self.source.program.assignments
        operation, operands = assignments[user]
        if operation != CALL:
            return words.quoted(operation, position)
        rule = assignments[operands[0]][1][0]
        partials = rule.partials
        partial = partials.part(partials.outputs[position - 1 : position])
        text = "" if looped(partial.assignments) else plain(partial)
        return words.given(rule.name, partials.inputs, position - 1, text if len(text) <= LONG else "")

    def number(self, expression: Program) -> Number | str | None:
        """Compute an expression from earlier numbers; None where one is missing, words where it has no value."""
        known = [self.numbers.get(name) for name in expression.inputs]
        arguments: list[Any] = [MISSING if number is None else number for number in known]
        try:
            found = evaluate(expression, arguments)[expression.results[0]]
        except EvaluationError as error:
            return "overflows" if "overflows" in error.reason else "is not defined"
        except TypeError:  # what is missing was needed
            if None not in known:
                raise
            return None
        if found is MISSING or math.isfinite(found):
            return None if found is MISSING else found
        return "overflows" if math.isinf(found) else "is not defined"

    def notes(self, row: Row, kind: str, seed: float | None) -> list[str]:
        """Explain a step in words."""
        if kind == "seed":
            return [words.seeded(self.of, self.source.names[row.value], self.mode, self.combined)]
        if self.mode == "forward":
            return [*self.reasons.fixed(row.value)]
        return self.reasons.used(row, seed is not None, row.condition == ALWAYS)

    def with_zeros(self, steps: list[Step], rows: Container[int]) -> list[Step]:
        """Add a step for each derivative that is zero, of what was asked for and of what no output needs."""
        source, values = self.source, self.values
        names = source.names
        wanted = source.places if self.mode == "reverse" else [*source.program.results, *source.places]
        idle = [v for v in values.moving if v in values.idle]
        zeros = [v for v in dict.fromkeys([*wanted, *idle]) if v not in rows]
        b = Builder()
        nothing = b.finish([("value", b.constant(0))])
        place = {name: k for k, name in enumerate(names)}
        made = list(steps)
        for value in zeros:
            label = self.title(names[value])
            number = 0.0 if values.known else None
            note, part = self.reasons.zero(value), self.values.parts[value]
            made.append(Step("zero", label, names[value], nothing, number=number, notes=(note,), span=part))
        return sorted(made, key=lambda step: place[step.value], reverse=self.mode == "reverse")
