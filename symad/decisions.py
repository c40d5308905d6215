"""Conditions in, the tree of the decisions that they are paths of out.

The alternatives of a condition exclude each other, and each is a conjunction in the order of evaluation (needs.py): so
each is a path from the root of a tree, at whose nodes one condition holds or does not.

    p or not p and q        p ── holds
                            └─── not ── q ── holds
"""

from __future__ import annotations

from typing import NamedTuple

from symad.builder import Builder
from symad.needs import ALWAYS, alternatives, conditions, parts


class Node(NamedTuple):
    """Hold what counts under a conjunction: its terms, and the conjunctions that go on, by condition and outcome."""

    terms: list[int]
    branches: dict[int, dict[bool, int]]


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


def compact(b: Builder, condition: int) -> int:
    """Write a condition with each of its decisions once: `p or q` for `p or not p and q`."""
    listed: dict[frozenset[int], int] = {}
    for path in alternatives(b, condition):
        listed.setdefault(
            frozenset(conditions(b, path)), path
        )  # of those that ask the same in another order, the first
    wide = [path for asked, path in listed.items() if not any(other < asked for other in listed)]
    for k, path in enumerate(wide):
        condition = b.make("or", condition, path) if k else path
    found = paths(b, condition)
    if len(found) == 1:
        return condition
    nodes = {ALWAYS: Node([], {})}
    for path in found:
        insert(b, nodes, path, ALWAYS).terms.append(path)
    made: dict[int, int] = {}
    for conjunction, node in reversed(nodes.items()):
        if node.terms:
            made[conjunction] = ALWAYS
            continue
        ((decision, outcomes),) = node.branches.items()
        yes, no = (made[outcomes[holds]] if holds in outcomes else None for holds in (True, False))
        denied = b.make("not", decision) if no is not None else decision
        if ALWAYS in (yes, no):  # the other one is asked only where this outcome does not hold
            first, rest = (decision, no) if yes == ALWAYS else (denied, yes)
            made[conjunction] = first if rest is None else ALWAYS if rest == ALWAYS else b.make("or", first, rest)
        else:
            ways = [joined(b, first, rest) for first, rest in ((decision, yes), (denied, no)) if rest is not None]
            made[conjunction] = ways[0] if len(ways) == 1 else b.make("or", *ways)
    return made[ALWAYS]


def joined(b: Builder, first: int, rest: int) -> int:
    """Join a condition and a conjunction, nested from the left."""
    last = []
    while b.assignments[rest][0] == "and":
        rest, condition = b.assignments[rest][1]
        last.append(condition)
    for condition in (rest, *reversed(last)):
        first = b.make("and", first, condition)
    return first
