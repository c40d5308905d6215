"""Program in, the lines of a Python function out.

Operations are spelled as the interpreter computes them, so that both agree to the bit: numbers are floats, a square is
a product, other integer powers are `**`, all further powers `math.pow`, which raises where `**` turns complex.
Functions come from `math`, from symad's own table, or from `scipy.special`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from functools import partial
from typing import NamedTuple

from symad.needs import opposite
from symad.numbers import Number
from symad.numerics import MATH, OWN, SPECIAL
from symad.operations import OPERATIONS
from symad.printers.emitter import (
    NAME,
    Chooser,
    Rule,
    Shape,
    Statement,
    Target,
    View,
    call,
    emitter,
    flattened,
    joined,
    shapes,
    shown_uses,
)
from symad.printers.schedule import schedule
from symad.program import Assignment, Program

# fmt: off
SELECT, OR, AND, NOT, COMPARE, SUM, PRODUCT, SIGN, POWER, CALL = 0, 10, 20, 30, 40, 50, 60, 70, 80, NAME - 1
LIMIT = 90           # characters of an expression; CPython takes 200 nested parentheses and 3,000 operators in a row
EXACT = 2**53        # integers up to here are doubles
MANY = 8             # arguments of one `max`
# fmt: on


class Body(NamedTuple):
    """Hold the lines of a function's body, without indentation, the texts of its results, and what these call."""

    lines: list[str]
    results: list[str]
    operations: set[str]


def body(program: Program, inputs: Sequence[str], names: Iterator[str]) -> Body:
    """Write the statements that compute a program's results; `inputs` are the parameters' names."""
    plan = schedule(program)
    assignments, results = plan.assignments, plan.results
    found = shapes(assignments, [*results, *range(plan.own, len(assignments))], TARGET)
    uses = shown_uses(found, results)
    if plan.blocks is not None:
        count_conditions(plan.blocks, found, uses)
    e = emitter(assignments, found, TARGET, names, LIMIT, plan.blocks, plan.asked)
    e.leaves(inputs)
    operations = set()
    for value in plan.order:
        shape = found[value]
        if shape is not None and uses[value]:
            if value < plan.own:
                e.write(value)
            else:
                e.condition(value)
            operations.add("math.pow" if shape[0] is GENERAL_POWER else assignments[value][0])
            if uses[value] > 1:
                e.name(value)
    return Body(lines(e.statements, assignments), [joined(e.texts[v]) for v in results], operations)


def lines(statements: Sequence[Statement], assignments: Sequence[Assignment]) -> list[str]:
    """Write statements, those of one block together; what is computed when asked for is a function."""
    found = ["memo: dict[str, float] = {}"] if any(statement.asked for statement in statements) else []
    blocks: list[tuple[int, ...]] = [() if s.asked else tuple([q.condition for q in s.block]) for s in statements]
    opened: list[tuple[int, bool]] = []  # blocks inside each other: how many conditions the last has, whether it turns
    inside: tuple[int, ...] = ()
    for place, (questions, name, text, asked) in enumerate(statements):
        block = blocks[place]
        common = 0
        while common < min(len(block), len(inside)) and block[common] == inside[common]:
            common += 1
        closed = [level for level in opened if level[0] > common]
        opened = opened[: len(opened) - len(closed)]
        begun = opened[-1][0] if opened else 0
        turns = closed[:1] == [(begun + 1, False)] and len(block) > begun
        turns = turns and opposite(assignments, block[begun], inside[begun])
        while begun < len(block):
            end = begun + 1 if turns else together(blocks, place, begun)
            asking = " and ".join(q.text if q.level >= AND else f"({q.text})" for q in questions[begun:end])
            asking = questions[begun].text if end == begun + 1 else asking
            found.append("    " * len(opened) + ("else:" if turns else f"if {asking}:"))
            opened.append((end, turns))
            begun, turns = end, False
        inside = block
        margin = "    " * len(opened)
        if asked:
            found += [f"def {name}() -> float:", f'    if "{name}" not in memo:']
            found += [f'        memo["{name}"] = {joined(text)}', f'    return memo["{name}"]']
        else:
            found.append(f"{margin}{name} = {text}")
    return found


def together(blocks: Sequence[tuple[int, ...]], place: int, begun: int) -> int:
    """Give how many conditions of a block to ask at once: those between which nothing stands."""
    block = blocks[place]
    end = len(block)
    while place < len(blocks) and blocks[place][: begun + 1] == block[: begun + 1] and end > begun + 1:
        end = next((k for k in range(begun, end) if blocks[place][k : k + 1] != block[k : k + 1]), end)
        place += 1
    return end


def count_conditions(blocks: Sequence[Sequence[int] | None], found: Sequence[Shape | None], uses: list[int]) -> None:
    """Count a condition of values that get a name as one use more."""
    wanted = {c for v, used in enumerate(uses) if used > 1 and found[v] is not None for c in blocks[v] or ()}
    stack = sorted(wanted)
    while stack:
        value = stack.pop()
        shape = found[value]
        if uses[value]:
            uses[value] += 1
        elif shape is not None:
            uses[value] = int(blocks[value] is not None)
            stack += [v for v in shape[1] if v not in wanted]
            wanted.update(shape[1])


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


# fmt: off
SQUARE = Rule(PRODUCT, (NAME, NAME), ("", "*", ""))
GENERAL_POWER = call("math.pow", 2)
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
    "select": select, "abs": call("abs"),
    "pi": call("pi", 0)._replace(level=NAME), "e": call("e", 0)._replace(level=NAME),
}
# fmt: on


RULES |= {name: call(spelling, len(OPERATIONS[name].arguments)) for name, spelling in MATH.items() if name != "pow"}
RULES |= {name: call(name, len(OPERATIONS[name].arguments)) for name in (*OWN, *SPECIAL)}
TARGET = Target(RULES, number)


def math_names(operations: set[str]) -> list[str]:
    """List what to import from `math`."""
    return sorted({MATH[name] for name in operations if name in MATH and name != "pow"} | operations & {"pi", "e"})
