"""The target of the grammar's expressions: numbers, arithmetic and conditions become assignments as they are read."""

from __future__ import annotations

from array import array
from fractions import Fraction
from typing import NoReturn

from symad.builder import Builder
from symad.errors import NamingError
from symad.lalr import Token
from symad.numbers import exact, fits

# fmt: off
COMPARISONS = {"<": "lt", "<=": "le", ">": "gt", ">=": "ge", "==": "eq", "!=": "ne", "≤": "le", "≥": "ge", "≠": "ne"}
SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻", "0123456789+-")
DIGITS = 100  # of an integer that may be exact; longer ones are doubles
PIECEWISE = "piecewise(x < 0, -x, x < 1, x^2, x): conditions with their values, and the value for all other cases"
MEMORY = 1000  # numbers whose text is remembered; most formulas repeat a few
# fmt: on


class Expressions:
    """Make assignments as expressions go by; the methods are the grammar's rules.

    `origins` holds the place in the text of every assignment, `booleans` the values that are truth values.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self.builder = Builder()
        self.origins = array("q")
        self.literals: dict[str, int] = {}
        self.booleans: set[int] = set()

    def error(self, reason: str, token: Token, hint: str | None = None) -> NoReturn:
        """Report a name or a use that cannot be, where it stands."""
        raise NamingError(reason, text=self.text, start=token[2], end=token[2] + len(token[1]), hint=hint)

    def make(self, token: Token, operation: str, *operands: int) -> int:
        """Make an assignment and note where it came from."""
        value = self.builder.make(operation, *operands)
        if value >= len(self.origins):
            self.origins.append(token[2])
        return value

    def note(self, token: Token, value: int) -> int:
        """Note where the assignments made since the last note came from."""
        self.origins.extend([token[2]] * (len(self.builder.assignments) - len(self.origins)))
        return value

    # numbers

    def number(self, token: Token) -> int:
        word = token[1]
        value = self.literals.get(word)
        if value is None:
            value = self.literal(token, word)
            if len(self.literals) < MEMORY:
                self.literals[word] = value
        return value

    def literal(self, token: Token, word: str) -> int:
        """Make the constant that a number is written as."""
        whole = word.isdigit() and len(word) <= DIGITS
        number = int(word) if whole else float(word)
        if number == float("inf"):
            self.error(f"the number {word[:20]} is too large for a double", token)
        return self.note(token, self.builder.constant(number))

    # arithmetic

    def add(self, left: int, token: Token, right: int) -> int:
        if self.booleans:
            self.numeric(token, left, right)
        return self.make(token, "add", left, right)

    def sub(self, left: int, token: Token, right: int) -> int:
        if self.booleans:
            self.numeric(token, left, right)
        return self.make(token, "sub", left, right)

    def mul(self, left: int, token: Token, right: int) -> int:
        if self.booleans:
            self.numeric(token, left, right)
        return self.make(token, "mul", left, right)

    def div(self, left: int, token: Token, right: int) -> int:
        if self.booleans:
            self.numeric(token, left, right)
        x, y = self.builder.number(left), self.builder.number(right)
        if x is not None and y and not isinstance(x, float) and not isinstance(y, float):
            quotient = exact(Fraction(x) / Fraction(y))
            if fits(quotient):
                return self.note(token, self.builder.constant(quotient))
        return self.make(token, "div", left, right)

    def pow(self, base: int, token: Token, exponent: int) -> int:
        if self.booleans:
            self.numeric(token, base, exponent)
        y = self.builder.number(exponent)
        if isinstance(y, float) and y.is_integer() and abs(y) < 2**53:
            exponent = self.note(token, self.builder.constant(int(y)))
        return self.make(token, "pow", base, exponent)

    def superscript(self, base: int, token: Token) -> int:
        word = token[1].translate(SUPERSCRIPTS)
        if len(word) > DIGITS:
            self.error("this exponent is too large", token)
        exponent = self.note(token, self.builder.constant(int(word)))
        return self.pow(base, token, exponent)

    def root(self, token: Token, operand: int) -> int:
        self.numeric(token, operand)
        return self.make(token, "sqrt", operand)

    def neg(self, token: Token, operand: int) -> int:
        self.numeric(token, operand)
        number = self.builder.number(operand)
        if number is not None:
            return self.note(token, self.builder.constant(-number))
        return self.make(token, "neg", operand)

    def plus(self, token: Token, operand: int) -> int:
        self.numeric(token, operand)
        return operand

    def group(self, _left: Token, inner: int, _right: Token) -> int:
        return inner

    # conditions

    def comparison(self, left: int, token: Token, right: int) -> int:
        self.numeric(token, left, right)
        return self.boolean(self.make(token, COMPARISONS[token[1]], left, right))

    def conjunction(self, left: int, token: Token, right: int) -> int:
        self.logical(token, left, right)
        return self.boolean(self.make(token, "and", left, right))

    def disjunction(self, left: int, token: Token, right: int) -> int:
        self.logical(token, left, right)
        return self.boolean(self.make(token, "or", left, right))

    def negation(self, token: Token, operand: int) -> int:
        self.logical(token, operand)
        return self.boolean(self.make(token, "not", operand))

    def conditional(self, token: Token, condition: int, _t: Token, yes: int, _e: Token, no: int) -> int:
        self.logical(token, condition)
        if (yes in self.booleans) != (no in self.booleans):
            self.error("one branch is a number and the other a truth value", token)
        value = self.make(token, "select", condition, yes, no)
        return self.boolean(value) if yes in self.booleans else value

    def piecewise(self, token: Token, arguments: list[int]) -> int:
        """Read pairs of a condition and a value, all in one order or all in the other, and the value for all else."""
        if len(arguments) % 2 == 0:
            self.error("piecewise has no value where none of its conditions holds", token, PIECEWISE)
        if len(arguments) == 1:
            self.error("piecewise has no condition", token, PIECEWISE)
        first = 0 if arguments[0] in self.booleans else 1  # where the condition stands in a pair
        conditions, values = arguments[first:-1:2], arguments[1 - first : -1 : 2]
        if not self.booleans.issuperset(conditions) or not self.booleans.isdisjoint([*values, arguments[-1]]):
            self.error("piecewise takes conditions and numbers in turn, and a number at the end", token, PIECEWISE)
        value = arguments[-1]
        for condition, chosen in zip(reversed(conditions), reversed(values), strict=True):
            value = self.make(token, "select", condition, chosen, value)
        return value

    def boolean(self, value: int) -> int:
        """Remember that a value is a truth value."""
        self.booleans.add(value)
        return value

    def numeric(self, token: Token, *operands: int) -> None:
        """Insist on numbers."""
        if not self.booleans.isdisjoint(operands):
            hint = "write `a < b and b < c`" if token[1] in COMPARISONS else "write `if … then 1 else 0` to count it"
            if COMPARISONS.get(token[1]) in ("eq", "ne"):
                hint = "two conditions are equal where `a and b or not a and not b`"
            self.error("a truth value stands where a number is needed", token, hint)

    def logical(self, token: Token, *operands: int) -> None:
        """Insist on truth values."""
        if not self.booleans.issuperset(operands):
            self.error("a number stands where a condition is needed", token, "compare it: x > 0, x != 0")

    def first(self, item: int | Token) -> list[int | Token]:
        return [item]

    def next(self, items: list[int | Token], _comma: Token, item: int | Token) -> list[int | Token]:
        items.append(item)
        return items
