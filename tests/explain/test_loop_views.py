"""What the derivation of loops shows: which iterations, what is said of them, where it ends, in every view."""

from __future__ import annotations

import json
import re

import pytest

from symad.derivatives.source import Source
from symad.errors import SymadError
from symad.explain import explain
from symad.explain.dot import dot, mermaid
from symad.explain.graph import around, graph, layout
from symad.explain.svg import svg
from symad.parse import parse
from tests.explain.test_loops import CASES, LOGISTIC

# what is shown


def test_what_is_left_out_adds_up() -> None:
    made = explain(parse(LOGISTIC), {"x": 0.3, "r": 3.2, "n": 1000}, iteration=500)
    for step in (made.values[3], next(step for step in made.passes[0].steps if step.block)):
        assert step.block is not None
        _, *shown = step.block.rounds
        assert [one.left_out for one in shown] in ([0, 498, 499], [0, 499, 498])
        assert sum(one.left_out + 1 for one in shown) == step.block.iterations == 1000
    assert "… 498 more iterations …" in str(made)


def test_text_stays_short_however_long_a_loop_is() -> None:
    sizes = {n: len(str(explain(parse(LOGISTIC), {"x": 0.3, "r": 3.2, "n": n})).splitlines()) for n in (10, 20_000)}
    assert sizes[20_000] <= sizes[10] + 10  # numbers may need more columns, and so lines


def test_a_while_ends_with_its_condition() -> None:
    made = explain(parse("y = a; while y*y - a > 0.01 { y = (y + a/y)/2 }; y"), {"a": 2})
    [loop] = [step for step in made.values if step.block]
    assert loop.block is not None
    assert loop.block.iterations == 2
    assert [one.title for one in loop.block.rounds[1:]] == ["iteration 1", "iteration 2", "then its condition is false"]
    last = loop.block.rounds[-1].steps[-1]
    assert (last.label, last.number) == ("condition", False)
    assert "It runs twice; then its condition is false." in loop.notes
    at_once = explain(parse("y = a; while y > 3 { y = y/2 }; y"), {"a": 2})
    assert "Its condition is false at once: it does not run at all." in str(at_once)
    assert at_once.passes[0].steps[-1].number == 1


def test_a_loop_that_does_not_run_says_so() -> None:
    made = explain(parse("s = x; for k in 1..n { s = s*k }; s"), {"x": 3, "n": 0})
    [loop] = [step for step in made.values if step.block]
    assert "It does not run at all." in loop.notes
    assert loop.block is not None
    assert len(loop.block.rounds) == 1
    assert {label: step.number for step in made.passes[0].steps for label in [step.label]}["df/dw1"] == 1


def test_histories_are_named_where_they_are_needed() -> None:
    needed = explain(parse("s = x; for k in 1..3 { s = sin(s) }; s"))
    assert "Saved by the loop that ran forwards: w2[each_s]" in " ".join(str(needed).split())
    linear = explain(parse("s = x; for k in 1..3 { s = 3*s }; s"))
    assert "Saved" not in str(linear)


def test_the_bound_of_a_loop_has_no_derivative() -> None:
    said = " ".join(str(explain(parse(LOGISTIC), {"x": 0.3, "r": 3.2, "n": 3})).split())
    assert "w2 says how often w4 runs: a number of times has no derivative." in said


def test_a_step_of_a_loop_knows_its_part_of_the_formula() -> None:
    text = "s = 0; for k in 1..3 { s = s + x/k }; t = sum(j in 1..2: x^j); s*t"
    made = explain(parse(text))
    parts = [text[slice(*step.span)] for step in made.values if step.block and step.span]
    assert parts == ["for k in 1..3 { s = s + x/k }", "sum(j in 1..2: x^j)"]
    inside = next(step for step in made.values if step.block)
    assert inside.block is not None
    assert [text[slice(*step.span)] for step in inside.block.rounds[0].steps if step.span][3:5] == ["x/k", "s + x/k"]


def test_deeply_nested_loops_are_shown_to_some_depth() -> None:
    depth = 12
    heads = " ".join(f"for k{d} in 1..2 {{" for d in range(depth))
    made = explain(parse(f"s = x; {heads} s = s*1.0001 {'}' * depth}; s"), {"x": 2})
    text = str(made)
    assert len(text.splitlines()) < 3000
    assert made.passes[0].steps[-1].number == pytest.approx(1.0001**2**depth)


@pytest.mark.parametrize(
    ("text", "at", "reason"),
    [
        ("s = x; for k in 1..5 { s = log(s) }; s", {"x": 2}, "v3 = log(v2) is not defined at v2 = -0.366512920581664"),
        ("s = x; for k in 1..5 { s = log(s) }; s", {"x": 2}, "35, for k = 3"),
        ("s = x; for k in 0..5 { s = s*s }; s", {"x": 1e100}, "v3 = v2*v2 overflows at v2 = 1e+200, for k = 1"),
        ("s = x; while s > 0 { s = s - 1; s = s + 0*log(s - 1/2) }; s", {"x": 3}, "v5 = log(v4) is not defined at v4"),
        ("s = x; while s > 0 { s = s - 1; s = s + 0*log(s - 1/2) }; s", {"x": 3}, "= -0.5, in iteration 3"),
        ("s = x; for i in 1..2 { for j in 1..2 { s = log(s) } }; s", {"x": 2}, "u3 = log(u2) is not defined at u2 ="),
        ("s = x; for i in 1..2 { for j in 1..2 { s = log(s) } }; s", {"x": 2}, "435, for j = 1, for i = 2"),
        ("s = x; for k in 1..n { s = s*s }; s", {"x": 2, "n": 2.5}, "up to 2^53, and 2.5 is none"),
    ],
)  # fmt: skip
def test_the_iteration_that_fails_is_the_last(text: str, at: dict[str, float], reason: str) -> None:
    made = explain(parse(text), at)
    assert made.failure is not None
    assert reason in made.failure.reason
    *_, last = made.steps
    assert last.state == "failed"
    assert not made.passes
    for view in (str(made), made.markdown(), made.json(), made.html()):
        assert reason in " ".join(view.split())


@pytest.mark.parametrize("mode", ["reverse", "forward"])
def test_an_iteration_without_a_derivative_is_the_last(mode: str) -> None:
    made = explain(parse("s = 0; for k in 1..5 { s = s + sqrt(x - k) }; s"), {"x": 5}, mode=mode)
    assert made.failure is not None
    assert made.failure.reason.endswith("for k = 5")
    *_, last = made.steps
    assert last.state == "failed"
    assert last.block is not None
    assert last.block.rounds[-1].steps[-1].state == "failed"
    assert made.failure.reason in " ".join(str(made).split())


def test_what_is_not_needed_is_not_run() -> None:
    text = "if x > 0 then sum(k in 1..3: sqrt(x)) else x"
    made = explain(parse(text), {"x": -1})
    [loop] = [step for step in made.values if step.block]
    assert loop.state == "skipped"
    assert loop.block is not None
    assert loop.block.iterations is None
    assert made.passes[0].steps[-1].number == 1
    [backwards] = [step for step in made.passes[0].steps if step.block]
    assert backwards.state == "skipped"


# conditions in loops


def test_the_branch_of_every_iteration_is_explained() -> None:
    text = "s = x; for k in 1..3 { s = if s > 1 then s/2 else 3*s }; s"
    made = explain(parse(text), {"x": 0.5})
    [loop] = [step for step in made.values if step.block]
    assert loop.block is not None
    notes = [" ".join(step.notes) for one in loop.block.rounds for step in one.steps if step.kind == "operation"]
    said = [note for note in notes if "branch" in note]
    assert said[0].startswith("Which branch is taken depends on s > 1: where it holds, v6 is v4, elsewhere v5.")
    assert said[1].startswith("s > 1 does not hold, since s = 0.5: the second branch is taken, v5; the other one, v4,")
    assert said[2].startswith("s > 1 does not hold, since s = 0.75: the second branch is taken, v5;")
    middle = explain(parse(text), {"x": 0.5}, iteration=2)
    assert "s > 1 holds, since s = 1.5: the first branch is taken, v4;" in " ".join(str(middle).split())


# the request for an iteration


@pytest.mark.parametrize(
    ("text", "at", "iteration", "reason"),
    [
        ("x^2", {"x": 1}, 2, "there is no loop, and so no iteration 2"),
        (LOGISTIC, {"x": 0.3, "r": 3.2, "n": 3}, 4, "no iteration 4 at this point: the longest loop runs 3 times"),
        (LOGISTIC, {"x": 0.3, "r": 3.2, "n": 0}, 1, "no iteration 1 at this point: the loop does not run at all"),
        (LOGISTIC, None, 1, "an iteration has numbers at a point only"),
        (LOGISTIC, {"x": 0.3, "r": 3.2, "n": 3}, 0, "iterations are counted 1, 2, 3, …, and 0 is none of these"),
        (LOGISTIC, {"x": 0.3, "r": 3.2, "n": 3}, True, "iterations are counted 1, 2, 3, …, and True is none of these"),
    ],
)  # fmt: skip
def test_an_iteration_that_there_is_not(text: str, at: dict[str, float] | None, iteration: int, reason: str) -> None:
    with pytest.raises(SymadError, match=re.escape(reason)):
        explain(parse(text), at, iteration=iteration)


def test_an_iteration_is_counted_from_one_whatever_the_index() -> None:
    made = explain(parse("s = 0; for k in 5..9 { s = s + x/k }; s"), {"x": 1}, iteration=2)
    [loop] = [step for step in made.values if step.block]
    assert loop.block is not None
    titles = [one.title for one in loop.block.rounds[1:]]
    assert titles == ["k = 5, iteration 1", "k = 6, iteration 2", "k = 9, iteration 5"]


# other views


@pytest.mark.parametrize("mode", ["reverse", "forward"])
@pytest.mark.parametrize(("text", "point"), CASES)
def test_all_views_hold_the_iterations(text: str, point: dict[str, float], mode: str) -> None:
    made = explain(parse(text), point, mode=mode)
    document = json.loads(made.json())
    steps = [*document["values"], *(step for one in document["sweeps"] for step in one["steps"])]
    loops = [step for step in steps if "loop" in step and step["loop"]["rounds"]]
    assert len(loops) == sum(bool(step.block and step.block.rounds) for step in made.steps)
    texts, markdown, html = str(made), made.markdown(), made.html()
    for step in made.steps:
        for one in step.block.rounds if step.block else ():
            assert f"{one.title}:" in texts
            assert f"- {one.title}:" in markdown
            assert f'<p class="round">{one.title}</p>' in html
            for inner in one.steps:
                assert f"  {inner.label} = " in texts
                assert f"- `{inner.label} = " in markdown


@pytest.mark.parametrize("at", [True, False])
@pytest.mark.parametrize(("text", "point"), CASES)
def test_a_loop_is_one_node_with_its_body_once(text: str, point: dict[str, float], at: bool) -> None:
    made = graph(explain(parse(text), point if at else None))
    loops = [node for node in made.nodes if node.kind == "loop"]
    source = Source(parse(text), ())
    assert len(loops) == sum(operation == "loop" for operation, _ in source.program.assignments)
    names = {node.name for node in made.nodes}
    assert all({edge.operand, edge.user} <= names for edge in made.edges)
    for language in (dot(made), mermaid(made)):
        for node in loops:
            assert language.count(node.body[0].replace("*", "#42;")) or language.count(node.body[0])
    picture = svg(made, layout(made))
    for node in loops:
        assert f"{node.name}, in each iteration" in " ".join(re.findall(r">([^<]*)</text>", picture))
    assert {node.name for node in around(made, loops[0].name, 1).nodes} >= {loops[0].name}
