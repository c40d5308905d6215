"""Building a program without the cyclic garbage collector, which has nothing to find in it.

Assignments are tuples of numbers and strings, made by the million and all kept: no cycle can arise, yet the collector
walks them again and again. At 100,000 terms it takes two thirds of the time of a derivation.
"""

from __future__ import annotations

import functools
import gc
from collections.abc import Callable
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")


def without_collector(build: Callable[P, R]) -> Callable[P, R]:
    """Run a function with the collector paused, if it was running."""

    @functools.wraps(build)
    def paused(*arguments: P.args, **named: P.kwargs) -> R:
        if not gc.isenabled():
            return build(*arguments, **named)
        gc.disable()
        try:
            return build(*arguments, **named)
        finally:
            gc.enable()

    return paused
