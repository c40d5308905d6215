"""The forward sweep: the same derivatives as the reverse sweep, structural zeros, conditions, cost, errors."""

from __future__ import annotations

import math
import random
import time
from collections.abc import Sequence
from fractions import Fraction

import mpmath
import pytest
from hypothesis import given

from symad.builder import Builder
from symad.derivatives import forward
from symad.derivatives.forward import Tangent, tangents
from symad.derivatives.gradient import all_partials
from symad.derivatives.primal import Primal
from symad.errors import DerivativeError, EvaluationError, NamingError
from symad.needs import ALWAYS
from symad.operations import OPERATIONS
from symad.parse import parse
from symad.precise import evaluate
from symad.program import Program
from symad.simplify import identities
from symad.wellformed import check
from tests.derivatives.test_reverse import CONDITIONS, rational, rationally
from tests.high_precision import with_exact_constants
from tests.printers.programs import POINTS, programs
from tests.printers.test_conditions import POINTS as PLACES
from tests.printers.test_conditions import written
from tests.test_operations import PARTIALS, formula, sampled


def forward_partials(program: Program, wrt: Sequence[str] | None = None) -> Program:
    return all_partials(program, wrt, "forward")


def partials(text: str, *wrt: str) -> Program:
    return check(forward_partials(check(parse(text)), wrt or None))


def attempt(program: Program, point: tuple[float, ...], digits: int = 50) -> tuple[float, ...] | None:
    """Evaluate to many digits; None where there is no value."""
    try:
        return evaluate(program, point, digits)
    except EvaluationError:
        return None


def test_the_first_formula() -> None:
    p = partials("x1*x2 + sin(x1)")
    assert p.outputs == ("f", "df/dx1", "df/dx2")
    assert p(2, 3) == (6 + math.sin(2), 3 + math.cos(2), 2)
    assert p.operation_count == 5


@pytest.mark.parametrize("text", ["p = x*y; q = 2*y; r = 5; output r, p, q", "input x, y, z\nx - x + y", "2 + 3"])
def test_order_and_labels_are_those_of_the_reverse_sweep(text: str) -> None:
    program = parse(text)
    ours, theirs = check(forward_partials(program)), all_partials(program)
    assert (ours.inputs, ours.outputs) == (theirs.inputs, theirs.outputs)
    point = range(2, len(ours.inputs) + 2)
    assert ours(*point) == theirs(*point)
    assert partials("x*y^2*z", "z", "x").outputs == ("f", "df/dz", "df/dx")
    assert partials("x*y^2*z", "z", "x").inputs == ("x", "y", "z")


@pytest.mark.parametrize(("name", "place"), PARTIALS)
def test_every_operation(name: str, place: int) -> None:
    """One operation has one contribution, so that both sweeps make the same program."""
    program = formula(OPERATIONS[name])
    wrt = [program.inputs[place]]
    ours, theirs = forward_partials(program, wrt), all_partials(program, wrt)
    assert ours == theirs
    for point in sampled(name)[:5]:
        assert ours(*point) == theirs(*point)


@pytest.mark.parametrize(("name", "place"), PARTIALS)
def test_every_operation_inside_a_formula(name: str, place: int) -> None:
    """The factors of the chain rule are multiplied in another order: a rounding each, and one for the sum."""
    row = OPERATIONS[name]
    b = Builder()
    t, *arguments = [b.input(argument) for argument in ("t", *row.arguments)]
    arguments[place] = b.make("mul", t, arguments[place])
    operated = b.make(name, *arguments)
    program = b.finish([("f", b.make("mul", operated, operated))])
    wrt = ["t", row.arguments[place]]
    ours, theirs = check(forward_partials(program, wrt)), all_partials(program, wrt)
    for point in sampled(name)[:5]:
        for left, right in zip(ours(1.0, *point), theirs(1.0, *point), strict=True):
            assert left == pytest.approx(right, rel=8 * 2.0**-52, abs=1e-300)


@pytest.mark.parametrize("seed", range(40))
def test_rational_functions_in_exact_arithmetic(seed: int) -> None:
    random_ = random.Random(seed)
    program = parse(rational(random_, 3 + seed))
    ours, theirs = check(forward_partials(program)), all_partials(program)
    point = [Fraction(random_.randint(1, 9), 10) for _ in range(3)]
    assert rationally(ours, point) == rationally(theirs, point)


@given(programs(outputs=1), POINTS, POINTS, POINTS)
def test_random_programs(program: Program, x: float, y: float, z: float) -> None:
    """To 1000 digits the two sweeps agree to 30: the others are for what cancels, 1/y^2 at y = 1e-229 and the like.

    Decimals are read as exact numbers: doubles are rounded where one sweep multiplies two and the other does not.
    """
    program = with_exact_constants(program, lambda decimal: Fraction(repr(decimal)))
    point = (x, y, z)[: len(program.inputs)]
    derived = check(forward_partials(program)), all_partials(program)
    if any(name == "decimal" for made in derived for name, _ in made.assignments):
        return  # numbers of more than 256 bits
    ours, theirs = (attempt(made, point, 1000) for made in derived)
    if ours is not None and theirs is not None:
        for left, right in zip(ours, theirs, strict=True):
            assert abs(left - right) <= mpmath.mpf(10) ** -30 * max(1, abs(left))


# conditions


def outcomes(text: str) -> list[tuple[bool, bool]]:
    """Tell, at some points, whether forward and reverse sweep have values; where both have they must agree.

    Tolerance: to 50 digits the sweeps agree to 30 or more.
    """
    program = parse(text)
    ours, theirs = check(forward_partials(program)), all_partials(program)
    found = []
    for point in PLACES:
        left, right = attempt(ours, point), attempt(theirs, point)
        found.append((left is not None, right is not None))
        for a, b in zip(left or (), right or () if left else (), strict=right is not None):
            assert abs(a - b) <= mpmath.mpf(10) ** -30 * max(1, abs(a)), (text, point)
    return found


@pytest.mark.parametrize("text", CONDITIONS)
def test_conditions(text: str) -> None:
    program = parse(text)
    ours, theirs = check(forward_partials(program)), all_partials(program)
    for x in (-3.3, -1.7, -0.6, -0.3, 0.11, 0.4, 0.7, 1.3, 1.9, 2.6, 3.7, 9.2):
        assert ours(x) == pytest.approx(theirs(x), rel=1e-14)  # a few roundings in another order


def test_random_conditions() -> None:
    """A formula that divides zero by zero may cancel it in one sweep and not in the other: one point in 500."""
    found = [pair for seed in range(150) for pair in outcomes(written(seed))]
    assert sum(ours and theirs for ours, theirs in found) > len(found) / 2
    assert sum(ours != theirs for ours, theirs in found) <= len(found) / 500


DEAD = [  # formula, point, derivative: a branch that is not taken is not evaluated, nor what would be made of it
    ("if x > 0 then log(x) else 0", -1, 0),
    ("if x > 0 then log(x)*sqrt(x) else 0", 0, 0),
    ("if x > 0 then (if x > 1 then log(x - 1) else log(x)) else exp(x)", -1, math.exp(-1)),
    ("if x > 0 then (if x > 1 then log(x - 1) else log(x)) else exp(x)", 0.5, 2),
    ("y = log(x); z = y^2; if x > 0 then z else x^2", -3, -6),
    ("y = (if x > 0 then log(x) else 0); y*exp(y) + y", -1, 0),
    ("sqrt(if x > 0 then x else 0)", -1, 0),
    ("sqrt((if x > 0 then x else 0) + (if x > 1 then x else 0))", -1, 0),
    ("y = (if x > 0 then x else 0); x + sqrt(y)", -1, 1),
    ("y = (if x > 0 then (if log(x) > 1 then x - 3 else 0) else 0); log(1 + 2*sqrt(y))", 0.5, 0),
    ("y = (if x > 0 then (if log(x) > 1 then x - 3 else 0) else 0); log(1 + 2*sqrt(y))", -0.5, 0),
    ("y = (if x > 0 then 0 else if 1/x > -1 then x else 0); sqrt(y)", 1, 0),
    ("if x < 0 or log(x) < 1 then x^2 else 1/(x - 5)", 5, None),
    ("if x < 0 or log(x) < 1 then x^2 else 1/(x - 5)", 1, 2),
    ("c = (if x < 0 then 0 else x); sin(if x < 0 and not x < 0 then c else 0)", 1, 0),  # a condition that never holds
]


@pytest.mark.parametrize(("text", "x", "expected"), DEAD)
def test_a_branch_that_is_not_taken_does_not_exist(text: str, x: float, expected: float | None) -> None:
    p = partials(text)
    if expected is None:
        with pytest.raises(EvaluationError):
            p(x)
    else:
        assert p(x)[1] == pytest.approx(expected, rel=1e-15)  # a rounding or two
        assert all_partials(parse(text))(x)[1] == pytest.approx(expected, rel=1e-15)


def test_a_second_pass_is_lazy_too() -> None:
    twice = check(forward_partials(partials("if x > 0 then x*log(x) else 0").part(["df/dx"])))
    assert twice.outputs == ("df/dx", "d2f/dxdx")
    assert (twice(-1), twice(0), twice(4)[1]) == ((0, 0), (0, 0), 0.25)


# structure and cost


@pytest.mark.parametrize(
    ("text", "operations"),
    [("x + y", 1), ("x - y", 1), ("2*x - floor(y)", 3), ("x*y", 1), ("if x > y then x else y", 4), ("x - x + y", 0)],
)
def test_zeros_and_ones_never_become_assignments(text: str, operations: int) -> None:
    p = partials(text)
    assert p.operation_count == operations


def test_tangents_along_seeds() -> None:
    b = Builder(identities)
    x, y, direction = b.input("x"), b.input("y"), b.input("u")
    product = b.make("mul", x, y)
    other = b.make("floor", y)
    start = Primal(parse("x*y"), b, ("x", "y", "u", "v", "f"), (x, y, direction, other, product), ("x",), (x,))
    made = tangents(start, {x: direction})
    assert made[x] == direction
    assert made.keys() == {x, product}
    tangent = made[product]
    assert tangent is not None
    assert b.finish([("dot_f", tangent)])(2, 3, 5) == 15


def test_the_pass_is_linear() -> None:
    counts = [partials("sin(" * n + "x" + ")" * n).operation_count for n in (1_000, 20_000)]
    assert counts == [3_998 - 1_000 + 1, 79_998 - 20_000 + 1]
    chains = [
        "y = 0; " + "; ".join(f"y = sin(y + (if x > {k} then x else 0))" for k in range(n)) + "; y" for n in (200, 800)
    ]
    conditional = [forward_partials(parse(text)).operation_count for text in chains]
    assert conditional[1] < 5 * conditional[0]


def test_time_is_linear_in_inputs_times_length() -> None:
    """Four times the length with twice the inputs: 8 times the work, and as much again for what a busy machine does."""
    times = []
    for inputs, terms in ((10, 500), (20, 2_000)):
        program = parse(" + ".join(f"sin(x{k % inputs})*{k + 2}" for k in range(terms)))
        start = time.process_time()
        forward_partials(program)
        times.append(time.process_time() - start)
    assert times[1] < 16 * times[0] + 1


# errors


def test_a_partial_that_does_not_exist_is_an_error() -> None:
    with pytest.raises(DerivativeError, match=r"besselj\(n, x\) has no derivative with respect to n"):
        partials("besselj(n, x)")
    assert partials("besselj(n, x)", "x").outputs == ("f", "df/dx")
    with pytest.raises(NamingError):
        partials("x*y", "z")


def test_a_sweep_without_supports_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    sound = forward.chosen

    def eager(b: Builder, value: int, yes: Tangent | None, no: Tangent | None) -> Tangent | None:
        found = sound(b, value, yes, no)
        return None if found is None else Tangent(found.whole, found.whole, ALWAYS)

    monkeypatch.setattr(forward, "chosen", eager)
    with pytest.raises(EvaluationError):
        partials("sqrt(if x > 0 then x else 0)")(-1)
    assert partials("if x > 0 then log(x) else 0")(-1) == (0, 0)
