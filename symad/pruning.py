"""Program in, Program out whose loops carry, take and emit only what its results need.

Whoever makes a loop need not know which of its results will be asked for: a loop of a derivation emits everything that
it carries, and what no other loop takes goes when the program is finished.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from symad.builder import Builder
from symad.loops import Body, looped, read_loop
from symad.operations import LEAVES, LOOP, PROJECT
from symad.program import Program, live


class Kept(NamedTuple):
    """Hold what is kept of a loop: inputs and outputs of its body, by place."""

    inputs: Sequence[int]
    outputs: Sequence[int]


def pruned(program: Program) -> Program:
    """Make a program again without what loops carry, take and emit for nobody.

    >>> from symad.parse import parse
    >>> print(pruned(parse("a = 0; b = x; for k in 1..n { a = a + x; b = b*x }; output a")))
    w1 = x
    w2 = n
    w3 = for k in 1..w2, a = 0, x = w1
         w1 = k
         w2 = a
         w3 = x
         w4 = w2 + w3
         a  = w4
    w4 = w3[0]
    a  = w4
    """
    kept = wanted(program)
    b = Builder()
    inputs = [b.input(name) for name in program.inputs]
    values: dict[int, int] = {}
    results: dict[int, dict[int, int]] = {}
    for value in sorted(kept):
        operation, operands = program.assignments[value]
        if operation == LOOP:
            results[value] = restricted_loop(b, program, value, kept[value], values)
        elif operation == PROJECT:
            values[value] = results[operands[0]][program.assignments[operands[1]][1][0]]
        elif operation in LEAVES:
            values[value] = inputs[operands[0]] if operation == "input" else b.leaf(operation, *operands)
        else:
            values[value] = b.make(operation, *[values[v] for v in operands])
    ends = [values[v] for v in program.results]
    marked = live(b.assignments, ends)
    return Program.arrange(program.inputs, b.assignments, marked, program.outputs, ends)


def wanted(program: Program) -> dict[int, Kept]:
    """List the values that the results need, with what is kept of each loop."""
    found: dict[int, Kept] = {}
    needed = set(program.results)
    picked: dict[int, set[int]] = {}
    for value in range(len(program.assignments) - 1, -1, -1):
        if value not in needed:
            continue
        operation, operands = program.assignments[value]
        found[value] = Kept((), ())
        if operation == PROJECT:
            picked.setdefault(operands[0], set()).add(program.assignments[operands[1]][1][0])
            needed.add(operands[0])
        elif operation == LOOP:
            loop = read_loop(program.assignments, value)
            found[value] = kept = needed_of(loop.body, picked[value])
            operands = (*loop.carried, *loop.sequences, *loop.captured)
            needed.update(loop.bounds, (operands[k - loop.body.indexed] for k in kept.inputs if k >= loop.body.indexed))
        elif operation not in LEAVES:
            needed.update(operands)
    return found


def needed_of(body: Body, picked: Iterable[int]) -> Kept:
    """Find what a body needs for some results of its loop: of what is carried, what is needed of it in turn."""
    program = body.program
    outputs = {0} if body.conditional else set()
    for k in picked:
        if k < body.carried:
            outputs.add(k + body.conditional)
        elif k >= body.first_emitted:
            outputs.add(k - body.first_emitted + body.carried + body.conditional)
    while True:
        marked = live(program.assignments, [program.results[k] for k in outputs])
        again = {j + body.conditional for j in range(body.carried) if marked[body.indexed + j]}
        if again <= outputs:
            break
        outputs |= again
    carried = {
        body.indexed + k - body.conditional for k in outputs if body.conditional <= k < body.conditional + body.carried
    }
    inputs = [k for k in range(len(program.inputs)) if marked[k] or k in carried or k < body.indexed]
    return Kept(inputs, sorted(outputs))


def restricted_loop(b: Builder, program: Program, value: int, kept: Kept, values: dict[int, int]) -> dict[int, int]:
    """Make a loop with what is kept of it; give its results by their old places."""
    loop = read_loop(program.assignments, value)
    body = loop.body
    carried = [k for k in kept.inputs if body.indexed <= k < body.indexed + body.carried]
    first = body.indexed + body.carried
    items = [k for k in kept.inputs if first <= k < first + body.items]
    operands = (*loop.carried, *loop.sequences, *loop.captured)
    given = [*loop.bounds, *(operands[k - body.indexed] for k in kept.inputs if k >= body.indexed)]
    made = body
    if (len(kept.inputs), len(kept.outputs)) != (len(body.program.inputs), len(body.program.outputs)):
        made = Body(restricted(body.program, kept), len(carried), len(items), body.conditional, body.backward)
    results = b.bundle(made, [values[v] for v in given])
    old = [k - body.conditional for k in kept.outputs if k >= body.conditional]
    places = [k if k < body.carried else k + body.conditional for k in old]
    if body.conditional:
        places.insert(len(carried), body.carried)
    return dict(zip(places, results, strict=True))


def restricted(program: Program, kept: Kept) -> Program:
    """Make the program of a body again with some of its inputs and outputs."""
    b = Builder()
    arguments = {k: b.input(program.inputs[k]) for k in kept.inputs}
    marked = live(program.assignments, [program.results[k] for k in kept.outputs])
    values: list[int] = []
    for needed, (operation, operands) in zip(marked, program.assignments, strict=True):
        if not needed:
            values.append(-1)
        elif operation == "input":
            values.append(arguments[operands[0]])
        elif operation in LEAVES:
            values.append(b.leaf(operation, *operands))
        else:
            values.append(b.make(operation, *[values[v] for v in operands]))
    ends = [values[program.results[k]] for k in kept.outputs]
    labels = [program.outputs[k] for k in kept.outputs]
    made = Program.arrange(b.inputs, b.assignments, live(b.assignments, ends), labels, ends)
    return pruned(made) if looped(made.assignments) else made
