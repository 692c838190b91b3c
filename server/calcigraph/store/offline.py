"""The engine of the command line: an edition in, answers to trusted queries out, in this process and without
a server.

For the root's own questions, rules and lints, and for a query that its own author runs. What
comes from anybody else belongs in `calcigraph.pool`.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping

import pyoxigraph as ox

from calcigraph.edition import Change, ChangeOutcome, Edition, EditionPassed, Writer
from calcigraph.engine.declared_prefixes import with_declared
from calcigraph.engine.empty_documents import says_nothing
from calcigraph.engine.replica import Diff, Replica
from calcigraph.engine.result_formats import Form, is_graph, write
from calcigraph.pool import Answer, Attempt, Query
from calcigraph.pool.admission import Admission
from calcigraph.pool.answer import Body
from calcigraph.pool.empty_explaining import explained_here
from calcigraph.rdf.terms import Term
from calcigraph.sparql.parsed_query import ParsedQuery
from calcigraph.store.answered import engine_diff
from calcigraph.store.documents import DocumentLimits
from calcigraph.store.editions import EditionAnswers


def _nobody(_edition: Edition) -> None:
    """Nobody has to know."""


class OfflineEngine(EditionAnswers):
    """Answers from one edition after the other, one query at a time, without a limit of its own."""

    callers = 1
    descriptors = 8

    def __init__(self, edition: Edition, *, described: bool = True) -> None:
        """Load an edition, or what it says without what describes it. Cost: about 3 s for a million quads."""
        assert edition.files.owner is not None
        super().__init__(edition.files.owner, DocumentLimits())
        self._edition = edition
        quads = edition.all_quads() if described else edition.quads()
        self._replica = Replica(quads, unasserted=edition.root.inferences)

    def take_in_description(self) -> None:
        """Take in what describes the edition, where it was left out. Cost: ten microseconds for each quad of
        the description, a tenth of loading all anew."""
        described = ox.serialize(self._edition.metadata, format=ox.RdfFormat.N_QUADS) or b""
        self._replica.apply(Diff(added=described))

    @property
    def edition(self) -> Edition:
        """The newest edition."""
        return self._edition

    def edition_at(self, number: int) -> Edition:
        """The newest edition. Raises: EditionPassed for any other."""
        if number != self._edition.number:
            raise EditionPassed(f"Edition {number} is gone.", "Ask again.")
        return self._edition

    def ask(self, query: Query, gone: Callable[[], bool] | None = None, since: float | None = None) -> Answer:
        """Evaluate a query; `gone` is not asked, and there is no time limit that could count from `since`.

        Raises: QueryMalformed, QueryFailed, and what the guard refuses: a trusted query may be
        wrong, and then deserves the same message as any other.
        """
        prefixes = self._edition.root.prefixes.mapping
        table, graph = query.results_format or "json", query.graph_format or "turtle"
        admission = Admission(query._replace(results_format=table, graph_format=graph), prefixes)
        with admission:
            admitted = admission.admitted()
            if query.explains_empty:
                return self._explained(query._replace(text=admitted.text))
            results = self._replica.query(
                admitted.query,
                default_graphs=query.default_graphs,
                named_graphs=query.named_graphs,
                inference=query.inference,
                base_iri=query.base_iri,
            )
            written = graph if is_graph(results) else table
            out = io.BytesIO()
            if isinstance(admitted.query, ParsedQuery) and is_graph(results):
                prefixes = with_declared(prefixes, admitted.query, query.base_iri)
            write(results, table, graph, prefixes, out)
        content = out.getvalue()
        is_truth = isinstance(results, ox.QueryBoolean)
        is_empty = not results if is_truth else says_nothing(written, content)
        number = self._edition.number
        return Answer(admitted.survey.form, written, number, content, Body([], None), is_empty)

    def _explained(self, query: Query) -> Answer:
        content = explained_here(self._replica, query).encode()
        return Answer(Form.SELECT, "json", self._edition.number, content, Body([], None))

    def attempt(
        self,
        query: Query,
        woken: Callable[[], None],
        gone: Callable[[], bool] | None = None,
        since: float | None = None,
    ) -> Answer | Attempt:
        """The answer, as `ask` gives it: nothing here goes on by itself."""
        return self.ask(query)

    def csv(self, text: str, inference: bool) -> bytes:
        """The answer to a SELECT query as SPARQL 1.1 CSV; see `ask`."""
        content = self.ask(Query(text, inference=inference, results_format="csv")).content
        assert content is not None
        return content

    def solutions(self, text: str, inference: bool) -> list[dict[str, Term]]:
        """The solutions of a SELECT query as terms, by name of variable; see `ask`."""
        content = self.ask(Query(text, inference=inference, results_format="json")).content
        assert content is not None
        found = ox.parse_query_results(content, ox.QueryResultsFormat.JSON)
        assert isinstance(found, ox.QuerySolutions)
        names = [variable.value for variable in found.variables]
        return [{name: term for name in names if (term := solution[name]) is not None} for solution in found]

    def publish(self, change: Change, ready: Callable[[Edition], None] = _nobody) -> ChangeOutcome:
        """Make the next edition, and answer from it. Raises: ChangeRefused, LimitMet; nothing has changed."""
        writer = self._edition.prover
        assert isinstance(writer, Writer)
        outcome = writer.after(change)
        if outcome.number != self._edition.number:
            ready(writer.newest)
            self._replica.apply(engine_diff(self._edition, writer.newest, outcome))
            self._edition = writer.newest
        return outcome

    def counts(self) -> Mapping[str, int]:
        """Nothing to count: there are no other processes."""
        return {}

    def close(self) -> None:
        """Nothing to end. The files go when nobody has the edition any more."""
