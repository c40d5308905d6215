"""Jacobians and Hessians: operations over the function's own, and the time to derive beside CasADi's.

The counting rule is FastDifferentiation.jl's: the distinct operations of the derivative's program, negations free, an
integer power one; beside it the count with powers written out as multiplications by squaring. "As it comes" is the
cheapest method before algebra. The function is counted simplified.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterator
from time import perf_counter
from typing import Any, NamedTuple

import symad

from .measure import deep_recursion
from .peers import PEERS
from .systems import System, system
from .tables import ABSENT, AGREEMENT, Table, ratio, seconds, three_digits, verdict

FUNCTIONS = ("sin", "cos", "exp", "log", "sqrt")
KINDS = {"gradient": symad.gradient, "jacobian": symad.jacobian, "hessian": symad.hessian}
ONE_METHOD, SEARCH = 1.5, 7.5  # times CasADi's time: deriving by one chosen method, and the search, five times that
ROUNDS = 7

# The derivative's operations over the function's, as published by FastDifferentiation.jl or reached by plain reverse
# mode, and the most that is wanted here.
# fmt: off
RATIOS = (
    ("gradient", "rosenbrock",            10, "1.13",         1.01),
    ("gradient", "rosenbrock",           100, "1.13",         1.01),
    ("gradient", "rosenbrock",         1_000, "1.13",         1.01),
    ("jacobian", "spherical_harmonics",    8, "2.2 to 2.42",  2.15),
    ("jacobian", "spherical_harmonics",   16, "2.2 to 2.42",  2.15),
    ("jacobian", "spherical_harmonics",   25, "2.2 to 2.42",  2.15),
    ("jacobian", "spherical_harmonics",   40, "2.2 to 2.42",  2.15),
    ("jacobian", "matrix_product",         2, "2.07",         2.0),
    ("jacobian", "matrix_product",         4, "2.5",          2.4),
    ("jacobian", "matrix_product",        10, "3.5 to 3.96",  3.85),
    ("gradient", "chebyshev",             10, "2.4",          2.4),
    ("gradient", "chebyshev",             25, "2.4",          2.4),
    ("gradient", "chebyshev",             50, "2.4",          2.4),
)
COUNTS = (  # kind, system, size, what is counted, the most that is wanted
    ("gradient", "speelpenning",   8, "operations",              18.0),
    ("gradient", "speelpenning", 200, "operations",             594.0),
    ("hessian",  "rosenbrock",   200, "operations a non-zero",    3.0),
)
TIMES = (  # kind, system, size, the one method that is timed
    ("jacobian", "spherical_harmonics",   25, "forward"),
    ("hessian",  "rosenbrock",         1_000, "reverse"),
)
# fmt: on


class Counted(NamedTuple):
    """Hold counts of operations: of the function, of its derivative as it comes and after algebra, powers written out.

    `entries` are the partial derivatives that are computed.
    """

    function: int
    plain: int
    saved: int
    expanded: int
    entries: int


def counted(kind: str, case: System) -> Counted:
    """Count the operations of one kind of derivative of a system."""
    program = symad.parse(case.text)
    derive = KINDS[kind]
    plain = derive(program, method="cheapest", algebra=False)
    saved = derive(program, method="cheapest")
    count = symad.simplify(program).operation_count
    return Counted(count, plain.operation_count, saved.operation_count, saved.expanded_count, len(saved.outputs))


def ratio_rows() -> Iterator[tuple[str, ...]]:
    for kind, name, size, known, most in RATIOS:
        found = counted(kind, system(name, size))
        over = found.saved / found.function
        yield (
            f"{kind} of {name} {size}",
            f"{found.function:,}",
            f"{found.plain:,}",
            f"{found.saved:,}",
            f"{found.expanded:,}",
            f"{over:.3f}",
            known,
            f"at most {most}",
            verdict(over <= most),
        )


def count_rows() -> Iterator[tuple[str, ...]]:
    for kind, name, size, what, most in COUNTS:
        found = counted(kind, system(name, size))
        value = found.saved / (found.entries if "non-zero" in what else 1)
        cells = (f"{found.saved:,}", f"{found.entries:,}", f"{value:.4g}", f"at most {most:g}")
        yield f"{kind} of {name} {size}: {what}", *cells, verdict(value <= most)


def symad_seconds(kind: str, case: System, method: str) -> float:
    """Time reading and deriving; one method alone as it comes, the search with algebra."""
    start = perf_counter()
    KINDS[kind](symad.parse(case.text), method=method)
    return perf_counter() - start


def casadi_read(casadi: Any, case: System) -> tuple[Any, Any]:
    """Read the statements as CasADi must: as Python."""
    x = casadi.SX.sym("x", len(case.inputs))
    scope = {name: getattr(casadi, name) for name in FUNCTIONS} | {n: x[k] for k, n in enumerate(case.inputs)}
    with deep_recursion():
        exec(case.statements, scope)
    return x, casadi.vertcat(*(scope[name] for name in case.outputs))


def casadi_derive(casadi: Any, kind: str, problem: tuple[Any, Any]) -> Any:
    x, f = problem
    return casadi.jacobian(f, x) if kind == "jacobian" else casadi.hessian(f, x)[0]


def casadi_seconds(kind: str, case: System) -> float:
    casadi = PEERS["casadi"].module()
    start = perf_counter()
    casadi_derive(casadi, kind, casadi_read(casadi, case))
    return perf_counter() - start


def entries(kind: str, case: System) -> float:
    """Give the sum of the squares of all entries at the point: of a Hessian the upper triangle."""
    found = KINDS[kind](symad.parse(case.text), method="cheapest")(*case.point())
    return math.fsum(value * value for value in (found if isinstance(found, tuple) else (found,)))


def casadi_entries(kind: str, case: System) -> float:
    casadi = PEERS["casadi"].module()
    problem = casadi_read(casadi, case)
    matrix = casadi_derive(casadi, kind, problem)
    values = casadi.Function("entries", [problem[0]], [casadi.triu(matrix) if kind == "hessian" else matrix])
    return math.fsum(float(value) ** 2 for value in values(case.point()).nonzeros())


def time_rows(rounds: int, faults: list[str]) -> Iterator[tuple[str, ...]]:
    for kind, name, size, method in TIMES:
        case = system(name, size)
        title = f"{kind} of {case.name}"
        if not PEERS["casadi"].installed:
            yield title, ABSENT, ABSENT, "casadi: not installed", ABSENT, ABSENT
            continue
        ours, theirs = entries(kind, case), casadi_entries(kind, case)  # warms both, too
        if not math.isclose(ours, theirs, rel_tol=AGREEMENT):
            faults.append(f"{title}: symad and casadi disagree: {ours} and {theirs}")
        measured = [
            (symad_seconds(kind, case, method), symad_seconds(kind, case, "cheapest"), casadi_seconds(kind, case))
            for _ in range(rounds)
        ]
        one, search, peer = zip(*measured, strict=True)
        for label, spent, most in ((method, one, ONE_METHOD), ("the search", search, SEARCH)):
            found = ratio(spent, peer)
            cells = (seconds(statistics.median(spent)), seconds(statistics.median(peer)), three_digits(found))
            yield f"{title}, {label}", *cells, f"at most {most:g}", verdict(found <= most)


def kinds(rounds: int = ROUNDS) -> Iterator[Table]:
    """Give three tables: ratios, counts, times."""
    header = ("derivative", "function", "as it comes", "after algebra", "powers written out", "ratio", "best known")
    yield Table("Operations of derivatives over the function's", (*header, "target", ""), tuple(ratio_rows()))
    header = ("derivative", "after algebra", "entries", "found", "target", "")
    yield Table("Operations of derivatives", header, tuple(count_rows()))
    faults: list[str] = []
    rows = tuple(time_rows(rounds, faults))
    header = ("derivative", "symad", "casadi", "ratio", "target", "")
    yield Table("Text to derivative, read + derive", header, rows, tuple(faults))
