"""Derivations as they are printed: every file of `cases/explain` holds a command line and exactly what it prints.

`python -m tests.explain.test_golden` writes them anew, to be read before they are committed.
"""

from __future__ import annotations

import contextlib
import io
import shlex
from pathlib import Path

import pytest

from symad.cli import main

FOLDER = Path(__file__).parents[1] / "cases" / "explain"
CASES = {  # name of the file: words of the command line, exit code
    "seed": ("symad explain 'z = x1*x2 + sin(x1)' --at x1=2,x2=3", 0),
    "seed_in_symbols": ("symad explain 'z = x1*x2 + sin(x1)'", 0),
    "seed_forward": ("symad explain 'z = x1*x2 + sin(x1)' --at x1=2,x2=3 --mode forward", 0),
    "seed_markdown": ("symad explain 'z = x1*x2 + sin(x1)' --at x1=2,x2=3 --format markdown", 0),
    "seed_json": ("symad explain 'z = x1*x2 + sin(x1)' --at x1=2,x2=3 --format json", 0),
    "product_of_sums": ("symad explain '(x + y)*(y + 1)' --at x=2,y=1", 0),
    "polynomial": ("symad explain 'x^2*y + y + 2' --at x=3,y=4", 0),
    "two_outputs": ("symad explain 'p = x*y; q = sin(p)*x; output p, q' --at x=2,y=3", 0),
    "two_outputs_seeded": ("symad explain 'p = x*y; q = sin(p)*x; output p, q' --at x=2,y=3 --seed p=1,q=0", 0),
    "two_outputs_combined": ("symad explain 'p = x*y; q = sin(p)*x; output p, q' --at x=2,y=3 --seed p=1,q=2", 0),
    "direction": ("symad explain 'p = x*y; q = sin(p)*x; output p, q' --mode forward --seed x=1,y=-2", 0),
    "used_three_times": ("symad explain 'u = x*y; u + sin(u) + u^2' --at x=1/2,y=3", 0),
    "not_used": ("symad explain 'input x, y, c; d = x*c; x*exp(y)' --at x=2,y=0,c=5", 0),
    "twice_in_one": ("symad explain 'x*x + x/x' --at x=3", 0),
    "flat": ("symad explain 'floor(x)*y' --at x=2.5,y=3", 0),
    "branch": ("symad explain 'if x > 0 then log(x) else x^2' --at x=-2", 0),
    "branch_taken": ("symad explain 'if x > 0 then log(x) else x^2' --at x=2", 0),
    "branch_in_symbols": ("symad explain 'if x > 0 and y > 1 then x*y else y'", 0),
    "branch_nested": (
        "symad explain 'if x > 0 and y > 1 then (if x < y or z > 0 then y else z) else x' --at x=2,y=3,z=-1 --wrt y",
        0,
    ),
    "branch_forward": (
        "symad explain 'if x > 0 and y > 1 then (if x < y then x*y else z) else x' --at x=2,y=3,z=1 --mode forward",
        0,
    ),
    "sum": ("symad explain 's = 0; for k in 1..n { s = s + x/k }; s' --at x=2,n=1000", 0),
    "sum_in_symbols": ("symad explain 'sum(k in 1..n: x^k)' --wrt x", 0),
    "assignments": (
        "symad diff 's = 0; for i in 1..n { p = 1; for j in 1..i { p = p*x }; s = s + p }; s' --assignments",
        0,
    ),
    "no_iterations": ("symad explain 'y = x; for k in 1..n { y = y^2 }; y' --at x=3,n=0 --wrt x", 0),
    "logistic": (
        "symad explain 'y = x; for k in 1..n { y = r*y*(1 - y) }; y' --at x=0.3,r=3.2,n=1000 --wrt x,r --iteration 500",
        0,
    ),
    "logistic_forward": (
        "symad explain 'y = x; for k in 1..n { y = r*y*(1 - y) }; y' --at x=0.3,r=3.2,n=10 --wrt r --mode forward",
        0,
    ),
    "logistic_markdown": (
        "symad explain 'y = x; for k in 1..n { y = r*y*(1 - y) }; y' --at x=0.3,r=3.2,n=10 --wrt r --format markdown",
        0,
    ),
    "logistic_json": ("symad explain 'y = x; for k in 1..2 { y = y*y }; y' --at x=3 --format json", 0),
    "newton": ("symad explain 'y = a; while abs(y*y - a) > 1e-6 { y = (y + a/y)/2 }; y' --at a=2", 0),
    "nested": (
        "symad explain 's = 0; for i in 1..n { p = 1; for j in 1..i { p = p*x }; s = s + p }; s' --at x=2,n=9",
        0,
    ),
    "branch_in_a_loop": (
        "symad explain 's = x; for k in 1..n { s = if s > 1 then sqrt(s) else 3*s }; s' --at x=0.5,n=4",
        0,
    ),
    "no_value_in_a_loop": ("symad explain 's = x; for k in 1..5 { s = log(s) }; s' --at x=2", 2),
    "no_derivative_in_a_loop": ("symad explain 's = 0; for k in 1..5 { s = s + sqrt(x - k) }; s' --at x=5", 2),
    "no_input": ("symad explain '2 + 3'", 0),
    "no_value": ("symad explain 'y*log(x) + x' --at x=-1,y=2", 2),
    "no_derivative": ("symad explain 'y*sqrt(x)' --at x=0,y=2", 2),
}


def printed(command: str, code: int) -> str:
    """Run a command line and give both of its streams."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        assert main(shlex.split(command)[1:]) == code, command
    return f"$ {command}\n{out.getvalue()}{err.getvalue()}"


@pytest.mark.parametrize("name", CASES)
def test_derivations_are_printed_like_this(name: str) -> None:
    assert printed(*CASES[name]) == (FOLDER / f"{name}.txt").read_text(encoding="utf-8")


def test_no_file_is_left_over() -> None:
    assert {path.stem for path in FOLDER.iterdir()} == set(CASES)


if __name__ == "__main__":
    for case, row in CASES.items():
        (FOLDER / f"{case}.txt").write_text(printed(*row), encoding="utf-8")
