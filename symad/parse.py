"""Text in, Program out: what was written, shared where it says the same thing twice, and nothing else changed.

The reader is the target of the grammar (grammar/symad.lark): its methods carry the names of the grammar's rules and
make the assignments as the text goes by. Literals are numbers from the start: `-2` and `1/3` are constants.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import NamedTuple, NoReturn

from symad.builder import unzipped
from symad.collector import without_collector
from symad.errors import NamingError, ParseError, closest
from symad.expressions import Expressions
from symad.lalr import Token, identifier, run
from symad.mistakes import unexpected
from symad.operations import BOOLEAN, CALLABLE, CONSTANTS, DEFINITIONS, FUNCTIONS, LEAVES, OPERATIONS
from symad.program import Program, counted

# fmt: off
LATER = ("for", "in", "while")     # reserved for loops
MANY = ("max", "min")              # any number of arguments, nested from the left
DERIVATIVES = "write the formula alone: its derivatives are what symad makes"
LIMIT = 50_000_000                 # assignments; functions that call functions can ask for more than any memory holds
# fmt: on


@dataclass(frozen=True, slots=True)
class Function:
    """Hold a user's function: its parameters and result, values of the reader's builder from `first` on."""

    parameters: tuple[int, ...]
    result: int
    first: int


class Head(NamedTuple):
    """Hold a function's head while its body is read."""

    token: Token
    parameters: tuple[int, ...]
    first: int


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
    values = {assignment: value for value, assignment in enumerate(program.assignments)}
    places: list[int] = []  # of the reader's values in the program, -1 for those of the bodies of functions
    for operation, operands in reader.builder.assignments:
        known = operands if operation in LEAVES else tuple([places[v] for v in operands])
        places.append(values.get((operation, known), -1))
    return {name: places[value] for name, value in reader.assigned.items() if places[value] >= 0}


@cache
def definition(name: str, count: int) -> Program:
    """Read the definition of a function that the table writes in terms of others."""
    head, _, body = DEFINITIONS[name, count].partition("=")
    return parse(f"input {head.partition('(')[2].strip().removesuffix(')')}\n{body}")


class Reader(Expressions):
    """Make a program as its text goes by; the methods are the grammar's rules."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.inputs: dict[str, int] = {}
        self.declared: set[str] = set()
        self.assigned: dict[str, int] = {}
        self.unread: dict[str, int] = {}
        self.functions: dict[str, Function] = {}
        self.parameters: dict[str, int] = {}
        self.defining = ""
        self.bodies = 0  # parameters made, over all functions
        self.bare_value: int | None = None
        self.wanted: list[Token] = []

    def name(self, token: Token) -> int:
        name = identifier(token[1])
        if name in self.parameters:
            return self.parameters[name]
        value = self.assigned.get(name)
        if value is not None:
            self.unread.pop(name, None)
            return value
        value = self.inputs.get(name)
        if value is not None:
            return value
        constant = "pi" if name == "π" else name
        if constant in CONSTANTS:
            return self.note(token, self.builder.leaf(constant))
        if name in LATER:
            self.error(f"{name} is a word of the language and cannot be a name", token)
        if self.declared:
            near = closest(name, [*self.inputs, *self.assigned])
            hint = f"did you mean {near}?" if near else "add it to the `input` statement, or give it a value first"
            self.error(f"{name} is neither an input nor assigned before it is used", token, hint)
        return self.new_input(token, name)

    def new_input(self, token: Token, name: str) -> int:
        """Make an input."""
        self.inputs[name] = self.note(token, self.builder.input(name))
        return self.inputs[name]

    # calls and functions

    def call(self, token: Token, _left: Token, arguments: list[int], _right: Token) -> int:
        name, count = identifier(token[1]), len(arguments)
        if name in self.functions:
            return self.call_user(token, self.functions[name], arguments)
        if name == "where" and count == 3:
            return self.conditional(token, arguments[0], token, arguments[1], token, arguments[2])
        if name == "piecewise":
            return self.piecewise(token, arguments)
        if name not in CALLABLE:
            self.unknown(token, name, count)
        self.numeric(token, *arguments)
        if name in MANY:
            value = arguments[0]
            for argument in arguments[1:]:
                value = self.make(token, name, value, argument)
            return value
        if (name, count) in DEFINITIONS:
            program = definition(name, count)
            return self.note(token, self.builder.copy(program, arguments)[program.results[0]])
        if name not in FUNCTIONS or len(OPERATIONS[name].arguments) != count:
            self.wrong_count(token, name, count)
        return self.make(token, name, *arguments)

    def wrong_count(self, token: Token, name: str, count: int) -> NoReturn:
        """Report a call with too many or too few arguments."""
        counts = sorted({c for known, c in DEFINITIONS if known == name})
        if name in FUNCTIONS:
            counts = sorted({*counts, len(OPERATIONS[name].arguments)})
        takes = " or ".join(map(str, counts))
        self.error(f"{name} takes {takes} argument{'' if takes == '1' else 's'}, {count} given", token)

    def unknown(self, token: Token, name: str, count: int) -> NoReturn:
        """Report a call of something that is no function."""
        if name == "where":
            self.error(f"where takes 3 arguments, {count} given", token, "where(condition, a, b)")
        if name == self.defining:
            self.error(f"the function {name} uses itself", token, "a function may use those that are defined before it")
        if name in LATER:
            self.error(f"{name} is a word of the language and cannot be a name", token)
        if name in self.assigned or name in self.inputs or name in self.parameters:
            self.error(f"{name} is not a function", token, f"to multiply, write {token[1]}*(…)")
        near = closest(name, [*self.functions, *CALLABLE, "where", "piecewise"])
        product = f"to multiply, write {token[1]}*(…); a function is defined before it is used"
        hint = DERIVATIVES if name in ("D", "d", "derivative", "diff", "grad", "gradient") else product
        self.error(f"{name} is not a known function", token, f"did you mean {near}?" if near else hint)

    def call_user(self, token: Token, function: Function, arguments: list[int]) -> int:
        """Make the body of a user's function again, for these arguments."""
        if len(arguments) != len(function.parameters):
            wanted = counted(len(function.parameters), "argument")
            self.error(f"{token[1]} takes {wanted}, {len(arguments)} given", token)
        self.numeric(token, *arguments)
        values: dict[int, int] = dict(zip(function.parameters, arguments, strict=True))
        for value in self.cone(function):
            operation, operands = self.builder.assignments[value]
            values[value] = self.make(token, operation, *[values[v] if v in values else int(v) for v in operands])
            if operation in BOOLEAN or value in self.booleans:
                self.booleans.add(values[value])
        if len(self.builder.assignments) > LIMIT:
            self.error(f"the program grows beyond {LIMIT:,} assignments here", token)
        return values.get(function.result, function.result)

    def cone(self, function: Function) -> list[int]:
        """List what a function's result needs of its parameters, in order."""
        assignments = self.builder.assignments
        needed = {function.result}
        dependent = set(function.parameters)
        for value in range(function.result, function.first - 1, -1):
            if value in needed and assignments[value][0] not in LEAVES:
                needed.update(assignments[value][1])
        found = []
        for value in range(function.first, function.result + 1):
            operation, operands = assignments[value]
            inner = value in needed and operation not in LEAVES and operation != "parameter"
            if inner and not dependent.isdisjoint(operands):
                dependent.add(value)
                found.append(value)
        return found

    def function_head(self, token: Token, _left: Token, names: list[Token], _right: Token, _equals: Token) -> Head:
        name = self.free_name(token)
        if name in self.functions:
            self.error(f"the function {name} is defined twice", token)
        made = []
        first = len(self.builder.assignments)
        for parameter in names:
            word = self.free_name(parameter)
            if word in self.parameters:
                self.error(f"the parameter {word} is named twice", parameter)
            made.append(self.note(parameter, self.builder.leaf("parameter", self.bodies)))
            self.bodies += 1
            self.parameters[word] = made[-1]
        self.defining = name
        return Head(token, tuple(made), first)

    def function(self, head: Head, body: int) -> None:
        if body in self.booleans:
            hint = "write `if … then 1 else 0`"
            self.error(f"the function {self.defining} gives a truth value, not a number", head.token, hint)
        self.functions[self.defining] = Function(head.parameters, body, head.first)
        self.defining = ""
        self.parameters = {}

    # statements

    def free_name(self, token: Token) -> str:
        """Give the name of something new; the constants and the words of the language are taken."""
        name = identifier(token[1])
        if name in LATER:
            self.error(f"{name} is a word of the language and cannot be a name", token)
        return name

    def assignment(self, token: Token, _equals: Token, value: int) -> None:
        name = self.free_name(token)
        if name in self.inputs and name not in self.declared:
            start = self.origins[self.inputs[name]]
            raise NamingError(
                f"{name} is read before it is assigned", text=self.text, start=start, end=start + len(token[1]),
                hint=f"move `{name} = …` up, or declare `input {name}`",
            )  # fmt: skip
        if name in (*CONSTANTS, "π") and name not in self.inputs:
            self.error(f"{name} is a constant and cannot be assigned", token, f"`input {name}` makes it a variable")
        self.assigned[name] = value
        self.unread.pop(name, None)
        self.unread[name] = value

    def inputs_statement(self, _word: Token, names: list[Token]) -> None:
        """Declare inputs."""
        for token in names:
            name = self.free_name(token)
            if name in self.assigned or name in self.inputs and name not in self.declared:
                self.error(f"{name} is used before it is declared", token, "put the `input` statement first")
            if name in self.inputs:
                self.error(f"the input {name} is declared twice", token)
            self.new_input(token, name)
            self.declared.add(name)

    def outputs(self, _word: Token, names: list[Token]) -> None:
        self.wanted += names

    def bare(self, value: int) -> None:
        if self.bare_value is not None:
            raise ParseError("there are two results without a name", hint="name them: a = …; b = …")
        self.bare_value = value

    def statement(self, *_: object) -> None:
        """Pass on."""

    def start(self, *_: object) -> None:
        """Pass on."""

    def empty(self) -> None:
        """Pass over an empty line."""

    # the end

    def finish(self) -> Program:
        """Give the program, every assignment in it but the bodies of functions."""
        results = self.results()
        for _, value in results:
            if value in self.booleans:
                raise ParseError("the result is a truth value, not a number", hint="write `if … then 1 else 0`")
        kept = bytearray([1]) * len(self.builder.assignments)
        if self.bodies:
            self.drop_bodies(kept)
        builder = self.builder
        builder.index.clear()  # a third of the memory that a large program takes
        return Program.arrange(builder.inputs, builder.assignments, kept, *unzipped(results), self.origins, self.text)

    def drop_bodies(self, kept: bytearray) -> None:
        """Unmark what depends on a function's parameter."""
        for value, (operation, operands) in enumerate(self.builder.assignments):
            if operation == "parameter" or operation not in LEAVES and not all(kept[v] for v in operands):
                kept[value] = 0

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
        if value is None:
            near = closest(name, [*self.assigned, *self.inputs])
            self.error(f"the output {name} is not assigned", token, f"did you mean {near}?" if near else None)
        return value
