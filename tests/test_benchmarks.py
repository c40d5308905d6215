"""The benchmark suite does what it says: its formulas are the known ones, its peers agree, what is missing is named.

Nothing here is timed. Peers run as the suite runs them, each in a process of its own.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

import symad
from tests.benchmarks import __main__ as command
from tests.benchmarks import branches, kinds, measure, operations, speed, start, tables, workloads
from tests.benchmarks.measure import Failure, Row
from tests.benchmarks.peers import PEERS
from tests.benchmarks.systems import system
from tests.benchmarks.workloads import workload
from tests.dead_branches import CASES, Case, known

SIZE = 4
LIMIT = 60.0
ROUNDING = 1e-13  # relative: a few dozen operations, none of them cancelling by more than a digit or two


def helmholtz(x: Sequence[float]) -> float:
    draw, n = random.Random(0).uniform, len(x)
    volumes = [round(draw(0.01, 0.1) / n, 6) for _ in x]
    matrix = [[round(draw(0, 1), 4) for _ in x] for _ in x]
    bx = math.fsum(b * v for b, v in zip(volumes, x, strict=True))
    quadratic = math.fsum(matrix[i][j] * x[i] * x[j] for i in range(n) for j in range(n))
    entropy = math.fsum(v * (math.log(v) - math.log1p(-bx)) for v in x)
    logs = math.log1p((1 + math.sqrt(2)) * bx) - math.log1p((1 - math.sqrt(2)) * bx)
    return 0.0821 * 300 * entropy - quadratic / (math.sqrt(8) * bx) * logs


def nested(x: Sequence[float]) -> float:
    value = x[0]
    for _ in range(SIZE):
        value = math.sin(value)
    return value


VALUES: dict[str, Callable[[Sequence[float]], float]] = {
    "seed": lambda x: x[0] * x[1] + math.sin(x[0]),
    "rosenbrock": lambda x: math.fsum(100 * (b - a * a) ** 2 + (1 - a) ** 2 for a, b in pairwise(x)),
    "speelpenning": math.prod,
    "helmholtz": helmholtz,
    "sumexp": lambda x: math.log(math.fsum(math.exp(v * x[(k + 1) % len(x)]) for k, v in enumerate(x))),
    "nested": nested,
    "squares": lambda x: math.fsum(v * v for v in x),
    "sines": lambda x: math.fsum(math.sin(k * x[0]) for k in range(1, SIZE + 1)),
}


def rosenbrock_gradient(x: Sequence[float]) -> list[float]:
    left = [0.0, *(200 * (b - a * a) for a, b in pairwise(x))]
    right = [*(-400 * a * (b - a * a) - 2 * (1 - a) for a, b in pairwise(x)), 0.0]
    return [a + b for a, b in zip(left, right, strict=True)]


@pytest.mark.parametrize("name", workloads.GENERATORS)
def test_the_text_of_a_workload_has_the_value_of_its_formula(name: str) -> None:
    case = workload(name, SIZE)
    scope = {"log": math.log, "exp": math.exp, "sin": math.sin, **dict(zip(case.inputs, case.point(), strict=True))}
    assert eval(case.text, scope) == pytest.approx(VALUES[name](case.point()), rel=ROUNDING)


@pytest.mark.parametrize("name", workloads.GENERATORS)
def test_symad_reads_every_workload(name: str) -> None:
    case = workload(name, SIZE)
    program = PEERS["symad"].module().parse(case.text)
    assert set(program.inputs) == set(case.inputs)
    by_name = dict(zip(case.inputs, case.point(), strict=True))
    assert program(**by_name) == pytest.approx(VALUES[name](case.point()), rel=ROUNDING)


@pytest.mark.parametrize("peer", PEERS)
def test_every_installed_peer_gives_the_gradient(peer: str) -> None:
    if not PEERS[peer].installed:
        pytest.skip(f"{peer} is not installed")
    row = measure.run(peer, "rosenbrock", SIZE, LIMIT)
    assert isinstance(row, Row), row
    wanted = rosenbrock_gradient(workload("rosenbrock", SIZE).point())
    weighted = math.fsum(k * value for k, value in enumerate(wanted, 1))
    assert row.checksums == pytest.approx((math.fsum(wanted), weighted), rel=ROUNDING)
    assert min(row.read, row.derive, row.build, row.peak) > 0


def test_a_gradient_of_one_input_is_measured_too() -> None:
    row = measure.run("symad", "nested", 1, LIMIT)
    assert isinstance(row, Row), row
    assert row.checksums == pytest.approx((math.cos(workload("nested", 1).point()[0]),) * 2, rel=ROUNDING)


def test_why_a_measurement_is_missing_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(PEERS, "nobody", replace(PEERS["sympy"], name="nobody"))
    assert measure.run("nobody", "seed", 2, LIMIT) == Failure("not installed")
    assert measure.run("sympy", "seed", 2, 0.01) == Failure("over 0.01 s", 0.01)
    too_deep = measure.run("sympy", "nested", 300, LIMIT)
    assert isinstance(too_deep, Failure)
    assert too_deep.reason.startswith("failed: ")


def faked(peers: dict[str, Row | Failure]) -> Callable[..., Row | Failure]:
    return lambda peer, *rest: peers[peer]


def row(read: float, checksum: float = 1.0) -> Row:
    return Row(read, 0.0, 0.0, 1, (checksum, checksum))


def test_the_speed_table_has_medians_ratios_targets_and_every_peer(monkeypatch: pytest.MonkeyPatch) -> None:
    peers: dict[str, Row | Failure] = {
        "symad": row(0.005),
        "casadi": row(0.010),
        "sympy": row(2.0),
        "jax": Failure("not installed"),
    }
    monkeypatch.setattr(speed, "run", faked(peers))
    first, second = speed.speed(tuple(peers), rounds=3)
    wanted = ("rosenbrock 100", "5.00 ms (0.500)", "10.0 ms", "2.00 s (200)", "not installed", "at most 0.8", "met")
    assert first.rows[0] == wanted
    assert second.rows[0] == (*wanted[:-2], "at most 1.3", "met")
    assert not first.faults
    assert str(first).splitlines()[2:4] == [
        "| workload          | symad           | casadi  | sympy        | jax           | target      |     |",
        "| ----------------- | --------------- | ------- | ------------ | ------------- | ----------- | --- |",
    ]


def test_a_missed_target_is_shown_and_is_no_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(speed, "run", faked({"symad": row(0.009), "casadi": row(0.010)}))
    first, second = speed.speed(("symad", "casadi"), rounds=1)
    assert [line[-1] for line in first.rows] == ["missed", "missed", "met", "missed", "missed", "missed"]
    assert {line[-1] for line in second.rows} == {"met"}
    assert not first.faults


def test_a_missing_reference_leaves_the_target_open(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(speed, "run", faked({"symad": row(0.009), "casadi": Failure("not installed")}))
    first, _ = speed.speed(("symad", "casadi"), rounds=1)
    assert first.rows[0] == ("rosenbrock 100", "9.00 ms", "not installed", "at most 0.8", tables.ABSENT)


@pytest.mark.parametrize("checksum", [1 + 1e-8, math.nan])
def test_gradients_that_disagree_fail_the_command(
    checksum: float, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(speed, "run", faked({"symad": row(0.005, checksum), "casadi": row(0.010)}))
    assert command.main(["speed", "--peers", "casadi", "--rounds", "1"]) == 1
    said = capsys.readouterr()
    assert "rosenbrock 100" in said.out
    assert "rosenbrock 100: the gradients of symad and casadi disagree" in said.err


def test_gradients_that_agree_do_not(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(speed, "run", faked({"symad": row(0.005, 1 + 1e-10), "casadi": row(0.010)}))
    assert command.main(["speed", "--peers", "casadi", "--rounds", "1"]) == 0
    assert not capsys.readouterr().err


def test_a_peer_that_fails_or_is_slow_is_measured_once(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    rows: dict[str, Row | Failure] = {
        "symad": row(0.005),
        "sympy": row(2 * speed.SLOW),
        "jax": Failure("over 60 s", 60.0),
    }

    def run(peer: str, *rest: object) -> Row | Failure:
        asked.append(peer)
        return rows[peer]

    monkeypatch.setattr(speed, "run", run)
    speed.in_turn(tuple(rows), "seed", 2, 3, LIMIT)
    assert asked == ["symad", "sympy", "jax", "symad", "symad"]


def test_a_sympy_that_runs_out_of_time_gives_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    rows: dict[str, Row | Failure] = {"symad": row(0.010), "sympy": Failure("over 20 s", 20.0)}
    monkeypatch.setattr(speed, "run", faked(rows))
    (table,) = speed.against_sympy()
    wanted = ("rosenbrock 1000", "10.0 ms", "over 20 s", "at least 2,000", "at least 300", "met")
    assert table.rows == (wanted,)


def test_the_three_counts_count_alike() -> None:
    case = workload("speelpenning", 3)  # x2*x3, x1*x3, x1*x2
    assert operations.symad_count(case.text) == 3
    assert operations.sympy_count(case.text, case.inputs) == 3


def test_casadi_counts_like_the_others() -> None:
    if not PEERS["casadi"].installed:
        pytest.skip("casadi is not installed")
    assert operations.casadi_count("speelpenning", 3) == 3


def test_the_corpus_may_be_absent() -> None:
    assert operations.feynman(measure.ROOT / "absent")[1] == "corpus not found"


def test_the_command_that_start_measures_prints_the_three_lines_without_sympy() -> None:
    assert not list(start.faults(measure.environment()))


# systems, Jacobians and Hessians


def harmonics(x: float, y: float, z: float) -> list[float]:
    """Give the real harmonics of degree below 3 from their closed forms; r is taken to be 1, as by the recurrences."""
    first, second = math.sqrt(3 / (4 * math.pi)), math.sqrt(15 / math.pi) / 2
    zonal = math.sqrt(5 / math.pi) / 4 * (3 * z * z - 1)
    lower = [math.sqrt(1 / (4 * math.pi)), -first * y, first * z, -first * x]  # with Condon and Shortley's sign
    return [*lower, second * x * y, -second * y * z, zonal, -second * x * z, second / 2 * (x * x - y * y)]


def product(a: Sequence[float]) -> list[float]:
    """Give (A + B)(AB)^T for matrices of two rows, by NumPy."""
    left, right = np.reshape(a[:4], (2, 2)), np.reshape(a[4:], (2, 2))
    return [float(value) for value in ((left + right) @ (left @ right).T).ravel()]


SYSTEMS: dict[tuple[str, int], Callable[[Sequence[float]], list[float]]] = {
    ("chebyshev", 7): lambda x: [math.cos(7 * math.acos(x[0]))],
    ("spherical_harmonics", 3): lambda x: harmonics(*x),
    ("matrix_product", 2): product,
    ("rosenbrock", 4): lambda x: [VALUES["rosenbrock"](x)],
}


@pytest.mark.parametrize(("name", "size"), SYSTEMS)
def test_a_system_has_the_values_of_its_formula(name: str, size: int) -> None:
    case = system(name, size)
    found = symad.parse(case.text)(*case.point())
    values = found if isinstance(found, tuple) else (found,)
    assert values == pytest.approx(
        SYSTEMS[name, size](case.point()), rel=100 * ROUNDING
    )  # T_7 and the zonal one cancel


@pytest.mark.parametrize("row", [row for row in kinds.RATIOS if row[2] <= (4 if row[1] == "matrix_product" else 16)])
def test_operations_over_the_function_are_as_few_as_wanted(row: tuple[str, str, int, str, float]) -> None:
    kind, name, size, _, most = row
    found = kinds.counted(kind, system(name, size))
    assert found.saved <= most * found.function
    assert found.saved <= found.plain
    assert found.expanded >= found.saved


def test_the_tables_of_kinds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kinds, "RATIOS", kinds.RATIOS[7:8])
    monkeypatch.setattr(kinds, "COUNTS", (("hessian", "rosenbrock", 10, "operations a non-zero", 3.0),))
    monkeypatch.setattr(kinds, "TIMES", (("hessian", "rosenbrock", 10, "reverse"),))
    ratios, counts, times = kinds.kinds(rounds=1)
    assert ratios.rows == (
        ("jacobian of matrix_product 2", "28", "60", "56", "56", "2.000", "2.07", "at most 2.0", "met"),
    )
    assert counts.rows[0][2] == "19"  # 10 on the diagonal and 9 beside it
    assert len(times.rows) == (2 if PEERS["casadi"].installed else 1)
    assert not times.faults


def test_a_wrong_hessian_fails_the_command(monkeypatch: pytest.MonkeyPatch) -> None:
    if not PEERS["casadi"].installed:
        pytest.skip("casadi is not installed")
    monkeypatch.setattr(kinds, "entries", lambda kind, case: 1.0)
    faults: list[str] = []
    monkeypatch.setattr(kinds, "TIMES", (("hessian", "rosenbrock", 4, "reverse"),))
    assert list(kinds.time_rows(1, faults))
    assert faults[0].startswith("hessian of rosenbrock 4: symad and casadi disagree")


# branches that are not taken


def test_the_tables_of_branches_judge_everyone_and_name_who_is_absent(monkeypatch: pytest.MonkeyPatch) -> None:
    absent = replace(branches.FRAMEWORKS[0], name="Nobody", package="nobody")
    monkeypatch.setattr(branches, "FRAMEWORKS", (absent,))
    table, counts = branches.branches(CASES[:3])
    assert table.header == ("formula", "at", "symad", "Nobody")
    assert [row[2:] for row in table.rows] == [("right", "not installed")] * 3
    assert counts.rows == (("symad", "3", "3", "3", "3"), ("Nobody", "not installed", "-", "-", "-"))
    assert not table.faults


@pytest.mark.parametrize("framework", branches.FRAMEWORKS, ids=lambda framework: framework.package)
def test_a_framework_is_right_where_no_branch_is_in_the_way(framework: branches.Framework) -> None:
    plain = Case("if x > y then x^2*exp(y) else log(-x)", (2.0, 0.5), "x**2*exp(y)")
    found = framework.derived(plain)
    if found is None:
        pytest.skip(f"{framework.name} is not installed")
    assert branches.verdicts(found, known(plain)) == ("right",) * 3


def test_a_wrong_branch_is_a_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(branches, "FRAMEWORKS", ())
    (wrong,) = [table.faults for table in branches.branches([Case("if x > 0 then x else -x", (1.0,), "-x")])][:1]
    assert wrong == ("if x > 0 then x else -x at x = 1: symad is wrong, wrong, right",)


def test_the_worst_of_several_numbers_is_said() -> None:
    assert branches.judged([math.inf, math.nan], [0, 0]) == "nan"
    assert branches.judged([math.inf, 0], [0, 0]) == "inf"
    assert branches.judged([1.0, 1e-300], [1.0, 0.0]) == "wrong"
