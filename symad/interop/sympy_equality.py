"""Two SymPy expressions in; out comes whether SymPy can tell that they are equal, with a bounded effort.

SymPy has no limit of its own: what it is asked is limited by the size of the expressions instead, and the answer may be
that it is not decided.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

from symad.operations import LEAVES
from symad.program import Program

LARGEST = 250  # nodes of an expression, written out, that SymPy is asked to differentiate
EXPANDED = 400  # operations of a difference that is expanded
CANCELLED = 120  # operations of a difference that is brought to a common denominator
SIMPLIFIED = 40  # operations of a difference that is given to `simplify`, whose time grows fastest
KERNELS = 6  # distinct symbols and functions in what is brought to a common denominator
POWER = 8  # the largest power of a sum that is expanded


def written_out(program: Program) -> int:
    """Count the nodes of a program's formulas when nothing is shared; stop counting where that is beyond all use."""
    sizes: list[int] = []
    for operation, operands in program.assignments:
        size = 1 if operation in LEAVES else 1 + sum(sizes[v] for v in operands)
        sizes.append(min(size, 10**9))
    return sum(sizes[v] for v in program.results)


def equal(left: Any, right: Any) -> bool:
    """Tell whether SymPy finds two expressions equal; False where it does not, which is no proof of the opposite."""
    if left == right:
        return True
    difference = left - right
    count = difference.count_ops()
    if count <= EXPANDED and powers(difference) <= POWER:
        difference = difference.expand()
        count = difference.count_ops()
    if difference == 0:
        return True
    sympy = import_module("sympy")
    if difference.has(sympy.Piecewise, sympy.Heaviside, sympy.Max, sympy.Min):
        return False  # taken apart into cases, of which there are too many
    if count <= CANCELLED:
        basic = in_few_functions(difference)
        if kernels(basic) <= KERNELS and basic.together().as_numer_denom()[0].expand() == 0:
            return True
    return bool(count <= SIMPLIFIED and difference.simplify() == 0)


def in_few_functions(expression: Any) -> Any:
    """Write trigonometric and hyperbolic functions by exponentials and the tangent of half the angle."""
    sympy = import_module("sympy")
    hyperbolic = (sympy.sinh, sympy.cosh, sympy.tanh, sympy.coth, sympy.sech, sympy.csch)
    circular = (sympy.sin, sympy.cos, sympy.cot, sympy.sec, sympy.csc)
    return expression.rewrite(hyperbolic, sympy.exp).rewrite(circular, sympy.tan)


def powers(expression: Any) -> int:
    """Give the largest whole power of a sum."""
    sympy = import_module("sympy")
    found = [abs(int(p.exp)) for p in expression.atoms(sympy.Pow) if p.base.is_Add and p.exp.is_Integer]
    return max(found, default=1)


def kernels(expression: Any) -> int:
    """Count the symbols and the functions of an expression."""
    sympy = import_module("sympy")
    return len(expression.atoms(sympy.Symbol, sympy.Function))
