"""Patterns of derivatives: those of `jacobian` and `hessian`, no entry missed, every entry recovered by products."""

from __future__ import annotations

import random
import re
import tracemalloc
from collections.abc import Callable, Sequence
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given

import symad
from symad.derivatives import structure
from symad.derivatives.hessian import differentiated
from symad.derivatives.labels import derivative_label
from symad.derivatives.primal import primal
from symad.errors import DerivativeError, NamingError
from symad.patterns.colouring import colouring
from symad.patterns.pattern import Pattern
from symad.program import Program
from tests.derivatives.test_reverse import CONDITIONS, rationally
from tests.high_precision import slope
from tests.printers.programs import programs

ROUNDING = 1e-13  # of the largest entry: a product adds the zeros of other columns and takes another way to each entry
GROWTH = 6  # times the memory at four times the size; were each set as long as all inputs, it would be 16 times


def rosenbrock(size: int) -> Program:
    terms = (f"100*(x{k + 1} - x{k}^2)^2 + (1 - x{k})^2" for k in range(1, size))
    return symad.parse(f"input {', '.join(f'x{k}' for k in range(1, size + 1))}\n{' + '.join(terms)}")


def entry_labels(pattern: Pattern) -> list[str]:
    """Label the entries of a Jacobian's pattern."""
    return [derivative_label(pattern.rows[r], pattern.columns[c]) for r, c in zip(*pattern.coo(), strict=True)]


def check_patterns(program: Program, wrt: Sequence[str] | None = None) -> None:
    """Compare with the outputs of every way to a Jacobian and, of one output, a Hessian."""
    pattern = symad.sparsity(program, wrt)
    assert (pattern.rows, pattern.columns) == (program.outputs, tuple(wrt or program.inputs))
    for method in ("forward", "reverse", "cheapest"):
        assert entry_labels(pattern) == list(symad.jacobian(program, wrt, method).outputs)
    if len(program.outputs) != 1:
        return
    whole = symad.sparsity(program, wrt, of="hessian")
    assert whole.symmetric
    places = zip(*whole.upper().coo(), strict=True)
    names = [(whole.rows[r], whole.columns[c]) for r, c in places]
    labels = [derivative_label(derivative_label(program.outputs[0], a), b) for a, b in names]
    for method in ("forward", "cheapest"):
        assert labels == list(symad.hessian(program, wrt, method).outputs)


@given(programs())
def test_the_patterns_of_random_programs(program: Program) -> None:
    check_patterns(program)


@pytest.mark.parametrize("text", CONDITIONS)
def test_the_patterns_of_conditions(text: str) -> None:
    check_patterns(symad.parse(text))


@pytest.mark.parametrize("wrt", [None, ("z",), ("z", "x")])
def test_wrt_chooses_and_orders(wrt: Sequence[str] | None) -> None:
    check_patterns(symad.parse("x^2*y + sin(z)*x + w*z"), wrt)
    check_patterns(symad.parse("p = x*y; q = z^2; r = 3; s = x - z; output q, p, s, r"), wrt)


def missed(program: Program) -> list[str]:
    """List the inputs that are no entries of the pattern and have a difference quotient that is not zero."""
    [row] = symad.sparsity(program).entries
    at = [0.3, -1.7, 0.9][: len(program.inputs)]
    others = set(range(len(at))) - set(row)
    return [program.inputs[place] for place in others if slope(program, at, place)[0] not in (None, 0)]


@given(programs(outputs=1))
def test_no_entry_is_missed(program: Program) -> None:
    assert missed(program) == []


def test_a_missed_entry_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    """A table in which a product seems flat in its second factor."""
    flat = structure.flat
    monkeypatch.setattr(structure, "flat", lambda name: frozenset({1}) if name == "mul" else flat(name))
    assert missed(symad.parse("sin(x)*cos(y)")) == ["y"]


STRUCTURES = [
    ("x*y + z", ("xyz",), ("y", "x", "")),
    ("x + y - x + 2*z", ("xyz",), ("", "", "")),  # what cancels is in it
    ("x - x + y", ("y",), ("", "", "")),  # unless it is simplified away before
    ("floor(x)*y + sign(z)", ("y",), ("", "", "")),  # a step has the derivative 0
    ("if x > y then z^2 else 3*z", ("z",), ("", "", "z")),
    ("x^2*y^0 + exp(z - z)", ("x",), ("x", "", "")),
    ("p = x*y; q = 2*z; output p, q", ("xy", "z"), None),
]


@pytest.mark.parametrize(("text", "first", "second"), STRUCTURES)
def test_known_structures(text: str, first: tuple[str, ...], second: tuple[str, ...] | None) -> None:
    program = symad.parse(f"input x, y, z\n{text}")
    found = symad.sparsity(program)
    assert tuple("".join(found.columns[c] for c in row) for row in found.entries) == first
    if second is not None:
        whole = symad.sparsity(program, of="hessian")
        assert tuple("".join(whole.columns[c] for c in row) for row in whole.entries) == second


def test_a_zero_on_one_side_of_the_diagonal_is_one_on_both() -> None:
    """Here the gradient by `a` seems to depend on `b`, but not the other way round."""
    program = symad.parse(
        "input a, b; w = if (if a > a then b > 0 else b < 0) then b else a\n"
        "if a > a then 2 else if b < 0 then 3 else if b < 1 then w else sech(w)"
    )
    start = primal(program)
    assert structure.rows(differentiated(start, "f", start.results[0])) == [[0, 1], []]
    assert symad.sparsity(program, of="hessian").entries == ((0,), ())
    check_patterns(program)


def test_the_strips_make_no_difference(monkeypatch: pytest.MonkeyPatch) -> None:
    program = symad.parse("; ".join(f"p{k} = x{k}*x{7 * k % 50} + sin(x{(k + 31) % 50})" for k in range(50)))
    whole = symad.sparsity(program), symad.sparsity(rosenbrock(50), of="hessian")
    for strip in (1, 7, 49):
        monkeypatch.setattr(structure, "STRIP", strip)
        assert (symad.sparsity(program), symad.sparsity(rosenbrock(50), of="hessian")) == whole


def test_memory_is_linear(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(structure, "STRIP", 128)
    peaks = []
    for size in (500, 2_000):
        start = primal(rosenbrock(size))
        tracemalloc.start()
        structure.rows(start)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < GROWTH * peaks[0]


# compressed products


def jacobian_recovered(program: Program, at: Sequence[float], run: Callable[..., Sequence[float]]) -> Sequence[float]:
    """Evaluate compressed products at a point and read the entries of the Jacobian."""
    found = colouring(symad.sparsity(program))
    product = symad.jvp(program)
    return found.recover([run(product, [*at, *seed]) for seed in found.seeds()])


def hessian_recovered(program: Program, at: Sequence[float], run: Callable[..., Sequence[float]]) -> Sequence[float]:
    """Evaluate compressed products at a point and read the upper triangle of the Hessian."""
    pattern = symad.sparsity(program, of="hessian")
    found = colouring(pattern)
    product = symad.hessian_vector_product(program)
    values = found.recover([run(product, [*at, *seed]) for seed in found.seeds()])
    assert pattern.dense(values) == [list(row) for row in zip(*pattern.dense(values), strict=True)]
    return [value for value, row, column in zip(values, *pattern.coo(), strict=True) if row <= column]


def generated(program: Program, at: Sequence[float]) -> Sequence[float]:
    """Run what is generated."""
    found = symad.compile(program)(*at)
    return found if isinstance(found, tuple) else (found,)


def system(seed: int, size: int, form: str) -> Program:
    """Make a sparse system of equations of random structure."""
    draw = random.Random(seed)
    names = [f"x{k}" for k in range(size)]
    rows = [form.format(*draw.choices(names, k=3), draw.randint(1, 9)) for _ in range(size)]
    lines = [f"r{k} = {row} + {draw.choice(names)}^2" for k, row in enumerate(rows)]
    return symad.parse("\n".join([f"input {', '.join(names)}", *lines]))


def summed(program: Program) -> Program:
    """Give the sum of squares of a system."""
    squares = " + ".join(f"{label}^2" for label in program.outputs)
    assignments = symad.source(program).partition("\noutput")[0]
    return symad.parse(f"{assignments}\nloss = {squares}\noutput loss")


@pytest.mark.parametrize("seed", range(15))
def test_compressed_products_in_exact_arithmetic(seed: int) -> None:
    program = system(seed, 4 + seed, "{0}*{1}/(2 + {2}^2) - {3}*{1}")
    draw = random.Random(seed)
    at = [Fraction(draw.randint(-9, 9), 7) for _ in program.inputs]
    assert jacobian_recovered(program, at, rationally) == rationally(symad.jacobian(program), at)
    loss = summed(program)
    assert hessian_recovered(loss, at, rationally) == rationally(symad.hessian(loss), at)


@pytest.mark.parametrize("seed", range(10))
def test_compressed_products_of_generated_code(seed: int) -> None:
    program = system(seed, 5 + seed, "exp(-{0})*sin({1}*{2}) + {3}*{1}")
    draw = random.Random(seed)
    at = [draw.uniform(-1, 1) for _ in program.inputs]
    for one, whole, recovered in (
        (program, symad.jacobian(program), jacobian_recovered(program, at, generated)),
        (summed(program), symad.hessian(summed(program)), hessian_recovered(summed(program), at, generated)),
    ):
        entries = generated(whole, at)
        assert len(one.inputs) == len(at)
        assert recovered == pytest.approx(entries, rel=0, abs=ROUNDING * max(map(abs, entries)))


def test_a_large_hessian_takes_three_products() -> None:
    program = rosenbrock(2_000)
    found = colouring(symad.sparsity(program, of="hessian"))
    assert found.count == 3
    assert found.pattern.nonzeros == 3 * 2_000 - 2
    assert all(a <= b for a, b in pairwise(found.pattern.csr()[0]))


# errors


def test_a_hessian_is_of_one_output() -> None:
    with pytest.raises(DerivativeError, match="one output, and this program has 2: p, q") as caught:
        symad.sparsity(symad.parse("p = x; q = y"), of="hessian")
    assert caught.value.hint == "choose one: output p"


@pytest.mark.parametrize(
    ("of", "hint"), [("hesian", "did you mean hessian?"), ("tensor", "matrices: jacobian, hessian"), ("", "matrices")]
)
def test_only_matrices_have_patterns(of: str, hint: str) -> None:
    with pytest.raises(DerivativeError, match=f"{of or 'an empty name'} is not a matrix") as caught:
        symad.sparsity(symad.parse("x"), of=of)
    assert re.match(re.escape(hint), str(caught.value.hint))


@pytest.mark.parametrize("of", ["jacobian", "hessian"])
def test_wrt_must_name_inputs(of: str) -> None:
    with pytest.raises(NamingError):
        symad.sparsity(symad.parse("x*y"), wrt=("z",), of=of)
