"""What names mean while text goes by: inputs, constants, what is assigned, and for how long.

A function's body and a loop's open a scope. What is bound in a scope is forgotten when it closes; all else stays.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from symad.errors import NamingError, closest
from symad.expressions import Expressions
from symad.lalr import Token, identifier
from symad.operations import CONSTANTS

CLOSED = ("function", "rule")  # scopes from which nothing gets out


@dataclass(slots=True)
class Scope:
    """Hold what a block hides: the place of its head, the first value that may belong to it, what names meant before.

    `parameters` are the values that are bound anew whenever the block is run: a function's arguments, a loop's index
    and what it carries, by name; `carried` is what it carries at first. `index` is the name of the index, `fixed` that
    which cannot be assigned: the same, or that of the element of a list. `bare` is the value of an expression without a
    name, `several` those of a list of such; `gone` are names that mean nothing.
    """

    token: Token
    kind: str
    first: int
    parameters: dict[str, int] = field(default_factory=dict)
    carried: dict[str, int] = field(default_factory=dict)
    before: dict[str, int | None] = field(default_factory=dict)
    bare: int | None = None
    lists: dict[str, tuple[int, ...]] = field(default_factory=dict)
    several: list[int] = field(default_factory=list)
    gone: dict[str, str] = field(default_factory=dict)
    fixed: str = ""
    index: str = ""


class Names(Expressions):
    """Give values to names; a name that means nothing yet is an input."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.inputs: dict[str, int] = {}
        self.declared: set[str] = set()
        self.assigned: dict[str, int] = {}
        self.unread: dict[str, int] = {}
        self.scopes: list[Scope] = []
        self.lists: dict[str, tuple[int, ...]] = {}
        self.gone: dict[str, str] = {}  # names that a loop had for itself, and why they mean nothing behind it
        self.called: dict[int, str] = {}  # the first name that each value had
        self.parameters = 0  # made so far

    def name(self, token: Token) -> int:
        name = identifier(token[1])
        value = self.assigned.get(name)
        if value is not None:
            self.unread.pop(name, None)
            return value
        if name in self.lists:
            hint = f"{name}[1] is its first element; for c in {name} {{ … }} goes through it"
            self.error(f"{name} is a list, and a number is needed", token, hint)
        value = self.inputs.get(name)
        if value is not None:
            return value
        constant = "pi" if name == "π" else name
        if constant in CONSTANTS:
            return self.note(token, self.builder.leaf(constant))
        if name in self.gone:
            self.error(f"{name} {self.gone[name]}", token, f"give it a value before the loop: {name} = …")
        if self.declared:
            near = closest(name, [*self.inputs, *self.assigned])
            hint = f"did you mean {near}?" if near else "add it to the `input` statement, or give it a value first"
            self.error(f"{name} is neither an input nor assigned before it is used", token, hint)
        return self.new_input(token, name)

    def new_input(self, token: Token, name: str) -> int:
        """Make an input."""
        value = self.inputs[name] = self.note(token, self.builder.input(name))
        self.called[value] = name
        return value

    def assignment(self, token: Token, _equals: Token, value: int) -> None:
        name = identifier(token[1])
        self.assignable(token, name)
        self.lists.pop(name, None)
        self.assign(name, value)

    def assign(self, name: str, value: int) -> None:
        """Give a name a value: in a block until it closes, else for good."""
        self.called.setdefault(value, name)
        if self.scopes:
            self.bind(name, value)
            return
        self.assigned[name] = value
        self.unread.pop(name, None)
        self.unread[name] = value

    def assignable(self, token: Token, name: str) -> None:
        """Insist on a name that may be given a value here."""
        if name in self.inputs and name not in self.declared and name not in self.assigned:
            start = self.origins[self.inputs[name]]
            reason, hint = f"{name} is read before it is assigned", f"move `{name} = …` up, or declare `input {name}`"
            if any(start > scope.token[2] and scope.kind not in CLOSED for scope in self.scopes):
                reason = f"{name} is carried from one iteration to the next, and has no value before the first one"
                hint = f"give it one before the loop: {name} = 0"
            raise NamingError(reason, text=self.text, start=start, end=start + len(token[1]), hint=hint)
        if name in (*CONSTANTS, "π") and name not in self.inputs:
            self.error(f"{name} is a constant and cannot be assigned", token, f"`input {name}` makes it a variable")
        if any(name == scope.fixed for scope in self.scopes):
            self.error(f"{name} is what the loop runs through and cannot be assigned", token)

    # scopes

    def open(self, token: Token, kind: str) -> Scope:
        """Open a scope."""
        scope = Scope(token, kind, len(self.builder.assignments), lists=self.lists.copy())
        if kind in CLOSED:
            scope.gone = self.gone.copy()
        self.scopes.append(scope)
        return scope

    def parameter(self, token: Token, name: str) -> int:
        """Bind a name to a value that is another one whenever the block of the last scope is run."""
        value = self.note(token, self.builder.leaf("parameter", self.parameters))
        self.parameters += 1
        self.scopes[-1].parameters[name] = value
        self.called[value] = name
        self.bind(name, value)
        return value

    def bind(self, name: str, value: int) -> None:
        """Give a name a value until the last scope is closed."""
        self.scopes[-1].before.setdefault(name, self.assigned.get(name))
        self.assigned[name] = value

    def close(self) -> dict[str, int]:
        """Close the last scope; give what the names that it bound meant at its end."""
        scope = self.scopes.pop()
        self.lists = scope.lists
        if scope.kind in CLOSED:
            self.gone = scope.gone
        found = {name: self.assigned[name] for name in scope.before}
        for name, value in scope.before.items():
            if value is None:
                del self.assigned[name]  # an input, or nothing
            else:
                self.assigned[name] = value
        return found
