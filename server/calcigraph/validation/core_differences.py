"""A node of the shapes in, what of it the engine of SHACL Core judges otherwise than specified out."""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from typing import Final

import pyoxigraph as ox

from calcigraph.rdf.terms import Term
from calcigraph.rdf.vocabulary import RDF, SH, XSD
from calcigraph.validation.path_rules import FORMS
from calcigraph.validation.shapes_graph import ShapesGraph

CLOSED_VALUES: Final = "sh:closed beside sh:path"
SAME_SIBLING: Final = "siblings that count the same shape"
ORDERED_TEXTS: Final = "an order of texts with languages or of IRIs as texts"
_TRUE: Final = ox.Literal("true", datatype=XSD["boolean"])
_PATH, _PROPERTY, _QUALIFIED = SH["path"], SH["property"], SH["qualifiedValueShape"]
_BOUNDS: Final = tuple(SH[n] for n in ("minExclusive", "minInclusive", "maxExclusive", "maxInclusive"))
_PAIRS: Final = tuple(SH[n] for n in ("lessThan", "lessThanOrEquals"))
# It orders them as it does plain texts, where SPARQL has no order (SPARQL 1.1, section 17.3).
_TAGGED: Final = (RDF["langString"], XSD["anyURI"])
_TEXTS: Final = (*_TAGGED, XSD["string"])


def with_tagged_texts(data: Iterable[ox.Triple]) -> frozenset[ox.NamedNode]:
    """The properties that have texts with a language, or IRIs as texts, for values."""
    return frozenset(
        triple.predicate
        for triple in data
        if isinstance(triple.object, ox.Literal) and triple.object.datatype in _TAGGED
    )


def difference(graph: ShapesGraph, node: Term, tagged: AbstractSet[ox.NamedNode]) -> str | None:
    """What of a node is judged otherwise; None where nothing is."""
    # It reports the value and not the triples of it, and a literal as well (SHACL section 4.8.1).
    if _TRUE in graph.objects(node, SH["closed"]) and graph.objects(node, _PATH):
        return CLOSED_VALUES
    if _TRUE in graph.objects(node, SH["qualifiedValueShapesDisjoint"]) and _same_sibling(graph, node):
        return SAME_SIBLING
    return ORDERED_TEXTS if _orders_texts(graph, node, tagged) else None


def _same_sibling(graph: ShapesGraph, node: Term) -> bool:
    """Whether another counts values of the same shape, and so is no sibling of it (section 4.7.3)."""
    own = set(graph.objects(node, _QUALIFIED))
    children = (child for parent in graph.parents(node) for child in graph.objects(parent, _PROPERTY))
    return any(child != node and own & set(graph.objects(child, _QUALIFIED)) for child in children)


def _orders_texts(graph: ShapesGraph, node: Term, tagged: AbstractSet[ox.NamedNode]) -> bool:
    bounds = graph.objects(node, *_BOUNDS)
    if any(isinstance(bound, ox.Literal) and bound.datatype in _TEXTS for bound in bounds):
        return True
    others = graph.objects(node, *_PAIRS)
    return bool(others) and not tagged.isdisjoint((*others, *_properties(graph, node)))


def _properties(graph: ShapesGraph, node: Term) -> set[Term]:
    """The properties of a path; the nodes that it is made of are among them."""
    found: set[Term] = set()
    pending = graph.objects(node, _PATH)
    while pending:
        part = pending.pop()
        if part not in found:
            found.add(part)
            pending += graph.objects(part, *FORMS, RDF["rest"])
    return found
