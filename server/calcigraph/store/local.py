"""The engine on this machine: queries in killable processes, proofs and changes in the writer's process,
look-ups in an index on disk. What stays in this process does not grow with the data."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Final

from calcigraph.edition import Change, ChangeOutcome, Edition, EditionCache
from calcigraph.edition.files import closing_name
from calcigraph.edition.writer_process import WriterProcess, assembled_apart
from calcigraph.edition.writer_start import WriterStart
from calcigraph.logs import QUERIES
from calcigraph.pool import Answer, Attempt, Pool, Query, QueryLimits
from calcigraph.root import Root, RootChanged
from calcigraph.settings import ReasonerLimits, ReasonerName, Settings
from calcigraph.store.answered import engine_diff
from calcigraph.store.documents import DocumentLimits
from calcigraph.store.editions import EditionAnswers

# Earlier ones are made again where an answer that took long is from one of them.
_KEPT: Final = 16
# Each of the threads that make pages reads the first index, and the changed one with its log.
_OF_PAGES: Final = 3 * 32
# The writer's connection and what it takes to start it, locks, and dumps that are made or sent.
_OF_FILES: Final = 32


def _ready(_edition: Edition) -> None:
    """Nobody has to know."""


class LocalEngine(EditionAnswers):
    """Editions of one root: the newest for whoever asks now, earlier ones for whoever has begun."""

    def __init__(
        self,
        edition: Edition,
        pool: Pool,
        reasoner: ReasonerName = Settings.reasoner,
        limits: DocumentLimits | None = None,
        bounds: ReasonerLimits | None = None,
    ) -> None:
        """`pool` answers from `edition`, whose work folder and processes are this engine's from now on."""
        assert edition.files.owner is not None
        super().__init__(edition.files.owner, limits or DocumentLimits())
        self._pool = pool
        self._folder = edition.files.owner
        self._reasoner: ReasonerName = reasoner
        self._bounds = bounds
        self._writer = WriterProcess(self._source(edition))
        self._first = self._edition = replace(edition, prover=self._writer)
        self._editions = OrderedDict({edition.number: self._first})
        # Each with the number of the edition that it came with.
        self._roots = [(edition.number, edition.root)]
        self._publishing = threading.Lock()

    @classmethod
    def start(
        cls, root: Root, settings: Settings, cache: EditionCache, bounds: ReasonerLimits | None = None
    ) -> LocalEngine:
        """Answer for a root, from files that are found made, or that another process makes within `bounds`,
        so that nothing of the work stays in this one.

        Cost: with a warm cache some hundred bytes a quad in the processes for queries, and a second for each
        million. Raises: RootInvalid, AllowListMalformed, EngineUnavailable, WriterUnavailable;
        EvaluationStopped for a rule that takes too long.
        """
        folder = cache.work_folder()
        files = cache.recall(root.digest, closing_name(settings.reasoner, bounds), folder)
        if files is None:
            files = assembled_apart(
                root.folder, settings.reasoner, folder, settings.file_timeout, limits=bounds
            )
        edition = Edition.open(root.without_contents(), files)
        if edition.digest != root.digest:
            raise RootChanged(
                "Files of the root were changed while it was read.", "Start again when they are saved."
            )
        pool = _pool(edition, settings)
        return cls(edition, pool, settings.reasoner, DocumentLimits.of(settings), bounds)

    @property
    def edition(self) -> Edition:
        """The newest edition."""
        return self._edition

    @property
    def callers(self) -> int:
        """How many queries may be under way or wait at the same time."""
        return self._pool.limits.callers

    @property
    def descriptors(self) -> int:
        """How many descriptors it takes of this process, at most: processes, files, and what pages read."""
        return descriptors_of(self._pool.limits)

    def edition_at(self, number: int) -> Edition:
        """An edition that an answer came from. All stay in the index; the newest ones also in memory."""
        found = self._editions.get(number)
        if found is not None:
            return found
        if number == self._first.number:
            return self._first
        root = next(root for since, root in reversed(self._roots) if since <= number)
        return replace(self._edition, number=number, root=root)

    def ask(self, query: Query, gone: Callable[[], bool] | None = None, since: float | None = None) -> Answer:
        """See `Pool.ask`."""
        QUERIES.info("query: %s", query.text)
        return self._pool.ask(query, gone, since)

    def attempt(
        self,
        query: Query,
        woken: Callable[[], None],
        gone: Callable[[], bool] | None = None,
        since: float | None = None,
    ) -> Answer | Attempt:
        """See `Pool.attempt`."""
        QUERIES.info("query: %s", query.text)
        return self._pool.attempt(query, woken, gone, since)

    def publish(self, change: Change, ready: Callable[[Edition], None] = _ready) -> ChangeOutcome:
        """Make the next edition, let `ready` know, then have every query see it.

        Cost: what follows the change. Raises: ChangeRefused, LimitMet, WriterUnavailable; the edition is then
        the same as before. EngineUnavailable where the processes for queries are gone.
        """
        with self._publishing:
            outcome = self._writer.after(change)
            if outcome.number == self._edition.number:
                return outcome
            try:
                edition = self._following(outcome)
                self._keep(edition)
                ready(edition)
                self._pool.publish(engine_diff(self._edition, edition, outcome))
            except BaseException:
                self._editions.pop(outcome.number, None)
                self._writer.back_to(self._edition.number)
                raise
            if outcome.root is not None:
                self._roots.append((edition.number, edition.root))
            self._edition = edition
            self._documents.keep_only(edition.number)
            return outcome

    def counts(self) -> Mapping[str, int]:
        """See `Pool.counts` and `Documents.counts`."""
        return {**self._pool.counts(), **self._documents.counts()}

    def close(self) -> None:
        """End every process, and remove the files."""
        self._pool.close()
        self._writer.close()
        self._documents.close()
        self._folder.close()

    def _source(self, edition: Edition) -> WriterStart:
        return WriterStart(
            *(edition.root, edition.number, edition.files.folder, self._folder.path),
            *(self._reasoner, self._bounds),
        )

    def _following(self, outcome: ChangeOutcome) -> Edition:
        newest, root = self._edition, outcome.root or self._edition.root
        if not newest.number:
            return replace(Edition.open(root, newest.files.changed), prover=self._writer)
        return replace(newest, root=root, number=outcome.number)

    def _keep(self, edition: Edition) -> None:
        self._editions[edition.number] = edition
        while len(self._editions) > _KEPT:
            self._editions.popitem(last=False)


def descriptors_of(limits: QueryLimits) -> int:
    """How many descriptors an engine with such limits takes of its process, at most."""
    return limits.descriptors + _OF_PAGES + _OF_FILES


def _pool(edition: Edition, settings: Settings) -> Pool:
    return Pool.start(
        edition.nquads(),
        limits=QueryLimits.of(settings),
        default_graph=settings.default_graph,
        unasserted=edition.root.inferences,
        prefixes=edition.root.prefixes.mapping,
        allow_service=settings.allow_service,
    )
