"""The sweeps of a derivation: for some seeds, a step for each adjoint or tangent.

A step is a row of the listing of the program as it was written. Its number is computed from its own expression and the
numbers of the steps before it, so what is shown is what is computed.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from operator import itemgetter
from typing import Any

from symad.builder import Builder
from symad.derivatives.listing import Listing, Row, Source
from symad.derivatives.listing import Term as Part
from symad.derivatives.reverse import derivative_label
from symad.errors import EvaluationError
from symad.explain import words
from symad.explain.display import plain, readable
from symad.explain.steps import Number, Pass, Step, Term
from symad.explain.values import Values
from symad.operations import BOOLEAN, NUMBERS
from symad.program import Program, evaluate
from symad.simplify import identities

SHORT = 8  # operations of a derivative that is written out where it is used


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

    def title(self, name: str) -> str:
        """Name the derivative that a sweep computes for a value."""
        return f"d{self.of}/d{name}" if self.mode == "reverse" else f"d{name}/d{self.of}"

    def run(self) -> Pass:
        """Walk through the listing."""
        source, program = self.source, self.source.program
        weights: dict[int, float] = {}
        places = dict(zip(program.inputs, range(len(program.inputs)), strict=True))
        spots = places if self.mode == "forward" else dict(zip(program.outputs, program.results, strict=True))
        for name, weight in self.seeds.items():
            weights[spots[name]] = weights.get(spots[name], 0.0) + weight
        whole = {v: int(w) if w.is_integer() and abs(w) < 2**53 else w for v, w in weights.items()}
        sweep = self.listing.reverse(whole) if self.mode == "reverse" else self.listing.forward(whole)
        steps: list[Step] = []
        rows = {}
        for row in sweep:
            rows[row.value] = row
            step = self.step(row, whole)
            steps.append(step)
            if self.values.failure is not None:
                break
        if self.values.failure is None:
            steps = self.with_zeros(steps, rows)
        notes = [words.row_or_column(self.mode, self.of, self.seeds, self.combined)]
        if self.values.failure is None:
            told = {step.value for step in steps}
            rest = [source.names[v] for v in self.values.moving if source.names[v] not in told]
            notes += [words.left_out(self.mode, rest, self.of)] if rest else []
        return Pass(self.mode, self.of, dict(self.seeds), tuple(steps), self.results(), tuple(notes))

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
        terms = tuple(self.term(row.value, term) for term in row.terms)
        number = self.number(label, expression, row.value)
        self.numbers[label] = number
        seed = float(seeds[row.value]) if row.value in seeds else None
        kind = "seed" if not terms else "adjoint" if self.mode == "reverse" else "tangent"
        notes = self.notes(row, kind, seed)
        failed = self.values.failure is not None
        if number is None and self.values.known and not failed:
            notes.append(words.not_computed(name))
        return Step(kind, label, name, expression, simplified, number, seed, terms, tuple(notes), failed=failed)

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

    def term(self, value: int, term: Part) -> Term:
        """Say of which operation's rule a term is made."""
        names, assignments = self.source.names, self.source.program.assignments
        operation, operands = assignments[term.user]
        operand = operands[term.position]
        user, name = names[term.user], names[operand]
        places = [k for k, v in enumerate(operands) if v == operand]
        place = words.PLACES[term.position] if len(places) > 1 else ""
        factor = self.title(user if self.mode == "reverse" else name)
        partial = self.excerpt(term.partial)
        try:
            number = self.number("", partial, term.user)
        except EvaluationError:
            number = None
        rule = words.quoted(operation, term.position)
        return Term(user, name, place, factor, f"d{user}/d{name}", rule, partial, number)

    def number(self, label: str, expression: Program, value: int) -> Number | None:
        """Compute an expression from the numbers of earlier steps; where it has no value, the derivation ends."""
        values = self.values
        if not values.known or values.numbers.get(self.source.names[value]) is None:
            return None
        arguments: list[Any] = [self.numbers.get(name) for name in expression.inputs]
        try:
            found: Number = evaluate(expression, arguments)[expression.results[0]]
            if math.isfinite(found):
                return found
            reason = "overflows" if math.isinf(found) else "is not defined"
        except EvaluationError as error:
            reason = "overflows" if "overflows" in error.reason else "is not defined"
        if not label:
            return None
        where = ", ".join(f"{n} = {x}" for n, x in zip(expression.inputs, arguments, strict=True) if x is not None)
        values.failure = EvaluationError(f"{label} = {plain(expression)} {reason}{' at ' if where else ''}{where}")
        return None

    def notes(self, row: Row, kind: str, seed: float | None) -> list[str]:
        """Explain a step in words."""
        names = self.source.names
        name = names[row.value]
        if kind == "seed":
            return [words.seeded(self.of, name, self.mode, self.combined)]
        if self.mode == "forward":
            return []
        users = [names[term.user] for term in row.terms]
        idle, flat = self.others(row.value, {term.user for term in row.terms})
        return words.used(name, users, idle, flat, self.of, seed is not None, row.always)

    def others(self, value: int, parents: set[int]) -> tuple[list[str], list[str]]:
        """Name the users of a value that pass nothing on: those that do not reach the result, and flat ones."""
        names, derivatives = self.source.names, self.listing.derivatives
        users = [v for v in self.values.users[value] if v not in parents]
        numeric = [v for v in users if self.source.program.assignments[v][0] not in BOOLEAN]
        return [names[v] for v in numeric if v not in derivatives], [names[v] for v in numeric if v in derivatives]

    def with_zeros(self, steps: list[Step], rows: Mapping[int, Row]) -> list[Step]:
        """Add a step for each derivative that is zero, of what was asked for and of what no output needs."""
        source, values = self.source, self.values
        names, assignments = source.names, source.program.assignments
        wanted = source.places if self.mode == "reverse" else [*source.program.results, *source.places]
        idle = [v for v in values.moving if v in values.idle]
        zeros = [v for v in dict.fromkeys([*wanted, *idle]) if v not in rows and assignments[v][0] not in NUMBERS]
        b = Builder()
        nothing = b.finish([("value", b.constant(0))])
        made = []
        for value in zeros:
            if self.mode == "reverse":
                _, flat = self.others(value, set())
                note = words.zero(names[value], [names[v] for v in values.users[value]], flat, self.of)
            else:
                note = words.unmoved(names[value], self.of)
            label = self.title(names[value])
            number = 0.0 if values.known else None
            made.append((value, Step("zero", label, names[value], nothing, number=number, notes=(note,))))
        made += zip(rows, steps, strict=True)
        return [step for _, step in sorted(made, key=itemgetter(0), reverse=self.mode == "reverse")]
