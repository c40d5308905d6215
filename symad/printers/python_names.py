"""A program's inputs in, identifiers of Python out; and the text of a formula as a docstring may hold it."""

from __future__ import annotations

import builtins
import keyword
import re
from collections.abc import Collection, Iterable, Sequence

from symad.derivatives.kinds import KINDS
from symad.numerics import MATH, OWN, SPECIAL
from symad.printers.naming import ascii_name, distinct
from symad.program import unique

WIDTH = 110  # characters of a line, where it can be broken
STRUCTURE = ("SHAPE", "ROWS", "COLUMNS", "INDPTR", "INDICES")  # what constants say of a matrix
RESERVED = frozenset({  # names that an input cannot have in Python
    *keyword.kwlist, *dir(builtins), *MATH.values(), *OWN, *SPECIAL, "pi", "e", "math", "special", "finite", "sys",
    "memo", "array", "cache", "indices", *KINDS, "value_and_gradient", "main", "csr_array",
    *(f"{matrix}_{word}" for matrix in ("JACOBIAN", "HESSIAN") for word in STRUCTURE),
})  # fmt: skip


def parameter_names(inputs: Sequence[str], sequences: Collection[str] = ()) -> list[str]:
    """Make Python's names of inputs: ASCII, no reserved ones, none twice, none of a sequence that they come in.

    >>> parameter_names(["lambda", "x", "α", "sin"])
    ['lambda_', 'x', 'alpha', 'sin_']
    """
    return distinct(inputs, [parameter_name(name, sequences) for name in inputs])


def parameter_name(name: str, sequences: Collection[str]) -> str:
    """Make Python's name of an input."""
    made = re.sub(r"\W", "_", ascii_name(name))
    if made.startswith("__"):
        made = f"{made.lstrip('_')}_"
    if made[0].isdigit():
        made = f"x_{made}"
    return f"{made}_" if made in RESERVED or made in sequences else made


def seed_parameters(seeds: Sequence[str], parameters: Sequence[str]) -> list[str]:
    """Make Python's names of seeds, which come after the inputs' own.

    >>> seed_parameters(["dot_α"], ["alpha"])
    ['dot_alpha']
    """
    return [*unique([parameter_name(name, ()) for name in seeds], parameters)]


def plain(text: str) -> str:
    """Keep of a text what cannot end a docstring: names hold nothing else, unless a program was made by hand."""
    return re.sub(r"[^\w\s()\[\]{}+*/^<>=!.,:…-]|[^\S ]", "_", text)


def ascii_label(label: str) -> str:
    """Write a label in ASCII.

    >>> ascii_label("dβ/dα₁")
    'dbeta/dalpha_1'
    """
    if label.isascii():
        return re.sub(r"[^\w/]", "_", label)
    return re.sub(r"\w+", lambda word: ascii_name(word[0]), re.sub(r"[^\w/]", "_", label))


def filled(words: Sequence[str], width: int) -> list[str]:
    """Fill rows with words, as many as fit."""
    rows: list[str] = []
    row: list[str] = []
    used = 0
    for word in words:
        if row and used + 1 + len(word) > width:
            rows.append(" ".join(row))
            row, used = [], 0
        row.append(word)
        used += 1 + len(word)
    return [*rows, " ".join(row)] if row else rows


def indented(lines: Iterable[str]) -> list[str]:
    """Indent lines, but empty ones."""
    return [f"    {line}" if line else "" for line in lines]
