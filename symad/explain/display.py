"""Expressions of a derivation as text: with symbols, or with the numbers of a point put in for them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import count

from symad.explain.steps import Number, Step
from symad.numbers import approximate
from symad.operations import BOOLEAN
from symad.printers.emitter import NAME, Rule, Shape, Target, View, emitter, joined, shapes
from symad.printers.infix import NEGATION, POWER, PRODUCT, READING
from symad.printers.infix import product as readable_product
from symad.printers.plain import plain as without_limits
from symad.program import Program

TIMES = Rule(PRODUCT, (PRODUCT, POWER), ("", "*", ""))


def product(view: View, operands: tuple[int, ...]) -> Shape:
    """Write a product of two factors as these: what is multiplied keeps its parentheses."""
    return (TIMES, operands) if view.number(operands[0]) is None else readable_product(view, operands)


SHOWN = READING._replace(rules={**READING.rules, "mul": product})


def plain(expression: Program) -> str:
    """Write an expression with its symbols, term by term as it is computed."""
    return written(expression, expression.inputs, [NAME] * len(expression.inputs), SHOWN)


def readable(expression: Program) -> str:
    """Write an expression with its symbols, as a reader expects it."""
    return written(expression, expression.inputs, [NAME] * len(expression.inputs), READING)


def put_in(expression: Program, numbers: Mapping[str, Number | None]) -> str:
    """Write an expression with numbers in place of its symbols; a symbol that has none stays."""
    known = [numbers.get(name) for name in expression.inputs]
    texts = [name if x is None else approximate(x) for name, x in zip(expression.inputs, known, strict=True)]
    levels = [NEGATION if text.startswith("-") else PRODUCT if "e" in text else NAME for text in texts]
    return written(expression, texts, levels, SHOWN)


def written(expression: Program, leaves: Sequence[str], levels: Sequence[int], target: Target) -> str:
    """Write the one result of an expression, its inputs as given."""
    expression = without_limits(expression)
    found = shapes(expression.assignments, expression.results, target, repeated=True)
    e = emitter(expression.assignments, found, target, map("t{}".format, count()))
    e.leaves(leaves)
    e.levels[: len(levels)] = levels
    for value, shape in enumerate(found):
        if shape is not None:
            e.write(value)
    return joined(e.texts[expression.results[0]])


def chain(step: Step) -> str:
    """Write the chain rule of a step: the derivative by each parent times that parent's partial derivative.

    A tangent has the partial derivative first: its terms are the operands.
    """
    terms = []
    for term in step.terms:
        ratio = f"{term.ratio} ({term.place} place)" if term.place else term.ratio
        factors = (ratio, term.factor) if step.kind == "tangent" else (term.factor, ratio)
        terms.append(" * ".join(factors))
    if step.terms and step.seed is not None:
        terms.append(approximate(step.seed))
    return " + ".join(terms)


def stages(step: Step, numbers: Mapping[str, Number | None]) -> Iterator[tuple[str, str]]:
    """Write what a step gives in every form that it goes through, each with its name.

    They are called chain, rules (those of the table put in), simplified, numbers, and number; a step that failed has
    no number, and one that is skipped is not worked out.
    """
    if step.terms:
        yield "chain", chain(step)
        if step.state == "skipped":
            return
    yield "rules", enclosed(step, plain(step.expression))
    if step.simplified is not None:
        yield "simplified", readable(step.simplified)
    if step.number is not None or step.state == "failed":
        yield "numbers", enclosed(step, put_in(step.expression, numbers))
    if step.number is not None:
        yield "number", approximate(step.number)


def enclosed(step: Step, text: str) -> str:
    """Put a condition in parentheses: between equals signs, w1 > 0 would be read as part of a chain."""
    return f"({text})" if is_condition(step.expression) else text


def is_condition(expression: Program) -> bool:
    """Tell whether an expression is a comparison, or made of such."""
    return expression.assignments[expression.results[0]][0] in BOOLEAN


def forms(step: Step, numbers: Mapping[str, Number | None]) -> list[str]:
    """Write the forms of a step, each once."""
    return list(dict.fromkeys([text for _, text in stages(step, numbers)]))


def numbers_of(steps: Iterable[Step]) -> dict[str, Number | None]:
    """Give the numbers of some steps by their labels."""
    return {step.label: step.number for step in steps if step.kind != "output"}
