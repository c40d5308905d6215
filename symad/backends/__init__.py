"""Program in, callable out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from symad.errors import TargetError
from symad.program import Program


def compile(program: Program, backend: str = "python") -> Callable[..., Any]:  # noqa: A001
    """Make a function of floats, in the order of the inputs: one float for one output, else a flat tuple.

    Raises EvaluationError where the program has no value, and TargetError for a backend that does not exist.

    >>> from symad.parse import parse
    >>> compile(parse("x1*x2 + sin(x1)"))(2.0, 3.0)
    6.909297426825682
    """
    if backend != "python":
        raise TargetError(f"{backend} is not a backend", hint="the backend is python")
    from symad.backends.python import compiled

    return compiled(program)
