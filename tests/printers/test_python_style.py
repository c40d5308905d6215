"""Generated modules of every kind and form: linted, type-checked, short lines, the same bytes each time."""

from __future__ import annotations

import ast
import itertools
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from symad.derivatives.kinds import KINDS
from symad.parse import parse
from symad.printers.python import generate
from tests.printers.modules import RUFF_RULES, ruff_finds
from tests.printers.test_python import HOSTILE
from tests.printers.test_python_kinds import SEVERAL

NAMES = [f"x{k}" for k in range(40)]
# fmt: off
FORMULAS = {
    "valley":     "(1 - x)^2 + 100*(y - x^2)^2",
    "system":     "p = a*x*y; q = x - sin(b); r = y^2",
    "pair":       "a_rather_long_name = digamma(x)*sech(y); another_name_that_is_long = besselj(2, x)*mod(x, y)",
    "conditions": "u = log(x)*x; c = if y > 0 then u*u else 1; if c > 0 and x > 0 then u + u^3 else 2",
    "constant":   "2 + 3",
    "flat":       "input x, y\n7",
    "hostile":    "input " + ", ".join(HOSTILE) + "\n" + " + ".join(f"{name}*exp({name})" for name in HOSTILE),
    "large":      " + ".join(f"{a}*{b}^2" for a, b in itertools.pairwise(NAMES)) + f" + ({' + '.join(NAMES)})^3*x1",
    "equations":  "; ".join(f"r{k} = {a}*{b}^2 - sin({a})" for k, (a, b) in enumerate(itertools.pairwise(NAMES))),
}
# fmt: on
OPTIONS: dict[str, dict[str, Any]] = {
    f"{signature}_{form}": {"signature": signature, "matrices": form}
    for signature in ("scalars", "vector")
    for form in ("dense", "coo", "csr", "scipy")
}


def write(name: str, options: str) -> str:
    program = parse(FORMULAS[name])
    wrt = program.inputs[:-1] if len(program.inputs) in (2, 3, 4) else None
    return generate(program, KINDS if len(program.outputs) == 1 else SEVERAL, wrt=wrt, **OPTIONS[options])


@pytest.fixture(scope="module")
def modules(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Generate every formula in every form into a folder."""
    folder = tmp_path_factory.mktemp("modules")
    for name, options in itertools.product(FORMULAS, OPTIONS):
        (folder / f"{name}_{options}.py").write_text(write(name, options), encoding="utf-8")
    return folder


@pytest.mark.parametrize("rules", RUFF_RULES)
def test_modules_pass_ruff(modules: Path, rules: str) -> None:
    assert ruff_finds(modules, rules) == ""


USER = """\
import numpy as np
import valley_vector_dense as dense
import valley_vector_scipy as sparse
import system_scalars_csr as csr

point = np.array([1.0])
value: float = dense.value(point, 2.0)
slopes: list[float] = dense.gradient([1.0], 2.0)
rows: list[list[float]] = dense.hessian((1.0,), 2.0)
both: tuple[float, list[float]] = dense.value_and_gradient(point, 2.0)
product: list[float] = dense.hvp(point, point, 2.0)
structure: tuple[int, ...] = csr.JACOBIAN_INDPTR
values: list[float] = csr.jacobian(1.0, 2.0, 3.0, 4.0)
array = sparse.hessian(point, 2.0)
"""


def test_modules_pass_mypy_and_so_does_who_uses_them(modules: Path, tmp_path: Path) -> None:
    (tmp_path / "user.py").write_text(USER)
    files = [*map(str, sorted(modules.glob("*.py"))), str(tmp_path / "user.py")]
    command = [sys.executable, "-m", "mypy", "--strict", "--cache-dir", str(tmp_path / "cache"), *files]
    environment = os.environ | {"MYPYPATH": str(modules)}
    found = subprocess.run(command, capture_output=True, encoding="utf-8", cwd=tmp_path, env=environment)
    assert found.returncode == 0, found.stdout + found.stderr


def test_lines_are_short_and_the_text_is_the_same_each_time(modules: Path) -> None:
    for name, options in itertools.product(FORMULAS, OPTIONS):
        text = (modules / f"{name}_{options}.py").read_text(encoding="utf-8")
        assert max(map(len, text.split("\n"))) <= 120, (name, options)
        assert write(name, options) == text


def test_imports_are_what_is_used(modules: Path) -> None:
    for path in modules.glob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        imported = {node.module for node in tree.body if isinstance(node, ast.ImportFrom)}
        imported |= {alias.name for node in tree.body if isinstance(node, ast.Import) for alias in node.names}
        assert imported <= {"math", "collections.abc", "scipy", "scipy.sparse"}
        assert ("scipy.sparse" in imported) == path.stem.endswith("scipy")
        assert ("scipy" in imported) == path.stem.startswith("pair")
        assert ("collections.abc" in imported) == ("vector" in path.stem)


def test_every_function_has_a_docstring_and_no_name_twice(modules: Path) -> None:
    for path in modules.glob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        functions = [node for node in tree.body if isinstance(node, ast.FunctionDef)]
        assert len({f.name for f in functions}) == len(functions)
        assert all(ast.get_docstring(f) for f in functions)
        assert "Operations: value" in (ast.get_docstring(tree) or "")


def test_other_kinds_leave_what_was_there_as_it_was() -> None:
    program = parse(FORMULAS["valley"])
    fewer, more = generate(program), generate(program, ("value", "gradient", "hessian", "hvp", "vjp"))
    body = fewer.split('"""\n\n\n', 1)[1].split("def main", 1)[0]
    assert body in more
