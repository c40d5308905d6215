"""Say what is wrong with a token that stands where no token of its kind can.

In come the text and the token; out goes the error that a person can act on. Each mistake that people make has a rule:
the first that recognises what it sees in the statement words the error.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import takewhile
from typing import NamedTuple

from symad.errors import ParseError
from symad.lalr import Token, tokens
from symad.operations import CALLABLE

ENDS = ("NUMBER", "NAME", "RIGHT", "END", "SUPERSCRIPT")  # what can end a value
STARTS = ("NUMBER", "NAME", "LEFT", "ROOT", "FUNCTION_NAME")  # what can start one
OPERATORS = ("PLUS", "MINUS", "TIMES", "DIVIDE", "POWER", "COMPARE", "ROOT", "AND", "OR", "NOT")
WORDS = ("IF", "THEN", "ELSE", "AND", "OR", "NOT", "INPUT", "OUTPUT", "FOR", "IN", "WHILE")
CONDITIONAL = "if x > 0 then a else b"
RULE = "derivative of f(a, b) = …, …"
LOOP, ENDLESS, SUM = "for k in 1..n { s = s + k }", "while x > 1 { x = x/2 }", "sum(k in 1..n: k^2)"


class Statement(NamedTuple):
    """Hold a statement up to the token that cannot stand where it does; `last` is the token before it."""

    text: str
    before: list[Token]
    token: Token

    @property
    def last(self) -> Token:
        return self.before[-1] if self.before else ("", "", 0)


class Mistake(NamedTuple):
    """Word an error: the reason, the token to point at, and a hint."""

    reason: str
    token: Token
    hint: str | None = None


def unexpected(text: str, token: Token) -> ParseError:
    """Make the error for a token out of place."""
    before: list[Token] = []
    for earlier in takewhile(lambda t: t != token, tokens(text)):
        if earlier[0] in ("SEPARATOR", "OPEN"):
            before = []
        else:
            before.append(earlier)
    statement = Statement(text, before, token)
    reason, (_, word, start), hint = next(found for rule in RULES if (found := rule(statement)))
    return ParseError(reason, text=text, start=start, end=start + len(word), hint=hint)


def too_short(s: Statement) -> Mistake | None:
    """`x +`, `y =`, `if x > 0 then 1`"""
    if s.token[0] not in ("$END", "SEPARATOR", "CLOSE") or not s.before or s.before[0][0] in ("FOR", "WHILE"):
        return None
    if s.last[0] not in ENDS:
        what = "name" if s.last[0] in ("INPUT", "OUTPUT") else "value"
        return Mistake(f"a {what} is missing after {s.last[1]}", s.last)
    for word, begun in reversed(unfinished_ifs(s)):
        return Mistake(f"this `if` has no `{'else' if begun else 'then'}`", word, CONDITIONAL)
    return None


def unfinished_ifs(s: Statement) -> list[tuple[Token, bool]]:
    """List the conditionals that are open, and whether their `then` has come."""
    opened: list[tuple[Token, bool]] = []
    for token in s.before:
        if token[0] == "IF":
            opened.append((token, False))
        elif token[0] == "THEN" and opened:
            opened[-1] = (opened[-1][0], True)
        elif token[0] == "ELSE" and opened:
            opened.pop()
    return opened


def never_closed(s: Statement) -> Mistake | None:
    """`y = exp(x` and a new line"""
    opened: list[Token] = []
    for token in s.before:
        if token[0] == "LEFT":
            opened.append(token)
        elif token[0] == "RIGHT":
            opened.pop()
    if not opened or s.last[0] not in ENDS or "\n" not in s.text[s.last[2] : s.token[2]]:
        return None
    return Mistake("this parenthesis is not closed on its line, and what follows does not fit", opened[-1])


def wrong_equals(s: Statement) -> Mistake | None:
    """`if = 3`, `x = = 2`, `= 3`, `x + 1 = y`"""
    if s.token[0] != "EQUALS":
        return None
    if s.last[0] in WORDS:
        return Mistake(f"{s.last[1]} is a word of the language and cannot be a name", s.last)
    if s.last[0] == "EQUALS":
        return Mistake("a value is missing after =", s.token, "to compare, write ==")
    if len(s.before) > 2 and s.before[-2][0] == "LEFT" and s.before[-3][1] in ("sum", "product"):
        return Mistake("`in` stands between an index and its range", s.token, SUM)
    if len(s.before) == 2 and s.before[0][0] == "NAME" and s.last[0] in ("PLUS", "MINUS", "TIMES", "DIVIDE"):
        name, sign = s.before[0][1], s.last[1]
        return Mistake("a name is given a value with = alone", s.last, f"write {name} = {name} {sign} …")
    if not s.before:
        return Mistake("a name is missing before =", s.token)
    return Mistake("only a name can be given a value", s.token, "to compare, write ==")


def parameters(s: Statement) -> Mistake | None:
    """`f(3) = x`, `f() = 1`"""
    if not s.before or s.before[0][0] != "FUNCTION_NAME" or any(t[0] == "EQUALS" for t in s.before):
        return None
    if s.token[0] == "RIGHT" and s.last[0] == "LEFT":
        return Mistake("a function has at least one parameter", s.token, f"a name is enough: {s.before[0][1]} = …")
    return Mistake("the parameters of a function are names", s.token)


def derivatives(s: Statement) -> Mistake | None:
    """`derivative of f = 1`, `derivative of f(x)`, `derivative of f(3) = 1`"""
    if not s.before or s.before[0][0] != "DERIVATIVE" or any(t[0] == "EQUALS" for t in s.before):
        return None
    if s.before[-1][0] in ("LEFT", "COMMA"):
        return Mistake("the parameters of a function are names", s.token, RULE)
    name = s.token if len(s.before) == 1 else s.before[1]
    return Mistake("behind `derivative of` stand a function, its parameters and what is given for it", name, RULE)


def no_then(s: Statement) -> Mistake | None:
    """`if x > 0 1 else 2`"""
    opened = unfinished_ifs(s)
    if s.last[0] in ENDS and s.token[0] in (*STARTS, "ELSE") and opened and not opened[-1][1]:
        return Mistake("`then` is missing", s.token, CONDITIONAL)
    return None


def stray_names(s: Statement) -> Mistake | None:
    """`input x y`, `output 3`"""
    if not s.before or s.before[0][0] not in ("INPUT", "OUTPUT"):
        return None
    return Mistake(f"names stand after {s.before[0][1]}, with commas between them", s.token)


def power_of_function(s: Statement) -> Mistake | None:
    """`sin^2(x)`, `sin²(x)`, `sin^-1(x)`"""
    if s.token[0] not in ("LEFT", "NAME") or s.last[0] not in ("NUMBER", "SUPERSCRIPT"):
        return None
    kinds = [kind for kind, _, _ in s.before]
    for tail in (["NAME", "SUPERSCRIPT"], ["NAME", "POWER", "NUMBER"], ["NAME", "POWER", "MINUS", "NUMBER"]):
        name = s.before[-len(tail)][1] if kinds[-len(tail) :] == tail else ""
        if name not in CALLABLE:
            continue
        inside = "…" if s.token[0] == "LEFT" else s.token[1]
        if s.last[1] == "⁻¹" or tail[-2] == "MINUS":
            hint = f"write a{name}({inside}) for the inverse, 1/{name}({inside}) for the reciprocal"
        else:
            hint = (
                f"write {name}({inside})^{s.last[1]}" if s.last[0] == "NUMBER" else f"write {name}({inside}){s.last[1]}"
            )
        return Mistake(f"a power of {name} comes after its argument", s.last, hint)
    return None


def no_parentheses(s: Statement) -> Mistake | None:
    """`sin x`"""
    if s.last[0] == "NAME" and s.token[0] in ("NAME", "NUMBER", "ROOT") and s.last[1] in CALLABLE:
        return Mistake("a function's argument stands in parentheses", s.token, f"write {s.last[1]}({s.token[1]})")
    return None


def wrong_number(s: Statement) -> Mistake | None:
    """`0x10`, `1_000`, `1 000`, `1.2.3`, `1e`"""
    if s.last[0] != "NUMBER" or s.token[0] not in ("NUMBER", "NAME"):
        return None
    number, word = s.last[1], s.token[1]
    if s.token[0] == "NUMBER":
        if number.isdigit() and word.isdigit():
            return Mistake("a number has no spaces", s.token, f"write {number}{word}")
        return Mistake("a number has one decimal point", s.token)
    if s.token[2] != s.last[2] + len(number):
        return None
    if number == "0" and re.fullmatch("[xX][0-9a-fA-F]+|[bB][01]+|[oO][0-7]+", word):
        return Mistake("numbers are decimal", s.token, f"write {int(number + word, 0)}")
    if word[0] == "_" and word.strip("_").isdigit():
        return Mistake("a number has no underscores", s.token, f"write {number}{word.replace('_', '')}")
    if word in ("e", "E"):
        return Mistake(
            "the exponent of this number is missing", s.last, f"{number}e5 is a number, {number}*e a product"
        )
    return None


def no_operator(s: Statement) -> Mistake | None:
    """`2x`, `x y`, `2(x + 1)`, `(x + 1)(x - 1)`"""
    if s.last[0] not in ENDS or s.token[0] not in STARTS:
        return None
    if s.token[1] == "elif":
        return Mistake("elif is no word of the language", s.token, "if x > 1 then a else if x > 0 then b else c")
    if s.last[1] == "return":
        return Mistake("a block has no return", s.last, "its value is its last expression, without a name")
    left = "(…)" if s.last[0] == "RIGHT" else s.last[1]
    right = "(…)" if s.token[0] == "LEFT" else s.token[1]
    if s.last[0] == "SUPERSCRIPT":
        left = f"…{left}"
    return Mistake("an operator is missing", s.token, f"to multiply, write {left}*{right}")


def chained(s: Statement) -> Mistake | None:
    """`a < b < c`"""
    if s.token[0] != "COMPARE" or s.last[0] not in ENDS:
        return None
    return Mistake("comparisons do not chain", s.token, "write `a < b and b < c`")


def no_value(s: Statement) -> Mistake | None:
    """`x + * y`, `2*)`, `√-x`, `*x`, `x^²`, `x + if y > 0 then y else 0`"""
    kind = s.token[0]
    if kind == "IF" and s.last[0] in OPERATORS:
        return Mistake("a conditional inside a formula stands in parentheses", s.token, f"({CONDITIONAL})")
    if s.last[0] in (*OPERATORS, "EQUALS", "IF", "THEN", "ELSE") and kind not in STARTS:
        hint = "for example √(x + 1)" if s.last[0] == "ROOT" else None
        return Mistake(f"a value is missing after {s.last[1]}", s.token, hint)
    if kind in (*OPERATORS, "SUPERSCRIPT") and s.last[0] not in ENDS:
        return Mistake(f"a value is missing before {s.token[1]}", s.token)
    return None


def no_argument(s: Statement) -> Mistake | None:
    """`()`, `sin()`, `max(x,)`, `max(,x)`"""
    if s.token[0] == "RIGHT" and s.last[0] == "LEFT":
        return Mistake("there is nothing between these parentheses", s.token)
    if s.token[0] in ("RIGHT", "COMMA") and s.last[0] in ("COMMA", "LEFT"):
        return Mistake("an argument is missing", s.token)
    return None


def head_of_loop(s: Statement) -> Mistake | None:
    """`for k = 1..n`, `for k in 1:n`, `for k in 1..n s = s + k`, `while x > 1; x = x/2`"""
    if not s.before or s.before[0][0] not in ("FOR", "WHILE") or s.last[0] in OPERATORS:
        return None
    if len(s.before) == 1 and s.token[0] in ("EQUALS", "LEFT"):
        return Mistake(f"{s.last[1]} is a word of the language and cannot be a name", s.last)
    if s.before[0][0] == "WHILE":
        if len(s.before) == 1:
            return Mistake("a condition is missing after while", s.token if s.token[1].strip() else s.last, ENDLESS)
        return Mistake("a block in braces follows the condition of a `while`", pointed(s), ENDLESS)
    kinds = [kind for kind, _, _ in s.before]
    if len(kinds) == 1:
        return Mistake("the index of a loop is a name", pointed(s), LOOP)
    if "IN" not in kinds:
        return Mistake("`in` is missing behind the index of the loop", pointed(s), LOOP)
    if "RANGE" not in kinds:
        return Mistake("a loop runs from one index to another: first..last", pointed(s), LOOP)
    return Mistake("a block in braces follows the head of a loop", pointed(s), LOOP)


def pointed(s: Statement) -> Token:
    """Choose the token to point at: the one out of place, or the last one where the text or the line ends."""
    return s.token if s.token[1].strip() else s.last


def range_of_sum(s: Statement) -> Mistake | None:
    """`sum(k in 1..n, k^2)`, `sum(1..n: k)`, `sum(k in 1:n)`"""
    kinds = [kind for kind, _, _ in s.before]
    if "IN" in kinds and s.token[0] == "COMMA":
        return Mistake("a colon stands between the range and what is added or multiplied", s.token, SUM)
    if "IN" in kinds and "RANGE" not in kinds:
        return Mistake("an index runs from one number to another: first..last", s.token, SUM)
    if s.token[0] == "RANGE":
        return Mistake("a range stands in the head of a loop, of a sum or of a product", s.token, SUM)
    if s.token[0] == "COLON":
        return Mistake(": has no meaning here", s.token, "a name is given a value with `=`")
    return None


def stray_brace(s: Statement) -> Mistake | None:
    """`{x}`, `for k in 1..n { s = s + k } s`"""
    if s.token[0] == "OPEN":
        hint = "use parentheses; braces hold the blocks of functions and loops"
        if any(kind == "IF" for kind, _, _ in s.before):
            hint = f"a conditional is an expression: y = {CONDITIONAL}"
        return Mistake("{ has no meaning here", s.token, hint)
    if s.last[0] == "CLOSE":
        return Mistake("a new line or a ; is missing behind the block", s.token)
    return None


def stray_bracket(s: Statement) -> Mistake | None:
    """`[1, 2]`, `a = []`, `f([1, 2])`, `2[1]`"""
    if s.token[0] == "BEGIN":
        hint = "a = [1, x, x^2]; a[2] is its second element"
        return Mistake("a list stands behind a name and =, an index behind the name of a list", s.token, hint)
    if s.token[0] == "END" and s.last[0] == "BEGIN":
        return Mistake("there is nothing between these brackets", s.token)
    return None


def stray_comma(s: Statement) -> Mistake | None:
    """`1,5`, `x, y`, `(2, 3)`"""
    if s.token[0] != "COMMA":
        return None
    decimal = s.last[0] == "NUMBER" and s.token[2] == s.last[2] + len(s.last[1])
    hint = f"a decimal has a point: {s.last[1]}.5; " if decimal else ""
    return Mistake("a comma separates arguments only", s.token, f"{hint}statements are separated by ;")


def stray_word(s: Statement) -> Mistake | None:
    """`x if x > 0 else y`, `then`"""
    if s.token[0] == "IF" and s.last[0] in ENDS:
        return Mistake("a conditional begins with its `if`", s.token, CONDITIONAL)
    if s.token[0] in WORDS:
        return Mistake(f"{s.token[1]} is a word of the language and cannot stand here", s.token)
    return None


def anything(s: Statement) -> Mistake:
    """What no other rule knows."""
    return Mistake(f"{s.token[1]} cannot stand here", s.token)


RULES: tuple[Callable[[Statement], Mistake | None], ...] = (
    too_short, never_closed, stray_brace, stray_bracket, head_of_loop, derivatives, range_of_sum, wrong_equals,
    parameters, stray_names, no_then, power_of_function, no_parentheses, wrong_number, no_operator, chained, no_value,
    no_argument, stray_comma, stray_word, anything,
)  # fmt: skip
