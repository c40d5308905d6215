"""Matrices of generated modules: rows, structures with values, sparse arrays; all hold the same numbers."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest

from symad.parse import parse
from symad.printers.python import generate
from tests.printers.modules import run
from tests.printers.test_python_kinds import CASES

FORMS = ("dense", "coo", "csr", "scipy")


def test_a_hessian_is_symmetric_to_the_bit() -> None:
    for form in ("dense", "scipy"):
        scope = run(generate(parse("sin(a*b)*exp(b*c)/d + a^3*d^2"), ("hessian",), signature="vector", matrices=form))
        found = scope["hessian"]([0.3, 1.7, -0.4, 2.2])
        rows = np.array(found) if form == "dense" else found.toarray()
        assert rows.tolist() == rows.T.tolist()
        assert np.count_nonzero(rows) == 16


# sparse forms


def picked(scope: dict[str, Any], name: str, several: bool, place: int) -> Any:
    """Give one constant of a structure."""
    return scope[name][place] if several else scope[name]


@pytest.mark.parametrize("text", [*CASES, "input x, y, z\np = x; q = z; output p, q"])
@pytest.mark.parametrize("kind", ["jacobian", "hessian"])
def test_sparse_forms_hold_what_the_dense_one_does(text: str, kind: str) -> None:
    program = parse(text)
    scopes = {form: run(generate(program, (kind,), matrices=form)) for form in FORMS}
    found = {form: scope[kind](*(0.75, 2.0, 1.25, 0.5)[: len(program.inputs)]) for form, scope in scopes.items()}
    several = kind == "hessian" and len(program.outputs) > 1
    for n in range(len(program.outputs) if several else 1):
        part = {form: result[n] if several else result for form, result in found.items()}
        rows = np.array(part["dense"]).reshape(len(part["dense"]), len(program.inputs))
        assert scopes["coo"][f"{kind.upper()}_SHAPE"] == scopes["csr"][f"{kind.upper()}_SHAPE"] == rows.shape
        made = np.zeros(rows.shape)
        places = [picked(scopes["coo"], f"{kind.upper()}_{word}", several, n) for word in ("ROWS", "COLUMNS")]
        made[tuple(map(list, places))] = part["coo"]
        assert made.tolist() == rows.tolist()
        made = np.zeros(rows.shape)
        ends, columns = (picked(scopes["csr"], f"{kind.upper()}_{word}", several, n) for word in ("INDPTR", "INDICES"))
        for row, (begin, end) in enumerate(itertools.pairwise(ends)):
            assert list(columns[begin:end]) == sorted(set(columns[begin:end]))
            made[row, list(columns[begin:end])] = part["csr"][begin:end]
        assert made.tolist() == rows.tolist()
        assert len(part["coo"]) == len(part["csr"]) == part["scipy"].nnz == ends[-1]
        assert part["scipy"].toarray().tolist() == rows.tolist()
        assert part["scipy"].dtype == float
        assert part["scipy"].has_canonical_format


def test_only_structural_non_zeros_are_there() -> None:
    scope = run(generate(parse("p = x*y; q = z^2; r = 1; output p, q, r"), ("jacobian",), matrices="csr"))
    assert scope["JACOBIAN_SHAPE"] == (3, 3)
    assert scope["JACOBIAN_INDPTR"] == (0, 2, 3, 3)
    assert scope["JACOBIAN_INDICES"] == (0, 1, 2)
    assert scope["jacobian"](2.0, 3.0, 4.0) == [3.0, 2.0, 8.0]


def test_a_large_hessian_is_made_of_zeros() -> None:
    names = [f"x{k}" for k in range(40)]
    text = " + ".join(f"{a}*{b}^2" for a, b in itertools.pairwise(names))
    program = parse(text)
    module = generate(program, ("value", "gradient", "hessian"), signature="vector")
    assert "[[0.0]*40 for _ in range(40)]" in module
    assert len(module) < 40_000
    point = [0.1 * k for k in range(40)]
    rows = np.array(run(module)["hessian"](point))
    sparse = run(generate(program, ("hessian",), signature="vector", matrices="scipy"))["hessian"](point)
    assert rows.tolist() == rows.T.tolist() == sparse.toarray().tolist()
    assert np.count_nonzero(rows) == 39 * 2 + 38
    assert run(module)["value_gradient_and_hessian"](point)[2] == rows.tolist()
