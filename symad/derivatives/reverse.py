"""The reverse sweep: adjoints of results with respect to inputs, in the builder that holds the values.

The assignments are walked backwards. A value that has no adjoint, or depends on no input of interest, is passed over;
each operand receives the adjoint times the partial derivative. The contributions that a value receives add up: that is
the chain rule over all paths to the output. Time and memory are linear in the length of what the results are made of.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from symad.builder import Builder
from symad.derivatives.cases import by_cases, total
from symad.derivatives.partials import make_partial, missing, partial_derivative
from symad.derivatives.primal import Primal
from symad.derivatives.sequences import guarded, is_sequence
from symad.needs import ALWAYS, NEVER, needs, use
from symad.operations import LEAVES, LOOP, PROJECT
from symad.program import Program

Bundles = dict[int, dict[int, list[int]]]  # what the results of loops have received, by place


def adjoints(start: Primal, seeds: Mapping[int, int]) -> dict[int, int]:
    """Give the adjoints of the inputs of interest, by place; one that is zero has none.

    `seeds` maps results to their adjoints, values of the builder. The adjoints of the inputs are always needed, those
    of other values when the value itself is.
    """
    if start.lazy:
        return lazy_adjoints(start, seeds)
    b, active, program = start.builder, start.active, start.program
    found: dict[int, int] = {}
    bundles: Bundles = {}
    received: dict[int, list[int] | int] = {result: seed for result, seed in seeds.items() if active[result]}
    order = start.before([*received])
    start.walked += len(order)
    for value in order:
        operation, operands = b.assignments[value]
        if operation == LOOP:
            for operand, contribution in through_loop(start, value, bundles):
                receive(received, operand, contribution)
            continue
        contributions = received.pop(value, None)
        if contributions is None:
            continue
        if operation == PROJECT:
            listed = [contributions] if isinstance(contributions, int) else contributions
            put_aside(b, bundles, value, listed if is_sequence(b, value) else [total(b, listed)])
            continue
        adjoint = total(b, contributions)
        if operation in LEAVES:
            found[value] = adjoint
            continue
        for position in range(len(operands) - 1, -1, -1):
            operand = operands[position]
            passed = contributed(b, value, position, adjoint, program, b, None) if active[operand] else None
            if passed is not None:
                receive(received, operand, passed)
    return found


def receive(received: dict[int, list[int] | int], operand: int, contribution: int) -> None:
    """Add what an operand receives; most receive one contribution."""
    others = received.get(operand)
    if others is None:
        received[operand] = contribution
    elif isinstance(others, int):
        received[operand] = [others, contribution]
    else:
        others.append(contribution)


def lazy_adjoints(start: Primal, seeds: Mapping[int, int]) -> dict[int, int]:
    """Give the adjoints of a program with conditions; each contribution counts under the condition of its use."""
    b, active, program = start.builder, start.active, start.program
    need = needs(b, start.count, [*seeds, *start.places])
    found: dict[int, int] = {}
    bundles: Bundles = {}
    received: dict[int, list[tuple[int, int]]] = {v: [(seed, ALWAYS)] for v, seed in seeds.items() if active[v]}
    order = start.before([*received])
    start.walked += len(order)
    for value in order:
        operation, operands = b.assignments[value]
        if operation == LOOP:
            for operand, passed in through_loop(start, value, bundles):
                received.setdefault(operand, []).append((passed, need[value]))
            continue
        contributions = received.pop(value, None)
        if contributions is None:
            continue
        if operation == PROJECT:
            put_aside(b, bundles, value, bundled(b, value, contributions, need))
            continue
        adjoint = by_cases(b, contributions, need[value])
        if operation in LEAVES:
            found[value] = adjoint
            continue
        for position in range(len(operands) - 1, -1, -1):
            operand = operands[position]
            contribution = contributed(b, value, position, adjoint, program, b, None) if active[operand] else None
            condition = NEVER if contribution is None else use(b, value, position, need[value])
            if contribution is not None and condition != NEVER:  # else a branch that is known not to be taken here
                received.setdefault(operand, []).append((contribution, condition))
    return found


def through_loop(start: Primal, value: int, bundles: Bundles) -> Iterator[tuple[int, int]]:
    """Give what a loop that has received anything contributes to its operands, the last one first."""
    from symad.derivatives.loops import loop_adjoints  # which sweeps over the body

    operands = start.builder.assignments[value][1]
    passed = loop_adjoints(start, value, bundles.pop(value)) if value in bundles else {}
    for position, contribution in sorted(passed.items(), reverse=True):
        if start.active[operands[position]]:
            yield operands[position], contribution


def bundled(b: Builder, value: int, contributions: Sequence[tuple[int, int]], need: Sequence[int]) -> list[int]:
    """Give the adjoints of a result of a loop, for use where the loop is needed: of a number one, of a sequence all."""
    loop = b.assignments[value][1][0]
    if is_sequence(b, value):
        return [guarded(b, term, condition, need[loop]) for term, condition in contributions]
    return [by_cases(b, [(by_cases(b, contributions, need[value]), need[value])], need[loop])]


def put_aside(b: Builder, bundles: Bundles, value: int, adjoints: list[int]) -> None:
    """Keep what a result of a loop has received until the sweep comes to the loop."""
    loop, place = b.assignments[value][1]
    bundles.setdefault(loop, {}).setdefault(b.assignments[place][1][0], []).extend(adjoints)


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
