"""A pattern as text: a sign for each entry, with labels where these fit; of a large one a sign for each block."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from symad.drawing import cut
from symad.errors import columns
from symad.patterns.blocks import FULL, counts, levels
from symad.patterns.pattern import Pattern

# fmt: off
MOST  = 60  # entries in a row or column of which each has its own sign
ROWS  = 30  # lines of a larger picture: a sign is about twice as high as wide
WIDTH = 80  # columns of the terminal, for labels above the picture
LABEL = 16  # columns of a label
# fmt: on
ENTRY = ("·", "■")
SHADES = "·░▒▓█"


def text(pattern: Pattern) -> str:
    """Draw a pattern, and say below it how large it is and how full."""
    rows, width = pattern.shape
    if not rows or not width:
        return counts(pattern)
    if rows <= MOST and width <= MOST:
        return "\n".join([*entries(pattern), counts(pattern)])
    shades = levels(pattern, ROWS, MOST)
    lines = ["".join(SHADES[level] for level in block) for block in shades]
    block = f"{-(-rows // len(shades))} × {-(-width // len(shades[0]))}"
    legend = f"a sign is a block of up to {block}: {SHADES[0]} for zeros, {SHADES[1:]} by quarters"
    return "\n".join([*lines, counts(pattern), legend])


def entries(pattern: Pattern) -> Iterator[str]:
    """Draw each entry, with the labels of the rows, and those of the columns where they fit."""
    shown = [[ENTRY[level == FULL] for level in row] for row in levels(pattern, MOST, MOST)]
    left = [cut(label, LABEL) for label in pattern.rows]
    margin = max(map(columns, left))
    above = [cut(label, LABEL) for label in pattern.columns]
    if margin + sum(columns(label) + 1 for label in above) <= WIDTH:
        yield aligned("", margin, above, above)
        for label, signs in zip(left, shown, strict=True):
            yield aligned(label, margin, signs, above)
    else:
        yield f"{'':{margin}} {above[0]} … {above[-1]}"
        for label, signs in zip(left, shown, strict=True):
            yield f"{label}{' ' * (margin - columns(label))} {''.join(signs)}"


def aligned(label: str, margin: int, signs: Sequence[str], above: Sequence[str]) -> str:
    """Write a row with its signs below the ends of the labels of the columns."""
    cells = (" " * (columns(name) - columns(sign) + 1) + sign for sign, name in zip(signs, above, strict=True))
    return label + " " * (margin - columns(label)) + "".join(cells)
