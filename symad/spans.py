"""Text in; out goes, for every place at which an assignment may come from, the part of the text that it stands for.

A program's `origins` point at a token: the sign of a sum, the name of a call. The grammar says how far what belongs to
it reaches, so the text is read once more, by a reader that makes spans instead of assignments.
"""

from __future__ import annotations

from collections.abc import Callable

from symad.lalr import Token, run
from symad.mistakes import unexpected

Span = tuple[int, int]  # start and end


def spans(text: str) -> dict[int, Span]:
    """Give the span of the smallest part of a formula that has a token of its own at each place.

    >>> text = "x1*x2 + sin(x1)"
    >>> [text[slice(*spans(text)[place])] for place in (2, 6, 8)]
    ['x1*x2', 'x1*x2 + sin(x1)', 'sin(x1)']
    """
    reader = Reader()
    run(text, reader, unexpected)
    return reader.found


class Reader:
    """Make the span of every rule from those of its children; every rule of the grammar is read in the same way."""

    def __init__(self) -> None:
        self.found: dict[int, Span] = {}

    def __getattr__(self, rule: str) -> Callable[..., Span]:
        return self.rule

    def next(self, before: Span, comma: Token, last: Token | Span) -> Span:
        """Give the span of a list of names or arguments; each name is a part of its own."""
        _, end = self.rule(last)
        self.found[comma[2]] = (before[0], end)
        return (before[0], end)

    def for_loop(self, head: Span, statements: Span, close: Token) -> Span:
        """Give the span of a loop; the word with which it begins stands for all of it."""
        span = self.rule(head, statements, close)
        self.found[head[0]] = span
        return span

    while_loop = summation = for_loop

    def rule(self, *children: Token | Span) -> Span:
        """Give the span of a rule, and note it for its own tokens."""
        if not children:
            return (0, 0)
        parts = [c if len(c) == 2 else (c[2], c[2] + len(c[1])) for c in children]
        span = (parts[0][0], parts[-1][1])
        for child in children:
            if len(child) == 3:
                self.found[child[2]] = span
        return span
