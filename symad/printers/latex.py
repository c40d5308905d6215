"""Program in, LaTeX out, as a book would write it: fractions, roots, powers of functions, Greek letters, subscripts."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from fractions import Fraction

from symad.collector import without_collector
from symad.numbers import Number
from symad.operations import OPERATIONS
from symad.printers.emitter import ANY, NAME, Chooser, Rule, Shape, Syntax, Target, View, by_name, flattened
from symad.printers.infix import (
    AND,
    CALL,
    COMPARE,
    NEGATION,
    NOT,
    OR,
    POWER,
    PRODUCT,
    SIGN,
    SUM,
    is_derivative,
    is_negative,
)
from symad.printers.levels import loop_names, write
from symad.printers.naming import GREEK, Names
from symad.printers.plain import plain
from symad.printers.shorten import shorten
from symad.program import Program
from symad.simplify import simplify

# fmt: off
SUMMATION = NEGATION + 2  # a sum over an index needs parentheses as a factor, but not as a term
FRACTION = SIGN        # a fraction needs no parentheses as a factor, but as the base of a power
LONG = 3000            # characters of all results up to which shared values are repeated
MANY = 50              # branches, or arguments of one maximum
FIRST = 8              # factors that are looked at for a number at the front
POWERED = frozenset("sin cos tan cot sec csc sinh cosh tanh coth".split())  # sin^2(x) is a square
VARIANTS = {"ε": r"\varepsilon", "φ": r"\varphi", "ς": r"\varsigma"}
LATIN = frozenset("alpha beta epsilon zeta eta iota kappa mu nu omicron rho tau chi".split())  # in capitals
HEADS = {  # what stands before the parenthesis, where it is not the name
    "asin": r"\arcsin", "acos": r"\arccos", "atan": r"\arctan",
    "log": r"\ln", "log2": r"\log_{2}", "log10": r"\log_{10}",
    "gamma": r"\Gamma", "digamma": r"\psi", "trigamma": r"\psi_{1}", "beta": r"\mathrm{B}",
    "besselj0": "J_{0}", "besselj1": "J_{1}", "bessely0": "Y_{0}", "bessely1": "Y_{1}",
    "lambertw": "W", "normcdf": r"\Phi",
    "acot": r"\operatorname{arccot}", "asec": r"\operatorname{arcsec}", "acsc": r"\operatorname{arccsc}",
    "asinh": r"\operatorname{arsinh}", "acosh": r"\operatorname{arcosh}", "atanh": r"\operatorname{artanh}",
    "acoth": r"\operatorname{arcoth}", "asech": r"\operatorname{arsech}", "acsch": r"\operatorname{arcsch}",
    "erfinv": r"\operatorname{erf}^{-1}", "erfcinv": r"\operatorname{erfc}^{-1}", "sign": r"\operatorname{sgn}",
}
ACCENTS = frozenset({"bar", "dot"})  # of adjoints and tangents
KNOWN = frozenset("sin cos tan cot sec csc sinh cosh tanh coth max min".split())  # commands of LaTeX itself
# fmt: on


@without_collector
def latex(program: Program) -> str:
    r"""Write the outputs of a program as equations, a line each, simplified; shared values of a long one come first.

    >>> from symad.parse import parse
    >>> print(latex(parse("sin(x)^2/(2*sqrt(x1))")))
    f = \frac{\sin^{2}\left(x\right)}{2 \sqrt{x_{1}}}
    """
    program = shorten(simplify(plain(program, is_derivative)), is_derivative)
    inputs = names(program.inputs)
    taken = {*program.inputs, *program.outputs, *loop_names(program)}
    outputs, shared = write(program, TARGET, inputs, map(symbol, Names(taken)), LONG)
    known = dict(zip(program.inputs, inputs, strict=True))
    named = [(title(label, known), text) for label, text in outputs if label in known or symbol(label) != text]
    return "\n".join([f"{name} = {text}" if text else name for name, text in [*shared.items(), *named]])


# names


def names(inputs: Sequence[str]) -> list[str]:
    """Write the names of inputs; one that would look like an earlier one is written as it is typed."""
    seen: set[str] = set()
    found = []
    for name in inputs:
        text = symbol(name)
        found.append(rf"\mathtt{{{escaped(name)}}}" if text in seen else text)
        seen.add(text)
    return found


def symbol(name: str) -> str:
    r"""Write a name: Greek letters, digits and what follows an underscore as a subscript, words upright.

    >>> symbol("x1"), symbol("alpha_max"), symbol("Ω"), symbol("rate")
    ('x_{1}', '\\alpha_{\\mathrm{max}}', '\\Omega', '\\mathrm{rate}')
    """
    parts = [part for part in name.split("_") if part]
    numbered = re.fullmatch(r"(\D+)(\d+)", parts[0]) if parts else None
    if numbered:
        parts[:1] = numbered.groups()
    if not parts:
        return rf"\mathtt{{{escaped(name)}}}"
    below = ",".join(letters(part) for part in parts[1:])
    return f"{letters(parts[0])}_{{{below}}}" if below else letters(parts[0])


def variable(name: str) -> str:
    r"""Write the name of what a loop carries: an adjoint with a bar, a tangent with a dot.

    >>> variable("bar_y1"), variable("dot_s")
    ('\\bar{y}_{1}', '\\dot{s}')
    """
    accent, _, rest = name.partition("_")
    if accent not in ACCENTS or not rest:
        return symbol(name)
    letter, below, index = variable(rest).partition("_{")
    return rf"\{accent}{{{letter}}}{below}{index}"


def letters(word: str) -> str:
    """Write a letter, a Greek letter, a number or a word."""
    if word.isdecimal() or len(word) == 1 and word.isascii():
        return word
    if len(word) == 1 and word in VARIANTS:
        return VARIANTS[word]
    greek = GREEK.get(word.lower(), word if word.lower() in GREEK.values() else "")
    if greek:
        greek = "lambda" if greek.lower() == "lamda" else greek.lower()
        if word[0] == word[0].lower():
            return "o" if greek == "omicron" else f"\\{greek}"
        return rf"\mathrm{{{greek[0].upper()}}}" if greek in LATIN else f"\\{greek.capitalize()}"
    if word == "lambda":
        return r"\lambda"
    return rf"\mathrm{{{escaped(word)}}}" if word.isascii() else rf"\text{{{escaped(word)}}}"


def escaped(word: str) -> str:
    """Escape underscores, the only letter of a name that LaTeX takes for something else."""
    return unicodedata.normalize("NFC", word).replace("_", r"\_")


def title(label: str, inputs: dict[str, str]) -> str:
    r"""Write the label of an output, a derivative as a fraction.

    >>> title("df/dx", {"x": "x"}), title("d2f/dxdy", {"x": "x", "y": "y"})
    ('\\frac{df}{dx}', '\\frac{\\partial^{2} f}{\\partial x \\partial y}')
    """
    first = re.fullmatch(r"d(\w+)/d(\w+)", label)
    if first and first[2] in inputs:
        d = "d" if len(inputs) == 1 else r"\partial "
        return rf"\frac{{{d}{symbol(first[1])}}}{{{d}{inputs[first[2]]}}}"
    second = re.fullmatch(r"d2(\w+)/d(\w+)", label)
    for cut in range(1, len(second[2]) if second else 0):
        assert second is not None
        left, right = second[2][:cut], second[2][cut + 1 :]
        if second[2][cut] == "d" and left in inputs and right in inputs:
            below = rf"\partial {inputs[left]} \partial {inputs[right]}"
            return rf"\frac{{\partial^{{2}} {symbol(second[1])}}}{{{below}}}"
    return symbol(label) if re.fullmatch(r"\w+", label) else rf"\text{{{escaped(re.sub(r'[^ /]', '_', label))}}}"


# numbers and arithmetic


def number(n: Number) -> tuple[str, int]:
    """Write a number, and say how tightly it binds."""
    sign = "-" if n < 0 else ""
    if isinstance(n, Fraction):
        return rf"{sign}\frac{{{abs(n.numerator)}}}{{{n.denominator}}}", NEGATION if sign else FRACTION
    mantissa, _, exponent = str(abs(n)).partition("e")
    if exponent:
        if mantissa == "1":
            return rf"{sign}10^{{{int(exponent)}}}", NEGATION if sign else POWER
        return rf"{sign}{mantissa} \cdot 10^{{{int(exponent)}}}", NEGATION if sign else PRODUCT
    return sign + mantissa, NEGATION if sign else NAME


def times(view: View, right: int) -> str:
    """Choose the sign of a product: a dot before a number."""
    for _ in range(FIRST):
        operation, operands = view.assignments[right]
        if view.number(right) is not None:
            return r" \cdot "
        if operation not in ("mul", "pow"):
            break
        right = operands[0]
    return " "


def product(view: View, operands: tuple[int, ...]) -> Shape:
    """Write a product, with a fraction where a factor is one."""
    x, y = operands
    n = view.number(x)
    quotient = view.single(y, "div")
    if isinstance(n, Fraction):
        return scaled(view, n, y, quotient)
    if quotient is not None:
        above = Rule(FRACTION, (PRODUCT, FRACTION, ANY), (r"\frac{", times(view, quotient[0]), "}{", "}"))
        if view.number(quotient[0]) == 1:
            return OVER, (x, quotient[1])
        if n is not None and n < 0:
            return above._replace(level=NEGATION, required=(NEGATION, FRACTION, ANY)), (x, *quotient)
        return above, (x, *quotient)
    left = NEGATION if n is not None and n < 0 else PRODUCT
    return Rule(left, (left, PRODUCT if view.single(y, "mul") else FRACTION), ("", times(view, y), "")), operands


def division(view: View, operands: tuple[int, ...]) -> Shape:
    """Write a quotient; 3/(2*x) where a fraction stands above the line."""
    n = view.number(operands[0])
    if isinstance(n, Fraction):
        sign, level = ("-", NEGATION) if n < 0 else ("", FRACTION)
        front = rf"{sign}\frac{{{abs(n.numerator)}}}{{{n.denominator}{times(view, operands[1])}"
        return Rule(level, (PRODUCT,), (front, "}")), operands[1:]
    return OVER, operands


def scaled(view: View, n: Fraction, y: int, quotient: tuple[int, ...] | None) -> Shape:
    """Write a fraction of something as one fraction."""
    sign, level = ("-", NEGATION) if n < 0 else ("", FRACTION)
    top = abs(n.numerator)
    front = "" if top == 1 else f"{top}{times(view, quotient[0] if quotient else y)}"
    if quotient is None:
        return Rule(level, (PRODUCT if front else ANY,), (rf"{sign}\frac{{{front}", f"}}{{{n.denominator}}}")), (y,)
    pieces = (rf"{sign}\frac{{{front}", f"}}{{{n.denominator}{times(view, quotient[1])}", "}")
    if view.number(quotient[0]) == 1:
        return Rule(level, (PRODUCT,), (rf"{sign}\frac{{{top}{pieces[1]}", "}")), quotient[1:]
    return Rule(level, (PRODUCT if front else ANY, PRODUCT), pieces), quotient


def power(view: View, operands: tuple[int, ...]) -> Shape:
    """Write a power: a root for a half, a fraction for a negative integer, sin^2(x) for the square of a sine."""
    base, exponent = operands
    n = view.number(exponent)
    if n in (Fraction(1, 2), Fraction(-1, 2)):
        return (ROOT if n == Fraction(1, 2) else Rule(FRACTION, (ANY,), (r"\frac{1}{\sqrt{", "}}"))), (base,)
    if n is None:
        return RAISED, operands
    front, back, raised = "", "", n
    if is_negative(view, exponent):
        front, back, raised = r"\frac{1}{", "}", -n
    written = str(raised) if raised != 1 else ""
    level = FRACTION if front else POWER
    operation = view.assignments[base][0]
    inner = view.single(base, *POWERED)
    if inner is not None and isinstance(raised, int) and raised > 1:
        return Rule(level, (ANY,), (rf"{front}\{operation}^{{{written}}}\left(", rf"\right){back}")), inner
    tail = f"^{{{written}}}" if written else ""
    return Rule(level, (CALL if tail else ANY,), (front, f"{tail}{back}")), (base,)


def conditional(view: View, operands: tuple[int, ...]) -> Shape:
    """Write a conditional and those in its last branch as cases."""
    rows: tuple[int, ...] = ()
    while len(rows) < 2 * MANY:
        condition, yes, no = operands
        rows = (*rows, yes, condition)
        inner = view.single(no, "select")
        if inner is None:
            break
        operands = inner
    pieces = [r"\begin{cases} ", *[r" & \text{if } ", r" \\ "] * (len(rows) // 2), r" & \text{otherwise} \end{cases}"]
    return Rule(SUM, (ANY,) * (len(rows) + 1), tuple(pieces)), (*rows, operands[2])


def opening(name: str, count: int) -> Rule:
    """Make the rule of a function with its arguments in parentheses that grow."""
    head = HEADS.get(name, f"\\{name}" if name in KNOWN else rf"\operatorname{{{escaped(name)}}}")
    return Rule(CALL, (ANY,) * count, (rf"{head}\left(", *[", "] * (count - 1), r"\right)"))


def extreme(name: str) -> Callable[[int], Rule]:
    """Make the rules of a maximum or minimum, one for each number of arguments."""
    return lambda count: opening(name, count)


def named(function: str, count: int) -> Rule:
    """Make the rule of a function that goes by a name of the user's."""
    return Rule(CALL, (ANY,) * count, (rf"{symbol(function)}\left(", *[", "] * (count - 1), r"\right)"))


def around(before: str, after: str, level: int = CALL) -> Rule:
    """Make the rule of a function of one argument that stands between delimiters."""
    return Rule(level, (ANY,), (before, after))


def aligned(_: str, lines: Sequence[tuple[int, str]]) -> tuple[str, str]:
    """Write a loop as a block that stands alone."""
    rows = " \\\\ ".join(["& " + r"\quad " * depth + line for depth, line in lines])
    return rf"\begin{{aligned}} {rows} \end{{aligned}}", ""


def relation(sign: str) -> Rule:
    """Make the rule of a comparison."""
    return Rule(COMPARE, (SUM, SUM), ("", f" {sign} ", ""))


# fmt: off
OVER = Rule(FRACTION, (ANY, ANY), (r"\frac{", "}{", "}"))
ROOT = around(r"\sqrt{", "}")
RAISED = Rule(POWER, (CALL, ANY), ("", "^{", "}"))
RULES: dict[str, Rule | Chooser] = {
    row.name: opening(row.name, len(row.arguments)) for row in OPERATIONS.values() if not row.infix
}
RULES |= {
    "add": Rule(SUM, (SUM, SUMMATION), ("", " + ", "")), "sub": Rule(SUM, (SUM, SUMMATION), ("", " - ", "")),
    "mul": product, "div": division, "pow": power,
    "neg": Rule(NEGATION, (SUMMATION,), ("-", "")),
    "lt": relation("<"), "le": relation(r"\leq"), "gt": relation(">"), "ge": relation(r"\geq"),
    "eq": relation("="), "ne": relation(r"\neq"),
    "and": Rule(AND, (AND, NOT), ("", r" \land ", "")), "or": Rule(OR, (OR, AND), ("", r" \lor ", "")),
    "not": Rule(NOT, (CALL,), (r"\lnot ", "")), "select": conditional,
    "sqrt": ROOT, "cbrt": around(r"\sqrt[3]{", "}"),
    "exp": around("e^{", "}", POWER), "exp2": around("2^{", "}", POWER),
    "lgamma": around(r"\ln\left|\Gamma\left(", r"\right)\right|", FRACTION), "abs": around(r"\left|", r"\right|"),
    "floor": around(r"\left\lfloor ", r"\right\rfloor"), "ceil": around(r"\left\lceil ", r"\right\rceil"),
    "mod": Rule(NEGATION, (CALL, CALL), ("", r" \bmod ", "")),
    "besselj": Rule(CALL, (ANY, ANY), ("J_{", r"}\left(", r"\right)")),
    "polygamma": Rule(CALL, (ANY, ANY), (r"\psi^{(", r")}\left(", r"\right)")),
    "max": flattened(extreme("max"), "max", MANY), "min": flattened(extreme("min"), "min", MANY),
    "hypot": flattened(extreme("hypot"), "hypot", MANY),
    "pi": Rule(NAME, (), (r"\pi",)), "e": Rule(NAME, (), ("e",)), "call": by_name(named),
}
# fmt: on
LOOPS = Syntax(
    sums={"sum": r"\sum_{%s=%s}^{%s} %s", "product": r"\prod_{%s=%s}^{%s} %s"},
    summation=(SUMMATION, ANY, SUMMATION),
    head=r"\text{for } %s = %s, \ldots, %s\colon",
    condition=r"\text{while } %s\colon",
    end="",
    every=r"%s, \quad %s = %s, \ldots, %s",
    assigned=r"%s \gets %s",
    element=("%s^{(%s)}", POWER),
    name=variable,
    block=aligned,
)
TARGET = Target(RULES, number, (r"\left(", r"\right)"), LOOPS)
