"""An IRI as it was sent in, the IRIs of the data that it may mean out: two spellings of one where RFC 3986
(section 6.2.2) and RFC 3987 (section 3.1) say so."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pyoxigraph as ox

from calcigraph.edition import Edition

_BEYOND_ASCII = re.compile(r"(?:%[89A-Fa-f][0-9A-Fa-f])++")
_ESCAPE = re.compile(r"%([0-9A-Fa-f]{2})")
_QUERY = re.compile(r"%3[Ff]")
_UNRESERVED = re.compile(r"[A-Za-z0-9\-._~]")
# May stand in a segment, and is often encoded all the same.
_IN_SEGMENT = re.compile(r"[A-Za-z0-9\-._~:@!$&'()*+,;=]")


def spelled(raw: str) -> Iterator[ox.NamedNode]:
    """The IRIs that a text may stand for, the most literal one first; five at most."""
    readable = _BEYOND_ASCII.sub(_decoded, raw)
    normal = _ESCAPE.sub(lambda found: _plain(found, _UNRESERVED), readable)
    lenient = _ESCAPE.sub(lambda found: _plain(found, _IN_SEGMENT), normal)
    # The document of an IRI with a query is addressed so, as the query of an address means something else.
    for spelling in dict.fromkeys((raw, readable, normal, lenient, _QUERY.sub("?", readable))):
        try:
            yield ox.NamedNode(spelling)
        except ValueError:
            continue


def find(edition: Edition, raw: str) -> ox.NamedNode | None:
    """The resource of the data that a text names, in this or another spelling; None where there is none.

    Cost: as for `is_known`, for each spelling.
    """
    return next((node for node in spelled(raw) if is_known(edition, node)), None)


def is_known(edition: Edition, node: ox.NamedNode) -> bool:
    """Whether it stands anywhere in the data but as a graph's name alone, or a fragment of it does.

    Cost: three look-ups.
    """
    if edition.mentions(node) or any(True for _ in edition.quads(None, node)):
        return True
    return "#" not in node.value and any(True for _ in edition.fragments(node))


def _decoded(escapes: re.Match[str]) -> str:
    """The characters that a run of escaped bytes stands for, where they are UTF-8 (RFC 3987, section 3.2)."""
    try:
        return bytes.fromhex(escapes[0].replace("%", "")).decode("utf-8")
    except UnicodeDecodeError:
        return escapes[0]


def _plain(escape: re.Match[str], kept: re.Pattern[str]) -> str:
    """The character that is escaped, where it need not be; else the escape in capitals."""
    character = chr(int(escape[1], 16))
    return character if kept.fullmatch(character) else escape[0].upper()
