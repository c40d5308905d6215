"""A table of sums and products written down again as a program.

What was not changed is made as it stood in the program that was read, in the same order, so that its values are the
same to the last bit; what is new is made when it is first needed.
"""

from __future__ import annotations

from collections.abc import Mapping

from symad.algebra.products import Replaced
from symad.algebra.terms import ONE, Monomial, Table, Term, magnitude, node_of
from symad.builder import Builder
from symad.numbers import Number
from symad.operations import LEAVES
from symad.program import Program
from symad.simplify import exact_identities

SHORT_POWER = 8  # exponents up to this one are products where a lower power is there: beyond, rounding errors add up


class Writer:
    """Hold what was made: the value of each node with its sign, of each product, of each value of the program."""

    def __init__(self, table: Table, replaced: Replaced) -> None:
        self.table, self.replaced = table, replaced
        self.builder = Builder(exact_identities)
        self.made: list[int] = []
        self.nodes: dict[int, tuple[int, int]] = {}
        self.products: dict[Term, int] = {}
        assignments = table.program.assignments
        self.exponents = {v: operands[0] for v, (name, operands) in enumerate(assignments) if name == "integer"}
        self.powers = powers(table.program, self.exponents)

    def write(self) -> Program:
        """Write the program."""
        table, b = self.table, self.builder
        program = table.program
        live = program.live()
        for name in program.inputs:
            b.input(name)
        for value, (operation, operands) in enumerate(program.assignments):
            if operation in LEAVES:
                made = operands[0] if operation == "input" else b.leaf(operation, *operands)
                if operation == "input" and live[value]:
                    self.nodes[table.terms[value][1][0]] = made, 1
            elif live[value]:
                made = self.value(value)
            else:
                made = -1
            self.made.append(made)
        return b.finish(zip(program.outputs, [self.made[v] for v in program.results], strict=True))

    def value(self, value: int) -> int:
        """Make a value of the program again: as it stands unless its sum or product is made otherwise."""
        c, m = self.table.terms[value]
        sign = 1 if c > 0 else -1
        alone = m[0] if magnitude(c) == 1 and len(m) == 1 and m[0] >= 0 else None
        if alone is not None and alone in self.nodes:
            made, own = self.nodes[alone]
            return made if own == sign else self.builder.make("neg", made)
        if alone is not None and self.table.nodes[alone].changed:
            return self.term(c, m)
        if m and alone is None:
            known = (magnitude(c), m)
            if known not in self.products and known not in self.replaced:
                made = self.as_it_stands(value)
                self.products[known] = made if sign > 0 else self.builder.make("neg", made)
                return made
            return self.term(c, m)
        made = self.as_it_stands(value)
        if alone is not None:
            self.nodes[alone] = made, sign
        return made

    def as_it_stands(self, value: int) -> int:
        """Make an operation on its operands as they were made."""
        operation, operands = self.table.program.assignments[value]
        if operation == "pow" and operands[1] in self.exponents:
            return self.power(operands[0], self.exponents[operands[1]])
        return self.builder.make(operation, *[self.made[v] for v in operands])

    def power(self, base: int, n: int) -> int:
        """Make a power, of one that is needed anyway where there is one: of half the exponent, or of one less."""
        b, needed = self.builder, self.powers[base]
        if 2 < n <= SHORT_POWER and n % 2 == 0 and n // 2 in needed:
            return b.make("pow", self.power(base, n // 2), b.constant(2))
        if 2 < n <= SHORT_POWER and n - 1 in needed:
            return b.make("mul", self.power(base, n - 1), self.made[base])
        return b.make("pow", self.made[base], b.constant(n))

    def term(self, c: Number, m: Monomial) -> int:
        """Make a number times a product."""
        b, known = self.builder, (magnitude(c), m)
        if m == ONE:
            return b.constant(c)
        made = self.products.get(known)
        if made is None:
            number, factors = self.replaced.get(known, known)
            self.prepare(factors)
            made = self.products[known] = self.multiplied(number, factors)
        return made if c > 0 else b.make("neg", made)

    def prepare(self, factors: Monomial) -> None:
        """Make the nodes of a product, and before them the nodes that they are made of."""
        stack = [*map(node_of, factors)]
        while stack:
            node = stack[-1]
            missing = [n for n in self.inside(node) if n not in self.nodes] if node not in self.nodes else []
            if missing:
                stack += missing
                continue
            stack.pop()
            if node not in self.nodes:
                self.nodes[node] = self.node(node), 1

    def inside(self, node: int) -> list[int]:
        """List the nodes that a sum or product is made of."""
        terms = self.table.nodes[node].terms.items()
        known = [(magnitude(c), m) for m, c in terms]
        if not self.own(node):
            known = [self.replaced.get(term, term) for term in known]
        return [node_of(f) for _, m in known for f in m]

    def own(self, node: int) -> bool:
        """Tell whether a node is a product that stands for itself in others."""
        found = self.table.nodes[node]
        return len(found.terms) == 1 and found.value < 0

    def node(self, node: int) -> int:
        """Make a sum or a product of nodes that are there."""
        terms = self.table.nodes[node].terms
        if self.own(node):
            [(m, c)] = terms.items()
            return self.multiplied(c, m)
        b = self.builder
        ordered = sorted(terms.items(), key=lambda item: item[0] == ONE)  # a number comes last
        first = next((k for k, (_, c) in enumerate(ordered) if c > 0), 0)
        ordered.insert(0, ordered.pop(first))
        negative = ordered[0][1] < 0
        made = -1
        for m, c in ordered:
            if made < 0:
                made = self.term(magnitude(c), m)
            else:
                made = b.make("add" if (c < 0) == negative else "sub", made, self.term(magnitude(c), m))
        return b.make("neg", made) if negative else made

    def multiplied(self, c: Number, m: Monomial) -> int:
        """Multiply factors that are there; the divisors come together."""
        b = self.builder
        above = self.chain([f for f in m if f >= 0])
        below = self.chain([~f for f in m if f < 0])
        if above is None:
            return b.make("div", b.constant(c), below) if below is not None else b.constant(c)
        made = above if below is None else b.make("div", above, below)
        return b.make("mul", b.constant(c), made)

    def chain(self, nodes: list[int]) -> int | None:
        """Multiply some nodes; None if there are none."""
        made = None
        for node in nodes:
            value, sign = self.nodes[node]
            value = value if sign > 0 else self.builder.make("neg", value)
            made = value if made is None else self.builder.make("mul", made, value)
        return made


def powers(program: Program, exponents: Mapping[int, int]) -> dict[int, set[int]]:
    """Find the integer powers of each value that a program needs."""
    found: dict[int, set[int]] = {}
    live = program.live()
    for value, (operation, operands) in enumerate(program.assignments):
        if operation == "pow" and live[value] and operands[1] in exponents:
            found.setdefault(operands[0], set()).add(exponents[operands[1]])
    return found
