"""A generated module as a program: it prints what the richest function without seeds gives, with labels."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from symad.derivatives.kinds import KINDS
from symad.parse import parse
from symad.printers.python import generate

VALLEY = "(1 - x)^2 + 100*(y - x^2)^2"


@pytest.mark.parametrize("signature", ["scalars", "vector"])
@pytest.mark.parametrize("form", ["dense", "coo", "csr", "scipy"])
@pytest.mark.parametrize(
    ("kinds", "shown"),
    [
        (("value", "gradient", "hessian", "hvp"), "f df/dx df/dy d2f/dxdx d2f/dxdy d2f/dydy"),
        (("value", "jacobian", "jvp"), "f df/dx df/dy"),
        (("hessian",), "d2f/dxdx d2f/dxdy d2f/dydy"),
        (("gradient", "hessian"), "df/dx df/dy d2f/dxdx d2f/dxdy d2f/dydy"),
        (("value", "vjp"), "f"),
        (("jacobian",), "df/dx df/dy"),
    ],
)
def test_what_it_prints(kinds: tuple[str, ...], shown: str, form: str, signature: str, tmp_path: Path) -> None:
    known = {"f": 400.0, "df/dx": -800.0, "df/dy": 400.0, "d2f/dxdx": 2.0, "d2f/dxdy": -400.0, "d2f/dydy": 200.0}
    (tmp_path / "made.py").write_text(generate(parse(VALLEY), kinds, signature=signature, matrices=form))
    out = printed(tmp_path / "made.py", "1", "3")
    assert out == "".join(f"{label} = {value}\n" for label, value in known.items() if label in shown.split())


@pytest.mark.parametrize("form", ["dense", "csr", "scipy"])
def test_what_it_prints_of_several_outputs(form: str, tmp_path: Path) -> None:
    program = parse("p = x*y; q = x^2*y; output p, q")
    for kinds in (("value", "jacobian", "hessian"), ("hessian",)):
        (tmp_path / "made.py").write_text(generate(program, kinds, matrices=form))
        lines = printed(tmp_path / "made.py", "2", "3").splitlines()
        assert lines[-3:] == ["d2p/dxdy = 1.0", "d2q/dxdx = 6.0", "d2q/dxdy = 4.0"]
        assert len(lines) == (9 if len(kinds) == 3 else 3)


@pytest.mark.parametrize("signature", ["scalars", "vector"])
def test_seeds_are_read_where_every_function_has_them(signature: str, tmp_path: Path) -> None:
    (tmp_path / "made.py").write_text(generate(parse("a*x*y"), ("vjp",), wrt=["x", "y"], signature=signature))
    words = ["2", "3", "0.5", "5"] if signature == "vector" else ["5", "2", "3", "0.5"]
    assert printed(tmp_path / "made.py", *words) == "bar_x = 7.5\nbar_y = 5.0\n"


@pytest.mark.parametrize("kinds", [KINDS, ("hvp",), ("hessian",)])
@pytest.mark.parametrize("signature", ["scalars", "vector"])
@pytest.mark.parametrize("form", ["dense", "coo", "scipy"])
def test_without_inputs_it_prints_the_value(kinds: tuple[str, ...], signature: str, form: str, tmp_path: Path) -> None:
    (tmp_path / "made.py").write_text(generate(parse("2 + 3"), kinds, signature=signature, matrices=form))
    assert printed(tmp_path / "made.py") == ("f = 5.0\n" if "value" in kinds else "")


def printed(file: Path, *words: str) -> str:
    """Run a module as a program."""
    done = subprocess.run([sys.executable, "-W", "error", str(file), *words], capture_output=True, encoding="utf-8")
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout
