"""What a well-formed program is: the checker, run by tests after every pass.

A program in, the same program out, or an error that shows the faulty line with its neighbours.
"""

from __future__ import annotations

from typing import Any

from symad.loops import parted
from symad.operations import BODY, BOOLEAN, CALL, CONSTANTS, LOOP, NUMBERS, OPERATIONS, PROJECT, RULE
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
    if operation in (*NUMBERS, BODY, RULE):
        return None if len(operands) == 1 else "is not one constant"
    if operation in CONSTANTS:
        return None if not operands else "is a constant with operands"
    if any(not 0 <= v < value for v in operands):
        return "uses a value that comes after it"
    if operation in (LOOP, PROJECT):
        return fault_of_loop(program, operation, operands)
    if operation == CALL:
        return fault_of_call(program, operands)
    if operation not in OPERATIONS:
        return "is no known operation"
    if len(operands) != len(OPERATIONS[operation].arguments):
        return "has the wrong number of operands"
    types = [kind(program, v) for v in operands]
    if operation == "select":
        fits = types[0] == "truth value" and types[1] == types[2] in ("number", "truth value", "sequence")
    else:
        fits = set(types) == {"truth value" if operation in ("and", "or", "not") else "number"}
    return None if fits else "mixes numbers and truth values"


def fault_of_loop(program: Program, operation: str, operands: tuple[Any, ...]) -> str | None:
    """Say what is wrong with a loop, or with what picks one of its results."""
    if operation == PROJECT:
        picked = program.assignments[operands[1]]
        if program.assignments[operands[0]][0] != LOOP or picked[0] != "integer":
            return "does not pick a result of a loop"
        body = program.assignments[program.assignments[operands[0]][1][0]][1][0]
        return None if 0 <= picked[1][0] < body.first_emitted + body.emitted else "picks a result that there is not"
    if program.assignments[operands[0]][0] != BODY:
        return "has no body"
    body = program.assignments[operands[0]][1][0]
    loop = parted(body, operands[1:])
    if len(loop.operands) != len(operands) - 1 or len(loop.operands) != len(body.program.inputs) + body.indexed:
        return "has the wrong number of operands"
    if any(kind(program, v) != ("sequence" if v in loop.sequences else "number") for v in loop.operands):
        return "is given something else than numbers"
    check(body.program)
    outputs = [kind(body.program, v) for v in body.program.results]
    wanted = ["truth value"] * body.conditional + ["number"] * (len(outputs) - body.conditional)
    return None if outputs == wanted and body.emitted >= 0 else "has a body whose results do not fit"


def fault_of_call(program: Program, operands: tuple[Any, ...]) -> str | None:
    """Say what is wrong with a call of a function that has a rule."""
    if program.assignments[operands[0]][0] != RULE:
        return "calls something that is no function"
    if any(kind(program, v) != "number" for v in operands[1:]):
        return "is given something else than numbers"
    rule = program.assignments[operands[0]][1][0]
    if isinstance(rule, int):  # inside of a rule
        return None
    function = rule.functions[rule.place]
    for part, count in ((check(function.value), 1), (check(function.partials), len(operands) - 1)):
        if len(part.inputs) != len(operands) - 1:
            return "has the wrong number of operands"
        if [kind(part, v) for v in part.results] != ["number"] * count:
            return "calls a function whose results do not fit"
    return None


def kind(program: Program, value: int) -> str:
    """Say what a value is: a number, a truth value, a function, or of loops a body, a bundle of results, a sequence."""
    while program.assignments[value][0] == "select":
        value = program.assignments[value][1][1]
    operation, operands = program.assignments[value]
    if operation == PROJECT:
        body = program.assignments[program.assignments[operands[0]][1][0]][1][0]
        return "sequence" if program.assignments[operands[1]][1][0] >= body.first_emitted else "number"
    known = {BODY: "body", LOOP: "bundle", RULE: "function"}
    return known.get(operation, "truth value" if operation in BOOLEAN else "number")
