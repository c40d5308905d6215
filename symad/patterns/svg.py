"""A pattern as a picture: one SVG that needs nothing else, a square for each entry or, of a large one, each block."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from symad.drawing import DARK, LIGHT, cut, escaped, properties, short
from symad.errors import columns
from symad.patterns.blocks import FULL, counts, levels
from symad.patterns.pattern import Pattern

# fmt: off
MOST   = 120  # squares in a row or column of the picture
SIDE   = 480  # pixels: the longer side of it
LARGE  = 24   # pixels: a square of a small one
NARROW = 12   # pixels: squares smaller than that have no labels
LABEL  = 14   # columns of a label
LETTER = 7.5  # pixels: the width of one
EDGE   = 8    # pixels: the margin
GAP    = 0.05 # of a square, around it, in a small picture
OPACITY = (0, 0.64, 0.76, 0.88, 1)  # by level; the lightest has a contrast of 3 to the ground
# fmt: on
STYLE = """\
.pattern { %s background: var(--paper); font-family: ui-monospace, "SF Mono", Menlo, Consolas, monospace; }
@media (prefers-color-scheme: dark) { .pattern { %s } }
.pattern text { fill: var(--ink); font-size: 12px; }
.pattern path { fill: var(--value); }
.pattern .frame { fill: var(--card); stroke: var(--line); }
"""


def svg(pattern: Pattern) -> str:
    """Draw a pattern.

    >>> print(svg(Pattern(("f",), ("x", "y"), ((0, 1),))).splitlines()[1])
    <title id="pattern-title">Pattern of 1 × 2, 2 non-zeros, 100 %</title>
    """
    return "\n".join(lines(pattern)) + "\n"


def lines(pattern: Pattern) -> Iterator[str]:
    """Write the lines of the picture: the frame, the labels, a path for each level of fullness."""
    found = levels(pattern, MOST, MOST)
    down, across = len(found), min(pattern.shape[1], MOST)
    side = min(LARGE, SIDE / max(down, across, 1))
    exact = (down, across) == pattern.shape
    rows, above = (pattern.rows, pattern.columns) if side >= NARROW else ((), ())
    left, top = margin(rows), margin(above)
    width, height = left + across * side + EDGE, top + down * side + EDGE
    size = f'viewBox="0 0 {short(width)} {short(height)}" width="{short(width)}" height="{short(height)}"'
    yield (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="pattern" {size} role="img"'
        f' aria-labelledby="pattern-title pattern-description" font-family="monospace" font-size="12">'
    )
    yield f'<title id="pattern-title">Pattern of {escaped(counts(pattern))}</title>'
    yield f'<desc id="pattern-description">{escaped(described(pattern, exact))}</desc>'
    yield f"<style>\n{STYLE % (properties(LIGHT), properties(DARK))}</style>"
    yield (
        f'<rect class="frame" x="{short(left)}" y="{short(top)}" width="{short(across * side)}"'
        f' height="{short(down * side)}" fill="{LIGHT["card"]}" stroke="{LIGHT["line"]}"/>'
    )
    yield from labels(rows, above, side, left, top)
    for level in range(1, FULL + 1):
        path = squares(found, level, apart=side == LARGE)
        if path:
            place = f"translate({short(left)} {short(top)}) scale({side:.6g})"
            yield f'<path transform="{place}" fill="{LIGHT["value"]}" opacity="{OPACITY[level]}" d="{path}"/>'
    yield "</svg>"


def margin(names: Sequence[str]) -> float:
    """Give the room beside the picture for labels, if there are any."""
    longest = max((columns(cut(name, LABEL)) for name in names), default=0)
    return EDGE + (longest * LETTER + EDGE if names else 0)


def described(pattern: Pattern, exact: bool) -> str:
    """Say in words what the picture shows."""
    rows, width = pattern.shape
    if not rows or not width:
        return "There are no entries."
    each = "A square is an entry that is not zero" if exact else "A square is a block, the fuller the stronger"
    of = f"rows {pattern.rows[0]} to {pattern.rows[-1]}, columns {pattern.columns[0]} to {pattern.columns[-1]}"
    return f"{each}; {of}."


def labels(rows: Sequence[str], above: Sequence[str], side: float, left: float, top: float) -> Iterator[str]:
    """Write the labels of rows, and upright those of columns, each at the middle of its squares."""
    ink = f'fill="{LIGHT["ink"]}"'
    for k, name in enumerate(rows):
        y = short(top + (k + 0.5) * side + 4)
        yield f'<text x="{short(left - EDGE / 2)}" y="{y}" text-anchor="end" {ink}>{escaped(cut(name, LABEL))}</text>'
    for k, name in enumerate(above):
        place = f"translate({short(left + (k + 0.5) * side + 4)} {short(top - EDGE / 2)}) rotate(-90)"
        yield f'<text transform="{place}" {ink}>{escaped(cut(name, LABEL))}</text>'


def squares(found: Sequence[Sequence[int]], level: int, apart: bool) -> str:
    """Write the path around all squares of one level: each for itself, or neighbours in a row at once.

    >>> squares([[4, 4, 0, 4]], 4, apart=False)
    'M0 0h2v1h-2zM3 0h1v1h-1z'
    """
    if apart:
        side = 1 - 2 * GAP
        places = ((x, y) for y, row in enumerate(found) for x, there in enumerate(row) if there == level)
        return "".join(f"M{x + GAP:g} {y + GAP:g}h{side}v{side}h-{side}z" for x, y in places)
    path = []
    for y, row in enumerate(found):
        x = 0
        for there, run in groupby(row):
            length = sum(1 for _ in run)
            if there == level:
                path.append(f"M{x} {y}h{length}v1h-{length}z")
            x += length
    return "".join(path)
