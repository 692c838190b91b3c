"""The algebra of a rule in; which predicates and classes it reads, and where more may mean less, out."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import Any, Final

import pyoxigraph as ox
from rdflib import URIRef
from rdflib.paths import AlternativePath, InvPath, MulPath, NegatedPath, Path, SequencePath
from rdflib.plugins.sparql.parserutils import CompValue

from calcigraph.reasoning.terms.vocabulary import expand

TYPE: Final = expand("rdf:type")

Read = tuple[str | None, str | None]
"""A predicate and, for rdf:type, a class; None where it is a variable."""
Triple = tuple[Any, Any, Any]
"""A triple pattern of rdflib's terms, variables and paths."""


def overlap(one: Read, other: Read) -> bool:
    """Whether two of them may speak of the same triple."""
    same_predicate = one[0] is None or other[0] is None or one[0] == other[0]
    return same_predicate and (one[1] is None or other[1] is None or one[1] == other[1])


def read_of(triple: ox.Triple) -> Read:
    """What a triple is for rules that read it."""
    predicate = triple.predicate.value
    of_class = predicate == TYPE and isinstance(triple.object, ox.NamedNode)
    return predicate, triple.object.value if of_class and isinstance(triple.object, ox.NamedNode) else None


def matching(triples: Iterable[ox.Triple], wanted: Iterable[Read]) -> list[ox.Triple]:
    """Those of some triples that one of the reads (or writes) `wanted` may speak of. Cost: a look-up each."""
    classes: dict[str | None, set[str | None]] = {}
    for predicate, of in wanted:
        classes.setdefault(predicate, set()).add(of)
    if None in classes:
        return list(triples)
    return [t for t in triples if _speaks_of(t, classes.get(t.predicate.value, ()))]


def _speaks_of(triple: ox.Triple, classes: Collection[str | None]) -> bool:
    if not classes or None in classes:
        return bool(classes)
    of = read_of(triple)[1]
    return of is None or of in classes


def read(triple: Triple) -> Read:
    """What a pattern without a path reads (or, in a template, writes)."""
    _, predicate, obj = triple
    if not isinstance(predicate, URIRef):
        return None, None
    return str(predicate), str(obj) if str(predicate) == TYPE and isinstance(obj, URIRef) else None


def reads(triple: Triple) -> Iterator[Read]:
    """What a pattern reads."""
    if isinstance(triple[1], Path):
        yield from ((predicate, None) for predicate in _path_predicates(triple[1]))
    else:
        yield read(triple)


def _path_predicates(path: Any) -> Iterator[str | None]:
    if isinstance(path, URIRef):
        yield str(path)
    elif isinstance(path, NegatedPath):
        yield None
    elif isinstance(path, InvPath):
        yield from _path_predicates(path.arg)
    elif isinstance(path, MulPath):
        yield from _path_predicates(path.path)
        if path.zero:
            yield None  # a path of no steps holds of every term, so any triple may matter
    elif isinstance(path, SequencePath | AlternativePath):
        for part in path.args:
            yield from _path_predicates(part)


EXISTS: Final = ("Builtin_EXISTS", "Builtin_NOTEXISTS")


def exists_group(node: Any) -> Any:
    """The group of EXISTS or NOT EXISTS.

    rdflib puts its algebra beside the group as it was parsed, and takes the filters out of the latter;
    in a BIND it leaves the group as it was parsed.
    """
    return node.graph


def _parts(node: CompValue) -> Iterator[tuple[str, Any]]:
    """What stands below a node of the algebra, its own triples left out."""
    for name, part in node.items():
        if node.name in EXISTS and name == "graph":
            yield name, exists_group(node)
        elif name not in ("triples", "_vars"):
            yield name, part


def triples(node: CompValue) -> Iterator[Triple]:
    """The patterns of one node of the algebra."""
    # Where rdflib leaves a group as it was parsed, several triples stand in one flat list.
    for flat in dict.get(node, "triples", ()):
        for at in range(0, len(flat), 3):
            yield flat[at], flat[at + 1], flat[at + 2]


_NEGATIVE: Final = (
    *EXISTS,
    "AggregateJoin",
    "Group",
    "Slice",
    "MinusGraphPattern",
    "OptionalGraphPattern",
    "SubSelect",
)
_NEGATING: Final = {"Minus": "p2", "LeftJoin": "p2"}
_MONOTONE: Final = ("ConditionalAndExpression", "ConditionalOrExpression")


def walk(node: Any, positive: bool) -> Iterator[tuple[Triple, bool]]:
    """Every triple pattern, and whether more matches of it can only mean more results.

    EXISTS can only mean more where it is a condition of its group by itself, or a part of one joined by
    && and ||; what `!EXISTS`, `BIND (EXISTS {...} AS ?b)` and the like give may turn.
    """
    if isinstance(node, list | tuple):
        for part in node:
            yield from walk(part, positive)
    if not isinstance(node, CompValue):
        return
    yield from ((triple, positive) for triple in triples(node))
    flips = node.name in _NEGATIVE
    for name, part in _parts(node):
        is_condition = node.name == "Filter" and name == "expr"
        kept = positive and not flips and _NEGATING.get(node.name) != name
        yield from _condition(part, kept) if is_condition else walk(part, kept)


def _condition(node: Any, positive: bool) -> Iterator[tuple[Triple, bool]]:
    """The patterns in a condition of a group, as `walk` gives them."""
    if isinstance(node, list | tuple):
        for part in node:
            yield from _condition(part, positive)
    elif isinstance(node, CompValue) and node.name in _MONOTONE:
        for _, part in _parts(node):
            yield from _condition(part, positive)
    elif isinstance(node, CompValue) and node.name == "Builtin_EXISTS":
        yield from walk(exists_group(node), positive)
    else:
        yield from walk(node, positive)


def outer(node: Any) -> Iterator[Triple]:
    """The triple patterns of a group itself, those of its sub-selects and of EXISTS left out."""
    if isinstance(node, list | tuple):
        for part in node:
            yield from outer(part)
    if not isinstance(node, CompValue) or node.name in ("ToMultiSet", *EXISTS):
        return
    yield from triples(node)
    for name, part in _parts(node):
        if not (node.name == "Minus" and name == "p2"):
            yield from outer(part)
