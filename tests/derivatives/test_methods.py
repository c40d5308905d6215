"""All methods of a kind give the same outputs and the same values, exactly where the arithmetic is exact.

The judge of rational functions shares nothing with the sweeps: numbers a + b*e1 + c*e2 + d*e1*e2 with e1^2 = e2^2 = 0
carry first and second derivatives through any list of operations. Source: Fike and Alonso, "The development of
hyper-dual numbers for exact second-derivative calculations", 2011.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

import pytest

from symad.derivatives import edge_pushing, elimination
from symad.derivatives.primal import Primal
from symad.parse import parse
from symad.program import Program
from tests.derivatives.methods import METHODS, SCALAR, entry, ways
from tests.derivatives.test_reverse import rationally

INPUTS = "xyz"
FORMS = ("{} + {}", "{} - {}", "{}*{}", "{}/({}^2 + 3)", "{0}^2*{1}", "{}*2 - {}", "-{}*{}", "{0}^3 + {1}/5")
KINKS = [  # where derivatives are a convention, which has to be the same for every method
    ("abs(x)*y", (0, 3)),
    ("abs(x - y)^3 + sign(x - y)", (2, 2)),
    ("max(x, y)^2", (2, 2)),
    ("min(x*y, y, x)", (1, 1)),
    ("relu(x)*y + relu(-x)", (0, 5)),
    ("floor(x)*y + ceil(y)*x + trunc(x)", (2, 3)),
    ("copysign(x, y) + mod(x, 2)", (4, 1)),
    ("sin(abs(x))*max(y, 0)", (0, 0)),
]


@dataclass(frozen=True)
class HyperDual:
    """Hold a value, its derivatives along two directions, and the second one along both."""

    a: Fraction
    b: Fraction = Fraction(0)
    c: Fraction = Fraction(0)
    d: Fraction = Fraction(0)

    def __add__(self, other: HyperDual) -> HyperDual:
        return HyperDual(self.a + other.a, self.b + other.b, self.c + other.c, self.d + other.d)

    def __neg__(self) -> HyperDual:
        return HyperDual(-self.a, -self.b, -self.c, -self.d)

    def __mul__(self, o: HyperDual) -> HyperDual:
        a, b, c, d = self.a, self.b, self.c, self.d
        return HyperDual(a * o.a, a * o.b + b * o.a, a * o.c + c * o.a, a * o.d + b * o.c + c * o.b + d * o.a)

    def reciprocal(self) -> HyperDual:
        a, b, c, d = self.a, self.b, self.c, self.d
        return HyperDual(1 / a, -b / a**2, -c / a**2, 2 * b * c / a**3 - d / a**2)

    def power(self, exponent: int) -> HyperDual:
        made = HyperDual(Fraction(1))
        for _ in range(abs(exponent)):
            made = made * self
        return made if exponent >= 0 else made.reciprocal()


COMPUTE: Mapping[str, Callable[..., HyperDual]] = {
    "neg": lambda x: -x,
    "add": lambda x, y: x + y,
    "sub": lambda x, y: x + -y,
    "mul": lambda x, y: x * y,
    "div": lambda x, y: x * y.reciprocal(),
    "pow": lambda x, y: x.power(int(y.a)),
}


def hyper_dual(program: Program, point: Sequence[HyperDual]) -> list[HyperDual]:
    """Evaluate a rational function with its derivatives."""
    values: list[HyperDual] = []
    for operation, operands in program.assignments:
        if operation in ("integer", "rational"):
            values.append(HyperDual(Fraction(operands[0])))
            continue
        if operation == "input":
            values.append(point[operands[0]])
            continue
        x, *rest = [values[v] for v in operands]
        values.append(COMPUTE[operation](x, *rest))
    return [values[v] for v in program.results]


def truth(kind: str, program: Program, point: Sequence[Fraction], seeds: Sequence[Fraction]) -> dict[str, Fraction]:
    """Give all the derivatives of a kind, zeros included, by label."""
    names, outputs = program.inputs, program.outputs
    size = range(len(names))

    def along(first: Sequence[Fraction | int], second: Sequence[Fraction | int]) -> list[HyperDual]:
        given = [HyperDual(x, Fraction(u), Fraction(v)) for x, u, v in zip(point, first, second, strict=True)]
        return hyper_dual(program, given)

    unit = [[int(j == k) for j in size] for k in size]
    columns = {name: along(unit[k], unit[k]) for k, name in enumerate(names)}
    first = {entry(label, name): columns[name][row].b for row, label in enumerate(outputs) for name in names}
    if kind == "jvp":
        return {f"dot_{label}": value.b for label, value in zip(outputs, along(seeds, seeds), strict=True)}
    if kind == "vjp":
        return {f"bar_{n}": sum((u * v.b for u, v in zip(seeds, columns[n], strict=True)), Fraction(0)) for n in names}
    if kind == "hessian":
        pairs = [(j, k, along(unit[j], unit[k])) for k in size for j in range(k + 1)]
        return {entry(o, names[j], names[k]): f[row].d for j, k, f in pairs for row, o in enumerate(outputs)}
    if kind == "hessian_vector_product":
        return {f"dot_{entry(outputs[0], name)}": along(unit[k], seeds)[0].d for k, name in enumerate(names)}
    return {outputs[0]: columns[names[0]][0].a, **first} if kind == "value_and_gradient" else first


def rational_system(random_: random.Random, size: int, outputs: int) -> Program:
    """Write a random rational function of three inputs with several outputs, one statement an operation."""
    names, lines = [*INPUTS], [f"input {', '.join(INPUTS)}"]
    for k in range(size):
        left, right = random_.choice(names), random_.choice(names[-5:])
        lines.append(f"w{k} = " + random_.choice(FORMS).format(left, right))
        names.append(f"w{k}")
    return parse("\n".join([*lines, f"output {', '.join(names[-outputs:])}"]))


def wrong(kind: str, program: Program, random_: random.Random) -> list[str]:
    """List the derivatives that are not exactly the true ones, or that one method has and another has not."""
    point = [Fraction(random_.randint(1, 9), 5) for _ in program.inputs]
    count = {"jvp": len(program.inputs), "vjp": len(program.outputs), "hessian_vector_product": len(program.inputs)}
    seeds = [Fraction(random_.randint(-9, 9), 4) for _ in range(count.get(kind, 0))]
    expected = truth(kind, program, point, seeds)
    found = []
    labels = None
    for how, made in ways(kind, program):
        labels = labels or made.outputs
        if made.outputs != labels:
            found.append(f"{kind}, {how}: {made.outputs}, not {labels}")
        names = expected if seeds else made.outputs  # a product's label may be taken by a seed: bar_z_1
        values: Mapping[str, Fraction] = dict(zip(names, rationally(made, [*point, *seeds]), strict=True))
        for label, wanted in expected.items():
            if values.get(label, 0) != wanted:
                found.append(f"{kind}, {how}: {label} is {values.get(label)}, not {wanted}")
    return found


@pytest.mark.parametrize("kind", METHODS)
@pytest.mark.parametrize("seed", range(20))
def test_rational_functions_in_exact_arithmetic(kind: str, seed: int) -> None:
    random_ = random.Random(seed)
    program = rational_system(random_, 2 + seed, 1 if kind in SCALAR else 1 + seed % 4)
    assert not wrong(kind, program, random_)


@pytest.mark.parametrize("kind", METHODS)
@pytest.mark.parametrize(("text", "point"), KINKS)
def test_kinks_are_the_same_for_every_method(kind: str, text: str, point: tuple[float, float]) -> None:
    """Small whole numbers and halves: nothing is rounded, and sin and cos of 0 are exact too."""
    program = parse(text)
    seeds = {"jvp": (2, 3), "vjp": (2,), "hessian_vector_product": (2, 3)}.get(kind, ())
    found = {how: made(*point, *seeds) for how, made in ways(kind, program)}
    assert len(set(found.values())) == 1, found  # -0.0 is 0.0 here: a sum of zeros may come in another order
    values = next(iter(found.values()))
    assert all(map(math.isfinite, values if isinstance(values, tuple) else (values,)))


def test_derivatives_at_kinks() -> None:
    for kind, text, point, expected in (
        ("hessian", "abs(x)^3", (0,), 0),
        ("hessian", "max(x, y)^2", (2, 2), (0.5, 0.5, 0.5)),
        ("jacobian", "max(x, y)^2", (2, 2), (2, 2)),
        ("hessian_vector_product", "x*relu(y)", (3, 0, 1, 1), (0, 0)),
        ("hessian_vector_product", "x*relu(y)", (3, 2, 1, 1), (1, 1)),
    ):
        for _, made in ways(kind, parse(text)):
            assert made(*point) == expected


# A method that is wrong is seen.


def test_a_wrong_number_of_pairs_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    program = parse("(x*y)^2 + x/(1 + y*x)")
    assert not wrong("hessian", program, random.Random(1))
    monkeypatch.setattr(edge_pushing, "twice", lambda b, value: value)
    assert wrong("hessian", program, random.Random(1))


def test_a_dropped_contribution_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    program = parse("x*y*z + x^2*z")

    def last(edges: edge_pushing.Received, p: int, q: int, contribution: int) -> None:
        edges.setdefault(max(p, q), {})[min(p, q)] = [contribution]

    monkeypatch.setattr(edge_pushing, "receive", last)
    assert wrong("hessian", program, random.Random(1))


def test_a_dropped_edge_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    program = parse("p = x*y; q = p^2 + p; r = q/p + x*q; output q, r")
    assert not wrong("jacobian", program, random.Random(1))

    def replace(
        start: Primal, into: elimination.Edges, out: elimination.Edges, tail: int, head: int, weight: int
    ) -> None:
        into[head][tail] = out[tail][head] = weight

    monkeypatch.setattr(elimination, "add", replace)
    assert wrong("jacobian", program, random.Random(1))
