"""What a well-formed program is: the checker, run by tests after every pass.

A program in, the same program out, or an error that shows the faulty line with its neighbours.
"""

from __future__ import annotations

from typing import Any

from symad.operations import BOOLEAN, CONSTANTS, NUMBERS, OPERATIONS
from symad.program import Assignment, Program


def check(program: Program) -> Program:
    """Check that a program is well formed and give it back; the message shows the faulty line with its neighbours.

    Operands come before their use, inputs first and each once, no assignment twice, truth values where they belong.
    """
    seen: set[Assignment] = set()
    for value, (operation, operands) in enumerate(program.assignments):
        problem = fault(program, value, operation, operands)
        if problem is None and (operation, operands) in seen:
            problem = "is made twice"
        if problem:
            near = "\n".join(f"{i}: {a}" for i, a in enumerate(program.assignments) if abs(i - value) <= 2)
            raise AssertionError(f"assignment {value} {problem}\n{near}")
        seen.add((operation, operands))
    if len(program.outputs) != len(program.results) or len(set(program.outputs)) != len(program.outputs):
        raise AssertionError("outputs and results do not match")
    if any(not 0 <= v < len(program.assignments) for v in program.results):
        raise AssertionError("a result is not a value of the program")
    return program


def fault(program: Program, value: int, operation: str, operands: tuple[Any, ...]) -> str | None:
    """Say what is wrong with one assignment."""
    if (operation == "input") != (value < len(program.inputs)):
        return "is an input among the operations, or the reverse"
    if operation == "input":
        return None if operands[0] == value else "is an input out of order"
    if operation in NUMBERS:
        return None if len(operands) == 1 else "is not one number"
    if operation in CONSTANTS:
        return None if not operands else "is a constant with operands"
    if operation not in OPERATIONS:
        return "is no known operation"
    if len(operands) != len(OPERATIONS[operation].arguments):
        return "has the wrong number of operands"
    if any(not 0 <= v < value for v in operands):
        return "uses a value that comes after it"
    booleans = [program.assignments[v][0] in BOOLEAN for v in operands]
    wanted = operation in ("and", "or", "not")
    if operation == "select":
        return None if booleans[0] and booleans[1] == booleans[2] else "mixes numbers and truth values"
    return None if all(b == wanted for b in booleans) else "mixes numbers and truth values"
