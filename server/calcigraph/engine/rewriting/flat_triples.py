"""Triples of a tree in, triple patterns one by one out: a subject, a verb and an object each, without the
short forms of the grammar.

What the short forms stand for is section 4.2 of SPARQL 1.1 (objects, blank nodes in brackets, collections)
and, for paths in a row and inverse ones, section 18.2.2.3. A blank node becomes a variable that the query
does not have: both match anything (18.3.1), but a variable may stand in two groups.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from calcigraph.sparql.tree import (
    BlankNode,
    BlankNodeProperties,
    BracketedPath,
    Collection,
    InversePath,
    Iri,
    Literal,
    Node,
    Property,
    RepeatedPath,
    SequencePath,
    Term,
    Triples,
    TypeKeyword,
    Variable,
)

_RDF = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#"


class NotFlatError(Exception):
    """The triples use what only SPARQL 1.2 has, or a blank node where there may be no new variable."""


@dataclass(frozen=True)
class FlatTriple:
    """One triple pattern. Each part is as it is written; `verb` is the node of the verb, None where that is
    of a collection."""

    subject: str
    predicate: str
    object: str
    verb: Node | None

    @property
    def text(self) -> str:
        """The triple pattern."""
        return f"{self.subject} {self.predicate} {self.object}"

    @property
    def variables(self) -> frozenset[str]:
        """The names of its variables."""
        parts = (self.subject, self.predicate, self.object)
        return frozenset(part[1:] for part in parts if part[0] in "?$")

    @property
    def ends(self) -> frozenset[str]:
        """The names of the variables in the places of its subject and its object."""
        return frozenset(part[1:] for part in (self.subject, self.object) if part[0] in "?$")


class FreshVariables:
    """Variables that a text does not have; none at all where it `may_be_none`."""

    def __init__(self, text: str) -> None:
        self._stem = next(stem for n in range(len(text) + 1) if (stem := f"b{n}_") not in text)
        self._labels: dict[str, str] = {}
        self._made = 0

    def new(self) -> str:
        """Another variable each time."""
        self._made += 1
        return f"?{self._stem}{self._made}"

    def of(self, label: str) -> str:
        """The variable for the blank node with this label."""
        if label not in self._labels:
            self._labels[label] = self.new()
        return self._labels[label]


def flat_triples(text: str, triples: Triples, fresh: FreshVariables | None) -> list[FlatTriple]:
    """The triple patterns that `triples` of `text` stand for. `fresh` is None where there may be no new
    variable. Cost: linear. Raises: NotFlatError."""
    return list(_Reader(text, fresh).of(triples))


class _Reader:
    def __init__(self, text: str, fresh: FreshVariables | None) -> None:
        self._text = text
        self._fresh = fresh

    def of(self, triples: Triples) -> Iterator[FlatTriple]:
        subject, found = self._term(triples.subject)
        yield from found
        yield from self._properties(subject, triples.properties)

    def _properties(self, subject: str, properties: tuple[Property, ...]) -> Iterator[FlatTriple]:
        for each in properties:
            for written in each.objects:
                if written.annotations:
                    raise NotFlatError
                value, found = self._term(written.term)
                yield from self._steps(subject, each.verb, value)
                yield from found

    def _steps(self, subject: str, verb: Node, value: str) -> Iterator[FlatTriple]:
        """`subject verb value` with the paths in a row one by one."""
        if isinstance(verb, BracketedPath):
            yield from self._steps(subject, verb.path, value)
        elif isinstance(verb, InversePath):
            yield from self._steps(value, verb.path, subject)
        elif isinstance(verb, SequencePath):
            middle = [self._new() for _ in verb.paths[1:]]
            for start, path, end in zip([subject, *middle], verb.paths, [*middle, value], strict=True):
                yield from self._steps(start, path, end)
        else:
            yield FlatTriple(subject, self._text[verb.start : verb.end], value, verb)

    def _term(self, term: Term) -> tuple[str, list[FlatTriple]]:
        """How a term is written, and the triple patterns that say more of it."""
        if isinstance(term, Variable | Iri | Literal):
            return self._text[term.start : term.end], []
        if isinstance(term, BlankNode):
            return self._of_label(term.label), []
        if isinstance(term, BlankNodeProperties):
            name = self._new()
            return name, list(self._properties(name, term.properties))
        if isinstance(term, Collection):
            return self._collection(term.items)
        raise NotFlatError

    def _collection(self, items: tuple[Term, ...]) -> tuple[str, list[FlatTriple]]:
        nil = f"{_RDF}nil>"
        cells = [self._new() for _ in items]
        found: list[FlatTriple] = []
        for cell, item, rest in zip(cells, items, [*cells[1:], nil], strict=False):
            name, more = self._term(item)
            found += [FlatTriple(cell, f"{_RDF}first>", name, None), *more]
            found.append(FlatTriple(cell, f"{_RDF}rest>", rest, None))
        return (cells or [nil])[0], found

    def _new(self) -> str:
        if self._fresh is None:
            raise NotFlatError
        return self._fresh.new()

    def _of_label(self, label: str | None) -> str:
        if label is None:
            return self._new()
        if self._fresh is None:
            raise NotFlatError
        return self._fresh.of(label)


def steps(verb: Node) -> Iterator[Node]:
    """The paths of which `verb` is the sequence: names, repeated paths, alternatives, negated paths, each
    without brackets and direction."""
    if isinstance(verb, BracketedPath | InversePath):
        yield from steps(verb.path)
    elif isinstance(verb, SequencePath):
        for path in verb.paths:
            yield from steps(path)
    else:
        yield verb


def is_name(verb: Node) -> bool:
    """Whether a verb is no path, so that what it joins are nodes of the graph."""
    return isinstance(verb, Iri | TypeKeyword | Variable)


def may_be_empty(verb: Node) -> bool:
    """Whether a path may have no length, and so joins a term with itself that is in no triple."""
    return any(isinstance(step, RepeatedPath) and step.mark in "*?" for step in steps(verb))
