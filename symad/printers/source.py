"""Program in, its source text out: reading it gives an equal program, with the labels of the outputs as identifiers.

What is used once is written where it is used, as long as this keeps the order of the assignments.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

from symad.collector import without_collector
from symad.numbers import Number, write_number
from symad.printers.emitter import NAME, Emitter, Rule, Target, call, emitter, joined, shapes
from symad.printers.infix import CALL, CALLS, LOGIC, POWER, PRODUCT, SIGN, SUM
from symad.printers.naming import Names, label_names
from symad.program import Program, count_uses

WIDTH = 100  # characters of a line; a longer expression is named

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

    Labels that are no names become names: df/dx is df_dx.

    >>> from symad.parse import parse
    >>> print(source(parse("y = x^2; f = sin(y) + y/2")), end="")
    input x
    w1 = x^2
    f = sin(w1) + w1/2
    output f
    """
    labels = label_names(program.outputs, program.inputs)
    names = Names({*program.inputs, *labels})
    e = emitter(
        program.assignments, shapes(program.assignments, range(len(program.assignments)), TARGET), TARGET, names
    )
    e.leaves(program.inputs)
    in_order(e, count_uses(program.assignments, program.results), program.results)
    lines = [f"input {', '.join(program.inputs)}"] if program.inputs else []
    lines += [f"{s.name} = {joined(s.text)}" for s in e.statements]
    return "\n".join([*lines, *outputs(program, labels, e, names), f"output {', '.join(labels)}"]) + "\n"


def in_order(e: Emitter, uses: Sequence[int], results: Sequence[int]) -> None:
    """Write every value; name those that must not move: what stands in a text is made right before it."""
    pending: list[int] = []  # values without a name, in order
    wanted = set(results)
    for value, shape in enumerate(e.shapes):
        if shape is None:
            continue
        moved = [v for v in shape[1] if v in pending[-3:]]
        if moved != pending[len(pending) - len(moved) :] or len(set(moved)) != len(moved):
            flush(e, pending)
        elif moved:
            del pending[len(pending) - len(moved) :]
        if sum(len(e.texts[v]) for v in shape[1]) > WIDTH:
            flush(e, [*pending, *moved])
            pending.clear()
        e.write(value)
        if uses[value] == 1 and (value not in wanted or value == len(e.shapes) - 1):
            pending.append(value)
        else:
            flush(e, pending)
            e.name(value)
    if pending and pending != [results[-1]]:
        flush(e, pending)


def flush(e: Emitter, pending: list[int]) -> None:
    """Name what has no name yet, in order."""
    for value in pending:
        e.name(value)
    pending.clear()


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
