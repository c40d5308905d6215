"""The steps of a derivation in, a line of HTML for each out: typeset, or as plain text where there are many."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from symad.explain import loop_words, words
from symad.explain.display import is_condition, numbers_of, plain, stages
from symad.explain.page.markup import Markup, element, joined, math
from symad.explain.steps import Explanation, Number, Pass, Step, Term
from symad.numbers import approximate, write_number
from symad.printers.emitter import NAME
from symad.printers.infix import is_derivative
from symad.printers.latex import FRACTION
from symad.printers.mathml import expression, numeral
from symad.printers.mathml_labels import as_typed, label
from symad.program import Program

Numbers = Mapping[str, Number | None]
NUMERIC = {"numbers": "numeric", "number": "numeric"}  # forms that are no symbols
SIGNS = ("<mo>+</mo>", "<mo>−</mo>")
DERIVATIVE = re.compile(
    "<mfrac><mrow>(?P<above>(?:<msup>)?<mi>d</mi>.*?)</mrow><mrow>(?P<below>.*?)</mrow></mfrac>|</?mfrac>"
)
EQUALS, PLUS, DOT = "<mo>=</mo>", "<mo>+</mo>", "<mo>⋅</mo>"


class Form(NamedTuple):
    """Hold one form that a line goes through: its text, its MathML, and whether symbols or numbers are asked for."""

    text: str
    mathml: str
    kinds: str


class Style(NamedTuple):
    """Say how lines are written: typeset or not, and with a link to each or without."""

    typeset: bool
    linked: bool


def derivation(explanation: Explanation, style: Style) -> Markup:
    """Write the whole derivation: the values, then every sweep with its introduction."""
    numbers = numbers_of(explanation.values)
    start = 1
    parts: list[str] = [
        element("h3", None, "The values"),
        element("p", None, words.VALUES),
        ordered(explanation.values, numbers, start, style),
    ]
    start += len(explanation.values)
    for k, sweep in enumerate(explanation.passes):
        parts += introduction(sweep, first=k == 0, known=explanation.point is not None)
        parts.append(ordered(sweep.steps, {**numbers, **numbers_of(sweep.steps)}, start, style))
        start += len(sweep.steps)
    if explanation.failure is not None:
        parts.append(failed(explanation))
    return joined(parts, "\n")


def introduction(sweep: Pass, *, first: bool, known: bool) -> Iterator[str]:
    """Write what stands before the lines of a sweep; what is true of all of them is said once."""
    title = f"Backward from {sweep.of}" if sweep.mode == "reverse" else f"Forward along {sweep.of}"
    yield element("h3", None, title)
    if first:
        yield element("p", None, words.PARENTS if sweep.mode == "reverse" else words.DUAL)
    yield element("p", None, *sweep.notes, between=" ")
    if first:
        yield element("p", {"class": "aside"}, words.reading(known))


def failed(explanation: Explanation) -> Markup:
    """Say why the derivation ends before its end."""
    reason = explanation.failure.reason if explanation.failure is not None else ""
    return element("p", {"class": "failure"}, element("strong", None, "The derivation ends here."), " ", reason)


def ordered(steps: Iterable[Step], numbers: Numbers, start: int, style: Style) -> Markup:
    """Write steps as a list; the first has the number `start`."""
    rows = (line(step, numbers, number, style) for number, step in enumerate(steps, start))
    return element("ol", {"start": str(start)}, *rows, between="\n")


def line(step: Step, numbers: Numbers, number: int, style: Style) -> Markup:
    """Write a step: the line of its forms, then what explains it."""
    anchor = f"step-{number}"
    shown = joined(written(step, numbers, style.typeset))
    said = sentence(step, numbers) if style.typeset else None
    head = element("a", {"class": "line", "href": f"#{anchor}", "aria-label": said}, shown)
    row = head if style.linked else element("div", {"class": "line"}, shown)
    attributes = {"id": anchor if style.linked else None, "class": f"step {step.kind}"}
    return element("li", attributes, row, *explained(step, style.typeset), *iterations(step, numbers, style.typeset))


def iterations(step: Step, numbers: Numbers, typeset: bool) -> Iterator[Markup]:
    """Write the iterations of a loop that are shown, each with the lines of its steps."""
    for one in step.block.rounds if step.block is not None else ():
        if one.left_out:
            yield element("p", {"class": "left-out"}, loop_words.left_out_of_loop(one.left_out))
        known = {**numbers, **one.given, **numbers_of(one.steps)}
        rows = [inner_line(inner, known, typeset) for inner in one.steps]
        yield element("p", {"class": "round"}, one.title)
        yield element("ol", {"class": "iteration"}, *rows, between="\n")


def inner_line(step: Step, numbers: Numbers, typeset: bool) -> Markup:
    """Write a step of an iteration, which is no step to go through."""
    row = element("div", {"class": "line"}, joined(written(step, numbers, typeset)))
    return element("li", {"class": "inner"}, row, *explained(step, typeset), *iterations(step, numbers, typeset))


def written(step: Step, numbers: Numbers, typeset: bool) -> Iterator[Markup]:
    """Write the label of a step and its forms."""
    yield element("span", {"class": "label"}, math(label(step.label)) if typeset else step.label)
    for form in forms(step, numbers, typeset):
        parts = [math(part) for part in terms(form.mathml)] if typeset else [f" = {form.text}"]
        yield element("span", {"class": f"form {form.kinds}"}, joined(parts, Markup("<wbr>")))


def sentence(step: Step, numbers: Numbers) -> str:
    """Write the line of a step as plain text, to be read out."""
    return " = ".join([step.label, *(form.text for form in forms(step, numbers, typeset=False))])


def forms(step: Step, numbers: Numbers, typeset: bool) -> list[Form]:
    """Give the forms of a step in order: chain rule, rules put in, simplified, with numbers, as a number.

    Equal ones are one form, of both kinds. What has no number is shown whatever is asked for.
    """
    kept: list[Form] = []
    for name, text in stages(step, numbers):
        kind = NUMERIC.get(name, "symbolic")
        same = next((k for k, form in enumerate(kept) if form.text == text), None)
        if same is None:
            kept.append(Form(text, set_stage(name, step, numbers) if typeset else "", kind))
        elif kind not in kept[same].kinds:
            kept[same] = kept[same]._replace(kinds=f"{kept[same].kinds} {kind}")
    if kept and not any("numeric" in form.kinds for form in kept):
        kept[-1] = kept[-1]._replace(kinds="symbolic numeric")
    return kept


def set_stage(name: str, step: Step, numbers: Numbers) -> str:
    """Typeset one form of a step."""
    if name == "chain":
        return chained(step)
    if name == "numbers":
        return enclosed(step, numbered(step.expression, numbers))
    if name == "number" and step.number is not None:
        return numeral(approximate(step.number))[0]
    if step.block is not None:
        return as_typed(step.block.head)
    if name == "simplified" and step.simplified is not None:
        return unstacked(expression(step.simplified))
    return enclosed(step, unstacked(expression(step.expression)))


def enclosed(step: Step, mathml: str) -> str:
    """Put a condition in parentheses, as the text does."""
    return f"<mrow><mo>(</mo>{mathml}<mo>)</mo></mrow>" if is_condition(step.expression) else mathml


def terms(mathml: str) -> list[str]:
    """Cut the right side of an equation before the signs of its sum: a line of formulas breaks only between them.

    >>> terms("<mrow><mn>1</mn><mo>+</mo><mi>x</mi></mrow>")
    ['<mo>=</mo><mn>1</mn>', '<mo form="infix">+</mo><mi>x</mi>']
    """
    parts, depth = [EQUALS], 0
    for token in re.findall(r"<mo>[+−]</mo>|<[^>]*>|[^<]+", mathml.removeprefix("<mrow>").removesuffix("</mrow>")):
        if token in SIGNS and depth == 0:
            parts.append(token.replace("<mo>", '<mo form="infix">'))
            continue
        if token[0] == "<" and token not in SIGNS and token[-2] != "/":
            depth += -1 if token[1] == "/" else 1
        parts[-1] += token
        if depth < 0:  # the outermost tags were no pair
            return [EQUALS + mathml]
    return parts


def unstacked(mathml: str) -> str:
    """Write derivatives that stand in fractions with a slash, as small ones could not be read.

    >>> unstacked(f"<mfrac>{label('df/dx')}<mn>2</mn></mfrac>").count("<mfrac>")
    1
    """
    depth = 0

    def written(found: re.Match[str]) -> str:
        nonlocal depth
        if found["above"] is None:
            depth += 1 if found[0] == "<mfrac>" else -1
            return found[0]
        return f"<mrow>{found['above']}<mo>/</mo>{found['below']}</mrow>" if depth else found[0]

    return DERIVATIVE.sub(written, mathml)


def chained(step: Step) -> str:
    """Typeset the chain rule of a step: a sum of products of derivatives."""
    terms = []
    for term in step.terms:
        ratio = label(term.ratio) + (as_typed(f" ({term.place})") if term.place else "")
        factors = (ratio, label(term.factor)) if step.kind == "tangent" else (label(term.factor), ratio)
        terms.append(DOT.join(factors))
    if step.terms and step.seed is not None:
        terms.append(label(step.seed) if isinstance(step.seed, str) else numeral(approximate(step.seed))[0])
    return f"<mrow>{PLUS.join(terms)}</mrow>" if terms else ""


def numbered(program: Program, numbers: Numbers) -> str:
    """Typeset an expression with numbers in place of its symbols; a symbol that has none stays."""
    known = [(name, numbers.get(name)) for name in program.inputs]
    pairs = [symbol(name) if number is None else numeral(approximate(number)) for name, number in known]
    return unstacked(expression(program, [text for text, _ in pairs], [level for _, level in pairs]))


def symbol(name: str) -> tuple[str, int]:
    """Typeset a symbol, and say how tightly it binds."""
    return label(name), FRACTION if is_derivative(name) else NAME


def explained(step: Step, typeset: bool) -> Iterator[Markup]:
    """Write the notes of a step, its exact number, and the rules that it uses."""
    for note in step.notes:
        yield element("p", {"class": "note"}, note)
    rules = [rule(term, typeset) for term in step.terms if term.rule]
    if rules:
        yield element("ul", {"class": "rules"}, *rules)
    if step.number is not None and "…" in approximate(step.number):
        yield element("p", {"class": "exact"}, f"In full: {write_number(step.number)}")


def rule(term: Term, typeset: bool) -> Markup:
    """Write a partial derivative, and the rule of the table that gives it."""
    ratio = math(label(term.ratio) + EQUALS + expression(term.partial)) if typeset else None
    number = "" if term.number is None else approximate(term.number)
    if number and number != plain(term.partial):
        worth = math(EQUALS + numeral(number)[0]) if typeset else f" = {number}"
        value: str = element("span", {"class": "form numeric"}, worth)
    else:
        value = ""
    text = ratio or f"{term.ratio} = {plain(term.partial)}"
    return element("li", None, text, value, " by the rule ", element("code", None, term.rule))
