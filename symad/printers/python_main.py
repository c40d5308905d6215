"""Functions of a Python module in, what makes the module a program out.

It prints what the richest of the functions without seeds gives, a line a number, each with its label; where there is
none, what the last function gives, whose seeds are then read too. Of a matrix these are the entries that are not zero
everywhere, of a symmetric one those of the upper triangle.
"""

from __future__ import annotations

from collections.abc import Sequence

from symad.printers.python_functions import SEEDS, Function, Part, Point
from symad.printers.python_names import WIDTH, ascii_label, filled

MATRICES = {"jacobian": "first", "hessian": "second"}  # what the derivatives are called here
MAIN = '''\
def main(words: list[str]) -> int:
    """Print the results at the point that the words give, and return the exit code."""
    import sys

    names = {names}
    labels = {labels}
{places}    if len(words) != len(names):
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


def main(at: Point, functions: Sequence[Function]) -> str:
    """Write what makes the module a program."""
    last = next((f for f in reversed(functions) if f.parts[-1].kind not in SEEDS), functions[-1])
    seeds = last.parts[-1].seeds
    names = [*at.chosen, *seeds, *at.rest] if at.style.vector else [*at.parameters, *seeds]
    lines = ["point = [float(word) for word in words]"] if names else []
    given = f"{last.name}({call(at, last, len(names))})"
    received = [receiver(at, part) for part in last.parts]
    alone, spread = received[0]
    if len(received) > 1:
        lines.append(f"{', '.join(name for name, _ in received)} = {given}")
        lines.append(f"results = ({', '.join(text for _, text in received)})")
    elif not spread.startswith("*"):
        lines.append(f"results = ({given},)")
    elif spread == f"*{alone}":
        lines.append(f"results = {given}")
    else:
        lines += [f"{alone} = {given}", f"results = [{spread[2:-1]}]"]
    labels = [ascii_label(label) for label in last.program.outputs]
    found = "\n        ".join(lines)
    where = "".join(places(at, part) for part in last.parts if chosen(at, part))
    return MAIN.format(names=strings(names), labels=strings(labels), places=where, compute=found)


def call(at: Point, f: Function, count: int) -> str:
    """Write the arguments of a call: the point's numbers, or the sequences that they make."""
    if not at.style.vector:
        return "*point" if count else ""
    ends = [len(at.chosen)] + ([len(at.chosen) + len(f.parts[-1].seeds)] if f.parts[-1].kind in SEEDS else [])
    if not count:
        return ", ".join(["[]"] * len(ends))
    if ends == [count]:
        return "point"
    texts = [f"point[{begin or ''}:{end if end < count else ''}]" for begin, end in zip([0, *ends], ends, strict=False)]
    return ", ".join([*texts, *([f"*point[{ends[-1]}:]"] if at.rest else [])])


def receiver(at: Point, part: Part) -> tuple[str, str]:
    """Give the name of what a part gives, and the text that spreads it into numbers."""
    if not part.matrices:
        alone = part.kind in ("value", "jvp") and len(part.program.outputs) == 1
        name = "partials" if part.kind == "gradient" else "result" if alone else "products" if part.seeds else "values"
        return name, name if alone else f"*{name}"
    name = MATRICES[part.kind]
    if not chosen(at, part):
        return name, f"*{name}"
    several = len(part.matrices) > 1
    entry = {"dense": "[i][j]", "scipy": "[i, j]"}.get(at.style.form, "[k]")
    place = f"{'n, ' if several else ''}{'k' if entry == '[k]' else 'i, j'}"
    return name, f"*({name}{'[n]' if several else ''}{entry} for {place} in {name}_places)"


def chosen(at: Point, part: Part) -> bool:
    """Tell whether a matrix holds more than what is printed, or in another shape."""
    return bool(part.matrices) and (part.kind == "hessian" or at.style.form in ("dense", "scipy"))


def places(at: Point, part: Part) -> str:
    """Write where the entries of a matrix are that are printed."""
    texts = []
    flat, several = at.style.form in ("coo", "csr"), len(part.matrices) > 1
    for n, found in enumerate(part.matrices):
        for k, (row, column) in enumerate(found.cells):
            if part.kind == "jacobian" or row <= column:
                place = (k,) if flat else (row, column)
                texts.append(", ".join(map(str, (n, *place) if several else place)))
    count = (1 if flat else 2) + several
    kind = f"tuple[{', '.join(['int'] * count)}]" if count > 1 else "int"
    items = [f"({text})" for text in texts] if count > 1 else texts
    head = f"    {MATRICES[part.kind]}_places: tuple[{kind}, ...] = "
    return f"{head}{rows(items, WIDTH - len(head))}\n"


def strings(words: Sequence[str]) -> str:
    """Write a tuple of strings, in rows where it is long."""
    return rows([f'"{word}"' for word in words])


def rows(texts: Sequence[str], room: int = WIDTH - 20) -> str:
    """Write a tuple, in rows where it is long."""
    items = [f"{text}," for text in texts]
    flat = " ".join(items)
    if len(flat) < room:
        return f"({flat if len(items) == 1 else flat.rstrip(',')})"
    return "(\n" + "\n".join(f"        {row}" for row in filled(items, WIDTH - 8)) + "\n    )"
