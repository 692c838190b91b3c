"""A query that calls other services in, the same query with their answers in their place out.

SPARQL 1.1 Federated Query: `SERVICE <iri> { … }` is what the service answers to `SELECT * { … }`, joined
with the rest of its group. Each block is cut out, asked for by `fetch`, which is given the IRI and the
text of a query of its own, and put back as a VALUES block. Blank nodes of an answer become fresh IRIs.

- A SERVICE in a SERVICE is sent along, for the service that is asked to call.
- `SERVICE ?x` asks all that ?x is in the nearest group that has it elsewhere; it has to be bound there.
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
from calcigraph.errors import Place, Problem
from calcigraph.sparql.tokens import SparqlToken, place_of, tokens

MOST_CALLS: Final = 8
# From an IRI and a query to the bytes of an answer; raises a Problem where there is none.
Fetch = Callable[[str, str], bytes]
# From the text of a query, over the same data and dataset, to its solutions.
Ask = Callable[[str], ox.QuerySolutions]
_NO_ROWS: Final = RemoteSolutions((), ((),))


def calls_service(text: str) -> bool:
    """Whether the query `text` calls another service. Cost: a search in the text; reading it, about 1 ms
    for 3 KB, where the word occurs."""
    return "service" in text.lower() and any(token.is_word("SERVICE") for token in tokens(text))


@dataclass(frozen=True)
class _Clause:
    """SERVICE [SILENT] target { … }: the indices of its first token, its target and its brackets, and
    those of the brackets of every group around it, from the outermost on."""

    start: int
    target: int
    opening: int
    closing: int
    around: tuple[tuple[int, int], ...]
    is_silent: bool


def federated(text: str, base_iri: str | None, placeholders: Placeholders, fetch: Fetch, ask: Ask) -> str:
    """The query `text` with every SERVICE block replaced by its answer.

    Cost: one call a service and block, one after the other. Raises: SyntaxError, ServiceUndetermined,
    ServiceAnswerUnusable, and what `fetch` raises; not for what is SILENT, except ServiceUndetermined.
    """
    query = list(tokens(text))
    clauses = _clauses(query)
    if not clauses:
        return text
    if len(clauses) > MOST_CALLS:
        raise ServiceUndetermined(
            f"The query has {len(clauses)} SERVICE blocks, and at most {MOST_CALLS} calls are made for one.",
            "Split it into several queries, and put answers into VALUES.",
            Place("query", *place_of(text, query[clauses[MOST_CALLS].start].start)),
        )
    return _Federation(text, query, clauses, base_iri, placeholders, fetch, ask).replaced()


def check_syntax_of_federated(text: str, base_iri: str | None) -> None:
    """Raise SyntaxError where `text` is no SPARQL query; no service is called."""
    query = list(tokens(text))
    for i, token in enumerate(query):
        if token.is_word("SERVICE"):
            # A block of the same length in the place of SERVICE, so that places in messages stay right.
            last = query[min(_target(query, i), len(query)) - 1]
            text = text[: token.start] + "GRAPH".ljust(last.end - token.start) + text[last.end :]
    check_syntax(text, base_iri)


def _clauses(query: Sequence[SparqlToken]) -> list[_Clause]:
    """The clauses that are in no other one."""
    closings = _closings(query)
    found: list[_Clause] = []
    around: list[tuple[int, int]] = []
    i = 0
    while i < len(query):
        token = query[i]
        if token.text == "{" and i in closings:
            around.append((i, closings[i]))
        elif token.text == "}" and around:
            around.pop()
        elif token.is_word("SERVICE"):
            target = _target(query, i)
            if target + 1 in closings:
                closing = closings[target + 1]
                found.append(_Clause(i, target, target + 1, closing, tuple(around), target > i + 1))
                i = closing
        i += 1
    return found


def _target(query: Sequence[SparqlToken], service: int) -> int:
    """The index of the token that follows SERVICE [SILENT]; it may be beyond the last one."""
    is_silent = service + 1 < len(query) and query[service + 1].is_word("SILENT")
    return service + 1 + is_silent


def _closings(query: Sequence[SparqlToken]) -> dict[int, int]:
    """For each opening brace, the index of the one that closes it."""
    found: dict[int, int] = {}
    stack: list[int] = []
    for i, token in enumerate(query):
        if token.text == "{":
            stack.append(i)
        elif token.text == "}" and stack:
            found[stack.pop()] = i
    return found


class _Federation:
    """The state of answering the clauses of one query, from the first to the last."""

    def __init__(
        self,
        text: str,
        query: Sequence[SparqlToken],
        clauses: Sequence[_Clause],
        base_iri: str | None,
        placeholders: Placeholders,
        fetch: Fetch,
        ask: Ask,
    ) -> None:
        self._text = text
        self._query = query
        self._clauses = clauses
        self._prologue = Prologue.of(text, query, base_iri)
        self._skolem_base = base_iri
        self._placeholders = placeholders
        self._fetch = fetch
        self._ask = ask
        self._count = 0
        self._tables: dict[tuple[str, str], RemoteSolutions] = {}
        # The text that takes the place of each clause that is answered.
        self._answers: dict[_Clause, str] = {}

    def replaced(self) -> str:
        for clause in self._clauses:
            table = self._by_variable(clause) if self._is_variable(clause) else self._by_name(clause)
            rows = (f"({' '.join(row)})" for row in table.rows)
            self._answers[clause] = self._placeholders.values(table.variables, rows)
        return self._between(0, len(self._text))

    def _is_variable(self, clause: _Clause) -> bool:
        return self._query[clause.target].kind == "variable"

    def _by_name(self, clause: _Clause) -> RemoteSolutions:
        (service,) = self._prologue.terms([self._query[clause.target].text])
        assert isinstance(service, ox.NamedNode), "the grammar has only IRIs here"
        return self._answer(clause, service.value)

    def _by_variable(self, clause: _Clause) -> RemoteSolutions:
        name = self._query[clause.target].text[1:]
        tables = [
            with_column(self._answer(clause, service.value), name, str(service))
            for service in self._candidates(clause, name)
        ]
        return union(tables) if tables else RemoteSolutions((name,), ())

    def _candidates(self, clause: _Clause, name: str) -> list[ox.NamedNode]:
        """All that the variable of the clause is in the nearest group that has it elsewhere."""
        group = next((group for group in reversed(clause.around) if self._has(group, name)), None)
        if group is None:
            raise self._undetermined(clause, f"Nothing binds ?{name}.")
        found = list(islice(self._ask(self._question(group, name)), MOST_CALLS + 1))
        services = [solution[0] for solution in found]
        if len(services) > MOST_CALLS:
            raise self._undetermined(clause, f"?{name} is more than {MOST_CALLS} services.")
        named = [service for service in services if isinstance(service, ox.NamedNode)]
        if len(named) < len(services):
            raise self._undetermined(clause, f"?{name} is not bound to an IRI in every solution.")
        return named

    def _has(self, group: tuple[int, int], name: str) -> bool:
        mentioned = (
            i for i in range(*group) if self._query[i].kind == "variable" and self._query[i].text[1:] == name
        )
        return any(
            not any(
                clause.start <= i <= clause.closing for clause in self._clauses if clause not in self._answers
            )
            for i in mentioned
        )

    def _question(self, group: tuple[int, int], name: str) -> str:
        opening, closing = group
        pattern = self._between(self._query[opening].start, self._query[closing].end)
        for outer, _ in reversed(self._groups_around(group)):
            if outer >= 2 and self._query[outer - 2].is_word("GRAPH"):
                pattern = f"{{ GRAPH {self._query[outer - 1].text} {pattern} }}"
                break
        return f"{self._prologue.text}\nSELECT DISTINCT ?{name} {self._sources()} WHERE {pattern}"

    def _groups_around(self, group: tuple[int, int]) -> tuple[tuple[int, int], ...]:
        around = next(clause.around for clause in self._clauses if group in clause.around)
        return around[: around.index(group) + 1]

    def _sources(self) -> str:
        """The FROM clauses, as written."""
        start = next((token.start for token in self._query if token.is_word("FROM")), None)
        if start is None:
            return ""
        end = next(t.start for t in self._query if t.start > start and (t.is_word("WHERE") or t.text == "{"))
        return self._text[start:end]

    def _between(self, start: int, end: int) -> str:
        """That part of the text (offsets), with each clause replaced by its answer or left out."""
        pieces = []
        for clause in self._clauses:
            first, last = self._query[clause.start].start, self._query[clause.closing].end
            if start <= first and last <= end:
                pieces += [self._text[start:first], self._answers.get(clause, "")]
                start = last
        return "".join([*pieces, self._text[start:end]])

    def _answer(self, clause: _Clause, service: str) -> RemoteSolutions:
        inner = self._query[clause.opening + 1 : clause.closing]
        pattern = self._text[self._query[clause.opening].start : self._query[clause.closing].end]
        question = f"{self._prologue.needed_by(inner)}\nSELECT * WHERE {pattern}".lstrip()
        wanted = frozenset(token.text[1:] for token in inner if token.kind == "variable")
        try:
            return self._called(clause, service, question, wanted)
        except ServiceUndetermined:
            raise
        except Problem:
            if clause.is_silent:
                return _NO_ROWS
            raise

    def _called(
        self, clause: _Clause, service: str, question: str, wanted: frozenset[str]
    ) -> RemoteSolutions:
        if (service, question) not in self._tables:
            if self._count >= MOST_CALLS:
                raise self._undetermined(clause, f"The query makes more than {MOST_CALLS} calls.")
            self._count += 1
            data = self._fetch(service, question)
            self._tables[service, question] = read(data, wanted, Skolem(self._skolem_base))
        return self._tables[service, question]

    def _undetermined(self, clause: _Clause, why: str) -> ServiceUndetermined:
        target = self._query[clause.target]
        return ServiceUndetermined(
            f"SERVICE {target.text} cannot be answered. {why}",
            "Bind it in its group to a few IRIs, as in VALUES ?service { <https://…> }, or write the IRI.",
            Place("query", *place_of(self._text, target.start)),
        )
