"""Large documents: an edition and what is to be said of it in, a file out, made once for all who ask."""

from __future__ import annotations

import logging
import threading
import time
import weakref
from collections import OrderedDict, deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, NamedTuple

from calcigraph.edition import Edition, WorkFolder
from calcigraph.errors import Problem
from calcigraph.settings import Settings
from calcigraph.store.document_contents import DocumentContent
from calcigraph.store.document_maker import REST_S, RETRY_AFTER_S, Job, MadeFile, Maker, MakerLimits
from calcigraph.store.document_problems import DocumentLost, DocumentsBusy, DocumentTimedOut, ReaderGone

_LOG = logging.getLogger(__name__)
_MIB: Final = 1 << 20
_LOOK_S: Final = 0.1
# Whoever ends processes may end the next one too.
_TRIES: Final = 2


@dataclass(frozen=True)
class DocumentLimits:
    """How much large documents may take.

    `at_once` are made at the same time, each in a process that may take `memory_mib` and `seconds`. So many
    `clients` may wait for documents, none of them for longer than `seconds`. Those that are made are kept in
    `disk_mib`, and none is longer than that; beyond it go those that nobody has asked for the longest, each
    when the last client that it is sent to has it.
    """

    at_once: int = Settings.documents
    seconds: float = Settings.document_timeout
    memory_mib: int = Settings.document_memory_mib
    disk_mib: int = Settings.document_disk_mib
    clients: int = 64

    @classmethod
    def of(cls, settings: Settings) -> DocumentLimits:
        """The limits that the settings of a server ask for."""
        return cls(
            settings.documents,
            settings.document_timeout,
            settings.document_memory_mib,
            settings.document_disk_mib,
        )


class Document:
    """A file that is whole: `size` in bytes, SHA-256, and the content coding, "" or "gzip". It stays at
    `path` as long as somebody has the value."""

    def __init__(self, path: Path, made: MadeFile) -> None:
        self.size = made.size
        self.sha256 = made.sha256
        self.encoding = made.encoding
        self.path = path
        self._removing = weakref.finalize(self, _remove, path)


class _Key(NamedTuple):
    """What tells one document from another."""

    number: int
    content: DocumentContent
    gzip_from: int | None


@dataclass(eq=False)
class _Making:
    """A document that is being made, or waits for its turn.

    `clients` wait for it. Once one of them was told to come back it is `promised`, and made to the end; else
    it is ended with the last of them.
    """

    key: _Key
    job: Job
    clients: int = 0
    promised: bool = False
    maker: Maker | None = None
    outcome: Document | Problem | None = None


@dataclass
class _Counts:
    """What was done since the start."""

    made: int = 0
    failed: int = 0


@dataclass(frozen=True)
class _Failure:
    """A document that could not be made, and when (by `monotonic`)."""

    problem: Problem
    since: float = field(default_factory=time.monotonic)

    def is_fresh(self) -> bool:
        """Whether it is not to be tried again yet."""
        return time.monotonic() - self.since < REST_S


class Documents:
    """The large documents of editions. May be used by any number of threads."""

    def __init__(self, folder: WorkFolder, limits: DocumentLimits) -> None:
        """`folder` is where they are put."""
        self._folder = folder.path / "documents"
        self._limits = limits
        self._changed = threading.Condition()
        self._kept: OrderedDict[_Key, Document] = OrderedDict()
        self._failures: dict[_Key, _Failure] = {}
        self._makings: dict[_Key, _Making] = {}
        self._queue: deque[_Making] = deque()
        self._at_work: set[_Making] = set()
        self._newest = 0
        self._files = 0
        self._closed = False
        self._counts = _Counts()

    def of(
        self,
        edition: Edition,
        content: DocumentContent,
        gzip_from: int | None,
        gone: Callable[[], bool] | None,
    ) -> Document:
        """The document of an edition that says `content`, compressed where it has `gzip_from` bytes.

        Made when it is first asked for; whoever asks meanwhile waits for the same one. `gone` says whether
        who asks has left. Raises: DocumentsBusy, DocumentTimedOut, DocumentTooBig, NoRoomForDocument,
        DocumentLost, FormatUnfit; ReaderGone.
        """
        key = _Key(edition.number, content, gzip_from)
        with self._changed:
            found = self._known(key)
            return found if found is not None else self._awaited(self._making(key, edition), gone)

    def keep_only(self, number: int) -> None:
        """From now on keep the documents of this edition, and let those of others go."""
        with self._changed:
            self._newest = number
            for key in [key for key in self._kept if key.number != number]:
                del self._kept[key]
            for key in [key for key in self._failures if key.number != number]:
                del self._failures[key]

    def counts(self) -> Mapping[str, int]:
        """Gauges and counters, by name."""
        with self._changed:
            return {
                "documents_at_work": len(self._at_work),
                "documents_waiting": sum(making.clients for making in self._makings.values()),
                "documents_bytes": self._size(),
                "documents_made": self._counts.made,
                "documents_failed": self._counts.failed,
            }

    def close(self) -> None:
        """End what is at work; who waits is told so."""
        with self._changed:
            self._closed = True
            for making in self._at_work:
                if making.maker is not None:
                    making.maker.kill()
            for making in self._queue:
                self._end(making, DocumentLost(RETRY_AFTER_S))
            self._queue.clear()
            self._changed.wait_for(lambda: not self._at_work, RETRY_AFTER_S)
            self._kept.clear()

    def _known(self, key: _Key) -> Document | None:
        """What was made. Raises: what kept it from being made a moment ago."""
        found = self._kept.get(key)
        if found is not None:
            self._kept.move_to_end(key)
            return found
        failure = self._failures.get(key)
        if failure is not None and failure.is_fresh():
            raise failure.problem.again()
        return None

    def _making(self, key: _Key, edition: Edition) -> _Making:
        """What is being made already, else from now on. Raises: DocumentsBusy, DocumentLost."""
        if self._closed:
            raise DocumentLost(RETRY_AFTER_S)
        if sum(making.clients for making in self._makings.values()) >= self._limits.clients:
            raise DocumentsBusy(RETRY_AFTER_S)
        making = self._makings.get(key)
        if making is None:
            if len(self._queue) >= self._limits.clients:
                raise DocumentsBusy(RETRY_AFTER_S)
            making = self._makings[key] = _Making(key, self._job(key, edition))
            self._queue.append(making)
            self._start_next()
        return making

    def _job(self, key: _Key, edition: Edition) -> Job:
        self._files += 1
        limits = self._limits
        # What every document needs; a root without contents would read it from disk again.
        _ = edition.root.prefixes
        return Job(
            edition.root,
            edition.number,
            edition.files.folder,
            key.content,
            self._folder / str(self._files),
            key.gzip_from,
            MakerLimits(limits.seconds, limits.memory_mib, limits.disk_mib),
        )

    def _awaited(self, making: _Making, gone: Callable[[], bool] | None) -> Document:
        """What becomes of a document. Raises: as `of`."""
        limit_s = self._limits.seconds
        deadline = time.monotonic() + limit_s
        making.clients += 1
        try:
            while making.outcome is None:
                if gone is not None and gone():
                    raise ReaderGone
                left = deadline - time.monotonic()
                if left <= 0:
                    making.promised = True
                    raise DocumentTimedOut(limit_s, RETRY_AFTER_S)
                self._changed.wait(min(left, _LOOK_S))
        finally:
            making.clients -= 1
            if making.outcome is None and not making.clients and not making.promised:
                self._abandon(making)
        if isinstance(making.outcome, Problem):
            raise making.outcome.again()
        return making.outcome

    def _abandon(self, making: _Making) -> None:
        """Nobody waits for it any more."""
        if making in self._queue:
            self._queue.remove(making)
            del self._makings[making.key]
        else:
            # Whoever asks for it now has another one made.
            self._makings.pop(making.key, None)
            if making.maker is not None:
                making.maker.kill()

    def _start_next(self) -> None:
        while self._queue and len(self._at_work) < self._limits.at_once:
            making = self._queue.popleft()
            self._at_work.add(making)
            threading.Thread(target=self._make, args=(making,), daemon=True).start()

    def _make(self, making: _Making) -> None:
        """Make a document and let everybody know, whatever happens."""
        outcome: Document | Problem = DocumentLost(RETRY_AFTER_S)
        try:
            outcome = self._made(making)
        except Problem as problem:
            outcome = problem
        except Exception:  # noqa: BLE001 - who waits has to be told, whatever it was
            _LOG.exception("a document was not made")
        with self._changed:
            self._at_work.discard(making)
            self._end(making, outcome)
            self._start_next()

    def _end(self, making: _Making, outcome: Document | Problem) -> None:
        making.outcome = outcome
        is_wanted = self._makings.get(making.key) is making
        if is_wanted:
            del self._makings[making.key]
        if isinstance(outcome, Document):
            self._counts.made += 1
            self._keep(making.key, outcome)
        elif is_wanted:
            self._counts.failed += 1
            self._remember(making.key, outcome)
        self._changed.notify_all()

    def _remember(self, key: _Key, problem: Problem) -> None:
        """What has met a limit would most likely meet it again, at the same cost; chance need not."""
        if isinstance(problem, DocumentLost):
            return
        self._failures = {key: failure for key, failure in self._failures.items() if failure.is_fresh()}
        self._failures[key] = _Failure(problem)

    def _keep(self, key: _Key, document: Document) -> None:
        if key.number < self._newest:
            # Those who wait for it are the last.
            return
        self._kept[key] = document
        while len(self._kept) > 1 and self._size() > self._limits.disk_mib * _MIB:
            self._kept.popitem(last=False)

    def _size(self) -> int:
        return sum(document.size for document in self._kept.values())

    def _made(self, making: _Making) -> Document:
        """The document, by as many processes as may be lost with it. Raises: as `Maker.result`."""
        for left in reversed(range(_TRIES)):
            try:
                return Document(making.job.path, self._by_process(making))
            except DocumentLost:
                _remove(making.job.path)
                if not left or not self._is_wanted(making):
                    raise
            except BaseException:
                _remove(making.job.path)
                raise
        raise AssertionError

    def _by_process(self, making: _Making) -> MadeFile:
        try:
            self._folder.mkdir(exist_ok=True)
            maker = Maker(making.job)
        except OSError as error:
            raise DocumentLost(RETRY_AFTER_S) from error
        try:
            with self._changed:
                making.maker = maker
            if not self._is_wanted(making):
                raise DocumentLost(RETRY_AFTER_S)
            return maker.result()
        finally:
            with self._changed:
                making.maker = None
            maker.close()

    def _is_wanted(self, making: _Making) -> bool:
        """Whether anybody waits for it, or was told to come back."""
        with self._changed:
            return not self._closed and (making.clients > 0 or making.promised)


def _remove(path: Path) -> None:
    for place in (path, path.with_suffix(".plain")):
        place.unlink(missing_ok=True)
