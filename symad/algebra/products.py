"""Products, with fewer operations: what several products share is multiplied once."""

from __future__ import annotations

from symad.algebra.pairs import Pair, Row, share
from symad.algebra.terms import Table, Term, operations, scaled, usage
from symad.numbers import Number

Factor = int | tuple[Number]  # of a monomial, or a number
Replaced = dict[Term, Term]  # what a product with a positive number is computed as


def share_products(table: Table) -> Replaced:
    """Multiply once what stands in several products; a number is a factor like others."""
    used = usage(table)
    items: dict[Factor, int] = {}
    rows: list[Row] = []
    terms: list[Term] = []
    for c, m in used.numbered:
        if operations(c, m) < 1 or len(set(m)) < len(m):
            continue
        factors: list[Factor] = [(c,)] if scaled(c, m) else []
        terms.append((c, m))
        rows.append({items.setdefault(f, len(items)): 1 for f in [*factors, *m]})
    factor = list(items)

    def make(pair: Pair) -> int:
        x, y, _ = pair
        made = together(table, factor[x], factor[y])
        factor.append(made)
        return len(factor) - 1

    replaced: Replaced = {}
    for row in share(rows, make):
        factors = [factor[item] for item in rows[row]]
        c, m = terms[row]
        if scaled(c, m):
            c = next((f[0] for f in factors if isinstance(f, tuple)), 1)
        replaced[terms[row]] = c, tuple(sorted(f for f in factors if isinstance(f, int)))
    return replaced


def together(table: Table, x: Factor, y: Factor) -> int:
    """Make a node of two factors; two divisors are one divisor."""
    if isinstance(x, tuple):
        x, y = y, x
    assert isinstance(x, int)  # a product has one number
    if isinstance(y, tuple):
        return table.multiple(x, y[0])
    if x < 0 and y < 0:
        return ~table.node(("times", ~x, ~y), {tuple(sorted((~x, ~y))): 1}, -1)
    return table.node(("times", x, y), {tuple(sorted((x, y))): 1}, -1)
