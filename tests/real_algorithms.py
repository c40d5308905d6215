"""The algorithms of real programs (tests/real_programs.py), by hand in plain Python.

They share nothing with symad, and work for numbers of mpmath, real and complex. A condition asks for the real part; so
an imaginary part is carried along as a derivative is, and complex steps need nothing else.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import mpmath as mp

# iterations to convergence


def newton(a: Any, b: Any) -> Any:
    x, step = mp.mpf(2), mp.mpf(1)
    while abs(step.real) > 1e-12:
        step = (x**3 - a * x - b) / (3 * x**2 - a)
        x -= step
    return x


def kepler(a: Any, ecc: Any, M: Any) -> Any:  # noqa: N803
    E = M + ecc * mp.sin(M)  # noqa: N806
    step = mp.mpf(1)
    while abs(step.real) > 1e-13:
        step = (E - ecc * mp.sin(E) - M) / (1 - ecc * mp.cos(E))
        E -= step  # noqa: N806
    return a * mp.sqrt((mp.cos(E) - ecc) ** 2 + (1 - ecc**2) * mp.sin(E) ** 2) * mp.cos(E)


def pendulum_period(a: Any, b: Any) -> Any:
    """The period of a pendulum by the arithmetic-geometric mean."""
    while abs((a - b).real) > 1e-12 * a.real:
        a, b = (a + b) / 2, mp.sqrt(a * b)
    return 2 * mp.pi / a


def bisection(a: Any, b: Any, c: Any) -> Any:
    low, high = a, b
    while (high - low).real > 1e-6:
        middle = (low + high) / 2
        if (middle**3 - c).real > 0:
            high = middle
        else:
            low = middle
    return low * high**2 + mp.exp(low) * a


def incomplete_gamma(s: Any, x: Any) -> Any:
    """The upper incomplete gamma function by its continued fraction, after Lentz."""
    b = x + 1 - s
    c, d = mp.mpf(1e30), 1 / b
    h = d
    k = 0
    factor = mp.mpf(0)
    while abs((factor - 1).real) > 1e-14:
        k += 1
        n = -k * (k - s)
        b += 2
        d = 1 / (n * d + b)
        c = b + n / c
        factor = c * d
        h *= factor
    return mp.exp(s * mp.log(x) - x) * h


def runge_kutta(slope: Callable[..., tuple[Any, ...]], y: tuple[Any, ...], h: Any, steps: int) -> tuple[Any, ...]:
    def moved(d: tuple[Any, ...], by: Any) -> tuple[Any, ...]:
        return tuple(a + by * b for a, b in zip(y, d, strict=True))

    for _ in range(steps):
        d1 = slope(*y)
        d2 = slope(*moved(d1, h / 2))
        d3 = slope(*moved(d2, h / 2))
        d4 = slope(*moved(d3, h))
        y = moved(tuple(a + 2 * b + 2 * c + d for a, b, c, d in zip(d1, d2, d3, d4, strict=True)), h / 6)
    return y


def lotka_volterra(u0: Any, v0: Any, alpha: Any, beta: Any, gamma: Any, delta: Any) -> Any:
    def slope(u: Any, v: Any) -> tuple[Any, ...]:
        return alpha * u - beta * u * v, delta * u * v - gamma * v

    u, v = runge_kutta(slope, (u0, v0), mp.mpf(1) / 100, 1000)
    return u * v


def lorenz(x0: Any, y0: Any, z0: Any, s: Any, r: Any, b: Any) -> Any:
    def slope(x: Any, y: Any, z: Any) -> tuple[Any, ...]:
        return s * (y - x), x * (r - z) - y, x * y - b * z

    return runge_kutta(slope, (x0, y0, z0), mp.mpf(1) / 100, 1000)[0]


def logistic_map(x: Any, r: Any) -> Any:
    for _ in range(30):
        x = r * x * (1 - x)
    return x


def binomial_tree(S: Any, K: Any, rate: Any, sigma: Any, T: Any) -> Any:  # noqa: N803
    """The price of a European call by walking the tree itself backwards: level after level, an array of prices."""
    h = T / 100
    u = mp.exp(sigma * mp.sqrt(h))
    d = 1 / u
    p = (mp.exp(rate * h) - d) / (u - d)
    shares = [S * u**j * d ** (100 - j) for j in range(101)]
    prices = [share - K if (share - K).real > 0 else mp.mpf(0) for share in shares]
    for level in range(100, 0, -1):
        prices = [mp.exp(-rate * h) * (p * prices[j + 1] + (1 - p) * prices[j]) for j in range(level)]
    return prices[0]


def tangent_fraction(x: Any, n: Any) -> Any:
    """The tangent by Lambert's continued fraction."""
    t = mp.mpf(2 * n + 1)
    for k in range(1, int(n) + 1):
        t = 2 * (int(n) - k) + 1 - x**2 / t
    return x / t


def horner(x: Any, *coefficients: Any) -> Any:
    total = mp.mpf(0)
    for k, a in enumerate(coefficients):
        total += a * x**k
    return total


def kalman(x0: Any, v0: Any, h: Any, q: Any, r: Any, steps: Any) -> Any:
    """The likelihood of measured places of a body whose velocity drifts: predict and correct, with 2x2 matrices."""
    state, F = mp.matrix([x0, v0]), mp.matrix([[1, h], [0, 1]])  # noqa: N806
    Q = q * mp.matrix([[h**3 / 3, h**2 / 2], [h**2 / 2, h]])  # noqa: N806
    P, total = mp.eye(2), mp.mpf(0)  # noqa: N806
    for k in range(1, int(steps) + 1):
        state, P = F * state, F * P * F.T + Q  # noqa: N806
        miss = mp.sin(mp.mpf(0.3) * k) - state[0]
        s = P[0, 0] + r
        gain = mp.matrix([P[0, 0] / s, P[1, 0] / s])
        state += gain * miss
        P = (mp.eye(2) - gain * mp.matrix([[1, 0]])) * P  # noqa: N806
        total -= (mp.log(2 * mp.pi * s) + miss**2 / s) / 2
    return total


def simpson(a: Any, b: Any, c: Any) -> Any:
    h = (b - a) / 20
    weights = [1, *([4, 2] * 9), 4, 1]
    return h / 3 * sum(w * mp.exp(-((a + k * h) ** 2) * c) for k, w in enumerate(weights))


def double_sum(x: Any, y: Any) -> Any:
    pairs = [(i, j) for i in range(1, 7) for j in range(i, 7)]
    factor = mp.mpf(1)
    for k in range(1, 9):
        factor *= x + k / y
    return sum((x + i) ** y / (i + j * x) for i, j in pairs) - mp.log(factor)


def descent(x: Any, y: Any, rate: Any) -> Any:
    for _ in range(40):
        slopes = -2 * (1 - x) - 400 * x * (y - x**2), 200 * (y - x**2)
        x, y = x - rate * slopes[0], y - rate * slopes[1]
    return (1 - x) ** 2 + 100 * (y - x**2) ** 2


def draining(y: Any, c: Any) -> Any:
    """A tank that drains; once it is below the outlet, there is no square root."""
    for _ in range(12):
        y = y - c * mp.sqrt(y) if y.real > 0 else y * c
    return y + c**2


def bouncing(v0: Any, g: Any, h: Any, damping: Any) -> Any:
    """A ball that bounces; where nothing hits the floor, the square root of a negative velocity is not asked for."""
    x, v, t = mp.mpf(1), v0, mp.mpf(0)
    while t.real < 2:
        v = v - g * h
        x = x + h * v
        if x.real < 0:
            x = -x
            v = -damping * v if v.real < -1 else mp.sqrt(v)
        t = t + h
    return x + v**2 / (2 * g)


def without_the_pole(x: Any) -> Any:
    found = [x**2 if k == 0 else x * mp.exp(x / k) / k**2 + mp.log(x * k**2) / k**3 for k in range(-3, 4)]
    return sum(found)


def growing(x: Any) -> Any:
    y, n = x, 0
    while y.real < 50 and (n < 3 or mp.log(y.real) > 0):
        y = mp.sqrt(-y) if y.real < 0 else y**2 if n > 4 else y + x * mp.sqrt(y)
        n += 1
    return y * x
