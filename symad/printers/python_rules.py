"""How Python writes operations: a table of rules, which the emitter walks.

Operations are spelled as the interpreter computes them, so that both agree to the bit: numbers are floats, a square is
a product, other integer powers are `**`, all further powers `math.pow`, which raises where `**` turns complex.
Functions come from `math`, from symad's own table, or from `scipy.special`.
"""

from __future__ import annotations

from fractions import Fraction
from functools import partial

from symad.builder import Builder
from symad.numbers import Number
from symad.numerics import MATH, OWN, SPECIAL
from symad.operations import LEAVES, LOOP, OPERATIONS, PROJECT
from symad.printers.emitter import NAME, Chooser, Rule, Shape, Target, View, call, flattened
from symad.program import Program

# fmt: off
SELECT, OR, AND, NOT, COMPARE, SUM, PRODUCT, SIGN, POWER, CALL = 0, 10, 20, 30, 40, 50, 60, 70, 80, NAME - 1
EXACT = 2**53        # integers up to here are doubles
MANY = 8             # arguments of one `max`
# fmt: on


def number(n: Number) -> tuple[str, int]:
    """Write a number as a float, and say how tightly it binds."""
    if isinstance(n, Fraction) and abs(n.numerator) < EXACT and n.denominator < EXACT:
        return f"{n.numerator}/{n.denominator}", PRODUCT
    return repr(float(n)), NAME if n >= 0 else SIGN


def power(view: View, operands: tuple[int, ...]) -> Shape:
    """Write a power by its exponent."""
    base, exponent = operands
    n = view.number(exponent)
    if n == 2 and isinstance(n, int):
        return (SQUARE, (base, base))
    if isinstance(n, int) and abs(n) < EXACT:
        return (Rule(POWER, (CALL,), ("", f"**{n}")), (base,))
    return (GENERAL_POWER, operands)


def quotient_or_zero(_view: View, operands: tuple[int, ...]) -> Shape:
    """Write x/y, and 0 where x is 0."""
    x, y = operands
    return (QUOTIENT_OR_ZERO, (x, y, x))


def power_or_zero(_view: View, operands: tuple[int, ...]) -> Shape:
    """Write c*x^y, and 0 where c is 0."""
    c, x, y = operands
    return (POWER_OR_ZERO, (c, x, y, c))


def logarithm_or_zero(view: View, operands: tuple[int, ...]) -> Shape:
    """Write z*log(x)^n, and 0 where z is 0: z is x^y, and the last of the operands."""
    x, _, n, z = operands
    number = view.number(n)
    if number == 1:
        return (LOGARITHM_OR_ZERO, (z, x, z))
    return (POWER_OF_LOGARITHM, (z, x, n, z))


def with_powers(program: Program) -> Program:
    """Give every powlog(x, y, n) the value of x^y as one more operand, which may be there anyway."""
    if all(operation != "powlog" for operation, _ in program.assignments):
        return program
    b = Builder()
    values: list[int] = []
    inputs = [b.input(name) for name in program.inputs]
    for operation, payload in program.assignments:
        if operation in LEAVES:
            values.append(inputs[payload[0]] if operation == "input" else b.leaf(operation, *payload))
            continue
        operands = [values[v] for v in payload]
        if operation == "powlog":
            operands.append(b.make("pow", *operands[:2]))
        values.append(b.make(operation, *operands))
    return b.finish(zip(program.outputs, [values[v] for v in program.results], strict=True))


def comparison(sign: str, swapped: str) -> Chooser:
    """Make the rule of a comparison: a number stands on the right."""
    rule = Rule(COMPARE, (SUM, SUM), ("", f" {sign} ", ""))
    turned = Rule(COMPARE, (SUM, SUM), ("", f" {swapped} ", ""))

    def choose(view: View, operands: tuple[int, ...]) -> Shape:
        x, y = operands
        if view.number(x) is not None and view.number(y) is None:
            return (turned, (y, x))
        return (rule, operands)

    return choose


def negation(view: View, operands: tuple[int, ...]) -> Shape:
    """Write a negation: that of a product is its first factor's, to the bit."""
    return (PRODUCT_SIGN if view.single(operands[0], "mul", "div") else MINUS, operands)


def denial(view: View, operands: tuple[int, ...]) -> Shape:
    """Write the opposite of a condition: `a != b` for `not a == b`."""
    operation, inner = view.assignments[operands[0]]
    if operation in ("eq", "ne"):
        sign = "!=" if operation == "eq" else "=="
        return comparison(sign, sign)(view, inner)
    return (DENIAL, operands)


def select(_view: View, operands: tuple[int, ...]) -> Shape:
    """Write a conditional expression; what its branches name is computed before it, under its condition."""
    condition, yes, no = operands
    return (CONDITIONAL, (yes, condition, no))


def whole(_view: View, operands: tuple[int, ...]) -> Shape:
    """Count the operands of a loop as used; its text is a block of statements."""
    return Rule(NAME, (), ()), operands[1:]


def picked(_view: View, operands: tuple[int, ...]) -> Shape:
    """Count a loop as used; its results have names."""
    return Rule(NAME, (), ()), operands[:1]


# fmt: off
SQUARE = Rule(PRODUCT, (NAME, NAME), ("", "*", ""))
GENERAL_POWER = call("math.pow", 2)
QUOTIENT_OR_ZERO = Rule(SELECT, (NAME, SIGN, NAME), ("", "/", " if ", " else 0.0"))
POWER_OR_ZERO = Rule(SELECT, (NAME, 0, 0, NAME), ("", "*math.pow(", ", ", ") if ", " else 0.0"))
LOGARITHM_OR_ZERO = Rule(SELECT, (NAME, 0, NAME), ("", "*log(", ") if ", " else 0.0"))
POWER_OF_LOGARITHM = Rule(SELECT, (NAME, 0, 0, NAME), ("", "*math.pow(log(", "), ", ") if ", " else 0.0"))
CALLED: dict[Rule, tuple[str, ...]] = {  # what the text of a rule calls, where it is not the operation
    GENERAL_POWER: ("math.pow",), POWER_OR_ZERO: ("math.pow",), LOGARITHM_OR_ZERO: ("log",),
    POWER_OF_LOGARITHM: ("math.pow", "log"), QUOTIENT_OR_ZERO: (),
}
MINUS = Rule(SIGN, (POWER,), ("-", ""))
PRODUCT_SIGN = Rule(PRODUCT, (PRODUCT,), ("-", ""))
CONDITIONAL = Rule(SELECT, (OR, OR, SELECT), ("", " if ", " else ", ""))
DENIAL = Rule(NOT, (NOT,), ("not ", ""))
RULES: dict[str, Rule | Chooser] = {
    "add": Rule(SUM, (SUM, PRODUCT), ("", " + ", "")), "sub": Rule(SUM, (SUM, PRODUCT), ("", " - ", "")),
    "mul": Rule(PRODUCT, (PRODUCT, SIGN), ("", "*", "")), "div": Rule(PRODUCT, (PRODUCT, SIGN), ("", "/", "")),
    "pow": power, "neg": negation, "not": denial,
    "max": flattened(partial(call, "max"), "max", MANY, nested=NAME),
    "min": flattened(partial(call, "min"), "min", MANY, nested=NAME),
    "lt": comparison("<", ">"), "le": comparison("<=", ">="), "gt": comparison(">", "<"), "ge": comparison(">=", "<="),
    "eq": comparison("==", "=="), "ne": comparison("!=", "!="),
    "and": Rule(AND, (AND, NOT), ("", " and ", "")), "or": Rule(OR, (OR, AND), ("", " or ", "")),
    "select": select, "abs": call("abs"), LOOP: whole, PROJECT: picked,
    "pi": call("pi", 0)._replace(level=NAME), "e": call("e", 0)._replace(level=NAME),
}
# fmt: on


RULES |= {name: call(spelling, len(OPERATIONS[name].arguments)) for name, spelling in MATH.items() if name != "pow"}
RULES |= {name: call(name, len(OPERATIONS[name].arguments)) for name in (*OWN, *SPECIAL)}
RULES |= {"xdivy": quotient_or_zero, "mulpow": power_or_zero, "powlog": logarithm_or_zero}
TARGET = Target(RULES, number)


def math_names(operations: set[str]) -> list[str]:
    """List what to import from `math`."""
    return sorted({MATH[name] for name in operations if name in MATH and name != "pow"} | operations & {"pi", "e"})
