"""A query in, what its text tells before the engine has it out, or the reason why it is refused.

Called by a worker, within the deadline of the query: none of this is done by the process that serves
everybody.
"""

from __future__ import annotations

import pyoxigraph as ox

from calcigraph.pool.answer import Query
from calcigraph.pool.guard import Survey, survey
from calcigraph.pool.query_problems import NotAcceptable, QueryMalformed
from calcigraph.rdf.formats import formats


def admitted(query: Query, allows_services: bool) -> Survey:
    """The survey of a query that the engine may have.

    Cost: linear, see `survey`. Raises: QueryMalformed for the IRI of a graph, QueryRefused, ServiceForbidden,
    UpdateForbidden, NotAcceptable.
    """
    _check_graphs(query)
    seen = survey(query.text, allows_services=allows_services)
    _check_acceptable(query, seen)
    return seen


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
    """Raise NotAcceptable where the form is known and its answer has no format."""
    if seen.form is None:
        return
    graph = seen.form.answers_with_graph
    if (query.graph_format if graph else query.results_format) is None:
        known = formats("graph" if graph else "result")
        raise NotAcceptable(seen.form.value, tuple(row.key for row in known))
