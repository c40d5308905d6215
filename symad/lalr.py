"""Run the LALR tables that Lark makes of the grammar.

In comes text, out comes what the reader's methods made of it: a method per rule alias, called with the rule's
children. The tables, the terminals and their regular expressions are Lark's; the loop over them is here because it
takes a third of the time of Lark's own (a rung of the precedence ladder that renames a value costs one table look-up),
and because several readers can be at work at once (a function's definition is read in the middle of a formula).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any, NamedTuple

from symad.errors import ParseError
from symad.operations import grammar_text

Token = tuple[str, str, int]  # terminal, text, place
HEADS = ("FUNCTION_NAME", "LENGTH")  # terminals that are names by their letters, known by what follows
SPACE = "[ \\t\\r\\f\u00a0\u2000-\u200b\u202f\u205f\u2060\u3000\ufeff]+"  # those that come with pasted text too

OPENING = {"LEFT": "parenthesis", "BEGIN": "bracket", "OPEN": "brace"}
CLOSING = {"RIGHT": "LEFT", "END": "BEGIN", "CLOSE": "OPEN"}

# fmt: off
MEANT = {  # what people mean by a character that has no meaning here
    "%": "the remainder is mod(a, b)",
    "&": "write `and`",
    "|": "write `or`, or abs(x)",
    "!": "write `not`",
    "~": "write `not`",
    "?": "write if x > 0 then a else b",
    "'": "text in quotes has no place in a formula",
    '"': "text in quotes has no place in a formula",
    "“": "text in quotes has no place in a formula",
    "$": "LaTeX is not read: write the formula as in Python",
    "\\": "LaTeX is not read: write the formula as in Python",
    ".": "a decimal point stands between digits",
    "–": "this is a dash; write a minus sign: -",
    "—": "this is a dash; write a minus sign: -",
    "°": "angles are in radians: multiply by pi/180",
    "∂": "write the formula alone: its derivatives are what symad makes",
    "∫": "write the formula alone: symad differentiates",
    "∑": "write sum(k in 1..n: …)",
}
AFTER_VALUE = {  # the same, where it follows a name or a number
    "!": "a factorial is gamma(n + 1)",
    "'": "write the formula alone: its derivatives are what symad makes",
    "′": "write the formula alone: its derivatives are what symad makes",
    "%": "the remainder is mod(a, b), 5 per cent 0.05",
    ".": "a decimal point stands between digits; a function is written without its module: sin(x)",
}
# fmt: on


class Tables(NamedTuple):
    """Hold a grammar ready to run.

    `actions[state][terminal]` is the next state, or ~k to reduce by `rules[k]`: how many children it takes, its origin,
    and its alias (empty for a rung that hands its one child on); `gotos[state][origin]` is the state after it.
    """

    start: int
    end: int
    actions: list[dict[str, int]]
    gotos: list[dict[str, int]]
    rules: list[tuple[int, str, str]]
    scanner: re.Pattern[str]
    reserved: dict[str, str]


@cache
def tables() -> Tables:
    """Make the tables, once a process."""
    from lark import Lark
    from lark.parsers.lalr_analysis import Shift

    made = Lark(grammar_text("symad.lark"), parser="lalr", lexer="basic", maybe_placeholders=False)
    table = made.parser.parser.parser.parse_table
    count = max(table.states) + 1
    actions: list[dict[str, int]] = [{} for _ in range(count)]
    gotos: list[dict[str, int]] = [{} for _ in range(count)]
    rules: list[tuple[int, str, str]] = []
    number: dict[Any, int] = {}
    for state, row in table.states.items():
        for symbol, (action, argument) in row.items():
            if action is Shift:
                (actions if symbol.isupper() else gotos)[state][str(symbol)] = argument
                continue
            if argument not in number:
                number[argument] = len(rules)
                origin = str(argument.origin.name)  # a plain string: Lark's own compares slowly
                alias = argument.alias or ("" if argument.options.expand1 else origin)
                rules.append((len(argument.expansion), origin, str(alias)))
            actions[state][str(symbol)] = ~number[argument]
    words = {t.pattern.value: t.name for t in made.terminals if t.pattern.type == "str" and t.pattern.value.isalpha()}
    patterns = {t.name: t.pattern.to_regexp() for t in made.terminals if t.name not in words.values()}
    order = sorted(patterns, key=lambda name: (name == "NAME", name not in HEADS, -len(patterns[name])))
    named = [f"(?P<{name}>{patterns[name]})" for name in order]
    scanner = "|".join([SPACE, "#[^\n]*", *named, "(?P<ILLEGAL>.)"])
    start, end = table.start_states["start"], table.end_states["start"]
    return Tables(start, end, actions, gotos, rules, re.compile(scanner), words)


def tokens(text: str, begin: int = 0) -> Iterator[Token]:
    """Split text into tokens, from some place on; a newline is a space inside parentheses and before a brace."""
    made = tables()
    reserved = made.reserved
    plain = text.isascii()
    opened: list[Token] = []
    newline: Token | None = None
    for match in made.scanner.finditer(text, begin):
        kind = match.lastgroup
        if kind is None:
            continue
        word, start = match.group(), match.start()
        if newline is not None:
            if kind != "OPEN":
                yield newline
            newline = None
        if kind == "NAME":
            kind = reserved.get(word, kind) if plain else reserved.get(proper(text, word, start), kind)
        elif kind in OPENING:
            opened.append((kind, word, start))
        elif kind in CLOSING:
            if all(begun[0] != CLOSING[kind] for begun in opened):
                raise ParseError(f"this closing {OPENING[CLOSING[kind]]} was never opened", text=text, start=start)
            begun = opened.pop()
            if begun[0] != CLOSING[kind]:
                raise unclosed(text, begun)
        elif kind == "SEPARATOR":
            if opened and opened[-1][0] != "OPEN":
                if word == "\n":
                    continue
                raise unclosed(text, opened[-1])
            if word == "\n":
                newline = kind, word, start
                continue
        elif kind == "ILLEGAL":
            raise illegal(text, start)
        elif kind == "FUNCTION_NAME" and proper(text, word, start) in reserved:
            raise ParseError(
                f"{word} is a word of the language and cannot be a name", text=text, start=start, end=start + len(word)
            )
        yield kind, word, start
    if opened:
        raise unclosed(text, opened[-1])
    yield "$END", "", len(text)


def identifier(word: str) -> str:
    """Write a name as Python would compare it: x₁ is x1, the micro sign is mu."""
    return word if word.isascii() else unicodedata.normalize("NFKC", word)


def proper(text: str, word: str, start: int) -> str:
    """Give the identifier that a word is; a word such as ½x is none."""
    name = identifier(word)
    if not name.isidentifier():
        strange = next((k for k, c in enumerate(word) if not identifier(c).isidentifier() and not c.isdecimal()), 0)
        raise illegal(text, start + strange)
    return name


def unclosed(text: str, begun: Token) -> ParseError:
    """Point at a parenthesis or brace that nothing closes."""
    return ParseError(f"this {OPENING[begun[0]]} is never closed", text=text, start=begun[2])


def illegal(text: str, start: int) -> ParseError:
    """Say what is wrong with a character that no token begins with."""
    character, before = text[start], text[:start].rstrip()[-1:]
    follows = before.isalnum() or before in (")", "_")
    hint = AFTER_VALUE.get(character) if follows and before else None
    hint = hint or MEANT.get(character)
    accent = unicodedata.combining(character)
    if accent:
        hint = "a name is letters, digits and underscores: x_bar"
    shown = character if character.isprintable() and not accent else f"U+{ord(character):04X}"
    return ParseError(f"{shown} has no meaning here", text=text, start=start, hint=hint)


def run(text: str, reader: Any, unexpected: Callable[[str, Token], ParseError]) -> None:
    """Read text, calling the reader's method for each rule; `unexpected` makes the error for a token out of place."""
    made = tables()
    actions, gotos = made.actions, made.gotos
    rules = [(size, origin, getattr(reader, alias) if alias else None) for size, origin, alias in made.rules]
    states, values = [made.start], []
    for token in tokens(text):
        kind = token[0]
        while True:
            action = actions[states[-1]].get(kind)
            if action is None:
                if kind == "$END" and states[-1] == made.end:
                    return
                raise unexpected(text, token)
            if action >= 0:
                states.append(action)
                values.append(token)
                break
            size, origin, method = rules[~action]
            if method is None:
                states[-1] = gotos[states[-2]][origin]
            elif size == 1:
                values[-1] = method(values[-1])
                states[-1] = gotos[states[-2]][origin]
            elif size:
                children = values[-size:]
                del values[-size:], states[-size:]
                values.append(method(*children))
                states.append(gotos[states[-1]][origin])
            else:
                values.append(method())
                states.append(gotos[states[-1]][origin])
