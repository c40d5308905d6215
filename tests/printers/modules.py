"""Generated modules, run: their names, what their functions give as one flat tuple, what a linter says of them."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from symad.program import Program

ROOT = Path(__file__).resolve().parents[2]
RUFF_RULES = {"defaults": ["--isolated"], "ours": ["--config", str(ROOT / "pyproject.toml")]}


def ruff_finds(folder: Path, rules: str) -> str:
    """Give what ruff finds in a folder of modules by some rules, nothing where all is well."""
    command = [sys.executable, "-m", "ruff", "check", "--no-cache", "--quiet", "--output-format=concise"]
    found = subprocess.run([*command, *RUFF_RULES[rules], str(folder)], capture_output=True, encoding="utf-8")
    said = found.stdout + found.stderr
    return said or f"exit code {found.returncode}" if found.returncode else ""


def run(text: str) -> dict[str, Any]:
    """Run a module's text and give its names."""
    scope: dict[str, Any] = {"__name__": "generated"}
    exec(compile(text, "generated", "exec"), scope)
    return scope


def numbers(found: Any) -> Iterator[float]:
    """Give the numbers of nested tuples and lists in order."""
    if isinstance(found, float):
        yield found
    else:
        assert isinstance(found, (tuple, list)), found
        for part in found:
            yield from numbers(part)


def flat(function: Callable[..., Any]) -> Callable[..., tuple[float, ...]]:
    """Make a function that gives its numbers as one flat tuple."""
    return lambda *point: tuple(numbers(function(*point)))


def called(program: Program) -> Callable[..., tuple[float, ...]]:
    """Make a function that gives a program's results as a tuple, one result too."""

    def call(*point: float) -> tuple[float, ...]:
        found = program(*point)
        return found if isinstance(found, tuple) else (found,)

    return call
