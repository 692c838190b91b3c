"""One RDF file of any format in, its statements, prefixes and digest out."""

from __future__ import annotations

import gzip
import hashlib
import re
import unicodedata
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import pyoxigraph as ox

from calcigraph.errors import Place, Problem
from calcigraph.importing.base import NOWHERE, base_of
from calcigraph.rdf.document import read_document
from calcigraph.rdf.formats import FormatUnknown, GraphFormat, by_name, by_path
from calcigraph.rdf.iris import named_node
from calcigraph.rdf.prefixes import PREFIX, Prefixes
from calcigraph.rdf.reading import FileMalformed
from calcigraph.rdf.recognition import BY_SUFFIX, recognised
from calcigraph.rdf.tokens import TERMINALS

# More than what is published packed has in it; a file of some megabytes may stand for any number of them.
_MOST_UNPACKED: Final = 1 << 30
# What the beginning of a text tells apart.
_FAMILY: Final = {
    **dict.fromkeys(("turtle", "trig", "n-triples", "n-quads"), "Turtle"),
    "rdf-xml": "XML",
    "json-ld": "JSON",
}


@dataclass(frozen=True)
class Source:
    """What a file says. `name` is that of the file without its folder, `data` are its bytes, unpacked, and
    `digest` is their SHA-256. `is_misnamed` is whether its name speaks of another format than it has.

    `base` is what its relative IRIs were read against where the file does not say so, None where it has none,
    and `is_guessed` whether nobody who asked said so either. `comments` is the number of its comments, which
    no triple holds; `unwritten` are its prefixes that Turtle of this program does not use.
    """

    name: str
    digest: str
    form: GraphFormat
    is_misnamed: bool
    quads: frozenset[ox.Quad]
    prefixes: Prefixes
    unwritten: tuple[str, ...]
    comments: int
    base: str | None
    is_guessed: bool
    data: bytes = field(repr=False)

    @property
    def is_turtle(self) -> bool:
        """Whether its bytes may stand in a root as they are: Turtle that needs no base from elsewhere."""
        return self.form.key == "turtle" and self.base is None

    @property
    def slug(self) -> str:
        """What files are called that are made of it: lower-case letters, digits and hyphens."""
        stem = self.name.removesuffix(".gz").rpartition(".")[0] or self.name
        return slug(stem)


def slug(text: str) -> str:
    """A text as part of a path and of an IRI."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-") or "unnamed"


def read_source(path: Path, base: str | None = None) -> Source:
    """Read a file in the format that it has, whatever its name says, its relative IRIs against `base`.

    Without one they are read against the namespace of most of the file's other terms, as the path of the file
    is no part of what it says. Blank nodes of two files stay apart. Nothing is fetched.

    Cost: that of `read_document`, twice where there are relative IRIs.
    Raises: FormatUnknown, FileMalformed, IriMalformed for a `base` that is none.
    """
    asked = named_node(base).value if base is not None else None
    data = _bytes(path)
    form, is_misnamed = _form(path, data)
    quads, prefixes = _parsed(path.name, data, form, NOWHERE)
    chosen = base_of(quads, prefixes, asked, path.name)
    if chosen is not None:
        quads, prefixes = _parsed(path.name, data, form, chosen)
    return Source(
        path.name,
        hashlib.sha256(data).hexdigest(),
        form,
        is_misnamed,
        quads,
        Prefixes.of_file({prefix: iri for prefix, iri in prefixes.items() if prefix != "xml"}),
        tuple(sorted(prefix for prefix in prefixes if not PREFIX.fullmatch(prefix))),
        _comments(data, form),
        chosen,
        chosen is not None and asked is None,
        data,
    )


def _form(path: Path, data: bytes) -> tuple[GraphFormat, bool]:
    """The format of a file, and whether its name speaks of another one.

    Raises: FormatUnknown; FileMalformed for a format that others convert.
    """
    found = recognised(data)
    try:
        named = by_path(path)
    except FormatUnknown:
        other = found or BY_SUFFIX.get(path.suffix.lower())
        if other is None:
            raise
        if not other.key:
            raise FileMalformed(
                f"It is {other.name}.", other.remedy_for(path.name), Place(path.name)
            ) from None
        return by_name("graph", other.key), True
    # Lines of N-Triples are Turtle as well, so the beginning does not tell these apart.
    is_other = found is not None and found.key in _FAMILY and _FAMILY[found.key] != _FAMILY[named.key]
    return (by_name("graph", found.key), True) if found is not None and is_other else (named, False)


def _bytes(path: Path) -> bytes:
    try:
        return _unpacked(path) if path.suffix.lower() == ".gz" else path.read_bytes()
    except (zlib.error, EOFError, gzip.BadGzipFile):
        raise FileMalformed("It is not what gzip writes.", "Pack it anew.", Place(path.name)) from None
    except OSError as error:
        raise FileMalformed(
            f"It cannot be read: {error.strerror}.", "Let this program read it.", Place(path.name)
        ) from None


def _unpacked(path: Path) -> bytes:
    with gzip.open(path) as file:
        data = file.read(_MOST_UNPACKED + 1)
    if len(data) > _MOST_UNPACKED:
        raise FileMalformed(
            f"It has more than {_MOST_UNPACKED:,} bytes in it.", "Unpack it first.", Place(path.name)
        )
    return data


def _parsed(
    name: str, data: bytes, form: GraphFormat, base: str
) -> tuple[frozenset[ox.Quad], Mapping[str, str]]:
    try:
        document = read_document(data, form, name, base)
    except Problem as problem:
        raise FileMalformed(problem.detail, problem.remedy, problem.place or Place(name)) from None
    quads = {ox.Quad(t.subject, t.predicate, t.object) for t in document.triples}
    for graph, triples in document.named.items():
        quads |= {ox.Quad(t.subject, t.predicate, t.object, graph) for t in triples}
    return frozenset(quads), document.prefixes


def _comments(data: bytes, form: GraphFormat) -> int:
    if form.key == "rdf-xml":
        return data.count(b"<!--")
    if form.key in ("turtle", "trig", "n-triples", "n-quads") and b"#" in data:
        text = data.decode("utf-8", "replace")
        return sum(match.lastgroup == "comment" for match in TERMINALS.finditer(text))
    return 0
