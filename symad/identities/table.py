"""What a row of the table of identities is, and how rows look at values.

A row says on which operation it works and on which operands; its law is written in symad's own language, so that a test
can try it on numbers, and its guard is the condition under which it is used. *Exact* laws hold for every double, *real*
ones where both sides are defined, to a few units in the last place.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

from symad.builder import Apply as Apply
from symad.builder import Builder
from symad.numbers import NUMBER_KINDS, Number

Kinds = frozenset[str]
ANY: Kinds = frozenset()  # every kind of operand
NUMBER: Kinds = NUMBER_KINDS


@dataclass(frozen=True, slots=True)
class Identity:
    """Hold one row: what it is called, where it applies, its law and guard, and the function that applies it.

    `operands` gives, for each operand, the kinds that it may have (ANY for all; see Builder.kinds); `same` asks for one
    value twice.
    `apply(builder, *operands)` gives the value that takes the operation's place, None where the guard does not hold.
    """

    name: str
    group: str
    operations: Kinds
    operands: tuple[Kinds, ...]
    same: bool
    law: str
    guard: str
    apply: Apply


ROWS: list[Identity] = []


def row(
    group: str,
    operations: str | Kinds,
    operands: tuple[str | Kinds, ...],
    law: str,
    guard: str = "",
    same: bool = False,
) -> Callable[[Apply], Apply]:
    """Enter a function into the table of identities, under its own name."""

    def enter(apply: Apply) -> Apply:
        kinds = tuple(frozenset(k.split()) if isinstance(k, str) else k for k in operands)
        heads = frozenset(operations.split()) if isinstance(operations, str) else operations
        ROWS.append(Identity(apply.__name__.replace("_", " "), group, heads, kinds, same, law, guard, apply))
        return apply

    return enter


def number(b: Builder, v: int) -> Number:
    """Give the number that a value of a number's kind is."""
    found: Number = b.assignments[v][1][0]
    return found


def scaled(b: Builder, v: int) -> tuple[Number, int]:
    """Split a value into a number and the rest."""
    operation, operands = b.assignments[v]
    sign = 1
    if operation == "neg":
        sign = -1
        v = operands[0]
        operation, operands = b.assignments[v]
    if b.kinds[v] == "scaled":
        return sign * number(b, operands[0]), operands[1]
    return sign, v


def power(b: Builder, v: int) -> tuple[int, Number]:
    """Split a value into a base and a numeric exponent."""
    operation, operands = b.assignments[v]
    if operation == "pow":
        if b.kinds[operands[1]] in NUMBER:
            return operands[0], number(b, operands[1])
    elif operation == "sqrt":
        return operands[0], Fraction(1, 2)
    return v, 1


def shifted(b: Builder, v: int) -> tuple[Number, int, int] | None:
    """Split a sum or difference that has a number in it: the number, the sign of the rest, the rest."""
    operation, (x, y) = b.assignments[v]
    if b.kinds[y] in NUMBER:
        return (number(b, y), 1, x) if operation == "add" else (-number(b, y), 1, x)
    if b.kinds[x] in NUMBER:
        return number(b, x), 1 if operation == "add" else -1, y
    return None


def of(b: Builder, v: int) -> tuple[int, ...]:
    """Give the operands of a value."""
    return b.assignments[v][1]


def even(n: Number | None) -> bool:
    """Tell whether a number is an even integer."""
    return isinstance(n, int) and n % 2 == 0
