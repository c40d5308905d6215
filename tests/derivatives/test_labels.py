"""Inputs, outputs, order and labels of every kind of derivative, and the errors of what cannot be asked for."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import combinations_with_replacement, product

import pytest

import symad
from symad.derivatives.labels import distinct
from symad.errors import DerivativeError, NamingError
from symad.parse import parse
from symad.wellformed import check
from tests.derivatives.methods import METHODS, SCALAR, derive, entry, ways

SEEDED = {"jvp": "dot_", "vjp": "bar_", "hessian_vector_product": "dot_"}
SYSTEM = "input x, y, z; p = x*y; q = sin(y) + z^2; output p, q"

# fmt: off
LABELS: list[tuple[str, str, tuple[str, ...], tuple[str, ...]]] = [  # kind, text, inputs, outputs
    ("jacobian", SYSTEM, ("x", "y", "z"), ("dp/dx", "dp/dy", "dq/dy", "dq/dz")),
    ("hessian",  SYSTEM, ("x", "y", "z"), ("d2p/dxdy", "d2q/dydy", "d2q/dzdz")),
    ("jvp",      SYSTEM, ("x", "y", "z", "dot_x", "dot_y", "dot_z"), ("dot_p", "dot_q")),
    ("vjp",      SYSTEM, ("x", "y", "z", "bar_p", "bar_q"), ("bar_x", "bar_y", "bar_z")),
    # an input that is called like a seed: the seed takes a number
    ("jvp",      "f = x*dot_x", ("x", "dot_x", "dot_x_1", "dot_dot_x"), ("dot_f",)),
    ("jvp",      "f = dot_x*x", ("dot_x", "x", "dot_dot_x", "dot_x_1"), ("dot_f",)),
    ("vjp",      "f = x*bar_f", ("x", "bar_f", "bar_f_1"), ("bar_x", "bar_bar_f")),
    ("hessian_vector_product", "f = x*dot_x", ("x", "dot_x", "dot_x_1", "dot_dot_x"), ("dot_df/dx", "dot_df/ddot_x")),
    # an output that is an input, or is called like a result: the result takes a number
    ("jacobian", "x*y; output x, y",      ("x", "y"), ("dx/dx", "dy/dy")),
    ("jvp",      "x*y; output x, y",      ("x", "y", "dot_x", "dot_y"), ("dot_x_1", "dot_y_1")),
    ("vjp",      "x*y; output x, y",      ("x", "y", "bar_x", "bar_y"), ("bar_x_1", "bar_y_1")),
    ("hessian",  "x*y; output x, y",      ("x", "y"), ()),
    ("vjp",      "f = x*bar_x",           ("x", "bar_x", "bar_f"), ("bar_x_1", "bar_bar_x")),
    # equal outputs, constant outputs, outputs that do not depend on every input
    ("jacobian", "p = x*y; q = p; r = 3; output p, q, r", ("x", "y"), ("dp/dx", "dp/dy", "dq/dx", "dq/dy")),
    ("hessian",  "p = x*y; q = p; r = 3; output p, q, r", ("x", "y"), ("d2p/dxdy", "d2q/dxdy")),
    ("jvp",      "p = x; q = p; r = 3; output p, q, r",   ("x", "dot_x"), ("dot_p", "dot_q", "dot_r")),
    ("vjp",      "p = x; q = p; r = 3; output p, q, r",   ("x", "bar_p", "bar_q", "bar_r"), ("bar_x",)),
    # no inputs, or none that matters
    ("gradient", "2 + 3", (), ()),       ("value_and_gradient", "2 + 3", (), ("f",)),
    ("jacobian", "2 + 3", (), ()),       ("hessian", "2 + 3", (), ()),
    ("jvp", "2 + 3", (), ("dot_f",)),    ("vjp", "2 + 3", ("bar_f",), ()),
    ("hessian_vector_product", "2 + 3", (), ()),
    ("gradient", "input x; f = 5", ("x",), ("df/dx",)),
    ("jacobian", "input x; f = 5", ("x",), ()),
    ("hessian", "input x; f = 5*x", ("x",), ()),
    ("hessian_vector_product", "input x; f = 5*x", ("x", "dot_x"), ("dot_df/dx",)),
    # two derivatives of one label
    ("hessian", "f = x*ydz + xdy*z", ("x", "ydz", "xdy", "z"), ("d2f/dxdydz", "d2f/dxdydz_1")),
]
# fmt: on


@pytest.mark.parametrize(("kind", "text", "inputs", "outputs"), LABELS)
def test_inputs_and_outputs(kind: str, text: str, inputs: tuple[str, ...], outputs: tuple[str, ...]) -> None:
    for how, made in ways(kind, parse(text)):
        assert (made.inputs, made.outputs) == (inputs, outputs), how


POINT = X, Y, Z = 0.5, 1.5, -2.0
FORMULA = "input x, y, z; p = x^2*y + sin(z)*y; q = x*z; output p, q"
FIRST = {  # what is not listed is structurally zero
    "p": {"x": 2 * X * Y, "y": X**2 + math.sin(Z), "z": Y * math.cos(Z)},
    "q": {"x": Z, "z": X},
}
SECOND = {
    "p": {"xx": 2 * Y, "xy": 2 * X, "yz": math.cos(Z), "zz": -Y * math.sin(Z)},
    "q": {"xz": 1.0},
}


def derivatives(kind: str, labels: Sequence[str], wrt: Sequence[str], seeds: Sequence[float]) -> dict[str, float]:
    """Give the derivatives of the formula by some inputs, by label and in order."""
    first = {entry(o, name): FIRST[o][name] for o in labels for name in wrt if name in FIRST[o]}
    slope = {(o, name): FIRST[o].get(name, 0.0) for o in labels for name in wrt}
    curve = {(o, *pair): SECOND[o].get("".join(sorted(pair))) for o in labels for pair in product(wrt, wrt)}
    upper = combinations_with_replacement(wrt, 2)
    if kind == "hessian":
        keys = [(o, *pair) for o, pair in product(labels, upper)]
        return {entry(*key): found for key in keys if (found := curve[key]) is not None}
    if kind == "jvp":
        return {f"dot_{o}": sum(slope[o, name] * s for name, s in zip(wrt, seeds, strict=True)) for o in labels}
    if kind == "vjp":
        return {f"bar_{name}": sum(slope[o, name] * s for o, s in zip(labels, seeds, strict=True)) for name in wrt}
    if kind == "hessian_vector_product":
        rows = {name: [curve[labels[0], name, other] or 0.0 for other in wrt] for name in wrt}
        return {
            f"dot_{entry(labels[0], name)}": sum(d * s for d, s in zip(row, seeds, strict=True))
            for name, row in rows.items()
        }
    return first if kind != "value_and_gradient" else {labels[0]: (X**2 + math.sin(Z)) * Y, **first}


@pytest.mark.parametrize("kind", METHODS)
@pytest.mark.parametrize("wrt", [("z", "x"), ("y",), ("y", "z"), ("x", "y", "z"), ("z", "y", "x"), None])
def test_wrt_chooses_and_orders(kind: str, wrt: tuple[str, ...] | None) -> None:
    program = parse(FORMULA)
    program = program.part(["p"]) if kind in SCALAR else program
    names = wrt or ("x", "y", "z")
    seeded = {"vjp": program.outputs, "jvp": names, "hessian_vector_product": names}.get(kind, ())
    seeds = (1.5, -2.0, 0.25)[: len(seeded)]
    wanted = derivatives(kind, program.outputs, names, seeds)
    for how, made in ways(kind, program, wrt):
        assert made.inputs == ("x", "y", "z", *(SEEDED[kind] + name for name in seeded)), how
        assert made.outputs == tuple(wanted), how
        found = made(*POINT, *seeds)
        for value, true in zip(found if len(wanted) != 1 else (found,), wanted.values(), strict=True):
            assert value == pytest.approx(true, rel=1e-14), how  # a few roundings


@pytest.mark.parametrize("kind", METHODS)
@pytest.mark.parametrize(
    ("wrt", "reason"),
    [
        (("w",), "w is not an input"),
        (("f",), "f is an output, not an input"),
        (("x", "y", "x"), "x is named twice in wrt"),
        (("",), "an empty name is not an input"),
        ((), "wrt names no input"),
        ("dot_x", "dot_x is not an input"),
    ],
)
def test_wrt_must_name_inputs(kind: str, wrt: tuple[str, ...], reason: str) -> None:
    for method in (*METHODS[kind], "cheapest"):
        with pytest.raises(NamingError, match=f"^{reason}"):
            derive(kind)(parse("x*y"), wrt, method)


@pytest.mark.parametrize("kind", METHODS)
def test_one_name_is_enough(kind: str) -> None:
    assert derive(kind)(parse("x*y"), "x") == derive(kind)(parse("x*y"), ["x"])


@pytest.mark.parametrize("kind", METHODS)
@pytest.mark.parametrize("method", ["rverse", "forwards", "", "Gauss"])
def test_a_method_that_does_not_exist_is_named(kind: str, method: str) -> None:
    reason = f"^{method or 'an empty name'} is not a method for "
    with pytest.raises(DerivativeError, match=reason) as caught:
        derive(kind)(parse("x*y"), method=method)
    hint = caught.value.hint or ""
    known = (*METHODS[kind], "cheapest")
    assert hint in {f"did you mean {name}?" for name in known} | {f"methods: {', '.join(known)}"} or all(
        name in hint for name in known
    )


@pytest.mark.parametrize("kind", SCALAR)
def test_kinds_of_one_output_refuse_several(kind: str) -> None:
    for method in (*METHODS[kind], "cheapest"):
        with pytest.raises(DerivativeError, match=f"^{kind} is of one output, and this program has 2: p, q") as caught:
            derive(kind)(parse(SYSTEM), method=method)
        assert caught.value.hint == "jacobian and hessian take several outputs"


def test_a_missing_partial_derivative_is_the_same_error_for_every_method() -> None:
    for kind, methods in METHODS.items():
        reasons = set()
        for method in (*methods, "cheapest"):
            with pytest.raises(DerivativeError) as caught:
                derive(kind)(parse("x*besselj(n, x)"), method=method)
            reasons.add(str(caught.value))
        assert len(reasons) == 1, kind
        assert "besselj(n, x) has no derivative with respect to n" in reasons.pop()
        derive(kind)(parse("x*besselj(n, x)"), ["x"])


def test_labels_of_derivatives_of_derivatives() -> None:
    third = symad.gradient(symad.gradient(symad.gradient(parse("x^5"))))
    assert third.outputs == ("d3f/dxdxdx",)
    mixed = symad.jacobian(symad.hessian(parse("x^2*y^2")))
    assert mixed.outputs == ("d3f/dxdxdy", "d3f/dxdydx", "d3f/dxdydy", "d3f/dydydx")
    assert check(symad.hessian(symad.gradient(parse("x^3")))).outputs == ("d3f/dxdxdx",)


def test_distinct_labels() -> None:
    results = [("a", 1), ("a_1", 2), ("a", 3), ("b", 4), ("a", 5)]
    assert [*distinct(results)] == [("a", 1), ("a_1", 2), ("a_2", 3), ("b", 4), ("a_3", 5)]
