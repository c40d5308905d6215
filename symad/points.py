"""A point in, the values of a formula and of its derivatives there out.

The point is text, `x1=2, x2=pi/3`; what has no value there is reported by the assignment that fails: in the user's own
formula where that fails, else the derivative.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence

from symad.errors import EvaluationError, ParseError, SymadError
from symad.evaluation import finite
from symad.lalr import identifier
from symad.loops import looped
from symad.parse import parse
from symad.program import Program, arguments_at

READABLE = 60  # characters of a formula in a message


def read_point(texts: Sequence[str], noun: str = "coordinate", example: str = "x=2,y=3") -> dict[str, float]:
    """Read the coordinates of a point, separated by commas; a coordinate may be a formula without inputs.

    `noun` and `example` are for the message where it is no list of such.

    >>> read_point(["x=1/4, y=sqrt(9)"])
    {'x': 0.25, 'y': 3.0}
    """
    point: dict[str, float] = {}
    for text in texts:
        for start, end in pieces(text):
            name, equals, value = text[start:end].partition("=")
            if not equals or not name.strip() or not value.strip():
                whole = text if text.strip() else None
                reason, hint = f"a {noun} is a name, = and a number", f"for example {example}"
                raise ParseError(reason, text=whole, start=start, end=end, hint=hint)
            word = identifier(name.strip())
            if word in point:
                raise ParseError(f"{word} is given twice", text=text, start=start, end=end)
            point[word] = coordinate(text, word, start + len(name) + 1, end)
    return point


def pieces(text: str) -> Iterator[tuple[int, int]]:
    """Find the pieces of a text between the commas that are outside parentheses."""
    start, depth = 0, 0
    for place, character in enumerate(text):
        depth += (character == "(") - (character == ")")
        if character == "," and depth == 0:
            yield start, place
            start = place + 1
    yield start, len(text)


def coordinate(text: str, name: str, start: int, end: int) -> float:
    """Read the value of one coordinate, a part of the text of a point."""
    try:
        program = parse(text[start:end])
        number = math.nan if program.inputs or len(program.outputs) > 1 else float(program())
    except EvaluationError:
        number = math.nan
    except SymadError as error:
        if error.text is not None:
            start, end = start + error.start, start + error.end
        reason = f"the value of {name}: {error.reason}"
        raise ParseError(reason, text=text, start=start, end=end, hint=error.hint) from None
    if not math.isfinite(number):
        raise ParseError(f"the value of {name} is no number", text=text, start=start, end=end)
    return number


def values_at(program: Program, derived: Program, point: Mapping[str, float]) -> dict[str, float]:
    """Evaluate a program's outputs and derivatives at a point, by label.

    Raises NamingError where the point does not fit the inputs, EvaluationError where there is no value.
    """
    arguments = arguments_at(program, point)
    finite(program, arguments)
    try:
        found = finite(derived, arguments)
    except EvaluationError:
        counts = range(1, len(derived.outputs))
        begin = derived.outputs
        count = bisect_left(counts, True, key=lambda k: failing(derived.part(begin[:k]), arguments) is not None) + 1
        where = ", ".join(f"{name} = {value}" for name, value in list(point.items())[:5])
        where += ", …" if len(point) > 5 else ""
        label, formula = derived.outputs[count - 1], written(derived, count)
        error = failing(derived.part([label]), arguments)
        assert error is not None
        failed = error.reason.removesuffix(f", and {label} needs it")
        why = f"it is {formula}" if 0 < len(formula) <= READABLE else failed
        raise EvaluationError(f"{label} has no value at {where}: {why}", hint=error.hint) from None
    return dict(zip(derived.outputs, found, strict=True))


def failing(program: Program, arguments: Sequence[float]) -> EvaluationError | None:
    """Give the error of a program that has no value, None where it has one."""
    try:
        finite(program, arguments)
    except EvaluationError as error:
        return error
    return None


def written(program: Program, count: int) -> str:
    """Write the last of the first outputs as a formula, as long as it shares nothing and has no loop."""
    from symad.printers.infix import formulas

    part = program.part(program.outputs[count - 1 : count])
    if looped(part.assignments):
        return ""
    rows = formulas(part)
    return "" if rows.temporaries else rows[program.outputs[count - 1]]
