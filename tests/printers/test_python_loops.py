"""Loops in generated Python: bit for bit what the program itself computes, whatever is kept for the way back."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import symad
from symad.errors import TargetError
from symad.numerics import stretches
from symad.parse import parse
from tests.printers.modules import RUFF_RULES, numbers, ruff_finds, run

# fmt: off
PROGRAMS = {  # name: a program and a point
    "sum":      ("sum(k in 1..n: sin(x/k))", {"n": 5, "x": 0.7}),
    "product":  ("product(k in 1..n: x + y/k)", {"n": 5, "x": 0.4, "y": 1.3}),
    "index":    ("sum(k in a..b: k)*x", {"a": -2, "b": 4, "x": 1.5}),
    "logistic": ("y = x; for k in 1..n { y = r*y*(1 - y) }; y", {"x": 0.3, "n": 17, "r": 3.3}),
    "none":     ("y = x; for k in 1..n { y = r*y*(1 - y) }; y", {"x": 0.3, "n": 0, "r": 3.3}),
    "newton":   ("y = x; while abs(y^2 - x) > 1e-12 { y = (y + x/y)/2 }", {"x": 2.0}),
    "joint":    ("y = x; j = 0; while j < 9 and (y > 1 or j < 2) { y = y*r; j = j + 1 }; y*j", {"x": 30.0, "r": 0.6}),
    "nested":   ("s = 0; for i in 1..n { t = x*i; for j in 1..i { t = t*sin(x*j + y); s = s + t } }; s",
                 {"n": 6, "x": 0.4, "y": 0.3}),
    "several":  ("x = a; y = b; for k in 1..n { d = x*(1 - y); y = y + h*y*(x - 1); x = x + h*d }; x + 2*y",
                 {"a": 1.2, "b": 0.7, "n": 20, "h": 0.05}),
    "swap":     ("a = x; b = y; for k in 1..n { c = a + b; a = b; b = c }; a*b", {"x": 1.5, "y": 0.5, "n": 7}),
    "inside":   ("s = x; for k in 1..n { s = if s > 1 then s/2 else s*s + y }; s", {"x": 0.8, "n": 9, "y": 0.21}),
    "branch":   ("if x > 0 then sum(k in 1..n: log(x)*k) else y^3", {"x": -1, "n": 3, "y": 2.0}),
    "other":    ("if x > 0 then sum(k in 1..n: log(x)*k) else y^3", {"x": 2, "n": 3, "y": 2.0}),
    "asked":    ("s = sum(k in 1..n: log(x)*k); a = (if x > 0 then s else 0); b = (if y > 0 then s*a else y); a + b",
                 {"x": 2, "n": 3, "y": 2.0}),
    "function": ("f(a, b) = { s = a; for k in 1..3 { s = s*b + a }; s }; f(x, y)*f(y, x)", {"x": 0.6, "y": 1.1}),
    "own":      ("input x, n; for k in 1..n { x = x*0.9 + sin(x) }; x", {"x": 0.6, "n": 4}),
    "names":    ("array = x; range_ = 1; for count in 1..n { array = array*count; range_ = range_ + array }; range_",
                 {"x": 0.6, "n": 4}),
}
# fmt: on
KINDS = ("value", "gradient", "hessian", "hvp", "jvp", "vjp")
COUNTS = {"n", "a", "b"}  # inputs that are bounds somewhere; not those of `several`


def chosen(name: str, point: dict[str, float]) -> list[str]:
    """List the inputs to derive by."""
    bounds = {"several": {"n"}, "index": {"a", "b"}}.get(name, {"n"})
    return [name for name in point if name not in bounds]


def given(program: symad.Program, point: dict[str, float]) -> list[float]:
    """Give the arguments of a derivative: those of the point, and seeds."""
    return [point.get(name, 0.3 + 0.2 * k) for k, name in enumerate(program.inputs)]


@pytest.mark.parametrize("states", [0, 3, *(pytest.param(states, marks=pytest.mark.slow) for states in (2, 100))])
@pytest.mark.parametrize("name", PROGRAMS)
def test_modules_agree_with_programs_to_the_bit(name: str, states: int) -> None:
    text, point = PROGRAMS[name]
    program, wrt = parse(text), chosen(name, point)
    module = run(symad.generate(program, KINDS, wrt=wrt, checkpoint=states))
    for kind in KINDS:
        derived = symad.derivatives.kinds.derive(kind, program, wrt)
        arguments = given(derived, point)
        expected = [*numbers_of(derived(*arguments))]
        assert [*numbers_of(symad.compile(derived)(*arguments))] == expected, kind
        if kind != "hessian":
            assert [*numbers_of(module[kind](*arguments))] == expected, kind
    value, gradient = module["value_and_gradient"](*given(program, point))
    assert value == module["value"](*given(program, point))
    assert [*numbers(gradient)] == pytest.approx([*numbers(module["gradient"](*given(program, point)))], rel=1e-14)


def numbers_of(found: Any) -> list[float]:
    """Give a number, or a tuple of numbers, as a list."""
    return [found] if isinstance(found, float) else [*numbers(found)]


@pytest.fixture(scope="module")
def modules(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write a module for each program, with and without checkpoints."""
    folder = tmp_path_factory.mktemp("modules")
    for name, (text, point) in PROGRAMS.items():
        for states in (0, 10):
            made = symad.generate(parse(text), KINDS, wrt=chosen(name, point), checkpoint=states)
            (folder / f"{name}_{states}.py").write_text(made)
    return folder


@pytest.mark.parametrize("rules", RUFF_RULES)
def test_modules_pass_ruff(modules: Path, rules: str) -> None:
    assert ruff_finds(modules, rules) == ""


def test_modules_pass_mypy(modules: Path, tmp_path: Path) -> None:
    files = sorted(map(str, modules.iterdir()))
    command = [sys.executable, "-m", "mypy", "--strict", "--cache-dir", str(tmp_path), *files]
    found = subprocess.run(command, capture_output=True, text=True)
    assert found.returncode == 0, found.stdout


@pytest.mark.parametrize("states", [0, 100])
def test_the_number_of_iterations_is_a_literal_and_nothing_else(states: int) -> None:
    texts = []
    for count in (10, 10_000_000):
        program = parse(f"y = x; for k in 1..{count} {{ y = r*y*(1 - y)/k }}; y")
        texts.append(symad.generate(program, ("value", "gradient", "hvp"), checkpoint=states))
    assert re.sub(r"\b10000001\b", "11", texts[1].replace("10000000", "10")) == texts[0]


@pytest.mark.parametrize("count", [0, 1, 2, 3, 10, 101, 999, 12_345])
@pytest.mark.parametrize("states", [2, 3, 5, 100])
def test_stretches(count: int, states: int) -> None:
    if count > 100 * states**2:
        return  # hours
    run_again = 0

    def advance(steps: range, state: tuple[float, ...]) -> tuple[float, ...]:
        nonlocal run_again
        assert steps.start == state[0]
        assert steps
        run_again += len(steps)
        return (steps.stop,)

    end = count + 1
    found = stretches(range(1, count + 1), states, (1,), advance)
    for steps, state in found:
        assert (steps.stop, steps.start) == (end, state[0])
        assert len(steps) + len(found.gi_frame.f_locals["kept"]) <= max(states, 2)  # type: ignore[attr-defined]
        end = steps.start
    assert end == 1
    if states == 100:
        assert run_again <= 3 * count


def test_a_million_iterations_take_a_hundred_states_and_are_run_four_times() -> None:
    steps = range(1, 1_000_001)
    run_again, most = 0, 0

    def advance(steps: range, state: tuple[float, ...]) -> tuple[float, ...]:
        nonlocal run_again
        run_again += len(steps)
        return state

    found = stretches(steps, 100, (), advance)
    for stretch, _ in found:
        most = max(most, len(stretch) + len(found.gi_frame.f_locals["kept"]))  # type: ignore[attr-defined]
    assert most <= 100
    assert run_again + len(steps) <= 4 * len(steps)


def test_one_state_is_too_few() -> None:
    for states in (1, 2.5, -3):
        with pytest.raises(TargetError, match="a whole number of states, two at least"):
            symad.generate(parse("sum(k in 1..n: x^k)"), checkpoint=states)  # type: ignore[arg-type]


def nested(depth: int) -> str:
    """Write so many loops inside of each other."""
    heads = "".join(f"for k{i} in 1..1 {{ " for i in range(depth))
    return f"s = x; {heads}s = s*x + k{depth - 1}{' }' * depth}; s"


def test_python_takes_so_many_loops_inside_of_each_other() -> None:
    deep = parse(nested(18))
    assert symad.compile(deep)(3) == 10
    assert symad.compile(symad.gradient(deep))(3) == 6
    assert run(symad.generate(deep))["value_and_gradient"](3.0) == (10, (6,))
    assert run(symad.generate(parse(nested(9)), checkpoint=4))["value_and_gradient"](3.0) == (10, (6,))
    for text, states in ((nested(19), 0), (nested(10), 4)):
        with pytest.raises(TargetError, match="nested too deep for Python, which takes 18"):
            symad.generate(parse(text), checkpoint=states)
    with pytest.raises(TargetError, match="nested too deep"):
        symad.compile(parse(nested(19)))


# fmt: off
FAILURES = [  # a program, a point, what its module raises
    ("sum(k in 1..n: x^k)",                   {"n": 2.5, "x": 1.0},  ValueError),
    ("sum(k in 1..n: x^k)",                   {"n": -1.0, "x": 1.0}, ValueError),
    ("y = x; while y > 0 { y = y + 1 }; y",   {"x": 1.0},            ArithmeticError),
    ("sum(k in 1..n: log(x - k))",            {"n": 3.0, "x": 2.5},  ValueError),
]
# fmt: on


@pytest.mark.parametrize(("text", "point", "error"), FAILURES)
@pytest.mark.parametrize("states", [0, 10])
def test_failures(text: str, point: dict[str, float], error: type[Exception], states: int) -> None:
    program = parse(text)
    module = run(symad.generate(program, wrt=["x"], checkpoint=states))
    for name in ("value", "value_and_gradient"):
        with pytest.raises(error):
            module[name](*given(program, point))
    with pytest.raises(symad.errors.EvaluationError):
        program(*given(program, point))
    with pytest.raises(symad.errors.EvaluationError):
        symad.compile(program)(*given(program, point))
