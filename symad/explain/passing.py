"""What loops pass on in a sweep: the row of a loop in, the loop that carries adjoints back or tangents along out.

Its body is that of the loop itself with a walk over it, so every iteration that is shown is a small derivation: what it
was given, the values, and the adjoints or tangents that these have. The numbers that it ends with are those of the
program that runs.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from symad.derivatives.cases import total
from symad.derivatives.listing import Row
from symad.derivatives.loops import Adjoints, Tangents
from symad.derivatives.source import Source
from symad.errors import EvaluationError
from symad.explain import loop_words
from symad.explain.blocks import SYMBOLS, histories, is_shown, located, over, scalars, spaced, title
from symad.explain.display import over_names
from symad.explain.running import Iteration, Ran, Recorder
from symad.explain.steps import Block, Round, Step
from symad.explain.values import Values
from symad.explain.walk import MISSING, Fault, Walk, broken_off
from symad.loops import described
from symad.program import Program, live, unique


class Passing(NamedTuple):
    """Hold the block of a loop in a sweep, and what is said of it."""

    block: Block
    notes: Sequence[str]


def passing(walk: Walk, row: Row, label: str, expression: Program) -> Passing:
    """Show the loop of a row; what it gives has a number in the walk from now on."""
    through = row.through
    assert through is not None
    still = walk.mode == "forward" and walk.needed(row) and walk.unmoved(row)
    ran, error = (None, None) if still or not walk.needed(row) else run(walk, expression)
    found: dict[str, Any] = {}
    if still:
        walk.still.add(row.value)
        found = dict.fromkeys(through.names.values(), 0.0)
    elif ran is not None and ran.results is not None:
        found = {name: ran.results[place] for place, name in through.names.items()}
    rounds, failed = shown(walk, row, ran)
    error = failed or error
    if error is not None:
        problem = "overflows" if "overflows" in error.reason else "is not defined"
        walk.broken |= dict.fromkeys((label, *through.names.values()), Fault(label, problem, error))
        found = {}
    walk.numbers |= found
    results = scalars([*found], [*found.values()])
    iterations = ran.iterations if ran is not None else 0 if still else None
    return Passing(Block(head(walk, row), rounds, results, iterations), [*notes(walk, row, ran, still)])


def run(walk: Walk, expression: Program) -> tuple[Ran | None, EvaluationError | None]:
    """Run the loop of an expression, with the numbers known so far."""
    evaluator = Recorder(expression, (), walk.values.iteration)
    result = expression.results[0]
    error: EvaluationError | None = None
    try:
        evaluator.compute(walk.known(expression), (0,), [None] * len(expression.assignments))
    except EvaluationError as found:
        error = found
    except TypeError:  # what is missing was needed
        if not any(number is MISSING for number in walk.known(expression)):
            raise
        return None, None
    return evaluator.ran.get(result), error


def shown(walk: Walk, row: Row, ran: Ran | None) -> tuple[tuple[Round, ...], EvaluationError | None]:
    """Show the body in symbols and some iterations; the error is that of the last one, where it fails."""
    assert row.through is not None
    within, source = row.through.within, walk.source
    symbols: list[Round] = []
    rounds: list[tuple[Iteration, Round]] = []
    if not walk.brief:
        inside = Inside(walk, within, None)
        symbols.append(Round(SYMBOLS, tuple(inside.made()), {}))
    if ran is None:
        return tuple(symbols), None
    error: EvaluationError | None = None
    for iteration in ran.shown() if is_shown(source) else ():
        if iteration.ends:
            continue
        inside = Inside(walk, within, iteration)
        steps = inside.made()
        rounds.append((iteration, Round(title(within.body, iteration), tuple(steps), inside.given)))
        if inside.failure is not None:
            error = located(inside.failure, within.body, iteration)
            break
    return (*symbols, *spaced(rounds, ran)), error


def head(walk: Walk, row: Row) -> str:
    """Write what the loop runs over, and what it begins with, by the names that adjoints and tangents have here."""
    target = walk.listing.target
    assert row.through is not None
    within = row.through.within
    loop = over_names(target.assignments, target.inputs, row.total)
    given = dict(zip(loop.body.program.inputs[loop.body.indexed :], loop.operands[len(loop.bounds) :], strict=True))
    line = next(described(loop)).partition(",")[0]
    names = dict(zip(given, own_names(walk, within), strict=True))
    begun = [f"{names[name]} = {text}" for name, text in given.items() if names[name]]
    return ", ".join([line, *begun])


def own_names(walk: Walk, within: Adjoints | Tangents) -> list[str]:
    """Name what the loop is given beside what the loop of the values was given too, which has no name here."""
    names, body = within.body.program.inputs, within.body
    if isinstance(within, Tangents):
        order = [(k, moves) for k, moves in within.order() if k >= body.indexed]
        return [walk.title(names[k]) if moves else "" for k, moves in order]
    carried = [walk.title(names[body.indexed + j]) for j in within.carried]
    added = [walk.title(names[k]) for k in within.added]
    blank = [""] * (body.carried + body.items)
    return [*carried, *added, *blank, *within_streams(walk, within), *[""] * body.captured]


def within_streams(walk: Walk, within: Adjoints) -> list[str]:
    """Name the adjoints of what a loop emits."""
    return [*unique([walk.title(within.body.program.outputs[place]) for place in within.streams], ())]


def notes(walk: Walk, row: Row, ran: Ran | None, still: bool) -> Iterator[str]:
    """Say what is handed on, what is saved, and how often the loop runs."""
    assert row.through is not None
    within, body = row.through.within, row.through.within.body
    names = body.program.inputs
    if still:
        yield loop_words.STILL
    if not walk.brief and isinstance(within, Adjoints):
        carried = [walk.title(names[body.indexed + j]) for j in within.carried]
        added = [walk.title(names[k]) for k in within.added if k in within.found]
        yield from loop_words.going_back(carried, added, saved(walk, row, within))
    elif not walk.brief and isinstance(within, Tangents):
        carried = [walk.title(names[k]) for k in within.moving if body.indexed <= k < body.indexed + body.carried]
        yield from loop_words.going_along(carried)
    if ran is not None and ran.results is not None:
        yield loop_words.runs(ran.iterations, over(body, ran))


def saved(walk: Walk, row: Row, within: Adjoints) -> Mapping[str, str]:
    """Name the histories that the loop takes in and needs, each with that of which it is one."""
    assert row.through is not None
    program, body = row.through.made.body.program, within.body
    marked = live(program.assignments, program.results)
    first = 1 + len(within.carried) + len(within.added)
    loop = over_names(walk.listing.target.assignments, walk.listing.target.inputs, row.total)
    needed = [j for j in range(body.carried) if marked[first + j]]
    return {str(loop.sequences[j]): body.program.inputs[body.indexed + j] for j in needed}


class Inside(Walk):
    """Walk over the body of a loop: in symbols, or in one iteration with its numbers.

    `given` are these numbers, by name.
    """

    def __init__(self, outer: Walk, within: Adjoints | Tangents, iteration: Iteration | None) -> None:
        self.within, self.body = within, within.body
        names = self.body.program.inputs
        chosen = within.active if isinstance(within, Adjoints) else [*within.moving]
        source = Source(self.body.program, [names[k] for k in chosen], outer.source.letters)
        self.seeds: dict[str, Any] = {}
        arguments = None if iteration is None else self.parted(outer, iteration.inputs)
        values = Values(source, arguments, outer.values.iteration, outer.values)
        super().__init__(source, values, outer.mode, outer.of, brief=iteration is not None)
        self.numbers |= self.seeds
        self.given = {name: x for name, x in self.numbers.items() if isinstance(x, (float, bool))}
        self.failure = values.failure

    def parted(self, outer: Walk, inputs: Sequence[Any]) -> list[Any]:
        """Part what an iteration was given: note the adjoints or tangents by name, and give the rest."""
        names, within = self.body.program.inputs, self.within
        if isinstance(within, Tangents):
            order = list(zip(within.order(), inputs, strict=True))
            self.seeds = {outer.title(names[k]): x for (k, moves), x in order if moves}
            return [x for _, x in sorted((k, x) for (k, moves), x in order if not moves)]
        k, adjoints, sums, variables, emitted, captured = within.parted(inputs)
        called = [name for name in own_names(outer, within) if name]
        self.seeds = dict(zip(called, (*adjoints, *sums, *emitted), strict=True))
        return [*k[: self.body.indexed], *variables, *captured]

    def made(self) -> list[Step]:
        """Make the steps of the body, then those of what is handed on; they end where one has no value."""
        target, results = self.listing.target, self.body.program.results
        names = self.body.program.inputs
        seeds: dict[int, list[str]] = {}
        if isinstance(self.within, Tangents):
            seeds = {k: [self.title(names[k])] for k in self.within.moving}
        else:
            for j in self.within.carried:
                result = results[self.body.conditional + j]
                seeds.setdefault(result, []).append(self.title(names[self.body.indexed + j]))
            for place, name in zip(self.within.streams, within_streams(self, self.within), strict=True):
                seeds.setdefault(results[place], []).append(name)
        made = {v: total(target, [self.listing.symbol(name) for name in found]) for v, found in seeds.items()}
        rows = self.rows(made)
        steps = [self.step(row, " + ".join(reversed(seeds[row.value])) if row.value in seeds else None) for row in rows]
        steps += [self.handed(label, name, value) for label, name, value in self.outputs()]
        handed = [step.label for step in steps if step.kind == "output"]
        broken = next((self.broken[label] for label in handed if label in self.broken), None)
        if broken is not None and self.failure is None:
            self.failure = broken.error
            return broken_off(steps, broken.label)
        return steps

    def outputs(self) -> Iterator[tuple[str, str, int]]:
        """Give what is handed on: its label, the value that it is about, and its derivative in the listing."""
        target, within, body = self.listing.target, self.within, self.body
        names, zero = body.program.inputs, target.constant(0)
        if isinstance(within, Tangents):
            hidden = histories(body)
            for k, (label, result) in enumerate(zip(body.program.outputs, body.program.results, strict=True)):
                moving = body.conditional <= k < body.conditional + body.carried
                carried = body.indexed + k - body.conditional
                wanted = carried in within.moving if moving else (k, 1) in within.found
                label = names[carried] if moving else label
                if wanted and body.program.outputs[k] not in hidden:
                    yield self.title(label), self.source.names[result], self.listing.derivatives.get(result, zero)
            return
        for k in (*(body.indexed + j for j in within.carried), *within.added, *within.emitted):
            made = self.listing.derivatives.get(k, zero)
            if k in within.added:
                if k not in within.found:
                    continue
                made = target.make("add", self.listing.symbol(self.title(names[k])), made)
            yield self.title(names[k]), self.source.names[k], made

    def handed(self, label: str, name: str, value: int) -> Step:
        """Make the step of what is handed on."""
        expression = self.excerpt(value)
        number = self.number(expression) if self.values.known else None
        if isinstance(number, str) or number is None:
            missing = [given for given in expression.inputs if given in self.broken]
            if missing:
                self.broken[label] = self.broken[missing[0]]
            number = None
        return Step("output", label, name, expression, number=number)

    def seeded(self, row: Row) -> str:
        """Explain a seed."""
        return loop_words.handed(self.source.names[row.value], self.mode)
