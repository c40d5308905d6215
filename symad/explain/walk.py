"""A walk over a program: the rows of a listing in, a step for each adjoint or tangent out.

A step is a row of the listing of the program as it was written. Its number is computed from its own expression and the
numbers of the steps before it, so what is shown is what is computed.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from symad.builder import Builder
from symad.derivatives.listing import Listing, Row
from symad.derivatives.listing import Term as Part
from symad.derivatives.source import Source, excerpt
from symad.errors import EvaluationError
from symad.evaluation import evaluate
from symad.explain import words
from symad.explain.display import plain, readable
from symad.explain.reasons import Reasons
from symad.explain.steps import Step, Term
from symad.explain.values import Values
from symad.loops import looped
from symad.needs import ALWAYS
from symad.operations import CALL, LOOP, PROJECT
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


class Walk:
    """Make the steps of one walk, for some seeds; `of` is what is differentiated or, forward, by what.

    `brief` says that the program is the body of a loop, in one iteration: what is said of its steps is said once.
    """

    def __init__(self, source: Source, values: Values, mode: str, of: str, *, brief: bool = False) -> None:
        self.source, self.values, self.mode, self.of, self.brief = source, values, mode, of, brief
        self.listing = Listing(source, Builder(), self.title, inline=True)
        self.numbers: dict[str, Any] = {**values.numbers, **values.implied()}
        self.short: dict[str, Program] = {}  # derivatives that are written out where they are used
        self.still: set[int] = (
            set()
        )  # values whose tangent is 0 at the point because nothing that they are made of moves
        self.broken: dict[str, Fault] = {}  # steps without a value

    def title(self, name: str) -> str:
        """Name the derivative that a sweep computes for a value."""
        of = f"({self.of})" if "/" in self.of else self.of
        return f"d{of}/d{name}" if self.mode == "reverse" else f"d{name}/d{of}"

    def rows(self, seeds: Mapping[int, int]) -> list[Row]:
        """Make the rows for some seeds, values of the listing's builder."""
        self.reasons = Reasons(self.source, self.values, self.mode, seeds, self.of, self.listing.derivatives)
        if not seeds:
            return []
        return list(self.listing.reverse(seeds) if self.mode == "reverse" else self.listing.forward(seeds))

    def step(self, row: Row, seed: float | str | None) -> Step:
        """Make the step of an adjoint or tangent; `seed` is what is added to its terms, a number or what stands for it.

        The label of a loop stands for the adjoints of all its results.
        """
        name = self.source.names[row.value]
        label = self.title(name)
        expression = self.excerpt(row.total)
        terms = () if self.brief else tuple(self.term(term) for term in row.terms)
        kind = "seed" if not row.terms else "adjoint" if self.mode == "reverse" else "tangent"
        part = self.values.parts[row.value]
        if row.through is not None:
            from symad.explain.passing import passing  # which walks over the body

            block = passing(self, row, label, expression)
            notes = [*block.notes, *self.notes(row, kind, seed)]
            step = Step(kind, label, name, expression, None, None, None, terms, (), part, "", block.block)
            idle = step.idle
        else:
            simplified = None if self.brief else self.simplified(label, expression)
            number = self.computed(row, label, expression)
            found = number if isinstance(number, (float, bool)) else None
            self.numbers[label] = number
            step = Step(kind, label, name, expression, simplified, found, seed, terms, (), part)
            notes, idle = self.notes(row, kind, seed), number is None
        state = "skipped" if self.values.known and idle else ""
        if label in self.broken:
            notes.append(words.undefined(label, *self.broken[label][:2]))
        elif state:
            notes.append(words.passed_over(name, self.of, self.mode))
        return replace(step, notes=tuple(notes), state=state)

    def needed(self, row: Row) -> bool:
        """Tell whether the value of a row is needed at the point."""
        if not self.values.known or self.values.numbers.get(self.source.names[row.value]) is None:
            return False
        return row.condition == ALWAYS or self.number(self.excerpt(row.condition)) is not False

    def computed(self, row: Row, label: str, expression: Program) -> Any:
        """Compute a row where its value is needed; what has no value there is noted as broken."""
        if not self.needed(row):
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

    def known(self, expression: Program) -> list[Any]:
        """Give the numbers that an expression works on."""
        found = [self.numbers.get(name) for name in expression.inputs]
        return [MISSING if number is None else number for number in found]

    def unmoved(self, row: Row) -> bool:
        """Tell whether a value does not move at the point: no operand does, or those of the branch taken do not."""
        operation, operands = self.source.program.assignments[row.value]
        moving = [t.position for t in row.terms if operands[t.position] not in self.still]
        if operation == "select":
            moving = [k for k in moving if k == (1 if self.values.computed[operands[0]] else 2)]
        return bool(row.terms) and not moving

    def excerpt(self, value: int) -> Program:
        """Make the program of one value of the listing."""
        return excerpt(self.listing.target.assignments, self.listing.target.inputs, value)

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
        """Say of which operation's rule a term is made; that a loop passes on has none."""
        names, assignments = self.source.names, self.source.program.assignments
        operation, operands = assignments[term.user]
        user, name = names[term.user], names[operands[term.position]]
        factor = self.title(user if self.mode == "reverse" else name)
        ratio = f"d{user}/d{name}"
        partial = self.excerpt(term.partial)
        if operation == LOOP:
            body = self.source.body(term.user)
            inside = body.program.inputs[term.position - 1 - body.indexed]
            place = f"as {inside}" if operands.count(operands[term.position]) > 1 else ""
            return Term(user, name, place, factor, ratio, "", partial, None)
        if operation == PROJECT:
            return Term(user, name, "", factor, ratio, "", partial, 1.0 if self.values.known else None)
        place = words.PLACES[term.position] if operands.count(operands[term.position]) > 1 else ""
        number = self.number(partial) if self.values.numbers.get(user) is not None else None
        rule = self.rule(term.user, term.position)
        return Term(user, name, place, factor, ratio, rule, partial, None if isinstance(number, str) else number)

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

    def number(self, expression: Program) -> Any:
        """Compute an expression from earlier numbers; None where one is missing, words where it has no value.

        What only picks a sequence is that sequence.
        """
        arguments = self.known(expression)
        try:
            found = evaluate(expression, arguments)[expression.results[0]]
        except EvaluationError as error:
            return "overflows" if "overflows" in error.reason else "is not defined"
        except TypeError:  # what is missing was needed
            if not any(number is MISSING for number in arguments):
                raise
            return None
        if found is MISSING or isinstance(found, list) or math.isfinite(found):
            return None if found is MISSING else found
        return "overflows" if math.isinf(found) else "is not defined"

    def notes(self, row: Row, kind: str, seed: float | str | None) -> list[str]:
        """Explain a step in words; in an iteration only what is true of it alone."""
        if self.brief:
            return [*self.reasons.at_point(row, self.mode)]
        if kind == "seed":
            return [self.seeded(row)]
        if self.mode == "forward":
            return [*self.reasons.fixed(row.value), *self.reasons.at_point(row, self.mode)]
        return self.reasons.used(row, seed is not None, row.condition == ALWAYS)

    def seeded(self, row: Row) -> str:
        """Explain a seed."""
        raise NotImplementedError


def broken_off(steps: Sequence[Step], label: str) -> list[Step]:
    """Give steps up to the one that has no value."""
    end = next(k for k, step in enumerate(steps) if step.label == label)
    return [*steps[:end], replace(steps[end], state="failed")]
