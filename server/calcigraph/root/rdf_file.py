"""An RDF file of a root: its path in; its statements, and the lines on which a curator finds them, out.

The format goes by the suffix. A file can keep what was parsed, for those who come back to it again and again
(judging, reasoning, a check), or parse anew each time, for those who seldom do and live long (a server).
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import chain
from pathlib import Path

import pyoxigraph as ox

from calcigraph.errors import Finding, Place, Problem, RootInvalid
from calcigraph.rdf.diagnosis import NotUtf8
from calcigraph.rdf.document import Document, read_document
from calcigraph.rdf.formats import GRAPHS, GraphFormat, by_path
from calcigraph.rdf.terms import Term

Broken = list[Finding]
SUFFIXES = tuple(suffix for form in GRAPHS for suffix in form.suffixes)
"""What the name of a file ends in that a root reads as RDF."""


class RootChanged(Problem):
    """A file that is no more what it was when the root was read."""

    title = "The root has changed"


@dataclass(frozen=True)
class StoredContent:
    """Bytes that stay on disk, with their SHA-256, so that no other ones are taken for them."""

    folder: Path = field(repr=False)
    path: str
    digest: str

    def read(self) -> bytes:
        """The bytes. Cost: reads the file. Raises: RootChanged."""
        try:
            raw = (self.folder / self.path).read_bytes()
        except OSError:
            raw = None
        if raw is None or hashlib.sha256(raw).hexdigest() != self.digest:
            raise RootChanged(
                "The file has changed since the root was read.", "Start again.", Place(self.path)
            )
        return raw


@dataclass(frozen=True)
class RdfFile:
    """An RDF file: its path relative to the root, and its bytes or where they are.

    `base` is what its relative IRIs are resolved by unless it says so itself: the IRI of its graph. `keeps`
    says whether what was parsed is kept in memory, some 500 bytes a triple.
    """

    path: str
    content: bytes | StoredContent = field(repr=False)
    base: str | None = None
    keeps: bool = True

    @property
    def raw(self) -> bytes:
        """The bytes of the file. Raises: see `StoredContent.read`."""
        return self.content if isinstance(self.content, bytes) else self.content.read()

    def head(self, size: int) -> bytes:
        """The first bytes of the file; none where it is gone."""
        if isinstance(self.content, bytes):
            return self.content[:size]
        try:
            with (self.content.folder / self.content.path).open("rb") as file:
                return file.read(size)
        except OSError:
            return b""

    @property
    def form(self) -> GraphFormat:
        """The format, by the suffix."""
        return by_path(f"file{self._suffix}")

    @property
    def name(self) -> str:
        """The path without its suffix, after which the file's graph is named."""
        return self.path[: -len(self._suffix)]

    @property
    def _suffix(self) -> str:
        # A whole name may be one.
        return next(suffix for suffix in SUFFIXES if self.path.lower().endswith(suffix))

    @property
    def document(self) -> Document:
        """What the file says. Blank nodes are named after the file.

        Cost: see `read_document`, each time where nothing is kept.
        Raises: RootInvalid with what is wrong with the file, RootChanged.
        """
        return self._kept if self.keeps else self._read()

    @property
    def findings(self) -> Broken:
        """What is wrong with the file; nothing where it can be used. Raises: RootChanged."""
        try:
            self.document  # noqa: B018 - judging a file is reading it
        except RootInvalid as invalid:
            return invalid.findings
        return []

    @property
    def triples(self) -> tuple[ox.Triple, ...]:
        """All triples of the file, in whichever graph, in order, repetitions included.

        Cost: see `document`.
        """
        document = self.document
        if not document.named:
            return document.triples
        return tuple(chain(document.triples, *document.named.values()))

    @property
    def named(self) -> Mapping[ox.NamedNode, tuple[ox.Triple, ...]]:
        """The triples of each graph that the file names itself; those of the others go into the file's own
        graph. Cost: see `document`."""
        return self.document.named if self.form.has_graphs else {}

    @cached_property
    def graphs(self) -> tuple[ox.NamedNode, ...]:
        """The graphs that the file names itself. Cost: that of `document`, once."""
        return tuple(self.named)

    @property
    def prefixes(self) -> Mapping[str, str]:
        """The prefixes that the file declares. Cost: see `document`."""
        return self.document.prefixes

    def place(
        self,
        node: ox.NamedNode | ox.BlankNode,
        predicate: ox.NamedNode | None = None,
        value: Term | None = None,
    ) -> Place | None:
        """Where the file speaks of `node`; with a predicate, where it has its first value, or with a `value`
        just that one. None where the file does not say this. Cost: see `document`."""
        places = self.document.places
        if predicate is not None and value is not None:
            line = places.line_of(ox.Triple(node, predicate, value))
        elif predicate is not None:
            line = places.line_of_property(node, predicate)
        else:
            line = places.line_of_node(node) if places.describes(node) else 0
        return Place(self.path, line) if line else None

    def weight(self, node: ox.NamedNode | ox.BlankNode) -> tuple[bool, int]:
        """Whether the file says what kind of thing `node` is, and how many statements it makes about it.
        Cost: see `document`."""
        return self.document.places.weight(node)

    def mention(self, node: object) -> Place | None:
        """The first line that names `node` in any position; None where none does. Cost: see `document`."""
        line = self.document.places.line_of_node(node)
        return Place(self.path, line) if line else None

    def without_contents(self) -> RdfFile:
        """The same file, of which nothing that is parsed is kept."""
        return replace(self, keeps=False)

    @cached_property
    def _kept(self) -> Document:
        return self._read()

    def _read(self) -> Document:
        try:
            return read_document(self.raw, self.form, self.path, self.base)
        except RootChanged:
            raise
        except Problem as problem:
            check = "encoding" if isinstance(problem, NotUtf8) else "syntax"
            finding = Finding(check, problem.place or Place(self.path), problem.detail, problem.remedy)
            raise RootInvalid([finding]) from None
