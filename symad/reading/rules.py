"""Derivatives that the user gives to a function: the function's value and these become programs, closed over nothing.

Which functions have such derivatives is known before: the text is looked through for them. So they may stand anywhere
behind the function's definition, also where it has been called already, and two functions may be the derivatives of
each other. A call is one assignment then; while text goes by, the function in it is a number, its place among those
defined so far.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from symad.errors import closest
from symad.lalr import Token, identifier
from symad.operations import CALLABLE
from symad.program import Program, counted
from symad.reading.blocks import Blocks
from symad.reading.names import Scope
from symad.rules import Function, called, closed_assignments

DEEP = 50  # functions with derivatives of their own that call each other: each is a program in a program


@dataclass(slots=True)
class Given:
    """Hold a function with derivatives of its own: its value, how deep it calls others, and what it is given."""

    name: str
    value: Program
    depth: int
    partials: Program | None = None


class Rules(Blocks):
    """Make rules of functions and of the derivatives that are given for them."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.given: list[Given] = []

    def function(self, scope: Scope, result: int) -> None:
        """Define a function; one that has derivatives of its own is a program."""
        super().function(scope, result)
        name = identifier(scope.token[1])
        if name not in self.ruled:
            return
        if name in CALLABLE:
            hint = f"a function with derivatives of its own needs a name of its own: my_{name}"
            self.error(f"{name} is a function of the language", scope.token, hint)
        value = self.closed_over(scope, f"the function {name}", [name], [result])
        depth = 1 + max([self.given[int(k)].depth for k in called(value) if isinstance(k, int)], default=0)
        if depth > DEEP:
            self.error(f"functions that have rules call each other more than {DEEP} deep here", scope.token)
        self.ruled[name] = len(self.given)
        self.given.append(Given(name, value, depth))

    def rule_head(
        self, word: Token, token: Token, _left: Token, names: list[Token], _right: Token, _equals: Token
    ) -> Scope:
        name = identifier(token[1])
        if self.scopes:
            self.error("the derivatives of a function stand outside of all blocks", word, "move them behind the block")
        if name not in self.functions:
            self.without_definition(token, name)
        if self.given[self.ruled[name]].partials is not None:
            self.error(f"the derivatives of {name} are given twice", token)
        wanted = len(self.functions[name].parameters)
        if len(names) != wanted:
            self.error(f"{name} has {counted(wanted, 'parameter')}, {len(names)} named here", token)
        return self.open_function(token, "rule", names)

    def without_definition(self, token: Token, name: str) -> None:
        """Report derivatives of something that is no function of the user's, or not yet."""
        if name in CALLABLE:
            hint = f"define one of your own: my_{name}(x) = {name}(x)"
            self.error(f"the derivatives of {name} are those of the table", token, hint)
        near = closest(name, self.functions)
        hint = f"did you mean {near}?" if near else f"define it before its derivatives: {name}(…) = …"
        self.error(f"{name} is not a function that has been defined", token, hint)

    def rule(self, scope: Scope, partials: list[int]) -> None:
        """Give a function its derivatives."""
        name, count = identifier(scope.token[1]), len(scope.parameters)
        if len(partials) != count:
            given = f"{counted(len(partials), 'derivative')} {'are' if len(partials) > 1 else 'is'} given"
            reason = f"{name} has {counted(count, 'parameter')}, and {given}"
            self.error(reason, scope.token, f"one by each, with commas between them: {', '.join(scope.parameters)}")
        self.numeric(scope.token, *partials)
        self.close()
        what = f"the derivative of {name}"
        self.given[self.ruled[name]].partials = self.closed_over(scope, what, [*scope.parameters], partials)

    def rule_block(self, scope: Scope, _open: Token, _statements: object, close: Token) -> None:
        """Give a function its derivatives, the last statement of a block."""
        if not scope.several and scope.bare is None:
            hint = "the last line is a list of expressions, one by each parameter"
            self.error(f"there is no derivative of {scope.token[1]} in this block", close, hint)
        self.rule(scope, scope.several or [scope.bare])  # type: ignore[list-item]

    def closed_over(self, scope: Scope, what: str, labels: Sequence[str], results: Sequence[int]) -> Program:
        """Make a program of what a scope has made, and of the constants that it uses; nothing else from outside."""
        inputs = [*scope.parameters.values()]
        whole = replace(scope, first=0)
        captured, program = self.body(whole, [*scope.parameters], inputs, labels, results)
        if captured:
            named = [v for v in self.cut(scope, inputs, results)[1] if v in self.called]
            name = self.called[next(v for v in (*named, *captured) if self.cut(whole, inputs, [v])[1])]
            hint = f"a function with derivatives of its own depends on its parameters alone: make {name} one of them"
            self.error(f"{what} depends on {name}, which is no parameter", scope.token, hint)
        self.blocks.append((scope.first, len(self.builder.assignments)))
        return program

    def close_rules(self) -> None:
        """Put rules in the place of the numbers of functions."""
        functions = tuple(Function(g.name, g.value, g.partials) for g in self.given if g.partials is not None)
        if functions:
            self.builder.assignments[:] = closed_assignments(self.builder.assignments, functions)
