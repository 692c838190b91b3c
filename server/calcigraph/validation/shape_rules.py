"""A shapes graph in, where its shapes are not well-formed out (SHACL, sections 2 to 4 and its appendix B)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import pyoxigraph as ox

from calcigraph.engine.regular_expressions.expression_reader import RegularExpressionInvalid, read
from calcigraph.errors import Severity
from calcigraph.rdf.terms import Term
from calcigraph.rdf.vocabulary import RDF, SH, XSD
from calcigraph.validation.flaw import Flaw
from calcigraph.validation.judges import flags_of
from calcigraph.validation.path_rules import path_flaw
from calcigraph.validation.shapes_graph import (
    LIST_OF_SHAPES,
    SHAPE_EXPECTING,
    TARGETS,
    ShapesGraph,
)
from calcigraph.validation.shapes_graph import (
    PARAMETERS as CONSTRAINING,
)
from calcigraph.validation.value_kinds import KINDS
from calcigraph.validation.vocabulary import PARAMETERS, ShapeParameter

_PATH: Final = SH["path"]
_SWITCHES: Final = [parameter for parameter in PARAMETERS.values() if parameter.kind == "true or false"]
_DIGITS: Final = tuple(ox.Literal(digit, datatype=XSD["boolean"]) for digit in "01")
_BY_PREDICATE: Final = {SH[name]: parameter for name, parameter in PARAMETERS.items()}


def flaws_of(graph: ShapesGraph, shape: Term) -> Iterator[Flaw]:
    """What is wrong with one shape. Cost: linear in what is said of it."""
    for predicate, parameter in _BY_PREDICATE.items():
        values = graph.objects(shape, predicate)
        if not values:
            continue
        if parameter.single and len(values) > 1:
            yield _broken(
                shape,
                None if predicate == _PATH else predicate,
                f"{_name(predicate)} has {len(values)} values, and may have one at most"
                f" (SHACL, section {parameter.section}).",
                "Keep one of them, or write a shape for each.",
            )
            continue
        for value in values:
            yield from _value_flaws(graph, shape, predicate, parameter, value)
    yield from _flaws_of_kind(graph, shape)
    yield from _pattern_flaws(graph, shape)
    yield from _suspicions(graph, shape)


def _value_flaws(
    graph: ShapesGraph, shape: Term, predicate: ox.NamedNode, parameter: ShapeParameter, value: Term
) -> Iterator[Flaw]:
    if not KINDS[parameter.kind](graph, value):
        yield _broken(
            shape,
            predicate,
            f"A value of {_name(predicate)} is {_shown(value)}, and has to be {parameter.kind}"
            f" (SHACL, section {parameter.section}).",
            f"Write {parameter.kind}.",
            value,
        )
    elif predicate == _PATH:
        flaw = path_flaw(graph, value)
        if flaw is not None:
            # Without its path a shape says nothing.
            yield _broken(shape, None, f"Its path {flaw} (SHACL, section 2.3.1).", "Mend the path.")
    elif predicate in (SH["property"], SH["node"]):
        yield from _reference_flaws(graph, shape, predicate, value)


def _reference_flaws(graph: ShapesGraph, shape: Term, predicate: ox.NamedNode, value: Term) -> Iterator[Flaw]:
    if not graph.about(value):
        yield _broken(
            shape,
            predicate,
            f"{_name(predicate)} names {_shown(value)}, of which the shapes say nothing.",
            "Correct the name, add the shape, or give the file that has it as well.",
            value,
        )
    elif predicate == SH["property"] and not graph.objects(value, _PATH):
        yield _broken(
            shape,
            predicate,
            f"{_name(predicate)} names {_shown(value)}, which has no sh:path (SHACL, section 2.3).",
            "Give it a sh:path, or name a node shape by sh:node.",
            value,
        )
    elif predicate == SH["node"] and graph.objects(value, _PATH):
        yield _broken(
            shape,
            predicate,
            f"{_name(predicate)} names {_shown(value)}, which has a sh:path: it is a property shape.",
            "Name it by sh:property (SHACL, section 4.7.2).",
            value,
        )


def _flaws_of_kind(graph: ShapesGraph, shape: Term) -> Iterator[Flaw]:
    """A node shape has no path, and a property shape has one (sections 2.2 and 2.3)."""
    types = graph.objects(shape, RDF["type"])
    paths = graph.objects(shape, _PATH)
    if SH["PropertyShape"] in types and not paths:
        yield _broken(shape, None, "It is a sh:PropertyShape without sh:path.", "Give it a sh:path.")
    if SH["NodeShape"] in types and paths:
        yield _broken(
            shape,
            None,
            "It is a sh:NodeShape and has a sh:path.",
            "Make it a sh:PropertyShape, or leave one out.",
        )
    if paths:
        return
    for predicate in dict.fromkeys(t.predicate for t in graph.about(shape)):
        parameter = _BY_PREDICATE.get(predicate)
        if parameter is not None and parameter.on_paths_only:
            yield _broken(
                shape,
                predicate,
                f"{_name(predicate)} stands on a shape without sh:path, where it says nothing"
                f" (SHACL, section {parameter.section}).",
                "Write it inside of the sh:property whose values it is about.",
            )


def _pattern_flaws(graph: ShapesGraph, shape: Term) -> Iterator[Flaw]:
    flags = flags_of(graph, shape)
    for pattern in graph.objects(shape, SH["pattern"]):
        if isinstance(pattern, ox.Literal):
            try:
                read(pattern.value, flags)
            except RegularExpressionInvalid as error:
                yield _broken(
                    shape,
                    SH["pattern"],
                    f"The regular expression {pattern} is malformed: {error} (SHACL, section 4.4.3).",
                    "Mend it; its syntax is that of XPath.",
                )


def _suspicions(graph: ShapesGraph, shape: Term) -> Iterator[Flaw]:
    """What is well-formed and hardly meant."""
    counted = graph.objects(shape, SH["qualifiedMinCount"], SH["qualifiedMaxCount"])
    if graph.objects(shape, SH["qualifiedValueShape"]) and not counted:
        yield Flaw(
            shape,
            SH["qualifiedValueShape"],
            "It has neither sh:qualifiedMinCount nor sh:qualifiedMaxCount, so it asks nothing.",
            "Add one of them.",
            Severity.WARNING,
        )
    for predicate in LIST_OF_SHAPES:
        if any(graph.members(value) == [] for value in graph.objects(shape, predicate)):
            yield Flaw(
                shape,
                predicate,
                f"The list of {_name(predicate)} is empty.",
                "List shapes, or leave it out.",
                Severity.WARNING,
            )
    for triple in graph.about(shape):
        if _BY_PREDICATE.get(triple.predicate) in _SWITCHES and triple.object in _DIGITS:
            yield Flaw(
                shape,
                triple.predicate,
                f"{_name(triple.predicate)} is {triple.object}, which switches nothing on.",
                "Write true or false.",
                Severity.WARNING,
            )
    said = {triple.predicate for triple in graph.about(shape)}
    constrains = said & (CONSTRAINING | {*SHAPE_EXPECTING, *LIST_OF_SHAPES})
    # Many a class is made a shape to carry rules, or for what others add.
    meant = graph.custom_parameters | {SH["rule"]}
    if said & {*TARGETS} and not constrains and not meant & said:
        yield Flaw(
            shape,
            None,
            "The shape has a target and no constraint, so that every node conforms to it.",
            "Add what has to hold, or leave it out.",
            Severity.WARNING,
        )


def _broken(
    shape: Term, predicate: ox.NamedNode | None, message: str, remedy: str, value: Term | None = None
) -> Flaw:
    return Flaw(shape, predicate, message, remedy, breaks=True, value=value)


def _name(predicate: ox.NamedNode) -> str:
    return "sh:" + predicate.value.removeprefix(SH.iri)


def _shown(value: Term) -> str:
    return "a node without a name" if isinstance(value, ox.BlankNode) else str(value)
