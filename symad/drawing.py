"""What every picture is drawn with: colours on light and on dark paper, numbers and text as SVG has them."""

from __future__ import annotations

import re
from collections.abc import Mapping

from symad.errors import columns

# fmt: off
LIGHT = {  # every text has a contrast of at least 4.5 to paper and card, every line one of at least 3
    "ink":     "#1d2330",
    "paper":   "#ffffff",
    "card":    "#f6f7fb",
    "line":    "#7a869c",
    "value":   "#0b5394",
    "adjoint": "#a8440c",
    "accent":  "#5b3fa8",
}
DARK = {
    "ink":     "#e9ecf3",
    "paper":   "#12151c",
    "card":    "#1d222d",
    "line":    "#76829b",
    "value":   "#8fc1ff",
    "adjoint": "#ffb084",
    "accent":  "#c5b3ff",
}
# fmt: on
SCIENTIFIC = re.compile(r"(?<![\w.])\d[\d.…]*(e[-+]?\d+)")  # a number with an exponent
ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;"})


def properties(colours: Mapping[str, str]) -> str:
    """Write colours as custom properties."""
    return " ".join(f"--{name}: {colour};" for name, colour in colours.items())


def short(number: float) -> str:
    """Write a coordinate, to a tenth of a pixel.

    >>> short(12.0), short(-0.04), short(7.25)
    ('12', '0', '7.2')
    """
    return f"{round(number, 1) + 0.0:g}" if abs(number) < 1e5 else f"{number:.0f}"


def escaped(text: str) -> str:
    """Write text so that it is only text, and drop what XML cannot hold."""
    return "".join(c for c in text if c.isprintable()).translate(ESCAPES)


def cut(text: str, most: int) -> str:
    """Shorten a text to some columns; three dots stand for what is missing, which is never an exponent alone.

    >>> cut("w1*w2 + w3", 8), cut("w1 + 2.5e-17", 10), cut("1.25e-17", 7)
    ('w1*w2 +…', 'w1 +…', '1.…e-17')
    """
    if columns(text) <= most:
        return text
    kept = text[: most - 1]
    while kept and columns(kept) >= most:
        kept = kept[:-1]
    for found in SCIENTIFIC.finditer(text):
        if found.start() < len(kept) < found.end():
            exponent = "" if found.start() else found[1]
            return f"{text[: found.start() or most - 1 - len(exponent)].rstrip()}…{exponent}"
    return f"{kept.rstrip()}…"
