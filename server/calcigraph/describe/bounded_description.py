"""An edition and a node in, the facts about it out: the concise bounded description.

See https://www.w3.org/submissions/CBD/: every triple with the resource as subject, and, as far
as their objects are blank nodes, what those say in turn.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from functools import lru_cache
from itertools import islice
from typing import ClassVar, Final

import pyoxigraph as ox

from calcigraph.describe.values import Fact, Standing
from calcigraph.edition import Edition
from calcigraph.errors import Problem
from calcigraph.rdf.terms import Subject, Term

_MOST_KEPT = 512
MOST_SHOWN: Final = 5_000
"""Statements of the longest description that a page shows."""
_MOST_SORTED: Final = 10_000
_MOST_ABOVE: Final = 100


class DescriptionTooLong(Problem):
    """A resource with more statements than a page shows."""

    title: ClassVar[str] = "Too many statements for a page"

    def __init__(self, most: int) -> None:
        super().__init__(
            f"More than {most} statements describe the resource, which is more than a page shows.",
            "Ask for Turtle or another data format, which has all of them, or for some of them by a query.",
        )


class BoundedDescriptions:
    """Reads facts of a dataset, each with its standing, which follows from the graphs that hold it."""

    def __init__(self, edition: Edition) -> None:
        self._edition = edition
        self.about = lru_cache(_MOST_KEPT)(self._about)
        """The facts with a node as subject, by property, in a stable order. Cost: an index look-up; what
        many lead to, such as a class or a work, is kept for a while."""

    def outgoing(self, node: Subject, most: int | None = None) -> list[Fact]:
        """The facts about `node`, and about the blank nodes that are reached from it, in no order. Of those
        that stand for an expression of OWL, only what is written: what follows about one leads on to all that
        are like it.

        Cost: an index look-up a node, linear in the facts found. Raises: DescriptionTooLong where they stand
        in more than `most` places.
        """
        if most is not None and self._edition.statements(node, most + 1) > most:
            # Told by the index, before any of them is read.
            raise DescriptionTooLong(most)
        facts: list[Fact] = []
        waiting, seen, places = [node], {node}, 0
        while waiting:
            node = waiting.pop()
            quads = self._edition.stated(node) if self._is_form(node) else self._edition.quads(node)
            found = list(quads if most is None else islice(quads, most + 1 - places))
            places += len(found)
            if most is not None and places > most:
                raise DescriptionTooLong(most)
            said = self._facts(found)
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

    def links(
        self, node: Term, offset: int, most: int, without: Container[Term] = frozenset()
    ) -> tuple[list[Fact], int]:
        """`most` of the facts with `node` as object from `offset` on, by property, then by subject; and how
        many there are. Those that begin at nodes in `without` are left out, and those that are inferred of an
        expression. Of very many, all come, properties and subjects in the order of the index, which does not
        change. Cost: one pass over all of them, in which no fact is made but of those asked for."""
        if self._edition.links(node) > _MOST_SORTED:
            return self._indexed_links(node, offset, most)
        found: dict[tuple[str, str], list[ox.Quad]] = {}
        for quad in self._edition.quads(None, None, node):
            if quad.subject not in without and not self._is_aside(quad):
                found.setdefault((quad.predicate.value, str(quad.subject)), []).append(quad)
        window = sorted(found)[offset : offset + most]
        return self._facts(quad for key in window for quad in found[key]), len(found)

    def written_links(self, node: Term, most: int) -> list[Fact]:
        """Facts with `node` as object and a blank node as subject that are written, `most` at most. Cost: one
        pass over as many of the links as there are in ten times that."""
        quads = islice(self._edition.stated(None, None, node), 10 * most)
        blank = (quad for quad in quads if isinstance(quad.subject, ox.BlankNode))
        return self._facts(islice(blank, most))

    def _indexed_links(self, node: Term, offset: int, most: int) -> tuple[list[Fact], int]:
        facts: list[Fact] = []
        for subject, predicate in self._edition.linking(node, offset, most):
            facts += self._facts(self._edition.quads(subject, predicate, node))
        return facts, self._edition.all_links(node)

    def to_named(self, fact: Fact) -> list[Fact]:
        """The facts that lead from a named resource to `fact`, the outermost first.

        A link whose subject is a blank node means nothing without the resource it belongs to.
        Where none is found, as in a cycle of blank nodes, the chain begins with a blank node.
        """
        chain = [fact]
        seen: set[Term] = set()
        while isinstance(chain[0].triple.subject, ox.BlankNode) and chain[0].triple.subject not in seen:
            seen.add(chain[0].triple.subject)
            above = self._above(chain[0].triple.subject)
            if above is None:
                break
            chain.insert(0, above)
        return chain

    def _above(self, node: ox.BlankNode) -> Fact | None:
        """A fact that leads to a blank node: of those that are written, if there are any, one from a named
        resource. To a form none leads that is inferred: what follows of an axiom is not where it stands."""
        written = self._facts(islice(self._edition.stated(None, None, node), _MOST_ABOVE))
        found = written or ([] if self._is_form(node) else self.incoming(node))
        return min(found, key=lambda fact: isinstance(fact.triple.subject, ox.BlankNode), default=None)

    def _is_form(self, node: Term) -> bool:
        return isinstance(node, ox.BlankNode) and self._edition.expressions.is_form(node)

    def _is_aside(self, quad: ox.Quad) -> bool:
        """Whether it is inferred of an expression."""
        return quad.graph_name == self._edition.inferred_graph and self._is_form(quad.subject)

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
