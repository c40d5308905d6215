"""What loops cost: value and gradient beside the value alone, with few states kept, and the time to write them.

All run in this process, in turn; a ratio is the median of the rounds' ratios.
"""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterator
from time import perf_counter
from typing import Any

import symad
from symad.cli import STATES
from symad.numerics import stretches

from .tables import Table, ratio, seconds, three_digits, verdict

STEPS = 1_000_000
# fmt: off
CASES = {  # what it is, the program, and a point
    "logistic map":  ("y = x; for k in 1..n { y = r*y*(1 - y) }; y",   {"x": 0.3, "r": 3.2}),
    "decay":         ("y = x; for k in 1..n { y = y - a*y }; y",       {"x": 0.7, "a": 1e-6}),
    "root of a sum": ("y = x; for k in 1..n { y = sqrt(a + y) }; y",   {"x": 0.7, "a": 1.0}),
    "sine map":      ("y = x; for k in 1..n { y = y + a*sin(y) }; y",  {"x": 0.7, "a": 1e-6}),
    "series":        ("sum(k in 1..n: sin(x/k))",                      {"x": 0.7}),
    "Horner":        ("y = 0; for k in 1..n { y = y*x + k }; y",       {"x": 0.7}),
}
# fmt: on
SLOWER, CHECKPOINTS = 6.0, 4.0  # what value and gradient may take, and what keeping few states may add
WRITING = 1.5  # ten million iterations against ten: noise
ROUNDS = 7

Call = Callable[..., Any]


def module(text: str, names: list[str], checkpoint: int = 0) -> dict[str, Any]:
    """Run a generated module."""
    scope: dict[str, Any] = {"__name__": "generated"}
    source = symad.generate(symad.parse(f"input n, {', '.join(names)}\n{text}"), wrt=names, checkpoint=checkpoint)
    exec(compile(source, "generated", "exec"), scope)
    return scope


def alternated(calls: list[Call], rounds: int) -> list[list[float]]:
    """Time calls in turn."""
    times: list[list[float]] = [[] for _ in calls]
    for _ in range(rounds):
        for call, found in zip(calls, times, strict=True):
            start = perf_counter()
            call()
            found.append(perf_counter() - start)
    return times


def kept(count: int) -> int:
    """Count the states that are kept at most for a loop."""
    found = stretches(range(count), STATES, (), lambda _steps, state: state)
    frame = found.gi_frame  # type: ignore[attr-defined]
    return max(len(steps) + len(frame.f_locals["kept"]) for steps, _ in found)


def running(rounds: int) -> Iterator[Table]:
    """Time the value, the value and the gradient, and the same with few states kept."""
    rows: list[tuple[str, ...]] = []
    faults: list[str] = []
    for name, (text, point) in CASES.items():
        plain, few = module(text, [*point]), module(text, [*point], STATES)
        at = [STEPS, *point.values()]
        calls: list[Call] = [
            lambda f=plain["value"], at=at: f(*at),
            lambda f=plain["value_and_gradient"], at=at: f(*at),
            lambda f=few["value_and_gradient"], at=at: f(*at),
        ]
        if calls[1]() != calls[2]():
            faults.append(f"{name}: the gradient is another one where few states are kept")
        value, both, again = alternated(calls, rounds)
        slower, more = ratio(both, value), ratio(again, both)
        states = kept(STEPS) if "stretches" in few else 0
        met = slower <= SLOWER and more <= CHECKPOINTS and states <= STATES
        rows.append(
            (
                name,
                seconds(statistics.median(value)),
                three_digits(slower),
                three_digits(more),
                str(states),
                verdict(met),
            )
        )
    header = ("loop", "value", "value and gradient", f"with {STATES} states", "states kept", "")
    title = f"{STEPS:,} iterations in generated Python; targets {SLOWER:g}, {CHECKPOINTS:g}, {STATES}"
    yield Table(title, header, tuple(rows), tuple(faults))


def writing(rounds: int) -> Iterator[Table]:
    """Time text to module for ten iterations and for ten million."""
    rows = []
    for name, (text, point) in CASES.items():
        texts = [text.replace("1..n", f"1..{n}") for n in (10, 10_000_000)]
        calls: list[Call] = [
            lambda text=text, names=[*point]: symad.generate(symad.parse(text), wrt=names) for text in texts
        ]
        few, many = alternated(calls, rounds)
        longer = ratio(many, few)
        same = calls[1]().replace("10000000", "10").replace("10000001", "11") == calls[0]()
        met = longer <= WRITING and same
        rows.append(
            (name, seconds(statistics.median(few)), three_digits(longer), "yes" if same else "no", verdict(met))
        )
    header = ("loop", "10 iterations", "10,000,000", "differ in the literal alone", "")
    yield Table(f"From text to the module; target {WRITING:g}", header, tuple(rows))


def loops(rounds: int = ROUNDS) -> Iterator[Table]:
    """Give the tables of loops."""
    yield from running(rounds)
    yield from writing(rounds)
