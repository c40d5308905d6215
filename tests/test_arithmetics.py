"""One evaluation in three arithmetics: doubles and many digits as elsewhere, complex numbers for all operations."""

from __future__ import annotations

import math

import mpmath
import pytest
from hypothesis import given

import symad
from symad import precise
from symad.arithmetics import ARITHMETIC, BITS, CHOSEN, CMATH, COMPLEX, DOUBLES, PRECISE, complex_function, outcomes
from symad.derivatives.gradient import all_partials
from symad.errors import EvaluationError
from symad.evaluation import evaluate
from symad.operations import OPERATIONS
from symad.program import Program
from tests.printers.programs import POINTS, programs
from tests.test_operations import PARTIALS, formula, sampled

H = 1e-20
WITHOUT = {"erfinv", "erfcinv"}  # mpmath has them for real numbers only


def values(program: Program, point: list[float]) -> list[float | None]:
    """Evaluate each output by itself, with `Program`; None where there is no finite value."""
    found: list[float | None] = []
    for label in program.outputs:
        part = program.part([label])
        try:
            value = evaluate(part, point)[part.results[0]]
        except EvaluationError:
            value = None
        found.append(value if value is not None and math.isfinite(value) else None)
    return found


@given(programs(), POINTS, POINTS, POINTS)
def test_doubles_are_those_of_a_program(program: Program, x: float, y: float, z: float) -> None:
    point = [x, y, z][: len(program.inputs)]
    assert [o.value for o in outcomes(program, point, DOUBLES)] == values(program, point)


@given(programs(outputs=1), POINTS, POINTS, POINTS)
def test_many_digits_are_those_of_mpmath(program: Program, x: float, y: float, z: float) -> None:
    point = [x, y, z][: len(program.inputs)]
    try:
        expected = precise.evaluate(program, point)
    except EvaluationError:
        expected = (None,)
    with mpmath.workdps(50 + precise.GUARD):
        [found] = outcomes(program, [mpmath.mpf(x) for x in point], PRECISE)
    with mpmath.workdps(50):
        assert (None if found.value is None else +found.value,) == expected


def test_one_output_without_a_value_leaves_the_others() -> None:
    program = symad.parse("u = log(x); p = u + 1; q = x^2; r = exp(1000 - x); s = 1e300*x*1e300; output p, q, r, s")
    found = outcomes(program, [-1.0], DOUBLES)
    assert [o.value for o in found] == [None, 1.0, None, None]
    assert [o.reason for o in found] == ["log(-1.0) is not defined", "", "exp(1001.0) overflows", "it overflows"]


def test_only_the_branch_that_is_taken() -> None:
    program = symad.parse("if x > 0 and log(x) > 1 then sqrt(x) else if not x > -1 then x^2 else 3*x")
    for x, value, slope in ((-2.0, 4.0, -4.0), (0.5, 1.5, 3.0), (9.0, 3.0, 1 / 6)):
        [found] = outcomes(program, [complex(x, H)], COMPLEX)
        assert (found.value.real, found.value.imag / H) == pytest.approx((value, slope), rel=1e-15)  # a rounding or two


@pytest.mark.parametrize(("name", "place"), PARTIALS)
def test_complex_step_of_every_operation(name: str, place: int) -> None:
    """An analytic function of complex doubles: 8 units in the last place, for a few roundings, beside the real part's.

    A power of a logarithm takes half a unit for each factor, and orders go far.

    The digits of mpmath's numbers are enough for slopes of 1e-60 of the value.
    """
    program = formula(OPERATIONS[name])
    derived = all_partials(program, [program.inputs[place]])
    for point in sampled(name):
        z = [complex(x, H * (k == place)) for k, x in enumerate(point)]
        [found] = outcomes(program, z, COMPLEX)
        if name in WITHOUT:
            assert found.value is None
            assert found.reason == f"{name} of complex numbers is not at hand"
            continue
        value, truth = precise.evaluate(derived, point)
        if abs(truth) < 1e-60 * abs(value):
            continue
        step_error = abs(truth) * (H / point[place]) ** 2 * 10
        units = 8 + point[2] if name == "powlog" else 8
        allowed = units * math.ulp(float(truth)) + step_error if truth else 0.0
        assert abs(found.value.imag / H - truth) <= allowed, point
        assert found.value.real == pytest.approx(program(*point), rel=1e-9)  # SciPy's beta has lost five digits


@pytest.mark.parametrize("name", ["abs", "max", "min", "relu", "copysign", "mod", "fmod"])
def test_what_chooses_looks_at_real_parts(name: str) -> None:
    arguments = (complex(-3.5, 2.0), complex(2.0, 1.0))[: len(OPERATIONS[name].arguments)]
    expected = {
        "abs": 3.5 - 2j,
        "max": 2 + 1j,
        "min": -3.5 + 2j,
        "relu": 0j,
        "copysign": 3.5 - 2j,
        "mod": 0.5 + 4j,
        "fmod": -1.5 + 3j,
    }
    assert complex_function(name)(*arguments) == expected[name]


@pytest.mark.parametrize(("x", "y", "power"), [(-2, 3, 12), (-2, -2, 0.25), (-1, 200, -200), (0, 1, 1), (0, 2, 0)])
def test_powers_of_negative_numbers_have_whole_exponents(x: float, y: float, power: float) -> None:
    found = complex_function("pow")(complex(x, H), complex(y))
    assert found.imag / H == pytest.approx(power, rel=1e-13)  # up to 200 factors
    [off] = outcomes(symad.parse("x^0.5"), [complex(-2, H)], COMPLEX)
    assert off.reason == "(-2.0)^0.5 is not defined"


def test_what_is_real_is_computed_in_doubles() -> None:
    [found] = outcomes(symad.parse("erfinv(y) + x*floor(y)"), [complex(0.25), complex(3, H)], COMPLEX)
    assert found.value == complex(symad.parse("erfinv(y)")(0.25), 0)
    [found] = outcomes(symad.parse("pi*x + 2/3 + e^0.5"), [complex(1, H)], COMPLEX)
    assert found.value == complex(symad.parse("pi*x + 2/3 + e^0.5")(1), math.pi * H)


def test_tables_do_not_overlap() -> None:
    names = [*CMATH, *ARITHMETIC, *CHOSEN]
    assert len(set(names)) == len(names)
    assert BITS >= 53 + 200 + 66
