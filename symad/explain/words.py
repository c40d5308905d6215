"""What a derivation says in words: one sentence for each thing that a reader may ask about a step.

Names and counts in, plain sentences out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from symad.explain.display import readable
from symad.numbers import approximate
from symad.operations import OPERATIONS
from symad.parse import parse
from symad.printers.plain import PLAIN
from symad.program import write_assignment

SHOWN = 6  # names of a list that are written out
PLACES = ("1st", "2nd", "3rd")

VALUES = "The values: one line for each elementary operation, in the order of the formula."
PARENTS = (
    "A parent of a value is an assignment that uses it. A small change of a value changes each of its parents, and "
    "through them the result: along every path from the value to the result by the product of the partial derivatives "
    "on the way. To first order the changes along several paths add up; that is the chain rule over paths. Summing it "
    "parent by parent, from the result backwards, uses every partial derivative once. In such a product the first "
    "factor counts all paths from the parent on, the second is the partial derivative of the parent's own operation, "
    "its other operands held fixed."
)
DUAL = (
    "Every value travels together with its tangent, its derivative along the seed: such a pair is a dual number. "
    "A tangent is a sum over the operands of the operation that makes the value: the partial derivative by the operand "
    "times the tangent of the operand. So it is known as soon as the value is. The partial derivative is that of the "
    "one operation, its other operands held fixed; the tangent counts all paths from the inputs."
)
FLAT = "a condition or an operation whose partial derivative is 0"
CANCELLED = "Some seeds cancel: the outputs that they are for are one value."
TAKEN = "The sweep takes two things from the graph: which operations use a value, and the values of the forward pass"
PASSED = f"{TAKEN}. What it passes on is one number for each value; the symbols show what that is made of."
SYMBOLS = f"{TAKEN}. At a point, what it passes on is one number for each value; the symbols show what that is made of."
FORMS = (
    "A line reads: the chain rule, the rules of the table of operations put in, simplified",
    "with the numbers of the point, the number that is passed on",
)


def reading(numbers: bool) -> str:
    """Say how the line of a derivative reads."""
    forms = f"{', '.join(FORMS if numbers else FORMS[:1])}. No form is repeated."
    return f"{forms} {PASSED if numbers else SYMBOLS}"


def listed(names: Sequence[str], word: str = "and") -> str:
    """List names, the first of many.

    >>> listed(["w1"]), listed(["w3", "w4"]), listed([f"w{k}" for k in range(1, 10)])
    ('w1', 'w3 and w4', 'w1, w2, w3, w4, w5, … and w9 (9 in all)')
    """
    if len(names) > SHOWN + 1:
        return f"{', '.join(names[: SHOWN - 1])}, … {word} {names[-1]} ({len(names)} in all)"
    return f" {word} ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else list(names))


def quoted(operation: str, position: int) -> str:
    """Quote the table's rule for the partial derivative of an operation by one argument.

    >>> quoted("mul", 0), quoted("sqrt", 0), quoted("pow", 0)
    ('d(x*y)/dx = y', 'd(sqrt(x))/dx = 1/(2*z) with z = sqrt(x)', 'd(x^y)/dx = y*x^(y - 1)')
    """
    row = OPERATIONS[operation]
    written = write_assignment(operation, row.arguments)
    partial = by_the_book(operation, position)
    result = f" with z = {written}" if re.search(r"\bz\b", partial) else ""
    return f"d({written})/d{row.arguments[position]} = {partial}{result}"


def by_the_book(operation: str, position: int) -> str:
    """Write a partial derivative of the table, its limits understood.

    >>> by_the_book("hypot", 0)
    'x/z'
    """
    row = OPERATIONS[operation]
    partial = row.partials[position] or "0"
    if not any(f"{name}(" in partial for name in PLAIN):
        return partial
    return readable(parse(f"input {', '.join(row.arguments)}, z\n{partial}"))


def given(function: str, parameters: Sequence[str], position: int, partial: str) -> str:
    """Quote the derivative of a function by one parameter as the user gave it; a long one is not repeated.

    >>> given("step", ["x"], 0, "exp(-x^2)")
    'd(step(x))/dx = exp(-x^2), as given for step'
    """
    written = f"d({write_assignment(function, parameters)})/d{parameters[position]}"
    return f"{written}{f' = {partial},' if partial else ''} as given for {function}"


def heading(mode: str, of: str) -> str:
    """Give the title of a sweep."""
    if mode == "reverse":
        return f"The reverse sweep for {of}: one line for each value, from the result backwards."
    return f"The forward sweep for {of}: one line for each value, from the inputs on."


def seeded(of: str, value: str, mode: str, combined: bool) -> str:
    """Explain a seed where it stands."""
    if mode == "forward":
        along = f"the inputs move along {of}, and {value} as fast as this" if combined else f"{value} is {of} itself"
        return (
            f"The seed: {along}. The sweep multiplies what it starts from: without a seed there is nothing to pass on."
        )
    if combined:
        return f"A seed: {of} counts {value} this many times. The sweep multiplies what it starts from."
    return (
        f"The seed: {value} is {of} itself, and changes as much as it does. The sweep multiplies what it starts from: "
        "twice the seed would double every line below."
    )


def used(value: str, users: Sequence[str], seeded: bool, always: bool) -> list[str]:
    """Say which parents a value has."""
    notes = []
    parents = list(dict.fromkeys(users))
    if len(parents) > 1:
        notes.append(f"{value} is used by {listed(parents)}, so their contributions add up.")
    elif len(users) > 1:
        notes.append(f"{value} is used {len(users)} times by {parents[0]}, so the contributions add up.")
    elif parents:
        notes.append(f"{value} is used by {parents[0]} alone.")
    if seeded and parents:
        notes.append("It is an output too, so its own seed is added.")
    if not always:
        notes.append("It is computed only where its branch is taken, and its adjoint counts only there.")
    return notes


def passing_nothing(flat: Sequence[str], spent: Sequence[str], idle: Sequence[str], of: str) -> Iterator[str]:
    """Say which other users of a value pass nothing on: flat ones, those before flat ones, and those that end there.

    >>> list(passing_nothing(["w2", "w3"], [], ["w4"], "f"))[0]
    'w2 and w3 use it too, but are flat: their partial derivatives are 0.'
    """
    if flat:
        verb, rule = ("are", "their partial derivatives are") if len(flat) > 1 else ("is", "its partial derivative is")
        yield f"{using(flat)} it too, but {verb} flat: {rule} 0."
    if spent:
        yield f"{using(spent)} it too, but every path from there to {of} leads through {FLAT}."
    if idle:
        yield f"{using(idle)} it too, but no path leads from there to {of}."


def using(names: Sequence[str]) -> str:
    """Say that some values use another."""
    return f"{listed(names)} {'use' if len(names) > 1 else 'uses'}"


def guarded(users: Sequence[str]) -> str:
    """Say why contributions stand behind a condition that no rule has.

    >>> guarded(["w6"])
    'w6 is computed only where its branch is taken: elsewhere its contribution is 0, hence the if around it.'
    """
    if len(users) == 1:
        where = f"{users[0]} is computed only where its branch is taken"
        return f"{where}: elsewhere its contribution is 0, hence the if around it."
    where = f"{listed(users)} are computed only where their branches are taken"
    return f"{where}: elsewhere their contributions are 0, hence the if around each."


def absent(users: Sequence[str]) -> str:
    """Say which contributions are 0 because a branch is not taken at the point."""
    if len(users) == 1:
        return f"At this point {users[0]} is not computed: its contribution is 0."
    return f"At this point {listed(users)} are not computed: their contributions are 0."


def other_branch(user: str) -> str:
    """Say that a conditional does not take the branch that a contribution comes from."""
    return f"At this point {user} takes its other branch: the contribution from there is 0."


def unused(value: str, users: Sequence[str], of: str) -> str:
    """Say why an adjoint is zero where no path leads to the result."""
    return f"No path leads from {value} to {of}." if users else f"Nothing uses {value}, so {of} does not depend on it."


def flattened(value: str, users: Sequence[str]) -> str:
    """Say that an adjoint is zero because the partial derivatives of all users are."""
    rules = "whose partial derivatives are" if len(users) > 1 else "whose partial derivative is"
    return f"{value} is used by {listed(users)}, {rules} 0: nothing is passed on."


def deciding(value: str, conditions: Sequence[str]) -> str:
    """Say that an adjoint is zero because the value only decides which branch is taken."""
    kind = "conditions" if len(conditions) > 1 else "a condition"
    return f"{value} is used by {listed(conditions)}, {kind}: a truth value passes nothing on."


def flat_paths(value: str, of: str) -> str:
    """Say that an adjoint is zero because every path is flat."""
    return f"Every path from {value} to {of} leads through {FLAT}: nothing is passed on."


def unmoved(value: str, of: str, flat: bool) -> str:
    """Say why a tangent is zero."""
    return f"{value} depends on {of} only through {FLAT}." if flat else f"{value} does not depend on {of}."


def taken(condition: str, holds: bool, branch: str) -> str:
    """Say which branch of a conditional was taken."""
    return f"{condition} is {'true' if holds else 'false'}, so {branch} is taken; the other branch is not computed."


def not_computed(value: str) -> str:
    """Say why a value has no number at the point."""
    return f"{value} is not needed at this point: it is not computed."


def passed_over(value: str, of: str, mode: str) -> str:
    """Say why a derivative has no number at the point."""
    if mode == "forward":
        return f"{value} is not needed at this point, and neither is its tangent."
    return f"{value} is not needed at this point: its branch is not taken, {of} does not depend on it here."


def undefined(label: str, origin: str, problem: str) -> str:
    """Say that a derivative has no value at the point, and which step began it.

    >>> undefined("df/dw1", "df/dw1", "is not defined"), undefined("df/dw1", "df/dw2", "overflows")
    ('df/dw1 is not defined at this point.', 'df/dw1 has no value at this point: df/dw2 overflows.')
    """
    return (
        f"{label} {problem} at this point."
        if label == origin
        else f"{label} has no value at this point: {origin} {problem}."
    )


def still(values: Sequence[str], of: str, flat: bool) -> str:
    """Say why operands have no term in a tangent."""
    many = len(values) > 1
    if flat:
        return (
            f"{listed(values)} {'depend' if many else 'depends'} on {of} only through {FLAT}: no term comes from there."
        )
    return f"{listed(values)} {'do' if many else 'does'} not depend on {of}: no term comes from there."


def without(fixed: Sequence[str], conditions: Sequence[str]) -> str:
    """Say which values have no derivative at all."""
    notes = []
    if fixed:
        verb, stay = ("do", "stay") if len(fixed) > 1 else ("does", "stays")
        notes.append(f"{listed(fixed)} {verb} not depend on the inputs chosen, and so {stay} fixed here.")
    if conditions:
        kind = "are conditions" if len(conditions) > 1 else "is a condition"
        notes.append(f"{listed(conditions)} {kind}: a truth value has no derivative.")
    return " ".join(notes)


def row_or_column(mode: str, of: str, seeds: Mapping[str, float], combined: bool) -> str:
    """Say what a sweep computes, in terms of the Jacobian.

    >>> row_or_column("reverse", "s", {"p": 1.0, "q": 2.0}, True)
    'This sweep computes a vector-Jacobian product: 1 times the row of p + 2 times the row of q. Write s = 1*p + 2*q.'
    """
    line = "row" if mode == "reverse" else "column"
    if not combined:
        return f"This sweep computes the {line} of {of} in the Jacobian."
    sums = " + ".join(f"{approximate(weight)} times the {line} of {name}" for name, weight in seeds.items())
    if mode == "reverse":
        written = " + ".join(f"{approximate(weight)}*{name}" for name, weight in seeds.items())
        return f"This sweep computes a vector-Jacobian product: {sums}. Write {of} = {written}."
    moved = ", ".join(f"d{name}/d{of} = {approximate(weight)}" for name, weight in seeds.items())
    return f"This sweep computes a Jacobian-vector product: {sums}. The inputs move along {of}: {moved}."


def ruled(ratio: str, partial: str, rule: str) -> str:
    """Say by which rule a partial derivative is what it is."""
    return f"{ratio} = {partial} by the rule {rule}"


def ended(reason: str) -> str:
    """Say why a derivation ends early."""
    return f"Here the derivation ends: {reason}."


def left_out(mode: str, names: Sequence[str], of: str, flat: bool) -> str:
    """Say which values have a derivative of zero without a line of their own.

    >>> left_out("forward", ["w3"], "x", flat=False)
    'w3 does not depend on x: its tangent is 0.'
    """
    many = len(names) > 1
    verb, kind = ("reach", "adjoint") if mode == "reverse" else ("depend on", "tangent")
    zero = f"their {kind}s are" if many else f"its {kind} is"
    if flat:
        first, _, rest = verb.partition(" ")
        verb = verb if many else f"{first}{'es' if first == 'reach' else 's'} {rest}".rstrip()
        return f"{listed(names)} {verb} {of} only through {FLAT}: {zero} 0."
    return f"{listed(names)} {'do' if many else 'does'} not {verb} {of}: {zero} 0."
