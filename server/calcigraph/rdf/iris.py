"""A string in, an absolute and well-formed IRI out."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import quote

import pyoxigraph as ox

from calcigraph.errors import Problem

MAX_LENGTH = 10_000
# RFC 3987 ipchar and "/", beyond what `quote` leaves alone anyway; "%" stays for what is encoded.
_PATH_SAFE: Final = "/%:@!$&'()*+,;=~?#"
# A scheme, then what an IRIREF of Turtle and RFC 3987 both allow; control characters, surrogates, private
# use and the marks that turn the writing direction (they make an IRI look like another) are left out.
ABSOLUTE_IRI = re.compile(
    r"[A-Za-z][A-Za-z0-9+.-]*:"
    r"(?:%[0-9A-Fa-f]{2}|[^\s\x00-\x20\x7f-\x9f<>\"{}|^`\\%\ud800-\udfff\ue000-\uf8ff"
    r"\u200e\u200f\u202a-\u202e\ufff0-\uffff])++"
)


class IriMalformed(Problem):
    """A string that is no absolute IRI."""

    title = "The IRI is malformed"


def named_node(iri: str) -> ox.NamedNode:
    """An IRI as a term, if it is absolute and well-formed (RFC 3987). Raises: IriMalformed."""
    shown = iri if len(iri) <= 80 else iri[:77] + "…"
    if len(iri) > MAX_LENGTH or not ABSOLUTE_IRI.fullmatch(iri):
        raise IriMalformed(
            f"`{shown}` is no absolute IRI.",
            "Write scheme and path, and percent-encode spaces, quotes and brackets (a space is %20).",
        )
    try:
        return ox.NamedNode(iri)
    except ValueError:
        raise IriMalformed(
            f"`{shown}` is no valid IRI.", "Check its host, its port and its percent-encoding."
        ) from None


def address(base: str, path: str) -> str:
    """The whole IRI of a path below `base`."""
    return base.rstrip("/") + encoded_path(path)


def encoded_path(path: str) -> str:
    """A path, and what may follow it, as a URI has it."""
    return quote(path, safe=_PATH_SAFE)
