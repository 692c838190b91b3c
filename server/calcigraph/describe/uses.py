"""A dataset in, how often each of its terms is used out, and some triples that show how."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import islice

import pyoxigraph as ox

from calcigraph.describe.bounded_description import BoundedDescriptions
from calcigraph.describe.values import Fact
from calcigraph.edition import LABELS, Edition, Labels
from calcigraph.rdf.terms import Term
from calcigraph.rdf.vocabulary import RDF

_LOOKED_AT = 1000


@dataclass(frozen=True)
class Example:
    """A triple of a property; or that something is a member of a class, and what it is called."""

    fact: Fact
    label: ox.Triple | None = None

    @property
    def triples(self) -> tuple[ox.Triple, ...]:
        """The triples of the example, all with one subject."""
        return (self.fact.triple, self.label) if self.label else (self.fact.triple,)


@dataclass(frozen=True)
class Use:
    """How many triples a property or members a class has, with some of them."""

    count: int
    examples: tuple[Example, ...] = ()
    of_class: bool = False


class TermUses:
    """Counts over the union of all graphs as a set."""

    def __init__(self, edition: Edition, descriptions: BoundedDescriptions, labels: Labels) -> None:
        self._edition = edition
        self._descriptions = descriptions
        self._labels = labels

    def count(self, term: ox.NamedNode) -> int:
        """How often `term` is used as a property, else as a class. Cost: one look-up after the first call."""
        return self._counts.get(term, 0)

    def of_property(self, term: ox.NamedNode, most: int) -> Use:
        """The triples of a property, with `most` examples of named nodes, asserted ones first.

        Cost: linear in some of the triples.
        """
        triples = self._usable(self._edition.quads(None, term))
        return Use(self._edition.uses.triples.get(term, 0), tuple(map(self._example, _first(triples, most))))

    def of_class(self, term: ox.NamedNode, most: int) -> Use:
        """The members of a class, with `most` examples, each with its label. Cost: as for `of_property`."""
        count = self._edition.uses.members.get(term, 0)
        if not count:
            return Use(0)
        members = (q for q in self._edition.quads(None, None, term) if q.predicate == RDF["type"])
        triples = self._usable(members)
        labelled = {t: is_stated for t, is_stated in triples.items() if self._stated(t.subject)}
        found = map(self._example, _first(labelled or triples, most))
        examples = tuple(
            replace(example, label=self._label(example.fact.triple.subject)) for example in found
        )
        return Use(count, examples, of_class=True)

    def _usable(self, quads: Iterable[ox.Quad]) -> dict[ox.Triple, bool]:
        """Triples between named nodes, and whether each is asserted."""
        built = {self._edition.derived_graph, self._edition.inferred_graph}
        found: dict[ox.Triple, bool] = {}
        for quad in islice(quads, _LOOKED_AT):
            if isinstance(quad.subject, ox.NamedNode) and not isinstance(quad.object, ox.BlankNode):
                found[quad.triple] = found.get(quad.triple, False) or quad.graph_name not in built
        return found

    def _example(self, triple: ox.Triple) -> Example:
        facts = self._descriptions.about(triple.subject)[triple.predicate]
        return Example(next(fact for fact in facts if fact.triple == triple))

    def _stated(self, node: Term) -> ox.Literal | None:
        return self._labels.stated(node) if isinstance(node, ox.NamedNode) else None

    def _label(self, node: Term) -> ox.Triple | None:
        """The triple that states the label to show."""
        label = self._stated(node)
        if label is None or not isinstance(node, ox.NamedNode):
            return None
        by = next(name for name in LABELS if label in self._edition.objects(node, name))
        return ox.Triple(node, by, label)

    @cached_property
    def _counts(self) -> Mapping[ox.NamedNode, int]:
        """By property; where a term is none, by class."""
        uses = self._edition.uses
        return {**uses.members, **uses.triples}


def _first(triples: Mapping[ox.Triple, bool], most: int) -> list[ox.Triple]:
    """`most` of the triples, spread over the order of their text; those that are asserted first."""
    found: list[ox.Triple] = []
    for wanted in (True, False):
        left = sorted((triple for triple, is_stated in triples.items() if is_stated is wanted), key=str)
        step = max(1, len(left) // (most - len(found) or 1))
        found += left[::step][: most - len(found)]
    return found
