"""The layout: what is packaged, which way imports point, how long modules and functions are."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

import symad

ROOT = Path(__file__).resolve().parents[1]
MODULES = sorted((ROOT / "symad").rglob("*.py"))
OURS = sorted(p for folder in ("symad", "tests", "examples") for p in (ROOT / folder).rglob("*.py"))
LONGEST_MODULE, LONGEST_FUNCTION = 400, 60
TOP_LEVEL = {"pyproject.toml", "README.md", "LICENSE", "CHANGELOG.md", "symad", "grammar", "tests", "examples"}
LITTER = {"build", "dist", "__pycache__", "symad.egg-info"}  # what building and running leave behind

# An arrow points from a row to itself or to a row above it, never down.
# fmt: off
LAYERS = (
    ("errors", "numbers", "collector", "drawing"),
    ("operations",),
    ("advice", "program", "wellformed", "loops", "numerics", "evaluation"),
    ("patterns",),
    ("rules",),
    ("builder", "fusion", "pruning", "without_loops"),
    ("identities", "needs", "decisions", "narrowing"),
    ("simplify_loops", "simplify", "expansion", "unrolling", "algebra"),
    ("lalr", "mistakes", "expressions", "reading", "parse", "spans"),
    ("derivatives",),
    ("printers",),
    ("backends",),
    ("explain",),
    ("interop",),
    ("precise", "effort", "arithmetics", "judge", "ways", "differences", "comparison", "check", "kinks"),
    ("symad",),  # the public names
    ("arguments", "documents", "files", "points", "cli"),
    ("__main__",),
)
# fmt: on
LEVEL = {part: level for level, parts in enumerate(LAYERS) for part in parts}


def part(path: Path) -> str:
    """Name the part of symad that a module belongs to."""
    return path.relative_to(ROOT / "symad").with_suffix("").parts[0]


def imported(path: Path) -> Iterator[tuple[int, str]]:
    """Give the line and the part of every import of symad in a module, wherever in the module it stands."""
    package = ("symad", *path.relative_to(ROOT / "symad").parts[:-1])
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else ()
            module = ".".join((*above, *([node.module] if node.module else [])))
            names = [f"{module}.{alias.name}" for alias in node.names]
        else:
            continue
        for first, *rest in (name.split(".") for name in names):
            if first == "symad":
                yield node.lineno, rest[0] if rest and rest[0] in LEVEL else "symad"


@pytest.mark.parametrize("path", [p for p in MODULES if p.parent.name != "symad" or p.name != "__init__.py"], ids=part)
def test_imports_point_one_way(path: Path) -> None:
    assert part(path) in LEVEL, f"the layout has no place for {part(path)}"
    for line, name in imported(path):
        assert LEVEL[name] <= LEVEL[part(path)], f"{path}:{line}: {part(path)} imports {name}, which stands below it"


def test_arrows_are_found() -> None:
    arrows = {(part(path), name) for path in MODULES for _, name in imported(path)}
    assert {("parse", "program"), ("builder", "program"), ("derivatives", "builder"), ("cli", "parse")} <= arrows
    assert LEVEL["parse"] > LEVEL["program"]


def test_packages_are_the_folders() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["setuptools"]
    folders = {".".join(p.parent.relative_to(ROOT).parts) for p in (ROOT / "symad").rglob("*.py")}
    assert settings["packages"] == sorted(folders | {"symad.grammar"})
    assert settings["package-dir"]["symad.grammar"] == "grammar"
    for folder in folders:
        assert (ROOT / folder.replace(".", "/") / "__init__.py").exists(), folder


def test_every_file_of_the_grammar_is_packaged() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["setuptools"]
    patterns = settings["package-data"]["symad.grammar"]
    packaged = {p for pattern in patterns for p in (ROOT / "grammar").glob(pattern)}
    assert packaged | {ROOT / "grammar" / "__init__.py"} == {p for p in (ROOT / "grammar").iterdir() if p.is_file()}


def test_every_folder_of_tests_is_a_package() -> None:
    for path in (ROOT / "tests").rglob("test_*.py"):
        assert (path.parent / "__init__.py").exists(), path.parent


def test_top_level_is_what_convention_puts_there() -> None:
    assert {p.name for p in ROOT.iterdir() if not p.name.startswith(".")} - LITTER == TOP_LEVEL


@pytest.mark.parametrize("path", OURS, ids=lambda p: str(p.relative_to(ROOT)))
def test_modules_and_functions_are_short(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    generated = path.with_suffix(".symad").exists()
    assert generated or text.count("\n") <= LONGEST_MODULE
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef):
            length = (node.end_lineno or 0) - node.lineno + 1
            assert generated or length <= LONGEST_FUNCTION, f"{path}:{node.lineno} {node.name}: {length} lines"


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(ROOT)))
def test_modules_open_with_a_docstring(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    assert ast.get_docstring(tree), path


def test_version_is_the_newest_of_the_changelog() -> None:
    versions = re.findall(r"^## (\S+)", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), flags=re.M)
    assert versions[0] == symad.__version__


def test_public_names_exist() -> None:
    assert symad.__all__ == sorted(symad.__all__)
    for name in symad.__all__:
        assert hasattr(symad, name), name
