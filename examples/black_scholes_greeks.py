"""The sensitivities of a call, and the volatility that a price implies.

`python examples/black_scholes_greeks.py` prints

    price 10.4506
    delta 0.6368, strike -0.5323, rho 53.2325, vega 37.5240, by time 6.4140
    a price of 12 implies a volatility of 0.2411
"""

import black_scholes
from scipy.optimize import root_scalar

OPTION = {"S": 100.0, "K": 100.0, "r": 0.05, "T": 1.0}


def implied_volatility(price: float, S: float, K: float, r: float, T: float) -> float:
    """Give the volatility at which the formula gives a price, by Newton's method with vega as the slope."""

    def residual(sigma: float) -> tuple[float, float]:
        value, greeks = black_scholes.value_and_gradient(S, K, r, sigma, T)
        return value - price, greeks[3]

    return float(root_scalar(residual, x0=0.2, fprime=True, method="newton").root)


if __name__ == "__main__":
    price, (delta, strike, rho, vega, time) = black_scholes.value_and_gradient(**OPTION, sigma=0.2)
    print(f"price {price:.4f}")
    print(f"delta {delta:.4f}, strike {strike:.4f}, rho {rho:.4f}, vega {vega:.4f}, by time {time:.4f}")
    print(f"a price of 12 implies a volatility of {implied_volatility(12, **OPTION):.4f}")
