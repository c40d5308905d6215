"""A derivation in, what the script of its page has to know about every step out, as data for JSON."""

from __future__ import annotations

from collections.abc import Iterator

from symad.drawing import cut
from symad.explain.cards import LINE
from symad.explain.graph import names_of
from symad.explain.steps import Explanation, Step
from symad.numbers import approximate


def steering(explanation: Explanation) -> dict[str, object]:
    """Give the text of the formula, the directions of values and sweeps, a list for each step, and names of values.

    A step is its value, the number of its sweep (-1 for the values), its label, its number, the edges that it uses, the
    span of the formula that it came from, and its label as it stands on a card.
    """
    rows: list[object] = []
    phases = [explanation.values, *(sweep.steps for sweep in explanation.passes)]
    for phase, steps in enumerate(phases, -1):
        for step in steps:
            number = None if step.number is None else approximate(step.number)
            used = sorted({f"{operand} {user}" for operand, user in edges(step)})
            rows.append((step.value, phase, step.label, number, used, step.span, cut(step.label, LINE)))
    named = names_of(explanation)
    return {"text": explanation.program.text, "phases": titles(explanation), "steps": rows, "names": named}


def titles(explanation: Explanation) -> list[str]:
    """Name the direction of the values, then that of each sweep."""
    named = len(explanation.passes) > 1
    words = ["forward"]
    for sweep in explanation.passes:
        if sweep.mode == "reverse":
            words.append(f"backward from {sweep.of}" if named else "backward")
        else:
            words.append(f"tangents along {sweep.of}" if named else "tangents")
    return words


def edges(step: Step) -> Iterator[tuple[str, str]]:
    """Give the edges that a step uses, each as operand and user."""
    if step.kind == "operation":
        for operand in step.operands:
            yield operand, step.value
    for term in step.terms:
        yield term.operand, term.user
