"""A branch that is not taken does not exist: in no value, derivative or warning, in no target, by no method.

The cases are data (`dead_branches.py`); what they give comes from SymPy, by the formula of the branch that is taken.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pytest

import symad
from symad.program import Program
from tests.dead_branches import CASES, Case, Known, known, named
from tests.derivatives.methods import entry, ways

NAMES = list(named())
SLACK = 4e-15  # relative: some roundings, the factors of the chain rule come in one order or another


def near(expected: float) -> Any:
    return pytest.approx(expected, rel=SLACK, abs=0)


def program(case: Case) -> Program:
    """Read a case; its inputs come in the order of its point."""
    return symad.parse(f"input {', '.join(case.inputs)}\n{case.text.replace('; ', chr(10))}")


def run(made: Program, arguments: Sequence[float]) -> Iterator[tuple[str, dict[str, float]]]:
    """Evaluate by the interpreter and by the compiled function; no warning may arise."""
    for target, function in (("interpreter", made), ("compiled", symad.compile(made) if made.outputs else made)):
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            found = function(*arguments)
        values = found if isinstance(found, tuple) else (found,)
        yield target, dict(zip(made.outputs, values, strict=True))


def module(case: Case, *kinds: str, **options: Any) -> Callable[[str], Any]:
    """Generate a module and give its functions by name."""
    scope: dict[str, Any] = {"__name__": "generated"}
    exec(symad.generate(program(case), derivatives=kinds, **options), scope)
    return scope.__getitem__


def second(case: Case, wanted: Known) -> dict[str, float]:
    """Label the entries of the Hessian's upper triangle."""
    names, size = case.inputs, len(case.inputs)
    return {entry("f", names[j], names[k]): wanted.hessian[j * size + k] for j in range(size) for k in range(j, size)}


@pytest.mark.parametrize("case", CASES, ids=NAMES)
def test_value(case: Case) -> None:
    for target, values in run(program(case), case.point):
        assert [*values.values()] == [near(known(case).value)], target


@pytest.mark.parametrize("case", CASES, ids=NAMES)
def test_first_order_by_every_method(case: Case) -> None:
    slopes = dict(zip((entry("f", name) for name in case.inputs), known(case).gradient, strict=True))
    direction = [0.75, -1.25][: len(case.point)]
    along = sum(a * b for a, b in zip(slopes.values(), direction, strict=True))
    for kind, seeds in (("gradient", ()), ("value_and_gradient", ()), ("jacobian", ()), ("vjp", (-2.0,))):
        scale = seeds[0] if seeds else 1
        for how, made in ways(kind, renamed(case)):
            for target, values in run(made, (*case.point, *seeds)):
                found = {label.replace("bar_", "df/d") if seeds else label: v for label, v in values.items()}
                for label, slope in slopes.items():
                    assert found.get(label, 0) == near(scale * slope), (kind, how, target)
    for how, made in ways("jvp", renamed(case)):
        for target, values in run(made, (*case.point, *direction)):
            assert [*values.values()] in ([near(along)], []), (how, target)


@pytest.mark.parametrize("case", CASES, ids=NAMES)
def test_second_order_by_every_method(case: Case) -> None:
    wanted, size = known(case), len(case.point)
    labels = second(case, wanted)
    for how, made in ways("hessian", renamed(case)):
        for target, values in run(made, case.point):
            for label, number in labels.items():
                assert values.get(label, 0) == near(number), (how, target)
    for place in range(size):
        unit = [float(place == k) for k in range(size)]
        for how, made in ways("hessian_vector_product", renamed(case)):
            for target, values in run(made, (*case.point, *unit)):
                line = wanted.hessian[place * size : (place + 1) * size]
                assert [*values.values()] == [near(number) for number in line], (how, target)


@pytest.mark.parametrize("case", CASES, ids=NAMES)
def test_generated_modules(case: Case) -> None:
    wanted, size = known(case), len(case.point)
    rows = [[near(v) for v in wanted.hessian[k * size : (k + 1) * size]] for k in range(size)]
    slopes, seeds = tuple(map(near, wanted.gradient)), [0.75, -1.25][:size]
    product = [near(sum(h * s for h, s in zip(row, seeds, strict=True))) for row in matrix(wanted, size)]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        scalars = module(case, "value", "gradient", "hessian", "hvp")
        assert scalars("value")(*case.point) == near(wanted.value)
        assert scalars("gradient")(*case.point) == slopes
        assert scalars("hessian")(*case.point) == rows
        assert list(scalars("hvp")(*case.point, *seeds)) == product
        everything = scalars("value_gradient_and_hessian")(*case.point)
        assert everything == (near(wanted.value), slopes, rows)
        vector = module(case, "value", "gradient", "hessian", signature="vector")
        assert vector("value")(case.point) == near(wanted.value)
        assert tuple(vector("gradient")(case.point)) == slopes
        assert [list(row) for row in vector("hessian")(case.point)] == rows


def matrix(wanted: Known, size: int) -> list[Sequence[float]]:
    """Give the rows of a Hessian."""
    return [wanted.hessian[k * size : (k + 1) * size] for k in range(size)]


def renamed(case: Case) -> Program:
    """Read a case; its result is called f."""
    made = program(case)
    return Program(made.inputs, made.assignments, ("f",), made.results)


def test_the_table_is_large_and_looks_at_kinks_and_poles() -> None:
    assert len(CASES) >= 40
    assert len(set(CASES)) == len(CASES)
    assert sum(0.0 in case.point for case in CASES) >= 20


def test_a_branch_that_is_taken_is_seen() -> None:
    """The check can fail: the other side of a case raises."""
    with pytest.raises(symad.SymadError):
        symad.gradient(symad.parse("if x < 0 then sqrt(x) else 0"))(-1)
