"""From the text to the gradient: symad and its peers in turn, every measurement in a process of its own."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterator, Sequence

from .measure import Failure, Row, run
from .tables import ABSENT, Table, disagreements, ratio, seconds, three_digits, verdict

REFERENCE = "casadi"
ROUNDS = 7
LIMIT = 60.0
SLOW = 5.0  # seconds: what takes longer is measured once, as its ratio is not in doubt
TOTAL_TARGET = 1.3
SYMPY_TARGET, SYMPY_LIMIT, SYMPY_CASE = 300, 1800.0, ("rosenbrock", 1000)

# The largest ratio to CasADi that read + derive may have.
# fmt: off
CASES = (
    ("rosenbrock",      100, 0.8),
    ("rosenbrock",     1000, 0.8),
    ("rosenbrock",   10_000, 1.0),
    ("helmholtz",       100, 0.8),
    ("sumexp",         1000, 0.8),
    ("speelpenning",   1000, 0.8),
)
# fmt: on

Measured = dict[str, list[Row] | Failure]


def in_turn(peers: Sequence[str], name: str, size: int, rounds: int, limit: float) -> Measured:
    """Measure A B C A B C …; a peer that failed or is slow is not asked again."""
    measured: Measured = {}
    for _ in range(rounds):
        for peer in peers:
            earlier = measured.get(peer, [])
            if isinstance(earlier, Failure) or any(row.total > SLOW for row in earlier):
                continue
            row = run(peer, name, size, limit)
            measured[peer] = row if isinstance(row, Failure) else [*earlier, row]
    return measured


def times(measured: Measured, peer: str, phase: Callable[[Row], float]) -> list[float]:
    rows = measured.get(peer, [])
    return [] if isinstance(rows, Failure) else [phase(row) for row in rows]


def cells(measured: Measured, peers: Sequence[str], phase: Callable[[Row], float]) -> Iterator[str]:
    """Write each peer's median, with its ratio to CasADi."""
    reference = times(measured, REFERENCE, phase)
    for peer in peers:
        found = measured[peer]
        spent = times(measured, peer, phase)
        if isinstance(found, Failure):
            yield found.reason
        elif not reference or peer == REFERENCE:
            yield seconds(statistics.median(spent))
        else:
            yield f"{seconds(statistics.median(spent))} ({three_digits(ratio(spent, reference))})"


def judged(measured: Measured, phase: Callable[[Row], float], target: float) -> tuple[str, str]:
    """Write the target and whether symad meets it."""
    ours, theirs = times(measured, "symad", phase), times(measured, REFERENCE, phase)
    met = verdict(ratio(ours, theirs) <= target) if ours and theirs else ABSENT
    return f"at most {target}", met


def checksums(measured: Measured) -> dict[str, Sequence[float]]:
    return {peer: rows[0].checksums for peer, rows in measured.items() if not isinstance(rows, Failure)}


def speed(peers: Sequence[str], rounds: int = ROUNDS, limit: float = LIMIT) -> Iterator[Table]:
    """Give two tables, read + derive and total: a row for each workload, a column for each peer."""
    header = ("workload", *peers, "target", "")
    derived: list[tuple[str, ...]] = []
    total: list[tuple[str, ...]] = []
    faults: list[str] = []
    for name, size, target in CASES:
        measured = in_turn(peers, name, size, rounds, limit)
        case = f"{name} {size}"
        derived.append((case, *cells(measured, peers, row_derived), *judged(measured, row_derived, target)))
        total.append((case, *cells(measured, peers, row_total), *judged(measured, row_total, TOTAL_TARGET)))
        faults += disagreements(case, checksums(measured))
    yield Table("Text to gradient, read + derive (in brackets: ratio to CasADi)", header, tuple(derived), tuple(faults))
    yield Table("Text to gradient function, read + derive + build (in brackets: ratio to CasADi)", header, tuple(total))


def row_derived(row: Row) -> float:
    return row.derived


def row_total(row: Row) -> float:
    return row.total


def against_sympy(limit: float = SYMPY_LIMIT) -> Iterator[Table]:
    """Measure SymPy once where it takes minutes, and symad several times beside it."""
    case = "{} {}".format(*SYMPY_CASE)
    ours = in_turn(["symad"], *SYMPY_CASE, ROUNDS, LIMIT)
    theirs = run("sympy", *SYMPY_CASE, limit)
    measured: Measured = ours | {"sympy": theirs if isinstance(theirs, Failure) else [theirs]}
    spent = times(measured, "symad", row_total)
    waited = theirs.waited if isinstance(theirs, Failure) else theirs.total
    at_least = "at least " if isinstance(theirs, Failure) else ""
    found, met = ABSENT, ABSENT
    if spent and waited:
        factor = waited / statistics.median(spent)
        found = f"{at_least}{three_digits(factor)}"
        met = ABSENT if at_least and factor < SYMPY_TARGET else verdict(factor >= SYMPY_TARGET)
    row = (case, *cells(measured, ("symad", "sympy"), row_total), found, f"at least {SYMPY_TARGET}", met)
    header = ("workload", "symad", "sympy", "sympy / symad", "target", "")
    faults = tuple(disagreements(case, checksums(measured)))
    yield Table("Text to gradient function, against SymPy", header, (row,), faults)
