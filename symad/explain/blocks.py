"""What the steps of loops show, be it values or derivatives: heads, titles, which iterations are left out.

A loop has its body once in symbols; at a point its first iteration, its last one, and one that is asked for, in the
order in which they ran. Loops in an iteration that is shown are shown likewise, down to a few levels.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from symad.derivatives.source import Source
from symad.errors import EvaluationError
from symad.explain.running import Iteration, Ran
from symad.explain.steps import Number, Round, Step
from symad.loops import Body, described, parted, whole

LEVELS = 3  # of loops in loops whose iterations are shown
SYMBOLS = "in each iteration"


def head(source: Source, value: int) -> str:
    """Write what a loop of a program runs over, and what it is given, by names."""
    _, *operands = source.builder.assignments[value][1]
    return next(described(parted(source.body(value), [source.names[v] for v in operands])))


def title(body: Body, iteration: Iteration) -> str:
    """Name an iteration."""
    if iteration.ends:
        return "then its condition is false"
    if body.conditional or not body.indexed:
        return f"iteration {iteration.number}"
    index = f"{body.program.inputs[0]} = {iteration.at}"
    return index if iteration.at == iteration.number else f"{index}, iteration {iteration.number}"


def spaced(rounds: Iterable[tuple[Iteration, Round]], ran: Ran) -> Iterator[Round]:
    """Give the iterations that are shown, each with the number of those before it that are not."""
    body = ran.loop.body
    step = -1 if body.backward else 1
    before = 0
    if body.backward:
        first, last = map(whole, ran.loop.bounds)
        before = last - first + 2
    for iteration, made in rounds:
        yield Round(made.title, made.steps, made.given, step * (iteration.number - before) - 1)
        before = iteration.number


def is_shown(source: Source, levels: int = LEVELS) -> bool:
    """Tell whether the iterations of loops in a program are shown; `source` may be the body of a loop itself."""
    return len(source.letters) <= levels


def over(body: Body, ran: Ran) -> str:
    """Say over what a loop ran: its index, first and last; nothing for a single iteration or for a `while`."""
    if body.conditional or ran.iterations < 2:
        return ""
    first, last = map(whole, ran.loop.bounds)
    if ran.loop.body.backward:
        first, last = last, first
    return f"{body.program.inputs[0]} = {first} to {last}"


def histories(body: Body) -> list[str]:
    """List the outputs of a body that only hand on what was carried into an iteration."""
    first = body.conditional + body.carried
    carried = range(body.indexed, body.indexed + body.carried)
    rows = zip(body.program.outputs[first:], body.program.results[first:], strict=True)
    return [label for label, result in rows if result in carried]


def without(steps: Iterable[Step], hidden: Sequence[str]) -> tuple[Step, ...]:
    """Leave outputs out."""
    return tuple(step for step in steps if step.kind != "output" or step.label not in hidden)


def located(error: EvaluationError, body: Body, iteration: Iteration) -> EvaluationError:
    """Say in which iteration a value failed."""
    where = f"in iteration {iteration.number}"
    if body.indexed:
        where = f"for {body.program.inputs[0]} = {iteration.at}"
    return EvaluationError(
        f"{error.reason}, {where}", text=error.text, start=error.start, end=error.end, hint=error.hint
    )


def scalars(names: Sequence[str], results: Sequence[object]) -> Mapping[str, Number | None]:
    """Give the numbers among the results of a loop, by name; what it emits are sequences."""
    return {name: x for name, x in zip(names, results, strict=True) if isinstance(x, float)}
