"""A Turtle file of a root: its path in; its statements, and the lines on which a curator finds them, out.

A file can keep what was parsed, for those who come back to it again and again (judging, reasoning, a check),
or parse anew each time, for those who seldom do and live long (a server).
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

import pyoxigraph as ox

from calcigraph.errors import Finding, Place, Problem, RootInvalid
from calcigraph.rdf.blocks import Block, TurtleMalformed, blocks, labelled_blank_nodes
from calcigraph.rdf.places import Places
from calcigraph.rdf.terms import Term

Broken = list[Finding]


class RootChanged(Problem):
    """A file that is no more what it was when the root was read."""

    title = "The root has changed"


@dataclass(frozen=True)
class StoredText:
    """A text that stays on disk, with the SHA-256 of its bytes, so that no other one is taken for it."""

    folder: Path = field(repr=False)
    path: str
    digest: str

    def read(self) -> str:
        """The text. Cost: reads the file. Raises: RootChanged; RootInvalid where it is not UTF-8."""
        try:
            raw = (self.folder / self.path).read_bytes()
        except OSError:
            raw = None
        if raw is None or hashlib.sha256(raw).hexdigest() != self.digest:
            raise RootChanged(
                "The file has changed since the root was read.", "Start again.", Place(self.path)
            )
        return decoded(self.path, raw)


@dataclass(frozen=True)
class TurtleFile:
    """A Turtle file: its path relative to the root, and its text or where that is.

    `keeps` says whether what was parsed is kept in memory, some 500 bytes a triple.
    """

    path: str
    content: str | StoredText = field(repr=False)
    keeps: bool = True

    @property
    def text(self) -> str:
        """The text of the file. Raises: see `StoredText.read`."""
        return self.content if isinstance(self.content, str) else self.content.read()

    @property
    def blocks(self) -> tuple[Block, ...]:
        """The statements of the file, in order.

        Cost: about 60,000 triples a second, each time where nothing is kept.
        Raises: RootInvalid with what is wrong with the file, RootChanged.
        """
        return self._parsed.blocks

    @property
    def findings(self) -> Broken:
        """What is wrong with the file; nothing where it can be used. Raises: RootChanged."""
        try:
            self.blocks  # noqa: B018 - judging a file is splitting it
        except RootInvalid as invalid:
            return invalid.findings
        return []

    @property
    def triples(self) -> tuple[ox.Triple, ...]:
        """All triples of the file, in the order of its statements, repetitions included.

        Cost: see `blocks`.
        """
        return self._parsed.triples

    def place(
        self,
        node: ox.NamedNode | ox.BlankNode,
        predicate: ox.NamedNode | None = None,
        value: Term | None = None,
    ) -> Place | None:
        """Where the file speaks of `node`; with a predicate, where it has its first value, or with a `value`
        just that one. None where the file does not say this. Cost: see `blocks`."""
        places = self._parsed.places
        if predicate is not None and value is not None:
            line = places.line_of(ox.Triple(node, predicate, value))
        elif predicate is not None:
            line = places.line_of_property(node, predicate)
        else:
            line = places.line_of_node(node) if places.describes(node) else 0
        return Place(self.path, line) if line else None

    def weight(self, node: ox.NamedNode | ox.BlankNode) -> tuple[bool, int]:
        """Whether the file says what kind of thing `node` is, and how many statements it makes about it.
        Cost: see `blocks`."""
        return self._parsed.places.weight(node)

    def mention(self, node: object) -> Place | None:
        """The first line that names `node` in any position; None where none does. Cost: see `blocks`."""
        line = self._parsed.places.line_of_node(node)
        return Place(self.path, line) if line else None

    def without_contents(self) -> TurtleFile:
        """The same file, of which nothing that is parsed is kept."""
        return replace(self, keeps=False)

    @property
    def _parsed(self) -> _Parsed:
        return self._kept if self.keeps else _Parsed(self.path, self.text)

    @cached_property
    def _kept(self) -> _Parsed:
        return _Parsed(self.path, self.text)


class _Parsed:
    """What was made of the text of a file."""

    def __init__(self, path: str, text: str) -> None:
        self._text = text
        self.blocks = _split(path, text)

    @cached_property
    def triples(self) -> tuple[ox.Triple, ...]:
        return tuple(triple for block in self.blocks for triple in block.triples)

    @cached_property
    def places(self) -> Places:
        return Places(self._text, self.blocks)


def decoded(path: str, raw: bytes) -> str:
    """The bytes of the file `path` as text.

    Raises: RootInvalid where they are not UTF-8 (Turtle section 4.1).
    """
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise RootInvalid(
            [Finding("encoding", Place(path, line), "The file is not UTF-8.", "Save it as UTF-8.")]
        ) from None


def _split(path: str, text: str) -> tuple[Block, ...]:
    """The statements of a text; refused are broken syntax and labelled blank nodes.

    A labelled blank node cannot be cited, named by an edit or kept apart from its namesake in
    another file, so a root has none; nested `[]` belong to the statement around them.
    Raises: RootInvalid.
    """
    labels = labelled_blank_nodes(text)
    if labels:
        raise RootInvalid([_labelled(path, label, line) for label, line in labels])
    try:
        return tuple(blocks(text, path))
    except TurtleMalformed as error:
        place = error.place or Place(path)
        raise RootInvalid([Finding("syntax", place, error.detail, error.remedy)]) from None


def _labelled(path: str, label: str, line: int) -> Finding:
    return Finding(
        "blank-nodes",
        Place(path, line),
        "A labelled blank node cannot be cited or edited.",
        "Give it an IRI, or write it nested as [ … ].",
        node=label,
    )
