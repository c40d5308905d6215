"""Program in, formulas out: each result as one line of symad's own language, for people.

Values that are used once stand where they are used. Shared ones are repeated as long as that is short; beyond, the long
ones among them are named w1, w2, … and written once. The text reads back as a program of the same value, not always as
an equal one: mul(1/3, x) is written x/3.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from fractions import Fraction
from functools import partial

from symad.collector import without_collector
from symad.numbers import Number, write_number
from symad.operations import OPERATIONS
from symad.printers.emitter import (
    ANY,
    NAME,
    Chooser,
    Rule,
    Shape,
    Syntax,
    Target,
    View,
    by_name,
    call,
    flattened,
)
from symad.printers.levels import loop_names, write
from symad.printers.naming import Names
from symad.printers.plain import plain
from symad.printers.shorten import shorten
from symad.program import Program
from symad.simplify import simplify

# fmt: off
SELECT, OR, AND, NOT, COMPARE, SUM, NEGATION, PRODUCT, SIGN, POWER = 0, 10, 20, 30, 40, 50, 55, 60, 65, 70
CALL = NAME - 1
MANY = 50     # arguments of one `max`

LOGIC: dict[str, Rule] = {
    "lt": Rule(COMPARE, (SUM, SUM), ("", " < ", "")),  "le": Rule(COMPARE, (SUM, SUM), ("", " <= ", "")),
    "gt": Rule(COMPARE, (SUM, SUM), ("", " > ", "")),  "ge": Rule(COMPARE, (SUM, SUM), ("", " >= ", "")),
    "eq": Rule(COMPARE, (SUM, SUM), ("", " == ", "")), "ne": Rule(COMPARE, (SUM, SUM), ("", " != ", "")),
    "and": Rule(AND, (AND, NOT), ("", " and ", "")),   "or": Rule(OR, (OR, AND), ("", " or ", "")),
    "not": Rule(NOT, (NOT,), ("not ", "")),
    "select": Rule(SELECT, (OR, OR, SELECT), ("if ", " then ", " else ", "")),
}
# fmt: on
CALLS = {row.name: call(row.name, len(row.arguments)) for row in OPERATIONS.values() if not row.infix}


class Formulas(dict[str, str]):
    """Map each output's label to its formula; `temporaries` are what these name, in order: shared values, and loops.

    The text of a loop goes on for several lines: `{name} = {text}` is what it carries at first, then the loop itself,
    after which these names have their last values. A `for` that runs from n to 1 runs backwards; `y[k]` is the value of
    y that goes into iteration k of the loop that carries it. An output that is what a loop carries has the loop as its
    formula, or its own name where the loop stands under another one.

    >>> from symad.parse import parse
    >>> rows = formulas(parse("y = x; for k in 1..n { y = cos(y) + k }; y"))
    >>> rows, rows.temporaries
    ({'f': 'y'}, {'y': 'x\\nfor k in 1..n {\\n    y = cos(y) + k\\n}'})
    """

    def __init__(self, formulas: Iterable[tuple[str, str]], temporaries: dict[str, str]) -> None:
        super().__init__(formulas)
        self.temporaries = temporaries

    def rows(self, inputs: Collection[str] = ()) -> dict[str, str]:
        """Give all that is to be printed, in order, without formulas that are their own names, unless of `inputs`."""
        rows = {**self.temporaries, **self}
        return {label: text for label, text in rows.items() if text != label or label in inputs}


@without_collector
def formulas(program: Program, taken: Iterable[str] = ()) -> Formulas:
    """Write each output of a program as a formula, simplified; a derivative in its shortest form.

    `taken` are names that mean something else where the formulas are going to stand.

    What a person wrote keeps its form but for the identities. Derivatives have labels such as `df/dx`.

    >>> from symad.parse import parse
    >>> formulas(parse("x*x + 1/3*x - sin(x)/(2*y)"))
    {'f': 'x^2 + x/3 - sin(x)/(2*y)'}
    """
    program = shorten(simplify(plain(program, is_derivative)), is_derivative)
    names = Names({*program.inputs, *program.outputs, *taken, *loop_names(program)})
    written, rows = write(program, READING, program.inputs, names, taken=taken)
    return Formulas([(label, rows.get(label, text) if text == label else text) for label, text in written], rows)


def is_derivative(label: str) -> bool:
    """Tell the label of a derivative from a name."""
    return "/" in label


def in_lines(name: str, lines: Sequence[tuple[int, str]]) -> tuple[str, str]:
    """Write a loop as the text of the first name that it gives a value to: it goes on for several lines."""
    text = "\n".join(["    " * depth + line for depth, line in lines])
    return name, text.removeprefix(f"{name} = ")


def number(n: Number) -> tuple[str, int]:
    """Write a number, and say how tightly it binds."""
    if n < 0:
        return write_number(n), NEGATION
    return write_number(n), PRODUCT if isinstance(n, Fraction) else NAME


def product(view: View, operands: tuple[int, ...]) -> Shape:
    """Write a product: a number first, what is divided by below the line."""
    x, y = operands
    n = view.number(x)
    quotient = view.single(y, "div")
    negative = view.single(y, "pow")
    if negative is not None and not is_negative(view, negative[1]):
        negative = None
    if n is None:
        if quotient is not None and view.number(quotient[0]) == 1:
            return (QUOTIENT, (x, quotient[1]))
        if negative is not None:
            return below(view, "", x, negative)
        left = NEGATION if view.single(x, "neg") else PRODUCT
        right = PRODUCT if view.single(y, "mul", "div") else POWER
        return (Rule(left, (left, right), ("", "*", "")), operands)
    return scaled(view, n, y, quotient, negative)


def scaled(view: View, n: Number, y: int, quotient: tuple[int, ...] | None, negative: tuple[int, ...] | None) -> Shape:
    """Write a number times something: x/3, 2*x/y, x/(2*y), 2/x^2."""
    sign, level = ("-", NEGATION) if n < 0 else ("", PRODUCT)
    above: Number = n if n > 0 else -n
    over = 1
    if isinstance(above, Fraction):
        above, over = above.numerator, above.denominator
    front = sign if above == 1 and isinstance(above, int) else f"{sign}{write_number(above)}*"
    if quotient is not None:
        if view.number(quotient[0]) == 1:
            front = f"{sign}{write_number(above)}"
            opening, required = (f"{front}/({over}*", PRODUCT) if over != 1 else (f"{front}/", POWER)
            return (Rule(level, (required,), (opening, ")" if over != 1 else "")), quotient[1:])
        if over != 1:
            return (Rule(level, (PRODUCT, PRODUCT), (front, f"/({over}*", ")")), quotient)
        return (Rule(level, (PRODUCT, POWER), (front, "/", "")), quotient)
    if negative is not None and over == 1:
        return below(view, f"{sign}{write_number(above)}", None, negative)
    if over != 1 and above != 1:
        return (Rule(level, (PRODUCT,), (f"{front[:-1]}/{over}*", "")), (y,))
    return (Rule(level, (PRODUCT,), (front, f"/{over}" if over != 1 else "")), (y,))


def is_negative(view: View, value: int) -> bool:
    """Tell whether a value is a negative integer."""
    n = view.number(value)
    return isinstance(n, int) and n < 0


def below(view: View, front: str, above: int | None, power: tuple[int, ...]) -> Shape:
    """Write what stands above a power of a negative integer, and the opposite power below the line."""
    exponent = view.number(power[1])
    assert exponent is not None
    tail = "" if exponent == -1 else f"^{-exponent}"
    required = CALL if tail else POWER
    level = NEGATION if front.startswith("-") else PRODUCT
    if above is None:
        return (Rule(level, (required,), (f"{front}/", tail)), power[:1])
    return (Rule(level, (PRODUCT, required), (front, "/", tail)), (above, power[0]))


def division(view: View, operands: tuple[int, ...]) -> Shape:
    """Write a quotient: 1/(2*x) where a rational stands above the line."""
    n = view.number(operands[0])
    if isinstance(n, Fraction) and n > 0:
        return (Rule(PRODUCT, (PRODUCT,), (f"{n.numerator}/({n.denominator}*", ")")), operands[1:])
    left = NEGATION if n is not None and n < 0 or view.single(operands[0], "neg") else PRODUCT
    return (Rule(left, (left, POWER), ("", "/", "")), operands)


def power(view: View, operands: tuple[int, ...]) -> Shape:
    """Write a power: 1/x^2 for a negative integer, a root for a half."""
    n = view.number(operands[1])
    if n == Fraction(1, 2):
        return (CALLS["sqrt"], operands[:1])
    if n == Fraction(-1, 2):
        return (Rule(PRODUCT, (ANY,), ("1/sqrt(", ")")), operands[:1])
    if isinstance(n, int) and n < 0:
        return below(view, "1", None, operands)
    return (RAISED, operands)


def plus(view: View, operands: tuple[int, ...]) -> Shape:
    """Write a sum: a - b where b is a negation."""
    negated = view.single(operands[1], "neg")
    if negated is not None:
        return (DIFFERENCE, (operands[0], negated[0]))
    n = view.number(operands[1])
    if n is not None and n < 0:
        return (Rule(SUM, (SUM,), ("", f" - {write_number(-n)}")), operands[:1])
    return (TOTAL, operands)


def minus(view: View, operands: tuple[int, ...]) -> Shape:
    """Write a difference: a + b where b is taken away negated."""
    negated = view.single(operands[1], "neg")
    if negated is not None:
        return (TOTAL, (operands[0], negated[0]))
    n = view.number(operands[1])
    if n is not None and n < 0:
        return (Rule(SUM, (SUM,), ("", f" + {write_number(-n)}")), operands[:1])
    return (DIFFERENCE, operands)


# fmt: off
TOTAL = Rule(SUM, (SUM, PRODUCT), ("", " + ", ""))
DIFFERENCE = Rule(SUM, (SUM, PRODUCT), ("", " - ", ""))
QUOTIENT = Rule(PRODUCT, (PRODUCT, POWER), ("", "/", ""))
RAISED = Rule(POWER, (CALL, POWER), ("", "^", ""))
CHOOSERS: dict[str, Rule | Chooser] = {
    "add": plus, "sub": minus, "mul": product, "div": division, "pow": power,
    "neg": Rule(NEGATION, (PRODUCT,), ("-", "")), "call": by_name(call),
    "max": flattened(partial(call, "max"), "max", MANY), "min": flattened(partial(call, "min"), "min", MANY),
    "hypot": flattened(partial(call, "hypot"), "hypot", MANY),
}
# fmt: on
LOOPS = Syntax(
    sums={"sum": "sum(%s in %s..%s: %s)", "product": "product(%s in %s..%s: %s)"},
    summation=(CALL, SUM, ANY),
    head="for %s in %s..%s {",
    condition="while %s {",
    end="}",
    every="%s for %s in %s..%s",
    assigned="%s = %s",
    element=("%s[%s]", CALL),
    name=str,
    block=in_lines,
)
READING = Target({**CALLS, **LOGIC, **CHOOSERS, "pi": call("pi", 0), "e": call("e", 0)}, number, loops=LOOPS)
