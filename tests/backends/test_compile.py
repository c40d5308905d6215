"""Compiled programs: the interpreter's values, and its errors."""

from __future__ import annotations

import traceback

import pytest
from hypothesis import given
from hypothesis import strategies as st

from symad.backends import compile as compiled
from symad.derivatives.gradient import gradient
from symad.errors import EvaluationError, TargetError
from symad.parse import parse
from symad.program import Program
from tests.printers.programs import POINTS, outcome, programs


@given(programs(), st.lists(POINTS, min_size=3, max_size=3))
def test_agrees_with_the_interpreter_to_the_bit(program: Program, point: list[float]) -> None:
    at = point[: len(program.inputs)]
    assert outcome(compiled(program), at) == outcome(program, at)


def test_one_output_is_a_float_and_several_are_a_flat_tuple() -> None:
    assert compiled(parse("x1*x2 + sin(x1)"))(2.0, 3.0) == 6.909297426825682
    assert compiled(gradient(parse("x1*x2 + sin(x1)")))(2.0, 3.0) == (2.5838531634528574, 2.0)
    assert compiled(gradient(parse("x^2")))(3.0) == 6.0
    assert compiled(parse("2 + 3"))() == 5.0


def test_an_error_names_the_assignment_that_failed() -> None:
    with pytest.raises(EvaluationError, match=r"w2 = log\(w1\) is not defined at w1 = -1.0"):
        compiled(parse("1 + log(x)"))(-1.0)


def test_a_branch_that_is_not_taken_does_not_fail() -> None:
    function = compiled(gradient(parse("u = log(x); if x > 0 then u^2*u else x")))
    assert function(-2.0) == 1.0


@pytest.mark.parametrize("name", ["compiled", "math", "_again", "lambda", "α", "w1", "x1"])
def test_names_do_not_matter(name: str) -> None:
    assert compiled(parse(f"{name}^2.5 + sin({name})*exp(sin({name}))"))(2.0) == parse("x^2.5 + sin(x)*exp(sin(x))")(
        2.0
    )


def test_a_traceback_shows_the_line() -> None:
    with pytest.raises(TypeError) as caught:
        compiled(parse("x + sin(y)"))("a", 1.0)
    assert "return x1 + sin(x2)" in "".join(traceback.format_exception(caught.value))


def test_an_unknown_backend_is_an_error() -> None:
    with pytest.raises(TargetError, match="fortran is not a backend"):
        compiled(parse("x"), backend="fortran")
