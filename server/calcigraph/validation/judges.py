"""A shape in, which engine may judge it out, and the triples that it is judged by.

The engine of SHACL Core is many times faster, and its reports were proven equal for what it is given; the
other one, which runs queries, judges the rest (docs/shacl.md).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from collections.abc import Set as AbstractSet
from typing import Final

import pyoxigraph as ox

from calcigraph.engine.regular_expressions.engine_syntax import for_engine
from calcigraph.engine.regular_expressions.expression_parts import RegularExpression
from calcigraph.engine.regular_expressions.expression_reader import read
from calcigraph.engine.regular_expressions.python_syntax import for_python
from calcigraph.rdf.terms import Term
from calcigraph.rdf.vocabulary import RDF, RDFS, SH
from calcigraph.validation.core_differences import difference
from calcigraph.validation.shapes_graph import LIST_OF_SHAPES, SHAPE_EXPECTING, TARGETS, ShapesGraph
from calcigraph.validation.shapes_graph import PARAMETERS as CONSTRAINING
from calcigraph.validation.vocabulary import CORE, NOT_LOOKED_AT

CORE_ENGINE: Final = "shacl"
SPARQL_ENGINE: Final = "pyshacl"
SPARQL_CONSTRAINTS: Final = "SPARQL-based constraints"
RECURSION: Final = "recursion"
BACK_REFERENCES: Final = "back-references in regular expressions"
_TYPE, _PATTERN, _FLAGS = RDF["type"], SH["pattern"], SH["flags"]
_KINDS: Final = (SH["NodeShape"], SH["PropertyShape"])
_SUBCLASS: Final = RDFS["subClassOf"]
_ALL_CORE: Final = frozenset({*CONSTRAINING, *SHAPE_EXPECTING, *LIST_OF_SHAPES})
_OF_QUERIES: Final = (SH["property"], SH["sparql"])
# Classes of literals, which pyshacl takes for datatypes of all (SHACL section 4.1.2 knows no such thing).
_FOR_ALL: Final = (RDFS["Literal"], RDFS["Datatype"])
_OF_NONE: Final = ox.NamedNode("urn:x-datatype-of-no-literal")
_LISTS: Final = frozenset({RDF["first"], RDF["rest"]})


def reason_against_core(graph: ShapesGraph, root: Term, tagged: AbstractSet[ox.NamedNode]) -> str | None:
    """Why the engine of SHACL Core may not judge a shape; None where it may. `tagged` are the properties that
    have texts with a language in the data."""
    said = {triple.predicate for node in graph.parts(root) for triple in graph.about(node)}
    if SH["sparql"] in said or said & graph.custom_parameters:
        return SPARQL_CONSTRAINTS
    return _reason_beside_queries(graph, root, tagged)


def _reason_beside_queries(graph: ShapesGraph, root: Term, tagged: AbstractSet[ox.NamedNode]) -> str | None:
    nodes = graph.parts(root)
    if graph.recursive(root):
        return RECURSION
    if any(e.has_back_references for node in nodes for e in _expressions(graph, node)):
        return BACK_REFERENCES
    return next(filter(None, (difference(graph, node, tagged) for node in nodes)), None)


def may_be_divided(graph: ShapesGraph, root: Term, tagged: AbstractSet[ox.NamedNode]) -> bool:
    """Whether the queries of a shape can be judged apart from its constraints of SHACL Core: where all stand
    on shapes whose results are its own (`sh:property`), and none on one that a node is to conform to."""
    own = graph.by_property(root)
    others = [other for node in own for p, other in graph.references(node) if p != SH["property"]]
    return not any(
        triple.predicate == SH["sparql"] or triple.predicate in graph.custom_parameters
        for other in others
        for node in graph.parts(other)
        for triple in graph.about(node)
    ) and not _reason_beside_queries(graph, root, tagged)


def of_queries(graph: ShapesGraph, roots: Iterable[Term]) -> ShapesGraph:
    """The graph in which some shapes say of their constraints the queries alone."""
    divided = {node for root in roots for node in graph.by_property(root)}
    kept = {*_OF_QUERIES, *graph.custom_parameters}
    return ShapesGraph(
        triple
        for triple in graph.triples
        if triple.subject not in divided or triple.predicate in kept or triple.predicate not in _ALL_CORE
    )


def for_core_engine(graph: ShapesGraph, roots: Iterable[Term]) -> Iterator[ox.Triple]:
    """The triples by which the engine of SHACL Core judges some shapes, and nothing else."""
    for triple in _of_roots(graph, list(roots)):
        if triple.predicate == _PATTERN:
            for expression in _expressions(graph, triple.subject):
                flags = f"(?{expression.flags})" if expression.flags else ""
                yield ox.Triple(triple.subject, _PATTERN, ox.Literal(flags + for_engine(expression)))
        elif triple.predicate in CORE - {_FLAGS} or triple.predicate in _LISTS or triple.predicate == _TYPE:
            yield triple


def for_sparql_engine(graph: ShapesGraph, roots: Iterable[Term]) -> Iterator[ox.Triple]:
    """The triples by which the engine that runs queries judges some shapes; all components among them."""
    components = {t.subject for t in graph.triples if t.predicate == SH["parameter"]}
    # A component, or a validator, may be one of a class below that of SHACL.
    yield from (triple for triple in graph.triples if triple.predicate == _SUBCLASS)
    for triple in _of_roots(graph, list(roots), components):
        if triple.predicate == _PATTERN:
            for expression in _expressions(graph, triple.subject):
                python = for_python(expression)
                flags = f"(?{expression.flags})" if expression.flags else ""
                yield ox.Triple(triple.subject, _PATTERN, ox.Literal(flags + python.pattern))
        elif triple.predicate == SH["datatype"] and triple.object in _FOR_ALL:
            yield ox.Triple(triple.subject, triple.predicate, _OF_NONE)
        elif triple.predicate != _FLAGS and triple.predicate.value.removeprefix(SH.iri) not in NOT_LOOKED_AT:
            yield triple


def _of_roots(graph: ShapesGraph, roots: list[Term], others: Iterable[Term] = ()) -> Iterator[ox.Triple]:
    """What some shapes consist of; no other shape has a target, and a class is one by `sh:targetClass`."""
    chosen = set(roots)
    whole = set(others)
    nodes = set().union(*(graph.parts(node) for node in (*roots, *whole)))
    for node in nodes:
        for triple in graph.about(node):
            is_target = triple.predicate in TARGETS
            is_class = triple.predicate == _TYPE and triple.object not in _KINDS and node in graph.shapes
            if not is_class and (not is_target or node in chosen):
                yield triple
    for root in roots:
        if isinstance(root, ox.NamedNode) and graph.is_class(root):
            yield ox.Triple(root, SH["targetClass"], root)


def _expressions(graph: ShapesGraph, node: Term) -> list[RegularExpression]:
    flags = flags_of(graph, node)
    patterns = graph.objects(node, _PATTERN)
    return [read(pattern.value, flags) for pattern in patterns if isinstance(pattern, ox.Literal)]


def flags_of(graph: ShapesGraph, shape: Term) -> str:
    """The flags of the regular expressions of a shape (section 4.4.3)."""
    return "".join(flag.value for flag in graph.objects(shape, _FLAGS) if isinstance(flag, ox.Literal))
