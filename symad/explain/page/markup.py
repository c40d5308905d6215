"""Text and elements in, HTML out; the one place that escapes.

What is HTML already has the type Markup. Everything else is text, and is escaped when an element is made around it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping

VOID = frozenset({"input", "meta", "wbr"})  # elements that have no end


class Markup(str):
    """Mark text that is HTML already."""

    __slots__ = ()


def escaped(text: str) -> Markup:
    """Escape text for an element or a quoted attribute; what is markup stays.

    >>> escaped('a < "b"'), escaped(Markup("<b>x</b>"))
    ('a &lt; &quot;b&quot;', '<b>x</b>')
    """
    if isinstance(text, Markup):
        return text
    found = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return Markup(found.replace('"', "&quot;").replace("'", "&#39;"))


def element(
    name: str, attributes: Mapping[str, str | bool | None] | None = None, *children: str, between: str = ""
) -> Markup:
    """Write an element; an attribute that is None or False is left out, one that is True has no value.

    >>> element("a", {"href": "#step-1", "hidden": True, "title": None}, "1 < 2")
    '<a href="#step-1" hidden>1 &lt; 2</a>'
    """
    head = name
    for key, value in (attributes or {}).items():
        if value is True:
            head += f" {key}"
        elif value is not None and value is not False:
            head += f' {key}="{escaped(value)}"'
    if name in VOID:
        return Markup(f"<{head}>")
    return Markup(f"<{head}>{between}{between.join(map(escaped, children))}{between}</{name}>")


def joined(parts: Iterable[str], between: str = "") -> Markup:
    """Join text and markup."""
    return Markup(escaped(between).join(map(escaped, parts)))


def math(mathml: str, *, block: bool = False) -> Markup:
    """Wrap presentation MathML, which the printer has escaped, in its outermost element."""
    return element("math", {"display": "block" if block else None}, Markup(mathml))


def data(identifier: str, document: object) -> Markup:
    """Write a document as JSON that a script of the page reads; nothing in it can end the element.

    >>> data("d", ["</script>\u2028"])
    '<script type="application/json" id="d">["\\\\u003c/script\\\\u003e\\\\u2028"]</script>'
    """
    text = json.dumps(document, separators=(",", ":"), allow_nan=False)
    for letter in "<>&":
        text = text.replace(letter, f"\\u{ord(letter):04x}")
    return Markup(f'<script type="application/json" id="{escaped(identifier)}">{text}</script>')
