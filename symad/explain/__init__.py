"""The worked derivation: Program in, its derivatives step by step out, as data and in several views."""

from symad.explain.derivation import explain
from symad.explain.steps import Explanation, Pass, Step, Term

__all__ = ["Explanation", "Pass", "Step", "Term", "explain"]
