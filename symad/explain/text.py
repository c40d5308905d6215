"""A derivation as text: a line for each step, in the order in which they are computed, with what explains it below."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from textwrap import wrap

from symad.collector import without_collector
from symad.explain import loop_words, words
from symad.explain.costs import costs
from symad.explain.display import forms, numbers_of, plain
from symad.explain.steps import Explanation, Number, Pass, Round, Step
from symad.numbers import approximate

WIDTH = 100  # columns of a line; a longer one goes on below, at an equals sign
INDENT = "  "
COORDINATES = 12  # of a point that are shown with the formula


@without_collector
def text(explanation: Explanation) -> str:
    """Write a derivation as text."""
    return "\n".join(lines(explanation))


def lines(explanation: Explanation) -> Iterator[str]:
    """Write the lines of a derivation."""
    yield from statements(formula(explanation))
    if explanation.point:
        yield f"at {point(explanation.point)}"
    yield ""
    yield words.VALUES
    yield ""
    numbers = numbers_of(explanation.values)
    for step in explanation.values:
        yield from written(step, numbers)
    for k, sweep in enumerate(explanation.passes):
        yield ""
        yield from swept(sweep, numbers, first=k == 0, known=explanation.point is not None)
    if explanation.failure is not None:
        yield ""
        yield from wrapped(words.ended(explanation.failure.reason))
    yield ""
    yield from results(explanation)


def formula(explanation: Explanation) -> str:
    """Give the formula as it was written; as its list of assignments, if it was made otherwise."""
    program = explanation.program
    return program.text.strip() or str(program)


def statements(text: str) -> list[str]:
    """Give the lines of a formula without its comments.

    >>> statements("# area\\nr = 2 # metres\\n\\npi*r^2")
    ['r = 2', 'pi*r^2']
    """
    kept = [line.partition("#")[0].rstrip() for line in text.splitlines()]
    return [line for line in kept if line]


def heading(text: str) -> str:
    """Write a formula in one line, without its comments.

    >>> heading("# area\\nr = (1 +\\n  2)\\npi*r^2")
    'r = (1 + 2); pi*r^2'
    """
    made, depth = "", 0
    for line in statements(text):
        made += ("" if not made else " " if depth or made.endswith(";") else "; ") + " ".join(line.split())
        depth += line.count("(") - line.count(")")
    return made


def point(coordinates: Mapping[str, float]) -> str:
    """Write a point, of many coordinates the first; all stand among the values."""
    shown = [f"{name} = {approximate(x)}" for name, x in islice(coordinates.items(), COORDINATES)]
    more = len(coordinates) - len(shown)
    return ", ".join(shown) + (f" and {more} more" if more else "")


def written(step: Step, numbers: Mapping[str, Number | None], margin: str = INDENT) -> Iterator[str]:
    """Write a step, broken at signs where it is long, and its notes; of a loop its iterations."""
    yield from broken(f"{margin}{step.label}", forms(step, numbers))
    inner = margin + INDENT * 2
    for note in step.notes:
        yield from wrapped(note, inner)
    for term in step.terms:
        if term.rule:
            yield from wrapped(words.ruled(term.ratio, plain(term.partial), term.rule), inner, inner + INDENT)
    for one in step.block.rounds if step.block is not None else ():
        yield from iteration(one, numbers, inner)


def iteration(one: Round, numbers: Mapping[str, Number | None], margin: str) -> Iterator[str]:
    """Write an iteration of a loop, and how many before it are left out."""
    if one.left_out:
        yield f"{margin}{loop_words.left_out_of_loop(one.left_out)}"
    yield f"{margin}{one.title}:"
    known = {**numbers, **one.given, **numbers_of(one.steps)}
    for step in one.steps:
        yield from written(step, known, margin + INDENT)


def broken(head: str, forms: Sequence[str]) -> Iterator[str]:
    """Write an equation in one line, or else each form in lines of its own, broken at plus signs or else at spaces."""
    line = " = ".join([head, *forms])
    if len(line) <= WIDTH:
        yield line
        return
    margin = " " * len(head)
    for k, form in enumerate(forms):
        first, *rest = form.split(" + ")
        line = f"{margin if k else head} = {first}"
        for term in rest:
            if len(line) + len(term) + 3 > WIDTH:
                yield from fitted(line, margin)
                line = f"{margin}  "
            line += f" + {term}"
        yield from fitted(line, margin)


def fitted(line: str, margin: str) -> list[str]:
    """Break a term that is longer than a line."""
    if len(line) <= WIDTH:
        return [line]
    start = len(line) - len(line.lstrip())
    return wrapped(line[start:], line[:start], f"{margin}{INDENT * 3}")


def swept(sweep: Pass, numbers: Mapping[str, Number | None], *, first: bool, known: bool) -> Iterator[str]:
    """Write a sweep; what is true of all of them is said once."""
    yield words.heading(sweep.mode, sweep.of)
    for paragraph in [words.PARENTS if sweep.mode == "reverse" else words.DUAL, words.reading(known)] if first else []:
        yield from wrapped(paragraph)
    for note in sweep.notes:
        yield from wrapped(note)
    yield ""
    known_here = {**numbers, **numbers_of(sweep.steps)}
    for step in sweep.steps:
        yield from written(step, known_here)


def wrapped(paragraph: str, margin: str = "", below: str | None = None) -> list[str]:
    """Break a paragraph into lines, indented; those below the first one by another margin if there is one."""
    rest = margin if below is None else below
    return wrap(
        paragraph, WIDTH, initial_indent=margin, subsequent_indent=rest, break_on_hyphens=False, break_long_words=False
    )


def results(explanation: Explanation) -> Iterator[str]:
    """Write the derivatives that were asked for, and what both modes cost."""
    if not explanation.wrt:
        yield "There is no input, so there is nothing to differentiate by."
        return
    rows = list(derivatives(explanation))
    yield from ["The derivatives:", ""] if rows else []
    for first, *rest in rows:
        yield from broken(f"{INDENT}{first}", rest)
    yield from [""] if rows else []
    yield from wrapped(str(costs(explanation)))


def derivatives(explanation: Explanation) -> Iterator[list[str]]:
    """Give, for each derivative, its label, the step that gives it, its formula and its number; shared values first."""
    shown = explanation.formulas()
    for name, formula in shown.temporaries.items():
        yield [name, formula]
    numbers = numbers_of(step for sweep in explanation.passes for step in sweep.steps)
    found = {label: step for sweep in explanation.passes for label, step in sweep.results.items()}
    for label, formula in shown.items():
        number = numbers.get(found.get(label, ""))
        row = [label, found.get(label, ""), formula, "" if number is None else approximate(number)]
        if formula or number is not None or explanation.failure is None:
            yield list(dict.fromkeys(cell for cell in row if cell))
