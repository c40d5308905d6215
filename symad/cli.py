"""The command line: words in, text on standard output or in a file out.

Only this module prints or exits. A command is a function from its arguments to an exit code: 0, or 1 where a check
fails. What the user can mend ends with exit code 2 and a message on standard error.
"""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Mapping, Sequence
from typing import IO, TYPE_CHECKING

from symad import documents
from symad.arguments import HELP, Arguments, command_help, read_arguments
from symad.errors import SymadError, closest
from symad.files import FileError, Source, decoded, read_bytes, read_source, write_whole
from symad.program import Program, counted

if TYPE_CHECKING:
    from symad.explain import Explanation

DISAGREES, MENDABLE, INTERRUPTED, CLOSED = 1, 2, 130, 141  # exit codes; the last two are the shell's for signals
STATES = 100  # of a loop that `--checkpoint` keeps: enough for a million iterations, each computed four times
LABEL, MARKS, PLAIN = "\033[36m", "\033[31m", "\033[0m"  # cyan, red


def main(words: Sequence[str] | None = None) -> int:
    """Run a command line and give its exit code."""
    try:
        return run(read_arguments(sys.argv[1:] if words is None else words))
    except SymadError as error:
        report(error)
        return MENDABLE
    except BrokenPipeError:  # the reader of a pipe has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        return CLOSED
    except KeyboardInterrupt:
        return INTERRUPTED


def run(arguments: Arguments) -> int:
    """Run one command."""
    if arguments.has("--version"):
        from symad import __version__

        return emit(f"symad {__version__}\n")
    if arguments.has("--help"):
        return emit(command_help(arguments.command) if arguments.command else HELP)
    source = read_source(arguments.formula)
    program = read_program(source)
    if arguments.has("--unroll"):
        from symad.unrolling import unroll

        program = unroll(program)
    commands = {
        "diff": diff,
        "explain": explain,
        "graph": graph,
        "sparsity": sparsity,
        "generate": generate,
        "check": check,
        "compare": compare,
    }
    return commands[arguments.command](arguments, program, source)


def read_program(source: Source) -> Program:
    """Read a formula; an error in a file names the file."""
    from symad.parse import parse

    try:
        return parse(source.text)
    except SymadError as error:
        if source.file:
            error.reason = f"{source.file}: {error.reason}"
        raise


# diff


def diff(arguments: Arguments, program: Program, _: Source) -> int:
    """Print the value's formula and the derivatives, in one of four forms."""
    from symad.derivatives.gradient import all_partials

    wrt = inputs_named(arguments.value("--wrt")) if arguments.has("--wrt") else None
    derived = all_partials(program, wrt)
    point: dict[str, float] = {}
    found: dict[str, float] = {}
    if arguments.has("--at"):
        from symad.points import read_point, values_at

        point = read_point(arguments.options["--at"])
        found = values_at(program, derived, point)
    if arguments.has("--json"):
        return emit(documents.as_json(program, derived, point, found))
    if arguments.has("--latex"):
        emit(as_latex(derived))
    elif arguments.has("--assignments"):
        emit(as_assignments(program, wrt))
    else:
        from symad.printers.infix import formulas

        emit(table(formulas(derived).rows(program.inputs)))
    if found:
        comment = "% " if arguments.has("--latex") else ""
        where = ", ".join(f"{name} = {value}" for name, value in point.items())
        numbers = table({label: repr(value) for label, value in found.items()})
        emit(f"\n{comment}at {where}\n" if where else "\n")
        emit("".join(f"{comment}{line}\n" for line in numbers.splitlines()))
    return 0


def inputs_named(text: str) -> list[str]:
    """Read names separated by commas."""
    from symad.lalr import identifier

    return [identifier(name.strip()) for name in text.split(",")]


def table(rows: Mapping[str, str], width: int = 0) -> str:
    """Write rows with their equals signs aligned; those in a loop stand as they are."""
    lines = [line for label, text in rows.items() for line in f"{label} = {text}".split("\n")]
    parts = [("", line) if line.startswith((" ", "for ", "while ", "}")) else line.split(" = ", 1) for line in lines]
    width = max(width, max((len(label) for label, _ in parts), default=0))
    before, after = (LABEL, PLAIN) if coloured(sys.stdout) else ("", "")
    return "".join(f"{before}{label:<{width}}{after} = {text}\n" if label else f"{text}\n" for label, text in parts)


def as_latex(derived: Program) -> str:
    """Write the derivatives in LaTeX."""
    from symad.printers.latex import latex

    return latex(derived) + "\n"


def as_assignments(program: Program, wrt: Sequence[str] | None) -> str:
    """Write the elementary assignments, then for each output those of its adjoints."""
    from symad.derivatives.listing import listing
    from symad.derivatives.source import assignments, value_letter
    from symad.explain.display import rows

    letters = (value_letter(program),)
    blocks = [dict(assignments(program)), *(rows(adjoints, letters) for adjoints in listing(program, wrt))]
    width = max(len(label) for block in blocks for label in block)
    return "\n".join([steps(block, width) for block in blocks])


def steps(rows: Mapping[str, str], width: int) -> str:
    """Write rows with their equals signs aligned; what has several lines goes on behind its sign."""
    below = "\n" + " " * (width + 3)
    return table({label: text.replace("\n", below) for label, text in rows.items()}, width)


# explain

FORMS = {"text": ("txt",), "markdown": ("md",), "html": ("html", "htm"), "json": ("json",)}  # by ending of the file


def explain(arguments: Arguments, program: Program, source: Source) -> int:
    """Print or write a derivation; one that ends at a step without a value is exit code 2."""
    chosen = form(arguments, FORMS)
    made = explanation(arguments, program)
    if chosen == "text":
        text = f"{made}\n"
    else:
        text = {"markdown": made.markdown, "html": made.html, "json": made.json}[chosen]()
    deliver(arguments, text, source)
    if made.failure is not None:
        raise made.failure
    return 0


def form(arguments: Arguments, forms: Mapping[str, Sequence[str]]) -> str:
    """Choose the form of what is written: the one that is named, else by the ending of the file, else the first."""
    known = ", ".join(forms)
    if arguments.has("--format"):
        name = arguments.value("--format")
        if name not in forms:
            near = closest(name, forms)
            raise SymadError(f"{name} is not a format", hint=f"did you mean {near}?" if near else f"formats: {known}")
        return name
    ending = os.path.splitext(arguments.value("--output"))[1]
    for name, endings in forms.items():
        if ending[1:].lower() in endings:
            return name
    if ending:
        raise SymadError(f"{ending} does not say which form to write", hint=f"--format, one of {known}")
    return next(iter(forms))


def explanation(arguments: Arguments, program: Program) -> Explanation:
    """Work out the derivatives as the options say."""
    from symad.explain import explain as worked
    from symad.points import read_count, read_point

    at = read_point(arguments.options["--at"]) if arguments.has("--at") else None
    seed = read_point(arguments.options["--seed"], "seed", "f=1,g=0") if arguments.has("--seed") else None
    wrt = inputs_named(arguments.value("--wrt")) if arguments.has("--wrt") else None
    iteration = read_count(arguments.value("--iteration"), "--iteration") if arguments.has("--iteration") else None
    return worked(program, at, wrt, arguments.value("--mode", "reverse"), seed, iteration)


def deliver(arguments: Arguments, text: str, source: Source) -> None:
    """Print a text, or write it to the file that is named."""
    file = arguments.value("--output")
    if file in ("", "-"):
        emit(text)
    else:
        write_whole(file, text, source.file)


# graph

PICTURES = {"svg": ("svg",), "dot": ("dot", "gv"), "mermaid": ("mmd", "mermaid")}  # by ending of the file


def graph(arguments: Arguments, program: Program, source: Source) -> int:
    """Print or write the computational graph; of a derivation that has no end, what there is, with exit code 2."""
    from symad.explain.dot import dot, mermaid
    from symad.explain.graph import LARGE, around, layout
    from symad.explain.graph import graph as drawn
    from symad.explain.svg import svg

    chosen = form(arguments, PICTURES)
    made = explanation(arguments, program)
    picture = drawn(made)
    if arguments.has("--around"):
        picture = around(picture, arguments.value("--around"))
    if chosen == "svg":
        if len(picture.nodes) > LARGE:
            name, count = picture.nodes[len(picture.nodes) // 2].name, len(picture.nodes)
            hint = f"--around {name} draws the part around a value; --format dot or mermaid writes all"
            raise SymadError(f"a picture of {count} values is too large to read", hint=hint)
        text = svg(picture, layout(picture))
    else:
        text = {"dot": dot, "mermaid": mermaid}[chosen](picture)
    deliver(arguments, text, source)
    if made.failure is not None:
        raise made.failure
    return 0


# sparsity

PATTERNS = {"text": ("txt",), "svg": ("svg",), "json": ("json",)}  # by ending of the file


def sparsity(arguments: Arguments, program: Program, source: Source) -> int:
    """Print or write the pattern of the Jacobian or the Hessian, and how many products with a vector give all of it."""
    from symad.derivatives.sparsity import JACOBIAN
    from symad.derivatives.sparsity import sparsity as structure
    from symad.patterns.colouring import colouring

    chosen = form(arguments, PATTERNS)
    wrt = inputs_named(arguments.value("--wrt")) if arguments.has("--wrt") else None
    pattern = structure(program, wrt, arguments.value("--of", JACOBIAN))
    if chosen == "svg":
        text = pattern.svg()
    elif chosen == "json":
        text = documents.dumped(colouring(pattern).as_dict())
    else:
        colours = counted(colouring(pattern).count, "colour")
        text = f"{pattern}\n{colours}: as many products with a vector give every entry\n"
    deliver(arguments, text, source)
    return 0


# generate and check


def generate(arguments: Arguments, program: Program, source: Source) -> int:
    """Print or write the source of a module, or tell whether a file is what would be written."""
    from symad.printers.costs import costs
    from symad.printers.python import generate as module

    kinds = [kind.strip() for kind in arguments.value("--derivatives", "value,gradient").split(",")]
    wrt = inputs_named(arguments.value("--wrt")) if arguments.has("--wrt") else None
    method, algebra = arguments.value("--method", "cheapest"), not arguments.has("--no-algebra")
    if arguments.has("--explain-cost"):
        return emit(costs(program, kinds, wrt, method, algebra=algebra))
    text = module(
        program,
        kinds,
        arguments.value("--target", "python"),
        wrt=wrt,
        signature=arguments.value("--signature", "scalars"),
        matrices=arguments.value("--matrices", "dense"),
        method=method,
        algebra=algebra,
        checkpoint=STATES if arguments.has("--checkpoint") else 0,
    )
    if arguments.has("--check"):
        return up_to_date(arguments.value("--output"), text)
    deliver(arguments, text, source)
    return 0


def up_to_date(file: str, text: str) -> int:
    """Tell whether a file holds a text, and where it first differs."""
    if not os.path.exists(file):
        return complain(f"{file} does not exist")
    found = decoded(file, read_bytes(file), newlines=False)
    if found == text:
        return 0
    old, new = found.split("\n"), text.split("\n")
    line = next((k for k, (a, b) in enumerate(zip(old, new, strict=False)) if a != b), min(len(old), len(new)))
    return complain(f"{file} is not what symad would write: line {line + 1} differs")


def check(arguments: Arguments, program: Program, _: Source) -> int:
    """Print the cross-check, where a disagreement is exit code 1, or the kinks."""
    wrt = inputs_named(arguments.value("--wrt")) if arguments.has("--wrt") else None
    if arguments.has("--kinks"):
        from symad.kinks import kinks

        found = kinks(program, wrt)
        return emit(documents.dumped(found.as_dict()) if arguments.has("--json") else f"{found}\n")
    from symad.check import check as cross_check

    made = cross_check(program, wrt)
    emit(documents.dumped(made.as_dict()) if arguments.has("--json") else f"{made}\n")
    return 0 if made.ok else DISAGREES


def compare(arguments: Arguments, program: Program, _: Source) -> int:
    """Print what six ways to the derivatives give at a point, their errors and what they cost."""
    from symad.points import read_point
    from symad.ways import compare as side_by_side

    if program.inputs and not arguments.has("--at"):
        example = ",".join(f"{name}={k}" for k, name in enumerate(program.inputs[:5], start=2))
        raise SymadError("symad compare needs a point", hint=f"for example --at {example}")
    point = read_point(arguments.options["--at"]) if arguments.has("--at") else {}
    wrt = inputs_named(arguments.value("--wrt")) if arguments.has("--wrt") else None
    made = side_by_side(program, point, wrt)
    return emit(documents.dumped(made.as_dict()) if arguments.has("--json") else f"{made}\n")


# printing


def emit(text: str) -> int:
    """Print, at once, whatever the encoding of the terminal; give the exit code of success."""
    stream = sys.stdout
    if stream is None:
        raise FileError("standard output is closed")
    encoding = stream.encoding or "utf-8"
    try:
        stream.write(text.encode(encoding, "backslashreplace").decode(encoding))
        stream.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        raise FileError(f"cannot write to standard output: {error.strerror}") from None
    return 0


def complain(line: str) -> int:
    """Print a line on standard error; give the exit code of a failed check."""
    say(f"symad: {line}")
    return DISAGREES


def report(error: SymadError) -> None:
    """Print an error: the reason, the line with its marks, the hint."""
    shown = [c if c.isprintable() or c == "\n" else c.encode("unicode_escape").decode() for c in str(error)]
    lines = "".join(shown).split("\n")
    if coloured(sys.stderr):
        lines = [f"{MARKS}{line}{PLAIN}" if line.strip(" ^") == "" else line for line in lines]
    say("symad: " + "\n".join(lines))


def say(text: str) -> None:
    """Print on standard error, if there is one."""
    if sys.stderr is not None:
        with contextlib.suppress(OSError):  # nobody is left to tell
            print(text, file=sys.stderr, flush=True)


def coloured(stream: IO[str] | None) -> bool:
    """Tell whether a stream is a terminal that wants colour."""
    wanted = not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    return wanted and stream is not None and stream.isatty()
