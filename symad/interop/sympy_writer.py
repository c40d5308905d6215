"""A Program in, SymPy expressions out: every symbol real, shared values shared, long sums and products made at once.

What SymPy lacks is written by its definition: sigmoid(x) is 1/(1 + exp(-x)).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from importlib import import_module
from typing import Any

from symad.errors import TargetError
from symad.expansion import expanded
from symad.numbers import Number
from symad.operations import LEAVES, NUMBERS
from symad.program import Program, live

LARGE_BITS = 2**16  # of a power of numbers; SymPy computes 9^9^9^9 until memory is full
DEEP = 100  # calls in each other; SymPy asks the operands of operands for their signs, up to Python's limit
COMPARED = 10  # arguments of a maximum, that SymPy compares with each other; 300 take it three minutes
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

    Raises TargetError where SymPy cannot hold the expression.

    >>> from symad.parse import parse
    >>> to_sympy(parse("x1*x2 + sigmoid(x1)"))
    x1*x2 + 1/(1 + exp(-x1))
    """
    program = expanded(program)
    try:
        values = Writer(program).run()
    except RecursionError:
        raise TargetError("SymPy cannot make this expression: it is nested too deeply") from None
    found = {label: values[v] for label, v in zip(program.outputs, program.results, strict=True)}
    return found if len(found) > 1 else found[program.outputs[0]]


class Writer:
    """Make SymPy's expressions; a sum or product that one other such goes on with is kept as its terms till then."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.sympy = import_module("sympy")
        self.live = live(program.assignments, program.results)
        self.values: list[Any] = [None] * len(program.assignments)
        self.depths = [0] * len(program.assignments)  # of calls in each other
        self.terms: dict[int, list[Any]] = {}
        uses = [0] * len(program.assignments)
        goes_on = [""] * len(program.assignments)
        for value, (operation, operands) in enumerate(program.assignments):
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
                self.values[value] = self.sympy.Symbol(self.program.inputs[operands[0]], real=True)
            elif operation in NUMBERS:
                self.values[value] = self.number(operands[0])
            else:
                depth = self.depths[value] = 1 + max([self.depths[v] for v in operands], default=0)
                self.values[value] = call(operation, [self.values[v] for v in operands], depth)
        return self.values

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
