"""Patterns: the usual forms agree with one another, and what is no pattern is refused."""

from __future__ import annotations

import re

import pytest
from scipy.sparse import csr_array

from symad.errors import SymadError
from symad.patterns.pattern import Pattern
from tests.patterns.matrices import banded, general, random_general, random_symmetric


@pytest.mark.parametrize("seed", range(20))
def test_forms_are_those_of_scipy(seed: int) -> None:
    pattern = random_general(seed) if seed % 2 else random_symmetric(seed)
    values = list(range(1, pattern.nonzeros + 1))
    starts, places = pattern.csr()
    matrix = csr_array((values, places, starts), shape=pattern.shape)
    assert matrix.nnz == pattern.nonzeros
    assert matrix.has_canonical_format
    rows, columns = pattern.coo()
    assert [list(found) for found in matrix.tocoo().coords] == [rows, columns]
    assert pattern.dense(values) == matrix.toarray().tolist()
    flipped = csr_array((values, places, starts), shape=pattern.shape).T.tocsr()
    assert pattern.transposed().csr() == (list(flipped.indptr), list(flipped.indices))
    assert pattern.density == pytest.approx(matrix.nnz / (matrix.shape[0] * matrix.shape[1]), rel=1e-15)


def test_the_upper_triangle_fills_both() -> None:
    pattern = banded(4, 1)
    upper = pattern.upper()
    assert upper.coo() == ([0, 0, 1, 1, 2, 2, 3], [0, 1, 1, 2, 2, 3, 3])
    assert not upper.symmetric
    dense = pattern.dense([1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0])
    assert dense == [[1, 2, 0, 0], [2, 3, 4, 0], [0, 4, 5, 6], [0, 0, 6, 7]]
    assert pattern.dense([dense[a][b] for a, b in zip(*pattern.coo(), strict=True)]) == dense


def test_patterns_are_values() -> None:
    assert banded(5, 1) == banded(5, 1)
    assert hash(banded(5, 1)) == hash(banded(5, 1))
    assert banded(5, 1) != banded(5, 2)


@pytest.mark.parametrize(
    ("rows", "columns", "entries", "symmetric", "reason"),
    [
        (("p",), ("x",), ((0,), (0,)), False, "a pattern of 1 rows has entries for 2"),
        (("p", "q"), ("x", "y"), ((0,), (1, 0)), False, "the columns of row q do not ascend from 0 to at most 1"),
        (("p",), ("x", "y"), ((0, 0),), False, "the columns of row p do not ascend"),
        (("p",), ("x", "y"), ((2,),), False, "the columns of row p do not ascend"),
        (("p",), ("x", "y"), ((-1,),), False, "the columns of row p do not ascend"),
        (("x", "y"), ("x", "y"), ((1,), ()), True, "the same on both sides of its diagonal"),
        (("x",), ("x", "y"), ((0,),), True, "the same on both sides of its diagonal"),
    ],
)
def test_what_is_no_pattern_is_refused(
    rows: tuple[str, ...], columns: tuple[str, ...], entries: tuple[tuple[int, ...], ...], symmetric: bool, reason: str
) -> None:
    with pytest.raises(SymadError, match=re.escape(reason)):
        Pattern(rows, columns, entries, symmetric)


def test_values_of_another_number_are_refused() -> None:
    with pytest.raises(SymadError, match="a pattern of 10 entries got 8 values"):
        banded(4, 1).dense([1.0] * 8)
    with pytest.raises(SymadError, match="a pattern of 1 entries got 2 values"):
        general(3, [[1]]).dense([1.0, 2.0])
