"""The joint angles that bring the hand to a point.

`python examples/two_link_arm_reach.py` prints

    shoulder -5.3 degrees, elbow 87.9 degrees
"""

from math import degrees

import numpy as np
import two_link_arm
from scipy.optimize import OptimizeResult, minimize


def reach(u: float, v: float) -> OptimizeResult:
    """Bring the hand to (u, v): the two angles are varied, the target's part of the gradient is not used."""

    def miss(angles: np.ndarray) -> tuple[float, np.ndarray]:
        shoulder, elbow = angles
        value, slope = two_link_arm.value_and_gradient(shoulder, elbow, u, v)
        return value, np.array(slope[:2])

    return minimize(miss, np.array([0.5, 0.5]), jac=True, method="BFGS", options={"gtol": 1e-12})


if __name__ == "__main__":
    shoulder, elbow = reach(1.1, 0.7).x
    print(f"shoulder {degrees(shoulder):.1f} degrees, elbow {degrees(elbow):.1f} degrees")
