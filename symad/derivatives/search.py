"""The cheapest way is counted, not guessed: each way is built, its operations are counted, the one with fewest is kept.

In come the ways to one kind of derivative; out comes a program, or what was counted of each. A way that makes half as
many assignments again as one before it is given up, and so is one whose sweeps walk over far more values than that.
Algebra that saves operations is tried on those that come close to the cheapest.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from symad.algebra import save_operations
from symad.derivatives.primal import Primal
from symad.errors import DerivativeError, closest
from symad.loops import looped
from symad.narrowing import narrowed
from symad.program import Program
from symad.simplify import identities

CHEAPEST = "cheapest"
PATIENCE = 1.5  # assignments that a way may make for each one of a way that is finished,
LEAST = 100  # and so many more
CLOSE = 1.5  # algebra is tried on ways with at most so many operations for each of the cheapest one's,
SMALL = 2000  # and beyond so many operations
MOST = 2  # on no more ways than that
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


def choose(ways: Ways, method: str, algebra: bool | None) -> Program:
    """Derive by one method, or by the cheapest; after algebra if that is wanted, None for with the cheapest only.

    Errors are those of `built`.
    """
    wanted = method == CHEAPEST if algebra is None else algebra
    return survey(ways, method, wanted).program if wanted or method == CHEAPEST else built(ways, method)


def built(ways: Ways, method: str) -> Program:
    """Derive by one method, as it comes.

    Raises DerivativeError for a method that does not exist for this kind of derivative, or not for this program.
    """
    way = one(ways, method)
    found = way(ways.start, ENDLESS)
    if found is None:
        without = "loops" if looped(ways.start.builder.assignments) else "conditions"
        raise DerivativeError(
            f"{method} is for programs without {without}", hint=f"forward, reverse and {CHEAPEST} take them"
        )
    return narrowed(found, identities)


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

    After algebra in both cases, if that is wanted. Errors are those of `built`.
    """
    made = dict(finished(ways)) if method == CHEAPEST else {method: built(ways, method)}
    plain = {way: program.operation_count for way, program in made.items()}
    least = min(plain.values())
    near = [way for way in sorted(plain, key=plain.__getitem__) if plain[way] <= CLOSE * least]
    saved = {}
    for way in near[: None if least <= SMALL else MOST] if algebra else ():
        made[way] = save_operations(made[way])
        saved[way] = made[way].operation_count
    listed = ways.by_method if method == CHEAPEST else made
    counts = tuple(Count(way, plain.get(way), saved.get(way)) for way in listed)
    best = min(made, key=lambda way: saved.get(way, plain[way]))
    return Found(best, made[best], counts)


def finished(ways: Ways) -> Iterator[tuple[str, Program]]:
    """Build the ways in turn, each in a fork of the builder; give those that are not given up."""
    most, start = ENDLESS, ways.start
    for method, way in ways.by_method.items():
        fork = start.within(start.builder.fork())
        found = way(fork, most)
        if found is not None:
            most = min(most, int(PATIENCE * (len(fork.builder.assignments) - start.count)) + LEAST)
            yield method, narrowed(found, identities)
