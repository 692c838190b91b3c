"""Nodes for terms, property paths (SPARQL 1.1, section 9) and triples."""

from __future__ import annotations

from dataclasses import dataclass

from calcigraph.sparql.tree.node import Node


@dataclass(slots=True, eq=False)
class Term(Node):
    """What may stand in a triple pattern."""


@dataclass(slots=True, eq=False)
class Variable(Term):
    """`?name` or `$name`; the name without its mark."""

    name: str


@dataclass(slots=True, eq=False)
class Iri(Term):
    """An IRI as written: `<...>`, or a prefixed name."""

    text: str

    @property
    def is_prefixed(self) -> bool:
        """Whether it is a prefixed name."""
        return self.text[0] != "<"

    @property
    def prefix(self) -> str:
        """What stands before the colon of a prefixed name."""
        return self.text.partition(":")[0]


@dataclass(slots=True, eq=False)
class TypeKeyword(Term):
    """The keyword `a` in the place of a predicate: rdf:type."""


@dataclass(slots=True, eq=False)
class Literal(Term):
    """A literal: its text in quotes, number or boolean as written; its language tag or its datatype."""

    text: str
    language: str | None = None
    datatype: Iri | None = None


@dataclass(slots=True, eq=False)
class BlankNode(Term):
    """`_:label`, or `[]` where there is no label. In a pattern it is a variable without a name."""

    label: str | None


@dataclass(slots=True, eq=False)
class BlankNodeProperties(Term):
    """`[ verb objects ... ]`"""

    properties: tuple[Property, ...]


@dataclass(slots=True, eq=False)
class Collection(Term):
    """`( ... )`, an RDF list; `()` has no items and is rdf:nil."""

    items: tuple[Term, ...]


@dataclass(slots=True, eq=False)
class TripleTerm(Term):
    """`<<( subject verb object )>>` (SPARQL 1.2)."""

    subject: Term
    verb: Term
    object: Term


@dataclass(slots=True, eq=False)
class ReifiedTriple(Term):
    """`<< subject verb object ~ reifier >>` (SPARQL 1.2)."""

    subject: Term
    verb: Term
    object: Term
    reifier: Term | None


@dataclass(slots=True, eq=False)
class Path(Node):
    """A property path that is more than one name. Its operands are paths, `Iri` or `TypeKeyword`."""


@dataclass(slots=True, eq=False)
class AlternativePath(Path):
    """`a|b`"""

    paths: tuple[Node, ...]


@dataclass(slots=True, eq=False)
class SequencePath(Path):
    """`a/b`"""

    paths: tuple[Node, ...]


@dataclass(slots=True, eq=False)
class InversePath(Path):
    """`^a`"""

    path: Node


@dataclass(slots=True, eq=False)
class RepeatedPath(Path):
    """`a*`, `a+` or `a?`: `mark` says which."""

    path: Node
    mark: str


@dataclass(slots=True, eq=False)
class NegatedPath(Path):
    """`!a` or `!(a|^b)`: names, and names in `InversePath`."""

    paths: tuple[Node, ...]


@dataclass(slots=True, eq=False)
class BracketedPath(Path):
    """`(a)`"""

    path: Node


@dataclass(slots=True, eq=False)
class Object(Node):
    """An object with its annotations (SPARQL 1.2): `~ reifier` is a `Reifier`, `{| ... |}` an
    `Annotation`."""

    term: Term
    annotations: tuple[Node, ...] = ()


@dataclass(slots=True, eq=False)
class Reifier(Node):
    """`~ term`, or `~` alone."""

    term: Term | None


@dataclass(slots=True, eq=False)
class Annotation(Node):
    """`{| verb objects ... |}`"""

    properties: tuple[Property, ...]


@dataclass(slots=True, eq=False)
class Property(Node):
    """A verb (`Variable`, `Iri`, `TypeKeyword` or `Path`) with its objects."""

    verb: Node
    objects: tuple[Object, ...]


@dataclass(slots=True, eq=False)
class Triples(Node):
    """A subject with its properties (TriplesSameSubject); none behind a subject that says something
    itself."""

    subject: Term
    properties: tuple[Property, ...]
