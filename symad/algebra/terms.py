"""A program read as sums of products: what is added or multiplied is a collection, in whatever order it was written.

In comes a simplified program; out comes a table of nodes. An input, a constant or a function's value is a node of its
own, and so is a sum; a product is a collection of factors and needs no node unless it is used several times. Every
value of the program is a number times such a collection. A sum whose only use is in another sum is part of that one.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from symad.identities.constants import combine
from symad.numbers import Number
from symad.operations import CONSTANTS, LEAVES, NUMBERS
from symad.program import Program, count_uses

Monomial = tuple[int, ...]  # factors, ascending: a node, or ~node for a divisor
Term = tuple[Number, Monomial]  # a number times a product
Sum = dict[Monomial, Number]  # two terms or more, none of them zero, until a rewriting leaves fewer
ONE: Monomial = ()
ALIKE = 8  # times as large may the number of one of two like terms be that are added
LONGEST = 64  # factors of a product; a longer one is a factor itself


@dataclass(slots=True)
class Node:
    """Hold a node: of a sum its terms, of a product its one term, of others nothing; the value that it was read from.

    `changed` tells that a sum is not computed as it was written any more.
    """

    terms: Sum
    value: int
    changed: bool = False


@dataclass(slots=True)
class Table:
    """Hold the nodes of a program, each once, and for each of its values the term that it is."""

    program: Program
    nodes: list[Node] = field(default_factory=list)
    index: dict[Any, int] = field(default_factory=dict)
    terms: list[Term] = field(default_factory=list)

    def node(self, key: Any, terms: Sum, value: int) -> int:
        """Give the node of a key, made if it is new."""
        found = self.index.get(key)
        if found is None:
            found = self.index[key] = len(self.nodes)
            self.nodes.append(Node(terms, value))
        return found

    def sum(self, terms: Sum, value: int = -1) -> Term:
        """Give a sum as a term: a sum and its opposite are one node."""
        if len(terms) < 2:
            return next(((c, m) for m, c in terms.items()), (0, ONE))
        first = min(terms)
        sign = 1 if terms[first] > 0 else -1
        if sign < 0:
            terms = {m: -c for m, c in terms.items()}
        return sign, (self.node(frozenset(terms.items()), terms, value),)

    def multiple(self, factor: int, number: Number) -> int:
        """Give a number times a factor as a node."""
        return self.node(("multiple", factor, number), {(factor,): number}, -1)

    def is_sum(self, monomial: Monomial) -> bool:
        """Tell whether a monomial is a sum and nothing else."""
        return len(monomial) == 1 and monomial[0] >= 0 and len(self.nodes[monomial[0]].terms) > 1


def read(program: Program, kept: bytes | bytearray) -> Table:
    """Read a program; the term of what no result needs, and of what is only part of another sum, is zero.

    The values that `kept` marks are not taken apart: each is a node of its own.
    """
    table = Table(program)
    uses = count_uses(program.assignments, program.results)
    parts = parts_of_sums(program, uses, kept)
    open_sums: dict[int, Open] = {}
    for value, (operation, operands) in enumerate(program.assignments):
        term: Term | None = None
        if not uses[value]:
            term = 0, ONE
        elif operation in NUMBERS:
            term = operands[0], ONE
        elif kept[value] and operation not in LEAVES:
            term = 1, (table.node(value, {}, value),)
        elif operation in LEAVES or operation in CONSTANTS:
            term = 1, (table.node((operation, operands), {}, value),)
        else:
            with contextlib.suppress(OverflowError):  # a number has no place: the operation stays as it is
                if operation in ("add", "sub") or operation == "neg" and operands[0] in open_sums:
                    found = added(table, value, open_sums)
                    term = 0, ONE
                    if parts[value]:
                        open_sums[value] = found
                    else:
                        c, m = table.sum(found.terms, value)
                        term = found.sign * c, m
                        if found.fewer and table.is_sum(m):
                            table.nodes[m[0]].changed = True
                elif operation in ("mul", "div"):
                    term = multiplied(table, value, uses)
                elif operation == "neg":
                    c, m = table.terms[operands[0]]
                    term = (-c, m) if c else None  # not -0.0
        if term is None:
            arguments = tuple([table.terms[v] for v in operands])
            key = value if operation in ("add", "sub", "neg") else (operation, arguments)  # its parts have no terms
            term = 1, (table.node(key, {}, value),)
        table.terms.append(term)
    return table


def parts_of_sums(program: Program, uses: Sequence[int], kept: bytes | bytearray) -> bytearray:
    """Mark the sums, and negations of sums, whose only use is in another sum, all of them to be taken apart."""
    assignments = program.assignments
    marked = bytearray(len(assignments))
    for value in range(len(assignments) - 1, -1, -1):
        operation, operands = assignments[value]
        if not kept[value] and (operation in ("add", "sub") or operation == "neg" and marked[value]):
            for v in operands:
                inner, inside = assignments[v]
                negated = inner == "neg" and uses[inside[0]] == 1 and assignments[inside[0]][0] in ("add", "sub")
                marked[v] = uses[v] == 1 and (inner in ("add", "sub") or negated)
    return marked


class Open(NamedTuple):
    """Hold a sum that is part of another one: a sign, terms to be multiplied with it, whether like terms were added."""

    sign: int
    terms: Sum
    fewer: bool


def added(table: Table, value: int, open_sums: dict[int, Open]) -> Open:
    """Read a sum, difference or negation of a part.

    The smaller part goes into the larger one, which is used up. Raises OverflowError where a number has no place.
    """
    operation, operands = table.program.assignments[value]
    parts = []
    for v, own in zip(operands, (-1 if operation == "neg" else 1, -1 if operation == "sub" else 1), strict=False):
        c, m = table.terms[v]
        part = open_sums.pop(v, Open(1, {m: c} if c else {}, False))
        parts.append(part._replace(sign=own * part.sign))
    first, *others = sorted(parts, key=lambda part: -len(part.terms))
    count = sum(len(part.terms) for part in parts)
    for part in others:
        for m, c in part.terms.items():
            if m in first.terms and not 1 / ALIKE <= magnitude(c) / magnitude(first.terms[m]) <= ALIKE:
                raise OverflowError  # a + (b - a*1e-20) is not (1 - 1e-20)*a + b where b is near -a
            gather(first.terms, m, first.sign * part.sign * c)
    fewer = len(first.terms) < count or any(part.fewer for part in parts)
    return Open(first.sign, first.terms, fewer)


def gather(terms: Sum, monomial: Monomial, c: Number) -> None:
    """Add a term to a sum, in place; raise OverflowError where its number has no place."""
    total = combine("add", terms[monomial], c) if monomial in terms else c
    if total is None:
        raise OverflowError
    if total == 0:
        terms.pop(monomial, None)
    else:
        terms[monomial] = total


def multiplied(table: Table, value: int, uses: Sequence[int]) -> Term:
    """Read a product or quotient; raise OverflowError where its number has no place."""
    operation, (x, y) = table.program.assignments[value]
    (c, m), (d, n) = factor(table, x, uses), factor(table, y, uses)
    if operation == "div" and isinstance(d, float) and magnitude(d) != 1:
        d, n = 1, (wrapped(table, y),)
    number = combine(operation, c, d)
    if not number:
        raise OverflowError
    return number, product(m, n if operation == "mul" else inverse(n))


def factor(table: Table, value: int, uses: Sequence[int]) -> Term:
    """Give a value as a factor: one that is used several times is a node, whatever it is made of."""
    c, m = table.terms[value]
    alone = magnitude(c) == 1 and len(m) == 1 and m[0] >= 0
    if m == ONE or alone or uses[value] == 1 and len(m) <= LONGEST:
        return c, m
    return (1 if c > 0 else -1), (wrapped(table, value),)


def wrapped(table: Table, value: int) -> int:
    """Make a node of a value's term, without its sign."""
    c, m = table.terms[value]
    return table.node(("product", magnitude(c), m), {m: magnitude(c)}, value)


def inverse(m: Monomial) -> Monomial:
    """Give one over a product."""
    return tuple([~f for f in reversed(m)])


def product(m: Monomial, n: Monomial) -> Monomial:
    """Multiply two products; a factor and the same divisor cancel."""
    if not m or not n:
        return m or n
    factors = sorted([*m, *n])
    for f in m:
        if ~f in n and f in factors and ~f in factors:
            factors.remove(f)
            factors.remove(~f)
    return tuple(factors)


def over(m: Monomial, f: int) -> Monomial:
    """Take one factor out of a product."""
    k = m.index(f)
    return m[:k] + m[k + 1 :]


def node_of(f: int) -> int:
    """Give the node that a factor or divisor is."""
    return f if f >= 0 else ~f


def magnitude(c: Number) -> Number:
    """Give a number without its sign."""
    return c if c >= 0 else -c


def contents(table: Table, node: int) -> Iterable[Term]:
    """Give the terms that a node is made of: of a sum or product its own, of a function its arguments."""
    found = table.nodes[node]
    if found.terms:
        return [(c, m) for m, c in found.terms.items()]
    return [table.terms[v] for v in table.program.operands(found.value)]


def live(table: Table) -> list[int]:
    """List the nodes that the results need, ascending."""
    stack = [node_of(f) for v in table.program.results for f in table.terms[v][1]]
    seen = set(stack)
    while stack:
        for _, m in contents(table, stack.pop()):
            for f in m:
                node = node_of(f)
                if node not in seen:
                    seen.add(node)
                    stack.append(node)
    return sorted(seen)


@dataclass(slots=True)
class Usage:
    """Count in how many places each product stands, with its number (the sign apart) and without, and each node."""

    numbered: dict[Term, int] = field(default_factory=dict)
    plain: dict[Monomial, int] = field(default_factory=dict)
    nodes: dict[int, int] = field(default_factory=dict)

    def place(self, terms: Sum, count: int) -> None:
        """Count the terms of a sum or product, or take them back."""
        for m, c in terms.items():
            self.numbered[magnitude(c), m] = self.numbered.get((magnitude(c), m), 0) + count
            self.plain[m] = self.plain.get(m, 0) + count
            for f in m:
                node = node_of(f)
                self.nodes[node] = self.nodes.get(node, 0) + count

    def elsewhere(self, c: Number, m: Monomial, own: Sum) -> bool:
        """Tell whether a product with its number stands in another place than the sum of these terms."""
        here = m in own and magnitude(own[m]) == magnitude(c)
        return self.numbered.get((magnitude(c), m), 0) > here

    def alone(self, c: Number, m: Monomial, own: Sum) -> bool:
        """Tell whether no other place than the sum of these terms needs what a term computes."""
        return not self.elsewhere(c, m, own) and (self.plain.get(m, 0) <= (m in own) or multiplications(m) == 0)

    def cost(self, c: Number, m: Monomial, own: Sum) -> int:
        """Count the operations of a term, without what another place than the sum of these terms computes."""
        if self.elsewhere(c, m, own):
            return 0
        return scaled(c, m) + (0 if self.plain.get(m, 0) > (m in own) else multiplications(m))


def multiplications(m: Monomial) -> int:
    """Count the multiplications and divisions of a product: all divisors are multiplied first."""
    above = sum(f >= 0 for f in m)
    return len(m) - (above > 0)


def scaled(c: Number, m: Monomial) -> bool:
    """Tell whether a number is multiplied with a product; one over divisors alone takes the place of the 1."""
    return magnitude(c) != 1 and any(f >= 0 for f in m)


def operations(c: Number, m: Monomial) -> int:
    """Count the operations of a term."""
    return multiplications(m) + scaled(c, m)


def usage(table: Table) -> Usage:
    """Count in how many places each product stands: terms of a sum, arguments of a function, results."""
    used = Usage()
    for v in dict.fromkeys(table.program.results):
        c, m = table.terms[v]
        used.place({m: c}, 1)
    for node in live(table):
        for c, m in contents(table, node):
            used.place({m: c}, 1)
    return used
