"""Program in, the text of a Python module out: value and gradient as functions that need symad no more.

The module imports `math`, and `scipy.special` only for a function that `math` lacks. Its text is a function of the
program alone, to the byte.
"""

from __future__ import annotations

import builtins
import keyword
import re
from collections.abc import Sequence
from typing import NamedTuple

from symad.collector import without_collector
from symad.derivatives.gradient import value_and_gradient
from symad.errors import TargetError
from symad.numerics import MATH, OWN, SPECIAL, sources
from symad.printers.infix import Formulas, formulas
from symad.printers.naming import ascii_name, distinct, temporary_names
from symad.printers.python_body import Body, body, math_names
from symad.program import Program
from symad.simplify import simplify

# fmt: off
KINDS = ("value", "gradient")
WIDTH = 110              # characters of a line, where it can be broken
FORMULA = 1000           # a longer formula is not repeated in the docstring
PARTIALS = 1000          # nor are longer partial derivatives
NAMED_TYPES = 3          # a longer tuple is typed tuple[float, ...]
RESERVED = frozenset({   # names that an input cannot have in Python
    *keyword.kwlist, *dir(builtins), *MATH.values(), *OWN, *SPECIAL, "pi", "e", "math", "special", "finite", "sys",
    "memo", "value", "gradient", "value_and_gradient", "main",
})
# fmt: on

MAIN = '''\
def main(words: list[str]) -> int:
    """Print the results at the point that the words give, and return the exit code."""
    import sys

    names = {names}
    labels = {labels}
    if len(words) != len(names):
        sys.stderr.write(f"{{len(words)}} numbers given, {{len(names)}} expected: {{' '.join(names)}}\\n")
        return 2
    try:
        {compute}
    except (ArithmeticError, ValueError) as error:
        sys.stderr.write(f"no value at {{' '.join(words)}}: {{error}}\\n")
        return 2
    sys.stdout.write("".join(f"{{label}} = {{result}}\\n" for label, result in zip(labels, results, strict=True)))
    return 0


if __name__ == "__main__":
    import sys

    sys.exit(main(sys.argv[1:]))
'''


class Function(NamedTuple):
    """Hold a function of the module: its name, what it gives, its program, its body, the type of its result."""

    name: str
    purpose: str
    program: Program
    body: Body
    type: str


@without_collector
def generate(program: Program, derivatives: Sequence[str] = KINDS, target: str = "python") -> str:
    """Write a module with functions of a program's inputs, simplified: `value`, `gradient`, and `value_and_gradient`.

    Raises TargetError for another target or another kind of derivative, DerivativeError for what has no derivative.

    >>> from symad.parse import parse
    >>> print(generate(parse("x1*x2 + sin(x1)")).split("main")[0])  # doctest: +ELLIPSIS
    \"\"\"f = x1*x2 + sin(x1)
    ...
    def gradient(x1: float, x2: float) -> tuple[float, float]:
        \"\"\"Give the partial derivatives of f by x1, x2.\"\"\"
        return x2 + cos(x1), x1
    ...
    """
    if target != "python":
        raise TargetError(f"{target or 'an empty name'} is not a target", hint="the target is python")
    for kind in derivatives:
        if kind not in KINDS:
            raise TargetError(
                f"{kind or 'an empty name'} is not a kind of derivative", hint=f"kinds: {', '.join(KINDS)}"
            )
    if not derivatives:
        raise TargetError("there is nothing to generate", hint=f"kinds: {', '.join(KINDS)}")
    program = simplify(program)
    parameters = parameter_names(program.inputs)
    programs = derived(program, derivatives)
    functions = [function(name, found, program.outputs, parameters) for name, found in programs.items()]
    parts = [docstring(program, parameters, functions), header(functions, parameters)]
    operations = set().union(*(f.body.operations for f in functions))
    parts += [f"\n\n{text}\n" for text in sources(operations)]
    parts += [f"\n\n{definition(f, parameters)}\n" for f in functions]
    return "".join([*parts, "\n\n", main(program, parameters, functions)])


def derived(program: Program, kinds: Sequence[str]) -> dict[str, Program]:
    """Derive the program of each function; what the gradient alone does not need stays in it, and is not written."""
    if "gradient" not in kinds:
        return {"value": program}
    both = value_and_gradient(program)
    gradient = Program(both.inputs, both.assignments, both.outputs[1:], both.results[1:])
    if "value" not in kinds:
        return {"gradient": gradient}
    return {"value": program, "gradient": gradient, "value_and_gradient": both}


def parameter_names(inputs: Sequence[str]) -> list[str]:
    """Make Python's names of inputs: ASCII, no reserved ones, none twice.

    >>> parameter_names(["lambda", "x", "α", "sin"])
    ['lambda_', 'x', 'alpha', 'sin_']
    """
    return distinct(inputs, [parameter_name(name) for name in inputs])


def parameter_name(name: str) -> str:
    """Make Python's name of an input."""
    made = re.sub(r"\W", "_", ascii_name(name))
    if made.startswith("__"):
        made = f"{made.lstrip('_')}_"
    if made[0].isdigit():
        made = f"x_{made}"
    return f"{made}_" if made in RESERVED else made


def function(name: str, program: Program, outputs: Sequence[str], parameters: Sequence[str]) -> Function:
    """Write one function of the module."""
    label = " and ".join(map(plain, outputs)) if len(outputs) <= 2 else f"the {len(outputs)} results"
    by = ", ".join(parameters) if len(", ".join(parameters)) < 40 else f"the {len(parameters)} inputs"
    partials = f"the partial derivatives of {label} by {by}" if parameters else "an empty tuple"
    found = body(program, parameters, temporary_names(parameters))
    if name == "gradient":
        purpose, kind = f"Give {partials}.", tuple_type(len(parameters))
    elif name == "value_and_gradient":
        purpose, kind = f"Give {label}, and {partials}.", f"tuple[float, {tuple_type(len(parameters))}]"
    else:
        purpose, kind = f"Give {label}.", "float" if len(outputs) == 1 else tuple_type(len(outputs))
    return Function(name, purpose, program, found, kind)


def tuple_type(count: int) -> str:
    """Write the type of a tuple of floats."""
    if count == 0:
        return "tuple[()]"
    return f"tuple[{', '.join(['float'] * count)}]" if count <= NAMED_TYPES else "tuple[float, ...]"


def listed(texts: Sequence[str]) -> str:
    """Write a tuple in one line."""
    return f"({texts[0]},)" if len(texts) == 1 else f"({', '.join(texts)})"


def definition(f: Function, parameters: Sequence[str]) -> str:
    """Write a function."""
    head = f"def {f.name}({', '.join(f'{p}: float' for p in parameters)}) -> {f.type}:"
    if len(head) > WIDTH:
        rows = "\n".join(f"    {row}" for row in filled([f"{p}: float," for p in parameters], WIDTH - 4))
        head = f"def {f.name}(\n{rows}\n) -> {f.type}:"
    lines = [head, f'    """{f.purpose}"""', *(f"    {line}" for line in f.body.lines)]
    lines += [f"    {line}" for line in result_lines(f)]
    return "\n".join(lines)


def result_lines(f: Function) -> list[str]:
    """Write the return statement, a line a result where it is long."""
    texts = f.body.results
    if f.type == "float":
        return [f"return {texts[0]}"]
    rows = [f"    {text}," for text in texts]
    flat = listed(texts)
    if f.name == "value_and_gradient":
        rows = [rows[0], "    (", *(f"    {row}" for row in rows[1:]), "    ),"]
        flat = f"({texts[0]}, {listed(texts[1:])})"
    if len(flat) > WIDTH:
        return ["return (", *rows, ")"]
    return [f"return {flat if len(texts) < 2 and f.name == 'gradient' else flat[1:-1]}"]


def filled(words: Sequence[str], width: int) -> list[str]:
    """Fill rows with words, as many as fit."""
    rows: list[str] = []
    row: list[str] = []
    used = 0
    for word in words:
        if row and used + 1 + len(word) > width:
            rows.append(" ".join(row))
            row, used = [], 0
        row.append(word)
        used += 1 + len(word)
    return [*rows, " ".join(row)] if row else rows


def header(functions: Sequence[Function], parameters: Sequence[str]) -> str:
    """Write the imports, and what a linter has to allow: names are the formula's."""
    operations = set().union(*(f.body.operations for f in functions))
    allowed = ["E741"] if not {"l", "O", "I"}.isdisjoint(parameters) else []
    allowed += ["N803"] if any(p != p.lower() for p in parameters) else []
    blocks = [f"# ruff: noqa: {', '.join([*allowed, 'RUF100'])}\n"] if allowed else []
    lines = ["import math\n"] if operations & {"math.pow", *OWN, *SPECIAL} else []
    names = math_names(operations)
    if names:
        lines.append(f"from math import {', '.join(names)}\n")
    if lines:
        blocks.append("".join(lines))
    if operations & SPECIAL.keys():
        blocks.append("from scipy import special  # type: ignore[import-untyped, import-not-found, unused-ignore]\n")
    return "".join(f"\n{block}" for block in blocks)


def docstring(program: Program, parameters: Sequence[str], functions: Sequence[Function]) -> str:
    """Write the module's docstring: the formula, its partial derivatives where they are short, the operation counts."""
    blocks = [equations(formulas(program), FORMULA)] if len(program.assignments) < FORMULA else [[]]
    last = functions[-1]
    if last.name != "value" and len(last.program.assignments) < FORMULA:
        derived = formulas(last.program)
        partials = Formulas([row for row in derived.items() if row[0] not in program.outputs], derived.temporaries)
        blocks.append(equations(partials, PARTIALS))
    first = blocks[0] or [plain(f"{', '.join(program.outputs[:5])} of {', '.join(program.inputs[:5])} …")]
    blocks = [first, *blocks[1:]]
    counts = ", ".join(f"{f.name} {f.program.operation_count}" for f in functions)
    needed = sorted(set().union(*(f.body.operations for f in functions)) & SPECIAL.keys())
    notes = [f"Operations: {counts}."]
    if needed:
        notes += filled(f"Needs SciPy for {', '.join(needed)}.".split(), WIDTH)
    renamed = [f"{p} is {plain(n)}" for p, n in zip(parameters, program.inputs, strict=True) if p != n]
    if renamed:
        notes += filled(f"Parameters with other names than in the formula: {', '.join(renamed)}.".split(), WIDTH)
    blocks.append([*notes, "Generated by symad from the formula above: change that, not this."])
    return '"""' + "\n\n".join("\n".join(block) for block in blocks if block) + '\n"""\n'


def equations(rows: Formulas, limit: int) -> list[str]:
    """Write formulas as lines, none if they are long."""
    texts = [plain(f"{label} = {text}") for label, text in {**rows, **rows.temporaries}.items()]
    if sum(map(len, texts)) > limit:
        return []
    return [line for text in texts for line in folded(text)]


def plain(text: str) -> str:
    """Keep of a text what cannot end a docstring: names hold nothing else, unless a program was made by hand."""
    return re.sub(r"[^\w\s()+*/^<>=!.,…-]|[^\S ]", "_", text)


def folded(text: str) -> list[str]:
    """Break a long formula at spaces and behind signs."""
    words = re.findall(r"\S+?[*/,(](?=\S)|\S+\s?|\s", text) if len(text) > WIDTH else [text]
    rows, row = [], ""
    for word in words:
        if row and len(row) + len(word.rstrip()) > WIDTH:
            rows.append(row.rstrip())
            row = "    "
        row += word
    return [*rows, row.rstrip()]


def main(program: Program, parameters: Sequence[str], functions: Sequence[Function]) -> str:
    """Write what makes the module a program."""
    last = functions[-1]
    star, point = ("*point", "point = [float(word) for word in words]\n        ") if parameters else ("", "")
    if last.name == "value_and_gradient":
        compute = f"result, partials = value_and_gradient({star})\n        results = (result, *partials)"
    else:
        compute = f"results = {last.name}({star})" if last.type != "float" else f"results = (value({star}),)"
    labels = [
        re.sub(r"[^\w/]", "_", label) if label.isascii() else ascii_label(label) for label in last.program.outputs
    ]
    return MAIN.format(names=strings(parameters), labels=strings(labels), compute=point + compute)


def ascii_label(label: str) -> str:
    """Write a label in ASCII."""
    return re.sub(r"\w+", lambda word: ascii_name(word[0]), re.sub(r"[^\w/]", "_", label))


def strings(words: Sequence[str]) -> str:
    """Write a tuple of strings, in rows where it is long."""
    texts = [f'"{word}",' for word in words]
    flat = " ".join(texts)
    if len(flat) < WIDTH - 20:
        return f"({flat if len(texts) == 1 else flat.rstrip(',')})"
    return "(\n" + "\n".join(f"        {row}" for row in filled(texts, WIDTH - 8)) + "\n    )"
