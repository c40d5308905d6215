"""Derivatives times vectors: Program in, Program with seeds among its inputs out; no matrix is made on the way."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import partial

from symad.collector import without_collector
from symad.derivatives.cases import total
from symad.derivatives.forward import tangents
from symad.derivatives.hessian import differentiated
from symad.derivatives.jacobian import given_up
from symad.derivatives.labels import chosen_inputs, derivative_label, one_output
from symad.derivatives.primal import Primal, primal
from symad.derivatives.reverse import adjoints
from symad.derivatives.search import CHEAPEST, Ways, choose
from symad.program import Program, unique


@without_collector
def jvp(
    program: Program, wrt: Sequence[str] | None = None, method: str = CHEAPEST, *, algebra: bool | None = None
) -> Program:
    """Derive the product of the Jacobian with a vector of tangents, `dot_x` for each input x of interest.

    The tangents are inputs after the program's own, the product has an output `dot_f` for each output f. `method` is
    `forward`, one pass, or `reverse`, a sweep for each output, as it comes, or `cheapest`.

    >>> from symad.parse import parse
    >>> product = jvp(parse("x*y"))
    >>> product.inputs, product.outputs, product(2, 3, 1, 10)
    (('x', 'y', 'dot_x', 'dot_y'), ('dot_f',), 23.0)
    """
    return choose(jvp_ways(program, wrt), method, algebra)


@without_collector
def vjp(
    program: Program, wrt: Sequence[str] | None = None, method: str = CHEAPEST, *, algebra: bool | None = None
) -> Program:
    """Derive the product of a vector of adjoints, `bar_f` for each output f, with the Jacobian.

    The adjoints are inputs after the program's own, the product has an output `bar_x` for each input x of interest.
    `method` is `reverse`, one sweep, or `forward`, a pass for each input, as it comes, or `cheapest`.

    >>> from symad.parse import parse
    >>> product = vjp(parse("p = x*y; q = x - y"))
    >>> product.inputs, product.outputs, product(2, 3, 1, 10)
    (('x', 'y', 'bar_p', 'bar_q'), ('bar_x', 'bar_y'), (13.0, -8.0))
    """
    return choose(vjp_ways(program, wrt), method, algebra)


@without_collector
def hessian_vector_product(
    program: Program, wrt: Sequence[str] | None = None, method: str = CHEAPEST, *, algebra: bool | None = None
) -> Program:
    """Derive the product of the Hessian of the one output with a vector of tangents, `dot_x` for each input x.

    It is the change of the gradient along the vector, `dot_df/dx`. `method` is `forward-over-reverse` (a tangent of the
    gradient), or `reverse-over-forward` (the gradient of a tangent), as it comes, or `cheapest`.

    >>> from symad.parse import parse
    >>> product = hessian_vector_product(parse("x^2*y"))
    >>> product.inputs, product.outputs, product(2, 3, 1, 10)
    (('x', 'y', 'dot_x', 'dot_y'), ('dot_df/dx', 'dot_df/dy'), (46.0, 4.0))
    """
    one_output(program, "hessian_vector_product")
    return choose(hvp_ways(program, wrt), method, algebra)


Entries = Sequence["int | None"]  # of a vector; None for zero
Seeds = Mapping[int, int]  # values of the builder, by place of an input or by result
Product = Callable[[Primal, Seeds, int], "Entries | None"]  # None where it takes too many assignments


def jvp_ways(program: Program, wrt: Sequence[str] | None = None) -> Ways:
    """Give the ways to a product with tangents."""
    start, seeds = by_tangents(program, wrt)
    products = {"forward": change, "reverse": rows_times_tangents}
    return ways("jvp", start, products, seeds, [f"dot_{label}" for label in program.outputs])


def vjp_ways(program: Program, wrt: Sequence[str] | None = None) -> Ways:
    """Give the ways to a product with adjoints."""
    start, seeds = by_adjoints(program, wrt)
    products = {"reverse": adjoint, "forward": adjoints_times_columns}
    return ways("vjp", start, products, seeds, [f"bar_{name}" for name in start.chosen])


def hvp_ways(program: Program, wrt: Sequence[str] | None = None) -> Ways:
    """Give the ways to a product of the Hessian of the one output with tangents."""
    start, seeds = by_tangents(program, wrt)
    products = {"forward-over-reverse": change_of_gradient, "reverse-over-forward": gradient_of_change}
    labels = [f"dot_{derivative_label(program.outputs[0], name)}" for name in start.chosen]
    return ways("hessian_vector_product", start, products, seeds, labels)


def by_tangents(program: Program, wrt: Sequence[str] | None) -> tuple[Primal, Seeds]:
    """Make the primal of a product with tangents, and give the tangents by place."""
    start = primal(program, wrt, seed_names("dot_", chosen_inputs(program, wrt), program.inputs))
    return start, dict(zip(start.places, range(len(program.inputs), len(start.builder.inputs)), strict=True))


def by_adjoints(program: Program, wrt: Sequence[str] | None) -> tuple[Primal, Seeds]:
    """Make the primal of a product with adjoints, and give the adjoints by result: equal outputs add up theirs."""
    start = primal(program, wrt, seed_names("bar_", program.outputs, program.inputs))
    seeds: dict[int, int] = {}
    for seed, result in enumerate(start.results, len(program.inputs)):
        there = seeds.get(result)
        seeds[result] = seed if there is None else start.builder.make("add", there, seed)
    return start, seeds


def ways(kind: str, start: Primal, products: Mapping[str, Product], seeds: Seeds, labels: Sequence[str]) -> Ways:
    """Give the ways to a product."""
    by_method = {method: partial(derived, product, seeds, labels) for method, product in products.items()}
    return Ways(kind, start, by_method)


def derived(product: Product, seeds: Seeds, labels: Sequence[str], start: Primal, most: int) -> Program | None:
    """Derive by one method; None if it took more than so many assignments."""
    b = start.builder
    found = product(start, seeds, most)
    if found is None or given_up(start, most):
        return None
    zero = b.constant(0)
    results = [zero if value is None else value for value in found]
    return b.finish(zip(unique(labels, b.inputs), results, strict=True))


def seed_names(prefix: str, names: Sequence[str], taken: Sequence[str]) -> list[str]:
    """Name the seeds, which are inputs: a label such as df/dx becomes df_dx, and none is taken already.

    >>> seed_names("bar_", ["f", "df/dx"], ["x", "bar_f"])
    ['bar_f_1', 'bar_df_dx']
    """
    return [*unique([prefix + re.sub(r"\W", "_", name) for name in names], taken)]


def change(start: Primal, seeds: Seeds, _most: int) -> Entries:
    """Give the tangents of the results."""
    made = tangents(start, seeds)
    return [made.get(result) for result in start.results]


def adjoint(start: Primal, seeds: Seeds, _most: int) -> Entries:
    """Give the adjoints of the inputs of interest."""
    made = adjoints(start, seeds)
    return [made.get(place) for place in start.places]


def rows_times_tangents(start: Primal, seeds: Seeds, most: int) -> Entries | None:
    """Multiply the rows of the Jacobian, one after the other, with the tangents."""
    one = start.builder.constant(1)
    found = []
    for result in start.results:
        found.append(inner(start, adjoints(start, {result: one}), seeds))
        if given_up(start, most):
            return None
    return found


def adjoints_times_columns(start: Primal, seeds: Seeds, most: int) -> Entries | None:
    """Multiply the columns of the Jacobian, one after the other, with the adjoints."""
    one = start.builder.constant(1)
    found = []
    for place in start.places:
        found.append(inner(start, tangents(start, {place: one}), seeds))
        if given_up(start, most):
            return None
    return found


def inner(start: Primal, entries: Mapping[int, int], seeds: Mapping[int, int]) -> int | None:
    """Multiply a row or column of the Jacobian with the seeds; None for zero."""
    make = start.builder.make
    terms = [make("mul", entries[value], seed) for value, seed in seeds.items() if value in entries]
    return total(start.builder, terms[::-1]) if terms else None


def change_of_gradient(start: Primal, seeds: Seeds, most: int) -> Entries:
    """Derive the tangents of the gradient: forward over reverse."""
    return change(differentiated(start, start.labels[0], start.results[0]), seeds, most)


def gradient_of_change(start: Primal, seeds: Seeds, most: int) -> Entries:
    """Derive the gradient of a tangent: reverse over forward."""
    b = start.builder
    tangent = tangents(start, seeds).get(start.results[0])
    if tangent is None:
        return [None] * len(start.places)
    changed = Primal(start.program, b, start.labels, (tangent,), start.chosen, start.places)
    return adjoint(changed, {tangent: b.constant(1)}, most)
