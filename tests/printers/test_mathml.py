"""MathML as a book would write it."""

from __future__ import annotations

import re
from fractions import Fraction
from xml.etree import ElementTree

import pytest
from hypothesis import given

from symad.builder import Builder
from symad.derivatives.gradient import gradient, value_and_gradient
from symad.numbers import Number
from symad.operations import OPERATIONS
from symad.parse import parse
from symad.printers.infix import NEGATION
from symad.printers.mathml import expression, mathml, number, numeral
from symad.printers.mathml_labels import label, leaves, name
from symad.program import Program
from tests.printers.programs import programs

ELEMENTS = set("math mrow mi mn mo mfrac msqrt mroot msub msup msubsup mover munderover mtable mtr mtd mtext".split())
COUNTS = {
    "mfrac": 2,
    "mroot": 2,
    "msub": 2,
    "msup": 2,
    "msubsup": 3,
    "mover": 2,
    "munderover": 3,
}  # of what an element holds
SIGNS = {'<mo rspace="0.17em">&#x2062;</mo>': "~", "<mo>&#x2062;</mo>": "*", "<mo>&#x2061;</mo>": "@"}
CELLS = {'<mtd style="text-align:left">': "<mtd>", "if&#xA0;": "if "}

# Leaves stand without their tags: `*` is the invisible sign of a product, `~` one that leaves a thin space, `⋅` the
# visible one, `@` puts a function to its arguments.
# fmt: off
FORMULAS = [
    ("x1*x2 + sin(x1)",   "<msub>x1</msub>*<msub>x2</msub>+sin@<mrow>(<msub>x1</msub>)</mrow>"),
    ("x*y*cos(x)",        "x*y~cos@<mrow>(x)</mrow>"),
    ("rate*x",            "rate~x"),
    ("x^3 + 2*x/y",       "<msup>x3</msup>+<mfrac><mrow>2*x</mrow>y</mfrac>"),
    ("a/(b/c)",           "<mfrac>a<mfrac>bc</mfrac></mfrac>"),
    ("a/b/c",             "<mfrac><mfrac>ab</mfrac>c</mfrac>"),
    ("a/(b*c) - a/(2*b)", "<mfrac>a<mrow>b*c</mrow></mfrac>−<mfrac>a<mrow>2*b</mrow></mfrac>"),
    ("-x^2",              "−<msup>x2</msup>"),
    ("(-x)^2",            "<msup><mrow>(−x)</mrow>2</msup>"),
    ("a - (b - c)",       "a−<mrow>(b−c)</mrow>"),
    ("a + (-b)",          "a+<mrow>(−b)</mrow>"),
    ("a*(b + c)",         "a~<mrow>(b+c)</mrow>"),
    ("2*(b + c)",         "2*<mrow>(b+c)</mrow>"),
    ("2*x/3",             "<mfrac><mrow>2*x</mrow>3</mfrac>"),
    ("2/3*x",             "<mfrac>23</mfrac>~x"),
    ("x^1",               "<msup>x1</msup>"),
    ("(x + 1)^-1",        "<mfrac>1<mrow>x+1</mrow></mfrac>"),
    ("x^-2",              "<mfrac>1<msup>x2</msup></mfrac>"),
    ("x^(1/3)",           "<msup>x1/3</msup>"),
    ("x^(-1/2)",          "<mfrac>1<msqrt>x</msqrt></mfrac>"),
    ("x1^2",              "<msubsup>x12</msubsup>"),
    ("sin(x)^2",          "<msup>sin2</msup>@<mrow>(x)</mrow>"),
    ("sin(x)^-2",         "<mfrac>1<mrow><msup>sin2</msup>@<mrow>(x)</mrow></mrow></mfrac>"),
    ("log(x)^2",          "<msup><mrow>ln@<mrow>(x)</mrow></mrow>2</msup>"),
    ("(x/y)^2",           "<msup><mrow>(<mfrac>xy</mfrac>)</mrow>2</msup>"),
    ("2^x^y",             "<msup>2<msup>xy</msup></msup>"),
    ("2*3^x",             "2⋅<msup>3x</msup>"),
    ("x*(-2)",            "x⋅<mrow>(−2)</mrow>"),
    ("1e22*x + 2.5e-7",   "<msup>1022</msup>*x+2.5⋅<msup>10<mrow>−7</mrow></msup>"),
    ("alpha*λ + Δ",       "α*λ+Δ"),
    ("abs(x) + floor(x)", "<mrow>|x|</mrow>+<mrow>⌊x⌋</mrow>"),
    ("max(x, y, z)",      "max@<mrow>(x,y,z)</mrow>"),
    ("cbrt(x + 1)",       "<mroot><mrow>x+1</mrow>3</mroot>"),
    ("besselj0(x)",       "<msub>J0</msub>@<mrow>(x)</mrow>"),
    ("mod(x, 2)*y",       "<mrow>(xmod2)</mrow>~y"),
    ("lgamma(x)^2",       "<msup><mrow>(ln@<mrow>|Γ@<mrow>(x)</mrow>|</mrow>)</mrow>2</msup>"),
    ("x*(y/z)",           "x~<mfrac>yz</mfrac>"),
    ("(if x < 0 then x else 2)*y",
     ("<mrow>(<mrow>{<mtable><mtr><mtd>x</mtd><mtd>if x&lt;0</mtd></mtr>"
      "<mtr><mtd>2</mtd><mtd>otherwise</mtd></mtr></mtable></mrow>)</mrow>~y")),
    ("if x < 0 and y >= 0 then x else if x != y then 2 else -x",
     ("<mrow>{<mtable><mtr><mtd>x</mtd><mtd>if x&lt;0∧y≥0</mtd></mtr><mtr><mtd>2</mtd><mtd>if x≠y</mtd></mtr>"
      "<mtr><mtd>−x</mtd><mtd>otherwise</mtd></mtr></mtable></mrow>")),
]
SIMPLIFIED = [  # where a book writes one fraction
    ("2/3*x",             "<mfrac><mrow>2*x</mrow>3</mfrac>"),
    ("x*(1/y)",           "<mfrac>xy</mfrac>"),
    ("1/3/x",             "<mfrac>1<mrow>3*x</mrow></mfrac>"),
    ("2/3*(x + y)",       "<mfrac><mrow>2*<mrow>(x+y)</mrow></mrow>3</mfrac>"),
    ("(x + 1)*(x/y)",     "<mfrac><mrow><mrow>(x+1)</mrow>~x</mrow>y</mfrac>"),
    ("2/3*(x/(x + y))",   "<mfrac><mrow>2*x</mrow><mrow>3*<mrow>(x+y)</mrow></mrow></mfrac>"),
    ("2/3*(1/(x + y))",   "<mfrac>2<mrow>3*<mrow>(x+y)</mrow></mrow></mfrac>"),
    ("-2/3*sqrt(x)",      "−<mfrac><mrow>2*<msqrt>x</msqrt></mrow>3</mfrac>"),
]
# fmt: on


def shown(text: str) -> str:
    """Leave out the tags of leaves."""
    for tags, short in (SIGNS | CELLS).items():
        text = text.replace(tags, short)
    return re.sub(r"</?m(?:i|n|o|text)(?: [^>]*)?>", "", text)


def read(text: str) -> ElementTree.Element:
    """Read MathML, and check that browsers show all of it."""
    found = ElementTree.fromstring(text)
    for element in found.iter():
        assert element.tag in ELEMENTS
        assert len(element) == COUNTS.get(element.tag, len(element)), ElementTree.tostring(element)
        if len(element):
            assert not element.text, "text stands in leaves"
        assert not element.tail
    return found


@pytest.mark.parametrize(("text", "expected"), FORMULAS)
def test_formulas(text: str, expected: str) -> None:
    written = expression(parse(text))
    read(written)
    assert shown(written) == f"<mrow>{expected}</mrow>"


@pytest.mark.parametrize(("text", "expected"), SIMPLIFIED)
def test_simplified_formulas(text: str, expected: str) -> None:
    assert shown(mathml(parse(text))) == f'<math display="block">f={expected}</math>'


@pytest.mark.parametrize("operation", sorted(row.name for row in OPERATIONS.values() if not row.infix))
def test_every_function_is_written(operation: str) -> None:
    arguments = ", ".join(["x", "y", "z"][: len(OPERATIONS[operation].arguments)])
    program = parse(f"input x, y, z\n{operation}{f'({arguments})' if arguments else ''}^3*y")
    for written in (expression(program), mathml(program)):
        read(written)
        assert "\\" not in written


@pytest.mark.parametrize("operation", sorted(row.name for row in OPERATIONS.values() if row.infix))
def test_every_sign_is_written(operation: str) -> None:
    b = Builder()
    x, y = b.input("x"), b.input("y")
    condition, other = b.make("lt", x, y), b.make("ge", x, y)
    operands = {"select": (condition, x, y), "and": (condition, other), "or": (condition, other), "not": (condition,)}
    chosen = operands.get(operation, (x, y)[: len(OPERATIONS[operation].arguments)])
    read(expression(b.finish([("f", b.make(operation, *chosen))])))


@given(programs())
def test_every_program_is_well_formed(program: Program) -> None:
    for row in mathml(program).splitlines():
        read(row)
    for output in program.outputs:
        read(expression(program.part([output])))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("x", "<mi>x</mi>"),
        ("w3", "<msub><mi>w</mi><mn>3</mn></msub>"),
        ("rate", "<mi>rate</mi>"),
        ("alpha_max", "<msub><mi>α</mi><mi>max</mi></msub>"),
        ("x_1_2", "<msub><mi>x</mi><mrow><mn>1</mn><mo>,</mo><mn>2</mn></mrow></msub>"),
        ("Omega", '<mi mathvariant="normal">Ω</mi>'),
        ("sigma", "<mi>σ</mi>"),
        ("lambda", "<mi>λ</mi>"),
        ("β2", "<msub><mi>β</mi><mn>2</mn></msub>"),
        ("ж", "<mi>ж</mi>"),
        ("__", "<mtext>__</mtext>"),
        ("a<&b", "<mi>a&lt;&amp;b</mi>"),
    ],
)
def test_names(text: str, expected: str) -> None:
    assert name(text) == expected


def test_names_that_would_look_the_same_do_not() -> None:
    x, typed, alpha, letter = leaves(["x1", "x_1", "alpha", "α"])
    assert (x, alpha) == (name("x1"), "<mi>α</mi>")
    assert (typed, letter) == ("<mtext>x_1</mtext>", "<mtext>α</mtext>")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("dz/dw3", "<mfrac><mrow>dz</mrow><mrow>d<msub>w3</msub></mrow></mfrac>"),
        ("ddelta/dx", "<mfrac><mrow>dδ</mrow><mrow>dx</mrow></mfrac>"),
        ("d2f/dxdy", "<mfrac><mrow><msup>d2</msup>f</mrow><mrow>dxdy</mrow></mfrac>"),
        ("d2f/dx1dx1", "<mfrac><mrow><msup>d2</msup>f</mrow><mrow>d<msubsup>x12</msubsup></mrow></mfrac>"),
        ("d3f/dxdydx", "<mfrac><mrow><msup>d3</msup>f</mrow><mrow>dxdydx</mrow></mfrac>"),
        ("d2f/dxddx", "d2f/dxddx"),  # by x and dx, or by xd and x
        ("rate", "rate"),
        ("2 < 3", "2 &lt; 3"),
    ],
)
def test_labels(text: str, expected: str) -> None:
    ElementTree.fromstring(label(text))
    assert shown(label(text)) == expected


def test_partial_derivatives_have_a_round_d_and_one_input_a_straight_one() -> None:
    assert shown(mathml(value_and_gradient(parse("x1*y")))).splitlines() == [
        '<math display="block">f=<msub>x1</msub>*y</math>',
        '<math display="block"><mfrac><mrow>∂f</mrow><mrow>∂<msub>x1</msub></mrow></mfrac>=y</math>',
        '<math display="block"><mfrac><mrow>∂f</mrow><mrow>∂y</mrow></mfrac>=<msub>x1</msub></math>',
    ]
    assert "∂" not in mathml(gradient(parse("x^2")))


def test_inputs_tell_where_a_second_derivative_is_cut() -> None:
    b = Builder()
    x, dx = b.input("x"), b.input("dx")
    second = shown(mathml(b.finish([("d2f/dxddx", b.make("mul", x, dx))])))
    assert "<mrow>∂x∂dx</mrow>" in second


def test_derivatives_are_inputs_of_an_expression() -> None:
    b = Builder()
    z, w = b.input("dz/dw3"), b.input("w2")
    product = b.finish([("dz/dw1", b.make("mul", z, w))])
    assert shown(expression(product)) == f"<mrow>{shown(label('dz/dw3'))}~<msub>w2</msub></mrow>"
    square = b.finish([("f", b.make("pow", z, b.constant(2)))])
    assert shown(expression(square)) == f"<mrow><msup><mrow>({shown(label('dz/dw3'))})</mrow>2</msup></mrow>"


def test_numbers_put_in_for_symbols() -> None:
    program = parse("x1*x2 + sin(x1) - x2^2")
    (two, tight), (minus_three, loose) = number(2), number(-3)
    assert shown(expression(program, [two, minus_three], [tight, loose])) == (
        "<mrow>2⋅<mrow>(−3)</mrow>+sin@<mrow>(2)</mrow>−<msup><mrow>(−3)</mrow>2</msup></mrow>"
    )
    written = expression(parse("x*y"), [numeral("1.234567…e-20")[0], "<mi>y</mi>"])
    assert shown(written) == "<mrow>1.234567…⋅<msup>10<mrow>−20</mrow></msup>*y</mrow>"


@pytest.mark.parametrize(
    ("n", "expected"),
    [
        (7, "<mn>7</mn>"),
        (0.25, "<mn>0.25</mn>"),
        (Fraction(-2, 3), '<mo form="prefix">−</mo><mfrac><mn>2</mn><mn>3</mn></mfrac>'),
        (1e30, "<msup><mn>10</mn><mrow><mn>30</mn></mrow></msup>"),
    ],
)
def test_numbers(n: Number, expected: str) -> None:
    assert number(n)[0] == expected
    assert (number(n)[1] == NEGATION) == (n < 0)
    assert numeral("true")[0] == "<mtext>true</mtext>"


def test_shared_values_of_a_long_program_come_first() -> None:
    outputs = "\n".join(f"y{k} = exp(sin(x) + cos(x))^2 + {k}*exp(sin(x) + cos(x))" for k in range(100))
    rows = mathml(parse(outputs)).splitlines()
    assert len(rows) > 100
    assert shown(rows[0]).startswith('<math display="block"><msub>w1</msub>=')


@pytest.mark.parametrize("opening", ["sin(", "1/(x + ", "(x - ", "2*(x/", "-("])
def test_deep_formulas(opening: str) -> None:
    depth = 10_000
    program = parse(opening * depth + "x" + ")" * depth)
    for written in (expression(program), mathml(program)):
        assert written.count("<mrow") == written.count("</mrow>")


def test_the_same_program_is_written_the_same() -> None:
    text = "sin(x)^2*a_b/(1 + exp(-x)) + max(x, 2)"
    assert mathml(parse(text)) == mathml(parse(text))
