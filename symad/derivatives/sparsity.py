"""Sparsity: Program in, the pattern of its Jacobian or Hessian out, from sets of bits and without derivatives' values.

The Jacobian's follows from the simplified program; the Hessian's is that of the gradient, as far as both sides of the
diagonal have it. A pattern never misses an entry that is not zero somewhere; one that cancels everywhere is in it.
"""

from __future__ import annotations

from collections.abc import Sequence

from symad.collector import without_collector
from symad.derivatives import structure
from symad.derivatives.hessian import gradients_of
from symad.derivatives.primal import primal
from symad.errors import DerivativeError, closest
from symad.patterns.pattern import Pattern
from symad.program import Program, shown

JACOBIAN, HESSIAN = MATRICES = ("jacobian", "hessian")


@without_collector
def sparsity(program: Program, wrt: Sequence[str] | None = None, of: str = JACOBIAN) -> Pattern:
    """Give the pattern of the Jacobian, or of the Hessian of the one output, by all inputs or those of `wrt`.

    The entries of a Jacobian are the outputs of `jacobian`, in order; those of a Hessian's upper triangle the outputs
    of `hessian`. Raises DerivativeError for another matrix and for the Hessian of several outputs, NamingError for a
    `wrt` that is not an input.

    >>> from symad.parse import parse
    >>> sparsity(parse("p = x*y; q = 2*y")).entries
    ((0, 1), (1,))
    >>> print(sparsity(parse("x^2*y + z"), of="hessian"))
      x y z
    x ■ ■ ·
    y ■ · ·
    z · · ·
    3 × 3, 3 non-zeros, 33.3 %
    """
    if of not in MATRICES:
        near = closest(of, MATRICES)
        hint = f"did you mean {near}?" if near else f"matrices: {', '.join(MATRICES)}"
        raise DerivativeError(f"{of or 'an empty name'} is not a matrix that has a pattern", hint=hint)
    if of == HESSIAN and len(program.outputs) != 1:
        reason = f"the pattern of a Hessian is of one output, and this program has {len(program.outputs)}"
        raise DerivativeError(f"{reason}: {shown(program.outputs)}", hint=f"choose one: output {program.outputs[0]}")
    start = primal(program, wrt)
    names = tuple(start.chosen)
    if of == JACOBIAN:
        return Pattern(tuple(program.outputs), names, tuple(map(tuple, structure.rows(start))))
    [gradient] = gradients_of(start)
    return Pattern(names, names, mirrored(gradient.triangle), symmetric=True)


def mirrored(upper: Sequence[Sequence[int]]) -> tuple[tuple[int, ...], ...]:
    """Add to the upper triangle of a symmetric pattern the lower one.

    >>> mirrored([[0, 1], [], [2]])
    ((0, 1), (0,), (2,))
    """
    whole: list[list[int]] = [[] for _ in upper]
    for row, columns in enumerate(upper):  # what is left of the diagonal has come by when its row does
        whole[row] += columns
        for column in columns:
            if column != row:
                whole[column].append(row)
    return tuple(map(tuple, whole))
