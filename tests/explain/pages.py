"""Derivations of every kind that a page may be of, and what the page has to show at each step."""

from __future__ import annotations

import re
from typing import Any

from symad.explain import Explanation, Step, explain
from symad.explain.display import numbers_of
from symad.explain.page.lines import sentence
from symad.numbers import approximate
from symad.parse import parse

SEED = "z = x1*x2 + sin(x1)"
OPEN = {  # formula, point, further arguments: what a page may be of
    "seed": (SEED, {"x1": 2, "x2": 3}, {}),
    "no point": ("x^2*y + y", None, {}),
    "seeds": ("p = x*y; q = sin(p)*x; output p, q", {"x": 3, "y": 4}, {"seed": {"p": 1, "q": 2}}),
    "two outputs": ("p = x*y; q = sin(p)*x + log(y); output p, q", {"x": 3, "y": 4}, {}),
    "forward": ("p = x*y; q = sin(p)*x; output p, q", {"x": 3, "y": 4}, {"mode": "forward"}),
    "no inputs": ("2*3 + pi", {}, {}),
    "branches": ("if x > 0 then log(x) else x^2", {"x": -2}, {}),
    "flat": ("x*x*floor(y) + sin(x)^2", {"x": 3, "y": 4}, {}),
    "unused": ("u = exp(x); v = log(y); w = u*2; output w", {"x": 0, "y": -1}, {}),
    "failure": ("log(x)*y", {"x": -2, "y": 1}, {}),
    "failure of a sweep": ("sqrt(x)*y", {"x": 0, "y": 1}, {}),
    "names": ("(α_max*ℓ2 # </script><b>&\n + 𝒳)", {"α_max": 2, "l2": 3, "X": -1}, {}),
}


def made(name: str) -> Explanation:
    """Make one of the derivations."""
    text, point, settings = OPEN[name]
    return explain(parse(text), at=point, **settings)


def look(scheme: str, width: int) -> dict[str, Any]:
    """Give the settings of a browser of some width and colours."""
    return {"color_scheme": scheme, "reduced_motion": "reduce", "viewport": {"width": width, "height": 900}}


# what a step has to show, from the derivation


def phase(explanation: Explanation, number: int) -> int:
    """Give the sweep that a step belongs to, -1 for the values; steps count from 0."""
    number -= len(explanation.values)
    which = -1
    while number >= 0:
        which += 1
        number -= len(explanation.passes[which].steps)
    return which


def edges(step: Step) -> set[tuple[str, str]]:
    """Give the edges that a step uses."""
    if step.kind == "operation":
        return {(operand, step.value) for operand in step.expression.inputs}
    return {(term.operand, term.user) for term in step.terms}


def title(explanation: Explanation, number: int) -> str:
    """Give the title of a step."""
    count = len(list(explanation.steps))
    which = phase(explanation, number)
    words = "forward"
    if which >= 0:
        sweep = explanation.passes[which]
        words = "backward" if sweep.mode == "reverse" else "tangents"
        if len(explanation.passes) > 1:
            words += f" {'from' if sweep.mode == 'reverse' else 'along'} {sweep.of}"
    return f"Step {number + 1} of {count}, {words}"


STATE = """() => {
  const all = (selector) => [...document.querySelectorAll(selector)];
  const lines = all(".lines a.line");
  const seen = (element) => element && getComputedStyle(element).visibility === "visible";
  const card = document.querySelector(".node.current");
  const box = document.querySelector(".lines").getBoundingClientRect();
  const line = document.querySelector(".lines a.line[aria-current=step]").getBoundingClientRect();
  return {
    title: document.querySelector("#title").textContent,
    said: document.querySelector("#said").textContent,
    cards: all(".node.current").map((node) => node.dataset.value),
    card: {
      number: seen(card?.querySelector(".number")) ? card.querySelector(".number").textContent : "",
      derivative: seen(card?.querySelector(".derivative")) ? card.querySelector(".derivative").textContent : "",
    },
    shown: all(".node:not(.away)").map((node) => node.dataset.value),
    ahead: all(".node.ahead:not(.away)").map((node) => node.dataset.value),
    edges: all(".edge.current").map((edge) => [edge.dataset.operand, edge.dataset.user]),
    marked: all("[aria-current]").map((line) => lines.indexOf(line)),
    line: document.querySelector(".lines a.line[aria-current]").textContent,
    panel: document.querySelector("#panel .line").textContent,
    last: [...document.querySelectorAll("#panel .line .form")].at(-1)?.textContent ?? "",
    part: document.querySelector("#source mark")?.textContent ?? "",
    slider: Number(document.querySelector("#slider").value),
    count: document.querySelector("#count").textContent,
    within: line.top >= box.top - 1 && line.bottom <= box.bottom + 1,
    hash: location.hash,
  };
}"""


def expect(tab: Any, explanation: Explanation, number: int) -> None:
    """Compare what is shown with a step; steps count from 0."""
    steps = list(explanation.steps)
    step, count = steps[number], len(steps)
    which = phase(explanation, number)
    shown = tab.evaluate(STATE)
    sweep = explanation.passes[which].steps if which >= 0 else ()
    numbers = {**numbers_of(explanation.values), **numbers_of(sweep)}
    assert shown["title"] == title(explanation, number)
    assert shown["said"] == f"{shown['title']}: {sentence(step, numbers)}"
    assert shown["cards"] == [step.value]
    assert {tuple(edge) for edge in shown["edges"]} == edges(step)
    assert shown["marked"] == [number]
    assert shown["within"]
    assert shown["panel"] == shown["line"]
    assert (shown["slider"], shown["count"], shown["hash"]) == (
        number + 1, f"step {number + 1} of {count}", f"#step-{number + 1}")  # fmt: skip
    later = [s.value for s in explanation.values[number + 1 :] if s.kind != "output"] if which < 0 else []
    assert shown["ahead"] == [value for value in later if value in {*shown["shown"]}]
    if step.number is not None:
        written = approximate(step.number)
        assert digits(shown["last"]) == digits(written)
        card = shown["card"]["derivative"] if which >= 0 else shown["card"]["number"]
        assert card == (f"{step.label} = {written}" if which >= 0 else written)
    span = next((s.span for s in explanation.values if s.value == step.value and s.span), None)
    assert shown["part"] == (explanation.program.text[slice(*span)] if span else "")


def digits(text: str) -> str:
    """Take a number as it is typeset for the number as it is typed."""
    return re.sub(r"⋅10(?=−?\d+$)", "e", text.lstrip("= ")).replace("−", "-")
