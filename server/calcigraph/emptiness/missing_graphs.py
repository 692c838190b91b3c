"""Graphs that a query or its request names in, those that are not there out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain

from calcigraph.emptiness.asking import Asker
from calcigraph.emptiness.empty_reason import EmptyKind, EmptyReason, QueryPart, UnknownTerm
from calcigraph.emptiness.places import Places
from calcigraph.sparql.tree import GraphPattern, Iri, Node, Query

_ANY = "?any__s ?any__p ?any__o"


def absent_dataset(
    ask: Asker, places: Places, query: Query, named: tuple[Sequence[str], Sequence[str]]
) -> EmptyReason | None:
    """That no graph of the dataset is there, whether the request names it or FROM does; None where one is."""
    clauses = [] if any(named) else query.datasets
    beside = [f"<{iri}>" for iri in chain(*named)]
    written = [ask.written(clause.iri) for clause in clauses] or beside
    if not written or any(_exists(ask, name) for name in written):
        return None
    parts = [places.of(clause) for clause in clauses] or [QueryPart(name, 0, 0) for name in beside]
    iris: list[Node | str] = [clause.iri for clause in clauses] or list(beside)
    return EmptyReason(
        EmptyKind.MISSING_GRAPH, tuple(parts), tuple(_unknown(ask, zip(iris, parts, strict=True)))
    )


def absent_names(ask: Asker, query: Query, named: tuple[Sequence[str], Sequence[str]]) -> Iterator[str]:
    """The graphs of the dataset that are not there, as N-Triples writes them."""
    if any(named):
        yield from (f"<{iri}>" for iri in chain(*named) if not _exists(ask, f"<{iri}>"))
        return
    for clause in query.datasets:
        if not _exists(ask, ask.written(clause.iri)):
            yield str(ask.resolved(clause.iri))


def absent_graph(ask: Asker, places: Places, pattern: GraphPattern) -> EmptyReason | None:
    """That the graph which GRAPH names is not in the dataset; None where it is."""
    name = ask.written(pattern.name)
    if ask.holds(f"GRAPH {name} {{ {_ANY} }}"):
        return None
    part = places.part(f"GRAPH {name}", pattern.start)
    explained = EmptyReason(EmptyKind.MISSING_GRAPH, (part,))
    if not isinstance(pattern.name, Iri):
        return explained.with_note("The dataset has no named graph: FROM NAMED puts one into it.")
    if _exists(ask, name):
        return explained.with_note(
            "There is such a graph, but it is not in the dataset: FROM NAMED puts it into it."
        )
    return EmptyReason(EmptyKind.MISSING_GRAPH, (part,), tuple(_unknown(ask, [(pattern.name, part)])))


def _exists(ask: Asker, name: str) -> bool:
    return ask.holds_anywhere(f"GRAPH {name} {{ {_ANY} }}")


def _unknown(ask: Asker, named: Iterable[tuple[Node | str, QueryPart]]) -> Iterable[UnknownTerm]:
    for name, part in named:
        term = name if isinstance(name, str) else str(ask.resolved(name))
        yield UnknownTerm(term, part)
