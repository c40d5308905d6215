"""The cheapest way is counted, not guessed: each way is built, its operations are counted, the one with fewest is kept.

In come the ways to one kind of derivative; out comes a program, or what was counted of each. A way that makes half as
many assignments again as one before it is given up.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from symad.algebra import save_operations
from symad.errors import DerivativeError, closest
from symad.program import Program

CHEAPEST = "cheapest"
PATIENCE = 1.5  # assignments that a way may make for each one of a way that is finished
CLOSE = 1.3  # ways with more operations than that, for each of the cheapest one's, are not worth any algebra
ENDLESS = 1 << 62

Way = Callable[[int], "tuple[Program, int] | None"]
"""Derive, making at most so many assignments; give the program and how many were made, None where that is too many."""


class Count(NamedTuple):
    """Hold the operations that one way takes, as it comes and after algebra; None where it was given up."""

    method: str
    plain: int | None
    saved: int | None


class Found(NamedTuple):
    """Hold a way that was built: its method, its program, and what was counted."""

    method: str
    program: Program
    counts: tuple[Count, ...]


def choose(ways: Mapping[str, Way], method: str, algebra: bool) -> Program:
    """Derive by one method as it comes, or by the cheapest, after algebra if that is wanted.

    Raises DerivativeError for a method that does not exist, or not for this program.
    """
    if method == CHEAPEST:
        return cheapest(ways, algebra).program
    if method not in ways:
        near = closest(method, [*ways, CHEAPEST])
        hint = f"did you mean {near}?" if near else f"methods: {', '.join([*ways, CHEAPEST])}"
        raise DerivativeError(f"{method or 'an empty name'} is not a method for this derivative", hint=hint)
    found = ways[method](ENDLESS)
    if found is None:
        raise DerivativeError(
            f"{method} is for programs without conditions", hint=f"methods: {', '.join(m for m in ways if m != method)}"
        )
    return found[0]


def cheapest(ways: Mapping[str, Way], algebra: bool) -> Found:
    """Build each way, count, and keep the one with the fewest operations; of equals the first."""
    built = dict(finished(ways))
    plain = {method: program.operation_count for method, program in built.items()}
    least = min(plain.values())
    saved = {}
    for method, program in built.items():
        if algebra and plain[method] <= CLOSE * least:
            built[method] = save_operations(program)
            saved[method] = built[method].operation_count
    counts = tuple(Count(method, plain.get(method), saved.get(method)) for method in ways)
    best = min(built, key=lambda method: min(plain[method], saved.get(method, plain[method])))
    return Found(best, built[best], counts)


def finished(ways: Mapping[str, Way]) -> Iterator[tuple[str, Program]]:
    """Build the ways in turn; give those that are not given up."""
    most = ENDLESS
    for method, way in ways.items():
        found = way(most)
        if found is not None:
            program, made = found
            most = min(most, int(PATIENCE * made) + 100)
            yield method, program
