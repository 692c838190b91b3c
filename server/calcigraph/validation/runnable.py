"""A shapes graph and its flaws in, the part of it that can be judged out.

What is not well-formed is left out where it stands, and so is each constraint whose outcome would hang on it;
all else is judged as if the rest were not there.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import pyoxigraph as ox

from calcigraph.rdf.terms import Term
from calcigraph.rdf.vocabulary import SH
from calcigraph.validation.flaw import Flaw
from calcigraph.validation.path_rules import FORMS
from calcigraph.validation.shapes_graph import LIST_OF_SHAPES, ShapesGraph
from calcigraph.validation.vocabulary import TOGETHER

_PROPERTY: Final = SH["property"]
_CLOSED, _SPARQL = SH["closed"], SH["sparql"]


class Runnable:
    """The shapes that can be judged, as a shapes graph. Cost: linear where none is flawed."""

    def __init__(self, graph: ShapesGraph, flaws: Iterable[Flaw]) -> None:
        self._graph = graph
        self._nodes: set[Term] = set()
        # What is left out of a node: all values of a property, or one.
        self._said: set[tuple[Term, ox.NamedNode, Term | None]] = set()
        for flaw in flaws:
            if flaw.breaks and flaw.node is not None:
                self._leave_out(flaw.node, flaw.predicate, flaw.value)
        if self._nodes or self._said:
            self._spread()
        self.shapes = ShapesGraph(self._kept())

    def _leave_out(self, node: Term, predicate: ox.NamedNode | None, value: Term | None = None) -> None:
        if predicate is None:
            self._nodes.add(node)
            return
        self._said.add((node, predicate, value))
        for group in TOGETHER:
            if predicate in group:
                self._said.update((node, other, None) for other in group)
        if predicate == _PROPERTY:
            # What other properties a closed shape allows is not known.
            self._leave_out(node, _CLOSED)

    def _spread(self) -> None:
        """Leave out what hangs on the conformance to a shape of which something was left out."""
        parts = {shape: self._graph.parts(shape) for shape in self._graph.shapes}
        before = -1
        while len(self._said) > before:
            before = len(self._said)
            flawed = self._nodes | {node for node, _, _ in self._said}
            partial = {shape for shape, nodes in parts.items() if nodes & flawed}
            for shape in partial:
                for predicate, other in self._graph.references(shape):
                    if other in self._nodes and predicate == _PROPERTY:
                        self._leave_out(shape, predicate, other)
                    elif other in partial and predicate != _PROPERTY:
                        self._leave_out(shape, predicate, None if predicate in LIST_OF_SHAPES else other)

    def _kept(self) -> Iterable[ox.Triple]:
        for triple in self._graph.triples:
            said = triple.subject, triple.predicate
            if triple.predicate == _SPARQL and triple.object in self._nodes:
                continue
            if triple.subject in self._nodes or {(*said, None), (*said, triple.object)} & self._said:
                continue
            if triple.predicate not in FORMS or not self._has_other_form(triple):
                yield triple

    def _has_other_form(self, triple: ox.Triple) -> bool:
        """Whether a node of a path has another form, by which it goes."""
        before = FORMS[: FORMS.index(triple.predicate)]
        return bool(self._graph.objects(triple.subject, *before)) if before else False
