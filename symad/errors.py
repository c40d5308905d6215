"""Errors as part of the product: what is wrong, where, and what to do about it.

In comes a reason with, where there is one, the text and the place in it; out goes a message whose first line is the
reason, followed by the offending line with a caret and a hint.
"""

from __future__ import annotations

from collections.abc import Iterable

WIDTH = 100  # columns of an offending line that are shown; a formula may be one line of megabytes


class SymadError(Exception):
    """Report something that the user can mend; the base of every error that symad raises on purpose."""

    def __init__(
        self, reason: str, *, text: str | None = None, start: int = 0, end: int | None = None, hint: str | None = None
    ) -> None:
        super().__init__(reason)
        self.reason = reason
        self.text = text
        self.start = start
        self.end = start + 1 if end is None else end
        self.hint = hint

    @property
    def line(self) -> int | None:
        """Give the line of the place, counted from 1."""
        return None if self.text is None else self.text.count("\n", 0, self.start) + 1

    @property
    def column(self) -> int | None:
        """Give the column of the place, counted from 1."""
        return None if self.text is None else self.start - self.text.rfind("\n", 0, self.start)

    def __str__(self) -> str:
        lines = [self.reason]
        if self.text is not None:
            lines += caret(self.text, self.start, self.end)
        if self.hint:
            lines.append(f"  hint: {self.hint}")
        return "\n".join(lines)


class ParseError(SymadError):
    """Report text that is not a formula."""


class NamingError(SymadError):
    """Report a name that is not known, or not usable where it stands."""


class DerivativeError(SymadError):
    """Report a derivative that does not exist, or that was asked for in the wrong way."""


class EvaluationError(SymadError, ValueError):
    """Report a point at which a formula has no value; `assignment` is the place of the one that failed, if known."""

    assignment: int | None = None


class MissingError(SymadError, ImportError):
    """Report a package that is needed and not installed."""


class TargetError(SymadError):
    """Report an operation that a target language cannot express."""


def caret(text: str, start: int, end: int) -> list[str]:
    """Draw the line of a text that holds a place, and the marks below it; a long line is cut around the place."""
    begin = text.rfind("\n", 0, start) + 1
    stop = text.find("\n", start)
    stop = len(text) if stop < 0 else stop
    left = max(begin, min(start - WIDTH // 2, stop - WIDTH))
    right = min(stop, left + WIDTH)
    before, after = "… " if left > begin else "", " …" if right < stop else ""
    shown = "".join(c if c.isprintable() else " " for c in text[left:right])
    number = text.count("\n", 0, start) + 1
    head = f"  line {number}: " if "\n" in text.rstrip("\n") else "  "
    marks = "^" * max(1, columns(text[start : min(end, right)]))
    return [head + before + shown + after, " " * (len(head + before) + columns(text[left:start])) + marks]


def columns(text: str) -> int:
    """Count the columns that a text takes on a terminal: an accent takes none, a Chinese letter two."""
    if text.isascii():
        return len(text)
    from unicodedata import combining, east_asian_width

    return sum(0 if combining(c) else 2 if east_asian_width(c) in "WF" else 1 for c in text)


def closest(word: str, known: Iterable[str]) -> str | None:
    """Name the known word that a misspelt one most likely means.

    >>> closest("sine", ["cos", "sin", "sinh"])
    'sin'
    """
    import difflib

    folded: dict[str, str] = {}
    for name in known:
        folded.setdefault(name.casefold(), name)
    found = difflib.get_close_matches(word.casefold(), folded, n=1, cutoff=0.65)
    return folded[found[0]] if found else None
