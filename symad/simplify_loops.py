"""A loop's body and operands in, the results of a simplified loop out.

What is the same in every iteration is captured, not carried; numbers that are captured stand in the body. Everything
that is carried is emitted as well, as it is when an iteration begins: its history. What nobody takes goes in the end.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from symad.builder import Builder
from symad.loops import Body, Loop, parted
from symad.operations import NUMBERS
from symad.program import unique


def simplified_loop(b: Builder, body: Body, operands: Sequence[int]) -> list[int]:
    """Make a loop in a builder that simplifies, and give its results."""
    loop = parted(body, operands)
    fixed: dict[int, int] = {}  # what is carried and never changes, and the operand that it is
    while True:
        made = Rebuilt(b, loop, fixed)
        found = made.invariant()
        if not found:
            return made.results()
        fixed.update(found)


class Rebuilt:
    """Hold the body of a loop, made again in a builder of its own, where some of what it carries is captured.

    `inputs` are the values that stand for the inputs of the old body, `outputs` those of its outputs.
    """

    def __init__(self, b: Builder, loop: Loop, fixed: Mapping[int, int]) -> None:
        self.b, self.loop, self.fixed = b, loop, fixed
        self.within = Builder(b.identities)
        self.sequences: dict[int, int] = {}
        self.captured: dict[int, int] = {}
        program = loop.body.program
        self.inputs = self.made_inputs(program.inputs)
        values = self.within.copy(program, self.inputs)
        self.outputs = [values[v] for v in program.results]

    def made_inputs(self, names: Sequence[str]) -> list[int]:
        """Make the inputs: each sequence and each captured value once, numbers not at all."""
        b, body, within = self.b, self.loop.body, self.within
        first = body.indexed + body.carried
        made = {k: within.input(names[k]) for k in range(first) if k - body.indexed not in self.fixed}
        for k, operand in enumerate(self.loop.sequences, first):
            if operand not in self.sequences:
                self.sequences[operand] = within.input(names[k])
            made[k] = self.sequences[operand]
        captured = {body.indexed + j: operand for j, operand in self.fixed.items()}
        captured |= dict(enumerate(self.loop.captured, first + body.items))
        for k, operand in captured.items():
            if operand not in self.captured:
                operation, payload = b.assignments[operand]
                number = operation in NUMBERS
                self.captured[operand] = within.leaf(operation, *payload) if number else within.input(names[k])
            made[k] = self.captured[operand]
        return [made[k] for k in range(len(names))]

    def invariant(self) -> dict[int, int]:
        """Find what is carried and comes out of an iteration as it went in, or as the number that it was at first."""
        body, assignments = self.loop.body, self.within.assignments
        found = {}
        for j, operand in enumerate(self.loop.carried):
            before, after = self.inputs[body.indexed + j], self.outputs[body.conditional + j]
            number = self.b.number(operand) is not None and assignments[after] == self.b.assignments[operand]
            if j not in self.fixed and (after == before or number):
                found[j] = operand
        return found

    def results(self) -> list[int]:
        """Make the loop, and give the results that it had."""
        body = self.loop.body
        carried = [j for j in range(body.carried) if j not in self.fixed]
        emitted = self.outputs[body.conditional + body.carried :]
        histories = [self.inputs[body.indexed + j] for j in carried]
        different = [*dict.fromkeys((*emitted, *histories))]
        made: list[int] = []
        if body.conditional or different:
            made = self.made(carried, different)
        found = dict(zip(carried, made, strict=False)) | dict(self.fixed)
        counted = [made[len(carried)]] if body.conditional else []
        first = len(carried) + body.conditional
        sequences = [made[first + different.index(value)] for value in emitted]
        return [*(found[j] for j in range(body.carried)), *counted, *sequences]

    def made(self, carried: Sequence[int], emitted: Sequence[int]) -> list[int]:
        """Make the loop, with what it carries and what it emits."""
        loop, body, within = self.loop, self.loop.body, self.within
        known = {value: f"each_{name}" for name, value in zip(within.inputs, range(len(within.inputs)), strict=True)}
        names = body.program.outputs
        labels = [*names[: body.conditional], *(names[body.conditional + j] for j in carried)]
        labels = [*unique([*labels, *(known.get(v, "each") for v in emitted)], ())]
        first = [self.outputs[0]] if body.conditional else []
        outputs = [*first, *(self.outputs[body.conditional + j] for j in carried), *emitted]
        numbers = self.b.number
        given = [*loop.bounds, *(loop.carried[j] for j in carried), *self.sequences]
        given += [operand for operand in self.captured if numbers(operand) is None]
        program = within.finish(zip(labels, outputs, strict=True))
        return self.b.bundle(Body(program, len(carried), len(self.sequences), body.conditional, body.backward), given)
