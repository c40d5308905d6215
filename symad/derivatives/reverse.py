"""The reverse sweep: Program in, Program of its partial derivatives out.

The assignments are walked backwards. A value that has no adjoint, or depends on no input of interest, is passed over;
each operand receives the adjoint times the partial derivative. The contributions that a value receives add up: that is
the chain rule over all paths to the output. Time and memory are linear in the length of the program.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import islice

from symad.builder import Builder
from symad.collector import without_collector
from symad.derivatives.partials import make_partial, missing, partial_derivative
from symad.errors import DerivativeError, NamingError, closest
from symad.needs import ALWAYS, NEVER, needs, use
from symad.operations import BOOLEAN, LEAVES
from symad.program import Program, conditional, shown
from symad.simplify import identities


def gradient(program: Program, wrt: Sequence[str] | None = None) -> Program:
    """Derive the partial derivatives of the one output, by each input or by those of `wrt`, in that order.

    An input that does not matter keeps its 0. Raises DerivativeError for several outputs, and where an operation has no
    partial derivative; NamingError for a `wrt` that is not an input.

    >>> from symad.parse import parse
    >>> gradient(parse("x1*x2 + sin(x1)")).outputs
    ('df/dx1', 'df/dx2')
    """
    one_output(program, "gradient")
    return derive(program, wrt, value=False)


def value_and_gradient(program: Program, wrt: Sequence[str] | None = None) -> Program:
    """Derive the output and its gradient in one program, which share what they have in common.

    >>> from symad.parse import parse
    >>> value_and_gradient(parse("exp(3*x)")).operation_count
    3
    """
    one_output(program, "value_and_gradient")
    return derive(program, wrt, value=True)


def jacobian(program: Program, wrt: Sequence[str] | None = None) -> Program:
    """Derive the structurally non-zero partial derivatives of every output, row by row, with a reverse sweep an output.

    >>> from symad.parse import parse
    >>> jacobian(parse("p = x*y; q = 2*y")).outputs
    ('dp/dx', 'dp/dy', 'dq/dy')
    """
    return derive(program, wrt, value=False, zeros=False)


def all_partials(program: Program, wrt: Sequence[str] | None = None) -> Program:
    """Derive every output and every partial derivative of every output, zeros included."""
    return derive(program, wrt, value=True)


def one_output(program: Program, name: str) -> None:
    """Insist on a single output."""
    if len(program.outputs) != 1:
        listed = ", ".join(program.outputs[:5]) + (" …" if len(program.outputs) > 5 else "")
        raise DerivativeError(
            f"{name} is of one output, and this program has {len(program.outputs)}: {listed}",
            hint="jacobian takes several outputs",
        )


@without_collector
def derive(program: Program, wrt: Sequence[str] | None, *, value: bool, zeros: bool = True) -> Program:
    """Derive the partial derivatives of all outputs, after the outputs themselves where `value` asks for them."""
    chosen = chosen_inputs(program, wrt)
    b = Builder(identities)
    inputs = [b.input(name) for name in program.inputs]
    values = b.copy(program, inputs)
    place_of = dict(zip(program.inputs, inputs, strict=True))
    places = [place_of[name] for name in chosen]
    found = [values[v] for v in program.results]
    labels, results = (list(program.outputs), list(found)) if value else ([], [])
    count = len(b.assignments)
    active = dependents(b, places)
    del values
    for label, result in zip(program.outputs, found, strict=True):
        adjoints = sweep(b, count, result, places, active, program)
        for name, place in zip(chosen, places, strict=True):
            adjoint = adjoints[place]
            if adjoint is not None or zeros:
                labels.append(derivative_label(label, name))
                results.append(b.constant(0) if adjoint is None else adjoint)
    return b.finish(zip(labels, results, strict=True))


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
    """Check the names of the inputs by which to differentiate."""
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


def dependents(b: Builder, inputs: Sequence[int]) -> bytearray:
    """Mark the numbers that depend on these inputs; a truth value has no derivative, it only chooses."""
    active = bytearray(len(b.assignments))
    for place in inputs:
        active[place] = 1
    for value, (operation, operands) in enumerate(b.assignments):
        if operation not in LEAVES and operation not in BOOLEAN:
            for operand in operands:
                if active[operand]:
                    active[value] = 1
                    break
    return active


def sweep(
    b: Builder, count: int, result: int, places: Sequence[int], active: bytearray, program: Program
) -> list[int | None]:
    """Give the adjoint of each of the first `count` values of a builder, None for zero.

    The adjoints of the inputs at `places` are always needed, those of other values when the value itself is.
    """
    adjoints: list[int | None] = [None] * count
    received: list[list[int] | int | None] = [None] * count
    lazy = conditional(islice(b.assignments, count))
    need = needs(b, count, [result, *places]) if lazy else None
    if active[result]:
        received[result] = b.constant(1)
    for value in range(result, -1, -1):
        contributions = received[value]
        if contributions is None:
            continue
        received[value] = None
        adjoint = adjoints[value] = total(b, contributions)
        if b.assignments[value][0] in LEAVES:
            continue
        operands = b.assignments[value][1]
        for position in range(len(operands) - 1, -1, -1):
            operand = operands[position]
            contribution = contributed(b, value, position, adjoint, program, b, None) if active[operand] else None
            if contribution is None:
                continue
            if need is not None:
                condition = use(b, value, position, need[value])
                if condition == NEVER:  # a branch of a condition that is known not to hold here
                    continue
                contribution = guarded(b, contribution, condition, need[operand])
            others = received[operand]
            if others is None:
                received[operand] = contribution
            elif isinstance(others, int):
                received[operand] = [others, contribution]
            else:
                others.append(contribution)
    return adjoints


def total(b: Builder, contributions: list[int] | int) -> int:
    """Add the contributions of a value, in the order of its uses: the sweep has met the last use first."""
    if isinstance(contributions, int):
        return contributions
    value = contributions[-1]
    for contribution in contributions[-2::-1]:
        value = b.make("add", value, contribution)
    return value


def contributed(
    b: Builder, value: int, position: int, adjoint: int, program: Program, target: Builder, image: Sequence[int] | None
) -> int | None:
    """Give what a value contributes to the adjoint of one operand: adjoint times partial derivative, None for zero.

    It is made in `target`, where `image` holds the values of the builder; None if the two are one.
    """
    operation, operands = b.assignments[value]
    if operation == "select":
        return adjoint
    partial = partial_derivative(b, value, position)
    if partial is None:
        origins = (o for a, o in zip(program.assignments, program.origins, strict=False) if a[0] == operation)
        raise missing(operation, position, program.text, next(origins, -1))
    number = partial.number
    if number is None:
        if image is not None:
            operands, value = tuple([image[v] for v in operands]), image[value]
        return target.make("mul", adjoint, make_partial(target, partial, operands, value))
    if number in (1, -1):
        return adjoint if number == 1 else target.make("neg", adjoint)
    return None if number == 0 else target.make("mul", target.constant(number), adjoint)


def guarded(b: Builder, contribution: int, condition: int, need: int) -> int:
    """Make a contribution that arises under a narrower condition than the value it flows to: all of it, or zero."""
    if condition in (need, ALWAYS):
        return contribution
    return b.make("select", condition, contribution, b.constant(0))
