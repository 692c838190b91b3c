"""The schema in; the classes and properties that may have nothing in common, as lists and pairs, out.

These are rules of the tables as well (cax-dw, cax-adc, cls-com, prp-pdw, prp-adp), but a thousand classes
in one list stand for half a million rules that hardly ever find anything: they are kept as they are said.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np

from calcigraph.reasoning.facts.columns import Key, class_key
from calcigraph.reasoning.rules.schema import Schema
from calcigraph.reasoning.terms import vocabulary as v
from calcigraph.reasoning.terms.numbering import MASK, SHIFT, Ground, Ids
from calcigraph.reasoning.terms.vocabulary import NAMES

_CLASSES: Final = {"cax-dw": "owl:disjointWith", "cls-com": "owl:complementOf"}
_PAIRS: Final = _CLASSES | {"prp-pdw": "owl:propertyDisjointWith"}
_LISTS: Final = {"cax-adc": "owl:AllDisjointClasses", "prp-adp": "owl:AllDisjointProperties"}
AS_SAID: Final = frozenset(_PAIRS)
"""The rules of the tables of which no rule is compiled."""


@dataclass(frozen=True)
class DisjointList:
    """One list whose members have nothing in common: the keys of their facts, and its triples."""

    name: str
    keys: tuple[Key, ...]
    axioms: tuple[Ground, ...]


@dataclass(frozen=True)
class DisjointPairs:
    """The axioms of one predicate, each of which says that its subject and object have nothing in common."""

    name: str
    predicate: int
    pairs: Ids

    @property
    def halves(self) -> tuple[Ids, Ids]:
        """The subjects and the objects."""
        return self.pairs >> SHIFT, self.pairs & MASK

    def key(self, term: int) -> Key:
        """Under which the facts of a class, or of a property, stand."""
        return class_key(term) if self.name in _CLASSES else term

    def terms(self, keys: Iterable[Key]) -> Ids:
        """The classes, or the properties, that some keys stand for, sorted."""
        of_classes = self.name in _CLASSES
        return np.array(
            sorted(~key if of_classes else key for key in keys if (key < 0) == of_classes), np.int64
        )


def disjoint_lists(schema: Schema) -> Iterator[DisjointList]:
    """The lists of cax-adc and prp-adp. Cost: linear in them."""
    for name, kind in _LISTS.items():
        for node in schema.members(NAMES[kind]):
            for head in schema.objects(node, NAMES["owl:members"]):
                axiom = (node, NAMES["owl:members"], head)
                found = schema.sequence(head, axiom)
                if found is not None:
                    items = (_key(schema, item, name == "cax-adc") for item in found[0])
                    axioms = ((node, v.TYPE, NAMES[kind]), axiom, *found[1])
                    yield DisjointList(name, tuple(items), axioms)


def disjoint_pairs(schema: Schema) -> Iterator[DisjointPairs]:
    """The pairs of cax-dw, cls-com and prp-pdw. Cost: none to speak of."""
    for name, curie in _PAIRS.items():
        pairs = schema.column(NAMES[curie])
        if len(pairs):
            yield DisjointPairs(name, NAMES[curie], pairs)


def _key(schema: Schema, term: int, is_class: bool) -> Key:
    return schema.equality.key(class_key(term) if is_class else term)
