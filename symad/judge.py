"""The judge of derivatives: a program and a point in, every output to 50 digits out, or that it cannot be known.

Nobody knows beforehand how many digits cancel: exp(x) - 1 at 1e-130 is 0 in 100 digits, sin(pi) is not 0 in any. So an
output is computed with more and more digits until two results agree.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from typing import Any

from symad.arithmetics import PRECISE, outcomes
from symad.effort import Meter
from symad.loops import looped
from symad.program import Program

DIGITS = 50
PRECISIONS = (70, 140, 280, 560, 1120)  # digits; the last two resolve what doubles of any exponent make cancel
NOTHING = -400  # power of ten below which a value is 0: the smallest double is 5e-324
EFFORT = 10_000_000  # assignments times digits of one evaluation, some ten seconds


def to_many_digits(program: Program, arguments: Sequence[float]) -> tuple[list[Any], list[str]]:
    """Evaluate outputs to 50 digits: None where there is no value; and name those that more digits do not settle.

    >>> from symad.parse import parse
    >>> values, unsettled = to_many_digits(parse("p = sqrt(x); q = sin(pi)"), [-1.0])
    >>> [None if value is None else float(value) for value in values], unsettled
    ([None, 0.0], [])
    """
    mp = import_module("mpmath")
    found: dict[str, Any] = {}
    before: dict[str, Any] = {}
    open_part, loops = program, looped(program.assignments)
    for digits in PRECISIONS:
        if len(open_part.assignments) * digits > EFFORT and before:
            break
        with mp.workdps(digits):
            arithmetic = Meter(PRECISE, EFFORT // digits).arithmetic if loops else PRECISE
            made = [outcome.value for outcome in outcomes(open_part, list(map(mp.mpf, arguments)), arithmetic)]
            now = dict(zip(open_part.outputs, made, strict=True))
            found |= {label: value for label, value in now.items() if label in before and agree(before[label], value)}
        before = {label: value for label, value in now.items() if label not in found}
        if not before:
            break
        open_part = program.part(list(before))
    else:  # as many digits as there are
        found |= {label: value for label, value in before.items() if value is None}
        found |= {label: mp.mpf(0) for label, value in before.items() if value is not None and is_nothing(value)}
    unsettled = [label for label in program.outputs if label not in found]
    with mp.workdps(DIGITS):
        return [None if found.get(label) is None else +found[label] for label in program.outputs], unsettled


def agree(x: Any, y: Any) -> bool:
    """Tell whether two results have the same 50 digits; 0 has none, and may be what cancelling left."""
    if x is None or y is None or not x or not y:
        return False
    return bool(abs(x - y) <= abs(y) * import_module("mpmath").mpf(10) ** -DIGITS)


def is_nothing(x: Any) -> bool:
    """Tell whether a value is 0 for doubles."""
    return bool(abs(x) < import_module("mpmath").mpf(10) ** NOTHING)
