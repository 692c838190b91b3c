"""The description of one resource, as one value that RDF and HTML both render."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum

import pyoxigraph as ox

from calcigraph.manchester import Expression
from calcigraph.rdf.terms import Term
from calcigraph.rdf.vocabulary import RDFS


class Standing(Enum):
    """Where a fact comes from: a file, a rule of the root, or the reasoner."""

    ASSERTED = "asserted"
    DERIVED = "derived"
    INFERRED = "inferred"


_ORDERS = (RDFS["subClassOf"], RDFS["subPropertyOf"])


@dataclass(frozen=True)
class Fact:
    """One triple, the graphs that hold it, and its standing."""

    triple: ox.Triple
    standing: Standing
    graphs: tuple[ox.NamedNode, ...]


@dataclass(frozen=True)
class ShownValue:
    """One value of a property as a reader sees it.

    `term` is the other end of `fact`: its object, or for an incoming link the named resource
    that the link leads back to. `nested` holds what a blank node says, `members` the items of an
    RDF list; both are empty for any other term. A blank node that stands for an expression of OWL has that as
    `expression`, and as `nested` only what is said about it; a named resource has one where the link leads
    back to it through an expression. `annotations` are what is said of the triple itself. `is_cut` is whether
    a blank node says something that is not shown here: because it is shown elsewhere in the description, or
    stands too deep.
    """

    term: Term
    fact: Fact
    nested: tuple[ShownProperty, ...] = ()
    members: tuple[ShownValue, ...] = ()
    expression: Expression | None = None
    annotations: tuple[ShownProperty, ...] = ()
    is_cut: bool = False


@dataclass(frozen=True)
class ShownProperty:
    """All values of one property; `name` is a shape's `sh:name`, else the property's label.

    `shaped` says whether a shape shows the property. `aside` are values which say no more than the others do:
    inferred ones that follow from them.
    """

    predicate: ox.NamedNode
    name: ox.Literal
    values: tuple[ShownValue, ...]
    shaped: bool
    aside: tuple[ShownValue, ...] = ()

    @property
    def is_aside(self) -> bool:
        """Whether it is folded away on a page: all of it is inferred, and no shape asks for it; unless it
        says what a term is right below."""
        if self.values and self.predicate in _ORDERS:
            return False
        return not self.shaped and all(v.fact.standing is Standing.INFERRED for v in self.values)


@dataclass(frozen=True)
class ShownGroup:
    """Properties of one `sh:group`; the last group, with no name, takes the rest."""

    name: ox.Literal | None
    slots: tuple[ShownProperty, ...]


@dataclass(frozen=True)
class Incoming:
    """One page of the links that lead to the resource: `offset` of `total`, `size` at most."""

    slots: tuple[ShownProperty, ...]
    total: int
    offset: int
    size: int

    @property
    def next_offset(self) -> int | None:
        """Where the next page begins; None on the last one."""
        after = self.offset + self.size
        return after if after < self.total else None

    @property
    def previous_offset(self) -> int | None:
        """Where the page before begins; None on the first one."""
        return max(0, self.offset - self.size) if self.offset else None


@dataclass(frozen=True)
class Description:
    """The concise bounded description of `subject` with a page of its incoming links.

    `facts` is everything in it as a set of triples; `groups` and `incoming` are views of the
    same facts in reading order. `axioms` are statements that no triple of the resource makes: that classes
    are disjoint, that something does not hold.
    """

    subject: ox.NamedNode
    label: ox.Literal
    definition: ox.Literal | None
    types: tuple[ox.NamedNode, ...]
    groups: tuple[ShownGroup, ...]
    incoming: Incoming
    facts: tuple[Fact, ...]
    deprecated: bool
    replaced_by: tuple[ox.NamedNode, ...]
    axioms: tuple[ShownValue, ...] = ()

    @classmethod
    def empty(cls, subject: ox.NamedNode, label: ox.Literal) -> Description:
        """The description of what nothing is said of."""
        return cls(subject, label, None, (), (), Incoming((), 0, 0, 0), (), False, ())

    def triples(self) -> Iterator[ox.Triple]:
        """Every triple once."""
        return (fact.triple for fact in self.facts)

    def quads(self) -> Iterator[ox.Quad]:
        """Every triple once in each graph that holds it: this form keeps the standing."""
        return quads_of(self.facts)


def quads_of(facts: Iterable[Fact]) -> Iterator[ox.Quad]:
    """The triple of each fact once in each graph that holds it."""
    for fact in facts:
        for graph in fact.graphs:
            yield ox.Quad(fact.triple.subject, fact.triple.predicate, fact.triple.object, graph)
