"""Program in, MathML out, as a book would write it: fractions, roots, powers of functions, Greek letters, subscripts.

It keeps to the elements of MathML Core, which browsers show without a library. A rule's pieces stand around the texts
of operands, so a rule writes a row wherever one element has to stand. When all is written, `finished` takes the rows
away that hold one element, and decides how each product is shown by what stands beside its sign.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from fractions import Fraction
from functools import partial

from symad.collector import without_collector
from symad.numbers import Number
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
    emitter,
    flattened,
    joined,
    shapes,
)
from symad.printers.infix import (
    AND,
    CALL,
    COMPARE,
    NEGATION,
    NOT,
    OR,
    POWER,
    PRODUCT,
    SUM,
    is_derivative,
)
from symad.printers.latex import FRACTION, MANY, POWERED, SUMMATION, around
from symad.printers.latex import conditional as cases
from symad.printers.levels import loop_names, write
from symad.printers.mathml_labels import as_typed, derivative, finished, label, leaves, name, variable
from symad.printers.naming import Names
from symad.printers.plain import plain
from symad.printers.shorten import shorten
from symad.program import Program
from symad.simplify import simplify

# fmt: off
LONG = 20_000                        # characters, mostly of tags, up to which shared values are repeated
WORTH = 90                           # of a shared value from which on it is worth a name
TIMES = "<mo>&#x2062;</mo>"          # invisible, until it is known what stands beside it
MINUS = '<mo form="prefix">−</mo>'   # not always the first of a row: the form would be taken for infix
APPLY = "<mo>&#x2061;</mo>"          # a function to its arguments
LEFT, RIGHT = "<mrow><mo>(</mo>", "<mo>)</mo></mrow>"
CELL = '<mtd style="text-align:left">'
INVERSE = f"<mrow>{MINUS}<mn>1</mn></mrow>"
HEADS = {  # what stands before the parenthesis, where it is not the name
    "asin": "arcsin", "acos": "arccos", "atan": "arctan", "acot": "arccot", "asec": "arcsec", "acsc": "arccsc",
    "asinh": "arsinh", "acosh": "arcosh", "atanh": "artanh", "acoth": "arcoth", "asech": "arsech", "acsch": "arcsch",
    "log": "ln", "log2": "log_2", "log10": "log_10", "sign": "sgn", "lambertw": "W", "normcdf": "Φ",
    "gamma": "Γ", "beta": "Beta", "digamma": "ψ", "trigamma": "ψ_1",
    "besselj0": "J_0", "besselj1": "J_1", "bessely0": "Y_0", "bessely1": "Y_1",
}
# fmt: on


@without_collector
def mathml(program: Program, taken: Iterable[str] = ()) -> str:
    """Write the outputs of a program as equations, an element each, simplified; shared values of a long one come first.

    `taken` are names that mean something else where the formulas are going to stand. A loop that is no sum and no
    product is a table of lines, as in LaTeX.

    >>> from symad.parse import parse
    >>> print(mathml(parse("x1/2")))
    <math display="block"><mi>f</mi><mo>=</mo><mfrac><msub><mi>x</mi><mn>1</mn></msub><mn>2</mn></mfrac></math>
    """
    program = shorten(simplify(plain(program, is_derivative)), is_derivative)
    inputs = leaves(program.inputs)
    temporaries = map(name, Names({*program.inputs, *program.outputs, *taken, *loop_names(program)}))
    outputs, shared = write(program, TARGET, inputs, temporaries, LONG, WORTH, taken)
    known = dict(zip(program.inputs, inputs, strict=True))
    d = "d" if len(known) == 1 else "∂"
    named = [(text, formula) for text, formula in outputs if text in known or label(text) != formula]
    rows = [*shared.items(), *((derivative(text, d, known) or label(text), formula) for text, formula in named)]
    equations = [f"{left}<mo>=</mo>{right}" if right else left for left, right in rows]
    return "\n".join(f'<math display="block">{finished(equation)}</math>' for equation in equations)


def expression(program: Program, names: Sequence[str] | None = None, levels: Sequence[int] | None = None) -> str:
    """Write the one result of a program exactly as it is but for limits, with shared values at each use.

    `names` gives the MathML of each input, and `levels` how tightly each binds, where these are not their labels.

    >>> from symad.parse import parse
    >>> expression(parse("x*y"), [number(3)[0], number(-2)[0]], [number(3)[1], number(-2)[1]])
    '<mrow><mn>3</mn><mo>⋅</mo><mrow><mo>(</mo><mo form="prefix">−</mo><mn>2</mn><mo>)</mo></mrow></mrow>'
    """
    program = plain(program)
    if names is None:
        names = leaves(program.inputs)
        levels = [FRACTION if is_derivative(text) else NAME for text in program.inputs]
    found = shapes(program.assignments, program.results, EXACT, repeated=True)
    e = emitter(program.assignments, found, EXACT, iter(()))
    e.leaves(names)
    e.levels[: len(names)] = levels or [NAME] * len(names)
    for value in range(len(found)):
        e.write(value)
    return f"<mrow>{finished(joined(e.texts[program.results[0]]))}</mrow>"


# numbers and arithmetic


def number(n: Number) -> tuple[str, int]:
    """Write a number, and say how tightly it binds.

    >>> number(-1.5e7)[0], number(Fraction(1, 3))[0]
    ('<mo form="prefix">−</mo><mn>15000000.0</mn>', '<mfrac><mn>1</mn><mn>3</mn></mfrac>')
    """
    if not isinstance(n, Fraction):
        return numeral(str(n))
    sign, level = (MINUS, NEGATION) if n < 0 else ("", FRACTION)
    return f"{sign}<mfrac><mn>{abs(n.numerator)}</mn><mn>{n.denominator}</mn></mfrac>", level


def numeral(text: str) -> tuple[str, int]:
    """Write the text of a number, `-1.5e-7` or `0.333…`, and say how tightly it binds; any other text as it is typed.

    >>> numeral("0.333…e-20")[0]
    '<mn>0.333…</mn><mo>⋅</mo><msup><mn>10</mn><mrow><mo form="prefix">−</mo><mn>20</mn></mrow></msup>'
    """
    read = re.fullmatch(r"(-?)([\d.…]+)(?:e([-+]?\d+))?", text)
    if read is None:
        return as_typed(text), NAME
    sign, mantissa, exponent = read.groups()
    written, level = f"<mn>{mantissa}</mn>", NAME
    if exponent:
        ten = f"<msup><mn>10</mn><mrow>{numeral(str(int(exponent)))[0]}</mrow></msup>"
        written, level = (ten, POWER) if mantissa == "1" else (f"{written}<mo>⋅</mo>{ten}", PRODUCT)
    return (MINUS + written, NEGATION) if sign else (written, level)


def times(view: View, operands: tuple[int, ...]) -> Shape:
    """Write a product, factor by factor."""
    left = NEGATION if (view.number(operands[0]) or 0) < 0 else PRODUCT
    return Rule(left, (left, PRODUCT), ("", TIMES, "")), operands


def product(view: View, operands: tuple[int, ...]) -> Shape:
    """Write a product, with a fraction where a factor is one."""
    x, y = operands
    n = view.number(x)
    quotient = view.single(y, "div")
    if isinstance(n, Fraction) or n is not None and quotient is not None:
        return scaled(view, n, y, quotient)
    if quotient is None:
        return times(view, operands)
    if view.number(quotient[0]) == 1:
        return OVER, (x, quotient[1])
    return over("", f"{{}}{TIMES}{{}}", "{}", (PRODUCT, PRODUCT, ANY)), (x, *quotient)


def division(view: View, operands: tuple[int, ...]) -> Shape:
    """Write a quotient; 3/(2*x) where a fraction stands above the line."""
    n = view.number(operands[0])
    if not isinstance(n, Fraction):
        return OVER, operands
    return over(MINUS if n < 0 else "", f"<mn>{abs(n.numerator)}</mn>", behind(n.denominator), (PRODUCT,)), operands[1:]


def scaled(view: View, n: Number, y: int, quotient: tuple[int, ...] | None) -> Shape:
    """Write a number times something as one fraction: 2*x/3, 2/(3*x)."""
    sign = MINUS if n < 0 else ""
    top, bottom = (abs(n.numerator), n.denominator) if isinstance(n, Fraction) else (abs(n), 1)
    above = ANY if top == 1 else PRODUCT
    if quotient is None:
        return over(sign, behind(top), f"<mn>{bottom}</mn>", (above,)), (y,)
    below = ANY if bottom == 1 else PRODUCT
    if view.number(quotient[0]) == 1:
        return over(sign, number(top)[0], behind(bottom), (below,)), quotient[1:]
    return over(sign, behind(top), behind(bottom), (above, below)), quotient


def behind(n: Number) -> str:
    """Write the place of an operand behind a number that is not 1."""
    return "{}" if n == 1 else f"{number(n)[0]}{TIMES}{{}}"


def over(sign: str, above: str, below: str, required: tuple[int, ...]) -> Rule:
    """Make the rule of a fraction in which `{}` is the place of an operand."""
    pieces = f"{sign}<mfrac><mrow>{above}</mrow><mrow>{below}</mrow></mfrac>".split("{}")
    return Rule(NEGATION if sign else FRACTION, required, tuple(pieces))


def power(view: View, operands: tuple[int, ...]) -> Shape:
    """Write a power: a root for a half, a fraction for a negative integer, sin^2(x) for the square of a sine."""
    base, exponent = operands
    n = view.number(exponent)
    if n == Fraction(1, 2):
        return ROOT, operands[:1]
    if n == Fraction(-1, 2):
        return around("<mfrac><mn>1</mn><msqrt>", "</msqrt></mfrac>", FRACTION), operands[:1]
    if n == -1:
        return over("", "<mn>1</mn>", "{}", (ANY,)), operands[:1]
    if n is None:
        return RAISED, operands
    level, front, back = POWER, "", ""
    if isinstance(n, int) and n < 0:
        level, front, back, n = FRACTION, "<mfrac><mn>1</mn><mrow>", "</mrow></mfrac>", -n
    above = number(n)[0]
    if isinstance(n, Fraction):  # on one line in an exponent
        above = f"{MINUS if n < 0 else ''}<mn>{abs(n.numerator)}/{n.denominator}</mn>"
    inner = view.single(base, *POWERED)
    if inner is not None and isinstance(n, int) and n > 1:
        head = f"<msup><mi>{view.assignments[base][0]}</mi>{above}</msup>{APPLY}{LEFT}"
        return Rule(level, (ANY,), (front + head, RIGHT + back)), inner
    return Rule(level, (CALL,), (f"{front}<msup><mrow>", f"</mrow><mrow>{above}</mrow></msup>{back}")), operands[:1]


def conditional(view: View, operands: tuple[int, ...]) -> Shape:
    """Write a conditional and those in its last branch as cases."""
    rule, rows = cases(view, operands)
    start, condition, end = f"<mtr>{CELL}", f"</mtd>{CELL}<mtext>if&#xA0;</mtext>", "</mtd></mtr>"
    last = f"</mtd>{CELL}<mtext>otherwise</mtext>{end}</mtable></mrow>"
    between = [condition, end + start] * (len(rows) // 2)
    return Rule(ANY, rule.required, (f"<mrow><mo>{{</mo><mtable>{start}", *between, last)), rows


def opening(operation: str, count: int) -> Rule:
    """Make the rule of a function with its arguments in parentheses."""
    head = (name(HEADS[operation]) if operation in HEADS else f"<mi>{operation}</mi>") + APPLY + LEFT
    return Rule(CALL, (ANY,) * count, (head, *["<mo>,</mo>"] * (count - 1), RIGHT))


def named(function: str, count: int) -> Rule:
    """Make the rule of a function that goes by a name of the user's."""
    return Rule(CALL, (ANY,) * count, (leaves([function])[0] + APPLY + LEFT, *["<mo>,</mo>"] * (count - 1), RIGHT))


def table(_: str, lines: Sequence[tuple[int, str]]) -> tuple[str, str]:
    """Write a loop as a table of lines that stands alone."""
    cells = [CELL.replace("left", f"left;padding-left:{2 * depth}em") if depth else CELL for depth, _ in lines]
    rows = [f"<mtr>{cell}{line}</mtd></mtr>" for cell, (_, line) in zip(cells, lines, strict=True)]
    return f"<mtable>{''.join(rows)}</mtable>", ""


def sign(text: str, level: int, left: int, right: int) -> Rule:
    """Make the rule of an operation whose sign stands between its operands."""
    return Rule(level, (left, right), ("", f"<mo>{text}</mo>", ""))


# fmt: off
OVER = over("", "{}", "{}", (ANY, ANY))
ROOT = around("<msqrt>", "</msqrt>")
RAISED = Rule(POWER, (CALL, ANY), ("<msup><mrow>", "</mrow><mrow>", "</mrow></msup>"))
RULES: dict[str, Rule | Chooser] = {
    row.name: opening(row.name, len(row.arguments)) for row in OPERATIONS.values() if not row.infix
}
RULES |= {
    "add": sign("+", SUM, SUM, SUMMATION),  "sub": sign("−", SUM, SUM, SUMMATION),
    "mul": product, "div": division, "pow": power,
    "neg": Rule(NEGATION, (SUMMATION,), (MINUS, "")),
    "lt": sign("&lt;", COMPARE, SUM, SUM), "le": sign("≤", COMPARE, SUM, SUM),
    "gt": sign("&gt;", COMPARE, SUM, SUM), "ge": sign("≥", COMPARE, SUM, SUM),
    "eq": sign("=", COMPARE, SUM, SUM),    "ne": sign("≠", COMPARE, SUM, SUM),
    "and": sign("∧", AND, AND, NOT),       "or": sign("∨", OR, OR, AND),
    "not": Rule(NOT, (CALL,), ("<mo>¬</mo>", "")), "select": conditional,
    "sqrt": ROOT, "cbrt": around("<mroot><mrow>", "</mrow><mn>3</mn></mroot>"),
    "exp": around("<msup><mi>e</mi><mrow>", "</mrow></msup>", POWER),
    "exp2": around("<msup><mn>2</mn><mrow>", "</mrow></msup>", POWER),
    "lgamma": around(  # its square is not the logarithm of a square
        f"<mi>ln</mi>{APPLY}<mrow><mo>|</mo>{name('Γ')}{APPLY}{LEFT}", f"{RIGHT}<mo>|</mo></mrow>", FRACTION),
    "abs": around("<mrow><mo>|</mo>", "<mo>|</mo></mrow>"),
    "floor": around("<mrow><mo>⌊</mo>", "<mo>⌋</mo></mrow>"), "ceil": around("<mrow><mo>⌈</mo>", "<mo>⌉</mo></mrow>"),
    "mod": sign("mod", COMPARE, FRACTION, FRACTION),  # in parentheses wherever it is an operand of another sign
    "besselj": Rule(CALL, (ANY, ANY), ("<msub><mi>J</mi><mrow>", f"</mrow></msub>{APPLY}{LEFT}", RIGHT)),
    "polygamma": Rule(CALL, (ANY, ANY), (f"<msup><mi>ψ</mi>{LEFT}", f"{RIGHT}</msup>{APPLY}{LEFT}", RIGHT)),
    "erfinv": around(f"<msup><mi>erf</mi>{INVERSE}</msup>{APPLY}{LEFT}", RIGHT),
    "erfcinv": around(f"<msup><mi>erfc</mi>{INVERSE}</msup>{APPLY}{LEFT}", RIGHT),
    "max": flattened(partial(opening, "max"), "max", MANY), "min": flattened(partial(opening, "min"), "min", MANY),
    "hypot": flattened(partial(opening, "hypot"), "hypot", MANY),
    "pi": Rule(NAME, (), ("<mi>π</mi>",)), "e": Rule(NAME, (), ("<mi>e</mi>",)), "call": by_name(named),
}
# fmt: on
UNDER_OVER = "<munderover><mo>{}</mo><mrow>%s<mo>=</mo>%s</mrow><mrow>%s</mrow></munderover>%s"
LOOPS = Syntax(
    sums={"sum": UNDER_OVER.format("∑"), "product": UNDER_OVER.format("∏")},
    summation=(SUMMATION, ANY, SUMMATION),
    head="<mtext>for&#xA0;</mtext>%s<mo>=</mo>%s<mo>,</mo><mo>…</mo><mo>,</mo>%s<mo>:</mo>",
    condition="<mtext>while&#xA0;</mtext>%s<mo>:</mo>",
    end="",
    every="%s<mo>,</mo>%s<mo>=</mo>%s<mo>,</mo><mo>…</mo><mo>,</mo>%s",
    assigned="%s<mo>←</mo>%s",
    element=("<msup>%s<mrow><mo>(</mo>%s<mo>)</mo></mrow></msup>", POWER),
    name=variable,
    block=table,
)
TARGET = Target(RULES, number, (LEFT, RIGHT), LOOPS)
EXACT = TARGET._replace(rules={**RULES, "mul": times})
