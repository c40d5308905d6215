"""What occurs together in several rows is made once: the greedy search for common pairs.

In come rows, each a collection of items with a sign; two items that stand together in several rows, with the same
relative sign, become one new item, the most frequent pair first, until no pair stands in two rows.
Source: Paar, "Optimized arithmetic for Reed-Solomon encoders", 1997, on sums; here for products too.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from heapq import heapify, heappop, heappush
from itertools import combinations, islice

Row = dict[int, int]  # items, and the sign of each, 1 or -1
Pair = tuple[int, int, int]  # two items, ascending, and their relative sign

EFFORT = 400_000  # pairs that are looked at; of longer rows only the first items are


def share(rows: Sequence[Row], make: Callable[[Pair], int]) -> set[int]:
    """Replace pairs by what `make` makes of them, in place; give the numbers of the rows that changed."""
    occurrences = Counter(item for row in rows for item in row)
    common = {item for item, count in occurrences.items() if count > 1}
    kept = [[item for item in row if item in common] for row in rows]
    most = longest(kept)
    found: dict[Pair, set[int]] = {}
    for number, items in enumerate(kept):
        for x, y in combinations(sorted(items[:most]), 2):
            found.setdefault((x, y, rows[number][x] * rows[number][y]), set()).add(number)
    heap = [(-len(where), pair) for pair, where in found.items() if len(where) > 1]
    heapify(heap)
    changed: set[int] = set()
    while heap:
        count, pair = heappop(heap)
        x, y, _ = pair
        where = {number for number in found[pair] if x in rows[number] and y in rows[number]}
        if len(where) != -count:  # some rows have lost an item since
            if len(where) > 1:
                heappush(heap, (-len(where), pair))
            found[pair] = where
            continue
        new = make(pair)
        changed |= where
        again: dict[Pair, set[int]] = {}
        for number in sorted(where):
            row = rows[number]
            sign = row.pop(x)
            del row[y]
            for item in islice(row, most):
                if item in common:
                    again.setdefault((item, new, row[item] * sign), set()).add(number)
            row[new] = sign
        common.add(new)
        for other, numbers in again.items():
            found[other] = numbers
            if len(numbers) > 1:
                heappush(heap, (-len(numbers), other))
    return changed


def longest(rows: Sequence[Sequence[int]]) -> int:
    """Give the number of items of a row that are looked at, so that all pairs together are not too many."""
    most = max(map(len, rows), default=0)
    while most > 4 and sum(min(len(row), most) ** 2 for row in rows) > 2 * EFFORT:
        most = most * 3 // 4
    return most
