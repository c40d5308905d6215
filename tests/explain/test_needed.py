"""The derivation at its edges: what is passed over, several outputs, names, sizes, failures."""

from __future__ import annotations

import json
import math
from typing import cast

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import symad
from symad.errors import NamingError, SymadError
from symad.explain import explain
from symad.parse import parse
from symad.program import Program
from tests.explain.test_explain import SEED, lines
from tests.printers.programs import POINTS, programs

# what is needed, and what is not


@pytest.mark.parametrize(
    ("text", "at", "wanted"),
    [
        ("p = x^2; q = if x > 0 then x else exp(p); output q, p", {"x": 1}, {"dq/dx": 1, "dp/dx": 2}),
        ("p = x^2; q = if x > 0 then x else (y - p)^2; output q, p", {"x": 1, "y": 3}, {"dq/dx": 1, "dq/dy": 0}),
        ("p = log(x); q = if x > 2 then p else x; output q, p", {"x": 1}, {"dq/dx": 1, "dp/dx": 1}),
        ("sqrt(if x > 0 then x else z)", {"x": -1, "z": 4}, {"df/dx": 0, "df/dz": 0.25}),
        ("if x > 0 then (if y > 0 then sqrt(x*y) else x) else y", {"x": -1, "y": 3}, {"df/dx": 0, "df/dy": 1}),
        (
            "p = if x > 0 then y else x*y; if x > 0 or (not x > 0 and y > 1) then p else 0",
            {"x": 2, "y": 3},
            {"df/dy": 1},
        ),
    ],
)
@pytest.mark.parametrize("mode", ["reverse", "forward"])
def test_what_an_output_does_not_need_is_passed_over(
    mode: str, text: str, at: dict[str, float], wanted: dict[str, float]
) -> None:
    made = explain(parse(text), at, mode=mode)
    numbers = {step.label: step.number for step in made.steps}
    found = {label: numbers[step] for which in made.passes for label, step in which.results.items()}
    assert made.failure is None
    assert {label: found[label] for label in wanted} == wanted
    for step in made.steps:
        assert (step.number is None) == (step.state == "skipped"), step


@pytest.mark.parametrize("mode", ["reverse", "forward"])
def test_an_undefined_derivative_that_nothing_asked_for_needs_does_not_end_it(mode: str) -> None:
    made = explain(parse("sqrt(if x > 0 then x else z)"), {"x": -1, "z": 0}, wrt=["x"], mode=mode)
    assert made.failure is None
    assert made.passes[0].steps[-1].number == 0.0


def test_a_branch_that_is_not_taken_shows_no_number() -> None:
    made = explain(parse("if x > 0 then (if y > 0 then sqrt(x*y) else x) else sin(y)"), {"x": -1, "y": 3})
    assert "df/dw7 = df/dw9 * dw9/dw7" in lines(made)
    assert "df/dw8 = df/dw9 * dw9/dw8 = 1" in lines(made)


@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(program=programs(operations=15, outputs=3), mode=st.sampled_from(["reverse", "forward"]), data=st.data())
def test_every_derivative_asked_for_has_a_step(program: Program, mode: str, data: st.DataObject) -> None:
    point = {name: data.draw(POINTS) for name in program.inputs} if data.draw(st.booleans()) else None
    made = explain(program, point, mode=mode)
    for which in made.passes:
        labels = {step.label for step in which.steps}
        assert which.failure is not None or set(which.results.values()) <= labels
    str(made)
    made.markdown()
    json.loads(made.json())


def test_an_output_that_is_a_number_has_tangent_zero() -> None:
    made = explain(parse("p = x; q = 3; output p, q"), mode="forward")
    assert lines(made) == ["dw1/dx = 1", "d3/dx = 0"]


def test_seeds_of_one_value_add_up_or_cancel() -> None:
    program = parse("f = x^2; g = f; output f, g")
    made = explain(program, {"x": 3}, seed={"f": 1, "g": 2})
    assert made.passes[0].steps[-1].number == 18.0
    cancelled = explain(program, {"x": 3}, seed={"f": 1, "g": -1})
    assert [step.kind for step in cancelled.passes[0].steps] == ["zero"]
    assert "cancel" in cancelled.passes[0].notes[-1]


def test_arguments_of_another_type_are_errors_of_the_family() -> None:
    for work in (explain, symad.gradient, lambda text: symad.compare(text, {})):
        with pytest.raises(SymadError, match="a Program is expected, not a str") as caught:
            work("x*y")
        assert caught.value.hint == "symad.parse makes one of text"
    for bad in cast("tuple[float, ...]", ("a", None, [1])):
        with pytest.raises(NamingError, match="the value of x is no number"):
            explain(parse("x*y"), {"x": bad, "y": 1})
        with pytest.raises(NamingError, match="the value of x is no number"):
            symad.compare(parse("x*y"), {"x": bad, "y": 1})
        with pytest.raises(NamingError, match="the seed of f is no number"):
            explain(parse("x*y"), seed={"f": bad})


@pytest.mark.parametrize("number", [math.nan, math.inf])
def test_a_coordinate_is_a_finite_number(number: float) -> None:
    with pytest.raises(NamingError, match="the value of x is no number"):
        explain(parse("x*y"), {"x": number, "y": 1})
    with pytest.raises(NamingError, match="the value of x is no number"):
        symad.compare(parse("x*y"), {"x": number, "y": 1})


def test_names_never_clash() -> None:
    made = explain(parse("sin(w1)*v1*u1*t1*s1*w_1"), {"w1": 1, "v1": 2, "u1": 3, "t1": 4, "s1": 5, "w_1": 6})
    assert {step.value for step in made.values}.isdisjoint(made.program.inputs)


def test_views_grow_with_the_formula() -> None:
    def sizes(terms: int) -> tuple[int, ...]:
        made = explain(parse(" + ".join(f"sin({k}*x)" for k in range(1, terms + 1))))
        return len(str(made)), len(made.markdown()), len(made.json())

    assert all(large < 5 * small for small, large in zip(sizes(300), sizes(1200), strict=True))


def test_a_comment_may_hold_backticks() -> None:
    markdown = explain(parse("f = (x + # ` ``` <b>\ny)*2".replace("\\n", "\n"))).markdown()
    assert markdown.startswith("````\n")
    assert "`` x + # ` ``` <b> y ``" in markdown or "```` x + # ` ``` <b> y ````" in markdown


@pytest.mark.parametrize(
    "text",
    [
        "max(x*y, sin(x)*exp(y))",
        "if x > 0 and y > 0 then sqrt(x*y) else if x < -1 then log(-x) else 0",
        "min(max(x*y, sin(x)), if x > y then exp(x*y)*cos(x - y) else log(x^2 + y^2)/(1 + exp(-x)))",
        " + ".join(f"sin({k}*x)*cos({k}*y)" for k in range(1, 9)),
    ],
)
@pytest.mark.parametrize("at", [None, {"x": 1.2345678, "y": 0.7654321}])
def test_lines_fit_a_hundred_columns(text: str, at: dict[str, float] | None) -> None:
    made = explain(parse(text), at)
    lines = str(made).splitlines()[1:]
    assert max(map(len, lines)) <= 100
    words = " ".join(" ".join(lines).split())
    for label, formula in made.formulas().items():
        assert f"= {formula}" in words, label


def test_comments_are_no_part_of_a_heading() -> None:
    made = explain(parse("# how long (in all\nu = x + 1  # first\n\n# then\nf = (u +\n  y)*2\n"), {"x": 1, "y": 2})
    assert str(made).startswith("u = x + 1\nf = (u +\n  y)*2\nat x = 1, y = 2\n")
    html = made.html()
    assert "<title>The derivatives of u = x + 1; f = (u + y)*2</title>" in html
    assert '<h1 aria-label="u = x + 1; f = (u + y)*2">' in html
    long = explain(parse("# a comment\n" + " + ".join(f"sin({k}*x)" for k in range(1, 80)))).html()
    assert '<h1 class="plain">sin(1*x) + ' in long


def test_parts_are_places_in_the_formula_of_the_document() -> None:
    document = json.loads(explain(parse("\n\n  x*y # product\n")).json())
    parts = {step["label"]: step["part"] for step in document["values"] if step["part"]}
    assert document["formula"][parts["w3"]["start"] : parts["w3"]["end"]] == "x*y"


def test_formulas_and_steps_do_not_share_names() -> None:
    text = " + ".join(f"exp(x{k}*y)*sin(exp(x{k}*y) + z)" for k in range(12))
    made = explain(parse(text), dict.fromkeys(parse(text).inputs, 0.5))
    shared = made.formulas().temporaries
    assert shared
    assert {step.value for step in made.values}.isdisjoint(shared)


def test_a_failed_derivation_still_has_formulas() -> None:
    made = explain(parse("sqrt(x) + y"), {"x": 0, "y": 1})
    assert "  df/dx = df/dw1 = 1/(2*sqrt(x))\n" in str(made)
    assert "  df/dy = df/dw2 = 1\n" in str(made)


def test_it_says_what_it_is() -> None:
    assert repr(explain(parse(SEED))) == "<Explanation of z: 11 steps>"
    assert lines(explain(symad.gradient(parse("x^3")), {"x": 2}))[0] == "d(df/dx)/dw3 = 1"
