"""A derivation in Markdown: a table of the values, a list for each sweep, the derivatives, and the graph in Mermaid."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from symad.collector import without_collector
from symad.explain import loop_words, words
from symad.explain.costs import costs
from symad.explain.display import forms, numbers_of, plain
from symad.explain.dot import mermaid
from symad.explain.graph import LARGE, graph
from symad.explain.steps import Explanation, Number, Pass, Step
from symad.explain.text import derivatives, formula, point

PART = 60  # characters of a part of the formula


@without_collector
def markdown(explanation: Explanation) -> str:
    """Write a derivation in Markdown."""
    return "\n\n".join(blocks(explanation)) + "\n"


def blocks(explanation: Explanation) -> Iterator[str]:
    """Write headings, paragraphs, tables and lists."""
    known = explanation.point is not None
    text = formula(explanation)
    fence = max("```", ticks(text), key=len)
    yield f"{fence}\n{text}\n{fence}"
    if explanation.point:
        yield f"at {code(point(explanation.point))}"
    yield "## Values"
    yield words.VALUES
    numbers = numbers_of(explanation.values)
    yield table(("value", "computed as", "part of the formula"), values(explanation, numbers))
    said = [line for step in explanation.values for line in remarks(step, numbers)]
    if said:
        yield "\n".join(said)
    for k, sweep in enumerate(explanation.passes):
        yield f"## {'Reverse' if sweep.mode == 'reverse' else 'Forward'} sweep for {code(sweep.of)}"
        if k == 0:
            yield words.PARENTS if sweep.mode == "reverse" else words.DUAL
            yield words.reading(known)
        yield from sweep.notes
        yield steps(sweep, {**numbers, **numbers_of(sweep.steps)})
    if explanation.failure is not None:
        yield f"**{words.ended(explanation.failure.reason)}**"
    if explanation.wrt:
        rows = "\n".join(f"- {code(' = '.join(row))}" for row in derivatives(explanation))
        yield from ["## Derivatives", rows] if rows else []
        yield str(costs(explanation))
    if len(explanation.values) <= LARGE:
        yield "## Graph"
        yield f"```mermaid\n{mermaid(graph(explanation)).rstrip()}\n```"


def values(explanation: Explanation, numbers: Mapping[str, Number | None]) -> Iterator[tuple[str, ...]]:
    """Give a row for each value."""
    text = explanation.program.text
    for step in explanation.values:
        part = shortened(text, step.span) if step.span else ""
        yield code(step.label), code(" = ".join(forms(step, numbers))), code(part) if part else ""


def remarks(step: Step, numbers: Mapping[str, Number | None]) -> Iterator[str]:
    """Write what is said of a value, and what a loop does, as a list."""
    for note in step.notes:
        yield f"- {code(step.label)}: {note}"
    yield from iterations(step, numbers, "  " if step.notes else "")


def iterations(step: Step, numbers: Mapping[str, Number | None], margin: str) -> Iterator[str]:
    """Write the iterations of a loop that are shown as a list, with the steps of each; nothing for another step."""
    for one in step.block.rounds if step.block is not None else ():
        if one.left_out:
            yield f"{margin}- {loop_words.left_out_of_loop(one.left_out)}"
        yield f"{margin}- {one.title}:"
        known = {**numbers, **one.given, **numbers_of(one.steps)}
        for inner in one.steps:
            yield from item(inner, known, f"{margin}  ")


def item(step: Step, numbers: Mapping[str, Number | None], margin: str, mark: str = "-") -> Iterator[str]:
    """Write a step as an item of a list, and what explains it as items below."""
    yield f"{margin}{mark} {code(' = '.join([step.label, *forms(step, numbers)]))}"
    margin += " " * (len(mark) + 1)
    yield from (f"{margin}- {note}" for note in step.notes)
    for term in step.terms:
        if term.rule:
            yield f"{margin}- {code(f'{term.ratio} = {plain(term.partial)}')} by the rule {code(term.rule)}"
    yield from iterations(step, numbers, margin)


def shortened(text: str, span: tuple[int, int]) -> str:
    """Give a part of the formula in one line; all parts of a long sum together would be as long as its square."""
    start, end = span
    part = " ".join(text[start : min(end, start + 2 * PART)].split())
    return part if len(part) <= PART and end - start <= 2 * PART else f"{part[: PART - 1]}…"


def steps(sweep: Pass, numbers: Mapping[str, Number | None]) -> str:
    """Write the steps of a sweep as a list."""
    return "\n".join(line for step in sweep.steps for line in item(step, numbers, "", "1."))


def table(head: Sequence[str], rows: Iterator[Sequence[str]]) -> str:
    """Write a table."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in line)} |" for line in lines)


def code(text: str) -> str:
    """Write text as code.

    >>> code("x + 1"), code("x # `y`")
    ('`x + 1`', '`` x # `y` ``')
    """
    fence = ticks(text)
    return f"`{text}`" if fence == "`" else f"{fence} {text} {fence}"


def ticks(text: str) -> str:
    """Give more backticks than any row of them in a text: a comment may hold some."""
    return "`" * (1 + max(map(len, re.findall("`+", text)), default=0))
