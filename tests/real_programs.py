"""Real programs with loops and conditions: in symad's language, each with its algorithm by hand and a point.

`rounding` is what doubles may be off, relative to the largest component: 1e-14 is some fifty roundings, of which most
cancel; a program that has more of them, or amplifies them, says so.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import symad
from tests import real_algorithms as by_hand


@dataclass(frozen=True)
class Real:
    """Hold a program, the same algorithm by hand, and a point; derivatives are by all inputs, or by those of `wrt`."""

    name: str
    text: str
    algorithm: Callable[..., Any]
    at: Mapping[str, float]
    wrt: tuple[str, ...] = field(default=())
    rounding: float = 1e-14

    @property
    def program(self) -> symad.Program:
        return symad.parse(f"input {', '.join(self.at)}\n{self.text}")

    @property
    def chosen(self) -> tuple[str, ...]:
        return self.wrt or tuple(self.at)


NEWTON = """
x = 2; step = 1
while abs(step) > 1e-12 { step = (x^3 - a*x - b)/(3*x^2 - a); x = x - step }
x"""
KEPLER = """
E = M + ecc*sin(M); step = 1
while abs(step) > 1e-13 { step = (E - ecc*sin(E) - M)/(1 - ecc*cos(E)); E = E - step }
a*sqrt((cos(E) - ecc)^2 + (1 - ecc^2)*sin(E)^2)*cos(E)"""
MEAN = """
u = a; v = b
while abs(u - v) > 1e-12*u { middle = (u + v)/2; v = sqrt(u*v); u = middle }
2*pi/u"""
BISECTION = """
low = a; high = b
while high - low > 1e-6 {
    middle = (low + high)/2
    low = if middle^3 - c > 0 then low else middle
    high = if middle^3 - c > 0 then middle else high
}
low*high^2 + exp(low)*a"""
LENTZ = """
b = x + 1 - s; c = 1e30; d = 1/b; h = d; k = 0; factor = 0
while abs(factor - 1) > 1e-14 {
    k = k + 1
    n = -k*(k - s)
    b = b + 2
    d = 1/(n*d + b)
    c = b + n/c
    factor = c*d
    h = h*factor
}
exp(s*log(x) - x)*h"""
LOTKA_VOLTERRA = """
prey(u, v) = alpha*u - beta*u*v
hunters(u, v) = delta*u*v - gamma*v
u = u0; v = v0; h = 1/100
for k in 1..1000 {
    u1 = prey(u, v);                       v1 = hunters(u, v)
    u2 = prey(u + h/2*u1, v + h/2*v1);     v2 = hunters(u + h/2*u1, v + h/2*v1)
    u3 = prey(u + h/2*u2, v + h/2*v2);     v3 = hunters(u + h/2*u2, v + h/2*v2)
    u4 = prey(u + h*u3, v + h*v3);         v4 = hunters(u + h*u3, v + h*v3)
    u = u + h/6*(u1 + 2*u2 + 2*u3 + u4)
    v = v + h/6*(v1 + 2*v2 + 2*v3 + v4)
}
u*v"""
LORENZ = """
h = 1/100; x = x0; y = y0; z = z0
for k in 1..1000 {
    a1 = s*(y - x); b1 = x*(r - z) - y; c1 = x*y - b*z
    x2 = x + h/2*a1; y2 = y + h/2*b1; z2 = z + h/2*c1
    a2 = s*(y2 - x2); b2 = x2*(r - z2) - y2; c2 = x2*y2 - b*z2
    x3 = x + h/2*a2; y3 = y + h/2*b2; z3 = z + h/2*c2
    a3 = s*(y3 - x3); b3 = x3*(r - z3) - y3; c3 = x3*y3 - b*z3
    x4 = x + h*a3; y4 = y + h*b3; z4 = z + h*c3
    a4 = s*(y4 - x4); b4 = x4*(r - z4) - y4; c4 = x4*y4 - b*z4
    x = x + h/6*(a1 + 2*a2 + 2*a3 + a4)
    y = y + h/6*(b1 + 2*b2 + 2*b3 + b4)
    z = z + h/6*(c1 + 2*c2 + 2*c3 + c4)
}
x"""
LOGISTIC = "y = x; for k in 1..30 { y = r*y*(1 - y) }; y"
BINOMIAL_TREE = """
h = T/100
u = exp(sigma*sqrt(h)); d = 1/u
p = (exp(rate*h) - d)/(u - d)
chance = (1 - p)^100; share = S*d^100; price = 0
for j in 0..100 {
    price = price + chance*(if share > K then share - K else 0)
    chance = chance*(100 - j)/(j + 1)*p/(1 - p)
    share = share*u/d
}
exp(-rate*T)*price"""
CONTINUED_FRACTION = "t = 2*n + 1; for k in 1..n { t = 2*(n - k) + 1 - x^2/t }; x/t"
HORNER = "a = [a5, a4, a3, a2, a1, a0]; y = 0; for c in a { y = y*x + c }; y"
PICKED = """
a = [a0, a1, a2, a3, a4, a5]; y = 0
for k in 1..length(a) { y = y*x + a[length(a) + 1 - k] }
y"""
KALMAN = """
x = x0; v = v0; p = 1; c = 0; w = 1; likelihood = 0
for k in 1..steps {
    x = x + h*v
    p = p + 2*h*c + h^2*w + q*h^3/3
    c = c + h*w + q*h^2/2
    w = w + q*h
    miss = sin(0.3*k) - x
    s = p + r
    x = x + p/s*miss
    v = v + c/s*miss
    w = w - c^2/s
    c = c*r/s
    p = p*r/s
    likelihood = likelihood - (log(2*pi*s) + miss^2/s)/2
}
likelihood"""
SIMPSON = """
h = (b - a)/20
inside = sum(k in 1..9: exp(-(a + 2*k*h)^2*c))
between = sum(k in 1..10: exp(-(a + (2*k - 1)*h)^2*c))
h/3*(exp(-a^2*c) + 2*inside + 4*between + exp(-b^2*c))"""
POTENTIAL = "sum(i in 1..6: sum(j in i..6: (x + i)^y/(i + j*x))) - log(product(k in 1..8: x + k/y))"
DESCENT = """
for k in 1..40 {
    u = -2*(1 - x) - 400*x*(y - x^2)
    v = 200*(y - x^2)
    x = x - rate*u
    y = y - rate*v
}
(1 - x)^2 + 100*(y - x^2)^2"""
TORRICELLI = """
for k in 1..12 { y = if y > 0 then y - c*sqrt(y) else y*c }
y + c^2"""
BOUNCING = """
x = 1; v = v0; t = 0
while t < 2 {
    v = v - g*h
    x = x + h*v
    hit = if x < 0 then -x else 0
    v = if x < 0 then (if v < -1 then -damping*v else sqrt(v)) else v
    x = x + 2*hit
    t = t + h
}
x + v^2/(2*g)"""
SINGULAR = "s = 0; for k in -3..3 { s = s + (if k == 0 then x^2 else x*exp(x/k)/k^2 + log(x*k^2)/k^3) }; s"
UNTAKEN = """
y = x; n = 0
while y < 50 and (n < 3 or log(y) > 0) {
    y = if y < 0 then sqrt(-y) else if n > 4 then y^2 else y + x*sqrt(y)
    n = n + 1
}
z = if x > 100 then sum(k in 1..10: sqrt(k - x)) else y*x
z"""


# fmt: off
PROGRAMS: tuple[Real, ...] = (
    Real("newton",             NEWTON,             by_hand.newton,           {"a": 1.3, "b": 2.7}),
    Real("kepler",             KEPLER,             by_hand.kepler,           {"a": 1.5, "ecc": 0.6, "M": 1.1}),
    Real("mean",               MEAN,               by_hand.pendulum_period,  {"a": 1.7, "b": 0.4}),
    Real("bisection",          BISECTION,          by_hand.bisection,        {"a": 0.5, "b": 2.5, "c": 3.7}),
    Real("incomplete gamma",   LENTZ,              by_hand.incomplete_gamma, {"s": 1.7, "x": 3.9}),
    Real("lotka-volterra",     LOTKA_VOLTERRA,     by_hand.lotka_volterra,
         {"u0": 1.2, "v0": 0.8, "alpha": 0.9, "beta": 1.1, "gamma": 0.7, "delta": 0.6},
         ("u0", "alpha", "delta"), 1e-13),  # a thousand steps
    # ten units of time: a difference grows by exp(0.9*10), some ten thousand times, its own change once more
    Real("lorenz",             LORENZ,             by_hand.lorenz,
         {"x0": 1.0, "y0": 2.0, "z0": 20.0, "s": 10.0, "r": 28.0, "b": 2.6}, ("x0", "s", "r"), 1e-9),
    # thirty steps in chaos: a difference grows a million times, its own change once more
    Real("logistic map",       LOGISTIC,           by_hand.logistic_map,     {"x": 0.31, "r": 3.83}, rounding=1e-8),
    # the chances are products of a hundred factors, the first one is a hundredth power of a rounded number
    Real("binomial tree",      BINOMIAL_TREE,      by_hand.binomial_tree,
         {"S": 100.0, "K": 105.0, "rate": 0.03, "sigma": 0.25, "T": 0.75}, rounding=1e-12),
    Real("continued fraction", CONTINUED_FRACTION, by_hand.tangent_fraction, {"x": 1.2, "n": 9.0}, ("x",)),
    Real("horner",             HORNER,             by_hand.horner,
         {"x": -1.3, "a0": 0.3, "a1": -0.7, "a2": 1.9, "a3": 0.4, "a4": -1.1, "a5": 0.6}),
    Real("horner, picked",     PICKED,             by_hand.horner,
         {"x": -1.3, "a0": 0.3, "a1": -0.7, "a2": 1.9, "a3": 0.4, "a4": -1.1, "a5": 0.6}),
    Real("kalman step",        KALMAN,             by_hand.kalman,
         {"x0": 0.2, "v0": 0.5, "h": 0.3, "q": 0.8, "r": 0.4, "steps": 1.0}, ("x0", "v0", "h", "q", "r")),
    Real("kalman",             KALMAN,             by_hand.kalman,
         {"x0": 0.2, "v0": 0.5, "h": 0.3, "q": 0.8, "r": 0.4, "steps": 40.0}, ("x0", "v0", "h", "q", "r")),
    Real("simpson",            SIMPSON,            by_hand.simpson,          {"a": -0.4, "b": 1.3, "c": 0.9}),
    Real("double sum",         POTENTIAL,          by_hand.double_sum,       {"x": 0.7, "y": 1.6}),
    Real("descent",            DESCENT,            by_hand.descent,          {"x": -1.2, "y": 1.0, "rate": 0.001}),
    Real("draining",           TORRICELLI,         by_hand.draining,         {"y": 1.3, "c": 0.45}),
    Real("bouncing",           BOUNCING,           by_hand.bouncing,
         {"v0": 0.5, "g": 9.81, "h": 0.013, "damping": 0.8}, rounding=1e-13),  # 150 steps, some cancel
    Real("without the pole",   SINGULAR,           by_hand.without_the_pole, {"x": 1.4}),
    Real("growing",            UNTAKEN,            by_hand.growing,          {"x": 1.9}),
)
# fmt: on
