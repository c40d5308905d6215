"""Generated modules, run: their names, and what their functions give as one flat tuple."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from symad.program import Program


def run(text: str) -> dict[str, Any]:
    """Run a module's text and give its names."""
    scope: dict[str, Any] = {"__name__": "generated"}
    exec(compile(text, "generated", "exec"), scope)
    return scope


def numbers(found: Any) -> Iterator[float]:
    """Give the numbers of nested tuples and lists in order."""
    if isinstance(found, float):
        yield found
    else:
        assert isinstance(found, (tuple, list)), found
        for part in found:
            yield from numbers(part)


def flat(function: Callable[..., Any]) -> Callable[..., tuple[float, ...]]:
    """Make a function that gives its numbers as one flat tuple."""
    return lambda *point: tuple(numbers(function(*point)))


def called(program: Program) -> Callable[..., tuple[float, ...]]:
    """Make a function that gives a program's results as a tuple, one result too."""

    def call(*point: float) -> tuple[float, ...]:
        found = program(*point)
        return found if isinstance(found, tuple) else (found,)

    return call
