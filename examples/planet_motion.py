"""Mercury through its year: how far it is from the sun, how fast it moves away, and what pulls it back.

`python examples/planet_motion.py` prints

    day   million km   outwards, km/s   its change, cm/s^2
      0        46.00             0.00                 1.290
     11        51.01             9.11                 0.444
     22        60.30             9.26                -0.293
     33        67.33             5.18                -0.516
     44        69.82            -0.01                -0.560
"""

from math import tau

import planet

AXIS, ECCENTRICITY = 57.909e9, 0.20563  # m, and how long the orbit is drawn
YEAR = 87.969 * 86400  # s


def motion(day: float) -> tuple[float, float, float]:
    """Give distance, its rate of change, and that of the rate, so many days after Mercury was nearest."""
    rate = tau / YEAR
    mean = rate * 86400 * day
    distance, (_, _, slope) = planet.value_and_gradient(AXIS, ECCENTRICITY, mean)
    curvature = planet.hvp(AXIS, ECCENTRICITY, mean, 0.0, 0.0, 1.0)[2]
    return distance, slope * rate, curvature * rate**2


if __name__ == "__main__":
    print("day   million km   outwards, km/s   its change, cm/s^2")
    for day in (0, 11, 22, 33, 44):
        distance, speed, change = motion(day)
        print(f"{day:3}   {distance / 1e9:10.2f}   {speed / 1e3:14.2f}   {change * 100:19.3f}")
