"""Kinks and limit points: one convention each, the same in every target and by every method, first and second order.

The table of formulas is written by hand. The conventions that the table of operations states are compared with what the
interpreter gives, for every operation, and no operation has a kink that is not stated.
"""

from __future__ import annotations

import itertools
import json
import math
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pytest

import symad
from symad import advice
from symad.derivatives.partials import formula as in_arguments
from symad.errors import EvaluationError, NamingError
from symad.operations import BOOLEAN, OPERATIONS, Kink, load
from symad.program import Program
from tests.derivatives.methods import ways
from tests.printers.modules import numbers, run
from tests.test_operations import formula

NONE = None  # no value: an error
Numbers = Sequence[float | None]

# fmt: off
CASES: list[tuple[str, tuple[float, ...], float | None, tuple[float | None, ...], tuple[float | None, ...]]] = [
    # formula, point, value, gradient, upper triangle of the Hessian
    ("abs(x)",                 (0,),       0,       (0,),            (0,)),
    ("sign(x)",                (0,),       0,       (0,),            (0,)),
    ("relu(x)",                (0,),       0,       (0,),            (0,)),
    ("min(x, y)",              (2, 2),     2,       (0.5, 0.5),      (0, 0, 0)),
    ("max(x, y)",              (0, 0),     0,       (0.5, 0.5),      (0, 0, 0)),
    ("max(x, y, x*y)",         (1, 1),     1,       (0.75, 0.75),    (0, 0.5, 0)),
    ("hypot(x, y)",            (0, 0),     0,       (0, 0),          (NONE, 0, NONE)),
    ("hypot(x, y)^2",          (0, 0),     0,       (0, 0),          (2, 0, 2)),
    ("norm(x, y)",             (0, 0),     0,       (0, 0),          (NONE, 0, NONE)),
    ("norm(x, y, z)",          (0, 0, 0),  0,       (0, 0, 0),       (NONE, NONE, 0, NONE, 0, NONE)),
    ("norm(x - 1, y, z)",      (1, 0, 2),  2,       (0, 0, 1),       (NONE, 0, 0, NONE, 0, 0)),
    ("sqrt(x)",                (0,),       0,       (NONE,),         (NONE,)),
    ("sqrt(x^2 + y^2)",        (0, 0),     0,       (NONE, NONE),    (NONE, NONE, NONE)),
    ("cbrt(x)",                (0,),       0,       (NONE,),         (NONE,)),
    ("acos(x)",                (1,),       0,       (NONE,),         (NONE,)),
    ("acos(x)",                (-1,),      math.pi, (NONE,),         (NONE,)),
    ("asin(x)",                (-1,),      -math.pi / 2, (NONE,),    (NONE,)),
    ("x*log(x)",               (0,),       NONE,    (NONE,),         (NONE,)),
    ("xlogy(x, x)",            (0,),       0,       (NONE,),         (NONE,)),
    ("xlogy(x, y)",            (0, 0),     0,       (NONE, 0),       (0, NONE, 0)),
    ("xlogy(x^2, x)",          (0,),       0,       (NONE,),         (NONE,)),
    ("x^2*log(x)",             (0,),       NONE,    (NONE,),         (NONE,)),
    ("sinc(x)",                (0,),       1,       (0,),            (-1 / 3,)),
    ("atan2(y, x)",            (0, 0),     0,       (NONE, NONE),    (NONE, NONE, NONE)),
    ("copysign(x, y)",         (0, 2),     0,       (0, 0),          (0, 0, 0)),
    # x^2
    ("x*x",                    (0,),       0,       (0,),            (2,)),
    ("x^2",                    (0,),       0,       (0,),            (2,)),
    ("x^2.0",                  (0,),       0,       (0,),            (2,)),
    ("abs(x)^2",               (0,),       0,       (0,),            (2,)),
    ("abs(x)*abs(x)",          (0,),       0,       (0,),            (2,)),
    ("sqrt(x^4)",              (0,),       0,       (0,),            (2,)),
    ("(x^4)^(1/2)",            (0,),       0,       (0,),            (2,)),
    ("sqrt(x)^4",              (0,),       0,       (0,),            (2,)),
    ("cbrt(x^6)",              (0,),       0,       (0,),            (2,)),
    ("exp(2*log(abs(x)))",     (0,),       NONE,    (0,),            (2,)),  # the value is computed as it is written
    ("x^p",                    (0, 2),     0,       (0, 0),          (2, 0, 0)),
    # other powers
    ("x",                      (0,),       0,       (1,),            (0,)),
    ("x^1.0",                  (0,),       0,       (1,),            (0,)),
    ("x^0",                    (0,),       1,       (0,),            (0,)),
    ("x^3",                    (0,),       0,       (0,),            (0,)),
    ("sqrt(x^6)",              (0,),       0,       (0,),            (0,)),
    ("sqrt(x^2)",              (0,),       0,       (0,),            (0,)),
    ("x^(1/2)",                (0,),       0,       (NONE,),         (NONE,)),
    ("x^0.3",                  (0,),       0,       (NONE,),         (NONE,)),
    ("x^(1/3)",                (0,),       0,       (NONE,),         (NONE,)),
    ("x^(3/2)",                (0,),       0,       (0,),            (NONE,)),
    ("x^1.3",                  (0,),       0,       (0,),            (NONE,)),
    ("x^(5/2)",                (0,),       0,       (0,),            (0,)),
    ("x^-1",                   (0,),       NONE,    (NONE,),         (NONE,)),
    ("x^p",                    (0, 3),     0,       (0, 0),          (0, 0, 0)),
    ("x^p",                    (0, 1.5),   0,       (0, 0),          (NONE, 0, 0)),
    ("x^p",                    (0, 1),     0,       (1, 0),          (0, NONE, 0)),
    ("x^p",                    (0, 0.5),   0,       (NONE, 0),       (NONE, NONE, 0)),
    ("x^p",                    (0, 0),     1,       (0, NONE),       (0, NONE, NONE)),
    ("x^p",                    (0, -1),    NONE,    (NONE, NONE),    (NONE, NONE, NONE)),
    ("x^(2*p)",                (0, 1),     0,       (0, 0),          (2, 0, 0)),
    ("(2*x)^p",                (0, 2),     0,       (0, 0),          (8, 0, 0)),
    ("x^p/(k^p + x^p)",        (0, 2, 2),  0,       (0, 0, 0),       (0.5, 0, 0, 0, 0, 0)),
    ("x^p/(k^p + x^p)",        (0, 1, 2),  0,       (0.5, 0, 0),     (-0.5, NONE, -0.25, 0, 0, 0)),
    ("0^p",                    (2,),       0,       (0,),            (0,)),
    ("0^p",                    (0,),       1,       (NONE,),         (NONE,)),
    ("x^x",                    (0,),       1,       (NONE,),         (NONE,)),
    ("where(x > 0, sqrt(x), 0)", (0,),     0,       (0,),            (0,)),
]
# fmt: on
NAMES = [f"{text} at {point}" for text, point, *_ in CASES]
PARSED = {text: symad.parse(f"input {', '.join(symad.parse(text).inputs)}\n{text}") for text, *_ in CASES}


def attempt(function: Callable[..., Any], point: Sequence[float]) -> Any:
    """Call a function; None where it has no value. Infinity and nan are none of the answers."""
    try:
        found = function(*map(float, point))
    except EvaluationError:
        return None
    assert all(math.isfinite(x) for x in numbers(found))
    return found


def entries(made: Program) -> Iterator[tuple[str, Program]]:
    """Part a derivative into its entries: one without a value leaves the others alone."""
    for label in made.outputs:
        yield label, made.part([label])


def expected(program: Program, first: Numbers, second: Numbers) -> dict[str, float | None]:
    """Give each derivative by its label."""
    names = program.inputs
    pairs = itertools.combinations_with_replacement(names, 2)
    found = {f"df/d{x}": value for x, value in zip(names, first, strict=True)}
    return found | {f"d2f/d{x}d{y}": value for (x, y), value in zip(pairs, second, strict=True)}


@pytest.mark.parametrize(("text", "point", "value", "first", "second"), CASES, ids=NAMES)
def test_value(text: str, point: Sequence[float], value: float | None, first: object, second: object) -> None:
    for program in (PARSED[text], symad.simplify(PARSED[text])):
        for run_it in (program, symad.compile(program)):
            found = attempt(run_it, point)
            as_written = program is PARSED[text] or "log(abs" not in text
            assert found == (value if as_written else 0.0)


@pytest.mark.parametrize(("text", "point", "value", "first", "second"), CASES, ids=NAMES)
def test_derivatives_by_every_method(
    text: str, point: Sequence[float], value: object, first: Numbers, second: Numbers
) -> None:
    wanted = expected(PARSED[text], first, second)
    for kind in ("gradient", "hessian"):
        for method, made in ways(kind, PARSED[text]):
            for label, entry in entries(made):
                for run_it in (entry, symad.compile(entry), symad.simplify(entry)):
                    found = attempt(run_it, point)
                    assert found == wanted[label], (kind, method, label)
            missing = [label for label in wanted if label.startswith("d2") and label not in made.outputs]
            assert kind == "gradient" or all(wanted[label] in (0, None) for label in missing)


@pytest.mark.parametrize(("text", "point", "value", "first", "second"), CASES, ids=NAMES)
def test_derivatives_in_generated_modules(
    text: str, point: Sequence[float], value: object, first: Numbers, second: Numbers
) -> None:
    """A function that computes several gives an error if one of them is none, as `math` does; else all are right."""
    names = PARSED[text].inputs
    for place, name in enumerate(names):
        scope = run(symad.generate(PARSED[text], ("gradient", "hessian"), wrt=(name,)))
        own = list(itertools.combinations_with_replacement(range(len(names)), 2)).index((place, place))
        for function, wanted in (("gradient", first[place]), ("hessian", second[own])):
            if wanted is None:
                with pytest.raises((ValueError, ZeroDivisionError)):
                    scope[function](*map(float, point))
            else:
                assert [*numbers(scope[function](*map(float, point)))] == [wanted], function
    if NONE not in first:
        assert tuple(numbers(run(symad.generate(PARSED[text]))["gradient"](*map(float, point)))) == first


# The table of operations.

GRID = (-3.0, -2.0, -1.5, -1.0, -0.5, 0.0, 0.5, 1.0, 1.5, 2.0, 2.5, 3.0)
STATED = [(row.name, k) for row in OPERATIONS.values() for k, kink in enumerate(row.kinks) if kink.what != "branch"]
SMOOTH_BEYOND = {  # the domain is not all that there is: smooth there too
    "beta", "lbeta",  # of negative numbers
    "besselj",  # of orders that are no whole numbers
    "mulpow", "powlog",  # what derivatives of powers are made of: as there
}  # fmt: skip


def holding(name: str, condition: str) -> Iterator[tuple[float, ...]]:
    """Give points of the grid at which an operation has a value and a condition holds."""
    row = OPERATIONS[name]
    inside = symad.parse(f"input {', '.join(row.arguments)}\nif {condition} then 1 else 0")
    for point in itertools.product(GRID, repeat=len(row.arguments)):
        if attempt(formula(row), point) is not None and attempt(inside, point):
            yield point


def used(name: str, text: str | None, point: Sequence[float]) -> float | None:
    """Evaluate what the table says is used at a kink."""
    return None if text is None else float(in_arguments(name, text)(*point, math.nan))


def wrong(name: str, kink: Kink) -> list[str]:
    """List what is not what the table says at a kink, by every method."""
    row = OPERATIONS[name]
    smooth = [a for a, partial in zip(row.arguments, row.partials, strict=True) if partial is not None]
    pairs = [f"d2f/d{x}d{y}" for x, y in itertools.combinations_with_replacement(smooth, 2)]
    first = [(f"df/d{a}", text) for a, text in zip(row.arguments, kink.first, strict=True) if a in smooth]
    stated = dict([*first, *zip(pairs, kink.second, strict=True)])
    found = []
    for kind in ("gradient", "hessian"):
        for method, made in ways(kind, formula(row), smooth):
            parts = dict(entries(made))
            for point in itertools.islice(holding(name, kink.condition), 6):
                for label, text in stated.items():
                    if label.startswith("d2") != (kind == "hessian"):
                        continue
                    value = attempt(parts[label], point) if label in parts else 0.0
                    if value != used(name, text, point):
                        found.append(f"{name}, {method}, {label} at {point}: {value}, not {text}")
    return found


@pytest.mark.parametrize(("name", "place"), STATED)
def test_the_table_states_what_is_used(name: str, place: int) -> None:
    kink = OPERATIONS[name].kinks[place]
    assert any(holding(name, kink.condition)), kink.condition
    assert not wrong(name, kink)


@pytest.mark.parametrize(("name", "place"), STATED)
def test_a_wrong_statement_is_seen(name: str, place: int) -> None:
    kink = OPERATIONS[name].kinks[place]
    for order in ("first", "second"):
        texts = getattr(kink, order)
        for k, text in enumerate(texts):
            if order == "first" and OPERATIONS[name].partials[k] is None:
                continue
            changed = (*texts[:k], "3/7" if text is None else f"{text} + 1/8", *texts[k + 1 :])
            first, second = (changed, kink.second) if order == "first" else (kink.first, changed)
            assert wrong(name, Kink(kink.condition, kink.what, first, second))


@pytest.mark.parametrize("name", [name for name in OPERATIONS if name not in BOOLEAN and name != "select"])
def test_every_kink_is_stated(name: str) -> None:
    """Where an operation has a value outside of its domain, a line below its row says what is used."""
    row = OPERATIONS[name]
    if row.domain == "all" or name in SMOOTH_BEYOND:
        return
    stated = " or ".join([f"({kink.condition})" for kink in row.kinks]) or "1 < 0"
    beyond = "x < 0" if name == "pow" else "1 < 0"  # whole exponents: smooth in x, and by y there is no derivative
    assert not [*holding(name, f"not ({row.domain}) and not ({stated}) and not ({beyond})")]


def test_lines_that_are_not_well_formed_are_refused() -> None:
    row = "abs | x | sign(x) | x != 0 | even\n"
    assert load(row + "  at x == 0 | kink | 0 | 0")[0]["abs"].kinks == (Kink("x == 0", "kink", ("0",), ("0",)),)
    for line in ("at x == 0 | corner | 0 | 0", "at x == 0 | kink | 0", "at x == 0 | branch | 0 | 0"):
        with pytest.raises(ValueError, match="not well formed"):
            load(row + line)


# What is listed.

LISTED = """\
place  part           where          what  first derivatives     second derivatives
1:1    abs(x - 1)     x - 1 = 0      kink  0                     0
1:14   max(x, y)      x = y          kink  by x: 1/2, by y: 1/2  by x, x: 0, by x, y: 0, by y, y: 0
1:14   max(x, y)^1.5  max(x, y) = 0  edge  0                     error
1:30   sqrt(y)        y = 0          edge  error                 error
kink: there is no derivative, and what is used is a convention
edge: a derivative is infinite or does not exist; one that is asked for is an error"""


def rows(text: str, *wrt: str) -> list[tuple[str, str, str]]:
    return [(place.part, place.where, place.what) for place in symad.kinks(symad.parse(text), wrt or None).places]


def test_the_list() -> None:
    assert str(symad.kinks(symad.parse("abs(x - 1) + max(x, y)^1.5 + sqrt(y)"))) == LISTED


# fmt: off
LISTS = [
    ("x^2 + exp(x)", []),
    ("sqrt(x^4) + x^2.5", []),
    ("2^x + 3", []),
    ("sqrt(x^2)", [("abs(x)", "x = 0", "kink")]),
    ("x^0.5", [("sqrt(x)", "x = 0", "edge")]),
    ("x^(1/3)", [("x^(1/3)", "x = 0", "edge")]),
    ("0^x", [("0^x", "x = 0", "edge")]),
    ("sinc(2*x)", [("sinc(2*x)", "2*x = 0", "limit")]),
    ("hypot(x, 3)", []),
    ("hypot(x, 0)", [("hypot(x, 0)", "x = 0", "kink")]),
    ("max(x, 0) + mod(x, 3)", [("max(x, 0)", "x = 0", "kink"), ("mod(x, 3)", "x/3 = floor(x/3)", "jump")]),
    ("if x > y and y <= 2 then x else y", [("x > y", "x = y", "branch"), ("y <= 2", "y = 2", "branch")]),
    ("acos(x)", [("acos(x)", "abs(x) = 1", "edge")]),
    ("f(u) = abs(u); f(3*x)", [("abs(3*x)", "3*x = 0", "kink")]),
]
# fmt: on


@pytest.mark.parametrize(("text", "found"), LISTS)
def test_what_is_listed(text: str, found: list[tuple[str, str, str]]) -> None:
    assert rows(text) == found


def test_only_what_depends_on_the_inputs_of_interest() -> None:
    assert rows("abs(x) + sqrt(y)", "y") == [("sqrt(y)", "y = 0", "edge")]
    [place] = symad.kinks(symad.parse("max(x, y)"), ("y",)).places
    assert place.first == (("y", "1/2"),)
    assert place.second == (("y, y", "0"),)
    with pytest.raises(NamingError):
        symad.kinks(symad.parse("x"), ("z",))


def test_places_in_the_text() -> None:
    found = symad.kinks(symad.parse("u = x + 1\nf = u*abs(u)")).places
    assert [(place.line, place.column) for place in found] == [(2, 7)]
    built = symad.kinks(symad.gradient(symad.parse("x*abs(x)")))
    assert {(place.line, place.column) for place in built.places} == {(0, 0)}
    assert str(built).splitlines()[1].startswith("-      abs(x)")


def test_nothing_to_list() -> None:
    assert str(symad.kinks(symad.parse("x + 1"))) == "no kinks: the formula is smooth wherever it is defined"
    assert str(symad.kinks(symad.parse("2"))) == "no kinks: the formula is smooth wherever it is defined"


def test_as_data() -> None:
    made = symad.kinks(symad.parse("sqrt(x)")).as_dict()
    none = [{"by": "x", "used": None}]
    assert json.loads(json.dumps(made)) == {
        "kinks": [
            {
                "part": "sqrt(x)", "where": "x = 0", "what": "edge", "first": none,
                "second": [{"by": "x, x", "used": None}], "line": 1, "column": 1,
            }
        ]
    }  # fmt: skip


def test_a_long_formula_is_listed_in_linear_time() -> None:
    terms = " + ".join([f"abs(x{k})" for k in range(3000)])
    found = symad.kinks(symad.parse(f"abs({terms})")).places
    assert len(found) == 3001
    assert found[-1].part in ("abs(x2999)", "abs(…)")


# Advice where there is no value.

# fmt: off
ADVICE = [  # a derivative or not, at 0: what is said, and the hint
    (False, "x*log(x)", "w2 = log(w1) is not defined at w1 = 0.0", advice.XLOGY),
    (False, "y = 2*x; y*log(x)", "w3 = log(w1) is not defined at w1 = 0.0", advice.XLOGY),
    (False, "exp(2*log(abs(x)))", "w3 = log(w2) is not defined at w2 = 0.0", advice.POWER),
    (False, "3*log(x)", "w2 = log(w1) is not defined at w1 = 0.0", None),
    (False, "1/sqrt(x)", "w3 = 1/w2 is not defined at w2 = 0.0", None),
    (True, "sqrt(x^2 + (3*x)^2)", "w7 = w1/w6 is not defined at w1 = 0.0, w6 = 0.0, and df/dx needs it", advice.HYPOT),
    (True, "sqrt(x)", "w3 = (1/2)/w2 is not defined at w2 = 0.0, and df/dx needs it", None),
    (True, "acos(1 + x)", "w6 = 1/w5 is not defined at w5 = 0.0, and df/dx needs it", None),
]
# fmt: on


@pytest.mark.parametrize(("derivative", "text", "reason", "hint"), ADVICE)
def test_what_to_do(derivative: bool, text: str, reason: str, hint: str | None) -> None:
    program = symad.gradient(symad.parse(text)) if derivative else symad.parse(text)
    for run_it in (program, symad.compile(program)):
        with pytest.raises(EvaluationError) as raised:
            run_it(0.0)
        assert (raised.value.reason, raised.value.hint) == (reason, hint)


def test_limits_are_exact() -> None:
    assert symad.parse("powlog(x, y, 2)")(0.0, 1e-9) == 0.0
    assert symad.parse("mulpow(c, x, y)")(0.0, 0.0, -2.0) == 0.0
    assert symad.parse("xdivy(x, y)")(0.0, 0.0) == 0.0
    assert symad.parse("xdivy(x, y)")(1.0, 2.0) == 0.5
