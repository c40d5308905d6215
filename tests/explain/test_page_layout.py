"""The page of a worked derivation, in a real browser: nothing is cut off, nothing sticks out, all can be read."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from symad.explain import explain
from symad.explain.page import page
from symad.parse import parse
from tests.explain.browser import opened
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
