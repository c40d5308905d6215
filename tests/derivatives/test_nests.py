"""Loops inside of loops: what their derivatives cost, and up to which depth they are read."""

from __future__ import annotations

from collections import Counter

import pytest

import symad
from symad.derivatives import loops
from symad.errors import NamingError
from symad.reading.blocks import NESTED
from symad.wellformed import check


def nest(depth: int) -> str:
    """Write loops inside of loops, of which the outer three run twice: s becomes s*x + y eight times."""
    heads = [f"for k{n} in 1..{2 if n < 3 else 1} {{ " for n in range(depth)]
    return f"s = x; {''.join(heads)}s = s*x + y{' }' * depth}; s"


def written_out(x: float, y: float) -> tuple[float, float]:
    """Give the derivatives of the nest by x and y."""
    s, dx, dy = x, 1.0, 0.0
    for _ in range(8):
        s, dx, dy = s * x + y, dx * x + s, dy * x + 1
    return dx, dy


@pytest.mark.parametrize("depth", [5, 12, 18])
@pytest.mark.parametrize("method", ["forward", "reverse"])
def test_gradient(depth: int, method: str) -> None:
    made = check(symad.gradient(symad.parse(nest(depth)), ["x", "y"], method))
    assert made(1.1, 0.5) == pytest.approx(written_out(1.1, 0.5), rel=1e-14)
    assert symad.compile(made)(1.1, 0.5) == made(1.1, 0.5)


@pytest.mark.parametrize(("kind", "method", "most"), [
    ("gradient", "forward", (12, 0)),  # a loop for each
    ("gradient", "reverse", (0, 12)),
    ("hessian_vector_product", "forward-over-reverse", (110, 12)),  # a nest backwards is a nest at every level
    ("hessian_vector_product", "reverse-over-forward", (12, 50)),
])  # fmt: skip
def test_a_body_is_differentiated_once(
    kind: str, method: str, most: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    made: Counter[str] = Counter()
    for name in ("Tangents", "Adjoints"):
        old = getattr(loops, name)
        monkeypatch.setattr(loops, name, lambda *given, name=name, old=old: (made.update([name]), old(*given))[1])
    getattr(symad, kind)(symad.parse(nest(12)), ["x"], method)
    assert (made["Tangents"], made["Adjoints"]) <= most
    assert made["Adjoints"] <= most[1]


def test_depth_ends_with_an_error() -> None:
    assert symad.parse(nest(NESTED))(1.1, 0.5) == symad.parse(nest(3))(1.1, 0.5)
    with pytest.raises(NamingError, match=f"nested more than {NESTED} deep") as caught:
        symad.parse(nest(NESTED + 1))
    assert caught.value.start == nest(NESTED + 1).rindex("for")
