"""Program in, its source text out: reading it gives an equal program, with the labels of the outputs as identifiers.

What is used once is written where it is used, as long as this keeps the order of the assignments.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

from symad.collector import without_collector
from symad.numbers import Number, write_number
from symad.printers.emitter import NAME, Emitter, Target, by_name, call, emitter, joined, shapes
from symad.printers.emitter import Rule as Form
from symad.printers.infix import CALL, CALLS, LOGIC, POWER, PRODUCT, SIGN, SUM
from symad.printers.naming import Names, label_names
from symad.program import Program, count_uses, write_assignment
from symad.rules import Function, Rule, called

WIDTH = 100  # characters of a line; a longer expression is named

# fmt: off
ARITHMETIC: dict[str, Form] = {
    "add": Form(SUM, (SUM, PRODUCT), ("", " + ", "")), "sub": Form(SUM, (SUM, PRODUCT), ("", " - ", "")),
    "mul": Form(PRODUCT, (PRODUCT, POWER), ("", "*", "")), "div": Form(PRODUCT, (PRODUCT, POWER), ("", "/", "")),
    "neg": Form(SIGN, (POWER,), ("-", "")), "pow": Form(POWER, (CALL, POWER), ("", "^", "")),
}
# fmt: on


def number(n: Number) -> tuple[str, int]:
    """Write a number, and say how tightly it binds: a sign binds tighter than a product, a fraction is a quotient."""
    return write_number(n), PRODUCT if isinstance(n, Fraction) else NAME if n >= 0 else SIGN


TARGET = Target({**CALLS, **LOGIC, **ARITHMETIC, "pi": call("pi", 0), "e": call("e", 0), "call": by_name(call)}, number)


@without_collector
def source(program: Program) -> str:
    """Write a program as text that reads back as an equal program.

    Labels that are no names become names: df/dx is df_dx. Functions that have rules come first, with these.

    >>> from symad.parse import parse
    >>> print(source(parse("y = x^2; f = sin(y) + y/2")), end="")
    input x
    w1 = x^2
    f = sin(w1) + w1/2
    output f
    """
    labels = label_names(program.outputs, program.inputs)
    names = Names({*program.inputs, *labels})
    e = written(program, names)
    lines = [line for functions in families(program) for line in definitions(functions)]
    lines += [f"input {', '.join(program.inputs)}"] if program.inputs else []
    lines += [f"{s.name} = {joined(s.text)}" for s in e.statements]
    return "\n".join([*lines, *outputs(program, labels, e, names), f"output {', '.join(labels)}"]) + "\n"


def families(program: Program) -> Iterator[tuple[Function, ...]]:
    """Give the functions that have rules: those of one text together, since they may call each other."""
    yield from dict.fromkeys(rule.functions for rule in called(program) if isinstance(rule, Rule))


def definitions(functions: tuple[Function, ...]) -> Iterator[str]:
    """Write the definitions of functions that have rules, then the rules; they name no inputs, and come before them."""
    rules = [Rule(functions, place) for place in range(len(functions))]
    for rule in rules:
        yield f"{write_assignment(rule.name, rule.value.inputs)} = {block(rule.value)}"
    for rule in rules:
        yield f"derivative of {write_assignment(rule.name, rule.partials.inputs)} = {block(rule.partials)}"


def block(program: Program) -> str:
    """Write the results of a function: expressions, or a block that ends with them."""
    e = written(program, Names(program.inputs))
    results = ", ".join(joined(e.texts[v]) for v in program.results)
    statements = [f"{s.name} = {joined(s.text)}" for s in e.statements]
    return f"{{ {'; '.join([*statements, results])} }}" if statements else results


def written(program: Program, names: Iterator[str]) -> Emitter:
    """Write every value of a program."""
    assignments = program.assignments
    e = emitter(assignments, shapes(assignments, range(len(assignments)), TARGET), TARGET, names)
    e.leaves(program.inputs)
    in_order(e, count_uses(assignments, program.results), program.results)
    return e


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
