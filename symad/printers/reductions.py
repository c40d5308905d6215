"""A loop in, what some of its results add up out: a sum or a product over the index.

What is carried from 0 on and grows by a term in every iteration is a sum, from 1 on by a factor a product, if the terms
have nothing to do with what the loop carries. A derivative with respect to several inputs is a loop with as many sums.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import reduce
from typing import NamedTuple

from symad.builder import Builder
from symad.loops import Loop, read_loop
from symad.operations import LEAVES
from symad.program import Assignment, Program, count_uses

# fmt: off
KINDS = {  # by what is carried at first: the operation, the opposite one, and the name
    ("integer", (0,)): ("add", "sub", "sum"),
    ("integer", (1,)): ("mul", "div", "product"),
}
# fmt: on


class Reduction(NamedTuple):
    """Hold a sum or a product over an index: `term` has the inputs of the loop's body, those carried unused.

    A sum that is `opposite` is subtracted from 0.
    """

    kind: str
    opposite: bool
    loop: Loop
    term: Program


def reductions(assignments: Sequence[Assignment], value: int, places: Iterable[int]) -> dict[int, Reduction]:
    """Find out which of some results of a loop are sums or products that nothing else in the loop depends on.

    >>> from symad.parse import parse
    >>> f = parse("s = 0; y = x; for k in 1..n { s = s - x^k; y = sin(y) }; output s, y")
    >>> loop = [operation for operation, _ in f.assignments].index("loop")
    >>> [(place, made.kind, made.opposite) for place, made in reductions(f.assignments, loop, [0, 1]).items()]
    [(0, 'sum', True)]
    """
    loop = read_loop(assignments, value)
    body = loop.body
    if body.conditional:
        return {}
    program = body.program
    masks = carried_in(loop)
    found = {}
    for j in places:
        others = [masks[v] for k, v in enumerate(program.results) if k != j]
        kind = KINDS.get(assignments[loop.carried[j]]) if j < body.carried else None
        if kind is None or any(mask >> j & 1 for mask in others):
            continue
        terms = spine(program, j + body.indexed, program.results[j], kind[:2], masks)
        if terms and not any(masks[v] for v, _ in terms):
            opposite = kind[2] == "sum" and all(taken for _, taken in terms)
            found[j] = Reduction(kind[2], opposite, loop, total(program, terms, kind[:2]))
    return found


def carried_in(loop: Loop) -> list[int]:
    """Give for each value of a body a set of bits: what the loop carries that it depends on."""
    body = loop.body
    masks: list[int] = []
    for operation, operands in body.program.assignments:
        mask = 0
        if operation == "input" and body.indexed <= operands[0] < body.indexed + body.carried:
            mask = 1 << operands[0] - body.indexed
        elif operation not in LEAVES:
            for v in operands:
                mask |= masks[v]
        masks.append(mask)
    return masks


def spine(
    program: Program, carried: int, result: int, kind: Sequence[str], masks: Sequence[int]
) -> list[tuple[int, bool]] | None:
    """List what is put to a carried value, the first first, and whether it is taken away; None where more happens."""
    uses = count_uses(program.assignments, program.results)
    bit = 1 << carried - 1
    terms: list[tuple[int, bool]] = []
    while result != carried:
        operation, operands = program.assignments[result]
        if operation not in kind or uses[result] > 1:
            return None
        within = [bool(masks[v] & bit) for v in operands]
        if within == [True, False]:
            result, term = operands
        elif within == [False, True] and operation == kind[0]:
            term, result = operands
        else:
            return None
        terms.append((term, operation == kind[1]))
    return terms[::-1] if uses[carried] == 1 else None


def total(program: Program, terms: Sequence[tuple[int, bool]], kind: Sequence[str]) -> Program:
    """Make the program of a term, of several ones their sum or product: positive ones first."""
    b = Builder()
    values = b.copy(program, [b.input(name) for name in program.inputs])
    put = [values[v] for v, opposite in terms if not opposite]
    if kind[0] == "mul":
        put.sort(key=lambda v: b.number(v) is None)
    taken = [values[v] for v, opposite in terms if opposite]
    if not put and kind[0] == "mul":
        put = [b.constant(1)]
    if not put:
        return b.finish([("term", reduce(lambda x, y: b.make(kind[0], x, y), taken))])
    start = reduce(lambda x, y: b.make(kind[0], x, y), put)
    return b.finish([("term", reduce(lambda x, y: b.make(kind[1], x, y), taken, start))])
