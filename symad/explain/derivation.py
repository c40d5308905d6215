"""Program in, Explanation out: the values first, then the sweeps, step by step, with numbers where there is a point."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from symad.collector import without_collector
from symad.derivatives.labels import chosen_inputs
from symad.derivatives.source import Source
from symad.errors import NamingError, SymadError, closest
from symad.explain.steps import Explanation, Pass, Step
from symad.explain.sweeps import Sweep
from symad.explain.values import Values
from symad.numbers import finite
from symad.program import Program, arguments_at, counted, shown

MODES = ("reverse", "forward")


@without_collector
def explain(
    program: Program,
    at: Mapping[str, float] | None = None,
    wrt: Sequence[str] | None = None,
    mode: str = "reverse",
    seed: Mapping[str, float] | None = None,
    iteration: int | None = None,
) -> Explanation:
    """Work out the derivatives of a program step by step: the values, then each sweep of one mode.

    `at` is the point for the numbers, `wrt` chooses inputs. Reverse mode makes a sweep for each output, forward mode
    one for each input of `wrt`; `seed` asks for one sweep instead, for a combination of outputs or inputs; those that
    it does not name count 0. Of every loop the first iteration and the last one are shown at a point, and `iteration`,
    counted from 1, where there is one. A step that has no value at the point ends the derivation there: `failure` then
    says why.

    Raises NamingError for names that do not fit, DerivativeError where an operation has no partial derivative.

    >>> from symad.parse import parse
    >>> explanation = explain(parse("z = x1*x2 + sin(x1)"), at={"x1": 2, "x2": 3})
    >>> [(step.label, step.number) for step in explanation.values[2:]]
    [('w3', 6.0), ('w4', 0.9092974268256817), ('w5', 6.909297426825682), ('z', 6.909297426825682)]
    >>> explanation.passes[0].steps[-1].label, explanation.passes[0].steps[-1].number
    ('dz/dw1', 2.5838531634528574)
    """
    if mode not in MODES:
        raise SymadError(f"{mode} is not a mode", hint="the modes are reverse and forward")
    chosen = chosen_inputs(program, wrt)
    seeds = checked(program, chosen, mode, seed)
    arguments = None if at is None else arguments_at(program, at)
    if iteration is not None:
        insist_on_iteration(iteration, at is not None)
    source = Source(program, chosen)
    values = Values(source, arguments, iteration)
    passes: list[Pass] = []
    for seeded in seeds:
        if values.failure is None and (not passes or passes[-1].failure is None):
            passes.append(Sweep(source, values, chosen, mode, seeded).run())
    if iteration is not None and values.failure is None:
        insist_on_runs(iteration, longest(values.steps))
    failure = values.failure or next((sweep.failure for sweep in passes if sweep.failure is not None), None)
    point = None if arguments is None else dict(zip(program.inputs, arguments, strict=True))
    return Explanation(program, point, mode, tuple(chosen), tuple(values.steps), tuple(passes), failure)


def insist_on_iteration(iteration: int, known: bool) -> None:
    """Insist on the number of an iteration, and on a point: what is shown of it are its numbers."""
    if isinstance(iteration, bool) or not isinstance(iteration, int) or iteration < 1:
        raise SymadError(f"iterations are counted 1, 2, 3, …, and {iteration!r} is none of these")
    if not known:
        raise SymadError("an iteration has numbers at a point only", hint="--at x=2, at={'x': 2} give the point")


def insist_on_runs(iteration: int, most: int | None) -> None:
    """Insist on a loop that runs as often."""
    if most is None:
        raise SymadError(f"there is no loop, and so no iteration {iteration:,}")
    if most < iteration:
        often = f"the longest loop runs {counted(most, 'time')}" if most else "the loop does not run at all"
        raise SymadError(f"there is no iteration {iteration:,} at this point: {often}")


def longest(steps: Iterable[Step]) -> int | None:
    """Find how often the loops run that are shown, those in loops too; give the most, None where there is no loop."""
    found: list[int] = []
    waiting = [*steps]
    while waiting:
        block = waiting.pop().block
        if block is not None:
            found.append(block.iterations or 0)
            waiting += [step for one in block.rounds for step in one.steps]
    return max(found, default=None)


def checked(
    program: Program, wrt: Sequence[str], mode: str, seed: Mapping[str, float] | None
) -> list[dict[str, float]]:
    """Give the seeds of every pass: those that are given, else 1 for each output or input in turn."""
    known = program.outputs if mode == "reverse" else wrt
    if seed is None or not wrt:
        return [{name: 1.0} for name in known] if wrt else []
    kinds = (("output", program.outputs), ("input", program.inputs))
    (kind, _), (other, others) = kinds if mode == "reverse" else kinds[::-1]
    for name in seed:
        if name not in known:
            near = closest(name, known)
            hint = f"did you mean {near}?" if near else f"{kind}s: {shown(known) or 'none'}"
            if name in program.inputs and mode == "forward":
                hint = "the derivatives are by others: --wrt, wrt="
            elif name in others:
                hint = f"{other}s are seeded in the other mode: {'forward' if mode == 'reverse' else 'reverse'}"
            raise NamingError(f"{name} is not an {kind}: in {mode} mode {kind}s have seeds", hint=hint)
    weights = {name: finite(weight, f"the seed of {name}") for name, weight in seed.items()}
    if not any(weights.values()):
        raise NamingError(
            "every seed is 0: there is nothing to compute", hint=f"for example {next(iter(known), 'f')}=1"
        )
    return [{name: weights[name] for name in known if weights.get(name)}]
