"""The README: every command and every Python example in it is run, and what is printed compared."""

from __future__ import annotations

import doctest
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from symad.operations import DEFINITIONS, OPERATIONS, grammar_text

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
MAIN_JOB = 'pip install . && symad "x1*x2 + sin(x1)"'
TESTS = "pip install '.[test]' && pytest"


def blocks(language: str) -> Iterator[tuple[int, str]]:
    """Give the fenced blocks of a language, each with the number of its first line."""
    for fence in re.finditer(r"^```(\w*)\n(.*?)^```$", README, flags=re.M | re.S):
        if fence[1] == language:
            yield README.count("\n", 0, fence.start(2)) + 1, fence[2]


def commands(block: str) -> list[tuple[str, str]]:
    """Split a console block into commands and what each of them prints."""
    parts = re.split(r"^\$ (.*)\n", block, flags=re.M)
    assert parts[0] == "", "a console block begins with a command"
    return list(zip(parts[1::2], parts[2::2], strict=True))


def section(name: str) -> str:
    """Give what stands between two marks."""
    found = re.search(rf"<!-- {name}.*? -->\n(.*?)<!-- end of {name} -->", README, flags=re.S)
    assert found, f"the marks of {name} are missing"
    return found[1]


@pytest.fixture
def shell(tmp_path: Path) -> dict[str, str]:
    """Make a folder with the examples and the commands `symad` and `python`; give the environment to run in."""
    programs = tmp_path / "bin"
    programs.mkdir()
    for name, command in (("python", ""), ("symad", " -m symad")):
        (programs / name).write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)}{command} "$@"\n')
        (programs / name).chmod(0o755)
    (tmp_path / "work").mkdir()
    (tmp_path / "work" / "examples").symlink_to(ROOT / "examples")
    path = f"{programs}{os.pathsep}{os.environ['PATH']}"
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "SYMAD"))}
    return kept | {
        "PATH": path,
        "PYTHONPATH": str(ROOT),
        "PYTHONIOENCODING": "utf-8",
        "PYTHONWARNINGS": "error",
        "WORK": str(tmp_path / "work"),
    }


def run(command: str, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Run a command in bash; what it says on standard error counts as printed."""
    return subprocess.run(
        ["bash", "-c", command],
        cwd=environment["WORK"],
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        timeout=120,
    )


CONSOLE = list(blocks("console"))


@pytest.mark.parametrize(("line", "block"), CONSOLE, ids=[f"line {line}" for line, _ in CONSOLE])
def test_console(line: int, block: str, shell: dict[str, str]) -> None:
    for command, printed in commands(block):
        done = run(command, shell)
        assert done.stdout == printed, f"README.md, block at line {line}: $ {command}"
        assert done.returncode == 0, command


def test_python() -> None:
    text = "".join("\n" * 2 + block for _, block in blocks("python"))
    assert text.count(">>> ") >= 20
    runner = doctest.DocTestRunner(optionflags=doctest.REPORT_NDIFF)
    said: list[str] = []
    runner.run(doctest.DocTestParser().get_doctest(text, {}, "README.md", "README.md", 0), out=said.append)
    assert runner.summarize(verbose=False).failed == 0, "".join(said)


def test_set_up_is_two_commands() -> None:
    assert [line for line in README.splitlines() if line.startswith("pip install ") and "&&" in line] == [
        MAIN_JOB,
        TESTS,
    ]
    assert next(blocks("sh"))[1].splitlines() == [MAIN_JOB, TESTS]


def test_main_job_prints_what_is_shown(shell: dict[str, str]) -> None:
    done = run(MAIN_JOB.partition("&& ")[2], shell)
    assert (done.returncode, done.stdout) == (0, next(blocks(""))[1])


def test_language_block_is_read() -> None:
    import symad

    [block] = [block for _, block in blocks("") if block.startswith("# a comment")]
    program = symad.parse(block)
    assert (program.inputs, program.outputs) == (("x", "y"), ("p", "q"))
    assert program(1, 0) == pytest.approx((0.800737402916808, 0.8414709848078965), rel=1e-15)
    assert symad.parse("2·x² − √x ÷ π") == symad.parse("2*x^2 - sqrt(x)/pi")


def table_of_functions() -> str:
    """Write the functions group by group, as the table of operations has them; other names of the same in brackets."""
    others: dict[str, list[str]] = {}
    for (name, _), text in DEFINITIONS.items():
        body = text.partition("=")[2].strip()
        target = body.partition("(")[0]
        if name not in OPERATIONS and target in OPERATIONS and re.fullmatch(r"\w+\([\w, ]*\)", body):
            others.setdefault(target, []).append(name)
    lines = ["| functions | |", "|---|---|"]
    for part in re.split(r"^\[", grammar_text("operations.txt"), flags=re.M)[1:]:
        group, _, rows = part.partition("]\n")
        names = [
            row.partition("|")[0].strip()
            for row in rows.splitlines()
            if "|" in row and not row.startswith(("#", "  at "))
        ]
        shown = []
        for name in names:
            if not OPERATIONS[name].infix:
                call = f"`{name}({', '.join(OPERATIONS[name].arguments)})`"
                shown.append(call + (f" ({', '.join(f'`{o}`' for o in others[name])})" if name in others else ""))
        if group.startswith("comparisons"):
            group, shown = "conditions", [f"`{call}`" for call in ("where(c, x, y)", "piecewise(c, x, d, y, z)")]
            heads = [text.partition("=")[0].strip() for text in DEFINITIONS.values() if "= if " in text]
            shown += [f"`{head}`" for head in heads]
        if shown:
            lines.append(f"| {group} | {', '.join(shown)} |")
    return "\n".join(lines) + "\n"


def test_table_of_functions_is_that_of_operations() -> None:
    assert section("functions") == "\n" + table_of_functions() + "\n"


def test_every_function_is_named() -> None:
    named = set(re.findall(r"`(\w+)", section("functions")))
    missing = {row.name for row in OPERATIONS.values() if not row.infix} - named
    assert not missing
    assert {name for name, _ in DEFINITIONS} - named <= {"pow"}  # pow(x, y) is another spelling of x^y


def test_measured_figures_name_their_commands() -> None:
    rows = [line for line in section("measured").splitlines() if line.startswith("|")][2:]
    for row in rows:
        assert "`python -m tests." in row or "`pytest" in row, row


def test_links_lead_somewhere() -> None:
    anchors = {
        re.sub(r"[^\w -]", "", title).strip().lower().replace(" ", "-")
        for title in re.findall(r"^#+ (.*)", README, re.M)
    }
    for link in re.findall(r"\]\(([^)]+)\)", README):
        assert link[1:] in anchors if link.startswith("#") else (ROOT / link).exists(), link


def test_the_picture_is_what_its_command_draws(tmp_path: Path) -> None:
    from symad.cli import main

    [command] = re.findall(r"^\$ (symad graph .*) -o first.svg$", README, flags=re.M)
    assert main([*shlex.split(command)[1:], "-o", str(tmp_path / "first.svg")]) == 0
    assert (tmp_path / "first.svg").read_bytes() == (ROOT / "examples" / "first.svg").read_bytes()
    assert 'src="examples/first.svg"' in README
