"""Jacobians: Program in, Program of the structurally non-zero partial derivatives of every output out, row by row."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial

from symad.collector import without_collector
from symad.derivatives import elimination, structure
from symad.derivatives.forward import tangents
from symad.derivatives.labels import chosen_inputs, derivative_label
from symad.derivatives.primal import Primal, primal
from symad.derivatives.reverse import adjoints
from symad.derivatives.search import CHEAPEST, Way, choose
from symad.program import Program

Rows = Sequence[Mapping[int, int]]  # for each result, its derivatives that are not zero, by place
Sweeps = Callable[[Primal, int], "Rows | None"]
Label = Callable[[Primal, Rows], Iterable[tuple[str, int]]]


def jacobian(
    program: Program, wrt: Sequence[str] | None = None, method: str = CHEAPEST, *, algebra: bool = True
) -> Program:
    """Derive the structurally non-zero partial derivatives of every output, row by row.

    `method` is `forward` (a pass for each input), `reverse` (a sweep for each output), `elimination` (of intermediate
    values in Markowitz order; for programs without conditions), each as it comes, or `cheapest`: the one with the
    fewest operations, after `save_operations` unless `algebra` is off. Raises DerivativeError where an operation has no
    partial derivative or the method does not exist, NamingError for a `wrt` that is not an input.

    >>> from symad.parse import parse
    >>> jacobian(parse("p = x*y; q = 2*y")).outputs
    ('dp/dx', 'dp/dy', 'dq/dy')
    """
    inputs = len(chosen_inputs(program, wrt))
    order = ("forward", "reverse") if inputs <= len(program.outputs) else ("reverse", "forward")
    return choose(ways(program, wrt, (*order, "elimination"), entries), method, algebra)


def ways(program: Program, wrt: Sequence[str] | None, order: Sequence[str], label: Label) -> dict[str, Way]:
    """Give ways to partial derivatives, in the order in which to try them; `label` makes outputs of what is found."""
    return {method: partial(derived, program, wrt, METHODS[method], label) for method in order}


@without_collector
def derived(
    program: Program, wrt: Sequence[str] | None, sweeps: Sweeps, label: Label, most: int
) -> tuple[Program, int] | None:
    """Derive by one method, making at most so many assignments."""
    start = primal(program, wrt)
    found = sweeps(start, most)
    if found is None:
        return None
    made = len(start.builder.assignments) - start.count
    return start.builder.finish(label(start, found)), made


def entries(start: Primal, found: Rows, *, upper: bool = False) -> Iterator[tuple[str, int]]:
    """Label the structurally non-zero entries, row by row; of a symmetric matrix the upper triangle."""
    zero = start.builder.constant(0)
    for k, (label, bits, row) in enumerate(zip(start.labels, structure.rows(start), found, strict=True)):
        for column in structure.members(bits):
            if not upper or column >= k:
                yield derivative_label(label, start.chosen[column]), row.get(start.places[column], zero)


def by_rows(start: Primal, most: int) -> Rows | None:
    """Derive with a reverse sweep for each result."""
    one = start.builder.constant(1)
    found = []
    for result in start.results:
        found.append(adjoints(start, {result: one}))
        if len(start.builder.assignments) > start.count + most:
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
        if len(start.builder.assignments) > start.count + most:
            return None
    return found


METHODS: Mapping[str, Sweeps] = {"forward": by_columns, "reverse": by_rows, "elimination": elimination.rows}
