"""Triples in, sorted integer columns by key out, and back: the form in which facts enter and leave."""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Iterable, Iterator

import numpy as np
import pyoxigraph as ox

from calcigraph.reasoning.facts.arrays import NONE, by_object, unique
from calcigraph.reasoning.facts.columns import Columns, Key, class_key
from calcigraph.reasoning.terms import vocabulary as v
from calcigraph.reasoning.terms.numbering import MASK, SHIFT, Ids, TermNumbers
from calcigraph.reasoning.terms.statements import Statement

_REFLEXIVE = frozenset(
    (v.SUB_CLASS_OF, v.SUB_PROPERTY_OF, v.EQUIVALENT_CLASS, v.EQUIVALENT_PROPERTY, v.SAME_AS)
)

_TRIVIAL_OBJECTS = {
    v.SUB_CLASS_OF: (v.THING, v.RESOURCE),
    v.DOMAIN: (v.THING, v.RESOURCE),
    v.RANGE: (v.THING, v.RESOURCE),
}

_TRIVIAL_CLASSES = frozenset((class_key(v.THING), class_key(v.RESOURCE)))


def encode(terms: TermNumbers, triples: Iterable[Statement]) -> Columns:
    """The columns of some triples; new terms are numbered. Cost: three hashes per triple, and a sort."""
    packed: defaultdict[int, array[int]] = defaultdict(lambda: array("q"))
    with terms.growing:
        for subject, predicate, obj in triples:
            packed[terms[predicate]].append(terms[subject] << 32 | terms[obj])
    columns = {key: unique(np.frombuffer(values, np.int64)) for key, values in packed.items()}
    for class_id, members in by_object(columns.pop(v.TYPE, NONE)):
        columns[class_key(class_id)] = members
    return columns


def decode(terms: TermNumbers, columns: Columns) -> Iterator[ox.Triple]:
    """The facts as triples of RDF. Cost: about a microsecond each."""
    table, triple = terms.terms, ox.Triple
    for key, column in columns.items():
        if key < 0:
            predicate, obj = table[v.TYPE], table[~key]
            for fact in column.tolist():
                yield triple(table[fact], predicate, obj)  # type: ignore[arg-type]
        else:
            predicate = table[key]
            for fact in column.tolist():
                yield triple(table[fact >> 32], predicate, table[fact & 0xFFFFFFFF])  # type: ignore[arg-type]


def axioms() -> Columns:
    """cls-thing and cls-nothing1, the axiomatic triples from which others follow."""
    return {class_key(v.CLASS): np.array(sorted((v.THING, v.NOTHING)), np.int64)}


def visible(terms: TermNumbers, key: Key, column: Ids) -> Ids:
    """The facts of one key that are RDF (no literal subject, an IRI as predicate) and not trivial.

    Trivial are memberships of owl:Thing and rdfs:Resource, a hierarchy's own reflexive pairs, and
    what scm-cls says of owl:Thing and owl:Nothing.
    """
    if key in _TRIVIAL_CLASSES or (key >= 0 and type(terms.terms[key]) is not ox.NamedNode):
        return NONE
    literals = terms.literals[:]  # before the length of `terms`, which another thread may let grow
    if len(column) < len(literals):
        subjects = (column if key < 0 else column >> SHIFT).tolist()
        column = column[np.array([not terms.is_literal(i) for i in subjects], bool)]
    elif literals:
        table = np.zeros(len(terms.terms), bool)
        table[literals] = True
        column = column[~table[column if key < 0 else column >> SHIFT]]
    if key == class_key(v.CLASS):
        column = column[(column != v.THING) & (column != v.NOTHING)]
    if key in _REFLEXIVE:
        column = column[(column >> SHIFT) != (column & MASK)]
    for obj in _TRIVIAL_OBJECTS.get(key, ()):
        column = column[(column & MASK) != obj]
    return column[(column >> SHIFT) != v.NOTHING] if key == v.SUB_CLASS_OF else column
