"""How time and memory grow with the formula: Rosenbrock's valley to 100,000 inputs, and sums of a million terms."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterator

from .measure import Failure, Row, run
from .tables import ABSENT, Table, ratio, seconds, verdict

SIZES = (1000, 10_000, 100_000)
GROWTH_TARGET = 1.5
MILLION = 1_000_000
LONG_SUMS = ("squares", "sines")  # every term with an input of its own; all terms of one input
MEMORY_TARGET = 2e9
ROUNDS = 5
LIMIT = 900.0
MICRO = 1e6


def in_turn(rounds: int) -> dict[int, list[Row] | Failure]:
    """Measure small, middle, large, small, middle, large, …"""
    measured: dict[int, list[Row] | Failure] = {size: [] for size in SIZES}
    for _ in range(rounds):
        for size, rows in measured.items():
            if not isinstance(rows, Failure):
                row = run("symad", "rosenbrock", size, LIMIT)
                measured[size] = row if isinstance(row, Failure) else [*rows, row]
    return measured


def growth_row(phase: str, part: Callable[[Row], float], measured: dict[int, list[Row] | Failure]) -> tuple[str, ...]:
    """Write the microseconds a term at each size, and how much more the largest takes than the smallest."""
    target = f"below {GROWTH_TARGET}"
    cells, times = [], []
    for size, rows in measured.items():
        if isinstance(rows, Failure):
            cells.append(rows.reason)
            continue
        times.append([part(row) / (size - 1) for row in rows])
        cells.append(f"{statistics.median(times[-1]) * MICRO:.1f} us")
    if len(times) < len(SIZES):
        return phase, *cells, ABSENT, target, ABSENT
    grown = ratio(times[-1], times[0])
    return phase, *cells, f"{grown:.2f}", target, verdict(grown < GROWTH_TARGET)


def memory_row(name: str) -> tuple[str, ...]:
    target = f"below {MEMORY_TARGET / 1e9:g} GB"
    row = run("symad", name, MILLION, LIMIT, build=False)
    if isinstance(row, Failure):
        return name, row.reason, ABSENT, target, ABSENT
    return name, seconds(row.derived), f"{row.peak / 1e9:.2f} GB", target, verdict(row.peak < MEMORY_TARGET)


def growth(rounds: int = ROUNDS) -> Iterator[Table]:
    """Give two tables: time a term, and peak memory."""
    measured = in_turn(rounds)
    rows = (
        growth_row("read + derive", lambda row: row.derived, measured),
        growth_row("read + derive + build", lambda row: row.total, measured),
    )
    header = ("phase", *(f"{size:,}" for size in SIZES), "growth", "target", "")
    yield Table("Rosenbrock: time a term", header, rows)
    header = ("sum of a million terms", "read + derive", "peak memory", "target", "")
    yield Table("Memory", header, tuple(memory_row(name) for name in LONG_SUMS))
