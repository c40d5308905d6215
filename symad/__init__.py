"""symad turns a formula into its derivative: something to read, and something to run."""

from symad.derivatives.reverse import gradient, jacobian, value_and_gradient
from symad.errors import SymadError
from symad.parse import parse
from symad.program import Program
from symad.simplify import simplify

__version__ = "0.1.0"
__all__ = ["Program", "SymadError", "gradient", "jacobian", "parse", "simplify", "value_and_gradient"]
