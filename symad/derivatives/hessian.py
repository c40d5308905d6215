"""Hessians: Program in, Program of the structurally non-zero second derivatives out, of each the upper triangle.

The gradient is made by a reverse sweep, its Jacobian by forward passes, reverse sweeps or elimination; or both at once
by pushing edges, one reverse sweep over pairs of values.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import NamedTuple

from symad.collector import without_collector
from symad.derivatives import jacobian, structure
from symad.derivatives.edge_pushing import pushed
from symad.derivatives.labels import derivative_label, distinct
from symad.derivatives.primal import Primal, primal
from symad.derivatives.reverse import adjoints
from symad.derivatives.search import CHEAPEST, Ways, choose
from symad.program import Program

PUSHING = "edge-pushing"
ORDER = (PUSHING, "forward", "reverse", "elimination")


@without_collector
def hessian(
    program: Program, wrt: Sequence[str] | None = None, method: str = CHEAPEST, *, algebra: bool | None = None
) -> Program:
    """Derive the structurally non-zero second derivatives of every output: of each the upper triangle, row by row.

    The lower triangle is the same, bit for bit, since it is not computed. `method` is `edge-pushing` (one reverse sweep
    over pairs of values, which uses the symmetry; for programs without conditions and loops), or `forward`, `reverse`
    or `elimination` for the Jacobian of the gradient, or `cheapest`: they are built and counted, and the one with the
    fewest operations is kept. `algebra` and errors are those of `jacobian`.
    Source of edge pushing: Gower and Mello, "A new framework for the computation of Hessians", 2012.

    >>> from symad.parse import parse
    >>> hessian(parse("x^2*y + z")).outputs
    ('d2f/dxdx', 'd2f/dxdy')
    """
    return choose(hessian_ways(program, wrt), method, algebra)


class Gradient(NamedTuple):
    """Hold the gradient of a result, the primal of the second derivatives, and the columns of the upper triangle."""

    result: int
    start: Primal
    triangle: Sequence[Sequence[int]]


def hessian_ways(program: Program, wrt: Sequence[str] | None = None) -> Ways:
    """Give the ways to a Hessian, in the order in which to try them."""
    start = primal(program, wrt)
    gradients = gradients_of(start)
    return Ways("hessian", start, {method: partial(derived, gradients, method) for method in ORDER})


def hessian_places(program: Program, wrt: Sequence[str] | None = None) -> list[list[tuple[int, int]]]:
    """Give row and column of each output of `hessian`, a list for each output of the program.

    >>> from symad.parse import parse
    >>> hessian_places(parse("x^2*y + z"))
    [[(0, 0), (0, 1)]]
    """
    triangles = [gradient.triangle for gradient in gradients_of(primal(program, wrt))]
    return [[(row, k) for row, columns in enumerate(triangle) for k in columns] for triangle in triangles]


def gradients_of(start: Primal) -> list[Gradient]:
    """Make the gradient of each result, and find the structure of its Jacobian."""
    gradients = []
    for label, result in zip(start.labels, start.results, strict=True):
        gradient = differentiated(start, label, result)
        gradients.append(Gradient(result, gradient, structure.triangle(gradient)))
    return gradients


def derived(gradients: Sequence[Gradient], method: str, start: Primal, most: int) -> Program | None:
    """Derive by one method, making at most so many assignments."""
    if method == PUSHING and not start.straight:
        return None
    b = start.builder
    labelled: list[tuple[str, int]] = []
    for result, gradient, triangle in gradients:
        own = gradient.within(b)
        found = pushed(start, result) if method == PUSHING else jacobian.METHODS[method](own, most)
        if found is None or len(b.assignments) > start.count + most:
            return None
        labelled += jacobian.labelled(own, triangle, found)
    return b.finish(distinct(labelled))


def differentiated(start: Primal, label: str, result: int) -> Primal:
    """Make the gradient of a result by a reverse sweep; it is the primal of the second derivatives."""
    b = start.builder
    row = adjoints(start, {result: b.constant(1)})
    zero = b.constant(0)
    labels = [derivative_label(label, name) for name in start.chosen]
    results = [row.get(place, zero) for place in start.places]
    return Primal(start.program, b, labels, results, start.chosen, start.places)
