"""The reverse sweep written out: what its lines compute, in their order, is the gradient."""

from __future__ import annotations

import pytest

from symad.derivatives.jacobian import jacobian
from symad.derivatives.listing import listing
from symad.derivatives.source import Source, assignments, result_names, value_names
from symad.errors import DerivativeError, NamingError
from symad.evaluation import evaluate
from symad.loops import read_loop
from symad.operations import LOOP
from symad.parse import parse
from symad.program import Program

CASES = [
    ("x1*x2 + sin(x1)", (2.0, 3.0)),
    ("x^3/y - tan(x)*y^x", (0.7, 1.3)),
    ("if x > 0 then log(x)*y else x^2", (0.7, 1.3)),
    ("if x > 0 then log(x)*y else x^2", (-0.7, 1.3)),
    ("if x > 0 and y > x then (if y > 1 then sqrt(y - 1) else x*y) else exp(x)", (0.5, 0.75)),
    ("if x > 0 or y > 2 then sqrt(x + y) + x else log(-x - y)", (-3.0, 1.0)),
    ("p = x*y + x*y; q = max(x, y, x*y)*2; output p, q", (0.5, -0.25)),
    ("y = x^2; y = y + 3; y = 2*y", (1.5,)),
    ("output x, y; y = x*w1", (1.5, 2.5)),
    ("3 + 4", ()),
    ("s = 0; for k in 1..4 { s = s + x/k + s*y }; s", (1.5, 0.25)),
    ("y = x; while y > 1 { y = y*z }; y*y", (5.0, 0.7)),
    ("s = 0; for i in 1..3 { p = x; for j in 1..i { p = p*x }; s = s + p }; s", (1.25,)),
    ("if x > 0 then sum(k in 1..3: sin(k*x)) else x", (0.5,)),
    ("if x > 0 then sum(k in 1..3: sin(k*x)) else x", (-0.5,)),
    ("5*x - 5*x + w1 + bar_v1", (1.0, 2.0, 3.0)),
]


def run(program: Program, adjoints: Program, point: tuple[float, ...]) -> dict[str, float]:
    """Compute the lines one after the other, each from the values of the lines before it."""
    source = Source(program, program.inputs)
    values = evaluate(source.program, point)
    known = {name: value for name, value in zip(source.names, values, strict=True) if value is not None}
    for value, (operation, _) in enumerate(source.program.assignments):
        if operation == LOOP and values[value] is not None:
            known |= zip(source.result_names(value), values[value], strict=True)
    for label, result in zip(adjoints.outputs, adjoints.results, strict=True):
        if adjoints.assignments[result][0] == LOOP and f"{label[4:]}[" not in " ".join(known):
            continue  # its branch is not taken: nothing was saved, and nothing asks for it
        line = Program(adjoints.inputs, adjoints.assignments, (label,), (result,))
        known[label] = evaluate(line, [known.get(name, float("nan")) for name in adjoints.inputs])[result]
        if adjoints.assignments[result][0] == LOOP:
            names = result_names(read_loop(adjoints.assignments, result).body, label)
            known |= zip([name.replace("[bar_", "[") for name in names], known[label], strict=True)
    return known


@pytest.mark.parametrize(("text", "point"), CASES)
def test_the_lines_compute_the_derivatives(text: str, point: tuple[float, ...]) -> None:
    program = parse(text)
    wanted = jacobian(program)
    values = evaluate(wanted, point)
    found: dict[str, float] = {}
    for adjoints in listing(program):
        found |= run(program, adjoints, point)
    for label, value in zip(wanted.outputs, wanted.results, strict=True):
        assert found[label] == pytest.approx(values[value], rel=1e-14)


def test_wrt_chooses_and_orders() -> None:
    program = parse("x*y*z")
    (adjoints,) = listing(program, ["z", "x"])
    assert adjoints.outputs[-2:] == ("df/dz", "df/dx")
    assert "bar_w2" not in adjoints.outputs
    with pytest.raises(NamingError):
        list(listing(program, ["w"]))


def test_names_do_not_meet_those_of_the_formula() -> None:
    assert value_names(parse("w1 + x")) == ["v1", "v2", "v3"]
    assert value_names(parse("w7 + v7")) == ["w1", "w2", "w3"]
    assert value_names(parse("bar_w2*y"))[0] == "v1"
    assert [name for name, _ in assignments(parse("f = w1 + x"))] == ["v1", "v2", "v3", "f"]


def test_a_missing_partial_derivative_is_an_error() -> None:
    with pytest.raises(DerivativeError, match="besselj"):
        list(listing(parse("besselj(n, x)")))
