"""Calls of functions, and functions of the user's own: their bodies are made again for the arguments of each call."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from typing import NoReturn

from symad.errors import ParseError, closest
from symad.lalr import Token, identifier, tokens
from symad.operations import BOOLEAN, CALL, CALLABLE, DEFINITIONS, FUNCTIONS, LEAVES, OPERATIONS, RULE
from symad.program import Program, counted
from symad.reading.names import Names, Scope

MANY = {"max": "max", "min": "min", "hypot": "hypot", "norm": "hypot"}  # any number of arguments, nested from the left
DERIVATIVES = "write the formula alone: its derivatives are what symad makes"
LIMIT = 50_000_000  # assignments; functions that call functions can ask for more than any memory holds


@dataclass(frozen=True, slots=True)
class Function:
    """Hold a user's function: its parameters and result, values of the reader's builder from `first` on."""

    parameters: tuple[int, ...]
    result: int
    first: int


@cache
def definition(name: str, count: int) -> Program:
    """Read the definition of a function that the table writes in terms of others."""
    from symad.parse import parse

    head, _, body = DEFINITIONS[name, count].partition("=")
    return parse(f"input {head.partition('(')[2].strip().removesuffix(')')}\n{body}")


class Calls(Names):
    """Make what calls stand for."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.functions: dict[str, Function] = {}
        self.ruled = dict.fromkeys(functions_ruled(text), -1)  # numbers of those with derivatives of their own

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
        if name in MANY and (name, count) not in DEFINITIONS:
            value = arguments[0]
            for argument in arguments[1:]:
                value = self.make(token, MANY[name], value, argument)
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
        before = "a function may use those that are defined before it"
        if any(scope.kind == "function" and identifier(scope.token[1]) == name for scope in self.scopes):
            self.error(f"the function {name} uses itself", token, before)
        uses = functions_used(self.text)
        if name in uses:
            for scope in self.scopes[:1]:
                own = identifier(scope.token[1])
                if scope.kind == "function" and own in reached(uses, name):
                    self.error(f"the functions {own} and {name} use each other", token, before)
            self.error(f"the function {name} is used before it is defined", token, f"move its definition up: {before}")
        if name in self.assigned or name in self.inputs:
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
        place = self.ruled.get(identifier(token[1]))
        if place is not None:
            return self.make(token, CALL, self.note(token, self.builder.leaf(RULE, place)), *arguments)
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

    def function_head(self, token: Token, _left: Token, names: list[Token], _right: Token, _equals: Token) -> Scope:
        name = identifier(token[1])
        if self.scopes:
            self.error("a function is defined outside of all blocks", token, f"move {name} before them")
        if name in self.functions:
            self.error(f"the function {name} is defined twice", token)
        return self.open_function(token, "function", names)

    def open_function(self, token: Token, kind: str, names: list[Token]) -> Scope:
        """Open a scope in which the parameters of a function are bound."""
        scope = self.open(token, kind)
        for parameter in names:
            word = identifier(parameter[1])
            if word in scope.parameters:
                self.error(f"the parameter {word} is named twice", parameter)
            self.parameter(parameter, word)
        return scope

    def function(self, scope: Scope, result: int) -> None:
        """Define a function."""
        name = identifier(scope.token[1])
        if result in self.booleans:
            hint = "write `if … then 1 else 0`"
            self.error(f"the function {name} gives a truth value, not a number", scope.token, hint)
        self.functions[name] = Function(tuple(scope.parameters.values()), result, scope.first)
        self.close()

    def function_block(self, scope: Scope, _open: Token, _statements: object, close: Token) -> None:
        """Define a function of several statements: the last one, without a name, is its result."""
        if scope.bare is None:
            hint = "the last line of a function is an expression without a name"
            self.error(f"the function {scope.token[1]} has no result", close, hint)
        self.function(scope, scope.bare)


def functions_ruled(text: str) -> Iterator[str]:
    """Give the names of the functions whose derivatives a text gives.

    >>> [*functions_ruled("f(x) = x; derivative of f(x) = 1; f(derivative)")]
    ['f']
    """
    last = ""
    with suppress(ParseError):  # whoever reads the text reports it
        for kind, word, _ in tokens(text) if "derivative" in text else ():
            if last == "DERIVATIVE" and kind == "FUNCTION_NAME":
                yield identifier(word)
            last = kind


def functions_used(text: str) -> dict[str, set[str]]:
    """Give for each function that a text defines what it calls.

    >>> functions_used("f(x) = g(x) + sin(x); g(x) = { t = f(x); t }; f(2)") == {"f": {"g", "sin"}, "g": {"f"}}
    True
    """
    found: dict[str, set[str]] = {}
    uses: set[str] = set()
    depth = 0
    last: Token = ("", "", 0)
    with suppress(ParseError):
        for token in tokens(text):
            kind = token[0]
            depth += (kind == "OPEN") - (kind == "CLOSE")
            if kind == "FUNCTION_NAME" and last[0] != "DERIVATIVE":
                uses = found.setdefault(identifier(token[1]), set())
            elif kind == "SEPARATOR" and depth == 0:
                uses = set()
            elif kind == "LEFT" and last[0] == "NAME":
                uses.add(identifier(last[1]))
            last = token
    return found


def reached(uses: Mapping[str, set[str]], name: str) -> set[str]:
    """Give what a function calls, and what is called by that."""
    found: set[str] = set()
    stack = [name]
    while stack:
        new = uses.get(stack.pop(), set()) - found
        found |= new
        stack += new
    return found
