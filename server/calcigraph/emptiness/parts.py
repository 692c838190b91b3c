"""A group of a query in, its parts out: what can be asked by itself or beside others.

A block of triples is taken apart into single triple patterns, because one of them is the smallest part that
can be empty. Their blank nodes become variables then, which is what they are in a pattern (SPARQL 1.1,
section 4.1.4): so no label is used in two places.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum

from calcigraph.sparql.scope import in_scope, named
from calcigraph.sparql.tree import (
    Bind,
    BlankNode,
    BlankNodeProperties,
    Bracketed,
    Collection,
    Exists,
    Expression,
    Filter,
    Group,
    Iri,
    Literal,
    Minus,
    NegatedPath,
    Node,
    Object,
    Optional,
    Pattern,
    Property,
    ReifiedTriple,
    Service,
    SubSelect,
    Term,
    Triples,
    TriplesBlock,
    TripleTerm,
    TypeKeyword,
    Unary,
    Values,
    walk,
)


class Role(Enum):
    """What a part does to the solutions of its group."""

    JOINED = "joined"  # they are joined with its own
    CARRIED = "carried"  # it adds values, and takes no solution away by itself
    FILTERING = "filtering"  # it takes some away
    REMOVING = "removing"  # the same, by what matches a pattern
    ELSEWHERE = "elsewhere"  # it is answered by another service


@dataclass(frozen=True)
class GroupPart:
    """A part of a group: what it reads as, how it is put into a query (`asked`), its offsets, and its node.

    `terms` are the constants that a triple pattern stands or falls with; none of other parts.
    """

    shown: str
    asked: str
    start: int
    end: int
    node: Node
    role: Role
    terms: tuple[Term, ...] = ()
    variables: frozenset[str] = frozenset()
    # Subject, verb and object of a triple pattern, and the pattern with subject and object exchanged.
    triple: tuple[Node, Node, Node] | None = None
    turned: str = ""

    @property
    def is_triple(self) -> bool:
        """Whether it is one triple pattern, or triples that are not taken apart."""
        return isinstance(self.node, Triples)

    def constants(self) -> Iterator[Node]:
        """The names in the patterns of a part, but for those in its filters, options and the like."""
        if self.is_triple:
            yield from self.terms
            return
        pending: list[Node] = [self.node]
        while pending:
            node = pending.pop()
            if isinstance(node, Iri | TypeKeyword):
                yield node
            elif not isinstance(node, Filter | Bind | Optional | Minus | Values | NegatedPath):
                pending.extend(node.children())


def parts_of(text: str, patterns: Iterable[Pattern]) -> list[GroupPart]:
    """The parts of the group that has these elements, in the order of the text. Cost: linear."""
    found: list[GroupPart] = []
    for pattern in patterns:
        if isinstance(pattern, TriplesBlock):
            for triples in pattern.triples:
                found += _Triples(text, triples).parts()
        else:
            found.append(_of_element(text, pattern))
    return found


def _of_element(text: str, pattern: Pattern) -> GroupPart:
    shown = text[pattern.start : pattern.end]
    asked = f"{{ {shown}\n}}" if isinstance(pattern, SubSelect) else shown
    variables = frozenset(in_scope(pattern))
    return GroupPart(shown, asked, pattern.start, pattern.end, pattern, role_of(pattern), (), variables)


def role_of(pattern: Pattern) -> Role:
    """What an element does to the solutions of its group."""
    if any(isinstance(node, Service) for node in walk(pattern)):
        return Role.ELSEWHERE
    if isinstance(pattern, Minus):
        return Role.REMOVING
    if isinstance(pattern, Filter):
        exists = exists_of(pattern.constraint)
        return Role.REMOVING if exists is not None and exists[1] else Role.FILTERING
    if isinstance(pattern, Optional | Bind):
        return Role.CARRIED
    return Role.JOINED


def exists_of(constraint: Expression) -> tuple[Group, bool] | None:
    """The group of a constraint that is nothing but an EXISTS, and whether it is negated; None of others."""
    is_negated = False
    while isinstance(constraint, Bracketed | Unary):
        if isinstance(constraint, Bracketed):
            constraint = constraint.expression
        elif constraint.operators == ("!",):
            is_negated, constraint = not is_negated, constraint.operand
        else:
            return None
    if not isinstance(constraint, Exists):
        return None
    return constraint.group, constraint.is_negated is not is_negated


class _Triples:
    """Takes the triples about one subject apart."""

    def __init__(self, text: str, triples: Triples) -> None:
        self._text = text
        self._triples = triples
        # No variable of the query begins so.
        self._mark = "b_"
        while f"?{self._mark}" in text or f"${self._mark}" in text:
            self._mark += "_"
        self._parts: list[GroupPart] = []

    def parts(self) -> list[GroupPart]:
        triples = self._triples
        if any(map(_is_joined_inside, walk(triples))):
            shown = self._text[triples.start : triples.end]
            terms, names = tuple(_constants(triples)), frozenset(named(triples))
            return [GroupPart(shown, shown, triples.start, triples.end, triples, Role.JOINED, terms, names)]
        self._inside(triples.subject)
        self._about(triples.subject, triples.properties)
        return self._parts

    def _about(self, subject: Term, properties: tuple[Property, ...]) -> None:
        at = subject.start
        for property_ in properties:
            for each in property_.objects:
                self._add(subject, property_.verb, each.term, at)
                self._inside(each.term)
                at = -1
            at = -1

    def _add(self, subject: Term, verb: Node, object_: Term, at: int) -> None:
        nodes = (subject, verb, object_)
        start = at if at >= 0 else (verb.start if verb.start > subject.start else object_.start)
        asked, turned = (" ".join(map(self._asked, given)) for given in (nodes, nodes[::-1]))
        shown = " ".join(map(self._shown, nodes))
        terms = tuple(
            term for node in nodes if not isinstance(node, BlankNodeProperties) for term in _constants(node)
        )
        variables = frozenset(name for node in nodes for name in self._named(node))
        ends = start, object_.end
        self._parts.append(
            GroupPart(shown, asked, *ends, self._triples, Role.JOINED, terms, variables, nodes, turned)
        )

    def _inside(self, term: Term) -> None:
        if isinstance(term, BlankNodeProperties):
            self._about(term, term.properties)

    def _named(self, node: Node) -> Iterator[str]:
        if isinstance(node, BlankNode | BlankNodeProperties):
            return iter((self._asked(node),))
        return named(node)

    def _asked(self, node: Node) -> str:
        if isinstance(node, BlankNode) and node.label is not None:
            return f"?{self._mark}l{node.label.encode().hex()}"
        if isinstance(node, BlankNode | BlankNodeProperties):
            return f"?{self._mark}{node.start}"
        return self._text[node.start : node.end]

    def _shown(self, node: Node) -> str:
        return "[]" if isinstance(node, BlankNodeProperties) else self._text[node.start : node.end]


def _is_joined_inside(node: Node) -> bool:
    """Whether triples with such a node are not taken apart."""
    if isinstance(node, Collection | ReifiedTriple | TripleTerm):
        return True
    return isinstance(node, Object) and bool(node.annotations)


def _constants(node: Node) -> Iterator[Term]:
    # The datatype of a literal is a part of it, and what a negated path leaves out may be missing.
    if isinstance(node, Iri | Literal | TypeKeyword):
        yield node
    elif not isinstance(node, NegatedPath):
        for child in node.children():
            yield from _constants(child)
