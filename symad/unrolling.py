"""Program in, Program out in which short loops between two numbers are written out, where that saves operations."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from symad.builder import Builder
from symad.collector import without_collector
from symad.loops import Body, Loop, looped, parted
from symad.operations import BODY, LEAVES, LOOP, PROJECT
from symad.program import Program
from symad.simplify import identities, simplify

MOST = 64  # iterations of a loop that is written out


@without_collector
def unroll(program: Program, most: int = MOST) -> Program:
    """Write out loops between two numbers that have at most so many iterations, inner ones first; simplify the rest.

    A loop stays a loop where its iterations, written out and simplified, take as many operations as they did before.

    >>> from symad.parse import parse
    >>> print(unroll(parse("sum(k in 1..3: x^k)")))
    w1 = x
    w2 = w1^2
    w3 = w1 + w2
    w4 = w1^3
    w5 = w3 + w4
    f  = w5
    """
    while looped(program.assignments):
        made = once(program, most)
        if made == program:
            return made
        program = made  # a bound of an inner loop may be a number now
    return simplify(program)


def once(program: Program, most: int) -> Program:
    """Write out the loops whose bounds are numbers."""
    b = Builder(identities)
    values: list[int] = []
    results: dict[int, Sequence[int]] = {}
    inputs = [b.input(name) for name in program.inputs]
    for value, (operation, operands) in enumerate(program.assignments):
        made = -1
        if operation == LOOP:
            body = program.assignments[operands[0]][1][0]
            inner = unroll(body.program, most) if looped(body.program.assignments) else body.program
            given = [values[v] for v in operands[1:]]
            results[value] = written_out(b, replace(body, program=inner), given, most)
        elif operation == PROJECT:
            made = results[operands[0]][program.assignments[operands[1]][1][0]]
        elif operation == "input":
            made = inputs[operands[0]]
        elif operation in LEAVES:
            made = -1 if operation == BODY else b.leaf(operation, *operands)
        else:
            made = b.make(operation, *[values[v] for v in operands])
        values.append(made)
    return b.finish(zip(program.outputs, [values[v] for v in program.results], strict=True))


def written_out(b: Builder, body: Body, operands: Sequence[int], most: int) -> Sequence[int]:
    """Give the results of a loop, written out if that saves operations."""
    loop = parted(body, operands)
    bounds = [b.number(v) for v in loop.bounds]
    steps = range(0)
    if bounds and None not in bounds and not loop.sequences and not body.emitted and not body.backward:
        steps = range(int(bounds[0] or 0), int(bounds[1] or 0) + 1)
    if not 0 < len(steps) <= most or not saves(b, loop, steps):
        return b.loop(body, operands)
    return iterations(b, loop, steps)


def iterations(b: Builder, loop: Loop, steps: range) -> list[int]:
    """Make the iterations of a loop one after the other; give what is carried in the end."""
    state = [*loop.carried]
    for k in steps:
        values = b.copy(loop.body.program, [b.constant(k), *state, *loop.captured])
        state = [values[v] for v in loop.body.program.results]
    return state


def saves(b: Builder, loop: Loop, steps: range) -> bool:
    """Tell whether the iterations of a loop take fewer operations when they are written out."""
    within = Builder(identities)
    operands = [(v, b.number(v)) for v in (*loop.carried, *loop.captured)]
    made = [within.input(f"x{v}") if n is None else within.constant(n) for v, n in operands]
    count = len(loop.carried)
    state = iterations(within, loop._replace(carried=tuple(made[:count]), captured=tuple(made[count:])), steps)
    written = within.finish((f"f{k}", value) for k, value in enumerate(state))
    return written.operation_count < len(steps) * simplify(loop.body.program).operation_count
