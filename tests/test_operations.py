"""Every row of the table of operations: its partial derivatives, first and second, against three independent judges.

The tests enumerate the table, so an untested row cannot exist. Points are sampled from the row's own domain, negative
and positive, over several magnitudes. The judges are central differences of mpmath's function at 150 digits, the
complex step where the function is analytic, and, for the second order, second differences.
"""

from __future__ import annotations

import math
from functools import cache
from itertools import islice
from random import Random
from typing import Any

import mpmath
import pytest

import symad
from symad.builder import Builder
from symad.comparison import KINDS, coordinate
from symad.derivatives import partials
from symad.differences import DIGITS, STEP, Slope, slopes
from symad.errors import DerivativeError, EvaluationError
from symad.operations import BOOLEAN, OPERATIONS, Operation
from symad.precise import evaluate, functions
from symad.program import Program
from tests.test_numerics import TOLERANCE, TOLERANCES

SEED = 2024
POINTS = 30
SMOOTH = [row for name, row in OPERATIONS.items() if name not in BOOLEAN and name != "select"]
PARTIALS = [(row.name, k) for row in SMOOTH for k, text in enumerate(row.partials) if text is not None]
MISSING = [(row.name, k) for row in SMOOTH for k, text in enumerate(row.partials) if text is None]
TAYLOR = {"sinc"}  # a partial derivative that is a series near 0, as exact as a double and no more

# A partial derivative is a few rounded steps from values that are themselves off by what tests/test_numerics.py allows:
# UNITS units in the last place, and as many times what half a unit of the arguments and of the result changes.
UNITS = 6.0
LIBRARY = {  # what a partial derivative calls, where that is less accurate: functions of SciPy, as measured there
    "digamma": "trigamma", "trigamma": "polygamma", "gamma": "digamma", "beta": "beta", "lbeta": "lbeta",
    "polygamma": "polygamma", "besselj": "besselj", "besselj0": "besselj1", "besselj1": "besselj",
    "bessely1": "bessely1", "bessely0": "bessely1",
}  # fmt: skip
NOT_ANALYTIC = {
    "abs",
    "sign",
    "floor",
    "ceil",
    "trunc",
    "max",
    "min",
    "mod",
    "fmod",
    "copysign",
    "relu",
    "cbrt",
    "hypot",
}
REAL_IN_MPMATH = {  # analytic, but mpmath's function is of real numbers, or our spelling takes a real part or compares
    "erfinv", "erfcinv", "lgamma", "lbeta", "polygamma", "trigamma", "logaddexp", "xlogy", "xlog1py", "atan2", "asec",
    "acsc", "asech", "acoth", "acosh", "neg", "sub", "add",
}  # fmt: skip
COMPLEX = [(name, k) for name, k in PARTIALS if name not in NOT_ANALYTIC | REAL_IN_MPMATH]


EXTRA = {  # units beyond those, where a row's own comment says why
    "sinc": 40.0,  # cos(x) and z, both near 1 and rounded, of whose difference x^2/3 is left
}


def loss(name: str, place: int, point: tuple[float, ...], truth: Any) -> Any:
    """Give what the beta functions lose: digamma cancels, and SciPy's beta is the exponential of gammas' logarithms."""
    if name not in ("beta", "lbeta"):
        return 0.0
    x, y = point
    cancelled = 4 * 2.0**-52 * (abs(mpmath.digamma(point[place])) + abs(mpmath.digamma(x + y)))
    if name == "lbeta":
        return cancelled
    logarithms = sum(abs(mpmath.loggamma(t)) for t in (x, y, x + y))
    return cancelled * mpmath.beta(x, y) + 2.0**-52 * logarithms * abs(truth)


def formula(row: Operation) -> Program:
    """Write the operation as a program."""
    b = Builder()
    arguments = [b.input(name) for name in row.arguments]
    return b.finish([("f", b.make(row.name, *arguments))])


@cache
def sampled(name: str) -> tuple[tuple[float, ...], ...]:
    """Sample points of a row's domain at which it has a value."""
    row = OPERATIONS[name]
    random = Random(SEED)
    condition = "1 > 0" if row.domain == "all" else row.domain
    inside = symad.parse(f"input {', '.join(row.arguments)}\nif {condition} then 1 else 0")

    def attempts() -> Any:
        for _ in range(100 * POINTS):
            point = tuple(coordinate(*random.choice(KINDS[:-1]), random) for _ in row.arguments)
            if inside(*point) and defined(row, point):
                yield point

    return tuple(islice(attempts(), POINTS))


def defined(row: Operation, point: tuple[float, ...]) -> bool:
    """Tell whether the value is a normal double, with room for the derivatives."""
    try:
        value = formula(row)(*point)
    except EvaluationError:
        return False
    return value == 0 or 1e-100 < abs(value) < 1e100


@cache
def slope(name: str, point: tuple[float, ...], place: int) -> Slope:
    """Differentiate the operation by differences."""
    [found] = slopes(formula(OPERATIONS[name]), point, [place], Random(SEED))
    assert found is not None
    return found


def partial(row: Operation, text: str) -> Program:
    """Read a partial derivative, a formula in the arguments and the result z."""
    return symad.parse(f"input {', '.join(row.arguments)}, z\n{text}")


def wrong_in_doubles(name: str, place: int, text: str) -> list[str]:
    """List the points at which a partial derivative, computed in doubles, is off by more than it may."""
    row = OPERATIONS[name]
    found = []
    units = UNITS + 2 * TOLERANCES.get(LIBRARY.get(name, ""), TOLERANCE) + EXTRA.get(name, 0.0)
    for point in sampled(name):
        truth = slope(name, point, place)
        if not truth.smooth or truth.value and not 1e-290 < abs(truth.value) < 1e290:
            continue
        computed = partial(row, text)(*point, formula(row)(*point))
        error = abs(mpmath.mpf(computed) - truth.value)
        unit = math.ulp(float(truth.value)) if truth.value else truth.noise or math.ulp(0.0)
        if not error <= units * (unit + truth.rounding) + loss(name, place, point, truth.value):
            found.append(
                f"{name}, partial {place}, at {point}: {float(error / unit)} ulp, moves {float(truth.rounding / unit)}"
            )
    return found


def wrong_in_many_digits(name: str, place: int, text: str) -> list[str]:
    """List the points at which a partial derivative is not the true one to 40 digits."""
    row = OPERATIONS[name]
    found = []
    for point in sampled(name):
        truth = slope(name, point, place)
        [z] = evaluate(formula(row), point, DIGITS)
        [value] = evaluate(partial(row, text), [*point, z], DIGITS)
        digits = 16 if name in TAYLOR else 40
        if truth.smooth and not abs(value - truth.value) <= abs(truth.value) * mpmath.mpf(10) ** -digits + truth.noise:
            found.append(
                f"{name}, partial {place}, at {point}: {mpmath.nstr(value, 20)}, not {mpmath.nstr(truth.value, 20)}"
            )
    return found


@pytest.mark.parametrize("name", [row.name for row in SMOOTH])
def test_the_domain_is_sampled(name: str) -> None:
    points = sampled(name)
    assert len(points) == POINTS
    if OPERATIONS[name].domain == "all":
        for place, argument in enumerate(OPERATIONS[name].arguments):
            assert {point[place] > 0 for point in points} == {True, False}, argument
    smooth = sum(
        slope(name, point, place).smooth for point in points for place in range(len(point)) if (name, place) in PARTIALS
    )
    assert smooth > 0.8 * sum((name, place) in PARTIALS for point in points for place in range(len(point)))


@pytest.mark.parametrize(("name", "place"), PARTIALS)
def test_partial_in_many_digits(name: str, place: int) -> None:
    text = OPERATIONS[name].partials[place]
    assert text is not None
    assert not wrong_in_many_digits(name, place, text)


@pytest.mark.parametrize(("name", "place"), PARTIALS)
def test_partial_in_doubles(name: str, place: int) -> None:
    text = OPERATIONS[name].partials[place]
    assert text is not None
    assert not wrong_in_doubles(name, place, text)


@pytest.mark.parametrize(("name", "place"), PARTIALS)
def test_a_wrong_partial_is_seen(name: str, place: int) -> None:
    text = OPERATIONS[name].partials[place]
    assert text is not None
    wrong = "1/2000" if text == "0" else f"({text})*(1 + 1/2000)"
    assert wrong_in_doubles(name, place, wrong)
    assert wrong_in_many_digits(name, place, wrong)


@pytest.mark.parametrize(("name", "place"), COMPLEX)
def test_complex_step(name: str, place: int) -> None:
    compared = 0
    with mpmath.workdps(DIGITS):
        step = mpmath.mpf(10) ** -STEP
        for point in sampled(name):
            arguments = [mpmath.mpf(x) for x in point]
            arguments[place] = mpmath.mpc(point[place], step * abs(arguments[place]))
            value = mpmath.im(functions()[name](*arguments)) / (step * abs(point[place]))
            truth = slope(name, point, place)
            tolerance = abs(truth.value) * mpmath.mpf(10) ** -40 + truth.noise
            assert abs(value - truth.value) <= tolerance, point
            compared += 1
    assert compared == POINTS


def second_difference(program: Program, point: tuple[float, ...], i: int, j: int) -> tuple[Any, Any]:
    """Differentiate twice by differences; give the uncertainty too."""
    with mpmath.workdps(DIGITS):
        h, k = (mpmath.mpf(10) ** -40 * (abs(point[place]) or 1) for place in (i, j))
        total = largest = mpmath.mpf(0)
        for s in (1, -1):
            for t in (1, -1):
                moved = [mpmath.mpf(x) for x in point]
                moved[i] += s * h
                moved[j] += t * k
                [value] = evaluate(program, moved, DIGITS)
                total += s * t * value
                largest = max(largest, abs(value))
        return total / (4 * h * k), largest * mpmath.mpf(10) ** (10 - DIGITS) / (h * k)


@pytest.mark.parametrize(("name", "place"), PARTIALS)
def test_second_order_by_differentiating_again(name: str, place: int) -> None:
    row = OPERATIONS[name]
    program = formula(row)
    first = symad.gradient(program, wrt=(row.arguments[place],))
    compared = 0
    for other in range(len(row.arguments)):
        if (name, other) not in PARTIALS:
            continue
        second = symad.gradient(first, wrt=(row.arguments[other],))
        for point in sampled(name)[:8]:
            truth, noise = second_difference(program, point, place, other)
            [again] = slopes(first, point, [other], Random(SEED))
            if (
                again is None
                or not again.smooth
                or not slope(name, point, other).smooth
                or 0 < abs(truth) < 1e-290
                or abs(truth) > 1e290
            ):
                continue
            digits = 14 if name in TAYLOR else 30
            assert abs(again.value - truth) <= abs(truth) * mpmath.mpf(10) ** -digits + noise, point
            allowed = (
                100 * (math.ulp(float(truth)) + again.rounding + again.paths)
                + 4 * loss(name, place, point, truth)
                + noise
            )
            assert abs(mpmath.mpf(second(*point)) - truth) <= allowed, point
            compared += 1
    assert compared >= 6


@pytest.mark.parametrize(("name", "place"), MISSING)
def test_a_partial_that_does_not_exist_is_an_error(name: str, place: int) -> None:
    row = OPERATIONS[name]
    with pytest.raises(
        DerivativeError, match=rf"^{name}\(.*\) has no derivative with respect to {row.arguments[place]}"
    ):
        symad.gradient(formula(row), wrt=(row.arguments[place],))


@pytest.mark.parametrize("name", sorted(BOOLEAN))
def test_truth_values_have_no_derivative(name: str) -> None:
    assert set(OPERATIONS[name].partials) == {None}


def test_select_has_the_derivative_of_the_branch_taken() -> None:
    assert OPERATIONS["select"].partials == (None, "if c then 1 else 0", "if c then 0 else 1")
    gradient = symad.gradient(symad.parse("if c > 0 then 3*x else 5*y"))
    assert gradient(1.0, 2.0, 3.0) == (0.0, 3.0, 0.0)
    assert gradient(-1.0, 2.0, 3.0) == (0.0, 0.0, 5.0)


def test_a_wrong_row_turns_the_check_red(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "1/(2*z)*(1 + 1/2000)"
    wrong = Operation("sqrt", ("x",), (text,), OPERATIONS["sqrt"].domain, OPERATIONS["sqrt"].properties)
    monkeypatch.setitem(partials.OPERATIONS, "sqrt", wrong)  # type: ignore[arg-type]
    partials.by_table.cache_clear()
    try:
        assert not symad.check(symad.parse("sqrt(x) + x")).ok
    finally:
        monkeypatch.undo()
        partials.by_table.cache_clear()
    assert symad.check(symad.parse("sqrt(x) + x")).ok
