"""N-Quads in, query results out: the whole dataset in memory, with and without its inferences.

A replica is a cache: it can be rebuilt at any time from what it was loaded with and the diffs that
were applied since. It trusts its queries; untrusted ones belong in a `calcigraph.pool`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import IO

import pyoxigraph as ox

from calcigraph.engine.clauses import QueryDataset, dataset_clause
from calcigraph.engine.corrections import corrected
from calcigraph.engine.formats import Results
from calcigraph.engine.view import DefaultGraphMode, View


@dataclass(frozen=True)
class Diff:
    """A change of the dataset: N-Quads to remove, then N-Quads to add. Blank node labels stand for
    the nodes that they named when they were loaded."""

    added: bytes = b""
    removed: bytes = b""


class Replica:
    """A dataset to ask questions of.

    Cost: see `View`; the asserted part is a second view, built when `inference=False` is first
    asked for, in about 3 s for a million quads.
    """

    def __init__(
        self,
        quads: Iterable[ox.Quad],
        default_graph: DefaultGraphMode = "union",
        unasserted: Iterable[str] = (),
    ) -> None:
        self._default_graph = default_graph
        self._unasserted = frozenset(ox.NamedNode(iri) for iri in unasserted)
        self._whole = View(quads, default_graph)
        self._asserted: View | None = None

    @classmethod
    def load(
        cls,
        nquads: bytes | IO[bytes],
        default_graph: DefaultGraphMode = "union",
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

    @property
    def has_asserted(self) -> bool:
        """Whether the asserted part has been built."""
        return self._asserted is not None

    def prepare_asserted(self) -> View:
        """The part without the graphs of inferred and of derived triples; built once."""
        if self._asserted is None:
            asserted = (quad for quad in self._whole.quads() if quad.graph_name not in self._unasserted)
            self._asserted = View(asserted, self._default_graph)
        return self._asserted

    def query(
        self,
        text: str,
        *,
        default_graphs: Iterable[str] = (),
        named_graphs: Iterable[str] = (),
        inference: bool = True,
        base_iri: str | None = None,
    ) -> Results:
        """Start to evaluate `text`; a dataset given here takes the place of its FROM clauses.

        Spec: SPARQL 1.1 Protocol, section 2.1.4. Results are lazy and stay in this thread.
        Raises: SyntaxError where `text` is not SPARQL or a graph's name is no IRI.
        """
        view = self._whole if inference else self.prepare_asserted()
        default = tuple(dict.fromkeys(_node(iri) for iri in default_graphs))
        named = tuple(dict.fromkeys(_node(iri) for iri in named_graphs))
        given = QueryDataset(default, named) if default or named else dataset_clause(text, base_iri)
        better = corrected(text, base_iri, view if given is None else _Named(view, given))
        if better != text:
            try:
                return view.query(better, given, base_iri)
            except SyntaxError:
                # So that the message is about the text as it was written.
                pass
        return view.query(text, given, base_iri)

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
        return rebuilt

    def dump(self, out: IO[bytes]) -> None:
        """Write every quad as N-Quads, with the blank node labels that `load` kept."""
        ox.serialize(self._whole.quads(), out, ox.RdfFormat.N_QUADS)


@dataclass(frozen=True)
class _Named:
    """A view of which GRAPH sees only some graphs."""

    view: View
    dataset: QueryDataset

    def holds(self, node: ox.NamedNode) -> bool:
        return self.view.holds(node)

    def named_graphs(self) -> Iterable[ox.NamedNode]:
        return self.dataset.named


def _node(iri: str) -> ox.NamedNode:
    try:
        return ox.NamedNode(iri)
    except ValueError as error:
        raise SyntaxError(f"<{iri}> is not an absolute IRI") from error
