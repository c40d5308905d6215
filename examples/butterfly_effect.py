"""How fast a small difference grows in the logistic map: on the way to chaos, and in it.

`python examples/butterfly_effect.py` prints

    r = 2.9: a difference is multiplied by exp(-0.12) a step
    r = 3.5: a difference is multiplied by exp(-0.47) a step
    r = 3.7: a difference is multiplied by exp(0.35) a step
    r = 4.0: a difference is multiplied by exp(0.68) a step
"""

from math import fsum, log

import butterfly

STEPS = 30  # as in the formula
STARTS = [k / 100 + 0.0042 for k in range(1, 99)]


def exponent(r: float) -> float:
    """Give the average growth of the logarithm of a difference, a step: negative where differences vanish."""
    slopes = [butterfly.gradient(x, r)[0] for x in STARTS]
    return fsum(log(abs(slope)) for slope in slopes) / (STEPS * len(STARTS))


if __name__ == "__main__":
    for r in (2.9, 3.5, 3.7, 4.0):
        print(f"r = {r}: a difference is multiplied by exp({exponent(r):.2f}) a step")
