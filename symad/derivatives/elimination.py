"""Jacobians by eliminating intermediate values of the linearised program, in Markowitz order.

In comes a primal; out come its partial derivatives. Every value is a vertex, every partial derivative that is not zero
the weight of an edge from operand to value. Eliminating a vertex multiplies each edge into it with each edge out of it
and adds the product to the edge between the ends: the chain rule, one value at a time. What is left when only inputs
and outputs are there is the Jacobian. Forward and reverse mode are two orders of elimination; Markowitz' is the greedy
one, the vertex with the fewest products first. Source: Griewank and Walther, "Evaluating Derivatives", on cross-country
elimination.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from heapq import heapify, heappop, heappush

from symad.derivatives.primal import Primal
from symad.derivatives.reverse import contributed

Edges = list[dict[int, int]]  # for each vertex: the other ends of its edges, and their weights, values of the builder


def eliminated(start: Primal, most: int) -> list[dict[int, int]] | None:
    """Give for each result its derivatives by the inputs of interest that are not zero, by place.

    None for all where more than `most` assignments would have to be made. Only for programs without conditions: what a
    branch passes on is not known apart from whether it is taken.
    """
    into, out = linearised(start)
    inputs = set(start.places)
    heap = [(len(into[v]) * len(out[v]), -v) for v in range(start.count) if v not in inputs and into[v]]
    heapify(heap)
    while heap:
        products, vertex = heappop(heap)
        vertex = -vertex
        if not into[vertex]:
            continue
        found = len(into[vertex]) * len(out[vertex])
        if found != products:  # its neighbours were eliminated since
            heappush(heap, (found, -vertex))
            continue
        eliminate(start, into, out, vertex)
        if len(start.builder.assignments) > start.count + most:
            return None
    return into[-len(start.results) :] if start.results else []


def linearised(start: Primal) -> tuple[Edges, Edges]:
    """Make the partial derivatives of what the results are made of; each result is a vertex behind all values."""
    b, active = start.builder, start.active
    size = start.count + len(start.results)
    into: Edges = [{} for _ in range(size)]
    out: Edges = [{} for _ in range(size)]
    one = b.constant(1)
    for output, result in enumerate(start.results, start.count):
        if active[result]:
            into[output][result] = out[result][output] = one
    inputs = set(start.places)
    for value in start.before(start.results):
        if not active[value] or not out[value] or value in inputs:
            continue
        for position, operand in enumerate(b.assignments[value][1]):
            partial = contributed(b, value, position, one, start.program, b, None) if active[operand] else None
            if partial is not None:
                add(start, into, out, operand, value, partial)
    return into, out


def add(start: Primal, into: Edges, out: Edges, tail: int, head: int, weight: int) -> None:
    """Add a weight to an edge."""
    there = into[head].get(tail)
    made = weight if there is None else start.builder.make("add", there, weight)
    into[head][tail] = out[tail][head] = made


def eliminate(start: Primal, into: Edges, out: Edges, vertex: int) -> None:
    """Take a vertex out: its edges become edges between its neighbours."""
    make = start.builder.make
    for head, above in out[vertex].items():
        del into[head][vertex]
        for tail, below in into[vertex].items():
            add(start, into, out, tail, head, make("mul", above, below))
    for tail in into[vertex]:
        del out[tail][vertex]
    into[vertex], out[vertex] = {}, {}


def rows(start: Primal, most: int) -> Sequence[Mapping[int, int]] | None:
    """Give the rows of the Jacobian; None where it takes too many assignments, or where there are conditions."""
    return eliminated(start, most) if start.straight else None
