"""The derivatives of loops: loops again, whose bodies are derivatives of the body.

Forwards, the tangents of what is carried are carried too. Backwards, a loop runs from the last iteration to the first;
it takes in what the first loop carried into each iteration, computes the iteration again, and carries the adjoints of
what was carried; the adjoints of what was captured add up. Which of these are zero is what the body's dependence says;
if its derivative shows that something else is not, it is made once more, with all loops inside of it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from symad.builder import Builder
from symad.derivatives import forward, reverse
from symad.derivatives.cases import total
from symad.derivatives.primal import Primal
from symad.derivatives.structure import dependence, operand_places
from symad.loops import Body, Loop, read_loop
from symad.operations import PROJECT
from symad.program import unique

Seeds = Mapping[int, Sequence[int]]  # adjoints of a loop's results, by place


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
    body = loop.body
    inputs = {position: k for k, position in operand_places(body)}
    given = {(inputs[position], order): seed for (position, order), seed in seeds.items() if position in inputs}
    if not given:
        return {}
    carried = range(body.indexed, body.indexed + body.carried)
    moved = {k for k, _ in given}
    moved = {k for k, row in zip(carried, dependence(body), strict=False) if not row.isdisjoint(moved)}
    given = {(k, order): b.constant(0) for k in moved for order in {n for _, n in given}} | given
    while True:
        within = Tangents(start, body, given, sweep, label)
        grown = within.next_carried() - given.keys()
        if not grown:
            return within.results(loop)
        given |= dict.fromkeys(grown, b.constant(0))


class Tangents:
    """Hold the body of a loop and the coefficients of its results, in a builder of their own.

    `given` are the inputs that have some, with what these are outside; `made` are those of its outputs.
    """

    def __init__(self, start: Primal, body: Body, given: Mapping[Place, int], sweep: Sweep, label: str) -> None:
        self.start, self.body, self.given, self.label = start, body, given, label
        self.within = within = Builder(start.builder.identities)
        names = body.program.inputs
        ends = [body.indexed, body.indexed + body.carried, body.indexed + body.carried + body.items, len(names)]
        moving = sorted(given)
        labels = dict(zip(moving, unique([label.format(names[k], order) for k, order in moving], names), strict=True))
        places: dict[int, int] = {}
        seeds: dict[Place, int] = {}
        for begin, end in zip([0, *ends], ends, strict=False):
            places |= {k: within.input(names[k]) for k in range(begin, end)}
            seeds |= {(places[k], n): within.input(labels[k, n]) for k, n in moving if begin <= k < end}
        inputs = [places[k] for k in range(len(names))]
        values = within.copy(body.program, inputs)
        self.results_of_body = [values[v] for v in body.program.results]
        chosen = {names[k]: places[k] for k, _ in moving}
        primal = Primal(
            start.program, within, body.program.outputs, self.results_of_body, [*chosen], [*chosen.values()]
        )
        found = sweep(primal, seeds)
        orders = sorted({order for _, order in found})
        self.made = {
            (k, order): found[v, order]
            for k, v in enumerate(self.results_of_body)
            for order in orders
            if (v, order) in found
        }

    def next_carried(self) -> set[Place]:
        """Give the inputs, and orders, whose coefficients are not zero after an iteration."""
        first, body = self.body.conditional, self.body
        return {(k - first + body.indexed, n) for k, n in self.made if first <= k < first + body.carried}

    def results(self, loop: Loop) -> dict[Place, int]:
        """Make the loop outside; give the coefficients of its results."""
        b, body, within = self.start.builder, self.body, self.within
        zero = within.constant(0)
        labels = body.program.outputs
        first, free = body.conditional, body.indexed + body.carried
        moving = [(k - body.indexed, order) for k, order in sorted(self.given) if body.indexed <= k < free]
        emitted = [(k, order) for k, order in self.made if k >= first + body.carried]
        outputs = [*zip(labels[: first + body.carried], self.results_of_body, strict=False)]
        for k, order in [*((first + j, order) for j, order in moving), *emitted]:
            outputs.append((self.label.format(labels[k], order), self.made.get((k, order), zero)))
        names = unique([name for name, _ in outputs], ())
        program = within.finish(zip(names, [v for _, v in outputs], strict=True))
        items = sum(free <= k < free + body.items for k, _ in self.given)
        made = Body(program, body.carried + len(moving), body.items + items, body.conditional, body.backward)
        given: list[int] = [*loop.bounds]
        begin = body.indexed
        for operands in (loop.carried, loop.sequences, loop.captured):
            end = begin + len(operands)
            given += [*operands, *(self.given[k, order] for k, order in sorted(self.given) if begin <= k < end)]
            begin = end
        results = b.loop(made, given)
        found = {place: results[body.carried + n] for n, place in enumerate(moving)}
        return found | {place: results[made.first_emitted + n] for n, place in enumerate(emitted)}


# backwards


def loop_adjoints(start: Primal, value: int, seeds: Seeds) -> dict[int, int]:
    """Give the adjoints of a loop's operands, by position, from those of its results, by place.

    A carried value has one adjoint, a sequence any number of them, which add up.
    """
    loop = read_loop(start.builder.assignments, value)
    body = loop.body
    active = active_inputs(start, value, body)
    needed = frozenset[int]().union(*(dependence(body)[place] for place in seeds))
    carried = [j for j in range(body.carried) if j in seeds or body.indexed + j in needed.intersection(active)]
    while True:
        within = Adjoints(start, value, active, carried, seeds)
        grown = [j for j in range(body.carried) if j not in carried and body.indexed + j in within.found]
        if not grown:
            return within.results()
        carried = sorted((*carried, *grown))


def active_inputs(start: Primal, value: int, body: Body) -> list[int]:
    """List the inputs of a loop's body on which derivatives are wanted: with what is carried, what it depends on."""
    operands = start.builder.assignments[value][1]
    found = {k for k, position in operand_places(body) if start.active[operands[position]]}
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
        start: Primal,
        value: int,
        active: Sequence[int],
        carried: Sequence[int],
        seeds: Mapping[int, Sequence[int]],
    ) -> None:
        b = start.builder
        self.start, self.value, self.carried, self.seeds = start, value, carried, seeds
        self.loop = read_loop(b.assignments, value)
        self.body = body = self.loop.body
        names = body.program.inputs
        free = body.indexed + body.carried
        self.within = within = Builder(b.identities)
        labels = [f"bar_{names[body.indexed + j]}" for j in carried]
        self.added = [k for k in active if k >= free + body.items]  # captured, their adjoints add up
        labels += [f"bar_{names[k]}" for k in self.added]
        streams = [k for k in seeds if k >= body.first_emitted for _ in seeds[k]]
        labels += [*names[body.indexed : free + body.items], *(f"bar_{body.program.outputs[k]}" for k in streams)]
        labels += names[free + body.items :]
        index = names[0] if body.indexed else "k"
        made = [within.input(name) for name in unique([index, *labels], ())]
        ends = [1, len(carried), len(self.added), body.carried + body.items, len(streams), body.captured]
        parts = iter(made)
        k, adjoints, self.sums, variables, emitted, captured = ([next(parts) for _ in range(end)] for end in ends)
        inputs = [*k[: body.indexed], *variables, *captured]
        values = within.copy(body.program, inputs)
        results = [values[v] for v in body.program.results]
        self.adjoints = dict(zip(carried, adjoints, strict=True))
        incoming: dict[int, list[int]] = {}
        for j, adjoint in self.adjoints.items():
            incoming.setdefault(results[body.conditional + j], []).append(adjoint)
        for place, adjoint in zip(streams, emitted, strict=True):
            incoming.setdefault(results[place], []).append(adjoint)
        places = [inputs[k] for k in active]
        primal = Primal(start.program, within, body.program.outputs, results, [names[k] for k in active], places)
        seeded = {result: total(within, found) for result, found in incoming.items()}
        swept = reverse.adjoints(primal, seeded)
        self.found = {k: swept[inputs[k]] for k in active if inputs[k] in swept}

    def results(self) -> dict[int, int]:
        """Make the loop that runs backwards; give the adjoints of the operands, by position."""
        b, loop, body, within = self.start.builder, self.loop, self.body, self.within
        zero = within.constant(0)
        outside = b.constant(0)
        free = body.indexed + body.carried
        outputs = [self.found.get(body.indexed + j, zero) for j in self.carried]
        outputs += [
            within.make("add", total, self.found[k]) if k in self.found else total
            for k, total in zip(self.added, self.sums, strict=True)
        ]
        emitted = [k for k in range(free, free + body.items) if k in self.found]
        outputs += [self.found[k] for k in emitted]
        names = body.program.inputs
        labels = [f"bar_{names[k]}" for k in (*(body.indexed + j for j in self.carried), *self.added, *emitted)]
        histories = [self.result(history(body, j)) for j in range(body.carried)]
        streams = [v for place, found in self.seeds.items() if place >= body.first_emitted for v in found]
        sequences = [*histories, *loop.sequences, *streams]
        inits = [total(b, [*self.seeds[j]]) if j in self.seeds else outside for j in self.carried]
        inits += [outside] * len(self.added)
        bounds = loop.bounds or (b.constant(1), self.result(body.carried))
        program = within.finish(zip(unique(labels, ()), outputs, strict=True))
        made = Body(program, len(inits), len(sequences), backward=not body.backward)
        results = b.loop(made, [*bounds, *inits, *sequences, *loop.captured])
        position = dict(operand_places(body))
        places = [*(body.indexed + j for j in self.carried), *self.added, *emitted]
        return {position[k]: result for k, result in zip(places, results, strict=True) if k in self.found or k < free}

    def result(self, place: int) -> int:
        """Give one of the results of the loop."""
        b = self.start.builder
        return b.make(PROJECT, self.value, b.constant(place))


def history(body: Body, carried: int) -> int:
    """Give the place of the result that says what was carried into each iteration."""
    program = body.program
    first = body.conditional + body.carried
    return program.results.index(body.indexed + carried, first)
