"""What must hold between the kinds of derivatives, on random programs of several outputs, to 1000 digits.

u.(J v) = (J^T u).v; rows of the Jacobian are products with unit adjoints, columns products with unit tangents; the
Hessian is the Jacobian of the gradient, and times a vector the change of the gradient along it.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import mpmath
import pytest
from hypothesis import given
from hypothesis.strategies import one_of

from symad.builder import Builder
from symad.derivatives import products
from symad.derivatives.gradient import gradient
from symad.derivatives.hessian import hessian
from symad.derivatives.jacobian import jacobian
from symad.derivatives.products import hessian_vector_product, jvp
from symad.derivatives.taylor import taylor
from symad.parse import parse
from symad.program import Program
from tests.derivatives.methods import DIGITS, Values, agree, derive, entry, exact, matrix, precisely, ways
from tests.derivatives.test_reverse import CONDITIONS
from tests.printers.programs import POINTS, programs
from tests.printers.test_conditions import POINTS as PLACES
from tests.printers.test_conditions import written

TANGENTS = (Fraction(3, 4), Fraction(-5, 4), Fraction(2))
ADJOINTS = (Fraction(-1, 2), Fraction(7, 4), Fraction(3))
SYSTEMS = one_of(programs(operations=20, outputs=3), programs(operations=20, outputs=3, conditions=False))
SINGLE = one_of(programs(operations=15, outputs=1), programs(operations=15, outputs=1, conditions=False))

# fmt: off
SYSTEM_TEXTS = [  # smooth where they are evaluated: every identity is compared, none passed over for want of a value
    "p = x*y + sin(x); q = exp(x - y)/(2 + y^2); r = x; output p, q, r",
    "p = x^y; q = log(x)*p; r = sqrt(p + q^2); output r, p, q",
    "p = hypot(x, y); q = p; r = 3; output p, q, r",
    "p = if x > y then x^2*y else sin(y); q = p^2 + max(x, y); output q, p",
    "p = x; q = floor(y); r = abs(x - y)*q; output p, q, r",
]
# fmt: on


def vector(fractions: Sequence[Fraction], size: int) -> list[Any]:
    with mpmath.workdps(DIGITS):
        return [mpmath.mpf(x.numerator) / x.denominator for x in fractions[:size]]


def dot(left: Sequence[Any], right: Sequence[Any]) -> Any:
    with mpmath.workdps(DIGITS):
        return mpmath.fdot(left, right)


def column(derivatives: Values, program: Program, name: str) -> list[Any]:
    return [derivatives.get(entry(label, name), 0) for label in program.outputs]


def row(derivatives: Values, program: Program, label: str) -> list[Any]:
    return [derivatives.get(entry(label, name), 0) for name in program.inputs]


def first_order(program: Program, point: Sequence[Any]) -> tuple[list[str], int]:
    """Compare Jacobian and products at a point; give what disagrees, and how much was compared."""
    n, m = len(program.inputs), len(program.outputs)
    v, u = vector(TANGENTS, n), vector(ADJOINTS, m)
    jacobians = [(how, precisely(made, point)) for how, made in ways("jacobian", program)]
    forwards = [(how, precisely(made, [*point, *v])) for how, made in ways("jvp", program)]
    backwards = [(how, precisely(made, [*point, *u])) for how, made in ways("vjp", program)]
    wrong, compared = [], 0
    for how, derivatives in jacobians:
        for name, product in forwards:
            if derivatives is not None and product is not None:
                compared += 1
                wanted = [dot(row(derivatives, program, label), v) for label in program.outputs]
                if not all(map(agree, product.values(), wanted)):
                    wrong.append(f"J v: jacobian {how}, jvp {name}")
        for name, product in backwards:
            if derivatives is not None and product is not None:
                compared += 1
                wanted = [dot(column(derivatives, program, place), u) for place in program.inputs]
                if not all(map(agree, product.values(), wanted)):
                    wrong.append(f"J^T u: jacobian {how}, vjp {name}")
    for name, left in forwards:
        for other, right in backwards:
            if left is not None and right is not None:
                compared += 1
                if not agree(dot(u, [*left.values()]), dot([*right.values()], v)):
                    wrong.append(f"u.(J v) and (J^T u).v: jvp {name}, vjp {other}")
    return wrong, compared


def units(program: Program, point: Sequence[Any]) -> list[str]:
    """Compare the rows and columns of the Jacobian with products with unit vectors."""
    derivatives = precisely(jacobian(program), point)
    wrong = []
    for kind, count in (("jvp", len(program.inputs)), ("vjp", len(program.outputs))):
        product = derive(kind)(program)
        for place in range(count):
            found = precisely(product, [*point, *(int(k == place) for k in range(count))])
            if derivatives is None or found is None:
                continue
            if kind == "jvp":
                wanted = column(derivatives, program, program.inputs[place])
            else:
                wanted = row(derivatives, program, program.outputs[place])
            if not all(map(agree, found.values(), wanted)):
                wrong.append(f"{kind} with unit vector {place}")
    return wrong


def second_order(program: Program, point: Sequence[Any]) -> tuple[list[str], int]:
    """Compare Hessian, Jacobian of the gradient and products with a vector, of a program of one output."""
    v = vector(TANGENTS, len(program.inputs))
    [label] = program.outputs
    hessians = [(how, precisely(made, point)) for how, made in ways("hessian", program)]
    by_products = [(how, precisely(made, [*point, *v])) for how, made in ways("hessian_vector_product", program)]
    slopes = precisely(jacobian(gradient(program), program.inputs), point)
    along = precisely(taylor(program, 2), [*point, *v])
    wrong, compared = [], 0
    for how, second in hessians:
        if second is None:
            continue
        full = matrix(second, program, label)
        if slopes is not None:
            compared += 1
            if not all(agree(slopes.get(name, 0), value) for name, value in second.items()):
                wrong.append(f"jacobian of gradient, hessian {how}")
        if along is not None:
            compared += 1
            if not agree(dot(v, [dot(line, v) for line in full]), dot([2], [along[f"{label}_t2"]])):
                wrong.append(f"taylor and v.(H v), hessian {how}")
        for name, product in by_products:
            if product is not None:
                compared += 1
                if not all(map(agree, product.values(), [dot(line, v) for line in full])):
                    wrong.append(f"H v: hessian {how}, product {name}")
    return wrong, compared


def same(left: Program, right: Program) -> bool:
    """Tell whether two programs are one but for the order of their assignments: the same values of one builder."""
    b = Builder()
    inputs = [b.input(name) for name in left.inputs]
    ours, theirs = b.copy(left, inputs), b.copy(right, inputs)
    labelled = (left.inputs, left.outputs) == (right.inputs, right.outputs)
    return labelled and [ours[v] for v in left.results] == [theirs[v] for v in right.results]


@given(SYSTEMS, POINTS, POINTS, POINTS)
def test_jacobian_and_products(program: Program, x: float, y: float, z: float) -> None:
    exactly = exact(program)
    if exactly is not None:
        point = (x, y, z)[: len(program.inputs)]
        assert not first_order(exactly, point)[0]
        assert not units(exactly, point)


@given(SINGLE, POINTS, POINTS, POINTS)
def test_hessian_and_products(program: Program, x: float, y: float, z: float) -> None:
    exactly = exact(program)
    if exactly is not None:
        assert not second_order(exactly, (x, y, z)[: len(program.inputs)])[0]


@given(programs(outputs=1, conditions=False))
def test_a_tangent_of_the_gradient_is_the_product_with_the_hessian(program: Program) -> None:
    product = hessian_vector_product(program, method="forward-over-reverse")
    assert same(product, jvp(gradient(program, method="reverse"), program.inputs, "forward"))


@given(programs(outputs=1), POINTS, POINTS, POINTS)
def test_they_agree_with_conditions_too(program: Program, x: float, y: float, z: float) -> None:
    """A gradient asks no question twice, so its tangent may be another program."""
    program = exact(program) or program.part(())
    point = [*(x, y, z)[: len(program.inputs)], *vector(TANGENTS, len(program.inputs))]
    product = hessian_vector_product(program, method="forward-over-reverse") if program.outputs else program
    tangent = jvp(gradient(program, method="reverse"), program.inputs, "forward") if program.outputs else program
    found, wanted = precisely(product, point), precisely(tangent, point)
    if found is not None and wanted is not None:
        assert found.keys() == wanted.keys()
        assert all(agree(found[label], wanted[label]) for label in found)


@given(programs(operations=12, outputs=3), POINTS, POINTS, POINTS)
def test_the_hessian_of_several_outputs_is_that_of_each(program: Program, x: float, y: float, z: float) -> None:
    point = (x, y, z)[: len(program.inputs)]
    program = exact(program) or program.part(())
    together = hessian(program)
    alone = [hessian(program.part([label])) for label in program.outputs]
    assert together.outputs == tuple(label for made in alone for label in made.outputs)
    found = precisely(together, point)
    parts = [precisely(made, point) for made in alone]
    if found is not None and None not in parts:
        for values in parts:
            assert all(agree(found[label], value) for label, value in (values or {}).items())


@pytest.mark.parametrize("text", SYSTEM_TEXTS)
def test_systems(text: str) -> None:
    program = parse(text)
    for point in ((0.75, 1.25), (1.5, 0.375), (2.25, 3.5)):
        wrong, compared = first_order(program, point)
        assert not wrong
        assert compared >= 4 * 4 + 4 * 4 + 4 * 4  # without elimination, where there are conditions
        assert not units(program, point)
        for label in program.outputs:
            wrong, compared = second_order(program.part([label]), point)
            assert not wrong
            assert compared >= 4 * 6


@pytest.mark.parametrize("text", CONDITIONS)
def test_conditions(text: str) -> None:
    for x in (-3.3, -0.6, 0.11, 0.7, 1.9, 3.7):
        for compare in (first_order, second_order):
            wrong, compared = compare(parse(text), [x])
            assert not wrong
            assert compared


def test_random_conditions() -> None:
    """A formula that divides zero by zero may have a value one way and not the other: there nothing is compared."""
    total = 0
    for seed in range(15):
        for point in PLACES[:3]:
            for compare in (first_order, second_order):
                wrong, compared = compare(parse(written(seed)), point)
                assert not wrong, (seed, point)
                total += compared
    assert total > 15 * 3 * 20


def test_a_wrong_product_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    program = parse(SYSTEM_TEXTS[0])
    monkeypatch.setattr(products, "adjoint", products.adjoints_times_columns)  # another way, the same values
    assert not first_order(program, (0.75, 1.25))[0]
    monkeypatch.setattr(products, "adjoint", lambda *given: products.adjoints_times_columns(*given)[::-1])
    assert first_order(program, (0.75, 1.25))[0]
    assert units(program, (0.75, 1.25))
