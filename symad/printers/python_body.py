"""Program in, the lines of a Python function out.

Operations are spelled as the interpreter computes them, so that both agree to the bit: numbers are floats, a square is
a product, other integer powers are `**`, all further powers `math.pow`, which raises where `**` turns complex.
Functions come from `math`, from symad's own table, or from `scipy.special`.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import partial
from typing import NamedTuple

from symad.builder import Builder
from symad.loops import Body as LoopBody
from symad.loops import Loop, read_loop
from symad.numbers import Number
from symad.numerics import MATH, OWN, SPECIAL
from symad.operations import LEAVES, LOOP, OPERATIONS, PROJECT
from symad.printers.emitter import (
    NAME,
    Chooser,
    Emitter,
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
from symad.printers.naming import Names
from symad.printers.python_loops import Again, Operands, Variables, checkpointed, indices, loop_lines, started
from symad.printers.python_names import indented, parameter_name
from symad.printers.schedule import Schedule, schedule
from symad.program import Assignment, Program, live

# fmt: off
SELECT, OR, AND, NOT, COMPARE, SUM, PRODUCT, SIGN, POWER, CALL = 0, 10, 20, 30, 40, 50, 60, 70, 80, NAME - 1
LIMIT = 90           # characters of an expression; CPython takes 200 nested parentheses and 3,000 operators in a row
EXACT = 2**53        # integers up to here are doubles
MANY = 8             # arguments of one `max`
# fmt: on


class Body(NamedTuple):
    """Hold the lines of a function's body, without indentation, the texts of its results, and what these call.

    Of the body of a `while`, `before` are the lines that its condition, the first result, needs.
    """

    lines: list[str]
    results: list[str]
    operations: set[str]
    before: list[str]


def body(program: Program, inputs: Sequence[str], names: Names, *, guarded: bool = False, states: int = 0) -> Body:
    """Write the statements that compute a program's results; `inputs` are the parameters' names.

    `guarded` tells that the first result is a condition, which is known before what only the others need. `states` is
    how many states of a loop are kept for another one that runs backwards, 0 for all.
    """
    plan = schedule(with_powers(program))
    assignments, results, conditions = plan.assignments, plan.results, plan.conditions
    found = shapes(assignments, [*results, *range(plan.own, len(assignments))], TARGET)
    uses = shown_uses(found, results)
    if conditions is not None:
        count_conditions(conditions, found, uses)
    e = emitter(assignments, found, TARGET, names, LIMIT, conditions, plan.asked)
    e.leaves(inputs)
    again = repeated(assignments, uses) if states else {}
    writer = Writer(e, uses, names, picked_results(assignments), states, again)
    first, rest = parted(plan, results[0]) if guarded else ((), plan.order)
    writer.write(first)
    count = len(e.statements)
    writer.write(rest)
    memo = names.like("memo") if any(s.asked and not s.block for s in e.statements) else ""
    before, written = lines(e.statements[:count], memo), lines(e.statements[count:], memo)
    if memo:
        (before if guarded else written).insert(0, f"{memo}: dict[str, float] = {{}}")
    return Body(written, [joined(e.texts[v]) for v in results], writer.operations, before)


@dataclass(slots=True)
class Writer:
    """Write the values of a program.

    `picked` are, of each loop, the values that its results are, by place; `again` gives, for a loop that runs backwards
    from a few states of another one, that one, and `states` how many are kept.
    """

    e: Emitter
    uses: Sequence[int]
    names: Names
    picked: Mapping[int, Mapping[int, int]]
    states: int
    again: Mapping[int, int]
    operations: set[str] = field(default_factory=set)

    def write(self, order: Iterable[int]) -> None:
        """Write values in some order, and note what they call."""
        e = self.e
        for value in order:
            shape = e.shapes[value]
            operation = e.assignments[value][0]
            if shape is None or not self.uses[value] or operation == PROJECT:
                continue
            if operation == LOOP:
                self.loop(value)
                continue
            e.write(value)
            self.operations.update(CALLED.get(shape[0], (operation,)))
            if self.uses[value] > 1:
                e.name(value)

    def loop(self, value: int) -> None:
        """Write a loop as a block of statements, and what its results are called."""
        e = self.e
        loop = read_loop(e.assignments, value)
        again = self.again.get(value)
        self.name(*loop.sequences, *loop.captured, *(loop.carried if value in self.again.values() else ()))
        picked = {place: v for place, v in sorted(self.picked[value].items()) if self.uses[v]}
        given, made, found = self.run(loop, picked)
        if again is None:
            block = [*started(made, given), *loop_lines(loop.body, given, made, found)]
        else:
            block = self.stretches(read_loop(e.assignments, again), loop, given, made, found)
        called = dict(enumerate((*made.carried, *made.counts)))
        called |= zip([place for place in picked if place >= loop.body.first_emitted], made.emitted, strict=True)
        name = ""
        if value in e.asked:
            name = next(self.names)
            self.operations.add("cache")
            block = [*block, f"return {', '.join(called[place] for place in picked)},"]
        e.statements.append(Statement(e.condition(value), name, "", bool(name), block))
        for k, (place, result) in enumerate(picked.items()):
            e.texts[result] = f"{name}()[{k}]" if name else called[place]

    def name(self, *operands: int) -> None:
        """Name what a loop needs more than once."""
        for operand in operands:
            if self.e.levels[operand] < NAME:
                self.e.name(operand)

    def run(self, loop: Loop, picked: Collection[int]) -> tuple[Operands, Variables, Body]:
        """Write the body of a loop of which some results are wanted: its operands, its variables, its statements."""
        inner = loop.body
        given = Operands(*[[joined(self.e.texts[v]) for v in group] for group in loop[1:]])
        made = self.variables(inner, picked)
        counter = [made.counter or "_"] if inner.indexed else []
        inputs = [*counter, *made.carried, *made.items, *given.captured]
        first = inner.conditional + inner.carried
        places = [*range(first), *(first + k - inner.first_emitted for k in picked if k >= inner.first_emitted)]
        program = inner.program.part([inner.program.outputs[k] for k in places])
        found = body(program, inputs, self.names, guarded=inner.conditional, states=self.states)
        self.operations |= found.operations
        if made.emitted:
            self.operations.add("array")
        if any(not re.fullmatch(r"-?\d+\.0", bound) for bound in given.bounds):
            self.operations.add("indices")
        return given, made, found

    def stretches(self, source: Loop, loop: Loop, given: Operands, made: Variables, found: Body) -> list[str]:
        """Write a loop that takes in what another one carried: from few states, between which that one is run again."""
        e = self.e
        places = [e.assignments[e.assignments[v][1][1]][1][0] for v in loop.sequences]
        wanted = sorted(set(places))
        self.name(*source.carried, *source.captured)
        operands, plain, advancing = self.run(source, ())
        _, saving, emitting = self.run(source, wanted)
        emitted = dict(zip(wanted, saving.emitted, strict=True))
        given = given._replace(sequences=[emitted[place] for place in places])
        steps, state, name = (self.names.like(word) for word in ("steps", "state", "advance"))
        backward = loop_lines(loop.body, given, made, found, steps)
        self.operations.add("stretches")
        made_again = Again(source.body, operands, (plain, advancing), (saving, emitting), name)
        function, repeated = checkpointed(made_again, backward, steps, state, indices(given.bounds), self.states)
        return [*function, *started(made, given), *repeated]

    def variables(self, inner: LoopBody, picked: Collection[int]) -> Variables:
        """Name the variables of a loop of which some results are wanted."""
        program = inner.program
        used = live(program.assignments, program.results)
        inputs = [self.like(name) for name in program.inputs[: -inner.captured or None]]
        first = inner.indexed + inner.carried
        labels = program.outputs[inner.conditional + inner.carried :]
        emitted = [self.like(name) for k, name in enumerate(labels, inner.first_emitted) if k in picked]
        counts = [self.names.like("count")] if inner.conditional else []
        counter = inputs[0] if inner.indexed and used[0] else ""
        return Variables(counter, inputs[inner.indexed : first], inputs[first:], emitted, counts)

    def like(self, name: str) -> str:
        """Give a name of Python's that is not taken."""
        return self.names.like(parameter_name(name, ()))


def repeated(assignments: Sequence[Assignment], uses: list[int]) -> dict[int, int]:
    """Find the loops that run backwards through what another one carried, and that one; it need not emit it then."""
    found: dict[int, int] = {}
    for value, (operation, _) in enumerate(assignments):
        if operation == LOOP and uses[value]:
            source = source_of(assignments, value)
            if source is not None:
                found[value] = source
                for sequence in read_loop(assignments, value).sequences:
                    uses[sequence] -= 1
                    uses[source] -= not uses[sequence]
    return found


def source_of(assignments: Sequence[Assignment], value: int) -> int | None:
    """Find the loop whose history a loop takes in, if it takes nothing else and is over the same range."""
    loop = read_loop(assignments, value)
    taken = {assignments[v][1] if assignments[v][0] == PROJECT else (-1, -1) for v in loop.sequences}
    sources = {bundle for bundle, _ in taken}
    if len(sources) != 1 or -1 in sources or not loop.body.backward or loop.body.emitted:
        return None
    [source] = sources
    other = read_loop(assignments, source)
    histories = range(other.body.indexed, other.body.indexed + other.body.carried)
    program = other.body.program
    for _, place in taken:
        emitted = assignments[place][1][0] - other.body.first_emitted + other.body.carried + other.body.conditional
        if program.results[emitted] not in histories:
            return None
    bounds = loop.bounds if not other.body.conditional else ()
    return source if not other.sequences and not other.body.backward and bounds == other.bounds else None


def picked_results(assignments: Sequence[Assignment]) -> dict[int, dict[int, int]]:
    """List for each loop the values that its results are, by place."""
    found: dict[int, dict[int, int]] = {}
    for value, (operation, operands) in enumerate(assignments):
        if operation == PROJECT:
            found.setdefault(operands[0], {})[assignments[operands[1]][1][0]] = value
    return found


def parted(plan: Schedule, condition: int) -> tuple[list[int], list[int]]:
    """Part an order of evaluation into what a condition needs, and the rest."""
    needed: set[int] = set()
    stack = [condition]
    while stack:
        value = stack.pop()
        if value not in needed:
            needed.add(value)
            operation, operands = plan.assignments[value]
            stack += () if operation in LEAVES else operands
            if plan.conditions is not None and plan.conditions[value] >= 0:
                stack.append(plan.conditions[value])
    return [v for v in plan.order if v in needed], [v for v in plan.order if v not in needed]


def lines(statements: Sequence[Statement], memo: str) -> list[str]:
    """Write statements, those under one condition in one block; what is computed when asked for is a function."""
    found: list[str] = []
    last = ""
    for condition, name, text, asked, block in statements:
        if asked:
            found += asked_lines(name, joined(text), block, memo)
            last = ""
            continue
        if condition and condition != last:
            found.append(f"if {condition}:")
        last = condition
        statement = block or [f"{name} = {joined(text)}"]
        found += indented(statement) if condition else statement
    return found


def asked_lines(name: str, text: str, block: Sequence[str], memo: str) -> list[str]:
    """Write what is computed when it is asked for, once: a function that remembers."""
    if block:
        return ["@cache", f"def {name}() -> tuple[float, ...]:", *indented(block)]
    return [
        f"def {name}() -> float:",
        f'    if "{name}" not in {memo}:',
        f'        {memo}["{name}"] = {text}',
        f'    return {memo}["{name}"]',
    ]


def count_conditions(conditions: Sequence[int], found: Sequence[Shape | None], uses: list[int]) -> None:
    """Count a condition of values that get a name as one use more."""
    wanted = {conditions[v] for v, used in enumerate(uses) if used > 1 and found[v] is not None and conditions[v] >= 0}
    stack = sorted(wanted)
    while stack:
        value = stack.pop()
        shape = found[value]
        if uses[value]:
            uses[value] += 1
        elif shape is not None:
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
        opposite = "!=" if operation == "eq" else "=="
        return comparison(opposite, opposite)(view, inner)
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
