"""N-Quads in, query results out: the whole dataset in memory, with and without its inferences.

It can be rebuilt at any time from what it was loaded with and the diffs that were applied since. A query may
crash it or take for ever; untrusted ones belong in a `calcigraph.pool`.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import IO, Literal

import pyoxigraph as ox

from calcigraph.engine.corrections import EXPRESSIONS, PATTERNS, corrected, read_again
from calcigraph.engine.corrections.correction import Context
from calcigraph.engine.dataset_clauses import QueryDataset, dataset_clause
from calcigraph.engine.engine_problems import CorrectionRefused, SearchUnavailable
from calcigraph.engine.placeholders import Placeholders
from calcigraph.engine.prologue import check_syntax
from calcigraph.engine.result_formats import Results
from calcigraph.engine.rewriting import rewritten
from calcigraph.engine.service_clauses import CalledFor, Fetch, check_syntax_of_federated, federated
from calcigraph.engine.text_index import TextIndex, TextSize
from calcigraph.engine.text_search import searched
from calcigraph.engine.view import View
from calcigraph.settings import DefaultGraph, Settings
from calcigraph.sparql.escapes import decoded
from calcigraph.sparql.glance import look_up
from calcigraph.sparql.parsed_query import ParsedQuery
from calcigraph.sparql.parser import SparqlMalformed, SparqlTooDeep
from calcigraph.sparql.tree import Service

# The parts that are built when they are first needed: the data without inferences, and the index of texts.
Part = Literal["asserted", "text"]


@dataclass(frozen=True)
class Diff:
    """A change of the dataset: N-Quads to remove, then N-Quads to add. Blank node labels stand for
    the nodes that they named when they were loaded."""

    added: bytes = b""
    removed: bytes = b""


class Replica:
    """A dataset that is queried and changed; for one thread.

    Cost: see `View`; the asserted part is a second view, built when `inference=False` is first
    asked for, in about 3 s for a million quads.
    """

    def __init__(
        self,
        quads: Iterable[ox.Quad],
        default_graph: DefaultGraph = Settings.default_graph,
        unasserted: Iterable[str] = (),
    ) -> None:
        self._default_graph = default_graph
        self._unasserted = frozenset(ox.NamedNode(iri) for iri in unasserted)
        self._whole = View(quads, default_graph)
        self._asserted: View | None = None
        self._text: TextIndex | SearchUnavailable | None = None

    @classmethod
    def load(
        cls,
        nquads: bytes | IO[bytes],
        default_graph: DefaultGraph = Settings.default_graph,
        unasserted: Iterable[str] = (),
    ) -> Replica:
        """Read N-Quads; blank node labels are kept, so that a `Diff` can speak of them.

        `unasserted` names the graphs that a query without inference does not see.

        Raises: SyntaxError where it is not N-Quads.
        """
        return cls(ox.parse(nquads, ox.RdfFormat.N_QUADS), default_graph, unasserted)

    def __len__(self) -> int:
        """The number of stored quads."""
        return len(self._whole)

    def prepare(self, part: Part) -> None:
        """Build a part now, before it is needed; an index that cannot be built raises when it is needed."""
        if part == "asserted":
            self.prepare_asserted()
        else:
            with suppress(SearchUnavailable):
                self.prepare_text()

    def prepare_asserted(self) -> View:
        """The part without the graphs of inferred and of derived triples; built once."""
        if self._asserted is None:
            asserted = (quad for quad in self._whole.quads() if quad.graph_name not in self._unasserted)
            self._asserted = View(asserted, self._default_graph)
        return self._asserted

    def prepare_text(self) -> TextIndex:
        """The index of all texts, inferred ones too; built once. Raises: SearchUnavailable."""
        if self._text is None:
            try:
                self._text = TextIndex(self._whole.quads())
            except SearchUnavailable as problem:
                self._text = problem
        if isinstance(self._text, SearchUnavailable):
            raise self._text
        return self._text

    @property
    def text_size(self) -> TextSize:
        """What the index of texts holds."""
        return self._text.size if isinstance(self._text, TextIndex) else TextSize(0, 0)

    def query(
        self,
        query: str | ParsedQuery,
        *,
        default_graphs: Iterable[str] = (),
        named_graphs: Iterable[str] = (),
        inference: bool = True,
        base_iri: str | None = None,
        fetch: Fetch | None = None,
    ) -> Results:
        """Start to evaluate a query; a dataset given here takes the place of its FROM clauses.

        A query that was read already comes with its tree. `fetch` calls other services; without it a SERVICE
        fails, as the process has no network.
        Spec: SPARQL 1.1 Protocol, section 2.1.4. Results are lazy and stay in this thread.
        Raises: SyntaxError where the text is not SPARQL or a graph's name is no IRI; CorrectionRefused; what
        `searched` and `federated` raise.
        """
        view = self._whole if inference else self.prepare_asserted()
        default = tuple(dict.fromkeys(_node(iri) for iri in default_graphs))
        named = tuple(dict.fromkeys(_node(iri) for iri in named_graphs))
        given = QueryDataset(default, named) if default or named else None
        if isinstance(query, str):
            glanced = look_up(query)
            if glanced is not None:
                return view.query(glanced.text, given, base_iri)
            query = _read(query, base_iri)
        text = query.text
        given = given or dataset_clause(query, base_iri)
        placeholders = Placeholders(text)
        if fetch is not None and query.nodes(Service):
            check_syntax_of_federated(query, base_iri)
        query = self._searched(query, base_iri, placeholders)
        if fetch is not None and query.nodes(Service):
            ask = partial(_solutions, view, given, base_iri, placeholders)
            query = _read(federated(query, CalledFor(fetch, ask, placeholders, base_iri)), base_iri)
        asked = query.text
        try:
            return _evaluated(view, given, base_iri, placeholders, query)
        except SyntaxError:
            if asked != text:
                # So that the message is about the text as it was written.
                check_syntax(text, base_iri)
            raise

    def _searched(self, query: ParsedQuery, base_iri: str | None, placeholders: Placeholders) -> ParsedQuery:
        asked = searched(query, base_iri, placeholders, self.prepare_text)
        return query if asked == query.text else _read(asked, base_iri)

    def apply(self, diff: Diff) -> bool:
        """Remove and add what `diff` says; True where that made the default graph be merged anew.

        Raises: SyntaxError where the diff is not N-Quads, before anything has changed.
        """
        added = list(ox.parse(diff.added, ox.RdfFormat.N_QUADS))
        removed = list(ox.parse(diff.removed, ox.RdfFormat.N_QUADS))
        rebuilt = self._whole.apply(added, removed)
        if self._asserted is not None:
            rebuilt |= self._asserted.apply(
                [quad for quad in added if quad.graph_name not in self._unasserted],
                [quad for quad in removed if quad.graph_name not in self._unasserted],
            )
        if isinstance(self._text, TextIndex):
            try:
                self._text.apply(added, removed, self._whole.says)
            except SearchUnavailable as problem:
                self._text = problem
        return rebuilt

    def dump(self, out: IO[bytes]) -> None:
        """Write every quad as N-Quads, with the blank node labels that `load` kept."""
        ox.serialize(self._whole.quads(), out, ox.RdfFormat.N_QUADS)


def _read(text: str, base_iri: str | None) -> ParsedQuery:
    """The query `text` with its tree. Raises: SyntaxError, with the engine's message where it has one."""
    try:
        return ParsedQuery.of(decoded(text).text)
    except (SparqlMalformed, SparqlTooDeep) as error:
        check_syntax(text, base_iri)
        raise SyntaxError(str(error)) from None


def _evaluated(
    view: View,
    given: QueryDataset | None,
    base_iri: str | None,
    placeholders: Placeholders,
    query: ParsedQuery,
) -> Results:
    """The results of `query`, corrected; long tables are put in last."""
    data = view if given is None else _DatasetView(view, given)
    context = Context(data, view if given is None else None, base_iri)
    sooner = rewritten(query, corrected(query, context, PATTERNS), context)
    better = corrected(query if sooner == query.text else read_again(sooner), context, EXPRESSIONS)
    try:
        return view.query(placeholders.fill(better), given, base_iri)
    except SyntaxError:
        # So that the message is about the text as it was written.
        check_syntax(query.text, base_iri)
        if better == query.text:
            raise
        raise CorrectionRefused(
            "The engine does not take the form in which it would answer this query rightly.",
            "Write it in another way, or report it with its text.",
        ) from None


def _solutions(
    view: View, given: QueryDataset | None, base_iri: str | None, placeholders: Placeholders, text: str
) -> ox.QuerySolutions:
    """The solutions of `text`, which is a SELECT query."""
    results = _evaluated(view, given, base_iri, placeholders, _read(text, base_iri))
    assert isinstance(results, ox.QuerySolutions)
    return results


@dataclass(frozen=True)
class _DatasetView:
    """A view of the graphs of `dataset` alone."""

    view: View
    dataset: QueryDataset

    def has_node(self, node: ox.NamedNode | ox.Literal, graph: ox.NamedNode | None) -> bool:
        if graph is not None:
            return graph in self.dataset.named and self.view.has_node(node, graph)
        return any(self.view.has_node(node, default) for default in self.dataset.default)

    def named_graphs(self) -> Iterable[ox.NamedNode]:
        return self.dataset.named


def _node(iri: str) -> ox.NamedNode:
    try:
        return ox.NamedNode(iri)
    except ValueError as error:
        raise SyntaxError(f"<{iri}> is not an absolute IRI") from error
