"""Program in, the same Program out, without the questions whose answers are known where they are asked.

    if x > 0 then abs(x) else x + (if x > 1 then y else 0)      if x > 0 then x else x

A value is looked at from each of its uses, under the condition of that use (needs.py): a select whose condition is
known there stands for its branch, a maximum for the larger of two, an absolute value for its operand. A comparison is
known where one of the same values is, or of the same value with other numbers. A nan compares as it does in doubles:
from `not x > 0` does not follow `x <= 0`. One walk forwards.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from symad.builder import Builder, Identities
from symad.needs import ALWAYS, LEVELS, NEVER, alternatives, conditions, needs, row, use
from symad.operations import LEAVES, NUMBERS
from symad.program import LAZY, Program, conditional

# fmt: off
LESS, EQUAL, GREATER, UNORDERED = 1, 2, 4, 8  # how two doubles compare; a nan is neither
ANYHOW = LESS | EQUAL | GREATER | UNORDERED
COMPARED = {
    "lt": LESS, "le": LESS | EQUAL, "gt": GREATER, "ge": GREATER | EQUAL, "eq": EQUAL, "ne": ANYHOW - EQUAL,
}
Choice = Callable[..., "int | None"]  # of a builder, facts and operands: the operand that the value is, if known
SIGNS = {LESS: -1, EQUAL: 0, GREATER: 1}
# fmt: on


class Facts(NamedTuple):
    """Hold what is known: the outcomes of conditions, how pairs of values compare, and values with numbers."""

    outcomes: dict[int, bool]
    pairs: dict[tuple[int, int], int]
    numbers: dict[int, list[tuple[float, int]]]


def narrowed(program: Program, identities: Identities) -> Program:
    """Leave out what is known where it is asked, and apply identities to what is made anew.

    >>> from symad.parse import parse
    >>> from symad.simplify import identities
    >>> print(narrowed(parse("if x > 1 then (if x > 0 then abs(x) else y) else 2"), identities))
    w1 = x
    w2 = y
    w3 = w1 > 1
    w4 = if w3 then w1 else 2
    f  = w4
    """
    if not conditional(program.assignments):
        return program
    return Narrowing(program, identities).program()


class Narrowing:
    """Make a program again, each operand as it looks from where it is used."""

    def __init__(self, program: Program, identities: Identities) -> None:
        self.source = b = Builder()
        values = b.copy(program, [b.input(name) for name in program.inputs])
        self.outputs, self.results = program.outputs, [values[v] for v in program.results]
        self.count = len(b.assignments)
        self.need = needs(b, self.count, self.results)
        self.target = Builder(identities)
        self.image = [self.target.input(name) for name in program.inputs]
        self.known: dict[int, list[Facts]] = {}

    def program(self) -> Program:
        """Walk through the assignments; one that is never needed is dropped at the end."""
        source, target, image = self.source, self.target, self.image
        for value in range(len(image), self.count):
            operation, operands = source.assignments[value]
            if operation in LEAVES:
                image.append(target.leaf(operation, *operands))
            else:
                own = self.need[value]
                needed = [NEVER if own == NEVER else use(source, value, k, own) for k in range(len(operands))]
                image.append(target.make(operation, *map(self.seen, operands, needed)))
        results = [self.seen(v, ALWAYS) for v in self.results]
        return target.finish(zip(self.outputs, results, strict=True))

    def seen(self, value: int, condition: int) -> int:
        """Give a value as it looks from a use under a condition, a value of the target."""
        b = self.source
        if condition == NEVER or condition == ALWAYS and b.assignments[value][0] not in LAZY:
            return self.image[value]
        facts = self.facts(condition)
        while True:
            operation, operands = b.assignments[value]
            chosen = None
            if operation in CHOICES:
                found = {CHOICES[operation](b, known, *operands) for known in facts}
                chosen = found.pop() if len(found) == 1 else None
            if chosen is None:
                return self.image[value] if operation not in ("abs", "sign") else self.signed(value, facts)
            value = chosen

    def signed(self, value: int, facts: Sequence[Facts]) -> int:
        """Give an absolute value or a sign where the sign is known, a value of the target."""
        operation, (x,) = self.source.assignments[value]
        signs = {compared(self.source, known, x, 0.0) & ~UNORDERED for known in facts}
        sign = signs.pop() if len(signs) == 1 else 0
        if operation == "sign" and sign in SIGNS:
            return self.target.constant(SIGNS[sign])
        if operation == "abs" and sign in (LESS, LESS | EQUAL):
            return self.target.make("neg", self.image[x])
        return self.image[x] if operation == "abs" and sign in (GREATER, GREATER | EQUAL) else self.image[value]

    def facts(self, condition: int) -> list[Facts]:
        """Give what is known under a condition: of each of its alternatives, as far back as they are looked at."""
        known = self.known.get(condition)
        if known is None:
            known = self.known[condition] = [
                gathered(self.source, conditions(self.source, path)) for path in alternatives(self.source, condition)
            ]
        return known


def gathered(b: Builder, literals: Sequence[int]) -> Facts:
    """Gather what follows from conditions that hold."""
    facts = Facts({}, {}, {})
    for literal in literals:
        learn(b, facts, literal, True)
    return facts


def learn(b: Builder, facts: Facts, condition: int, holds: bool) -> None:
    """Add what follows from a condition that holds, or does not."""
    while b.assignments[condition][0] == "not":
        condition, holds = b.assignments[condition][1][0], not holds
    facts.outcomes[condition] = holds
    operation, operands = b.assignments[condition]
    if operation in COMPARED:
        x, y = operands
        mask = COMPARED[operation] if holds else ANYHOW - COMPARED[operation]
        if b.assignments[x][0] in NUMBERS:
            x, y, mask = y, x, turned(mask)
        number = b.number(y)
        if number is not None:
            facts.numbers.setdefault(x, []).append((float(number), mask))
        else:
            facts.pairs[x, y] = facts.pairs.get((x, y), ANYHOW) & mask
            facts.pairs[y, x] = turned(facts.pairs[x, y])


def after(b: Builder, facts: Facts, first: int, holds: bool) -> Facts:
    """Give what is known where the first operand of `and` holds, or that of `or` does not."""
    more = Facts({**facts.outcomes}, {**facts.pairs}, {x: [*known] for x, known in facts.numbers.items()})
    for operand in row(b, first, "and" if holds else "or"):
        learn(b, more, operand, holds)
    return more


def turned(mask: int) -> int:
    """Give how y compares with x, where x compares with y like this."""
    return mask & (EQUAL | UNORDERED) | (GREATER if mask & LESS else 0) | (LESS if mask & GREATER else 0)


def compared(b: Builder, facts: Facts, x: int, number: float) -> int:
    """Give how a value can compare with a number."""
    mask = ANYHOW
    for other, known in facts.numbers.get(x, ()):
        possible = known & UNORDERED
        if known & LESS:
            possible |= LESS if other <= number else LESS | EQUAL | GREATER
        if known & EQUAL:
            possible |= LESS if other < number else EQUAL if other == number else GREATER
        if known & GREATER:
            possible |= GREATER if other >= number else LESS | EQUAL | GREATER
        mask &= possible
    return mask


def relation(b: Builder, facts: Facts, x: int, y: int) -> int:
    """Give how two values can compare."""
    if b.assignments[x][0] in NUMBERS:
        return turned(relation(b, facts, y, x)) if b.assignments[y][0] not in NUMBERS else ANYHOW
    number = b.number(y)
    return facts.pairs.get((x, y), ANYHOW) if number is None else compared(b, facts, x, float(number))


def outcome(b: Builder, facts: Facts, condition: int, levels: int = LEVELS) -> bool | None:
    """Tell whether a condition holds, None where that is not known."""
    found = facts.outcomes.get(condition)
    if found is not None or levels == 0:
        return found
    operation, operands = b.assignments[condition]
    if operation in COMPARED:
        mask, wanted = relation(b, facts, *operands), COMPARED[operation]
        return True if not mask & ~wanted else False if not mask & wanted else None
    if operation not in ("not", "and", "or"):
        return None
    first = outcome(b, facts, operands[0], levels - 1)
    if operation == "not":
        return None if first is None else not first
    decides = operation == "or"
    if first is decides:
        return decides
    second = outcome(b, after(b, facts, operands[0], not decides), operands[1], levels - 1)
    return second if first is not None or second is decides else None


def branch(b: Builder, facts: Facts, condition: int, yes: int, no: int) -> int | None:
    """Choose the branch that is taken."""
    holds = outcome(b, facts, condition)
    return None if holds is None else yes if holds else no


def other_condition(decides: bool) -> Choice:
    """Make the function that drops an operand of `and` or `or` that changes nothing."""

    def choice(b: Builder, facts: Facts, x: int, y: int) -> int | None:
        if outcome(b, facts, x) is (not decides):
            return y
        return x if outcome(b, after(b, facts, x, not decides), y) is (not decides) else None

    return choice


def extreme(first: int) -> Choice:
    """Make the function that chooses the first of two where it compares like that, the second in the opposite case."""

    def choice(b: Builder, facts: Facts, x: int, y: int) -> int | None:
        mask = relation(b, facts, x, y) & ~UNORDERED
        return x if not mask & ~(first | EQUAL) else y if not mask & ~(turned(first) | EQUAL) else None

    return choice


def rectified(b: Builder, facts: Facts, x: int) -> int | None:
    """Choose the operand of relu where it is not negative."""
    return None if compared(b, facts, x, 0.0) & LESS else x


CHOICES: dict[str, Choice] = {
    "select": branch, "and": other_condition(False), "or": other_condition(True),
    "max": extreme(GREATER), "min": extreme(LESS), "relu": rectified,
}  # fmt: skip
