"""A shapes graph in, what is wrong with its constraint components and their uses out (SHACL section 6)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

import pyoxigraph as ox

from calcigraph.rdf.terms import Term
from calcigraph.rdf.vocabulary import RDF, RDFS, SH
from calcigraph.validation.flaw import Flaw
from calcigraph.validation.shapes_graph import ShapesGraph

VALIDATORS: Final = tuple(SH[name] for name in ("validator", "nodeValidator", "propertyValidator"))
_COMPONENT: Final = SH["ConstraintComponent"]


def component_flaws(graph: ShapesGraph, broken: set[Term]) -> Iterator[Flaw]:
    """The flaws of components, and of uses: of those with a query among the `broken` ones, or with too many
    values. Cost: shapes times components."""
    for component in sorted({t.subject for t in graph.triples if t.predicate == SH["parameter"]}, key=str):
        if graph.objects(component, *VALIDATORS) and not _is_component(graph, component):
            yield Flaw(
                component,
                None,
                "It has a parameter and a validator, but is no sh:ConstraintComponent: it judges nothing.",
                "Make it one: a sh:ConstraintComponent (SHACL, section 6.1).",
                breaks=True,
            )
            continue
        is_broken = bool(graph.parts(component) & broken)
        for shape, used in _uses(graph, component):
            if is_broken:
                yield _use(
                    shape,
                    used,
                    f"It uses {used}, of {component}, whose query cannot be run.",
                    "Mend the query there.",
                )
            elif len(graph.objects(shape, used)) > 1:
                yield _use(
                    shape,
                    used,
                    f"It has several values for {used}, of {component}; one alone would be judged.",
                    "Write a shape for each value, and list them by sh:and.",
                )


def _uses(graph: ShapesGraph, component: Term) -> Iterator[tuple[Term, ox.NamedNode]]:
    declared = graph.objects(component, SH["parameter"])
    parameters = {path for node in declared for path in graph.objects(node, SH["path"])}
    for shape in sorted(graph.shapes, key=str):
        for used in {triple.predicate for triple in graph.about(shape)} & parameters:
            assert isinstance(used, ox.NamedNode)
            yield shape, used


def _use(shape: Term, used: ox.NamedNode, message: str, remedy: str) -> Flaw:
    return Flaw(shape, used, message, remedy, breaks=True)


def _is_component(graph: ShapesGraph, node: Term) -> bool:
    """Whether it is an instance of the class, or of one that is stated to be below it."""
    return _COMPONENT in _with_those_above(graph, graph.objects(node, RDF["type"]))


def _with_those_above(graph: ShapesGraph, classes: Iterable[Term]) -> set[Term]:
    found: set[Term] = set()
    pending = list(classes)
    while pending:
        one = pending.pop()
        if one not in found:
            found.add(one)
            pending += graph.objects(one, RDFS["subClassOf"])
    return found
