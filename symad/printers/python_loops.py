"""A loop in, the statements of Python that run it out.

    for k in 1..n { y = r*y*(1 - y) }          y = x
                                               for _ in indices(1.0, n):
                                                   y = r*y*(1.0 - y)

What is carried are variables. What is emitted is an array of doubles, to which each iteration appends; the loop that
takes it in runs through it, backwards if it runs backwards itself.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple, Protocol

from symad.loops import LIMIT, Body
from symad.printers.python_names import indented

LINE = 100  # characters of an assignment to several names


class Operands(NamedTuple):
    """Hold the texts of a loop's operands."""

    bounds: Sequence[str]
    carried: Sequence[str]
    sequences: Sequence[str]
    captured: Sequence[str]


class Variables(NamedTuple):
    """Hold the names of the variables of a loop; the counter has none where nothing uses it."""

    counter: str
    carried: Sequence[str]
    items: Sequence[str]
    emitted: Sequence[str]
    counts: Sequence[str]


class Statements(Protocol):
    """Give the statements of a body, those that its condition needs before, and the texts of its outputs."""

    @property
    def before(self) -> list[str]: ...
    @property
    def lines(self) -> list[str]: ...
    @property
    def results(self) -> list[str]: ...


def loop_lines(body: Body, operands: Operands, names: Variables, inner: Statements, steps: str = "") -> list[str]:
    """Write the statements of a loop, what it carries aside; `steps` are its whole numbers, if they have a name."""
    lines = [f'{name} = array("d")' for name in names.emitted]
    outputs = inner.results[body.conditional :]
    statements = [*inner.lines]
    emitted = zip(names.emitted, outputs[body.carried :], strict=True)
    statements += [f"{name}.append({text})" for name, text in emitted]
    statements += assignments(names.carried, outputs[: body.carried])
    if body.conditional and not steps:
        lines += ended_by_condition(names.counts[0], inner, statements)
    else:
        lines += header(body, operands, names, steps)
        lines += indented([*inner.before, *statements] or ["pass"])
    if body.backward:
        lines += [f"{name}.reverse()" for name in names.emitted]
    return lines


def ended_by_condition(count: str, inner: Statements, statements: Sequence[str]) -> list[str]:
    """Write a loop that ends where its condition does not hold, and fails where that does not come."""
    condition = inner.results[0]
    message = f"a `while` has not ended after {LIMIT:,} iterations"
    guard = [f"if {count} == {LIMIT}:", f'    raise ArithmeticError("{message}")']
    head = [f"while {condition}:"]
    if inner.before:
        head = ["while True:", *indented([*inner.before, f"if {negated(condition)}:", "    break"])]
    return [f"{count} = 0", *head, *indented([*guard, *statements, f"{count} += 1"])]


def header(body: Body, operands: Operands, names: Variables, steps: str) -> list[str]:
    """Write what a loop runs through: whole numbers, sequences, or both side by side."""
    around = "reversed({})" if body.backward else "{}"
    variables = list(names.items)
    through = [around.format(sequence) for sequence in operands.sequences]
    if names.counter or not through:
        numbers = around.format(steps or indices(operands.bounds))
        variables.insert(0, names.counter or "_")
        through.insert(0, f"map(float, {numbers})" if names.counter else numbers)
    if len(through) == 1:
        return [f"for {variables[0]} in {through[0]}:"]
    line = f"for {', '.join(variables)} in zip({', '.join(through)}, strict=True):"
    rows = [f"    {text}," for text in (*through, "strict=True")]
    return [line] if len(line) <= LINE else [f"for {', '.join(variables)} in zip(", *rows, "):"]


def started(names: Variables, operands: Operands) -> list[str]:
    """Write what is carried into the first iteration."""
    return [f"{name} = {text}" for name, text in zip(names.carried, operands.carried, strict=True)]


def indices(bounds: Sequence[str]) -> str:
    """Write the whole numbers from one bound to the other."""
    numbers = [int(bound[:-2]) for bound in bounds if re.fullmatch(r"-?\d+\.0", bound)]
    if len(numbers) == len(bounds):
        return f"range({numbers[0]}, {numbers[1] + 1})"
    return f"indices({', '.join(bounds)})"


def negated(condition: str) -> str:
    """Write the opposite of a condition."""
    joint = re.search(r" (and|or|if) ", condition)
    return f"not ({condition})" if joint else condition[4:] if condition.startswith("not ") else f"not {condition}"


def assignments(names: Sequence[str], texts: Sequence[str]) -> list[str]:
    """Write assignments that happen at once: one after the other where none needs what an earlier one changes."""
    waiting = {name: text for name, text in zip(names, texts, strict=True) if name != text}
    reads = {name: set(re.findall(r"\w+", text)) & waiting.keys() - {name} for name, text in waiting.items()}
    lines: list[str] = []
    while waiting:
        free = next((n for n in waiting if not any(n in reads[other] for other in waiting if other != n)), None)
        if free is None:
            break
        lines.append(f"{free} = {waiting.pop(free)}")
    if not waiting:
        return lines
    line = f"{', '.join(waiting)} = {', '.join(waiting.values())}"
    if len(line) <= LINE:
        return [*lines, line]
    rows = [f"    {text}," for text in waiting.values()]
    return [*lines, f"{', '.join(waiting)} = (", *rows, ")"]


# checkpoints


class Again(NamedTuple):
    """Hold a loop that is run again in stretches: its body, operands, variables and statements.

    `saving` are the same where what is carried is emitted; `name` is that of a function that runs it without.
    """

    body: Body
    operands: Operands
    plain: tuple[Variables, Statements]
    saving: tuple[Variables, Statements]
    name: str


def checkpointed(
    again: Again, backward: Sequence[str], steps: str, state: str, numbers: str, states: int
) -> tuple[list[str], list[str]]:
    """Write a function that runs a loop again, and a loop that runs backwards in stretches; `numbers` are its range.

    `backward` are the statements of one stretch, which take what the loop that is run again emits.
    """
    names, inner = again.plain
    single = "," if again.body.carried == 1 else ""
    function = ["", f"def {again.name}({steps}: range, {state}: tuple[float, ...]) -> tuple[float, ...]:"]
    function += indented([*run_again(again, names, inner, steps, state), f"return {', '.join(names.carried)}{single}"])
    first = f"({', '.join(again.operands.carried)}{single})"
    head = f"for {steps}, {state} in stretches({numbers}, {states}, {first}, {again.name}):"
    return [*function, ""], [head, *indented([*run_again(again, *again.saving, steps, state), *backward])]


def run_again(again: Again, names: Variables, inner: Statements, steps: str, state: str) -> list[str]:
    """Write a loop that begins with some state and runs over some steps."""
    variables = ", ".join(names.carried)
    taken = f"({variables},) = {state}" if again.body.carried == 1 else f"{variables} = {state}"
    return [taken, *loop_lines(again.body, again.operands, names, inner, steps)]
