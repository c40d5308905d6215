"""The graph for other programs."""

from __future__ import annotations

from symad.explain.dot import dot, mermaid
from tests.explain.graphs import drawn


def test_dot_of_the_first_formula() -> None:
    assert (
        dot(drawn("seed"))
        == r"""digraph {
  node [shape=box, style=rounded, fontname="monospace"];
  edge [fontname="monospace"];
  w1 [label="w1 = x1\n2\ndz/dw1 = 2.583853…"];
  w2 [label="w2 = x2\n3\ndz/dw2 = 2"];
  w3 [label="w3 = w1*w2\n6\ndz/dw3 = 1"];
  w4 [label="w4 = sin(w1)\n0.9092974…\ndz/dw4 = 1"];
  w5 [label="w5 = w3 + w4\n6.909297…\ndz/dw5 = 1\noutput z", penwidth=2];
  w1 -> w3 [label="w2 = 3"];
  w2 -> w3 [label="w1 = 2"];
  w1 -> w4 [label="cos(w1) = -0.4161468…"];
  w3 -> w5 [label="1"];
  w4 -> w5 [label="1"];
}
"""
    )


def test_mermaid_of_the_first_formula() -> None:
    assert (
        mermaid(drawn("seed"))
        == """\
flowchart TD
  w1(["w1 = x1<br/>2<br/>dz/dw1 = 2.583853…"])
  w2(["w2 = x2<br/>3<br/>dz/dw2 = 2"])
  w3["w3 = w1#42;w2<br/>6<br/>dz/dw3 = 1"]
  w4["w4 = sin(w1)<br/>0.9092974…<br/>dz/dw4 = 1"]
  w5[["w5 = w3 + w4<br/>6.909297…<br/>dz/dw5 = 1<br/>output z"]]
  w1 -->|"w2 = 3"| w3
  w2 -->|"w1 = 2"| w3
  w1 -->|"cos(w1) = -0.4161468…"| w4
  w3 -->|"1"| w5
  w4 -->|"1"| w5
"""
    )


def test_idle_edges_are_dashed_everywhere() -> None:
    made = drawn("branch")
    assert dot(made).count("style=dashed") == mermaid(made).count("-.->") == sum(e.idle for e in made.edges) > 3
