"""Kinds of derivatives in, the functions of a Python module out: parameters, statements, results, docstrings.

There is a function for each kind, and one for what is often wanted together, where temporaries are shared.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from symad.derivatives.hessian import hessian_places
from symad.derivatives.jacobian import jacobian_places
from symad.derivatives.kinds import derive, together
from symad.derivatives.labels import chosen_inputs
from symad.expansion import expanded
from symad.printers.naming import Names
from symad.printers.python_body import Body, body
from symad.printers.python_names import WIDTH, filled, indented, parameter_names, plain, seed_parameters
from symad.printers.python_results import (
    Group,
    Matrix,
    Style,
    matrix,
    matrix_type,
    statement,
    tuple_type,
    vector,
    vector_type,
    zero_filled,
)
from symad.program import Program, counted, live, unique

SEEDS = {"hvp": "v", "jvp": "v", "vjp": "w"}  # kinds with seeds, and the sequence that holds them
READABLE = 40  # characters of names that a sentence lists


class Point(NamedTuple):
    """Hold what the functions of a module have in common: the program, what it is derived by, how points are taken.

    `parameters` are Python's names of the inputs, `chosen` of those to derive by, which `names` are in the formula, and
    `rest` of the other ones. `states` is how many states of a loop are kept, 0 for all.
    """

    program: Program
    style: Style
    parameters: Sequence[str]
    chosen: Sequence[str]
    names: Sequence[str]
    rest: Sequence[str]
    states: int

    @property
    def by(self) -> str:
        """Name what is derived by."""
        return listed(self.names if self.style.vector else self.chosen, f"the {len(self.chosen)} inputs") or "no input"

    @property
    def label(self) -> str:
        """Name the results."""
        outputs = self.program.outputs
        return " and ".join(map(plain, outputs)) if len(outputs) <= 2 else f"the {len(outputs)} results"


class Part(NamedTuple):
    """Hold one kind of derivative: its program, Python's names of its seeds, and its matrices."""

    kind: str
    program: Program
    seeds: Sequence[str] = ()
    matrices: Sequence[Matrix] = ()


class Function(NamedTuple):
    """Hold a function of the module: the parts of its results, its program and its body, and its whole text."""

    name: str
    parts: Sequence[Part]
    program: Program
    body: Body
    lines: Sequence[str]


def point(program: Program, wrt: Sequence[str] | None, style: Style, kinds: Sequence[str], states: int) -> Point:
    """Name the parameters of the functions of a module."""
    sequences = {"x", *(SEEDS[kind] for kind in kinds if kind in SEEDS)} if style.vector else ()
    parameters = parameter_names(program.inputs, sequences)
    made = dict(zip(program.inputs, parameters, strict=True))
    names = chosen_inputs(program, wrt)
    chosen = [made[name] for name in names]
    by = set(chosen)
    rest = [name for name in parameters if name not in by]
    return Point(program, style, parameters, chosen, [plain(name) for name in names], rest, states)


def parts(at: Point, kinds: Sequence[str], wrt: Sequence[str] | None, method: str, algebra: bool) -> dict[str, Part]:
    """Derive each kind."""
    found = {}
    for kind in kinds:
        made = expanded(derive(kind, at.program, wrt, method, algebra=algebra))
        seeds = seed_parameters(made.inputs[len(at.program.inputs) :], at.parameters)
        found[kind] = Part(kind, made, seeds, matrices(at, kind, wrt))
    return found


def matrices(at: Point, kind: str, wrt: Sequence[str] | None) -> list[Matrix]:
    """Give the shapes and places of the matrices of a kind: one Jacobian, or the Hessian of each output."""
    size = len(at.chosen)
    if kind == "jacobian":
        cells = {place: k for k, place in enumerate(jacobian_places(at.program, wrt))}
        return [Matrix(len(at.program.outputs), size, cells)]
    found, before = [], 0
    for places in hessian_places(at.program, wrt) if kind == "hessian" else ():
        upper = {place: k for k, place in enumerate(places, before)}
        lower = {(column, row): k for (row, column), k in upper.items()}
        found.append(Matrix(size, size, dict(sorted({**upper, **lower}.items()))))
        before += len(places)
    return found


def functions(at: Point, found: Mapping[str, Part], algebra: bool) -> list[Function]:
    """Write the functions of a module: each kind, and behind it what shares its temporaries."""
    made = []
    for kind, part in found.items():
        made.append(function(at, kind, [part], part.program))
        before = [other for other in partners(kind, found) if other in found]
        if before:
            group = [*(found[other] for other in before), part]
            keep = at.program.outputs if "value" in before else ()
            joint = together([p.program for p in group], algebra=algebra, keep=keep)
            made.append(function(at, f"{'_'.join(before)}_and_{kind}", group, joint))
    return made


def partners(kind: str, kinds: Mapping[str, Part]) -> Sequence[str]:
    """List the kinds that are often wanted together with one: the orders below it."""
    first = "gradient" if "gradient" in kinds else "jacobian"
    return {"gradient": ("value",), "jacobian": ("value",), "hessian": ("value", first)}.get(kind, ())


def function(at: Point, name: str, group: Sequence[Part], program: Program) -> Function:
    """Write one function."""
    last = group[-1]
    names = Names([*at.parameters, *last.seeds])
    again = [k for part, first in offsets(group) for k in twice(part, at.style, first)]
    labels = (*program.outputs, *(program.outputs[k] for k in again))
    results = (*program.results, *(program.results[k] for k in again))
    whole = Program(program.inputs, program.assignments, labels, results)
    found = body(whole, [*at.parameters, *last.seeds], names, states=at.states)
    lines = [*taken(at, last, program), *found.lines]
    items: list[str | Group] = []
    for part, first in offsets(group):
        texts = found.results[first : first + len(part.program.outputs)]
        items.append(result(at, part, texts, names, lines))
    lines += statement("return ", items[0] if len(items) == 1 else Group(items, "(", ")"), bare=True)
    types = [result_type(at, part) for part in group]
    kind = types[0] if len(types) == 1 else tuple_type(types)
    text = [*header(at, name, last, kind), *documented(at, group), *indented(lines)]
    return Function(name, group, program, found, text)


def offsets(group: Sequence[Part]) -> Iterator[tuple[Part, int]]:
    """Give each part of a program with the place of its first result."""
    first = 0
    for part in group:
        yield part, first
        first += len(part.program.outputs)


def twice(part: Part, style: Style, first: int) -> list[int]:
    """List the results whose text stands in two places of a matrix, so that they get a name."""
    return [
        first + k
        for found in part.matrices
        if part.kind == "hessian" and (style.form != "dense" or found.literal(style.form))
        for (row, column), k in found.cells.items()
        if row < column
    ]


def result(at: Point, part: Part, texts: Sequence[str], names: Iterator[str], lines: list[str]) -> str | Group:
    """Put the results of a part together; a large matrix takes statements of its own."""
    if not part.matrices:
        alone = part.kind in ("value", "jvp") and len(texts) == 1
        return texts[0] if alone else vector(texts, at.style)
    items: list[str | Group] = []
    for k, found in enumerate(part.matrices):
        if at.style.form == "dense" and not found.literal("dense"):
            name = next(names)
            lines += zero_filled(found, texts, name)
            items.append(name)
        else:
            place = f"[{k}]" if len(part.matrices) > 1 else ""
            items.append(matrix(found, texts, at.style, part.kind.upper(), place))
    return items[0] if len(items) == 1 else Group(items, "(", ")")


def result_type(at: Point, part: Part) -> str:
    """Write the type of the results of a part."""
    if part.matrices:
        kind = matrix_type(at.style)
        return kind if len(part.matrices) == 1 else f"tuple[{kind}, ...]"
    count = len(part.program.outputs)
    return "float" if part.kind in ("value", "jvp") and count == 1 else vector_type(count, at.style)


# parameters


def header(at: Point, name: str, part: Part, kind: str) -> list[str]:
    """Write the line that begins a function, in rows where it is long."""
    found = [f"{p}: float" for p in (*at.parameters, *part.seeds)]
    if at.style.vector:
        sequences = [f"{letter}: Collection[float]" for letter, _ in held(at, part)]
        found = [*sequences, *(f"{p}: float" for p in at.rest)]
    head = f"def {name}({', '.join(found)}) -> {kind}:"
    if len(head) <= WIDTH:
        return [head]
    rows = [f"    {row}" for row in filled([f"{p}," for p in found], WIDTH - 4)]
    return [f"def {name}(", *rows, f") -> {kind}:"]


def held(at: Point, part: Part) -> list[tuple[str, Sequence[str]]]:
    """List the sequences that a function takes, with what they hold."""
    return [("x", at.chosen), *([(SEEDS[part.kind], part.seeds)] if part.kind in SEEDS else [])]


def taken(at: Point, part: Part, program: Program) -> list[str]:
    """Write the statements that take sequences apart, into numbers of Python's: what is not needed begins with _."""
    if not at.style.vector:
        return []
    marked = live(program.assignments, program.results)
    used = {name for name, needed in zip([*at.parameters, *part.seeds], marked, strict=False) if needed}
    lines = []
    for letter, names in held(at, part):
        message = f"{letter} has {{len({letter})}} numbers, {len(names)} expected{contents(at, names)}"
        lines += [f"if len({letter}) != {len(names)}:", f'    raise ValueError(f"{message}")']
        if not used.isdisjoint(names):
            spare = unique((f"_{name}" for name in names if name not in used), [*at.parameters, *part.seeds])
            group = Group([name if name in used else next(spare) for name in names], "(", ")", packed=True)
            lines += statement("", group, f" = map(float, {letter})", bare=True)
    return lines


# docstrings


def documented(at: Point, group: Sequence[Part]) -> list[str]:
    """Write the docstring of a function: what it gives, in which form, and what the sequences hold that it takes."""
    first = filled(f"Give {', and '.join(purpose(at, part) for part in group)}.".split(" "), WIDTH - 4)
    notes = [order(at, part) for part in group if part.matrices and at.style.form in ("coo", "csr")]
    for letter, names in held(at, group[-1]) if at.style.vector else ():
        notes.append(f"{letter} holds {counted(len(names), 'number')}{contents(at, names)}.")
    lines = [*first, *([""] if notes else []), *notes]
    if len(lines) == 1:
        return [f'    """{lines[0]}"""']
    return [f'    """{lines[0]}', *(f"    {line}".rstrip() for line in lines[1:]), '    """']


def purpose(at: Point, part: Part) -> str:
    """Say what a part is."""
    if part.kind == "value":
        return at.label
    if part.kind == "gradient":
        empty = f"an empty {'list' if at.style.vector else 'tuple'}"
        return f"the partial derivatives of {at.label} by {at.by}" if at.chosen else empty
    what = "Jacobian" if part.kind in ("jacobian", "jvp", "vjp") else "Hessian"
    several = what == "Hessian" and len(at.program.outputs) > 1
    text = f"the {what}{'s' if several else ''} of {at.label} by {at.by}"
    if part.matrices:
        return text + shape(at, part)
    letter = SEEDS[part.kind]
    seeds = letter if at.style.vector else listed(part.seeds, f"the {len(part.seeds)} seeds") or "no number"
    return f"{seeds} times {text}" if letter == "w" else f"{text} times {seeds}"


def shape(at: Point, part: Part) -> str:
    """Say how large a matrix is."""
    found = part.matrices[0]
    each = "each " if len(part.matrices) > 1 else ""
    if at.style.form == "dense":
        return f", {each}{counted(found.rows, 'row')} of {found.columns}"
    return f", {each}{found.rows} by {found.columns}"


def order(at: Point, part: Part) -> str:
    """Say which entries of a matrix are given, and in which order."""
    name = part.kind.upper()
    where = {"coo": f"at {name}_ROWS and {name}_COLUMNS", "csr": f"as {name}_INDPTR and {name}_INDICES place them"}
    return f"Of the {part.kind.capitalize()}{'s' if len(part.matrices) > 1 else ''} the values {where[at.style.form]}."


def listed(names: Sequence[str], many: str) -> str:
    """List names, if they are few."""
    text = ", ".join(names)
    return text if len(text) < READABLE else many


def contents(at: Point, names: Sequence[str]) -> str:
    """List what a sequence holds after a colon, inputs as the formula has them, if it is not empty and they are few."""
    text = listed(at.names if names is at.chosen else names, "")
    return f": {text}" if text else ""
