"""Triples and shapes in, a Report out. The only module that knows pyshacl."""

from __future__ import annotations

import logging
import re
import warnings
from collections.abc import Callable, Iterable, Iterator
from types import TracebackType
from typing import Any

import pyoxigraph as ox
import pyparsing
import rdflib
import rdflib.plugins.sparql
from pyshacl import Shape, Validator
from pyshacl.errors import ConstraintLoadWarning, ReportableRuntimeError, ValidationWarning
from pyshacl.graph_abstraction import DataGraph
from pyshacl.monkey import rdflib_bool_patch, rdflib_bool_unpatch
from rdflib.namespace import SH
from rdflib.term import Node as RdflibNode

from calcigraph.errors import Place
from calcigraph.evaluating import evaluating
from calcigraph.rdf.bridge import from_rdflib, to_graph
from calcigraph.rdf.terms import Subject, Term
from calcigraph.rdf.turtle import NIL
from calcigraph.validation.paths import Paths
from calcigraph.validation.queries import (
    ShapesUnreadable,
    check_queries,
    imported_declarations,
    owner,
    prefixes_of,
)
from calcigraph.validation.report import Report, Result

# rdflib would fetch the graphs that a query names; `check_queries` says so first, and this makes sure.
rdflib.plugins.sparql.SPARQL_LOAD_GRAPHS = False
# What pyshacl and rdflib raise over shapes that are not well-formed; pyshacl checks some by `assert`.
BROKEN = (
    ReportableRuntimeError,
    ValidationWarning,
    ConstraintLoadWarning,
    NotImplementedError,
    pyparsing.ParseBaseException,
    re.error,
    AssertionError,
    AttributeError,
    LookupError,
    TypeError,
    ValueError,
)
QUIET = logging.getLogger("calcigraph.validation.pyshacl")  # pyshacl prints what it raises as well
QUIET.addHandler(logging.NullHandler())
QUIET.propagate = False


# How a shape is shown (SHACL section 2.3.2). pyshacl compares each such triple with the list of all
# parameters anew for every focus node, which takes two fifths of its time, so it never gets to see them.
_DISPLAY = {SH[name].toPython() for name in ("name", "description", "order", "group", "defaultValue")}

PlaceOf = Callable[[Term], Place]
_Parts = dict[RdflibNode, list[RdflibNode]]  # the predicates of one result and their values


def _nowhere(_node: Term) -> Place:
    """Where a shape stands that came without its file."""
    return Place("shapes")


def validate(data: Iterable[ox.Triple], shapes: Iterable[ox.Triple], place_of: PlaceOf = _nowhere) -> Report:
    """Check data against shapes (W3C SHACL: Core and SPARQL-based constraints), with no inference of its own.

    Nothing is fetched: `owl:imports` is not followed, SERVICE and FROM are refused; JavaScript and rules
    are off. The data counts as it is given, classes included: hand in the closure to validate it.

    Cost: shapes times focus nodes, some 35 seconds for 19 property shapes on a million triples. A shape
    is a program that can run forever (`sh:pattern`, `sh:sparql`): for shapes or data that are not
    trusted, call it in a process that can be killed, which is told at which shape it is (`evaluating`), and
    by `place_of` where that stands. One call at a time in a process, because pyshacl
    changes what rdflib takes for true meanwhile.

    Raises: ShapesUnreadable, naming the shape; a recursive shape is refused too. Spec: SHACL section 3.4.
    """
    shape_triples = list(shapes)
    shape_triples += imported_declarations(shape_triples)
    check_queries(shape_triples, prefixes_of(shape_triples))
    tested = [triple for triple in shape_triples if triple.predicate.value not in _DISPLAY]
    conforms, found = _run(to_graph(data), _shapes_graph(tested), shape_triples, place_of)
    paths = Paths(shape_triples)
    results = tuple(sorted(map(_result, found), key=lambda result: result.order))
    described = {t: None for result in results if result.path for t in paths.triples(result.path)}
    return Report(bool(conforms), results, tuple(described))


def _run(
    data: rdflib.Graph, shapes: rdflib.Graph, triples: list[ox.Triple], place_of: PlaceOf
) -> tuple[bool, list[_Parts]]:
    options = {"inference": "none", "advanced": False, "use_js": False, "logger": QUIET}
    with warnings.catch_warnings():
        warnings.simplefilter("error", ValidationWarning)
        warnings.simplefilter("error", ConstraintLoadWarning)
        try:
            validator = _Collector(DataGraph.from_rdflib(data), shacl_graph=shapes, options=options)
            announced: Any = _Announced(validator.shacl_graph, triples, place_of)
            validator.shacl_graph = announced
            conforms, found, _ = validator.run()  # type: ignore[no-untyped-call]
        except BROKEN as error:
            raise _unreadable(error, triples) from error
    return conforms, found


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
            with evaluating("shapes", self._place_of(node), str(node)):
                yield shape


class _Collector(Validator):
    """Hands back the results as pyshacl made them; its report graph copies blank nodes under new names."""

    @classmethod
    def create_validation_report(
        cls, sg: Any, conforms: bool, results: list[tuple[Any, ...]]
    ) -> tuple[list[_Parts], str]:
        collected = []
        for _, node, triples in results:
            parts: _Parts = {}
            for subject, predicate, value in triples:
                if subject == node:  # the others are results nested in it (sh:detail)
                    parts.setdefault(predicate, []).append(value[1] if isinstance(value, tuple) else value)
            collected.append(parts)
        return collected, ""


def _shapes_graph(triples: Iterable[ox.Triple]) -> rdflib.Graph:
    """The shapes for pyshacl, where only "true" is true: "1"^^xsd:boolean switches nothing on in SHACL."""
    rdflib_bool_patch()  # type: ignore[no-untyped-call]
    try:
        return to_graph(triples)
    finally:
        rdflib_bool_unpatch()  # type: ignore[no-untyped-call]


def _result(parts: _Parts) -> Result:
    messages = {from_rdflib(message) for message in parts.get(SH.resultMessage, [])}
    constraint = _node(parts[SH.sourceConstraintComponent][0])
    severity = _node(parts[SH.resultSeverity][0])
    assert isinstance(constraint, ox.NamedNode)
    assert isinstance(severity, ox.NamedNode)
    return Result(
        focus_node=from_rdflib(parts[SH.focusNode][0]),
        path=_node(parts[SH.resultPath][0]) if SH.resultPath in parts else None,
        value=from_rdflib(parts[SH.value][0]) if SH.value in parts else None,
        source_shape=_node(parts[SH.sourceShape][0]),
        constraint=constraint,
        severity_node=severity,
        messages=tuple(sorted((m for m in messages if isinstance(m, ox.Literal)), key=str)),
        source_constraint=_node(parts[SH.sourceConstraint][0]) if SH.sourceConstraint in parts else None,
    )


def _node(node: RdflibNode) -> Subject:
    term = from_rdflib(node)
    if isinstance(term, ox.Literal):
        raise ShapesUnreadable(f"{term} stands where a shape or a path is expected.", "Give it an IRI.")
    return term


def _unreadable(error: BaseException, shapes: list[ox.Triple]) -> ShapesUnreadable:
    """The error, with the shape that pyshacl was at, which it does not say itself."""
    shape = _shape_at(error.__traceback__) or _suspect(shapes)
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


def _suspect(shapes: list[ox.Triple]) -> Term | None:
    """A shape that breaks one of the rules of SHACL 2 which pyshacl states without naming the shape."""
    paths: set[Term] = set()
    for triple in shapes:
        name = triple.predicate.value.removeprefix(str(SH))
        if name == "path" and triple.subject in paths:
            return triple.subject
        if name == "path":
            paths.add(triple.subject)
        if name in ("or", "and", "xone") and (isinstance(triple.object, ox.Literal) or triple.object == NIL):
            return triple.subject
    return None
