"""A query in, out which of its paths the engine would get wrong, and of what graph they are.

What it gets wrong stands in `path_patterns`.
"""

from __future__ import annotations

from dataclasses import dataclass

import pyoxigraph as ox

from calcigraph.engine.corrections.correction import Context
from calcigraph.engine.corrections.multiplicity import counts
from calcigraph.engine.prologue import Prologue
from calcigraph.sparql.parsed_query import ParsedQuery
from calcigraph.sparql.path_kinds import is_bag, may_have_no_step, repeats_outside
from calcigraph.sparql.tree import (
    BracketedPath,
    GraphPattern,
    InversePath,
    Iri,
    Literal,
    Node,
    Object,
    Path,
    Property,
    SequencePath,
    TriplesBlock,
    Variable,
)


@dataclass(frozen=True)
class WrongPaths:
    """Looks for them, with the data at hand."""

    query: ParsedQuery
    context: Context

    def blocks(self) -> set[TriplesBlock]:
        """The blocks in which a path is to be written otherwise. Cost: next to nothing without paths."""
        found = set()
        for prop in self.query.nodes(Property):
            if isinstance(prop.verb, Path) and any(self.is_affected(prop, each) for each in prop.objects):
                above = self.query.around(prop)
                found.add(next(each for each in above if isinstance(each, TriplesBlock)))
        return found

    def is_affected(self, prop: Property, of: Object) -> bool:
        """Whether the path from the subject of `prop` to one object is to be written otherwise."""
        if not isinstance(prop.verb, Path) or not _may_be_wrong(prop.verb) or of.annotations:
            # A path cannot be annotated (SPARQL 1.2), as the engine tells.
            return False
        if self.is_wrong_bag(prop) and counts(self.query, prop):
            return True
        return self._leads_nowhere(self.subject_of(prop), prop.verb, of.term)

    def subject_of(self, prop: Property) -> Node:
        """The subject of `prop`; a node in brackets or an annotation is a term of its own."""
        above = self.query.parent(prop)
        return getattr(above, "subject", above)

    def _leads_nowhere(self, subject: Node, path: Node, object_: Node) -> bool:
        """Whether the path may have no step and begins or ends at a term that may not be in the graph."""
        constants = [term for term in (subject, object_) if isinstance(term, Iri | Literal)]
        is_possible = bool(constants) and may_have_no_step(path)
        # By section 18.4 what is between two parts is bound by the graph: only where both ends are given can
        # there be two parts without a step.
        is_possible = is_possible or (len(constants) == 2 and _has_parts_without_a_step(path))
        return is_possible and any(not self.is_in_graph(term) for term in constants)

    def is_wrong_bag(self, prop: Property) -> bool:
        """Whether the engine has the right solutions of the path, and not as often as they are."""
        return is_bag(prop.verb) or (repeats_outside(prop.verb) and self.has_many_graphs(prop))

    def has_many_graphs(self, node: Node) -> bool:
        """Whether the active graph of `node` is a variable's."""
        graph = self._graph_of(node)
        return graph is not None and isinstance(graph.name, Variable)

    def _graph_of(self, node: Node) -> GraphPattern | None:
        return next((each for each in self.query.around(node) if isinstance(each, GraphPattern)), None)

    def is_in_graph(self, term: Iri | Literal) -> bool | None:
        """Whether the active graph of `term` has a triple from or to it; None where that is of several
        graphs."""
        graph = self._graph_of(term)
        if graph is None:
            return self.context.data.has_node(self._resolved(term), None)
        if isinstance(graph.name, Variable):
            return None
        name = self._resolved(graph.name)
        assert isinstance(name, ox.NamedNode)
        return self.context.data.has_node(self._resolved(term), name)

    def same(self, first: Iri | Literal, second: Iri | Literal) -> bool:
        """Whether both are one term."""
        return self._resolved(first) == self._resolved(second)

    def _resolved(self, term: Iri | Literal) -> ox.NamedNode | ox.Literal:
        prologue = Prologue.of_tree(self.query.text, self.query.tree, self.context.base_iri)
        found = prologue.terms([self.query.written(term)])[0]
        assert found is not None, "an IRI or a literal is a term"
        return found


def _may_be_wrong(path: Node) -> bool:
    """Whether the engine can get `path` wrong between any terms of any graph."""
    return is_bag(path) or repeats_outside(path) or may_have_no_step(path) or _has_parts_without_a_step(path)


def _has_parts_without_a_step(path: Node) -> bool:
    """Whether `path` is a sequence of paths that may have no step, in either direction."""
    while isinstance(path, InversePath | BracketedPath):
        path = path.path
    return isinstance(path, SequencePath) and all(map(may_have_no_step, path.paths))
