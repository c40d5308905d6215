"""The computational graph as a picture: Graph and Layout in, one SVG out that needs nothing else.

Its structure is what the page relies on: a group for each card and for each edge, with an id and the names of the
values. Colours are custom properties of `.graph`, light or dark as the reader prefers; the attributes hold the light
ones, for programs that do not read them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from textwrap import wrap

from symad.drawing import DARK, LIGHT, cut, escaped, properties, short
from symad.errors import columns
from symad.explain.cards import COLUMN, HEIGHT, LOW, card_lines, card_size, label, label_size
from symad.explain.graph import Edge, Graph, Layout, Node
from symad.explain.layers import MARGIN, Point
from symad.numbers import approximate
from symad.program import counted

# fmt: off
BASE = 4.5  # pixels from the middle of a line of text to its base
TAG  = 20   # pixels: the height of the tag with the names of an output
WIDE = 14   # columns of a tag
ROUND = 24  # pixels: the corners of an input's card
HEAD = 4.5  # pixels: half the width of an arrow's head
LONG = 400  # columns of a note: what a loop does may be much more
BELOW = 7   # pixels below the last line of a note
# fmt: on
STYLE = """\
.graph { %s background: var(--paper); font-family: ui-monospace, "SF Mono", Menlo, Consolas, monospace; }
@media (prefers-color-scheme: dark) { .graph { %s } }
.graph text { fill: var(--ink); text-anchor: middle; font-size: 13px; }
.graph .node rect { fill: var(--card); stroke: var(--line); }
.graph .node.output rect { stroke: var(--accent); stroke-width: 2; }
.graph .node.skipped rect { stroke-dasharray: 3 5; }
.graph .node.failed rect { stroke: var(--adjoint); stroke-width: 2; stroke-dasharray: 6 4; }
.graph .assignment { font-weight: 600; }
.graph .number { fill: var(--value); }
.graph .derivative { fill: var(--adjoint); }
.graph .node .result rect { fill: var(--accent); stroke: var(--paper); stroke-width: 2; }
.graph .result text { fill: var(--paper); font-size: 12px; font-weight: 600; }
.graph .edge path { fill: none; stroke: var(--line); stroke-width: 1.5; stroke-linecap: round; }
.graph .edge.idle path { stroke-dasharray: 3 5; }
.graph .edge rect { fill: var(--paper); }
.graph .partial { font-size: 11.5px; }
.graph .partial { stroke: var(--paper); stroke-width: 5px; stroke-linejoin: round; paint-order: stroke; }
.graph .partial .numbers { fill: var(--value); }
.graph .note { font-family: system-ui, sans-serif; }
.graph .away { display: none; }
"""


def svg(graph: Graph, layout: Layout | None) -> str:
    """Draw a graph; without a layout every card and edge is there, hidden, to be placed by a page.

    >>> from symad.explain.derivation import explain
    >>> from symad.explain.graph import graph, layout
    >>> from symad.parse import parse
    >>> made = graph(explain(parse("z = x1*x2 + sin(x1)")))
    >>> print(svg(made, layout(made)).splitlines()[0][:25])
    <svg xmlns="http://www.w3
    """
    return "\n".join(lines(graph, layout)) + "\n"


def lines(graph: Graph, layout: Layout | None) -> Iterator[str]:
    """Write the lines of the picture: edges first, cards over them."""
    width, height = (layout.width, layout.height) if layout else card_size(graph)
    notes = [line for text in (graph.caption, *graph.bodies) for line in noted(cut(text, LONG), width)]
    wide = max([width, *(columns(line) * COLUMN + MARGIN for line in notes)])
    total = height + (len(notes) * HEIGHT + BELOW if notes else 0)
    left = short((width - wide) / 2)
    size = f'viewBox="{left} 0 {short(wide)} {short(total)}" width="{short(wide)}" height="{short(total)}"'
    yield (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="graph" {size} role="img"'
        f' aria-labelledby="graph-title graph-description" font-family="monospace" font-size="13"'
        f' text-anchor="middle" fill="{LIGHT["ink"]}">'
    )
    about, description = described(graph)
    yield f'<title id="graph-title">{escaped(about)}</title>'
    yield f'<desc id="graph-description">{escaped(description)}</desc>'
    yield f"<style>\n{STYLE % (properties(LIGHT), properties(DARK))}</style>"
    yield '<g class="edges">'
    for edge in graph.edges:
        yield from drawn_edge(edge, layout)
    yield '</g>\n<g class="nodes">'
    card = layout.card if layout else card_size(graph)
    for node in graph.nodes:
        yield from drawn_card(node, card, layout.cards[node.name] if layout else None)
    yield "</g>"
    for k, line in enumerate(notes if layout else ()):
        yield text("note", short(width / 2), height + BASE - 2 + k * HEIGHT, escaped(line))
    yield "</svg>"


def noted(caption: str, width: float) -> list[str]:
    """Break a caption into lines that are as wide as the picture, but never within a word."""
    most = max(1, int((width - MARGIN) / COLUMN))
    return wrap(caption, most, break_long_words=False, break_on_hyphens=False)


def described(graph: Graph) -> tuple[str, str]:
    """Say in words what the picture shows: its title and its description."""
    outputs = [label for node in graph.nodes for label in node.outputs]
    about = f"Computational graph of {', '.join(outputs[:6])}{', …' if len(outputs) > 6 else ''}"
    values, uses = counted(len(graph.nodes), "value"), counted(len(graph.edges), "use")
    counts = f"{values} and {uses} of a value by another, operands above their users."
    of = f" Each value has the derivative of {graph.of} by it." if graph.mode == "reverse" else ""
    of = f" Each value has its derivative by {graph.of}." if graph.mode == "forward" else of
    on = " An edge has the partial derivative of its user by its operand; a dashed one passes no derivative on."
    return about if outputs else "Computational graph", counts + (of + on if graph.of else "")


def drawn_edge(edge: Edge, layout: Layout | None) -> Iterator[str]:
    """Draw an edge: its way, and the partial derivative where it passes one on."""
    ends = (edge.operand, edge.user)
    kind = "edge idle" if edge.idle else "edge"
    kind += "" if layout else " away"
    path = way(layout.routes[ends], not edge.idle) if layout else ""
    dashes = ' stroke-dasharray="3 5"' if edge.idle else ""
    yield (
        f'<g class="{kind}" id="edge-{plain_id(edge.operand)}-{plain_id(edge.user)}"'
        f' data-operand="{edge.operand}" data-user="{edge.user}">'
    )
    if edge.partials:
        number = f" = {edge.numbers}" if edge.numbers not in ("", edge.symbols) else ""
        yield f"<title>d{edge.user}/d{edge.operand} = {escaped(edge.symbols)}{number}</title>"
    yield f'<path d="{path}" fill="none" stroke="{LIGHT["line"]}"{dashes}/>'
    if edge.labelled:
        place = layout.labels[ends] if layout else (0, 0)
        yield behind(edge, place)
        yield partial(edge, place)
    yield "</g>"


def behind(edge: Edge, place: Point) -> str:
    """Draw what keeps a label off its edge: the outline of letters does not cover the spaces between them."""
    width, height = label_size(edge)
    x, y = short(place[0] - width / 2), short(place[1] - height / 2)
    return f'<rect x="{x}" y="{y}" width="{short(width)}" height="{short(height)}" rx="4" fill="{LIGHT["paper"]}"/>'


def partial(edge: Edge, place: Point) -> str:
    """Write the partial derivative at an edge, in one line or two."""
    symbols, numbers, broken = label(edge)
    x, y = short(place[0]), place[1] + BASE - LOW / 2 * broken
    start, line = (f' x="{x}"', f' x="{x}" dy="{LOW}"') if broken else ("", "")
    inner = f'<tspan class="symbols"{start}>{escaped(symbols)}</tspan>'
    if numbers:
        equals = "= " if broken else " = "
        inner += f'<tspan class="equals"{line}>{equals}</tspan><tspan class="numbers">{escaped(numbers)}</tspan>'
    return text("partial", x, y, inner)


def drawn_card(node: Node, card: Point, place: Point | None) -> Iterator[str]:
    """Draw a card around its centre."""
    width, height = card
    kinds = [node.kind, *(["output"] if node.outputs and node.kind != "output" else [])]
    kinds += [*([node.state] if node.state else []), *([] if place else ["away"])]
    x, y = place or (0, 0)
    yield (
        f'<g class="node {" ".join(kinds)}" id="node-{plain_id(node.name)}" data-value="{node.name}"'
        f' transform="translate({short(x)} {short(y)})">'
    )
    yield f"<title>{escaped(in_full(node))}</title>"
    corner = ROUND if node.kind == "input" else 8
    wide = ' stroke-width="3"' if node.kind == "loop" else ""
    yield (
        f'<rect x="{short(-width / 2)}" y="{short(-height / 2)}" width="{short(width)}" height="{short(height)}"'
        f' rx="{short(corner)}" fill="{LIGHT["card"]}" stroke="{LIGHT["line"]}"{wide}/>'
    )
    assignment, number, label, rest = card_lines(node)
    rows = [("assignment", escaped(assignment))]
    rows += [("number", escaped(number))] if number else []
    if label:
        spans = f'<tspan class="symbol">{escaped(label)}</tspan>'
        kind = "derivative-formula" if node.slope is None else "derivative-number"
        spans += f'<tspan class="{kind}">{escaped(rest)}</tspan>' if rest else ""
        rows.append(("derivative", spans))
    for k, (kind, row) in enumerate(rows):
        yield text(kind, "0", (k - (len(rows) - 1) / 2) * HEIGHT + BASE, row)
    if node.outputs:
        yield from tag(node.outputs, card)
    yield "</g>"


def in_full(node: Node) -> str:
    """Say all about a value, whatever room there is on its card."""
    number = "" if node.number is None else f" = {approximate(node.number)}"
    line = f"{node.name} = ({node.assignment})" if isinstance(node.number, bool) else node.line
    said = [f"{line}{number}"]
    if node.derivative:
        slope = "" if node.slope is None or approximate(node.slope) == node.formula else f" = {approximate(node.slope)}"
        said.append(f"{node.derivative} = {node.formula}{slope}" if node.formula else node.derivative)
    if node.part:
        said.append(f"in the formula: {node.part}")
    if node.outputs:
        said.append(f"output: {', '.join(node.outputs)}")
    return "; ".join(said)


def tag(outputs: Sequence[str], card: Point) -> Iterator[str]:
    """Write the names of an output on the upper side of its card, at the right."""
    names = cut(", ".join(outputs), WIDE)
    width = columns(names) * COLUMN + 14
    middle = card[0] / 2 - width / 2 - 10
    yield '<g class="result">'
    yield (
        f'<rect x="{short(middle - width / 2)}" y="{short(-card[1] / 2 - TAG / 2)}" width="{short(width)}"'
        f' height="{TAG}" rx="{TAG // 2}" fill="{LIGHT["accent"]}"/>'
    )
    yield text("name", short(middle), -card[1] / 2 + BASE, escaped(names), f' fill="{LIGHT["paper"]}"')
    yield "</g>"


def way(points: Sequence[Point], head: bool) -> str:
    """Write the path of an edge: curves and straight lines in turn, and the head of an arrow."""
    x, y = points[0]
    path = [f"M{short(x)} {short(y)}"]
    for k, (u, v) in enumerate(points[1:]):
        middle = short((y + v) / 2)
        path.append(
            f"V{short(v)}" if k % 2 or u == x else f"C{short(x)} {middle} {short(u)} {middle} {short(u)} {short(v)}"
        )
        x, y = u, v
    if head:
        path.append(f"M{short(x - HEAD)} {short(y - 7)}L{short(x)} {short(y - 1)}L{short(x + HEAD)} {short(y - 7)}")
    return "".join(path)


def text(kind: str, x: str, y: float, inner: str, more: str = "") -> str:
    """Write a line of text, its content escaped already."""
    return f'<text class="{kind}" x="{x}" y="{short(y)}"{more}>{inner}</text>'


def plain_id(name: str) -> str:
    """Write a name with letters, digits and hyphens only.

    >>> plain_id("w3"), plain_id("1/3")
    ('w3', '1-2f-3')
    """
    return re.sub(r"[^A-Za-z0-9]", lambda c: f"-{ord(c[0]):x}-", name)
