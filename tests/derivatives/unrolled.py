"""Programs with loops of few iterations, drawn at random, each with the same program without its loops.

A statement or an expression is a tuple: what it is, then its parts. It is written twice: with loops, or without them,
where the indices are numbers and every iteration is written down after the other. The number of iterations is known,
even that of a `while`, which counts. What the programs compute is defined everywhere, and without decimals exact.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

Node = tuple[Any, ...]
Indices = Mapping[str, int] | None  # what the indices are where loops are written out; None where they are not

INPUTS = ("x", "y", "z")
STATE = ("a", "b", "c")
LOCAL = ("u", "v")
LOOPS = ("i", "j", "k")
NESTED = 2
LEAST = -1  # index of a loop
MOST = 3  # iterations of a loop, and statements of a block

# fmt: off
BOUNDED = ("sin({})", "cos({})", "tanh({})", "atan({})", "exp(-({})^2)", "({0})/(1 + ({0})^2)")
OTHERS = ("sqrt(2 + ({})^2)", "-({})", "({})/3", "2*({})", "({})^2", "abs({})", "max({}, 1/5)", "1/(2 + sin({}))")
COMPARED = (">", "<", ">=", "<=")
# fmt: on


class Pair(NamedTuple):
    """Hold the text of a program with loops, and that of the same one without."""

    looped: str
    written_out: str


class Scope(NamedTuple):
    """Hold the names that have a value, numbers and indices, and how deep the place is in loops."""

    names: tuple[str, ...]
    indices: tuple[str, ...] = ()
    carried: tuple[str, ...] = (*STATE, "z")  # an input that is declared may be assigned


# drawing


@st.composite
def pairs(draw: DrawFn, most_outputs: int = 1) -> Pair:
    """Draw a program of a few outputs."""
    first = st.one_of(st.sampled_from((("number", 0), ("number", 1))), expressions(Scope(INPUTS), 1))
    starts: list[Node] = [("assign", name, draw(first)) for name in STATE]
    scope = Scope((*INPUTS, *STATE))
    loops = [draw(loop(scope)) for _ in range(draw(st.integers(1, 2)))]
    results = [("sub", ("name", "a"), ("mul", ("name", "b"), ("name", "c"))), draw(expressions(scope, 2))]
    results = results[: draw(st.integers(1, most_outputs))]
    outputs = ["f", "g"][: len(results)]
    return pair([*starts, *loops, *[("assign", *row) for row in zip(outputs, results, strict=True)]], outputs)


def pair(statements: Sequence[Node], outputs: Sequence[str]) -> Pair:
    """Write a program in both ways; each of its inputs is named, so that both have the same."""
    head, tail = f"input {', '.join(INPUTS)}", f"output {', '.join(outputs)}"
    looped = [head, *[line for s in statements for line in statement_lines(s, None)], tail]
    return Pair("\n".join(looped), "\n".join([head, *[t for s in statements for t in statement_lines(s, {})], tail]))


@st.composite
def loop(draw: DrawFn, scope: Scope) -> Node:
    """Draw a loop: a `for` over literal bounds, or those that an outer index gives, or a `while` that counts."""
    name = LOOPS[len(scope.indices)]
    if draw(st.integers(0, 3)) == 0:
        counter = f"n{len(scope.indices)}"
        inner = Scope((*scope.names, counter), (*scope.indices, counter))
        return ("while", counter, draw(st.integers(0, MOST)), draw(block(inner)))
    first, last = draw(bounds(scope))
    return ("for", name, first, last, draw(block(Scope(scope.names, (*scope.indices, name)))))


@st.composite
def bounds(draw: DrawFn, scope: Scope) -> tuple[Node, Node]:
    """Draw bounds between which there are few indices, none at times."""
    outer = [name for name in scope.indices if name in LOOPS]
    if outer and draw(st.booleans()):
        return ("number", LEAST), ("index", outer[-1], draw(st.integers(-1, 1)))
    first = draw(st.integers(LEAST, 2))
    return ("number", first), ("number", first + draw(st.integers(-1, MOST - 1)))


@st.composite
def block(draw: DrawFn, scope: Scope) -> list[Node]:
    """Draw the statements of a block: names of its own, what is carried, and loops."""
    made: list[Node] = []
    for _ in range(draw(st.integers(1, MOST))):
        kind = draw(st.integers(0, 5))
        if kind == 0 and len(scope.indices) < NESTED:
            made.append(draw(loop(scope)))
        elif kind == 1:
            name = draw(st.sampled_from(LOCAL))
            made.append(("assign", name, draw(expressions(scope, 2))))
            scope = scope._replace(names=(*dict.fromkeys((*scope.names, name)),))
        else:
            name, value = draw(st.sampled_from(scope.carried)), draw(expressions(scope, 2))
            made.append(("assign", name, ("add", ("name", name), value) if draw(st.booleans()) else value))
    return made


@st.composite
def expressions(draw: DrawFn, scope: Scope, depth: int) -> Node:
    """Draw an expression; of two factors one is bounded, so that what is carried does not explode."""
    kind = draw(st.integers(0, 9)) if depth else draw(st.integers(0, 2))
    if kind <= 1:
        return ("name", draw(st.sampled_from(scope.names)))
    if kind == 2:
        choice = draw(st.integers(0, len(scope.indices)))
        return ("index", scope.indices[choice - 1], 0) if choice else ("number", draw(st.integers(0, 3)))
    inner = expressions(scope, depth - 1)
    if kind in (3, 4):
        return (draw(st.sampled_from(("add", "sub"))), draw(inner), draw(inner))
    if kind == 5:
        return ("mul", ("apply", draw(st.sampled_from(BOUNDED)), draw(inner)), draw(inner))
    if kind == 6:
        return ("if", *draw(conditions(scope, depth)), draw(inner), draw(inner))
    if kind == 7:
        return draw(reduction(scope, depth))
    return ("apply", draw(st.sampled_from(BOUNDED + OTHERS)), draw(inner))


@st.composite
def conditions(draw: DrawFn, scope: Scope, depth: int) -> tuple[str, Node, Node]:
    """Draw a comparison: of an index exactly, of other numbers where they are hardly ever equal."""
    sign = draw(st.sampled_from(COMPARED))
    if scope.indices and draw(st.booleans()):
        sign = draw(st.sampled_from((*COMPARED, "==", "!=")))
        return sign, ("index", draw(st.sampled_from(scope.indices)), 0), ("number", draw(st.integers(0, 2)))
    return sign, draw(expressions(scope, depth - 1)), ("text", draw(st.sampled_from(("271/997", "-113/991"))))


@st.composite
def reduction(draw: DrawFn, scope: Scope, depth: int) -> Node:
    """Draw a sum or a product, whose terms are bounded or powers."""
    name = "m"
    first, last = draw(bounds(scope))
    if name in scope.indices:
        return ("name", "x")
    inner = Scope(scope.names, (*scope.indices, name))
    term = ("apply", draw(st.sampled_from(BOUNDED)), draw(expressions(inner, depth - 1)))
    if draw(st.booleans()):
        term = ("mul", term, ("power", draw(st.sampled_from(INPUTS)), name))
    return (draw(st.sampled_from(("sum", "product"))), name, first, last, term)


# writing


def statement_lines(statement: Node, indices: Indices) -> Iterator[str]:
    """Write a statement, in both ways."""
    kind, name, *rest = statement
    if kind == "assign":
        yield f"{name} = {text(rest[0], indices)}"
    elif kind == "while":
        count, inner = rest
        body = [line for s in inner for line in statement_lines(s, indices)] + [f"{name} = {name} + 1"]
        yield f"{name} = 0"
        yield from (f"while {name} < {count} {{", *body, "}") if indices is None else body * count
    elif indices is None:
        first, last, inner = rest
        yield f"for {name} in {text(first, None)}..{text(last, None)} {{"
        yield from (line for s in inner for line in statement_lines(s, None))
        yield "}"
    else:
        first, last, inner = rest
        for k in over(first, last, indices):
            yield from (line for s in inner for line in statement_lines(s, {**indices, name: k}))


def over(first: Node, last: Node, indices: Mapping[str, int]) -> range:
    """Give the indices between bounds."""
    begin, end = (v[1] if v[0] == "number" else indices[v[1]] + v[2] for v in (first, last))
    return range(begin, end + 1)


def text(node: Node, indices: Indices) -> str:
    """Write an expression, in parentheses where it needs them."""
    kind, *parts = node
    if kind in ("name", "text"):
        return str(parts[0])
    if kind == "number":
        return str(parts[0]) if parts[0] >= 0 else f"({parts[0]})"
    if kind in ("index", "power"):
        return index(node, indices)
    if kind == "apply":
        return f"({parts[0].format(text(parts[1], indices))})"
    if kind == "if":
        sign, left, right, yes, no = parts
        condition = f"{text(left, indices)} {sign} {text(right, indices)}"
        return f"(if {condition} then {text(yes, indices)} else {text(no, indices)})"
    if kind in ("sum", "product"):
        name, first, last, term = parts
        if indices is None:
            return f"{kind}({name} in {text(first, None)}..{text(last, None)}: {text(term, None)})"
        terms = [text(term, {**indices, name: k}) for k in over(first, last, indices)]
        return f"({' + '.join(['0', *terms])})" if kind == "sum" else f"({'*'.join(['1', *terms])})"
    sign = {"add": "+", "sub": "-", "mul": "*"}[kind]
    return f"({text(parts[0], indices)} {sign} {text(parts[1], indices)})"


def index(node: Node, indices: Indices) -> str:
    """Write an index, a little more or less than it, or an input to its power."""
    kind, name, other = node
    if kind == "power":
        exponent = text(("index", other, 0), indices)
        return f"{name}^({exponent}^2)" if name == "z" else f"{name}^{exponent}"  # what is assigned to z may be 0
    if indices is None or name not in indices:
        return f"({name} + {other})" if other else name
    return text(("number", indices[name] + other), indices)
