"""Branches that are not taken, here and with others: what is right, what is nan, infinite or wrong.

In come the cases of `tests/dead_branches.py`; out come a table of them and one of counts. JAX and PyTorch are given the
same assignments, with their own functions and their own `where`; both are optional, and one that is absent is shown so.
"""

from __future__ import annotations

import importlib
import importlib.metadata
import importlib.util
import math
import operator
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import symad
from symad.operations import NUMBERS
from symad.program import Program
from symad.without_loops import without_loops
from tests.dead_branches import CASES, Case, Known, known

from .tables import ABSENT, Table

ACCURATE = 1e-12  # relative
PARTS = ("value", "gradient", "Hessian")
MISSING = "not installed"
# fmt: off
OPERATORS: dict[str, Callable[..., Any]] = {
    "add": operator.add, "sub": operator.sub, "mul": operator.mul, "div": operator.truediv, "neg": operator.neg,
    "pow": operator.pow, "lt": operator.lt, "le": operator.le, "gt": operator.gt, "ge": operator.ge,
    "eq": operator.eq, "ne": operator.ne,
}
NAMES = {"select": "where", "and": "logical_and", "or": "logical_or", "not": "logical_not"}  # of arrays' functions
# fmt: on
Numbers = Sequence[float]
Derived = tuple[Numbers, Numbers, Numbers]  # value, gradient, Hessian row by row
Function = Callable[[Any], Any]


@dataclass(frozen=True)
class Framework:
    """Hold one row: a framework, the module of its functions, and how it derives a function of a vector."""

    name: str
    package: str
    functions: str
    derive: Callable[[Any, Function, Numbers], Derived]

    @property
    def title(self) -> str:
        installed = importlib.util.find_spec(self.package) is not None
        return f"{self.name} {importlib.metadata.version(self.package)}" if installed else self.name

    def derived(self, case: Case) -> Derived | None:
        """Derive a case; None where the framework is not installed."""
        if importlib.util.find_spec(self.package) is None:
            return None
        functions = importlib.import_module(self.functions)
        program = without_loops(read(case), {})
        return self.derive(functions, lambda x: evaluated(functions, program, x), case.point)


def read(case: Case) -> Program:
    """Read a case, with its inputs in the order of the point."""
    return symad.parse(f"input {', '.join(case.inputs)}\n{case.text}")


def evaluated(functions: Any, program: Program, x: Any) -> Any:
    """Evaluate the assignments of a program on arrays: both branches, then `where`."""
    values: list[Any] = []
    for operation, operands in program.assignments:
        if operation == "input":
            values.append(x[operands[0]])
        elif operation in NUMBERS:
            values.append(functions.asarray(float(operands[0]), dtype=functions.float64))
        elif operation == "pow" and program.assignments[operands[1]][0] == "integer":
            values.append(values[operands[0]] ** int(program.assignments[operands[1]][1][0]))
        else:
            call = OPERATORS.get(operation) or getattr(functions, NAMES.get(operation, operation))
            values.append(call(*[values[v] for v in operands]))
    return values[program.results[0]]


def by_jax(functions: Any, f: Function, point: Numbers) -> Derived:
    """Derive with JAX, in double precision."""
    jax = importlib.import_module("jax")
    jax.config.update("jax_enable_x64", True)
    x = functions.asarray(point, dtype=functions.float64)
    return [float(f(x))], [float(v) for v in jax.grad(f)(x)], [float(v) for v in jax.hessian(f)(x).ravel()]


def by_torch(functions: Any, f: Function, point: Numbers) -> Derived:
    """Derive with PyTorch, in double precision."""
    x = functions.tensor(point, dtype=functions.float64, requires_grad=True)
    hessian = functions.autograd.functional.hessian
    value = f(x)
    slopes = functions.autograd.grad(value, x)[0] if value.requires_grad else functions.zeros_like(x)
    return [float(value.detach())], [float(v) for v in slopes], [float(v) for v in hessian(f, x).ravel()]


def by_symad(case: Case) -> Derived:
    """Derive with symad: compiled functions."""
    program = read(case)
    program = Program(program.inputs, program.assignments, ("f",), program.results)
    matrix = symad.hessian(program)
    entries = dict(zip(matrix.outputs, flat(matrix(*case.point)), strict=True)) if matrix.outputs else {}
    names = case.inputs
    upper = [[entries.get(f"d2f/d{min(a, b)}d{max(a, b)}", 0.0) for b in names] for a in names]
    gradient = symad.compile(symad.gradient(program))(*case.point)
    return flat(symad.compile(program)(*case.point)), flat(gradient), [v for row in upper for v in row]


def flat(values: Any) -> Numbers:
    """Give one number as a sequence too."""
    return values if isinstance(values, tuple) else (values,)


FRAMEWORKS = (
    Framework("JAX", "jax", "jax.numpy", by_jax),
    Framework("PyTorch", "torch", "torch", by_torch),
)


def judged(found: Numbers, wanted: Numbers) -> str:
    """Say how numbers compare with the true ones: right, or else the worst that is among them.

    >>> judged([1.0, float("nan")], [1.0, 0.0]), judged([2.0], [2.0])
    ('nan', 'right')
    """
    if any(map(math.isnan, found)):
        return "nan"
    if any(map(math.isinf, found)):
        return "inf"
    close = (math.isclose(a, b, rel_tol=ACCURATE, abs_tol=0.0) for a, b in zip(found, wanted, strict=True))
    return "right" if all(close) else "wrong"


def verdicts(found: Derived | None, wanted: Known) -> tuple[str, ...]:
    """Judge value, gradient and Hessian."""
    if found is None:
        return (MISSING,) * len(PARTS)
    return tuple(map(judged, found, ((wanted.value,), wanted.gradient, wanted.hessian)))


def branches(cases: Iterable[Case] = CASES) -> Iterator[Table]:
    """Try every case with everyone."""
    rows: list[tuple[str, ...]] = []
    judgements: dict[str, list[tuple[str, ...]]] = {"symad": [], **{f.title: [] for f in FRAMEWORKS}}
    faults = []
    for case in cases:
        wanted = known(case)
        found = [verdicts(by_symad(case), wanted), *[verdicts(f.derived(case), wanted) for f in FRAMEWORKS]]
        for listed, verdict in zip(judgements.values(), found, strict=True):
            listed.append(verdict)
        at = ", ".join(f"{name} = {number:g}" for name, number in zip(case.inputs, case.point, strict=True))
        rows.append((f"`{case.text}`", at, *map(shown, found)))
        if set(found[0]) != {"right"}:
            faults.append(f"{case.text} at {at}: symad is {shown(found[0])}")
    yield Table(
        f"Branches not taken: value, gradient, Hessian of {len(rows)} cases",
        ("formula", "at", *judgements),
        tuple(rows),
        tuple(faults),
    )
    yield Table("How many are right", ("", *PARTS, "all three"), tuple(counted(*item) for item in judgements.items()))


def shown(verdict: Sequence[str]) -> str:
    """Write three verdicts as one where they are one."""
    return verdict[0] if len(set(verdict)) == 1 else ", ".join(verdict)


def counted(name: str, judgements: Sequence[tuple[str, ...]]) -> tuple[str, ...]:
    """Count what is right, and what the rest is."""
    if judgements and judgements[0][0] == MISSING:
        return (name, MISSING, *[ABSENT] * len(PARTS))
    cells = []
    for column in zip(*judgements, strict=True):
        others = [f"{column.count(kind)} {kind}" for kind in ("nan", "inf", "wrong") if kind in column]
        cells.append(f"{column.count('right')}" + (f" ({', '.join(others)})" if others else ""))
    return name, *cells, str(sum(set(verdict) == {"right"} for verdict in judgements))
