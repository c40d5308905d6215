"""Program in, the text of a Python module out: value and derivatives as functions that need symad no more.

The module imports `math`, and SciPy only for functions that `math` lacks and for sparse arrays. Its text is a function
of the program and the options alone, to the byte.
"""

from __future__ import annotations

from collections.abc import Sequence

from symad.collector import without_collector
from symad.derivatives.kinds import asked
from symad.derivatives.search import CHEAPEST
from symad.errors import TargetError
from symad.expansion import expanded
from symad.numerics import OWN, SPECIAL, sources
from symad.printers.python_docstring import docstring
from symad.printers.python_functions import Function, Part, Point, functions, parts, point
from symad.printers.python_main import main
from symad.printers.python_results import Group, statement, style
from symad.printers.python_rules import math_names
from symad.program import Program
from symad.simplify import simplify

DEFAULT = ("value", "gradient")
UNTYPED = "  # type: ignore[import-untyped, import-not-found, unused-ignore]"


@without_collector
def generate(
    program: Program,
    derivatives: Sequence[str] = DEFAULT,
    target: str = "python",
    *,
    wrt: Sequence[str] | None = None,
    signature: str = "scalars",
    matrices: str = "dense",
    method: str = CHEAPEST,
    algebra: bool = True,
    checkpoint: int = 0,
) -> str:
    """Write a module with functions of a program's inputs, for each of `derivatives` and for some of them together.

    The kinds are `value`, `gradient`, `jacobian`, `hessian` (of several outputs a tuple), and the products `hvp`, `jvp`
    and `vjp`, which take a vector behind the point. Behind them come, of what is asked for, `value_and_gradient`,
    `value_and_jacobian`, and one such as `value_gradient_and_hessian`.

    `signature` is `scalars`, f(x1, x2), or `vector`, f(x) of a sequence of the inputs in `wrt`, behind which the others
    follow; results are then lists, and SciPy's `minimize` and `root` take the functions as they are. `matrices` are
    `dense`, a list of rows; `coo` or `csr`, a list of values in the order of a structure that stands in the module; or
    `scipy`, a `csr_array`. `method` is one that every kind has, or `cheapest`; `algebra` saves operations.

    A loop that runs backwards through what another one carried takes it from as many states as `checkpoint` says, and
    computes the others again; 0 keeps all, which is the fastest.

    Raises TargetError for a target, kind, signature or form that there is not, DerivativeError for what has no
    derivative or not by this method, NamingError for a `wrt` that is not an input.

    >>> from symad.parse import parse
    >>> print(generate(parse("x1*x2 + sin(x1)")).split("main")[0])  # doctest: +ELLIPSIS
    \"\"\"f = x1*x2 + sin(x1)
    ...
    def gradient(x1: float, x2: float) -> tuple[float, float]:
        \"\"\"Give the partial derivatives of f by x1, x2.\"\"\"
        return x2 + cos(x1), x1
    ...
    """
    if target != "python":
        raise TargetError(f"{target or 'an empty name'} is not a target", hint="the target is python")
    kinds = asked(derivatives)
    if checkpoint and (checkpoint < 2 or checkpoint != int(checkpoint)):
        raise TargetError(
            "checkpoints keep a whole number of states, two at least", hint="100 are enough for a million iterations"
        )
    at = point(program, wrt, style(signature, matrices), kinds, checkpoint)
    made = functions(at, parts(at, kinds, wrt, method, algebra), algebra)
    texts = [docstring(simplify(expanded(program)), at, made), header(made, at), structure(at, made)]
    operations = set().union(*(f.body.operations for f in made))
    texts += [f"\n\n{text}\n" for text in sources(operations)]
    texts += ["\n\n" + "\n".join(f.lines) + "\n" for f in made]
    return "".join([*texts, "\n\n", main(at, made)])


def header(functions: Sequence[Function], at: Point) -> str:
    """Write the imports, and what a linter has to allow: names are the formula's."""
    operations = set().union(*(f.body.operations for f in functions))
    allowed = ["E741"] if not {"l", "O", "I"}.isdisjoint(at.parameters) else []
    if any(p != p.lower() for p in at.parameters):
        allowed += [*(["N803"] if not at.style.vector or at.rest else []), *(["N806"] if at.style.vector else [])]
    blocks = [f"# ruff: noqa: {', '.join([*allowed, 'RUF100'])}\n"] if allowed else []
    lines = ["import math\n"] if operations & {"math.pow", "stretches", *OWN, *SPECIAL} else []
    lines += ["from array import array\n"] if "array" in operations else []
    abstract = [*(["Callable"] if "stretches" in operations else []), *(["Collection"] if at.style.vector else [])]
    abstract += ["Iterator"] if "stretches" in operations else []
    lines += [f"from collections.abc import {', '.join(abstract)}\n"] if abstract else []
    lines += ["from functools import cache\n"] if "cache" in operations else []
    names = math_names(operations)
    if names:
        lines.append(f"from math import {', '.join(names)}\n")
    if lines:
        blocks.append("".join(lines))
    scipy = [f"from scipy import special{UNTYPED}\n"] if operations & SPECIAL.keys() else []
    if at.style.form == "scipy" and with_matrices(functions):
        scipy.append(f"from scipy.sparse import csr_array{UNTYPED}\n")
    if scipy:
        blocks.append("".join(scipy))
    return "".join(f"\n{block}" for block in blocks)


def with_matrices(functions: Sequence[Function]) -> list[Part]:
    """List the parts that are matrices, each once."""
    return [f.parts[0] for f in functions if len(f.parts) == 1 and f.parts[0].matrices]


def structure(at: Point, functions: Sequence[Function]) -> str:
    """Write the structure of sparse matrices, as constants of the module; of several matrices a tuple of each."""
    lines = []
    for part in with_matrices(functions) if at.style.form != "dense" else ():
        found = [matrix.constants(at.style.form) for matrix in part.matrices]
        for word in found[0]:
            kind = "tuple[int, int]" if word == "SHAPE" else "tuple[int, ...]"
            groups = [Group([*map(str, constants[word])], "(", ")", packed=True) for constants in found]
            text: Group = groups[0]
            if len(found) > 1 and word != "SHAPE":
                kind, text = f"tuple[{kind}, ...]", Group(groups, "(", ")")
            lines += statement(f"{part.kind.upper()}_{word}: {kind} = ", text)
    return "\n" + "\n".join(lines) + "\n" if lines else ""
