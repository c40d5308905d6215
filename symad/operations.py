"""The table of elementary operations, loaded from `grammar/operations.txt`.

In comes the text of the table; out go `OPERATIONS`, a row an operation, and `DEFINITIONS`, the functions that are
written in terms of others. A row's partial derivatives stay text here: `derivatives/` reads one when it needs it.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass


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

    @property
    def infix(self) -> bool:
        """Tell whether the language writes the operation with a sign or a word instead of a call."""
        return self.name in INFIX


PROPERTIES = frozenset({"commutes", "odd", "even", "kinked", "boolean"})
INFIX = frozenset("add sub mul div pow neg lt le gt ge eq ne and or not select".split())
NUMBERS = frozenset({"integer", "rational", "decimal"})  # constants carry their number in place of operands
BODY, LOOP, PROJECT = "body", "loop", "project"  # what is no elementary operation: symad.loops
LEAVES = NUMBERS | {"input", BODY}  # what has no operands: `("input", (k, shape))`, `("integer", (3,))`
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
        tuple(None if p.strip() == "-" else p.strip() for p in partials.split(";")) if arguments else (),
        domain,
        frozenset(properties.split()),
    )
    if len(row.partials) != len(row.arguments) or not row.properties <= PROPERTIES:
        raise ValueError(f"grammar/operations.txt: this row is not well formed: {line}")
    return row


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
