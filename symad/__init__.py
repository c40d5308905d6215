"""symad turns a formula into its derivative: something to read, and something to run."""

from symad.backends import compile  # noqa: A004  (as `re.compile`: the module's name says of what)
from symad.check import check
from symad.derivatives.reverse import gradient, jacobian, value_and_gradient
from symad.errors import SymadError
from symad.explain import explain
from symad.interop import from_sympy, to_sympy
from symad.parse import parse
from symad.printers.infix import formulas
from symad.printers.latex import latex
from symad.printers.mathml import mathml
from symad.printers.python import generate
from symad.printers.source import source
from symad.program import Program
from symad.simplify import simplify
from symad.ways import compare

__version__ = "0.2.0"
__all__ = [
    "Program",
    "SymadError",
    "check",
    "compare",
    "compile",
    "explain",
    "formulas",
    "from_sympy",
    "generate",
    "gradient",
    "jacobian",
    "latex",
    "mathml",
    "parse",
    "simplify",
    "source",
    "to_sympy",
    "value_and_gradient",
]
