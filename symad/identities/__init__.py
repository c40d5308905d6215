"""The table of identities: `ROWS`, in the order in which they are tried."""

from symad.identities import arithmetic, conditions, constants, functions, limits, powers
from symad.identities.table import ROWS, Identity

__all__ = ["ROWS", "Identity", "arithmetic", "conditions", "constants", "functions", "limits", "powers"]
