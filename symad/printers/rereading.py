"""Loops in, what becomes of them when their source is read again: what a block makes, and in which order it carries."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from symad.errors import TargetError
from symad.loops import Body, Loop, read_loop
from symad.operations import COMMUTES, LEAVES, LOOP
from symad.program import Assignment
from symad.reading.blocks import always, names_assigned


def disordered(carried: Sequence[str], lines: Sequence[str]) -> Sequence[str]:
    """Give the first of what a loop carries, as many as lines do not assign in this order, by which a reader goes."""
    places = {name: place for place, name in enumerate(carried)}
    count, highest = 0, -1
    for name in names_assigned("\n".join(["{", *lines, "}"]), 0):
        place = places.get(name, highest)
        if place < highest:
            count = max(count, place + 1)
        highest = max(highest, place)
    return carried[:count]


def refuse(body: Body) -> None:
    """Insist on a loop that the language has."""
    if body.backward or body.items or body.emitted:
        reason = "source has no loops that run backwards, and no sequences of values"
        raise TargetError(reason, hint="symad.formulas writes this program for people, symad.generate for Python")


def ordered(operation: str, operands: Sequence[object]) -> Assignment:
    """Give an assignment such that what is the same value is equal."""
    if operation in COMMUTES:
        return operation, tuple(sorted(operands))
    return operation, tuple(operands)


def recomputed(loop: Loop, index: Mapping[Assignment, int]) -> Iterator[tuple[int | None, bool]]:
    """Give for what a body makes, and the bodies of loops in it, the value of the level around, if there is one.

    With it comes whether the body needs it whichever branches are taken.
    """
    body = loop.body
    assignments = body.program.assignments
    first = len(body.program.inputs) - body.captured
    sure = always(assignments, body.program.results, range(len(assignments)))
    known: list[int | None] = []
    for value, (operation, operands) in enumerate(assignments):
        if operation == "input":
            known.append(loop.captured[operands[0] - first] if operands[0] >= first else None)
        elif operation in LEAVES:
            known.append(index.get((operation, operands)))
        else:
            if operation == LOOP:
                inner = read_loop(assignments, value)
                yield from recomputed(inner._replace(captured=tuple([known[v] for v in inner.captured])), index)
            outer = [known[v] for v in operands]
            known.append(None if None in outer else index.get(ordered(operation, outer)))
            yield known[-1], value in sure
