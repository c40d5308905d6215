"""The computational graph as text for other programs: Graph in, the languages of Graphviz and Mermaid out."""

from __future__ import annotations

import re
from collections.abc import Iterator

from symad.explain.graph import Edge, Graph, Node
from symad.numbers import approximate

DOT_ESCAPES = str.maketrans({"\\": "\\\\", '"': '\\"', "&": "&amp;"})
SHAPES = {"input": ("([", "])"), "loop": ("{{", "}}")}  # of Mermaid's cards
# Mermaid reads the text of a label as Markdown; a code with a number is no mark to it.
MERMAID_ESCAPES = str.maketrans({c: f"#{ord(c)};" for c in '#"&<>*_`'})


def dot(graph: Graph) -> str:
    """Write a graph for Graphviz, every line of a card in full.

    >>> from symad.explain.derivation import explain
    >>> from symad.explain.graph import graph
    >>> from symad.parse import parse
    >>> print(dot(graph(explain(parse("sin(x)"), at={"x": 0}))), end="")
    digraph {
      node [shape=box, style=rounded, fontname="monospace"];
      edge [fontname="monospace"];
      w1 [label="w1 = x\\n0\\ndf/dw1 = 1"];
      w2 [label="w2 = sin(w1)\\n0\\ndf/dw2 = 1\\noutput f", penwidth=2];
      w1 -> w2 [label="cos(w1) = 1"];
    }
    """
    return "\n".join(dot_lines(graph)) + "\n"


def dot_lines(graph: Graph) -> Iterator[str]:
    """Write the lines of a graph for Graphviz."""
    yield 'digraph {\n  node [shape=box, style=rounded, fontname="monospace"];\n  edge [fontname="monospace"];'
    if graph.caption:
        yield f'  label="{graph.caption.translate(DOT_ESCAPES)}";'
    for node in graph.nodes:
        text = "\\n".join(line.translate(DOT_ESCAPES) for line in card(node))
        wide = ", penwidth=2" if node.outputs else ", peripheries=2" if node.kind == "loop" else ""
        yield f'  {identifier(node.name)} [label="{text}"{wide}];'
    for edge in graph.edges:
        looks = []
        if partial(edge):
            looks.append(f'label="{partial(edge).translate(DOT_ESCAPES)}"')
        if edge.idle:
            looks.append("style=dashed")
        attributes = f" [{', '.join(looks)}]" if looks else ""
        yield f"  {identifier(edge.operand)} -> {identifier(edge.user)}{attributes};"
    yield "}"


def mermaid(graph: Graph) -> str:
    """Write a graph for Mermaid, every line of a card in full.

    >>> from symad.explain.derivation import explain
    >>> from symad.explain.graph import graph
    >>> from symad.parse import parse
    >>> print(mermaid(graph(explain(parse("sin(x)"), at={"x": 0}))), end="")
    flowchart TD
      w1(["w1 = x<br/>0<br/>df/dw1 = 1"])
      w2[["w2 = sin(w1)<br/>0<br/>df/dw2 = 1<br/>output f"]]
      w1 -->|"cos(w1) = 1"| w2
    """
    return "\n".join(mermaid_lines(graph)) + "\n"


def mermaid_lines(graph: Graph) -> Iterator[str]:
    """Write the lines of a graph for Mermaid."""
    if graph.caption:
        yield f"---\ntitle: {graph.caption.translate(MERMAID_ESCAPES).replace(':', '#58;')}\n---"
    yield "flowchart TD"
    for node in graph.nodes:
        text = "<br/>".join(line.translate(MERMAID_ESCAPES) for line in card(node))
        left, right = SHAPES.get(node.kind, ("[", "]")) if not node.outputs or node.kind == "input" else ("[[", "]]")
        yield f'  {identifier(node.name)}{left}"{text}"{right}'
    for edge in graph.edges:
        text = f'|"{partial(edge).translate(MERMAID_ESCAPES)}"|' if partial(edge) else ""
        arrow = "-.->" if edge.idle else "-->"
        yield f"  {identifier(edge.operand)} {arrow}{text} {identifier(edge.user)}"


def identifier(name: str) -> str:
    """Write a name as both languages can; numbers that are outputs have names such as 1/3.

    >>> identifier("w3"), identifier("-1/3")
    ('w3', 'n_2d_1_2f_3')
    """
    return name if name.isidentifier() else "n" + re.sub(r"\W", lambda c: f"_{ord(c[0]):x}_", name)


def card(node: Node) -> list[str]:
    """Give what stands on a card: assignment, number, derivative, and the outputs that it is."""
    lines = [node.line, *(f"  {line}" for line in node.body)]
    if node.number is not None and approximate(node.number) != node.line:
        lines.append(approximate(node.number))
    if node.derivative:
        slope = node.formula if node.number is None and not node.state else ""
        slope = slope if node.slope is None else approximate(node.slope)
        lines.append(f"{node.derivative} = {slope}" if slope else node.derivative)
    return [*lines, f"output {', '.join(node.outputs)}"] if node.outputs else lines


def partial(edge: Edge) -> str:
    """Write the partial derivative of an edge, nothing where it has none."""
    if not edge.labelled:
        return ""
    return edge.symbols if edge.numbers in ("", edge.symbols) else f"{edge.symbols} = {edge.numbers}"
