"""What a derivation says of loops in words: what they hand on, how often they run, what runs backwards.

Names and counts in, plain sentences out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from symad.explain.words import listed

STILL = "Nothing that the loop is given moves at this point: its tangents are 0."


def counting(value: str, loops: Sequence[str]) -> str:
    """Say that an adjoint is zero because the value only says how often a loop runs."""
    verb = "run" if len(loops) > 1 else "runs"
    return f"{value} says how often {listed(loops)} {verb}: a number of times has no derivative."


def carrying(carried: Sequence[str], captured: Sequence[str]) -> Iterator[str]:
    """Say what a loop hands on from one iteration to the next, and what it uses from outside.

    >>> list(carrying(["s"], ["x", "y"]))
    ['s is handed on from each iteration to the next; x and y come from outside, and stay.']
    """
    kept = f"{listed(captured)} {'come' if len(captured) > 1 else 'comes'} from outside" if captured else ""
    if carried:
        verb = "are" if len(carried) > 1 else "is"
        given = f"{listed(carried)} {verb} handed on from each iteration to the next"
        yield f"{given}; {kept}, and {'stay' if len(captured) > 1 else 'stays'}." if kept else f"{given}."
    elif kept:
        yield f"{kept}."


def runs(count: int, over: str) -> str:
    """Say how often a loop runs.

    >>> runs(3, "k = 1 to 3"), runs(0, "k = 1 to 0"), runs(1, "")
    ('It runs 3 times, for k = 1 to 3.', 'It does not run at all.', 'It runs once.')
    """
    if not count:
        return "It does not run at all."
    often = "once" if count == 1 else "twice" if count == 2 else f"{count:,} times"
    return f"It runs {often}{f', for {over}' if over else ''}."


def until(count: int) -> str:
    """Say when a `while` ends."""
    if not count:
        return "Its condition is false at once: it does not run at all."
    return f"{runs(count, '')[:-1]}; then its condition is false."


def going_back(carried: Sequence[str], added: Sequence[str], saved: Mapping[str, str]) -> Iterator[str]:
    """Say what a loop that runs backwards does, and what it needs of the one that ran forwards."""
    yield "The same iterations, the last one first: each is computed again, and passes its adjoints back."
    if carried:
        verb = "are" if len(carried) > 1 else "is"
        yield f"{listed(carried)} {verb} handed back from each iteration to the one before."
    if added:
        verb = "add" if len(added) > 1 else "adds"
        yield f"{listed(added)} {verb} up over the iterations."
    if saved:
        kept = listed([f"{name}, what {of} was when each iteration began" for name, of in saved.items()])
        yield f"Saved by the loop that ran forwards: {kept}."


def going_along(carried: Sequence[str]) -> Iterator[str]:
    """Say what a loop does that carries tangents along."""
    yield "The same iterations once more, each value with its tangent."
    if carried:
        yield f"{listed(carried)} {'are' if len(carried) > 1 else 'is'} handed on from each iteration to the next."


def handed(value: str, mode: str) -> str:
    """Explain where a loop's derivatives begin in an iteration."""
    if mode == "forward":
        return f"The tangent with which {value} comes into the iteration."
    return f"What {value} hands on comes back as this adjoint, from the next iteration or, in the last, from outside."


def left_out_of_loop(count: int) -> str:
    """Say how many iterations are not shown.

    >>> left_out_of_loop(997), left_out_of_loop(1)
    ('… 997 more iterations …', '… 1 more iteration …')
    """
    return f"… {count:,} more iteration{'s' if count > 1 else ''} …"
