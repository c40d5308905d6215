"""What the errors of two measurements do to a result.

`python examples/pendulum_error.py` prints

    g = 9.80 ± 0.04 m/s^2, of which the length 0.02 and the period 0.04
"""

from math import hypot

import pendulum

LENGTH, LENGTH_ERROR = 0.994, 0.002  # m
PERIOD, PERIOD_ERROR = 2.001, 0.004  # s


def gravity() -> tuple[float, float, float]:
    """Give g and the share of each measurement in its error: the derivative times the measurement's error."""
    g, (by_length, by_period) = pendulum.value_and_gradient(LENGTH, PERIOD)
    return g, abs(by_length) * LENGTH_ERROR, abs(by_period) * PERIOD_ERROR


if __name__ == "__main__":
    g, length, period = gravity()
    error = hypot(length, period)
    print(f"g = {g:.2f} ± {error:.2f} m/s^2, of which the length {length:.2f} and the period {period:.2f}")
