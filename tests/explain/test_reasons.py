"""What a derivation says in words: of values that pass nothing on, and of what it costs."""

from __future__ import annotations

import pytest

from symad.explain import explain, words
from symad.parse import parse

FLAT = f"only through {words.FLAT}"


def notes(text: str, at: dict[str, float], mode: str, which: int = 0) -> dict[str, list[str]]:
    """Give the notes of every step of a sweep, and under no name those of the sweep."""
    sweep = explain(parse(text), at, mode=mode).passes[which]
    return {"": list(sweep.notes), **{step.label: list(step.notes) for step in sweep.steps}}


def test_a_flat_value_depends_on_the_input_all_the_same() -> None:
    said = notes("floor(x)*y", {"x": 2.5, "y": 3}, "forward")
    assert said[""][1:] == [f"w3 depends on x {FLAT}: its tangent is 0."]
    assert said["dw2/dx"] == ["w2 does not depend on x."]
    assert said["dw4/dx"] == [f"w4 depends on x {FLAT}."]
    said = notes("floor(x)*y*x", {"x": 2.5, "y": 3}, "forward")
    assert said["dw5/dx"] == [f"w4 depends on x {FLAT}: no term comes from there."]
    said = notes("floor(x)*y", {"x": 2.5, "y": 3}, "forward", 1)
    assert said[""][1:] == ["w3 does not depend on y: its tangent is 0."]
    assert said["dw4/dy"] == ["w3 does not depend on y: no term comes from there."]


def test_a_condition_is_no_independence() -> None:
    said = notes("if x > 0 then y else z", {"x": 1, "y": 2, "z": 3}, "forward")
    assert said["dw5/dx"] == [f"w5 depends on x {FLAT}."]
    said = notes("if x > 0 then y else z", {"x": 1, "y": 2, "z": 3}, "reverse")
    assert said["df/dw1"] == ["w1 is used by w4, a condition: a truth value passes nothing on."]


@pytest.mark.parametrize(
    ("text", "label", "note"),
    [
        ("floor(x*2)*y", "df/dw1", f"Every path from w1 to f leads through {words.FLAT}: nothing is passed on."),
        ("floor(x)*y", "df/dw1", "w1 is used by w3, whose partial derivative is 0: nothing is passed on."),
        (
            "(floor(x) + ceil(x))*y",
            "df/dw1",
            "w1 is used by w3 and w4, whose partial derivatives are 0: nothing is passed on.",
        ),
        ("input x, y; u = x*2; y", "df/dw1", "No path leads from w1 to f."),
    ],
)
def test_why_an_adjoint_is_zero(text: str, label: str, note: str) -> None:
    assert notes(text, {"x": 2.5, "y": 3}, "reverse")[label] == [note]


def test_what_becomes_of_the_other_users() -> None:
    said = notes("floor(x) + ceil(x) + floor(2*x) + x*y", {"x": 2.5, "y": 3}, "reverse")
    assert said["df/dw1"] == [
        "w1 is used by w9 alone.",
        "w3 and w4 use it too, but are flat: their partial derivatives are 0.",
        f"w6 uses it too, but every path from there to f leads through {words.FLAT}.",
    ]
    assert said[""][1:] == [f"w6 reaches f {FLAT}: its adjoint is 0."]
    said = notes("u = sin(x); v = cos(x); w = x*2; output u, v, w", {"x": 1}, "reverse")
    assert said["du/dw1"] == [
        "w1 is used by w2 alone.",
        "w3 and w4 use it too, but no path leads from there to u.",
    ]
    assert said[""][1:] == ["w3 and w4 do not reach u: their adjoints are 0."]


def test_an_if_that_no_rule_has_is_explained() -> None:
    text = "if x > 0 and y > 0 then sqrt(x*y) else if x < -1 then log(-x) else 0"
    said = notes(text, {"x": -2, "y": 1}, "reverse")
    assert said["df/dw2"][1:] == [
        "w6 is computed only where its branch is taken: elsewhere its contribution is 0, hence the if around it.",
        "At this point w6 is not computed: its contribution is 0.",
    ]
    both = "w6 and w9 are computed only where their branches are taken"
    assert said["df/dw1"][1:] == [
        f"{both}: elsewhere their contributions are 0, hence the if around each.",
        "At this point w6 is not computed: its contribution is 0.",
    ]
    for label in ("df/dw12", "df/dw11", "df/dw10"):
        assert not any("hence the if" in note for note in said[label])


def test_the_branch_that_is_not_taken_gives_zero() -> None:
    said = notes("if x > 0 then y else z", {"x": 1, "y": 2, "z": 3}, "reverse")
    assert said["df/dw2"] == ["w2 is used by w5 alone."]
    assert said["df/dw3"][1:] == ["At this point w5 takes its other branch: the contribution from there is 0."]
    said = notes("if x > 0 then y else y", {"x": 1, "y": 2}, "reverse")
    assert said["df/dw2"] == ["w2 is used 2 times by w4, so the contributions add up."]


def test_lists_and_verbs_agree() -> None:
    made = explain(parse("x^y*z"), wrt=["x"])
    assert "w2 and w3 do not depend on the inputs chosen, and so stay fixed here." in made.passes[0].notes
    made = explain(parse("x^y"), wrt=["x"])
    assert "w2 does not depend on the inputs chosen, and so stays fixed here." in made.passes[0].notes


def test_operations_are_counted_in_words() -> None:
    assert "The steps above take 1 operation for the values, 1 for" in " ".join(str(explain(parse("sqrt(x)"))).split())
    said = " ".join(str(explain(parse("x*x*x"))).split())
    assert "take 2 operations for the values" in said
    assert "the value alone takes 1 operation, as the factors of a power," in said
    assert "the factors of a power" not in str(explain(parse("x^3 + x*y")))
