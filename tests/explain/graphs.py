"""Formulas whose computational graphs are tested, and large ones."""

from __future__ import annotations

from typing import Any

import symad
from symad.explain import explain
from symad.explain.graph import Graph, graph

SEED = "z = x1*x2 + sin(x1)"
CALL = "d = (log(S/K) + (r + v^2/2)*T)/(v*sqrt(T)); C = S*erf(d) - K*exp(-r*T)*erf(d - v*sqrt(T))"
# fmt: off
CASES: dict[str, tuple[str, dict[str, Any]]] = {
    "seed":         (SEED, {"at": {"x1": 2, "x2": 3}}),
    "no point":     (SEED, {}),
    "forward":      (SEED, {"at": {"x1": 2, "x2": 3}, "mode": "forward"}),
    "combination":  ("p = x*y; q = sin(p)*x; output p, q", {"at": {"x": 3, "y": 4}, "seed": {"p": 1, "q": 2}}),
    "square":       ("x*x", {"at": {"x": -3}}),
    "branch":       ("if x > 0 then log(x)*floor(y) else x*x", {"at": {"x": -2, "y": 1}}),
    "not needed":   ("u = exp(x); v = log(y); w = u*2; output w", {"at": {"x": 0, "y": -1}}),
    "chosen":       ("x*y + sin(y)", {"at": {"x": 1, "y": 2}, "wrt": ["x"]}),
    "no inputs":    ("2 + 3", {"at": {}}),
    "constant":     ("p = x*2; q = -1/3; r = 5; s = 5; output p, q, r, s", {"at": {"x": 1}}),
    "a number":     ("5", {}),
    "input itself": ("p = x; q = x; output p, q", {"at": {"x": 1}}),
    "unused input": ("input x, y, z; x^2", {"at": {"x": 1, "y": 2, "z": 3}}),
    "long edges":   ("sin(cos(exp(x)))*x + y", {"at": {"x": 1, "y": 2}}),
    "names":        ("α_max = w1*数 + w2^2", {"at": {"w1": 1, "w2": 2, "数": 3}}),
    "no value":     ("log(x)*y", {"at": {"x": -1, "y": 2}}),
    "no slope":     ("sqrt(x)*y + exp(y)", {"at": {"x": 0, "y": 1}}),
    "twenty":       (CALL, {"at": {"S": 100, "K": 95, "r": 0.05, "v": 0.2, "T": 0.5}}),
    "loop":         ("y = x; for k in 1..n { y = r*y*(1 - y) }; y*r", {"at": {"x": 0.3, "n": 5, "r": 3.2}}),
    "loops":        ("a = x; b = 1; for i in 1..3 { a = a*b; for j in 1..i { b = b + a } }; output a, b", {}),
    "no iteration": ("if x > 0 then sum(k in 1..3: x^k) else x", {"at": {"x": -1}, "mode": "forward"}),
    "products":     (" + ".join(f"x{a}*x{b}" for a in range(5) for b in range(a)), {}),
}
# fmt: on


def drawn(name: str) -> Graph:
    """Make the graph of a case."""
    text, options = CASES[name]
    return graph(explain(symad.parse(text), **options))


def large(terms: int) -> Graph:
    """Make the graph of a sum of Rosenbrock's function, with 9 assignments a term."""
    program = symad.parse(" + ".join(f"(1 - x{k})^2 + 100*(x{k + 1} - x{k}^2)^2" for k in range(terms)))
    return graph(explain(program, dict.fromkeys(program.inputs, 0.5)))


def boxes_apart(boxes: list[tuple[float, float]], width: float, height: float) -> bool:
    """Tell whether boxes of one size with these centres have nothing in common."""
    ordered = sorted(boxes)
    return all(
        abs(x - u) >= width - 0.2 or abs(y - v) >= height - 0.2  # coordinates are written to a tenth
        for k, (x, y) in enumerate(ordered)
        for u, v in ordered[k + 1 :]
    )
