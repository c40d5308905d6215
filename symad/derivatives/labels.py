"""Which derivatives are asked for, and what they are called: inputs checked, labels made."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from symad.errors import DerivativeError, NamingError, SymadError, closest
from symad.program import Program, shown, unique


def derivative_label(label: str, name: str) -> str:
    """Label the derivative of an output by an input; derivatives of derivatives count their order.

    >>> derivative_label("f", "x1"), derivative_label("df/dx1", "x2"), derivative_label("d2f/dx1dx2", "x1")
    ('df/dx1', 'd2f/dx1dx2', 'd3f/dx1dx2dx1')
    """
    derivative = re.fullmatch(r"d(\d*)(\w+)/(\w+)", label)
    if derivative is None:
        return f"d{label}/d{name}"
    order, output, inputs = derivative.groups()
    return f"d{int(order or 1) + 1}{output}/{inputs}d{name}"


def chosen_inputs(program: Program, wrt: Sequence[str] | None) -> Sequence[str]:
    """Check the names of the inputs by which to differentiate, and that it is a program that has them."""
    insist_on_program(program)
    if wrt is None:
        return program.inputs
    if isinstance(wrt, str):
        wrt = (wrt,)
    known = set(program.inputs)
    seen: set[str] = set()
    for name in wrt:
        if name in seen:
            raise NamingError(f"{name} is named twice in wrt")
        seen.add(name)
        if name in known:
            continue
        if name in program.outputs:
            raise NamingError(f"{name} is an output, not an input", hint=f"inputs: {shown(program.inputs)}")
        near = closest(name, program.inputs)
        hint = f"did you mean {near}?" if near else f"inputs: {shown(program.inputs) or 'none'}"
        raise NamingError(f"{name or 'an empty name'} is not an input", hint=hint)
    if not wrt:
        raise NamingError("wrt names no input", hint=f"inputs: {shown(program.inputs) or 'none'}")
    return wrt


def insist_on_program(program: Program) -> None:
    """Insist on a program: text is the first thing that comes to mind."""
    if not isinstance(program, Program):
        kind = type(program).__name__
        raise SymadError(f"a Program is expected, not a {kind}", hint="symad.parse makes one of text")


def one_output(program: Program, name: str) -> None:
    """Insist on a single output."""
    insist_on_program(program)
    if len(program.outputs) != 1:
        listed = ", ".join(program.outputs[:5]) + (" …" if len(program.outputs) > 5 else "")
        raise DerivativeError(
            f"{name} is of one output, and this program has {len(program.outputs)}: {listed}",
            hint="jacobian and hessian take several outputs",
        )


def distinct(results: Iterable[tuple[str, int]]) -> Iterator[tuple[str, int]]:
    """Give labelled results back, with a number behind a label that another one has.

    Two derivatives may have one label: d2f/dxdydz is by x and ydz, and by xdy and z.

    >>> [*distinct([("df/dx", 3), ("df/dx", 4)])]
    [('df/dx', 3), ('df/dx_1', 4)]
    """
    used: set[str] = set()
    for label, value in results:
        [free] = unique([label], used) if label in used else [label]
        used.add(free)
        yield free, value
