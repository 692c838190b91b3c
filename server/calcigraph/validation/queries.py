"""The SPARQL texts of a shapes graph in; what must not be run, and the prefixes each may use, out."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from collections.abc import Set as AbstractSet
from dataclasses import replace
from typing import Final

import pyoxigraph as ox

from calcigraph.errors import InputUnreadable
from calcigraph.rdf.terms import Term
from calcigraph.rdf.vocabulary import OWL, SH
from calcigraph.sparql.parser import SparqlMalformed, SparqlTooDeep, parse_query, parse_update
from calcigraph.sparql.repeatable import Obstacle, escape_in
from calcigraph.sparql.tokens import place_of
from calcigraph.sparql.traits import service_patterns, volatile_calls
from calcigraph.sparql.tree import (
    As,
    ManageGraph,
    Node,
    Query,
    SelectClause,
    Service,
    Update,
    Variable,
    walk,
)
from calcigraph.sparql.undeclared import undeclared
from calcigraph.validation.flaw import Flaw
from calcigraph.validation.shape_owner import owner

_THIS: Final = re.compile(r"[$?]this(?![0-9A-Za-z_])")
_QUERIES: Final = frozenset(SH[name] for name in ("select", "ask", "construct", "update"))


class ShapesUnreadable(InputUnreadable):
    """A shapes graph that cannot be run; the message names the shape where it can be told, and so does
    `node`."""

    title = "The shapes cannot be read"

    def __init__(self, detail: str, remedy: str, node: Term | None = None) -> None:
        super().__init__(detail, remedy)
        self.node = node


def query_flaws(
    shapes: Iterable[ox.Triple], constraints: AbstractSet[Term], validators: AbstractSet[Term]
) -> Iterator[Flaw]:
    """Where a query of a constraint or a validator is none, has an undeclared prefix, would read from the
    network, has another answer each time or, of a constraint, looks at no focus node.

    SHACL forbids SERVICE in a constraint (section 5.3.1); FROM would fetch its graph. Cost: linear in the
    texts.
    """
    listed = list(shapes)
    declared = prefixes_of(listed)
    for node, kind, text in _queries(listed):
        # Those of rules and targets are never run.
        if node not in constraints and node not in validators:
            continue
        flaw = _flaw(kind, text, declared.get(node, set()))
        if flaw is not None:
            where = f"line {flaw.line}, column {flaw.column} of the query"
            shape = owner(node, listed)
            yield Flaw(
                node, None, f"The query of {shape} {flaw.message} ({where}).", flaw.remedy, breaks=True
            )
        elif kind == "select" and node in constraints and not _THIS.search(text):
            yield Flaw(
                node,
                SH["select"],
                f"The query of {owner(node, listed)} has no $this, so it is the same for every focus node.",
                "Name the focus node $this in it, and select it (SHACL, section 5.3.1).",
            )
        elif kind == "select" and not _selects_this(parse_query(text)):
            yield Flaw(
                node,
                SH["select"],
                f"The query of {owner(node, listed)} does not select $this.",
                "Add $this to what it selects (SHACL, section 5.2.1).",
            )


def _flaw(kind: str, text: str, known: set[str]) -> Obstacle | None:
    """The first thing for which a query must not be run; its message goes on after the name of the query."""
    escape = escape_in(text)
    if escape is not None:
        return replace(escape, message=escape.message.replace("It has", "has").rstrip("."))
    try:
        if kind == "update":
            return next(_loads(text, parse_update(text)), None)
        query = parse_query(text)
    except SparqlMalformed as error:
        wanted = " or ".join(error.expected)
        return Obstacle(
            error.line,
            error.column,
            f"is malformed: {wanted} is expected",
            "Mend the query there (SPARQL 1.1, section 19.8).",
        )
    except SparqlTooDeep as error:
        return Obstacle(
            error.line, error.column, "has too many brackets in each other", "Write it with fewer."
        )
    if kind in ("select", "ask") and query.form != kind.upper():
        return Obstacle(
            *place_of(text, query.start),
            f"is no {kind.upper()}, as sh:{kind} asks for",
            "Write one (SHACL, sections 5.2.1 and 6.2).",
        )
    for dataset in query.datasets:
        return _network(text, dataset, "FROM")
    for service in service_patterns(query):
        return _network(text, service, "SERVICE")
    for call in volatile_calls(query):
        return Obstacle(
            *place_of(text, call.start),
            f"calls {call.name}, which gives something else each time",
            "The same data have to get the same report: leave it out, or write the value that is meant.",
        )
    for name in undeclared(text, query, known):
        return Obstacle(
            *place_of(text, name.start),
            f'uses the prefix "{name.prefix}:", not declared for it',
            "Name a node that declares it (sh:declare) with sh:prefixes, or add a PREFIX line.",
        )
    return None


def _selects_this(query: Query) -> bool:
    """Whether the variable of the focus node is among those that a SELECT gives."""
    head = query.head
    if not isinstance(head, SelectClause):
        return False
    selected = (item.variable if isinstance(item, As) else item for item in head.items)
    return head.lists_all or any(isinstance(each, Variable) and each.name == "this" for each in selected)


def _loads(text: str, update: Update) -> Iterator[Obstacle]:
    for node in walk(update):
        if isinstance(node, ManageGraph) and node.keyword == "LOAD":
            yield _network(text, node, "LOAD")
        elif isinstance(node, Service):
            yield _network(text, node, "SERVICE")


def _network(text: str, node: Node, word: str) -> Obstacle:
    return Obstacle(
        *place_of(text, node.start),
        f"uses {word}",
        "A shape may read nothing but the data it validates: leave it out.",
    )


def _queries(shapes: Iterable[ox.Triple]) -> Iterator[tuple[Term, str, str]]:
    """The node of each query, the name of the property that it is the value of, and its text."""
    for triple in shapes:
        if triple.predicate in _QUERIES and isinstance(triple.object, ox.Literal):
            yield triple.subject, triple.predicate.value.removeprefix(SH.iri), triple.object.value


def imported_declarations(shapes: Iterable[ox.Triple]) -> list[ox.Triple]:
    """The declarations that reach a node of `sh:prefixes` through `owl:imports`, stated of the node itself.

    The prefixes of a query are those of sh:prefixes/owl:imports*/sh:declare (SHACL section 5.2.1); what is
    imported must stand in the shapes already, since nothing is fetched.
    """
    imports: dict[Term, list[Term]] = defaultdict(list)
    declares: dict[Term, list[ox.Triple]] = defaultdict(list)
    sources: dict[Term, ox.Triple] = {}
    for triple in shapes:
        if triple.predicate == OWL["imports"]:
            imports[triple.subject].append(triple.object)
        elif triple.predicate == SH["declare"]:
            declares[triple.subject].append(triple)
        elif triple.predicate == SH["prefixes"]:
            sources[triple.object] = triple
    added: list[ox.Triple] = []
    for source in sources:
        pending, seen = [source], {source}
        while pending:
            node = pending.pop()
            fresh = [other for other in imports[node] if other not in seen]
            seen.update(fresh)
            pending += fresh
            if node != source and isinstance(source, ox.NamedNode | ox.BlankNode):
                added += [ox.Triple(source, t.predicate, t.object) for t in declares[node]]
    return added


def prefixes_of(shapes: Iterable[ox.Triple]) -> dict[Term, set[str]]:
    """The prefixes that each node with `sh:prefixes` may use; imports are to be resolved before."""
    declares: dict[Term, list[Term]] = defaultdict(list)
    names: dict[Term, set[str]] = defaultdict(set)
    uses: list[tuple[Term, Term]] = []
    for triple in shapes:
        if triple.predicate == SH["declare"]:
            declares[triple.subject].append(triple.object)
        elif triple.predicate == SH["prefix"] and isinstance(triple.object, ox.Literal):
            names[triple.subject].add(triple.object.value)
        elif triple.predicate == SH["prefixes"]:
            uses.append((triple.subject, triple.object))
    known: dict[Term, set[str]] = defaultdict(set)
    for node, source in uses:
        known[node].update(*(names[declaration] for declaration in declares[source]))
    return known
