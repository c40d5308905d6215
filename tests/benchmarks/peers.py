"""The peers: how each of them reads a formula's text, derives the gradient, and builds something that can be called.

A row per peer. `read` gives the peer's own problem, `derive` its gradient, `build` a function of the inputs that gives
the partial derivatives; whoever measures does so between the three. Peers are imported by name, when asked for, so that
none is required.
"""

from __future__ import annotations

import importlib
import importlib.metadata
import importlib.util
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

FUNCTIONS = ("sin", "cos", "exp", "log", "sqrt")
Inputs = tuple[str, ...]
Gradient = Callable[[Sequence[float]], Iterable[Any]]


@dataclass(frozen=True)
class Peer:
    """Hold one row: a peer and its three stages, each given the peer's module and what the stage before has made."""

    name: str
    read: Callable[[Any, str, Inputs], Any]
    derive: Callable[[Any, Any], Any]
    build: Callable[[Any, Any], Gradient]

    @property
    def installed(self) -> bool:
        return importlib.util.find_spec(self.name) is not None

    @property
    def version(self) -> str:
        return importlib.metadata.version(self.name) if self.installed else "not installed"

    def module(self) -> Any:
        return importlib.import_module(self.name)


def evaluated(module: Any, text: str, inputs: Inputs, values: Iterable[Any]) -> Any:
    """Read the text as most peers must: as Python, whose operators they overload."""
    scope = {function: getattr(module, function) for function in FUNCTIONS}
    return eval(text, scope | dict(zip(inputs, values, strict=True)))


def symad_read(symad: Any, text: str, inputs: Inputs) -> Any:
    return inputs, symad.parse(text)


def symad_derive(symad: Any, problem: Any) -> Any:
    inputs, program = problem
    return inputs, symad.gradient(program)


def symad_build(symad: Any, problem: Any) -> Gradient:
    """Build, and call by name: a program's inputs come in the order in which the text first mentions them."""
    inputs, gradient = problem
    call = symad.compile(gradient, backend="python")

    def called(x: Sequence[float]) -> list[float]:
        at = dict(zip(inputs, x, strict=True))
        values = call(*(at[name] for name in gradient.inputs))
        several = values if len(gradient.outputs) > 1 else (values,)
        partial = dict(zip(gradient.outputs, several, strict=True))
        return [partial[f"df/d{name}"] for name in inputs]

    return called


def casadi_read(casadi: Any, text: str, inputs: Inputs) -> Any:
    x = casadi.SX.sym("x", len(inputs))
    return x, evaluated(casadi, text, inputs, (x[k] for k in range(len(inputs))))


def casadi_derive(casadi: Any, problem: Any) -> Any:
    x, f = problem
    return x, casadi.densify(casadi.gradient(f, x))


def casadi_build(casadi: Any, problem: Any) -> Gradient:
    x, gradient = problem
    function = casadi.Function("gradient", [x], [gradient])
    return lambda at: function(at).full().ravel()


def heyoka_read(heyoka: Any, text: str, inputs: Inputs) -> Any:
    made = heyoka.make_vars(*inputs)
    x = [made] if len(inputs) == 1 else list(made)  # one name gives a variable, not a tuple of one
    return x, evaluated(heyoka, text, inputs, x)


def heyoka_derive(heyoka: Any, problem: Any) -> Any:
    x, f = problem
    return x, heyoka.diff_tensors([f], diff_args=x, diff_order=1).gradient


def heyoka_build(heyoka: Any, problem: Any) -> Gradient:
    x, gradient = problem
    function = heyoka.cfunc(gradient, vars=x)
    return lambda at: function(list(at))


def symengine_read(symengine: Any, text: str, inputs: Inputs) -> Any:
    return [symengine.Symbol(name) for name in inputs], symengine.sympify(text)


def symengine_build(symengine: Any, problem: Any) -> Gradient:
    x, gradient = problem
    function = symengine.Lambdify(x, gradient, backend="llvm", cse=True)
    return lambda at: function(list(at))


def sympy_read(sympy: Any, text: str, inputs: Inputs) -> Any:
    x = [sympy.Symbol(name) for name in inputs]
    return x, sympy.parse_expr(text, local_dict=dict(zip(inputs, x, strict=True)))


def partials(module: Any, problem: Any) -> Any:
    """Derive as SymPy and SymEngine do: one partial derivative at a time."""
    x, f = problem
    return x, [f.diff(symbol) for symbol in x]


def sympy_build(sympy: Any, problem: Any) -> Gradient:
    x, gradient = problem
    function = sympy.lambdify(x, gradient, modules="math", cse=True)
    return lambda at: function(*at)


def jax_read(jax: Any, text: str, inputs: Inputs) -> Any:
    jax.config.update("jax_enable_x64", True)  # single precision would not pass the checksum
    scope = {function: getattr(jax.numpy, function) for function in FUNCTIONS}
    formula = eval(f"lambda {', '.join(inputs)}: {text}", scope)
    return len(inputs), lambda x: formula(*x)


def jax_derive(jax: Any, problem: Any) -> Any:
    count, f = problem
    return count, jax.jit(jax.grad(f))


def jax_build(jax: Any, problem: Any) -> Gradient:
    """Compile, which JAX does at the first call."""
    count, gradient = problem
    gradient(jax.numpy.full(count, 0.5)).block_until_ready()
    return lambda at: [float(value) for value in gradient(jax.numpy.array(at))]


# fmt: off
PEERS = {peer.name: peer for peer in (
    Peer("symad",     symad_read,     symad_derive,  symad_build),
    Peer("casadi",    casadi_read,    casadi_derive, casadi_build),
    Peer("heyoka",    heyoka_read,    heyoka_derive, heyoka_build),
    Peer("symengine", symengine_read, partials,      symengine_build),
    Peer("sympy",     sympy_read,     partials,      sympy_build),
    Peer("jax",       jax_read,       jax_derive,    jax_build),
)}
# fmt: on
