"""symad turns a formula into its derivative: something to read, and something to run."""

from symad.algebra import save_operations
from symad.backends import compile  # noqa: A004  (as `re.compile`: the module's name says of what)
from symad.check import check
from symad.derivatives.gradient import gradient, value_and_gradient
from symad.derivatives.hessian import hessian
from symad.derivatives.jacobian import jacobian
from symad.derivatives.products import hessian_vector_product, jvp, vjp
from symad.derivatives.sparsity import sparsity
from symad.derivatives.taylor import taylor
from symad.errors import SymadError
from symad.explain import explain
from symad.interop import from_sympy, to_sympy
from symad.kinks import kinks
from symad.parse import parse
from symad.patterns.colouring import colouring
from symad.printers.infix import formulas
from symad.printers.latex import latex
from symad.printers.mathml import mathml
from symad.printers.python import generate
from symad.printers.source import source
from symad.program import Program
from symad.simplify import simplify
from symad.unrolling import unroll
from symad.ways import compare

__version__ = "0.4.0"
__all__ = [
    "Program",
    "SymadError",
    "check",
    "colouring",
    "compare",
    "compile",
    "explain",
    "formulas",
    "from_sympy",
    "generate",
    "gradient",
    "hessian",
    "hessian_vector_product",
    "jacobian",
    "jvp",
    "kinks",
    "latex",
    "mathml",
    "parse",
    "save_operations",
    "simplify",
    "source",
    "sparsity",
    "taylor",
    "to_sympy",
    "unroll",
    "value_and_gradient",
    "vjp",
]
