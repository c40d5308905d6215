"""The arguments of the command line: words in, a command with its formula and options out; and the help text.

A formula may begin with a minus sign, so only `-h`, `-o` and words such as `--wrt` are options; after `--` nothing is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from symad.errors import SymadError, closest


class Command(NamedTuple):
    """Hold what a command is for, which options it takes, and examples."""

    purpose: str
    options: tuple[str, ...]
    examples: tuple[str, ...]


# fmt: off
OPTIONS = {  # option: what follows it, what it does
    "--wrt":         ("x,y",     "differentiate by these inputs only, in this order"),
    "--at":          ("x=2,y=3", "evaluate too, at this point; pi/2 and 1/3 are numbers"),
    "--assignments": ("",        "print the elementary assignments and the adjoints"),
    "--latex":       ("",        "print LaTeX"),
    "--json":        ("",        "print JSON"),
    "--mode":        ("reverse", "reverse (from the results back) or forward (dual numbers)"),
    "--seed":        ("f=1,g=0", "one sweep for a combination of outputs; of inputs in forward mode"),
    "--of":          ("hessian", "the matrix: jacobian, or hessian of one output"),
    "--around":      ("w3",      "draw only the part around a value: w3, or its name in the formula"),
    "--format":      ("NAME",    "the form to write, where the ending of the file does not say it"),
    "--target":      ("python",  "the language to write"),
    "--derivatives": ("KINDS",   "what to write, of value,gradient,jacobian,hessian,hvp,jvp,vjp"),
    "--signature":   ("vector",  "f(x) of a sequence; scalars is f(x1, x2)"),
    "--matrices":    ("csr",     "dense, coo, csr or scipy: lists of rows, of values, or sparse arrays"),
    "--method":      ("NAME",    "derive by this method; cheapest counts them all"),
    "--no-algebra":  ("",        "leave the operations as they come"),
    "--unroll":      ("",        "write out loops of at most 64 iterations where that saves operations"),
    "--checkpoint":  ("",        "keep 100 states of a loop for the way back, and compute the others again"),
    "--explain-cost":("",        "print what each method costs, and write nothing"),
    "--output":      ("FILE",    "write to a file, whole or not at all"),
    "--check":       ("",        "write nothing; exit 1 if the file is not up to date"),
    "--kinks":       ("",        "list where it is not smooth, and which derivatives are used there"),
    "--help":        ("",        "print this help"),
    "--version":     ("",        "print the version"),
}
SHORT = {"-h": "--help", "-o": "--output"}
COMMANDS = {
    "diff": Command(
        "Print the value and every partial derivative of a formula.",
        ("--wrt", "--at", "--unroll", "--assignments", "--latex", "--json"),
        (
            "symad diff 'a*exp(-b*t)' --wrt a,b",
            "symad diff rates.symad --at x=2,y=1/3",
            "echo 'sin(x)^2' | symad diff - --json",
        ),
    ),
    "explain": Command(
        "Work out the derivatives step by step, the chain rule line by line; as text, markdown, html or json.",
        ("--at", "--wrt", "--mode", "--seed", "--format", "--output"),
        (
            "symad explain 'x1*x2 + sin(x1)' --at x1=2,x2=3",
            "symad explain 'p = x*y; q = sin(p); output p, q' --seed p=1,q=2",
            "symad explain loss.symad --at a=1,x=2,b=3 -o loss.html",
        ),
    ),
    "graph": Command(
        "Draw the values with their derivatives, the partial derivatives on the edges; as svg, dot or mermaid.",
        ("--at", "--wrt", "--mode", "--seed", "--around", "--format", "--output"),
        (
            "symad graph 'x1*x2 + sin(x1)' --at x1=2,x2=3 -o graph.svg",
            "symad graph 'p = x*y; q = sin(p); output p, q' --seed q=1 --format dot",
            "symad graph loss.symad --around w4 -o graph.mmd",
        ),
    ),
    "sparsity": Command(
        "Draw which derivatives are not zero, and count products that give all; as text, svg or json.",
        ("--of", "--wrt", "--format", "--output"),
        (
            "symad sparsity 'p = x*y; q = sin(y); output p, q'",
            "symad sparsity 'x1^2*x2 + x3' --of hessian",
            "symad sparsity loss.symad --of hessian -o loss.svg",
        ),
    ),
    "generate": Command(
        "Write the source of a module that computes a formula and its derivatives.",
        ("--derivatives", "--wrt", "--signature", "--matrices", "--method", "--no-algebra", "--unroll", "--checkpoint",
         "--explain-cost", "--target", "--output", "--check"),
        (
            "symad generate 'x*exp(-x)'",
            "symad generate loss.symad -o loss.py",
            "symad generate loss.symad -o loss.py --check",
            "symad generate loss.symad --derivatives value,gradient,hessian --signature vector",
            "symad generate loss.symad --derivatives gradient,hessian --explain-cost",
        ),
    ),
    "check": Command(
        "Compare each derivative with SymPy's and with 50 digits; exit 1 on a disagreement.",
        ("--wrt", "--kinks", "--json"),
        ("symad check 'x*log(x)'", "symad check loss.symad --wrt a,b", "symad check 'abs(x - 1)' --kinks"),
    ),
    "compare": Command(
        "Compute the derivatives at a point in six ways: their errors, against 50 digits, and what they cost.",
        ("--at", "--wrt", "--json"),
        ("symad compare 'x1*x2 + sin(x1)' --at x1=2,x2=3", "symad compare loss.symad --at a=1,x=2,b=1/3 --wrt b"),
    ),
}
# fmt: on
DEFAULT = "diff"  # the command that need not be written
ONE_FORM = ("--assignments", "--latex", "--json")  # at most one of these

HELP = """\
symad: a formula in, its derivative out.

  symad FORMULA             its value and every partial derivative, a line each
  symad diff FORMULA        the same; --wrt x,y chooses, --at x=2,y=3 evaluates,
                            --assignments, --latex or --json choose the form
  symad explain FORMULA     the derivation step by step; -o FILE.html: a page
  symad graph FORMULA       a picture of it; -o FILE.svg, FILE.dot or FILE.mmd
  symad sparsity FORMULA    which derivatives are not zero; --of hessian
  symad generate FORMULA    a Python module with value and derivatives; -o FILE
                            writes it, --check exits 1 if it is out of date
  symad check FORMULA       compare with SymPy, and with 50 digits
  symad compare FORMULA     six ways to the gradient; --at x=2,y=3 the point
  symad COMMAND --help      the options of a command
  symad --version

FORMULA is a formula, the name of a file with one, or - for standard input.

examples:
  symad 'x1*x2 + sin(x1)'
  symad diff 'a*exp(-b*t)' --wrt a,b --at a=2,b=1/3,t=0.5
  symad generate 'sqrt(x^2 + y^2)' -o distance.py
"""


class UsageError(SymadError):
    """Report arguments that make no command."""


@dataclass(frozen=True, slots=True)
class Arguments:
    """Hold a command, its formula, and the values of each option, empty ones for an option that takes none."""

    command: str
    formula: str = ""
    options: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def has(self, option: str) -> bool:
        """Tell whether an option is given."""
        return option in self.options

    def value(self, option: str, default: str = "") -> str:
        """Give the last value of an option."""
        return self.options[option][-1] if option in self.options else default


def read_arguments(words: Sequence[str]) -> Arguments:
    """Read the words of a command line.

    >>> read_arguments(["-x^2", "--at", "x=3"])
    Arguments(command='diff', formula='-x^2', options={'--at': ['x=3']})
    """
    named = bool(words) and words[0] in COMMANDS
    command = words[0] if named else DEFAULT
    options: dict[str, list[str]] = {}
    formulas: list[str] = []
    rest = iter(words[named:])
    for word in rest:
        if word == "--":
            formulas += rest
        elif word in SHORT or re.fullmatch(r"--[a-z][a-z-]*(=.*)?", word, re.DOTALL):
            name, equals, value = SHORT.get(word, word).partition("=")
            options.setdefault(name, []).append(option_value(command, name, value if equals else None, rest))
        else:
            formulas.append(word)
    if "--version" in options:
        return Arguments(command, options=options)
    if "--help" in options or "help" in words[:1]:
        about = next((word for word in words if word in COMMANDS), "")
        return Arguments(about, options={"--help": [""]})
    return Arguments(command, one_formula(formulas, named), one_form(options))


def option_value(command: str, name: str, value: str | None, rest: Iterator[str]) -> str:
    """Check an option and give its value, which may be the next word."""
    known = (*COMMANDS[command].options, "--help", "--version")
    if name not in known:
        owner = next((c for c, row in COMMANDS.items() if name in row.options), None)
        near = closest(name, known)
        hint = f"symad {owner} has it" if owner else f"did you mean {near}?" if near else f"symad {command} --help"
        raise UsageError(f"symad {command} has no option {name}", hint=hint)
    metavariable = OPTIONS[name][0]
    if not metavariable:
        if value is not None:
            raise UsageError(f"{name} takes no value")
        return ""
    value = next(rest, None) if value is None else value
    if value is None or not value.strip():
        raise UsageError(f"{name} needs a value", hint=f"{name} {metavariable}")
    return value


def one_formula(formulas: Sequence[str], named: bool) -> str:
    """Insist on one formula."""
    if not formulas:
        raise UsageError("there is no formula", hint="for example symad 'x1*x2 + sin(x1)'; symad --help says more")
    if len(formulas) > 1:
        near = None if named else closest(formulas[0], COMMANDS)
        whole = f"put it in quotes: symad '{' '.join(formulas)[:60]}'"
        split = any(word in ("+", "-", "*", "/", "^", "=") for word in formulas)
        hint = f"did you mean symad {near}?" if near else whole if split else "a formula with spaces stands in quotes"
        raise UsageError(f"there are {len(formulas)} formulas where one is expected", hint=hint)
    return formulas[0]


def one_form(options: dict[str, list[str]]) -> dict[str, list[str]]:
    """Insist on one form of output, and on a file for --check; costs are no module to keep in a file."""
    forms = [name for name in ONE_FORM if name in options]
    if len(forms) > 1:
        raise UsageError(f"{forms[0]} and {forms[1]} exclude each other")
    for name in ("--output", "--check"):
        if "--explain-cost" in options and name in options:
            raise UsageError(f"--explain-cost and {name} exclude each other")
    if "--check" in options and "--output" not in options:
        raise UsageError("--check needs the file to compare with", hint="-o FILE --check")
    return options


def command_help(command: str) -> str:
    """Write the help of one command."""
    row = COMMANDS[command]
    short = {name: f"{letter}, " for letter, name in SHORT.items()}
    heads = {name: f"{short.get(name, '')}{name} {OPTIONS[name][0]}".rstrip() for name in (*row.options, "--help")}
    width = max(map(len, heads.values()))
    lines = [f"symad {command} FORMULA", "", row.purpose, ""]
    lines += ["FORMULA is a formula, the name of a file with one, or - for standard input.", ""]
    lines += [f"  {head:<{width}}  {OPTIONS[name][1]}" for name, head in heads.items()]
    return "\n".join([*lines, "", "examples:", *[f"  {example}" for example in row.examples]]) + "\n"
