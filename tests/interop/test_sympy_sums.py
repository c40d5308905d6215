"""Sums and products over an index out of SymPy: the same values, derivatives that SymPy has too, what is refused."""

from __future__ import annotations

import pytest
import sympy
from sympy import Product, Sum, symbols

import symad
from symad.errors import ParseError
from symad.interop.sympy_reader import from_sympy
from symad.wellformed import check

i, j, k, m, n, x, y = symbols("i j k m n x y")
POINT = {"x": 0.7, "y": -1.3, "m": 2, "n": 4}

EXPRESSIONS = [
    Sum(x**k / k, (k, 1, n)),
    Product(x + k * y, (k, 1, 5)),
    Sum(sympy.sin(k * x) * Product(j + y, (j, 1, k)), (k, 0, n + 1)),
    Sum(x**k * y**j, (j, 1, k), (k, 1, n)),
    Sum(k * x, (k, m, n)) * Sum(k * y, (k, 1, 3)) + Sum(k * x, (k, m, n)),
    Sum(x**2, (x, 1, 3)) + x,
    Sum(x * sympy.Piecewise((k, k > 2), (1 / (k + y), True)), (k, 1, n)),
    sympy.exp(Sum(x / k**2, (k, 1, n))) / (1 + Product(2, (k, 1, n))),
    Sum(1, (k, 1, 0)) + x,
]


@pytest.mark.parametrize("expression", EXPRESSIONS, ids=str)
def test_values_and_derivatives(expression: sympy.Expr) -> None:
    program = check(from_sympy(expression))
    assert set(program.inputs) == {symbol.name for symbol in expression.free_symbols}
    point = {name: POINT[name] for name in program.inputs}
    at = {symbols(name): sympy.Rational(str(value)) for name, value in point.items()}
    assert program(**point) == pytest.approx(float(expression.subs(at).doit()), rel=1e-14)
    for name in set(program.inputs) & {"x", "y"}:
        whole = {symbol: value for symbol, value in at.items() if symbol in (m, n)}
        slope = expression.subs(whole).doit().diff(symbols(name)).subs(at)
        found = symad.gradient(program, [name])(**point)
        assert found == pytest.approx(float(slope), rel=1e-13)


def test_a_sum_is_a_loop() -> None:
    assert from_sympy(Sum(x**k / k, (k, 1, n)), inputs=["n", "x"]) == symad.parse("sum(k in 1..n: x^k/k)")
    assert from_sympy(Product(k + x, (k, 1, 5))) == symad.parse("product(k in 1..5: k + x)")


def test_symbols_of_one_name_are_one() -> None:
    dummy = sympy.Dummy("k")
    assert from_sympy(Sum(x**dummy, (dummy, 1, 3)) + k)(k=1, x=2) == 15


def test_a_sum_without_end_is_refused() -> None:
    with pytest.raises(ParseError, match="symad has no Infinity"):
        from_sympy(Sum(x**k, (k, 0, sympy.oo)))
