"""Every kind of derivative by every method, and the values of a derivative by their labels, exact or to many digits."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any

import mpmath

import symad
from symad.derivatives.labels import derivative_label
from symad.errors import DerivativeError
from symad.precise import evaluate
from symad.program import Program
from symad.wellformed import check
from tests.high_precision import with_exact_constants

DIGITS = 1000  # most of them are for what cancels, 1/y^2 at y = 1e-229 and the like
AGREES = mpmath.mpf(10) ** -30  # relative, and absolute below 1

Derive = Callable[..., Program]
Values = Mapping[str, Any]

# fmt: off
METHODS: dict[str, tuple[str, ...]] = {
    "gradient":               ("reverse", "forward", "elimination"),
    "value_and_gradient":     ("reverse", "forward", "elimination"),
    "jacobian":               ("forward", "reverse", "elimination"),
    "hessian":                ("edge-pushing", "forward", "reverse", "elimination"),
    "hessian_vector_product": ("forward-over-reverse", "reverse-over-forward"),
    "jvp":                    ("forward", "reverse"),
    "vjp":                    ("reverse", "forward"),
}
# fmt: on
STRAIGHT = ("edge-pushing", "elimination")  # methods for programs without conditions and loops
SCALAR = ("gradient", "value_and_gradient", "hessian_vector_product")  # kinds of one output


def derive(kind: str) -> Derive:
    """Give the function that derives a kind."""
    found: Derive = getattr(symad, kind)
    return found


def ways(kind: str, program: Program, wrt: Sequence[str] | None = None) -> Iterator[tuple[str, Program]]:
    """Derive by every method, by the cheapest with and without algebra; some methods refuse conditions and loops."""
    for method in METHODS[kind]:
        try:
            made = derive(kind)(program, wrt, method)
        except DerivativeError as error:
            refusals = [f"{method} is for programs without {what}" for what in ("conditions", "loops")]
            if method not in STRAIGHT or error.reason not in refusals:
                raise
        else:
            yield method, check(made)
    for algebra in (False, True):
        yield f"cheapest, algebra {algebra}", check(derive(kind)(program, wrt, algebra=algebra))


def precisely(program: Program, point: Sequence[Any], digits: int = DIGITS) -> Values | None:
    """Give the outputs at a point to many digits, by label; None where one has no value."""
    try:
        return dict(zip(program.outputs, evaluate(program, point, digits), strict=True))
    except symad.SymadError:
        return None


def exact(program: Program) -> Program | None:
    """Read decimals as the exact numbers that are written; None where they have too many digits for that.

    Doubles are rounded where one way multiplies two and the other does not.
    """
    program = with_exact_constants(program, lambda decimal: Fraction(repr(decimal)))
    return None if any(name == "decimal" for name, _ in program.assignments) else program


def agree(ours: Any, theirs: Any) -> bool:
    """Tell whether two numbers of many digits agree to thirty."""
    with mpmath.workdps(DIGITS):
        return bool(abs(ours - theirs) <= AGREES * max(1, abs(ours), abs(theirs)))


def entry(label: str, *names: str) -> str:
    """Label a derivative of an output by inputs."""
    for name in names:
        label = derivative_label(label, name)
    return label


def matrix(values: Values, program: Program, label: str) -> list[list[Any]]:
    """Give the Hessian of an output in full, from its upper triangle."""
    names = program.inputs
    upper = {(j, k): values.get(entry(label, names[j], names[k]), 0) for k in range(len(names)) for j in range(k + 1)}
    return [[upper[min(j, k), max(j, k)] for k in range(len(names))] for j in range(len(names))]
