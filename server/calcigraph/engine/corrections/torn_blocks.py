"""A block of triples in, the same triples out with some of their paths as patterns beside them.

Triples that stay together are one basic graph pattern. What becomes a UNION or VALUES is an element of the
group beside it; so blank nodes, which belong to one basic graph pattern alone (SPARQL 1.1, section 4.1.4),
become variables where they are torn apart. Lists and brackets are written as the triples that they are short
for (section 4.2).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from calcigraph.engine.corrections.correction import refusal
from calcigraph.sparql.parsed_query import ParsedQuery
from calcigraph.sparql.tree import (
    BlankNode,
    BlankNodeProperties,
    Collection,
    Node,
    Object,
    Property,
    ReifiedTriple,
    Triples,
    TriplesBlock,
    walk,
)

_FIRST = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#first>"
_REST = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#rest>"
_NIL = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#nil>"

# Given a subject's text, the property, the subject's node, the object and its text: elements of a group.
PathPattern = Callable[[str, Property, Node, Object, str], str]


class BlockWriter:
    """Writes one block; `is_affected` says which property is written by `path_pattern`."""

    def __init__(
        self,
        query: ParsedQuery,
        is_affected: Callable[[Property, Object], bool],
        path_pattern: PathPattern,
        fresh: Callable[[str], str],
        write: Callable[[Node], str],
    ) -> None:
        self._query = query
        self._is_affected = is_affected
        self._path_pattern = path_pattern
        self._fresh = fresh
        self._write = write
        self._triples: list[str] = []
        self._patterns: list[str] = []

    def text(self, block: TriplesBlock) -> str:
        """The triples that stay, then the patterns. Raises: CorrectionRefused."""
        for triples in block.triples:
            if self._holds_affected(triples):
                self._statement(triples)
            else:
                self._triples.append(self._write(triples))
        return " ".join([*(f"{triple} ." for triple in self._triples), *self._patterns])

    def _holds_affected(self, node: Node) -> bool:
        return any(
            self._is_affected(prop, each)
            for prop in walk(node)
            if isinstance(prop, Property)
            for each in prop.objects
        )

    def _statement(self, triples: Triples) -> None:
        subject = self._term(triples.subject)
        for prop in triples.properties:
            self._property(subject, triples.subject, prop)

    def _property(self, subject: str, node: Node, prop: Property) -> None:
        for each in prop.objects:
            if self._is_affected(prop, each):
                text = self._path_pattern(subject, prop, node, each, self._term(each.term))
                self._patterns.append(text)
                continue
            if any(map(self._holds_affected, each.annotations)):
                reason = "An alternative of paths in an annotation cannot be answered."
                raise refusal(self._query, each, reason, "Write the annotation as triples of its reifier.")
            object_ = self._term(each.term) if self._holds_affected(each.term) else self._write(each.term)
            annotations = " ".join(map(self._write, each.annotations))
            self._triples.append(f"{subject} {self._write(prop.verb)} {object_} {annotations}".rstrip())

    def _term(self, term: Node) -> str:
        """A text for `term` that may stand in several triples; what else it says is written beside."""
        if isinstance(term, BlankNode) and term.label is None:
            return self._fresh("node")
        if isinstance(term, BlankNodeProperties):
            name = self._fresh("node")
            for prop in term.properties:
                self._property(name, term, prop)
            return name
        if isinstance(term, Collection) and term.items:
            return self._list(term)
        if isinstance(term, ReifiedTriple):
            return self._reifier(term)
        return self._write(term)

    def _list(self, collection: Collection) -> str:
        names = [self._fresh("list") for _ in collection.items]
        rests = [*names[1:], _NIL]
        for name, item, rest in zip(names, collection.items, rests, strict=True):
            self._triples += [f"{name} {_FIRST} {self._term(item)}", f"{name} {_REST} {rest}"]
        return names[0]

    def _reifier(self, triple: ReifiedTriple) -> str:
        name = self._term(triple.reifier) if triple.reifier is not None else self._fresh("reifier")
        terms = self._term(triple.subject), self._write(triple.verb), self._term(triple.object)
        self._triples.append(f"<< {' '.join(terms)} ~ {name} >>")
        return name


def labels(group: Node) -> Iterator[str]:
    """The labels of the blank nodes in the triples right below `group`, as often as they stand there."""
    for block in group.children():
        if isinstance(block, TriplesBlock):
            for node in walk(block):
                if isinstance(node, BlankNode) and node.label is not None:
                    yield node.label
