"""The reverse sweep: adjoints of results with respect to inputs, in the builder that holds the values.

The assignments are walked backwards. A value that has no adjoint, or depends on no input of interest, is passed over;
each operand receives the adjoint times the partial derivative. The contributions that a value receives add up: that is
the chain rule over all paths to the output. Time and memory are linear in the length of what the results are made of.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from symad.builder import Builder
from symad.derivatives.partials import make_partial, missing, partial_derivative
from symad.derivatives.primal import Primal
from symad.loops import Body, read_loop
from symad.needs import ALWAYS, NEVER, needs, use
from symad.operations import LEAVES, LOOP, PROJECT
from symad.program import Program


def adjoints(start: Primal, seeds: Mapping[int, int]) -> dict[int, int]:
    """Give the adjoints of the inputs of interest, by place; one that is zero has none.

    `seeds` maps results to their adjoints, values of the builder. The adjoints of the inputs are always needed, those
    of other values when the value itself is.
    """
    from symad.derivatives.loops import loop_adjoints  # which sweeps over the body

    b, active = start.builder, start.active
    found: dict[int, int] = {}
    bundles: dict[int, dict[int, list[int]]] = {}  # what loops have received, by place of the result
    received: dict[int, list[int] | int] = {result: seed for result, seed in seeds.items() if active[result]}
    need = needs(b, start.count, [*seeds, *start.places]) if start.lazy else None
    order = start.before([*received])
    start.walked += len(order)
    for value in order:
        operation, operands = b.assignments[value]
        if operation == LOOP:
            passed = loop_adjoints(start, value, bundles.pop(value)) if value in bundles else {}
            flow: Iterable[tuple[int, int | None]] = sorted(passed.items(), reverse=True)
        else:
            contributions = received.pop(value, None)
            if contributions is None:
                continue
            if operation == PROJECT:
                put_aside(b, bundles, value, contributions, need)
                continue
            adjoint = total(b, contributions)
            if operation in LEAVES:
                found[value] = adjoint
                continue
            flow = flows(start, value, adjoint)
        for position, contribution in flow:
            operand = operands[position]
            if contribution is None or not active[operand]:
                continue
            if need is not None:
                condition = use(b, value, position, need[value])
                if condition == NEVER:  # a branch of a condition that is known not to hold here
                    continue
                contribution = guarded(b, contribution, condition, need[operand])
            others = received.get(operand)
            if others is None:
                received[operand] = contribution
            elif isinstance(others, int):
                received[operand] = [others, contribution]
            else:
                others.append(contribution)
    return found


def flows(start: Primal, value: int, adjoint: int) -> Iterator[tuple[int, int | None]]:
    """Give what a value contributes to each of its operands, the last one first; None for zero."""
    b, active, program = start.builder, start.active, start.program
    operands = b.assignments[value][1]
    for position in range(len(operands) - 1, -1, -1):
        if active[operands[position]]:
            yield position, contributed(b, value, position, adjoint, program, b, None)


def put_aside(
    b: Builder,
    bundles: dict[int, dict[int, list[int]]],
    value: int,
    contributions: list[int] | int,
    need: Sequence[int] | None,
) -> None:
    """Keep what a result of a loop has received until the sweep comes to the loop; those of sequences are not added."""
    loop, place = b.assignments[value][1]
    made = contributions if isinstance(contributions, list) else [contributions]
    if not is_sequence(b, value):
        made = [total(b, made)]
    if need is not None:
        made = [guarded(b, v, need[value], need[loop]) for v in made]
    bundles.setdefault(loop, {}).setdefault(b.assignments[place][1][0], []).extend(made)


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
    return b.make("select", condition, contribution, zero_like(b, contribution))


def is_sequence(b: Builder, value: int) -> bool:
    """Tell whether a value is a sequence that a loop has emitted."""
    while b.assignments[value][0] == "select":
        value = b.assignments[value][1][1]
    operation, operands = b.assignments[value]
    return (
        operation == PROJECT
        and b.assignments[operands[1]][1][0] >= read_loop(b.assignments, operands[0]).body.first_emitted
    )


def zero_like(b: Builder, value: int) -> int:
    """Make a zero, or a sequence of as many zeros as a sequence has elements."""
    zero = b.constant(0)
    if not is_sequence(b, value):
        return zero
    while b.assignments[value][0] == "select":
        value = b.assignments[value][1][1]
    bundle = b.assignments[value][1][0]
    loop = read_loop(b.assignments, bundle)
    bounds = loop.bounds or (b.constant(1), b.make(PROJECT, bundle, b.constant(loop.body.carried)))
    within = Builder()
    within.input("k")
    [zeros] = b.bundle(Body(within.finish([("zero", within.constant(0))]), 0), bounds)
    return zeros
