"""SymPy expressions in, a Program out: shared subexpressions stay shared, and no depth is too deep.

Every symbol is a real input. Sums are written with differences and products with quotients, as a person would, and a
square root is `sqrt`. What symad has no operation for is an error that names it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from fractions import Fraction
from functools import cache
from importlib import import_module
from typing import Any

from symad.builder import Builder
from symad.errors import NamingError, ParseError
from symad.interop.sympy_sums import made, reduction, symbols_of, wanted
from symad.lalr import identifier
from symad.numbers import Number
from symad.operations import BOOLEAN
from symad.program import Program

Combine = Callable[[Builder, Any, Sequence[int]], int]
WORD = re.compile(r"[^\W\d]\w*")

# fmt: off
SAME = {  # SymPy's functions of the same arguments
    "sin": "sin",     "cos": "cos",     "tan": "tan",     "cot": "cot",     "sec": "sec",     "csc": "csc",
    "asin": "asin",   "acos": "acos",   "atan": "atan",   "acot": "acot",   "asec": "asec",   "acsc": "acsc",
    "sinh": "sinh",   "cosh": "cosh",   "tanh": "tanh",   "coth": "coth",   "sech": "sech",   "csch": "csch",
    "asinh": "asinh", "acosh": "acosh", "atanh": "atanh", "acoth": "acoth", "asech": "asech", "acsch": "acsch",
    "exp": "exp",     "log": "log",     "atan2": "atan2", "sinc": "sinc",   "Mod": "mod",     "Abs": "abs",
    "sign": "sign",   "floor": "floor", "ceiling": "ceil",
    "erf": "erf",     "erfc": "erfc",   "erfinv": "erfinv", "erfcinv": "erfcinv",
    "gamma": "gamma", "loggamma": "lgamma", "digamma": "digamma", "trigamma": "trigamma",
    "LambertW": "lambertw",
    "StrictLessThan": "lt", "LessThan": "le", "StrictGreaterThan": "gt", "GreaterThan": "ge",
    "Equality": "eq", "Unequality": "ne", "Not": "not", "ITE": "select",
}
SAME_IN_C = {  # of sympy.codegen.cfunctions
    "exp2": "exp2", "expm1": "expm1", "log2": "log2", "log10": "log10", "log1p": "log1p", "hypot": "hypot",
    "Sqrt": "sqrt", "Cbrt": "cbrt",
}
MANY = {"Max": "max", "Min": "min", "And": "and", "Or": "or"}
# fmt: on


def from_sympy(expressions: Any, inputs: Iterable[Any] | None = None) -> Program:
    """Read a SymPy expression, a list of them, or a dict of labels and expressions.

    The inputs are the symbols in the order of their names, x2 before x10, or `inputs`. One expression is called f,
    those of a list f_1, f_2, and so on. Raises ParseError for what symad has no operation for.

    >>> import sympy
    >>> x, y = sympy.symbols("x y")
    >>> print(from_sympy(x/y - sympy.sqrt(x)))
    w1 = x
    w2 = y
    w3 = sqrt(w1)
    w4 = w1/w2
    w5 = w4 - w3
    f  = w5
    """
    roots = labelled(expressions)
    symbols = symbols_of([root for _, root in roots])
    names = input_names(symbols, inputs)
    b = Builder()
    known = {name: b.input(name) for name in names}
    found = {id(symbol): known[str(symbol.name)] for symbol in symbols}
    taken = set(names)
    results = []
    for label, root in roots:
        value = read(b, root, found)
        if is_boolean(b, value):
            raise ParseError(
                f"{root} is a truth value, not a number", hint="write Piecewise((1, …), (0, True)) to count it"
            )
        results.append((free_label(label, taken), value))
        taken.add(results[-1][0])
    return b.finish(results)


def labelled(expressions: Any) -> list[tuple[str, Any]]:
    """Give every expression a label."""
    sympy = import_module("sympy")
    if isinstance(expressions, Mapping):
        rows = [(str(label), expression) for label, expression in expressions.items()]
    elif isinstance(expressions, list | tuple):
        rows = [(f"f_{k}", expression) for k, expression in enumerate(expressions, 1)]
    else:
        rows = [("f", expressions)]
    try:
        return [(label, sympy.sympify(expression, strict=True)) for label, expression in rows]
    except sympy.SympifyError as error:
        reason = f"{str(error.expr)[:40]!r} is not a SymPy expression"
        raise ParseError(reason, hint="symad.parse reads text") from None


def free_label(label: str, taken: set[str]) -> str:
    """Give a label that no input has."""
    free, count = label, 0
    while free in taken:
        count += 1
        free = f"{label}_{count}"
    return free


def input_names(symbols: Sequence[Any], inputs: Iterable[Any] | None) -> list[str]:
    """Name the inputs; a name stands for one symbol, and is a name of the language."""
    meaning: dict[str, Any] = {}
    for symbol in symbols:
        if meaning.setdefault(symbol.name, symbol) != symbol:
            raise NamingError(
                f"there are two symbols {symbol.name}, with different assumptions", hint="use one for both"
            )
        if not WORD.fullmatch(symbol.name) or identifier(symbol.name) != symbol.name:
            raise NamingError(
                f"{symbol.name} cannot be the name of an input", hint="rename the symbol: letters, digits, _"
            )
    if inputs is None:
        return sorted(meaning, key=natural)
    names = [str(name) for name in inputs]
    missing = sorted(set(meaning).difference(names), key=natural)
    if missing:
        raise NamingError(f"{', '.join(missing[:5])}{' …' if len(missing) > 5 else ''} is not among the inputs")
    if len(set(names)) != len(names):
        raise NamingError("an input is named twice")
    return names


def natural(name: str) -> list[tuple[bool, int, str]]:
    """Give the key by which x2 comes before x10."""
    return [(not part.isdecimal(), int(part) if part.isdecimal() else 0, part) for part in re.findall(r"\d+|\D+", name)]


def read(b: Builder, root: Any, found: dict[int, int]) -> int:
    """Make the value of an expression, each subexpression once; `found` holds those that are known, by identity."""
    stack = [root]
    while stack:
        expression = stack[-1]
        if id(expression) in found:
            stack.pop()
            continue
        parts, combine = plan(expression)
        missing = [part for part in parts if id(part) not in found]
        if missing:
            stack += reversed(missing)
        else:
            found[id(expression)] = combine(b, expression, [found[id(part)] for part in parts])
            stack.pop()
    return found[id(root)]


def plan(expression: Any) -> tuple[Sequence[Any], Combine]:
    """Say what an expression needs, and how its value is made of that."""
    combine = forms().get(expression.func)
    if combine is None:
        raise ParseError(f"symad has no {expression.func.__name__}, which stands in the SymPy expression")
    if combine is loop:
        return wanted(reduction(expression)), combine
    if combine is cases:
        parts = [part for pair in expression.args for part in pair.args]
        return parts[:-1] if parts[-1] is import_module("sympy").true else parts, combine
    return expression.args, combine


@cache
def forms() -> Mapping[Any, Combine]:
    """Give the table of SymPy's classes."""
    sympy, c = import_module("sympy"), import_module("sympy.codegen.cfunctions")
    core = import_module("sympy.core.numbers")
    found: dict[Any, Combine] = {
        **{getattr(sympy, name): call(operation) for name, operation in SAME.items()},
        **{getattr(c, name): call(operation) for name, operation in SAME_IN_C.items()},
        **{getattr(sympy, name): nested(operation) for name, operation in MANY.items()},
        **{type(number): literal for number in (sympy.S.One, sympy.S.Zero, sympy.S.NegativeOne, sympy.S.Half)},
        **dict.fromkeys((core.Integer, core.Rational, core.Float), literal),
        **{type(number): nearest for number in (sympy.EulerGamma, sympy.GoldenRatio, sympy.Catalan)},
        type(sympy.pi): lambda b, expression, values: b.leaf("pi"),
        type(sympy.E): lambda b, expression, values: b.leaf("e"),
        type(sympy.true): lambda b, expression, values: b.make("eq", b.constant(0), b.constant(0)),
        type(sympy.false): lambda b, expression, values: b.make("ne", b.constant(0), b.constant(0)),
        sympy.Add: total,
        sympy.Mul: product,
        sympy.Pow: power,
        sympy.Piecewise: cases,
        sympy.Heaviside: step,
        sympy.Sum: loop,
        sympy.Product: loop,
        sympy.beta: euler_beta,
        sympy.polygamma: ordered("polygamma", ("digamma", "trigamma")),
        sympy.besselj: ordered("besselj", ("besselj0", "besselj1")),
        sympy.bessely: ordered("", ("bessely0", "bessely1")),
    }
    return found


def call(operation: str) -> Combine:
    """Read a function of the same arguments; LambertW's other branch and a base of a logarithm are no such thing."""
    from symad.operations import OPERATIONS

    count = len(OPERATIONS[operation].arguments)

    def combine(b: Builder, expression: Any, values: Sequence[int]) -> int:
        if len(values) != count:
            raise ParseError(f"symad has no {expression.func.__name__} of {len(values)} arguments")
        return b.make(operation, *values)

    return combine


def nested(operation: str) -> Combine:
    """Read a function of any number of arguments, nested from the left."""

    def combine(b: Builder, expression: Any, values: Sequence[int]) -> int:
        result = values[0]
        for value in values[1:]:
            result = b.make(operation, result, value)
        return result

    return combine


def literal(b: Builder, expression: Any, values: Sequence[int]) -> int:
    """Read a number: integers and quotients exactly, decimals as doubles."""
    if expression.is_Rational:
        return b.constant(Fraction(int(expression.p), int(expression.q)))
    return nearest(b, expression, values)


def nearest(b: Builder, expression: Any, values: Sequence[int]) -> int:
    """Read a decimal, or a constant that the language has no name for: the nearest double."""
    return b.constant(float(expression))


def total(b: Builder, expression: Any, values: Sequence[int]) -> int:
    """Read a sum: what is negative is subtracted, and a number comes last, unless it alone is positive."""
    added = [v for v in values if positive(b, v) is None]
    subtracted = [v for v in values if positive(b, v) is not None]
    added.sort(key=lambda v: b.number(v) is not None)
    subtracted.sort(key=lambda v: b.number(v) is not None)
    first, *rest = added or subtracted
    result = first
    for value in rest if added else []:
        result = b.make("add", result, value)
    for value in subtracted if added else rest:
        result = b.make("sub", result, positive(b, value) or 0)
    return result


def positive(b: Builder, value: int) -> int | None:
    """Give the negation of a value that is written as one; None for the others."""
    number = b.number(value)
    if number is not None:
        return b.constant(-number) if number < 0 else None
    operation, operands = b.assignments[value]
    return operands[0] if operation == "neg" else None


def product(b: Builder, expression: Any, values: Sequence[int]) -> int:
    """Read a product: its number first, its sign outside, what is divided by below."""
    above: list[int] = []
    below: list[int] = []
    coefficient: Number = 1
    for value in values:
        number = b.number(value)
        operation, operands = b.assignments[value]
        if number is not None and not above and not below:
            coefficient = number
        elif operation == "div" and b.number(operands[0]) == 1:
            below.append(operands[1])
        else:
            above.append(value)
    size = coefficient if coefficient > 0 else -coefficient
    if size != 1 or not above:
        above.insert(0, b.constant(size))
    multiply = nested("mul")
    result = multiply(b, None, above)
    if below:
        result = b.make("div", result, multiply(b, None, below))
    return b.make("neg", result) if coefficient < 0 else result


def power(b: Builder, expression: Any, values: Sequence[int]) -> int:
    """Read a power; negative exponents are quotients, halves are square roots."""
    base, exponent = values
    number = b.number(exponent)
    if isinstance(number, float) and number.is_integer() and abs(number) < 2**53:
        number = int(number)
    if b.assignments[base] == ("e", ()):
        return b.make("exp", exponent)
    if number is None:
        return b.make("pow", base, exponent)
    size = number if number > 0 else -number
    if size == Fraction(1, 2):
        result = b.make("sqrt", base)
    else:
        result = base if size == 1 else b.make("pow", base, b.constant(size))
    return result if number > 0 else b.make("div", b.constant(1), result)


def cases(b: Builder, expression: Any, values: Sequence[int]) -> int:
    """Read a Piecewise, whose last case has to hold where no other does."""
    sympy = import_module("sympy")
    conditions = [pair.cond for pair in expression.args]
    if conditions[-1] is not sympy.true and sympy.Or(*conditions) is not sympy.true:
        raise ParseError("a Piecewise has no value where none of its conditions holds", hint="add a case (…, True)")
    parts = list(values) if conditions[-1] is not sympy.true else [*values, -1]
    result = parts[-2]
    for k in range(len(parts) - 4, -1, -2):
        result = b.make("select", parts[k + 1], parts[k], result)
    return result


def step(b: Builder, expression: Any, values: Sequence[int]) -> int:
    """Read Heaviside's step, its value at 0 included."""
    zero, one = b.constant(0), b.constant(1)
    at_zero = b.make("select", b.make("eq", values[0], zero), values[1], zero)
    return b.make("select", b.make("gt", values[0], zero), one, at_zero)


def loop(b: Builder, expression: Any, values: Sequence[int]) -> int:
    """Read a sum or a product over an index."""
    return made(b, reduction(expression), values, read)


def euler_beta(b: Builder, expression: Any, values: Sequence[int]) -> int:
    """Read the beta function, whose second argument may be left out."""
    return b.make("beta", values[0], values[-1])


def ordered(general: str, special: tuple[str, ...]) -> Combine:
    """Read a function of an order and an argument, whose first orders are operations of their own."""

    def combine(b: Builder, expression: Any, values: Sequence[int]) -> int:
        order = b.number(values[0])
        for k, operation in enumerate(special):
            if order == k:
                return b.make(operation, values[1])
        if not general:
            raise ParseError(f"symad has no {expression.func.__name__} of order {expression.args[0]}, only of 0 and 1")
        return b.make(general, *values)

    return combine


def is_boolean(b: Builder, value: int) -> bool:
    """Tell whether a value is a truth value."""
    while b.assignments[value][0] == "select":
        value = b.assignments[value][1][1]
    return b.assignments[value][0] in BOOLEAN
