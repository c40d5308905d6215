"""Where cards stand and edges run."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from symad.explain.layers import LEVEL, on_curve, placed, routes
from tests.explain.graphs import boxes_apart


@st.composite
def networks(draw: st.DrawFn) -> tuple[int, list[tuple[int, int]]]:
    """Draw a number of cards and edges that point forward."""
    count = draw(st.integers(1, 40))
    pairs = st.tuples(st.integers(0, count - 1), st.integers(0, count - 1)).filter(lambda p: p[0] < p[1])
    return count, draw(st.lists(pairs, max_size=60 if count > 1 else 0, unique=True)) if count > 1 else []


@given(networks())
@settings(deadline=None, max_examples=150)
def test_cards_stand_apart_and_edges_lead_down_between_them(network: tuple[int, list[tuple[int, int]]]) -> None:
    count, edges = network
    width, height = card = (100.0, 60.0)
    part = placed(count, edges, card)
    assert list(part.cards) == list(range(count))
    assert boxes_apart(list(part.cards.values()), width, height)
    assert set(part.bends) == set(edges)
    assert all(width / 2 <= x <= part.width - width / 2 + 1e-6 for x, _ in part.cards.values())
    for points in routes(part, card).values():
        ys = [y for _, y in points]
        assert ys == sorted(ys)
        assert len(points) % 2 == 0
        for (x, top), (u, bottom) in zip(points[1:-1:2], points[2:-1:2], strict=True):
            assert (u, bottom) == (x, pytest.approx(top + height))
            assert not any(abs(x - cx) < width / 2 and top < cy < bottom for cx, cy in part.cards.values())
        assert all(b[1] - a[1] == pytest.approx(LEVEL) for a, b in zip(points[::2], points[1::2], strict=True))


def test_a_curve_begins_and_ends_where_it_should() -> None:
    start, end = (3.0, 5.0), (40.0, 90.0)
    assert on_curve(start, end, 0) == start
    assert on_curve(start, end, 1) == pytest.approx(end)
