"""The derivation of loops: what it shows is what is computed, in every iteration that is shown, in both modes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import symad
from symad.builder import Builder
from symad.derivatives.forward import tangents
from symad.derivatives.loops import remembering
from symad.derivatives.primal import Primal
from symad.derivatives.reverse import adjoints
from symad.derivatives.source import result_names
from symad.errors import SymadError
from symad.evaluation import evaluate
from symad.explain import Explanation, Pass, Step, explain
from symad.parse import parse
from symad.program import Program
from tests.explain.test_explain import same

LOGISTIC = "y = x; for k in 1..n { y = r*y*(1 - y) }; y"
CASES: list[tuple[str, dict[str, float]]] = [
    ("s = 0; for k in 1..n { s = s + x/k }; s", {"n": 7, "x": 2}),
    (LOGISTIC, {"n": 9, "x": 0.3, "r": 3.2}),
    ("y = a; while abs(y*y - a) > 1e-6 { y = (y + a/y)/2 }; y", {"a": 2}),
    ("s = 0; for i in 1..3 { p = x; for j in 1..i { p = p*x }; s = s + p }; s", {"x": 1.1}),
    ("s = 0; for i in 2..4 { t = x; while t < i { t = t*1.5 }; s = s + t*i }; s", {"x": 1.1}),
    ("if x > 0 then sum(k in 1..3: sin(k*x)) else x", {"x": 1}),
    ("if x > 0 then sum(k in 1..3: sin(k*x)) else x", {"x": -1}),
    ("sum(k in 1..3: sqrt(if x > 0 then x*k else y))", {"x": -1, "y": 4}),
    ("a = x; b = y; for k in 1..n { t = a; a = b*z; b = t + k*x }; p = a; q = a*b + x; output p, q",
     {"x": 1, "y": 2, "z": 0.5, "n": 4}),
    ("s = x; for k in 1..n { s = if s > 1 then sqrt(s) else s*3*x }; s", {"x": 0.4, "n": 3}),
    ("product(k in 1..4: if k > 2 and x > k then x - k else x + k)", {"x": 3.5}),
    ("s = 1; for k in 1..n { s = s*x }; s + x", {"x": 2, "n": 0}),
    ("u = x; v = x*x; while u < 10 { u = u + v; v = v*1.1 }; u*v", {"x": 1.5}),
    ("s = x; for k in 1..3 { u = s*k; s = u; w = s }; s*s", {"x": 1.5}),
    ("a = x; b = x; for k in 1..3 { a = b; b = a*y }; a*b + sum(k in 0..2: k*y)", {"x": 1.5, "y": 0.7}),
]  # fmt: skip


# the derivation is the computation


def gradient(program: Program, which: int, mode: str) -> Program:
    """Derive one output by every input, or every output by one input, as it was written: nothing is simplified."""
    b = Builder()
    inputs = [b.input(name) for name in program.inputs]
    values = b.copy(remembering(program), inputs)
    results = [values[v] for v in program.results]
    if mode == "reverse":
        start = Primal(program, b, program.outputs, results, program.inputs, inputs)
        made = adjoints(start, {results[which]: b.constant(1)})
        found = [(name, made.get(v)) for name, v in zip(program.inputs, inputs, strict=True)]
    else:
        start = Primal(program, b, program.outputs, results, program.inputs[which : which + 1], [inputs[which]])
        tangent = tangents(start, {inputs[which]: b.constant(1)})
        found = [(label, tangent.get(v)) for label, v in zip(program.outputs, results, strict=True)]
    zero = b.constant(0)
    return b.finish([(label, zero if v is None else v) for label, v in found])


def computed(made: Explanation, which: Pass) -> dict[str, Any]:
    """Compute the listed steps one after the other, each from those before it."""
    assert made.point is not None
    known: dict[str, Any] = {}
    for step in [*made.values, *which.steps]:
        if step.idle and step.kind != "output":
            continue
        place = made.point if step.kind == "input" else known
        arguments = [place.get(name) for name in step.expression.inputs]
        if step.block is not None and not step.block.rounds:  # a sequence
            [known[step.label]] = arguments
        elif step.block is not None:
            known |= results(step, arguments)
            assert {name: known[name] for name in step.block.results} == step.block.results
        else:
            known[step.label] = evaluate(step.expression, arguments)[step.expression.results[0]]
            assert same(known[step.label], step.number), step
    return known


def results(step: Step, arguments: list[Any]) -> dict[str, Any]:
    """Run the loop of a step, and give its results by the names that other steps use."""
    program = step.expression
    found = evaluate(program, arguments)[program.results[0]]
    body = program.assignments[program.assignments[program.results[0]][1][0]][1][0]
    names = [re.sub(r"\[(bar|dot)_", "[", name) for name in result_names(body, step.label)]
    return dict(zip(names, found, strict=True))


@pytest.mark.parametrize("mode", ["reverse", "forward"])
@pytest.mark.parametrize(("text", "point"), CASES)
def test_the_steps_compute_the_gradient_bit_for_bit(text: str, point: dict[str, float], mode: str) -> None:
    program = parse(text)
    made = explain(program, point, mode=mode)
    assert made.failure is None
    for k, which in enumerate(made.passes):
        known = computed(made, which)
        derived = gradient(program, k, mode)
        values = evaluate(derived, [float(point[name]) for name in program.inputs])
        for step, result in zip(which.results.values(), derived.results, strict=True):
            assert same(known.get(step, 0.0), values[result]), step


@pytest.mark.parametrize("mode", ["reverse", "forward"])
@pytest.mark.parametrize(("text", "point"), CASES)
def test_derivatives_of_derivatives_are_explained(text: str, point: dict[str, float], mode: str) -> None:
    first = symad.jacobian(parse(text), [name for name in point if name != "n"])
    second = symad.jacobian(first)
    made = explain(first, point, mode=mode)
    found = {label: step.number for which in made.passes for step in which.steps for label in [step.label]}
    values = second(**point)
    wanted = dict(zip(second.outputs, values if isinstance(values, tuple) else (values,), strict=True))
    assert made.failure is None
    assert str(made)
    assert made.markdown()
    for which in made.passes:
        for label, step in which.results.items():
            if label in wanted:
                assert found[step] == pytest.approx(wanted[label], rel=1e-11, abs=1e-11)


@pytest.mark.parametrize("mode", ["reverse", "forward"])
@pytest.mark.parametrize(("text", "point"), CASES)
def test_every_line_of_an_iteration_is_computed_from_those_before(
    text: str, point: dict[str, float], mode: str
) -> None:
    made = explain(parse(text), point, mode=mode, iteration=2 if longest(explain(parse(text), point)) > 1 else None)
    checked = 0
    for pass_ in made.passes:
        for step in [*made.values, *pass_.steps]:
            checked += sum(recomputed(one.steps, one.given) for one in rounds(step))
    assert checked or not any(step.block and step.block.iterations for step in made.values)


def rounds(step: Step) -> Iterator[Any]:
    """Give the iterations that are shown of a loop, and of loops in it."""
    for one in step.block.rounds if step.block else ():
        yield one
        for inner in one.steps:
            yield from rounds(inner)


def recomputed(steps: tuple[Step, ...], given: Mapping[str, Any]) -> int:
    """Compute the steps of an iteration anew, as far as they have numbers; inputs have them already."""
    known = dict(given)
    count = 0
    for step in steps:
        known |= step.block.results if step.block else {}
        if step.kind == "input":
            known[step.label] = step.number
        elif step.number is not None:
            arguments = [known.get(name) for name in step.expression.inputs]
            found = evaluate(step.expression, arguments)[step.expression.results[0]]
            assert same(found, step.number), step
            count += 1
            if step.kind != "output":
                known[step.label] = found
    return count


def longest(made: Explanation) -> int:
    """Give how often the longest loop runs."""
    return max((step.block.iterations or 0 for step in made.values if step.block), default=0)


@settings(max_examples=25, deadline=None)
@given(x=st.floats(0.05, 0.95), r=st.floats(0.5, 3.9), n=st.integers(0, 12), asked=st.integers(1, 12))
def test_an_iteration_is_the_loop_cut_short(x: float, r: float, n: int, asked: int) -> None:
    program = parse(LOGISTIC)
    point = {"x": x, "r": r, "n": n}
    if asked > n:
        with pytest.raises(SymadError, match=f"no iteration {asked}"):
            explain(program, point, iteration=asked)
        return
    made = explain(program, point, iteration=asked)
    [loop] = [step for step in made.values if step.block]
    assert loop.block is not None
    titles = [one.title for one in loop.block.rounds]
    assert titles == ["in each iteration", *(f"k = {k}" for k in sorted({1, asked, n}))]
    one = loop.block.rounds[titles.index(f"k = {asked}")]
    numbers = {step.label: step.number for step in one.steps}
    assert numbers["v2"] == program(x=x, r=r, n=asked - 1)
    assert numbers["y"] == program(x=x, r=r, n=asked)
    backwards = next(step for step in made.passes[0].steps if step.block)
    assert backwards.block is not None
    assert [one.title for one in backwards.block.rounds] == [titles[0], *titles[:0:-1]]
    last = backwards.block.rounds[-1]
    assert last.steps[-2].number == symad.gradient(program)(x=x, r=r, n=n)[0]
