"""A Program in, SymPy expressions out: every symbol real, shared values shared, long sums and products made at once.

What SymPy lacks is written by its definition: sigmoid(x) is 1/(1 + exp(-x)). A loop is a Sum or a Product where it is
one; any other is written out, if it runs a known number of times, and not too often.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from importlib import import_module
from typing import Any

from symad.errors import TargetError
from symad.expansion import expanded
from symad.loops import Loop, iterate, read_loop
from symad.numbers import Number
from symad.operations import BODY, LEAVES, LOOP, NUMBERS, PROJECT
from symad.printers.reductions import reductions
from symad.program import Program, live, unique

LARGE_BITS = 2**16  # of a power of numbers; SymPy computes 9^9^9^9 until memory is full
DEEP = 100  # calls in each other; SymPy asks the operands of operands for their signs, up to Python's limit
COMPARED = 10  # arguments of a maximum, that SymPy compares with each other; 300 take it three minutes
UNROLLED = 100  # iterations of a loop that are written out
WRITTEN = 10_000  # nodes of an expression that they give, nothing shared
LARGE_ARGUMENT = 100  # SymPy writes the gamma function of whole numbers out in digits

# fmt: off
CHAINS = {  # operations of two, which SymPy has of many: flattened, since it takes quadratic time to do so one by one
    "add": "Add", "sub": "Add", "mul": "Mul", "div": "Mul", "max": "Max", "min": "Min", "and": "And", "or": "Or",
}
SAME = {  # SymPy's functions of the same arguments
    **{name: name for name in (
        "sqrt exp log sin cos tan cot sec csc asin acos atan acot asec acsc atan2 sinc sinh cosh tanh coth sech csch "
        "asinh acosh atanh acoth asech acsch sign floor erf erfc erfinv erfcinv gamma polygamma beta besselj").split()},
    "abs": "Abs", "ceil": "ceiling", "mod": "Mod", "lgamma": "loggamma", "lambertw": "LambertW", "not": "Not",
}
RELATIONS = {"lt": "Lt", "le": "Le", "gt": "Gt", "ge": "Ge", "eq": "Eq", "ne": "Ne"}
GROWING = frozenset({"gamma", "lgamma", "digamma", "trigamma", "polygamma", "beta", "lbeta"})
STEPPING = frozenset({"floor", "ceil", "trunc", "mod", "fmod"})  # of a number: SymPy computes every digit of it
# fmt: on


def to_sympy(program: Program) -> Any:
    """Write a program as a SymPy expression, or as a dict of labels and expressions where there are several outputs.

    A loop that is neither a sum nor a product over its index is written out if it runs from one number to another, at
    most 100 times and to at most 10,000 nodes. Raises TargetError where SymPy cannot hold the expression.

    >>> from symad.parse import parse
    >>> to_sympy(parse("x1*x2 + sigmoid(x1)"))
    x1*x2 + 1/(1 + exp(-x1))
    >>> to_sympy(parse("sum(k in 1..n: x^k)"))
    Sum(x**k, (k, 1, n))
    """
    program = expanded(program)
    try:
        sympy = import_module("sympy")
        values = Writer(program, [sympy.Symbol(name, real=True) for name in program.inputs], program.inputs).run()
    except RecursionError:
        raise TargetError("SymPy cannot make this expression: it is nested too deeply") from None
    found = {label: values[v] for label, v in zip(program.outputs, program.results, strict=True)}
    return found if len(found) > 1 else found[program.outputs[0]]


class Writer:
    """Make SymPy's expressions; a sum or product that one other such goes on with is kept as its terms till then.

    `given` are the values of the inputs, `taken` the names that no index can have. The results of a loop are one value,
    by place; a sequence is a list.
    """

    def __init__(self, program: Program, given: Sequence[Any], taken: Sequence[str]) -> None:
        self.program, self.given, self.taken = program, given, taken
        self.sympy = import_module("sympy")
        self.live = live(program.assignments, program.results)
        self.values: list[Any] = [None] * len(program.assignments)
        self.depths = [0] * len(program.assignments)  # of calls in each other
        self.terms: dict[int, list[Any]] = {}
        self.places: dict[int, list[int]] = {}  # of the results of each loop that are needed
        uses = [0] * len(program.assignments)
        goes_on = [""] * len(program.assignments)
        for value, (operation, operands) in enumerate(program.assignments):
            if self.live[value] and operation == PROJECT:
                self.places.setdefault(operands[0], []).append(program.assignments[operands[1]][1][0])
            if self.live[value] and operation not in LEAVES:
                for position, operand in enumerate(operands):
                    uses[operand] += 1
                    inverted = position == 1 and operation in ("sub", "div")
                    goes_on[operand] = "" if inverted else CHAINS.get(operation, "")
        results = set(program.results)
        self.goes_on = [
            kind if n == 1 and v not in results else "" for v, (n, kind) in enumerate(zip(uses, goes_on, strict=True))
        ]

    def run(self) -> list[Any]:
        """Make every value that is needed, in order."""
        for value, (operation, operands) in enumerate(self.program.assignments):
            if not self.live[value]:
                continue
            if operation in CHAINS:
                self.chain(value, operation, *operands)
            elif operation == "input":
                self.values[value] = self.given[operands[0]]
            elif operation == LOOP:
                self.values[value] = self.loop(value)
            elif operation == PROJECT:
                self.values[value] = self.values[operands[0]][self.program.assignments[operands[1]][1][0]]
            elif operation == BODY:
                continue
            elif operation in NUMBERS:
                self.values[value] = self.number(operands[0])
            else:
                depth = self.depths[value] = 1 + max([self.depths[v] for v in operands], default=0)
                known = [self.values[v] for v in operands]
                if operation == "select" and isinstance(known[1], list):
                    pairs = zip(*known[1:], strict=True)
                    self.values[value] = [call(operation, [known[0], *pair], depth) for pair in pairs]
                else:
                    self.values[value] = call(operation, known, depth)
        return self.values

    def loop(self, value: int) -> dict[int, Any]:
        """Make the results of a loop, by place: sums and products over the index, or what the iterations give."""
        assignments, places = self.program.assignments, self.places[value]
        found: dict[int, Any] = {}
        for place, made in reductions(assignments, value, places).items():
            loop = self.operands(made.loop)
            [name] = unique(made.term.inputs[:1], self.taken)
            index = self.sympy.Symbol(name, integer=True)
            given = (index, *loop.carried, *loop.sequences, *loop.captured)
            if not loop.sequences:
                [result] = made.term.results
                term = Writer(made.term, given, (*self.taken, name)).run()[result]
                kind = self.sympy.Sum if made.kind == "sum" else self.sympy.Product
                found[place] = (-1 if made.opposite else 1) * kind(term, (index, *loop.bounds))
        if len(found) < len(places):
            found = dict(enumerate(self.unrolled(self.operands(read_loop(assignments, value))))) | found
        return found

    def operands(self, loop: Loop) -> Loop:
        """Give a loop whose operands are what they are made of."""
        parts = [tuple([self.values[v] for v in part]) for part in loop[1:]]
        return Loop(loop.body, *parts)

    def unrolled(self, loop: Loop) -> Sequence[Any]:
        """Write the iterations of a loop out, and give its results."""
        program = loop.body.program
        if not loop.bounds or not all(bound.is_Integer for bound in loop.bounds):
            reason = "SymPy has no loops, and it is not known how many iterations this one has"
            raise TargetError(reason, hint="write numbers for its bounds; a sum or product over an index needs none")
        first, last = map(int, loop.bounds)
        if last - first >= UNROLLED:
            raise TargetError(f"SymPy has no loops, and {last - first + 1} iterations are too many to write out")
        sizes: dict[Any, int] = {}

        def run(inputs: Sequence[Any], outputs: Sequence[int], _: list[Any]) -> Sequence[Any]:
            values = Writer(program, inputs, self.taken).run()
            found = [values[program.results[k]] for k in outputs]
            if max([size(value, sizes) for value in found], default=0) > WRITTEN:
                raise TargetError("SymPy has no loops, and the iterations of this one are too large to write out")
            return found

        return iterate(loop._replace(bounds=(first, last)), run, self.sympy.Integer)

    def number(self, number: Number) -> Any:
        """Make a constant."""
        if isinstance(number, float):
            return self.sympy.Float(number)
        return self.sympy.Rational(*number.as_integer_ratio())

    def chain(self, value: int, operation: str, x: int, y: int) -> None:
        """Put the terms of both operands together; make the expression unless it goes on."""
        kind = CHAINS[operation]
        self.depths[value] = max(self.depths[x], self.depths[y])
        left = self.terms.pop(x, None) or [self.values[x]]
        right = self.terms.pop(y, None) or [self.values[y]]
        if operation == "sub":
            right = [-right[0]]
        elif operation == "div":
            right = [1 / right[0]]
        longer, shorter = (left, right) if len(left) >= len(right) else (right, left)
        longer += shorter
        if self.goes_on[value] == kind:
            self.terms[value] = longer
        else:
            compare = kind in ("Max", "Min") and len(longer) > COMPARED
            self.values[value] = make(getattr(self.sympy, kind), longer, compare)


def size(expression: Any, sizes: dict[Any, int]) -> int:
    """Count the nodes of an expression where nothing is shared; `sizes` are those that are known."""
    stack = [expression]
    while stack:
        top = stack[-1]
        waiting = [part for part in top.args if part not in sizes]
        if waiting:
            stack += waiting
        else:
            stack.pop()
            sizes[top] = 1 + sum([sizes[part] for part in top.args])
    return sizes[expression]


def call(operation: str, operands: Sequence[Any], depth: int) -> Any:
    """Make one operation, left as it stands where SymPy would compute too many digits or look too deep."""
    as_it_stands = depth > DEEP
    if operation in GROWING:
        as_it_stands = as_it_stands or any(x.is_Rational and abs(x) > LARGE_ARGUMENT for x in operands)
    elif operation in STEPPING:
        as_it_stands = as_it_stands or any(x.is_number and not (x.is_Rational or x.is_Float) for x in operands)
    return make(functions()[operation], operands, as_it_stands)


def make(function: Callable[..., Any], operands: Sequence[Any], as_it_stands: bool) -> Any:
    """Call one of SymPy's functions; what it cannot look through, for its depth, is left as it stands."""
    if not as_it_stands:
        try:
            return function(*operands)
        except RecursionError:
            pass  # SymPy's own
    with import_module("sympy").evaluate(False):
        return function(*operands)


def power(x: Any, y: Any) -> Any:
    """Make a power, unless it is a number of too many digits."""
    if (x.is_Rational or x.is_Float) and (y.is_Rational or y.is_Float) and bits(x) * abs(y) > LARGE_BITS:
        raise TargetError(
            f"SymPy would write out the number {str(x)[:20]}^{str(y)[:20]}, which is too large or too small"
        )
    return x**y


def bits(x: Any) -> int:
    """Count the digits of a number, which powers multiply."""
    if x.is_Rational:
        return int(max(abs(x.p), x.q).bit_length())
    _, _, exponent, length = x._mpf_
    return int(abs(exponent + length)) + 1


@cache
def functions() -> Mapping[str, Callable[..., Any]]:
    """Give the table of operations in SymPy, those of CHAINS left out."""
    sympy = import_module("sympy")
    true, exp, log, sqrt = sympy.true, sympy.exp, sympy.log, sympy.sqrt

    def trunc(x: Any) -> Any:
        return sympy.sign(x) * sympy.floor(sympy.Abs(x))

    def select(c: Any, x: Any, y: Any) -> Any:
        if c in (sympy.true, sympy.false):
            return x if c else y
        boolean = isinstance(x, sympy.logic.boolalg.Boolean) and not x.is_Symbol  # a symbol is both to SymPy
        return sympy.ITE(c, x, y) if boolean else sympy.Piecewise((x, c), (y, true), evaluate=False)

    def relation(name: str) -> Callable[..., Any]:
        kind = getattr(sympy, name)
        return lambda x, y: kind(x, y, evaluate=all(v.is_Rational or v.is_Float for v in (x, y)))

    def product_or_zero(end: int, x: Any, y: Any, logarithm: Any) -> Any:
        return select(sympy.And(sympy.Eq(x, 0), sympy.Ge(y, end)), sympy.S.Zero, x * logarithm)

    # fmt: off
    return {
        **{name: getattr(sympy, other) for name, other in SAME.items()},
        **{name: relation(other) for name, other in RELATIONS.items()},
        "neg":       lambda x: -x,
        "pow":       power,
        "select":    select,
        "pi":        lambda: sympy.pi,
        "e":         lambda: sympy.E,
        "cbrt":      lambda x: sympy.sign(x) * sympy.Abs(x) ** sympy.Rational(1, 3),
        "hypot":     lambda x, y: sqrt(x**2 + y**2),
        "exp2":      lambda x: power(sympy.Integer(2), x),
        "expm1":     lambda x: exp(x) - 1,
        "log2":      lambda x: log(x) / log(2),
        "log10":     lambda x: log(x) / log(10),
        "log1p":     lambda x: log(1 + x),
        "trunc":     trunc,
        "fmod":      lambda x, y: x - y * trunc(x / y),
        "copysign":  lambda x, y: select(sympy.Ge(y, 0), sympy.Abs(x), -sympy.Abs(x)),
        "relu":      lambda x: sympy.Max(0, x),
        "normcdf":   lambda x: sympy.erfc(-x / sqrt(2), evaluate=False) / 2,  # not 2 - erfc(x/sqrt(2))
        "digamma":   lambda x: sympy.polygamma(0, x),
        "trigamma":  lambda x: sympy.polygamma(1, x),
        "lbeta":     lambda x, y: log(sympy.Abs(sympy.beta(x, y))),
        "besselj0":  lambda x: sympy.besselj(0, x),
        "besselj1":  lambda x: sympy.besselj(1, x),
        "bessely0":  lambda x: sympy.bessely(0, x),
        "bessely1":  lambda x: sympy.bessely(1, x),
        "sigmoid":   lambda x: 1 / (1 + exp(-x)),
        "logit":     lambda x: log(x / (1 - x)),
        "softplus":  lambda x: log(1 + exp(x)),
        "logaddexp": lambda x, y: log(exp(x) + exp(y)),
        "xlogy":     lambda x, y: product_or_zero(0, x, y, log(y)),
        "xlog1py":   lambda x, y: product_or_zero(-1, x, y, log(1 + y)),
        "xdivy":     lambda x, y: x / y,
        "mulpow":    lambda c, x, y: c * power(x, y),
        "powlog":    lambda x, y, n: power(x, y) * log(x) ** n,
    }
    # fmt: on
