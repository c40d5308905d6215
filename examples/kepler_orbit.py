"""Where a planet is on its orbit, and how fast it moves.

`python examples/kepler_orbit.py` prints

    mean anomaly 5 degrees, eccentricity 0.1: eccentric anomaly 5.554589 degrees, dE/dM 1.1105
"""

from math import degrees, radians

import kepler
from scipy.optimize import root_scalar


def eccentric_anomaly(ecc: float, M: float) -> float:
    """Solve Kepler's equation by Newton's method; the slope comes with the value."""

    def equation(E: float) -> tuple[float, float]:
        value, slope = kepler.value_and_gradient(E, ecc, M)
        return value, slope[0]

    return float(root_scalar(equation, x0=M + ecc, fprime=True, method="newton", xtol=1e-15).root)


def speed(ecc: float, M: float) -> float:
    """Give dE/dM, by the implicit function theorem: minus the derivative by M, over that by E."""
    by_E, _, by_M = kepler.gradient(eccentric_anomaly(ecc, M), ecc, M)
    return -by_M / by_E


if __name__ == "__main__":
    ecc, M = 0.1, radians(5)
    E = degrees(eccentric_anomaly(ecc, M))
    print(f"mean anomaly 5 degrees, eccentricity 0.1: eccentric anomaly {E:.6f} degrees, dE/dM {speed(ecc, M):.4f}")
