"""Query results in, bytes out: the formats that an answer can have, by a short key each.

The keys are those of `calcigraph.rdf.formats`, where their media types stand.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from enum import Enum
from itertools import chain, islice
from typing import IO, Final

import pyoxigraph as ox

from calcigraph.rdf.formats import GRAPHS
from calcigraph.rdf.native_formats import NATIVE_GRAPHS, NATIVE_RESULTS

Results = ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples


class Form(Enum):
    """The four query forms of SPARQL 1.1 Query, section 16."""

    SELECT = "SELECT"
    ASK = "ASK"
    CONSTRUCT = "CONSTRUCT"
    DESCRIBE = "DESCRIBE"

    @property
    def answers_with_graph(self) -> bool:
        """Whether the answer is an RDF graph rather than a table or a truth value."""
        return self in (Form.CONSTRUCT, Form.DESCRIBE)


# JSON-LD as the engine streams it has no context.
_WITH_PREFIXES: Final = frozenset(row.key for row in GRAPHS if row.has_prefixes and row.key != "json-ld")
# Prefixes that the first triples use are declared; one that only a later triple uses is not.
_TRIPLES_LOOKED_AT: Final = 2000


def is_graph(results: Results) -> bool:
    """Whether these are the triples of a CONSTRUCT or DESCRIBE."""
    return isinstance(results, ox.QueryTriples)


def write(
    results: Results, results_format: str, graph_format: str, prefixes: Mapping[str, str], out: IO[bytes]
) -> None:
    """Serialise `results` to `out` in 8 KiB pieces, in the format that fits their kind.

    Turtle, TriG and RDF/XML declare those of `prefixes` that they use, and take three times as long.

    Must run in the thread that evaluated the query: the engine ends the process otherwise.
    Raises: KeyError for an unknown format, OSError from `out`.
    """
    if isinstance(results, ox.QueryTriples):
        if graph_format in _WITH_PREFIXES:
            _write_with_prefixes(results, graph_format, prefixes, out)
        else:
            results.serialize(out, NATIVE_GRAPHS[graph_format])
    else:
        results.serialize(out, NATIVE_RESULTS[results_format])


def _write_with_prefixes(
    triples: Iterable[ox.Triple], graph_format: str, prefixes: Mapping[str, str], out: IO[bytes]
) -> None:
    iterator = iter(triples)
    head = list(islice(iterator, _TRIPLES_LOOKED_AT))
    rdf_format = NATIVE_GRAPHS[graph_format]
    ox.serialize(chain(head, iterator), out, rdf_format, prefixes=_used(prefixes, head))


def _used(prefixes: Mapping[str, str], triples: list[ox.Triple]) -> dict[str, str]:
    namespaces = {iri: prefix for prefix, iri in prefixes.items()}
    seen = {_namespace(iri) for triple in triples for iri in _iris(triple)}
    return {namespaces[namespace]: namespace for namespace in sorted(seen) if namespace in namespaces}


def _iris(triple: ox.Triple) -> Iterator[str]:
    for term in (triple.subject, triple.predicate, triple.object):
        if isinstance(term, ox.NamedNode):
            yield term.value
        elif isinstance(term, ox.Literal) and term.language is None:
            yield term.datatype.value


def _namespace(iri: str) -> str:
    return iri[: max(iri.rfind("#"), iri.rfind("/")) + 1]
