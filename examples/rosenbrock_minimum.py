"""Follow Rosenbrock's valley to its lowest point with the generated gradient.

`python examples/rosenbrock_minimum.py` prints

    the lowest point is (1.00000, 1.00000)
"""

import numpy as np
import rosenbrock
from scipy.optimize import OptimizeResult, minimize


def lowest_point(start: tuple[float, float] = (-1.2, 1.0)) -> OptimizeResult:
    """Minimise from a start; `jac=True` says that the function gives value and gradient together."""
    return minimize(lambda p: rosenbrock.value_and_gradient(*p), np.array(start), jac=True, method="BFGS")


if __name__ == "__main__":
    x, y = lowest_point().x
    print(f"the lowest point is ({x:.5f}, {y:.5f})")
