"""A string of a query as written in, its value out; and a value in, how to write it (SPARQL 1.1, section
19.8, ECHAR; section 19.2)."""

from __future__ import annotations

import re
from typing import Final

from calcigraph.sparql.tree import Literal, Node

_ESCAPE: Final = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(.))", re.DOTALL)
_ESCAPED: Final = {"t": "\t", "b": "\b", "n": "\n", "r": "\r", "f": "\f"}
_WRITTEN: Final = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r"}
_TO_ESCAPE: Final = re.compile(r'[\\"\n\r]')


def string_value(written: str) -> str | None:
    """The value of a string in quotes of any kind; None where an escape stands for no character."""
    quotes = 3 if written[:3] in ('"""', "'''") and len(written) >= 6 else 1
    try:
        value = _ESCAPE.sub(_unescaped, written[quotes:-quotes])
        value.encode()
    except (ValueError, OverflowError):
        return None
    return value


def simple_value(node: Node) -> str | None:
    """The value of a literal that is a string without a language; None for any other node."""
    if not isinstance(node, Literal) or node.language is not None or node.datatype is not None:
        return None
    return string_value(node.text) if node.text[:1] in ("'", '"') else None


def as_string(value: str) -> str:
    """How `value` is written as a string."""
    return '"' + _TO_ESCAPE.sub(lambda found: _WRITTEN[found[0]], value) + '"'


def _unescaped(escape: re.Match[str]) -> str:
    short, long, character = escape.groups()
    return chr(int(short or long, 16)) if character is None else _ESCAPED.get(character, character)
