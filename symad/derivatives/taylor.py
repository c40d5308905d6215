"""Taylor coefficients along a direction: Program in, Program of the coefficients of t -> f(x + t*v) out.

The series of a value comes of those of its operands by a recurrence, coefficient by coefficient; no derivative is
derived again, so the operations grow with the square of the order. Of products and quotients the recurrence is that of
their coefficients, of everything else the differential equation that its partial derivatives p_j in the table are:

    z = phi(u_1, u_2, …)        k*z[k] = sum over j and i = 1 … k of i*u_j[i]*p_j[k-i]

The partial derivatives are values like others, made of the operands and the result, and have series of their own:
that of sin takes that of cos, which takes that of sin one order lower, and sharing makes them one. Each coefficient is
made when it is asked for; where the partial derivatives never come back to what is there (polygamma(n, x) leads to
polygamma(n + 1, x)), there are as many of them as orders, and the operations grow with the cube.
Sources: Griewank and Walther, "Evaluating Derivatives", chapter 13; Neidinger, "Introduction to automatic
differentiation and MATLAB object-oriented programming", 2010.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from functools import partial
from operator import index

from symad.builder import Builder
from symad.collector import without_collector
from symad.derivatives.cases import by_cases
from symad.derivatives.forward import Tangent, chosen, summed, supported
from symad.derivatives.labels import chosen_inputs
from symad.derivatives.loops import loop_coefficients
from symad.derivatives.partials import make_partial, partial_derivative
from symad.derivatives.primal import Primal, primal
from symad.derivatives.products import seed_names
from symad.derivatives.reverse import contributed
from symad.derivatives.sequences import guarded
from symad.derivatives.structure import operand_places
from symad.errors import DerivativeError
from symad.needs import ALWAYS, NEVER, both, narrower
from symad.numbers import Number
from symad.operations import BOOLEAN, LEAVES, PROJECT
from symad.program import Program, unique

Order = tuple[int, int]  # a value, and the order of one of its coefficients
Coefficient = Tangent | None  # zero unless its support holds; None for zero
Term = tuple[int, int]  # of a sum: a value of the builder, and the condition unless which it is zero


@without_collector
def taylor(program: Program, order: int, wrt: Sequence[str] | None = None) -> Program:
    """Derive the Taylor coefficients of t -> f(x + t*v), for every output f, from t^0 up to t^order.

    The direction v is `dot_x` for each input x of interest, inputs after the program's own. The outputs are `f_t0`,
    `f_t1`, …, of one output f after the other. They are coefficients, not derivatives: f_tk is the k-th derivative
    along v divided by k!, so that f(x + t*v) is about f_t0 + f_t1*t + f_t2*t^2 + …, and f_t2 half of v^T H v.
    Raises DerivativeError for an order that is not 0, 1, 2, …, and where an operation has no partial derivative,
    NamingError for a `wrt` that is not an input.

    >>> from symad.parse import parse
    >>> series = taylor(parse("x^3"), 3)
    >>> series.inputs, series.outputs, series(2, 1)
    (('x', 'dot_x'), ('f_t0', 'f_t1', 'f_t2', 'f_t3'), (8.0, 12.0, 6.0, 1.0))
    """
    highest = whole(order)
    names = chosen_inputs(program, wrt)
    start = primal(program, wrt, seed_names("dot_", names, program.inputs))
    b = start.builder
    seeds = range(len(program.inputs), len(b.inputs))
    directions = {(place, 1): seed for place, seed in zip(start.places, seeds, strict=True)}
    series = Series(start, directions, highest)
    zero = b.constant(0)
    labels, results = [], []
    for label, result in zip(start.labels, start.results, strict=True):
        for k in range(highest + 1):
            found = series.coefficient(result, k)
            labels.append(f"{label}_t{k}")
            results.append(zero if found is None else found.whole)
    return b.finish(zip(unique(labels, b.inputs), results, strict=True))


def whole(order: int) -> int:
    """Insist on an order that is a whole number."""
    try:
        found = index(order)
    except TypeError:
        found = -1
    if found < 0:
        raise DerivativeError(f"{order} is not an order of a Taylor series", hint="an order is 0, 1, 2, …")
    return found


class Series:
    """Make coefficients of values of a builder, each once, up to the highest order; `directions` gives those of inputs.

    Those of an input x are its part of the direction v alone, of order 1; inside a loop there are higher ones.
    """

    def __init__(self, start: Primal, directions: Mapping[Order, int], highest: int) -> None:
        self.start = start
        self.builder = start.builder
        self.directions, self.highest = directions, highest
        self.loops: dict[int, dict[Order, Tangent]] = {}  # the coefficients of their results, by place
        self.active = bytearray(start.active)
        self.found: dict[int, list[Coefficient]] = {}

    def coefficient(self, value: int, order: int) -> Coefficient:
        """Give the coefficient of t^order of a value, and make those that it is made of."""
        stack = [(value, order)]
        while stack:
            v, k = stack[-1]
            waiting = [] if self.known(v, k) else self.waiting(v, k)
            if waiting:
                stack += waiting
                continue
            stack.pop()
            if not self.known(v, k):
                _, make = self.rule(v, k)
                self.found[v].append(make())
        return self.get(value, order)

    def known(self, value: int, order: int) -> bool:
        """Tell whether a coefficient is there; a value that does not depend on t has no others than its own."""
        series = self.found.get(value)
        if series is None:
            series = self.found[value] = [Tangent(value, value, ALWAYS)]
        return order < len(series) or not self.depends(value)

    def get(self, value: int, order: int) -> Coefficient:
        """Give a coefficient that is known."""
        series = self.found[value]
        return series[order] if order < len(series) else None

    def depends(self, value: int) -> bool:
        """Tell whether a value depends on t; truth values do not, they only choose."""
        active, assignments = self.active, self.builder.assignments
        for made in range(len(active), value + 1):
            operation, operands = assignments[made]
            inner = operation not in LEAVES and operation not in BOOLEAN
            active.append(inner and any(active[v] for v in operands))
        return bool(active[value])

    def moves(self, value: int, order: int) -> bool:
        """Tell whether a value has coefficients other than its own, up to an order."""
        return any(self.get(value, k) is not None for k in range(1, order + 1))

    def waiting(self, value: int, order: int) -> list[Order]:
        """List coefficients to make before one: the lower ones, those of the operands, then what its rule asks for."""
        if not self.known(value, order - 1):
            return [(value, order - 1)]
        operation, operands = self.builder.assignments[value]
        if operation == PROJECT:
            return [(v, self.highest) for v in self.given(operands[0]).values() if not self.known(v, self.highest)]
        below = [] if operation in LEAVES else [(v, order) for v in operands if not self.known(v, order)]
        return below or [needed for needed in self.rule(value, order)[0] if not self.known(*needed)]

    def rule(self, value: int, order: int) -> tuple[Iterable[Order], Callable[[], Coefficient]]:
        """Choose the recurrence of a value: what it needs besides the operands' coefficients, and how it is made."""
        b = self.builder
        operation, operands = b.assignments[value]
        if operation == "input":
            return (), partial(self.direction, value, order)
        if operation == PROJECT:
            loop, place = operands
            return (), partial(self.carried, loop, place, order)
        if operation == "select":
            yes, no = (self.get(v, order) for v in operands[1:])
            return (), partial(chosen, b, value, yes, no)
        if operation == "mul":
            x, y = operands
            return (), partial(self.product, x, y, order)
        if operation == "div":
            return (), partial(self.quotient, value, order)
        if operation == "sqrt":
            return (), partial(self.root, value, order)
        if operation == "pow":
            exponent = b.number(operands[1])
            if isinstance(exponent, int) and exponent > 1:
                x, y = self.factors(operands[0], exponent)
                return [(x, order), (y, order)], partial(self.product, x, y, order)
            if exponent is not None and order > exponent:
                return (), partial(self.power, value, exponent, order)
            if order > 1 and self.moves(operands[1], order):
                logarithm = b.make("mul", operands[1], b.make("log", operands[0]))
                return [(logarithm, order)], partial(self.exponential, value, logarithm, order)
        return self.needed(value, order), partial(self.composed, value, order)

    def direction(self, value: int, order: int) -> Coefficient:
        """Give the coefficient of an input."""
        seed = self.directions.get((value, order))
        return None if seed is None else Tangent(seed, seed, ALWAYS)

    # Loops: what is carried has its coefficients carried beside it.

    def given(self, loop: int) -> dict[int, int]:
        """List the operands of a loop that may have coefficients, by position; its bounds have none."""
        assignments = self.builder.assignments
        operands = assignments[loop][1]
        return {position: operands[position] for _, position in operand_places(assignments[operands[0]][1][0])}

    def carried(self, loop: int, place: int, order: int) -> Coefficient:
        """Give the coefficient of a result of a loop."""
        if loop not in self.loops:
            self.loops[loop] = self.through(loop)
        return self.loops[loop].get((self.builder.assignments[place][1][0], order))

    def through(self, loop: int) -> dict[Order, Tangent]:
        """Make the coefficients of the results of a loop."""
        b = self.builder
        orders = range(1, self.highest + 1)
        operands = [(position, k, self.get(v, k)) for position, v in self.given(loop).items() for k in orders]
        found = {(position, k): tangent for position, k, tangent in operands if tangent is not None}
        support = supported(b, [tangent.support for tangent in found.values()])
        inside = {place: guarded(b, tangent.inside, tangent.support, support) for place, tangent in found.items()}
        made = loop_coefficients(self.start, loop, inside, self.sweep, "{0}_t{1}")
        return {place: Tangent(v, guarded(b, v, support, ALWAYS), support) for place, v in made.items()}

    def sweep(self, start: Primal, seeds: Mapping[Order, int]) -> Mapping[Order, int]:
        """Make the coefficients of the results of a body."""
        series = Series(start, seeds, self.highest)
        places = [(result, k) for result in dict.fromkeys(start.results) for k in range(1, self.highest + 1)]
        found = ((place, series.coefficient(*place)) for place in places)
        return {place: tangent.whole for place, tangent in found if tangent is not None}

    # Products and what is undone by them.

    def product(self, x: int, y: int, order: int) -> Coefficient:
        """Make a coefficient of x*y, the sum of x[i]*y[k-i]; of a square each pair once."""
        if x == y:
            return self.total(self.pairs(x, range(order + 1), order))
        return self.total(self.times(self.get(x, i), self.get(y, order - i)) for i in range(order + 1))

    def pairs(self, x: int, indices: Sequence[int], order: int) -> Iterator[Term | None]:
        """Give the terms of a square: twice the products of two different coefficients, and the one in the middle."""
        different = [(self.get(x, i), self.get(x, order - i)) for i in indices if i < order - i]
        yield self.scaled(self.total(self.times(one, other) for one, other in different), 2)
        if order % 2 == 0 and order // 2 in indices:
            yield self.times(self.get(x, order // 2), self.get(x, order // 2))

    def factors(self, x: int, exponent: int) -> tuple[int, int]:
        """Split a power: an integer power is defined at 0 too, where the recurrence of the others divides by zero."""
        b = self.builder
        if exponent % 2:
            return x, b.make("pow", x, b.constant(exponent - 1))
        half = x if exponent == 2 else b.make("pow", x, b.constant(exponent // 2))
        return half, half

    def quotient(self, value: int, order: int) -> Coefficient:
        """Make a coefficient of z = x/y: z[k] = (x[k] - sum of y[i]*z[k-i])/y."""
        x, y = self.operands(value)
        terms = [self.times(self.get(y, i), self.get(value, order - i), -1) for i in range(1, order + 1)]
        return self.over([self.scaled(self.get(x, order), 1), *terms], y)

    def root(self, value: int, order: int) -> Coefficient:
        """Make a coefficient of z = sqrt(x): z[k] = (x[k] - sum of z[i]*z[k-i], 0 < i < k)/(2*z)."""
        b = self.builder
        [x] = self.operands(value)
        others = self.total(self.pairs(value, range(1, order), order))
        twice = b.make("mul", b.constant(2), value)
        return self.over([self.scaled(self.get(x, order), 1), self.scaled(others, -1)], twice)

    def power(self, value: int, exponent: Number, order: int) -> Coefficient:
        """Make a coefficient of z = x^r from x*z' = r*x'*z: z[k] = (sum of (r*i - (k - i))/k*x[i]*z[k-i])/x."""
        x = self.operands(value)[0]
        terms = []
        for i in range(1, order + 1):
            exact = (Fraction(exponent) + 1) * i / order - 1
            factor = float(exact) if isinstance(exponent, float) else exact
            terms.append(self.times(self.get(x, i), self.get(value, order - i), factor))
        return self.over(terms, x)

    def exponential(self, value: int, logarithm: int, order: int) -> Coefficient:
        """Make a coefficient of z = x^y with an exponent that varies: z' = (y*log(x))'*z; none at x = 0."""
        return self.total(
            self.times(self.get(logarithm, i), self.get(value, order - i), Fraction(i, order))
            for i in range(1, order + 1)
        )

    # Everything else.

    def needed(self, value: int, order: int) -> Iterator[Order]:
        """Give the coefficients of partial derivatives that a coefficient takes."""
        for position, operand in enumerate(self.operands(value)):
            slope = self.slope(value, position) if self.moves(operand, order - 1) else None
            if slope is not None:
                yield slope, order - 1

    def composed(self, value: int, order: int) -> Coefficient:
        """Make a coefficient from those of the operands and of the partial derivatives."""
        b, program = self.builder, self.start.program
        terms: list[Term | None] = []
        for position, operand in enumerate(self.operands(value)):
            last = self.get(operand, order)
            made = None if last is None else contributed(b, value, position, last.inside, program, b, None)
            if last is not None and made is not None:
                terms.append((made, last.support))
            slope = self.slope(value, position) if self.moves(operand, order - 1) else None
            if slope is not None:
                for i in range(order - 1, 0, -1):
                    terms.append(self.times(self.get(operand, i), self.get(slope, order - i), Fraction(i, order)))
        return self.total(terms)

    def operands(self, value: int) -> tuple[int, ...]:
        """Give the operands of an operation."""
        return self.builder.assignments[value][1]

    def slope(self, value: int, position: int) -> int | None:
        """Give the partial derivative of a value by an operand, a value like others; None for a number."""
        made = partial_derivative(self.builder, value, position)
        assert made is not None  # else a lower order has raised the error
        return make_partial(self.builder, made, self.operands(value), value) if made.number is None else None

    # Sums of products, each zero unless a condition holds.

    def times(self, x: Coefficient, y: Coefficient, factor: Number = 1) -> Term | None:
        """Multiply two coefficients and a number."""
        if x is None or y is None or factor == 0:
            return None
        b = self.builder
        support = meeting(b, x.support, y.support)
        return (
            None
            if support == NEVER
            else (b.make("mul", b.constant(factor), b.make("mul", x.inside, y.inside)), support)
        )

    def scaled(self, x: Coefficient, factor: int) -> Term | None:
        """Multiply a coefficient and a number."""
        b = self.builder
        return None if x is None else (b.make("mul", b.constant(factor), x.inside), x.support)

    def total(self, terms: Iterable[Term | None]) -> Coefficient:
        """Add terms."""
        made = [term for term in terms if term is not None]
        return summed(self.builder, made[::-1]) if made else None

    def over(self, terms: Iterable[Term | None], divisor: int) -> Coefficient:
        """Add terms and divide by a value."""
        b = self.builder
        found = self.total(terms)
        if found is None:
            return None
        inside = b.make("div", found.inside, divisor)
        return Tangent(inside, by_cases(b, [(inside, found.support)], ALWAYS), found.support)


def meeting(b: Builder, p: int, q: int) -> int:
    """Make the condition under which two supports hold, the first one asked for first."""
    if narrower(b, p, q):
        return p
    return q if narrower(b, q, p) else both(b, p, [(q, True)])
