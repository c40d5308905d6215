"""The command line: what each command prints, writes and answers."""

from __future__ import annotations

import importlib
import io
import json
import os
import re
import shlex
import stat
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import symad
from symad.arguments import COMMANDS, HELP, OPTIONS
from symad.cli import main
from symad.derivatives.gradient import all_partials
from symad.printers.costs import costs
from symad.printers.infix import formulas

Say = Callable[..., str]
SEED = "x1*x2 + sin(x1)"
ROWS = """\
f      = x1*x2 + sin(x1)
df/dx1 = x2 + cos(x1)
df/dx2 = x1
"""


@pytest.fixture
def said(capsys: pytest.CaptureFixture[str]) -> Say:
    """Give a function that runs a command line here and gives what it printed."""

    def say(*words: str, code: int = 0) -> str:
        assert main(words) == code
        printed = capsys.readouterr()
        assert printed.err == "" or code == 1
        return printed.out + printed.err

    return say


# the derivatives


@pytest.mark.parametrize("words", [[SEED], ["diff", SEED], ["--", SEED], ["diff", "--", SEED]], ids=" ".join)
def test_the_main_job(said: Say, words: list[str]) -> None:
    assert said(*words) == ROWS


def test_a_formula_without_inputs_has_a_value(said: Say) -> None:
    assert said("2 + 3") == "f = 5\n"


@pytest.mark.parametrize("text", ["-x^2", "-x", "-o*x", "-h*x", "-2*x", "--x^2"])
def test_a_formula_may_begin_with_a_minus_sign(said: Say, text: str) -> None:
    words = ["--", text] if text.startswith("--") else [text]
    program = symad.parse(text)
    assert said(*words) == said("(" + text + ")")
    assert said(*words).count("\n") == 1 + len(program.inputs)


def test_every_partial_of_every_output(said: Say) -> None:
    labels = [line.split(" = ")[0].strip() for line in said("p = x*y; q = 2*y").splitlines()]
    assert labels == ["p", "q", "dp/dx", "dp/dy", "dq/dx", "dq/dy"]


def test_wrt_chooses_and_orders(said: Say) -> None:
    assert said(SEED, "--wrt", " x2, x1").splitlines()[1:] == ["df/dx2 = x1", "df/dx1 = x2 + cos(x1)"]
    assert said("α₁*β", "--wrt=α1").splitlines()[1:] == ["df/dα1 = β"]


def test_shared_temporaries_come_first(said: Say) -> None:
    text = " + ".join(f"exp(x{k}*y)*sin(exp(x{k}*y) + z)" for k in range(12))
    temporaries = formulas(all_partials(symad.parse(text))).temporaries
    lines = said(text).splitlines()
    assert temporaries
    assert len({line.index(" = ") for line in lines}) == 1
    assert [line.split(" = ")[0].strip() for line in lines][: len(temporaries)] == list(temporaries)


def test_at_evaluates_too(said: Say) -> None:
    found = said(SEED, "--at", "x1=2, x2=3")
    value, first = (2.0 * 3.0 + 0.9092974268256817, 3.0 - 0.4161468365471424)
    assert found == f"{ROWS}\nat x1 = 2.0, x2 = 3.0\nf      = {value}\ndf/dx1 = {first}\ndf/dx2 = 2.0\n"


@pytest.mark.parametrize("point", [["--at", "x=1/4,y=sqrt(9)"], ["--at", "x=.25", "--at", "y=max(3, 2)"]])
def test_coordinates_are_numbers(said: Say, point: list[str]) -> None:
    assert "f     = 0.75\n" in said("x*y", *point)


def test_assignments_are_the_bare_list_and_its_adjoints(said: Say) -> None:
    assert (
        said(SEED, "--assignments")
        == """\
w1     = x1
w2     = x2
w3     = w1*w2
w4     = sin(w1)
w5     = w3 + w4
f      = w5

bar_w5 = 1
bar_w4 = bar_w5
bar_w3 = bar_w5
bar_w2 = bar_w3*w1
bar_w1 = bar_w3*w2 + bar_w4*cos(w1)
df/dx1 = bar_w1
df/dx2 = bar_w2
"""
    )


def test_latex(said: Say) -> None:
    plain, evaluated = said(SEED, "--latex"), said(SEED, "--latex", "--at", "x1=2,x2=3")
    assert r"\cos" in plain
    assert evaluated.startswith(plain)
    assert all(line.startswith("%") for line in evaluated.removeprefix(plain).split("\n") if line)


def test_json(said: Say) -> None:
    found = json.loads(said(SEED, "--json", "--at", "x1=2,x2=3"))
    assert list(found) == ["inputs", "outputs", "temporaries", "formulas", "derivatives", "operations", "at", "values"]
    assert found["inputs"] == ["x1", "x2"]
    assert found["formulas"] == {"f": SEED}
    assert found["derivatives"] == {"df/dx1": "x2 + cos(x1)", "df/dx2": "x1"}
    assert found["operations"] == {"value": 3, "value_and_derivatives": 5}
    assert found["values"] == pytest.approx(
        {"f": 6.909297426825682, "df/dx1": 2.5838531634528574, "df/dx2": 2}, rel=1e-15
    )
    assert list(json.loads(said("p = 2*α; q = α", "--json"))) == list(found)[:6]


# where the formula comes from


def test_a_file_and_standard_input(said: Say, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    text = "# the seed\r\nw = x1*x2\r\nw +\tsin(x1)\r\n"
    Path("seed.symad").write_bytes(b"\xef\xbb\xbf" + text.encode())
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode())))
    assert said("seed.symad") == said("-") == ROWS


def test_a_file_comes_before_a_formula_of_its_name(said: Say, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("x").write_text("y^2")
    assert said("x") == said("./x") == "f     = y^2\ndf/dy = 2*y\n"
    assert said("(x)") == "f     = x\ndf/dx = 1\n"


@pytest.mark.parametrize("text", ["a/b", "1.5e3*x", "x/2.e3", ".5*x", "2.e3"])
def test_formulas_that_look_like_paths(said: Say, text: str) -> None:
    assert said(text).startswith("f ")


# help


def test_help_fits_a_screen(said: Say) -> None:
    lines = said("--help").splitlines()
    assert len(lines) <= 24
    assert max(map(len, lines)) <= 80
    assert said("--help") == said("-h") == said("help") == said("help", "me") == HELP
    assert len(re.findall(r"^  symad .*'", HELP, flags=re.M)) == 3


@pytest.mark.parametrize("command", COMMANDS)
def test_help_of_a_command(said: Say, command: str) -> None:
    found = said(command, "--help")
    assert found == said("help", command) == said("--help", command) == said(command, "x^2", "-h")
    assert f"symad {command}" in HELP
    assert all(option in found for option in COMMANDS[command].options)
    assert max(map(len, found.splitlines())) <= 120


def test_examples_of_the_help_work(said: Say, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("rates.symad").write_text("x*y^2")
    Path("loss.symad").write_text("(a*x - b)^2")
    lines = [line.strip() for line in HELP.split("examples:")[1].splitlines() if line.strip()]
    lines += [line for command in COMMANDS.values() for line in command.examples]
    for line in lines:
        *_, command = line.split(" | ")
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"sin(x)^2")))
        said(*shlex.split(command)[1:])


def test_every_option_has_an_owner() -> None:
    owned = {option for command in COMMANDS.values() for option in command.options}
    assert owned | {"--help", "--version"} == set(OPTIONS)


def test_version(said: Say) -> None:
    assert said("--version") == f"symad {symad.__version__}\n"


# generated files


def test_generate_prints_or_writes_the_same(said: Say, tmp_path: Path) -> None:
    file = tmp_path / "grad.py"
    printed = said("generate", SEED)
    assert said("generate", SEED, "-o", str(file)) == ""
    assert file.read_text() == printed
    compile(printed, "grad.py", "exec")
    assert said("generate", SEED, "--output=-") == printed
    assert said("generate", SEED, "--target", "python", "--derivatives", "value, gradient") == printed
    assert [path.name for path in tmp_path.iterdir()] == ["grad.py"]


def test_generate_check(said: Say, tmp_path: Path) -> None:
    file = str(tmp_path / "grad.py")
    check = ("generate", SEED, "-o", file, "--check")
    assert said(*check, code=1) == f"symad: {file} does not exist\n"
    said("generate", SEED, "-o", file)
    before = os.stat(file)
    assert said(*check) == ""
    text = Path(file).read_text()
    for changed in (text + "\n", text.replace("cos", "sin"), text.replace("\n", "\r\n"), "", text[:-1]):
        Path(file).write_bytes(changed.encode())
        assert re.fullmatch(
            rf"symad: {re.escape(file)} is not what symad would write: line \d+ differs\n", said(*check, code=1)
        )
        assert Path(file).read_bytes() == changed.encode()
    assert os.stat(file).st_ino == before.st_ino


@pytest.mark.parametrize(
    ("words", "options"),
    [
        (["--derivatives", "hessian, value,gradient"], {"derivatives": ("value", "gradient", "hessian")}),
        (["--wrt", "x2"], {"wrt": ["x2"]}),
        (["--signature", "vector", "--matrices=csr", "--derivatives", "jacobian"],
         {"signature": "vector", "matrices": "csr", "derivatives": ("jacobian",)}),
        (["--method", "forward", "--no-algebra"], {"method": "forward", "algebra": False}),
    ],
    ids=" ".join,
)  # fmt: skip
def test_generate_takes_every_option(said: Say, tmp_path: Path, words: list[str], options: dict[str, Any]) -> None:
    text = symad.generate(symad.parse(SEED), **options)
    assert said("generate", SEED, *words) == text
    file = str(tmp_path / "made.py")
    said("generate", SEED, *words, "-o", file)
    assert Path(file).read_text() == text
    assert said("generate", SEED, *words, "-o", file, "--check") == ""


def test_explain_cost_prints_a_table_and_no_module(said: Say) -> None:
    program = symad.parse(SEED)
    assert said("generate", SEED, "--explain-cost") == costs(program, ["gradient"])
    words = ("--derivatives", "hvp,hessian", "--wrt", "x2", "--method", "cheapest", "--no-algebra")
    assert said("generate", SEED, *words, "--explain-cost") == costs(program, ["hvp", "hessian"], ["x2"], algebra=False)
    assert said("generate", SEED, "--method", "forward", "--explain-cost").count("forward") == 1


def test_a_file_keeps_its_mode_and_its_link(said: Say, tmp_path: Path) -> None:
    file, link = tmp_path / "grad.py", tmp_path / "link.py"
    file.write_text("old")
    file.chmod(0o750)
    link.symlink_to(file)
    said("generate", SEED, "-o", str(link))
    assert link.is_symlink()
    assert file.read_text() != "old"
    assert stat.S_IMODE(file.stat().st_mode) == 0o750


def test_a_new_file_has_the_mode_that_the_user_set(said: Say, tmp_path: Path) -> None:
    mask = os.umask(0o027)
    try:
        said("generate", SEED, "-o", str(tmp_path / "grad.py"))
    finally:
        os.umask(mask)
    assert stat.S_IMODE((tmp_path / "grad.py").stat().st_mode) == 0o640


def test_an_interrupted_write_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    file = tmp_path / "grad.py"
    file.write_text("old")
    monkeypatch.setattr(os, "replace", interrupted)
    assert main(["generate", SEED, "-o", str(file)]) == 130
    assert file.read_text() == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["grad.py"]


def test_a_full_disk_leaves_the_old_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    file = tmp_path / "grad.py"
    file.write_text("old")
    monkeypatch.setattr(os, "chmod", full)
    assert main(["generate", SEED, "-o", str(file)]) == 2
    assert capsys.readouterr().err == f"symad: cannot write {file}: No space left on device\n"
    assert file.read_text() == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["grad.py"]


def test_a_file_that_may_not_be_written_stays(said: Say, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "grad.py"
    file.write_text("old")
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    assert main(["generate", SEED, "-o", str(file)]) == 2
    assert file.read_text() == "old"


def test_a_device_is_written_to(said: Say) -> None:
    said("generate", SEED, "-o", os.devnull)
    assert not Path(os.devnull).is_file()


# sparsity


def test_sparsity_draws_and_counts(said: Say) -> None:
    drawn = (
        "  x y\np ■ ■\nq · ■\n2 × 2, 3 non-zeros, 75 %\n2 colours: as many products with a vector give every entry\n"
    )
    assert said("sparsity", "p = x*y; q = sin(y); output p, q") == drawn
    assert said("sparsity", "x1^2*x2 + x3", "--of", "hessian", "--wrt", "x3,x2").splitlines()[:3] == [
        "   x3 x2",
        "x3  ·  ·",
        "x2  ·  ·",
    ]


def test_sparsity_in_other_forms(said: Say, tmp_path: Path) -> None:
    words = ("sparsity", "x*y + y^2", "--of", "hessian")
    document = json.loads(said(*words, "--format", "json"))
    assert document == {
        "rows": ["x", "y"],
        "columns": ["x", "y"],
        "symmetric": True,
        "nonzeros": 3,
        "indptr": [0, 1, 3],
        "indices": [1, 0, 1],
        "colours": [0, 1],
    }
    pattern = symad.sparsity(symad.parse("x*y + y^2"), of="hessian")
    assert said(*words, "--format=svg") == pattern.svg()
    for name, text in (("a.svg", pattern.svg()), ("a.txt", said(*words)), ("a.json", said(*words, "--format", "json"))):
        assert said(*words, "-o", str(tmp_path / name)) == ""
        assert (tmp_path / name).read_text(encoding="utf-8") == text


# the cross-check


def test_check(said: Say) -> None:
    assert said("check", SEED).endswith("2 of 2 derivatives agree\n")
    assert said("check", SEED, "--wrt", "x2").endswith("1 of 1 derivative agrees\n")
    assert json.loads(said("check", SEED, "--json"))["ok"] is True


def test_kinks(said: Say) -> None:
    assert said("check", SEED, "--kinks") == "no kinks: the formula is smooth wherever it is defined\n"
    assert (
        said("check", "abs(x) + sqrt(y)", "--kinks", "--wrt", "y").splitlines()[1].startswith("1:10   sqrt(y)  y = 0")
    )
    assert json.loads(said("check", "abs(x)", "--kinks", "--json"))["kinks"][0]["what"] == "kink"


def test_a_disagreement_is_exit_code_1(said: Say, monkeypatch: pytest.MonkeyPatch) -> None:
    class Wrong:
        ok = False

        def __str__(self) -> str:
            return "df/dx1 differs"

    monkeypatch.setattr(importlib.import_module("symad.check"), "check", lambda program, wrt: Wrong())
    assert said("check", SEED, code=1) == "df/dx1 differs\n"
