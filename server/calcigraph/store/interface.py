"""What answers queries and describes resources, as the web and the command line know it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

import pyoxigraph as ox

from calcigraph.describe import Describer, Description
from calcigraph.edition import Change, ChangeOutcome, Edition, Match
from calcigraph.pool import Answer, Attempt, Query
from calcigraph.reasoning import Proofs
from calcigraph.store.document_contents import DocumentContent
from calcigraph.store.documents import Document


class Engine(Protocol):
    """Editions of the data, and answers from them. All methods may be called from any thread.

    What is asked of an edition is answered from that one; a query is answered from the newest one, and its
    answer says which that was.
    """

    @property
    def edition(self) -> Edition:
        """The newest edition."""

    @property
    def callers(self) -> int:
        """How many queries may be under way or wait at the same time."""

    @property
    def descriptors(self) -> int:
        """How many descriptors it takes of this process, at most."""

    def edition_at(self, number: int) -> Edition:
        """An edition that an answer came from, however long ago."""

    def ask(self, query: Query, gone: Callable[[], bool] | None = None, since: float | None = None) -> Answer:
        """Evaluate a query; see `Pool.ask` for what `gone` and `since` are and what it raises."""

    def attempt(
        self,
        query: Query,
        woken: Callable[[], None],
        gone: Callable[[], bool] | None = None,
        since: float | None = None,
    ) -> Answer | Attempt:
        """As `ask`, but never waits; see `Pool.attempt`."""

    def describer(self, edition: Edition) -> Describer:
        """What describes the resources of an edition, for pages that ask many things of it."""

    def describe(self, edition: Edition, node: ox.NamedNode, offset: int | None = 0) -> Description | None:
        """What an edition says of `node`; None where it says nothing. See `Describer.describe`."""

    def explain(self, edition: Edition, triple: ox.Triple, limit: int = 1) -> Proofs:
        """Proofs of a triple, the flattest first, `limit` at most; none where it does not hold.

        Raises: EditionPassed, WriterUnavailable.
        """

    def search(self, edition: Edition, text: str, most: int) -> Sequence[Match]:
        """The resources that are called `text`, or nearly so. See `Names.find`."""

    def document(
        self,
        edition: Edition,
        content: DocumentContent,
        gzip_from: int | None = None,
        gone: Callable[[], bool] | None = None,
    ) -> Document:
        """A file with some content of an edition, compressed where it has `gzip_from` bytes. Made once, in
        bounds, for all who ask; see `Documents.of` for what `gone` is and what it raises.
        """

    def publish(self, change: Change, ready: Callable[[Edition], None] = ...) -> ChangeOutcome:
        """Change the data: every query asked from now on sees the next edition.

        `ready` is called with that edition before any answer can come from it. Raises: ChangeRefused, and
        what the reasoner raises; then nothing has changed.
        """

    def counts(self) -> Mapping[str, int]:
        """Gauges and counters of the processes that answer."""

    def close(self) -> None:
        """End every process; what is asked meanwhile fails with a Problem."""
