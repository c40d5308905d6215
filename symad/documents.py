"""What commands have found in, JSON documents out."""

from __future__ import annotations

from collections.abc import Mapping

from symad.program import Program


def as_json(program: Program, derived: Program, point: Mapping[str, float], found: Mapping[str, float]) -> str:
    """Write formulas, derivatives, operation counts and values as JSON; the keys are always the same but for `--at`."""
    from symad.printers.infix import formulas

    rows = formulas(derived)
    outputs = len(program.outputs)
    document = {
        "inputs": program.inputs,
        "outputs": program.outputs,
        "temporaries": dict(rows.temporaries),
        "formulas": {label: rows[label] for label in derived.outputs[:outputs]},
        "derivatives": {label: rows[label] for label in derived.outputs[outputs:]},
        "operations": {"value": program.operation_count, "value_and_derivatives": derived.operation_count},
    }
    if found:
        document |= {"at": point, "values": found}
    return dumped(document)


def dumped(document: Mapping[str, object]) -> str:
    """Write a document in JSON."""
    import json  # which takes longer to import than all of what a formula needs

    return json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False) + "\n"
