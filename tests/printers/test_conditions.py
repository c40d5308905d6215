"""Random programs with conditions: interpreter, compiled function and generated module agree to the bit."""

from __future__ import annotations

import random
from typing import Any

import pytest

import symad

POINTS = [(0.3, 1.7), (-1.3, 0.7), (2.0, -3.0), (1.0, 1.0), (0.0, 0.0), (3.5, 2.0)]
FUNCTIONS = ("sin", "exp", "log", "sqrt", "abs", "tanh")
KNOWN = [  # once wrong: a guard of a guard, a circle of conditions, a long value in a condition
    "f = x*(if y > 3 and (x > 1 or y > 2) then 2 else x)",
    "if x<1 and (x<0 or y<0) then 7 else x*y",
    "if x>y and not (x<0 or y<-1) then x^2*y else if x==y then 7 else -x/y",
    "f = x*y*(if y > 3 and (x^2 == 5 or x < 2) then 2 else (if (x > 7 and y < 9) or y^2 == 4 then y else 1))",
    "a = " + " + ".join(f"sin({k}*x*y)" for k in range(20)) + "\nif (if x > 0 then a else 1) > 0 then a*2 else 1",
]


def value(random_: random.Random, depth: int, names: list[str]) -> str:
    kind = random_.random()
    if depth == 0 or kind < 0.1:
        return random_.choice([*names, *names, "2", "1/2", "-1", "0"])
    inner = [value(random_, depth - 1, names) for _ in range(2)]
    if kind < 0.45:
        return f"({inner[0]} {random_.choice('+-*/')} {inner[1]})"
    if kind < 0.8:
        return f"(if {condition(random_, 2, names)} then {inner[0]} else {inner[1]})"
    return f"{random_.choice(FUNCTIONS)}({inner[0]})"


def condition(random_: random.Random, depth: int, names: list[str]) -> str:
    kind = random_.random()
    if depth == 0 or kind < 0.5:
        left, right = value(random_, 1, names), value(random_, 0, names)
        return f"{left} {random_.choice(['<', '>', '<=', '=='])} {right}"
    if kind < 0.9:
        word = "and" if kind < 0.7 else "or"
        return f"({condition(random_, depth - 1, names)} {word} {condition(random_, depth - 1, names)})"
    return f"not ({condition(random_, depth - 1, names)})"


def written(seed: int) -> str:
    random_ = random.Random(seed)
    names, lines = ["x", "y"], ["input x, y"]
    for k in range(random_.choice((1, 3, 5))):
        lines.append(f"t{k} = {value(random_, 2, names)}")
        names += [f"t{k}"] * 2
    return "\n".join([*lines, f"f = {random_.choice(names)}*{random_.choice(names)} + t0", "output f"])


def attempt(function: Any, point: tuple[float, float]) -> Any:
    try:
        return function(*point)
    except (symad.SymadError, ArithmeticError, ValueError):
        return None


@pytest.mark.parametrize("text", [*KNOWN, *map(written, range(120))])
def test_all_ways_to_evaluate_agree(text: str) -> None:
    program = symad.parse(text if text.startswith("input") else f"input x, y\n{text}")
    both = symad.value_and_gradient(program)
    compiled = symad.compile(both)
    scope: dict[str, Any] = {"__name__": "generated"}
    exec(symad.generate(program, method="reverse", algebra=False), scope)
    for point in POINTS:
        expected = attempt(both, point)
        generated = attempt(scope["value_and_gradient"], point)
        assert repr(attempt(compiled, point)) == repr(expected)
        assert repr(generated and (generated[0], *generated[1])) == repr(expected)
