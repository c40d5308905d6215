"""Where the cards of a graph stand: numbered cards and edges in; positions, routes and places for labels out.

Operands stand above their users. A library orders the layers; a long edge passes between the cards of the layers that
it crosses, at points that the library keeps free for it.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from symad.errors import MissingError

Point = tuple[float, float]
Box = tuple[float, float, float, float]  # left, top, right, bottom
Edge = tuple[int, int]  # operand and user

# fmt: off
SIDE    = 28    # pixels between two cards of a layer; an edge that passes between them needs half of it
LEVEL   = 78    # pixels between two layers: room for labels of two lines
ROW     = 1080  # pixels: parts of a graph that are not connected stand side by side up to this width
PORT    = 26    # pixels between two edges at a card, at most
MARGIN  = 20    # pixels around the picture
INSIDE  = 0.7   # of a card's side is for edges
PLACES  = (0.5, 0.4, 0.6, 0.3, 0.7, 0.2, 0.8, 0.1, 0.9)  # of a label on a curve, best first
SAMPLES = tuple(k / 24 for k in range(1, 24))   # where a curve is looked at, to keep labels off it
# fmt: on


@dataclass(frozen=True, slots=True)
class Part:
    """Hold the centre of every card, and the points that the edges pass on their way; the corner is at 0, 0."""

    cards: Mapping[int, Point]
    bends: Mapping[Edge, Sequence[Point]]
    width: float
    height: float


def placed(count: int, edges: Iterable[Edge], card: Point) -> Part:
    """Place cards in layers, operands above users; parts that are not connected stand side by side.

    Raises MissingError without the library that does it.

    >>> found = placed(3, [(0, 2), (1, 2)], (100, 60))
    >>> found.cards, found.width, found.height
    ({0: (50.0, 30.0), 1: (178.0, 30.0), 2: (114.0, 168.0)}, 228.0, 198.0)
    """
    cards: dict[int, Point] = {}
    bends: dict[Edge, Sequence[Point]] = {}
    left = top = width = height = 0.0
    for numbers, uses in connected(count, sorted(edges)):
        part = in_layers(numbers, uses, card)
        if left and left + part.width > ROW:
            left, top = 0.0, height + LEVEL
        cards |= {number: (left + x, top + y) for number, (x, y) in part.cards.items()}
        bends |= {edge: [(left + x, top + y) for x, y in route] for edge, route in part.bends.items()}
        width, height = max(width, left + part.width), max(height, top + part.height)
        left += part.width + 2 * SIDE
    return Part(dict(sorted(cards.items())), bends, width, height)


def connected(count: int, edges: Sequence[Edge]) -> list[tuple[list[int], list[Edge]]]:
    """Give the cards and the edges of each connected part, in order.

    >>> connected(5, [(0, 2), (1, 3), (2, 4)])
    [([0, 2, 4], [(0, 2), (2, 4)]), ([1, 3], [(1, 3)])]
    """
    beside: list[list[int]] = [[] for _ in range(count)]
    for a, b in edges:
        beside[a].append(b)
        beside[b].append(a)
    home = [-1] * count
    parts: list[tuple[list[int], list[Edge]]] = []
    for first in range(count):
        if home[first] < 0:
            home[first] = len(parts)
            found = [first]
            for number in found:
                for other in beside[number]:
                    if home[other] < 0:
                        home[other] = len(parts)
                        found.append(other)
            parts.append((sorted(found), []))
    for edge in edges:
        parts[home[edge[0]]][1].append(edge)
    return parts


def in_layers(cards: Sequence[int], edges: Sequence[Edge], card: Point) -> Part:
    """Place the cards of a connected part in layers; the corner is at 0, 0.

    The library is given numbers from 0 without gaps; in what it gives, a larger number is a bend.
    """
    count = len(cards)
    if count == 1:
        return Part({cards[0]: (card[0] / 2, card[1] / 2)}, {}, *card)
    numbers = {number: k for k, number in enumerate(cards)}
    step = card[0] + SIDE
    found, links = from_library([(numbers[a], numbers[b]) for a, b in edges], step)
    first = max(y for _, y in found.values())
    halves = {v: card[0] / 2 if v < count else SIDE / 2 for v in found}
    left = min(x - halves[v] for v, (x, _) in found.items())
    width = max(x + halves[v] for v, (x, _) in found.items()) - left
    points = {v: (x - left, round((first - y) / step) * (card[1] + LEVEL) + card[1] / 2) for v, (x, y) in found.items()}
    height = max(y for _, y in points.values()) + card[1] / 2
    follows = {a: b for a, b in links if a >= count}
    bends: dict[Edge, Sequence[Point]] = {}
    for a, b in links:
        if a < count:
            route = []
            while b >= count:
                route.append(points[b])
                b = follows[b]
            bends[cards[a], cards[b]] = route
    return Part({cards[v]: points[v] for v in range(count)}, bends, width, height)


def from_library(edges: Sequence[Edge], step: float) -> tuple[dict[int, Point], list[Edge]]:
    """Ask the library for the layers of a connected graph: positions, the first layer highest, and edges through bends.

    It is asked part by part: of several at once, a bend of one may have the number of a vertex of another.
    """
    try:
        from fast_sugiyama import from_edges
    except ImportError:
        raise MissingError("fast-sugiyama is not installed", hint="pip install fast-sugiyama") from None
    # With bends of half a card's size a bend stands at least half a step from the centre of a card: outside of it.
    ((positions, _, _, links),) = from_edges(edges, vertex_spacing=step, dummy_vertices=True, dummy_size=step / 2)
    return {int(v): (x, y) for v, (x, y) in positions}, sorted((int(a), int(b)) for a, b in links or ())


# routes: from the lower side of a card to the upper side of another, curves between layers, straight through a layer


def routes(part: Part, card: Point) -> dict[Edge, tuple[Point, ...]]:
    """Give the points of each edge: curves from an even one to the next, straight lines from an odd one to the next."""
    passes: dict[Edge, list[Point]] = {}
    for edge, bends in part.bends.items():
        passes[edge] = [(x, y + side * card[1] / 2) for x, y in bends for side in (-1, 1)]
    starts, ends = defaultdict(list), defaultdict(list)
    for (a, b), through in passes.items():
        starts[a].append(((*through, part.cards[b])[0][0], b))
        ends[b].append(((part.cards[a], *through)[-1][0], a))
    out = {(a, b): port for a, found in starts.items() for (_, b), port in ports(found, card[0])}
    into = {(a, b): port for b, found in ends.items() for (_, a), port in ports(found, card[0])}
    made = {}
    for (a, b), through in sorted(passes.items()):
        (x, y), (u, v) = part.cards[a], part.cards[b]
        made[a, b] = ((x + out[a, b], y + card[1] / 2), *through, (u + into[a, b], v - card[1] / 2))
    return made


def ports(found: Iterable[tuple[float, int]], width: float) -> Iterator[tuple[tuple[float, int], float]]:
    """Spread the edges at one side of a card in the order in which they leave."""
    ordered = sorted(found)
    gap = min(PORT, INSIDE * width / len(ordered))
    for k, edge in enumerate(ordered):
        yield edge, (k - (len(ordered) - 1) / 2) * gap


def on_curve(start: Point, end: Point, t: float) -> Point:
    """Give a point of the curve that leaves and arrives vertically; `t` runs from 0 to 1.

    >>> on_curve((0, 0), (100, 80), 0.5)
    (50.0, 40.0)
    """
    s = 1 - t
    first, second = s * s * (s + 3 * t), t * t * (t + 3 * s)
    middle = (start[1] + end[1]) / 2
    return start[0] * first + end[0] * second, start[1] * s**3 + 3 * middle * s * t + end[1] * t**3


def labelled(routes: Mapping[Edge, Sequence[Point]], sizes: Mapping[Edge, Point]) -> dict[Edge, Point]:
    """Find a place on its route for the label of each edge, off other labels and, where that can be, off other edges.

    Labels stand between layers, where there are no cards.
    """
    near: dict[int, list[tuple[float, float, Edge]]] = defaultdict(
        list
    )  # by the upper end of a curve, which all curves between two layers share
    for edge, points in routes.items():
        for start, end in curves(points):
            near[round(start[1])] += [(*on_curve(start, end, t), edge) for t in SAMPLES]
    for found in near.values():
        found.sort()
    taken: dict[int, list[Box]] = defaultdict(list)
    places = {}
    for edge, (width, height) in sizes.items():
        best: tuple[float, int, Point, Box] | None = None
        for start, end in curves(routes[edge]):
            level = round(start[1])
            for t in PLACES:
                x, y = on_curve(start, end, t)
                y = min(max(y, start[1] + height / 2 + 3), end[1] - height / 2 - 3)
                box = (x - width / 2, y - height / 2, x + width / 2, y + height / 2)
                cost = 100 * sum(overlap(box, other) for other in taken[level]) + crossed(box, near[level], edge)
                if best is None or cost < best[0]:
                    best = (cost, level, (x, y), box)
            if best is not None and best[0] == 0:
                break
        assert best is not None, "an edge has a curve"
        taken[best[1]].append(best[3])
        places[edge] = best[2]
    return places


def curves(points: Sequence[Point]) -> list[tuple[Point, Point]]:
    """Give the ends of the curves of a route, those in its middle first."""
    found = list(zip(points[::2], points[1::2], strict=True))
    middle = (len(found) - 1) / 2
    return [found[k] for k in sorted(range(len(found)), key=lambda k: abs(k - middle))]


def overlap(box: Box, other: Box) -> bool:
    """Tell whether two boxes have points in common."""
    return box[0] < other[2] and other[0] < box[2] and box[1] < other[3] and other[1] < box[3]


def crossed(box: Box, points: Sequence[tuple[float, float, Edge]], edge: Edge) -> int:
    """Count the points of other edges in a box; the points are sorted."""
    count = 0
    for k in range(bisect_left(points, (box[0],)), len(points)):
        x, y, other = points[k]
        if x > box[2]:
            break
        count += box[1] < y < box[3] and other != edge
    return count
