"""The text of a CONSTRUCT rule in; what it reads, negates, builds and matches out.

rdflib's parser reads the algebra (SPARQL 1.1, section 18); the rules are the root's own and trusted.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any, Final

import pyoxigraph as ox
from pyparsing import ParseException
from rdflib import BNode, Literal, URIRef
from rdflib.paths import AlternativePath, InvPath, MulPath, NegatedPath, Path, SequencePath
from rdflib.plugins.sparql.algebra import translateQuery
from rdflib.plugins.sparql.parser import parseQuery
from rdflib.plugins.sparql.parserutils import CompValue

from calcigraph.errors import Place
from calcigraph.reasoning.constructs.rule import RuleRefused
from calcigraph.reasoning.terms.vocabulary import expand

_TYPE: Final = expand("rdf:type")

_TOKEN: Final = re.compile(
    r"""\#[^\n]*|<[^<>"{}|^`\\\x00-\x20]*>|\"\"\".*?\"\"\"|'''.*?'''|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'"""
    r"""|[{}]|[?$\w][\w:.\-]*|.""",
    re.DOTALL,
)

Read = tuple[str | None, str | None]
"""A predicate and, for rdf:type, a class; None where it is a variable."""

Triple = tuple[Any, Any, Any]


@dataclass(frozen=True)
class Group:
    """A group graph pattern as a SELECT of its own, with its positive triple patterns."""

    select: str
    patterns: tuple[Triple, ...]
    variables: frozenset[str]


@dataclass(frozen=True)
class Algebra:
    """What a rule's text says."""

    template: tuple[Triple, ...]
    positive: frozenset[Read]
    negative: frozenset[Read]
    where: str
    prologue: str

    @property
    def writes(self) -> frozenset[Read]:
        """What the rule may build."""
        return frozenset(_read(triple) for triple in self.template)

    @cached_property
    def groups(self) -> tuple[Group, ...]:
        """The WHERE clause, then each sub-select inside it, outermost first."""
        return tuple(_group(self.prologue, text) for text in (self.where, *_inner(self.where)))


@lru_cache(maxsize=256)
def analyse(slug: str, text: str) -> Algebra:
    """Read one rule. Raises RuleRefused, naming it, when it is not a CONSTRUCT query of use."""
    place = Place(f"ontology/rules/{slug}.rq")
    try:
        query = translateQuery(parseQuery(text)).algebra
    except ParseException as error:
        place = Place(place.file, error.lineno, error.column)
        raise RuleRefused("The rule is not well-formed SPARQL.", "Mend the syntax here.", place) from error
    if query.name != "ConstructQuery" or not query.template:
        raise RuleRefused("The rule is not CONSTRUCT { template } WHERE { pattern }.", "Write it so.", place)
    template = tuple(tuple(triple) for triple in query.template)
    if any(isinstance(term, BNode) for triple in template for term in triple):
        raise RuleRefused(
            "The template makes blank nodes, which would be new ones each time the rule runs.",
            "Give the node an IRI, with BIND(IRI(...) AS ?node).",
            place,
        )
    reads = list(_walk(query.p, positive=True))
    prologue, where = _split(text)
    return Algebra(
        template,
        frozenset(read for triple, good in reads if good for read in _reads(triple)),
        frozenset(read for triple, good in reads if not good for read in _reads(triple)),
        where,
        prologue,
    )


def overlap(one: Read, other: Read) -> bool:
    """Whether two of them may speak of the same triple."""
    same_predicate = one[0] is None or other[0] is None or one[0] == other[0]
    return same_predicate and (one[1] is None or other[1] is None or one[1] == other[1])


def read_of(triple: ox.Triple) -> Read:
    """What a triple is for rules that read it."""
    predicate = triple.predicate.value
    of_class = predicate == _TYPE and isinstance(triple.object, ox.NamedNode)
    return predicate, triple.object.value if of_class and isinstance(triple.object, ox.NamedNode) else None


def term(node: Any) -> Any:
    """An rdflib term as pyoxigraph's; a variable or a path stays as it is."""
    if isinstance(node, URIRef):
        return ox.NamedNode(str(node))
    if isinstance(node, Literal):
        if node.language:
            return ox.Literal(str(node), language=node.language)
        return ox.Literal(str(node), datatype=ox.NamedNode(str(node.datatype)) if node.datatype else None)
    return node


def _read(triple: Triple) -> Read:
    _, predicate, obj = triple
    if not isinstance(predicate, URIRef):
        return None, None
    return str(predicate), str(obj) if str(predicate) == _TYPE and isinstance(obj, URIRef) else None


def _reads(triple: Triple) -> Iterator[Read]:
    if isinstance(triple[1], Path):
        yield from ((predicate, None) for predicate in _path_predicates(triple[1]))
    else:
        yield _read(triple)


def _path_predicates(path: Any) -> Iterator[str | None]:
    if isinstance(path, URIRef):
        yield str(path)
    elif isinstance(path, NegatedPath):
        yield None
    elif isinstance(path, InvPath):
        yield from _path_predicates(path.arg)
    elif isinstance(path, MulPath):
        yield from _path_predicates(path.path)
        if path.zero:
            yield None  # a path of no steps holds of every term, so any triple may matter
    elif isinstance(path, SequencePath | AlternativePath):
        for part in path.args:
            yield from _path_predicates(part)


def _triples(node: CompValue) -> Iterator[Triple]:
    # rdflib leaves the inside of EXISTS as it was parsed: there several triples stand in one flat list.
    for flat in dict.get(node, "triples", ()):
        for at in range(0, len(flat), 3):
            yield flat[at], flat[at + 1], flat[at + 2]


_NEGATIVE: Final = (
    "Builtin_NOTEXISTS",
    "AggregateJoin",
    "Group",
    "Slice",
    "MinusGraphPattern",
    "OptionalGraphPattern",
    "SubSelect",
)

_NEGATING: Final = {"Minus": "p2", "LeftJoin": "p2"}


def _walk(node: Any, positive: bool) -> Iterator[tuple[Triple, bool]]:
    """Every triple pattern, and whether more matches of it can only mean more results."""
    if isinstance(node, list | tuple):
        for part in node:
            yield from _walk(part, positive)
    if not isinstance(node, CompValue):
        return
    yield from ((triple, positive) for triple in _triples(node))
    flips = node.name in _NEGATIVE
    for name, part in node.items():
        if name != "triples" and name != "_vars":
            yield from _walk(part, positive and not flips and _NEGATING.get(node.name) != name)


def _group(prologue: str, text: str) -> Group:
    select = f"{prologue}SELECT * WHERE {text}"
    algebra = translateQuery(parseQuery(select)).algebra
    return Group(select, tuple(_outer(algebra)), frozenset(str(name) for name in algebra.PV))


def _outer(node: Any) -> Iterator[Triple]:
    """The positive triple patterns of a group itself, those of its sub-selects left out."""
    if isinstance(node, list | tuple):
        for part in node:
            yield from _outer(part)
    if not isinstance(node, CompValue) or node.name in ("ToMultiSet", "Builtin_NOTEXISTS"):
        return
    yield from _triples(node)
    for name, part in node.items():
        if name not in ("triples", "_vars") and not (node.name == "Minus" and name == "p2"):
            yield from _outer(part)


def _tokens(text: str) -> Iterator[tuple[int, str]]:
    for found in _TOKEN.finditer(text):
        yield found.start(), found.group()


def _split(text: str) -> tuple[str, str]:
    """The prologue, and the text of the WHERE group with its braces (or of `CONSTRUCT WHERE`)."""
    start = next(at for at, token in _tokens(text) if token.upper() == "CONSTRUCT")
    groups = list(_braces(text, start))
    return text[:start], groups[-1] if len(groups) == 1 else groups[1]


def _braces(text: str, start: int = 0) -> Iterator[str]:
    """The outermost `{ ... }` of a text from an offset on."""
    depth = begin = 0
    for at, token in _tokens(text):
        if at < start or token not in "{}":
            continue
        depth += 1 if token == "{" else -1
        if token == "{" and depth == 1:
            begin = at
        elif depth == 0:
            yield text[begin : at + 1]


def _inner(where: str) -> Iterator[str]:
    """The WHERE groups of the sub-selects in a group, outermost first."""
    for at, token in _tokens(where):
        if token.upper() == "SELECT":
            yield next(_braces(where, at))
