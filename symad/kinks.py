"""A program in, its kinks out: where it is defined but not smooth, and which derivatives are used there.

The table of operations says where each operation has a kink and what its derivatives are there. The program is taken
simplified, as derivatives are made from it: in sqrt(x^4) there is none.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from itertools import combinations_with_replacement, count
from typing import Any

from symad.builder import Builder
from symad.derivatives.labels import chosen_inputs
from symad.derivatives.partials import formula
from symad.derivatives.primal import dependents
from symad.identities.conditions import COMPARE
from symad.loops import read_loop
from symad.operations import LEAVES, LOOP, OPERATIONS, Kink
from symad.printers.infix import READING
from symad.printers.levels import write
from symad.program import Program, live, write_assignment
from symad.simplify import identities
from symad.spans import spans

SIZE = 30  # operations in a text; a larger part of the formula is written …
SIGNS = {"lt": "<", "le": "<=", "gt": ">", "ge": ">=", "eq": "=", "ne": "!="}
UNUSED = "error"  # what is used where there is no derivative
BRANCH = "that of the branch taken"
MEANINGS = {
    "kink": "kink: there is no derivative, and what is used is a convention",
    "jump": "jump: the value jumps, and what is used is the derivative of a piece",
    "edge": "edge: a derivative is infinite or does not exist; one that is asked for is an error",
    "limit": "limit: the derivatives exist, though formulas may have no value there, and are used",
    "branch": "branch: a condition changes, and the derivative of the branch taken is used",
}


Derivatives = tuple[tuple[str, str | None], ...]  # by what, and what is used


@dataclass(frozen=True, slots=True)
class Place:
    """Hold one kink: the part of the formula, where it is, what it is, and the derivatives that are used there.

    `first` are the derivatives of the part by its operands, `second` those of second order, each with what it is by;
    None for an error. `line` and `column` count from 1; 0 where the program was not read from text.
    """

    part: str
    where: str
    what: str
    first: Derivatives
    second: Derivatives
    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Kinks:
    """Hold the kinks of a program, in the order of its assignments."""

    places: tuple[Place, ...]

    def as_dict(self) -> dict[str, Any]:
        """Give plain data, for JSON."""
        places = [asdict(place) for place in self.places]
        for row in places:
            for order in ("first", "second"):
                row[order] = [{"by": by, "used": used} for by, used in row[order]]
        return {"kinks": places}

    def __str__(self) -> str:
        if not self.places:
            return "no kinks: the formula is smooth wherever it is defined"
        rows: list[Sequence[str]] = [("place", "part", "where", "what", "first derivatives", "second derivatives")]
        for place in self.places:
            at = f"{place.line}:{place.column}" if place.line else "-"
            orders = [used(place.first), used(place.second)] if place.what != "branch" else [BRANCH, BRANCH]
            rows.append((at, place.part, place.where, place.what, *orders))
        widths = [max(len(row[k]) for row in rows) for k in range(len(rows[0]))]
        lines = ["  ".join([f"{c:<{w}}" for c, w in zip(row, widths, strict=True)]).rstrip() for row in rows]
        present = {place.what for place in self.places}
        return "\n".join([*lines, *[text for what, text in MEANINGS.items() if what in present]])


def used(derivatives: Derivatives) -> str:
    """Write which derivatives are used, by what where there are several.

    >>> used([("x", "1/2"), ("y", None)]), used([("x", "0")])
    ('by x: 1/2, by y: error', '0')
    """
    if len(derivatives) == 1:
        return derivatives[0][1] or UNUSED
    return ", ".join([f"by {by}: {text or UNUSED}" for by, text in derivatives])


def kinks(program: Program, wrt: Sequence[str] | None = None) -> Kinks:
    """List the kinks of a program with respect to some inputs, all if none are named.

    Raises NamingError for a `wrt` that is not an input.

    >>> from symad.parse import parse
    >>> [(place.part, place.where, place.first) for place in kinks(parse("abs(x - 1)")).places]
    [('abs(x - 1)', 'x - 1 = 0', (('x - 1', '0'),))]
    """
    return Kinks(tuple(Finder(program, wrt).places()))


class Finder:
    """Find the kinks of one program, in a builder that holds it simplified."""

    def __init__(self, program: Program, wrt: Sequence[str] | None) -> None:
        self.program = program
        self.b = Builder(identities)
        inputs = [self.b.input(name) for name in program.inputs]
        values = self.b.copy(program, inputs)
        self.count = len(self.b.assignments)
        self.live = live(self.b.assignments, [values[v] for v in program.results])
        self.chosen = set(chosen_inputs(program, wrt))
        self.active = dependents(self.b, [inputs[program.inputs.index(name)] for name in self.chosen])
        self.origins: dict[int, int] = {}
        for value, origin in zip(values, program.origins, strict=False):
            self.origins.setdefault(value, origin)
        self.spans = spans(program.text) if program.text else {}
        self.sizes: list[int] = []

    def places(self) -> Iterator[Place]:
        """List the kinks in order."""
        for value in range(self.count):
            operation, operands = self.b.assignments[value]
            if self.live[value] and operation not in LEAVES and any(self.active[v] for v in operands):
                for kink in OPERATIONS[operation].kinks if operation in OPERATIONS else ():
                    yield from self.place(value, kink)

        yield from self.in_loops()

    def in_loops(self) -> Iterator[Place]:
        """List the kinks in the bodies of loops, with respect to what is carried and what is captured."""
        program = self.program
        moving = bytearray(len(program.assignments))
        needed = live(program.assignments, program.results)
        for value, (operation, operands) in enumerate(program.assignments):
            if operation == "input":
                moving[value] = program.inputs[operands[0]] in self.chosen
            elif operation not in LEAVES:
                moving[value] = any(moving[v] for v in operands)
            if operation == LOOP and moving[value] and needed[value]:
                loop = read_loop(program.assignments, value)
                body = loop.body
                free = len(body.program.inputs) - body.captured
                captured = zip(body.program.inputs[free:], loop.captured, strict=True)
                names = [*body.program.inputs[body.indexed : free], *(name for name, v in captured if moving[v])]
                if names:
                    yield from Finder(body.program, names).places()

    def place(self, value: int, kink: Kink) -> Iterator[Place]:
        """Describe a kink of a value, unless it is never there."""
        operation, operands = self.b.assignments[value]
        if kink.what == "limit" and any(self.b.number(v) is not None for v in operands):
            return  # a power with a number for its exponent is smooth, or at an edge
        where = self.where(value, kink)
        if where is None:
            return
        row = OPERATIONS[operation]
        moving = [k for k, v in enumerate(operands) if self.active[v]]
        smooth = [k for k, partial in enumerate(row.partials) if partial is not None]
        pairs = list(combinations_with_replacement(smooth, 2))
        by = [self.text(v) for v in operands]
        orders = enumerate(kink.first)
        first: Derivatives = tuple([(by[k], self.used(value, text)) for k, text in orders if k in moving])
        second: Derivatives = tuple(
            [
                (f"{by[i]}, {by[j]}", self.used(value, text))
                for (i, j), text in zip(pairs, kink.second, strict=True)
                if i in moving and j in moving
            ]
        )
        if kink.what == "edge" and all(text is not None for _, text in (*first, *second)):
            return  # what does not exist is not asked for
        line, column = self.position(value)
        yield Place(self.text(value), where, kink.what, first, second, line, column)

    def where(self, value: int, kink: Kink) -> str | None:
        """Write the condition of a kink on the operands of a value; None where numbers decide that it never holds."""
        operation, operands = self.b.assignments[value]
        condition = formula(operation, f"if {kink.condition} then 1 else 0")
        images = self.b.copy(condition, [*operands, value])
        atoms = []
        stack = [condition.assignments[condition.results[0]][1][0]]
        while stack:
            name, sides = condition.assignments[stack.pop()]
            if name == "and":
                stack += reversed(sides)
                continue
            left, right = (images[v] for v in sides)
            x, y = self.b.number(left), self.b.number(right)
            if x is None or y is None:
                atoms.append(f"{self.text(left)} {SIGNS[name]} {self.text(right)}")
            elif not COMPARE[name](x, y):
                return None
        return " and ".join(atoms) or None

    def used(self, value: int, text: str | None) -> str | None:
        """Write a derivative of the table on the operands of a value."""
        if text is None:
            return None
        operation, operands = self.b.assignments[value]
        found = formula(operation, text)
        return self.text(self.b.copy(found, [*operands, value])[found.results[0]])

    def text(self, value: int) -> str:
        """Write a value as a formula; what is long in it is written …"""
        assignments = self.b.assignments
        for operation, operands in assignments[len(self.sizes) :]:
            inner = () if operation in LEAVES else operands
            self.sizes.append(min(SIZE + 1, 1 + sum([self.sizes[v] for v in inner])))
        if self.sizes[value] > SIZE:
            operation, operands = assignments[value]
            short = [self.text(v) if self.sizes[v] <= SIZE else "…" for v in operands]
            return write_assignment(operation, short)
        b = Builder()
        inputs = cache(lambda k: b.input(self.program.inputs[k]))
        made = b.extract(assignments, value, inputs)
        [(_, text)], _ = write(b.finish([("f", made)]), READING, b.inputs, map("w{}".format, count(1)))
        return text

    def position(self, value: int) -> tuple[int, int]:
        """Give line and column of the part of the text that a value comes from."""
        origin = self.origins.get(value, -1)
        if origin < 0:
            return 0, 0
        start = self.spans.get(origin, (origin, origin))[0]
        text = self.program.text
        return text.count("\n", 0, start) + 1, start - text.rfind("\n", 0, start)
