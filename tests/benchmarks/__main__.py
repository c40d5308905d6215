"""The command: `python -m tests.benchmarks PART …` prints the tables of the parts asked for."""

from __future__ import annotations

import argparse
import os
import platform
import sys
from collections.abc import Iterable

from . import branches, call, explain, growth, kinds, loops, operations, speed, start
from .peers import PEERS
from .tables import Table

# the quick ones first
PARTS = ("start", "branches", "explain", "operations", "kinds", "call", "loops", "speed", "growth", "sympy")
EXAMPLES = """\
examples:
  python -m tests.benchmarks start operations
  python -m tests.benchmarks speed --peers symad,casadi --rounds 15
  python -m tests.benchmarks all > results.md

parts:
  start       the command line as a whole process
  branches    branches that are not taken, beside JAX and PyTorch: what is right, nan, infinite or wrong
  explain     the page of a worked derivation as a whole process, and the time an assignment
  operations  operation counts of gradients
  kinds       operation counts of Jacobians and Hessians, and the time to derive them beside CasADi's
  call        one call of the generated Python gradient, beside SymPy's lambdify
  loops       value and gradient of a million iterations beside the value, in few states too; time to write
  speed       text to gradient, every peer, every measurement in a process of its own
  growth      time a term up to 100,000 inputs, memory for a million terms
  sympy       text to gradient function against SymPy on rosenbrock 1000: minutes, measured once
"""


def peers(text: str) -> tuple[str, ...]:
    """Read the option --peers; symad and CasADi are always among them, as the ratio needs both."""
    wanted = text.split(",")
    if unknown := set(wanted) - set(PEERS):
        raise argparse.ArgumentTypeError(f"unknown peer {min(unknown)}; known: {', '.join(PEERS)}")
    return tuple(dict.fromkeys(("symad", speed.REFERENCE, *wanted)))


def positive(text: str) -> int:
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError("at least 1")
    return value


def options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m tests.benchmarks",
        description="Measure symad against its peers and print Markdown tables of medians, ratios and targets.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("parts", nargs="+", choices=(*PARTS, "all"), metavar="PART", help="see below; or all")
    parser.add_argument("--peers", type=peers, default=tuple(PEERS), help="for speed: a,b,… (default: all)")
    parser.add_argument("--rounds", type=positive, help="measurements of each kind (default: each part has its own)")
    parser.add_argument(
        "--limit", type=float, default=speed.LIMIT, help="for speed: seconds a process (default: %(default)g)"
    )
    return parser


def tables(part: str, asked: argparse.Namespace) -> Iterable[Table]:
    """Run one part."""
    rounds = {} if asked.rounds is None else {"rounds": asked.rounds}
    if part == "speed":
        return speed.speed(asked.peers, limit=asked.limit, **rounds)
    if part == "sympy":
        return speed.against_sympy()
    if part == "branches":
        return branches.branches()
    if part == "operations":
        return operations.operations()
    timed = {
        "start": start.start,
        "explain": explain.explain,
        "kinds": kinds.kinds,
        "call": call.call,
        "loops": loops.loops,
        "growth": growth.growth,
    }
    return timed[part](**rounds)


def setting() -> str:
    """Write down what the numbers depend on."""
    versions = ", ".join(f"{name} {peer.version}" for name, peer in PEERS.items() if name != "symad")
    return f"Python {platform.python_version()}, {platform.machine()}, {os.cpu_count()} cores; {versions}.\n"


def main(arguments: list[str] | None = None) -> int:
    asked = options().parse_args(arguments)
    print(setting(), flush=True)
    faults: list[str] = []
    for part in PARTS:
        if part in asked.parts or "all" in asked.parts:
            for table in tables(part, asked):
                print(table, flush=True)
                faults += table.faults
    for fault in faults:
        print(f"FAULT {fault}", file=sys.stderr)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
