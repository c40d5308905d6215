"""Lists: names for several values, of which an index picks one.

A list is no value, and nothing of it is left in a program. An index that is a number picks its element while the text
is read. That of a loop between two numbers, or so far from it, picks it by comparing, in halves: as many comparisons as
the length has binary digits. No other index is taken: it could be none of the list's.
"""

from __future__ import annotations

from collections.abc import Sequence

from symad.errors import closest
from symad.lalr import Token, identifier
from symad.reading.calls import Calls

LEVELS = 8  # of sums and differences in an index


class Lists(Calls):
    """Give names to lists, and pick their elements."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.ranges: dict[int, range] = {}  # of the indices of loops between two numbers

    def list_assignment(self, token: Token, _equals: Token, _begin: Token, values: list[int], _end: Token) -> None:
        name = identifier(token[1])
        self.assignable(token, name)
        self.numeric(token, *values)
        if name in self.inputs:
            self.error(f"{name} is an input, and an input is a number", token)
        if any(name in scope.carried or name in scope.lists and scope.kind != "function" for scope in self.scopes):
            self.error(f"{name} is carried by the loop, and only numbers are", token)
        self.assigned.pop(name, None)
        self.unread.pop(name, None)
        self.lists[name] = tuple(values)

    def item(self, token: Token, begin: Token, index: int, _end: Token) -> int:
        values = self.listed(token)
        self.numeric(begin, index)
        places = self.places(index)
        if places is None:
            hint = f"a loop's between two numbers is one: for k in 1..{len(values)}, for c in {token[1]}"
            self.error("this index is not known to be one of the list's", begin, hint)
        if places.start < 1 or places.stop > len(values) + 1:
            wrong = places.start if places.start < 1 else places.stop - 1
            hint = f"its elements are {token[1]}[1] to {token[1]}[{len(values)}]"
            self.error(f"{token[1]} has no element {wrong}", token, hint)
        return values[places.start - 1] if len(places) == 1 else self.picked(begin, index, values)

    def places(self, index: int, levels: int = LEVELS) -> range | None:
        """Give the whole numbers between which an index is: a number, a loop's index, the sum or difference of two."""
        operation, operands = self.builder.assignments[index]
        if operation not in ("add", "sub") or not levels:
            number = self.builder.number(index)
            whole = number is not None and number == int(number)
            return range(int(number or 0), int(number or 0) + 1) if whole else self.ranges.get(index)
        left, right = (self.places(v, levels - 1) for v in operands)
        if left is None or right is None:
            return None
        if operation == "add":
            return range(left.start + right.start, left.stop + right.stop - 1)
        return range(left.start - right.stop + 1, left.stop - right.start)

    def length(self, token: Token, left: Token, name: Token, right: Token) -> int:
        if identifier(token[1]) in self.functions:
            return self.call(token, left, [self.name(name)], right)
        return self.note(token, self.builder.constant(len(self.listed(name))))

    def listed(self, token: Token) -> Sequence[int]:
        """Find a list."""
        name = identifier(token[1])
        if name not in self.lists:
            near = closest(name, self.lists)
            other = f"a list is written {name} = [1, 2, 3]; a name may end with its index: {name}1, {name}_1"
            hint = f"did you mean {near}?" if near else other
            self.error(f"{token[1]} is not a list", token, hint)
        return self.lists[name]

    def picked(self, token: Token, index: int, values: Sequence[int]) -> int:
        """Make the element at an index that is known to be a place in the list."""
        found = [*enumerate(values, 1)]  # the last place of each part, and what it is
        while len(found) > 1:
            paired = 2 * (len(found) // 2)
            halves = [
                (found[k + 1][0], self.either(token, index, found[k][1], found[k][0], found[k + 1][1]))
                for k in range(0, paired, 2)
            ]
            found = [*halves, *found[paired:]]
        return found[0][1]

    def either(self, token: Token, index: int, first: int, place: int, second: int) -> int:
        """Make the first of two values up to some place, the second one beyond."""
        if first == second:
            return first
        bound = self.note(token, self.builder.constant(place))
        condition = self.boolean(self.make(token, "le", index, bound))
        return self.make(token, "select", condition, first, second)
