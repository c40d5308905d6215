"""Influenza in a boarding school: how many each one who is ill infects, from those in bed on fourteen days.

`python examples/epidemic_fit.py` prints

    each infects 1.700 a day and is ill for 2.24 days: 3.80 in all
"""

import epidemic
import numpy as np
from scipy.optimize import OptimizeResult, minimize


def fit(start: tuple[float, float] = (1.5, 0.5)) -> OptimizeResult:
    """Minimise the sum of squares; `jac=True` says that the function gives value and gradient together."""
    return minimize(lambda p: epidemic.value_and_gradient(*p), np.array(start), jac=True, method="BFGS")


if __name__ == "__main__":
    infection, recovery = fit().x
    print(
        f"each infects {infection:.3f} a day and is ill for {1 / recovery:.2f} days: {infection / recovery:.2f} in all"
    )
