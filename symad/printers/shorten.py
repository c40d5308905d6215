"""The shortest readable form: a Program in, the same outputs out, each written as a reader expects it.

For reading only. A small output is written in several forms: as it was, collected, multiplied out, as one fraction,
with fewer squares of sines and cosines, …; the one with the shortest text is kept. All are equal wherever they are
defined. Outputs that are not small stay as they are, and the whole takes time linear in the length of the program.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from itertools import count

from symad.builder import NOTHING, Builder
from symad.loops import looped
from symad.operations import BODY, INFIX, LEAVES, LOOP, NUMBERS, PROJECT, RULE
from symad.printers.forms import as_product, expand, normal, shorter_squares
from symad.printers.kernels import Kernels
from symad.printers.plain import in_bodies, is_derived
from symad.printers.sums import ONE, Sum, Term, freeze, gather, lone
from symad.printers.terms import read
from symad.printers.words import Words, function, quotient, say, scaled, signed
from symad.printers.writer import Writer
from symad.program import Program

SIZE = 400  # values in an output, each counted as often as it is used
DEPTH = 60
ROUNDS = 6  # two are enough for nearly everything; each is as short as the one before, or shorter
TOTAL = 2000  # values in all outputs together: beyond that nobody reads them one by one


def shorten(program: Program, chosen: Callable[[str], bool] = lambda _: True) -> Program:
    """Write every small output of a program in its shortest form; what is not small stays as it is.

    `chosen` tells by their labels which outputs are meant.

    >>> from symad.parse import parse
    >>> print(shorten(parse("2*x*sin(x)/(x*cos(x))")))
    w1 = x
    w2 = tan(w1)
    w3 = 2*w2
    f  = w3
    """
    if looped(program.assignments):
        return around_loops(program, chosen)
    for _ in range(ROUNDS):
        shorter = once(program, chosen)
        if shorter is None:
            break
        program = shorter
    return program


def around_loops(program: Program, chosen: Callable[[str], bool]) -> Program:
    """Shorten what stands around loops, to which their results are inputs, and the tangents and adjoints in them."""
    straight, b = Builder(), Builder()
    inputs = [straight.input(name) for name in program.inputs]
    values: list[int] = []
    results: list[int] = []
    for value, (operation, operands) in enumerate(program.assignments):
        if operation == PROJECT:
            values.append(straight.input(f"w{len(results)}"))
            results.append(value)
        elif operation in (LOOP, BODY):
            values.append(NOTHING)
        elif operation in LEAVES:
            values.append(inputs[operands[0]] if operation == "input" else straight.leaf(operation, *operands))
        else:
            values.append(straight.make(operation, *[values[v] for v in operands]))
    short = shorten(straight.finish(zip(program.outputs, [values[v] for v in program.results], strict=True)), chosen)
    inputs = [b.input(name) for name in program.inputs]
    made = b.copy(in_bodies(program, lambda body: shorten(body, is_derived)), inputs)
    ends = b.copy(short, [*inputs, *(made[v] for v in results)])
    return b.finish([(label, ends[v]) for label, v in zip(short.outputs, short.results, strict=True)])


def once(program: Program, chosen: Callable[[str], bool]) -> Program | None:
    """Shorten every small output; None where all of them are as short as they get."""
    small, wanted = accepted(program, chosen)
    if not any(small):
        return None
    shortener = Shortener(program, wanted)
    better: dict[str, Words] = {}
    for label, value, fits in zip(program.outputs, program.results, small, strict=True):
        words = shortener.output(value) if fits else None
        if words is None or shortener.as_written(value, words):
            continue
        if measured(program, words) <= measured(program, value):
            better[label] = words
    return rebuilt(program, better) if better else None


def rebuilt(program: Program, better: dict[str, Words]) -> Program:
    """Make a program with other words for some of its outputs.

    The others come first: where a sum or product is in both, it keeps the order in which it was written.
    """
    b = Builder()
    inputs = [b.input(name) for name in program.inputs]
    kept = program.part([label for label in program.outputs if label not in better])
    values = b.copy(kept, inputs)
    made = {label: values[value] for label, value in zip(kept.outputs, kept.results, strict=True)}
    made |= {label: emit(b, inputs.__getitem__, words) for label, words in better.items()}
    return b.finish([(label, made[label]) for label in program.outputs])


def measured(program: Program, form: Words | int) -> int:
    """Measure the text of some words, or of a value of a program, without spaces."""
    from symad.printers.infix import READING  # which itself shortens what it writes
    from symad.printers.levels import write

    b = Builder()
    inputs = cache(lambda k: b.input(program.inputs[k]))  # only those that it has: there may be many
    found = emit(b, inputs, form) if isinstance(form, Words) else b.extract(program.assignments, form, inputs)
    [(_, text)], temporaries = write(b.finish([("f", found)]), READING, b.inputs, map("w{}".format, count(1)))
    return sum(len(t.replace(" ", "")) for t in (text, *temporaries.values()))


def accepted(program: Program, chosen: Callable[[str], bool]) -> tuple[list[bool], bytearray]:
    """Tell which outputs are small, and mark the values that they need."""
    size: list[int] = []
    depth: list[int] = []
    for value in range(len(program.assignments)):
        operands = program.operands(value)
        size.append(min(SIZE + 1, 1 + sum(size[v] for v in operands)))
        depth.append(min(DEPTH + 1, 1 + max((depth[v] for v in operands), default=0)))
    small = [
        chosen(label) and size[v] <= SIZE and depth[v] <= DEPTH
        for label, v in zip(program.outputs, program.results, strict=True)
    ]
    if sum([size[v] for v, fits in zip(program.results, small, strict=True) if fits]) > TOTAL:
        small = [False] * len(small)
    wanted = bytearray(len(size))
    for result, fits in zip(program.results, small, strict=True):
        stack = [result] if fits else []
        while stack:
            value = stack.pop()
            if not wanted[value]:
                wanted[value] = 1
                stack += program.operands(value)
    return small, wanted


def emit(b: Builder, inputs: Callable[[int], int], words: Words) -> int:
    """Make the assignments of a form."""
    made: dict[int, int] = {}
    stack = [words]
    while stack:
        w = stack[-1]
        waiting = [o for o in w.operands if id(o) not in made]
        if waiting:
            stack += reversed(waiting)
            continue
        stack.pop()
        if w.operation == "input":
            made[id(w)] = inputs(w.payload[0])
        elif w.operation == RULE:
            made[id(w)] = b.leaf(RULE, *w.payload)
        elif w.payload:
            made[id(w)] = b.constant(w.payload[0])
        else:
            made[id(w)] = b.make(w.operation, *[made[id(o)] for o in w.operands])
    return made[id(words)]


class Shortener:
    """Find the shortest words of the values of one program."""

    def __init__(self, program: Program, wanted: bytearray) -> None:
        self.program = program
        self.ks = Kernels()
        self.writer = Writer(self.ks, program.inputs, self.argument)
        self.values = read(program, self.ks, wanted)
        self.memo: dict[object, Words] = {}
        self.fractions: dict[object, Term] = {}
        self.raw: list[Words | None] = []
        self.better = bytearray(len(program.assignments))  # values whose text has a shorter argument in it
        for value in range(len(program.assignments)):
            self.raw.append(self.written(value) if wanted[value] else None)

    def written(self, value: int) -> Words:
        """Write a value as it is, arguments of functions in their shortest form."""
        operation, payload = self.program.assignments[value]
        if operation == "input":
            return self.writer.kernel(self.ks.kernel("input", (), payload[0]))
        if operation in LEAVES:
            return function(payload[0]) if operation == RULE else signed(payload[0])
        operands = [self.raw[v] if operation in INFIX else self.output(v) for v in payload]
        self.better[value] = any(not self.as_written(v, o) for v, o in zip(payload, operands, strict=True))
        known = [o for o in operands if o is not None]
        if operation == "mul" and known[0].operation in NUMBERS:
            return scaled(known[0].payload[0], known[1])
        if operation == "div" and known[0].operation == "rational":
            return quotient(known[0].payload[0], [], known[1:])
        return say(operation, *known)

    def as_written(self, value: int, words: Words | None) -> bool:
        """Tell whether these words are the value's own."""
        return words is self.raw[value] and not self.better[value]

    def output(self, value: int) -> Words:
        """Give the shortest words of a value of the program."""
        raw, known = self.raw[value], self.values[value]
        assert raw is not None
        if known is None:
            return raw
        try:
            words = self.argument(known)
        except ArithmeticError:
            return raw
        shortest = words if words.cost < raw.cost else raw
        self.memo[freeze(known)] = shortest
        return shortest

    def argument(self, value: Sum) -> Words:
        """Give the shortest words of a sum."""
        key = freeze(value)
        words = self.memo.get(key)
        if words is None:
            words = self.memo[key] = self.shortest(value)
        return words

    def shortest(self, value: Sum) -> Words:
        """Compare the forms of a sum; one that grows too long is passed over."""
        best = self.writer.total(value)
        if len(value) == 1 and ONE in value:
            return best
        seen = {tuple(value.items())}
        for make in (self.collected, self.expanded, self.one_fraction, self.split_fraction, self.by_function):
            try:
                for form in make(value):
                    if tuple(form.items()) not in seen:
                        seen.add(tuple(form.items()))
                        words = self.writer.total(form)
                        best = words if words.cost < best.cost else best
            except ArithmeticError:
                continue
        return best

    def collected(self, value: Sum) -> Iterator[Sum]:
        """Take out what all terms have in common."""
        yield lone(self.ks.single(value))

    def expanded(self, value: Sum) -> Iterator[Sum]:
        """Multiply out."""
        yield (form := expand(self.ks, value))
        yield (fewer := shorter_squares(self.ks, form))
        yield lone(self.ks.single(fewer))
        product = as_product(self.ks, form)
        if product is not None:
            yield lone(product)

    def one_fraction(self, value: Sum) -> Iterator[Sum]:
        """Write as one fraction."""
        yield lone(normal(self.ks, value, self.fractions))

    def split_fraction(self, value: Sum) -> Iterator[Sum]:
        """Cancel, then multiply out."""
        yield expand(self.ks, lone(normal(self.ks, value, self.fractions)))

    def by_function(self, value: Sum) -> Iterator[Sum]:
        """Collect the terms with the same functions in them, each as one fraction."""
        groups: dict[object, Sum] = {}
        for monomial, c in expand(self.ks, value).items():
            functions = tuple([(k, e) for k, e in monomial if self.ks.known[k].head not in ("input", "number", "sum")])
            groups.setdefault(functions, {})[monomial] = c
        total: Sum = {}
        for group in groups.values():
            c, monomial = normal(self.ks, group, self.fractions)
            if c:
                gather(total, monomial, c)
        yield total
