"""A derivation in JSON: every step with its forms, its number in full, its rules, and the part that it came from."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from symad.collector import without_collector
from symad.explain.costs import costs
from symad.explain.display import chain, forms, numbers_of, plain, readable, symbols
from symad.explain.steps import Block, Explanation, Number, Pass, Step


@without_collector
def document(explanation: Explanation) -> str:
    """Write a derivation in JSON."""
    return json.dumps(data(explanation), indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def data(explanation: Explanation) -> dict[str, Any]:
    """Give a derivation as plain data; the keys are always the same."""
    program, failure = explanation.program, explanation.failure
    numbers = numbers_of(explanation.values)
    found = explanation.formulas() if failure is None else {}
    return {
        "formula": program.text or str(program),  # the parts of steps are places in it
        "inputs": program.inputs,
        "outputs": program.outputs,
        "at": explanation.point,
        "mode": explanation.mode,
        "values": [row(step, numbers) for step in explanation.values],
        "sweeps": [swept(sweep, numbers) for sweep in explanation.passes],
        "formulas": {label: text for label, text in found.items() if text},
        "operations": operations(explanation) if failure is None else None,
        "failure": None if failure is None else failure.reason,
    }


def swept(sweep: Pass, numbers: Mapping[str, Number | None]) -> dict[str, Any]:
    """Give a sweep as plain data."""
    known = {**numbers, **numbers_of(sweep.steps)}
    return {
        "of": sweep.of,
        "seeds": sweep.seeds,
        "notes": sweep.notes,
        "steps": [row(step, known) for step in sweep.steps],
        "derivatives": sweep.results,
    }


def operations(explanation: Explanation) -> dict[str, int | None]:
    """Give the counts of both modes."""
    found = costs(explanation)
    return {"value": found.value, "reverse": found.reverse, "forward": found.forward}


def row(step: Step, numbers: Mapping[str, Number | None]) -> dict[str, Any]:
    """Give a step as plain data; a loop has its iterations, too."""
    document = {
        "kind": step.kind,
        "label": step.label,
        "value": step.value,
        "chain": chain(step),
        "expression": symbols(step),
        "simplified": None if step.simplified is None else readable(step.simplified),
        "forms": forms(step, numbers),
        "number": step.number,
        "terms": [
            {
                "parent": term.user,
                "operand": term.operand,
                "factor": term.factor,
                "ratio": term.ratio,
                "partial": plain(term.partial),
                "rule": term.rule,
                "number": term.number,
            }
            for term in step.terms
        ],
        "notes": step.notes,
        "part": None if step.span is None else {"start": step.span[0], "end": step.span[1]},
    }
    return document if step.block is None else {**document, "loop": loop(step.block, numbers)}


def loop(block: Block, numbers: Mapping[str, Number | None]) -> dict[str, Any]:
    """Give what a loop does as plain data: how often it runs, its body in symbols, and iterations with numbers."""
    rounds = []
    for one in block.rounds:
        known = {**numbers, **one.given, **numbers_of(one.steps)}
        steps = [row(step, known) for step in one.steps]
        rounds.append({"title": one.title, "left_out_before": one.left_out, "steps": steps})
    return {"iterations": block.iterations, "results": block.results, "rounds": rounds}
