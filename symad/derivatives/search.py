"""The cheapest way is counted, not guessed: each way is built, its operations are counted, the one with fewest is kept.

In come the ways to one kind of derivative; out comes a program, or what was counted of each. A way that makes half as
many assignments again as one before it is given up, and so is one whose sweeps walk over far more values than that.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
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


class Ways(NamedTuple):
    """Hold the ways to one kind of derivative by their methods, in the order in which to try them, and their primal."""

    kind: str
    start: Primal
    by_method: Mapping[str, Way]


def choose(ways: Ways, method: str, algebra: bool) -> Program:
    """Derive by one method as it comes, or by the cheapest, after algebra if that is wanted.

    Raises DerivativeError for a method that does not exist for this kind of derivative, or not for this program.
    """
    if method == CHEAPEST:
        return survey(ways, method, algebra).program
    way = one(ways, method)
    found = way(ways.start, ENDLESS)
    if found is None:
        raise DerivativeError(
            f"{method} is for programs without conditions", hint=f"forward, reverse and {CHEAPEST} take them"
        )
    return found


def one(ways: Ways, method: str) -> Way:
    """Find the way of a method."""
    way = ways.by_method.get(method)
    if way is None:
        known = [*ways.by_method, CHEAPEST]
        near = closest(str(method), known)
        hint = f"did you mean {near}?" if near else f"methods: {', '.join(known)}"
        raise DerivativeError(f"{method or 'an empty name'} is not a method for {ways.kind}", hint=hint)
    return way


def survey(ways: Ways, method: str, algebra: bool) -> Found:
    """Build the way of one method, or each way, count, and keep the one with fewest operations; of equals the first.

    After algebra in both cases, if that is wanted. Errors are those of `choose`.
    """
    built = dict(finished(ways)) if method == CHEAPEST else {method: choose(ways, method, algebra)}
    plain = {way: program.operation_count for way, program in built.items()}
    near = [way for way in plain if plain[way] <= CLOSE * min(plain.values())]
    saved = {}
    for way in sorted(near, key=plain.__getitem__)[:MOST] if algebra else ():
        built[way] = save_operations(built[way])
        saved[way] = built[way].operation_count
    listed = ways.by_method if method == CHEAPEST else built
    counts = tuple(Count(way, plain.get(way), saved.get(way)) for way in listed)
    best = min(built, key=lambda way: saved.get(way, plain[way]))
    return Found(best, built[best], counts)


def finished(ways: Ways) -> Iterator[tuple[str, Program]]:
    """Build the ways in turn, each in a fork of the builder; give those that are not given up."""
    most, start = ENDLESS, ways.start
    for method, way in ways.by_method.items():
        fork = start.within(start.builder.fork())
        found = way(fork, most)
        if found is not None:
            most = min(most, int(PATIENCE * (len(fork.builder.assignments) - start.count)) + LEAST)
            yield method, found
