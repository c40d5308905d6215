"""Program in, Python function out: the text of the Python printer, run.

Every identifier in the text is made here or by the printer, every number is written by Python itself: nothing of a
formula's text is executed.
"""

from __future__ import annotations

import itertools
import math
from array import array
from collections.abc import Callable
from functools import cache
from typing import Any

from symad.collector import without_collector
from symad.expansion import expanded
from symad.numerics import OWN, SPECIAL, function, indices
from symad.printers.naming import Names
from symad.printers.python_body import body
from symad.printers.python_rules import math_names
from symad.program import Program

_numbers = itertools.count(1)  # a file name for each function, for tracebacks


class Text:
    """Give a traceback the lines of a function that is in no file."""

    def __init__(self, text: str) -> None:
        self.text = text

    def get_source(self, _name: str) -> str:
        """Give the text, as `linecache` asks for it."""
        return self.text


@without_collector
def compiled(program: Program) -> Callable[..., Any]:
    """Make a function of a program.

    A call that raises is computed again by the program itself, which says where it has no value.
    """
    inputs = [f"x{i}" for i in range(1, len(program.inputs) + 1)]
    found = body(expanded(program), inputs, Names(inputs))
    parameters = ", ".join(inputs)
    results = ", ".join(found.results) or "()"
    lines = [*(f"  {line}" for line in found.lines), f"  return {results}"]
    text = "\n".join(
        [f"def compiled({parameters}):", " try:", *lines, " except _failures:", f"  return _again({parameters})", ""]
    )
    scope: dict[str, Any] = {name: getattr(math, name) for name in math_names(found.operations)}
    scope |= {name: function(name) for name in found.operations if name in OWN or name in SPECIAL}
    file = f"symad function {next(_numbers)}"  # no angle brackets: `linecache` does not look behind them
    scope |= {"array": array, "cache": cache, "indices": indices}
    scope |= {"math": math, "_failures": (ArithmeticError, ValueError), "_again": program}
    scope |= {"__name__": file, "__loader__": Text(text)}
    exec(compile(text, file, "exec", dont_inherit=True), scope)
    made: Callable[..., Any] = scope["compiled"]
    return made
