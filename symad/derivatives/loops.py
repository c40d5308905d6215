"""The derivatives of loops: loops again, whose bodies are derivatives of the body.

Forwards, the tangents of what is carried are carried too. Backwards, a loop runs from the last iteration to the first;
it takes in what the first loop carried into each iteration, computes the iteration again, and carries the adjoints of
what was carried; the adjoints of what was captured add up. Which of these are zero is what the body's dependence says;
if its derivative shows that something else is not, it is made once more, with all loops inside of it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

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


def loop_tangents(start: Primal, value: int, seeds: Mapping[int, int]) -> dict[int, int]:
    """Give the tangents of a loop's results, by place, from those of its operands, by position."""
    b = start.builder
    loop = read_loop(b.assignments, value)
    body = loop.body
    given = {k: seeds[position] for k, position in operand_places(body) if position in seeds}
    if not given:
        return {}
    carried = range(body.indexed, body.indexed + body.carried)
    moved = [k for k, row in zip(carried, dependence(body), strict=False) if not row.isdisjoint(given)]
    given |= {k: b.constant(0) for k in moved if k not in given}
    while True:
        within = Tangents(start, body, given)
        grown = [k for k, v in zip(carried, within.next_carried(), strict=True) if v is not None and k not in given]
        if not grown:
            return within.results(loop)
        given |= dict.fromkeys(grown, b.constant(0))


class Tangents:
    """Hold the body of a loop and the tangents of its results, in a builder of their own.

    `given` are the inputs that have tangents, with what these are outside.
    """

    def __init__(self, start: Primal, body: Body, given: Mapping[int, int]) -> None:
        self.start, self.body, self.given = start, body, given
        self.within = within = Builder(start.builder.identities)
        names = body.program.inputs
        ends = [body.indexed, body.indexed + body.carried, body.indexed + body.carried + body.items, len(names)]
        dotted = dict(zip(given, unique([f"dot_{names[k]}" for k in given], names), strict=True))
        self.inputs: dict[int, int] = {}
        tangents: dict[int, int] = {}
        for begin, end in zip([0, *ends], ends, strict=False):
            self.inputs |= {k: within.input(names[k]) for k in range(begin, end)}
            tangents |= {k: within.input(dotted[k]) for k in range(begin, end) if k in given}
        inputs = [self.inputs[k] for k in range(len(names))]
        values = within.copy(body.program, inputs)
        self.results_of_body = [values[v] for v in body.program.results]
        chosen = [names[k] for k in tangents]
        places = [self.inputs[k] for k in tangents]
        primal = Primal(start.program, within, body.program.outputs, self.results_of_body, chosen, places)
        made = forward.tangents(primal, {self.inputs[k]: tangent for k, tangent in tangents.items()})
        self.tangents = [made.get(v) for v in self.results_of_body]

    def next_carried(self) -> Sequence[int | None]:
        """Give the tangents of what is carried on."""
        first = self.body.conditional
        return self.tangents[first : first + self.body.carried]

    def results(self, loop: Loop) -> dict[int, int]:
        """Make the loop outside; give the tangents of its results."""
        b, body, within = self.start.builder, self.body, self.within
        zero = within.constant(0)
        labels = body.program.outputs
        first = body.conditional
        moving = [j for j in range(body.carried) if body.indexed + j in self.given]
        emitted = [k for k in range(first + body.carried, len(labels)) if self.tangents[k] is not None]
        outputs = [*zip(labels[: first + body.carried], self.results_of_body, strict=False)]
        for k in [*(first + j for j in moving), *emitted]:
            tangent = self.tangents[k]
            outputs.append((f"dot_{labels[k]}", zero if tangent is None else tangent))
        names = unique([name for name, _ in outputs], ())
        program = within.finish(zip(names, [v for _, v in outputs], strict=True))
        dotted = [k for k in self.given if body.indexed + body.carried <= k < body.indexed + body.carried + body.items]
        made = Body(program, body.carried + len(moving), body.items + len(dotted), body.conditional, body.backward)
        given: list[int] = [*loop.bounds]
        operands = (*loop.carried, *loop.sequences, *loop.captured)
        counts = (body.carried, body.items, body.captured)
        begin = 0
        for count in counts:
            places = range(begin, begin + count)
            given += [operands[k] for k in places]
            given += [self.given[k + body.indexed] for k in places if k + body.indexed in self.given]
            begin += count
        results = b.loop(made, given)
        found = {j: results[body.carried + n] for n, j in enumerate(moving)}
        return found | {k: results[made.first_emitted + n] for n, k in enumerate(emitted)}


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
