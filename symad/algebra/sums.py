"""Sums, with fewer operations: what several sums share is added once, common factors are taken out.

In comes a table of nodes, out goes the same table: the terms of its sums are others, and there are new sums among them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from symad.algebra.pairs import Pair, Row, share
from symad.algebra.terms import (
    ALIKE,
    ONE,
    Monomial,
    Sum,
    Table,
    Usage,
    gather,
    live,
    magnitude,
    operations,
    over,
    product,
    scaled,
    usage,
)
from symad.identities.constants import combine
from symad.numbers import Number

FEW = 4  # inner sums that are multiplied out one by one too, and numbers of a sum of which multiples are looked for
LONGEST = 500  # terms of a sum in which common factors are looked for: the search is quadratic


def share_sums(table: Table) -> None:
    """Add once what stands in several sums, up to a sign."""
    sums = [node for node in live(table) if len(table.nodes[node].terms) > 1]
    items: dict[tuple[Monomial, Number], int] = {}
    rows: list[Row] = []
    for node in sums:
        row: Row = {}
        for m, c in table.nodes[node].terms.items():
            row[items.setdefault((m, magnitude(c)), len(items))] = 1 if c > 0 else -1
        rows.append(row)
    terms = list(items)

    def make(pair: Pair) -> int:
        x, y, relative = pair
        (m, c), (n, d) = terms[x], terms[y]
        made = {m: c, n: relative * d}
        node = table.node(("plus", *pair), made, -1)
        table.index[frozenset(made.items())] = node  # a sum that is just this pair is this node from now on
        terms.append(((node,), 1))
        return len(terms) - 1

    for number in share(rows, make):
        shared = table.nodes[sums[number]]
        changed: Sum = {}
        for item, sign in rows[number].items():
            m, c = terms[item]
            gather(changed, m, sign * c)
        shared.terms, shared.changed = changed, True


class Form(NamedTuple):
    """Hold terms that a sum can be made of, how many operations that saves, and which sums appear or disappear."""

    terms: Sum
    saved: int
    new: Sequence[int]
    gone: Sequence[int] = ()


def factor_sums(table: Table) -> None:
    """Take common factors out of sums; multiply numbers into inner sums first where that saves operations."""
    used = usage(table)
    waiting = [node for node in live(table) if 1 < len(table.nodes[node].terms) <= LONGEST]
    while waiting:
        node = table.nodes[waiting.pop()]
        best = Form(node.terms, 0, ())
        try:
            for form in forms(table, node.terms, used):
                if form.saved > best.saved:
                    best = form
        except OverflowError:  # a number has no place in a double: the sum stays
            continue
        if best.saved > 0:
            used.place(node.terms, -1)
            for inner in best.gone:
                used.place(table.nodes[inner].terms, -1)
            used.place(best.terms, 1)
            for inner in reversed(best.new):  # later ones may hold earlier ones
                if used.nodes.get(inner, 0) == 1:
                    used.place(table.nodes[inner].terms, 1)
            node.terms, node.changed = best.terms or {ONE: 0}, True  # all of it can cancel
            waiting += best.new


def forms(table: Table, own: Sum, used: Usage) -> Iterator[Form]:
    """Give forms of a sum: with common factors taken out, as it stands and with numbers multiplied into inner sums."""
    yield factored(table, own, own, used)
    inner = [m for m in own if table.is_sum(m) and used.nodes[m[0]] == 1 and bounded(table, own, m)]
    choices = [inner] if inner else []
    if 1 < len(inner) <= FEW:
        choices += [[m] for m in inner]
    for chosen in choices:
        made = multiplied_out(table, own, chosen)
        before = cost(own, own, used)
        for m in chosen:
            terms = table.nodes[m[0]].terms
            before += cost(terms, terms, used)
        form = factored(table, made, own, used)
        saved = form.saved + before - cost(made, own, used)
        yield form._replace(saved=saved, gone=[m[0] for m in chosen])


def bounded(table: Table, own: Sum, m: Monomial) -> bool:
    """Tell whether multiplying out an inner sum makes no term that is far larger than those that are there.

    All its terms but one have to be there, with numbers of about the same size: 0.3*(300 - T) is exact where T is near
    300, 90 - 0.3*T is not.
    """
    alone = 0
    for n, d in table.nodes[m[0]].terms.items():
        alone += n not in own or magnitude(own[m] * d) > ALIKE * magnitude(own[n])
    return alone <= 1


def cost(terms: Sum, own: Sum, used: Usage) -> int:
    """Count the operations of a sum that stands as `own`, without those of the nodes that it is made of."""
    return len(terms) - 1 + sum(used.cost(c, m, own) for m, c in terms.items())


def multiplied_out(table: Table, own: Sum, chosen: Sequence[Monomial]) -> Sum:
    """Multiply the numbers of some inner sums into these; raise OverflowError where one has no place."""
    made: Sum = {}
    for m, c in own.items():
        if m not in chosen:
            gather(made, m, c)
            continue
        for n, d in table.nodes[m[0]].terms.items():
            number = combine("mul", c, d)
            if not number:
                raise OverflowError
            gather(made, n, number)
    return made


def factored(table: Table, terms: Sum, own: Sum, used: Usage) -> Form:
    """Take out common factors, one after the other, the one that saves most first."""
    terms, saved, inner = dict(terms), 0, []
    while len(terms) > 1:
        gain, factor, number = most_common(terms, own, used)
        if gain < 1:
            break
        quotients: Sum = {}
        for m, c in list(terms.items()):
            if number is not None and not used.elsewhere(c, m, own):
                repeat = repeated(c, m, number, used)
                if magnitude(c) == number:
                    gather(quotients, m, 1 if c > 0 else -1)
                    del terms[m]
                elif repeat is not None:
                    again = table.multiple(*repeat)
                    gather(quotients, product(over(m, repeat[0]), (again,)), 1 if c > 0 else -1)
                    del terms[m]
            elif number is None and factor in m and used.alone(c, m, own):
                gather(quotients, over(m, factor), c)
                del terms[m]
        c, m = table.sum(quotients)
        inner += [f for f in m if f >= 0 and len(table.nodes[f].terms) > 1]
        gather(terms, m if number is not None else product(m, (factor,)), c * (number or 1))
        saved += gain
    return Form(terms, saved, inner)


def most_common(terms: Sum, own: Sum, used: Usage) -> tuple[int, int, Number | None]:
    """Find the factor, or the number, that saves most operations when it is taken out, and how many."""
    factors: dict[int, int] = {}
    numbers: dict[Number, int] = {}
    for m, c in terms.items():
        if magnitude(c) != 1 and not used.elsewhere(c, m, own):
            numbers[magnitude(c)] = numbers.get(magnitude(c), -1) + scaled(c, m)
        if m and used.alone(c, m, own):
            for f in dict.fromkeys(m):
                factors[f] = factors.get(f, -1) + operations(c, m) - operations(c, over(m, f))
    for m, c in terms.items() if len(numbers) <= FEW else ():
        for number in numbers:
            if not used.elsewhere(c, m, own) and repeated(c, m, number, used) is not None:
                numbers[number] += 1
    gain, factor = max(((gain, -f) for f, gain in factors.items()), default=(0, 0))
    most, number = max(((gain, -n) for n, gain in numbers.items()), default=(0, 0))
    return (most, 0, -number) if most > gain else (gain, -factor, None)


def repeated(c: Number, m: Monomial, number: Number, used: Usage) -> tuple[int, Number] | None:
    """Find in a term that is a multiple of a number a factor whose multiple is there anyway: 400*x*d is 2*(200*d)*x."""
    if isinstance(c, float) or isinstance(number, float) or len(m) < 2 or c % number:
        return None
    multiple = magnitude(c) // number
    if multiple == 1:
        return None
    return next(((f, multiple) for f in m if f >= 0 and used.numbered.get((multiple, (f,)), 0) > 0), None)
