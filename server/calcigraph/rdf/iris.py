"""A string in, an absolute and well-formed IRI out."""

from __future__ import annotations

import re

import pyoxigraph as ox

from calcigraph.errors import Problem

MAX_LENGTH = 10_000
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
