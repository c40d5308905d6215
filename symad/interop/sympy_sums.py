"""SymPy's sums and products over an index in, loops out: as many terms as the bounds say, however long that is.

The index is a symbol of the term alone. A sum over several indices is a sum of sums, the first index the innermost one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from importlib import import_module
from typing import Any, NamedTuple

from symad.builder import Builder
from symad.loops import Body
from symad.program import unique

Read = Callable[[Builder, Any, dict[int, int]], int]
"""Make the value of an expression in a builder; the symbols are known by identity."""


class Reduction(NamedTuple):
    """Hold a sum or product: its word, its operation and the number it begins with; then the term and the index."""

    word: str
    operation: str
    neutral: int
    term: Any
    index: Any
    first: Any
    last: Any


def is_reduction(expression: Any) -> bool:
    """Tell whether an expression is a sum or a product over an index."""
    sympy = import_module("sympy")
    return isinstance(expression, (sympy.Sum, sympy.Product))


def reduction(expression: Any) -> Reduction:
    """Read a sum or a product over an index."""
    *inner, limits = expression.limits
    term = expression.func(expression.function, *inner) if inner else expression.function
    kind = ("sum", "add", 0) if isinstance(expression, import_module("sympy").Sum) else ("product", "mul", 1)
    return Reduction(*kind, term, *limits)


def symbols_of(roots: Iterable[Any]) -> list[Any]:
    """Find the symbols of some expressions, but the indices of sums."""
    stack, seen, found = list(roots), set(), []
    while stack:
        expression = stack.pop()
        if id(expression) in seen:
            continue
        seen.add(id(expression))
        if is_reduction(expression):
            over = reduction(expression)
            stack += (over.first, over.last)
            found += captured(over)
        else:
            stack += expression.args
            if expression.is_Symbol:
                found.append(expression)
    return found


def captured(over: Reduction) -> list[Any]:
    """Find the symbols of a term but its index."""
    return [symbol for symbol in symbols_of([over.term]) if symbol != over.index]


def wanted(over: Reduction) -> list[Any]:
    """List what a sum is made of outside of its term: its bounds, and each symbol once."""
    return [over.first, over.last, *{symbol.name: symbol for symbol in captured(over)}.values()]


def made(b: Builder, over: Reduction, values: Sequence[int], read: Read) -> int:
    """Make a loop that adds up or multiplies the terms; `values` are those of what is wanted."""
    symbols = wanted(over)[2:]
    within = Builder()
    name = over.index.name
    names = unique([name if name.isidentifier() else "k", over.word, *(symbol.name for symbol in symbols)], ())
    index, total, *inputs = [within.input(name) for name in names]
    place = dict(zip((symbol.name for symbol in symbols), inputs, strict=True)) | {name: index}
    found = {id(symbol): place[symbol.name] for symbol in symbols_of([over.term])}
    total = within.make(over.operation, total, read(within, over.term, found))
    body = Body(within.finish([(over.word, total)]), carried=1)
    first, last, *given = values
    [result] = b.bundle(body, [first, last, b.constant(over.neutral), *given])
    return result
