"""What a document says that was read against no real base in, the base that its relative IRIs have out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

import pyoxigraph as ox

from calcigraph.errors import Place
from calcigraph.importing.namespace import namespace_of
from calcigraph.rdf.reading import FileMalformed

_SCHEME: Final = "relative.invalid:"
NOWHERE: Final = f"{_SCHEME}//relative.invalid/document"
"""What relative IRIs are resolved against to find them: what has its scheme is one, whatever it lacks."""
# What names the document itself or a part of it, which any base will do for (RFC 3986, section 4.4).
_SAME_DOCUMENT: Final = re.compile(re.escape(NOWHERE) + r"(?:[?#].*)?", re.DOTALL)
_HIERARCHICAL: Final = re.compile(r"[^:/?#]+:/")


def base_of(
    quads: Iterable[ox.Quad], prefixes: Mapping[str, str], asked: str | None, file: str
) -> str | None:
    """What the relative IRIs of a file are to be read against: what was `asked` for, else the namespace of
    most of its other terms; None where it has none. They may be terms, datatypes and the IRIs of prefixes.

    Cost: linear. Raises: FileMalformed where nothing says so, or it has no path that they could go on from.
    """
    said = list(quads)
    relative = {iri for quad in said for iri in _iris(quad) if iri.startswith(_SCHEME)}
    relative |= {iri for iri in prefixes.values() if iri.startswith(_SCHEME)}
    if not relative:
        return None
    base = asked or _namespace(said)
    if base is None:
        raise FileMalformed(
            "Its IRIs are relative, and nothing says to what.",
            "Name what they are relative to with --base IRI.",
            Place(file),
        )
    if not _HIERARCHICAL.match(base) and not all(map(_SAME_DOCUMENT.fullmatch, relative)):
        raise FileMalformed(
            f"Its IRIs are relative, and <{base}> has no path that they could go on from.",
            "Name an IRI that has one with --base, such as https://example.org/.",
            Place(file),
        )
    return base


def _namespace(quads: Iterable[ox.Quad]) -> str | None:
    subjects = {quad.subject.value for quad in quads if isinstance(quad.subject, ox.NamedNode)}
    known = [iri for iri in subjects if not iri.startswith(_SCHEME)]
    return namespace_of(known).partition("#")[0] if known else None


def _iris(quad: ox.Quad | ox.Triple) -> Iterator[str]:
    graph = (quad.graph_name,) if isinstance(quad, ox.Quad) else ()
    for term in (quad.subject, quad.predicate, quad.object, *graph):
        if isinstance(term, ox.NamedNode):
            yield term.value
        elif isinstance(term, ox.Literal):
            yield term.datatype.value
        elif isinstance(term, ox.Triple):
            yield from _iris(term)
