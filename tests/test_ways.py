"""Six ways to a gradient, side by side: right to the digits that each is worth, and a table that says so."""

from __future__ import annotations

import json
import math
import re
from dataclasses import FrozenInstanceError
from random import Random

import mpmath
import pytest
from mpmath import mpf

import symad
from symad.cli import main
from symad.derivatives import forward, reverse
from symad.derivatives.gradient import all_partials
from symad.differences import slopes
from symad.errors import DerivativeError, EvaluationError, NamingError, SymadError
from symad.operations import OPERATIONS
from symad.parse import parse
from symad.ways import EPS, HEADS, WIDTH, Comparison, Way, cell, compare
from tests.derivatives.test_reverse import CONDITIONS
from tests.test_arithmetics import WITHOUT
from tests.test_operations import PARTIALS

FIRST = "x1*x2 + sin(x1)"
TABLE = """\
at x1 = 2.0, x2 = 3.0
f = 6.909297426825682

way                    df/dx1              error  df/dx2  error  runs  operations
printed formulas       2.5838531634528574   0.42  2.0         0     3  5
one-sided differences  2.583853155374527   1.8e7  2.0         0     3  13
two-sided differences  2.5838531634436976  2.1e4  2.0         0     5  19
complex step           2.5838531634528574   0.42  2.0         0     2  8 complex
forward mode           2.5838531634528574   0.42  2.0         0     2  5
reverse mode           2.5838531634528574   0.42  2.0         0     1  5

error: in units in the last place, against 50 digits; * absolute, where the derivative is 0
runs: evaluations, or passes of a sweep; operations: the value's too, complex for the complex step
steps: sqrt(eps)*max(1, |x|) on one side, cbrt(eps)*max(1, |x|) on two; 1e-20*i; eps = 2^-52
digits lost, of 16: one-sided 7, two-sided 4; the others none
forward mode takes a pass for each input, 2; reverse mode one for each output, 1
"""
SEVERAL = """\
at x = 1.0, y = 3.0
p = 3.0
q = 0.9060939428196817
r = 0.0

derivative  true value            formulas  one-sided  two-sided  complex  forward  reverse
dp/dx       3.0                          0          0      6.2e4        0        0        0
dp/dy       1.0                          0          0          0        0        0        0
dq/dx       0.9060939428196817        0.43      1.1e8      6.4e3     0.43     0.43     0.43
dq/dy       -0.30203131427322727      0.62      6.1e7      2.0e5     0.62     0.62     0.62
dr/dx       -                            -          -          -        -        -        -
dr/dy       0.0                          0          0          0        0        0        0
runs                                     9          3          5        2        2        3
operations                              14         27         37       16        7        7

error: in units in the last place, against 50 digits; * absolute, where the derivative is 0
runs: evaluations, or passes of a sweep; operations: the value's too, complex for the complex step
steps: sqrt(eps)*max(1, |x|) on one side, cbrt(eps)*max(1, |x|) on two; 1e-20*i; eps = 2^-52
printed formulas: no dr/dx: 1.0/0.0 is not defined
two-sided differences: no dr/dx: sqrt(-6.0554544524249465e-06) is not defined
forward mode: no dr/dx: 0.5/0.0 is not defined
reverse mode: no dr/dx: 0.5/0.0 is not defined
there is no true value of dr/dx, and no error
digits lost, of 16: one-sided 8, two-sided 5; the others none
forward mode takes a pass for each input, 2; reverse mode one for each output, 3
"""


def way(comparison: Comparison, name: str) -> Way:
    [found] = [way for way in comparison.ways if HEADS[way.name] == name]
    return found


# accuracy


def inside(name: str, point: tuple[float, ...]) -> bool:
    """Tell whether a point lies well inside the domain of an operation: 1/20 to both sides too."""
    row = OPERATIONS[name]
    condition = "1 > 0" if row.domain == "all" else row.domain
    domain = parse(f"input {', '.join(row.arguments)}\nif {condition} then 1 else 0")
    near = [
        (*point[:k], x + d, *point[k + 1 :])
        for k, x in enumerate(point)
        for d in ((0.0,) if re.search("==", condition) and k == 0 else (-0.05, 0.0, 0.05))
    ]
    return all(domain(*at) for at in near)


def operand(random: Random, inputs: dict[str, float]) -> tuple[str, str]:
    """Write an operation of the table on new inputs, at a point of its domain; name the operation."""
    while True:
        name = random.choice([name for name, _ in PARTIALS if not OPERATIONS[name].infix])
        missing = [k for k, text in enumerate(OPERATIONS[name].partials) if text is None]
        point = tuple(
            float(random.randint(1, 3)) if k in missing else random.choice((-1, 1)) * random.randint(8, 250) / 77
            for k in range(len(OPERATIONS[name].arguments))
        )
        if inside(name, point):
            break
    names = []
    for k, x in enumerate(point):
        names.append(f"{x:.0f}" if k in missing else f"x{len(inputs)}")
        if k not in missing:
            inputs[names[-1]] = x
    return f"{name}({', '.join(names)})", name


def random_formula(seed: int) -> tuple[str, dict[str, float], set[str]]:
    """Combine three operations of the table by arithmetic and a smooth function."""
    random = Random(seed)
    at: dict[str, float] = {}
    (a, f), (b, g), (c, h) = (operand(random, at) for _ in range(3))
    form = random.choice(("{0}*{1} + {2}", "({0} - {1})/(2 + {2}^2)", "atan({0} + {1})*{2}", "sin({0})*{1} - {2}*{0}"))
    return form.format(a, b, c), at, {f, g, h}


@pytest.mark.parametrize("seed", range(100))
def test_each_way_has_the_digits_that_it_is_worth(seed: int) -> None:
    """At moderate points, well inside the domain, where higher derivatives are moderate too.

    Both sweeps and the formulas: what `check` allows, 32 units in the last place and 16 times what rounding does to the
    derivative. The complex step: 1e-12 besides, for its functions are not those of doubles. Differences err by the
    step or its square, times a higher derivative, and by 2^-52 of the value over the step: 1.5e-8 on one side, 4e-11 on
    two. Higher derivatives are up to some thousands.
    """
    text, at, names = random_formula(seed)
    program = parse(text)
    found = compare(program, at)
    scale = abs(found.values["f"])
    places = list(range(len(program.inputs)))
    for k, slope in enumerate(slopes(program, list(found.at.values()), places, Random(0))):
        assert slope is not None
        truth = slope.value
        shaken = 16 * (float(slope.rounding) + slope.paths)
        size = abs(truth) + scale + slope.paths / EPS
        allowed = dict.fromkeys(HEADS.values(), 32 * math.ulp(float(truth)) + shaken + float(slope.noise))
        allowed["complex"] += float(abs(truth)) * 1e-12
        allowed["one-sided"] = float(size) * 1e-4
        allowed["two-sided"] = float(size) * 1e-5
        for name, bound in allowed.items():
            value = way(found, name).cells[k].value
            if value is None:
                assert name == "complex"
                assert names & WITHOUT
            else:
                assert abs(mpmath.mpf(value) - truth) <= bound, (text, at, name, k)


def test_differences_lose_digits() -> None:
    """The median over smooth formulas: one side loses some half of 16 digits, two sides a third."""
    formulas = [f"exp(sin({k}*x) + x/{k})*cos(x)" for k in range(1, 12)]
    lost = {
        name: sorted(math.log10(way(compare(parse(t), {"x": 0.7}), name).cells[0].error or 1) for t in formulas)[5]
        for name in ("one-sided", "two-sided", "complex", "forward", "reverse")
    }
    assert 6.5 < lost["one-sided"] < 9
    assert 3.5 < lost["two-sided"] < 6.5
    assert max(lost["complex"], lost["forward"], lost["reverse"]) < 1


@pytest.mark.parametrize("text", [*CONDITIONS, "besselj(2, x)/x", "log(abs(sin(x)))^3", "lambertw(x)*mod(x, 0.7)"])
def test_the_modes_are_the_sweeps(text: str) -> None:
    program = parse(text)
    found = compare(program, {"x": 1.3})
    assert way(found, "forward").cells[0].value == all_partials(program, method="forward")(1.3)[1]
    assert way(found, "reverse").cells[0].value == all_partials(program)(1.3)[1]
    assert way(found, "forward").operations == all_partials(program, method="forward").operation_count
    assert way(found, "reverse").operations == all_partials(program).operation_count


def test_errors_are_measured_against_50_digits() -> None:
    found = compare(parse("x^2/3"), {"x": 0.1})
    with mpmath.workdps(60):
        truth = 2 * mpmath.mpf(0.1) / 3
        text = found.truths["df/dx"]
        assert text is not None
        assert abs(mpmath.mpf(text) / truth - 1) < mpmath.mpf(10) ** -49
        for name in HEADS.values():
            value, error = way(found, name).cells[0]
            assert value is not None
            assert error == pytest.approx(float(abs(mpmath.mpf(value) - truth)) / math.ulp(float(truth)), rel=1e-12)


def test_steps() -> None:
    """Of x^2 and x^3 the differences are off by h and by h^2: the steps that the table states."""
    for x in (0.5, 1000.0):
        quotient = way(compare(parse("y*x^2"), {"x": x, "y": 0.0}, ["y"]), "one-sided").cells[0].value
        assert quotient == x * x
        error = (way(compare(parse("x^2"), {"x": x}), "one-sided").cells[0].value or 0.0) - 2 * x
        assert error / (math.sqrt(EPS) * max(1.0, x)) == pytest.approx(1.0, abs=0.3 * max(1.0, x))  # and by rounding
    cube = (way(compare(parse("x^3"), {"x": 0.01}), "two-sided").cells[0].value or 0.0) - 3e-4
    assert cube == pytest.approx(math.cbrt(EPS) ** 2, rel=1e-4)


def test_a_derivative_that_is_zero_has_an_absolute_error() -> None:
    found = compare(parse("x*sin(pi) + y"), {"x": 2.0, "y": 1.0})
    assert found.truths == {"df/dx": "0", "df/dy": "1.0"}
    cell = way(found, "reverse").cells[0]
    assert cell.value == cell.error == math.sin(math.pi)
    assert "1.2e-16*" in str(found)


def test_kinks_follow_the_convention() -> None:
    found = compare(parse("abs(x)"), {"x": 0})
    values = {HEADS[w.name]: w.cells[0].value for w in found.ways}
    assert values == {
        "formulas": 0, "one-sided": 1, "two-sided": 0, "complex": 1, "forward": 0, "reverse": 0,
    }  # fmt: skip
    assert "differences are far off in df/dx:\na kink" in str(found)
    ties = compare(parse("max(x, y)"), {"x": 1, "y": 1})
    assert way(ties, "reverse").cells == ((0.5, 0.0), (0.5, 0.0))
    assert way(ties, "complex").cells[0].value == 1.0


# what is not there


def test_ways_without_a_value() -> None:
    found = compare(parse("log(x)"), {"x": 1e-9})
    assert way(found, "two-sided").cells[0] == (None, None)
    assert re.match(r"no df/dx: log\(-6\.05\d*e-06\) is not defined", way(found, "two-sided").note)
    assert way(found, "reverse").note == ""
    found = compare(parse("erfinv(x)*y + x"), {"x": 0.5, "y": 2})
    assert way(found, "complex").cells[0] == (None, None)
    assert way(found, "complex").cells[1].error is not None
    assert way(found, "complex").note == "no df/dx: erfinv of complex numbers is not at hand"
    found = compare(parse("sqrt(x) + sqrt(y)"), {"x": 0, "y": 0})
    assert way(found, "reverse").note.startswith("no df/dx, nor 1 more: ")
    assert "there is no true value of df/dx, df/dy, and no error" in str(found)


def test_a_branch_that_is_not_taken_does_not_exist() -> None:
    found = compare(parse("if x > 0 then log(x) else x^2"), {"x": -3})
    assert [w.note for w in found.ways] == [""] * 6
    assert found.truths == {"df/dx": "-6.0"}


def test_a_formula_without_inputs() -> None:
    found = compare(parse("2 + 3"), {})
    assert (found.values, found.ways) == ({"f": 5.0}, ())
    assert str(found) == "f = 5.0\nthere is no input: nothing to compare"


def test_the_value_must_exist() -> None:
    with pytest.raises(EvaluationError, match=r"w2 = log\(w1\) is not defined at w1 = -1\.0"):
        compare(parse("log(x)"), {"x": -1})
    with pytest.raises(EvaluationError, match="overflows"):
        compare(parse("x*x*y"), {"x": 1e200, "y": 1})


def test_points_and_names_are_checked() -> None:
    with pytest.raises(NamingError, match="no value is given for y"):
        compare(parse("x*y"), {"x": 1})
    with pytest.raises(NamingError, match="z is not an input"):
        compare(parse("x*y"), {"x": 1, "y": 2, "z": 3})
    with pytest.raises(NamingError, match="z is not an input"):
        compare(parse("x*y"), {"x": 1, "y": 2}, wrt=["z"])
    with pytest.raises(DerivativeError, match="no derivative with respect to n"):
        compare(parse("besselj(n, x)"), {"n": 1, "x": 2})
    assert list(compare(parse("besselj(n, x)"), {"n": 1, "x": 2}, wrt="x").truths) == ["df/dx"]


def test_what_takes_long_is_refused() -> None:
    program = parse(" + ".join(f"x{k}*x{k + 1}" for k in range(1000)))
    point = dict.fromkeys(program.inputs, 1.0)
    with pytest.raises(SymadError, match=r"comparing 1001 derivatives of 3000 assignments takes too long") as caught:
        compare(program, point)
    assert caught.value.hint == "choose 185 inputs at most: --wrt, wrt="
    assert len(compare(program, point, wrt=program.inputs[:20]).truths) == 20
    with pytest.raises(SymadError, match="takes too long"):
        compare(parse("+".join(["x"] * 50_000)), {"x": 1})


def test_deep_formulas() -> None:
    found = compare(parse("sin(" * 5_000 + "x" + ")" * 5_000), {"x": 0.5})
    assert [w.note for w in found.ways] == [""] * 6


def test_a_long_printed_formula_has_temporaries() -> None:
    text = " + ".join(f"exp(x*{k}/20)*sin(exp(x*{k}/20) + x)" for k in range(1, 20))
    assert symad.formulas(all_partials(parse(text))).temporaries
    assert (way(compare(parse(text), {"x": 0.3}), "formulas").cells[0].error or 0.0) < 100


def test_names_that_are_constants_or_functions_elsewhere() -> None:
    found = compare(parse("input e, pi, sin, lamda\ne^2*pi + sin*lamda"), {"e": 2, "pi": 3, "sin": 4, "lamda": 5})
    assert [cell.value for cell in way(found, "formulas").cells] == [12, 4, 5, 4]


# the table


def test_the_table(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["compare", FIRST, "--at", "x1=2,x2=3"]) == 0
    assert capsys.readouterr().out == TABLE


def test_the_table_of_several_outputs(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["compare", "p = x*y; q = exp(x)/y; r = sqrt(x - 1)", "--at", "x=1,y=3"]) == 0
    assert capsys.readouterr().out == SEVERAL


@pytest.mark.parametrize(
    "text", [FIRST, "a*exp(-b*t)/sqrt(c^2 + t)", "+".join(f"exp(x{k}*x{k + 1})" for k in range(60)), "1e-300*x", "x^9"]
)
def test_tables_fit_a_hundred_columns(text: str) -> None:
    program = parse(text)
    lines = str(compare(program, {name: 0.123456789 + k % 7 for k, name in enumerate(program.inputs)})).splitlines()
    assert max(map(len, lines)) <= WIDTH
    assert len(lines) < 40


def test_many_derivatives_are_summed_up() -> None:
    program = parse("+".join(f"sin(x{k}*x{k + 1})" for k in range(30)))
    found = compare(program, dict.fromkeys(program.inputs, 0.3))
    lines = str(found).splitlines()
    [largest] = [line for line in lines if line.startswith("the largest of 31")]
    assert largest.split()[4:] == [max_error(found, name) for name in HEADS.values()]
    assert sum(line.startswith("df/dx") for line in lines) == 20


def max_error(found: Comparison, name: str) -> str:
    error = max(cell.error or 0.0 for cell in way(found, name).cells)
    mantissa, exponent = f"{error:.1e}".split("e")
    return f"{error:.2f}" if error < 10 else f"{error:.0f}" if error < 1000 else f"{mantissa}e{int(exponent)}"


def test_wrt_chooses_and_orders() -> None:
    found = compare(parse("x*y^2*z"), {"x": 2, "y": 3, "z": 5}, wrt=["z", "x"])
    assert found.truths == {"df/dz": "18.0", "df/dx": "45.0"}
    assert [w.runs for w in found.ways] == [3, 3, 5, 2, 2, 1]
    assert list(found.at) == ["x", "y", "z"]


def test_costs_are_counted() -> None:
    found = compare(parse("p = x*y; q = sin(p)*x + y; output p, q"), {"x": 1, "y": 2})
    assert {HEADS[w.name]: w.runs for w in found.ways} == {
        "formulas": 6, "one-sided": 3, "two-sided": 5, "complex": 2, "forward": 2, "reverse": 2,
    }  # fmt: skip
    operations = {HEADS[w.name]: w.operations for w in found.ways}
    assert operations["one-sided"] == 3 * 4 + 2 * 4
    assert operations["two-sided"] == 5 * 4 + 2 * 4
    assert operations["complex"] == 2 * 4 + 4
    assert operations["formulas"] > operations["reverse"]


def test_as_data(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["compare", "sqrt(x)*y", "--at=x=0,y=1", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert list(found) == ["at", "values", "derivatives", "ways", "notes"]
    assert found["derivatives"] == {"df/dx": None, "df/dy": "0"}
    assert [row["way"] for row in found["ways"]] == list(HEADS)
    reverse = found["ways"][-1]
    assert reverse["derivatives"]["df/dx"] == {"value": None, "error": None, "absolute": False}
    assert reverse["derivatives"]["df/dy"] == {"value": 0.0, "error": 0.0, "absolute": True}
    with pytest.raises(FrozenInstanceError):
        compare(parse("x"), {"x": 1}).notes = ()  # type: ignore[misc]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["x*y"], "symad: symad compare needs a point\n  hint: for example --at x=2,y=3\n"),
        (["x*y", "--at", "x=1"], "symad: no value is given for y\n  hint: inputs: x, y\n"),
        (["2 + 3", "--at", "x=1"], "symad: x is not an input\n  hint: inputs: none\n"),
        (["x", "--at", "x=1", "--latex"], "symad: symad compare has no option --latex\n  hint: symad diff has it\n"),
    ],
)
def test_mistakes(words: list[str], message: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["compare", *words]) == 2
    assert capsys.readouterr() == ("", message)


def test_a_wrong_way_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    sound = reverse.contributed
    monkeypatch.setattr(
        forward,
        "contributed",
        lambda b, *rest: b.make("mul", b.constant(1.0005), made) if (made := sound(b, *rest)) else made,
    )
    found = compare(parse(FIRST), {"x1": 2, "x2": 3})
    assert (way(found, "forward").cells[0].error or 0.0) > 1e9
    assert "forward 12" in str(found)


def test_errors_are_in_units_of_the_true_value() -> None:
    assert cell(1.0, mpf(1) - mpf(2) ** -53).error == 1.0  # the unit below 1 is half of that above
    assert cell(1.0, mpf(1) + mpf(2) ** -52).error == 1.0
