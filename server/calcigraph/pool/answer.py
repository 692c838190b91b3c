"""The values that the pool takes and gives: a query, and its answer."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple, Protocol

from calcigraph.engine.result_formats import Form


class Query(NamedTuple):
    """One query, and how it is to be answered.

    `default_graphs` and `named_graphs` are the IRIs of the protocol's dataset, which takes the place
    of FROM (SPARQL 1.1 Protocol, section 2.1.4). `inference` says whether the graphs of derived and inferred
    triples are seen. `timeout_s` None means the pool's own limit, and no more than that is given.
    `results_format` and `graph_format` are keys of `calcigraph.engine.result_formats`: the formats for SELECT
    and ASK, and for CONSTRUCT and DESCRIBE; None where the client accepts none. Relative IRIs are resolved
    against `base_iri`. Where it `explains_empty`, the answer is an encoded
    `calcigraph.emptiness.EmptyReason` of why that of the query is empty.
    """

    text: str
    default_graphs: tuple[str, ...] = ()
    named_graphs: tuple[str, ...] = ()
    inference: bool = True
    timeout_s: float | None = None
    results_format: str | None = "json"
    graph_format: str | None = "turtle"
    base_iri: str | None = None
    explains_empty: bool = False


class ByteSource(Protocol):
    """What the rest of a long answer is read from."""

    def more(self) -> bytes | None:
        """The next piece, None at the end. Raises: the Problem that ended the query before its end."""

    def abandon(self) -> None:
        """End the query; does nothing where it has ended."""


class Body:
    """The bytes of an answer: an iterator that can be read once, and is closed then.

    A long answer can still fail while it is read: iteration then raises a Problem, and what was read
    must not be passed off as whole. Closing early ends the query.
    """

    def __init__(self, pieces: list[bytes], source: ByteSource | None) -> None:
        self._pieces = iter(pieces)
        self._source = source

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        piece = next(self._pieces, None)
        if piece is None and self._source is not None:
            piece = self._source.more()
        if piece is None:
            self._source = None
            raise StopIteration
        return piece

    def close(self) -> None:
        """Free the worker; what has not been read is lost."""
        source, self._source = self._source, None
        self._pieces = iter(())
        if source is not None:
            source.abandon()

    def __del__(self) -> None:
        self.close()


class Answer(NamedTuple):
    """An answer: `format` is a key of `calcigraph.engine.result_formats`, `version` the number of diffs that
    had been published to the data it is from. `content` is the whole answer, or None where it is
    long and has to be read from `body`. `is_empty` says that it has no row or triple, or is
    false; `is_volatile` that another evaluation over the same data may give another one."""

    form: Form
    format: str
    version: int
    content: bytes | None
    body: Body
    is_empty: bool = False
    is_volatile: bool = False
