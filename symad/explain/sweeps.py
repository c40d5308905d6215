"""The sweeps of a derivation: for some seeds, a step for each adjoint or tangent, and what is said of all of them."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence

from symad.builder import Builder
from symad.derivatives.labels import derivative_label
from symad.derivatives.listing import Row
from symad.derivatives.source import Source
from symad.explain import words
from symad.explain.steps import Pass, Step
from symad.explain.values import Values
from symad.explain.walk import Walk, broken_off
from symad.numbers import whole


class Sweep(Walk):
    """Make the steps of one sweep, for some seeds."""

    def __init__(
        self, source: Source, values: Values, wrt: Sequence[str], mode: str, seeds: Mapping[str, float]
    ) -> None:
        self.wrt, self.seeds = wrt, seeds
        program = source.program
        self.combined = [*seeds.values()] != [1.0]
        taken = {*program.inputs, *program.outputs}
        letter = "s" if mode == "reverse" else "t"
        free = next(n for n in (letter, *(f"{letter}_{k}" for k in range(1, len(taken) + 2))) if n not in taken)
        super().__init__(source, values, mode, free if self.combined else next(iter(seeds)))

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
        rows = self.rows({value: self.listing.target.constant(weight) for value, weight in seeds.items()})
        steps = [self.step(row, float(seeds[row.value]) if row.value in seeds else None) for row in rows]
        results = self.results()
        failed = next((self.broken[label] for label in results.values() if label in self.broken), None)
        notes = [words.row_or_column(self.mode, self.of, self.seeds, self.combined)]
        if failed is not None:
            steps = broken_off(steps, failed.label)
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

    def seeded(self, row: Row) -> str:
        """Explain a seed."""
        return words.seeded(self.of, self.source.names[row.value], self.mode, self.combined)
