"""Formulas of any size: a name and a number in, one expression out, in text that symad and Python both read.

They are the classics of the literature on automatic differentiation: Rosenbrock's valley, Speelpenning's product, the
Helmholtz energy of Griewank and Walther ("Evaluating Derivatives"), a log-sum-exp, calls inside one another, and sums
of many terms.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

LOWEST, HIGHEST = 0.3, 0.9  # every workload is smooth on this interval: arguments of its logarithms stay positive
GAS_CONSTANT, TEMPERATURE = "0.0821", "300"
SQRT_2 = 2**0.5


@dataclass(frozen=True)
class Workload:
    """Hold one formula: what it is called, its text, and the names of its inputs in order."""

    name: str
    text: str
    inputs: tuple[str, ...]

    def point(self) -> list[float]:
        """Give the point at which gradients are compared: the same for every peer."""
        uniform = random.Random(1).uniform
        return [uniform(LOWEST, HIGHEST) for _ in self.inputs]


def names(count: int) -> tuple[str, ...]:
    return tuple(f"x{k}" for k in range(1, count + 1))


def seed(size: int) -> tuple[str, tuple[str, ...]]:
    """Write the formula with which every text on the subject begins; it has one size only."""
    return "x1*x2 + sin(x1)", names(2)


def rosenbrock(size: int) -> tuple[str, tuple[str, ...]]:
    x = names(size)
    return " + ".join(f"100*({b} - {a}**2)**2 + (1 - {a})**2" for a, b in pairwise(x)), x


def speelpenning(size: int) -> tuple[str, tuple[str, ...]]:
    x = names(size)
    return "*".join(x), x


def helmholtz(size: int) -> tuple[str, tuple[str, ...]]:
    """Write the Helmholtz energy of a mixture of `size` components, every sum in full: size**2 products."""
    uniform = random.Random(0).uniform
    x = names(size)
    volume = [round(uniform(0.01, 0.1) / size, 6) for _ in x]
    attraction = [[round(uniform(0, 1), 4) for _ in x] for _ in x]
    bx = "(" + " + ".join(f"{b}*{v}" for b, v in zip(volume, x, strict=True)) + ")"
    entropy = " + ".join(f"{v}*log({v}/(1 - {bx}))" for v in x)
    rows = zip(attraction, x, strict=True)
    xax = " + ".join(f"{a}*{u}*{v}" for row, u in rows for a, v in zip(row, x, strict=True))
    ratio = f"log((1 + {SQRT_2 + 1!r}*{bx})/(1 - {SQRT_2 - 1!r}*{bx}))"
    return f"{GAS_CONSTANT}*{TEMPERATURE}*({entropy}) - ({xax})/({2 * SQRT_2!r}*{bx})*{ratio}", x


def sumexp(size: int) -> tuple[str, tuple[str, ...]]:
    x = names(size)
    return "log(" + " + ".join(f"exp({a}*{b})" for a, b in zip(x, x[1:] + x[:1], strict=True)) + ")", x


def nested(size: int) -> tuple[str, tuple[str, ...]]:
    """Write `size` calls inside one another: Python's own parser, which most peers rely on, stops at 200."""
    return "sin(" * size + "x1" + ")" * size, names(1)


def squares(size: int) -> tuple[str, tuple[str, ...]]:
    """Write a long sum in which every term has an input of its own."""
    x = names(size)
    return " + ".join(f"{v}**2" for v in x), x


def sines(size: int) -> tuple[str, tuple[str, ...]]:
    """Write a long sum in which all terms share one input."""
    return " + ".join(f"sin({k}*x1)" for k in range(1, size + 1)), names(1)


GENERATORS: dict[str, Callable[[int], tuple[str, tuple[str, ...]]]] = {
    make.__name__: make for make in (seed, rosenbrock, speelpenning, helmholtz, sumexp, nested, squares, sines)
}


def workload(name: str, size: int) -> Workload:
    """Make the named workload.

    >>> workload("speelpenning", 3)
    Workload(name='speelpenning 3', text='x1*x2*x3', inputs=('x1', 'x2', 'x3'))
    """
    title = name if name == "seed" else f"{name} {size}"
    return Workload(title, *GENERATORS[name](size))
