"""The population of the United States, censuses of 1790 to 1910, and where it seemed to be heading.

`python examples/logistic_fit.py` prints

    limit 196.2 million, rate 0.0314 a year, half of it in 1914.2
"""

import logistic
import numpy as np
from scipy.optimize import curve_fit

YEARS = np.arange(1790.0, 1911.0, 10)
MILLIONS = np.array(
    [3.929, 5.308, 7.240, 9.638, 12.866, 17.069, 23.192, 31.443, 38.558, 50.156, 62.948, 75.995, 91.972]
)


def model(t: np.ndarray, limit: float, rate: float, half: float) -> np.ndarray:
    return np.array([logistic.value(year, limit, rate, half) for year in t])


def jacobian(t: np.ndarray, limit: float, rate: float, half: float) -> np.ndarray:
    """Give a row for each year: the derivatives by the three parameters, without that by the time."""
    return np.array([logistic.gradient(year, limit, rate, half)[1:] for year in t])


def fit() -> np.ndarray:
    """Fit limit, rate and half-time to the censuses by least squares."""
    found, _ = curve_fit(model, YEARS, MILLIONS, p0=(150.0, 0.03, 1900.0), jac=jacobian)
    return np.asarray(found)


if __name__ == "__main__":
    limit, rate, half = fit()
    print(f"limit {limit:.1f} million, rate {rate:.4f} a year, half of it in {half:.1f}")
