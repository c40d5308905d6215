"""Texts of single results in, the return statement of a Python function out: numbers, tuples, lists, matrices.

A matrix is a list of rows, or the values of its entries in the order of a structure that stands in the module, or a
sparse array of SciPy with that structure. Of a symmetric one each entry is computed once and stands in both places.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from symad.errors import TargetError, closest
from symad.printers.python_names import WIDTH, filled

# fmt: off
SIGNATURES = ("scalars", "vector")                # f(x1, x2), or f(x) of a sequence
FORMS = ("dense", "coo", "csr", "scipy")          # of matrices
NAMED_TYPES = 3          # a longer tuple is typed tuple[float, ...]
LINE = WIDTH + 5         # characters of a statement, without the indentation of a function
LARGE = 100              # a list of rows with more numbers is made of zeros, if most of them are
# fmt: on

Cells = Mapping[tuple[int, int], int]  # the entries of a matrix, by row and column: which result of a program it is


class Style(NamedTuple):
    """Hold how the functions of a module take points and give matrices."""

    signature: str
    form: str

    @property
    def vector(self) -> bool:
        """Tell whether a point is one sequence, and so is what is given for it."""
        return self.signature == "vector"


class Matrix(NamedTuple):
    """Hold the shape of a matrix and its entries, row by row."""

    rows: int
    columns: int
    cells: Cells

    def literal(self, form: str) -> bool:
        """Tell whether a list of rows is written out."""
        size = self.rows * self.columns
        return form == "dense" and (size <= LARGE or 2 * len(self.cells) >= size)

    def constants(self, form: str) -> dict[str, tuple[int, ...]]:
        """Give the structure of a sparse form."""
        found = {"SHAPE": (self.rows, self.columns)}
        columns = tuple(column for _, column in self.cells)
        if form == "coo":
            return found | {"ROWS": tuple(row for row, _ in self.cells), "COLUMNS": columns}
        ends = [0] * (self.rows + 1)
        for row, _ in self.cells:
            ends[row + 1] += 1
        for row in range(self.rows):
            ends[row + 1] += ends[row]
        return found | {"INDPTR": tuple(ends), "INDICES": columns}


class Group(NamedTuple):
    """Hold texts, or groups of texts, between brackets; what is packed fills its lines."""

    items: Sequence[str | Group]
    opening: str = "["
    closing: str = "]"
    packed: bool = False


def style(signature: str, form: str) -> Style:
    """Check the names of a signature and of a form of matrices."""
    for name, known, what in ((signature, SIGNATURES, "signature"), (form, FORMS, "form of matrices")):
        if name not in known:
            near = closest(name, known)
            hint = f"did you mean {near}?" if near else f"one of {', '.join(known)}"
            raise TargetError(f"{name or 'an empty name'} is not a {what}", hint=hint)
    return Style(signature, form)


def vector(items: Sequence[str | Group], style: Style) -> Group:
    """Put numbers into a tuple, or into a list where a point is a sequence too."""
    return Group(items) if style.vector else Group(items, "(", ")")


def matrix(found: Matrix, texts: Sequence[str], style: Style, name: str, place: str) -> Group:
    """Write a matrix in its form; `name` and `place` say where its structure stands in the module."""
    if style.form == "dense":
        rows = [["0.0"] * found.columns for _ in range(found.rows)]
        for (row, column), result in found.cells.items():
            rows[row][column] = texts[result]
        return Group([Group(row, packed=True) for row in rows])
    entries = [texts[result] for result in found.cells.values()]
    if style.form != "scipy":
        return Group(entries)
    shape, structure = f"{name}_SHAPE", [f"{name}_{word}{place}" for word in ("INDICES", "INDPTR")]
    if not entries:
        return Group([], f"csr_array({shape}", ")")
    return Group(entries, "csr_array(([", f"], {', '.join(structure)}), shape={shape}, dtype=float)")


def zero_filled(found: Matrix, texts: Sequence[str], name: str) -> Iterator[str]:
    """Write the statements that make a list of rows: zeros, then the entries."""
    yield f"{name} = [[0.0]*{found.columns} for _ in range({found.rows})]"
    places: dict[int, list[str]] = {}
    for (row, column), result in found.cells.items():
        places.setdefault(result, []).append(f"{name}[{row}][{column}]")
    for result, targets in places.items():
        line = " = ".join([*targets, texts[result]])
        if len(line) <= LINE:
            yield line
        else:
            yield f"{targets[0]} = {texts[result]}"
            yield from (f"{target} = {targets[0]}" for target in targets[1:])


# types


def tuple_type(kinds: Sequence[str]) -> str:
    """Write the type of a tuple.

    >>> tuple_type(["float"] * 2), tuple_type(["float"] * 9)
    ('tuple[float, float]', 'tuple[float, ...]')
    """
    if not kinds:
        return "tuple[()]"
    return f"tuple[{', '.join(kinds)}]" if len(kinds) <= NAMED_TYPES else f"tuple[{kinds[0]}, ...]"


def vector_type(count: int, style: Style) -> str:
    """Write the type of so many numbers."""
    return "list[float]" if style.vector else tuple_type(["float"] * count)


def matrix_type(style: Style) -> str:
    """Write the type of a matrix."""
    return {"dense": "list[list[float]]", "scipy": "csr_array"}.get(style.form, "list[float]")


# text


def flat(item: str | Group) -> str:
    """Write a group in one line."""
    if isinstance(item, str):
        return item
    inner = ", ".join(map(flat, item.items))
    comma = "," if item.opening == "(" and len(item.items) == 1 else ""
    return f"{item.opening}{inner}{comma}{item.closing}"


def broken(group: Group, indent: str) -> Iterator[str]:
    """Write what stands between the brackets of a group, an item a line; a packed group keeps to one line if it can."""
    if group.packed:
        yield from (indent + row for row in filled([f"{flat(item)}," for item in group.items], WIDTH - len(indent)))
        return
    for item in group.items:
        text = f"{indent}{flat(item)}," if isinstance(item, str) or item.packed else ""
        if isinstance(item, str) or text and len(text) <= WIDTH:
            yield text
        else:
            yield indent + item.opening
            yield from broken(item, f"{indent}    ")
            yield f"{indent}{item.closing},"


def statement(head: str, found: str | Group, tail: str = "", *, bare: bool = False) -> list[str]:
    """Write a statement around a group, in one line if it is short; `bare` leaves out a tuple's parentheses."""
    if isinstance(found, str):
        return [f"{head}{found}{tail}"]
    text = flat(found)
    line = f"{head}{text[1:-1] if bare and found.opening == '(' and len(found.items) > 1 else text}{tail}"
    return [line] if len(line) <= LINE else [head + found.opening, *broken(found, "    "), found.closing + tail]
