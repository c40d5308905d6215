"""Functions with derivatives of their own: what is read, evaluated, printed, written as source, and checked."""

from __future__ import annotations

import math
import pickle
import re

import pytest

import symad
from symad.errors import EvaluationError
from symad.expansion import expanded
from symad.operations import CALL
from symad.precise import evaluate as precisely
from symad.program import Program
from symad.rules import Rule, called
from symad.wellformed import check

STEP = "step(x) = if x > 0 then 1 else 0\nderivative of step(x) = exp(-x^2)\n"
LOG1MEXP = """log1mexp(x) = if x < log(2) then log(-expm1(-x)) else log1p(-exp(-x))
derivative of log1mexp(x) = 1/expm1(x)
"""
KEPLER = """E(M, e) = { E = M; d = 1; while abs(d) > 1e-15 { d = (E - e*sin(E) - M)/(1 - e*cos(E)); E = E - d }; E }
derivative of E(M, e) = { r = 1/(1 - e*cos(E(M, e))); r, sin(E(M, e))*r }
"""
CIRCLE = """s(t) = sin(t) + 1/7*t
c(t) = { u = cos(t)*e; u^2 + s(t) }
k = 2*pi
derivative of c(u) = -s(u)*k
derivative of s(u) = c(u)
"""


# reading


def operations(program: Program) -> list[str]:
    return [operation for operation, _ in program.assignments]


def test_a_call_is_one_assignment_shared_by_equal_calls() -> None:
    program = check(symad.parse(f"{STEP}step(x)*y + step(x)"))
    assert operations(program) == ["input", "input", "rule", CALL, "mul", "add"]
    assert str(program).splitlines()[2] == "w3 = step(w1)"
    assert program(2, 3) == 4


def test_a_rule_may_stand_behind_calls() -> None:
    before = symad.parse("f(x) = floor(x); derivative of f(x) = 1; g(y) = f(2*y); g(t) + f(t)")
    behind = symad.parse("f(x) = floor(x); g(y) = f(2*y); g(t) + f(t); derivative of f(x) = 1")
    assert before == behind
    assert symad.gradient(before)(1.7) == 3


def test_parameters_go_by_their_places() -> None:
    program = symad.parse("f(a, b) = a*b; derivative of f(b, a) = 10*b, a; f(x, y)")
    assert symad.gradient(program)(2, 3) == (20, 3)


def test_a_rule_in_a_block_is_the_same() -> None:
    one = symad.parse("f(a, b) = a*b; derivative of f(a, b) = { t = a + b; t*b, t*a }; f(x, y)")
    assert one == symad.parse("f(a, b) = a*b; derivative of f(a, b) = (a + b)*b, (a + b)*a; f(x, y)")
    single = symad.parse("f(a) = a; derivative of f(a) = { t = 2*a; t }; f(x)")
    assert symad.gradient(single)(3) == 6


def test_the_words_are_names_elsewhere() -> None:
    assert symad.parse("derivative*of + derivative").inputs == ("derivative", "of")
    assert symad.parse("derivative = 2*of; derivative^2")(3) == 36
    assert symad.parse("# derivative of f(x) = 1\nf(x) = x^2; f(y)").assignments[-1][0] == "pow"


def test_constants_from_outside_may_stand_in_function_and_rule() -> None:
    program = check(symad.parse("g = 9.81; h = g/2; f(t) = h*t^2; derivative of f(t) = g*t; f(x)"))
    assert (program(2), symad.gradient(program)(2)) == (9.81 / 2 * 4, 9.81 * 2)


def test_functions_whose_rules_call_each_other() -> None:
    program = check(symad.parse(f"{CIRCLE}x*s(x) + c(y)"))
    first = check(symad.gradient(program))
    second = check(symad.jacobian(first))
    s, c = (lambda t: math.sin(t) + t / 7), (lambda t: (math.cos(t) * math.e) ** 2 + s(t))
    assert first(0.3, 0.4) == pytest.approx((s(0.3) + 0.3 * c(0.3), -2 * math.pi * s(0.4)), rel=1e-14)
    found = 2 * c(0.3) - 2 * math.pi * 0.3 * s(0.3), -2 * math.pi * c(0.4)
    assert second(0.3, 0.4) == pytest.approx(found, rel=1e-14)


def test_a_hundred_functions_that_call_each_other_are_refused() -> None:
    lines = ["f0(x) = x"]
    for k in range(100):
        lines += [f"derivative of f{k}(x) = 1", f"f{k + 1}(x) = f{k}(x) + 1"]
    with pytest.raises(symad.SymadError, match="more than 50 deep"):
        symad.parse("\n".join([*lines, "f100(y)"]))


def test_programs_are_equal_and_can_be_pickled() -> None:
    program = symad.gradient(symad.parse(f"{KEPLER}E(m, 0.3)*E(m, q)"))
    assert program == symad.gradient(symad.parse(f"{KEPLER}E(m, 0.3)*E(m, q)"))
    assert pickle.loads(pickle.dumps(program)) == program
    other = symad.gradient(symad.parse(f"{KEPLER.replace('r, sin', 'r, 2*sin')}E(m, 0.3)*E(m, q)"))
    assert other != program


@pytest.mark.parametrize("rule", [STEP, LOG1MEXP, CIRCLE], ids=["step", "log1mexp", "circle"])
def test_source_reads_back(rule: str) -> None:
    name = re.match(r"\w+", rule)
    assert name
    program = symad.parse(f"{rule}input x, y\nz = {name[0]}(x*y)^2 + {name[0]}(x)")
    for made in (symad.simplify(program), symad.gradient(program)):
        again = symad.parse(symad.source(made))
        assert (again.inputs, again.assignments, again.results) == (made.inputs, made.assignments, made.results)


def test_source_names_nothing_that_means_something_else() -> None:
    program = symad.parse("f(w1) = (w1 + 1)*(w1 + 1)*e; derivative of f(w1) = 1; input e\nf(e)")
    assert symad.parse(symad.source(program)) == program


# evaluation and counting


def test_a_call_counts_the_operations_of_the_function() -> None:
    assert symad.parse("f(x) = x^2 + sin(x); derivative of f(x) = 1; f(y) + y").operation_count == 4


def test_a_function_is_not_evaluated_in_a_branch_that_is_not_taken() -> None:
    program = symad.parse("f(x) = log(x); derivative of f(x) = 1/x; if x > 0 then f(x) else 0")
    assert (program(-1), symad.gradient(program)(-1), symad.gradient(program)(4)) == (0, 0, 0.25)


def test_where_a_function_has_no_value_the_call_is_named() -> None:
    program = symad.parse("f(x) = { u = x - 1; log(u) }; derivative of f(x) = 1/(x - 1); 2*f(-y)")
    with pytest.raises(EvaluationError, match=r"w3 = log\(w2\) is not defined at w2 = -3.0, in f\(-2.0\)") as caught:
        program(2)
    assert (caught.value.text or "")[caught.value.start :].startswith("log(u)")


def test_many_digits_and_complex_numbers() -> None:
    program = symad.parse(f"{LOG1MEXP}log1mexp(x)")
    [value] = precisely(program, [1], digits=40)
    mp = pytest.importorskip("mpmath")
    with mp.workdps(40):
        assert abs(value - mp.log(1 - mp.exp(-1))) < mp.mpf(10) ** -38
    assert symad.compare(program, at={"x": 1}).ways[3].cells[0].error < 2


# printing


def test_formulas_call_functions_by_their_names() -> None:
    program = symad.gradient(symad.parse(f"{KEPLER}E(m, 0.3)^2"))
    assert symad.formulas(program) == {"df/dm": "2*E(m, 0.3)/(1 - 0.3*cos(E(m, 0.3)))"}
    assert symad.latex(symad.parse(f"{STEP}step(x)^2")) == r"f = \mathrm{step}\left(x\right)^{2}"
    assert "<mi>step</mi>" in symad.mathml(symad.parse(f"{STEP}step(x)^2"))


def test_expanded_programs_call_nothing_and_have_the_same_values() -> None:
    program = symad.gradient(symad.parse(f"{KEPLER}{STEP}sum(k in 1..3: E(k*m, 0.3)*step(k - x)) + E(x, 0.1)"))
    plain = check(expanded(program))
    assert not [*called(plain)]
    assert [*called(program)]
    assert plain(1.0, 2.0) == pytest.approx(program(1.0, 2.0), rel=1e-15)


def test_a_program_without_rules_is_given_back() -> None:
    program = symad.parse("x^2")
    assert expanded(program) is program


def test_generated_modules_compute_value_and_given_derivative() -> None:
    program = symad.parse(f"{STEP}y*step(2*x - 1)")
    scope: dict[str, object] = {"__name__": "generated"}
    text = symad.generate(program, ["value", "gradient", "hessian"])
    assert "Derivatives that are given, not derived: those of step." in text
    exec(text, scope)
    slope = math.exp(-0.36)
    assert scope["value"](2.0, 0.8) == 2  # type: ignore[operator]
    assert scope["gradient"](2.0, 0.8) == pytest.approx((1, 4 * slope), rel=1e-15)  # type: ignore[operator]
    rows = [[0, 2 * slope], [2 * slope, -9.6 * slope]]
    for row, found in zip(rows, scope["hessian"](2.0, 0.8), strict=True):  # type: ignore[operator]
        assert found == pytest.approx(row, rel=1e-15)


def test_compiled_functions_compute_the_given_derivative() -> None:
    program = symad.value_and_gradient(symad.parse(f"{KEPLER}E(m, q)"))
    assert symad.compile(program)(1.0, 0.3) == pytest.approx(program(1.0, 0.3), rel=1e-15)


def test_sympy_gets_the_value_and_the_given_derivative() -> None:
    sympy = pytest.importorskip("sympy")
    x = sympy.Symbol("x", real=True)
    program = symad.parse(f"{STEP}step(x)")
    assert symad.to_sympy(program) == sympy.Piecewise((1, x > 0), (0, True))
    assert symad.to_sympy(symad.gradient(program)) == sympy.exp(-(x**2))


@pytest.mark.parametrize("mode", ["reverse", "forward"])
def test_the_derivation_has_one_step_for_a_call_and_quotes_the_rule(mode: str) -> None:
    explanation = symad.explain(symad.parse(f"{STEP}y*step(2*x)"), at={"x": 0.5, "y": 3}, mode=mode)
    text = " ".join(str(explanation).split())
    assert "w4 = step(w3) = step(1) = 1" in text
    assert "by the rule d(step(x))/dx = exp(-x^2), as given for step" in text
    assert "step(w3)" in explanation.markdown()
    assert "<mi>step</mi>" in explanation.html()
    assert explanation.json()


def test_a_function_may_have_the_name_of_an_input() -> None:
    explanation = symad.explain(symad.parse("x(t) = t; derivative of x(t) = 2; x(x)"), at={"x": 3})
    assert explanation.passes[0].steps[-1].number == 2


# the check


RIGHT = [f"{LOG1MEXP}log1mexp(x*y)", "f(a, b) = a*b^2; derivative of f(a, b) = b^2, 2*a*b; f(x, y)"]


@pytest.mark.parametrize("text", RIGHT)
def test_check_agrees_with_right_rules(text: str) -> None:
    report = symad.check(symad.parse(text))
    assert report.ok, str(report)
    assert "given" not in str(report)


WRONG = [
    (f"{STEP}y*step(2*x - 1)", ["df/dx"]),
    ("f(a, b) = a*b^2; derivative of f(a, b) = b^2, 2.00001*a*b; f(x, y)", ["df/dy"]),
    ("f(a) = a^3; derivative of f(a) = 3*a; f(x) + y", ["df/dx"]),
]


@pytest.mark.parametrize(("text", "labels"), WRONG)
def test_check_tells_a_rule_that_is_not_the_derivative(text: str, labels: list[str]) -> None:
    report = symad.check(symad.parse(text))
    assert [row.label for row in report.rows if not row.ok] == labels
    assert "has derivatives that are given, not derived" in report.notes[-1]


def test_the_checker_finds_what_is_wrong_with_calls() -> None:
    program = symad.parse(f"{STEP}step(x)*y")
    rule = next(payload[0] for operation, payload in program.assignments if operation == "rule")
    assert isinstance(rule, Rule)
    for wrong in ((CALL, (2,)), (CALL, (2, 0, 1)), (CALL, (0, 1)), (CALL, (2, 2))):
        assignments = [wrong if a[0] == CALL else a for a in program.assignments]
        with pytest.raises(AssertionError):
            check(Program(program.inputs, tuple(assignments), program.outputs, program.results))
