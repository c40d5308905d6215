"""The table of what each way costs: its numbers are those of the programs."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

import symad
from symad.derivatives.kinds import KINDS, WAYS, derive, ways_to
from symad.errors import DerivativeError, TargetError
from symad.parse import parse
from symad.printers.costs import costs

VALLEY = "(1 - x)^2 + 100*(y - x^2)^2"


def table(text: str) -> Iterator[dict[str, str]]:
    """Read the rows of a table, by the heads of its columns; a kind stands in its first row only."""
    lines = text.split("\n\n")[1].split("\n")
    columns = [(head[0], head.start(), head.end()) for head in re.finditer(r"\S+( \S+)*", lines[0])]
    edges = [0, *(end for _, _, end in columns[2:-1])]
    kind = ""
    for line in lines[1:]:
        first, second = line[: columns[1][1]].strip(), line[columns[1][1] : columns[2][1]].strip()
        rest = [
            line[begin:end].strip() for begin, end in zip([columns[2][1], *edges[1:]], [*edges[1:], None], strict=True)
        ]
        kind = first or kind
        yield dict(zip((name for name, _, _ in columns), [kind, second, *rest], strict=True))


def test_numbers_are_those_of_the_programs() -> None:
    program = parse(VALLEY)
    rows = list(table(costs(program, KINDS)))
    assert [row["derivative"] for row in rows if row["way"].endswith("*")] == list(WAYS)
    for kind in WAYS:
        mine = {row["way"].removesuffix(" *"): row for row in rows if row["derivative"] == kind}
        assert list(mine) == list(ways_to(kind, program).by_method)
        for method, row in mine.items():
            assert int(row["as it comes"]) == derive(kind, program, method=method, algebra=False).operation_count
            if row["after algebra"] != "-":  # algebra is tried on the ways that are nearly the cheapest
                assert int(row["after algebra"]) == derive(kind, program, method=method).operation_count
        best = derive(kind, program)
        [kept] = [row for row in mine.values() if row["way"].endswith(" *")]
        assert min(int(kept["as it comes"]), int(kept["after algebra"])) == best.operation_count
        assert kept["ratio"] == f"{best.operation_count / symad.simplify(program).operation_count:.2f}"
        assert int(kept["powers expanded"]) == best.expanded_count
        assert all(row["ratio"] == row["powers expanded"] == "" for row in mine.values() if row is not kept)


def test_the_value_comes_first() -> None:
    assert costs(parse("x^4*y*1"), ["gradient"]).startswith("the value takes 2 operations, 3 with powers expanded\n")


def test_ways_that_are_given_up() -> None:
    rows = {row["way"]: row for row in table(costs(parse("if x > 0 then x^3*y else x"), ["hessian"]))}
    assert rows["edge-pushing"]["as it comes"] == rows["elimination"]["as it comes"] == "-"
    assert rows["forward *"]["as it comes"] == "7"
    long = parse("*".join(f"x{k}" for k in range(200)))
    rows = {row["way"]: row for row in table(costs(long, ["gradient"]))}
    assert rows["forward"]["as it comes"] == "-"
    assert rows["reverse *"]["as it comes"] == "594"


def test_one_way_and_no_algebra() -> None:
    text = costs(parse(VALLEY), ["value", "hvp", "gradient"], method="cheapest", algebra=False)
    assert "after algebra" not in text
    assert len(list(table(text))) == 5
    [row] = table(costs(parse(VALLEY), ["hvp"], method="reverse-over-forward", algebra=False))
    assert (row["way"], row["as it comes"]) == ("reverse-over-forward *", "13")


def test_the_count_is_that_of_the_chosen_inputs() -> None:
    [row] = table(costs(parse(VALLEY), ["gradient"], ["y"], "reverse", algebra=False))
    assert row["as it comes"] == str(symad.gradient(parse(VALLEY), ["y"]).operation_count)


def test_errors() -> None:
    with pytest.raises(TargetError, match="the value is not derived"):
        costs(parse("x"), ["value"])
    with pytest.raises(TargetError, match="slope is not a kind"):
        costs(parse("x"), ["slope"])
    with pytest.raises(DerivativeError, match="reverse is not a method for hvp"):
        costs(parse("x*y"), ["hvp"], method="reverse")
    with pytest.raises(DerivativeError, match="elimination is for programs without conditions"):
        costs(parse("if x > 0 then x else 1"), ["jacobian"], method="elimination")


@pytest.mark.parametrize("text", ["2 + 3", "x", "p = x; q = x*y"])
def test_nothing_to_divide_by(text: str) -> None:
    rows = list(table(costs(parse(text), ["jacobian", "jvp", "vjp", "hessian"])))
    kept = [row for row in rows if row["way"].endswith("*")]
    assert len(kept) == 4
    assert all((row["ratio"] == "-") == (text != "p = x; q = x*y") for row in kept)
