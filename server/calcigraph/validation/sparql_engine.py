"""Data and shapes in, their results out, by pyshacl: the judge of SPARQL-based constraints and of recursion.

The only module that knows it, but for what corrects it (`sparql_engine_corrections`).
"""

from __future__ import annotations

import logging
import re
import warnings
from collections.abc import Iterable, Iterator
from types import TracebackType
from typing import Any, Final

import pyoxigraph as ox
import pyparsing
import rdflib
import rdflib.plugins.sparql
from pyshacl import Shape, Validator
from pyshacl.errors import (
    ConstraintLoadWarning,
    ReportableRuntimeError,
    ShapeRecursionWarning,
    ValidationWarning,
)
from pyshacl.graph_abstraction import RdfLibDataGraph
from pyshacl.monkey import rdflib_bool_patch, rdflib_bool_unpatch
from rdflib.namespace import SH
from rdflib.plugins.sparql import prepareQuery
from rdflib.term import Node as RdflibNode

from calcigraph.evaluating import evaluating
from calcigraph.rdf.bridge import from_rdflib, to_graph
from calcigraph.rdf.lexical_spaces import ill_typed
from calcigraph.rdf.terms import Subject, Term
from calcigraph.rdf.vocabulary import XSD
from calcigraph.validation.marking import ILL_TYPED, unmarked
from calcigraph.validation.places import PlaceOf
from calcigraph.validation.queries import ShapesUnreadable
from calcigraph.validation.result import Result
from calcigraph.validation.shape_owner import owner
from calcigraph.validation.sparql_engine_corrections import correct

# rdflib would fetch the graphs that a query names; `queries` says so first, and this makes sure.
rdflib.plugins.sparql.SPARQL_LOAD_GRAPHS = False
# What pyshacl and rdflib raise over shapes that are not well-formed; pyshacl checks some by `assert`.
_BROKEN: Final = (
    ReportableRuntimeError,
    ValidationWarning,
    ConstraintLoadWarning,
    NotImplementedError,
    pyparsing.ParseBaseException,
    re.error,
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    TypeError,
    ValueError,
)
_QUIET: Final = logging.getLogger("calcigraph.validation.pyshacl")  # pyshacl prints what it raises as well
_QUIET.addHandler(logging.NullHandler())
_QUIET.propagate = False
correct()
# The datatypes whose texts rdflib changes as it reads them.
_COLLAPSED: Final = (XSD["token"], XSD["normalizedString"])
# How a shape is shown (SHACL section 2.3.2). pyshacl compares each such triple with the list of all
# parameters anew for every focus node, which takes two fifths of its time, so it never gets to see them.
_DISPLAY: Final = {SH[name].toPython() for name in ("name", "description", "order", "group", "defaultValue")}
_Parts = dict[RdflibNode, list[RdflibNode]]  # the predicates of one result and their values


class LoadedData:
    """Triples as pyshacl reads them. Cost: some 20 microseconds a triple."""

    def __init__(self, triples: Iterable[ox.Triple]) -> None:
        self.graph = _PreparingData.from_rdflib(_typed_by_our_rules(to_graph(map(_kept_as_written, triples))))


class _PreparingData(RdfLibDataGraph):
    """Data whose queries are read once each: pyshacl asks for the same one at every focus node, and to read
    it took two thirds of the time. What differs between nodes is bound, and no part of the text."""

    # Whoever asks names what it binds; the rest of rdflib's signature is passed on.
    def query(self, query_object: Any, *arguments: Any, **options: Any) -> Any:  # type: ignore[override]
        """As rdflib's. Raises: what it raises."""
        return super().query(self._read(query_object), *arguments, **options)

    def _read(self, text: Any) -> Any:
        if not isinstance(text, str):
            return text
        kept: dict[str, Any] = self.__dict__.setdefault("_queries", {})
        if text not in kept:
            kept[text] = prepareQuery(text, initNs=dict(self.impl.namespaces()))
        return kept[text]


def judge(data: LoadedData, shapes: list[ox.Triple], place_of: PlaceOf) -> list[Result]:
    """The results of some shapes. One call at a time in a process, as pyshacl changes what rdflib takes for
    true meanwhile.

    Cost: shapes times focus nodes; a query or a pattern may take for ever, so `evaluating` is told at which
    shape it is. Raises: ShapesUnreadable, naming the shape.
    """
    tested = [triple for triple in shapes if triple.predicate.value not in _DISPLAY]
    options = {"inference": "none", "advanced": False, "use_js": False, "logger": _QUIET}
    with warnings.catch_warnings():
        warnings.simplefilter("error", ValidationWarning)
        warnings.simplefilter("error", ConstraintLoadWarning)
        warnings.simplefilter("ignore", ShapeRecursionWarning)
        try:
            validator = _Collector(data.graph, shacl_graph=_shapes_graph(tested), options=options)
            announced: Any = _Announced(validator.shacl_graph, shapes, place_of)
            validator.shacl_graph = announced
            found: list[Result]
            _, found, _ = validator.run()  # type: ignore[no-untyped-call]
        except _BROKEN as error:
            raise _unreadable(error, shapes) from error
    return found


class _Announced:
    """A shapes graph of pyshacl's that says which of its shapes is being evaluated."""

    def __init__(self, shapes: Any, triples: list[ox.Triple], place_of: PlaceOf) -> None:
        self._shapes, self._triples, self._place_of = shapes, triples, place_of

    def __getattr__(self, name: str) -> Any:
        return getattr(self._shapes, name)

    @property
    def shapes(self) -> Iterator[Shape]:
        """The shapes; while one is in use, it is evaluated."""
        for shape in self._shapes.shapes:
            node = owner(_node(shape.node), self._triples)
            with evaluating("shapes", self._place_of(node, None), str(node)):
                yield shape


class _Collector(Validator):
    """Hands back the results as pyshacl made them; its report graph copies blank nodes under new names."""

    @classmethod
    def create_validation_report(
        cls, sg: Any, conforms: bool, results: list[tuple[Any, ...]]
    ) -> tuple[list[Result], str]:
        return [_result(node, _by_subject(triples)) for _, node, triples in results], ""


def _by_subject(triples: Iterable[Any]) -> dict[RdflibNode, _Parts]:
    """The triples of a result and of those nested in it (sh:detail)."""
    found: dict[RdflibNode, _Parts] = {}
    for subject, predicate, value in triples:
        node = value[1] if isinstance(value, tuple) else value
        found.setdefault(subject, {}).setdefault(predicate, []).append(node)
    return found


def _result(node: RdflibNode, about: dict[RdflibNode, _Parts]) -> Result:
    parts = about[node]
    messages = {from_rdflib(message) for message in parts.get(SH.resultMessage, [])}
    constraint = _node(parts[SH.sourceConstraintComponent][0])
    severity = _node(parts[SH.resultSeverity][0])
    assert isinstance(constraint, ox.NamedNode)
    assert isinstance(severity, ox.NamedNode)
    details = (_result(detail, about) for detail in dict.fromkeys(parts.get(SH.detail, [])))
    return Result(
        focus_node=unmarked(from_rdflib(parts[SH.focusNode][0])),
        path=_node(parts[SH.resultPath][0]) if SH.resultPath in parts else None,
        value=unmarked(from_rdflib(parts[SH.value][0])) if SH.value in parts else None,
        source_shape=_node(parts[SH.sourceShape][0]),
        constraint=constraint,
        severity_node=severity,
        messages=tuple(sorted((m for m in messages if isinstance(m, ox.Literal)), key=str)),
        source_constraint=_node(parts[SH.sourceConstraint][0]) if SH.sourceConstraint in parts else None,
        details=tuple(details),
    )


def _shapes_graph(triples: Iterable[ox.Triple]) -> rdflib.Graph:
    """The shapes for pyshacl, where only "true" is true: "1"^^xsd:boolean switches nothing on in SHACL."""
    rdflib_bool_patch()  # type: ignore[no-untyped-call]
    try:
        return to_graph(map(_kept_as_written, triples))
    finally:
        rdflib_bool_unpatch()  # type: ignore[no-untyped-call]


def _kept_as_written(triple: ox.Triple) -> ox.Triple:
    """The triple, its literal marked where rdflib would take blanks away and so make it well-typed."""
    value = triple.object
    if isinstance(value, ox.Literal) and value.datatype in _COLLAPSED and ill_typed(value):
        marked = ox.Literal(value.value, datatype=ox.NamedNode(ILL_TYPED + value.datatype.value))
        return ox.Triple(triple.subject, triple.predicate, marked)
    return triple


def _typed_by_our_rules(graph: rdflib.Graph) -> rdflib.Graph:
    """The graph, whose literals are ill-typed where XSD says so: rdflib reads "1_000"^^xsd:integer."""
    for term in set(graph.objects()):
        if isinstance(term, rdflib.Literal) and term.datatype is not None:
            own = from_rdflib(term)
            wrong = isinstance(own, ox.Literal) and ill_typed(own)
            term._ill_typed = wrong
            if wrong:
                term._value = None
    return graph


def _node(node: RdflibNode) -> Subject:
    term = from_rdflib(node)
    if isinstance(term, ox.Literal):
        raise ShapesUnreadable(f"{term} stands where a shape or a path is expected.", "Give it an IRI.")
    return term


def _unreadable(error: BaseException, shapes: list[ox.Triple]) -> ShapesUnreadable:
    """The error, with the shape that pyshacl was at, which it does not say itself."""
    shape = _shape_at(error.__traceback__)
    who = f"The shape {owner(shape, shapes)}" if shape else "A shape"
    if isinstance(error, pyparsing.ParseBaseException):
        words = f"its query is malformed near `{error.line.strip()[:60]}`"
    else:
        words = str(error.args[0] if error.args else "").strip() or "a value in it is not well-formed"
    return ShapesUnreadable(
        f"{who} cannot be run: {words.splitlines()[0].rstrip('.')}.",
        "Mend the shape there (W3C SHACL, sections 2 to 6).",
        owner(shape, shapes) if shape else None,
    )


def _shape_at(traceback: TracebackType | None) -> Term | None:
    """The innermost shape on the stack."""
    found: Term | None = None
    while traceback is not None:
        holder = traceback.tb_frame.f_locals.get("self")
        shape = holder if isinstance(holder, Shape) else getattr(holder, "shape", None)
        if isinstance(shape, Shape):
            found = _node(shape.node)
        traceback = traceback.tb_next
    return found
