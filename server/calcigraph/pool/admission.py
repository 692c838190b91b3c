"""A query in, its tree and what it tells before the engine has it out, or the reason why it is refused.

Called by a worker, within the deadline of the query: none of this is done by the process that serves
everybody.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import TracebackType
from typing import Final, NamedTuple

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
from calcigraph.sparql.glance import LookUp, look_up
from calcigraph.sparql.parsed_query import ParsedQuery
from calcigraph.sparql.parser import SparqlMalformed, SparqlTooDeep
from calcigraph.sparql.query_parser import UPDATES

# What a look-up tells, by its form.
_OF_LOOK_UPS: Final = {form.value: Survey(form, is_volatile=False) for form in Form}


class Admitted(NamedTuple):
    """A query that the engine may have: with its tree where it is no look-up."""

    query: LookUp | ParsedQuery
    survey: Survey

    @property
    def text(self) -> str:
        """The text, without escapes in its names."""
        return self.query.text


class Admission:
    """The way of one query to the engine. `prefixes` is the table that declarations are offered from.

    What goes wrong in its block is raised as a Problem, which speaks of the text as it was sent.
    """

    def __init__(self, query: Query, prefixes: Mapping[str, str], *, allows_services: bool = False) -> None:
        self._query = query
        self._prefixes = prefixes
        self._allows_services = allows_services
        # The text without escapes, once there is more to look at than a glance does.
        self._decoded: DecodedText | None = None

    def admitted(self) -> Admitted:
        """The query as the engine may have it.

        Cost: some microseconds for a look-up, else those of reading its tree; linear. Raises: QueryMalformed,
        QueryRefused, ServiceForbidden, UpdateForbidden, NotAcceptable.
        """
        _check_graphs(self._query)
        glanced = look_up(self._query.text)
        if glanced is not None:
            found = Admitted(glanced, _OF_LOOK_UPS[glanced.form])
        else:
            parsed = self._parsed()
            found = Admitted(parsed, survey(parsed, allows_services=self._allows_services))
            broken = first_broken(parsed, UNKNOWN_TO_ENGINE)
            if broken is not None:
                raise self._diagnosis.broken(broken)
        _check_acceptable(self._query, found.survey)
        return found

    def __enter__(self) -> Admission:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if not isinstance(error, Exception):
            return
        problem = self._told(error)
        try:
            if problem is not None and problem is not error:
                raise problem from None
        finally:
            # They would be kept by each other.
            del problem, error, trace

    def _told(self, error: Exception) -> Problem | None:
        """What to raise for an error; None where there is nothing to say of it."""
        problem = self._problem(error)
        place = None if problem is None else problem.place
        if problem is not None and place is not None and place.file == QUERY_FILE and place.line:
            problem.place = Place(QUERY_FILE, *self._source.place(place.line, place.column))
        return problem

    def _problem(self, error: Exception) -> Problem | None:
        if isinstance(error, Problem):
            return error
        if isinstance(error, SyntaxError):
            return self._diagnosis.rejected(str(error))
        if isinstance(error, UnicodeEncodeError):
            return self._diagnosis.unencodable()
        if isinstance(error, RuntimeError | ValueError | OSError):
            return self._diagnosis.unsupported(str(error))
        return None

    def _parsed(self) -> ParsedQuery:
        self._decoded = decoded(self._query.text)
        text = self._decoded.text
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
    def _source(self) -> DecodedText:
        return self._decoded or DecodedText(self._query.text, self._query.text)

    @property
    def _diagnosis(self) -> Diagnosis:
        return Diagnosis(self._source.text, self._prefixes, self._query.base_iri is not None)


def _check_graphs(query: Query) -> None:
    if not query.default_graphs and not query.named_graphs:
        return
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
