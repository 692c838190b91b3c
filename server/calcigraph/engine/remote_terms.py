"""A term as another endpoint sent it in, the term as it is written in SPARQL out."""

from __future__ import annotations

import secrets
from typing import Final, NamedTuple
from urllib.parse import urljoin

import pyoxigraph as ox

_NOWHERE: Final = "http://localhost/"
_DIRECTIONS: Final = {"ltr": ox.BaseDirection.LTR, "rtl": ox.BaseDirection.RTL}


class RowSpoiledError(ValueError):
    """A term that is none: its row cannot be used."""


class RemoteTerm(NamedTuple):
    """A term as JSON and XML have it: `kind` is uri, literal, typed-literal or bnode; "" where something is
    not said."""

    kind: str
    value: str
    language: str = ""
    datatype: str = ""
    direction: str = ""


class Skolem:
    """Blank nodes in, IRIs that nobody has used before out (RDF 1.1 Concepts, section 3.5).

    VALUES takes no blank nodes. The same label of one answer gives the same IRI, below `base_iri`'s host; a
    label may be any string (Virtuoso's are `nodeID://b1`).
    """

    def __init__(self, base_iri: str | None) -> None:
        self._start = urljoin(base_iri or _NOWHERE, f"/.well-known/genid/{secrets.token_hex(8)}-")
        self._numbers: dict[str, int] = {}

    def iri(self, label: str) -> ox.NamedNode:
        """The IRI for the node with this label."""
        number = self._numbers.setdefault(label, len(self._numbers))
        return ox.NamedNode(f"{self._start}{number}")


def written(term: RemoteTerm, skolem: Skolem) -> str:
    """`term` as SPARQL writes it. Raises: RowSpoiledError where its IRI, language or datatype is none."""
    try:
        return str(_read(term, skolem))
    except (ValueError, KeyError) as error:
        raise RowSpoiledError(term.kind) from error


def _read(term: RemoteTerm, skolem: Skolem) -> ox.NamedNode | ox.Literal:
    if term.kind == "uri":
        return ox.NamedNode(term.value)
    if term.kind == "bnode":
        return skolem.iri(term.value)
    if term.kind not in ("literal", "typed-literal"):
        raise RowSpoiledError(term.kind)
    if term.language:
        direction = _DIRECTIONS[term.direction] if term.direction else None
        return ox.Literal(term.value, language=term.language, direction=direction)
    datatype = ox.NamedNode(term.datatype) if term.datatype else None
    return ox.Literal(term.value, datatype=datatype)
