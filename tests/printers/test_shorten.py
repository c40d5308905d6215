"""The shortest readable form: what a reader expects, equal in value, never longer, the same when done again.

Values are compared to 40 digits, computed with 60 by mpmath, wherever both forms are defined.
"""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from dataclasses import replace
from itertools import count
from pathlib import Path

import mpmath
import pytest
from hypothesis import given
from hypothesis import strategies as st

import symad
from symad.printers import forms, kernels
from symad.printers.infix import READING, write
from symad.printers.plain import plain
from symad.printers.shorten import shorten
from symad.printers.sums import Sum
from symad.program import Program
from symad.wellformed import check
from tests.high_precision import evaluate

CORPORA = Path(__file__).resolve().parents[3] / "shared" / "corpora"
present = pytest.mark.skipif(not CORPORA.is_dir(), reason=f"the corpora are absent: {CORPORA}")
EXACTLY = mpmath.mpf(10) ** -40
DECIMALS = mpmath.mpf(10) ** -12  # decimals are doubles and are folded as such

# fmt: off
DERIVATIVES = [  # a formula, the input by which to differentiate, and what a reader expects
    ("x^3",                              "x", "3*x^2"),
    ("(x^2 + 1)/(x - 1)",                "x", "(x^2-2*x-1)/(x-1)^2"),
    ("tan(x)",                           "x", "sec(x)^2"),
    ("log(5*x^2)",                       "x", "2/x"),
    ("x*exp(x)",                         "x", "(x+1)*exp(x)"),
    ("(t^2 - 1)/(t + 1)",                "t", "1"),
    ("(1 + 3*t)^2",                      "t", "6+18*t"),
    ("sqrt(x)",                          "x", "1/(2*sqrt(x))"),
    ("x^(3/2)",                          "x", "3/2*sqrt(x)"),
    ("1/x",                              "x", "-1/x^2"),
    ("x*sin(x)",                         "x", "x*cos(x)+sin(x)"),
    ("sec(x)",                           "x", "sec(x)*tan(x)"),
    ("log(abs(sec(x) + tan(x)))",        "x", "sec(x)"),
    ("-1/9*sin(x)^9 + 3*sin(x)^7/7 - 3*sin(x)^5/5 + sin(x)^3/3", "x", "sin(x)^2*cos(x)^7"),
    ("tan(x)^3/3 - tan(x) + x",          "x", "tan(x)^4"),
    ("atan(sinh(x))",                    "x", "sech(x)"),
    ("3*asin(x/3)",                      "x", "3/sqrt(9-x^2)"),
    ("sqrt(7)*atan(x/sqrt(7))",          "x", "7/(x^2+7)"),
    ("(9*asin(x/3) + x*sqrt(9 - x^2))/2", "x", "sqrt(9-x^2)"),
    ("x*atan(2*x) - 1/4*log(abs(4*x^2 + 1))", "x", "atan(2*x)"),
    ("3^w/2^w",                          "w", "(3/2)^w*log(3/2)"),
    ("4^r",                              "r", "4^r*log(4)"),
    ("x^n",                              "x", "n*x^(n-1)"),
    ("log(x + 2) - log(abs(x - 2))",     "x", "4/(4-x^2)"),
    ("exp(2*x)*exp(-y)",                 "x", "2*exp(2*x-y)"),
    ("abs(x)^3",                         "x", "3*x*abs(x)"),
    ("x^2*y^3 - 2*x",                    "y", "3*x^2*y^2"),
    ("(cos(x) - cos(3*x)/3)/2",          "x", "sin(x)*cos(2*x)"),
]
FORMULAS = [  # a formula, and its shortest form
    ("sqrt(x^2)",                  "abs(x)"),
    ("log(x^2)",                   "log(x^2)"),
    ("(x^2)^(1/2)*(y^3)^(1/2)",    "abs(x)*y^(3/2)"),
    ("sqrt(x*y)",                  "sqrt(x*y)"),
    ("sqrt(x)*sqrt(x)",            "x"),
    ("sqrt((x^2 + 1)^2)",          "x^2+1"),
    ("log(exp(x*y))",              "x*y"),
    ("exp(2*log(x))",              "x^2"),
    ("exp(x)^2",                   "exp(2*x)"),
    ("sign(x)/abs(x)",             "1/x"),
    ("sign(x)*abs(x)",             "x"),
    ("sign(x)^2",                  "sign(x)^2"),
    ("cbrt(x^3)",                  "x"),
    ("(x^2)^y",                    "(x^2)^y"),
    ("sin(x)^2 + cos(x)^2",        "1"),
    ("1 + tan(x)^2",               "sec(x)^2"),
    ("sec(x)^2 - 1",               "tan(x)^2"),
    ("cosh(x)^2 - sinh(x)^2",      "1"),
    ("1/(1 - sin(x)^2)",           "sec(x)^2"),
    ("(x^2 - 1)/(x + 1)",          "x-1"),
    ("(x^2 - y^2)/(x^2 - 2*x*y + y^2)", "(x+y)/(x-y)"),
    ("1/x - 1/(x + 1)",            "1/(x^2+x)"),
    ("x/(1/x)",                    "x^2"),
    ("0.5*x + 0.25*x",             "0.75*x"),
    ("-(-x - y)",                  "x+y"),
    ("sin(-x)",                    "-sin(x)"),
    ("sqrt(12)*sqrt(3)*x",         "6*x"),
    ("if x > 0 then x*x else (x^2 - 1)/(x + 1)", "ifx>0thenx^2elsex-1"),
]
# fmt: on


def text(program: Program, place: int = 0) -> str:
    """Write one output without spaces, with what it names."""
    one = replace(program, outputs=program.outputs[place : place + 1], results=program.results[place : place + 1])
    written, named = write(one, READING, one.inputs, (f"w{i}" for i in count(1)))
    return "".join([*named.values(), written[0][1]]).replace(" ", "")


def samples(inputs: int, seed: int, number: int = 8) -> list[list[float]]:
    """Give points with negative, positive and whole coordinates."""
    chance = random.Random(seed)
    return [
        [
            chance.choice([chance.uniform(-4, 4), chance.uniform(0, 1), float(chance.randint(-3, 3))])
            for _ in range(inputs)
        ]
        for _ in range(number)
    ]


def compared(program: Program, points: Sequence[Sequence[float]], other: Program | None = None) -> int:
    """Compare the values of a program and its short form; give how often both are defined."""
    other = shorten(program) if other is None else other
    decimal = any(operation == "decimal" for operation, _ in program.assignments)
    common = 0
    with mpmath.workdps(60):
        for at in points:
            for x, y in zip(evaluate(program, at), evaluate(other, at), strict=True):
                if x is not None and y is not None:
                    common += 1
                    assert abs(x - y) <= (DECIMALS if decimal else EXACTLY) * (1 + abs(x)), (at, x, y, text(other))
    return common


def examine(program: Program, seed: int = 0) -> int:
    """Check all that is promised of the short form of a program; give how often values were compared."""
    short = check(shorten(program))
    assert short.inputs == program.inputs
    assert short.outputs == program.outputs
    assert shorten(short) == short
    for place in range(len(program.outputs)):
        assert len(text(short, place)) <= len(text(program, place))
    return compared(program, samples(len(program.inputs), seed), short)


@pytest.mark.parametrize(("formula", "by", "expected"), DERIVATIVES)
def test_derivative_reads_as_expected(formula: str, by: str, expected: str) -> None:
    program = plain(symad.gradient(symad.parse(formula), (by,)))
    assert text(shorten(program)) == expected
    assert examine(program) > 0


@pytest.mark.parametrize(("formula", "expected"), FORMULAS)
def test_formula_reads_as_expected(formula: str, expected: str) -> None:
    program = symad.parse(formula)
    assert text(shorten(program)) == expected
    assert examine(program) > 0


def operators(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    names = st.sampled_from("sin cos tan sec csc sinh cosh tanh exp log sqrt cbrt abs sign atan asin erf floor".split())
    exponents = st.sampled_from(["2", "3", "(-1)", "(-2)", "(1/2)", "(3/2)", "(1/3)", "y", "(2*x)", "(x - 1)"])
    return st.one_of(
        st.builds("({} {} {})".format, inner, st.sampled_from("+-*/"), inner),
        st.builds("({} {} {})".format, inner, st.sampled_from("+-*/"), inner),
        st.builds("({})^{}".format, inner, exponents),
        st.builds("{}({})".format, names, inner),
        st.builds("(if {} < {} then {} else {})".format, inner, inner, inner, inner),
    )


formulas = st.recursive(st.sampled_from(["x", "y", "x", "1", "2", "3", "(1/2)", "(-1)", "e"]), operators, max_leaves=8)


@given(formulas, st.integers(0, 99))
def test_random_formulas(formula: str, seed: int) -> None:
    examine(symad.parse(f"input x, y; {formula}"), seed)


@given(formulas, st.integers(0, 99))
def test_random_derivatives(formula: str, seed: int) -> None:
    examine(plain(symad.gradient(symad.parse(f"input x, y; {formula}"))), seed)


def textbook() -> list[tuple[Program, str]]:
    """Read the textbook's exercises: the derivative, and the printed answer."""
    found = []
    for line in (CORPORA / "textbook.jsonl").read_text().splitlines():
        row = json.loads(line)
        program = symad.parse(f"input {', '.join(row['vars'])}; {row['expr']}")
        found.append((symad.gradient(program, (row["var"],)), row["derivative"].replace("**", "^").replace(" ", "")))
    return found


@present
def test_textbook() -> None:
    exercises = textbook()
    short = [(text(shorten(program)), answer) for program, answer in exercises]
    longer = [pair for pair in short if len(pair[0]) > len(pair[1])]
    assert len(longer) <= 0.05 * len(exercises), longer


@present
def test_textbook_values() -> None:
    exercises = textbook()
    common = sum(examine(program, seed) > 0 for seed, (program, _) in enumerate(exercises))
    assert common >= 0.98 * len(exercises)


@present
@pytest.mark.corpus
@pytest.mark.parametrize(
    ("corpus", "field", "cases"), [("peers", "expr", 119), ("antiderivatives", "antiderivative", 500)]
)
def test_corpora(corpus: str, field: str, cases: int) -> None:
    common = 0
    for seed, line in enumerate((CORPORA / f"{corpus}.jsonl").read_text().splitlines()[:cases]):
        row = json.loads(line)
        program = symad.gradient(symad.parse(row[field]))
        points = [[float(p["at"][name]) for name in program.inputs] for p in row["points"] if program.inputs]
        common += examine(program, seed) + compared(program, points) > 0
    assert common >= 0.9 * cases


@pytest.mark.parametrize(
    ("formula", "table", "key", "wrong"),
    [
        ("1 - sin(x)^2", forms.SQUARES, "sin", (1, 1, "cos")),
        ("cosh(x)^2 - sinh(x)^2", forms.SQUARES, "cosh", (-1, 1, "sinh")),
        ("sin(x)/tan(x)", kernels.QUOTIENTS, "tan", (("sin", 1), ("cos", -2))),
    ],
)
def test_wrong_law_is_noticed(
    formula: str, table: dict[str, object], key: str, wrong: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = symad.parse(formula)
    points = [[0.7], [-1.3]]
    assert compared(program, points) == 2
    monkeypatch.setitem(table, key, wrong)
    with pytest.raises(AssertionError):
        compared(program, points)


def test_only_chosen_outputs() -> None:
    program = symad.parse("p = x*x/x; q = x*x/x")
    short = shorten(program, lambda label: label == "q")
    assert [text(short, k) for k in (0, 1)] == ["x*x/x", "x"]


def test_shared_values_count_as_often_as_they_are_used() -> None:
    squares = "; ".join(["x = x^2 + x"] * 10_000)
    program = symad.parse(f"input x; {squares}; p = x; output p")
    assert shorten(program) == program


def test_deep_formula_is_left_alone() -> None:
    program = symad.parse("sin(" * 5000 + "x/1" + ")" * 5000)
    assert shorten(program) == program


def test_deepest_accepted_formula() -> None:
    inner = "x"
    for k in range(14):
        inner = f"sin(({inner} + {k})/(1 + x))"
    assert examine(symad.gradient(symad.parse(inner))) > 0


@pytest.mark.parametrize(
    "formula", ["(x + y + 1)^200 - 1", "2^(2^(2^x))", "x^(10^50)", "(10^70)^(1/2)*x*10^70", "1e308*x*10.0"]
)
def test_large_numbers(formula: str) -> None:
    examine(symad.parse(formula))


@pytest.mark.parametrize("work", [0, 10, kernels.WORK])
def test_work_is_bounded(work: int, monkeypatch: pytest.MonkeyPatch) -> None:
    factors = "*".join(f"(x^{k} + {k}*y + {k}*z + 1)" for k in range(1, 5))
    program = symad.gradient(symad.parse(f"{factors}/(x + y) + log({factors})"))
    done: list[int] = []
    multiply = kernels.Kernels.multiply

    def counted(ks: kernels.Kernels, x: Sum, y: Sum) -> Sum:
        found = multiply(ks, x, y)
        done.append(ks.work)
        return found

    monkeypatch.setattr(kernels, "WORK", work)
    monkeypatch.setattr(kernels.Kernels, "multiply", counted)
    assert examine(program) > 0
    assert (0 < max(done) <= work) if work else not done
