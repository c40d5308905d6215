"""Hessians of real formulas: the problems of nonlinear optimisation in the corpora, at their points.

Two judges. To 150 digits, with directions u and v taken at random, u.(H v) is compared with the second difference of
the formula along u and v, which no entry of the Hessian escapes, structural zeros included. In doubles, every entry is
compared with CasADi's, strictly relative: within 1e-12, as gradients are (tests/corpora.py). A sum of terms that cancel
leaves a residue, in CasADi too, and there is nothing else to measure that by than the Hessian's largest entry at the
point: up to 1e-12 of it is allowed, if to many digits the entry is the second difference of the formula.
The corpora lie beside the checkout and are no part of it; CasADi is no requirement: where either is absent, what needs
it is skipped and says so.
"""

from __future__ import annotations

import importlib.util
import math
import random
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any

import mpmath
import pytest

import symad
from symad.program import Program
from tests import corpora, high_precision
from tests.corpora import AGREES, EXACTLY, FOLDER, Case, Point
from tests.derivatives.methods import METHODS, entry

present = pytest.mark.skipif(not FOLDER.is_dir(), reason=f"the corpora are absent: {FOLDER}")
casadi_installed = pytest.mark.skipif(importlib.util.find_spec("casadi") is None, reason="casadi is not installed")

DIGITS = 300  # of the formula in a second difference, two steps of 10^-STEP off
STEP = 70  # the difference errs by 10^-140 of what it is, and cancels 140 of the digits
SAMPLE = 8  # one in so many problems in the ordinary run
LONG = 20_000  # characters of a problem: longer ones are left to the sweep over all, by one method
CUBIC = Case("cubic", "plain", ("x", "y"), "x^3*y + x/7", ("x", "y"), (Point((2.0, 3.0), 24.2, ()),))


@cache
def problems() -> list[Case]:
    """Read the problems."""
    return corpora.read("optimisation")


def hessian(program: Program, method: str = "cheapest") -> tuple[Program, dict[tuple[int, int], int]]:
    """Derive the Hessian; give the place among its outputs of each entry of the upper triangle that is not zero."""
    made = symad.hessian(program, method=method)
    [label] = program.outputs
    names = program.inputs
    place = {name: k for k, name in enumerate(made.outputs)}
    keys = [(i, j) for j in range(len(names)) for i in range(j + 1)]
    found = {(i, j): place[name] for i, j in keys if (name := entry(label, names[i], names[j])) in place}
    assert len(found) == len(made.outputs)
    return made, found


def second_difference(program: Program, at: Sequence[float], u: Sequence[int], v: Sequence[int]) -> tuple[Any, Any]:
    """Differentiate the formula along u and then along v, by differences; give the uncertainty too."""
    with mpmath.workdps(DIGITS):
        step = mpmath.mpf(10) ** -STEP
        total = largest = mpmath.mpf(0)
        for s in (1, -1):
            for t in (1, -1):
                moved = [mpmath.mpf(x) + step * (s * du + t * dv) for x, du, dv in zip(at, u, v, strict=True)]
                [value] = high_precision.evaluate(program, moved)
                total += s * t * value
                largest = max(largest, abs(value))
        return total / (4 * step**2), largest * mpmath.mpf(10) ** (30 - DIGITS) / step**2


Exact = Callable[[Sequence[float]], dict[tuple[int, int], Any]]  # entries of a Hessian at a point, to 150 digits


def exactly(program: Program, method: str) -> Exact:
    """Derive the Hessian of a formula with exact constants."""
    made, places = hessian(high_precision.with_exact_constants(program), method)

    def entries(at: Sequence[float]) -> dict[tuple[int, int], Any]:
        values = high_precision.results(made, at)
        return {key: values[place] for key, place in places.items()}

    return entries


def wrong_along(case: Case, points: Sequence[Point], method: str) -> Iterator[str]:
    """Compare u.(H v) with the second difference of the formula."""
    program = case.read(case.text)
    exact = exactly(program, method)
    random_ = random.Random(case.name)
    for p in points:
        u, v = ([random_.choice((-3, -2, -1, 1, 2, 3)) for _ in p.at] for _ in range(2))
        truth, uncertainty = second_difference(high_precision.with_exact_constants(program), p.at, u, v)
        with mpmath.workdps(high_precision.DIGITS):
            terms = [h * (u[i] * v[j] + (i != j) * u[j] * v[i]) for (i, j), h in exact(p.at).items()]
            total, size = mpmath.fsum(terms), mpmath.fsum(terms, absolute=True)
            if not abs(total - truth) <= EXACTLY * size + uncertainty:
                yield f"{case.name}, {method}, at {p.at}: {mpmath.nstr(total, 20)}, not {mpmath.nstr(truth, 20)}"


# In doubles, against CasADi.


def casadi_functions(casadi: Any) -> Mapping[str, Callable[..., Any]]:
    """Give the elementary operations that the problems have, as CasADi has them."""
    same = "exp log sqrt sin cos tan asin acos atan sinh cosh tanh".split()
    return {name: getattr(casadi, name) for name in same} | {
        "add": lambda x, y: x + y,
        "sub": lambda x, y: x - y,
        "mul": lambda x, y: x * y,
        "div": lambda x, y: x / y,
        "neg": lambda x: -x,
        "pow": lambda x, y: x**y,
        "abs": casadi.fabs,
        "pi": lambda: casadi.SX(math.pi),
        "e": lambda: casadi.SX(math.e),
    }


def by_casadi(program: Program) -> Callable[[Sequence[float]], Any]:
    """Derive the Hessian of a formula, as it is written, with CasADi."""
    import casadi

    table = casadi_functions(casadi)
    x = casadi.SX.sym("x", len(program.inputs))
    values: list[Any] = []
    for operation, operands in program.assignments:
        if operation == "input":
            values.append(x[operands[0]])
        elif operation in ("integer", "rational", "decimal"):
            values.append(casadi.SX(float(operands[0])))
        else:
            values.append(table[operation](*[values[v] for v in operands]))
    second, _ = casadi.hessian(values[program.results[0]], x)
    function = casadi.Function("second", [x], [casadi.densify(second)])
    return lambda at: function(list(at)).full()


def compare(case: Case) -> Iterator[tuple[str, str]]:
    """Compare every entry at every point; give a verdict for each, and what it was."""
    program = case.read(case.text)
    made, places = hessian(program)
    run, theirs = symad.compile(made), by_casadi(program)
    upper = [(i, j) for j in range(len(case.inputs)) for i in range(j + 1)]
    exact: Exact | None = None
    for p in case.points:
        values = run(*p.at)
        values = values if isinstance(values, tuple) else (values,)
        wanted = theirs(p.at)
        largest = abs(wanted).max(initial=0.0)
        for i, j in upper:
            got, their = values[places[i, j]] if (i, j) in places else 0.0, wanted[i, j]
            what = f"{case.name}, {case.inputs[i]} {case.inputs[j]}, at {p.at}: {got!r}, casadi {their!r}"
            if corpora.relative(got, their) <= AGREES:
                yield "agrees", what
                continue
            exact = exact or exactly(program, "cheapest")
            yield judge(program, p, (i, j), exact(p.at).get((i, j), mpmath.mpf(0))), what
            if not abs(got - their) <= AGREES * largest:
                yield "digits lost", what


def judge(program: Program, p: Point, key: tuple[int, int], exact: Any) -> str:
    """Say what a disagreement is: the truth is the second difference of the formula."""
    u, v = ([int(k == place) for k in range(len(p.at))] for place in key)
    truth, uncertainty = second_difference(high_precision.with_exact_constants(program), p.at, u, v)
    with mpmath.workdps(high_precision.DIGITS):
        right = exact is not None and abs(exact - truth) <= EXACTLY * abs(truth) + uncertainty
    return "residue" if right else "wrong derivative"


def verdicts(cases: Sequence[Case]) -> tuple[Counter[str], list[str]]:
    """Count the verdicts; list what is a defect."""
    found, defects = Counter[str](), []
    for case in cases:
        for verdict, what in compare(case):
            found[verdict] += 1
            if verdict not in ("agrees", "residue"):
                defects.append(f"{verdict}: {what}")
    return found, defects


def moderate(cases: Sequence[Case]) -> list[Case]:
    """Leave out what takes a second."""
    return [case for case in cases if len(case.text) < LONG]


@present
def test_a_sample_to_many_digits() -> None:
    for case in moderate(problems()[::SAMPLE]):
        assert not [*wrong_along(case, case.points[:1], "cheapest")]


@present
@casadi_installed
def test_a_sample_in_doubles() -> None:
    found, defects = verdicts(moderate(problems()[::SAMPLE]))
    assert not defects, "\n".join(defects)
    assert found["agrees"] > 1000, "hardly anything was compared"


@present
@pytest.mark.corpus
def test_all_to_many_digits() -> None:
    wrong = [line for case in problems() for line in wrong_along(case, case.points, "cheapest")]
    assert not wrong, "\n".join(wrong)


@present
@pytest.mark.corpus
@pytest.mark.parametrize("method", METHODS["hessian"])
def test_every_method_to_many_digits(method: str) -> None:
    wrong = [line for case in moderate(problems()) for line in wrong_along(case, case.points[-1:], method)]
    assert not wrong, "\n".join(wrong)


@present
@casadi_installed
@pytest.mark.corpus
def test_all_in_doubles() -> None:
    found, defects = verdicts(problems())
    assert not defects, "\n".join(defects)
    assert found["agrees"] > 25_000
    assert found["residue"] < 200


# What is wrong is seen, without a corpus.


def test_a_right_hessian_is_right() -> None:
    for method in METHODS["hessian"]:
        assert not [*wrong_along(CUBIC, CUBIC.points, method)]


@pytest.mark.parametrize("text", ["x^3*y + x/7 + 1e-10*x*y", "x^3*y*(1 + 1e-12)", "x^3*y + y^2", "x^2*y"])
def test_a_wrong_hessian_is_seen(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    other = symad.hessian(symad.parse(f"input x, y\n{text}"))
    monkeypatch.setattr(symad, "hessian", lambda program, method: other)
    assert [*wrong_along(CUBIC, CUBIC.points, "cheapest")]


@casadi_installed
@pytest.mark.parametrize("text", ["x^3*y + x/7 + 1e-10*x*y", "x^3*y*(1 + 3e-12)", "x^3*y + y^2", "x^2*y"])
def test_a_wrong_entry_is_seen(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert verdicts([CUBIC]) == (Counter(agrees=3), [])
    other = symad.hessian(symad.parse(f"input x, y\n{text}"))
    monkeypatch.setattr(symad, "hessian", lambda program, method: other)
    assert verdicts([CUBIC])[1]
