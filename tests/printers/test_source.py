"""The source text of a program reads back as an equal program."""

from __future__ import annotations

import pytest
from hypothesis import given

from symad.derivatives.gradient import value_and_gradient
from symad.parse import parse
from symad.printers.source import source
from symad.program import Program
from tests.printers.programs import programs


def same_but_for_labels(p: Program, q: Program) -> bool:
    return (p.inputs, p.assignments, p.results) == (q.inputs, q.assignments, q.results)


@given(programs())
def test_reads_back_as_an_equal_program(program: Program) -> None:
    assert same_but_for_labels(parse(source(program)), program), source(program)


# fmt: off
SOURCES = [
    ("x1*x2 + sin(x1)",           "input x1, x2\nf = x1*x2 + sin(x1)\noutput f\n"),
    ("a - (b - c)",               "input a, b, c\nf = a - (b - c)\noutput f\n"),
    ("(a - b) - c",               "input a, b, c\nf = a - b - c\noutput f\n"),
    ("a/(b*c) + a/b/c",           "input a, b, c\nf = a/(b*c) + a/b/c\noutput f\n"),
    ("-x^2 + (-x)^2",             "input x\nf = -x^2 + (-x)^2\noutput f\n"),
    ("-x*y - -(x*y)",             "input x, y\nf = -x*y - -(x*y)\noutput f\n"),
    ("2^x^y + (2^x)^y",           "input x, y\nf = 2^x^y + (2^x)^y\noutput f\n"),
    ("x^-2 + x^(1/3) - 2/3*x",    "input x\nf = x^(-2) + x^(1/3) - 2/3*x\noutput f\n"),
    ("x*-3 - 1e300",              "input x\nf = x*(-3) - 1e+300\noutput f\n"),
    ("-0.0 + x",                  "input x\nf = -0.0 + x\noutput f\n"),
    ("input x\np = sin(x); q = p; x = p\noutput q, x", "input x\nw1 = sin(x)\nq = w1\nx = w1\noutput q, x\n"),
    ("input x, y\na = x; x = y\ny = a\noutput x, y", "input x, y\nw1 = y\nw2 = x\nx = w1\ny = w2\noutput x, y\n"),
    ("input e, w1\ne^w1 + w1*(e*w1)^2", "input e, w1\nf = e^w1 + w1*(e*w1)^2\noutput f\n"),
    ("where(x > 0 and not y <= 1, x, y)", "input x, y\nf = if x > 0 and not y <= 1 then x else y\noutput f\n"),
    ("1/0 + x",                   "input x\nf = 1/0 + x\noutput f\n"),
    ("7",                         "f = 7\noutput f\n"),
]
# fmt: on


@pytest.mark.parametrize(("text", "written"), SOURCES)
def test_what_is_written(text: str, written: str) -> None:
    program = parse(text)
    assert source(program) == written
    assert parse(written) == program


def test_order_of_assignments_is_kept_where_uses_are_not_in_order() -> None:
    program = parse("a = sin(x); b = cos(x); f = b - a")
    assert source(program) == "input x\nw1 = sin(x)\nw2 = cos(x)\nf = w2 - w1\noutput f\n"
    assert parse(source(program)).assignments == program.assignments


def test_labels_become_names_each_once() -> None:
    program = value_and_gradient(parse("input x, y, df_dx\nx*y*df_dx"))
    assert source(program).splitlines()[-1] == "output f, df_dx_1, df_dy, df_ddf_dx"
    assert same_but_for_labels(parse(source(program)), program)


@pytest.mark.parametrize(
    "text",
    [
        "sin(" * 30_000 + "x" + ")" * 30_000,
        " + ".join(f"x{i % 7}*{i}" for i in range(30_000)),
        "^".join(["x"] * 3_000),
        "\n".join(["f = x", *["f = (f^2 + f)^2"] * 3_000]),
    ],
    ids=["nested", "sum", "tower", "shared"],
)
def test_deep_programs(text: str) -> None:
    program = parse(text)
    assert same_but_for_labels(parse(source(program)), program)
