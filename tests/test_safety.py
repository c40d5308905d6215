"""Hostile text: whatever is written, it is a formula or an error, and nothing of it is ever run as code.

A formula becomes numbers and names of operations; of its text only names of inputs and outputs reach generated source,
as identifiers. Both are tried on text made of what could break out.
"""

from __future__ import annotations

import ast
import builtins
import keyword
import re
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import symad
from symad.errors import SymadError
from symad.operations import FUNCTIONS
from symad.printers.infix import formulas
from symad.printers.python import generate

PIECES = [
    *"xyzeπαµ_ 0123456789.,;:+-*/^=<>!()[]{}'\"\\#%&|~?@$²³⁻½√·×−–ſﬁ①\n\t\r\0",
    "\u200b", "\u202e", "\ufeff", "\u0301", "\ud7ff", "\U0001d4cd", "ｉｆ", "ｄｅｆ", "𝐢𝐦𝐩𝐨𝐫𝐭",
    "import os", "__import__", "eval", "exec", "os.system", "lambda", "def ", "class", "return", "None", "True", "self",
    "math", "value", "gradient", "float", "print", "__name__", "__builtins__", "__class__", '"""', "'''", "\\N{DASH}",
    "{x}", "%s", "# type: ignore", "w1", "w2", "f", "f_1", "sys", "argv", "tuple", "range", "e", "pi", "inf", "nan",
    "1e999", "1e5", "sin(", "max(", "if ", " then ", " else ", " and ", " or ", "not ", "input ", "output ", "where(",
    "for", "in", "while", "**",
]  # fmt: skip
TEXTS = st.lists(st.sampled_from(PIECES), max_size=25).map("".join) | st.text(max_size=30)
LETTERS = st.sampled_from("axe_17πµſﬁ𝐢")
WORDS = st.text(LETTERS, min_size=1, max_size=5) | st.sampled_from(
    """
    import eval exec lambda def class None True self math value gradient float print __name__ __builtins__ __class__
    w1 w2 f f_1 sys argv tuple range e pi inf nan main special finite value_and_gradient os __import__ object type µ π
    """.split()
)
FORMULAS = st.builds("{0}*sin({1}) + {2}^2*erf({0})".format, WORDS, WORDS, WORDS) | st.builds(
    "{0} = {1}^2*(if {2} > 0 then {1} else {2})".format, WORDS, WORDS, WORDS
)
ARITHMETIC = set(
    "Assign Return If Name Load Store Constant Tuple BinOp Add Sub Mult Div Pow Mod FloorDiv UnaryOp USub UAdd Not "
    "BoolOp And Or Compare Lt LtE Gt GtE Eq NotEq IfExp Call Attribute".split()
)
FORMULAS = st.builds("{0}*sin({1}) + {2}^2; {3} = {0}".format, WORDS, WORDS, WORDS, WORDS) | st.builds(
    "{0} = {1}^2 - {2}".format, WORDS, WORDS, WORDS
)


def read(text: str) -> symad.Program | None:
    """Read a text, None where it is refused as it should be: with a message of few lines."""
    try:
        return symad.parse(text)
    except SymadError as refused:
        error = refused
    assert 1 <= len(str(error).splitlines()) <= 4
    assert error.text is None or 0 <= error.start <= error.end <= len(error.text) + 1
    return None


@given(TEXTS)
@example("(" * 5000)
@example("x" + "^2" * 5000)
@example("if " * 5000)
@example("not " * 5000 + "x")
@example("-" * 5000 + "x")
@example("9^9^9^9*x")
def test_text_is_a_formula_or_an_error(text: str) -> None:
    program = read(text)
    if program is not None:
        assert all(name.isidentifier() for name in (*program.inputs, *program.outputs))


def names(tree: ast.AST, kind: type[ast.expr_context] = ast.Load) -> set[str]:
    """Collect the names that some code reads, or writes."""
    return {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, kind)}


def strings(tree: ast.AST) -> set[str]:
    return {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)}


def attributes(tree: ast.AST) -> set[str]:
    return {ast.unparse(node) for node in ast.walk(tree) if isinstance(node, ast.Attribute)}


PLAIN = ast.parse(generate(symad.parse("a*b + a^2")))  # what no formula has a part in, and what every module has
OWN_MAIN = next(node for node in PLAIN.body if isinstance(node, ast.FunctionDef) and node.name == "main")


def check_module(tree: ast.Module) -> None:
    """Insist on imports of mathematics, arithmetic on parameters, and the `main` that every module has."""
    docstring, *statements = tree.body
    assert isinstance(docstring, ast.Expr)
    known = {"abs", "max", "min", "float", "math", "special", "tuple"}
    for node in statements:
        if isinstance(node, ast.Import | ast.ImportFrom):
            modules = [alias.name for alias in node.names] if isinstance(node, ast.Import) else [node.module]
            assert set(modules) <= {"math", "scipy"}
            known |= {alias.asname or alias.name for alias in node.names}
        elif isinstance(node, ast.FunctionDef) and node.name in ("value", "gradient", "value_and_gradient"):
            check_function(node, known)
        elif isinstance(node, ast.FunctionDef) and node.name == "main":
            assert names(node) <= names(OWN_MAIN)
            assert attributes(node) <= attributes(OWN_MAIN)
            assert all(re.fullmatch(r"[\w/]+", text, re.ASCII) for text in strings(node) - strings(OWN_MAIN))
        elif isinstance(node, ast.FunctionDef):
            assert node.name in FUNCTIONS | {"finite"}
            known.add(node.name)
        else:
            assert ast.dump(node) == ast.dump(PLAIN.body[-1])


def check_function(function: ast.FunctionDef, known: set[str]) -> None:
    """Insist on statements that only compute, with names that the function has itself."""
    parameters = {argument.arg for argument in function.args.args}
    for name in parameters:
        assert name.isascii()
        assert name.isidentifier()
        assert not keyword.iskeyword(name)
        assert name not in known | set(dir(builtins))
    docstring, *statements = function.body
    assert isinstance(docstring, ast.Expr)
    for statement in statements:
        assert not strings(statement)
        assert {type(node).__name__ for node in ast.walk(statement)} <= ARITHMETIC
        assert names(statement) <= parameters | names(function, ast.Store) | known
        assert all(re.fullmatch(r"(math|special)\.\w+", text) for text in attributes(statement))
    assert not names(function, ast.Store) & (known | parameters)


@given(FORMULAS | TEXTS)
@example("__import__*os + eval^2; exec = __builtins__")
@example("value = gradient*float + digamma(main) + erf(finite)*special")
@example("math*print; sin = cos + tan(math) + log(x, y)")
@example("self*None*True*tuple + (if w1 > 0 then w2^2*sin(w2^2) else lambda)")
def test_generated_source_holds_nothing_but_arithmetic(text: str) -> None:
    program = read(text)
    if program is not None and len(program.outputs) == 1:
        check_module(ast.parse(generate(program)))


@pytest.mark.parametrize(
    "line",
    [
        "import os",
        "from os import system",
        "value(1)",
        "def more() -> None: ...",
        "def value(x: float) -> float:\n    'f'\n    return x.__class__",
        "def value(x: float) -> float:\n    'f'\n    return open(x)",
        "def value(x: float) -> float:\n    'f'\n    return [x][0]",
        "def value(x: float) -> float:\n    'f'\n    return x + 'y'",
        "def value(x: float) -> float:\n    'f'\n    import os",
        "def value(if_: float, eval: float) -> float:\n    'f'\n    return eval",
        "def main(words: list[str]) -> int:\n    return words.x",
        "def main(words: list[str]) -> int:\n    return 'a b'",
    ],
)
def test_the_check_of_modules_refuses(line: str) -> None:
    with pytest.raises(AssertionError):
        check_module(ast.parse(f"'f'\n{line}"))


@given(TEXTS)
def test_formulas_are_written_without_strange_characters(text: str) -> None:
    program = read(text)
    if program is not None:
        for formula in formulas(program).values():
            assert formula.isprintable()
            assert not set(formula) & set("\"'\\;#[]{}$@&|%")


@pytest.mark.parametrize("word", ["ｉｆ", "ｔｈｅｎ", "𝐧𝐨𝐭"])
def test_a_word_of_the_language_stays_one_in_any_letters(word: str) -> None:
    with pytest.raises(SymadError):
        symad.parse(f"{word} = 3; {word}")


def test_no_module_runs_text() -> None:
    """Only a backend makes code of text, and that text is generated source."""
    folder = Path(symad.__file__).parent
    for path in folder.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Name) and node.id in ("eval", "exec", "compile"):
                assert "backends" in path.parts, f"{path}:{node.lineno}"
