"""A query that calls other services in, the same query with their answers in their place out.

SPARQL 1.1 Federated Query: `SERVICE <iri> { … }` is what the service answers to `SELECT * { … }`, joined
with the rest of its group. Each block is asked for by `fetch`, which is given the IRI and the text of a query
of its own, and becomes a VALUES block with the variables that are in scope in it (SPARQL 1.1, section
18.2.1). Blank nodes of an answer become fresh IRIs.

- A SERVICE in a SERVICE is sent along, for the service that is asked to call.
- Blocks of services with a name are asked first. `SERVICE ?x` then asks all that ?x is in the nearest group
  that binds it elsewhere (see `service_candidates`); it has to be bound there.
- SILENT makes one solution without bindings of what fails (section 2.3).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final

import pyoxigraph as ox

from calcigraph.engine.engine_problems import ServiceUndetermined
from calcigraph.engine.placeholders import Placeholders
from calcigraph.engine.prologue import Prologue, check_syntax
from calcigraph.engine.remote_results import RemoteSolutions, read, union, with_column
from calcigraph.engine.remote_terms import Skolem
from calcigraph.engine.service_candidates import Candidates
from calcigraph.errors import Place, Problem
from calcigraph.sparql.parsed_query import ParsedQuery
from calcigraph.sparql.parser import Replacement
from calcigraph.sparql.scope import in_scope
from calcigraph.sparql.tokens import place_of
from calcigraph.sparql.tree import Node, Service, Variable

MOST_CALLS: Final = 8
# From an IRI and a query to the bytes of an answer; raises a Problem where there is none.
Fetch = Callable[[str, str], bytes]
# From the text of a query, over the same data and dataset, to its solutions.
Ask = Callable[[str], ox.QuerySolutions]


@dataclass(frozen=True)
class CalledFor:
    """What a federated query is answered with: how to call others and to ask the data here, and where
    relative IRIs and the names of blank nodes begin."""

    fetch: Fetch
    ask: Ask
    placeholders: Placeholders
    base_iri: str | None


def federated(query: ParsedQuery, called_for: CalledFor) -> str:
    """The text of `query` with every SERVICE block replaced by its answer.

    Cost: one call a service and block, one after the other. Raises: SyntaxError, ServiceUndetermined,
    ServiceAnswerUnusable, and what `fetch` raises; not for what is SILENT, except ServiceUndetermined.
    """
    clauses = outermost(query)
    if len(clauses) > MOST_CALLS:
        raise ServiceUndetermined(
            f"The query has {len(clauses)} SERVICE blocks, and at most {MOST_CALLS} calls are made for one.",
            "Split it into several queries, and put answers into VALUES.",
            Place("query", *place_of(query.text, clauses[MOST_CALLS].start)),
        )
    return _Federation(query, clauses, called_for).replaced() if clauses else query.text


def check_syntax_of_federated(query: ParsedQuery, base_iri: str | None) -> None:
    """Raise SyntaxError where the engine does not take `query`; no service is called."""
    text = query.text
    for clause in outermost(query):
        # A block of the same length in the place of SERVICE, so that places in messages stay right.
        width = len(text[clause.start : clause.name.start].rstrip())
        text = text[: clause.start] + "GRAPH".ljust(width) + text[clause.start + width :]
    check_syntax(text, base_iri)


def outermost(query: ParsedQuery) -> list[Service]:
    """The SERVICE patterns that are in no other one, in the order of the text."""
    return [
        clause
        for clause in query.nodes(Service)
        if not any(isinstance(node, Service) for node in query.around(clause))
    ]


class _Federation:
    """The state of answering the clauses of one query."""

    def __init__(self, query: ParsedQuery, clauses: Sequence[Service], called_for: CalledFor) -> None:
        self._query = query
        self._clauses = clauses
        self._for = called_for
        self._prologue = Prologue.of_tree(query.text, query.tree, called_for.base_iri)
        self._count = 0
        self._tables: dict[tuple[str, str], RemoteSolutions] = {}
        # What takes the place of each clause that is answered.
        self._answers: dict[Node, Replacement] = {}

    def replaced(self) -> str:
        # Those with a name depend on none, and others may be bound by them.
        for clause in sorted(self._clauses, key=lambda clause: isinstance(clause.name, Variable)):
            if isinstance(clause.name, Variable):
                table = self._by_variable(clause, clause.name.name)
            else:
                table = self._answer(clause, self._iri(clause.name.text))
            rows = (f"({' '.join(row)})" for row in table.rows)
            text = self._for.placeholders.values(table.variables, rows)
            self._answers[clause] = _constant(text)
        return self._query.replaced(self._answers)

    def _iri(self, written: str) -> str:
        (service,) = self._prologue.terms([written])
        assert isinstance(service, ox.NamedNode), "the grammar has only IRIs here"
        return service.value

    def _by_variable(self, clause: Service, name: str) -> RemoteSolutions:
        tables = [
            with_column(self._answer(clause, service.value), name, str(service))
            for service in self._services(clause, name)
        ]
        names = tuple(dict.fromkeys([*in_scope(clause.group), name]))
        return union(names, tables)

    def _services(self, clause: Service, name: str) -> list[ox.NamedNode]:
        """All that the variable of the clause is in the nearest group that binds it elsewhere."""
        waiting = [other for other in self._clauses if other not in self._answers]
        candidates = Candidates(self._query, clause, name, waiting, self._answers)
        question = candidates.question(self._prologue.text)
        if question is None:
            raise self._undetermined(clause, candidates.why)
        found = list(islice(self._for.ask(question), MOST_CALLS + 1))
        services = [solution[0] for solution in found]
        if len(services) > MOST_CALLS:
            raise self._undetermined(clause, f"?{name} is more than {MOST_CALLS} services.")
        named = [service for service in services if isinstance(service, ox.NamedNode)]
        if len(named) < len(services):
            raise self._undetermined(clause, f"?{name} is not bound to an IRI in every solution.")
        return named

    def _answer(self, clause: Service, service: str) -> RemoteSolutions:
        names = tuple(in_scope(clause.group))
        declared = self._prologue.needed_by_node(self._query.text, clause.group)
        question = f"{declared}\nSELECT * WHERE {self._query.written(clause.group)}".lstrip()
        try:
            return self._called(clause, service, question, names)
        except ServiceUndetermined:
            raise
        except Problem:
            if clause.is_silent:
                return RemoteSolutions(names, (("UNDEF",) * len(names),))
            raise

    def _called(
        self, clause: Service, service: str, question: str, names: tuple[str, ...]
    ) -> RemoteSolutions:
        if (service, question) not in self._tables:
            if self._count >= MOST_CALLS:
                raise self._undetermined(clause, f"The query makes more than {MOST_CALLS} calls.")
            self._count += 1
            data = self._for.fetch(service, question)
            self._tables[service, question] = read(data, names, self._skolem)
        return self._tables[service, question]

    @property
    def _skolem(self) -> Skolem:
        return Skolem(self._for.base_iri)

    def _undetermined(self, clause: Service, why: str) -> ServiceUndetermined:
        return ServiceUndetermined(
            f"SERVICE {self._query.written(clause.name)} cannot be answered. {why}",
            "Bind it in its group to a few IRIs, as in VALUES ?service { <https://…> }, or write the IRI.",
            Place("query", *place_of(self._query.text, clause.name.start)),
        )


def _constant(text: str) -> Replacement:
    return lambda _write: text
