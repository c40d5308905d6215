"""The page of a worked derivation, in a real browser: every step by every control, against the derivation itself."""

from __future__ import annotations

import json
import re
import time
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from symad.explain import explain
from symad.explain.display import numbers_of
from symad.explain.graph import names_of
from symad.explain.page import fragment, page
from symad.explain.page.lines import forms
from symad.explain.page.markup import VOID
from symad.explain.page.results import derived
from symad.numbers import approximate
from symad.parse import parse
from symad.printers.infix import formulas
from tests.explain.browser import opened, violations
from tests.explain.pages import OPEN, edges, expect, look, made

LOOKS = [(scheme, width) for scheme in ("light", "dark") for width in (390, 1400)]
MANY = 2_000
CHECKED = ("no point", "forward", "branches", "failure", "names")  # by axe-core, which takes a second for each


class Reader(HTMLParser):
    """Check that elements nest, and note what refers to something."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.addresses: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in VOID:
            self.open.append(tag)
        for key, value in attrs:
            if key == "id":
                self.ids.append(value or "")
            if key in ("src", "href", "action", "data", "srcset"):
                self.addresses.append(value or "")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def read(html: str) -> Reader:
    """Read HTML."""
    reader = Reader()
    reader.feed(html)
    reader.close()
    assert reader.open == []
    return reader


# every step, by every control


@pytest.mark.parametrize(("scheme", "width"), LOOKS)
def test_every_step_by_every_control(browser: Any, tmp_path: Path, scheme: str, width: int) -> None:
    explanation = made("seed")
    count = len(list(explanation.steps))
    with opened(browser, page(explanation), tmp_path, **look(scheme, width)) as tab:
        expect(tab, explanation, 0)
        for number in range(1, count):
            tab.click("#next")
            expect(tab, explanation, number)
        tab.click("#next")
        expect(tab, explanation, count - 1)
        for number in reversed(range(count - 1)):
            tab.keyboard.press("ArrowLeft")
            expect(tab, explanation, number)
        for number in [*range(1, count), 3]:
            tab.locator("#slider").fill(str(number + 1))
            expect(tab, explanation, number)
        for number in range(count):
            tab.locator(".lines a.line").nth(number).click()
            expect(tab, explanation, number)
        for k, step in enumerate(explanation.passes[0].steps, len(explanation.values)):
            tab.locator(f'.node[data-value="{step.value}"]').click()
            expect(tab, explanation, k)
        tab.click("#first")
        expect(tab, explanation, 0)
        for k, step in enumerate(explanation.values[:-1]):
            tab.locator(f'.node[data-value="{step.value}"]').click()
            expect(tab, explanation, k)
        for key, number in (("End", count - 1), ("ArrowLeft", count - 2), ("ArrowRight", count - 1), ("Home", 0)):
            tab.keyboard.press(key)
            expect(tab, explanation, number)
        tab.click("#last")
        tab.click("#back")
        expect(tab, explanation, count - 2)


@pytest.mark.parametrize("name", OPEN)
def test_every_kind_of_derivation(browser: Any, tmp_path: Path, name: str) -> None:
    explanation = made(name)
    html = page(explanation)
    read(html)
    with opened(browser, html, tmp_path, **look("light", 390)) as tab:
        for number in range(len(list(explanation.steps))):
            expect(tab, explanation, number)
            tab.keyboard.press("ArrowRight")
        assert tab.evaluate("document.documentElement.scrollWidth") <= 390
        if name in CHECKED:
            assert violations(tab) == []
        assert tab.locator("input[name=show]").count() == (3 if explanation.point is not None else 0)


# who reads it, and with what


@pytest.mark.parametrize(("scheme", "width"), LOOKS)
def test_axe_finds_no_violation(browser: Any, tmp_path: Path, scheme: str, width: int) -> None:
    explanation = made("seed")
    count = len(list(explanation.steps))
    with opened(browser, page(explanation), tmp_path, **look(scheme, width)) as tab:
        for number in (0, count // 2, count - 1):
            tab.locator("#slider").fill(str(number + 1))
            assert violations(tab) == []
            assert tab.evaluate("document.documentElement.scrollWidth") <= width


def test_axe_finds_what_is_wrong(browser: Any, tmp_path: Path) -> None:
    html = page(made("seed")).replace("--muted: #566070", "--muted: #c0c0c0").replace('aria-label="Step"', "")
    with opened(browser, html, tmp_path, **look("light", 1400)) as tab:
        assert {found.split(":")[0] for found in violations(tab)} == {"color-contrast", "label"}


def test_tab_reaches_every_control_and_focus_is_seen(browser: Any, tmp_path: Path) -> None:
    with opened(browser, page(made("seed")), tmp_path, **look("dark", 390)) as tab:
        reached = []
        for _ in range(20):
            tab.keyboard.press("Tab")
            name, outline, covered = tab.evaluate("""() => {
              const element = document.activeElement;
              if (element === document.body) return ["", "", false];
              const shown = element.matches(".switch input") ? element.nextElementSibling : element;
              const box = element.getBoundingClientRect(), bar = document.querySelector(".bar");
              const covered = !bar.contains(element) && box.top >= bar.getBoundingClientRect().top;
              const name = element.id || element.classList[0] || element.name;
              return [name, getComputedStyle(shown).outlineStyle, covered];
            }""")
            if not name:
                break
            reached.append(name)
            assert outline == "solid", name
            assert not covered, name
        assert reached == "formula first back next last slider show canvas panel source line formulas copy code".split()


def test_keys_stay_with_the_control_that_uses_them(browser: Any, tmp_path: Path) -> None:
    explanation = made("seed")
    with opened(browser, page(explanation), tmp_path, **look("light", 1400)) as tab:
        tab.focus("#slider")
        tab.keyboard.press("ArrowRight")
        expect(tab, explanation, 1)
        tab.focus("input[name=show][value=both]")
        tab.keyboard.press("ArrowRight")
        expect(tab, explanation, 1)
        assert tab.evaluate("document.body.dataset.show") == "symbols"
        tab.locator(".lines a.line").nth(4).click()
        tab.keyboard.press("ArrowRight")
        expect(tab, explanation, 5)
        assert tab.evaluate("document.activeElement.getAttribute('aria-current')") == "step"
        tab.keyboard.press("Control+ArrowRight")
        expect(tab, explanation, 5)


PARTS = """partial => !partial.checkVisibility() ? []
  : [...partial.children].filter((part) => part.checkVisibility()).map((part) => part.textContent.trim())"""


@pytest.mark.parametrize(("scheme", "width"), LOOKS)
def test_symbols_numbers_or_both(browser: Any, tmp_path: Path, scheme: str, width: int) -> None:
    explanation = made("seed")
    count = len(list(explanation.steps))
    numbers = {**numbers_of(explanation.values), **numbers_of(explanation.passes[0].steps)}
    with opened(browser, page(explanation), tmp_path, f"#step-{count}", **look(scheme, width)) as tab:
        expect(tab, explanation, count - 1)
        for show in ("symbols", "numbers", "both"):
            tab.locator("label", has=tab.locator(f"input[value={show}]")).click()
            wanted = [
                form for form in forms(list(explanation.steps)[-1], numbers, typeset=True)
                if show == "both" or {"symbols": "symbolic", "numbers": "numeric"}[show] in form.kinds
            ]  # fmt: skip
            assert tab.locator("#panel .line .form:visible").count() == len(wanted)
            edge = tab.locator('.edge[data-operand="w1"][data-user="w4"] .partial')
            found = edge.evaluate(PARTS)
            expected = {"symbols": ["cos(w1)"], "numbers": ["-0.4161468…"], "both": ["cos(w1)", "=", "-0.4161468…"]}
            assert found == expected[show]
            assert tab.locator(".node.current .number").is_visible() == (show != "symbols")
            assert tab.locator(".node.current .derivative-number").is_visible() == (show != "symbols")


def test_partials_appear_as_the_sweep_reaches_them(browser: Any, tmp_path: Path) -> None:
    explanation = made("seed")
    with opened(browser, page(explanation), tmp_path, **look("light", 1400)) as tab:
        shown = "[...document.querySelectorAll('.edge')].filter(edge => edge.querySelector('.partial').checkVisibility("
        shown += "{visibilityProperty: true})).map(edge => edge.dataset.operand + edge.dataset.user)"
        assert tab.evaluate(shown) == []
        for number, step in enumerate(explanation.steps):
            tab.locator("#slider").fill(str(number + 1))
            first = len(explanation.values)
            used = {a + b for step in list(explanation.steps)[first : number + 1] for a, b in edges(step)}
            assert {*tab.evaluate(shown)} == used, step.label


def test_several_sweeps_show_their_own_derivatives(browser: Any, tmp_path: Path) -> None:
    explanation = made("forward")
    with opened(browser, page(explanation), tmp_path, **look("light", 1400)) as tab:
        tab.click("#last")
        for step in explanation.passes[1].steps:
            text = tab.locator(f'.node[data-value="{step.value}"] .derivative').text_content()
            assert text == f"{step.label} = {approximate(step.number or 0.0)}"
        tab.locator(".lines a.line").nth(len(explanation.values)).click()
        seen = "[...document.querySelectorAll('.derivative')].filter(text => text.checkVisibility("
        seen += "{visibilityProperty: true})).map(text => text.textContent)"
        assert tab.evaluate(seen) == ["dw1/dx = 1"]


def test_without_script_everything_is_there(browser: Any, tmp_path: Path) -> None:
    explanation = made("seed")
    with opened(browser, page(explanation), tmp_path, java_script_enabled=False, **look("light", 390)) as tab:
        assert tab.locator(".lines .line:visible").count() == len(list(explanation.steps))
        assert tab.locator(".node .derivative:visible").count() == 5
        for text in (
            "w1 is used by w3 and w4, so their contributions add up.",
            "d(sin(x))/dx = cos(x)",
            "def gradient",
        ):
            assert tab.locator("body", has_text=text).is_visible()
        assert not tab.locator("#next").is_visible()
        tab.emulate_media(media="print")
        assert tab.locator(".lines .line:visible").count() == len(list(explanation.steps))


def test_print_shows_the_whole_derivation(browser: Any, tmp_path: Path) -> None:
    with opened(browser, page(made("seed")), tmp_path, **look("light", 1400)) as tab:
        tab.emulate_media(media="print")
        box = tab.evaluate(
            "(({scrollHeight, clientHeight}) => [scrollHeight, clientHeight])(document.querySelector('.lines'))"
        )
        assert box[0] <= box[1]
        assert not tab.locator(".bar").is_visible()


def test_motion_is_reduced_where_that_is_asked_for(browser: Any, tmp_path: Path) -> None:
    for motion, seconds in (("reduce", "0s"), ("no-preference", "0.2s, 0.2s")):
        with opened(browser, page(made("seed")), tmp_path, **{**look("light", 390), "reduced_motion": motion}) as tab:
            rule = "getComputedStyle(document.querySelector('.node > rect')).transitionDuration"
            assert tab.evaluate(rule) == seconds


def test_an_address_names_a_step(browser: Any, tmp_path: Path) -> None:
    explanation = made("seed")
    with opened(browser, page(explanation), tmp_path, "#step-7", **look("light", 390)) as tab:
        expect(tab, explanation, 6)
        tab.evaluate("location.hash = '#step-3'")
        tab.wait_for_function("document.querySelector('#count').textContent.startsWith('step 3 ')")
        expect(tab, explanation, 2)
        tab.evaluate("location.hash = '#step-999'")
        tab.wait_for_function("document.querySelector('#count').textContent.startsWith('step 11 ')")
        assert tab.evaluate("scrollY") == 0


def test_copy_takes_the_module(browser: Any, tmp_path: Path) -> None:
    import symad

    settings = {"permissions": ["clipboard-read", "clipboard-write"], **look("light", 1400)}
    explanation = made("seed")
    with opened(browser, page(explanation), tmp_path, **settings) as tab:
        tab.click("#copy")
        tab.wait_for_function("document.querySelector('#copy').textContent === 'Copied'")
        assert tab.evaluate("navigator.clipboard.readText()") == symad.generate(explanation.program)


@pytest.mark.parametrize("name", ["failure", "failure of a sweep"])
def test_a_failure_is_said(browser: Any, tmp_path: Path, name: str) -> None:
    explanation = made(name)
    assert explanation.failure is not None
    with opened(browser, page(explanation), tmp_path, **look("dark", 390)) as tab:
        assert explanation.failure.reason in tab.locator(".top .failure").inner_text()
        assert tab.locator("#panel .failure").count() == 0
        tab.click("#last")
        assert tab.locator("#panel .failure").is_visible()


# size


def test_a_large_program_opens_around_a_value(browser: Any, tmp_path: Path) -> None:
    steps = [f"a{k} = sin(a{k - 1})*y + a{k - 1}" for k in range(1, MANY // 3 + 1)]
    explanation = explain(parse("; ".join(["a0 = x", *steps, f"output a{MANY // 3}"])), at={"x": 1, "y": 0.5})
    assigned_names = names_of(explanation)
    html = page(explanation)
    assert len(html.encode()) < 5_000_000
    with opened(browser, html, tmp_path, **look("light", 1400)) as tab:
        assert tab.locator(".lines .line").count() == len(list(explanation.steps))
        for value in ("w1500", "w3"):
            tab.fill("#around", value)
            tab.keyboard.press("Enter")
            expect(tab, explanation, next(k for k, step in enumerate(explanation.values) if step.value == value))
            shown = tab.locator(".node:not(.away)")
            assert 3 <= shown.count() <= 16
            boxes = [shown.nth(k).locator("> rect").bounding_box() for k in range(shown.count())]
            for k, a in enumerate(boxes):
                for b in boxes[:k]:
                    assert a["x"] + a["width"] <= b["x"] + 1 or b["x"] + b["width"] <= a["x"] + 1 or (
                        a["y"] + a["height"] <= b["y"] + 1 or b["y"] + b["height"] <= a["y"] + 1)  # fmt: skip
        tab.fill("#around", "a100")
        tab.keyboard.press("Enter")
        named = next(k for k, step in enumerate(explanation.values) if step.value == assigned_names["a100"])
        expect(tab, explanation, named)
        tab.fill("#around", "w9999")
        tab.click(".chooser button")
        assert tab.locator(".chooser output").inner_text() == "w9999 is not a value of this formula."
        count = len(list(explanation.steps))
        tab.click("#last")
        assert tab.locator("#title").inner_text() == f"Step {count} of {count}, backward"
        # axe-core would take a minute for the 4,000 lines, which are like those of a small page.
        tab.evaluate("document.querySelectorAll('.lines li:nth-last-child(n+10), .away').forEach(row => row.remove())")
        assert violations(tab) == []


def test_a_page_takes_time_in_proportion(tmp_path: Path) -> None:
    def seconds(count: int) -> float:
        text = "; ".join(["a0 = x", *[f"a{k} = sin(a{k - 1})*y + a{k - 1}" for k in range(1, count + 1)]])
        explanation = explain(parse(text), at={"x": 1, "y": 0.5})
        found = []
        for _ in range(2):
            start = time.process_time()
            page(explanation)
            found.append(time.process_time() - start)
        return min(found)

    # Four times the assignments: 16 times as long would be quadratic; 8 leaves room for a busy machine.
    assert seconds(200) < 8 * seconds(50)


# what is written


@pytest.mark.parametrize("name", OPEN)
def test_nothing_is_loaded_and_identifiers_are_unique(name: str) -> None:
    html = page(made(name))
    found = read(html)
    assert len({*found.ids}) == len(found.ids)
    assert all(address.startswith("#step-") for address in found.addresses)
    assert "url(" not in html
    assert "@import" not in html
    assert page(made(name)) == html


def test_text_of_a_formula_is_only_text() -> None:
    html = page(made("names"))
    assert html.count("</script>") == 2
    assert "<b>" not in html
    document = re.search(r'<script type="application/json" id="data">(.*?)</script>', html, flags=re.S)
    assert document is not None
    assert json.loads(document[1])["text"] == OPEN["names"][0]
    assert document[1].isascii()


@pytest.mark.parametrize("name", OPEN)
def test_a_fragment_may_stand_beside_others(browser: Any, tmp_path: Path, name: str) -> None:
    explanation = made(name)
    part = fragment(explanation)
    found = read(part)
    assert (found.ids, found.addresses) == ([], [])
    assert "<script" not in part
    whole = f'<!DOCTYPE html><html lang="en"><title>Notebook</title><main>{part}{fragment(made("seed"))}</main></html>'
    with opened(browser, whole, tmp_path, **look("dark", 390)) as tab:
        assert tab.locator(".symad").first.locator(".line:visible").count() == len(list(explanation.steps))
        assert tab.evaluate("document.documentElement.scrollWidth") <= 390


def test_formulas_of_combined_seeds() -> None:
    assert formulas(derived(made("seeds"))) == {
        "ds/dx": "y + 2*x*y*cos(x*y) + 2*sin(x*y)",
        "ds/dy": "x + 2*x^2*cos(x*y)",
    }
    text = "p = x*y; q = x + 2*y; output p, q"
    forward = explain(parse(text), mode="forward", seed={"x": 1, "y": 3})
    assert formulas(derived(forward)) == {"dp/dt": "y + 3*x", "dq/dt": "7"}
