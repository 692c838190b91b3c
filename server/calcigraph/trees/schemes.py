"""The concepts and collections of an edition in, their trees out (SKOS Reference, sections 4, 8 and 9)."""

from __future__ import annotations

from collections.abc import Callable

import pyoxigraph as ox

from calcigraph.rdf.vocabulary import SKOS
from calcigraph.trees.hierarchy import Hierarchy, Pair, Sorting

Pairs = Callable[[ox.NamedNode], list[Pair]]
Typed = Callable[[ox.NamedNode], list[int]]


def concepts(pairs: Pairs, typed: Typed, sort: Sorting) -> Hierarchy:
    """Schemes with their top concepts, and below each what is narrower. A concept in a scheme that is neither
    on top nor below another one is shown right below the scheme; one in none, beside the schemes."""
    broader = [*pairs(SKOS["broader"]), *_turned(pairs(SKOS["narrower"]))]
    tops = [*pairs(SKOS["topConceptOf"]), *_turned(pairs(SKOS["hasTopConcept"]))]
    placed = {lower for lower, _ in broader}
    loose = [pair for pair in pairs(SKOS["inScheme"]) if pair[0] not in placed]
    below = [*tops, *loose, *broader]
    known = (*typed(SKOS["ConceptScheme"]), *typed(SKOS["Concept"]))
    terms = dict.fromkeys((*known, *(term for pair in (*tops, *broader) for term in reversed(pair))))
    return Hierarchy(terms, below, (), sort)


def collections(pairs: Pairs, typed: Typed, sort: Sorting) -> Hierarchy:
    """Collections with their members."""
    below = _turned(pairs(SKOS["member"]))
    known = (*typed(SKOS["Collection"]), *typed(SKOS["OrderedCollection"]))
    listed = [pair for pair in below if pair[1] in set(known)] if known else []
    terms = dict.fromkeys((*known, *(lower for lower, _ in listed)))
    return Hierarchy(terms, listed, (), sort)


def _turned(pairs: list[Pair]) -> list[Pair]:
    return [(value, subject) for subject, value in pairs]
