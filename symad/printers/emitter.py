"""Assignments in, statements out: which values become part of a larger expression, and which get a name of their own.

A target is a table of rules, a rule an operation: the text around its operands, how tightly it binds, and how tightly
each operand has to bind to stand there without parentheses. Only this module writes parentheses. Everything is one walk
forwards: the text of a value is made from the texts of its operands.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from symad.numbers import Number
from symad.operations import LEAVES, LOOP, NUMBERS, PROJECT
from symad.program import Assignment, count_uses

NAME = 100  # how tightly a name or a number binds; where that is required, an expression gets a name
ANY = 0  # required where every expression may stand
PLAIN = 70  # two operands that are shorter together need no look at the limit of a line
UNRULED = LEAVES | {LOOP, PROJECT}  # what is no operation; a target may have rules for loops
SHORT = 240  # pieces are joined at once up to this length: longer text is joined when it is complete

Rope = tuple[Any, ...]  # texts and ropes, to be joined in order
Text = str | Rope


class Rule(NamedTuple):
    """Say how an operation is written: `pieces` around its operands, `level` and `required` how tightly they bind."""

    level: int
    required: tuple[int, ...]
    pieces: tuple[str, ...]


Shape = tuple[Rule, tuple[int, ...]]  # how one value is written: a rule, and the values that stand in it


class View(NamedTuple):
    """Hold what a rule may look at: the assignments, and how many uses each value has."""

    assignments: Sequence[Assignment]
    uses: Sequence[int]

    def number(self, value: int) -> Number | None:
        """Give the number that a value is, None if it is not a constant."""
        operation, payload = self.assignments[value]
        return payload[0] if operation in NUMBERS else None

    def single(self, value: int, *operations: str) -> tuple[int, ...] | None:
        """Give the operands of a value that is used once and is one of these operations."""
        operation, operands = self.assignments[value]
        return operands if self.uses[value] == 1 and operation in operations else None


Chooser = Callable[[View, tuple[int, ...]], Shape]


class Syntax(NamedTuple):
    """Hold how a language writes loops, `%s` in the places of texts.

    `sums` are a sum and a product: index, first, last, term. `summation` says how tightly they bind, and how tightly a
    bound and a term have to. `head`, of an index, where it starts and where it ends, and `condition` open a loop, `end`
    closes it. `every` is a text for each index, `element` one of a sequence and how tightly it binds. `name` writes a
    name. `block` makes a row, a name and a text, of lines and how far each stands in.
    """

    sums: Mapping[str, str]
    summation: tuple[int, int, int]
    head: str
    condition: str
    end: str
    every: str
    assigned: str
    element: tuple[str, int]
    name: Callable[[str], str]
    block: Callable[[str, Sequence[tuple[int, str]]], tuple[str, str]]


class Target(NamedTuple):
    """Hold how a language writes operations and numbers; a chooser is a rule that looks at the operands."""

    rules: Mapping[str, Rule | Chooser]
    number: Callable[[Number], tuple[str, int]]
    parentheses: tuple[str, str] = ("(", ")")
    loops: Syntax | None = None


class Question(NamedTuple):
    """Hold a condition, its text, and how tightly that binds."""

    condition: int
    text: str
    level: int


class Statement(NamedTuple):
    """Hold a named expression and the block in which it stands: conditions, empty for always.

    One that is `asked` is computed when it is called. Instead of an expression it may be the `lines` of a loop, which
    gives names to its results.
    """

    block: tuple[Question, ...]
    name: str
    text: Text
    asked: bool = False
    lines: Sequence[str] = ()


def call(name: str, count: int = 1) -> Rule:
    """Make the rule of a function that is called by its name."""
    return Rule(NAME - 1, (ANY,) * count, (f"{name}(", *[", "] * (count - 1), ")") if count else (name,))


def by_name(rule: Callable[[str, int], Rule]) -> Chooser:
    """Make the rule of the functions that have rules: each is written by its name, its arguments by their number."""

    def choose(view: View, operands: tuple[int, ...]) -> Shape:
        function, *arguments = operands
        return rule(view.assignments[function][1][0].name, len(arguments)), tuple(arguments)

    return choose


def flattened(rule: Callable[[int], Rule], operation: str, most: int, *, nested: int = ANY) -> Chooser:
    """Make the rule of an operation on any number of operands: nested from the left, it is written as one call.

    One that has more than `most` operands stays nested, where it has to bind as tightly as `nested` says.
    """

    def choose(view: View, operands: tuple[int, ...]) -> Shape:
        arguments = operands
        while len(arguments) < most and (inner := view.single(arguments[0], operation)):
            arguments = (*inner, *arguments[1:])
        made = rule(len(arguments))
        if view.single(arguments[0], operation):
            made = made._replace(required=(nested, *made.required[1:]))
        return made, arguments

    return choose


def shapes(
    assignments: Sequence[Assignment], results: Iterable[int], target: Target, *, repeated: bool = False
) -> list[Shape | None]:
    """Choose how each value is written; None for inputs, numbers, loops and what the results do not need.

    `repeated` lets a rule look into values that are used more than once: they are written out at each use.
    """
    uses = count_uses(assignments, results)
    view = View(assignments, [min(used, 1) for used in uses] if repeated else uses)
    found: list[Shape | None] = []
    rules = target.rules
    for (operation, operands), used in zip(assignments, view.uses, strict=True):
        if not used or operation in UNRULED and operation not in rules:
            found.append(None)
            continue
        rule = rules[operation]
        found.append((rule, operands) if rule.__class__ is Rule else rule(view, operands))  # type: ignore[operator]
    return found


def shown_uses(found: Sequence[Shape | None], results: Iterable[int]) -> list[int]:
    """Count how often each value stands in the text of another one or is a result."""
    uses = [0] * len(found)
    for value in results:
        uses[value] += 1
    for value in range(len(found) - 1, -1, -1):
        shape = found[value]
        if shape is not None and uses[value]:
            for operand in shape[1]:
                uses[operand] += 1
    return uses


@dataclass(slots=True)
class Emitter:
    """Make the texts of values, in order, and the statements that they need.

    `limit` is the length beyond which a text is cut by naming its longest operands, None for no limit; `blocks` say
    under which conditions each value is computed, None for one that gets no name; `asked` are values that are computed
    when called.
    """

    assignments: Sequence[Assignment]
    shapes: Sequence[Shape | None]
    target: Target
    texts: list[Text]
    levels: list[int]
    names: Iterator[str]
    limit: int | None
    statements: list[Statement]
    blocks: Sequence[tuple[int, ...] | None] | None
    asked: Collection[int]

    def leaves(self, inputs: Sequence[str]) -> None:
        """Write inputs and numbers."""
        for value, (operation, operands) in enumerate(self.assignments):
            if operation == "input":
                self.texts[value] = inputs[operands[0]]
            elif operation in NUMBERS:
                self.texts[value], self.levels[value] = self.target.number(operands[0])

    def write(self, value: int) -> None:
        """Write the text of an operation from the texts of its operands."""
        shape = self.shapes[value]
        if shape is None:
            return
        (level, required, pieces), operands = shape
        texts, levels = self.texts, self.levels
        if len(operands) == 2:  # the usual case at twice the speed: both short, no parentheses
            x, y = operands
            if levels[x] >= required[0] and levels[y] >= required[1]:
                left, right = texts[x], texts[y]
                if left.__class__ is right.__class__ is str and len(left) + len(right) < PLAIN:
                    texts[value] = f"{pieces[0]}{left}{pieces[1]}{right}{pieces[2]}"
                    levels[value] = level
                    return
        parts: list[Text] = []
        size = sum(map(len, pieces))
        for operand, bound, piece in zip(operands, required, pieces, strict=False):
            if levels[operand] < bound == NAME:
                self.name(operand)
            text = texts[operand] if levels[operand] >= bound else self.parenthesised(texts[operand])
            parts += (piece, text)
            size += len(text) if isinstance(text, str) else SHORT
        if self.limit is not None and size > self.limit and self.cut(operands):
            self.write(value)
            return
        parts.append(pieces[-1])
        texts[value] = "".join(parts) if size < SHORT or self.limit is not None else tuple(parts)  # type: ignore[arg-type]
        levels[value] = level

    def parenthesised(self, text: Text) -> Text:
        """Put parentheses around a text."""
        left, right = self.target.parentheses
        if isinstance(text, str) and (self.limit is not None or len(text) < SHORT):
            return f"{left}{text}{right}"
        return left, text, right

    def cut(self, operands: Sequence[int]) -> bool:
        """Name the longest operand; tell whether there was any to name."""
        named = [v for v in operands if self.levels[v] < NAME and self.shapes[v]]
        if self.blocks is not None:
            named = [v for v in named if self.blocks[v] is not None]
        if not named:
            return False
        longest = max(named, key=lambda v: len(self.texts[v]))
        self.name(longest)
        return True

    def name(self, value: int) -> None:
        """Give a value a name; its text is the name from now on."""
        name = next(self.names)
        asked = value in self.asked
        self.statements.append(Statement(self.questions(value), name, self.texts[value], asked))
        self.texts[value], self.levels[value] = f"{name}()" if asked else name, NAME

    def questions(self, value: int) -> tuple[Question, ...]:
        """Give the conditions of the block in which a value is computed."""
        block = (self.blocks[value] if self.blocks is not None else None) or ()
        return tuple([Question(c, self.condition(c), self.levels[c]) for c in block])

    def condition(self, need: int) -> str:
        """Give the text of a condition; what combines conditions is written when a statement asks for it."""
        missing: set[int] = set()
        stack = [need]
        while stack:
            value = stack.pop()
            shape = self.shapes[value]
            if shape is not None and not self.texts[value] and value not in missing:
                missing.add(value)
                stack += shape[1]
        for value in sorted(missing):
            self.write(value)
        return joined(self.texts[need])


def emitter(
    assignments: Sequence[Assignment],
    found: Sequence[Shape | None],
    target: Target,
    names: Iterator[str],
    limit: int | None = None,
    blocks: Sequence[tuple[int, ...] | None] | None = None,
    asked: Collection[int] = (),
) -> Emitter:
    """Make an emitter that has written nothing yet."""
    count = len(assignments)
    return Emitter(assignments, found, target, [""] * count, [NAME] * count, names, limit, [], blocks, asked)


def joined(text: Text) -> str:
    """Join a rope, however deep, in linear time."""
    if isinstance(text, str):
        return text
    parts: list[str] = []
    stack: list[Text] = [text]
    while stack:
        top = stack.pop()
        if isinstance(top, str):
            parts.append(top)
        else:
            stack.extend(reversed(top))
    return "".join(parts)
