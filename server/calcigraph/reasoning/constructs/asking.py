"""A query of a rule and a store in, what it finds out: with the meaning that it has at the endpoint.

The engine is wrong in places (see `engine.corrections`). A rule that said one thing when it is run and
another when somebody asks its WHERE group over HTTP would be no explanation of what it built.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import pyoxigraph as ox

from calcigraph.engine.corrections import corrected
from calcigraph.engine.corrections.correction import Context
from calcigraph.engine.functions import functions_of
from calcigraph.sparql.glance import look_up
from calcigraph.sparql.parsed_query import ParsedQuery


def asked(store: ox.Store, graphs: Sequence[Any], text: str, **options: Any) -> Any:
    """What a query finds over the union of some graphs, none of which has a triple of another.

    Cost: that of reading it, some microseconds a word, beside its evaluation. Raises: CorrectionRefused.
    """
    better = text
    if look_up(text) is None:
        better = corrected(_read(text), Context(_Graphs(store, graphs)))
    functions = functions_of(better)
    return store.query(
        better,
        default_graph=list(graphs),
        custom_functions=functions.scalar,
        custom_aggregate_functions=functions.aggregate,
        **options,
    )


# A rule asks the same few questions again and again; others have the values of a change in them.
_read = lru_cache(maxsize=128)(ParsedQuery.of)


@dataclass(frozen=True)
class _Graphs:
    """Some graphs of a store as the default graph, and no named one."""

    store: ox.Store
    graphs: Sequence[Any]

    def has_node(self, node: ox.NamedNode | ox.Literal, graph: ox.NamedNode | None) -> bool:
        return graph is None and any(self._has_node(node, each) for each in self.graphs)

    def named_graphs(self) -> Iterable[ox.NamedNode]:
        return ()

    def _has_node(self, node: ox.NamedNode | ox.Literal, graph: Any) -> bool:
        if next(self.store.quads_for_pattern(None, None, node, graph), None) is not None:
            return True
        if isinstance(node, ox.Literal):
            return False
        return next(self.store.quads_for_pattern(node, None, None, graph), None) is not None
