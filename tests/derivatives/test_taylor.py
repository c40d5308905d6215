"""Taylor coefficients: every operation to 50 digits, nested tangents, conditions, cost, labels and errors."""

from __future__ import annotations

import math
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any

import mpmath
import pytest
from hypothesis import given

import symad
from symad.builder import Builder
from symad.derivatives import taylor as module
from symad.derivatives.products import jvp
from symad.derivatives.taylor import taylor
from symad.errors import DerivativeError, NamingError, SymadError
from symad.numbers import Number
from symad.operations import NUMBERS, OPERATIONS
from symad.parse import parse
from symad.precise import evaluate, functions
from symad.program import Program
from symad.simplify import simplify
from symad.wellformed import check
from tests.derivatives.test_forward import DEAD, attempt
from tests.derivatives.test_reverse import CONDITIONS, rational, rationally
from tests.high_precision import with_exact_constants
from tests.printers.programs import POINTS, programs
from tests.printers.test_conditions import POINTS as PLACES
from tests.printers.test_conditions import written
from tests.test_operations import MISSING, PARTIALS, SMOOTH, formula, sampled

ORDER = 5
DIGITS = 50
AGREES = mpmath.mpf(10) ** -40  # each coefficient is a few dozen rounded steps at 50 digits and more, mpmath's too
NOISE = (
    mpmath.mpf(10) ** -60
)  # of the largest: what is left of a coefficient that cancels to 0, as those of log(exp(s))
# arguments x*exp(3/4*s), y*exp(-5/8*s), …: none of their coefficients is 0
BENDS = (Fraction(3, 4), Fraction(-5, 8), Fraction(7, 16))
TABLE = [row for row in SMOOTH if (row.name, 0) in PARTIALS or (row.name, 1) in PARTIALS]
SERIES = {"sinc": 1e-12}  # whose partial derivative is a polynomial near 0, as exact as a double: fifteen digits or so


def series(text: str, order: int, *wrt: str) -> Program:
    return check(taylor(check(parse(text)), order, wrt or None))


def bent(name: str) -> Program:
    """Write an operation on arguments that bend along s, as far as it has derivatives by them."""
    row = OPERATIONS[name]
    b = Builder()
    s, *arguments = [b.input(argument) for argument in ("s", *row.arguments)]
    for place, bend in zip(range(len(arguments)), BENDS, strict=False):
        if (name, place) in PARTIALS:
            arguments[place] = b.make("mul", arguments[place], b.make("exp", b.make("mul", b.constant(bend), s)))
    return b.finish([("f", b.make(name, *arguments))])


def truth(name: str, point: Sequence[float], order: int) -> list[Any]:
    """Give the coefficients of `bent` by mpmath's own differences of its own function."""

    def along(t: Any) -> Any:
        at = [
            mpmath.mpf(x) * mpmath.exp(t * bend.numerator / bend.denominator) if (name, place) in PARTIALS else x
            for place, (x, bend) in enumerate(zip(point, BENDS, strict=False))
        ]
        return functions()[name](*at)

    with mpmath.workdps(DIGITS):
        found: list[Any] = mpmath.taylor(along, 0, order, chop=False)
        return found


def wrong(name: str, points: slice, order: int = ORDER) -> list[str]:
    """List the coefficients of an operation that are not the true ones."""
    found = []
    made = check(taylor(bent(name), order, ["s"]))
    for point in sampled(name)[points]:
        ours, theirs = evaluate(made, [0, *point, 1], DIGITS), truth(name, point, order)
        largest = max(map(abs, theirs))
        with mpmath.workdps(DIGITS):
            for k, (got, wanted) in enumerate(zip(ours, theirs, strict=True)):
                allowed = (SERIES[name] if name in SERIES and abs(point[0]) < 1 else AGREES) * abs(wanted)
                if not abs(got - wanted) <= allowed + NOISE * largest:
                    found.append(
                        f"{name}, order {k}, at {point}: {mpmath.nstr(got, 20)}, not {mpmath.nstr(wanted, 20)}"
                    )
    return found


@pytest.mark.parametrize("name", [row.name for row in TABLE])
def test_every_operation(name: str) -> None:
    slow = name.startswith("bessely")  # mpmath takes seconds, where x is large more of them
    assert not (wrong(name, slice(1, 2), 2) if slow else wrong(name, slice(4)))


# fmt: off
POWERS: list[tuple[str, Callable[[Any], Any], float]] = [  # written in x, in Python, at
    ("x^2", lambda x: x**2, -1.5), ("x^3", lambda x: x**3, -1.5), ("x^5", lambda x: x**5, 0.0),
    ("x^10", lambda x: x**10, -0.75), ("x^7 + x^6", lambda x: x**7 + x**6, 0.0), ("x^-2", lambda x: x**-2, -1.5),
    ("x^-3", lambda x: x**-3, 2.5), ("x^(1/3)", mpmath.cbrt, 2.5), ("x^(-5/2)", lambda x: 1 / mpmath.sqrt(x)**5, 0.5),
    ("x^1.5", lambda x: mpmath.sqrt(x)**3, 2.5), ("sqrt(x)", mpmath.sqrt, 0.75),
    ("2^x", lambda x: mpmath.power(2, x), -1.5), ("x^x", lambda x: mpmath.power(x, x), 1.25),
    ("x^(1 - x^2)", lambda x: mpmath.power(x, 1 - x**2), 0.25), ("1/x", lambda x: 1 / x, -3.0),
    ("sqrt(1 + x^2)^3", lambda x: mpmath.sqrt(1 + x**2)**3, 0.5),
]
# fmt: on


@pytest.mark.parametrize(("text", "function", "x"), POWERS)
def test_powers(text: str, function: Callable[[Any], Any], x: float) -> None:
    made = series(text, 8)
    with mpmath.workdps(DIGITS):
        wanted = mpmath.taylor(lambda t: function(mpmath.mpf(x) + t * mpmath.mpf(0.75)), 0, 8)
        for got, true in zip(evaluate(made, [x, 0.75], DIGITS), wanted, strict=True):
            assert abs(got - true) <= AGREES * max(1, abs(true))


def test_powers_where_their_base_is_zero() -> None:
    """As far as the derivatives exist: x^(5/2) has two at 0, x^n with n = 2 too, x^n with n = 3 three."""
    assert series("x^2.5", 2)(0, 1) == (0, 0, 0)
    assert series("x^n", 2, "x")(0, 2, 1) == (0, 0, 1)
    assert series("x^n", 3, "x")(-2, 3, 1) == (-8, 12, -6, 1)
    assert series("x^floor(y)", 2)(-3, 2.5, 1, 1) == (9, -6, 1)
    with pytest.raises(SymadError, match="not defined"):
        series("x^2.5", 3)(0, 1)


# Nested tangents.


def nested(program: Program, order: int) -> list[Program]:
    """Derive again and again along the same direction: the k-th derivative is k! times the coefficient."""
    found = [simplify(program)]
    for _ in range(order):
        found.append(jvp(found[-1], program.inputs, "forward"))
    return found


def powers_of_zero(program: Program, point: Sequence[float]) -> bool:
    """Tell whether a power with an exponent that is no number has the base 0."""
    bases = [a[1][0] for a in program.assignments if a[0] == "pow" and program.assignments[a[1][1]][0] not in NUMBERS]
    return any(attempt(replace(program, outputs=("f",), results=(base,)), point, 50) == [0] for base in bases)


def disagreements(program: Program, point: Sequence[float], direction: Sequence[float], order: int) -> list[str]:
    """Compare with nested tangents, to 1000 digits of which 30 have to agree; the others are for what cancels.

    A coefficient has a value wherever nested tangents have one, but for powers of 0 whose exponent moves: x^y has no
    series at x = 0, though the second derivatives are there for y > 2.
    """
    found = []
    made = check(taylor(program, order))
    for k, derivative in enumerate(nested(program, order)):
        single = made.part([label for label in made.outputs if label.endswith(f"_t{k}")])
        theirs = attempt(derivative, (*point, *direction * k), 1000)
        ours = attempt(single, (*point, *direction), 1000)
        if theirs is None or ours is None and k > 1 and powers_of_zero(program, point):
            continue
        for label, got, wanted in zip(single.outputs, ours or theirs, theirs, strict=True):
            with mpmath.workdps(1000):
                true = wanted / math.factorial(k)
                if ours is None or abs(got - true) > mpmath.mpf(10) ** -30 * max(1, abs(true)):
                    found.append(f"{label} at {point}: {got if ours else 'no value'}, not {true}")
    return found


@given(programs(operations=12), POINTS, POINTS, POINTS)
def test_random_programs(program: Program, x: float, y: float, z: float) -> None:
    """Decimals are read as exact numbers: doubles are rounded where one way multiplies two and the other does not."""
    program = with_exact_constants(program, lambda decimal: Fraction(repr(decimal)))
    derived = taylor(program, 3), *nested(program, 3)
    if any(name == "decimal" for made in derived for name, _ in made.assignments):
        return  # numbers of more than 256 bits
    size = len(program.inputs)
    assert not disagreements(program, (x, y, z)[:size], (0.75, -1.25, 2.0)[:size], 3)


@pytest.mark.parametrize("seed", range(25))
def test_rational_functions_in_exact_arithmetic(seed: int) -> None:
    random_ = random.Random(seed)
    program = parse(rational(random_, 3 + seed))
    point, direction = ([Fraction(random_.randint(1, 9), 10) for _ in range(3)] for _ in range(2))
    found = rationally(check(taylor(program, 4)), [*point, *direction])
    for k, derivative in enumerate(nested(program, 4)):
        assert found[k] * math.factorial(k) == rationally(derivative, point + direction * k)[0]


@pytest.mark.parametrize("text", CONDITIONS)
def test_conditions(text: str) -> None:
    for x in (-3.3, -0.6, 0.11, 0.7, 1.9, 3.7):
        assert not disagreements(parse(text), [x], [0.75], 3)


def test_random_conditions() -> None:
    for seed in range(40):
        for point in PLACES:
            assert not disagreements(parse(written(seed)), point, (0.7, -1.3), 3)


@pytest.mark.parametrize(("text", "x", "expected"), [case for case in DEAD if case[2] is not None])
def test_a_branch_that_is_not_taken_does_not_exist(text: str, x: float, expected: float) -> None:
    found = series(text, 4)(x, 1)
    assert found[1] == pytest.approx(expected, rel=1e-15)  # a rounding or two
    assert all(map(math.isfinite, found))


def test_kinks_and_steps() -> None:
    assert series("floor(x)*x^2", 3)(2.5, 1) == (12.5, 10, 2, 0)
    assert series("abs(x)^3", 3)(-2, 1) == (8, -12, 6, -1)
    assert series("max(x^2, x)", 2)(3, 1) == (9, 6, 1)
    assert series("max(x^2, x)", 2)(0.5, 1) == (0.5, 1, 0)
    assert series("max(x^2, x)", 2)(1, 1) == (1, 1.5, 0.5)  # a tie is shared equally
    assert series("sign(x)", 2)(1, 1) == (1, 0, 0)


# Labels, inputs, errors.


def test_outputs_and_inputs() -> None:
    made = series("p = x*y; q = exp(y); r = 5; output p, q, r", 1)
    assert made.inputs == ("x", "y", "dot_x", "dot_y")
    assert made.outputs == ("p_t0", "p_t1", "q_t0", "q_t1", "r_t0", "r_t1")
    assert made(2, 0, 1, 10) == (0, 20, 1, 10, 5, 0)
    assert series("x*y^2", 2, "y").inputs == ("x", "y", "dot_y")
    assert series("x*y^2", 2, "y")(3, 2, 1) == (12, 12, 3)
    assert series("x*y^2", 1, "y", "x").inputs == ("x", "y", "dot_y", "dot_x")
    assert series("x*y^2", 1, "y", "x")(3, 2, 1, 0) == (12, 12)


def test_order_zero_is_the_value() -> None:
    made = series("x*y; output x, y", 0)
    assert (made.outputs, made(2, 3, 5, 7)) == (("x_t0", "y_t0"), (2, 3))
    assert series("besselj(n, x)", 0).outputs == ("f_t0",)
    assert series("2 + 3", 2)() == (5, 0, 0)
    assert taylor(parse("x"), True).outputs == ("f_t0", "f_t1")


def test_labels_and_seeds_do_not_meet_names_that_are_there() -> None:
    made = series("f = x*dot_x + f_t1", 1)
    assert made.inputs == ("x", "dot_x", "f_t1", "dot_x_1", "dot_dot_x", "dot_f_t1")
    assert made.outputs == ("f_t0", "f_t1_1")
    twice = series("p = x^2; q = p; p_t1 = x; output p, q, p_t1", 1)
    assert twice.outputs == ("p_t0", "p_t1", "q_t0", "q_t1", "p_t1_t0", "p_t1_t1")
    assert twice(3, 1) == (9, 6, 9, 6, 3, 1)
    assert taylor(symad.gradient(parse("x^3")), 1).outputs == ("df/dx_t0", "df/dx_t1")


def test_coefficients_are_composed_generated_and_run() -> None:
    made = symad.taylor(parse("exp(sin(x)*y)"), 3)
    wanted = made(0.3, 0.7, 1.1, -0.4)
    assert symad.compile(made)(0.3, 0.7, 1.1, -0.4) == wanted
    again = taylor(made, 1, ["x", "y"])
    assert again.part(["f_t2_t0"])(0.3, 0.7, 1.1, -0.4, 1.1, -0.4) == wanted[2]
    ahead = again.part(["f_t2_t1"])(0.3, 0.7, 1.1, -0.4, 1.1, -0.4)
    assert ahead == pytest.approx(3 * wanted[3], rel=1e-13)  # the derivative of a coefficient; some roundings


@pytest.mark.parametrize("order", [-1, 1.0, 2.5, "2", None, float("nan")])
def test_an_order_is_a_whole_number(order: Any) -> None:
    with pytest.raises(DerivativeError, match="not an order") as caught:
        taylor(parse("x"), order)
    assert caught.value.hint


@pytest.mark.parametrize("wrt", [("z",), ("x", "x"), ("f",), ("",), ()])
def test_wrt_must_name_inputs(wrt: tuple[str, ...]) -> None:
    with pytest.raises(NamingError):
        taylor(parse("x*y"), 2, wrt)


@pytest.mark.parametrize(("name", "place"), MISSING)
def test_a_partial_that_does_not_exist_is_the_error_of_other_derivatives(name: str, place: int) -> None:
    row = OPERATIONS[name]
    texts = []
    for derive in (lambda p: taylor(p, 2, [row.arguments[place]]), lambda p: jvp(p, [row.arguments[place]])):
        with pytest.raises(DerivativeError, match=rf"^{name}\(.*\) has no derivative") as caught:
            derive(parse(f"2*{name}({', '.join(row.arguments)})"))
        texts.append(str(caught.value))
    assert texts[0] == texts[1]
    step = formula(row)
    assert taylor(step, 2, [a for a in row.arguments if a != row.arguments[place]]).outputs == ("f_t0", "f_t1", "f_t2")


# Cost.


def counts(text: str, orders: Sequence[int]) -> list[int]:
    return [series(text, order).operation_count for order in orders]


@pytest.mark.parametrize(
    ("text", "most"),
    [
        ("exp(sin(x)*y)", 2),
        ("x*y", 0.01),
        ("x^2", 0.01),
        ("exp(x)*exp(y)", 1.2),
        ("sqrt(x^2 + y^2)", 0.6),
        ("tan(x*y)/(1 + x)", 4),
        ("(1 + x)^y*log(1 + y^2)", 4),
        ("erf(x)*atan(y)", 4),
    ],
)
def test_operations_grow_with_the_square_of_the_order(text: str, most: float) -> None:
    """A second difference of the counts is constant where the growth is quadratic."""
    orders = (5, 10, 20, 40)
    found = counts(text, orders)
    assert all(count <= most * order**2 + 20 * order for count, order in zip(found, orders, strict=True))
    assert found[3] <= 4 * found[2]
    a, b, c, d = counts(text, (10, 20, 30, 40))
    assert abs((d - 2 * c + b) - (c - 2 * b + a)) <= 0.1 * c


def test_nested_tangents_cost_more() -> None:
    program = parse("exp(sin(x)*y)")
    deep = nested(program, 5)[-1]
    assert taylor(program, 5).operation_count < deep.operation_count / 2


def test_families_without_end_grow_with_the_cube() -> None:
    a, b = counts("lgamma(1 + x)", (8, 16))
    assert b <= 8 * a


def test_a_square_takes_each_product_once() -> None:
    assert counts("(1 + x + x^3)^2", (8,))[0] < counts("(1 + x + x^3)*(2 + x + x^3)", (8,))[0]


def test_time_is_linear_in_the_length() -> None:
    """Five times the length, five times the work, and as much again for what a busy machine does; no recursion."""
    times = []
    for length in (500, 2_500):
        program = parse("sin(" * length + "x" + ")" * length)
        begun = time.process_time()
        assert taylor(program, 3).operation_count == 19 * length - 9
        times.append(time.process_time() - begun)
    assert times[1] < 10 * times[0] + 1


# Wrong recurrences are seen.


def test_a_sum_without_supports_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "meeting", lambda b, p, q: module.ALWAYS)
    monkeypatch.setattr(module, "by_cases", lambda b, terms, need: terms[0][0])
    with pytest.raises(SymadError):
        series("sqrt(if x > 0 then x else 0)", 2)(-1, 1)


SKEWED = [
    ("quotient", "1/x"),
    ("root", "sqrt(x)"),
    ("power", "x^(2/3)"),
    ("exponential", "x^x"),
    ("composed", "sin(x)"),
    ("product", "x*y"),
]


@pytest.mark.parametrize(("method", "text"), SKEWED)
def test_a_wrong_factor_is_seen(method: str, text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    program = parse(text)
    sound = getattr(module.Series, method)

    def skewed(self: module.Series, *arguments: Any) -> Any:
        return self.total([self.scaled(sound(self, *arguments), 2)])

    point, direction = [0.75, 1.5][: len(program.inputs)], [0.5, -2.0][: len(program.inputs)]
    assert not disagreements(program, point, direction, 3)
    monkeypatch.setattr(module.Series, method, skewed)
    assert disagreements(program, point, direction, 3)


def test_a_square_that_counts_its_pairs_once_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    assert not disagreements(parse("x^2"), [0.75], [0.5], 3)
    monkeypatch.setattr(module.Series, "scaled", lambda self, x, factor: None if x is None else (x.inside, x.support))
    assert disagreements(parse("x^2"), [0.75], [0.5], 3)


@pytest.mark.parametrize("factor", [2, Fraction(999, 1000)])
def test_the_table_of_operations_sees_a_wrong_weight(factor: Number, monkeypatch: pytest.MonkeyPatch) -> None:
    sound = module.Series.times
    monkeypatch.setattr(module.Series, "times", lambda self, x, y, weight=1: sound(self, x, y, weight * factor))
    for name in ("mul", "div", "exp", "sin", "pow", "hypot", "lgamma", "erf", "sigmoid"):
        assert wrong(name, slice(1)), name
