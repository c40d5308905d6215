"""Bad input: every case of `cases/mistakes.txt` ends with exit code 2 and exactly its message, never with a traceback.

`python -m tests.test_mistakes` writes the messages anew, to be read before they are committed.
"""

from __future__ import annotations

import contextlib
import io
import os
import re
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from symad.cli import main

TABLE = Path(__file__).parent / "cases" / "mistakes.txt"
ROOT = Path(__file__).parents[1]
NAMED = {b"n": b"\n", b"t": b"\t", b"0": b"\0"}
PROCESSES = 9  # every ninth case runs as a process of its own


@dataclass(frozen=True)
class Case:
    """A command line with the files it meets and its standard input, and the message it gets."""

    command: str
    files: tuple[tuple[str, str], ...] = ()
    stdin: str = ""
    message: str = ""

    @property
    def words(self) -> list[str]:
        return shlex.split(self.command)[1:]

    def __str__(self) -> str:
        lines = [f"@ {name} = {text}" for name, text in self.files]
        lines += [f"$ {self.command}"] + ([f"< {self.stdin}"] if self.stdin else [])
        return "\n".join([*lines, self.message])


def load(text: str) -> list[Case]:
    """Read the table: blocks of lines between empty lines; anything that is not a whole case is an error."""
    head, *blocks = text.strip().split("\n\n")
    count = int(head.splitlines()[-1].removeprefix("# cases: "))
    cases = [read_case(block) for block in blocks]
    if len(cases) != count:
        raise ValueError(f"{count} cases are announced, {len(cases)} found")
    if len({(case.command, case.stdin) for case in cases}) != count:
        raise ValueError("a command stands there twice")
    return cases


def read_case(block: str) -> Case:
    """Read one block: `@ file = content`, `$ command`, `< standard input`, then the message."""
    lines = block.split("\n")
    marked = [line for line in lines if line[:2] in ("@ ", "$ ", "< ")]
    message = lines[len(marked) :]
    kinds = "".join(line[0] for line in marked).lstrip("@")
    if lines[: len(marked)] != marked or kinds not in ("$", "$<") or not message:
        raise ValueError(f"this is not a case:\n{block}")
    if not message[0].startswith("symad: ") or any(not line.startswith("  ") for line in message[1:]):
        raise ValueError(f"this is not a message:\n{block}")
    files = tuple((name, content) for name, _, content in (m[2:].partition(" = ") for m in marked if m[0] == "@"))
    command = next(m[2:] for m in marked if m[0] == "$")
    if not command.startswith("symad"):
        raise ValueError(f"this is not a command:\n{block}")
    return Case(command, files, marked[-1][2:] if kinds == "$<" else "", "\n".join(message))


def content(text: str) -> bytes:
    r"""Give the bytes of a text in which \n, \t, \0 and \xff stand for bytes and \u2003 for a character."""
    wide = re.sub(r"\\u([0-9a-f]{4})", lambda m: chr(int(m[1], 16)), text).encode()
    return re.sub(rb"\\(x[0-9a-f]{2}|[nt0])", lambda m: NAMED.get(m[1]) or bytes([int(m[1][1:], 16)]), wide)


def prepare(case: Case, folder: Path) -> None:
    """Make the files that a case meets; a name that ends in a slash is a folder."""
    for name, text in case.files:
        if name.endswith("/"):
            (folder / name).mkdir()
        else:
            (folder / name).write_bytes(content(text))


def run_here(case: Case, folder: Path) -> tuple[int, str, str]:
    """Run a case in this process."""
    output, errors = io.StringIO(), io.StringIO()
    before, stdin = os.getcwd(), sys.stdin
    os.chdir(folder)
    sys.stdin = io.TextIOWrapper(io.BytesIO(content(case.stdin)))
    try:
        with contextlib.redirect_stdout(output), contextlib.redirect_stderr(errors):
            code = main(case.words)
    finally:
        os.chdir(before)
        sys.stdin = stdin
    return code, output.getvalue(), errors.getvalue()


CASES = load(TABLE.read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.command)
def test_message(case: Case, tmp_path: Path) -> None:
    prepare(case, tmp_path)
    before = {path: path.read_bytes() for path in tmp_path.iterdir() if path.is_file()}
    assert run_here(case, tmp_path) == (2, "", case.message + "\n")
    assert {path: path.read_bytes() for path in tmp_path.iterdir() if path.is_file()} == before


@pytest.mark.parametrize("case", CASES[::PROCESSES], ids=lambda case: case.command)
def test_message_of_the_process(case: Case, tmp_path: Path) -> None:
    prepare(case, tmp_path)
    found = subprocess.run(
        [sys.executable, "-m", "symad", *case.words], cwd=tmp_path, input=content(case.stdin), capture_output=True,
        env=os.environ | {"PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"}, timeout=60,
    )  # fmt: skip
    assert (found.returncode, found.stdout, found.stderr.decode()) == (2, b"", case.message + "\n")


def test_the_table_is_large() -> None:
    assert len(CASES) >= 45


@pytest.mark.parametrize(
    "broken",
    [
        "# cases: 2\n\n$ symad x\nsymad: no",
        "# cases: 1\n\n$ symad x",
        "# cases: 1\n\nsymad: no",
        "# cases: 1\n\n$ symad x\n$ symad y\nsymad: no",
        "# cases: 1\n\n$ symad x\n< y\n< z\nsymad: no",
        "# cases: 1\n\n$ python x\nsymad: no",
        "# cases: 1\n\n$ symad x\nTraceback",
        "# cases: 2\n\n$ symad x\nsymad: no\n\n$ symad x\nsymad: no",
        "\n\n$ symad x\nsymad: no",
    ],
)  # fmt: skip
def test_the_loader_refuses(broken: str) -> None:
    with pytest.raises(ValueError, match=r"not a|announced|twice|literal"):
        load(broken)


def anew(cases: list[Case]) -> Iterator[Case]:
    """Run every case and give it with the message that it gets now."""
    for case in cases:
        with tempfile.TemporaryDirectory() as folder:
            prepare(case, Path(folder))
            code, output, message = run_here(case, Path(folder))
        if (code, output) != (2, ""):
            sys.exit(f"{case.command}: exit code {code}, output {output!r}, {message}")
        yield replace(case, message=message.rstrip("\n"))


if __name__ == "__main__":
    heading = TABLE.read_text(encoding="utf-8").split("\n\n")[0]
    TABLE.write_text("\n\n".join([heading, *map(str, anew(CASES))]) + "\n", encoding="utf-8")
