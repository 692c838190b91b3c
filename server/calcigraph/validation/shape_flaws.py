"""A shapes graph and what there is in the data in, all that is wrong with the shapes out."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator
from collections.abc import Set as AbstractSet
from typing import Final

import pyoxigraph as ox

from calcigraph.errors import Severity
from calcigraph.rdf.terms import Term
from calcigraph.rdf.vocabulary import OWL, RDF, SH
from calcigraph.validation.flaw import Flaw
from calcigraph.validation.queries import query_flaws
from calcigraph.validation.shape_rules import flaws_of
from calcigraph.validation.shapes_graph import ShapesGraph
from calcigraph.validation.targets import Targets
from calcigraph.validation.vocabulary import KNOWN, NOT_LOOKED_AT

# How alike two names are of which one is a slip for the other.
_ALIKE: Final = 0.8
_SLIP: Final = 2


def shape_flaws(graph: ShapesGraph, targets: Targets) -> Iterator[Flaw]:
    """The flaws of a shapes graph. Cost: linear in it, but for names that are near one another."""
    if not graph.shapes:
        yield _without_shapes(graph)
    yield from _unknown_terms(graph)
    for shape in sorted(graph.shapes, key=str):
        yield from flaws_of(graph, shape)
    yield from _query_flaws(graph)
    yield from _unused(graph)
    yield from _without_focus(graph, targets)


def _without_shapes(graph: ShapesGraph) -> Flaw:
    imported = [t for t in graph.triples if t.predicate == OWL["imports"]]
    if imported:
        names = ", ".join(sorted(str(t.object) for t in imported))
        return Flaw(
            imported[0].subject,
            OWL["imports"],
            f"There are no shapes here: owl:imports names {names}, which is never fetched.",
            "Give that file as well.",
        )
    return Flaw(None, None, "There are no shapes, so nothing is judged.", "Give the file that has them.")


def _unknown_terms(graph: ShapesGraph) -> Iterator[Flaw]:
    """Terms of the namespace of SHACL that it does not have, or that no engine here looks at."""
    seen: set[tuple[Term, ox.NamedNode]] = set()
    for triple in graph.triples:
        for term in (triple.predicate, triple.object):
            if not isinstance(term, ox.NamedNode) or not term.value.startswith(SH.iri):
                continue
            name = term.value.removeprefix(SH.iri)
            if name in KNOWN or (triple.subject, term) in seen:
                continue
            seen.add((triple.subject, term))
            yield _unknown(triple, name)


def _unknown(triple: ox.Triple, name: str) -> Flaw:
    if name in NOT_LOOKED_AT:
        return Flaw(
            triple.subject,
            triple.predicate,
            f"sh:{name} is no part of SHACL Core or of SHACL-SPARQL, and is not looked at.",
            "Say the same by a constraint of SHACL Core or by sh:sparql, or judge it elsewhere.",
            Severity.WARNING,
        )
    near = difflib.get_close_matches(name, KNOWN, 1, _ALIKE)
    return Flaw(
        triple.subject,
        triple.predicate,
        f"SHACL has no term sh:{name}, so what is said by it is not looked at.",
        f"Did you mean sh:{near[0]}?" if near else "Use a term of https://www.w3.org/TR/shacl/.",
    )


def _query_flaws(graph: ShapesGraph) -> Iterator[Flaw]:
    constraints = {value for shape in graph.shapes for value in graph.objects(shape, SH["sparql"])}
    for node in constraints:
        if not graph.objects(node, SH["select"]):
            yield Flaw(
                node,
                None,
                "A constraint of sh:sparql has no sh:select (SHACL, section 5.2.1).",
                "Give it a query, a SELECT that has $this.",
                breaks=True,
            )
    broken: set[Term] = set()
    for flaw in query_flaws(graph.triples, constraints):
        broken.update([flaw.node] if flaw.node is not None and flaw.breaks else [])
        yield flaw
    yield from _broken_components(graph, broken)


def _broken_components(graph: ShapesGraph, broken: set[Term]) -> Iterator[Flaw]:
    """The uses of components of which a query cannot be run."""
    for component in {t.subject for t in graph.triples if t.predicate == SH["parameter"]}:
        if not graph.parts(component) & broken:
            continue
        declared = graph.objects(component, SH["parameter"])
        parameters = {path for node in declared for path in graph.objects(node, SH["path"])}
        for shape in sorted(graph.shapes, key=str):
            for used in {t.predicate for t in graph.about(shape)} & parameters:
                yield Flaw(
                    shape,
                    used,
                    f"It uses {used}, of {component}, whose query cannot be run.",
                    "Mend the query there.",
                    breaks=True,
                )


def _unused(graph: ShapesGraph) -> Iterator[Flaw]:
    """Shapes that look at nothing, as they have no target and no other shape names them."""
    named = {other for shape in graph.shapes for _, other in graph.references(shape)}
    for shape in sorted(graph.shapes - named, key=str):
        if not graph.has_target(shape) and not _may_be_meant_elsewhere(graph, shape):
            yield Flaw(
                shape,
                None,
                "The shape has no target and no other shape names it, so it looks at nothing.",
                "Give it a target, such as sh:targetClass, or name it by sh:property or sh:node.",
                Severity.WARNING,
            )


def _may_be_meant_elsewhere(graph: ShapesGraph, shape: Term) -> bool:
    """Whether it is looked at by something that is told of by itself, or is a parameter of a component."""
    said = {triple.predicate for triple in graph.about(shape)}
    is_parameter = any(t.predicate == SH["parameter"] and t.object == shape for t in graph.triples)
    types = graph.objects(shape, RDF["type"])
    return is_parameter or SH["Parameter"] in types or bool(said & {SH["target"], SH["targetWhere"]})


def _without_focus(graph: ShapesGraph, targets: Targets) -> Iterator[Flaw]:
    kinds: tuple[tuple[ox.NamedNode, AbstractSet[Term], str], ...] = (
        (SH["targetClass"], targets.classes, "class"),
        (SH["targetSubjectsOf"], targets.properties, "property"),
        (SH["targetObjectsOf"], targets.properties, "property"),
        (SH["targetNode"], targets.nodes, "node"),
    )
    for predicate, there_are, what in kinds:
        meant = {value for shape in graph.shapes for value in graph.objects(shape, predicate)}
        for shape in sorted(graph.shapes, key=str):
            for target in graph.objects(shape, predicate):
                if isinstance(target, ox.NamedNode) and target not in there_are | targets.nodes:
                    # What another shape looks at is no slip for it.
                    yield _nowhere(shape, predicate, target, _near(target, there_are - meant), what)


def _nowhere(shape: Term, predicate: ox.NamedNode, target: ox.NamedNode, near: str | None, what: str) -> Flaw:
    name = predicate.value.removeprefix(SH.iri)
    return Flaw(
        shape,
        predicate,
        f"The data and the ontology do not know the {what} {target} of sh:{name}, so it looks at nothing.",
        f"Did you mean {near}?" if near else "Correct the name, unless such data are to come.",
        Severity.VIOLATION if near else Severity.WARNING,
    )


def _near(target: ox.NamedNode, others: Iterable[Term]) -> str | None:
    """A name in the same namespace that is nearly the same."""
    space, name = _divided(target.value)
    there = [_divided(other.value) for other in others if isinstance(other, ox.NamedNode)]
    names = [local for other, local in there if other == space and _may_be_a_slip(name, local)]
    near = difflib.get_close_matches(name, names, 1, _ALIKE)
    return f"<{space}{near[0]}>" if near else None


def _may_be_a_slip(name: str, other: str) -> bool:
    """Names that differ in their digits are meant to, and a slip is one of a letter or two."""
    digits = [character for character in name if character.isdigit()]
    return abs(len(name) - len(other)) <= _SLIP and digits == [c for c in other if c.isdigit()]


def _divided(iri: str) -> tuple[str, str]:
    at = max(iri.rfind("#"), iri.rfind("/"), iri.rfind(":")) + 1
    return iri[:at], iri[at:]
