"""The picture of a graph: its structure, and that it is the same each time."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree

import pytest

import symad
from symad.drawing import DARK, LIGHT, cut
from symad.errors import MissingError, columns
from symad.explain import explain
from symad.explain.cards import COLUMN, PADDING, label_size
from symad.explain.dot import dot, mermaid
from symad.explain.graph import Graph, around, graph, layout
from symad.explain.svg import svg
from symad.parse import parse
from tests.explain.graphs import CALL, CASES, boxes_apart, drawn, large

SVG = "{http://www.w3.org/2000/svg}"


def picture(made: Graph) -> ElementTree.Element:
    """Draw a graph and read the picture."""
    return ElementTree.fromstring(svg(made, layout(made)))


def of_class(element: ElementTree.Element, kind: str) -> list[ElementTree.Element]:
    """Find the elements of a class."""
    return [e for e in element.iter() if kind in e.get("class", "").split()]


def words(element: ElementTree.Element) -> str:
    """Give the text of an element."""
    return "".join(element.itertext())


def centre(card: ElementTree.Element) -> tuple[float, float]:
    """Give the centre of a card."""
    x, y = re.findall(r"[-\d.]+", card.attrib["transform"])
    return float(x), float(y)


@pytest.mark.parametrize("name", CASES)
def test_every_value_has_a_card_and_every_use_a_line(name: str) -> None:
    made = drawn(name)
    root = picture(made)
    cards, edges = of_class(root, "node"), of_class(root, "edge")
    assert [card.get("data-value") for card in cards] == [node.name for node in made.nodes]
    assert [(e.get("data-operand"), e.get("data-user")) for e in edges] == [(e.operand, e.user) for e in made.edges]
    ids = [e.attrib["id"] for e in root.iter() if "id" in e.attrib]
    assert len(ids) == len(set(ids))
    assert all(re.fullmatch("[A-Za-z0-9-]+", i) for i in ids)
    assert root.attrib["aria-labelledby"].split() == ids[:2]
    for edge, line in zip(made.edges, edges, strict=True):
        assert line.find(f"{SVG}path") is not None
        assert bool(of_class(line, "partial")) == edge.labelled
        assert ("idle" in line.attrib["class"]) == edge.idle
    for node, card in zip(made.nodes, cards, strict=True):
        (assignment,) = of_class(card, "assignment")
        assert words(assignment) == cut(node.line, 22)
        assert len(of_class(card, "number")) == (node.number is not None and node.line != "5")
        assert [words(e) for e in of_class(card, "symbol")] == ([node.derivative] if node.derivative else [])
        assert [words(e) for e in of_class(card, "name")] == ([", ".join(node.outputs)] if node.outputs else [])
        assert node.kind in card.attrib["class"].split()


@pytest.mark.parametrize("name", CASES)
def test_cards_and_labels_do_not_overlap_and_lie_inside(name: str) -> None:
    made = drawn(name)
    plan = layout(made)
    root = ElementTree.fromstring(svg(made, plan))
    _, _, width, height = map(float, root.attrib["viewBox"].split())
    centres = [centre(card) for card in of_class(root, "node")]
    assert boxes_apart(centres, *plan.card)
    for x, y in centres:
        assert plan.card[0] / 2 <= x <= width - plan.card[0] / 2
        assert plan.card[1] / 2 <= y <= height - plan.card[1] / 2
    for line in of_class(root, "edge"):
        numbers = [float(n) for n in re.findall(r"-?[\d.]+", line.find(f"{SVG}path").attrib["d"])]
        assert all(0 <= n <= max(width, height) for n in numbers)
    labels = [(e, plan.labels[e.operand, e.user], label_size(e)) for e in made.edges if e.labelled]
    for k, (_, (x, y), (w, h)) in enumerate(labels):
        assert w / 2 <= x <= width - w / 2
        assert all(abs(y - v) > (h + plan.card[1]) / 2 or abs(x - u) > (w + plan.card[0]) / 2 for u, v in centres)
        for _, (u, v), (other, tall) in labels[k + 1 :]:
            assert abs(x - u) >= (w + other) / 2 or abs(y - v) >= (h + tall) / 2
    room = (plan.card[0] - PADDING[0]) / COLUMN
    texts = [text for card in of_class(root, "node") for text in card.iter(f"{SVG}text")]
    assert all(columns(words(text)) <= room + 1e-9 for text in texts)
    assert all(columns(words(text)) <= 22 for text in texts if text.get("class") != "derivative")


def test_a_label_has_symbols_and_numbers() -> None:
    root = picture(drawn("seed"))
    lines = {e.attrib["id"]: words(of_class(e, "partial")[0]) for e in of_class(root, "edge")}
    assert lines == {
        "edge-w1-w3": "w2 = 3",
        "edge-w2-w3": "w1 = 2",
        "edge-w1-w4": "cos(w1)= -0.4161468…",
        "edge-w3-w5": "1",
        "edge-w4-w5": "1",
    }
    first = of_class(root, "edge")[0]
    assert [words(e) for kind in ("symbols", "numbers") for e in of_class(first, kind)] == ["w2", "3"]
    assert words(of_class(root, "derivative")[0]) == "dz/dw1 = 2.583853…"
    assert [words(e) for e in of_class(root, "derivative-number")][1:] == [" = 2", " = 1", " = 1", " = 1"]


@pytest.mark.parametrize(
    ("text", "at", "slopes", "partials"),
    [
        ("result = exp(x)*y", {"x": -40, "y": 3}, ["1.274506…e-17", "4.248354…e-18", "3", "1"], ["4.248354…e-18", "3"]),
        (
            "an_output_with_a_long_name = x*y",
            {"x": -1.23456789e-200, "y": 1 / 3},
            ["0.3333333…", "-1.234567…e-200", "1"],
            ["0.3333333…", "-1.234567…e-200"],
        ),
        ("x*x", {"x": -1.23456789e-200}, ["-2.469135…e-200", "1"], ["-2.469135…e-200"]),
        ("x*1.23456789012345678e-100", {"x": 1}, ["1.234567…e-100", "1"], ["1.234567…e-100"]),
    ],
)
def test_numbers_keep_their_exponents(text: str, at: dict[str, float], slopes: list[str], partials: list[str]) -> None:
    made = graph(explain(parse(text), at))
    root = picture(made)
    assert [words(e) for e in of_class(root, "derivative-number")] == [f" = {slope}" for slope in slopes]
    found = [[words(e) for e in of_class(edge, "numbers")] for edge in of_class(root, "edge")]
    assert [n for numbers in found for n in numbers][: len(partials)] == partials


def test_a_number_is_cut_with_its_exponent() -> None:
    assert cut("1.2345678901234567e-300", 22) == "1.23456789012345…e-300"
    assert cut("w12 = w11 + 1.5000000000001e-17", 22) == "w12 = w11 +…"
    assert cut("x1e5*y + x2e6*z + x3", 10) == "x1e5*y +…"


def test_without_a_point_derivatives_are_in_symbols() -> None:
    root = picture(drawn("no point"))
    assert not of_class(root, "number")
    assert not of_class(root, "numbers")
    assert words(of_class(root, "derivative")[0]) == "dz/dw1 = w2 + cos(w1)"


def test_the_picture_stands_alone() -> None:
    text = svg(drawn("branch"), layout(drawn("branch")))
    assert not re.search(r"<script|href|url\(|@import|javascript|\son\w+=", text)
    assert re.findall(r"https?://[^\"]*", text) == ["http://www.w3.org/2000/svg"]
    assert "prefers-color-scheme: dark" in text


def test_without_a_layout_all_is_there_and_away() -> None:
    made = large(30)
    root = ElementTree.fromstring(svg(made, None))
    assert len(of_class(root, "node")) == len(made.nodes)
    assert len(of_class(root, "away")) == len(made.nodes) + len(made.edges)


def test_what_is_left_out_is_counted() -> None:
    root = picture(around(large(20), "w30"))
    assert re.fullmatch(r"\d+ more values are not shown", words(of_class(root, "note")[0]))
    made = drawn("seed")
    assert words(of_class(picture(around(made, "x2", 2, 4)), "note")[0]) == "1 more value is not shown"


@pytest.mark.parametrize(
    "text", ["p = x*y; q = sin(p)*x", "p = x; q = x", f"p_{'long' * 20} = x; q = 2*x", "p = x*y*z*u*v; q = x"]
)
def test_a_caption_lies_inside(text: str) -> None:
    made = graph(explain(parse(f"{text}; output {text[: text.index(' ')]}, q")))
    assert made.caption
    plan = layout(made)
    root = ElementTree.fromstring(svg(made, plan))
    left, _, width, height = map(float, root.attrib["viewBox"].split())
    notes = of_class(root, "note")
    assert " ".join(map(words, notes)) == made.caption
    for note in notes:
        half = columns(words(note)) * COLUMN / 2  # of monospaced letters, which no other font exceeds on average
        assert left <= float(note.attrib["x"]) - half
        assert float(note.attrib["x"]) + half <= left + width
        assert plan.height - 20 < float(note.attrib["y"]) <= height - 4
    heights = [float(note.attrib["y"]) for note in notes]
    assert all(b - a >= 16 for a, b in pairwise(heights))


def luminance(colour: str) -> float:
    """Give the relative luminance of a colour (WCAG 2)."""
    parts = [int(colour[k : k + 2], 16) / 255 for k in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return sum(weight * c for weight, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


@pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["light", "dark"])
def test_colours_have_contrast(colours: dict[str, str]) -> None:
    for ground in ("paper", "card"):
        for name in ("ink", "value", "adjoint", "accent", "line"):
            low, high = sorted(luminance(colours[c]) for c in (ground, name))
            assert (high + 0.05) / (low + 0.05) >= (3 if name == "line" else 4.5), (ground, name)


def test_text_is_escaped() -> None:
    made = drawn("seed")
    hard = replace(made.nodes[0], assignment='a<b & "c" > \x07#', outputs=("<o>",), part="</title><script>")
    edge = replace(made.edges[0], partials=(('x<y & "z"', None),))
    made = replace(made, nodes=(hard, *made.nodes[1:]), edges=(edge, *made.edges[1:]))
    root = picture(made)
    assert words(of_class(root, "assignment")[0]) == 'w1 = a<b & "c" > #'
    assert words(of_class(root, "partial")[0]) == 'x<y & "z"'
    assert not list(root.iter(f"{SVG}script"))
    assert r"w1 = a<b &amp; \"c\" > " in dot(made)
    assert "w1 = a#60;b #38; #34;c#34; #62; " in mermaid(made)


# the same each time


def test_the_same_graph_has_the_same_picture(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "symad", "graph", CALL, "--at", "S=100,K=95,r=0.05,v=0.2,T=0.5"]
    found = set()
    for seed in ("0", "1", "2"):
        environment = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(Path(symad.__file__).parents[1])}
        found.add(subprocess.run(command, env=environment, capture_output=True, check=True).stdout)
    assert len(found) == 1


def test_without_the_library_there_is_a_hint(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "fast_sugiyama", None)
    with pytest.raises(MissingError, match="pip install fast-sugiyama"):
        layout(drawn("seed"))
    assert "w5" in dot(drawn("seed"))
