"""The derivation: its steps are the computation, and what they say about it is true."""

from __future__ import annotations

import json
import math
import re
import time
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

import symad
from symad.builder import Builder
from symad.derivatives.forward import tangents
from symad.derivatives.primal import Primal
from symad.derivatives.reverse import adjoints
from symad.errors import EvaluationError, NamingError, SymadError
from symad.evaluation import evaluate
from symad.explain import Explanation, Pass, Step, explain
from symad.explain.display import chain, forms, numbers_of, plain
from symad.explain.words import by_the_book
from symad.operations import OPERATIONS
from symad.parse import parse
from symad.program import Program
from tests.printers.programs import POINTS, programs

SEED = "z = x1*x2 + sin(x1)"


def lines(made: Explanation, which: int = 0) -> list[str]:
    """Write the steps of a sweep, a line each."""
    numbers = {**numbers_of(made.values), **numbers_of(made.passes[which].steps)}
    return [" = ".join([step.label, *forms(step, numbers)]) for step in made.passes[which].steps]


# the derivation is the computation


def gradient(program: Program, which: int, mode: str) -> Program:
    """Derive one output by every input, or every output by one input, as it was written: nothing is simplified."""
    b = Builder()
    inputs = [b.input(name) for name in program.inputs]
    values = b.copy(program, inputs)
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
    known: dict[str, Any] = dict(made.point)
    by_place = dict(made.point)
    still: set[str] = set()
    for step in [*made.values, *which.steps]:
        if step.number is None and step.kind != "output":
            known[step.label] = None
            continue
        arguments = [by_place[name] if step.kind == "input" else known.get(name) for name in step.expression.inputs]
        known[step.label] = evaluate(step.expression, arguments)[step.expression.results[0]]
        if is_still(step, still):
            assert known[step.label] == 0.0
            known[step.label] = 0.0
            still.add(step.label)
        assert same(known[step.label], step.number), step
    return known


def is_still(step: Step, still: set[str]) -> bool:
    """Tell whether nothing that a tangent is made of moves, as the branches taken do not: the zero there is +0.

    The emitted program asks for the branch before it computes the product, whose zero may have another sign.
    """
    idle = (t.factor in still or t.rule.startswith("d(if") and t.number == 0 for t in step.terms)
    return step.kind == "tangent" and all(idle)


def same(x: Any, y: Any) -> bool:
    """Compare bit for bit, the sign of zero too."""
    return bool(x == y) and (x is None or math.copysign(1.0, x) == math.copysign(1.0, y))


@pytest.mark.parametrize("mode", ["reverse", "forward"])
@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
@given(program=programs(operations=20, outputs=2), data=st.data())
def test_the_steps_compute_the_gradient_bit_for_bit(mode: str, program: Program, data: st.DataObject) -> None:
    point = {name: data.draw(POINTS) for name in program.inputs}
    made = explain(program, point, mode=mode)
    assume(made.failure is None)
    for k, which in enumerate(made.passes):
        known = computed(made, which)
        derived = gradient(program, k, mode)
        wanted = evaluated(derived, list(point.values()))
        for step, number in zip(which.results.values(), wanted, strict=True):
            assert same(known[step], number), (step, str(program))


def evaluated(program: Program, point: list[float]) -> list[Any]:
    """Give the values of the outputs."""
    values = evaluate(program, point)
    return [values[v] for v in program.results]


@pytest.mark.parametrize("name", [row.name for row in OPERATIONS.values() if not row.infix])
def test_every_operation_of_the_table_can_be_explained(name: str) -> None:
    row = OPERATIONS[name]
    chosen = [a for a, p in zip(row.arguments, row.partials, strict=True) if p is not None]
    program = parse(f"input {', '.join(row.arguments)}\n{name}({', '.join(row.arguments)})")
    for mode in ("reverse", "forward"):
        made = explain(program, wrt=chosen, mode=mode)
        rules = [term.rule for which in made.passes for step in which.steps for term in step.terms]
        flat = [by_the_book(name, k) for k, p in enumerate(row.partials) if p not in (None, "0")]
        assert len(rules) == len(flat), rules
        assert all(any(rule.partition(" = ")[2].startswith(p) for p in flat) for rule in rules)


# what the lines say


def test_the_worked_example() -> None:
    made = explain(parse(SEED), {"x1": 2, "x2": 3})
    assert [(step.label, step.number) for step in made.values] == [
        ("w1", 2.0),
        ("w2", 3.0),
        ("w3", 6.0),
        ("w4", math.sin(2)),
        ("w5", 6.0 + math.sin(2)),
        ("z", 6.0 + math.sin(2)),
    ]
    assert lines(made) == [
        "dz/dw5 = 1",
        "dz/dw4 = dz/dw5 * dw5/dw4 = 1",
        "dz/dw3 = dz/dw5 * dw5/dw3 = 1",
        "dz/dw2 = dz/dw3 * dw3/dw2 = w1 = 2",
        "dz/dw1 = dz/dw3 * dw3/dw1 + dz/dw4 * dw4/dw1 = w2 + cos(w1) = 3 + cos(2) = 2.583853…",
    ]
    assert made.passes[0].steps[-1].notes == ("w1 is used by w3 and w4, so their contributions add up.",)
    assert made.formulas() == {"dz/dx1": "x2 + cos(x1)", "dz/dx2": "x1"}


def test_each_step_knows_its_part_of_the_formula() -> None:
    text = "# area\nr = a + b\nsq(u) = u*u\nsq(r)/2 - r² + √(a)"
    made = explain(parse(text))
    parts = {step.label: text[slice(*step.span)] for step in made.values if step.span}
    assert list(parts.values()) == [
        "a",
        "b",
        "a + b",
        "sq(r)",
        "sq(r)/2",
        "r²",
        "sq(r)/2 - r²",
        "√(a)",
        "sq(r)/2 - r² + √(a)",
        "sq(r)/2 - r² + √(a)",
    ]
    assert list(parts)[-1] == "f"
    for mode in ("reverse", "forward"):
        sweep = explain(parse(text), {"a": 4, "b": 1}, mode=mode).passes[0]
        assert {step.label: text[slice(*step.span or (0, 0))] for step in sweep.steps} == {
            step.label: parts[step.value] for step in sweep.steps
        }
    zero = explain(parse("input x, y; x"), {"x": 1, "y": 1}).passes[0].steps[0]
    assert (zero.kind, zero.span) == ("zero", (9, 10))


def test_a_program_that_was_not_read_has_no_parts() -> None:
    made = explain(symad.gradient(parse("sin(x)^2")))
    assert all(step.span is None for step in made.values)
    assert "w1" in str(made)


def test_the_parts_of_a_long_sum_are_found_in_linear_time() -> None:
    text = " + ".join(f"x{k}" for k in range(20_000))
    start = time.process_time()
    explain(parse(text))
    assert time.process_time() - start < 60


def test_the_chain_rule_is_over_parents() -> None:
    made = explain(parse("u = x*y; u + sin(u) + u^2"))
    row = next(step for step in made.passes[0].steps if step.label == "df/dw3")
    assert chain(row) == "df/dw4 * dw4/dw3 + df/dw5 * dw5/dw3 + df/dw6 * dw6/dw3"
    assert [term.user for term in row.terms] == ["w4", "w5", "w6"]
    assert plain(row.expression) == "cos(w3) + 1 + 2*w3"


def test_conditions_stand_in_parentheses() -> None:
    made = explain(parse("if x > 0 and not y == 2 then x else y"), {"x": 1, "y": 2})
    numbers = numbers_of(made.values)
    found = [" = ".join([step.label, *forms(step, numbers)]) for step in made.values]
    assert found[2:6] == [
        "w3 = (w1 > 0) = (1 > 0) = true",
        "w4 = (w2 == 2) = (2 == 2) = true",
        "w5 = (not w4) = (not true) = false",
        "w6 = (w3 and w5) = (true and false) = false",
    ]
    assert "<mo>(</mo><mrow><msub><mi>w</mi><mn>1</mn></msub><mo>&gt;</mo><mn>0</mn></mrow><mo>)</mo>" in made.html()


def test_zeros_are_explained() -> None:
    made = explain(parse("input x, y, c, e; d = sin(c); floor(x)*y"), {"x": 1.5, "y": 2, "c": 0, "e": 0})
    assert {step.label: (step.number, *step.notes) for step in made.passes[0].steps if step.kind == "zero"} == {
        "df/dw5": (0.0, "Nothing uses w5, so f does not depend on it."),
        "df/dw4": (0.0, "Nothing uses w4, so f does not depend on it."),
        "df/dw3": (0.0, "No path leads from w3 to f."),
        "df/dw1": (0.0, "w1 is used by w6, whose partial derivative is 0: nothing is passed on."),
    }
    assert [step.number for step in made.values] == [1.5, 2, 0, 0, 0, 1, 2, 2]


@pytest.mark.parametrize(
    ("mode", "seed", "wanted"),
    [
        ("reverse", {"p": 1.0, "q": 0.0}, {"dp/dx": 3.0, "dp/dy": 2.0}),
        ("reverse", {"q": 2.0}, {"ds/dx": 2 * (math.sin(6) + 6 * math.cos(6)), "ds/dy": 8 * math.cos(6)}),
        (
            "reverse",
            {"p": 1.0, "q": 2.0},
            {"ds/dx": 3 + 2 * (math.sin(6) + 6 * math.cos(6)), "ds/dy": 2 + 8 * math.cos(6)},
        ),
        ("forward", {"x": 1.0}, {"dp/dx": 3.0, "dq/dx": math.sin(6) + 6 * math.cos(6)}),
        ("forward", {"x": 1.0, "y": -1.0}, {"dp/dt": 1.0, "dq/dt": math.sin(6) + 2 * math.cos(6)}),
    ],
)
def test_seeds(mode: str, seed: dict[str, float], wanted: dict[str, float]) -> None:
    made = explain(parse("p = x*y; q = sin(p)*x; output p, q"), {"x": 2, "y": 3}, mode=mode, seed=seed)
    [which] = made.passes
    numbers = {step.label: step.number for step in which.steps}
    found = {label: numbers[step] for label, step in which.results.items()}
    assert found == {label: pytest.approx(number, rel=1e-14) for label, number in wanted.items()}


def test_letters_of_combinations_are_free() -> None:
    made = explain(parse("p = s*t; q = s + t; output p, q"), seed={"p": 1, "q": 1})
    assert made.passes[0].of == "s_1"
    assert (
        explain(parse("p = s*t; q = s + t; output p, q"), seed={"s": 1, "t": 1}, mode="forward").passes[0].of == "t_1"
    )


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        ({"mode": "backward"}, "backward is not a mode"),
        ({"seed": {"x": 1}}, "x is not an output"),
        ({"seed": {"f": 1}, "mode": "forward"}, "f is not an input"),
        ({"seed": {"f": 0}}, "every seed is 0"),
        ({"seed": {"f": math.inf}}, "the seed of f is no number"),
        ({"wrt": ["z"]}, "z is not an input"),
        ({"at": {"x": 1}}, "no value is given for y"),
        ({"at": {"x": 1, "y": 2, "z": 3}}, "z is not an input"),
    ],
)
def test_what_does_not_fit_is_an_error(arguments: dict[str, Any], reason: str) -> None:
    with pytest.raises(SymadError, match=re.escape(reason)):
        explain(parse("x*y"), **arguments)


# where there is no value


@pytest.mark.parametrize(
    ("text", "at", "label", "reason"),
    [
        ("y*log(x) + x", {"x": -1, "y": 2}, "w3", "w3 = log(w2) is not defined at w2 = -1.0"),
        ("exp(x)*y", {"x": 1000, "y": 2}, "w3", "w3 = exp(w1) overflows at w1 = 1000.0"),
        ("x*y*x", {"x": 1e200, "y": 1e200}, "w3", "w3 = w1*w2 overflows at w1 = 1e+200, w2 = 1e+200"),
        (
            "y*sqrt(x)",
            {"x": 0, "y": 2},
            "df/dw2",
            "df/dw2 = df/dw3*(1/(2*w3)) is not defined at df/dw3 = 2.0, w3 = 0.0",
        ),
        ("x^0.5", {"x": 0}, "df/dw1", "df/dw1 = 0.5*w1^(0.5 - 1) is not defined at w1 = 0.0"),
    ],
)
def test_the_step_that_fails_is_the_last(text: str, at: dict[str, float], label: str, reason: str) -> None:
    made = explain(parse(text), at)
    *before, last = made.steps
    assert isinstance(made.failure, EvaluationError)
    assert last.state == "failed"
    assert last.number is None
    assert not any(step.state == "failed" for step in before)
    assert made.failure.reason == reason
    assert last.label == label
    for view in (str(made), made.markdown(), made.json()):
        assert reason in view


@pytest.mark.parametrize("mode", ["reverse", "forward"])
@pytest.mark.parametrize(
    ("text", "at"), [("sqrt(x)", {"x": 0}), ("x^y", {"x": -2, "y": 3}), ("exp(400*x)^2", {"x": 0.887})]
)
def test_a_derivative_without_a_value_is_not_one_that_is_not_needed(text: str, at: dict[str, float], mode: str) -> None:
    made = explain(parse(text), at, mode=mode)
    *_, last = made.steps
    problem = "overflows" if "exp" in text else "is not defined"
    assert last.state == "failed"
    assert f"{last.label} {problem} at this point." in last.notes
    assert not any("not needed" in note for step in made.steps for note in step.notes)


def test_what_follows_from_a_derivative_without_a_value_says_so() -> None:
    made = explain(parse("sin(sqrt(if x > 0 then x else z))"), {"x": -1, "z": 0}, wrt=["x"])
    notes = {step.label: step.notes for step in made.passes[0].steps}
    assert "df/dw4 is not defined at this point." in notes["df/dw4"]
    assert made.failure is None
    made = explain(parse("u = sqrt(x); v = sin(u); w = x*2; output w"), {"x": 0}, mode="forward")
    notes = {step.label: step.notes for step in made.passes[0].steps}
    assert notes["dw2/dx"] == ("dw2/dx is not defined at this point.",)
    assert notes["dw3/dx"] == ("dw3/dx has no value at this point: dw2/dx is not defined.",)
    assert made.failure is None


def test_what_is_not_needed_may_fail() -> None:
    made = explain(parse("u = log(x); v = sqrt(y); output v"), {"x": -1, "y": 4})
    assert made.failure is None
    assert [step.number for step in made.values if step.label in ("w3", "w4")] == [None, 2.0]


# views


def test_views_hold_every_step() -> None:
    made = explain(parse("p = exp(x)*y; q = x/y; output p, q"), {"x": 0.3, "y": 2.0})
    text, markdown, document = str(made), made.markdown(), json.loads(made.json())
    for step in made.steps:
        assert f"  {step.label} = " in text
        assert f"`{step.label} = " in markdown or f"| `{step.label}` |" in markdown
    steps = document["values"] + [step for one in document["sweeps"] for step in one["steps"]]
    assert [(s["label"], s["number"]) for s in steps] == [(s.label, s.number) for s in made.steps]
    assert document["failure"] is None


def test_without_a_point_there_are_no_numbers() -> None:
    made = explain(parse(SEED))
    assert all(step.number is None for step in made.steps)
    assert "…" not in str(made)


def test_the_text_of_a_large_program_is_complete() -> None:
    program = parse(" + ".join(f"sin({k}*x)*y{k}" for k in range(1, 500)))
    made = explain(program, dict.fromkeys(program.inputs, 0.5))
    text = str(made)
    assert len(program.assignments) > 2000
    assert sum(f"\n  {step.label} =" in text for step in made.steps) == len(list(made.steps))


def test_time_is_linear() -> None:
    def seconds(terms: int) -> float:
        program = parse(" + ".join(f"exp(x{k % 40}*y{k})" for k in range(terms)))
        best = math.inf
        for _ in range(3):
            start = time.process_time()
            str(explain(program, dict.fromkeys(program.inputs, 0.5)))
            best = min(best, time.process_time() - start)
        return best / terms

    assert seconds(1600) < 2.5 * seconds(200)  # per term; a quadratic part would make it 8


def test_steps_are_plain_data() -> None:
    step = explain(parse(SEED)).values[0]
    assert isinstance(step, Step)
    with pytest.raises(AttributeError):
        step.number = 3.0  # type: ignore[misc]
    with pytest.raises(NamingError):
        explain(parse(SEED), {"x": 1})
