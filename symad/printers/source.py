"""Program in, its source text out: reading it gives an equal program, with the labels of the outputs as identifiers.

What is used once is written where it is used, as long as this keeps the order of the assignments. Loops are blocks, or
sums and products where these are the same assignments.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

from symad.collector import without_collector
from symad.numbers import Number, write_number
from symad.printers.emitter import NAME, Emitter, Rule, Target, call, joined
from symad.printers.infix import CALL, CALLS, LOGIC, LOOPS, POWER, PRODUCT, SIGN, SUM
from symad.printers.levels import loop_names, own_labels
from symad.printers.naming import label_names, temporary_names
from symad.printers.statements import Naming, Statements
from symad.program import Program

# fmt: off
ARITHMETIC: dict[str, Rule] = {
    "add": Rule(SUM, (SUM, PRODUCT), ("", " + ", "")), "sub": Rule(SUM, (SUM, PRODUCT), ("", " - ", "")),
    "mul": Rule(PRODUCT, (PRODUCT, POWER), ("", "*", "")), "div": Rule(PRODUCT, (PRODUCT, POWER), ("", "/", "")),
    "neg": Rule(SIGN, (POWER,), ("-", "")), "pow": Rule(POWER, (CALL, POWER), ("", "^", "")),
}
# fmt: on


def number(n: Number) -> tuple[str, int]:
    """Write a number, and say how tightly it binds: a sign binds tighter than a product, a fraction is a quotient."""
    return write_number(n), PRODUCT if isinstance(n, Fraction) else NAME if n >= 0 else SIGN


TARGET = Target({**CALLS, **LOGIC, **ARITHMETIC, "pi": call("pi", 0), "e": call("e", 0)}, number)


@without_collector
def source(program: Program) -> str:
    """Write a program as text that reads back as an equal program.

    Labels that are no names become names: df/dx is df_dx. What a loop carries for nobody has a result again when it is
    read. Raises TargetError for what the language does not have: loops that run backwards, as in the derivatives of
    loops, and sequences.

    >>> from symad.parse import parse
    >>> print(source(parse("y = x^2; f = sin(y) + y/2")), end="")
    input x
    w1 = x^2
    f = sin(w1) + w1/2
    output f
    """
    labels = label_names(program.outputs, program.inputs)
    names = temporary_names({*program.inputs, *labels, *loop_names(program)})
    own = dict(own_labels(program))
    level = Statements(Naming(TARGET, LOOPS, names, {*program.inputs, *labels}, own), program, program.inputs)
    level.write()
    if level.pending and level.pending != [program.results[-1]]:
        level.flush()
    lines = [f"input {', '.join(program.inputs)}"] if program.inputs else []
    return (
        "\n".join([*lines, *level.lines, *outputs(program, labels, level.e, names), f"output {', '.join(labels)}"])
        + "\n"
    )


def outputs(program: Program, labels: Sequence[str], e: Emitter, names: Iterator[str]) -> list[str]:
    """Write the statements that give the outputs their names, aside where an input has the same name."""
    lines = []
    taken = {name: place for place, name in enumerate(program.inputs)}
    values = [joined(e.texts[v]) for v in program.results]
    moved = {label for label, v in zip(labels, program.results, strict=True) if label in taken and v != taken[label]}
    for place, text in enumerate(values):
        if text in moved:
            values[place] = next(names)
            lines.append(f"{values[place]} = {text}")
    return lines + [f"{label} = {text}" for label, text in zip(labels, values, strict=True) if label != text]
