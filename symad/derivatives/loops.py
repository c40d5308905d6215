"""The derivatives of loops: loops again, whose bodies are derivatives of the body.

Forwards, the tangents of what is carried are carried too. Backwards, a loop runs from the last iteration to the first;
it takes in what the first loop carried into each iteration, computes the iteration again, and carries the adjoints of
what was carried; the adjoints of what was captured add up. Which of these are zero is what the body's dependence says;
if its derivative shows that something else is not, it is made once more, with all loops inside of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any, NamedTuple

from symad.builder import Builder
from symad.derivatives import forward, reverse
from symad.derivatives.cases import total
from symad.derivatives.primal import Primal
from symad.derivatives.structure import dependence, operand_places
from symad.loops import Body, Loop, looped, read_loop
from symad.operations import BODY, PROJECT
from symad.program import Program, unique

Seeds = Mapping[int, Sequence[int]]  # adjoints of a loop's results, by place


class Made(NamedTuple):
    """Hold a loop of a derivative, with its operands; `places` says which of its results is whose derivative."""

    body: Body
    operands: Sequence[int]
    places: Mapping[Any, int]


# forwards

Place = tuple[int, int]  # of a value, an input or a result, and the order of one of its coefficients: 1 of a tangent
Sweep = Callable[[Primal, Mapping[Place, int]], Mapping[Place, int]]
"""The coefficients of inputs in, those of values out; what is zero has none."""


def loop_tangents(start: Primal, value: int, seeds: Mapping[int, int]) -> dict[int, int]:
    """Give the tangents of a loop's results, by place, from those of its operands, by position."""
    given = {(position, 1): seed for position, seed in seeds.items()}
    return {place: v for (place, _), v in loop_coefficients(start, value, given, sweep_tangents, "dot_{0}").items()}


def sweep_tangents(start: Primal, seeds: Mapping[Place, int]) -> Mapping[Place, int]:
    """Give tangents as coefficients of order 1."""
    made = forward.tangents(start, {place: seed for (place, _), seed in seeds.items()})
    return {(value, 1): tangent for value, tangent in made.items()}


def loop_coefficients(
    start: Primal, value: int, seeds: Mapping[Place, int], sweep: Sweep, label: str
) -> dict[Place, int]:
    """Give the coefficients of a loop's results, by place, from those of its operands, by position.

    They are carried as what they belong to is; `label` makes their names, of a name and an order.
    """
    b = start.builder
    loop = read_loop(b.assignments, value)
    inputs = {position: k for k, position in operand_places(loop.body)}
    given = {(inputs[position], order): seed for (position, order), seed in seeds.items() if position in inputs}
    if not given:
        return {}
    made = coefficient_loop(b, start.program, loop, given, sweep, label).made()
    results = b.loop(made.body, made.operands)
    return {place: results[k] for place, k in made.places.items()}


def tangent_loop(b: Builder, program: Program, loop: Loop, given: Mapping[int, int]) -> Tangents:
    """Make the body that carries tangents along; `given` are those of the body's inputs, values outside."""
    return coefficient_loop(b, program, loop, {(k, 1): v for k, v in given.items()}, sweep_tangents, "dot_{0}")


def coefficient_loop(
    b: Builder, program: Program, loop: Loop, given: Mapping[Place, int], sweep: Sweep, label: str
) -> Tangents:
    """Make the body that carries coefficients along; `given` are those of the body's inputs, values outside."""
    body = loop.body
    carried = range(body.indexed, body.indexed + body.carried)
    inputs, orders = {k for k, _ in given}, {order for _, order in given}
    moved = [k for k, row in zip(carried, dependence(body), strict=False) if not row.isdisjoint(inputs)]
    given = {(k, order): b.constant(0) for k in moved for order in orders} | dict(given)
    while True:
        within = Tangents(b, program, loop, given, sweep, label)
        grown = within.next_carried() - given.keys()
        if not grown:
            return within
        given = given | dict.fromkeys(grown, b.constant(0))


class Tangents:
    """Hold the body of a loop and the coefficients of its results, in a builder of their own.

    `given` are the inputs that have some, with what these are outside; `found` are those of its outputs.
    """

    def __init__(
        self, b: Builder, program: Program, loop: Loop, given: Mapping[Place, int], sweep: Sweep, label: str
    ) -> None:
        self.b, self.loop, self.given, self.label = b, loop, given, label
        self.body = body = loop.body
        self.within = within = Builder(b.identities)
        names = body.program.inputs
        moving = sorted(given)
        labels = dict(zip(moving, unique([label.format(names[k], order) for k, order in moving], names), strict=True))
        made = {(k, n): within.input(labels[k, n] if n else names[k]) for k, n in self.order()}
        inputs = [made[k, 0] for k in range(len(names))]
        values = within.copy(body.program, inputs)
        self.results_of_body = results = [values[v] for v in body.program.results]
        chosen, places = [names[k] for k in self.moving], [inputs[k] for k in self.moving]
        primal = Primal(program, within, body.program.outputs, results, chosen, places)
        found = sweep(primal, {(inputs[k], n): made[k, n] for k, n in moving})
        orders = sorted({order for _, order in found})
        places_of = [(k, v, order) for k, v in enumerate(results) for order in orders]
        self.found = {(k, order): found[v, order] for k, v, order in places_of if (v, order) in found}

    @property
    def moving(self) -> Sequence[int]:
        """List the inputs of the old body that have coefficients."""
        return sorted({k for k, _ in self.given})

    def order(self) -> Iterable[Place]:
        """Give the inputs of the body that is made: those of the old one, of order 0, and their coefficients."""
        body = self.body
        ends = [0, body.indexed]
        for count in (body.carried, body.items, body.captured):
            ends.append(ends[-1] + count)
        for begin, end in pairwise(ends):
            yield from ((k, 0) for k in range(begin, end))
            yield from ((k, order) for k, order in sorted(self.given) if begin <= k < end)

    def next_carried(self) -> set[Place]:
        """Give the inputs, and orders, whose coefficients are not zero after an iteration."""
        first, body = self.body.conditional, self.body
        return {(k - first + body.indexed, n) for k, n in self.found if first <= k < first + body.carried}

    def made(self) -> Made:
        """Make the loop outside; its places are those of coefficients, by the results, and orders, that they are of."""
        loop, body, within = self.loop, self.body, self.within
        zero = within.constant(0)
        labels = body.program.outputs
        first, free = body.conditional, body.indexed + body.carried
        moving = [(k - body.indexed, order) for k, order in sorted(self.given) if body.indexed <= k < free]
        emitted = [(k, order) for k, order in self.found if k >= first + body.carried]
        outputs = [*zip(labels[: first + body.carried], self.results_of_body, strict=False)]
        for k, order in [*((first + j, order) for j, order in moving), *emitted]:
            outputs.append((self.label.format(labels[k], order), self.found.get((k, order), zero)))
        names = unique([name for name, _ in outputs], ())
        program = within.finish(zip(names, [v for _, v in outputs], strict=True))
        items = sum(free <= k < free + body.items for k, _ in self.given)
        made = Body(program, body.carried + len(moving), body.items + items, body.conditional, body.backward)
        operands = (*loop.carried, *loop.sequences, *loop.captured)
        inputs = [place for place in self.order() if place[0] >= body.indexed]
        given = [self.given[k, n] if n else operands[k - body.indexed] for k, n in inputs]
        places = {place: body.carried + n for n, place in enumerate(moving)}
        places |= {place: made.first_emitted + n for n, place in enumerate(emitted)}
        return Made(made, [*loop.bounds, *given], places)


# backwards


def loop_adjoints(start: Primal, value: int, seeds: Seeds) -> dict[int, int]:
    """Give the adjoints of a loop's operands, by position, from those of its results, by place.

    A carried value has one adjoint, a sequence any number of them, which add up.
    """
    b = start.builder
    loop = read_loop(b.assignments, value)

    def result(place: int) -> int:
        return b.make(PROJECT, value, b.constant(place))

    active = active_inputs(b, start.active, value)
    made = adjoint_loop(b, start.program, loop, result, active, seeds).made()
    results = b.loop(made.body, made.operands)
    return {position: results[k] for position, k in made.places.items()}


def adjoint_loop(
    b: Builder, program: Program, loop: Loop, result: Callable[[int], int], active: Sequence[int], seeds: Seeds
) -> Adjoints:
    """Make the body that carries adjoints back; `result` gives the loop's results outside, by place."""
    body = loop.body
    needed = frozenset[int]().union(*(dependence(body)[place] for place in seeds))
    carried = [j for j in range(body.carried) if j in seeds or body.indexed + j in needed.intersection(active)]
    while True:
        within = Adjoints(b, program, loop, result, active, carried, seeds)
        grown = [j for j in range(body.carried) if j not in carried and body.indexed + j in within.found]
        if not grown:
            return within
        carried = sorted((*carried, *grown))


def active_inputs(b: Builder, active: Sequence[int], value: int) -> list[int]:
    """List the inputs of a loop's body on which derivatives are wanted: with what is carried, what it depends on."""
    body = read_loop(b.assignments, value).body
    operands = b.assignments[value][1]
    found = {k for k, position in operand_places(body) if active[operands[position]]}
    rows = dependence(body)
    for j in range(body.carried):
        if any(k in found for k in rows[j]):
            found.add(body.indexed + j)
    return sorted(found)


class Adjoints:
    """Hold the body of a loop and the adjoints of its inputs, in a builder of their own.

    `carried` are the places of what is carried whose adjoints are not zero, `found` the adjoints of inputs.
    """

    def __init__(
        self,
        b: Builder,
        program: Program,
        loop: Loop,
        result: Callable[[int], int],
        active: Sequence[int],
        carried: Sequence[int],
        seeds: Seeds,
    ) -> None:
        self.b, self.loop, self.result, self.active, self.carried, self.seeds = b, loop, result, active, carried, seeds
        self.body = body = loop.body
        names = body.program.inputs
        free = body.indexed + body.carried
        self.within = within = Builder(b.identities)
        labels = [f"bar_{names[body.indexed + j]}" for j in carried]
        self.added = [k for k in active if k >= free + body.items]  # captured, their adjoints add up
        labels += [f"bar_{names[k]}" for k in self.added]
        self.streams = [k for k in seeds if k >= body.first_emitted for _ in seeds[k]]
        labels += [*names[body.indexed : free + body.items], *(f"bar_{body.program.outputs[k]}" for k in self.streams)]
        labels += names[free + body.items :]
        index = names[0] if body.indexed else "k"
        made = [within.input(name) for name in unique([index, *labels], ())]
        k, adjoints, self.sums, variables, emitted, captured = self.parted(made)
        inputs = [*k[: body.indexed], *variables, *captured]
        values = within.copy(body.program, inputs)
        results = [values[v] for v in body.program.results]
        self.adjoints = dict(zip(carried, adjoints, strict=True))
        incoming: dict[int, list[int]] = {}
        for j, adjoint in self.adjoints.items():
            incoming.setdefault(results[body.conditional + j], []).append(adjoint)
        for place, adjoint in zip(self.streams, emitted, strict=True):
            incoming.setdefault(results[place], []).append(adjoint)
        places = [inputs[k] for k in active]
        primal = Primal(program, within, body.program.outputs, results, [names[k] for k in active], places)
        seeded = {result: total(within, found) for result, found in incoming.items()}
        swept = reverse.adjoints(primal, seeded)
        self.found = {k: swept[inputs[k]] for k in active if inputs[k] in swept}

    def parted(self, inputs: Sequence[Any]) -> Iterator[Sequence[Any]]:
        """Part the inputs of the body that is made, or what is given for them, by what they are for.

        They are the index; the adjoints of what is carried; the sums of those of what is captured; what is carried and
        the items; the adjoints of what is emitted; what is captured.
        """
        body, rest = self.body, iter(inputs)
        ends = [1, len(self.carried), len(self.added), body.carried + body.items, len(self.streams), body.captured]
        return ([next(rest) for _ in range(end)] for end in ends)

    @property
    def emitted(self) -> Sequence[int]:
        """List the items that have adjoints, as inputs of the old body."""
        free = self.body.indexed + self.body.carried
        return [k for k in range(free, free + self.body.items) if k in self.found]

    def made(self) -> Made:
        """Make the loop that runs backwards; its places are those of adjoints, by the position of the operand."""
        b, loop, body, within = self.b, self.loop, self.body, self.within
        zero = within.constant(0)
        outside = b.constant(0)
        free = body.indexed + body.carried
        outputs = [self.found.get(body.indexed + j, zero) for j in self.carried]
        outputs += [
            within.make("add", total, self.found[k]) if k in self.found else total
            for k, total in zip(self.added, self.sums, strict=True)
        ]
        outputs += [self.found[k] for k in self.emitted]
        names = body.program.inputs
        labels = [f"bar_{names[k]}" for k in (*(body.indexed + j for j in self.carried), *self.added, *self.emitted)]
        histories = [self.result(history(body, j)) for j in range(body.carried)]
        streams = [v for place, found in self.seeds.items() if place >= body.first_emitted for v in found]
        sequences = [*histories, *loop.sequences, *streams]
        inits = [total(b, [*self.seeds[j]]) if j in self.seeds else outside for j in self.carried]
        inits += [outside] * len(self.added)
        bounds = loop.bounds or (b.constant(1), self.result(body.carried))
        program = within.finish(zip(unique(labels, ()), outputs, strict=True))
        made = Body(program, len(inits), len(sequences), backward=not body.backward)
        position = dict(operand_places(body))
        places = [*(body.indexed + j for j in self.carried), *self.added, *self.emitted]
        kept = [(k, place) for place, k in enumerate(places) if k in self.found or k < free]
        operands = [*bounds, *inits, *sequences, *loop.captured]
        return Made(made, operands, {position[k]: place for k, place in kept})


def history(body: Body, carried: int) -> int:
    """Give the place of the result that says what was carried into each iteration."""
    program = body.program
    first = body.conditional + body.carried
    return program.results.index(body.indexed + carried, first)


def remembering(program: Program) -> Program:
    """Make the loops of a program, and those in their bodies, emit all that they carry; its values keep their places.

    >>> from symad.parse import parse
    >>> f = remembering(parse("y = x; for k in 1..3 { y = sin(y) }; y"))
    >>> next(operands[0].program.outputs for operation, operands in f.assignments if operation == "body")
    ('y', 'each_y')
    """
    if not looped(program.assignments):
        return program
    made = [(kind, (with_histories(rest[0]),) if kind == BODY else rest) for kind, rest in program.assignments]
    return replace(program, assignments=tuple(made))


def with_histories(body: Body) -> Body:
    """Make a body emit what it carries."""
    program = remembering(body.program)
    known = program.results[body.conditional + body.carried :]
    missing = [k for k in range(body.indexed, body.indexed + body.carried) if k not in known]
    labels = unique([f"each_{program.inputs[k]}" for k in missing], program.outputs)
    outputs, results = (*program.outputs, *labels), (*program.results, *missing)
    return replace(body, program=replace(program, outputs=outputs, results=results))
