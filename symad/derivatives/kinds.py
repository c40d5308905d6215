"""The kinds of derivatives by name: Program in, Program of one kind or of several kinds out.

The operations of each kind are saved by themselves, and those of several kinds once more, since they share.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from symad.algebra import save_operations
from symad.builder import Builder
from symad.collector import without_collector
from symad.derivatives.gradient import gradient_ways
from symad.derivatives.hessian import hessian_ways
from symad.derivatives.jacobian import jacobian_ways
from symad.derivatives.labels import one_output
from symad.derivatives.products import hvp_ways, jvp_ways, vjp_ways
from symad.derivatives.search import CHEAPEST, Ways, survey
from symad.errors import TargetError, closest
from symad.narrowing import narrowed
from symad.program import Program, unique
from symad.simplify import identities, simplify

# fmt: off
WAYS: Mapping[str, Callable[[Program, Sequence[str] | None], Ways]] = {
    "gradient": gradient_ways, "jacobian": jacobian_ways, "hessian": hessian_ways,
    "hvp":      hvp_ways,      "jvp":      jvp_ways,      "vjp":     vjp_ways,
}
# fmt: on
KINDS = ("value", *WAYS)
SINGLE = ("gradient", "hvp")  # kinds of programs with one output


def asked(kinds: str | Sequence[str]) -> tuple[str, ...]:
    """Check names of kinds and give them each once, in the order of the table.

    >>> asked(("gradient", "value"))
    ('value', 'gradient')
    """
    kinds = (kinds,) if isinstance(kinds, str) else kinds
    for kind in kinds:
        if kind not in KINDS:
            near = closest(kind, KINDS)
            hint = f"did you mean {near}?" if near else f"kinds: {', '.join(KINDS)}"
            raise TargetError(f"{kind or 'an empty name'} is not a kind of derivative", hint=hint)
    if not kinds:
        raise TargetError("there is nothing to generate", hint=f"kinds: {', '.join(KINDS)}")
    return tuple(kind for kind in KINDS if kind in kinds)


def ways_to(kind: str, program: Program, wrt: Sequence[str] | None = None) -> Ways:
    """Give the ways to a kind of derivative, in the order in which to try them.

    Raises DerivativeError where the kind is of one output and the program has several.
    """
    if kind in SINGLE:
        one_output(program, kind)
    return WAYS[kind](program, wrt)._replace(kind=kind)


def derive(
    kind: str, program: Program, wrt: Sequence[str] | None = None, method: str = CHEAPEST, *, algebra: bool = True
) -> Program:
    """Derive one kind of derivative by a method, or by the cheapest; the value is the program itself, simplified.

    With `algebra` operations of derivatives are saved, whatever the method; the value is computed as its formula says.
    Raises what the function of the kind raises.

    >>> from symad.parse import parse
    >>> derive("hvp", parse("x^2*y")).outputs
    ('dot_df/dx', 'dot_df/dy')
    """
    if kind == "value":
        return simplify(program)
    return survey(ways_to(kind, program, wrt), method, algebra).program


@without_collector
def together(programs: Sequence[Program], *, algebra: bool = True, keep: Sequence[str] = ()) -> Program:
    """Put the outputs of several programs into one, where what they have in common is computed once.

    Inputs of the same name are one input. A label that is taken gets a number. Algebra leaves the outputs of `keep` as
    they are.

    >>> from symad.parse import parse
    >>> f = parse("exp(3*x)")
    >>> both = together([f, derive("gradient", f)])
    >>> both.outputs, both.operation_count
    (('f', 'df/dx'), 3)
    """
    b = Builder(identities)
    inputs = {name: b.input(name) for name in dict.fromkeys(name for p in programs for name in p.inputs)}
    labels: list[str] = []
    results: list[int] = []
    for program in programs:
        values = b.copy(program, [inputs[name] for name in program.inputs])
        labels += program.outputs
        results += [values[v] for v in program.results]
    made = narrowed(b.finish(zip(unique(labels, ()), results, strict=True)), identities)
    return save_operations(made, keep) if algebra else made
