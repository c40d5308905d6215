"""Branches that are not taken, as data: each case names the formula of the branch that is, and where to look.

A case is a formula, a point at which something in it has no value, no derivative, or an infinite one, and the formula
that holds there: value, gradient and Hessian of the case are those of that formula, which SymPy derives. The tests try
every case; `python -m tests.benchmarks branches` tries it with others too.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

DIGITS = 50


class Case(NamedTuple):
    """Hold one case: a formula in symad's language, the point, and the branch that is taken, in SymPy's language."""

    text: str
    point: tuple[float, ...]
    taken: str

    @property
    def inputs(self) -> tuple[str, ...]:
        """Give the names of the coordinates."""
        return ("x", "y")[: len(self.point)]


class Known(NamedTuple):
    """Hold what the branch taken gives: its value, gradient and Hessian, row by row."""

    value: float
    gradient: tuple[float, ...]
    hessian: tuple[float, ...]


# fmt: off
CASES = tuple(Case(*row) for row in (
    # a logarithm, a root, a quotient that has no value there
    ("if x > 0 then log(x) else 0",                                  (-1.0,),     "0"),
    ("if x > 0 then log(x) else 0",                                  (0.0,),      "0"),
    ("if x > 0 then log(x) else x^2",                                (-2.0,),     "x**2"),
    ("where(x < 1, sqrt(1 - x), 0)",                                 (2.0,),      "0"),
    ("where(x < 1, sqrt(1 - x), 0)",                                 (1.0,),      "0"),
    ("where(x > 0, sqrt(x), 0)",                                     (0.0,),      "0"),
    ("where(x > 0, sqrt(x), x^3)",                                   (0.0,),      "x**3"),
    ("if x != 0 then 1/x else 3*x",                                  (0.0,),      "3*x"),
    ("if x == 0 then 1 else sin(x)/x",                               (0.0,),      "1"),
    ("if x == 0 then 1 else (exp(x) - 1)/x",                         (0.0,),      "1"),
    ("where(abs(x) > 1/1000, (1 - cos(x))/x^2, 1/2 - x^2/24)",       (0.0,),      "Rational(1, 2) - x**2/24"),
    ("where(abs(x) < 1, atanh(x), x)",                               (1.0,),      "x"),
    ("where(abs(x) < 1, asin(x), x^2)",                              (3.0,),      "x**2"),
    ("if abs(x) < 1 then acos(x) else exp(x)",                       (1.0,),      "exp(x)"),
    ("where(x > 1, acosh(x), 1 - x)",                                (1.0,),      "1 - x"),
    ("where(x > 0, x*log(x), 0)",                                    (0.0,),      "0"),
    ("where(x > 0, x^x, 1)",                                         (0.0,),      "1"),
    # overflow
    ("where(x < 100, exp(x), x)",                                    (1000.0,),   "x"),
    ("where(x < 100, log(1 + exp(x)), x)",                           (1000.0,),   "x"),
    ("where(x > -30, sinh(x)*exp(-x), -exp(-2*x/3000)/2)",           (-1000.0,),  "-exp(-2*x/3000)/2"),
    # a branch that goes on being used
    ("y = (if x > 0 then log(x) else 0); y*exp(y) + y",              (-1.0,),     "0"),
    ("sqrt(if x > 0 then x else 0)",                                 (-1.0,),     "0"),
    ("(if x > 0 then x else 0)^(3/2)",                               (-1.0,),     "0"),
    ("(if x > 0 then x else 0)^0.5 + x^2",                           (-3.0,),     "x**2"),
    ("2^(if x > 0 then 1/x else x)",                                 (0.0,),      "2**x"),
    ("sin(where(x != 0, 1/x, x))",                                   (0.0,),      "sin(x)"),
    ("(if x > 0 then log(x) else x)*(if x > 0 then 1/x else x)",     (0.0,),      "x**2"),
    ("exp(-(if x > 0 then 1/x else 0))",                             (0.0,),      "1"),
    # nested, chained, joined
    ("if x > 0 then (if x > 1 then log(x - 1) else log(x)) else exp(x)", (-1.0,), "exp(x)"),
    ("if x > 0 then (if x > 1 then log(x - 1) else log(x)) else exp(x)", (0.5,),  "log(x)"),
    ("if x > 0 then (if x > 1 then log(x - 1) else log(x)) else exp(x)", (1.0,),  "log(x)"),
    ("if x > 1 then sqrt(x - 1) else if x > 0 then x^2 else 1/(x - 1)",  (1.0,),  "x**2"),
    ("if x < 0 or log(x) < 1 then x^2 else 1/(x - 5)",               (-5.0,),     "x**2"),
    ("if x > 0 and log(x) > 1 then log(log(x)) else x",              (0.0,),      "x"),
    ("piecewise(x < 0, sqrt(-x), x < 1, x^2, sqrt(x - 1))",          (0.0,),      "x**2"),
    ("piecewise(x < 0, sqrt(-x), x < 1, x^2, log(x))",               (0.5,),      "x**2"),
    ("c = x > 0 and not x > 2; if c then log(x)*sqrt(2 - x) else -x", (3.0,),     "-x"),
    ("a = 1/x; b = log(x); if x > 1 then b*a else if x > 0 then a else x^3", (0.0,), "x**3"),
    ("log(clamp(x, 1, 2)) + 0*x",                                    (-1.0,),     "0"),
    ("clamp(x, 0, 1)^(1/2)*clamp(x, 0, 1)^(5/2)",                    (0.25,),     "x**3"),
    ("if not (x > 0 or x == -1) then 1/(x + 1) else 2*x",            (-1.0,),     "2*x"),
    # two inputs: norms, angles, powers
    ("if x == 0 and y == 0 then 0 else sqrt(x^2 + y^2)",             (0.0, 0.0),  "0"),
    ("r = x^2 + y^2; where(r > 0, sqrt(r), 0)",                      (0.0, 0.0),  "0"),
    ("r = x^2 + y^2; where(r > 0, x*y/r, x + y^2)",                  (0.0, 0.0),  "x + y**2"),
    ("r = sqrt(x^2 + y^2); if r > 1 then log(r - 1) else x*y",       (0.5, 0.5),  "x*y"),
    ("if y > 0 then x^y else x*y",                                   (-2.0, -1.0), "x*y"),
    ("if x > 0 then x^y else y^2",                                   (0.0, 3.0),  "y**2"),
    ("if x > 0 then y*log(x/y) else 0",                              (0.0, 0.0),  "0"),
    ("if y != 0 then atan2(y, x) + log(y) else x^2",                 (-1.0, 0.0), "x**2"),
    ("y*(if x > 0 then sqrt(x) else 0)",                             (0.0, 3.0),  "0"),
    ("(if x > 0 then y/x else y)*x",                                 (0.0, 3.0),  "y*x"),
    ("a = log(y); if y > 0 and a > 5 then a/x else y*x + x",         (0.0, 2.0),  "y*x + x"),
    ("if abs(y) < 1 then sqrt(1 - y^2)*x else x^2/y",                (0.0, 1.0),  "x**2/y"),
    ("if x > y then log(x - y) else if x < y then log(y - x)*x else x*y", (2.0, 2.0), "x*y"),
    # inside of loops
    ("s = 0; for k in 1..3 { s = s + (if x > 0 then k*log(x) else x^2) }; s", (-1.0,), "3*x**2"),
    ("s = 0; for k in 1..3 { s = s + (if x > 0 then k*log(x) else x^2) }; s", (0.0,),  "3*x**2"),
    ("sum(k in 1..4: where(k*x < 1, sqrt(1 - k*x), x))",             (1.0,),      "4*x"),
    ("product(k in 1..3: if x > 0 then x^(1/k) else k*x + 1)",       (0.0,),      "(x + 1)*(2*x + 1)*(3*x + 1)"),
    ("y = x; for k in 1..3 { y = if y > 5 then sqrt(y - 5) else y^2 }; y", (1.0,), "x**8"),
    ("y = x; for k in 1..2 { y = if y > 5 then sqrt(y - 5) else y^2 }; y", (3.0,), "sqrt(x**2 - 5)"),
    ("a = 1/x; s = 0; for k in 1..2 { s = s + (if x != 0 then a*k else k*x) }; s", (0.0,), "3*x"),
    ("s = 0; for i in 1..2 { for j in 1..i { s = s + (if x > y then log(x - y) else i*x*y) } }; s",
                                                                     (1.0, 2.0),  "5*x*y"),
    ("if x > 0 then sum(k in 1..3: log(x)/k) else x*y",              (-1.0, 3.0), "x*y"),
))  # fmt: skip
# fmt: on


@cache
def known(case: Case) -> Known:
    """Derive the branch that is taken by SymPy, and evaluate to many digits."""
    import sympy

    names = [sympy.Symbol(name, real=True) for name in case.inputs]
    f = sympy.sympify(case.taken, locals=dict(zip(case.inputs, names, strict=True)))
    at = {name: sympy.Rational(number) for name, number in zip(names, case.point, strict=True)}

    def number(expression: sympy.Expr) -> float:
        return float(expression.subs(at).evalf(DIGITS))

    gradient = [f.diff(name) for name in names]
    second = [slope.diff(name) for slope in gradient for name in names]
    return Known(number(f), tuple(map(number, gradient)), tuple(map(number, second)))


def named() -> Iterator[str]:
    """Give a name to each case, for tests and tables."""
    for case in CASES:
        at = ", ".join(f"{name} = {number:g}" for name, number in zip(case.inputs, case.point, strict=True))
        yield f"{case.text} at {at}"
