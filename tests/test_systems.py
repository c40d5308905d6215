"""Real systems and objectives: a sample in each run, all under the marker `corpus`; and what is wrong is told apart.

No pattern misses an entry, all are exact, every entry agrees with its reference or is proved against it, and compressed
products give every entry. The tests of the comparison itself need no corpus.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest

import symad
from symad.patterns.colouring import Colouring
from symad.patterns.pattern import Pattern
from tests import systems
from tests.corpora import FOLDER
from tests.systems import Spot, System

present = pytest.mark.skipif(not FOLDER.is_dir(), reason=f"the corpora are absent: {FOLDER}")

SAMPLE = 40  # cases of each corpus in the ordinary run
CASES = {"residuals": 138, "ode": 108}
OBJECTIVES = 219

SPOT = Spot((2.0, 3.0), (6.0, 9.0), {(0, 0): 3.0, (0, 1): 2.0, (1, 1): 6.0})
PRODUCT = System("product", ("x", "y"), "p = x*y; q = y^2", (SPOT,))


def verdicts(system: System) -> Counter[str]:
    report = systems.sweep("one", [system])
    return report.verdicts - Counter({"agrees": report.verdicts["agrees"]})


def defects(report: systems.Report) -> str:
    return "\n".join(map(str, report.defects))


@present
@pytest.mark.parametrize("name", systems.NAMES)
def test_sample(name: str) -> None:
    cases = systems.read(name)
    report = systems.sweep(name, cases[:: max(1, len(cases) // SAMPLE)])
    assert report.exact == report.cases >= SAMPLE, defects(report)
    assert not report.defects, defects(report)


@present
def test_sample_of_hessians() -> None:
    cases = systems.rows(systems.OBJECTIVES)
    report = systems.hessians(cases[:: len(cases) // SAMPLE])
    assert report.exact == report.cases >= SAMPLE, defects(report)
    assert not report.defects, defects(report)


@present
@pytest.mark.corpus
@pytest.mark.parametrize("name", systems.NAMES)
def test_all(name: str) -> None:
    report = systems.sweep(name, systems.read(name))
    assert report.exact == report.cases == CASES[name], defects(report)
    assert not report.defects, defects(report)
    assert report.verdicts["agrees"] + report.verdicts["left out"] > 0.99 * 2 * report.entries


@present
@pytest.mark.corpus
def test_all_hessians() -> None:
    report = systems.hessians(systems.rows(systems.OBJECTIVES))
    assert report.exact == report.cases == OBJECTIVES, defects(report)
    assert not report.defects, defects(report)


def test_agreement() -> None:
    assert systems.sweep("one", [PRODUCT]).verdicts == {"agrees": 3, "product agrees": 3}


@pytest.mark.parametrize(
    ("entries", "verdict"),
    [
        ({(0, 0): 3.0 * (1 + 2e-12)}, "wrong reference"),
        ({(1, 0): 1.0}, "missing"),
        ({(1, 1): 0.0}, "wrong reference"),
    ],
)
def test_a_wrong_reference_is_found(entries: dict[tuple[int, int], float], verdict: str) -> None:
    spot = replace(SPOT, entries={**SPOT.entries, **entries})
    assert verdicts(replace(PRODUCT, spots=(spot,)))[verdict] == 1


def test_what_the_reference_leaves_out_is_proved() -> None:
    small = System("small", ("x", "y"), "1 + exp(-x) + y", (Spot((200.0, 1.0), (2.0,), {(0, 1): 1.0}),))
    assert verdicts(small) == {"left out": 1, "product agrees": 2}
    flat = System("flat", ("x", "y"), "(x - 200)^2 + y", (Spot((200.0, 1.0), (1.0,), {(0, 1): 1.0}),))
    assert verdicts(flat) == {"product agrees": 2}  # zero at this point alone, and exactly


def test_an_entry_that_cancels_is_surplus() -> None:
    cancels = System("cancels", ("x", "y"), "x*y - y*x + y^2", (Spot((2.0, 3.0), (9.0,), {(0, 1): 6.0}),))
    assert systems.sweep("one", [cancels]).exact == 1  # simplified away
    cancels = replace(cancels, text="x + (y - x) + y^2 - y")
    report = systems.sweep("one", [cancels])
    assert (report.exact, report.verdicts["surplus"]) == (0, 1)


def test_a_lost_entry_is_found() -> None:
    program = PRODUCT.read()
    whole = symad.sparsity(program)
    lossy = Pattern(whole.rows, whole.columns, ((0, 1), ()))
    assert [f.verdict for f in systems.structure(PRODUCT, program, whole)] == []
    assert [(f.what, f.verdict) for f in systems.structure(PRODUCT, program, lossy)] == [("q by y", "missing")]


@pytest.mark.parametrize(
    ("entries", "findings"),
    [
        (((0, 1), (0,)), []),
        (((0,), ()), [("missing", "x, y")]),
        (((1,), (0,)), [("missing", "x, x")]),
        (((0, 1), (0, 1)), [("surplus", "y, y")]),
    ],
)
def test_a_wrong_hessian_is_found(entries: tuple[tuple[int, ...], ...], findings: list[tuple[str, str]]) -> None:
    program = symad.parse("x^2 + 3*x*y")
    pattern = Pattern(("x", "y"), ("x", "y"), entries, symmetric=True)
    assert [(f.verdict, f.what) for f in systems.curved("f", program, pattern, [[2.0, 3.0]])] == findings


def test_wrong_products_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    found = systems.colouring(symad.sparsity(PRODUCT.read()))
    wrong = Colouring(found.pattern, found.colours)
    object.__setattr__(wrong, "sources", ([0, 1, 1], [0, 0, 0]))
    monkeypatch.setattr(systems, "colouring", lambda pattern: wrong)
    assert verdicts(PRODUCT)["product off"] == 1
