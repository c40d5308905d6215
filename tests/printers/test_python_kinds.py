"""Generated modules with every kind of derivative: each function gives what its program gives, to the bit."""

from __future__ import annotations

import ast
import itertools
from collections.abc import Sequence
from typing import Any

import mpmath
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from symad.derivatives.hessian import hessian_places
from symad.derivatives.jacobian import jacobian_places
from symad.derivatives.kinds import KINDS, derive, together
from symad.errors import DerivativeError, NamingError, TargetError
from symad.parse import parse
from symad.precise import evaluate
from symad.printers.python import generate
from symad.program import Program
from tests.printers.modules import called, flat, run
from tests.printers.programs import POINTS, outcome, programs

SEVERAL = tuple(kind for kind in KINDS if kind not in ("gradient", "hvp"))
VALLEY = "(1 - x)^2 + 100*(y - x^2)^2"
SYSTEM = "p = a*x*y; q = x - sin(b); r = y^2"
JOINT = {  # functions of several kinds
    "value_and_gradient": ("value", "gradient"),
    "value_and_jacobian": ("value", "jacobian"),
    "value_gradient_and_hessian": ("value", "gradient", "hessian"),
    "value_jacobian_and_hessian": ("value", "jacobian", "hessian"),
}
# fmt: off
CASES = [  # conditions, an output that is an input, equal and constant outputs, no inputs, an empty Jacobian
    VALLEY, SYSTEM, "x", "2 + 3", "input x, y\n7", "p = x; q = x*y; r = p; output p, q, r",
    "p = 2; q = 3*x; r = q; output p, q, r", "if x > 0 then x^3*y else sin(y)", "exp(x*y)/z + atan2(x, z)",
    "u = log(x)*x; c = if y > 0 then u*u else 1; if c > 0 and x > 0 then u + u^3 else 2", "max(x, y)^2*z", "log(x)*y",
    "p = x + y; q = 2*x - y; output p, q",
]
# fmt: on


def matrix(rows: int, columns: int, places: Sequence[tuple[int, int]], entries: Sequence[float]) -> list[list[float]]:
    """Make a matrix of its entries, zeros elsewhere."""
    found = [[0.0] * columns for _ in range(rows)]
    for (row, column), entry in zip(places, entries, strict=True):
        found[row][column] = entry
    return found


def expected(kind: str, program: Program, point: Sequence[float]) -> Any:
    """Give what a function has to give, from the program of its kind: nested tuples and lists."""
    found = called(derive(kind, program))(*point)
    size = len(program.inputs)
    if kind == "jacobian":
        return matrix(len(program.outputs), size, jacobian_places(program), found)
    if kind == "hessian":
        rest, made = list(found), []
        for places in hessian_places(program):
            entries, rest = rest[: len(places)], rest[len(places) :]
            both = {
                **dict(zip(places, entries, strict=True)),
                **{p[::-1]: e for p, e in zip(places, entries, strict=True)},
            }
            made.append(matrix(size, size, list(both), list(both.values())))
        return made[0] if len(made) == 1 else tuple(made)
    return found[0] if kind in ("value", "jvp") and len(program.outputs) == 1 else found


def kinds_of(program: Program) -> tuple[str, ...]:
    return KINDS if len(program.outputs) == 1 else SEVERAL


def seeds(kind: str, program: Program) -> list[float]:
    count = {"hvp": len(program.inputs), "jvp": len(program.inputs), "vjp": len(program.outputs)}.get(kind, 0)
    return [0.5 - 0.75 * k for k in range(count)]


def points(program: Program) -> list[tuple[float, ...]]:
    return list(itertools.product((-1.25, 0.75, 2.0), repeat=len(program.inputs)))[:27]


@pytest.mark.parametrize("text", CASES)
def test_scalars(text: str) -> None:
    program = parse(text)
    scope = run(generate(program, kinds_of(program)))
    for kind in kinds_of(program):
        for point in points(program):
            at = [*point, *seeds(kind, program)]
            try:
                wanted = expected(kind, program, at)
            except ValueError:
                with pytest.raises((ArithmeticError, ValueError)):
                    scope[kind](*at)
                continue
            assert repr(scope[kind](*at)) == repr(wanted), kind


@pytest.mark.parametrize("text", CASES)
def test_vector(text: str) -> None:
    program = parse(text)
    scalars = run(generate(program, kinds_of(program)))
    scope = run(generate(program, kinds_of(program), signature="vector"))
    for kind, point in itertools.product(kinds_of(program), points(program)):
        second = seeds(kind, program)
        arguments = (point, second) if kind in ("hvp", "jvp", "vjp") else (point,)
        wanted = outcome(flat(scalars[kind]), [*point, *second])
        for form in (tuple, list, np.array):
            given = [form(argument) for argument in arguments]
            assert outcome(lambda *_: flat(scope[kind])(*given), []) == wanted  # noqa: B023  (called at once)
        if wanted != "no value" and kind in ("gradient", "hvp", "vjp"):
            assert type(scope[kind](*arguments)) is list


@pytest.mark.parametrize("text", CASES)
@pytest.mark.parametrize("name", JOINT)
def test_functions_of_several_kinds(text: str, name: str) -> None:
    program, kinds = parse(text), JOINT[name]
    if "gradient" in kinds and len(program.outputs) > 1:
        return
    scope = run(generate(program, kinds))
    joint = called(together([derive(kind, program) for kind in kinds]))
    for point in points(program):
        found = outcome(lambda *at: flat_upper(kinds, program, scope[name](*at)), list(point))
        assert found == outcome(joint, list(point))
        if found != "no value":
            assert [*map(shape, scope[name](*point))] == [shape(scope[kind](*point)) for kind in kinds]


def shape(found: Any) -> Any:
    """Give the types of nested results."""
    return float if isinstance(found, float) else (type(found), *map(shape, found))


def flat_upper(kinds: Sequence[str], program: Program, found: Any) -> tuple[float, ...]:
    """Give the entries at the places of the programs, in order."""
    made: list[float] = []
    for kind, part in zip(kinds, found, strict=True):
        if kind == "jacobian":
            made += [part[i][j] for i, j in jacobian_places(program)]
        elif kind == "hessian":
            all_places = hessian_places(program)
            parts = [part] if len(all_places) == 1 else part
            made += [m[i][j] for m, places in zip(parts, all_places, strict=True) for i, j in places]
        else:
            made += part if isinstance(part, tuple) else [part]
    return tuple(made)


@settings(max_examples=40)
@given(programs(operations=12), st.lists(POINTS, min_size=3, max_size=3))
def test_random_programs(program: Program, point: list[float]) -> None:
    at = point[: len(program.inputs)]
    scope = run(generate(program, ("value", "jacobian", "hessian", "vjp"), method="reverse", algebra=False))
    parts = {k: derive(k, program, method="reverse", algebra=False) for k in ("value", "jacobian", "hessian", "vjp")}
    for kind in ("jacobian", "hessian"):
        found = outcome(lambda *x: flat_upper([kind], program, [scope[kind](*x)]), at)  # noqa: B023
        assert found == outcome(called(parts[kind]), at)
    bars = [1.5, -0.5, 2.0][: len(program.outputs)]
    assert outcome(flat(scope["vjp"]), [*at, *bars]) == outcome(called(parts["vjp"]), [*at, *bars])
    joint = together([parts[kind] for kind in ("value", "jacobian", "hessian")], algebra=False)
    name, kinds = "value_jacobian_and_hessian", ("value", "jacobian", "hessian")
    assert outcome(lambda *x: flat_upper(kinds, program, scope[name](*x)), at) == outcome(called(joint), at)


# other oracles


@pytest.mark.parametrize(
    "text", ["exp(x*y)/z + atan2(x, z)", "x^3*sin(y*z) - log(x + z^2)", "sqrt(x*x + y*y + z)^3/(1 + x)"]
)
def test_against_difference_quotients_of_60_digits(text: str) -> None:
    program = parse(text)
    scope = run(generate(program, KINDS, signature="vector"))
    x, v = [0.7, 1.3, 2.1], [0.5, -1.0, 2.0]

    def at(*steps: float) -> Any:
        with mpmath.workdps(60):
            moved = [mpmath.mpf(a) + mpmath.mpf("1e-15") * s for a, s in zip(x, steps, strict=True)]
            return evaluate(program, moved, 60)[0]

    def unit(*places: int) -> list[int]:
        return [places.count(k) for k in range(3)]

    with mpmath.workdps(60):
        h = mpmath.mpf("1e-15")
        slopes = [float((at(*unit(i)) - at(*[-s for s in unit(i)])) / (2 * h)) for i in range(3)]
        bends = [
            [
                float(
                    sum(s * t * at(*[s * (k == i) + t * (k == j) for k in range(3)]) for s in (1, -1) for t in (1, -1))
                    / (4 * h * h)
                )
                for j in range(3)
            ]
            for i in range(3)
        ]
    # a second quotient has an error of h^2 and what 60 digits leave of h^2: far below a double's
    assert scope["gradient"](x) == pytest.approx(slopes, rel=1e-13)
    assert np.array(scope["hessian"](x)) == pytest.approx(np.array(bends), rel=1e-12, abs=1e-13)
    assert scope["jacobian"](x) == [pytest.approx(slopes, rel=1e-13)]
    assert scope["hvp"](x, v) == pytest.approx(np.array(bends) @ v, rel=1e-12)
    assert scope["jvp"](x, v) == pytest.approx(np.dot(slopes, v), rel=1e-12)
    assert scope["vjp"](x, [2.5]) == pytest.approx([2.5 * s for s in slopes], rel=1e-13)


# wrt


def test_other_inputs_follow_the_sequence() -> None:
    scope = run(generate(parse(SYSTEM), SEVERAL, wrt=("y", "x"), signature="vector"))
    y, x, a, b = 3.0, 2.0, 5.0, 0.25
    assert scope["value"]([y, x], a, b) == [30.0, x - np.sin(b), 9.0]
    assert scope["jacobian"]([y, x], a, b) == [[10.0, 15.0], [0.0, 1.0], [6.0, 0.0]]
    assert scope["hessian"]([y, x], a, b)[0] == [[0.0, 5.0], [5.0, 0.0]]
    assert scope["jvp"]([y, x], [1.0, 10.0], a, b) == [160.0, 10.0, 6.0]
    assert scope["vjp"]([y, x], [1.0, 10.0, 100.0], a, b) == [610.0, 25.0]


def test_wrt_of_scalars_changes_the_derivatives_only() -> None:
    scope = run(generate(parse("x^2*y*z"), ("value", "gradient", "hvp"), wrt=("z", "x")))
    assert scope["value"](2.0, 3.0, 5.0) == 60.0
    assert scope["gradient"](2.0, 3.0, 5.0) == (12.0, 60.0)
    assert scope["hvp"](2.0, 3.0, 5.0, 1.0, 10.0) == (120.0, 12.0 + 300.0)


@pytest.mark.parametrize("count", [0, 1, 3])
def test_a_wrong_length_is_an_error(count: int) -> None:
    scope = run(generate(parse(VALLEY), ("gradient", "hvp"), signature="vector"))
    with pytest.raises(ValueError, match=f"^x has {count} numbers, 2 expected: x, y$"):
        scope["gradient"]([1.0] * count)
    with pytest.raises(ValueError, match=f"^v has {count} numbers, 2 expected: dot_x, dot_y$"):
        scope["hvp"]([1.0, 2.0], [1.0] * count)


# names

CLASHES = "x v w x_ hessian jacobian hvp HESSIAN_INDICES csr_array Collection dot_x dot_α α lambda _ _y l w1".split()


@pytest.mark.parametrize("signature", ["scalars", "vector"])
@pytest.mark.parametrize("form", ["dense", "csr", "scipy"])
def test_names_that_clash(signature: str, form: str) -> None:
    total = " + ".join(f"{name}^2*{other}" for name, other in itertools.pairwise(CLASHES))
    program = parse(f"input {', '.join(CLASHES)}\n{total} + sin(x*w1)")
    module = generate(program, KINDS, signature=signature, matrices=form)
    scope = run(module)
    point = [0.5 + 0.1 * k for k in range(len(CLASHES))]
    given = (point,) if signature == "vector" else point
    second = [1.0 - 0.2 * k for k in range(len(CLASHES))]
    product = scope["hvp"](point, second) if signature == "vector" else scope["hvp"](*point, *second)
    assert tuple(product) == called(derive("hvp", program))(*point, *second)
    assert tuple(scope["gradient"](*given)) == called(derive("gradient", program))(*point)
    hessian = scope["hessian"](*given)
    if form != "csr":
        rows = np.array(hessian) if form == "dense" else hessian.toarray()
        assert rows @ second == pytest.approx(product, rel=1e-12)


@settings(max_examples=40)
@given(st.text(min_size=1), st.text(min_size=1), st.text(min_size=1), st.sampled_from(["scalars", "vector"]))
def test_no_name_or_label_leaves_its_place(first: str, second: str, label: str, signature: str) -> None:
    inputs = (first, second) if first != second else (first, second + "_")
    program = Program(inputs, (("input", (0, ())), ("input", (1, ())), ("mul", (0, 1))), (label,), (2,))
    module = generate(program, KINDS, signature=signature, matrices="csr")
    allowed = "Expr ImportFrom AnnAssign FunctionDef If Assign Raise Return".split()
    for node in ast.parse(module).body:
        assert type(node).__name__ in allowed
        if isinstance(node, ast.FunctionDef) and node.name != "main":
            assert {type(inner).__name__ for inner in node.body} <= set(allowed)
    scope = run(module)
    assert scope["value"]([2.0, 3.0]) == 6.0 if signature == "vector" else scope["value"](2.0, 3.0) == 6.0


@pytest.mark.parametrize(("kinds", "count"), [(("gradient",), 0), (("value", "vjp"), 2)])
def test_one_letter_names_stay_where_they_clash_with_nothing(kinds: tuple[str, ...], count: int) -> None:
    module = generate(parse("u*v + w"), kinds, signature="vector")
    assert "w_" in module if count else "w_" not in module
    assert "v_" not in module


# errors


def test_what_cannot_be_generated_is_an_error() -> None:
    with pytest.raises(TargetError, match="tensor is not a kind of derivative"):
        generate(parse("x"), ("tensor",))
    with pytest.raises(TargetError, match="list is not a signature"):
        generate(parse("x"), signature="list")
    with pytest.raises(TargetError, match="bsr is not a form of matrices"):
        generate(parse("x"), matrices="bsr")
    with pytest.raises(DerivativeError, match="forward is not a method for hvp"):
        generate(parse("x"), ("hessian", "hvp"), method="forward")
    with pytest.raises(DerivativeError, match="hvp is of one output"):
        generate(parse("p = x; q = 2*x"), ("hvp",))
    with pytest.raises(NamingError, match="y is not an input"):
        generate(parse("x"), ("value",), wrt=["y"])


def test_a_method_is_used() -> None:
    program = parse(" + ".join(f"sin(x{k}*x{k + 1})" for k in range(12)) + " + x0*x1")
    modules = {generate(program, ("gradient",), method=m, algebra=False) for m in ("forward", "reverse")}
    assert len(modules) == 2


def test_one_kind_may_be_named_alone() -> None:
    assert generate(parse("x*y"), "hessian") == generate(parse("x*y"), ["hessian"])
