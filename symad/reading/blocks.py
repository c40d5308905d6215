"""Loops: what a block assigns is carried from one iteration to the next, what it only reads is captured.

A block's statements are read as all others are. Which names it assigns is known before: its text is looked through for
them. Those that have a value before the loop are carried; they stand for another value in every iteration, as the index
does. When the block closes, what it has made becomes the body, a program of its own, and is left out of this one.
"""

from __future__ import annotations

from array import array
from collections.abc import Collection, Container, Mapping, Sequence
from fractions import Fraction
from typing import NamedTuple

from symad.lalr import Token, identifier, tokens
from symad.loops import Body
from symad.operations import BODY, LEAVES, LOOP, OPERATIONS, PROJECT
from symad.program import LAZY, Assignment, Program, unique
from symad.reading.lists import Lists
from symad.reading.names import Scope

NESTED = 50  # loops inside of loops: the body of each is a program in a program
REDUCTIONS = {"sum": ("add", 0), "product": ("mul", 1)}


class Head(NamedTuple):
    """Hold the head of a loop while its block is read: its scope, and its bounds or its condition."""

    scope: Scope
    bounds: tuple[int, ...] = ()
    condition: int = -1


class Blocks(Lists):
    """Make loops of blocks."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.blocks: list[tuple[int, int]] = []  # the first value that was made in each, and the first one behind it

    # heads

    def for_head(
        self, word: Token, index: Token, _in: Token, first: int, _range: Token, last: int, brace: Token
    ) -> Head:
        head = self.indexed(word, "for", index, first, last)
        self.carry(head.scope, brace)
        return head

    def sum_head(
        self, word: Token, _left: Token, index: Token, _in: Token, first: int, _range: Token, last: int, _colon: Token
    ) -> Head:
        kind = identifier(word[1])
        if kind not in REDUCTIONS:
            self.error(
                f"{kind} is not a function of an index that runs", word, "sum(k in 1..n: …), product(k in 1..n: …)"
            )
        return self.indexed(word, kind, index, first, last)

    def for_each_head(self, word: Token, element: Token, _in: Token, name: Token, brace: Token) -> Head:
        head = self.each(word, "for", element, name)
        self.carry(head.scope, brace)
        return head

    def sum_each_head(self, word: Token, _left: Token, element: Token, _in: Token, name: Token, _colon: Token) -> Head:
        return self.each(word, self.reduction(word), element, name)

    def each(self, word: Token, kind: str, element: Token, name: Token) -> Head:
        """Open the scope of a loop over a list: its index has no name, its element has."""
        values = self.listed(name)
        first, last = (self.note(word, self.builder.constant(k)) for k in (1, len(values)))
        scope = self.enter(word, kind)
        scope.fixed = identifier(element[1])
        [hidden] = unique(["k"], [scope.fixed, *self.assigned, *self.inputs])
        index = self.parameter(element, hidden)
        scope.index = hidden
        self.bind(scope.fixed, self.picked(name, index, values))
        return Head(scope, (first, last))

    def reduction(self, word: Token) -> str:
        """Give the kind of a loop that is an expression."""
        kind = identifier(word[1])
        if kind not in REDUCTIONS:
            self.error(f"{kind} has no index that runs", word, "sum(k in 1..n: …), product(k in 1..n: …)")
        return kind

    def while_word(self, word: Token) -> Scope:
        scope = self.enter(word, "while")
        self.carry(scope, word)
        return scope

    def while_head(self, scope: Scope, condition: int, _brace: Token) -> Head:
        self.logical(scope.token, condition)
        return Head(scope, condition=condition)

    def indexed(self, word: Token, kind: str, index: Token, first: int, last: int) -> Head:
        """Open the scope of a loop with an index."""
        self.numeric(word, first, last)
        known = [self.builder.number(v) for v in (first, last)]
        for number in known:
            if number is not None and (isinstance(number, Fraction) or number != int(number)):
                self.error(f"an index is a whole number, and {number} is none", word)
        begin, end = known
        if begin is not None and end is not None and end < begin - 1:
            hint = "an index counts upwards; the last one may be one below the first, for no iteration at all"
            self.error(f"this loop would run from {begin} to {end}", word, hint)
        name = identifier(index[1])
        scope = self.enter(word, kind)
        scope.fixed = scope.index = name
        value = self.parameter(index, name)
        if begin is not None and end is not None:
            self.ranges[value] = range(int(begin), int(end) + 1)
        return Head(scope, (first, last))

    def enter(self, word: Token, kind: str) -> Scope:
        """Open the scope of a loop."""
        if len(self.scopes) == NESTED:
            self.error(f"loops are nested more than {NESTED} deep here", word)
        return self.open(word, kind)

    def carry(self, scope: Scope, begin: Token) -> None:
        """Bind the names that the block behind a token assigns, and that have a value, to what they will be."""
        for name, token in names_assigned(self.text, begin[2]).items():
            if name == scope.fixed:
                continue
            value = self.assigned.get(name, self.inputs.get(name) if name in self.declared else None)
            if value is not None:
                if value in self.booleans:
                    self.error(f"{name} is a truth value, and only numbers are carried by a loop", token)
                scope.carried[name] = value
                self.parameter(token, name)

    # ends

    def for_loop(self, head: Head, _statements: object, close: Token) -> None:
        self.loop_statement(head, close)

    def while_loop(self, head: Head, _statements: object, close: Token) -> None:
        if not head.scope.carried:
            hint = "a name that it assigns needs a value before the loop"
            self.error("this `while` carries nothing: its condition cannot change", head.scope.token, hint)
        self.loop_statement(head, close)

    def loop_statement(self, head: Head, close: Token) -> None:
        """Make a loop of a block, and give what it carries its last values."""
        scope = head.scope
        if scope.bare is not None:
            self.error("an expression without a name does nothing in a loop", close, "give it a name: s = …")
        bound = self.close()
        for name in scope.carried:
            if bound[name] in self.booleans:
                self.error(f"{name} becomes a truth value, and only numbers are carried by a loop", scope.token)
        results = self.loop(head, scope.carried, [bound[name] for name in scope.carried])
        inner = {name: value for name, value in bound.items() if name not in scope.carried}
        for name in inner:
            if name not in self.assigned and name not in self.inputs:
                word = "is the index of a loop" if name == scope.fixed else "is assigned in a loop"
                self.gone[name] = f"{word} only, and has no value behind it"
        for name, value in zip(scope.carried, results, strict=True):
            self.assign(name, value)

    def summation(self, head: Head, term: int, _right: Token) -> int:
        scope = head.scope
        self.numeric(scope.token, term)
        operation, neutral = REDUCTIONS[scope.kind]
        [name] = unique([scope.kind], self.assigned)
        total = self.parameter(scope.token, name)
        total = self.make(scope.token, operation, total, term)
        self.close()
        start = self.note(scope.token, self.builder.constant(neutral))
        [result] = self.loop(head, {name: start}, [total])
        return result

    def loop(self, head: Head, carried: Mapping[str, int], following: Sequence[int]) -> list[int]:
        """Make a loop and give its results: what its names carry at first, and what they are in the next iteration."""
        scope = head.scope
        outputs = list(following)
        labels = list(carried)
        if not head.bounds:
            outputs.insert(0, head.condition)
            labels = [*unique(["condition"], carried), *labels]
        names = [*([scope.index] if head.bounds else ()), *carried]
        inputs = [scope.parameters[name] for name in names]
        captured, program = self.body(scope, names, inputs, labels, outputs)
        self.blocks.append((scope.first, len(self.builder.assignments)))
        body = self.builder.leaf(BODY, Body(program, len(carried), conditional=not head.bounds))
        loop = self.make(scope.token, LOOP, self.note(scope.token, body), *head.bounds, *carried.values(), *captured)
        places = [self.note(scope.token, self.builder.constant(k)) for k in range(len(carried))]
        return [self.make(scope.token, PROJECT, loop, k) for k in places]

    def body(
        self, scope: Scope, names: Sequence[str], inputs: Sequence[int], labels: Sequence[str], results: Sequence[int]
    ) -> tuple[list[int], Program]:
        """Make a program of what a block has made, and give the values from outside that it uses.

        What was made since the scope was opened belongs to the block, whatever it depends on: what it does not need in
        every case is not evaluated in every case.
        """
        assignments = self.builder.assignments
        inside, captured = self.cut(scope, inputs, results)
        outer = [*unique([self.called.get(v, "c") for v in captured], names)]
        place = {value: k for k, value in enumerate((*inputs, *captured))}
        found: list[Assignment] = [("input", (k, ())) for k in range(len(place))]
        origins = array("q", [self.origins[v] for v in place])
        for value in inside:
            operation, operands = assignments[value]
            place[value] = len(found)
            found.append((operation, operands if operation in LEAVES else tuple([place[v] for v in operands])))
            origins.append(self.origins[value])
        kept = bytearray([1]) * len(found)
        ends = [place[v] for v in results]
        return captured, Program.arrange([*names, *outer], found, kept, labels, ends, origins, self.text)

    def cut(self, scope: Scope, inputs: Sequence[int], results: Sequence[int]) -> tuple[list[int], list[int]]:
        """List the values of a block that its results need, and the values from outside that these use.

        What is used in a branch only, and may have no value, is made again inside: where the branch is not taken, it is
        not needed. So is a truth value: what comes from outside are numbers.
        """
        within: set[int] = set()
        while True:
            inside, outside = self.reached(scope, inputs, results, within)
            sure = always(self.builder.assignments, results, inside)
            moved = {v for v in outside - sure if may_fail(self.builder.assignments, v)}
            if not moved:
                return sorted(inside), self.used(inside, outside, results)
            within |= moved

    def reached(
        self, scope: Scope, inputs: Sequence[int], results: Sequence[int], within: set[int]
    ) -> tuple[set[int], set[int]]:
        """Give what results are made of down to a block's own inputs: inside of it, or `within` anyway; and outside."""
        assignments = self.builder.assignments
        known = set(inputs)
        inside: set[int] = set()
        outside: set[int] = set()
        stack = list(results)
        while stack:
            value = stack.pop()
            if value in known:
                continue
            known.add(value)
            operation, operands = assignments[value]
            given = operation in ("input", "parameter")
            constant = operation in LEAVES and not given
            again = constant or value in self.booleans or value in within
            if given or value < scope.first and not again:
                outside.add(value)
                continue
            inside.add(value)
            if not constant:
                stack += operands
        return inside, outside

    def used(self, inside: Collection[int], outside: Collection[int], results: Sequence[int]) -> list[int]:
        """Put what comes from outside in the order in which it is used, whatever was made first."""
        found: dict[int, None] = {}
        for value in sorted(inside):
            operation, operands = self.builder.assignments[value]
            if operation not in LEAVES:
                found |= dict.fromkeys(v for v in operands if v in outside)
        return [*(found | dict.fromkeys(v for v in results if v in outside))]


def always(assignments: Sequence[Assignment], results: Sequence[int], inside: Container[int]) -> set[int]:
    """Give what results need whichever branches are taken, as far as that is inside of a block."""
    found: set[int] = set()
    stack = list(results)
    while stack:
        value = stack.pop()
        if value not in found:
            found.add(value)
            operation, operands = assignments[value]
            if value in inside and operation not in LEAVES:
                stack += operands[:1] if operation in LAZY else operands
    return found


def may_fail(assignments: Sequence[Assignment], value: int) -> bool:
    """Tell whether a value is made of anything that has no value somewhere."""
    known: set[int] = set()
    stack = [value]
    while stack:
        v = stack.pop()
        operation, operands = assignments[v]
        if v in known or operation in LEAVES or operation == "parameter":
            continue
        known.add(v)
        if operation in (LOOP, PROJECT) or operation in OPERATIONS and OPERATIONS[operation].domain != "all":
            return True
        stack += operands
    return False


def names_assigned(text: str, begin: int) -> dict[str, Token]:
    """List the names to which the block behind a place gives values, each with the token that first does.

    >>> [*names_assigned("for k in 1..n { s = s + k; t = s }; u = 1", 0)]
    ['s', 't']
    """
    found: dict[str, Token] = {}
    last: Token = ("", "", 0)
    depth = 0
    for token in tokens(text, begin):
        if token[0] == "OPEN":
            depth += 1
        elif token[0] == "CLOSE":
            depth -= 1
            if depth == 0:
                break
        elif token[0] == "EQUALS" and last[0] == "NAME" and depth:
            found.setdefault(identifier(last[1]), last)
        last = token
    return found
