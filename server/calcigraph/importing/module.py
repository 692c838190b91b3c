"""An ontology and some of its terms in, the statements that these need out.

Taken are, after MIREOT (Courtot and others, 2011) and a step beyond it:

- of each term that was asked for, all that is said of it: texts, axioms and what annotates them;
- of what is above these (superclasses, superproperties, broader concepts) up to the top or to what was named
  as the upper end, and of what is used in those axioms with all that is above it: the kind, labels,
  definitions, and what it stands below.

What others say to the same effect counts too: that one is narrower, that it is disjoint with a term. So
labels, definitions and the hierarchy as it is written are whole, and each axiom of a term speaks of nothing
unknown. What follows from definitions alone is not looked for, and the other axioms of what was not asked for
are left out: nothing wrong follows, but some things do not follow.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import pyoxigraph as ox

from calcigraph.rdf.terms import Term
from calcigraph.rdf.vocabulary import OBO, OWL, RDF, RDFS, SKOS

_TYPE: Final = RDF["type"]
_UPWARD: Final = (RDFS["subClassOf"], RDFS["subPropertyOf"], SKOS["broader"])
# Who has such a value stands above it.
_DOWNWARD: Final = (SKOS["narrower"], SKOS["hasTopConcept"])
# What says the same of its object as of its subject.
_MUTUAL: Final = {
    *_DOWNWARD,
    *(OWL[name] for name in ("disjointWith", "equivalentClass", "equivalentProperty", "inverseOf")),
    *(OWL[name] for name in ("propertyDisjointWith", "sameAs", "differentFrom")),
    *(SKOS[name] for name in ("related", "exactMatch", "closeMatch", "relatedMatch")),
}
# What is taken of a term that was not asked for, beside what it stands below.
_DECLARING: Final = {
    *(_TYPE, RDFS["label"], SKOS["prefLabel"], SKOS["definition"], OBO["IAO_0000115"]),
    *(OWL["deprecated"], OBO["IAO_0100001"], OWL["inverseOf"], SKOS["inScheme"]),
}
_SOURCE: Final = OWL["annotatedSource"]


@dataclass(frozen=True)
class Module:
    """The triples that were taken, and what for: the terms asked for, those above them and those that these
    use. `left_out` is the number of triples about the latter two that were not taken, and `of_others` of
    those in which something else says something of the terms asked for."""

    triples: frozenset[ox.Triple]
    asked: frozenset[ox.NamedNode]
    above: frozenset[ox.NamedNode]
    used: frozenset[ox.NamedNode]
    left_out: int
    of_others: int

    @property
    def terms(self) -> frozenset[ox.NamedNode]:
        """All of them."""
        return self.asked | self.above | self.used


def module_of(
    triples: Iterable[ox.Triple], asked: Iterable[ox.NamedNode], upper: Iterable[ox.NamedNode] = ()
) -> Module:
    """The statements that the terms `asked` need; nothing above `upper` is taken.

    Terms of which nothing is said are left to the caller (see `Ontology.missing`). Cost: linear.
    """
    ontology = Ontology(triples)
    wanted, ends = frozenset(asked), frozenset(upper)
    taken = {t for node in wanted for t in ontology.whole(node)}
    above = ontology.above(wanted, ends) - wanted
    pending, used = ontology.mentioned(taken), set[ox.NamedNode]()
    taken |= {t for node in above for t in ontology.declaration(node, is_end=node in ends)}
    pending |= ontology.mentioned(taken)
    while pending := pending - wanted - above - used:
        used |= pending
        said = {t for node in pending for t in ontology.declaration(node, is_end=node in ends)}
        taken |= said
        pending = ontology.mentioned(said)
    terms = wanted | above | used
    left_out = sum(len(ontology.about[node]) for node in terms) - sum(t.subject in terms for t in taken)
    of_others = sum(t.object in wanted and t not in taken for said in ontology.about.values() for t in said)
    return Module(frozenset(taken), wanted, frozenset(above), frozenset(used), left_out, of_others)


class Ontology:
    """The triples of an ontology, by what they are about."""

    def __init__(self, triples: Iterable[ox.Triple]) -> None:
        self.about: dict[Term, list[ox.Triple]] = defaultdict(list)
        # What has a term for its value, and says as much of it.
        self._toward: dict[Term, list[ox.Triple]] = defaultdict(list)
        for triple in set(triples):
            self.about[triple.subject].append(triple)
            if triple.predicate in _MUTUAL:
                self._toward[triple.object].append(triple)

    def missing(self, nodes: Iterable[ox.NamedNode]) -> list[ox.NamedNode]:
        """Those of which nothing is said, in order of their IRI."""
        return sorted((node for node in nodes if node not in self.about), key=lambda node: node.value)

    def whole(self, node: Term) -> Iterator[ox.Triple]:
        """All that is said of a node, of the blank nodes that this leads to, and of these statements."""
        toward = self._toward.get(node, [])
        yield from toward
        blank = {triple.subject for triple in toward if isinstance(triple.subject, ox.BlankNode)}
        pending, seen = [node, *blank], {node, *blank}
        while pending:
            current = pending.pop()
            for triple in self.about[current]:
                yield triple
                if isinstance(triple.object, ox.BlankNode) and triple.object not in seen:
                    seen.add(triple.object)
                    pending.append(triple.object)
            for annotation in self._annotations.get(current, ()):
                if annotation not in seen:
                    seen.add(annotation)
                    pending.append(annotation)

    def declaration(self, node: ox.NamedNode, *, is_end: bool = False) -> Iterator[ox.Triple]:
        """What is taken of a node that was not asked for; of an upper end nothing that is above it."""
        for triple in self.about[node]:
            if isinstance(triple.object, ox.BlankNode):
                continue
            if triple.predicate in _DECLARING or (triple.predicate in _UPWARD and not is_end):
                yield triple
        for triple in self._toward.get(node, ()):
            if triple.predicate in _DOWNWARD and not is_end:
                yield triple

    def above(self, nodes: Iterable[ox.NamedNode], ends: frozenset[ox.NamedNode]) -> set[ox.NamedNode]:
        """All that stands above some nodes, the ends included and nothing above them."""
        found: set[ox.NamedNode] = set()
        pending = [node for node in nodes if node not in ends]
        while pending:
            for parent in self._parents(pending.pop()):
                if parent in self.about and parent not in found:
                    found.add(parent)
                    pending += [parent] if parent not in ends else []
        return found

    def _parents(self, node: Term) -> Iterator[ox.NamedNode]:
        upward = (t.object for t in self.about[node] if t.predicate in _UPWARD)
        downward = (t.subject for t in self._toward.get(node, ()) if t.predicate in _DOWNWARD)
        yield from (parent for parent in (*upward, *downward) if isinstance(parent, ox.NamedNode))

    def mentioned(self, triples: Iterable[ox.Triple]) -> set[ox.NamedNode]:
        """The terms that some triples use and of which something is said here; no header is one."""
        terms = (term for t in triples for term in (t.subject, t.predicate, t.object))
        names = {term for term in terms if isinstance(term, ox.NamedNode)}
        return {name for name in names if name in self.about and name not in self._headers}

    @cached_property
    def _headers(self) -> set[Term]:
        return {
            node
            for node, said in self.about.items()
            if any(t.predicate == _TYPE and t.object == OWL["Ontology"] for t in said)
        }

    @cached_property
    def _annotations(self) -> dict[Term, list[Term]]:
        """The `owl:Axiom` nodes by what their axiom is about (OWL 2 Mapping to RDF, section 2.2)."""
        found: dict[Term, list[Term]] = defaultdict(list)
        for node, said in self.about.items():
            if isinstance(node, ox.BlankNode):
                for triple in said:
                    if triple.predicate == _SOURCE:
                        found[triple.object].append(node)
        return found
