"""Programs with loops, at random, and a reader of what symad prints of them: it runs the notation line by line."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from hypothesis import strategies as st

from symad.errors import EvaluationError
from symad.parse import parse
from symad.printers.infix import Formulas

LIMIT = 1000  # iterations of a `while`
SUM = re.compile(r"\b(sum|product)\((\w+) in ")
ELEMENT = re.compile(r"\b(\w+)\[(\w+)\]")
HEAD = re.compile(r"(?:for (\w+) in (.+)\.\.(.+)|while (.+)) \{")
COMPARISON = re.compile(r" [<>=!]=? | and | or |^not ")
CONDITIONAL = re.compile(r"\bif ")
EVERY = re.compile(r"(.+) for (\w+) in (.+)\.\.(.+)")


# programs


@st.composite
def loop_programs(draw: st.DrawFn, whiles: bool = True) -> str:
    """Make the text of a program: values, loops inside of loops, sums, conditions, functions, carried names."""
    lines = ["input x, y, n", "g(p, q) = { u = p*q; u + sin(u)/4 }"]
    names = ["x", "y"]
    for name in ("a", "b", "c")[: draw(st.integers(1, 3))]:
        lines.append(f"{name} = {expression(draw, names)}")
        names.append(name)
    for _ in range(draw(st.integers(1, 2))):
        lines += block(draw, names, names[2:], 0, whiles)
    if draw(st.booleans()):
        lines.append(f"{names[-1]} = {expression(draw, names)}")
    results = draw(st.lists(st.sampled_from(names[2:]), min_size=1, max_size=3, unique=True))
    return "\n".join([*lines, f"output {', '.join(results)}"])


def block(draw: st.DrawFn, names: Sequence[str], carried: Sequence[str], depth: int, whiles: bool) -> list[str]:
    """Make the lines of a loop that assigns some of the carried names."""
    index = "kji"[depth]
    inner = [*names, index]
    bounds = ("n", "n", "3", "n + 1", *(name for name in names if name in "kj"))
    if whiles and draw(st.integers(0, 4)) == 0:
        inner, head = [*names], f"while {draw(st.sampled_from(carried))}^2 < ({expression(draw, names)}) {{"
    else:
        head = f"for {index} in 1..{draw(st.sampled_from(bounds))} {{"
    lines, used = [], ""
    if draw(st.booleans()):
        lines.append(f"t{depth} = {expression(draw, inner)}")
        inner.append(f"t{depth}")
        used = f" + t{depth}/7"  # what a block makes for nothing leaves no trace in a program
    for name in draw(st.lists(st.sampled_from(carried), min_size=1, max_size=3, unique=True)):
        lines.append(f"{name} = ({expression(draw, inner)}){used}")
    if depth < 2 and draw(st.integers(0, 3)) == 0:
        lines += block(draw, inner, carried, depth + 1, whiles)
    return [head, *("    " + line for line in lines), "}"]


def expression(draw: st.DrawFn, names: Sequence[str]) -> str:
    """Make an expression of what has a value, smooth enough that derivatives exist."""
    x, y, z = (draw(st.sampled_from(names)) for _ in range(3))
    forms = (
        f"{x} + {y}", f"{x} - 0.3*{y}", f"0.5*{x}*{y}", f"sin({x}*{y})", f"({x} + {y})/(1 + {z}^2)", f"0.5*{x} + 1",
        f"{x}", f"if {x} > {y} then 0.5*x else y - 1", f"g({x}, {y})", f"sum(m in 1..3: {x}*m/({y}^2 + m))",
        f"1 - sum(m in 1..2: sin({x}/m))*{y}", f"product(m in 1..2: 1 + {x}/(m + {y}^2))", "sin(x*y)",
        f"{x} + sin(x*y)",
    )  # fmt: skip
    return draw(st.sampled_from(forms))


# the notation


class Notation:
    """Run what is printed: `values` are those of names, `sequences` what went into each iteration by name and index.

    `truths` are the values of conditions that have names.
    """

    def __init__(self, point: Mapping[str, float]) -> None:
        self.values = dict(point)
        self.sequences: dict[str, dict[int, float]] = {}
        self.truths: dict[str, bool] = {}

    def run(self, formulas: Formulas) -> list[float]:
        """Run all rows; give the values of the formulas."""
        lines = [line for row in formulas.rows().items() for line in " = ".join(row).split("\n")]
        self.lines(lines)
        return [self.values[label] for label in formulas]

    def lines(self, lines: Sequence[str]) -> None:
        """Run lines one after the other, loops as a whole."""
        at = 0
        while at < len(lines):
            head = HEAD.fullmatch(lines[at])
            if head is None:
                self.assign(*lines[at].split(" = ", 1))
                at += 1
                continue
            end = lines.index("}", at)
            self.loop(head, [line[4:] for line in lines[at + 1 : end]])
            at = end + 1

    def assign(self, name: str, text: str) -> None:
        """Give a name, an element, or all elements of a sequence a value."""
        every = EVERY.fullmatch(text)
        element = ELEMENT.fullmatch(name)
        if every and element:
            for k in self.indices(every[3], every[4]):
                self.values[every[2]] = k
                self.assign(name, every[1])
        elif element:
            self.sequences.setdefault(element[1], {})[int(self.value(element[2]))] = self.value(text)
        elif COMPARISON.search(text) and not CONDITIONAL.search(text):
            self.truths[name] = bool(self.value(f"if {text} then 1 else 0"))
        else:
            self.values[name] = self.value(text)

    def indices(self, first: str, last: str) -> range:
        """Give the indices of a loop that runs at least once: backwards if the first one is larger."""
        begin, end = int(self.value(first)), int(self.value(last))
        return range(begin, end - 1, -1) if begin > end else range(begin, end + 1)

    def loop(self, head: re.Match[str], body: Sequence[str]) -> None:
        """Run a loop, and keep what goes into each of its iterations."""
        index, first, last, condition = head.groups()
        names = {line.split(" = ", 1)[0] for line in body}
        indices = range(1, LIMIT) if condition else self.indices(first, last)
        for k in indices:
            if condition and not self.value(f"if {condition} then 1 else 0"):
                break
            for name in names & self.values.keys():
                self.sequences.setdefault(name, {})[k] = self.values[name]
            if index:
                self.values[index] = k
            self.lines(body)

    def value(self, text: str) -> float:
        """Evaluate an expression: sums as loops, the rest as the language reads it."""
        while found := SUM.search(text):
            depth, end = 1, found.end()
            while depth:
                depth += {"(": 1, ")": -1}.get(text[end], 0)
                end += 1
            bounds, term = text[found.end() : end - 1].split(": ", 1)
            total = 0.0 if found[1] == "sum" else 1.0
            first, last = bounds.split("..")
            try:
                for k in range(int(self.value(first)), int(self.value(last)) + 1):
                    self.values[found[2]] = k
                    value = self.value(term)
                    total = total + value if found[1] == "sum" else total * value
            except EvaluationError:
                pass  # in a branch that is not taken
            text = f"{text[: found.start()]}({total!r}){text[end:]}"
        text = ELEMENT.sub(lambda m: f"({self.sequences[m[1]][int(self.values[m[2]])]!r})", text)
        for name, truth in self.truths.items():
            text = re.sub(rf"\b{name}\b", "(0 < 1)" if truth else "(1 < 0)", text)
        program = parse(text)
        return float(program(**{name: self.values[name] for name in program.inputs}))
