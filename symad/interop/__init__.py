"""Formulas from and to other programs: SymPy."""

from symad.interop.sympy_reader import from_sympy
from symad.interop.sympy_writer import to_sympy

__all__ = ["from_sympy", "to_sympy"]
