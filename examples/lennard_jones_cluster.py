"""The energy of thirteen atoms that pack as an icosahedron.

`python examples/lennard_jones_cluster.py` prints

    energy -44.326801
"""

from itertools import combinations
from math import sqrt

import lennard_jones
import numpy as np
from scipy.optimize import OptimizeResult, minimize


def icosahedron() -> np.ndarray:
    """Place one atom in the middle and twelve on the corners of an icosahedron."""
    golden = (1 + sqrt(5)) / 2
    corners = [(0, a, b * golden) for a in (-1, 1) for b in (-1, 1)]
    return np.array([(0, 0, 0), *(np.roll(corner, turn) for turn in range(3) for corner in corners)]) / 2


def energy_and_gradient(flat: np.ndarray) -> tuple[float, np.ndarray]:
    """Add up the pairs: the generated function knows one pair, the chain rule by the distance is written here."""
    places = flat.reshape(-1, 3)
    energy, gradient = 0.0, np.zeros_like(places)
    for one, other in combinations(range(len(places)), 2):
        apart = places[one] - places[other]
        distance = float(np.linalg.norm(apart))
        value, slope = lennard_jones.value_and_gradient(distance, 1.0, 1.0)
        energy += value
        gradient[one] += slope[0] * apart / distance
        gradient[other] -= slope[0] * apart / distance
    return energy, gradient.ravel()


def relax(places: np.ndarray) -> OptimizeResult:
    """Let the atoms settle."""
    return minimize(
        energy_and_gradient, places.ravel(), jac=True, method="L-BFGS-B", options={"gtol": 1e-8, "ftol": 1e-15}
    )


if __name__ == "__main__":
    print(f"energy {relax(icosahedron()).fun:.6f}")
