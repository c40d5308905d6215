"""Program in, its source text out: reading it gives an equal program, with the labels of the outputs as identifiers.

What is used once is written where it is used, as long as this keeps the order of the assignments. Loops are blocks, or
sums and products where these are the same assignments.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction

from symad.collector import without_collector
from symad.numbers import Number, write_number
from symad.operations import LOOP
from symad.printers.emitter import NAME, Emitter, Target, by_name, call, joined
from symad.printers.emitter import Rule as Form
from symad.printers.infix import CALL, CALLS, LOGIC, LOOPS, POWER, PRODUCT, SIGN, SUM
from symad.printers.levels import loop_names, own_labels
from symad.printers.naming import Names, label_names
from symad.printers.statements import Naming, Statements
from symad.program import Program, write_assignment
from symad.rules import Function, Rule, called

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

    Labels that are no names become names: df/dx is df_dx. Functions that have rules come first, with these. What a loop
    carries for nobody has a result again when it is read. Raises TargetError for what the language does not have: loops
    that run backwards, as in the derivatives of loops, and sequences.

    >>> from symad.parse import parse
    >>> print(source(parse("y = x^2; f = sin(y) + y/2")), end="")
    input x
    w1 = x^2
    f = sin(w1) + w1/2
    output f
    """
    labels = label_names(program.outputs, program.inputs)
    level = written(program, {*program.inputs, *labels}, dict(own_labels(program)))
    lines = [line for functions in families(program) for line in definitions(functions)]
    lines += [f"input {', '.join(program.inputs)}"] if program.inputs else []
    lines += [*level.lines, *outputs(program, labels, level.e, level.e.names), f"output {', '.join(labels)}"]
    return "\n".join(lines) + "\n"


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
    level = written(program, {*program.inputs}, {})
    results = ", ".join(joined(level.e.texts[v]) for v in program.results)
    if not level.lines:
        return results
    loops = any(operation == LOOP for operation, _ in program.assignments)
    between, around = ("\n", "\n") if loops else ("; ", " ")
    return f"{{{around}{between.join([*level.lines, results])}{around}}}"


def written(program: Program, taken: set[str], own: Mapping[int, str]) -> Statements:
    """Write every value of a program."""
    names = Names({*taken, *loop_names(program)})
    level = Statements(Naming(TARGET, LOOPS, names, taken, own), program, program.inputs)
    level.write()
    if level.pending and level.pending != [program.results[-1]]:
        level.flush()
    return level


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
