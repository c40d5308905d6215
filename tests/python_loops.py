"""The programs of the corpora that have loops: restricted Python in, symad's language out.

A statement assigns, to a name or to several at once, or is a `while` with a block. Expressions are the same in both
languages.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence


def converted(text: str) -> str:
    """Bring a program from restricted Python to symad's language; what follows `output` stays.

    >>> print(converted("a, b = (b, a + b)\\nwhile a < 9:\\n    a = a + 1\\noutput a"))
    a_new = b; b_new = a + b; a = a_new; b = b_new
    while a < 9 {
        a = a + 1
    }
    output a
    """
    lines = text.splitlines()
    program = "\n".join(line for line in lines if not line.startswith("output "))
    outputs = [line for line in lines if line.startswith("output ")]
    return "\n".join([*block(ast.parse(program).body, ""), *outputs])


def block(statements: Sequence[ast.stmt], margin: str) -> Iterator[str]:
    """Write the statements of a block."""
    for statement in statements:
        if isinstance(statement, ast.While):
            yield f"{margin}while {ast.unparse(statement.test)} {{"
            yield from block(statement.body, f"{margin}    ")
            yield f"{margin}}}"
        else:
            yield margin + "; ".join(f"{name} = {value}" for name, value in assignments(statement))


def assignments(statement: ast.stmt) -> list[tuple[str, str]]:
    """Give the names and the values of an assignment; several at once all read what was there before."""
    assert isinstance(statement, ast.Assign), ast.unparse(statement)
    [target] = statement.targets
    if isinstance(target, ast.Name):
        return [(target.id, ast.unparse(statement.value))]
    assert isinstance(target, ast.Tuple), ast.unparse(statement)
    assert isinstance(statement.value, ast.Tuple), ast.unparse(statement)
    names = [ast.unparse(name) for name in target.elts]
    made = [f"{name}_new" for name in names]
    values = map(ast.unparse, statement.value.elts)
    return [*zip(made, values, strict=True), *zip(names, made, strict=True)]
