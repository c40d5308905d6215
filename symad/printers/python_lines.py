"""Statements with the conditions under which they stand in, lines of Python out: blocks inside each other."""

from __future__ import annotations

from collections.abc import Sequence

from symad.needs import opposite
from symad.printers.emitter import Shape, Statement, joined
from symad.printers.python_names import WIDTH, filled, indented
from symad.printers.python_rules import AND
from symad.program import Assignment

LINE = 112  # characters of a statement, without the indentation of its function


def lines(statements: Sequence[Statement], assignments: Sequence[Assignment], memo: str) -> list[str]:
    """Write statements, those of one block together; what is computed when asked for is a function."""
    found: list[str] = []
    blocks: list[tuple[int, ...]] = [() if s.asked else tuple([q.condition for q in s.block]) for s in statements]
    opened: list[tuple[int, bool]] = []  # blocks inside each other: how many conditions the last has, whether it turns
    inside: tuple[int, ...] = ()
    for place, (questions, name, text, asked, loop) in enumerate(statements):
        block = blocks[place]
        common = 0
        while common < min(len(block), len(inside)) and block[common] == inside[common]:
            common += 1
        closed = [level for level in opened if level[0] > common]
        opened = opened[: len(opened) - len(closed)]
        begun = opened[-1][0] if opened else 0
        turns = closed[:1] == [(begun + 1, False)] and len(block) > begun
        turns = turns and opposite(assignments, block[begun], inside[begun])
        while begun < len(block):
            end = begun + 1 if turns else together(blocks, place, begun)
            asking = " and ".join(q.text if q.level >= AND else f"({q.text})" for q in questions[begun:end])
            asking = questions[begun].text if end == begun + 1 else asking
            margin = "    " * len(opened)
            found += [margin + line for line in (["else:"] if turns else broken("if ", asking, ":"))]
            opened.append((end, turns))
            begun, turns = end, False
        inside = block
        margin = "    " * len(opened)
        if asked:
            found += asked_lines(name, joined(text), loop, memo)
        else:
            found += [f"{margin}{line}" if line else "" for line in loop or broken(f"{name} = ", joined(text), "")]
    return found


def broken(begin: str, text: str, end: str) -> list[str]:
    """Write an expression between two texts, in parentheses and several lines where it is long."""
    if len(begin) + len(text) + len(end) <= LINE:
        return [f"{begin}{text}{end}"]
    return [f"{begin}(", *indented(filled(text.split(" "), WIDTH - 8)), f"){end}"]


def asked_lines(name: str, text: str, loop: Sequence[str], memo: str) -> list[str]:
    """Write what is computed when it is asked for, once: a function that remembers; a loop's gives its results."""
    if loop:
        return ["@cache", f"def {name}() -> tuple[float, ...]:", *indented(loop)]
    return [
        f"def {name}() -> float:",
        f'    if "{name}" not in {memo}:',
        f'        {memo}["{name}"] = {text}',
        f'    return {memo}["{name}"]',
    ]


def together(blocks: Sequence[tuple[int, ...]], place: int, begun: int) -> int:
    """Give how many conditions of a block to ask at once: those between which nothing stands."""
    block = blocks[place]
    end = len(block)
    while place < len(blocks) and blocks[place][: begun + 1] == block[: begun + 1] and end > begun + 1:
        end = next((k for k in range(begun, end) if blocks[place][k : k + 1] != block[k : k + 1]), end)
        place += 1
    return end


def count_conditions(blocks: Sequence[Sequence[int] | None], found: Sequence[Shape | None], uses: list[int]) -> None:
    """Count a condition of values that get a name as one use more."""
    wanted = {c for v, used in enumerate(uses) if used > 1 and found[v] is not None for c in blocks[v] or ()}
    stack = sorted(wanted)
    while stack:
        value = stack.pop()
        shape = found[value]
        if uses[value]:
            uses[value] += 1
        elif shape is not None:
            uses[value] = int(blocks[value] is not None)
            stack += [v for v in shape[1] if v not in wanted]
            wanted.update(shape[1])
