"""Jacobians: Program in, Program of the structurally non-zero partial derivatives of every output out, row by row."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial

from symad.collector import without_collector
from symad.derivatives import elimination, structure
from symad.derivatives.forward import tangents
from symad.derivatives.labels import derivative_label, distinct
from symad.derivatives.primal import Primal, primal
from symad.derivatives.reverse import adjoints
from symad.derivatives.search import CHEAPEST, Ways, choose
from symad.program import Program

EFFORT = 3  # values that sweeps may walk over for each assignment that they may make: what they share costs time too

Rows = Sequence[Mapping[int, int]]  # for each result, its derivatives that are not zero, by place
Sweeps = Callable[[Primal, int], "Rows | None"]
Label = Callable[[Primal, Rows], Iterable[tuple[str, int]]]


@without_collector
def jacobian(
    program: Program, wrt: Sequence[str] | None = None, method: str = CHEAPEST, *, algebra: bool | None = None
) -> Program:
    """Derive the structurally non-zero partial derivatives of every output, row by row.

    `method` is `forward` (a pass for each input), `reverse` (a sweep for each output), `elimination` (of intermediate
    values in Markowitz order; for programs without conditions and loops), or `cheapest`: they are built and counted,
    and the one with the fewest operations is kept. `algebra` tells whether `save_operations` is applied; None, with
    `cheapest` only. Raises DerivativeError where an operation has no partial derivative or the method does not exist,
    NamingError for a `wrt` that is not an input.

    >>> from symad.parse import parse
    >>> jacobian(parse("p = x*y; q = 2*y")).outputs
    ('dp/dx', 'dp/dy', 'dq/dy')
    """
    return choose(jacobian_ways(program, wrt), method, algebra)


def jacobian_ways(program: Program, wrt: Sequence[str] | None = None) -> Ways:
    """Give the ways to a Jacobian, first the one that has fewer passes to make."""
    start = primal(program, wrt)
    few = len(start.places) <= len(start.results)
    order = ("forward", "reverse") if few else ("reverse", "forward")
    ways = {method: partial(derived, METHODS[method], entries) for method in (*order, "elimination")}
    return Ways("jacobian", start, ways)


def jacobian_places(program: Program, wrt: Sequence[str] | None = None) -> list[tuple[int, int]]:
    """Give row and column of each output of `jacobian`.

    >>> from symad.parse import parse
    >>> jacobian_places(parse("p = x*y; q = 2*y"))
    [(0, 0), (0, 1), (1, 1)]
    """
    rows = structure.rows(primal(program, wrt))
    return [(row, column) for row, columns in enumerate(rows) for column in columns]


def derived(sweeps: Sweeps, label: Label, start: Primal, most: int) -> Program | None:
    """Derive by one method, making at most so many assignments; `label` makes outputs of what is found."""
    found = sweeps(start, most)
    return None if found is None else start.builder.finish(distinct(label(start, found)))


def entries(start: Primal, found: Rows) -> Iterator[tuple[str, int]]:
    """Label the structurally non-zero entries, row by row."""
    return labelled(start, structure.rows(start), found)


def labelled(start: Primal, places: Iterable[Sequence[int]], found: Rows) -> Iterator[tuple[str, int]]:
    """Label the entries at some columns of each row; one that was not made has cancelled."""
    zero = start.builder.constant(0)
    for label, columns, row in zip(start.labels, places, found, strict=True):
        for column in columns:
            yield derivative_label(label, start.chosen[column]), row.get(start.places[column], zero)


def by_rows(start: Primal, most: int) -> Rows | None:
    """Derive with a reverse sweep for each result."""
    one = start.builder.constant(1)
    found = []
    for result in start.results:
        found.append(adjoints(start, {result: one}))
        if given_up(start, most):
            return None
    return found


def by_columns(start: Primal, most: int) -> Rows | None:
    """Derive with a forward pass for each input of interest."""
    one = start.builder.constant(1)
    found: list[dict[int, int]] = [{} for _ in start.results]
    rows: dict[int, list[int]] = {}
    for row, result in enumerate(start.results):
        rows.setdefault(result, []).append(row)
    for place in start.places:
        for value, tangent in tangents(start, {place: one}).items():
            for row in rows.get(value, ()):
                found[row][place] = tangent
        if given_up(start, most):
            return None
    return found


def given_up(start: Primal, most: int) -> bool:
    """Tell whether more assignments were made than allowed, or far more values walked over."""
    return len(start.builder.assignments) > start.count + most or start.walked > EFFORT * most


METHODS: Mapping[str, Sweeps] = {"forward": by_columns, "reverse": by_rows, "elimination": elimination.rows}
