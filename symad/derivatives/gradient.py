"""Gradients: Program in, Program of the partial derivatives of its outputs out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial

from symad.collector import without_collector
from symad.derivatives.jacobian import METHODS, Label, Rows, derived
from symad.derivatives.labels import derivative_label, one_output
from symad.derivatives.primal import Primal, primal
from symad.derivatives.search import Ways, choose
from symad.program import Program

REVERSE = "reverse"


@without_collector
def gradient(
    program: Program, wrt: Sequence[str] | None = None, method: str = REVERSE, *, algebra: bool | None = None
) -> Program:
    """Derive the partial derivatives of the one output, by each input or by those of `wrt`, in that order.

    An input that does not matter keeps its 0. `method` is `reverse`, one sweep and the fastest to derive, or another
    one, as for `jacobian`; `cheapest` gives the fewest operations. Raises DerivativeError for several outputs, and
    where an operation has no partial derivative; NamingError for a `wrt` that is not an input.

    >>> from symad.parse import parse
    >>> gradient(parse("x1*x2 + sin(x1)")).outputs
    ('df/dx1', 'df/dx2')
    """
    one_output(program, "gradient")
    return choose(gradient_ways(program, wrt), method, algebra)


@without_collector
def value_and_gradient(
    program: Program, wrt: Sequence[str] | None = None, method: str = REVERSE, *, algebra: bool | None = None
) -> Program:
    """Derive the output and its gradient in one program, which share what they have in common.

    >>> from symad.parse import parse
    >>> value_and_gradient(parse("exp(3*x)")).operation_count
    3
    """
    one_output(program, "value_and_gradient")
    return choose(ways("value_and_gradient", program, wrt, value_too), method, algebra)


@without_collector
def all_partials(program: Program, wrt: Sequence[str] | None = None, method: str = REVERSE) -> Program:
    """Derive every output and every partial derivative of every output, zeros included."""
    return choose(ways("all partial derivatives", program, wrt, value_too), method, algebra=False)


def gradient_ways(program: Program, wrt: Sequence[str] | None = None) -> Ways:
    """Give the ways to a gradient."""
    return ways("gradient", program, wrt, zeros_too)


def ways(kind: str, program: Program, wrt: Sequence[str] | None, label: Label) -> Ways:
    """Give the ways to the partial derivatives of outputs; `label` makes outputs of what is found."""
    order = (REVERSE, "forward", "elimination")
    by_method = {method: partial(derived, METHODS[method], label) for method in order}
    return Ways(kind, primal(program, wrt), by_method)


def value_too(start: Primal, found: Rows) -> Iterator[tuple[str, int]]:
    """Label the outputs themselves, then their partial derivatives."""
    yield from zip(start.labels, start.results, strict=True)
    yield from zeros_too(start, found)


def zeros_too(start: Primal, found: Rows) -> Iterator[tuple[str, int]]:
    """Label all partial derivatives, zeros included."""
    zero = start.builder.constant(0)
    for label, row in zip(start.labels, found, strict=True):
        for name, place in zip(start.chosen, start.places, strict=True):
            yield derivative_label(label, name), row.get(place, zero)
