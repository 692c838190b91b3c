"""Triples and shapes in, a Report out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any, Final

import pyoxigraph as ox

from calcigraph.errors import Place
from calcigraph.evaluating import evaluating, working
from calcigraph.rdf.terms import Term
from calcigraph.rdf.vocabulary import SH
from calcigraph.validation import core_engine
from calcigraph.validation.core_differences import with_tagged_texts
from calcigraph.validation.default_messages import default_message
from calcigraph.validation.flaw import Flaw
from calcigraph.validation.judges import (
    CORE_ENGINE,
    SPARQL_CONSTRAINTS,
    SPARQL_ENGINE,
    for_core_engine,
    for_sparql_engine,
    may_be_divided,
    of_queries,
    reason_against_core,
)
from calcigraph.validation.nested_results import with_details
from calcigraph.validation.paths import Paths
from calcigraph.validation.places import PlaceOf, nowhere
from calcigraph.validation.queries import ShapesUnreadable, imported_declarations
from calcigraph.validation.report import Judged, Report
from calcigraph.validation.result import Result
from calcigraph.validation.runnable import Runnable
from calcigraph.validation.shape_flaws import shape_flaws
from calcigraph.validation.shapes_graph import ShapesGraph
from calcigraph.validation.targets import Targets

_NODES: Final = (ox.NamedNode, ox.BlankNode)


def validate(data: Iterable[ox.Triple], shapes: Iterable[ox.Triple], place_of: PlaceOf = nowhere) -> Report:
    """Check data against shapes (W3C SHACL: Core and SPARQL-based constraints), with no inference of its own.

    Nothing is fetched: `owl:imports` is not followed, SERVICE and FROM are refused; JavaScript and rules
    are off. The data counts as it is given, classes included: hand in the closure to validate it. What is
    not well-formed among the shapes is a flaw of the report, and all else is judged.

    Cost: SHACL Core, linear in the data for most shapes, some two seconds for 100,000 triples. What the other
    engine has to judge (`judges`): loading the data, 20 microseconds a triple, then shapes times focus nodes;
    a query can run forever. For shapes or data that are not trusted, call it in a process that can be killed,
    which is told at which shape it is (`evaluating`), and by `place_of` where that stands. One call at a
    time in a process. Spec: SHACL section 3.4.
    """
    triples = list(data)
    written = list(shapes)
    graph = ShapesGraph([*written, *imported_declarations(written)])
    targets = Targets(triples, graph)
    flaws = list(shape_flaws(graph, targets))
    runnable = Runnable(graph, flaws).shapes
    roots = [root for root in runnable.roots if not _is_deactivated(runnable, root)]
    focus_nodes = {root: targets.focus_nodes(runnable, root) for root in roots}
    run = _Validation(triples, runnable, place_of)
    results = run.results([root for root in roots if focus_nodes[root]])
    paths = Paths(written)
    listed = tuple(sorted((_finished(r, runnable) for r in results), key=lambda result: result.order))
    described = {t: None for result in listed if result.path for t in paths.triples(result.path)}
    return Report(
        not listed and not any(flaw.breaks for flaw in (*flaws, *run.flaws)),
        listed,
        tuple(described),
        flaws=(*flaws, *run.flaws),
        judged=run.judged(roots),
        focus_nodes=len(set().union(*focus_nodes.values())),
    )


class _Validation:
    """One validation: each shape by the engine that may judge it."""

    def __init__(self, data: list[ox.Triple], shapes: ShapesGraph, place_of: PlaceOf) -> None:
        self._data, self._shapes, self._place_of = data, shapes, place_of
        self._tagged = with_tagged_texts(data)
        self._reasons: dict[Term, str] = {}
        self._loaded: Any = None
        self.flaws: list[Flaw] = []

    def results(self, roots: list[Term]) -> list[Result]:
        """All results of some shapes."""
        for root in roots:
            reason = reason_against_core(self._shapes, root, self._tagged)
            if reason is not None:
                self._reasons[root] = reason
        divided = [root for root in roots if self._may_be_divided(root)]
        of_core = [root for root in roots if root not in self._reasons]
        # The engine says of no shape that it is at it.
        with evaluating("shapes", Place("shapes"), f"{len(of_core) + len(divided)} shapes of SHACL Core"):
            found = self._by_core_engine([*of_core, *divided])
        undone = [root for root in divided if self._reasons[root] != SPARQL_CONSTRAINTS]
        divided = [root for root in divided if root not in undone]
        whole = [root for root in roots if root in self._reasons and root not in divided]
        found += self._by_sparql_engine(whole, self._shapes)
        return found + self._by_sparql_engine(divided, of_queries(self._shapes, divided))

    def _may_be_divided(self, root: Term) -> bool:
        return self._reasons.get(root) == SPARQL_CONSTRAINTS and may_be_divided(
            self._shapes, root, self._tagged
        )

    def _by_core_engine(self, roots: list[Term]) -> list[Result]:
        if not roots:
            return []
        document = core_engine.Document(for_core_engine(self._shapes, roots))
        try:
            data = core_engine.Document(self._data)
            return with_details(core_engine.judge(data, document), self._shapes, data)
        except core_engine.EngineUnable as unable:
            self._reasons.update(dict.fromkeys(roots, str(unable)))
            return []

    def _by_sparql_engine(self, roots: list[Term], shapes: ShapesGraph) -> list[Result]:
        if not roots:
            return []
        # Half a second of rdflib and pyshacl, which most shapes do without.
        from calcigraph.validation import sparql_engine

        with working("the data are loaded"):
            data = self._loaded = self._loaded or sparql_engine.LoadedData(self._data)

        def judged(some: list[Term]) -> list[Result]:
            return sparql_engine.judge(data, list(for_sparql_engine(shapes, some)), self._place_of)

        try:
            return judged(roots)
        except ShapesUnreadable:
            return [result for root in roots for result in self._alone(root, judged)]

    def _alone(self, root: Term, judged: Callable[[list[Term]], list[Result]]) -> list[Result]:
        try:
            return judged([root])
        except ShapesUnreadable as unreadable:
            self._reasons.pop(root)
            self.flaws.append(Flaw(root, None, unreadable.detail, unreadable.remedy, breaks=True))
            return []

    def judged(self, roots: list[Term]) -> tuple[Judged, ...]:
        """How many shapes each engine judged, and why."""
        counts: dict[tuple[str, str], int] = defaultdict(int)
        failed = {flaw.node for flaw in self.flaws}
        for root in roots:
            if root not in failed:
                reason = self._reasons.get(root, "")
                counts[SPARQL_ENGINE if reason else CORE_ENGINE, reason] += 1
        return tuple(Judged(engine, shapes, why) for (engine, why), shapes in sorted(counts.items()))


def _is_deactivated(graph: ShapesGraph, shape: Term) -> bool:
    return any(
        isinstance(v, ox.Literal) and v.value == "true" for v in graph.objects(shape, SH["deactivated"])
    )


def _finished(result: Result, graph: ShapesGraph) -> Result:
    """A result with the path and the messages of its shape, whichever engine found it."""
    own = [m for m in graph.objects(result.source_shape, SH["message"]) if isinstance(m, ox.Literal)]
    messages = tuple(sorted(own, key=str))
    default = default_message(graph, result.source_shape, result.constraint)
    is_core = bool(default) and result.constraint != SH["SPARQLConstraintComponent"]
    if not is_core:
        messages = result.messages or messages
    paths = [p for p in graph.objects(result.source_shape, SH["path"]) if isinstance(p, _NODES)]
    path = result.path or next(iter(paths), None)
    return replace(
        result,
        messages=messages or default,
        path=path,
        details=tuple(sorted((_finished(d, graph) for d in result.details), key=lambda d: d.order)),
    )
