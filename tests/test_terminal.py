"""symad as a process: the terminal and its colours, pipes, signals, encodings, large input, and what is imported."""

from __future__ import annotations

import os
import pty
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.test_cli import ROWS, SEED

ROOT = Path(__file__).parents[1]
ENVIRONMENT = os.environ | {"PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"}


def run(*words: str, stdin: bytes = b"", **environment: str) -> subprocess.CompletedProcess[bytes]:
    """Run symad as a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "symad", *words],
        input=stdin,
        capture_output=True,
        env=ENVIRONMENT | environment,
        timeout=60,
    )


def test_the_main_job() -> None:
    found = run(SEED)
    assert (found.returncode, found.stdout.decode(), found.stderr) == (0, ROWS, b"")


def on_a_terminal(*words: str, **environment: str) -> tuple[int, str]:
    """Run symad on a terminal and give its exit code and all that appeared there."""
    outer, inner = pty.openpty()
    shown = b""
    settings = {k: v for k, v in ENVIRONMENT.items() if k != "NO_COLOR"} | {"TERM": "xterm"} | environment
    with subprocess.Popen(
        [sys.executable, "-m", "symad", *words], stdin=inner, stdout=inner, stderr=inner, env=settings
    ) as process:
        os.close(inner)
        while True:
            try:
                data = os.read(outer, 4096)
            except OSError:  # what a terminal answers when the other side is closed
                break
            if not data:
                break
            shown += data
    os.close(outer)
    return process.returncode, shown.decode().replace("\r\n", "\n")


def test_colour_is_for_terminals() -> None:
    code, shown = on_a_terminal(SEED)
    assert (code, re.sub(r"\033\[\d+m", "", shown)) == (0, ROWS)
    assert shown.startswith("\033[36mf")
    assert "\033[31m    ^\033[0m" in on_a_terminal("x +")[1]
    assert "\033" not in run(SEED, TERM="xterm").stdout.decode()


@pytest.mark.parametrize("environment", [{"NO_COLOR": "1"}, {"TERM": "dumb"}], ids=str)
def test_colour_can_be_refused(environment: dict[str, str]) -> None:
    assert on_a_terminal(SEED, **environment) == (0, ROWS)
    assert "\033" not in on_a_terminal("x +", **environment)[1]


def test_a_closed_pipe_is_quiet() -> None:
    text = "; ".join(f"y{k} = x{k}^2*a" for k in range(300))
    with subprocess.Popen(
        [sys.executable, "-m", "symad", text], stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=ENVIRONMENT
    ) as process:
        assert process.stdout
        assert process.stderr
        process.stdout.read(10)
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode in (0, 141)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full")
def test_a_full_standard_output_is_an_error() -> None:
    with open("/dev/full", "w") as full:
        found = subprocess.run(
            [sys.executable, "-m", "symad", SEED], stdout=full, stderr=subprocess.PIPE, env=ENVIRONMENT
        )
    assert (found.returncode, found.stderr) == (2, b"symad: cannot write to standard output: No space left on device\n")


@pytest.mark.parametrize(("closed", "words", "code"), [(0, "-", 2), (1, "x", 2), (2, "x+", 2), (2, "x", 0)])
def test_streams_may_be_closed(closed: int, words: str, code: int) -> None:
    command = f'exec "$0" -m symad {words} {closed}>&-'
    found = subprocess.run(["sh", "-c", command, sys.executable], capture_output=True, env=ENVIRONMENT, timeout=60)
    assert found.returncode == code
    assert b"Traceback" not in found.stderr
    assert found.stdout == (b"f     = x\ndf/dx = 1\n" if code == 0 else b"")


INTERRUPTIBLE = """\
import signal, sys
from symad.cli import main
signal.signal(signal.SIGINT, signal.default_int_handler)  # a job in the background inherits that it is ignored
print(flush=True)
sys.exit(main(["-"]))
"""


def test_an_interrupt_is_quiet() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", INTERRUPTIBLE],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=ENVIRONMENT,
    ) as process:  # fmt: skip
        assert process.stdout
        assert process.stderr
        process.stdout.readline()
        time.sleep(0.2)
        process.send_signal(signal.SIGINT)
        assert process.wait(10) == 130
        assert process.stderr.read() == b""


def test_an_output_that_knows_few_letters() -> None:
    found = run("α^2", PYTHONIOENCODING="ascii", PYTHONUTF8="0")
    assert found.stdout == b"f     = \\u03b1^2\ndf/d\\u03b1 = 2*\\u03b1\n"
    assert run("α^", PYTHONIOENCODING="ascii", PYTHONUTF8="0").returncode == 2


def test_arguments_that_are_no_text() -> None:
    found = subprocess.run([sys.executable, "-m", "symad", b"x\xff"], capture_output=True, env=ENVIRONMENT)
    assert (found.returncode, found.stderr) == (2, b"symad: the formula is not text in the terminal's encoding\n")


def test_an_error_cannot_write_to_the_terminal() -> None:
    found = run("x", "--wrt", "\033[31my")
    assert b"\033" not in found.stderr
    assert found.stderr.startswith(b"symad: \\x1b[31my is not an input")


# size


@pytest.mark.parametrize(
    "text", ["(" * 100_000 + "x" + ")" * 100_000, "sin(" * 2_000 + "x" + ")" * 2_000, "+".join(["x*y"] * 5_000)],
    ids=["parentheses", "calls", "terms"],
)  # fmt: skip
def test_large_formulas_in_files(tmp_path: Path, text: str) -> None:
    file = tmp_path / "large.symad"
    file.write_text(text)
    for words in ([], ["--json"], ["--assignments"]):
        found = run(str(file), *words)
        assert (found.returncode, found.stderr) == (0, b"")


def test_a_large_formula_that_is_wrong(tmp_path: Path) -> None:
    file = tmp_path / "large.symad"
    file.write_text("(" * 100_000 + "x" + ")" * 99_999)
    found = run(str(file))
    assert found.returncode == 2
    assert found.stderr.decode().splitlines()[0] == f"symad: {file}: this parenthesis is never closed"
    assert max(map(len, found.stderr.splitlines()[1:])) < 120


# start


def test_the_main_job_imports_little() -> None:
    program = f"import sys; from symad.cli import main; main([{SEED!r}]); print(*sys.modules)"
    found = subprocess.run([sys.executable, "-c", program], capture_output=True, env=ENVIRONMENT, check=True)
    modules = set(found.stdout.decode().splitlines()[-1].split())
    assert not modules & {"sympy", "numpy", "scipy", "mpmath", "argparse", "json", "difflib"}


def test_a_pipe_can_be_named_as_the_file() -> None:
    command = [sys.executable, "-m", "symad", "generate", "x^2", "-o"]
    found = [
        subprocess.run([*command, name], capture_output=True, env=os.environ | {"PYTHONPATH": str(ROOT)})
        for name in ("-", "/dev/stdout")
    ]
    assert found[0].stdout == found[1].stdout != b""
