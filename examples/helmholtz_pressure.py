"""Pressure, volume and chemical potentials of natural gas, all from one energy.

`python examples/helmholtz_pressure.py` prints

    1 mol in 0.5 l at 300 K: 44.2 bar (an ideal gas: 49.9 bar)
    at 60 bar it takes 0.354 l
"""

import helmholtz
from scipy.optimize import root_scalar

GAS = (0.9, 0.07, 0.03)  # mol of methane, ethane, propane
R = 8.31446261815324
LITRE, BAR = 1e-3, 1e5


def pressure(volume: float, temperature: float) -> float:
    """Give the pressure, minus the derivative of the energy by the volume."""
    return -helmholtz.gradient(*GAS, volume, temperature)[3]


def volume(wanted: float, temperature: float) -> float:
    """Give the volume at a pressure, sought around that of an ideal gas."""
    ideal = sum(GAS) * R * temperature / wanted
    found = root_scalar(lambda v: pressure(v, temperature) - wanted, bracket=(0.5 * ideal, 2 * ideal))
    return float(found.root)


if __name__ == "__main__":
    ideal = sum(GAS) * R * 300 / (0.5 * LITRE)
    print(f"1 mol in 0.5 l at 300 K: {pressure(0.5 * LITRE, 300) / BAR:.1f} bar (an ideal gas: {ideal / BAR:.1f} bar)")
    print(f"at 60 bar it takes {volume(60 * BAR, 300) / LITRE:.3f} l")
