"""The kinds by name, and several of them in one program."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import symad
from symad.algebra import save_operations
from symad.builder import Builder
from symad.derivatives.hessian import hessian_places
from symad.derivatives.jacobian import jacobian_places
from symad.derivatives.kinds import KINDS, WAYS, asked, derive, together, ways_to
from symad.derivatives.labels import derivative_label
from symad.errors import DerivativeError, NamingError, TargetError
from symad.parse import parse
from symad.program import Program
from symad.simplify import simplify
from symad.wellformed import check
from tests.printers.programs import POINTS, outcome, programs

# fmt: off
FUNCTIONS: dict[str, Callable[..., Program]] = {
    "gradient": symad.gradient, "jacobian": symad.jacobian, "hessian": symad.hessian,
    "hvp": symad.hessian_vector_product, "jvp": symad.jvp, "vjp": symad.vjp,
}
# fmt: on
VALLEY = "(1 - x)^2 + 100*(y - x^2)^2"


def test_names_are_checked_and_ordered() -> None:
    assert asked(["hessian", "value", "hessian"]) == ("value", "hessian")
    assert asked("vjp") == ("vjp",)
    assert asked(KINDS) == KINDS
    with pytest.raises(TargetError, match="jerk is not a kind") as error:
        asked(["value", "jerk"])
    assert error.value.hint == f"kinds: {', '.join(KINDS)}"
    with pytest.raises(TargetError, match="an empty name is not a kind"):
        asked([""])
    with pytest.raises(TargetError, match="nothing to generate"):
        asked([])


@pytest.mark.parametrize("kind", WAYS)
@pytest.mark.parametrize("wrt", [None, ("y",), ("y", "x")], ids=str)
def test_each_kind_is_its_function(kind: str, wrt: tuple[str, ...] | None) -> None:
    program = parse(VALLEY)
    assert derive(kind, program, wrt) == FUNCTIONS[kind](program, wrt, "cheapest")
    for method in ways_to(kind, program, wrt).by_method:
        plain = FUNCTIONS[kind](program, wrt, method)
        assert check(derive(kind, program, wrt, method, algebra=False)) == plain
        assert derive(kind, program, wrt, method) == save_operations(plain)


def test_the_value_is_the_program() -> None:
    program = parse("x*1 + 0*y + x")
    assert derive("value", program, algebra=False) == simplify(program)
    assert derive("value", program) == save_operations(simplify(program))


@pytest.mark.parametrize("kind", ["gradient", "hvp"])
def test_kinds_of_one_output(kind: str) -> None:
    with pytest.raises(DerivativeError, match=f"{kind} is of one output, and this program has 2: p, q") as error:
        derive(kind, parse("p = x; q = 2*x"))
    assert "jacobian" in (error.value.hint or "")


def test_errors_name_the_kind() -> None:
    with pytest.raises(DerivativeError, match="edge-pushing is not a method for jacobian"):
        derive("jacobian", parse("x*y"), method="edge-pushing")
    with pytest.raises(DerivativeError, match="elimination is for programs without conditions"):
        derive("gradient", parse("if x > 0 then x else 0"), method="elimination")
    with pytest.raises(NamingError, match="z is not an input"):
        derive("jvp", parse("x*y"), ["z"])


# several kinds in one program


def flat(program: Program) -> Callable[..., tuple[float, ...]]:
    def call(*point: float) -> tuple[float, ...]:
        found: Any = program(*point)
        return found if isinstance(found, tuple) else (found,)

    return call


@settings(max_examples=60)
@given(programs(operations=15), st.lists(POINTS, min_size=3, max_size=3))
def test_together_has_the_values_of_its_parts(program: Program, point: list[float]) -> None:
    at = point[: len(program.inputs)]
    parts = [derive(kind, program, algebra=False) for kind in ("value", "jacobian", "hessian")]
    joint = check(together(parts, algebra=False))
    assert joint.inputs == program.inputs
    assert len(joint.outputs) == len(set(joint.outputs)) == sum(len(part.outputs) for part in parts)

    def separately(*numbers: float) -> tuple[float, ...]:
        return tuple(number for part in parts for number in flat(part)(*numbers))

    assert outcome(flat(joint), at) == outcome(separately, at)


@pytest.mark.parametrize("text", [VALLEY, "exp(x*y)*sin(x)", "log(x)/y + x^y", "if x > y then x^3*y else sqrt(y)"])
def test_together_shares(text: str) -> None:
    parts = [derive(kind, parse(text), algebra=False) for kind in ("value", "gradient", "hessian")]
    counts = [part.operation_count for part in parts]
    joint = together(parts, algebra=False).operation_count
    assert max(counts) <= joint < sum(counts)
    assert together(parts[:2], algebra=False).operation_count == symad.value_and_gradient(parse(text)).operation_count


def test_together_takes_inputs_by_name_and_makes_labels_different() -> None:
    first, second = parse("x - y"), parse("input y, z\ny*z")
    joint = check(together([first, second]))
    assert (joint.inputs, joint.outputs) == (("x", "y", "z"), ("f", "f_1"))
    assert joint(5, 3, 2) == (2, 6)
    assert together([first, first], algebra=False).operation_count == 1


def test_together_saves_operations_of_the_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[Program] = []
    monkeypatch.setattr("symad.derivatives.kinds.save_operations", lambda p, keep: seen.append(p) or p)
    parts = [derive("value", parse("x*y"), algebra=False)] * 2
    joint = together(parts)
    assert seen == [joint]
    together(parts, algebra=False)
    assert seen == [joint]


# places


@settings(max_examples=60)
@given(programs(operations=12))
def test_places_are_those_of_the_labels(program: Program) -> None:
    labels = [derivative_label(program.outputs[i], program.inputs[j]) for i, j in jacobian_places(program)]
    assert symad.jacobian(program, algebra=False).outputs == tuple(labels)
    seconds = []
    for output, places in zip(program.outputs, hessian_places(program), strict=True):
        assert places == sorted(places)
        for i, j in places:
            assert i <= j
            first = derivative_label(output, program.inputs[i])
            seconds.append(derivative_label(first, program.inputs[j]))
    assert symad.hessian(program, algebra=False).outputs == tuple(seconds)


def test_places_follow_wrt() -> None:
    program = parse("p = x*y; q = z")
    assert jacobian_places(program, ["z", "x"]) == [(0, 1), (1, 0)]
    assert hessian_places(program, ["y", "x"]) == [[(0, 1)], []]


# counts


@pytest.mark.parametrize(
    ("text", "count", "expanded"),
    [
        ("x^2", 1, 1),
        ("x^3", 1, 2),
        ("x^4", 1, 2),
        ("x^7", 1, 4),
        ("x^-3", 2, 3),
        ("x^100", 1, 8),
        ("x^y + x^2.5", 3, 3),
        ("-(x^5)*pi", 2, 4),
        ("x*y - 3", 2, 2),
        ("p = x^3; q = x^3 + 1", 2, 3),
    ],
)
def test_powers_expanded(text: str, count: int, expanded: int) -> None:
    program = simplify(parse(text))
    assert (program.operation_count, program.expanded_count) == (count, expanded)


def test_a_negative_power_takes_a_division() -> None:
    b = Builder()
    program = b.finish([("f", b.make("pow", b.input("x"), b.constant(-3)))])
    assert (program.operation_count, program.expanded_count) == (1, 3)


def test_expanded_counts_only_what_is_needed() -> None:
    both = parse("p = x^9; q = x + 1")
    part = Program(both.inputs, both.assignments, ("q",), both.results[1:])
    assert (part.operation_count, part.expanded_count) == (1, 1)
