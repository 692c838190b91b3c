"""The table of formats, in one place: media types, file suffixes and `?format=` keys in, a `Format` out."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePath
from typing import Literal

import pyoxigraph as ox

from calcigraph.errors import Problem


class FormatUnknown(Problem):
    """A format, media type or file suffix that is not in the table."""

    title = "The format is not supported"


@dataclass(frozen=True)
class Format:
    """One way to write a graph or a result.

    `key` is its name in `?format=` and `--format`; `media_types` are its names in HTTP, the registered one
    first; `suffixes` its file endings, the usual one first; `native` what pyoxigraph calls it. `charset`
    is whether the media type takes a charset parameter. `has_graphs` is whether it can name graphs.
    """

    kind: Literal["graph", "result"]
    key: str
    media_types: tuple[str, ...]
    suffixes: tuple[str, ...]
    native: ox.RdfFormat | ox.QueryResultsFormat
    charset: bool = False
    has_graphs: bool = False

    @property
    def media_type(self) -> str:
        """The registered media type, without parameters."""
        return self.media_types[0]

    @property
    def content_type(self) -> str:
        """What a Content-Type header says: everything is UTF-8 here."""
        return f"{self.media_type}; charset=utf-8" if self.charset else self.media_type


@dataclass(frozen=True)
class GraphFormat(Format):
    """A format of graphs."""

    native: ox.RdfFormat


@dataclass(frozen=True)
class ResultFormat(Format):
    """A format of SELECT and ASK results."""

    native: ox.QueryResultsFormat


_RDF, _RESULT = ox.RdfFormat, ox.QueryResultsFormat

# The first of each is the default. What stands earlier wins where a client takes either.
GRAPHS: tuple[GraphFormat, ...] = (
    GraphFormat("graph", "turtle", ("text/turtle", "application/x-turtle"), (".ttl",), _RDF.TURTLE, True),
    GraphFormat("graph", "n-triples", ("application/n-triples",), (".nt",), _RDF.N_TRIPLES),
    GraphFormat("graph", "json-ld", ("application/ld+json",), (".jsonld",), _RDF.JSON_LD, False, True),
    GraphFormat("graph", "rdf-xml", ("application/rdf+xml",), (".rdf", ".xml", ".owl"), _RDF.RDF_XML),
    GraphFormat(
        "graph", "trig", ("application/trig", "application/x-trig"), (".trig",), _RDF.TRIG, False, True
    ),
    GraphFormat(
        "graph", "n-quads", ("application/n-quads", "text/x-nquads"), (".nq",), _RDF.N_QUADS, False, True
    ),
)
RESULTS: tuple[ResultFormat, ...] = (
    ResultFormat("result", "json", ("application/sparql-results+json",), (".srj",), _RESULT.JSON),
    ResultFormat("result", "xml", ("application/sparql-results+xml",), (".srx",), _RESULT.XML),
    ResultFormat("result", "csv", ("text/csv",), (".csv",), _RESULT.CSV, True),
    ResultFormat("result", "tsv", ("text/tab-separated-values",), (".tsv",), _RESULT.TSV, True),
)
# Generic types that some clients send instead of the specific ones.
ALIASES = {
    "application/json": {"graph": "json-ld", "result": "json"},
    "application/xml": {"graph": "rdf-xml", "result": "xml"},
    "text/xml": {"graph": "rdf-xml", "result": "xml"},
    "text/plain": {"graph": "n-triples"},
    "text/n3": {"graph": "turtle"},
}
KEYS = {
    "ttl": "turtle",
    "nt": "n-triples",
    "ntriples": "n-triples",
    "jsonld": "json-ld",
    "rdf": "rdf-xml",
    "rdfxml": "rdf-xml",
    "nq": "n-quads",
    "nquads": "n-quads",
    "srj": "json",
    "srx": "xml",
}


def formats(kind: Literal["graph", "result"]) -> tuple[Format, ...]:
    """All formats of a kind, the default first."""
    return GRAPHS if kind == "graph" else RESULTS


def by_key(kind: Literal["graph", "result"], key: str) -> Format:
    """The format that `?format=` or `--format` names, by its key or by a short name of it.

    Raises: FormatUnknown, listing the keys.
    """
    name = KEYS.get(key.lower(), key.lower())
    for candidate in formats(kind):
        if candidate.key == name:
            return candidate
    listed = ", ".join(candidate.key for candidate in formats(kind))
    raise FormatUnknown(f'There is no format "{key[:40]}" for a {kind}.', f"Use one of: {listed}.")


def by_media_type(kind: Literal["graph", "result"], media_type: str) -> Format:
    """The format of a media type; parameters and case do not matter. Raises: FormatUnknown."""
    name = media_type.partition(";")[0].strip().lower()
    alias = ALIASES.get(name, {}).get(kind)
    for candidate in formats(kind):
        if name in candidate.media_types or candidate.key == alias:
            return candidate
    listed = ", ".join(candidate.media_type for candidate in formats(kind))
    raise FormatUnknown(f'"{name[:80]}" is no media type of a {kind} here.', f"Use one of: {listed}.")


def by_path(path: str | PurePath) -> GraphFormat:
    """The graph format of a file by its name, in which `.gz` does not count. Raises: FormatUnknown."""
    name = PurePath(path)
    suffix = (name.with_suffix("") if name.suffix.lower() == ".gz" else name).suffix.lower()
    for candidate in GRAPHS:
        if suffix in candidate.suffixes:
            return candidate
    listed = ", ".join(candidate.suffixes[0] for candidate in GRAPHS)
    raise FormatUnknown(f'"{name.name}" does not end like an RDF file.', f"Use one of: {listed}.")
