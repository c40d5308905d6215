"""Every row of the table of operations twice differentiated, mixed derivatives too, by every method for Hessians.

The second partial derivatives that edge pushing derives from the table are compared with second differences of mpmath's
function; the Hessians of operations on arguments that bend along two inputs, s and t, with mpmath's own derivatives.
"""

from __future__ import annotations

import math
from fractions import Fraction
from functools import cache
from itertools import combinations_with_replacement
from random import Random
from typing import Any

import mpmath
import pytest

from symad.builder import Builder
from symad.derivatives import edge_pushing
from symad.derivatives.edge_pushing import second_partial
from symad.derivatives.gradient import gradient
from symad.derivatives.hessian import hessian
from symad.derivatives.partials import Partial, make_partial
from symad.differences import DIGITS, slopes
from symad.operations import OPERATIONS
from symad.precise import evaluate, functions
from symad.program import Program
from symad.simplify import identities
from symad.wellformed import check
from tests.derivatives.methods import METHODS, entry
from tests.test_operations import PARTIALS, SMOOTH, TAYLOR, formula, loss, sampled, second_difference

ALONG = (
    (Fraction(3, 4), Fraction(1, 2)),
    (Fraction(-5, 8), Fraction(7, 8)),
    (Fraction(1, 4), Fraction(-3, 8)),
)  # x*exp(3/4*s + 1/2*t), y*exp(…), …
PAIRS = [
    (row.name, i, j)
    for row in SMOOTH
    for i, j in combinations_with_replacement(range(len(row.arguments)), 2)
    if (row.name, i) in PARTIALS and (row.name, j) in PARTIALS
]
ROWS = list(dict.fromkeys(name for name, _, _ in PAIRS))
TWICE = [name for name in ROWS if len(OPERATIONS[name].arguments) == 2 and (name, 0) in PARTIALS]
UNDEFINED = {"max", "min", "mod", "fmod"}  # f(u, u) is at a kink
AGREES = mpmath.mpf(10) ** -30  # of 50 digits; some functions of mpmath lose a few where they are differentiated
LOST = (
    mpmath.mpf(10) ** 30
)  # digits that mpmath's inverse of erfc loses near 1, of the 110 that a second difference has left
NOISE = mpmath.mpf(10) ** -40  # of the value: what its differences cannot resolve
DOUBLES = mpmath.mpf(10) ** -12  # of a partial derivative that is a polynomial near 0, as exact as a double
SLOW = ("bessely0", "bessely1", "erfinv", "erfcinv")  # of mpmath's functions


def second(name: str, i: int, j: int) -> Program:
    """Write what edge pushing makes of an operation's second partial derivative as a program of the arguments."""
    row = OPERATIONS[name]
    b = Builder(identities)
    arguments = tuple([b.input(argument) for argument in row.arguments])
    made = second_partial(name, i, j, (None,) * len(arguments))
    if made.number is not None:
        return b.finish([("second", b.constant(made.number))])
    z = b.make(name, *arguments)
    return check(b.finish([("second", make_partial(b, made, arguments, z))]))


@pytest.mark.parametrize(("name", "i", "j"), PAIRS)
def test_second_partial(name: str, i: int, j: int) -> None:
    ours, swapped = second(name, i, j), second(name, j, i)
    digits = 14 if name in TAYLOR else 30
    for point in sampled(name)[:3]:
        truth, noise = second_difference(formula(OPERATIONS[name]), point, i, j)
        for made in (ours, swapped):
            [found] = evaluate(made, point, DIGITS)
            assert abs(found - truth) <= abs(truth) * mpmath.mpf(10) ** -digits + noise * LOST, point


@pytest.mark.parametrize(("name", "i", "j"), [pair for pair in PAIRS if pair[0] not in SLOW])
def test_hessian_in_doubles(name: str, i: int, j: int) -> None:
    """Tolerance: that of the derivative differentiated again, tests/test_operations.py."""
    row = OPERATIONS[name]
    label = entry("f", row.arguments[i], row.arguments[j])
    made = hessian(formula(row), tuple({row.arguments[i]: 1, row.arguments[j]: 1}), "edge-pushing")
    first = gradient(formula(row), (row.arguments[i],))
    compared = 0
    for point in sampled(name)[:3]:
        truth, noise = second_difference(formula(row), point, i, j)
        [again] = slopes(first, point, [j], Random(1))
        if again is None or not again.smooth or 0 < abs(truth) < 1e-290 or abs(truth) > 1e290:
            continue
        values = made(*point) if len(made.outputs) != 1 else (made(*point),)
        found = dict(zip(made.outputs, values, strict=True)).get(label, 0.0)
        allowed = (
            100 * (math.ulp(float(truth)) + again.rounding + again.paths) + 4 * loss(name, i, point, truth) + noise
        )
        assert abs(mpmath.mpf(found) - truth) <= allowed, point
        compared += 1
    assert compared >= 2


def bent(name: str, same: bool) -> Program:
    """Write an operation on arguments that bend along s and t; `same` gives it its first argument twice."""
    row = OPERATIONS[name]
    b = Builder()
    s, t, *arguments = [b.input(argument) for argument in ("s", "t", *row.arguments)]
    for place, (by_s, by_t) in zip(range(len(arguments)), ALONG, strict=False):
        if (name, place) in PARTIALS:
            turn = b.make("add", b.make("mul", b.constant(by_s), s), b.make("mul", b.constant(by_t), t))
            arguments[place] = b.make("mul", arguments[place], b.make("exp", turn))
    operands = [arguments[0]] * 2 if same else arguments
    return b.finish([("f", b.make(name, *operands))])


@cache
def truth(name: str, point: tuple[float, ...], same: bool) -> dict[str, Any]:
    """Give the second derivatives by s and t at 0, by mpmath."""

    def value(s: Any, t: Any) -> Any:
        turns = [s * i.numerator / i.denominator + t * j.numerator / j.denominator for i, j in ALONG]
        at = [
            mpmath.mpf(x) * mpmath.exp(turn) if (name, place) in PARTIALS else x
            for place, (x, turn) in enumerate(zip(point, turns, strict=False))
        ]
        return functions()[name](*([at[0]] * 2 if same else at))

    orders = {("s", "s"): (2, 0), ("s", "t"): (1, 1), ("t", "t"): (0, 2)}
    with mpmath.workdps(50):
        return {entry("f", *names): mpmath.diff(value, (0, 0), order) for names, order in orders.items()}


def wrong(name: str, method: str, points: int, same: bool = False) -> list[str]:
    """List the second derivatives that are not the true ones."""
    program = bent(name, same)
    made = check(hessian(program, ["s", "t"], method))
    found = []
    for point in sampled(name)[1 : 1 + points]:
        at = tuple(map(abs, point)) if same else point
        values = dict(zip(made.outputs, evaluate(made, [0, 0, *at], 50), strict=True))
        [value] = evaluate(program, [0, 0, *at], 50)
        for label, wanted in truth(name, at, same).items():
            got = values.get(label, 0)
            near = DOUBLES if name in TAYLOR else AGREES
            with mpmath.workdps(50):
                if not abs(got - wanted) <= near * abs(wanted) + NOISE * abs(value):
                    found.append(f"{name}, {method}, {label} at {at}: {mpmath.nstr(got)}, not {mpmath.nstr(wanted)}")
    return found


@pytest.mark.parametrize("method", METHODS["hessian"])
@pytest.mark.parametrize("name", ROWS)
def test_every_operation_inside_a_formula(name: str, method: str) -> None:
    made = hessian(bent(name, False), ["s", "t"], "forward")
    if method == "elimination" and any(operation == "select" for operation, _ in made.assignments):
        return  # the gradient has conditions: elimination is not for these
    assert not wrong(name, method, 1 if name in SLOW else 2)


@pytest.mark.parametrize("method", ["edge-pushing", "forward"])
@pytest.mark.parametrize("name", [name for name in TWICE if name not in UNDEFINED])
def test_an_operation_on_one_value_twice(name: str, method: str) -> None:
    assert not wrong(name, method, 3, same=True)


# What is wrong is seen.


def test_a_wrong_number_of_pairs_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    sound = edge_pushing.twice
    seen = ("pow", "hypot", "beta", "xlogy", "xlog1py")
    for factor in (1, 3):
        monkeypatch.setattr(
            edge_pushing,
            "twice",
            lambda b, value, n=factor: b.make("mul", b.constant(n), value),
        )
        assert all(wrong(name, "edge-pushing", 3, same=True) for name in seen)
    monkeypatch.setattr(edge_pushing, "twice", sound)
    assert not any(wrong(name, "edge-pushing", 3, same=True) for name in seen)


def test_swapped_operands_are_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        edge_pushing, "make_partial", lambda b, made, operands, z: make_partial(b, made, operands[::-1], z)
    )
    for name in ("pow", "div", "atan2", "xlogy", "lbeta"):
        assert wrong(name, "edge-pushing", 2), name


def test_a_dropped_contribution_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    sound = edge_pushing.receive
    for drop in (lambda p, q: p == q, lambda p, q: p != q):
        monkeypatch.setattr(
            edge_pushing, "receive", lambda edges, p, q, made, no=drop: None if no(p, q) else sound(edges, p, q, made)
        )
        for name in ("mul", "pow", "hypot", "atan2", "beta"):
            assert wrong(name, "edge-pushing", 3), name


def test_a_wrong_second_partial_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    wrong_by = Fraction(2001, 2000)

    def skewed(b: Builder, made: Partial, operands: tuple[int, ...], z: int) -> int:
        return b.make("mul", b.constant(wrong_by), make_partial(b, made, operands, z))

    monkeypatch.setattr(edge_pushing, "make_partial", skewed)
    for name in (
        "sqrt",
        "exp",
        "sin",
        "tan",
        "erf",
        "lgamma",
        "pow",
        "div",
        "hypot",
        "besselj",
        "lambertw",
        "softplus",
    ):
        assert wrong(name, "edge-pushing", 3), name
