"""An edition and a node in, the facts about it out: the concise bounded description.

See https://www.w3.org/submissions/CBD/: every triple with the resource as subject, and, as far
as their objects are blank nodes, what those say in turn.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache

import pyoxigraph as ox

from calcigraph.describe.values import Fact, Standing
from calcigraph.edition import Edition
from calcigraph.rdf.terms import Subject, Term

_MOST_KEPT = 512


class BoundedDescriptions:
    """Reads facts of a dataset, each with its standing, which follows from the graphs that hold it."""

    def __init__(self, edition: Edition) -> None:
        self._edition = edition
        self.about = lru_cache(_MOST_KEPT)(self._about)
        """The facts with a node as subject, by property, in a stable order. Cost: an index look-up; what
        many lead to, such as a class or a work, is kept for a while."""

    def outgoing(self, node: Subject) -> list[Fact]:
        """The facts about `node`, and about the blank nodes that are reached from it, in no order.

        Cost: an index look-up a node, linear in the facts found.
        """
        facts: list[Fact] = []
        waiting, seen = [node], {node}
        while waiting:
            said = self._facts(self._edition.quads(waiting.pop()))
            facts += said
            for fact in said:
                below = fact.triple.object
                if isinstance(below, ox.BlankNode) and below not in seen:
                    seen.add(below)
                    waiting.append(below)
        return facts

    def incoming(self, node: Term) -> list[Fact]:
        """The facts with `node` as object, in no order. Cost: as for `outgoing`."""
        return self._facts(self._edition.quads(None, None, node))

    def links(self, node: Term, offset: int, most: int) -> tuple[list[Fact], int]:
        """`most` of the facts with `node` as object from `offset` on, by property, then by subject; and how
        many there are. Cost: one pass over all of them, in which no fact is made but of those asked for."""
        found: dict[tuple[str, str], list[ox.Quad]] = {}
        for quad in self._edition.quads(None, None, node):
            found.setdefault((quad.predicate.value, str(quad.subject)), []).append(quad)
        window = sorted(found)[offset : offset + most]
        return self._facts(quad for key in window for quad in found[key]), len(found)

    def to_named(self, fact: Fact) -> list[Fact]:
        """The facts that lead from a named resource to `fact`, the outermost first.

        A link whose subject is a blank node means nothing without the resource it belongs to.
        Where none is found, as in a cycle of blank nodes, the chain begins with a blank node.
        """
        chain = [fact]
        seen: set[Term] = set()
        while isinstance(chain[0].triple.subject, ox.BlankNode) and chain[0].triple.subject not in seen:
            seen.add(chain[0].triple.subject)
            above = self.incoming(chain[0].triple.subject)
            if not above:
                break
            chain.insert(0, above[0])
        return chain

    def _about(self, node: Subject) -> Mapping[ox.NamedNode, tuple[Fact, ...]]:
        found: dict[ox.NamedNode, list[Fact]] = {}
        for fact in self._facts(self._edition.quads(node)):
            found.setdefault(fact.triple.predicate, []).append(fact)
        return {
            predicate: tuple(sorted(facts, key=lambda fact: str(fact.triple.object)))
            for predicate, facts in found.items()
        }

    def _facts(self, quads: Iterable[ox.Quad]) -> list[Fact]:
        graphs: dict[ox.Triple, list[ox.NamedNode]] = {}
        for quad in quads:
            if isinstance(quad.graph_name, ox.NamedNode):
                graphs.setdefault(quad.triple, []).append(quad.graph_name)
        return [Fact(t, self._standing(g), tuple(sorted(g, key=str))) for t, g in graphs.items()]

    def _standing(self, graphs: Iterable[ox.NamedNode]) -> Standing:
        """Asserted where a file states it, else derived where a rule of the root built it, else inferred."""
        if set(graphs) - {self._edition.derived_graph, self._edition.inferred_graph}:
            return Standing.ASSERTED
        return Standing.DERIVED if self._edition.derived_graph in graphs else Standing.INFERRED
