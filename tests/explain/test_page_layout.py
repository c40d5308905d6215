"""The page of a worked derivation, in a real browser: nothing is cut off, nothing sticks out, all can be read."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import symad
from symad.explain import explain
from symad.explain.page import page
from symad.explain.page.lines import unstacked
from symad.explain.page.results import module
from symad.parse import parse
from symad.printers.mathml_labels import label
from tests.explain.browser import opened, violations
from tests.explain.pages import look

INSIDE = """() => [...document.querySelectorAll(".node")].flatMap((node) => {
  const card = node.querySelector(":scope > rect").getBoundingClientRect();
  return [...node.querySelectorAll("text")].filter((text) => {
    const box = text.getBoundingClientRect();
    return box.left < card.left || box.right > card.right;
  }).map((text) => text.textContent);
})"""


@pytest.mark.parametrize(
    "text",
    [
        "p = x*y; q = sin(p)*x; output p, q",
        "p = x*y; another_output_with_a_name = exp(-20*x*y)*x; output p, another_output_with_a_name",
    ],
)
@pytest.mark.parametrize("mode", ["reverse", "forward"])
def test_text_stays_inside_its_card(browser: Any, tmp_path: Path, text: str, mode: str) -> None:
    explanation = explain(parse(text), {"x": 2, "y": 3}, mode=mode)
    with opened(browser, page(explanation), tmp_path, **look("light", 1400)) as tab:
        for number in range(len(list(explanation.steps))):
            tab.locator("#slider").fill(str(number + 1))
            assert tab.evaluate(INSIDE) == []


BRANCHES = "if x > 0 and y > 0 then sqrt(x*y) else if x < -1 then log(-x) else 0"
SHARE = "d = (log(S/K) + (r + v^2/2)*T)/(v*sqrt(T)); call = S*normcdf(d) - K*exp(-r*T)*normcdf(d - v*sqrt(T))"
LAST = {  # formula, point: the line of its last step is long, or high
    "seed": ("z = x1*x2 + sin(x1)", {"x1": 2, "x2": 3}),
    "branches": (BRANCHES, {"x": -2, "y": 1}),
    "fractions": (SHARE, {"S": 100, "K": 95, "r": 0.05, "v": 0.2, "T": 0.5}),
    "a long sum": ("x + 2*x + sin(x) + cos(x) + exp(x) + x^2 + x^3 + log(x)", {"x": 1.5}),
}
PANEL = """() => {
  const panel = document.querySelector("#panel");
  const leaves = [...panel.querySelectorAll(".line :is(mi, mn, mo)")];
  const sizes = leaves.map((leaf) => parseFloat(getComputedStyle(leaf).fontSize));
  const outer = panel.getBoundingClientRect();
  const out = [...panel.querySelectorAll(".line math")].filter((math) => {
    const box = math.getBoundingClientRect();
    return box.left < outer.left - 0.5 || box.right > outer.right + 0.5;
  });
  return {out: out.map((math) => math.textContent), smallest: Math.min(...sizes), shadow: panel.className};
}"""


@pytest.mark.parametrize("name", LAST)
@pytest.mark.parametrize(("scheme", "width"), [("light", 390), ("dark", 1400)])
def test_the_line_of_a_step_is_all_in_sight(browser: Any, tmp_path: Path, scheme: str, width: int, name: str) -> None:
    text, point = LAST[name]
    with opened(browser, page(explain(parse(text), point)), tmp_path, **look(scheme, width)) as tab:
        tab.click("#last")
        found = tab.evaluate(PANEL)
        assert found["out"] == []
        assert found["shadow"] == ""
        if name == "branches":  # its longest condition is written as wide as a phone
            assert found["smallest"] >= (7 if width == 390 else 10)
        else:
            assert found["smallest"] >= 11
        assert violations(tab) == []


def test_a_line_breaks_only_between_terms(browser: Any, tmp_path: Path) -> None:
    with opened(browser, page(explain(parse(LAST["seed"][0]), LAST["seed"][1])), tmp_path, **look("light", 390)) as tab:
        tab.click("#last")
        parts = "[...document.querySelector('#panel .form').querySelectorAll('math')].map(math => math.textContent)"
        assert tab.evaluate(parts) == ["=dzdw3⋅dw3dw1", "+dzdw4⋅dw4dw1"]


def test_what_is_wider_than_its_box_has_a_shadow(browser: Any, tmp_path: Path) -> None:
    guard = " and ".join(f"x > {k}" for k in range(6))
    html = page(explain(parse(f"if {guard} then x*y else y"), {"x": 20, "y": 1}))
    with opened(browser, html, tmp_path, **look("light", 390)) as tab:
        tab.click("#last")
        assert tab.evaluate("document.querySelector('.formula').className") == "formula overflowing"
        tab.set_viewport_size({"width": 2400, "height": 900})
        tab.wait_for_selector(".formula:not(.overflowing)")
        assert tab.evaluate("document.documentElement.scrollWidth") <= 2400


CROSSED = """() => {
  const cards = [...document.querySelectorAll(".node:not(.away)")].map((node) => [
    node.dataset.value, node.querySelector("rect").getBoundingClientRect()]);
  return [...document.querySelectorAll(".edge:not(.away)")].flatMap((edge) => {
    const path = edge.querySelector("path");
    const matrix = path.getScreenCTM();
    const length = path.getTotalLength();
    const hit = new Set();
    for (let k = 0; k <= 200; k++) {
      const {x, y} = path.getPointAtLength(length * k / 200).matrixTransform(matrix);
      for (const [value, box] of cards) {
        const own = value === edge.dataset.operand || value === edge.dataset.user;
        if (!own && x > box.left + 1 && x < box.right - 1 && y > box.top + 1 && y < box.bottom - 1) hit.add(value);
      }
    }
    return [...hit].map((value) => `${edge.dataset.operand} ${edge.dataset.user} ${value}`);
  });
}"""


def test_edges_of_a_part_pass_beside_the_cards(browser: Any, tmp_path: Path) -> None:
    steps = [f"a{k} = sin(a{k - 1})*y + a{k - 1}" for k in range(1, 80)]
    explanation = explain(parse("; ".join(["a0 = x", *steps, "output a79"])), {"x": 1, "y": 0.5})
    with opened(browser, page(explanation), tmp_path, **look("light", 1400)) as tab:
        for name in ("w3", "w100", "w101", "w102", "a79"):
            tab.fill("#around", name)
            tab.keyboard.press("Enter")
            assert tab.locator(".edge:not(.away)").count() > 2
            assert tab.evaluate(CROSSED) == []


def test_derivatives_in_fractions_stand_on_one_line() -> None:
    assert unstacked(f"<mfrac>{label('df/dx')}<mi>x</mi></mfrac>") == (
        "<mfrac><mrow><mi>d</mi><mi>f</mi><mo>/</mo><mi>d</mi><mi>x</mi></mrow><mi>x</mi></mfrac>"
    )
    assert unstacked(label("df/dx")) == label("df/dx")


# the code


def test_the_code_of_several_outputs_runs() -> None:
    """The module that the page holds gives the values and the Jacobian of the program."""
    program = parse("p = x*y; q = sin(p)*x; output p, q")
    code, reason = module(program)
    assert reason == ""
    scope: dict[str, Any] = {"__name__": "generated"}
    exec(code, scope)
    values, rows = scope["value_and_jacobian"](2.0, 3.0)
    assert (*values, *rows[0], *rows[1]) == (*program(2, 3), *symad.jacobian(program, method="reverse")(2, 3))
    assert "def value_and_jacobian" in explain(program, {"x": 2, "y": 3}).html()
