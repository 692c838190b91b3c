"""The values of a property in, those that say something and those that only follow from them out.

What is inferred of a class is mostly what its superclasses are and say: a reader wants the nearest of them,
and the rest on demand.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence
from typing import Final

import pyoxigraph as ox

from calcigraph.describe.values import ShownValue, Standing
from calcigraph.edition import Edition
from calcigraph.manchester import Piece
from calcigraph.rdf.terms import Term
from calcigraph.rdf.vocabulary import OWL, RDF, RDFS, SKOS

_ORDERS: Final = {
    RDFS["subClassOf"]: RDFS["subClassOf"],
    RDF["type"]: RDFS["subClassOf"],
    RDFS["domain"]: RDFS["subClassOf"],
    RDFS["range"]: RDFS["subClassOf"],
    RDFS["subPropertyOf"]: RDFS["subPropertyOf"],
    SKOS["broaderTransitive"]: SKOS["broaderTransitive"],
}
"""The relation by which one value of a property entails another."""
_TRIVIAL: Final = {OWL["Thing"], RDFS["Resource"], OWL["topObjectProperty"], OWL["topDataProperty"]}
_MOST_COMPARED: Final = 200
_MOST_INFERRED: Final = 12


def sifted(
    edition: Edition, predicate: ox.NamedNode, values: Sequence[ShownValue], texts: Container[Term] = ()
) -> tuple[list[ShownValue], list[ShownValue]]:
    """What is asserted, then the nearest of what is inferred; and what is left: what follows from those, or
    is said by them already, or is one of the `texts` that other properties give it and was only copied.
    Cost: a look-up for each inferred value, of two hundred at most."""
    copies = [value for value in values if _is_copied(value, texts)]
    if copies:
        rest, left = sifted(edition, predicate, [value for value in values if value not in copies])
        return rest, [*left, *copies]
    inferred = [value for value in values if value.fact.standing is Standing.INFERRED]
    if not inferred:
        return [*values], []
    stated = [value for value in values if value.fact.standing is not Standing.INFERRED]
    known = {key for value in stated for key in _keys(value)}
    aside: list[ShownValue] = []
    open_: list[ShownValue] = []
    for value in inferred:
        is_known = not known.isdisjoint(_keys(value)) or _is_trivial(value)
        (aside if is_known or isinstance(value.term, ox.BlankNode) else open_).append(value)
    if predicate in _ORDERS and len(open_) + len(stated) <= _MOST_COMPARED:
        entailed = _entailed(edition, _ORDERS[predicate], [value.term for value in (*stated, *open_)])
        aside += (value for value in open_ if value.term in entailed)
        open_ = [value for value in open_ if value.term not in entailed]
    if len(open_) > _MOST_INFERRED:
        aside, open_ = [*open_, *aside], []
    return [*stated, *open_], _distinct(aside, known)


def _is_copied(value: ShownValue, texts: Container[Term]) -> bool:
    """Whether a rule only gives a text once more that is asserted under another property."""
    return value.fact.standing is not Standing.ASSERTED and value.term in texts


def _is_trivial(value: ShownValue) -> bool:
    """What is true of everything, or that something is itself."""
    return value.term in _TRIVIAL or value.term == value.fact.triple.subject


def _entailed(edition: Edition, order: ox.NamedNode, terms: Iterable[Term]) -> set[Term]:
    """Those of the terms that another one of them is below, and which are not below it."""
    among = {term for term in terms if isinstance(term, ox.NamedNode)}
    above = {
        term: {found for found in edition.objects(term, order) if found in among and found != term}
        for term in among
    }
    return {one for one in among for term in among if one in above[term] and term not in above[one]}


def _distinct(values: Iterable[ShownValue], known: set[Term | tuple[Piece, ...]]) -> list[ShownValue]:
    """Of expressions that read alike, one."""
    found: dict[object, ShownValue] = {}
    for value in values:
        key = value.expression.pieces if value.expression else value.term
        if value.expression is None or key not in known:
            found.setdefault(key, value)
    return [*found.values()]


def _keys(value: ShownValue) -> tuple[Term | tuple[Piece, ...], ...]:
    return (value.expression.pieces,) if value.expression else (value.term,)
