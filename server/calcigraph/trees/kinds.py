"""The trees that an edition has, by their kinds, each made when it is first asked for."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import cached_property, lru_cache
from itertools import chain
from typing import Final

import pyoxigraph as ox

from calcigraph.deadline import watched
from calcigraph.edition import DEPRECATING, Edition
from calcigraph.rdf.vocabulary import OWL, RDF, RDFS, SKOS
from calcigraph.trees import schemes
from calcigraph.trees.hierarchy import Hierarchy, Pair
from calcigraph.trees.lists import Lists
from calcigraph.trees.members import Members
from calcigraph.trees.tree import Tree

# Above this, terms come in order of their IRIs, as each label takes a look-up.
_MOST_SORTED: Final = 1_000
_CLASSES = (OWL["Class"], RDFS["Class"])
_KINDS_OF_PROPERTIES: Final = {
    "object-properties": OWL["ObjectProperty"],
    "datatype-properties": OWL["DatatypeProperty"],
    "annotation-properties": OWL["AnnotationProperty"],
}
# What says no more than that it is a property; each may be of several kinds.
_PROPERTIES: Final = (
    RDF["Property"],
    *(OWL[f"{kind}Property"] for kind in ("Functional", "InverseFunctional", "Transitive", "Symmetric")),
    *(
        OWL[f"{kind}Property"]
        for kind in ("Asymmetric", "Reflexive", "Irreflexive", "Deprecated", "Ontology")
    ),
)
_VOCABULARIES: Final = tuple(vocabulary.iri for vocabulary in (RDF, RDFS, OWL, SKOS))


KINDS: Final = (
    "classes",
    *_KINDS_OF_PROPERTIES,
    *("properties", "concepts", "collections", "individuals", "deprecated"),
)
"""What names each kind, also in addresses."""


class Trees:
    """The trees of one edition: what is written, not what follows from it."""

    def __init__(self, edition: Edition) -> None:
        self._edition = edition
        self._index = edition.index
        about = edition.root.namespace
        self._foreign = tuple(iri for iri in _VOCABULARIES if not iri.startswith(about))
        self.of = lru_cache(len(KINDS))(self._tree)
        """The tree of a kind, by its slug. Cost of the first call: see `Hierarchy` and `Index.pairs`."""

    def number(self, node: ox.NamedNode) -> int | None:
        """The number of a term in the trees."""
        return self._index.number(node)

    def is_deprecated(self, node: ox.NamedNode) -> bool:
        """Whether a term is not to be used any more."""
        return self._index.number(node) in self._retired

    def _tree(self, slug: str) -> Tree:
        if slug == "classes":
            return self._of_classes()
        if slug == "concepts":
            return schemes.concepts(self._pairs, self._typed, self._sorted)
        if slug == "collections":
            ordered = self._edges(SKOS["memberList"])
            return schemes.collections(self._pairs, self._typed, self._sorted, ordered, self._lists())
        if slug == "individuals":
            return Members(self._edition, self._with_members(), self._sorted)
        if slug == "deprecated":
            return Hierarchy(dict.fromkeys(self._retired), (), (), self._sorted)
        return self._of_properties(slug)

    def _of_classes(self) -> Tree:
        """Classes below each other as `rdfs:subClassOf` says, and below the named members of an intersection
        which they are, or are below; two that are equivalent by name have one place."""
        same, lists = self._pairs(OWL["equivalentClass"]), self._lists()
        below = [*self._pairs(RDFS["subClassOf"]), *watched(self._intersected(lists))]
        typed = (term for kind in _CLASSES for term in self._typed(kind))
        terms = self._own(chain(typed, (term for pair in below for term in pair)))
        return Hierarchy(self._in_use(terms, below), below, same, self._sorted, is_cut=lists.is_cut)

    def _of_properties(self, slug: str) -> Tree:
        """Properties of one kind; of those that have none, what is said to be one, or below or above one."""
        typed = {name: self._typed(kind) for name, kind in _KINDS_OF_PROPERTIES.items()}
        known, below = set(chain(*typed.values())), self._pairs(RDFS["subPropertyOf"])
        said = chain(*map(self._typed, _PROPERTIES), chain.from_iterable(below))
        plain = (term for term in said if term not in known)
        terms = self._own(typed.get(slug, plain))
        return Hierarchy(
            self._in_use(terms, below), below, self._pairs(OWL["equivalentProperty"]), self._sorted
        )

    def _lists(self) -> Lists:
        return Lists(self._edges, self._is_named)

    def _intersected(self, lists: Lists) -> Iterator[Pair]:
        """Named members of the intersections that named classes are, or are below. Cost: see `Lists`."""
        lowers: dict[int, list[int]] = {}
        for predicate in (OWL["equivalentClass"], RDFS["subClassOf"]):
            for lower, node in watched(self._edges(predicate)):
                lowers.setdefault(node, []).append(lower)
        for node, head in watched(self._edges(OWL["intersectionOf"])):
            below = [lower for lower in (node, *lowers.get(node, ())) if self._is_named(lower)]
            for upper in lists.named_items(head, len(below)) if below else ():
                yield from ((lower, upper) for lower in below if lower != upper)

    def _is_named(self, number: int) -> bool:
        return isinstance(self._index.term(number), ox.NamedNode)

    def _with_members(self) -> dict[int, int]:
        """The classes that are no part of a vocabulary for terms, with how many members each has."""
        uses = self._index.written_uses(self._edition.number, self._index.number(RDF["type"]))
        return {term: uses[term] for term in self._own(uses)}

    def _own(self, terms: Iterable[int]) -> dict[int, None]:
        """Terms with an IRI of no vocabulary that terms are described with, each once; unless that is what
        the root is about."""
        found = [term for term in dict.fromkeys(terms) if self._is_own(term)]
        # Of several names of one term, one of the root's own stands for it.
        return dict.fromkeys(sorted(found, key=self._is_elsewhere))

    def _is_elsewhere(self, number: int) -> bool:
        term = self._index.term(number)
        return isinstance(term, ox.NamedNode) and not term.value.startswith(self._edition.root.namespace)

    def _is_own(self, number: int) -> bool:
        term = self._index.term(number)
        return isinstance(term, ox.NamedNode) and not term.value.startswith(self._foreign)

    def _in_use(self, terms: dict[int, None], below: Collection[Pair]) -> dict[int, None]:
        """Without what is retired, unless something in use is below it."""
        needed = {upper for lower, upper in below if lower not in self._retired}
        return {term: None for term in terms if term not in self._retired or term in needed}

    @cached_property
    def _retired(self) -> frozenset[int]:
        number = self._index.number
        said = ((number(predicate), number(v)) for predicate, values in DEPRECATING.items() for v in values)
        return frozenset(chain(*(self._written(*pair) for pair in said)))

    def _written(self, predicate: int | None, value: int | None) -> list[int]:
        if predicate is None or value is None:
            return []
        return self._index.written(self._edition.number, predicate, value)

    def _pairs(self, predicate: ox.NamedNode) -> list[Pair]:
        number = self._index.number(predicate)
        return [] if number is None else self._index.pairs(self._edition.number, number)

    def _edges(self, predicate: ox.NamedNode) -> list[Pair]:
        number = self._index.number(predicate)
        return [] if number is None else self._index.edges(self._edition.number, number)

    def _typed(self, kind: ox.NamedNode) -> list[int]:
        return self._written(self._index.number(RDF["type"]), self._index.number(kind))

    def _sorted(self, terms: Sequence[int]) -> Sequence[int]:
        """Terms by their labels; very many as they come, which is in order of their IRIs."""
        if len(terms) > _MOST_SORTED:
            return terms
        names = {term: self._edition.label(self._index.term(term)).casefold() for term in terms}
        return sorted(terms, key=names.__getitem__)
