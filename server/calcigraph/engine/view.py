"""Quads in, answers out: one store whose default graph is a set.

The engine's own union of graphs repeats a triple that stands in two of them, and so does its merge
of `FROM <a> FROM <b>`: COUNT and SUM are then wrong. As long as no triple stands in two graphs both
are right, and used; from the first such triple on, the merged default graph is kept as triples of
the store's default graph, and a merge of several graphs is copied out before it is asked.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice
from typing import Final

import pyoxigraph as ox

from calcigraph.engine.cardinalities import Cardinalities, TriplePattern
from calcigraph.engine.dataset_clauses import QueryDataset
from calcigraph.engine.functions import functions_of
from calcigraph.engine.result_formats import Results
from calcigraph.rdf.terms import Term
from calcigraph.settings import DefaultGraph

_UNNAMED: Final = ox.DefaultGraph()
_OVERLAP: Final = (
    "ASK { GRAPH ?g { ?s ?p ?o } GRAPH ?h { ?s ?p ?o } FILTER(?g != ?h) }",
    "ASK { ?s ?p ?o . GRAPH ?g { ?s ?p ?o } }",
)
_COPIES_KEPT: Final = 4


class View:
    """A store of quads that is asked and changed.

    Cost: about 400 bytes a quad; finding out whether graphs overlap about 1.5 s for a million, and how
    many triples there are of each kind 0.3 s.
    Keeping the merged default graph adds about 100 bytes a triple.
    """

    def __init__(self, quads: Iterable[ox.Quad], default_graph: DefaultGraph) -> None:
        self._store = ox.Store()
        self._store.bulk_extend(quads)
        self._union = default_graph == "union"
        self._overlaps = any(bool(self._store.query(question)) for question in _OVERLAP)
        self._merged = False
        self._unnamed: set[ox.Triple] = set()
        self._copies: dict[QueryDataset, ox.Store] = {}
        if self._overlaps and self._union:
            self._merge()
        self._cardinalities = Cardinalities(self._numbers("?s ?key ?o"), self._numbers("?s a ?key"))

    def __len__(self) -> int:
        """The number of stored quads, copies in the merged default graph included."""
        return len(self._store)

    def quads(self) -> Iterable[ox.Quad]:
        """Every quad that was put in, in no order, without the merged default graph."""
        for quad in self._store:
            if not self._merged or quad.graph_name != _UNNAMED or quad.triple in self._unnamed:
                yield quad

    def has_node(self, node: ox.NamedNode | ox.Literal, graph: ox.NamedNode | None) -> bool:
        """Whether `node` is the subject or the object of a triple of `graph`; None is the default graph."""
        where = graph if graph is not None else self._default
        as_object = self._store.quads_for_pattern(None, None, node, where)
        if next(as_object, None) is not None:
            return True
        if isinstance(node, ox.Literal):
            return False
        return next(self._store.quads_for_pattern(node, None, None, where), None) is not None

    def says(self, predicate: ox.NamedNode, object_: ox.Literal) -> bool:
        """Whether any triple of any graph has this predicate and this object."""
        return next(self._store.quads_for_pattern(None, predicate, object_, None), None) is not None

    def count(self, pattern: TriplePattern, most: int) -> int | None:
        """How many triples of the default graph match `pattern`, kept up to date with the data; where
        they have to be counted, no further than `most`, and None for more."""
        known = self._cardinalities.of(pattern)
        if known is not None or most == 0:
            return known
        found = len(list(islice(self._store.quads_for_pattern(*pattern, self._default), most + 1)))
        return found if found <= most else None

    def named_graphs(self) -> Iterable[ox.NamedNode]:
        """The graphs that have a name and a triple."""
        return (name for name in self._store.named_graphs() if isinstance(name, ox.NamedNode))

    def query(self, text: str, dataset: QueryDataset | None, base_iri: str | None) -> Results:
        """Start to evaluate `text`; `dataset` is what the protocol or FROM named, None where neither.

        Raises: SyntaxError where `text` is not SPARQL; OSError or RuntimeError for what the engine
        refuses to do.
        """
        functions = functions_of(text)
        if dataset is None:
            return self._store.query(
                text,
                base_iri=base_iri,
                use_default_graph_as_union=self._union and not self._merged,
                custom_functions=functions.scalar,
                custom_aggregate_functions=functions.aggregate,
            )
        if self._overlaps and len(dataset.default) > 1:
            return self._copy(dataset).query(
                text,
                base_iri=base_iri,
                default_graph=_UNNAMED,
                named_graphs=list(dataset.named),
                custom_functions=functions.scalar,
                custom_aggregate_functions=functions.aggregate,
            )
        return self._store.query(
            text,
            base_iri=base_iri,
            default_graph=list(dataset.default),
            named_graphs=list(dataset.named),
            custom_functions=functions.scalar,
            custom_aggregate_functions=functions.aggregate,
        )

    def apply(self, added: list[ox.Quad], removed: list[ox.Quad]) -> bool:
        """Remove, then add; True where the merged default graph had to be built because of it."""
        touched = {quad.triple for quad in (*added, *removed)}
        before = {triple for triple in touched if self._holds_triple(triple)}
        rebuilt = self._change(added, removed)
        after = {triple for triple in touched if self._holds_triple(triple)}
        self._cardinalities.remove(before - after)
        self._cardinalities.add(after - before)
        return rebuilt

    @property
    def _default(self) -> ox.DefaultGraph | None:
        """What the default graph of a query is to the store: None for all graphs together."""
        return _UNNAMED if self._merged or not self._union else None

    def _numbers(self, pattern: str) -> dict[Term, int]:
        """How many triples of the default graph there are for each ?key of `pattern`."""
        question = f"SELECT ?key (COUNT(*) AS ?n) {{ {pattern} }} GROUP BY ?key"
        solutions = self.query(question, None, None)
        assert isinstance(solutions, ox.QuerySolutions)
        return {key: int(number.value) for key, number in solutions}

    def _holds_triple(self, triple: ox.Triple) -> bool:
        graph = None if self._union else _UNNAMED
        found = self._store.quads_for_pattern(triple.subject, triple.predicate, triple.object, graph)
        return next(found, None) is not None

    def _change(self, added: list[ox.Quad], removed: list[ox.Quad]) -> bool:
        self._copies.clear()
        for quad in removed:
            if self._merged:
                self._remove_merged(quad)
            else:
                self._store.remove(quad)
        if self._merged:
            for quad in added:
                self._add_merged(quad)
        else:
            self._store.extend(added)
        self._forget_empty({quad.graph_name for quad in removed})
        if self._overlaps or not any(self._is_repeated(quad) for quad in added):
            return False
        self._overlaps = True
        if self._union:
            self._merge()
        return self._union

    def _forget_empty(self, graphs: set[ox.NamedNode | ox.BlankNode | ox.DefaultGraph]) -> None:
        """Remove graphs without a triple, which the engine would still list."""
        for graph in graphs - {_UNNAMED}:
            if next(self._store.quads_for_pattern(None, None, None, graph), None) is None:
                self._store.remove_graph(graph)

    def _is_repeated(self, quad: ox.Quad) -> bool:
        found = self._store.quads_for_pattern(quad.subject, quad.predicate, quad.object, None)
        return next(found, None) is not None and next(found, None) is not None

    def _merge(self) -> None:
        self._unnamed = {quad.triple for quad in self._store.quads_for_pattern(None, None, None, _UNNAMED)}
        self._store.update("INSERT { ?s ?p ?o } WHERE { GRAPH ?g { ?s ?p ?o } }")
        self._merged = True

    def _add_merged(self, quad: ox.Quad) -> None:
        if quad.graph_name == _UNNAMED:
            self._unnamed.add(quad.triple)
        else:
            self._store.add(quad)
        self._store.add(ox.Quad(quad.subject, quad.predicate, quad.object, _UNNAMED))

    def _remove_merged(self, quad: ox.Quad) -> None:
        if quad.graph_name == _UNNAMED:
            self._unnamed.discard(quad.triple)
        else:
            self._store.remove(quad)
        remaining = self._store.quads_for_pattern(quad.subject, quad.predicate, quad.object, None)
        stands = quad.triple in self._unnamed or any(q.graph_name != _UNNAMED for q in remaining)
        if not stands:
            self._store.remove(ox.Quad(quad.subject, quad.predicate, quad.object, _UNNAMED))

    def _copy(self, dataset: QueryDataset) -> ox.Store:
        """The graphs of `dataset` in a store of their own, where the merge is a set."""
        if dataset not in self._copies:
            if len(self._copies) >= _COPIES_KEPT:
                del self._copies[next(iter(self._copies))]
            store = ox.Store()
            for graph in dataset.default:
                store.extend(
                    ox.Quad(quad.subject, quad.predicate, quad.object, _UNNAMED)
                    for quad in self._store.quads_for_pattern(None, None, None, graph)
                )
            for graph in dataset.named:
                store.extend(self._store.quads_for_pattern(None, None, None, graph))
            self._copies[dataset] = store
        return self._copies[dataset]
