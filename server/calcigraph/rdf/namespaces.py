"""An IRI in, its namespace and its local name out: the one place that says where one of them ends."""

from __future__ import annotations

import re
from typing import Final

from calcigraph.rdf.vocabulary import OBO

# An identifier of the OBO Foundry is a prefix and a number in one name (OBO Foundry identifier policy).
_OBO: Final = re.compile(rf"{re.escape(OBO.iri)}[A-Za-z]+_(?=[0-9])")
# A scheme, and an authority where there is one (RFC 3986, section 3): what stands in them ends no namespace.
_START: Final = re.compile(r"[^:/?#]*+:(?://[^/?#]*+)?")


def namespace(iri: str) -> str:
    """What stands before the local name of a term: the IRI up to its `#`, else to its last `/`, else to its
    last `:`, as in `urn:example:`, or with the prefix of an OBO identifier. A host without a path is it
    with a slash."""
    obo = _OBO.match(iri)
    if obo:
        return obo[0]
    start = _START.match(iri)
    begins = start.end() if start else 0
    for mark in "#/:":
        at = iri.rfind(mark, begins)
        if at >= 0:
            return iri[: at + 1]
    return f"{iri[:begins]}/" if "//" in iri[:begins] else iri[:begins]


def split(iri: str) -> tuple[str, str]:
    """An IRI as its namespace and its local name, which is empty where it is a host alone."""
    space = namespace(iri)
    return space, iri[len(space) :]
