"""Random programs, conditions included, and points to evaluate them at."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from hypothesis import strategies as st

from symad.builder import Builder
from symad.errors import EvaluationError
from symad.numbers import Number
from symad.program import Program
from symad.wellformed import check

# fmt: off
UNARY = ("sin", "cos", "exp", "log", "sqrt", "neg", "abs", "atan", "sign", "tanh", "floor", "sech")
BINARY = ("add", "sub", "mul", "div", "max", "min", "atan2", "add", "sub", "mul")
KINDS = ("unary", "binary", "binary", "power", "comparison", "logic", "select")
COMPARISONS = ("lt", "le", "gt", "ge", "eq", "ne")
NUMBERS: tuple[Number, ...] = (0, 1, 2, 3, 7, 10**20, -1, -5, Fraction(1, 3), Fraction(-2, 7), 0.5, 1e-9, 2.5e30, -0.1)
EXPONENTS: tuple[Number, ...] = (-3, -2, -1, 0, 1, 2, 3, 10, Fraction(1, 2), Fraction(-1, 2), Fraction(2, 3), 0.3, -1.7)
POINTS = st.one_of(st.floats(-4.0, 4.0), st.sampled_from((0.0, -0.0, 1.0, -1.0, 2.0, 1e200, -1e200)))
# fmt: on


@st.composite
def programs(draw: st.DrawFn, operations: int = 25, outputs: int = 3, conditions: bool = True) -> Program:
    """Make a program of up to so many operations, and as many outputs at most."""
    b = Builder()
    numbers = [b.input(name) for name in draw(st.sampled_from((("x",), ("x", "y"), ("a", "w1", "lamda"))))]
    truths: list[int] = []
    for _ in range(draw(st.integers(1, operations))):
        value = operation(draw, b, numbers, truths, KINDS if conditions else KINDS[:4])
        pool = truths if truths and value in truths else numbers
        pool.append(value)
    labels = ("f", "df/dx", "g")[: draw(st.integers(1, outputs))]
    results = [(label, draw(st.sampled_from(numbers[-5:]))) for label in labels]
    return check(b.finish(results))


def operation(draw: st.DrawFn, b: Builder, numbers: list[int], truths: list[int], kinds: Sequence[str]) -> int:
    """Make one operation on values that are there; a truth value is added to the list of these."""

    def number(*, constant: bool = True) -> int:
        if constant and draw(st.integers(0, 3)) == 0:
            return b.constant(draw(st.sampled_from(NUMBERS)))
        return draw(st.sampled_from([v for v in numbers[-8:] if constant or b.number(v) is None]))

    kind = draw(st.sampled_from(kinds))
    if kind == "unary":
        return b.make(draw(st.sampled_from(UNARY)), number(constant=False))
    if kind == "binary":  # one operand is no number: the language has no quotient of two numbers
        operands = [number(constant=False), number()]
        return b.make(draw(st.sampled_from(BINARY)), *draw(st.permutations(operands)))
    if kind == "power":
        exponent = b.constant(draw(st.sampled_from(EXPONENTS))) if draw(st.booleans()) else number(constant=False)
        return b.make("pow", number(constant=False), exponent)
    if kind == "comparison" or not truths:
        made = b.make(draw(st.sampled_from(COMPARISONS)), number(constant=False), number())
    elif kind == "logic":
        name = draw(st.sampled_from(("and", "or", "not")))
        made = b.make(name, *[draw(st.sampled_from(truths[-4:])) for _ in range(1 if name == "not" else 2)])
    else:
        return b.make("select", draw(st.sampled_from(truths[-4:])), number(), number())
    truths.append(made)
    return made


def outcome(function: Any, point: list[float]) -> str:
    """Give what a call gives, or that there is no value: nan is a value, and -0.0 is not 0.0."""
    try:
        found = function(*point)
    except (EvaluationError, ArithmeticError, ValueError):
        return "no value"
    return repr(found if isinstance(found, tuple) else (found,))
