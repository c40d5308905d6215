"""Terms, each with the condition under which it counts, in; their sum as one value out, by cases.

    y under p,  z under not p and q      if p then y else if q then z else 0

Conditions are those of needs.py: alternatives that exclude each other, each a conjunction in the order of evaluation.
So they are paths of one tree, which is walked from its leaves: where both outcomes of a condition count, one select
chooses, and what no term needs is not asked. Linear in the length of the paths.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from symad.builder import Builder
from symad.needs import ALWAYS, alternatives, narrower, parts


class Node(NamedTuple):
    """Hold what counts under a conjunction: its terms, and the conjunctions that go on, by condition and outcome."""

    terms: list[int]
    branches: dict[int, dict[bool, int]]


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


def paths(b: Builder, condition: int) -> list[int]:
    """List the alternatives of a condition if they exclude each other, else the condition alone."""
    found = alternatives(b, condition) if condition >= 0 else [condition]
    if len(found) > 1:
        nodes = {ALWAYS: Node([], {})}
        for path in found:
            insert(b, nodes, path, ALWAYS).terms.append(path)
        if any(len(node.terms) + len(node.branches) != 1 for node in nodes.values()):
            return [condition]
    return found


def insert(b: Builder, nodes: dict[int, Node], path: int, root: int) -> Node:
    """Give the node of a conjunction, made if it is new, and those that it begins with."""
    new = []
    node = path
    while node not in nodes:
        new.append(node)
        node = parts(b, node)[0]
        node = root if node == ALWAYS else node
    for conjunction in reversed(new):
        operation, operands = b.assignments[conjunction]
        last = operands[1] if operation == "and" else conjunction
        denied = b.assignments[last][0] == "not"
        condition = b.assignments[last][1][0] if denied else last
        nodes[node].branches.setdefault(condition, {})[not denied] = conjunction
        nodes[conjunction] = Node([], {})
        node = conjunction
    return nodes[path]


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
