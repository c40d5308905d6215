"""Terms, each with the condition under which it counts, in; their sum as one value out, by cases.

    y under p,  z under not p and q      if p then y else if q then z else 0

Conditions are those of needs.py: alternatives that exclude each other, each a conjunction in the order of evaluation.
So they are paths of one tree, which is walked from its leaves: where both outcomes of a condition count, one select
chooses, and what no term needs is not asked. Linear in the length of the paths.
"""

from __future__ import annotations

from collections.abc import Sequence

from symad.builder import Builder
from symad.decisions import Node, insert, paths
from symad.needs import ALWAYS, narrower


def total(b: Builder, contributions: list[int] | int) -> int:
    """Add the contributions of a value, in the order of its uses: the sweep has met the last use first."""
    if isinstance(contributions, int):
        return contributions
    value = contributions[-1]
    for contribution in contributions[-2::-1]:
        value = b.make("add", value, contribution)
    return value


def by_cases(b: Builder, terms: Sequence[tuple[int, int]], need: int) -> int:
    """Add terms that are zero where their conditions do not hold, for use where `need` holds; the last one first."""
    if all(condition in (need, ALWAYS) for _, condition in terms):
        return total(b, [term for term, _ in terms])
    listed = [(term, paths(b, condition)) for term, condition in terms]
    root = need if all(narrower(b, path, need) for _, found in listed for path in found) else ALWAYS
    nodes = {root: Node([], {})}
    zero = b.constant(0)
    if root != need:
        listed += [(zero, paths(b, need))]  # what is zero there is zero, and does not go unmentioned
    for term, found in listed:
        for path in found:
            insert(b, nodes, path, root).terms.append(term)
    return summed_up(b, nodes, root, need in (root, ALWAYS))


def summed_up(b: Builder, nodes: dict[int, Node], root: int, whole: bool) -> int:
    """Give the value of a tree; `whole` tells whether it counts everywhere, not only where a term stands."""
    zero = b.constant(0)
    covered = {root: whole}
    for conjunction, node in nodes.items():  # an outer one comes before those that begin with it
        covers = covered[conjunction] or bool(node.terms) or len(node.branches) > 1
        covered[conjunction] = covers
        for outcomes in node.branches.values():
            for inner in outcomes.values():
                covered[inner] = covers
    values: dict[int, int] = {}
    for conjunction, node in reversed(nodes.items()):
        made = []
        for condition, outcomes in node.branches.items():
            branches = [values[outcomes[holds]] for holds in (True, False) if holds in outcomes]
            if len(branches) == 1 and covered[conjunction]:
                branches.insert(1 if True in outcomes else 0, zero)
            made.append(branches[0] if len(branches) == 1 else b.make("select", condition, *branches))
        values[conjunction] = total(b, made + node.terms) if made or node.terms else zero
    return values[root]
