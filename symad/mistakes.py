"""Say what is wrong with a token that stands where no token of its kind can.

In come the text, the token and the one before it; out goes the error that a person can act on.
"""

from __future__ import annotations

from symad.errors import ParseError
from symad.lalr import Token

VALUES = ("NUMBER", "NAME", "RIGHT", "SUPERSCRIPT")  # what can end a value
OPERATORS = ("PLUS", "MINUS", "TIMES", "DIVIDE", "POWER", "COMPARE", "ROOT", "AND", "OR", "NOT")
WORDS = ("IF", "THEN", "ELSE", "AND", "OR", "NOT", "INPUT", "OUTPUT")


def unexpected(text: str, token: Token, last: Token | None) -> ParseError:
    """Make the error for a token out of place."""
    kind, word, start = token
    before = last[0] if last else ""
    reason, hint = f"{word} cannot stand here", None
    if kind in ("$END", "SEPARATOR"):
        return ended(text, last)
    if before in VALUES and kind in ("NUMBER", "NAME", "LEFT", "ROOT", "FUNCTION_NAME"):
        assert last is not None
        reason = "an operator is missing"
        hint = f"write {last[1]}*{word}" if before in ("NUMBER", "NAME") else f"to multiply, write *{word}"
    elif kind == "EQUALS":
        reason = "only a name can be given a value here"
        hint = "to compare, write =="
    elif kind == "COMPARE":
        reason, hint = "comparisons do not chain", "write `a < b and b < c`"
    elif before in OPERATORS and (kind in OPERATORS or kind in ("RIGHT", "COMMA")):
        assert last is not None
        reason = f"a value is missing after {last[1]}"
    elif kind == "RIGHT" and before == "LEFT":
        reason = "there is nothing between these parentheses"
    elif kind == "RIGHT" and before == "COMMA" or kind == "COMMA" and before in ("COMMA", "LEFT"):
        reason = "an argument is missing"
    elif kind == "COMMA":
        reason, hint = "a comma separates arguments of a call only", "decimals are written with a point: 0.5"
    elif kind in WORDS:
        reason = f"{word} is a word of the language and cannot stand here"
    elif kind in OPERATORS:
        reason = f"a value is missing before {word}"
    return ParseError(reason, text=text, start=start, end=start + len(word), hint=hint)


def ended(text: str, last: Token | None) -> ParseError:
    """Make the error for a statement that stops too early."""
    if last is None:
        return ParseError("there is no formula", hint="for example x1*x2 + sin(x1)")
    kind, word, start = last
    hint = "an unfinished `if` needs its `else`: if x > 0 then a else b" if kind in VALUES else None
    reason = "the `if` is not finished" if hint else f"a value is missing after {word}"
    return ParseError(reason, text=text, start=start, end=start + len(word), hint=hint)
