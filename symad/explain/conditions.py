"""Why a condition holds or does not: its assignment and the values at a point in, the reason in words out.

A comparison holds for the numbers that it compares; `and` and `or` for what decides them. Inputs have their own names,
as in the formula, and so do numbers; other values are called w3 as everywhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from symad.explain import words
from symad.numbers import approximate
from symad.operations import BOOLEAN, NUMBERS
from symad.program import Program, write_assignment

LEVELS = 3  # of `and`, `or` and `not` that are written out


class Conditions:
    """Say of the conditions of a program what they are, and why they hold or not; `computed` are the values."""

    def __init__(self, program: Program, names: Sequence[str], computed: Sequence[Any]) -> None:
        self.program, self.names, self.computed = program, names, computed

    def text(self, value: int, levels: int = LEVELS) -> str:
        """Write a condition as in the formula, deeper ones by their names."""
        operation, operands = self.program.assignments[value]
        if operation == "input":
            return self.program.inputs[operands[0]]
        if operation not in BOOLEAN or not levels:
            return self.names[value]
        inner = levels - 1 if operation in ("and", "or", "not") else 1
        parts = [self.text(v, inner) for v in operands]
        if operation in ("and", "or", "not"):
            parts = [f"({part})" if " and " in part or " or " in part else part for part in parts]
        return write_assignment(operation, parts)

    def said(self, value: int) -> str:
        """Say of a condition, whose value is known, whether it holds, and why."""
        reason = self.reason(value)
        holds = words.holding(self.text(value), bool(self.computed[value]))
        return f"{holds}, since {reason}" if reason else holds

    def reason(self, value: int, levels: int = LEVELS) -> str:
        """Say why a condition holds, or does not: the numbers, or which of its parts decides."""
        operation, operands = self.program.assignments[value]
        if operation == "not" and levels:
            return self.reason(operands[0], levels - 1)
        if operation in ("and", "or") and levels:
            decides = operation == "or"  # the truth value that decides
            found = [v for v in operands if self.computed[v] is decides]
            if found:
                why = self.reason(found[0], levels - 1)
                return words.holding(self.text(found[0]), decides) + (f" ({why})" if why else "")
        kept = self.compared(value, levels)
        return words.listed([f"{self.text(v)} = {approximate(self.computed[v])}" for v in kept])

    def compared(self, value: int, levels: int) -> list[int]:
        """List the values, other than numbers, that decide a condition by comparisons, each once."""
        operation, operands = self.program.assignments[value]
        if self.computed[value] is None:
            return []
        if operation in ("and", "or", "not") and levels:
            return list(dict.fromkeys(v for operand in operands for v in self.compared(operand, levels - 1)))
        if operation not in BOOLEAN or operation in ("and", "or", "not"):
            return [value]
        return [v for v in dict.fromkeys(operands) if self.program.assignments[v][0] not in NUMBERS]

    def chosen(self, value: int) -> str:
        """Say which branch of a conditional is taken, and why; without a point, on what that depends."""
        condition, yes, no = self.program.assignments[value][1]
        names = self.names
        if self.computed[condition] is None:
            return words.depends(self.text(condition), names[value], names[yes], names[no])
        holds = bool(self.computed[condition])
        taken, other = (yes, no) if holds else (no, yes)
        idle = self.computed[other] is None and other != taken
        return words.taken(self.said(condition), names[taken], names[other], holds, idle)

    def decided(self, value: int) -> str | None:
        """Say of `and` and `or` that the first operand has decided; None where it has not."""
        operation, (first, second) = self.program.assignments[value]
        if self.computed[first] is None or self.computed[value] is None or self.computed[first] != (operation == "or"):
            return None
        return words.decided(self.said(first), self.names[value], self.names[second], self.computed[second] is None)
