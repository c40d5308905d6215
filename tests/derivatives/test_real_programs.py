"""Real programs: value, gradient and Hessian-vector product against the same algorithm by hand, by complex steps.

What is right is found by mpmath, from the algorithm in tests/real_programs.py: the first derivative is the imaginary
part that a step of 1e-40 along an imaginary axis leaves, to 50 digits; the second the central difference of two such.
The derived programs are evaluated twice: in mpmath's arithmetic, where they must agree to 30 digits, which tells wrong
derivatives from rounding; and in doubles, by the program, by what `compile` makes of it and by the generated module.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

import mpmath
import pytest

import symad
from symad.derivatives import reverse
from symad.loops import looped
from symad.precise import evaluate
from symad.wellformed import check
from tests.derivatives.methods import METHODS
from tests.printers.modules import called, flat, run
from tests.real_programs import PROGRAMS, Real

AGREES = mpmath.mpf(10) ** -30  # of 50 digits: what the programs amplify, and the error of the second differences
BRANCHES = ("draining", "bouncing", "without the pole", "growing")
KINDS = ("value", "gradient", "hvp")

every = pytest.mark.parametrize("real", PROGRAMS, ids=lambda real: real.name)


def direction(real: Real) -> list[float]:
    """Give the vector of the Hessian-vector product."""
    return [1 - 0.75 * k for k in range(len(real.chosen))]


def slope(real: Real, point: Sequence[Any], name: str) -> Any:
    """Differentiate the algorithm by one input: the step's square is far below the last digit."""
    step = mpmath.mpf(10) ** -40
    moved = [mpmath.mpc(x, step if key == name else 0) for key, x in zip(real.at, point, strict=True)]
    return real.algorithm(*[x if x.imag else x.real for x in moved]).imag / step


@cache
def wanted(name: str) -> dict[str, tuple[Any, ...]]:
    """Give value, gradient and Hessian-vector product of a program."""
    [real] = [real for real in PROGRAMS if real.name == name]
    with mpmath.workdps(50):
        point = [mpmath.mpf(x) for x in real.at.values()]
        value = real.algorithm(*point)
        gradient = tuple([slope(real, point, name) for name in real.chosen])
    with mpmath.workdps(100):  # the difference leaves 55 digits, and its own error is of the order 1e-50
        step = mpmath.mpf(10) ** -25
        along = dict(zip(real.chosen, direction(real), strict=True))
        ahead, behind = ([x + sign * step * along.get(key, 0) for key, x in real.at.items()] for sign in (1, -1))
        change = [(slope(real, ahead, name) - slope(real, behind, name)) / (2 * step) for name in real.chosen]
    return {"value": (value,), "gradient": gradient, "hvp": tuple(change)}


def derived(real: Real) -> list[tuple[str, symad.Program]]:
    """Derive a program by every method: what is derived, and the program."""
    program = real.program
    found = [("value", program), ("value", symad.simplify(program))]
    found += [("gradient", symad.gradient(program, real.chosen, method)) for method in ("reverse", "forward")]
    found.append(("gradient", symad.gradient(program, real.chosen)))
    methods = (*METHODS["hessian_vector_product"], "cheapest")
    found += [("hvp", symad.hessian_vector_product(program, real.chosen, method)) for method in methods]
    return [(kind, check(made)) for kind, made in found]


def arguments(real: Real, kind: str) -> list[float]:
    return [*real.at.values(), *(direction(real) if kind == "hvp" else ())]


def off(found: Sequence[Any], expected: Sequence[Any]) -> Any:
    """Give the largest error, relative to the largest component; nan is infinitely wrong."""
    errors = [abs(a - b) for a, b in zip(found, expected, strict=True)]
    return max(mpmath.inf if error != error else error for error in errors) / max(map(abs, expected))


@every
def test_derived_programs_agree_to_many_digits(real: Real) -> None:
    expected = wanted(real.name)
    for kind, made in derived(real):
        assert off(evaluate(made, arguments(real, kind)), expected[kind]) < AGREES, kind


@every
def test_derived_programs_agree_in_doubles(real: Real) -> None:
    expected = wanted(real.name)
    for kind, made in derived(real):
        found = called(made)(*arguments(real, kind))
        assert off(found, expected[kind]) < real.rounding, kind
        compiled = symad.compile(made)(*arguments(real, kind))
        assert compiled == found if len(found) > 1 else (compiled,) == found, kind


@every
def test_generated_modules_agree(real: Real) -> None:
    expected = wanted(real.name)
    scope = run(symad.generate(real.program, KINDS, wrt=real.chosen))
    for kind in KINDS:
        assert off(flat(scope[kind])(*arguments(real, kind)), expected[kind]) < real.rounding, kind
    both = flat(scope["value_and_gradient"])(*real.at.values())
    assert off(both[:1], expected["value"]) < real.rounding
    assert off(both[1:], expected["gradient"]) < real.rounding


@pytest.mark.parametrize("name", BRANCHES)
def test_a_guard_that_is_left_out_in_a_loop_is_seen(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    [real] = [real for real in PROGRAMS if real.name == name]
    monkeypatch.setattr(reverse, "guarded", lambda b, contribution, condition, need: contribution)
    with pytest.raises(symad.SymadError):
        symad.gradient(real.program, real.chosen, "reverse")(*real.at.values())


def test_derivatives_are_loops() -> None:
    for real in PROGRAMS:
        for kind, made in derived(real):
            assert looped(made.assignments), (real.name, kind)
