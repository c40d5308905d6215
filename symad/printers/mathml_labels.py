"""Names and labels in, MathML out; and the last pass over what is written: rows and products.

Letters of other scripts, subscripts and derivatives stand as a book has them. Where a name would look like another one
it is written as it is typed.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from itertools import groupby

from symad.printers.naming import GREEK

ACCENTS = {"bar": "¯", "dot": "˙"}  # of adjoints and tangents
LETTERS = {word: letter for letter, word in GREEK.items()} | {"lambda": "λ"}


def finished(text: str) -> str:
    """Take away each row that holds one element, and show each product by what stands beside its sign."""
    tokens = re.findall(r"<[^>]*>|[^<]+", text)
    join(tokens)
    tokens = [token for token in tokens if token]
    for place, token in enumerate(tokens):
        if token == "&#x2062;":
            show(tokens, place)
    return "".join(tokens)


def join(tokens: list[str]) -> None:
    """Empty the tags of a row of one element, and let subscript and exponent of a name stand one above the other."""
    elements: list[tuple[int, list[int]]] = []  # that are open: the start, and the starts and ends of what they hold
    for end, token in enumerate(tokens):
        if token[0] != "<":
            continue
        if token[1] != "/":
            elements.append((end, []))
            if token[-2] != "/":
                continue
        start, inner = elements.pop()
        if tokens[start] == "<mrow>" and len(inner) == 2:
            tokens[start] = tokens[end] = ""
            start, end = inner
        elif tokens[start] == "<msup>" and tokens[inner[0]] == "<msub>":
            tokens[inner[0]] = tokens[inner[1]] = ""
            tokens[start], tokens[end] = "<msubsup>", "</msubsup>"
        if elements:
            elements[-1][1].extend((start, end))


def show(tokens: list[str], place: int) -> None:
    """Show a product: a dot before a number, a thin space where no two letters, or a number and what follows, meet."""
    before, after = place - 2, place + 2
    while tokens[after] in ("<mrow>", "<msup>", "<msub>", "<msubsup>", "<mfrac>"):
        after += 1
    signed = tokens[after + 1] == "(" and tokens[after + 4] == "−"
    if tokens[after + 6 * signed].startswith("<mn"):
        tokens[place] = "⋅"
        return
    fence = tokens[before] == "</mn>" and tokens[after] == "<mo>"
    while tokens[before] in ("</mrow>", "</msup>", "</msub>", "</msubsup>"):
        before -= 1
    left = tokens[before] == "</mn>" or tokens[before] == "</mi>" and len(tokens[before - 1]) == 1
    right = fence or tokens[after].startswith("<mi") and len(tokens[after + 1]) == 1
    if not (left and (right or tokens[after] == "<msqrt>")) or "<mfrac>" in tokens[place:after]:
        tokens[place - 1] = '<mo rspace="0.17em">'


# names


def name(text: str) -> str:
    """Write a name: Greek letters, digits and what follows an underscore as a subscript, words upright.

    >>> name("x1"), name("lambda")
    ('<msub><mi>x</mi><mn>1</mn></msub>', '<mi>λ</mi>')
    """
    parts = [part for part in text.split("_") if part]
    numbered = re.fullmatch(r"(\D+)(\d+)", parts[0]) if parts else None
    if numbered:
        parts[:1] = numbered.groups()
    if not parts:
        return as_typed(text)
    below = "<mo>,</mo>".join(letters(part) for part in parts[1:])
    return finished(f"<msub>{letters(parts[0])}<mrow>{below}</mrow></msub>") if below else letters(parts[0])


def variable(text: str) -> str:
    """Write the name of what a loop carries: an adjoint with a bar, a tangent with a dot.

    >>> variable("bar_y")
    '<mover><mi>y</mi><mo>¯</mo></mover>'
    """
    accent, _, rest = text.partition("_")
    if accent not in ACCENTS or not rest:
        return name(text)
    over = rf"\1<mover>\2<mo>{ACCENTS[accent]}</mo></mover>"
    return re.sub(r"^(<msub>|)(<mover>.*</mover>|<m\w+[^>]*>[^<]*</m\w+>)", over, variable(rest))


def letters(word: str) -> str:
    """Write a letter, a Greek letter, a number or a word; Greek capitals upright."""
    if word.isdecimal():
        return f"<mn>{word}</mn>"
    small = word.lower()
    letter = LETTERS.get(small, "") if word in (small, small.capitalize()) else ""
    letter = word if not letter else letter if word == small else letter.upper()
    capital = letter != letter.lower() and letter.lower() in GREEK
    return f'<mi mathvariant="normal">{letter}</mi>' if capital else f"<mi>{escaped(letter)}</mi>"


def as_typed(text: str) -> str:
    """Write a text as it is typed."""
    return f"<mtext>{escaped(text)}</mtext>"


def escaped(text: str) -> str:
    """Escape what XML takes for something else."""
    text = "".join(letter if letter.isprintable() else "_" for letter in unicodedata.normalize("NFC", text))
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def leaves(inputs: Sequence[str]) -> list[str]:
    """Write the labels of inputs; one that would look like an earlier one is written as it is typed."""
    seen: set[str] = set()
    found = []
    for text in inputs:
        written = label(text)
        found.append(as_typed(text) if written in seen else written)
        seen.add(written)
    return found


def label(text: str) -> str:
    """Write a label: a derivative as a fraction, with a straight d, or a name.

    >>> label("df/dx")
    '<mfrac><mrow><mi>d</mi><mi>f</mi></mrow><mrow><mi>d</mi><mi>x</mi></mrow></mfrac>'
    """
    return derivative(text, "d") or (name(text) if re.fullmatch(r"\w+", text) else as_typed(text))


def derivative(text: str, d: str, known: Mapping[str, str] | None = None) -> str | None:
    """Write the label of a derivative by known names, or by any; None where it is no such label."""
    read = re.fullmatch(r"d(\d{0,3})(\w+)/d(\w+)", text)
    found = cut(read[3], int(read[1] or 1), known) if read else None
    if read is None or found is None:
        return None
    order = len(found)
    above = f"<msup><mi>{d}</mi><mn>{order}</mn></msup>" if order > 1 else f"<mi>{d}</mi>"
    below = ""
    for factor, same in groupby(found):
        written = known[factor] if known else name(factor)
        count = len(list(same))
        below += f"<mi>{d}</mi>" + (f"<msup>{written}<mn>{count}</mn></msup>" if count > 1 else written)
    return finished(f"<mfrac><mrow>{above}{name(read[2])}</mrow><mrow>{below}</mrow></mfrac>")


def cut(text: str, order: int, known: Mapping[str, str] | None) -> Sequence[str] | None:
    """Cut `xdy` into the names of so many inputs, None where that is impossible, or several cuts are possible."""
    cuts: list[Sequence[str]] = [text.split("d")] if text.count("d") == order - 1 else []
    if order == 1:
        cuts = [[text]]
    elif order == 2:
        cuts = [(text[:place], text[place + 1 :]) for place, letter in enumerate(text) if letter == "d"]
    cuts = [names for names in cuts if all(names) and (known is None or known.keys() >= {*names})]
    return cuts[0] if len(cuts) == 1 else None
