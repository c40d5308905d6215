"""Systems of any size: a name and a number in, statements with several results out, in text that symad and Python read.

Chebyshev polynomials, real spherical harmonics and (A + B)(AB)^T are those by which FastDifferentiation.jl is measured;
the others are the formulas of `workloads`, with a name.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from dataclasses import dataclass

from .workloads import HIGHEST, LOWEST, workload

Made = tuple[list[str], list[str], list[str]]  # statements, inputs, outputs


@dataclass(frozen=True)
class System:
    """Hold one system: what it is called, its statements, its inputs and its outputs in order."""

    name: str
    statements: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]

    @property
    def text(self) -> str:
        """Give the program in symad's language, inputs and outputs declared."""
        return f"input {', '.join(self.inputs)}\n{self.statements}\noutput {', '.join(self.outputs)}"

    def point(self) -> list[float]:
        """Give the point at which derivatives are compared: the same for every peer."""
        uniform = random.Random(1).uniform
        return [uniform(LOWEST, HIGHEST) for _ in self.inputs]


def chebyshev(degree: int) -> Made:
    """Write the polynomial T_n(x) by its recurrence of three terms, T_k = 2*x*T_(k-1) - T_(k-2)."""
    steps = [f"t{k} = 2*x*t{k - 1} - t{k - 2}" for k in range(2, degree)]
    return ["t0 = 1", "t1 = x", *steps, f"f = 2*x*t{degree - 1} - t{degree - 2}"], ["x"], ["f"]


def spherical_harmonics(order: int) -> Made:
    """Write the real spherical harmonics of degree below `order`: order^2 results in x, y, z, on the unit sphere.

    c_m and s_m are the real and imaginary parts of (x + i*y)^m, p_l_m the associated Legendre functions without their
    factor sin(theta)^m; both by recurrences.
    """
    lines = ["s0 = 0", "c0 = 1"]
    for m in range(1, order):
        lines += [f"s{m} = x*s{m - 1} + y*c{m - 1}", f"c{m} = x*c{m - 1} - y*s{m - 1}"]
    for m in range(order):
        lines.append(f"p{m}_{m} = {1 - 2 * m}*p{m - 1}_{m - 1}" if m else "p0_0 = 1")
        for l in range(m + 1, order):  # noqa: E741  (the degree is called l everywhere)
            if l == m + 1:
                lines.append(f"p{l}_{m} = {2 * m + 1}*z*p{m}_{m}")
            else:
                now, before = (2 * l - 1) / (l - m), (l + m - 1) / (l - m)
                lines.append(f"p{l}_{m} = {now!r}*z*p{l - 1}_{m} - {before!r}*p{l - 2}_{m}")
    outputs = []
    for l in range(order):  # noqa: E741
        for m in range(-l, l + 1):
            k = abs(m)
            ratio = math.exp(math.lgamma(l - k + 1) - math.lgamma(l + k + 1))
            norm = math.sqrt((2 * l + 1) / (2 * math.pi) * ratio * (1 if k else 0.5))
            outputs.append(f"y{l}_{'m' if m < 0 else 'p'}{k}")
            lines.append(f"{outputs[-1]} = {norm!r}*p{l}_{k}*{'s' if m < 0 else 'c'}{k}")
    return lines, ["x", "y", "z"], outputs


def matrix_product(n: int) -> Made:
    """Write (A + B)(AB)^T element by element: n^2 results of 2*n^2 inputs."""
    places = [(i, j) for i in range(1, n + 1) for j in range(1, n + 1)]
    lines = [f"s{i}_{j} = a{i}_{j} + b{i}_{j}" for i, j in places]
    for left, (u, v), across in (("t", ("a", "b"), False), ("d", ("s", "t"), True)):
        for i, j in places:
            terms = (f"{u}{i}_{k}*{v}{j}_{k}" if across else f"{u}{i}_{k}*{v}{k}_{j}" for k in range(1, n + 1))
            lines.append(f"{left}{i}_{j} = {' + '.join(terms)}")
    return lines, [f"{name}{i}_{j}" for name in "ab" for i, j in places], [f"d{i}_{j}" for i, j in places]


GENERATORS: dict[str, Callable[[int], Made]] = {
    make.__name__: make for make in (chebyshev, spherical_harmonics, matrix_product)
}


def system(name: str, size: int) -> System:
    """Make the named system; a formula of `workloads` is one of a single output f.

    >>> system("chebyshev", 3).statements.splitlines()
    ['t0 = 1', 't1 = x', 't2 = 2*x*t1 - t0', 'f = 2*x*t2 - t1']
    """
    if name not in GENERATORS:
        case = workload(name, size)
        return System(case.name, f"f = {case.text}", case.inputs, ("f",))
    lines, inputs, outputs = GENERATORS[name](size)
    return System(f"{name} {size}", "\n".join(lines), tuple(inputs), tuple(outputs))
