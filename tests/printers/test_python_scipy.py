"""Generated modules in SciPy's hands, unchanged: minimisers, root finders, least squares, stiff equations."""

from __future__ import annotations

import itertools
import math
from typing import Any

import numpy as np
import pytest
from scipy.integrate import solve_ivp
from scipy.optimize import NonlinearConstraint, least_squares, minimize, root
from scipy.sparse import csr_array, issparse

from symad.parse import parse
from symad.printers.python import generate
from tests.printers.modules import run

START = [-1.2, 1.0, -1.2, 1.0, 0.7]


def rosenbrock(n: int) -> str:
    names = [f"x{k}" for k in range(1, n + 1)]
    return " + ".join(f"100*({b} - {a}^2)^2 + (1 - {a})^2" for a, b in itertools.pairwise(names))


def module(text: str, *kinds: str, **options: Any) -> dict[str, Any]:
    return run(generate(parse(text), kinds, signature="vector", **options))


VALLEY = module(rosenbrock(5), "value", "gradient", "hessian", "hvp")
SPARSE = module(rosenbrock(5), "value", "gradient", "hessian", matrices="scipy")


@pytest.mark.parametrize("method", ["trust-exact", "trust-ncg", "trust-krylov", "dogleg", "Newton-CG"])
def test_minimize_with_a_hessian(method: str) -> None:
    near = [1.01, 1.02, 1.03, 1.06, 1.13] if method == "dogleg" else START  # dogleg wants a positive definite Hessian
    found = minimize(VALLEY["value_and_gradient"], near, jac=True, hess=VALLEY["hessian"], method=method)
    assert found.success
    assert found.x == pytest.approx([1] * 5, abs=1e-4)


@pytest.mark.parametrize("method", ["trust-krylov", "Newton-CG", "trust-constr"])
def test_minimize_with_products(method: str) -> None:
    found = minimize(VALLEY["value_and_gradient"], START, jac=True, hessp=VALLEY["hvp"], method=method)
    assert found.success
    assert found.x == pytest.approx([1] * 5, abs=1e-4)


def test_a_method_that_multiplies_what_hessp_gives_wants_an_array() -> None:
    found = minimize(
        VALLEY["value_and_gradient"],
        START,
        jac=True,
        hessp=lambda x, v: np.asarray(VALLEY["hvp"](x, v)),
        method="trust-ncg",
    )
    assert found.x == pytest.approx([1] * 5, abs=1e-4)


def test_minimize_by_gradient() -> None:
    found = minimize(VALLEY["value_and_gradient"], START, jac=True, method="BFGS")
    assert found.x == pytest.approx([1] * 5, abs=1e-4)
    again = minimize(VALLEY["value"], START, jac=VALLEY["gradient"], method="L-BFGS-B")
    assert again.x == pytest.approx([1] * 5, abs=1e-4)


def test_minimize_with_a_sparse_hessian() -> None:
    assert isinstance(SPARSE["hessian"](START), csr_array)
    assert SPARSE["hessian"](START).nnz == 5 + 2 * 4
    found = minimize(SPARSE["value_and_gradient"], START, jac=True, hess=SPARSE["hessian"], method="trust-constr")
    assert found.success
    assert found.x == pytest.approx([1] * 5, abs=1e-5)


def test_minimize_with_parameters() -> None:
    valley = module("(a - x)^2 + b*(y - x^2)^2", "value", "gradient", "hessian", "hvp", wrt=("x", "y"))
    names = {"args": (2.0, 10.0), "jac": True}
    found = minimize(valley["value_and_gradient"], [-1.0, 1.0], hess=valley["hessian"], method="trust-exact", **names)
    assert found.x == pytest.approx([2.0, 4.0], abs=1e-5)
    found = minimize(valley["value_and_gradient"], [-1.0, 1.0], hessp=valley["hvp"], method="Newton-CG", **names)
    assert found.x == pytest.approx([2.0, 4.0], abs=1e-5)


def test_a_constraint_with_its_jacobian() -> None:
    circle = module("p = x^2 + y^2; q = x - y", "value", "jacobian", matrices="scipy")
    line = module("x + 2*y", "value", "gradient", "hessian")
    constraint = NonlinearConstraint(circle["value"], [-np.inf, 0], [5, 0], jac=circle["jacobian"])
    found = minimize(
        line["value_and_gradient"],
        [1.0, 1.0],
        jac=True,
        hess=line["hessian"],
        constraints=[constraint],
        method="trust-constr",
    )
    assert found.x == pytest.approx([-math.sqrt(2.5)] * 2, abs=1e-3)


EQUATIONS = "p = x^2 + y^2 - 4; q = exp(x) + y - 1"


@pytest.mark.parametrize("method", ["hybr", "lm"])
def test_root(method: str) -> None:
    system = module(EQUATIONS, "value", "jacobian")
    found = root(system["value_and_jacobian"], [1.0, -1.7], jac=True, method=method)
    assert found.success
    assert system["value"](found.x) == pytest.approx([0, 0], abs=1e-9)
    assert found.x == pytest.approx([1.004168738, -1.729637288], abs=1e-8)


def test_root_of_one_equation() -> None:
    one = module("cos(x) - x", "value", "jacobian")
    found = root(one["value_and_jacobian"], [0.5], jac=True)
    assert found.x == pytest.approx([0.7390851332151607], rel=1e-12)


@pytest.mark.parametrize("form", ["dense", "scipy"])
def test_least_squares(form: str) -> None:
    system = module("p = 10*(y - x^2); q = 1 - x", "value", "jacobian", matrices=form)
    found = least_squares(system["value"], [-1.2, 1.0], jac=system["jacobian"])
    assert found.x == pytest.approx([1, 1], abs=1e-8)
    assert issparse(found.jac) == (form == "scipy")


def diffusion(n: int) -> str:
    """Write heat that diffuses along a rod whose ends are cold, and is made by a reaction."""
    rows = []
    for k in range(1, n + 1):
        left, right = (f"u{k - 1}" if k > 1 else "0"), (f"u{k + 1}" if k < n else "0")
        rows.append(f"r{k} = d*({left} - 2*u{k} + {right}) + u{k}^2*(1 - u{k})")
    return "; ".join(rows)


@pytest.mark.parametrize("method", ["BDF", "Radau"])
def test_stiff_equations_with_a_sparse_jacobian(method: str) -> None:
    n = 20
    names = [f"u{k}" for k in range(1, n + 1)]
    rod = module(diffusion(n), "value", "jacobian", wrt=names, matrices="scipy")
    assert rod["jacobian"]([0.5] * n, 400.0).nnz == 3 * n - 2
    start = np.sin(np.linspace(0, math.pi, n + 2)[1:-1])
    options = {"method": method, "rtol": 1e-8, "atol": 1e-10}
    calls = []

    def change(_: float, u: Any) -> list[float]:
        calls.append(u)
        values: list[float] = rod["value"](u, 400.0)
        return values

    found = solve_ivp(change, (0.0, 0.05), start, jac=lambda t, u: rod["jacobian"](u, 400.0), **options)
    fewer = len(calls)
    plain = solve_ivp(change, (0.0, 0.05), start, **options)
    assert found.success
    assert found.y[:, -1] == pytest.approx(plain.y[:, -1], rel=1e-6)
    assert fewer < len(calls) - fewer  # no evaluations go into difference quotients


def test_nothing_but_scipy_is_imported_and_that_only_for_arrays() -> None:
    assert "csr_array" not in VALLEY
    assert "csr_array" in SPARSE
