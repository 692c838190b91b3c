"""The table of formats, in one place: names, media types and file suffixes in, a `Format` out.

What names a format means the same everywhere: in `?format=` of every address and in `--format` of every verb
(see `find`). Importing it loads no RDF library; what pyoxigraph calls a format stands in `native_formats`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePath
from typing import Literal, Protocol, TypeVar, overload

from calcigraph.errors import InputUnreadable, Problem

Kind = Literal["graph", "result"]
_NAME = re.compile(r"[a-z][a-z0-9-]*\Z")
_MEDIA_TYPE = re.compile(r"[a-z]+/[a-z0-9.+-]+\Z")  # RFC 6838 section 4.2, in lower case
_SUFFIX = re.compile(r"\.[a-z][a-z0-9]*\Z")


class FormatUnknown(InputUnreadable):
    """A format, media type or file suffix that is not in the table."""

    title = "The format is not supported"


class FormatUnfit(Problem):
    """A graph or a table that a format cannot hold."""

    title = "The format cannot hold this answer"

    def __init__(
        self, form: str, what: str, instead: str = "Turtle or N-Triples, which hold everything"
    ) -> None:
        super().__init__(f"{form} cannot hold {what}.", f"Ask for {instead}.")


class FormatIncomplete(ValueError):
    """A row of the table that lacks a part, or whose name is taken."""

    def __init__(self, key: str, why: str) -> None:
        super().__init__(f"the format {key!r} {why}")


@dataclass(frozen=True, kw_only=True)
class Format:
    """One way to write a graph or a result; a row has no part that may be left out.

    `key` is its name, `names` are further ones; `media_types` are its names in HTTP, the registered one
    first, and `generic` those that some clients send instead of a specific one; `suffixes` are its file
    endings, the usual one first; `w3c` is its name in http://www.w3.org/ns/formats/; `profiles` are the
    profile IRIs (RFC 6906) that what we write meets. `charset` is whether the media type takes a charset
    parameter.
    Raises: FormatIncomplete.
    """

    key: str
    names: tuple[str, ...]
    media_types: tuple[str, ...]
    generic: tuple[str, ...]
    suffixes: tuple[str, ...]
    w3c: str
    profiles: tuple[str, ...]
    charset: bool

    def __post_init__(self) -> None:
        for part, pattern, values in (
            ("name", _NAME, (self.key, *self.names)),
            ("media type", _MEDIA_TYPE, (*self.media_types, *self.generic) if self.media_types else ()),
            ("suffix", _SUFFIX, self.suffixes),
        ):
            if not values:
                raise FormatIncomplete(self.key, f"has no {part}")
            for value in values:
                if not pattern.match(value):
                    raise FormatIncomplete(self.key, f"has {value!r} for a {part}")
        if not self.w3c:
            raise FormatIncomplete(self.key, "has no name in http://www.w3.org/ns/formats/")

    @property
    def short(self) -> str:
        """Its usual suffix without the dot, which is a name of it as well."""
        return self.suffixes[0][1:]

    @property
    def media_type(self) -> str:
        """The registered media type, without parameters."""
        return self.media_types[0]

    @property
    def content_type(self) -> str:
        """What a Content-Type header says: everything is UTF-8 here."""
        return f"{self.media_type}; charset=utf-8" if self.charset else self.media_type

    @property
    def called(self) -> tuple[Sequence[str], ...]:
        """What it is called, the most telling first; see `find`."""
        return (self.key,), (self.short, *self.names), self.media_types, self.generic


@dataclass(frozen=True, kw_only=True)
class GraphFormat(Format):
    """A format of graphs. `has_graphs` is whether it can name them, `has_prefixes` whether it declares
    prefixes."""

    has_graphs: bool
    has_prefixes: bool


@dataclass(frozen=True, kw_only=True)
class ResultFormat(Format):
    """A format of SELECT and ASK results."""


# The first of each is the default. What stands earlier wins where a client takes either.
GRAPHS: tuple[GraphFormat, ...] = (
    GraphFormat(
        key="turtle",
        names=(),
        media_types=("text/turtle", "application/x-turtle"),
        generic=("text/n3",),
        suffixes=(".ttl",),
        w3c="Turtle",
        profiles=(),
        charset=True,
        has_graphs=False,
        has_prefixes=True,
    ),
    GraphFormat(
        key="n-triples",
        names=("ntriples",),
        media_types=("application/n-triples",),
        generic=("text/plain",),
        suffixes=(".nt",),
        w3c="N-Triples",
        profiles=(),
        charset=False,
        has_graphs=False,
        has_prefixes=False,
    ),
    GraphFormat(
        key="json-ld",
        names=(),
        media_types=("application/ld+json",),
        generic=("application/json",),
        suffixes=(".jsonld",),
        w3c="JSON-LD",
        profiles=("http://www.w3.org/ns/json-ld#compacted",),
        charset=False,
        has_graphs=True,
        has_prefixes=True,
    ),
    GraphFormat(
        key="rdf-xml",
        names=("rdfxml",),
        media_types=("application/rdf+xml",),
        generic=("application/xml", "text/xml"),
        suffixes=(".rdf", ".xml", ".owl"),
        w3c="RDF_XML",
        profiles=(),
        charset=False,
        has_graphs=False,
        has_prefixes=True,
    ),
    GraphFormat(
        key="trig",
        names=(),
        media_types=("application/trig", "application/x-trig"),
        generic=(),
        suffixes=(".trig",),
        w3c="TriG",
        profiles=(),
        charset=False,
        has_graphs=True,
        has_prefixes=True,
    ),
    GraphFormat(
        key="n-quads",
        names=("nquads",),
        media_types=("application/n-quads", "text/x-nquads"),
        generic=(),
        suffixes=(".nq",),
        w3c="N-Quads",
        profiles=(),
        charset=False,
        has_graphs=True,
        has_prefixes=False,
    ),
)
_JSON_LD = next(row for row in GRAPHS if row.key == "json-ld")
# The same media type in a form of its own, for who asks for its profile (JSON-LD 1.1, section 6.1). They
# have no document of their own, so they stand in no list of what there is.
PROFILED: tuple[GraphFormat, ...] = tuple(
    replace(
        _JSON_LD,
        key=f"json-ld-{form}",
        names=(),
        generic=(),
        profiles=(f"http://www.w3.org/ns/json-ld#{form}",),
        has_prefixes=False,
    )
    for form in ("expanded", "flattened")
)
RESULTS: tuple[ResultFormat, ...] = (
    ResultFormat(
        key="json",
        names=(),
        media_types=("application/sparql-results+json",),
        generic=("application/json",),
        suffixes=(".srj",),
        w3c="SPARQL_Results_JSON",
        profiles=(),
        charset=False,
    ),
    ResultFormat(
        key="xml",
        names=(),
        media_types=("application/sparql-results+xml",),
        generic=("application/xml", "text/xml"),
        suffixes=(".srx",),
        w3c="SPARQL_Results_XML",
        profiles=(),
        charset=False,
    ),
    ResultFormat(
        key="csv",
        names=(),
        media_types=("text/csv",),
        generic=(),
        suffixes=(".csv",),
        w3c="SPARQL_Results_CSV",
        profiles=(),
        charset=True,
    ),
    ResultFormat(
        key="tsv",
        names=(),
        media_types=("text/tab-separated-values",),
        generic=(),
        suffixes=(".tsv",),
        w3c="SPARQL_Results_TSV",
        profiles=(),
        charset=True,
    ),
)


class Called(Protocol):
    """Something that a format's name may mean: groups of names, the most telling first."""

    @property
    def called(self) -> tuple[Sequence[str], ...]:
        """The names, in lower case."""
        ...


Candidate = TypeVar("Candidate", bound=Called)


def find(wanted: str, candidates: Iterable[Candidate]) -> Candidate | None:
    """The candidate that a name means: by its key, else by a short name, by its media type, by a generic one,
    or by a media type of `application/` without that. Case does not matter, nor do parameters of a media
    type; of two candidates that are called the same the earlier one is meant.
    """
    name, known = wanted.partition(";")[0].strip().lower(), tuple(candidates)
    for level in range(max((len(candidate.called) for candidate in known), default=0)):
        for candidate in known:
            if any(name in names for names in candidate.called[level : level + 1]):
                return candidate
    return next((c for c in known if any(f"application/{name}" in names for names in c.called)), None)


def distinct(rows: Sequence[Format]) -> None:
    """Check that no two rows have a key, a name, a media type of their own or a suffix in common; generic
    media types may be shared. Raises: FormatIncomplete."""
    taken: dict[str, Format] = {}
    for row in rows:
        for name in sorted({row.key, row.short, *row.names, *row.media_types, *row.suffixes}):
            if taken.setdefault(name, row) is not row:
                raise FormatIncomplete(row.key, f"is called {name!r}, and so is {taken[name].key!r}")


distinct(GRAPHS)
distinct(RESULTS)


def formats(kind: Kind) -> Sequence[Format]:
    """All formats of a kind, the default first."""
    return GRAPHS if kind == "graph" else RESULTS


@overload
def by_name(kind: Literal["graph"], name: str) -> GraphFormat: ...
@overload
def by_name(kind: Literal["result"], name: str) -> ResultFormat: ...
def by_name(kind: Kind, name: str) -> Format:
    """The format of a kind that a name means (see `find`). Raises: FormatUnknown, listing the keys."""
    found = find(name, (*GRAPHS, *PROFILED) if kind == "graph" else RESULTS)
    if found is None:
        listed = ", ".join(candidate.key for candidate in formats(kind))
        raise FormatUnknown(f'There is no format "{name[:40]}" for a {kind}.', f"Use one of: {listed}.")
    return found


def by_path(path: str | PurePath) -> GraphFormat:
    """The graph format of a file by its name, in which `.gz` does not count. Raises: FormatUnknown."""
    name = PurePath(path)
    suffix = (name.with_suffix("") if name.suffix.lower() == ".gz" else name).suffix.lower()
    for candidate in GRAPHS:
        if suffix in candidate.suffixes:
            return candidate
    listed = ", ".join(candidate.suffixes[0] for candidate in GRAPHS)
    raise FormatUnknown(f'"{name.name}" does not end like an RDF file.', f"Use one of: {listed}.")
