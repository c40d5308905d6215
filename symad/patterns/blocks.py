"""A pattern at the size of a picture: in comes a pattern of any size, out come rows of few levels."""

from __future__ import annotations

from itertools import pairwise

from symad.patterns.pattern import Pattern
from symad.program import counted

FULL = 4  # the level of a block without zeros


def levels(pattern: Pattern, most_rows: int, most_columns: int) -> list[list[int]]:
    """Divide a pattern into blocks of nearly equal size, an entry each where there is room; give how full they are.

    The level of a block is its share of non-zeros in quarters, rounded up: 0 is for no entry, 4 for all.

    >>> levels(Pattern(("p",), tuple("stuvwxyz"), ((0, 1, 2, 3, 4),)), 9, 4)
    [[4, 4, 2, 0]]
    """
    rows, columns = pattern.shape
    height, width = min(rows, most_rows), min(columns, most_columns)
    counts = [[0] * width for _ in range(height)]
    for row, places in enumerate(pattern.entries):
        block = counts[row * height // rows]
        for column in places:
            block[column * width // columns] += 1
    tall, wide = sizes(rows, height), sizes(columns, width)
    return [
        [-(-FULL * count // (h * w)) for count, w in zip(block, wide, strict=True)]
        for block, h in zip(counts, tall, strict=True)
    ]


def sizes(length: int, parts: int) -> list[int]:
    """Give how many of a length fall into each of some parts: of k those with k*parts // length equal.

    >>> sizes(10, 4)
    [3, 2, 3, 2]
    """
    starts = [-(-k * length // max(parts, 1)) for k in range(parts + 1)]
    return [end - start for start, end in pairwise(starts)]


def counts(pattern: Pattern) -> str:
    """Say in words how large a pattern is and how full.

    >>> counts(Pattern(("f",), ("x", "y"), ((1,),)))
    '1 × 2, 1 non-zero, 50 %'
    """
    rows, columns = pattern.shape
    share = f", {100 * pattern.density:.3g} %" if rows and columns else ""
    return f"{rows} × {columns}, {counted(pattern.nonzeros, 'non-zero')}{share}"
