"""Colourings: few colours, every entry recovered to the last bit; what does not determine every entry is refused."""

from __future__ import annotations

import random
import sys
from collections.abc import Sequence
from itertools import combinations, product

import pytest

from symad.errors import MissingError, SymadError
from symad.patterns import colouring as module
from symad.patterns.colouring import Colouring, colouring
from symad.patterns.pattern import Pattern
from tests.patterns.matrices import KNOWN, banded, general, grid, random_general, random_symmetric, symmetric

FIVE_POINTS = 6  # colours of a five-point difference; CasADi's star colouring has as many


def valued(pattern: Pattern, seed: int = 0) -> list[float]:
    """Make up values, of which no two sums are alike; those of a symmetric pattern are symmetric."""
    draw = random.Random(seed)
    values = {place: draw.gauss(0, 1) for place in zip(*pattern.coo(), strict=True)}
    return [values[min(p, p[::-1]) if pattern.symmetric else p] for p in values]


def multiplied(pattern: Pattern, values: Sequence[float], vector: Sequence[int]) -> list[float]:
    """Multiply a matrix with a vector."""
    found = [0.0] * len(pattern.rows)
    for row, column, value in zip(*pattern.coo(), values, strict=True):
        found[row] += value * vector[column]
    return found


def recovered(found: Colouring, values: Sequence[float]) -> list[float]:
    """Compress a matrix and recover it."""
    return found.recover([multiplied(found.pattern, values, seed) for seed in found.seeds()])


def separates(pattern: Pattern, colours: Sequence[int]) -> bool:
    """Tell by definition whether no two columns of a colour meet in a row."""
    return all(len({colours[c] for c in row}) == len(row) for row in pattern.entries)


def is_star(pattern: Pattern, colours: Sequence[int]) -> bool:
    """Tell by definition whether neighbours differ and every path of four has three colours."""
    near = [[c for c in row if c != r] for r, row in enumerate(pattern.entries)]
    return all(
        colours[b] != colours[c]
        and not any(
            a != c and d not in (a, b) and colours[a] == colours[c] and colours[b] == colours[d]
            for a in near[b]
            for d in near[c]
        )
        for b, row in enumerate(near)
        for c in row
    )


@pytest.mark.parametrize("name", KNOWN)
def test_known_patterns_take_the_fewest_colours(name: str) -> None:
    make, fewest = KNOWN[name]
    found = colouring(make())
    assert found.count == fewest
    assert is_star(found.pattern, found.colours)
    values = valued(found.pattern)
    assert recovered(found, values) == values


def test_a_square_of_differences() -> None:
    assert colouring(grid(20)).count <= FIVE_POINTS


@pytest.mark.parametrize("seed", range(60))
def test_random_patterns_are_recovered_to_the_last_bit(seed: int) -> None:
    for pattern in (random_general(seed), random_symmetric(seed)):
        found = colouring(pattern)
        values = valued(pattern, seed)
        assert recovered(found, values) == values
        assert (is_star if pattern.symmetric else separates)(pattern, found.colours)
        assert len(found.seeds()) == found.count == max(found.colours) + 1
        assert [sum(column) for column in zip(*found.seeds(), strict=True)] == [1] * len(pattern.columns)
        longest = max(map(len, pattern.entries))
        assert found.count <= len(pattern.columns)
        if not pattern.symmetric:
            assert found.count >= longest
        assert found == colouring(pattern)


def test_a_symmetric_matrix_is_recovered_symmetric() -> None:
    """Both entries of a pair are read at one place: rounding in a product does not part them."""
    for seed in range(20):
        pattern = random_symmetric(seed)
        sources = zip(*colouring(pattern).sources, strict=True)
        found = dict(zip(zip(*pattern.coo(), strict=True), sources, strict=True))
        assert all(source == found[place[::-1]] for place, source in found.items())


@pytest.mark.parametrize("seed", range(40))
def test_what_is_refused_is_what_does_not_determine_every_entry(seed: int) -> None:
    """Any colours at all: they are refused exactly where the definition is not met."""
    draw = random.Random(seed)
    loose = random_symmetric(seed, most=7)
    pattern = symmetric(len(loose.rows), [*zip(*loose.coo(), strict=True)])
    for each, meets in ((pattern, is_star), (random_general(seed), separates)):
        for _ in range(50):
            colours = tuple(draw.randrange(draw.randint(1, 7)) for _ in each.columns)
            if meets(each, colours):
                values = valued(each)
                assert recovered(Colouring(each, colours), values) == values
            else:
                with pytest.raises(SymadError, match="alone in no product"):
                    Colouring(each, colours)


@pytest.mark.parametrize("pattern", [banded(7, 1), grid(3), random_symmetric(5, 7)], ids=["band", "grid", "random"])
def test_one_colour_too_few_is_refused(pattern: Pattern) -> None:
    """Two colours of the best colouring are made one, in every way."""
    found = colouring(pattern)
    for kept, gone in combinations(range(found.count), 2):
        merged = tuple(kept if colour == gone else colour for colour in found.colours)
        assert not is_star(pattern, merged)
        with pytest.raises(SymadError):
            Colouring(pattern, merged)


def test_no_two_colours_are_enough_for_a_tridiagonal_matrix() -> None:
    for colours in product(range(2), repeat=5):
        with pytest.raises(SymadError, match=r"the entry in row x\d, column x\d is alone in no product"):
            Colouring(banded(5, 1), colours)


def test_a_star_colouring_that_overlooks_a_path_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    import networkx

    monkeypatch.setattr(module, "stars", networkx.greedy_color)  # neighbours differ, and that is all
    with pytest.raises(SymadError, match="alone in no product"):
        colouring(banded(8, 1))


def test_a_general_matrix_with_a_symmetric_pattern_needs_more() -> None:
    """What is not symmetric cannot be read in its column's row."""
    arrow = KNOWN["arrow"][0]()
    assert colouring(Pattern(arrow.rows, arrow.columns, arrow.entries)).count == len(arrow.columns)


def test_crowded_rows_take_colours_of_their_own(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [range(0, 300, 2), *[(k, k + 1) for k in range(299)]]
    loose = colouring(general(300, rows))
    assert loose.count == 150
    monkeypatch.setattr(module, "ROOM", 1_000)
    tight = colouring(general(300, rows))
    assert separates(tight.pattern, tight.colours)
    assert tight.count == 151
    monkeypatch.setattr(module, "ROOM", 50)
    for seed in range(20):
        pattern = random_symmetric(seed)
        found = colouring(pattern)
        assert is_star(pattern, found.colours)
        values = valued(pattern)
        assert recovered(found, values) == values


def test_a_crowded_matrix_takes_no_more_room_than_there_is() -> None:
    """A row of 3,000 columns has 4.5 million pairs, a dense matrix of that size as many."""
    assert colouring(general(3_000, [range(3_000), (0, 1)])).count == 3_000
    assert module.crowded(symmetric(1_200, combinations(range(1_200), 2)))


def test_a_product_of_one_row_may_be_a_number() -> None:
    found = colouring(general(3, [[0, 2]]))
    assert found.count == 2
    assert found.recover([7.0, 8.0]) == found.recover([[7.0], (8.0,)]) == [7.0, 8.0]


@pytest.mark.parametrize("products", [[], [[1.0, 2.0]], [[1.0], [2.0]], [[1.0, 2.0, 3.0]] * 2, [1.0, 2.0]])
def test_products_of_another_number_are_refused(products: list[list[float]]) -> None:
    found = Colouring(general(3, [[0, 1], [1, 2]]), (0, 1, 0))
    with pytest.raises(SymadError, match="2 products of 2 numbers each are needed"):
        found.recover(products)


@pytest.mark.parametrize("colours", [(0,), (0, 1, 2), (0, -1)])
def test_colours_of_another_number_are_refused(colours: tuple[int, ...]) -> None:
    with pytest.raises(SymadError, match="a colour from 0 for each of 2 columns"):
        Colouring(general(2, [[0, 1]]), colours)


def test_matrices_without_entries() -> None:
    assert colouring(general(0, [[]])).count == 0
    assert colouring(general(0, [[]])).recover([]) == []
    nothing = colouring(general(3, [[], []]))
    assert nothing.recover([[0.0, 0.0]] * nothing.count) == []


def test_networkx_is_asked_for_where_it_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "networkx", None)
    with pytest.raises(MissingError, match="pip install networkx"):
        colouring(banded(3, 1))
