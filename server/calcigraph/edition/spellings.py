"""Literals as they are written in, as the engine of queries answers them out.

The engine stores a number by its value: it answers `"0.70"^^xsd:decimal` as `0.7`, and
`"5"^^xsd:nonNegativeInteger` as an `xsd:integer`. Assertions keep how they were written; the two are
brought together again by what is found out here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Final

import pyoxigraph as ox

from calcigraph.rdf.terms import Term
from calcigraph.rdf.vocabulary import RDF, XSD

_KEPT = (XSD["string"], RDF["langString"])
_MOST_KEPT: Final = 8192
_NODE = ox.NamedNode("urn:spelling")


def values(literals: Iterable[ox.Literal]) -> Iterator[tuple[ox.Literal, ox.Literal]]:
    """Each of the literals that the engine answers in another form, with that form.

    The engine itself is asked, so that nothing here can differ from what it does. Cost: some three
    microseconds a literal.
    """
    asked = list(dict.fromkeys(literal for literal in literals if literal.datatype not in _KEPT))
    store = ox.Store()
    store.extend(
        ox.Quad(ox.NamedNode(f"urn:spelling:{place}"), _NODE, literal) for place, literal in enumerate(asked)
    )
    for quad in store:
        assert isinstance(quad.subject, ox.NamedNode)
        written = asked[int(quad.subject.value.rpartition(":")[2])]
        if isinstance(quad.object, ox.Literal) and quad.object != written:
            yield written, quad.object


@lru_cache(_MOST_KEPT)
def value(term: Term) -> Term:
    """The form in which the engine answers `term`: itself but for some literals. Cost: some 50 microseconds
    for a literal; kept for a while, as a change asks often for the same few."""
    if not isinstance(term, ox.Literal) or term.datatype in _KEPT:
        return term
    return next((answered for _, answered in values([term])), term)
