"""Limits in what is printed: left to the reader in formulas, kept in sources and generated code."""

from __future__ import annotations

import symad


def test_formulas_leave_limits_to_the_reader() -> None:
    rows = symad.formulas(symad.value_and_gradient(symad.parse("xdivy(x, y)*x^y")))
    assert rows["f"] == "xdivy(x, y)*x^y"
    assert "xdivy" not in rows["df/dx"]
    derived = symad.gradient(symad.parse("x^y + hypot(x, y)"))
    assert {operation for operation, _ in derived.assignments} >= {"mulpow", "powlog", "xdivy"}
    printed = [*symad.formulas(derived).values(), symad.latex(derived), symad.mathml(derived)]
    assert not [text for text in printed if any(name in text for name in ("mulpow", "powlog", "xdivy"))]
    assert symad.formulas(derived)["df/dy"] == "x^y*log(x) + y/hypot(x, y)"
    assert symad.parse(symad.source(derived))(0.0, 2.0) == (0.0, 1.0)


def test_limits_in_an_explanation() -> None:
    made = symad.explain(symad.parse("x^p"), at={"x": 0, "p": 2})
    assert made.failure is None
    assert "dw3/dw2 = w1^w2*log(w1) by the rule d(x^y)/dy = x^y*log(x)" in str(made)
    assert [step.number for step in made.passes[0].steps] == [1.0, 0.0, 0.0]


def test_powers_are_computed_once_in_generated_code() -> None:
    text = symad.generate(symad.parse("x^p"), ("gradient",))
    assert text.count("math.pow(x, p)") == 1
    assert "def powlog" not in text


def test_sympy_gets_plain_expressions() -> None:
    assert str(symad.to_sympy(symad.gradient(symad.parse("x^p")))["df/dp"]) == "x**p*log(x)"
    assert str(symad.to_sympy(symad.parse("mulpow(c, x, y) + xdivy(x, y)"))) == "c*x**y + x/y"
