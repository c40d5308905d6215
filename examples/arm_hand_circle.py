"""The joint angles with which the hand draws a circle: at each point the Jacobian leads from the angles before.

`python examples/arm_hand_circle.py` prints

    shoulder and elbow, in degrees, at 4 of 60 points of the circle
      1.5  74.0
     17.6  76.3
      6.0 113.6
    -17.3 111.3
    farthest from the circle: 0.0
"""

from math import cos, degrees, dist, pi, sin

import arm_hand
import numpy as np
from scipy.optimize import root

CENTRE, RADIUS, POINTS = (0.9, 0.8), 0.3, 60


def circle(k: int) -> tuple[float, float]:
    """Give one of the points."""
    turn = 2 * pi * k / POINTS
    return CENTRE[0] + RADIUS * cos(turn), CENTRE[1] + RADIUS * sin(turn)


def draw() -> list[np.ndarray]:
    """Give the angles at each point."""
    angles, found = np.array([0.2, 1.4]), []
    for k in range(POINTS):
        angles = root(arm_hand.value_and_jacobian, angles, args=circle(k), jac=True, tol=1e-12).x
        found.append(angles)
    return found


if __name__ == "__main__":
    found = draw()
    print(f"shoulder and elbow, in degrees, at 4 of {POINTS} points of the circle")
    for shoulder, elbow in found[:: POINTS // 4]:
        print(f"{degrees(shoulder):5.1f} {degrees(elbow):5.1f}")
    off = max(dist(arm_hand.value(angles, *circle(k)), (0, 0)) for k, angles in enumerate(found))
    print(f"farthest from the circle: {off:.1f}")
