"""Triples in, sorted integer columns by key out, and back: the form in which facts enter and leave."""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Iterable, Iterator

import numpy as np
import pyoxigraph as ox

from calcigraph.reasoning import vocabulary as v
from calcigraph.reasoning.relations import NONE, Key, by_object, class_key, member, merge, remove, unique
from calcigraph.reasoning.terms import MASK, SHIFT, Ids, Statement, Terms

Columns = dict[Key, Ids]
"""Facts by key, each column sorted, each fact once."""

_REFLEXIVE = frozenset(
    (v.SUB_CLASS_OF, v.SUB_PROPERTY_OF, v.EQUIVALENT_CLASS, v.EQUIVALENT_PROPERTY, v.SAME_AS)
)
_TRIVIAL_OBJECTS = {
    v.SUB_CLASS_OF: (v.THING, v.RESOURCE),
    v.DOMAIN: (v.THING, v.RESOURCE),
    v.RANGE: (v.THING, v.RESOURCE),
}
_TRIVIAL_CLASSES = frozenset((class_key(v.THING), class_key(v.RESOURCE)))


def encode(terms: Terms, triples: Iterable[Statement]) -> Columns:
    """The columns of some triples; new terms are numbered. Cost: three hashes per triple, and a sort."""
    packed: defaultdict[int, array[int]] = defaultdict(lambda: array("q"))
    for subject, predicate, obj in triples:
        packed[terms[predicate]].append(terms[subject] << 32 | terms[obj])
    columns = {key: unique(np.frombuffer(values, np.int64)) for key, values in packed.items()}
    for class_id, members in by_object(columns.pop(v.TYPE, NONE)):
        columns[class_key(class_id)] = members
    return columns


def single(ground: tuple[int, int, int]) -> tuple[Key, int]:
    """The key and the packed fact of one triple."""
    subject, predicate, obj = ground
    return (class_key(obj), subject) if predicate == v.TYPE else (predicate, subject << 32 | obj)


def holds(columns: Columns, ground: tuple[int, int, int]) -> bool:
    """Whether a triple stands in the columns. Cost: one search."""
    key, fact = single(ground)
    column = columns.get(key)
    if column is None or not len(column):
        return False
    at = int(np.searchsorted(column, fact))
    return at < len(column) and int(column[at]) == fact


def plus(columns: Columns, more: Columns) -> Columns:
    """The columns with more facts. Cost: the columns that change."""
    out = dict(columns)
    for key, column in more.items():
        old = out.get(key, NONE)
        out[key] = merge(old, column[~member(column, old)])
    return out


def minus(columns: Columns, less: Columns) -> Columns:
    """The columns without some facts. Cost: the columns that change."""
    out = dict(columns)
    for key, column in less.items():
        if out.get(key) is column:
            del out[key]  # one and the same column: nothing is left, and no search is needed
        elif key in out and len(out[key]) <= len(column):
            out[key] = out[key][~member(out[key], column)]
        elif key in out:
            out[key] = remove(out[key], column)
    return {key: column for key, column in out.items() if len(column)}


def common(few: Columns, many: Columns) -> Columns:
    """Those of a few facts that stand in the other columns. Cost: a search each."""
    out = {key: column[member(column, many[key])] for key, column in few.items() if key in many}
    return {key: column for key, column in out.items() if len(column)}


def ground(columns: Columns) -> Iterator[tuple[int, int, int]]:
    """The facts as triples of ids."""
    for key, column in columns.items():
        if key < 0:
            yield from ((fact, v.TYPE, ~key) for fact in column.tolist())
        else:
            yield from ((fact >> 32, key, fact & 0xFFFFFFFF) for fact in column.tolist())


def decode(terms: Terms, columns: Columns) -> Iterator[ox.Triple]:
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


def visible(terms: Terms, key: Key, column: Ids) -> Ids:
    """The facts of one key that are RDF (no literal subject, an IRI as predicate) and not trivial.

    Trivial are memberships of owl:Thing and rdfs:Resource, a hierarchy's own reflexive pairs, and
    what scm-cls says of owl:Thing and owl:Nothing.
    """
    if key in _TRIVIAL_CLASSES or (key >= 0 and type(terms.terms[key]) is not ox.NamedNode):
        return NONE
    if terms.literals:
        table = np.zeros(len(terms.terms), bool)
        table[terms.literals] = True
        column = column[~table[column if key < 0 else column >> SHIFT]]
    if key == class_key(v.CLASS):
        column = column[(column != v.THING) & (column != v.NOTHING)]
    if key in _REFLEXIVE:
        column = column[(column >> SHIFT) != (column & MASK)]
    for obj in _TRIVIAL_OBJECTS.get(key, ()):
        column = column[(column & MASK) != obj]
    return column[(column >> SHIFT) != v.NOTHING] if key == v.SUB_CLASS_OF else column
