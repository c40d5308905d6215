"""The words of a formula: trees of operations that know the length of their text without spaces.

In come operations on words; out come words. The lengths are those of the infix printer.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from symad.numbers import Number, write_number
from symad.operations import RULE
from symad.printers.sums import Exponent, reduced
from symad.program import SIGNS
from symad.rules import Rule

SUM, PRODUCT, POWER, ATOM = range(4)
LEVELS = {"add": SUM, "sub": SUM, "neg": SUM, "mul": PRODUCT, "div": PRODUCT, "pow": POWER}
AWKWARD = {  # operations that read badly inside another: a/b*c, exp(x)^2; in a function, sin(-x)
    "mul": ("div",), "div": ("div",), "pow": ("exp",), "add": (), "sub": (), "neg": (),
}  # fmt: skip
HALF = Fraction(1, 2)


@dataclass(frozen=True, slots=True)
class Words:
    """Hold an operation on operands, how tightly it binds, and the length of its text.

    `awkward` counts what reads badly though it is short, a/b*c or sin(x)*x; `rank` is the place among factors: numbers,
    inputs in their order, sums, functions; `payload` is what a leaf carries in place of operands.
    """

    operation: str
    operands: tuple[Words, ...]
    level: int
    length: int
    payload: tuple[Any, ...] = ()
    awkward: int = 0
    rank: tuple[int, int] = (0, 0)

    @property
    def cost(self) -> tuple[int, int]:
        """Give what is to be least."""
        return self.length, self.awkward


def within(words: Words, level: int) -> int:
    """Give the length of an operand, parentheses included where its operator needs them."""
    return words.length + (2 if words.level < level else 0)


def say(operation: str, *operands: Words) -> Words:
    """Put an operation into words."""
    level = LEVELS.get(operation, ATOM)
    lengths = [o.length for o in operands]
    if operation == "mul":
        length = within(operands[0], level) + 1 + within(operands[1], level)
    elif operation in ("add", "sub", "div"):
        length = within(operands[0], level) + 1 + within(operands[1], level + 1)
    elif operation == "neg":
        length = 1 + within(operands[0], PRODUCT)
    elif operation == "pow":
        length = within(operands[0], ATOM) + 1 + within(operands[1], POWER)
    elif operation in SIGNS:  # comparisons, conditions: as tight as needed, the same in all forms
        level, length = (
            -1,
            sum(within(o, SUM) for o in operands) + len(SIGNS[operation].replace("{}", "").replace(" ", "")),
        )
    elif not operands:
        length = len(operation)
    else:
        length = len(operation) + 1 + sum(lengths) + len(lengths)
    awkward = sum(o.awkward for o in operands) + any(o.operation in AWKWARD.get(operation, ("neg",)) for o in operands)
    if operation == "mul" and operands[0].rank > operands[1].rank:
        awkward += 1
    return Words(operation, operands, level, length, (), awkward + (operation == "sub"), ranked(operation, operands))


def ranked(operation: str, operands: tuple[Words, ...]) -> tuple[int, int]:
    """Give the place among factors: that of a power is its base's, that of a product its last factor's."""
    if not operands:
        return 0, 1
    if operation in ("sqrt", "cbrt", "abs", "sign", "neg") or (operation == "pow" and operands[1].rank == (0, 0)):
        return operands[0].rank
    if operation == "mul":
        return operands[1].rank
    first = operands[0].rank[1]
    return (max(2, *[o.rank[0] for o in operands]) if operation in ("add", "sub") else 3), first


def number(value: Number) -> Words:
    """Write a number that is not negative."""
    if isinstance(value, float):
        return Words("decimal", (), ATOM, len(write_number(value)), (value,))
    kind = "integer" if isinstance(value, int) else "rational"
    return Words(kind, (), ATOM if kind == "integer" else PRODUCT, len(write_number(value)), (value,))


def function(rule: Rule) -> Words:
    """Write the name of a function that has a rule."""
    return Words(RULE, (), ATOM, len(rule.name), (rule,))


def signed(value: Number) -> Words:
    """Write any number."""
    return say("neg", number(-value)) if value < 0 else number(value)


def raised(base: Words, exponent: Exponent) -> Words:
    """Write a power with a positive numeric exponent."""
    if exponent == 1:
        return base
    return say("sqrt", base) if exponent == HALF else say("pow", base, number(exponent))


def product(factors: list[Words]) -> Words:
    """Write factors one after the other."""
    total = factors[0]
    for factor in factors[1:]:
        total = say("mul", total, factor)
    return total


def quotient(c: Number, top: list[Words], bottom: list[Words]) -> Words:
    """Write a fraction with a positive coefficient."""
    above, below = (c, 1) if isinstance(c, float) else (c.numerator, c.denominator)
    top = [number(above), *top] if above != 1 or not top else top
    bottom = [number(below), *bottom] if below != 1 else bottom
    return say("div", product(top), product(bottom)) if bottom else product(top)


def scaled(c: Number, words: Words) -> Words:
    """Write a positive number times something as the printers do: 1/(2*x) and x/3, but 2/3*x.

    >>> scaled(Fraction(1, 3), say("div", number(1), say("pi"))).operation
    'div'
    """
    if isinstance(c, int | float) and words.operation != "div":
        return say("mul", number(c), words)
    above, below = (words.operands[0], [words.operands[1]]) if words.operation == "div" else (words, [])
    over = c.denominator if isinstance(c, Fraction) else 1
    front = reduced(c * over)
    if not below and front != 1:
        return say("mul", number(c), words)
    return quotient(
        1,
        [number(front), above] if (above.operation, above.payload) != ("integer", (1,)) else [number(front)],
        [number(over), *below],
    )
