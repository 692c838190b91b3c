"""A query in, its tree and what it tells before the engine has it out, or the reason why it is refused.

Called by a worker, within the deadline of the query: none of this is done by the process that serves
everybody.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

import pyoxigraph as ox

from calcigraph.engine.result_formats import Form
from calcigraph.errors import Place, Problem
from calcigraph.pool.answer import Query
from calcigraph.pool.diagnosis import Diagnosis
from calcigraph.pool.guard import Survey, survey, too_much
from calcigraph.pool.query_problems import QUERY_FILE, NotAcceptable, QueryMalformed, UpdateForbidden
from calcigraph.rdf.formats import formats
from calcigraph.sparql.conditions import UNKNOWN_TO_ENGINE, first_broken
from calcigraph.sparql.escapes import DecodedText, decoded
from calcigraph.sparql.glance import look_up
from calcigraph.sparql.parsed_query import ParsedQuery
from calcigraph.sparql.parser import SparqlMalformed, SparqlTooDeep
from calcigraph.sparql.query_parser import UPDATES


@dataclass(frozen=True)
class Admitted:
    """A query that the engine may have: its text where it is a look-up, else with its tree."""

    query: str | ParsedQuery
    survey: Survey

    @property
    def text(self) -> str:
        """The text, without escapes in its names."""
        return self.query if isinstance(self.query, str) else self.query.text


class Admission:
    """The way of one query to the engine. `prefixes` is the table that declarations are offered from."""

    def __init__(self, query: Query, prefixes: Mapping[str, str], *, allows_services: bool = False) -> None:
        self._query = query
        self._prefixes = prefixes
        self._allows_services = allows_services
        self._source = DecodedText(query.text, query.text)

    def admitted(self) -> Admitted:
        """The query as the engine may have it.

        Cost: some microseconds for a look-up, else those of reading its tree; linear. Raises: QueryMalformed,
        QueryRefused, ServiceForbidden, UpdateForbidden, NotAcceptable.
        """
        _check_graphs(self._query)
        glanced = look_up(self._query.text)
        if glanced is not None:
            found = Admitted(glanced.text, Survey(Form(glanced.form), is_volatile=False))
        else:
            self._source = decoded(self._query.text)
            parsed = self._parsed()
            found = Admitted(parsed, survey(parsed, allows_services=self._allows_services))
            broken = first_broken(parsed, UNKNOWN_TO_ENGINE)
            if broken is not None:
                raise self._diagnosis.broken(broken)
        _check_acceptable(self._query, found.survey)
        return found

    @contextmanager
    def explained(self) -> Iterator[None]:
        """What goes wrong in the block is raised as a Problem, which speaks of the text as it was sent."""
        try:
            try:
                yield
            except SyntaxError as error:
                raise self._diagnosis.rejected(str(error)) from None
            except UnicodeEncodeError:
                raise self._diagnosis.unencodable() from None
            except (RuntimeError, ValueError, OSError) as error:
                raise self._diagnosis.unsupported(str(error)) from None
        except Problem as problem:
            if problem.place is not None and problem.place.file == QUERY_FILE and problem.place.line:
                place = self._source.place(problem.place.line, problem.place.column)
                problem.place = Place(QUERY_FILE, *place)
            raise

    def _parsed(self) -> ParsedQuery:
        text = self._source.text
        try:
            return ParsedQuery.of(text)
        except SparqlTooDeep:
            raise too_much("nesting", "brackets in each other") from None
        except SparqlMalformed as error:
            word = text[error.offset :].split(maxsplit=1)[:1]
            if "SELECT" in error.expected and word and word[0].upper() in UPDATES:
                raise UpdateForbidden(word[0].upper()) from None
            raise self._diagnosis.malformed(error) from None

    @property
    def _diagnosis(self) -> Diagnosis:
        return Diagnosis(self._source.text, self._prefixes, self._query.base_iri is not None)


def _check_graphs(query: Query) -> None:
    for iri in (*query.default_graphs, *query.named_graphs):
        try:
            ox.NamedNode(iri)
        except ValueError:
            raise QueryMalformed(
                f"<{iri}> is asked for as a graph of the dataset and is not an absolute IRI.",
                "Write the whole IRI of the graph.",
            ) from None


def _check_acceptable(query: Query, seen: Survey) -> None:
    """Raise NotAcceptable where the answer has no format."""
    graph = seen.form.answers_with_graph
    if (query.graph_format if graph else query.results_format) is None:
        known = formats("graph" if graph else "result")
        raise NotAcceptable(seen.form.value, tuple(row.key for row in known))
