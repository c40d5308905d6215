"""Columns that share a product: in comes a pattern, out come colours, the seeds to multiply with, where an entry is.

The columns of one colour are added up by one product of the matrix with a vector of ones and zeros. No two columns of a
Jacobian that have a colour in common may have entries in one row. A symmetric matrix needs less: an entry may be read
in its own row or in its column's. That holds where no path of four columns has only two colours, a star colouring.
Source: Gebremedhin, Manne and Pothen, "What Color Is Your Jacobian?", SIAM Review 47, 2005.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any

from symad.errors import MissingError, SymadError
from symad.patterns.pattern import Pattern

ROOM = 500_000  # pairs of columns in a graph: 150 MB, as much again while they are put in order
WORK = 2_000_000  # columns times pairs that the thorough order takes half a second for


@dataclass(frozen=True, slots=True)
class Colouring:
    """Hold the colour of each column, counted from 0, and the sources of the entries: products, and rows in these.

    Raises SymadError where the colours do not determine each entry.

    >>> pattern = Pattern(("p", "q"), ("x", "y", "z"), ((0, 1), (1, 2)))
    >>> found = Colouring(pattern, (0, 1, 0))
    >>> found.count, found.seeds(), found.sources
    (2, [[1, 0, 1], [0, 1, 0]], ([0, 1, 1, 0], [0, 0, 1, 1]))
    >>> found.recover([[10.0, 30.0], [20.0, 40.0]])
    [10.0, 20.0, 40.0, 30.0]
    """

    pattern: Pattern
    colours: tuple[int, ...]
    sources: tuple[list[int], list[int]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if len(self.colours) != len(self.pattern.columns) or min(self.colours, default=0) < 0:
            raise SymadError(f"a colouring has a colour from 0 for each of {len(self.pattern.columns)} columns")
        object.__setattr__(self, "sources", sources(self.pattern, self.colours))

    @property
    def count(self) -> int:
        """Count the colours, that is the products."""
        return max(self.colours, default=-1) + 1

    def seeds(self) -> list[list[int]]:
        """Give the vector to multiply with for each colour: 1 for its columns, else 0."""
        return [[int(own == colour) for own in self.colours] for colour in range(self.count)]

    def recover(self, products: Sequence[Any]) -> list[Any]:
        """Read the values of all entries, in the pattern's order, from the products of the matrix with the seeds.

        A product is a sequence; of a matrix with one row it may be its only number, as a program gives it.
        """
        found = [[product] if isinstance(product, int | float) else product for product in products]
        rows = len(self.pattern.rows)
        if len(found) != self.count or any(len(product) != rows for product in found):
            reason = f"{self.count} products of {rows} numbers each are needed"
            raise SymadError(reason, hint="one product for each of seeds(), in that order")
        return [found[colour][row] for colour, row in zip(*self.sources, strict=True)]

    def as_dict(self) -> dict[str, object]:
        """Give labels, the entries in compressed rows and the colours of the columns, for JSON."""
        starts, places = self.pattern.csr()
        return {
            "rows": self.pattern.rows,
            "columns": self.pattern.columns,
            "symmetric": self.pattern.symmetric,
            "nonzeros": self.pattern.nonzeros,
            "indptr": starts,
            "indices": places,
            "colours": self.colours,
        }


def sources(pattern: Pattern, colours: Sequence[int]) -> tuple[list[int], list[int]]:
    """Give the product and the row in which each entry stands alone; of a symmetric pattern the row may be its column.

    Both entries of a symmetric pair have one source, so that what is recovered is symmetric bit for bit.
    """
    alone: list[set[int]] = []
    for places in pattern.entries:
        met = Counter(colours[column] for column in places)
        alone.append({colour for colour, times in met.items() if times == 1})
    products: list[int] = []
    rows: list[int] = []
    for row, places in enumerate(pattern.entries):
        for column in places:
            ways = sorted([(row, column), (column, row)]) if pattern.symmetric else [(row, column)]
            found = next(((colours[other], one) for one, other in ways if colours[other] in alone[one]), None)
            if found is None:
                place = f"row {pattern.rows[row]}, column {pattern.columns[column]}"
                reason = f"with these colours the entry in {place} is alone in no product"
                raise SymadError(reason, hint="colouring(pattern) finds colours that determine every entry")
            products.append(found[0])
            rows.append(found[1])
    return products, rows


def colouring(pattern: Pattern) -> Colouring:
    """Colour the columns of a pattern with few colours: directly, or of a symmetric one as a star colouring.

    The best of some orders is kept. Where very many pairs of columns would have to be compared, those of the longest
    rows have colours of their own. Raises MissingError without networkx.

    >>> labels = tuple("wxyz")
    >>> arrow = Pattern(labels, labels, ((0, 1, 2, 3), (0, 1), (0, 2), (0, 3)), symmetric=True)
    >>> colouring(arrow).colours
    (0, 1, 1, 1)
    """
    try:
        import networkx
        from networkx.algorithms import coloring
    except ImportError:
        raise MissingError("networkx is not installed", hint="pip install networkx") from None
    own = crowded(pattern)
    graph = networkx.Graph()
    graph.add_nodes_from(column for column in range(len(pattern.columns)) if column not in own)
    graph.add_edges_from(pairs(pattern, own))
    orders = [coloring.strategy_largest_first, coloring.strategy_smallest_last]
    if graph.number_of_nodes() * graph.number_of_edges() <= WORK:
        orders.append(coloring.strategy_saturation_largest_first)
    colour = stars if pattern.symmetric else networkx.greedy_color
    best = min((colour(graph, order) for order in orders if graph), key=lambda c: max(c.values()), default={})
    number: dict[int, int] = {}  # colours in the order of their first columns
    raw = [best.get(column, -1 - column) for column in range(len(pattern.columns))]
    return Colouring(pattern, tuple([number.setdefault(colour, len(number)) for colour in raw]))


def crowded(pattern: Pattern) -> set[int]:
    """Give the columns to keep out of the graph, which is to have room: those of the longest rows."""
    found: set[int] = set()
    lengths = [len(places) for places in pattern.entries]
    excess = sum(lengths) // 2 if pattern.symmetric else sum(n * (n - 1) // 2 for n in lengths)
    excess -= ROOM
    for row in sorted(range(len(lengths)), key=lambda row: -lengths[row]):
        if excess <= 0:
            break
        if pattern.symmetric:
            found.add(row)
            excess -= sum(column not in found for column in pattern.entries[row])
        else:
            found.update(pattern.entries[row])
            excess -= lengths[row] * (lengths[row] - 1) // 2
    return found


def pairs(pattern: Pattern, own: Iterable[int]) -> Iterator[tuple[int, int]]:
    """Give the columns that meet in a row; of a symmetric pattern each entry's row and column."""
    for row, places in enumerate(pattern.entries):
        kept = [column for column in places if column not in own]
        if not pattern.symmetric:
            yield from combinations(kept, 2)
        elif row not in own:
            yield from ((row, column) for column in kept if column > row)


def stars(graph: Any, order: Any) -> dict[int, int]:
    """Colour a graph so that no path of four vertices has only two colours, taking the vertices in an order.

    Any two colours are then those of stars, each a centre with leaves. Two neighbours of a vertex without colour get
    different ones; so a vertex is a centre only for what is coloured later, and a leaf's other neighbours keep away
    from the colour of its centre. Called as `networkx.greedy_color` is.
    """
    colours: dict[int, int] = {}
    first: dict[int, dict[int, int]] = {v: {} for v in graph}  # of each colour around a vertex, who had it first
    around = dict.fromkeys(graph, 0)  # these colours, as a set of bits
    centres = dict.fromkeys(graph, 0)  # the colours of those whose leaf a vertex is
    for v in order(graph, colours):
        taken = 0
        for w in graph[v]:
            taken |= 1 << colours[w] | centres[w] if w in colours else around[w]
        colours[v] = colour = (~taken & taken + 1).bit_length() - 1  # the lowest bit that is not set
        for w in graph[v]:
            around[w] |= 1 << colour
            leaf = first[w].setdefault(colour, v)
            if leaf != v and w in colours:
                centres[leaf] |= 1 << colours[w]
                centres[v] |= 1 << colours[w]
    return colours
