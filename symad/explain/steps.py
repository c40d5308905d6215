"""The data of a derivation: its steps, in order, each with what it computes, why, and where it came from.

A step computes one number from those of steps before it. What it computes is a Program of one output, whose inputs are
the labels of those steps: `dz/dw1` is `w2 + cos(w1)`. Views (text, Markdown, HTML, the graph) only read this.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from symad.errors import EvaluationError
from symad.loops import looped
from symad.program import Program

if TYPE_CHECKING:
    from symad.printers.infix import Formulas

Number = float | bool


@dataclass(frozen=True, slots=True)
class Term:
    """Hold one term of the chain rule: the derivative `factor` times the partial derivative `ratio` of an operation.

    `user` is the value that the operation makes, `operand` the one by which it is differentiated; `place` tells places
    apart where a value is used twice. `rule` quotes the table of operations; `partial` is the rule applied. Of what a
    loop passes on there is no rule, and `partial` only stands for it.
    """

    user: str
    operand: str
    place: str
    factor: str
    ratio: str
    rule: str
    partial: Program
    number: Number | None


@dataclass(frozen=True, slots=True)
class Round:
    """Hold the steps of one iteration of a loop, or of any of them, in symbols.

    `left_out` counts the iterations between the one that stands before and this one. `given` are the numbers that the
    steps work on, by name, beside their own.
    """

    title: str
    steps: tuple[Step, ...]
    given: Mapping[str, Number | None]
    left_out: int = 0


@dataclass(frozen=True, slots=True)
class Block:
    """Hold what a loop does: what it runs over, `head`, then its body in symbols, then some iterations with numbers.

    `iterations` says how often it ran, None where that is not known; `results` are its numbers, by name. Of a sequence,
    which is one of the results of a loop, there is only the number of its elements.
    """

    head: str
    rounds: tuple[Round, ...] = ()
    results: Mapping[str, Number | None] = field(default_factory=dict)
    iterations: int | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """Hold one line of the derivation.

    `kind` is input, operation or output in the pass that computes the values; seed, adjoint, tangent or zero in those
    that compute derivatives. `label` is what the line gives, `value` the value that it is about, `span` the part of the
    formula that this value is. `simplified` is the expression with short derivatives written out, None where that is
    no other. `number` is None without a point, and where nothing had to be computed. `seed` is what a seed adds to the
    terms, a number or what stands for one. `state` is failed for the step that has no value at the point, the last one,
    and skipped for one that the point does not need: its branch is not taken. A loop has a `block` and no number.
    """

    kind: str
    label: str
    value: str
    expression: Program
    simplified: Program | None = None
    number: Number | None = None
    seed: float | str | None = None
    terms: tuple[Term, ...] = ()
    notes: tuple[str, ...] = ()
    span: tuple[int, int] | None = None
    state: str = ""
    block: Block | None = None

    @property
    def idle(self) -> bool:
        """Tell whether nothing is computed in this step, of those that have numbers."""
        return self.number is None and (self.block is None or self.block.iterations is None)

    @property
    def operands(self) -> Sequence[str]:
        """Name the values on which the step works, each once; w3[s], the result of a loop, is a part of w3."""
        return list(dict.fromkeys(name.partition("[")[0] for name in self.expression.inputs))


@dataclass(frozen=True, slots=True)
class Pass:
    """Hold one sweep: backwards from outputs, or forwards from inputs.

    `of` is the output or input whose row or column of the Jacobian it computes, or the name of a combination of them;
    `seeds` are the seeds that are not 0, by name; `results` maps each derivative that was asked for to the label of the
    step that gives it. `failure` says why it ends before its end.
    """

    mode: str
    of: str
    seeds: Mapping[str, float]
    steps: tuple[Step, ...]
    results: Mapping[str, str]
    notes: tuple[str, ...]
    failure: EvaluationError | None = None


@dataclass(frozen=True, slots=True, repr=False)
class Explanation:
    """Hold the steps that compute the values, then the sweeps; `failure` says why they end before their end.

    `str()` writes it as text; `markdown`, `html` and `json` are the other views of the same steps.
    """

    program: Program
    point: Mapping[str, float] | None
    mode: str
    wrt: tuple[str, ...]
    values: tuple[Step, ...]
    passes: tuple[Pass, ...]
    failure: EvaluationError | None

    @property
    def steps(self) -> Iterator[Step]:
        """Give every step, in the order in which they are computed."""
        yield from self.values
        for sweep in self.passes:
            yield from sweep.steps

    def formulas(self) -> Formulas:
        """Write the derivatives as formulas, by label; values that these share have names that no step has.

        One that loops make has no formula here: its steps are how it is computed.
        """
        from symad.explain.results import derived
        from symad.printers.infix import Formulas, formulas

        if looped(self.program.assignments):
            return Formulas([(label, "") for sweep in self.passes for label in sweep.results], {})
        return formulas(derived(self), [step.value for step in self.values])

    def __repr__(self) -> str:
        return f"<Explanation of {', '.join(self.program.outputs[:5])}: {sum(1 for _ in self.steps)} steps>"

    def __str__(self) -> str:
        from symad.explain.text import text

        return text(self)

    def markdown(self) -> str:
        """Write the derivation in Markdown."""
        from symad.explain.markdown import markdown

        return markdown(self)

    def json(self) -> str:
        """Write the derivation in JSON."""
        from symad.explain.document import document

        return document(self)

    def html(self) -> str:
        """Write the derivation as one page that needs nothing else: graph, steps to go through, formulas and code."""
        from symad.explain.page import page

        return page(self)

    def _repr_html_(self) -> str:
        from symad.explain.page import fragment

        return fragment(self)
