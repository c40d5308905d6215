"""The computational graph of a derivation: Explanation in; values, the uses between them and their layout out.

A node is a value with its derivative, an edge the use of an operand with the partial derivative of that use. The views
(SVG, DOT, Mermaid, the page) only read this.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice

from symad.derivatives.source import value_names
from symad.drawing import cut
from symad.errors import NamingError, closest
from symad.explain.cards import NARROW, card_size, label_size
from symad.explain.display import plain, readable, symbols
from symad.explain.layers import MARGIN, Point, labelled, placed, routes
from symad.explain.steps import Explanation, Number, Pass, Step, Term
from symad.numbers import approximate
from symad.parse import assigned

LARGE = 150  # values: a picture of more is no longer read
PART = 60  # columns of the part of the formula that a value is: all together may be as long as its square


@dataclass(frozen=True, slots=True)
class Node:
    """Hold a value: the assignment that makes it, its number, its derivative, and the part of the formula that it is.

    `kind` is input, operation or loop, or output where an operation makes an output; `outputs` are those that it is.
    `derivative` is the label of the derivative, empty where the pass has none; `formula` is what that is, in symbols,
    of a loop nothing.
    `state` is failed for the value at which the derivation ended, skipped for one that is not computed at the point.
    `body` holds the assignments that a loop makes in each iteration.
    """

    name: str
    kind: str
    assignment: str
    number: Number | None
    derivative: str
    formula: str
    slope: Number | None
    outputs: tuple[str, ...]
    part: str
    state: str
    body: tuple[str, ...] = ()

    @property
    def line(self) -> str:
        """Write the assignment; a number that is an output as it stands has no name."""
        return self.name if self.name == self.assignment else f"{self.name} = {self.assignment}"


@dataclass(frozen=True, slots=True)
class Edge:
    """Hold the use of a value: its partial derivatives, one for each place at which the user has the operand.

    An idle edge carries no derivative: a condition, a partial derivative that is 0, a branch that is not taken. One
    that only happens to be 0 at the point is written at its edge all the same.
    """

    operand: str
    user: str
    partials: tuple[tuple[str, Number | None], ...]
    idle: bool

    @property
    def labelled(self) -> bool:
        """Tell whether the partial derivative stands at the edge."""
        return bool(self.partials) and (not self.idle or bool(self.numbers))

    @property
    def symbols(self) -> str:
        """Write the partial derivative; several of one edge add up."""
        texts = [text for text, _ in self.partials]
        if len(texts) > 1:
            texts = [f"({text})" if text.startswith(("-", "if ")) else text for text in texts]
        return " + ".join(texts)

    @property
    def numbers(self) -> str:
        """Write the number of the partial derivative, nothing where it has none."""
        numbers = [number for _, number in self.partials if number is not None]
        if len(numbers) < len(self.partials):
            return ""
        texts = [approximate(number) for number in numbers]
        return " + ".join(f"({text})" if text.startswith("-") and len(texts) > 1 else text for text in texts)


@dataclass(frozen=True, slots=True)
class Graph:
    """Hold the values and uses of a program, in its order; `of` names what is differentiated or, forward, by what.

    `left_out` counts the values that are not in a part of a graph, `sweeps` those of the derivation: one is shown.
    `names` are other names of values: of inputs and outputs, and those that the text of the formula gives.
    `room` is how many columns a card has at least, where its derivative is going to be that of another sweep.
    """

    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    mode: str
    of: str
    left_out: int = 0
    sweeps: int = 1
    room: int = NARROW
    names: Mapping[str, str] = field(default_factory=dict)

    @property
    def bodies(self) -> Sequence[str]:
        """Say what loops do, for a picture whose cards have no room for that."""
        return [f"{node.name}, in each iteration: {'; '.join(node.body)}" for node in self.nodes if node.body]

    @property
    def caption(self) -> str:
        """Say what the picture does not show."""
        notes = []
        if self.left_out:
            notes.append(f"{self.left_out} more {'values are' if self.left_out > 1 else 'value is'} not shown")
        if self.sweeps > 1:
            notes.append(f"the derivatives are those of the sweep for {self.of}, one of {self.sweeps}")
        return "; ".join(notes)


@dataclass(frozen=True, slots=True)
class Layout:
    """Hold the centre of every card, the size of all cards, the route and the label's place of every edge.

    A route is a curve from its first point to its second, a straight line to the third, a curve again, and so on.
    """

    card: Point
    cards: Mapping[str, Point]
    routes: Mapping[tuple[str, str], Sequence[Point]]
    labels: Mapping[tuple[str, str], Point]
    width: float
    height: float


def graph(explanation: Explanation, which: int = 0) -> Graph:
    """Make the graph of a derivation, with the derivatives of one of its passes.

    >>> from symad.explain.derivation import explain
    >>> from symad.parse import parse
    >>> made = graph(explain(parse("z = x1*x2 + sin(x1)"), at={"x1": 2, "x2": 3}))
    >>> node, edge = made.nodes[2], made.edges[0]
    >>> node.name, node.assignment, node.number, node.derivative, node.slope, node.part
    ('w3', 'w1*w2', 6.0, 'dz/dw3', 1.0, 'x1*x2')
    >>> edge.operand, edge.user, edge.symbols, edge.numbers
    ('w1', 'w3', 'w2', '3')
    """
    sweep = explanation.passes[which] if explanation.passes else None
    values = [step for step in explanation.values if step.kind != "output"]
    named = {step.value for step in values}
    outputs = defaultdict(list)
    for step in explanation.values:
        if step.kind == "output":
            outputs[step.value].append(step.label)
            if step.value not in named:  # a number: no assignment makes it
                named.add(step.value)
                values.append(step)
    derivatives = {step.value: step for step in sweep.steps} if sweep else {}
    failed = ""
    if explanation.failure is not None and which >= len(explanation.passes) - 1:
        failed = [*values, *(sweep.steps if sweep else ())][-1].value
    text, known = explanation.program.text, explanation.point is not None
    nodes = []
    for step in values:
        state = "failed" if step.value == failed else "skipped" if known and step.idle else ""
        nodes.append(node(step, derivatives.get(step.value), tuple(outputs[step.value]), text, state))
    skipped = {node.name for node in nodes if node.state == "skipped"}
    edges = tuple(uses(values, sweep, explanation.mode, skipped, bool(failed)))
    of, sweeps = sweep.of if sweep else "", len(explanation.passes)
    return Graph(tuple(nodes), edges, explanation.mode, of, sweeps=sweeps, names=names_of(explanation))


def names_of(explanation: Explanation) -> dict[str, str]:
    """Map the names that a user knows values by to their own: of inputs, of outputs, and of what the text assigns.

    >>> from symad.explain.derivation import explain
    >>> from symad.parse import parse
    >>> names_of(explain(parse("u = x^2; f = sin(u) + u")))
    {'x': 'w1', 'f': 'w4', 'u': 'w2'}
    """
    steps = explanation.values
    known = {step.expression.inputs[0]: step.value for step in steps if step.kind == "input"}
    known |= {step.label: step.value for step in steps if step.kind == "output"}
    own = value_names(explanation.program)
    made = {step.value for step in steps}
    given = {name: own[value] for name, value in assigned(explanation.program).items() if own[value] in made}
    return known | {name: value for name, value in given.items() if name not in known}


def node(step: Step, derivative: Step | None, outputs: tuple[str, ...], text: str, state: str) -> Node:
    """Make the node of a value."""
    kind = "output" if outputs and step.kind != "input" else "loop" if step.block and step.block.rounds else step.kind
    start, end = step.span or (0, 0)
    part = cut(" ".join(text[start : min(end, start + 2 * PART)].split()), PART)
    label = formula = ""
    slope = None
    if derivative is not None:
        label, slope = derivative.label, derivative.number
        formula = "" if derivative.block else readable(derivative.simplified or derivative.expression)
    body = tuple(f"{inner.label} = {symbols(inner)}" for inner in whole_body(step))
    return Node(step.value, kind, symbols(step), step.number, label, formula, slope, outputs, part, state, body)


def whole_body(step: Step) -> Iterator[Step]:
    """Give the steps of a loop's body, in symbols; those of loops in it behind their own."""
    rounds = step.block.rounds if step.block is not None else ()
    for inner in rounds[0].steps if rounds else ():
        yield inner
        yield from whole_body(inner)


def uses(
    values: Sequence[Step], sweep: Pass | None, mode: str, skipped: Container[str], broken: bool
) -> Iterator[Edge]:
    """Give the edges, users in order; in a pass that breaks off, an edge that it did not come to is not idle."""
    terms: dict[tuple[str, str], list[Term]] = defaultdict(list)
    for step in sweep.steps if sweep else ():
        for term in step.terms:
            terms[term.operand, term.user].append(term)
    reached = {step.value for step in sweep.steps} if sweep else set()
    for step in values:
        for operand in step.operands if step.kind == "operation" else ():
            partials = tuple((plain(term.partial), term.number) for term in terms[operand, step.value])
            flat = all(text == "0" or number == 0 for text, number in partials)
            idle = flat or operand in skipped or step.value in skipped
            if broken or sweep is None:
                idle = idle and (operand if mode == "reverse" else step.value) in reached
            yield Edge(operand, step.value, partials, idle)


# the part of a graph around a value


class Surroundings:
    """Find the values near a value; each search looks at a bounded number of uses."""

    def __init__(self, graph: Graph) -> None:
        self.order = {node.name: k for k, node in enumerate(graph.nodes)}
        self.operands: dict[str, list[Edge]] = {name: [] for name in self.order}
        self.users: dict[str, list[Edge]] = {name: [] for name in self.order}
        for edge in graph.edges:
            self.operands[edge.user].append(edge)
            self.users[edge.operand].append(edge)

    def near(self, name: str, distance: int, most: int) -> list[str]:
        """Give the values that are at most some uses away, nearer ones and operands first if those are too many.

        What else uses an operand is left out: an input may have thousands of users that have nothing to do with each
        other. The other operands of a user belong to its partial derivative.
        """
        away = {name: 0}
        above = {name: False}  # whether a value was met as the operand of another
        met = [name]
        for value in met:
            if away[value] == distance:
                break
            operands = [edge.operand for edge in self.operands[value]]
            users = [edge.user for edge in islice(self.users[value], 0 if above[value] else most)]
            for k, other in enumerate((*operands, *users)):
                if other not in away and len(met) < most:
                    away[other] = away[value] + 1
                    above[other] = k < len(operands)
                    met.append(other)
        return sorted(met, key=self.order.__getitem__)

    def uses(self, names: Sequence[str]) -> list[Edge]:
        """Give the uses of some values by each other."""
        inside = set(names)
        return [edge for name in names for edge in self.operands[name] if edge.operand in inside]


def around(graph: Graph, name: str, distance: int = 2, most: int = 24) -> Graph:
    """Give the part of a graph around a value, named w7 or as in the formula; `left_out` counts the others.

    Raises NamingError where there is no such value.

    >>> from symad.explain.derivation import explain
    >>> from symad.parse import parse
    >>> part = around(graph(explain(parse("z = x1*x2 + sin(x1)"))), "x2", distance=1)
    >>> [node.name for node in part.nodes], part.left_out
    (['w2', 'w3'], 3)
    """
    names = {**graph.names, **{node.name: node.name for node in graph.nodes}}
    if name not in names:
        near = closest(name, names)
        hint = f"did you mean {near}?" if near else f"the last value is {graph.nodes[-1].name}"
        raise NamingError(f"there is no value {name}", hint=hint)
    surroundings = Surroundings(graph)
    kept = surroundings.near(names[name], distance, most)
    nodes = tuple(graph.nodes[surroundings.order[value]] for value in kept)
    left_out = graph.left_out + len(graph.nodes) - len(nodes)
    return replace(graph, nodes=nodes, edges=tuple(surroundings.uses(kept)), left_out=left_out)


# layout


def layout(graph: Graph) -> Layout:
    """Place the cards, operands above users, and find the way of every edge; the same graph has the same layout.

    Raises MissingError without the library that orders the layers.
    """
    card = card_size(graph)
    names = [node.name for node in graph.nodes]
    order = {name: k for k, name in enumerate(names)}
    part = placed(len(names), [(order[edge.operand], order[edge.user]) for edge in graph.edges], card)
    ways = routes(part, card)
    sizes = {}
    for edge in graph.edges:
        if edge.labelled:
            sizes[order[edge.operand], order[edge.user]] = label_size(edge)
    labels = labelled(ways, sizes)
    left = min([0.0, *(x - sizes[edge][0] / 2 for edge, (x, _) in labels.items())]) - MARGIN
    right = max([part.width, *(x + sizes[edge][0] / 2 for edge, (x, _) in labels.items())]) + MARGIN

    def moved(point: Point) -> Point:
        return point[0] - left, point[1] + MARGIN

    return Layout(
        card,
        {names[k]: moved(point) for k, point in part.cards.items()},
        {(names[a], names[b]): [moved(point) for point in way] for (a, b), way in ways.items()},
        {(names[a], names[b]): moved(point) for (a, b), point in labels.items()},
        right - left,
        part.height + 2 * MARGIN,
    )


def parts(graph: Graph, distance: int = 2, most: int = 16) -> dict[str, list[tuple[str, float, float]]]:
    """Give the surroundings of every value, each with the centres of its cards; `most` bounds the cards of one.

    >>> from symad.explain.derivation import explain
    >>> from symad.parse import parse
    >>> near = parts(graph(explain(parse("sin(x)^2"))), distance=1)["w1"]
    >>> [name for name, x, y in near], near[0][1] == near[1][1], near[0][2] < near[1][2]
    (['w1', 'w2'], True, True)
    """
    surroundings = Surroundings(graph)
    card = card_size(graph)
    made = {}
    for name in surroundings.order:
        kept = surroundings.near(name, distance, most)
        order = {value: k for k, value in enumerate(kept)}
        part = placed(len(kept), [(order[e.operand], order[e.user]) for e in surroundings.uses(kept)], card)
        made[name] = [(kept[k], round(x + MARGIN, 1), round(y + MARGIN, 1)) for k, (x, y) in part.cards.items()]
    return made
