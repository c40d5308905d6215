"""Pictures of patterns: every entry at its place, large ones in blocks, no wider than a terminal; the SVG for all."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest

from symad.drawing import DARK, LIGHT
from symad.errors import columns
from symad.patterns import svg, text
from symad.patterns.blocks import FULL, levels
from symad.patterns.pattern import Pattern
from tests.explain.test_svg import luminance
from tests.patterns.matrices import KNOWN, banded, general, random_general

SVG = "{http://www.w3.org/2000/svg}"
WIDEST = 80


def drawn(pattern: Pattern) -> list[list[int]]:
    """Read the entries from the text, of a pattern without wide labels."""
    lines = str(pattern).splitlines()
    return [[k for k, sign in enumerate(re.findall("[·■]", line)) if sign == "■"] for line in lines[1:-1]]


def filled(pattern: Pattern) -> dict[tuple[float, float], float]:
    """Read the middles of the squares from the picture, and how strong they are."""
    found = {}
    for path in ElementTree.fromstring(pattern.svg()).iter(f"{SVG}path"):
        for x, y, length in re.findall(r"M([\d.]+) ([\d.]+)h([\d.]+)v", path.attrib["d"]):
            for k in range(max(1, int(float(length)))):
                found[int(float(x)) + k, int(float(y))] = float(path.attrib["opacity"])
    return found


@pytest.mark.parametrize("size", [1, 2, 12, 40, 60])
def test_every_entry_is_at_its_place(size: int) -> None:
    pattern = banded(size, 2)
    assert drawn(pattern) == [list(row) for row in pattern.entries]
    assert str(pattern).splitlines()[1].startswith("x1 ")
    assert set(filled(pattern)) == {(c, r) for r, row in enumerate(pattern.entries) for c in row}


@pytest.mark.parametrize("seed", range(10))
def test_random_patterns(seed: int) -> None:
    pattern = random_general(seed)
    assert drawn(pattern) == [list(row) for row in pattern.entries]
    assert set(filled(pattern)) == {(c, r) for r, row in enumerate(pattern.entries) for c in row}


def test_labels_stand_above_their_columns() -> None:
    pattern = Pattern(("rate", "β"), ("a", "temperature", "變數"), ((1,), (0, 2)))
    above, first, second, counts = str(pattern).splitlines()
    assert above == "     a temperature 變數"
    assert first == "rate ·           ■    ·"
    assert second == "β    ■           ·    ■"
    assert counts == "2 × 3, 3 non-zeros, 50 %"
    texts = [e.text for e in ElementTree.fromstring(pattern.svg()).iter(f"{SVG}text")]
    assert texts == ["rate", "β", "a", "temperature", "變數"]


def test_labels_that_do_not_fit_are_left_out() -> None:
    pattern = general(30, [[k] for k in range(30)])
    assert str(pattern).splitlines()[0] == "    x1 … x30"
    long = Pattern(("a" * 40,), ("b" * 90,), ((0,),))
    assert str(long).splitlines()[0].strip() == "b" * 15 + "…"
    assert max(map(columns, str(long).splitlines())) <= WIDEST


@pytest.mark.parametrize("shape", [(61, 61), (3, 1000), (1000, 3), (1, 61), (5000, 7000)])
def test_a_large_pattern_is_drawn_in_blocks(shape: tuple[int, int]) -> None:
    height, width = shape
    pattern = general(width, [range(row % 7, width, 50) for row in range(height)])
    lines = str(pattern).splitlines()
    assert len(lines) <= text.ROWS + 2
    assert max(map(columns, lines)) <= WIDEST
    assert "a sign is a block of up to" in lines[-1]
    assert len(pattern.svg()) < 200_000
    assert ElementTree.fromstring(pattern.svg()).attrib["role"] == "img"


def test_levels_are_shares_in_quarters() -> None:
    rows = [range(100) if row < 50 else [*range(50), *range(60, 80), 99] for row in range(100)]
    found = levels(general(100, rows), 2, 10)
    assert found == [[FULL] * 10, [4] * 5 + [0, 4, 4, 0, 1]]
    sizes = levels(general(7, [range(7)] * 5), 3, 4)
    assert sizes == [[FULL] * 4] * 3


def test_an_empty_matrix_has_a_picture() -> None:
    nothing = Pattern(("f",), (), ((),))
    assert str(nothing) == "1 × 0, 0 non-zeros"
    assert ElementTree.fromstring(nothing.svg()).find(f"{SVG}desc") is not None
    assert str(Pattern((), ("x",), ())) == "0 × 1, 0 non-zeros"
    assert str(general(2, [[], []])).endswith("2 × 2, 0 non-zeros, 0 %")


def test_the_picture_says_what_it_is() -> None:
    root = ElementTree.fromstring(banded(4, 1).svg())
    ids = [e.attrib["id"] for e in root.iter() if "id" in e.attrib]
    assert root.attrib["role"] == "img"
    assert root.attrib["aria-labelledby"].split() == ids
    title, description = root.find(f"{SVG}title"), root.find(f"{SVG}desc")
    assert title is not None
    assert title.text == "Pattern of 4 × 4, 10 non-zeros, 62.5 %"
    assert description is not None
    assert description.text == "A square is an entry that is not zero; rows x1 to x4, columns x1 to x4."
    style = root.find(f"{SVG}style")
    assert style is not None
    assert style.text is not None
    assert "prefers-color-scheme: dark" in style.text
    assert banded(4, 1)._repr_svg_() == banded(4, 1).svg()


def test_labels_are_escaped() -> None:
    hard = Pattern(('<&">\x07',), ("</text>",), ((0,),))
    assert [e.text for e in ElementTree.fromstring(hard.svg()).iter(f"{SVG}text")] == ['<&">', "</text>"]


@pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["light", "dark"])
def test_the_lightest_block_can_be_seen(colours: dict[str, str]) -> None:
    def mixed(k: int) -> int:
        value, ground = (int(colours[name][k : k + 2], 16) for name in ("value", "card"))
        return round(svg.OPACITY[1] * value + (1 - svg.OPACITY[1]) * ground)

    lightest = "#" + "".join(f"{mixed(k):02x}" for k in (1, 3, 5))
    low, high = sorted((luminance(colours["card"]), luminance(lightest)))
    assert (high + 0.05) / (low + 0.05) >= 3


def test_a_picture_is_small_and_the_same_each_time() -> None:
    for make, _ in KNOWN.values():
        assert make().svg() == make().svg()
        assert len(make().svg()) < 40_000
