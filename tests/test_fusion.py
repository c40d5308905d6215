"""Loops that carry the same are one loop."""

from __future__ import annotations

import pytest

import symad
from symad import fusion
from symad.fusion import fused
from symad.parse import parse
from symad.program import Program
from symad.wellformed import check

# fmt: off
CASES = [  # a program, its loops after fusing, a point
    ("a = x; for k in 1..n { a = a*x }; b = x; c = 0; for k in 1..n { b = b*x; c = c + b }; a + c", 1, (1.1, 4)),
    ("a = x; for k in 1..n { a = a*x }; b = x; for k in 1..n { b = b*x + 1 }; a + b",               2, (1.1, 4)),
    ("a = x; for k in 1..n { a = a*x }; b = x; for k in 1..m { b = b*x }; a + b",                   2, (1.1, 4, 5)),
    ("a = x; for k in 1..n { a = a*x }; b = x; for k in 1..n { b = b*x }; a + b",                   1, (1.1, 4)),
    ("a = x; c = 0; for k in 1..n { a = a*x; c = c + k }; b = x; for k in 1..n { b = b*x }; a + b*c", 1, (1.1, 4)),
    ("a = x; for k in 1..n { a = a*x }; b = x; c = a; for k in 1..n { b = b*x; c = c + b }; c",     2, (1.1, 4)),
    ("a = x; t = y; for k in 1..n { t = t*2; a = a + t }; b = x; u = y; for k in 1..n { u = u*3; b = b + u }; a*b",
                                                                                                    2, (1.1, 3, 4)),
    ("a = x; while a < 9 { a = a*2 }; b = x; c = 1; while b < 9 { b = b*2; c = c*3 }; a + c",       1, (1.1,)),
    ("a = x; while a < 9 { a = a*2 }; b = x; c = 1; while b < 8 { b = b*2; c = c*3 }; a + c",       2, (1.1,)),
]
# fmt: on


def loops(program: Program) -> int:
    """Count the loops of a program."""
    return [operation for operation, _ in program.assignments].count("loop")


@pytest.mark.parametrize(("text", "count", "point"), CASES)
def test_fused(text: str, count: int, point: tuple[float, ...]) -> None:
    program = parse(text)
    found = check(fused(program))
    assert loops(found) == count
    assert found(*point) == program(*point)


def test_a_branch_keeps_its_loop() -> None:
    program = parse(
        "a = x; for k in 1..2 { a = a*x }; b = x; c = 0; for k in 1..2 { b = b*x; c = c + 1/b }; if x > 0 then c else a"
    )
    assert loops(fused(program)) == 2
    assert fused(program)(0.0) == 0.0


def test_tangents_are_carried_beside_what_they_are_tangents_of() -> None:
    program = parse("y = x; for k in 1..n { y = r*y*(1 - y) }; y")
    for method in ("forward", "cheapest"):
        assert loops(symad.jacobian(program, ["x", "r"], method=method)) <= 2
    product = symad.hessian_vector_product(program, ["x", "r"], method="forward-over-reverse", algebra=False)
    assert loops(product) == 2


def test_pairs_that_would_need_each_other_are_not_fused_together() -> None:
    """Each pair alone may be one loop; but a loop of either needs a result of a loop of the other."""
    program = parse(
        """input x, y
        a = x; p = 1; for k in 1..3 { a = a*x; p = p + a }
        b = y; d = 0; for k in 1..3 { b = b*y; d = d + b*p }
        c = y; q = 1; for k in 1..3 { c = c*y; q = q*c }
        g = x; h = 0; for k in 1..3 { g = g*x; h = h + g*q }
        a + b + d + c + q + g + h"""
    )
    found = check(fused(program))
    assert (loops(program), loops(found)) == (4, 3)
    assert found(1.1, 0.3) == program(1.1, 0.3)


def test_many_pairs_are_fused_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = "".join(f"s{i + 1} = s{i}; for k in 1..2 {{ s{i + 1} = s{i + 1}*y + x }}\n" for i in range(60))
    program = parse(f"input x, y; s0 = x\n{rows}s60")
    rounds: list[int] = []
    old = fusion.rebuilt
    monkeypatch.setattr(fusion, "rebuilt", lambda program, found: (rounds.append(len(found)), old(program, found))[1])
    made = symad.gradient(program, ["x"], "forward")
    assert loops(check(made)) == 60
    assert rounds == [59]  # the value of the last one is not needed


def test_conditions_elsewhere_leave_loops_alone() -> None:
    program = parse("s = x; for k in 1..n { s = sin(s)*r + x }; if x > 0 then s else s^2")
    product = symad.hessian_vector_product(program, ["x", "r"], method="forward-over-reverse", algebra=False)
    assert loops(product) == 2
    assert symad.compile(product)(0.3, 4, 0.7, 1, 1) == product(0.3, 4, 0.7, 1, 1)
