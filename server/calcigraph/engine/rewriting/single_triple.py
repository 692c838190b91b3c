"""A group in, the one triple pattern that it consists of out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from calcigraph.engine.cardinalities import TYPE, TriplePattern
from calcigraph.engine.corrections.correction import Context
from calcigraph.sparql.parsed_query import ParsedQuery
from calcigraph.sparql.tree import Iri, Node, Pattern, TriplesBlock, TypeKeyword, Variable


@dataclass(frozen=True)
class SingleTriple:
    """A triple pattern of IRIs and variables that are all different."""

    subject: Node
    verb: Node
    object: Node

    @classmethod
    def of(cls, elements: Sequence[Pattern]) -> SingleTriple | None:
        """The triple pattern that the elements of a group are, None where they are anything else."""
        if len(elements) != 1 or not isinstance(elements[0], TriplesBlock):
            return None
        triples = elements[0].triples
        if len(triples) != 1 or len(triples[0].properties) != 1:
            return None
        (prop,) = triples[0].properties
        if len(prop.objects) != 1 or prop.objects[0].annotations:
            return None
        found = cls(triples[0].subject, prop.verb, prop.objects[0].term)
        names = [part.name for part in found._parts if isinstance(part, Variable)]
        is_plain = all(isinstance(part, Variable | Iri) for part in (found.subject, found.object))
        is_plain = is_plain and isinstance(found.verb, Variable | Iri | TypeKeyword)
        return found if is_plain and len(set(names)) == len(names) else None

    @property
    def _parts(self) -> tuple[Node, Node, Node]:
        return self.subject, self.verb, self.object

    @property
    def variables(self) -> frozenset[str]:
        """The names of its variables."""
        return frozenset(part.name for part in self._parts if isinstance(part, Variable))

    def pattern(self, query: ParsedQuery, context: Context) -> TriplePattern:
        """What is counted for it. Raises: SyntaxError, see `Context.resolved`."""
        iris = [part for part in self._parts if isinstance(part, Iri)]
        found = context.resolved(query, iris)
        subject, predicate, value = (
            found.get(part) if isinstance(part, Iri) else None for part in self._parts
        )
        return subject, TYPE if isinstance(self.verb, TypeKeyword) else predicate, value
