"""What a query is and what its answer is: the values that the pool takes and gives."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

from calcigraph.engine.result_formats import Form


class Query(NamedTuple):
    """One query with what was settled about it before.

    `default_graphs` and `named_graphs` are the IRIs of the protocol's dataset, which takes the place
    of FROM (SPARQL 1.1 Protocol, section 2.1.4). `timeout_s` None means the pool's own limit, and no
    more than that is given. `results_format` and `graph_format` are keys of `calcigraph.engine.
    formats`: how SELECT and ASK, and how CONSTRUCT and DESCRIBE, are to be answered; None where
    nothing fits.
    """

    text: str
    default_graphs: tuple[str, ...] = ()
    named_graphs: tuple[str, ...] = ()
    inference: bool = True
    timeout_s: float | None = None
    results_format: str | None = "json"
    graph_format: str | None = "turtle"
    base_iri: str | None = None


class ByteSource(Protocol):
    """Where the rest of a long answer comes from."""

    def more(self) -> bytes | None:
        """The next piece, None at the end. Raises: a Problem where there will be no end."""

    def abandon(self) -> None:
        """Stop it; harmless when it has ended."""


class Body:
    """The bytes of an answer, to be read once, then closed.

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
        """Let go of the worker; what has not been read is lost."""
        source, self._source = self._source, None
        self._pieces = iter(())
        if source is not None:
            source.abandon()

    def __del__(self) -> None:
        self.close()


@dataclass(frozen=True)
class Answer:
    """An answer: `format` is a key of `calcigraph.engine.result_formats`, `version` the number of diffs that
    had been published to the data it is from. `content` is the whole answer, or None where it is
    long and has to be read from `body`."""

    form: Form
    format: str
    version: int
    content: bytes | None
    body: Body = field(repr=False)
