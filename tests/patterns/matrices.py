"""Patterns to try things with: random ones, and those whose colours are known."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable

from symad.patterns.pattern import Pattern


def labelled(letter: str, count: int) -> tuple[str, ...]:
    return tuple(f"{letter}{k}" for k in range(1, count + 1))


def general(width: int, rows: Iterable[Iterable[int]]) -> Pattern:
    """Make a pattern of so many columns."""
    entries = tuple(tuple(sorted(row)) for row in rows)
    return Pattern(labelled("r", len(entries)), labelled("x", width), entries)


def symmetric(size: int, pairs: Iterable[tuple[int, int]], diagonal: bool = True) -> Pattern:
    """Make a symmetric pattern with these pairs of rows and columns, and the diagonal."""
    rows: list[set[int]] = [{k} if diagonal else set() for k in range(size)]
    for a, b in pairs:
        rows[a].add(b)
        rows[b].add(a)
    labels = labelled("x", size)
    return Pattern(labels, labels, tuple(tuple(sorted(row)) for row in rows), symmetric=True)


def random_general(seed: int) -> Pattern:
    draw = random.Random(seed)
    height, width = draw.randint(1, 25), draw.randint(1, 25)
    most = draw.randint(1, width)
    return general(width, [draw.sample(range(width), draw.randint(0, most)) for _ in range(height)])


def random_symmetric(seed: int, most: int = 20) -> Pattern:
    draw = random.Random(seed)
    size, share = draw.randint(1, most), draw.random() ** 2
    pairs = [(a, b) for a in range(size) for b in range(a) if draw.random() < share]
    pairs += [(k, k) for k in range(size) if draw.random() < 0.8]
    return symmetric(size, pairs, diagonal=False)


def banded(size: int, width: int) -> Pattern:
    return symmetric(size, [(k, k - d) for k in range(size) for d in range(1, min(width, k) + 1)])


def arrow(size: int, tip: int = 0) -> Pattern:
    return symmetric(size, [(tip, k) for k in range(size)])


def grid(side: int) -> Pattern:
    """Give the pattern of a five-point difference on a square."""
    across = [(k, k + 1) for k in range(side * side) if (k + 1) % side]
    return symmetric(side * side, across + [(k, k + side) for k in range(side * (side - 1))])


# fmt: off
KNOWN: dict[str, tuple[Callable[[], Pattern], int]] = {  # patterns and the fewest colours of a star colouring
    "diagonal":      (lambda: banded(9, 0),                                                        1),
    "arrow":         (lambda: arrow(50),                                                           2),
    "arrow upwards": (lambda: arrow(50, tip=49),                                                   2),
    "tridiagonal":   (lambda: banded(50, 1),                                                       3),
    "pentadiagonal": (lambda: banded(50, 2),                                                       5),
    "heptadiagonal": (lambda: banded(50, 3),                                                       7),
    "dense":         (lambda: banded(12, 11),                                                      12),
    "pentagon":      (lambda: symmetric(5, [(k, (k + 1) % 5) for k in range(5)]),                  4),
    "bipartite":     (lambda: symmetric(14, [(a, b) for a in range(7) for b in range(7, 14)]),     8),
    "binary tree":   (lambda: symmetric(127, [(k, (k - 1) // 2) for k in range(1, 127)]),          3),
    "two blocks":    (lambda: symmetric(8, [(a, b) for a in range(8) for b in range(a) if a // 4 == b // 4]), 4),
}
# fmt: on
