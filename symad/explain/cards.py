"""The text of a graph's cards and edges: Node and Edge in; lines that fit, and the room that they take, out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from symad.drawing import cut
from symad.errors import columns
from symad.numbers import approximate

if TYPE_CHECKING:
    from symad.explain.graph import Edge, Graph, Node
    from symad.explain.layers import Point
    from symad.explain.steps import Number

# fmt: off
LINE    = 22   # columns of a text on a card; three dots stand for the rest, but a number is written whole
LABEL   = 18   # columns of a line on an edge
SHORT   = 14   # columns of a label that stays in one line
NARROW  = 12   # columns of the narrowest card
COLUMN  = 7.8  # pixels of a column on a card: 0.6 of the size of the letters, as monospaced fonts have it
SMALL   = 6.9  # pixels of a column on an edge
HEIGHT  = 19   # pixels of a line on a card
LOW     = 14   # pixels of a line on an edge
PADDING = (26, 20)  # pixels inside a card, both sides together
# fmt: on


def derivative_line(label: str, slope: Number) -> tuple[str, str]:
    """Write the label and the number of a derivative as they stand on a card, one behind the other."""
    return cut(label, LINE), f" = {approximate(slope)}"


def card_lines(node: Node) -> tuple[str, str, str, str]:
    """Give the lines of a card: assignment, number, then the label and the number of the derivative, one line.

    Without a number the derivative is written in symbols.
    """
    label = cut(node.derivative, LINE)
    rest = ""
    if label and node.slope is not None:
        label, rest = derivative_line(label, node.slope)
    elif label and node.formula and node.number is None and not node.state:
        rest = cut(f" = {node.formula}", LINE - columns(label))
    number = "" if node.number is None else approximate(node.number)
    return cut(node.line, LINE), "" if number == node.line else number, label, rest


def label(edge: Edge) -> tuple[str, str, bool]:
    """Write what stands at an edge: symbols, number (empty if it says no more), and whether they take two lines."""
    symbols, numbers = cut(edge.symbols, LABEL), edge.numbers
    if columns(numbers) > LABEL - 2:  # several: their sum
        numbers = approximate(float(sum(number for _, number in edge.partials if number is not None)))
    if numbers == edge.symbols:
        numbers = ""
    return symbols, numbers, bool(numbers) and columns(symbols + numbers) + 3 > SHORT


def label_size(edge: Edge) -> Point:
    """Give the size of what is written at an edge."""
    symbols, numbers, broken = label(edge)
    widths = [columns(symbols), columns(numbers) + 2] if broken else [columns(symbols + numbers) + 3 * bool(numbers)]
    return max(widths) * SMALL + 6, len(widths) * LOW + 2


def card_size(graph: Graph) -> Point:
    """Give the size of all cards: that of the largest."""
    lines = [card_lines(node) for node in graph.nodes]
    widest = max([graph.room, *(columns(text) for a, b, c, d in lines for text in (a, b, c + d))])
    return widest * COLUMN + PADDING[0], max([1, *(sum(map(bool, line[:3])) for line in lines)]) * HEIGHT + PADDING[1]
