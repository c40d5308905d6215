"""Text in, Program out: what was written, shared where it says the same thing twice, and nothing else changed.

The reader is the target of the grammar (grammar/symad.lark): its methods carry the names of the grammar's rules and
make the assignments as the text goes by. Literals are numbers from the start: `-2` and `1/3` are constants.
"""

from __future__ import annotations

from collections.abc import Sequence

from symad.builder import unzipped
from symad.collector import without_collector
from symad.errors import ParseError, closest
from symad.lalr import Token, identifier, run
from symad.mistakes import unexpected
from symad.operations import LEAVES
from symad.program import Program, live
from symad.reading.rules import Rules


@without_collector
def parse(text: str) -> Program:
    """Read a formula or a program.

    Raises ParseError and NamingError, both SymadError, with the place and, where there is one, a hint.

    >>> print(parse("x1*x2 + sin(x1)"))
    w1 = x1
    w2 = x2
    w3 = w1*w2
    w4 = sin(w1)
    w5 = w3 + w4
    f  = w5
    """
    reader = Reader(text)
    run(text, reader, unexpected)
    return reader.finish()


def assigned(program: Program) -> dict[str, int]:
    """Read the text of a program again, for the values that it gives names to; empty where it was not read from text.

    >>> assigned(parse("u = x*y; v = sin(u); v + u"))
    {'u': 2, 'v': 3}
    """
    if not program.text:
        return {}
    reader = Reader(program.text)
    run(program.text, reader, unexpected)
    reader.close_rules()
    values = {assignment: value for value, assignment in enumerate(program.assignments)}
    places: list[int] = []  # of the reader's values in the program, -1 for those of the bodies of functions
    for operation, operands in reader.builder.assignments:
        known = operands if operation in (*LEAVES, "parameter") else tuple([places[v] for v in operands])
        places.append(values.get((operation, known), -1))
    return {name: places[value] for name, value in reader.assigned.items() if places[value] >= 0}


class Reader(Rules):
    """Make a program as its text goes by; the methods are the grammar's rules."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.bare_value: int | None = None
        self.wanted: list[Token] = []

    # statements

    def inputs_statement(self, word: Token, names: list[Token]) -> None:
        """Declare inputs."""
        self.outermost(word)
        for token in names:
            name = identifier(token[1])
            if name in self.assigned or name in self.inputs and name not in self.declared:
                self.error(f"{name} is used before it is declared", token, "put the `input` statement first")
            if name in self.inputs:
                self.error(f"the input {name} is declared twice", token)
            self.new_input(token, name)
            self.declared.add(name)

    def outputs(self, word: Token, names: list[Token]) -> None:
        self.outermost(word)
        self.wanted += names

    def outermost(self, word: Token) -> None:
        """Insist on a statement outside of blocks."""
        if self.scopes:
            self.error(f"`{word[1]}` stands outside of all blocks", word)

    def bare(self, value: int) -> None:
        if self.scopes:
            self.scopes[-1].bare = value
        elif self.bare_value is not None:
            raise ParseError("there are two results without a name", hint="name them: a = …; b = …")
        else:
            self.bare_value = value

    def several(self, first: int, comma: Token, others: list[int]) -> None:
        """Take the derivatives that a block ends with; no other list stands alone."""
        if not self.scopes or self.scopes[-1].kind != "rule":
            raise unexpected(self.text, comma)
        self.scopes[-1].several = [first, *others]

    def statement(self, *_: object) -> None:
        """Pass on."""

    def start(self, *_: object) -> None:
        """Pass on."""

    def block(self, *_: object) -> None:
        """Pass on."""

    def empty(self) -> None:
        """Pass over an empty line."""

    # the end

    def finish(self) -> Program:
        """Give the program, every assignment in it but the bodies of functions."""
        results = self.results()
        self.close_rules()
        for _, value in results:
            if value in self.booleans:
                raise ParseError("the result is a truth value, not a number", hint="write `if … then 1 else 0`")
        builder = self.builder
        kept = self.kept([value for _, value in results])
        builder.index.clear()  # a third of the memory that a large program takes
        return Program.arrange(builder.inputs, builder.assignments, kept, *unzipped(results), self.origins, self.text)

    def kept(self, results: Sequence[int]) -> bytearray:
        """Mark what was written, needed or not, without the bodies of functions and loops."""
        assignments = self.builder.assignments
        if not self.parameters:
            return bytearray([1]) * len(assignments)
        kept = bytearray([1]) * len(assignments)
        needed = live(assignments, results)
        for first, end in self.blocks:
            kept[first:end] = needed[first:end]
        for value, (operation, operands) in enumerate(assignments):
            if operation in LEAVES or not operands:
                kept[value] = 1  # constants, wherever they were first written
            elif operation == "parameter" or not all(kept[v] for v in operands):
                kept[value] = 0
        return kept

    def results(self) -> list[tuple[str, int]]:
        """Label the results."""
        if self.wanted:
            listed: dict[str, int] = {}
            for token in self.wanted:
                name = identifier(token[1])
                if name in listed:
                    self.error(f"the output {name} is listed twice", token)
                listed[name] = self.assigned_value(token)
            return list(listed.items())
        if self.bare_value is not None:
            taken = {*self.inputs, *self.assigned}
            label, count = "f", 0
            while label in taken:
                count += 1
                label = f"f_{count}"
            return [(label, self.bare_value)]
        if not self.unread:
            if self.assigned:
                raise ParseError("every name is used again: none is left as the result", hint="list some: output a, b")
            if self.functions:
                name = next(reversed(self.functions))
                raise ParseError("there is a function, but no formula", hint=f"add a line that uses it: {name}(…)")
            raise ParseError("there is no formula", hint="for example x1*x2 + sin(x1)")
        return list(self.unread.items())

    def assigned_value(self, token: Token) -> int:
        """Find the value that an `output` statement names."""
        name = identifier(token[1])
        value = self.assigned.get(name, self.inputs.get(name))
        if name in self.lists:
            self.error(f"the output {name} is a list", token, f"give its elements names: {name}1 = {name}[1]")
        if value is None:
            near = closest(name, [*self.assigned, *self.inputs])
            self.error(f"the output {name} is not assigned", token, f"did you mean {near}?" if near else None)
        return value
