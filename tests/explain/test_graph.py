"""The computational graph: what it holds, its parts, and the command that draws it."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest

import symad
from symad.cli import main
from symad.errors import NamingError
from symad.explain import explain
from symad.explain.dot import dot, mermaid
from symad.explain.graph import LARGE, Graph, around, graph, layout, parts
from symad.explain.svg import svg
from symad.operations import LEAVES
from symad.parse import parse
from symad.program import UNNAMED
from tests.explain.graphs import CASES, SEED, drawn, large


def edge_between(made: Graph, operand: str, user: str) -> Any:
    """Find an edge."""
    return next(edge for edge in made.edges if (edge.operand, edge.user) == (operand, user))


# what the graph holds


def test_the_first_formula() -> None:
    made = drawn("seed")
    assert [(n.name, n.kind, n.assignment, n.number, n.derivative, n.formula) for n in made.nodes] == [
        ("w1", "input", "x1", 2.0, "dz/dw1", "w2 + cos(w1)"),
        ("w2", "input", "x2", 3.0, "dz/dw2", "w1"),
        ("w3", "operation", "w1*w2", 6.0, "dz/dw3", "1"),
        ("w4", "operation", "sin(w1)", 0.9092974268256817, "dz/dw4", "1"),
        ("w5", "output", "w3 + w4", 6.909297426825682, "dz/dw5", "1"),
    ]
    assert [n.slope for n in made.nodes] == [2.5838531634528574, 2.0, 1.0, 1.0, 1.0]
    assert [n.part for n in made.nodes] == ["x1", "x2", "x1*x2", "sin(x1)", "x1*x2 + sin(x1)"]
    assert [(e.operand, e.user, e.symbols, e.numbers, e.idle) for e in made.edges] == [
        ("w1", "w3", "w2", "3", False),
        ("w2", "w3", "w1", "2", False),
        ("w1", "w4", "cos(w1)", "-0.4161468…", False),
        ("w3", "w5", "1", "1", False),
        ("w4", "w5", "1", "1", False),
    ]
    assert made.nodes[-1].outputs == ("z",)


@pytest.mark.parametrize("name", [name for name in CASES if name != "no value"])
def test_every_value_is_a_node_and_every_use_an_edge(name: str) -> None:
    made = drawn(name)
    program = symad.parse(CASES[name][0])
    rows = [(v, operation, operands) for v, (operation, operands) in enumerate(program.assignments)]
    values = [v for v, operation, _ in rows if operation not in UNNAMED]
    names = dict(zip(values, [node.name for node in made.nodes if node.name != node.assignment], strict=True))
    uses = {
        (names[o], names[v])
        for v, operation, operands in rows
        if operation not in LEAVES
        for o in operands
        if o in names
    }
    assert {(edge.operand, edge.user) for edge in made.edges} == uses
    assert len(made.edges) == len(uses)


@pytest.mark.parametrize("name", ["seed", "square", "long edges", "twenty"])
def test_along_the_edges_the_chain_rule_gives_the_adjoints(name: str) -> None:
    made = drawn(name)
    slopes = {node.name: node.slope for node in made.nodes}
    assert slopes[made.nodes[-1].name] == 1
    for node in made.nodes[:-1]:
        terms = [slopes[e.user] * sum(n for _, n in e.partials) for e in made.edges if e.operand == node.name]
        assert slopes[node.name] == pytest.approx(sum(terms), rel=1e-12)  # the terms are added in another order


def test_forward_derivatives_are_those_of_the_pass() -> None:
    text, options = CASES["forward"]
    explanation = explain(symad.parse(text), **options)
    made = [graph(explanation, which) for which in (0, 1)]
    assert [g.of for g in made] == ["x1", "x2"]
    assert [g.nodes[-1].derivative for g in made] == ["dw5/dx1", "dw5/dx2"]
    assert [g.nodes[-1].slope for g in made] == [2.5838531634528574, 2.0]
    assert edge_between(made[1], "w1", "w4").idle


def test_two_places_are_one_edge() -> None:
    edge = edge_between(drawn("square"), "w1", "w2")
    assert (edge.symbols, edge.numbers) == ("w1 + w1", "(-3) + (-3)")


def test_edges_that_pass_nothing_on_are_idle() -> None:
    made = drawn("branch")
    names = {node.assignment: node.name for node in made.nodes}
    states = {node.assignment: node.state for node in made.nodes}
    result = made.nodes[-1].name
    assert edge_between(made, names["w1 > 0"], result).idle
    assert edge_between(made, names["w4*w5"], result).idle
    assert edge_between(made, names["y"], names["floor(w2)"]).idle
    assert not edge_between(made, names["w1*w1"], result).idle
    assert states["log(w1)"] == "skipped"
    assert states["w1*w1"] == ""
    assert edge_between(drawn("chosen"), "w2", "w3").idle


def test_numbers_that_are_outputs_have_cards() -> None:
    made = drawn("constant")
    assert [(node.line, node.kind, node.outputs) for node in made.nodes[2:]] == [
        ("-1/3", "output", ("q",)),
        ("5", "output", ("r", "s")),
    ]
    assert [(node.line, node.number) for node in drawn("a number").nodes] == [("5", None)]


def test_a_failure_shows_what_there_is() -> None:
    made = drawn("no value")
    assert [(node.assignment, node.number, node.state) for node in made.nodes] == [
        ("x", -1.0, ""),
        ("y", 2.0, ""),
        ("log(w1)", None, "failed"),
    ]
    made = drawn("no slope")
    assert {node.name: node.state for node in made.nodes if node.state} == {"w1": "failed"}
    assert not edge_between(made, "w1", "w3").idle


def test_values_have_another_letter_where_an_input_is_called_so() -> None:
    assert {node.name[0] for node in drawn("names").nodes} == {"v"}


# parts of a graph


def test_around_a_value() -> None:
    made = large(40)
    part = around(made, "w100", distance=1)
    assert "w100" in {node.name for node in part.nodes}
    assert len(part.nodes) + part.left_out == len(made.nodes)
    near = {edge.operand for edge in made.edges if edge.user == "w100"}
    near |= {edge.user for edge in made.edges if edge.operand == "w100"}
    assert {node.name for node in part.nodes} == near | {"w100"}
    assert [node.name for node in around(made, "w100", distance=9, most=7).nodes] == sorted(
        (node.name for node in around(made, "w100", distance=9, most=7).nodes), key=lambda name: int(name[1:])
    )
    assert len(around(made, "w100", distance=9, most=7).nodes) == 7
    assert around(made, "x3") == around(made, "w4")
    assert around(made, "f") == around(made, made.nodes[-1].name)
    assert [node.name for node in around(made, "w5", distance=0).nodes] == ["w5"]


def test_values_have_the_names_of_the_formula_too(capsys: pytest.CaptureFixture[str]) -> None:
    text = "n = 3; sq(u) = u*u; r = x*y; r = r + n; s = sq(r); t = x*y; p = s*t; b = x > 0; f = if b then p else t"
    made = graph(explain(parse(text)))
    lines = {name: next(node.line for node in made.nodes if node.name == value) for name, value in made.names.items()}
    assert lines == {
        "x": "w1 = x",
        "y": "w2 = y",
        "f": "w8 = if w7 then w6 else w3",
        "r": "w4 = w3 + 3",
        "s": "w5 = w4*w4",
        "t": "w3 = w1*w2",
        "p": "w6 = w5*w3",
        "b": "w7 = w1 > 0",
    }
    assert around(made, "t") == around(made, "w3")
    assert main(["graph", "examples/black_scholes.symad", "--around", "d1", "--format", "dot"]) == 0
    assert "w15 = w12/w14" in capsys.readouterr().out
    assert main(["graph", text, "--around", "bb"]) == 2
    assert "hint: did you mean b?" in capsys.readouterr().err
    assert made.names.keys().isdisjoint(node.name for node in made.nodes)


def test_around_nothing() -> None:
    with pytest.raises(NamingError, match="no value w9"):
        around(drawn("seed"), "w9")


def test_the_surroundings_of_every_value_are_made_in_linear_time() -> None:
    def seconds(terms: int) -> tuple[float, int]:
        made = large(terms)
        start = time.process_time()
        found = parts(made)
        assert list(found) == [node.name for node in made.nodes]
        assert max(map(len, found.values())) <= 16
        assert all(name in {other for other, _, _ in near} for name, near in found.items())
        return time.process_time() - start, len(made.nodes)

    seconds(4)
    (short, few), (long, many) = (min(seconds(terms) for _ in range(3)) for terms in (55, 220))
    assert many > 1900
    assert long / many < 3 * short / few  # timings wander; growing with the square would be 4 times as much
    assert long < 3  # seconds, 0.3 where nothing else runs


def test_the_text_of_a_large_graph_stays_in_proportion() -> None:
    few, many = large(50), large(200)
    for write in (dot, mermaid, lambda made: svg(made, None)):
        assert len(write(many)) / len(many.nodes) < 1.1 * len(write(few)) / len(few.nodes)


# the command


def test_the_form_follows_from_the_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    made = graph(explain(symad.parse(SEED)))
    texts = {"svg": svg(made, layout(made)), "dot": dot(made), "mermaid": mermaid(made)}
    for ending, name in {"svg": "svg", "dot": "dot", "gv": "dot", "mmd": "mermaid", "mermaid": "mermaid"}.items():
        file = tmp_path / f"graph.{ending}"
        assert main(["graph", SEED, "-o", str(file)]) == 0
        assert file.read_text(encoding="utf-8") == texts[name]
    for name, text in texts.items():
        assert main(["graph", SEED, "--format", name]) == 0
        assert capsys.readouterr().out == text
    assert main(["graph", SEED]) == 0
    assert capsys.readouterr().out == texts["svg"]


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        (["--format", "pdf"], "hint: formats: svg, dot, mermaid"),
        (["-o", "graph.png"], "hint: --format, one of svg, dot, mermaid"),
        (["--around", "w9"], "there is no value w9"),
        (["--around", "X1"], "hint: did you mean x1?"),
        (["--seed", "y=1"], "y is not an output"),
    ],
)
def test_mistakes_have_hints(
    options: list[str], reason: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["graph", SEED, *options]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert reason in said.err
    assert not list(tmp_path.iterdir())


def test_a_point_without_a_value_leaves_a_picture(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "graph.svg"
    assert main(["graph", "log(x)*y", "--at", "x=-1,y=2", "-o", str(file)]) == 2
    assert "w3 = log(w1) is not defined" in capsys.readouterr().err
    assert file.read_text(encoding="utf-8").count('class="node operation failed"') == 1


def test_a_large_graph_is_drawn_around_a_value(capsys: pytest.CaptureFixture[str]) -> None:
    text = " + ".join(f"sin(x*{k})" for k in range(LARGE))
    assert main(["graph", text]) == 2
    assert "hint: --around w" in capsys.readouterr().err
    assert main(["graph", text, "--around", "w7"]) == 0
    assert 'id="node-w7"' in capsys.readouterr().out
    assert main(["graph", text, "--format", "dot"]) == 0
    assert capsys.readouterr().out.count("label=") > 2 * LARGE


def test_a_partial_derivative_that_is_zero_at_the_point_passes_nothing_on() -> None:
    made = graph(explain(parse("x*y"), at={"x": 2, "y": 0}))
    assert {(edge.operand, edge.symbols): edge.idle for edge in made.edges} == {("w1", "w2"): True, ("w2", "w1"): False}
    assert [(edge.labelled, edge.numbers) for edge in made.edges] == [(True, "0"), (True, "2")]
    assert '  w1 -> w3 [label="w2 = 0", style=dashed];\n' in dot(made)
    assert '  w1 -.->|"w2 = 0"| w3\n' in mermaid(made)
    assert ">w2</tspan>" in svg(made, layout(made))


def test_what_is_never_a_partial_derivative_is_not_written() -> None:
    made = drawn("branch")
    names = {node.assignment: node.name for node in made.nodes}
    result = made.nodes[-1].name
    assert not edge_between(made, names["w1 > 0"], result).labelled
    assert not edge_between(made, names["log(w1)"], names["w4*w5"]).labelled
    assert not edge_between(made, names["y"], names["floor(w2)"]).labelled


def test_one_sweep_of_several_is_said() -> None:
    made = graph(explain(parse("p = x*y; q = x; output p, q")))
    assert made.caption == "the derivatives are those of the sweep for p, one of 2"
    assert graph(explain(parse("x*y"))).caption == ""
