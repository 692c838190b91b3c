"""The concepts and collections of an edition in, their trees out (SKOS Reference, sections 4, 8 and 9)."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import pyoxigraph as ox

from calcigraph.deadline import watched
from calcigraph.rdf.vocabulary import SKOS
from calcigraph.trees.hierarchy import Hierarchy, Pair, Sorting
from calcigraph.trees.lists import Lists

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


def collections(
    pairs: Pairs, typed: Typed, sort: Sorting, ordered: Iterable[Pair], lists: Lists
) -> Hierarchy:
    """Collections with their members; each item of a list that is one in `ordered` is a member (S36)."""
    items = [(item, upper) for upper, head in watched(ordered) for item in lists.named_items(head)]
    known = (*typed(SKOS["Collection"]), *typed(SKOS["OrderedCollection"]))
    terms = dict.fromkeys(known)
    listed = [pair for pair in watched((*items, *_turned(pairs(SKOS["member"])))) if pair[1] in terms]
    terms |= dict.fromkeys(lower for lower, _ in listed)
    return Hierarchy(terms, listed, (), sort, is_cut=lists.is_cut)


def _turned(pairs: list[Pair]) -> list[Pair]:
    return [(value, subject) for subject, value in pairs]
