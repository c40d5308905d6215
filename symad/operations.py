"""The table of elementary operations, loaded from `grammar/operations.txt`.

In comes the text of the table; out go `OPERATIONS`, a row an operation, and `DEFINITIONS`, the functions that are
written in terms of others. A row's partial derivatives stay text here: `derivatives/` reads one when it needs it.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Kink:
    """Hold where an operation is not smooth, what is there, and which derivatives are used; None for none, an error.

    All are formulas in the operation's arguments; the second derivatives are those of the upper triangle.

    >>> OPERATIONS["max"].kinks[0].first
    ('1/2', '1/2')
    """

    condition: str
    what: str
    first: tuple[str | None, ...]
    second: tuple[str | None, ...]


@dataclass(frozen=True, slots=True)
class Operation:
    """Hold everything that is true of one elementary operation.

    `partials` are formulas in the operation's arguments and its own result `z`, one for each argument; None where the
    partial derivative does not exist. `domain` is the condition under which value and partials are finite and smooth.

    >>> OPERATIONS["sqrt"].partials
    ('1/(2*z)',)
    """

    name: str
    arguments: tuple[str, ...]
    partials: tuple[str | None, ...]
    domain: str
    properties: frozenset[str]
    kinks: tuple[Kink, ...] = ()

    @property
    def infix(self) -> bool:
        """Tell whether the language writes the operation with a sign or a word instead of a call."""
        return self.name in INFIX


PROPERTIES = frozenset({"commutes", "odd", "even", "boolean"})
KINKS = frozenset({"kink", "jump", "edge", "limit", "branch"})
INFIX = frozenset("add sub mul div pow neg lt le gt ge eq ne and or not select".split())
NUMBERS = frozenset({"integer", "rational", "decimal"})  # constants carry their number in place of operands
BODY, LOOP, PROJECT = "body", "loop", "project"  # what is no elementary operation: symad.loops
RULE, CALL = "rule", "call"  # nor are these: symad.rules
LEAVES = NUMBERS | {"input", BODY, RULE}  # what has no operands: `("input", (k, shape))`, `("integer", (3,))`
CONSTANTS = ("pi", "e")  # operations without operands


def grammar_text(name: str) -> str:
    """Read a file of the grammar folder, from the checkout that this code stands in or else from the package."""
    package = os.path.dirname(__file__)
    for folder in (os.path.dirname(package), package):
        try:
            return __loader__.get_data(os.path.join(folder, "grammar", name)).decode("utf-8")  # type: ignore[name-defined, no-any-return]
        except OSError:
            continue
    raise FileNotFoundError(f"grammar/{name} is missing: the installation is not whole")


def read_row(line: str) -> Operation:
    """Read one row of the table: name | arguments | partials | domain | properties."""
    name, arguments, partials, domain, properties = (cell.strip() for cell in line.split("|"))
    row = Operation(
        name,
        tuple(a.strip() for a in arguments.split(",")) if arguments else (),
        read_partials(partials) if arguments else (),
        domain,
        frozenset(properties.split()),
    )
    if len(row.partials) != len(row.arguments) or not row.properties <= PROPERTIES:
        raise ValueError(f"grammar/operations.txt: this row is not well formed: {line}")
    return row


def read_partials(cell: str) -> tuple[str | None, ...]:
    """Read partial derivatives, None for one that does not exist."""
    return tuple(None if p.strip() == "-" else p.strip() for p in cell.split(";"))


def read_kink(line: str) -> Kink:
    """Read a line below a row: at condition | what | first partials | second partials."""
    condition, what, *cells = (cell.strip() for cell in line.removeprefix("at ").split("|"))
    if what not in KINKS or len(cells) != (0 if what == "branch" else 2):
        raise ValueError(f"grammar/operations.txt: this line is not well formed: {line}")
    first, second = map(read_partials, cells) if cells else ((), ())
    return Kink(condition, what, first, second)


def load(text: str) -> tuple[dict[str, Operation], dict[tuple[str, int], str]]:
    """Read the table: its rows by name, and its definitions by name and number of arguments."""
    rows: dict[str, Operation] = {}
    definitions: dict[tuple[str, int], str] = {}
    section = ""
    for raw in text.splitlines():
        line = raw.strip()
        if not line or line.startswith("#"):
            continue
        if line.startswith("["):
            section = line
        elif line.startswith("at "):
            above = rows[next(reversed(rows))]
            rows[above.name] = replace(above, kinks=(*above.kinks, read_kink(line)))
        elif section == "[definitions]":
            head, _, arguments = line.partition("=")[0].strip().rstrip(")").partition("(")
            definitions[head, arguments.count(",") + 1] = line
        else:
            row = read_row(line)
            rows[row.name] = row
    return rows, definitions


_rows, _definitions = load(grammar_text("operations.txt"))
OPERATIONS: Mapping[str, Operation] = _rows
DEFINITIONS: Mapping[tuple[str, int], str] = _definitions
COMMUTES = frozenset(row.name for row in _rows.values() if "commutes" in row.properties)
BOOLEAN = frozenset(row.name for row in _rows.values() if "boolean" in row.properties)
ODD = frozenset(row.name for row in _rows.values() if "odd" in row.properties)
EVEN = frozenset(row.name for row in _rows.values() if "even" in row.properties)
FUNCTIONS = frozenset(row.name for row in _rows.values() if not row.infix)
CALLABLE = FUNCTIONS | {name for name, _ in _definitions}  # everything that can be called by name
