"""The corpora of real formulas: read, differentiate and compare every case.

`python -m tests.corpora [names…]` prints a table. What is compared, at every point of a case, strictly relative to the
reference:

- value    the formula's own value, as it was written. Where it is off by more than 1e-13, doubles do not carry the
           formula at that point: the double gradient is not asked for, the derivative must be right to many digits.
- gradient each component within 1e-12, and the simplified value beside it too. A reference of exactly 0 wants exactly
           0, or at most 1e-12 of the gradient's largest component there: a sum that is zero only in exact arithmetic
           leaves a residue, and there is nothing else to measure it by. These are counted ("zero").
- answer   what the corpus prints as the derivative (the integrand, the textbook's answer, the published rule) is read
           too; where its own value is accurate (1e-13), the derivative agrees with it within 1e-12.

Every disagreement is judged with 150 digits (tests/high_precision.py); the truth is the formula's difference quotient.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from math import inf, isnan
from pathlib import Path
from typing import Any

import symad
from tests import high_precision
from tests.python_loops import converted

FOLDER = Path(__file__).resolve().parents[2] / "shared" / "corpora"
NAMES = ("feynman", "fpbench", "ratelaws", "optimisation", "ampl", "antiderivatives", "textbook", "peers", "rules")
OWN = 1e-13  # a formula's own value is accurate
AGREES = 1e-12  # two derivatives agree
EXACTLY = 1e-30  # two derivatives agree to many digits
SHARE = 4.0  # times the formula's own rounding may a derivative be off: it takes up to four times the operations
SLOW = 1.0  # seconds to read, differentiate and compile a case

# What the published rules are written with and the language does not have, in its own terms.
CONDITIONAL = ("ifelse(", "where(")
DEFINITION = "trunc(x) = sign(x)*floor(abs(x))\n"

# What can become of a number; those of DEFECTS fail the sweep.
# fmt: off
VERDICTS = {
    "agrees":           "within 1e-12 of the reference",
    "zero":             "the reference is 0; at most 1e-12 of the gradient's largest component was found",
    "value off":        "the formula's own value is not accurate in doubles; the derivative is right to many digits",
    "ill-conditioned":  "right to many digits; the double is off by what the formula's own rounding explains",
    "wrong reference":  "right to many digits; the reference is not",
    "decimals":         "the reference takes decimals for what is written, symad for doubles; here that is magnified",
    "answer agrees":    "the derivative and the printed answer are within 1e-12",
    "answer off":       "the printed answer is not accurate in doubles; to many digits it is the reference",
    "digits lost":      "right to many digits; the double is off further than the formula's own rounding explains",
    "value lost":       "the formula as written gives the value, the derived program does not",
    "wrong derivative": "not the difference quotient of the formula",
    "misread":          "the value of the formula, or of the printed answer, is another one",
    "answer differs":   "the derivative and the printed answer are not within 1e-12",
    "slow":             "more than a second to read, differentiate and compile",
    "fails":            "an exception",
}
# fmt: on
DEFECTS = frozenset({"digits lost", "value lost", "wrong derivative", "misread", "answer differs", "slow", "fails"})
QUIET = frozenset({"agrees", "answer agrees", "answer off"})
FAILURES: tuple[type[Exception], ...] = (
    symad.SymadError, ArithmeticError, AssertionError, AttributeError, LookupError, MemoryError, RecursionError,
    SyntaxError, TypeError, ValueError,
)  # fmt: skip


@dataclass(frozen=True)
class Point:
    """A point, the formula's value there and the derivatives by the case's variables."""

    at: tuple[float, ...]
    value: float
    gradient: tuple[float, ...]


@dataclass(frozen=True)
class Case:
    """A formula of a corpus; `answers` are the derivatives as the corpus prints them."""

    name: str
    kind: str
    inputs: tuple[str, ...]
    text: str
    wrt: tuple[str, ...]
    points: tuple[Point, ...]
    order: int = 1
    answers: tuple[str, ...] = ()

    def read(self, text: str) -> symad.Program:
        """Parse a text with the case's inputs declared, which allows names such as e."""
        return symad.parse(f"input {', '.join(self.inputs)}\n{text}" if self.inputs else text)


@dataclass(frozen=True)
class Finding:
    """What became of one number: where, what was found and what was wanted."""

    case: str
    what: str
    verdict: str
    got: float | str = 0.0
    wanted: float = 0.0
    truth: float | None = None
    error: float = 0.0  # of what was found, relative to the truth

    def __str__(self) -> str:
        line = f"{self.verdict}: {self.case}, {self.what}: got {self.got!r}, wanted {self.wanted!r}"
        return f"{line}, truth {self.truth!r}, error {self.error:.2g}" if self.truth is not None else line


@dataclass
class Report:
    """The findings of a corpus."""

    corpus: str
    cases: int = 0
    points: int = 0
    verdicts: Counter[str] = field(default_factory=Counter)
    findings: list[Finding] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def defects(self) -> list[Finding]:
        return [f for f in self.findings if f.verdict in DEFECTS]


def read(corpus: str) -> list[Case]:
    """Read a corpus."""
    with (FOLDER / f"{corpus}.jsonl").open(encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    return [case(row) for row in rows]


def case(row: dict[str, Any]) -> Case:
    """Bring the fields of the corpora to one form."""
    points = row["points"]
    kind = row.get("kind", "plain")
    text = row.get("text") or row.get("expr") or row["antiderivative"]
    inputs = tuple(row.get("inputs") or row.get("vars") or row.get("arguments") or ())
    if isinstance(points[0]["at"], dict):  # some formulas mention what their list of inputs leaves out
        inputs += tuple(name for name in points[0]["at"] if name not in inputs)
    by = row.get("var") or row.get("variable")
    answers = row.get("derivatives") or [row.get("integrand") or row.get("derivative")]
    return Case(
        name=row["id"],
        kind=kind,
        inputs=inputs,
        text=converted(text) if kind == "loop" else text,
        wrt=(by,) if by else inputs,
        points=tuple(point(p, inputs) for p in points),
        order=row.get("order", 1),
        answers=tuple(answers) if answers[0] else (),
    )


def point(p: dict[str, Any], inputs: Sequence[str]) -> Point:
    """Bring the two forms of a point to one."""
    at = p["at"] if isinstance(p["at"], list) else [p["at"][name] for name in inputs]
    gradient = [p["derivative"]] if "derivative" in p else p["gradient"]
    if isinstance(gradient, dict):
        gradient = [gradient[name] for name in inputs]
    return Point(tuple(map(float, at)), float(p["value"]), tuple(map(float, gradient)))


def relative(got: Any, wanted: Any) -> float:
    """Give the relative error, strictly: infinite for a zero that was not met, and for nan."""
    if got is None or wanted is None or isnan(got):
        return inf
    if got == wanted:
        return 0.0
    return float(abs(got - wanted) / abs(wanted)) if wanted else inf


@dataclass(frozen=True)
class Derived:
    """A case, its program and its derivatives: the value first, then a result for each variable."""

    case: Case
    program: symad.Program
    derivatives: symad.Program
    answers: tuple[symad.Program, ...]
    run: Callable[..., Any]
    seconds: float  # to read, differentiate and compile it

    @classmethod
    def of(cls, case: Case) -> Derived:
        """Read a case, differentiate it as often as it asks for and compile the result."""
        began = time.process_time()
        program = case.read(case.text)
        derivatives = derive(program, case)
        run = symad.compile(derivatives, backend="python")
        seconds = time.process_time() - began
        answers = tuple(case.read(DEFINITION + text.replace(*CONDITIONAL)) for text in case.answers)
        return cls(case, program, derivatives, answers, run, seconds)

    def exact(self, at: Sequence[float]) -> list[Any]:
        """Evaluate the derivatives to many digits, those of the formula with exact constants."""
        derivatives = derive(high_precision.with_exact_constants(self.program), self.case)
        return high_precision.results(derivatives, at)[1:]


def derive(program: symad.Program, case: Case) -> symad.Program:
    """Differentiate as often as a case asks for, the last time with the value."""
    for _ in range(case.order - 1):
        program = symad.gradient(program, wrt=case.wrt)
    return symad.value_and_gradient(program, wrt=case.wrt or None)


def examine(derived: Derived, p: Point) -> Iterator[Finding]:
    """Compare everything at one point."""
    case = derived.case
    own = derived.program(*p.at)
    found = derived.run(*p.at) if case.wrt else [derived.run(*p.at)]
    accurate = relative(own, p.value) <= OWN
    if not accurate:
        yield from judge_value(derived, p, own)
    elif case.order == 1 and relative(found[0], p.value) > AGREES:
        yield Finding(case.name, "value", "value lost", found[0], p.value)
    largest = max(map(abs, p.gradient), default=0.0)
    exact: list[Any] = []
    for k, (got, wanted) in enumerate(zip(found[1:], p.gradient, strict=True)):
        if accurate and relative(got, wanted) <= AGREES:
            yield Finding(case.name, case.wrt[k], "agrees", got, wanted)
            if case.answers:
                yield compare_answer(derived, p, k, got)
        elif accurate and wanted == 0 and abs(got) <= AGREES * largest:
            yield Finding(case.name, case.wrt[k], "zero", got, wanted)
        else:
            exact = exact or derived.exact(p.at)
            yield judge(derived, p, k, got, exact[k], accurate)


def judge_value(derived: Derived, p: Point, own: float) -> Iterator[Finding]:
    """Compare the value to many digits, where the double is off."""
    [exact] = high_precision.results(derived.program, p.at)
    if exact is None or abs(exact - p.value) > OWN * abs(exact):
        written, at = high_precision.as_written(derived.program, p.at)
        values = [high_precision.results(written, point)[0] for point in (at, p.at)]
        verdict = "decimals" if any(relative(p.value, value) <= OWN for value in values) else "misread"
        yield Finding(derived.case.name, "value", verdict, own, p.value, as_float(exact), relative(own, exact))


def judge(derived: Derived, p: Point, k: int, got: float, exact: Any, accurate: bool) -> Finding:
    """Say what a disagreement is: the truth is the formula's difference quotient."""
    case, program, wanted = derived.case, derived.program, p.gradient[k]
    place = case.inputs.index(case.wrt[k])
    truth, uncertainty = high_precision.slope(program, p.at, place, case.order)
    error = relative(got, truth)
    if exact is None or truth is None or abs(exact - truth) > EXACTLY * abs(truth) + uncertainty:
        verdict = "wrong derivative"
    elif abs(wanted - truth) > AGREES * abs(truth) + uncertainty and error <= AGREES:
        written, _ = high_precision.slope(*high_precision.as_written(program, p.at), place, case.order)
        verdict = "decimals" if relative(wanted, written) <= AGREES else "wrong reference"
    elif not accurate:
        verdict = "value off"
    else:
        own = high_precision.own_rounding(program, p.at, place, case.order, error / SHARE)
        verdict = "ill-conditioned" if error <= SHARE * own else "digits lost"
    return Finding(case.name, case.wrt[k], verdict, got, wanted, as_float(truth), error)


def compare_answer(derived: Derived, p: Point, k: int, got: float) -> Finding:
    """Compare a derivative with the answer that the corpus prints, where the answer's own value is accurate."""
    case, answer, wanted = derived.case, derived.answers[k], p.gradient[k]
    what = f"answer {case.wrt[k]}"
    value = answer(*p.at)
    if relative(value, wanted) <= OWN:
        verdict = "answer agrees" if relative(got, value) <= AGREES else "answer differs"
        return Finding(case.name, what, verdict, got, value)
    [exact] = high_precision.results(answer, p.at)
    known = exact is not None and abs(exact - wanted) <= OWN * abs(exact)
    return Finding(case.name, what, "answer off" if known else "misread", value, wanted, as_float(exact))


def as_float(value: Any) -> float | None:
    return None if value is None else float(value)


def sweep(corpus: str, cases: Sequence[Case]) -> Report:
    """Read, differentiate and compare some cases of a corpus."""
    report = Report(corpus)
    began = time.perf_counter()
    for one in cases:
        findings = list(attempt(one))
        report.cases += 1
        report.points += len(one.points)
        report.verdicts.update(f.verdict for f in findings)
        report.findings += [f for f in findings if f.verdict not in QUIET]
    report.seconds = time.perf_counter() - began
    return report


def attempt(one: Case) -> Iterator[Finding]:
    """Examine a case at all its points; whatever is raised is a finding."""
    try:
        derived = Derived.of(one)
        if derived.seconds > SLOW:
            yield Finding(one.name, "read, differentiate and compile", "slow", derived.seconds, SLOW)
        for p in one.points:
            yield from examine(derived, p)
    except FAILURES as error:
        yield Finding(one.name, one.kind, "fails", f"{type(error).__name__}: {error}")


@dataclass(frozen=True)
class Length:
    """A derivative as symad prints it and as the textbook does, both without spaces and with `^` for powers."""

    case: Case
    ours: str
    theirs: str

    @property
    def longer(self) -> bool:
        return len(self.ours) > len(self.theirs)


def lengths(cases: Sequence[Case]) -> list[Length]:
    """Print each derivative beside the textbook's answer; a shared temporary counts with what it stands for."""
    found = []
    for one in cases:
        printed = symad.formulas(symad.gradient(one.read(one.text), wrt=one.wrt))
        ours = "".join([*(f"{name}={text};" for name, text in printed.temporaries.items()), *printed.values()])
        found.append(Length(one, written(ours), written(one.answers[0])))
    return found


def written(text: str) -> str:
    """Bring two notations to one.

    >>> written("3 * x ** 2")
    '3*x^2'
    """
    return "".join(text.replace("**", "^").split())


def selections(names: Sequence[str]) -> Iterator[tuple[str, list[Case]]]:
    """Give each corpus as a selection of its own, its formulas with conditions apart."""
    for name in names:
        cases = read(name)
        for kind in dict.fromkeys(one.kind for one in cases):
            yield (name if kind == "plain" else f"{name}, {kind}"), [one for one in cases if one.kind == kind]


def table(reports: Sequence[Report]) -> str:
    """Set the counts of the reports as a table, verdicts across."""
    columns = [v for v in VERDICTS if any(r.verdicts[v] for r in reports)]
    rows = [["corpus", "cases", "points", *columns, "seconds"]]
    for r in reports:
        rows.append([r.corpus, str(r.cases), str(r.points), *(str(r.verdicts[v]) for v in columns), f"{r.seconds:.1f}"])
    widths = [max(len(row[k]) for row in rows) for k in range(len(rows[0]))]
    name, *numbers = widths
    return "\n".join("  ".join([row[0].ljust(name), *map(str.rjust, row[1:], numbers)]) for row in rows)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.corpora", description="Compare real formulas.")
    parser.add_argument("names", nargs="*", default=[*NAMES], help=f"of {', '.join(NAMES)}")
    parser.add_argument("--textbook", action="store_true", help="list what is longer than the textbook's")
    parser.add_argument("--all", action="store_true", help="list all that is not an agreement")
    chosen = parser.parse_args()
    reports = []
    for name, cases in selections(chosen.names):
        reports.append(sweep(name, cases))
        print(f"{name}: {reports[-1].seconds:.1f} s", file=sys.stderr, flush=True)
    print(table(reports))
    for report in reports:
        for finding in report.findings if chosen.all else report.defects:
            print(f"{report.corpus}: {finding}")
    if "textbook" in chosen.names:
        compared = lengths(read("textbook"))
        longer = [one for one in compared if one.longer]
        print(f"textbook: {len(compared) - len(longer)} of {len(compared)} derivatives are no longer than the answer")
        for one in longer if chosen.textbook else []:
            print(f"{one.case.name}: {one.case.text}\n    symad     {len(one.ours):3} {one.ours}")
            print(f"    textbook  {len(one.theirs):3} {one.theirs}")
    return 1 if any(report.defects for report in reports) else 0


if __name__ == "__main__":
    raise SystemExit(main())
