"""The pattern of a matrix: in come labels and the places of the entries that are not zero; out come the usual forms.

A pattern holds no values. Those that belong to it stand in its order: row by row, the columns of each row ascending.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from typing import TypeVar

from symad.errors import SymadError

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Pattern:
    """Hold the labels of rows and columns, and for each row the columns of its entries, counted from 0, ascending.

    A symmetric pattern is of a matrix that is its own transpose, as a Hessian is. Raises SymadError for places that are
    no pattern. `str` draws it.

    >>> pattern = Pattern(("p", "q"), ("x", "y", "z"), ((0, 1), (1, 2)))
    >>> pattern.shape, pattern.nonzeros, pattern.coo(), pattern.csr()
    ((2, 3), 4, ([0, 0, 1, 1], [0, 1, 1, 2]), ([0, 2, 4], [0, 1, 1, 2]))
    >>> print(pattern)
      x y z
    p ■ ■ ·
    q · ■ ■
    2 × 3, 4 non-zeros, 66.7 %
    """

    rows: tuple[str, ...]
    columns: tuple[str, ...]
    entries: tuple[tuple[int, ...], ...]
    symmetric: bool = False

    def __post_init__(self) -> None:
        width = len(self.columns)
        if len(self.entries) != len(self.rows):
            raise SymadError(f"a pattern of {len(self.rows)} rows has entries for {len(self.entries)}")
        for label, places in zip(self.rows, self.entries, strict=True):
            if any(a >= b for a, b in pairwise((-1, *places, width))):
                raise SymadError(f"the columns of row {label} do not ascend from 0 to at most {width - 1}")
        if self.symmetric and (len(self.rows) != width or self.transposed().entries != self.entries):
            raise SymadError("a symmetric pattern is the same on both sides of its diagonal")

    @property
    def shape(self) -> tuple[int, int]:
        """Give the numbers of rows and columns."""
        return len(self.rows), len(self.columns)

    @property
    def nonzeros(self) -> int:
        """Count the entries."""
        return sum(map(len, self.entries))

    @property
    def density(self) -> float:
        """Give the share of the matrix that is not zero; 0 for a matrix without entries at all."""
        height, width = self.shape
        return self.nonzeros / (height * width) if height and width else 0.0

    def coo(self) -> tuple[list[int], list[int]]:
        """Give the row and the column of each entry."""
        rows = [row for row, places in enumerate(self.entries) for _ in places]
        return rows, [column for places in self.entries for column in places]

    def csr(self) -> tuple[list[int], list[int]]:
        """Give where each row begins among the entries, and the last one ends; and the column of each entry."""
        return [0, *accumulate(map(len, self.entries))], [column for places in self.entries for column in places]

    def upper(self) -> Pattern:
        """Give the upper triangle: what `hessian` computes of a symmetric matrix, in the order of its outputs."""
        kept = (tuple([c for c in places if c >= row]) for row, places in enumerate(self.entries))
        return Pattern(self.rows, self.columns, tuple(kept))

    def transposed(self) -> Pattern:
        """Give the pattern with rows and columns exchanged."""
        found: list[list[int]] = [[] for _ in self.columns]
        for row, places in enumerate(self.entries):
            for column in places:
                found[column].append(row)
        return Pattern(self.columns, self.rows, tuple(map(tuple, found)))

    def dense(self, values: Sequence[T]) -> list[list[T | float]]:
        """Write values in the pattern's order as a list of rows, with zeros between them.

        Of a symmetric pattern the values may also be those of the upper triangle alone, as `hessian` gives them.

        >>> Pattern(("x", "y"), ("x", "y"), ((0, 1), (0,)), symmetric=True).dense([7.0, 8.0])
        [[7.0, 8.0], [8.0, 0.0]]
        """
        half = self.upper() if self.symmetric else self
        places = half if len(values) == half.nonzeros else self
        if len(values) != places.nonzeros:
            raise SymadError(f"a pattern of {self.nonzeros} entries got {len(values)} values")
        found: list[list[T | float]] = [[0.0] * len(self.columns) for _ in self.rows]
        for row, column, value in zip(*places.coo(), values, strict=True):
            found[row][column] = value
            if places is not self:
                found[column][row] = value
        return found

    def __str__(self) -> str:
        from symad.patterns.text import text

        return text(self)

    def svg(self) -> str:
        """Draw the pattern as one SVG that needs nothing else; a large one as the density of blocks."""
        from symad.patterns.svg import svg

        return svg(self)

    def _repr_svg_(self) -> str:
        return self.svg()
