"""Programs of random conditions, twisted ones: what is compiled computes what the interpreter does, to the bit.

A name that is given in a block must not be asked outside of it; whether it is follows from conditions that share parts,
in any order.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import pytest

import symad
from symad.errors import EvaluationError

SEEDS = (297, 569, 686, 832, 894, 918, 920, 974, 1096, 1137, 1154, 1751, 1767, *range(20))  # the first ones failed once
POINTS = 8


def number(draw: random.Random, names: list[str], depth: int) -> str:
    """Write a random number."""
    kind = draw.random()
    if depth == 0 or kind < 0.15:
        return draw.choice([*names, "2", "0.5", "1"])
    if kind < 0.4:
        return f"({number(draw, names, depth - 1)} {draw.choice('+-*')} {number(draw, names, depth - 1)})"
    if kind < 0.5:
        return f"{draw.choice(['sqrt', 'log', 'abs', 'sin', 'exp'])}({number(draw, names, depth - 1)})"
    if kind < 0.56:
        return f"max({number(draw, names, depth - 1)}, {number(draw, names, depth - 1)})"
    if kind < 0.62:
        return f"{number(draw, names, 0)}/({number(draw, names, depth - 1)})"
    question, yes = condition(draw, names, 2), number(draw, names, depth - 1)
    return f"(if {question} then {yes} else {number(draw, names, depth - 1)})"


def condition(draw: random.Random, names: list[str], depth: int) -> str:
    """Write a random condition."""
    kind = draw.random()
    if depth == 0 or kind < 0.55:
        return f"{number(draw, names, 0)} {draw.choice(['<', '>', '<=', '>='])} {number(draw, names, 0)}"
    if kind < 0.85:
        word = "and" if kind < 0.7 else "or"
        return f"({condition(draw, names, depth - 1)} {word} {condition(draw, names, depth - 1)})"
    return f"not ({condition(draw, names, depth - 1)})"


def text(seed: int) -> str:
    """Write a random program of three inputs."""
    draw = random.Random(seed)
    names, lines = ["x", "y", "z"], ["input x, y, z"]
    for k in range(draw.randint(1, 5)):
        lines.append(f"v{k} = {number(draw, names, 3)}")
        names.append(f"v{k}")
    return "\n".join([*lines, number(draw, names, 3)])


@pytest.mark.parametrize("seed", SEEDS)
def test_compiled_conditions(seed: int) -> None:
    program = symad.parse(text(seed))
    product = symad.hessian_vector_product(program, method="reverse-over-forward")
    draw = random.Random(seed)
    for made in (symad.value_and_gradient(program), product, symad.hessian(program)):
        compiled = symad.compile(made)
        for _ in range(POINTS):
            at = [draw.choice((-2.0, -1.0, -0.5, 0.0, 0.5, 1.0, 2.0, 3.0, draw.uniform(-3, 3))) for _ in made.inputs]
            assert outcome(compiled, at) == outcome(made, at)


def outcome(function: Callable[..., Any], at: list[float]) -> str:
    """Give what a function gives, as a text, or that it has no value."""
    try:
        return repr(function(*at))
    except EvaluationError:
        return "no value"
