"""A derivation in, its end out as HTML: the formula that it is of, the final formulas, and the Python module."""

from __future__ import annotations

from symad.errors import SymadError
from symad.explain.page.markup import Markup, element, joined, math
from symad.explain.results import derived
from symad.explain.steps import Explanation
from symad.explain.text import derivatives
from symad.loops import looped
from symad.operations import LEAVES
from symad.printers.mathml import expression, mathml
from symad.printers.mathml_labels import name
from symad.printers.python import generate
from symad.program import Program

READ = 60  # symbols of a formula that is typeset as it was written
OUTPUTS = 6  # typeset formulas of a heading


def heading(program: Program) -> Markup | None:
    """Typeset a formula as it was written, an equation for each output; None for a long one, and for one with loops."""
    if looped(program.assignments):
        return None
    sizes: list[int] = []
    for operation, operands in program.assignments:
        sizes.append(1 if operation in LEAVES else 1 + min(READ, sum([sizes[v] for v in operands])))
    long = any(sizes[result] > READ for result in program.results)
    if long or len(program.outputs) > OUTPUTS:
        return None
    parts = ((label, program.part([label])) for label in program.outputs)
    return joined(math(f"{name(label)}<mo>=</mo>{expression(part)}", block=True) for label, part in parts)


def final(explanation: Explanation, typeset: bool) -> Markup:
    """Write the final formulas, typeset or as text."""
    if not explanation.wrt:
        return element("p", None, "There is no input to differentiate by.")
    if looped(explanation.program.assignments):
        text = "\n".join(" = ".join(row) for row in derivatives(explanation))
        return element("pre", {"class": "formulas", "tabindex": "0", "aria-label": "The derivatives"}, text)
    if typeset:
        scrolled = {"class": "formulas", "tabindex": "0", "role": "group", "aria-label": "The derivatives"}
        taken = [step.value for step in explanation.values]
        return element("div", scrolled, Markup(mathml(derived(explanation), taken)))
    rows = explanation.formulas()
    text = "\n".join(f"{label} = {formula}" for label, formula in {**rows.temporaries, **rows}.items())
    return element("pre", {"class": "formulas", "tabindex": "0", "aria-label": "The formulas"}, text)


def module(program: Program) -> tuple[str, str]:
    """Give the Python module of a program, or else why there is none."""
    if not program.inputs:
        return "", "There is no input to differentiate by."
    try:
        kinds = ("value", "gradient" if len(program.outputs) == 1 else "jacobian")
        return generate(program, kinds, method="reverse", algebra=False), ""
    except SymadError as error:
        return "", f"{error.reason}."
