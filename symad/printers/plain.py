"""Program in, the same for people out: quotients and powers with their limits written as plain ones.

xdivy(x, y) is x/y, and 0 where x is 0 too. A book writes x/y and lets the limit be understood; so do the formulas of
derivatives. What a person wrote as xdivy stays so.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from symad.builder import Builder
from symad.loops import looped
from symad.operations import BODY, LEAVES
from symad.program import Program


def power_and_logarithm(b: Builder, x: int, y: int, n: int) -> int:
    """Make x^y*log(x)^n."""
    logarithm = b.make("log", x)
    return b.make("mul", b.make("pow", x, y), logarithm if b.number(n) == 1 else b.make("pow", logarithm, n))


# fmt: off
PLAIN: dict[str, Callable[..., int]] = {
    "xdivy":  lambda b, x, y: b.make("div", x, y),
    "mulpow": lambda b, c, x, y: b.make("mul", c, b.make("pow", x, y)),
    "powlog": power_and_logarithm,
}
# fmt: on


def plain(program: Program, chosen: Callable[[str], bool] = lambda _: True) -> Program:
    """Write quotients and powers with their limits as plain ones, in the outputs that are chosen by their labels.

    >>> from symad.parse import parse
    >>> print(plain(parse("xdivy(x, y)")))
    w1 = x
    w2 = y
    w3 = w1/w2
    f  = w3
    """
    program = in_bodies(program, lambda body: plain(body, is_derived))
    if all(operation not in PLAIN for operation, _ in program.assignments):
        return program
    b = Builder()
    inputs = [b.input(name) for name in program.inputs]
    kept = program.part([label for label in program.outputs if not chosen(label)])
    values = b.copy(kept, inputs)
    made = {label: values[v] for label, v in zip(kept.outputs, kept.results, strict=True)}
    changed = program.part([label for label in program.outputs if chosen(label)])
    values = []
    for operation, operands in changed.assignments:
        if operation in PLAIN:
            values.append(PLAIN[operation](b, *[values[v] for v in operands]))
        elif operation in LEAVES:
            values.append(inputs[operands[0]] if operation == "input" else b.leaf(operation, *operands))
        else:
            values.append(b.make(operation, *[values[v] for v in operands]))
    made |= {label: values[v] for label, v in zip(changed.outputs, changed.results, strict=True)}
    return b.finish([(label, made[label]) for label in program.outputs])


def in_bodies(program: Program, change: Callable[[Program], Program]) -> Program:
    """Change the bodies of a program's loops, which keep their inputs and outputs."""
    if not looped(program.assignments):
        return program
    assignments = list(program.assignments)
    for value, (operation, operands) in enumerate(program.assignments):
        if operation == BODY:
            assignments[value] = BODY, (replace(operands[0], program=change(operands[0].program)),)
    return replace(program, assignments=tuple(assignments))


def is_derived(label: str) -> bool:
    """Tell the label of a tangent or an adjoint in the body of a loop from a name."""
    return label.startswith(("bar_", "dot_"))
