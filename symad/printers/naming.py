"""Names in, names out: identifiers that a target accepts, none of them twice.

Nothing but letters, digits and underscores gets from a formula's names into a program text.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Sequence

from symad.program import unique

RESERVED = frozenset("if then else and or not input output for in while pi e π where".split())  # words of the language
GREEK = dict(
    zip(
        "αβγδεζηθικλμνξοπρςστυφχψω",
        "alpha beta gamma delta epsilon zeta eta theta iota kappa lamda mu nu xi omicron pi rho sigma sigma tau "
        "upsilon phi chi psi omega".split(),
        strict=True,
    )
)


def label_names(labels: Sequence[str], inputs: Collection[str] = ()) -> list[str]:
    """Make names in the language of the labels of outputs, each different.

    >>> label_names(["df/dx1", "df_dx1", "f"])
    ['df_dx1_1', 'df_dx1', 'f']
    """
    plain = [re.sub(r"\W", "_", label) or "_" for label in labels]
    plain = [f"{p}_" if p[0].isdigit() or p in RESERVED and p not in inputs else p for p in plain]
    return distinct(labels, plain, inputs)


def distinct(given: Sequence[str], made: Sequence[str], taken: Iterable[str] = ()) -> list[str]:
    """Give the names made of given ones, those that had to change with a number behind them where they are taken."""
    changed = [name for name, old in zip(made, given, strict=True) if name != old]
    numbered = unique(changed, {*taken, *(name for name, old in zip(made, given, strict=True) if name == old)})
    return [name if name == old else next(numbered) for name, old in zip(made, given, strict=True)]


class Names(Iterator[str]):
    """Make up names that are not taken: w1, w2, …, or one like a given one.

    >>> names = Names(["x", "w1"])
    >>> next(names), names.like("x"), names.like("x"), names.like("y")
    ('w2', 'x_1', 'x_2', 'y')
    """

    def __init__(self, taken: Collection[str], letter: str = "w") -> None:
        self.taken = set(taken)
        self.letter = letter
        self.count = 0

    def __next__(self) -> str:
        while True:
            self.count += 1
            name = f"{self.letter}{self.count}"
            if name not in self.taken:
                return name

    def like(self, name: str) -> str:
        """Give a name, with a number behind it where it is taken; it is taken from now on."""
        [free] = unique([name], self.taken)
        self.taken.add(free)
        return free


def ascii_name(name: str) -> str:
    """Write a name in ASCII: Greek letters by their names, others by their numbers.

    >>> ascii_name("Δx"), ascii_name("ж")
    ('Delta_x', 'u0436')
    """
    if name.isascii():
        return name
    parts = []
    for letter in unicodedata.normalize("NFKD", name):
        if letter.isascii():
            parts.append(letter)
        elif letter.lower() in GREEK:
            word = GREEK[letter.lower()]
            parts.append(f"{word.capitalize() if letter != letter.lower() else word}_")
        elif not unicodedata.combining(letter):
            parts.append(f"u{ord(letter):04x}_")
    return "".join(parts).rstrip("_") or "u_"
