"""The operations of a gradient, as `Program.operation_count` counts: distinct ones, negations and constants free.

CasADi's are the instructions of the function made of the gradient after `casadi.cse`. SymPy's are those of `sympy.cse`
of the partial derivatives, counted in SymPy's favour: a sum of n terms or a product of n factors is n - 1 operations
(the constants among them being one, and a factor of -1 none), a power of any exponent one, a quotient one, a call one;
whatever has no symbol in it is a constant.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from .measure import ROOT, deep_recursion
from .peers import PEERS
from .tables import ABSENT, Table, verdict
from .workloads import workload

FEYNMAN = ROOT.parent / "shared" / "corpora" / "feynman.jsonl"
HELMHOLTZ = 100

# What CasADi lists among its instructions and no machine computes, and the negations.
FREE_IN_CASADI = ("OP_INPUT", "OP_OUTPUT", "OP_CONST", "OP_ASSIGN", "OP_NEG")


def symad_count(text: str) -> int:
    symad = PEERS["symad"].module()
    return int(symad.gradient(symad.parse(text)).operation_count)


def casadi_count(name: str, size: int) -> int:
    """Count the operations of CasADi's gradient after its elimination of common subexpressions."""
    peer, case = PEERS["casadi"], workload(name, size)
    casadi = peer.module()
    with deep_recursion():  # Python's own compiler recurses over the text
        x, gradient = peer.derive(casadi, peer.read(casadi, case.text, case.inputs))
    function = casadi.Function("gradient", [x], [casadi.cse(gradient)])
    free = {getattr(casadi, name) for name in FREE_IN_CASADI}
    return sum(function.instruction_id(k) not in free for k in range(function.n_instructions()))


def sympy_count(text: str, inputs: Iterable[str]) -> int:
    """Count the operations of SymPy's partial derivatives after its elimination of common subexpressions."""
    peer = PEERS["sympy"]
    sympy = peer.module()
    _, gradient = peer.derive(sympy, peer.read(sympy, text, tuple(inputs)))
    replacements, results = sympy.cse(gradient)
    return sum(counted(sympy, value) for value in (*(value for _, value in replacements), *results))


def counted(sympy: Any, expression: Any) -> int:
    """Count by the rule at the top of this module.

    >>> import sympy
    >>> x, y = sympy.symbols("x y")
    >>> [counted(sympy, value) for value in (-x, 2*x/3, x/y, 1/y, 3*x**2 - y, -sympy.sin(2*x))]
    [0, 1, 1, 1, 3, 2]
    """
    total, waiting = 0, [expression]
    while waiting:
        value = waiting.pop()
        if value.is_Symbol or not value.free_symbols:
            continue
        parts = [part for part in value.args if part.free_symbols]
        waiting += parts
        if value.is_Mul:
            coefficient = sympy.Mul(*(part for part in value.args if not part.free_symbols))
            total += len(parts) - (coefficient in (1, -1)) - reciprocals(parts, coefficient)
        elif value.is_Add:
            total += len(parts) + (len(parts) < len(value.args)) - 1
        else:
            total += 1
    return total


def reciprocals(parts: list[Any], coefficient: Any) -> int:
    """Count the factors 1/y that turn a multiplication into a division, and so are no operation of their own."""
    inverse = sum(bool(part.is_Pow and part.exp == -1) for part in parts)
    only = inverse == len(parts) and coefficient in (1, -1)
    return inverse - only


def bounded(name: str, sizes: Iterable[int], rule: str, bound: int, offset: int) -> Iterator[tuple[str, ...]]:
    """Give a row for each size, with the bound `bound*(n - offset)` that `rule` writes."""
    for size in sizes:
        count, most = symad_count(workload(name, size).text), bound * (size - offset)
        yield f"{name} {size}", f"{count:,}", ABSENT, f"at most {rule} = {most:,}", verdict(count <= most)


def beside(case: str, ours: int, peer: str, theirs: int) -> tuple[str, ...]:
    return case, f"{ours:,}", f"{theirs:,}", f"fewer than {peer}", verdict(ours < theirs)


def helmholtz() -> tuple[str, ...]:
    case, ours = f"helmholtz {HELMHOLTZ}", symad_count(workload("helmholtz", HELMHOLTZ).text)
    if not PEERS["casadi"].installed:
        return case, f"{ours:,}", "casadi: not installed", "fewer than casadi", ABSENT
    return beside(case, ours, "casadi after cse", casadi_count("helmholtz", HELMHOLTZ))


def feynman(corpus: Path = FEYNMAN) -> tuple[str, ...]:
    """Sum over the equations of the Feynman Lectures, where that corpus is at hand."""
    if not corpus.exists():
        return "Feynman equations", "corpus not found", ABSENT, "fewer than sympy", ABSENT
    equations = [json.loads(line) for line in corpus.read_text(encoding="utf-8").splitlines()]
    ours = sum(symad_count(equation["text"]) for equation in equations)
    case = f"Feynman equations, {len(equations)} summed"
    if not PEERS["sympy"].installed:
        return case, f"{ours:,}", "sympy: not installed", "fewer than sympy", ABSENT
    theirs = sum(sympy_count(equation["text"], equation["inputs"]) for equation in equations)
    return beside(case, ours, "sympy.cse of diff", theirs)


def operations() -> Iterator[Table]:
    """Give the table of operation counts."""
    rows = (
        *bounded("rosenbrock", (10, 100, 1000), "9n", 9, 0),
        *bounded("speelpenning", (10, 100, 1000), "3(n - 2)", 3, 2),
        helmholtz(),
        feynman(),
    )
    yield Table("Operations of the gradient", ("formula", "symad", "peer", "target", ""), rows)
