"""A derivation in, one page of HTML out: the graph, steps to go through, the whole derivation, formulas and code.

The page needs nothing but itself: style, script and pictures stand in it, and it may not load anything. Without its
script everything but the stepping can be read. A fragment is what a notebook shows: graph and lines, and no script.
"""

from __future__ import annotations

import pkgutil
import re
from base64 import b64encode
from dataclasses import replace
from hashlib import sha256
from itertools import islice

from symad.collector import without_collector
from symad.errors import columns
from symad.explain.cards import NARROW, derivative_line
from symad.explain.graph import LARGE, Graph, graph, layout, parts
from symad.explain.page.lines import Style, derivation, failed
from symad.explain.page.markup import Markup, data, element, math
from symad.explain.page.results import final, heading, module
from symad.explain.page.steering import steering
from symad.explain.steps import Explanation, Step, Term
from symad.explain.svg import svg
from symad.explain.text import COORDINATES, formula
from symad.explain.text import heading as one_line
from symad.numbers import approximate
from symad.printers.mathml import numeral
from symad.printers.mathml_labels import name

OWN_NAMES = "The names w1, w2, … in the module are its own: it computes the formulas as simplified, not these steps."
SHOWS = (("both", "Both"), ("symbols", "Symbols"), ("numbers", "Numbers"))
TITLE = 60  # characters of a formula in the title of a window
CODE = 20_000  # characters of a module that is shown: beyond, the command that writes it is


@without_collector
def page(explanation: Explanation) -> str:
    """Write a derivation as a whole document.

    >>> from symad.explain import explain
    >>> from symad.parse import parse
    >>> page(explain(parse("x^2"), at={"x": 3})).splitlines()[0]
    '<!DOCTYPE html>'
    """
    script = asset("page.js")
    digest = b64encode(sha256(script.encode()).digest()).decode()
    policy = f"default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'sha256-{digest}'"
    title = one_line(formula(explanation))
    head = element(
        "head",
        None,
        element("meta", {"charset": "utf-8"}),
        element("meta", {"name": "viewport", "content": "width=device-width, initial-scale=1"}),
        element("meta", {"name": "color-scheme", "content": "light dark"}),
        element("meta", {"http-equiv": "Content-Security-Policy", "content": policy}),
        element("title", None, f"The derivatives of {title[:TITLE]}{'…' if len(title) > TITLE else ''}"),
        element("style", None, Markup(asset("derivation.css") + asset("page.css"))),
        between="\n",
    )
    body = element("body", {"class": "symad"}, *sections(explanation), element("script", None, Markup(script)))
    return f"<!DOCTYPE html>\n{element('html', {'lang': 'en'}, head, body, between=chr(10))}\n"


@without_collector
def fragment(explanation: Explanation) -> str:
    """Write a derivation as a part of another page, several of which may stand in one: no script and no identifiers."""
    small = is_small(explanation)
    picture = [canvas(complete(explanation))] if small else []
    style = element("style", None, Markup(asset("derivation.css")))
    scrolled = {"class": "lines", "tabindex": "0", "role": "group", "aria-label": "The derivation"}
    lines = element("div", scrolled, derivation(explanation, Style(typeset=small, linked=False)))
    return element("div", {"class": "symad fragment"}, style, *opening(explanation), *picture, lines, between="\n")


def asset(file: str) -> str:
    """Read a file that is packaged beside this module."""
    found = pkgutil.get_data(__name__, file)
    if found is None:
        raise FileNotFoundError(f"{file} is missing: the installation is not whole")
    return found.decode("utf-8")


def is_small(explanation: Explanation) -> bool:
    """Tell whether a derivation is typeset, and its graph drawn as a whole."""
    return len(explanation.values) <= LARGE


def canvas(drawn: Graph) -> Markup:
    """Draw a graph within a box that scrolls; the cards of a large one are there to be placed by the script.

    What another program would need, the page does not: identifiers, and colours beside those of the style.
    """
    large = len(drawn.nodes) > LARGE
    placed = None if large else layout(drawn)
    left_out = r' (?:id|aria-\w+|fill|stroke|stroke-dasharray)="[^"]*"'
    image = re.sub(r"<[^>]*>", lambda tag: re.sub(left_out, "", tag[0]), svg(drawn, placed))
    if large:
        head, own, rest = image.partition("</title>")
        image = head + own + re.sub(r"<title>[^<]*</title>\n?", "", rest)
    width = f"--width: {placed.width if placed else 0:g}px"
    scrolled = {"tabindex": "0", "role": "group", "aria-label": "The graph; it can be scrolled"}
    return element("div", {"class": "canvas", "style": width, **scrolled}, Markup(image))


def complete(explanation: Explanation) -> Graph:
    """Give the graph with the derivatives and partial derivatives of all sweeps, the first of each that there is."""
    if len(explanation.passes) < 2:
        return graph(explanation)
    steps: dict[str, Step] = {}
    terms: dict[str, dict[tuple[str, str, str], Term]] = {}
    for sweep in explanation.passes:
        for step in sweep.steps:
            if step.value not in steps or steps[step.value].kind == "zero" or steps[step.value].number is None:
                steps[step.value] = step
            for term in step.terms:
                terms.setdefault(step.value, {}).setdefault((term.user, term.operand, term.place), term)
    merged = [replace(step, terms=tuple(terms.get(value, {}).values())) for value, step in steps.items()]
    lines = (derivative_line(step.label, step.number or 0.0) for sweep in explanation.passes for step in sweep.steps)
    widest = max((columns(label + number) for label, number in lines), default=NARROW)
    drawn = graph(replace(explanation, passes=(replace(explanation.passes[0], steps=tuple(merged)),)))
    return replace(drawn, room=max(NARROW, widest))


# the parts of the page, in their order


def sections(explanation: Explanation) -> list[str]:
    """Write everything that the body of the page holds but its script."""
    small = is_small(explanation)
    known = explanation.point is not None
    lines = derivation(explanation, Style(typeset=small, linked=True))
    steps = steering(explanation)
    return [
        element("header", {"class": "top"}, element("div", {"class": "inner"}, *opening(explanation))),
        bar(sum(1 for _ in explanation.steps), known=known),
        element(
            "main",
            None,
            element("div", {"class": "stage"}, picture(explanation, steps), reading(explanation, lines)),
            results(explanation, small),
            between="\n",
        ),
        data("data", steps),
    ]


def opening(explanation: Explanation) -> list[str]:
    """Write the formula, the point, and why the derivation ends early if it does."""
    typeset = heading(explanation.program)
    text = formula(explanation)
    rows: list[str] = [element("p", {"class": "eyebrow"}, "The derivatives of")]
    if typeset is not None:
        scrolled = {"class": "formula", "tabindex": "0", "role": "group", "aria-label": "The formula"}
        rows.append(element("div", scrolled, element("h1", {"aria-label": one_line(text)}, typeset)))
    else:
        first = one_line(text)
        rows.append(element("h1", {"class": "plain"}, first[:TITLE] + ("…" if len(first) > TITLE else "")))
        rows.append(element("noscript", None, element("pre", None, text)))
    if explanation.point:
        pairs = [
            element("li", None, math(f"{name(text)}<mo>=</mo>{numeral(approximate(x))[0]}"))
            for text, x in islice(explanation.point.items(), COORDINATES)
        ]
        if len(explanation.point) > COORDINATES:
            pairs.append(element("li", None, f"and {len(explanation.point) - COORDINATES} more"))
        rows.append(element("ul", {"class": "point", "aria-label": "The point"}, *pairs))
    if explanation.failure is not None:
        rows.append(failed(explanation))
    return rows


def bar(count: int, *, known: bool) -> Markup:
    """Write the controls: buttons, a slider, and what to show where there is a point."""
    buttons = (("first", "First"), ("back", "Back"), ("next", "Next"), ("last", "Last"))
    moves = [element("button", {"type": "button", "id": key}, text) for key, text in buttons]
    slider = {"type": "range", "id": "slider", "min": "1", "max": str(count), "value": "1", "aria-label": "Step"}
    shows = [
        element(
            "label",
            None,
            element("input", {"type": "radio", "name": "show", "value": key, "checked": key == "both"}),
            element("span", None, text),
        )
        for key, text in SHOWS
    ]
    legend = element("legend", {"class": "unseen"}, "Show")
    switch = element("fieldset", {"class": "switch"}, legend, *shows) if known else ""
    inner = element(
        "div",
        {"class": "inner"},
        element("div", {"class": "moves", "role": "group", "aria-label": "Steps"}, *moves),
        element("input", slider),
        element("span", {"class": "count", "id": "count"}, f"step 1 of {count}"),
        switch,
        between="\n",
    )
    return element("nav", {"class": "bar", "aria-label": "Step bar"}, inner)


def picture(explanation: Explanation, steps: dict[str, object]) -> Markup:
    """Write the graph; of a large one the cards, and the part around each value as data."""
    drawn = complete(explanation)
    chooser = ""
    if not is_small(explanation):
        steps["parts"] = parts(drawn)
        field = {"id": "around", "placeholder": "w17", "autocomplete": "off", "spellcheck": "false", "size": "8"}
        chooser = element(
            "form",
            {"class": "chooser"},
            element("label", {"for": "around"}, "Show the part around"),
            element("input", field),
            element("button", None, "Show"),
            element("output", {"for": "around"}),
            between=" ",
        )
    return element(
        "section",
        {"class": "picture", "aria-labelledby": "picture-title"},
        element("h2", {"id": "picture-title", "class": "unseen"}, "The graph"),
        chooser,
        canvas(drawn),
    )


def current(explanation: Explanation) -> Markup:
    """Write the frame of the current step, which the script fills."""
    source = element("code", {"id": "source"}, formula(explanation))
    return element(
        "section",
        {"class": "current-step", "aria-labelledby": "title", "hidden": True},
        element("h2", {"id": "title"}, "The current step"),
        element("div", {"id": "panel", "tabindex": "0", "role": "group", "aria-label": "The line of this step"}),
        element("pre", {"class": "source", "tabindex": "0", "aria-label": "The formula"}, source),
        element("p", {"id": "said", "class": "unseen", "aria-live": "polite"}),
        between="\n",
    )


def reading(explanation: Explanation, lines: Markup) -> Markup:
    """Write what stands beside the graph: the current step, and the whole derivation."""
    whole = element(
        "section",
        {"class": "derivation", "aria-labelledby": "derivation-title"},
        element("h2", {"id": "derivation-title"}, "The derivation"),
        element("div", {"class": "lines"}, lines),
    )
    return element("div", {"class": "reading"}, current(explanation), whole)


def results(explanation: Explanation, small: bool) -> Markup:
    """Write the final formulas and the Python module."""
    title = element("h2", {"id": "formulas-title"}, "The formulas")
    found: list[str] = [element("section", {"aria-labelledby": "formulas-title"}, title, final(explanation, small))]
    text, why = module(explanation.program)
    if not text:
        found.append(element("section", None, element("h2", None, "The Python module"), element("p", None, why)))
    else:
        scrolled = {"class": "code", "tabindex": "0", "aria-label": "The module"}
        rows = (
            element("h2", {"id": "code-title"}, "The Python module"),
            element("p", {"class": "aside"}, OWN_NAMES) if " w1 = " in text else "",
            element("button", {"type": "button", "id": "copy"}, "Copy"),
            element("pre", scrolled, element("code", {"id": "code"}, text)),
        )
        found.append(element("section", {"aria-labelledby": "code-title"}, *rows, between="\n"))
    return element("div", {"class": "results"}, *found)
