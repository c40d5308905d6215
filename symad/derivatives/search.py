"""The cheapest way is counted, not guessed: each way is built, its operations are counted, the one with fewest is kept.

In come the ways to one kind of derivative; out comes a program, or what was counted of each. A way that makes half as
many assignments again as one before it is given up, and so is one whose sweeps walk over far more values than that.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

from symad.algebra import save_operations
from symad.derivatives.primal import Primal
from symad.errors import DerivativeError, closest
from symad.program import Program

CHEAPEST = "cheapest"
PATIENCE = 1.5  # assignments that a way may make for each one of a way that is finished,
LEAST = 100  # and so many more
CLOSE = 1.2  # algebra is tried on ways with at most so many operations for each of the cheapest one's,
MOST = 2  # and on no more ways than that
ENDLESS = 1 << 62

Way = Callable[[Primal, int], "Program | None"]
"""Derive in the builder of a primal, making at most so many assignments; None where that is too few or impossible."""


class Count(NamedTuple):
    """Hold the operations that one way takes, as it comes and after algebra; None where it was given up."""

    method: str
    plain: int | None
    saved: int | None


class Found(NamedTuple):
    """Hold the way that was kept: its method, its program, and what was counted of each."""

    method: str
    program: Program
    counts: tuple[Count, ...]


def choose(start: Primal, ways: Mapping[str, Way], method: str, algebra: bool) -> Program:
    """Derive by one method as it comes, or by the cheapest, after algebra if that is wanted.

    Raises DerivativeError for a method that does not exist, or not for this program.
    """
    if method == CHEAPEST:
        return cheapest(start, ways, algebra).program
    if method not in ways:
        near = closest(method, [*ways, CHEAPEST])
        hint = f"did you mean {near}?" if near else f"methods: {', '.join([*ways, CHEAPEST])}"
        raise DerivativeError(f"{method or 'an empty name'} is not a method for this derivative", hint=hint)
    found = ways[method](start, ENDLESS)
    if found is None:
        hint = f"methods: {', '.join(other for other in ways if other != method)}"
        raise DerivativeError(f"{method} is for programs without conditions", hint=hint)
    return found


def cheapest(start: Primal, ways: Mapping[str, Way], algebra: bool) -> Found:
    """Build each way, count, and keep the one with the fewest operations; of equals the first."""
    built: dict[str, Program] = {}
    most = ENDLESS
    for method, way in ways.items():
        fork = start.within(start.builder.fork())
        found = way(fork, most)
        if found is not None:
            built[method] = found
            most = min(most, int(PATIENCE * (len(fork.builder.assignments) - start.count)) + LEAST)
    plain = {method: program.operation_count for method, program in built.items()}
    near = [method for method in plain if plain[method] <= CLOSE * min(plain.values())]
    saved = {}
    for method in sorted(near, key=plain.__getitem__)[:MOST] if algebra else ():
        built[method] = save_operations(built[method])
        saved[method] = built[method].operation_count
    counts = tuple(Count(method, plain.get(method), saved.get(method)) for method in ways)
    best = min(built, key=lambda method: saved.get(method, plain[method]))
    return Found(best, built[best], counts)
