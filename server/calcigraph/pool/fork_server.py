"""Data and diffs in, worker processes out: starts the fork server, and sends it requests.

The fork server is a process (`fork_server_process`) that loads the data once and forks the workers, which
share its memory, as in `multiprocessing`. What it was started with and every diff since are kept in one
unnamed temporary file, so that a fork server that dies can be replaced by one that knows the same.
"""

from __future__ import annotations

import errno
import json
import logging
import math
import os
import socket
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterable, Mapping
from contextlib import suppress
from typing import IO, Final

from calcigraph.engine.replica import Diff, Part
from calcigraph.engine.text_index import TextSize
from calcigraph.errors import Problem, no_room
from calcigraph.pool.frames import Channel, ClosedError, ControlChannel, FrameKind, encode_diff
from calcigraph.pool.query_problems import DiffUnreadable, EngineUnavailable
from calcigraph.pool.worker import Worker
from calcigraph.processes import FORK_SERVER, is_stopped, kill_tree, started
from calcigraph.settings import DefaultGraph

_LOG: Final = logging.getLogger(__name__)
# A worker further behind than this is replaced rather than brought up to date: forking costs less.
_RECENT_DIFFS: Final = 64
_RECENT_BYTES: Final = 4 << 20
# A diff beyond this (some 50,000 quads) would cost seconds and its memory in each worker.
_BIG_DIFF_BYTES: Final = 6 << 20
# The diffs are folded into the data once they are larger than it and than this.
_FOLD_BYTES: Final = 64 << 20
# Its own children have two seconds of these.
_SHUTDOWN_S: Final = 4.0
# To fork takes milliseconds, and to get ready a few more; longer than this only what hangs.
_HANGS_S: Final = 60.0
# Somebody who stops all processes, and then continues them one after the other, has not stopped this one.
_STOPPED_S: Final = 5.0
_LOOK_S: Final = 1.0


class ForkServer:
    """The fork server of a pool, with the diffs that were published. For any thread."""

    def __init__(
        self,
        nquads: bytes | Iterable[bytes],
        default_graph: DefaultGraph,
        unasserted: Iterable[str],
        prefixes: Mapping[str, str],
        memory_mib: int,
    ) -> None:
        self._lock = threading.RLock()
        self._settings = json.dumps(
            {
                "default_graph": default_graph,
                "unasserted": list(unasserted),
                "prefixes": dict(prefixes),
                "memory_mib": memory_mib,
            }
        ).encode()
        self._data = _temporary([nquads] if isinstance(nquads, bytes) else nquads)
        self._log: list[bytes] = []
        self._log_bytes = 0
        # (version before the first, diffs): replaced as a whole, so that reading needs no lock.
        self._recent: tuple[int, tuple[bytes, ...]] = (0, ())
        self._parts: frozenset[Part] = frozenset()
        # What the index of texts held when it was built.
        self.text_size = TextSize(0, 0)
        self._closed = False
        try:
            self._start()
        except Problem:
            self._data.close()
            raise

    @property
    def version(self) -> int:
        """How many diffs have been published."""
        first, diffs = self._recent
        return first + len(diffs)

    @property
    def pid(self) -> int:
        """The process id of the fork server."""
        return self._process.pid

    def fork(self, number: int = 1) -> list[Worker]:
        """New workers that have all diffs, and are ready to answer. Cost: 2 to 10 ms each.

        Raises: EngineUnavailable, also where none of them gets ready.
        """
        forked = self._forked(number)
        ready = []
        for worker in forked:
            try:
                worker.await_ready(_HANGS_S)
            except (ClosedError, TimeoutError):
                self.forget(worker)
            else:
                ready.append(worker)
        if not ready:
            raise EngineUnavailable("New processes for queries end before they are ready.")
        return ready

    def publish(self, diff: Diff) -> int:
        """Apply `diff` in the fork server; returns the version that has it.

        Raises: DiffUnreadable (nothing changed), EngineUnavailable.
        """
        body = encode_diff(diff)
        with self._lock:
            kind, answer = self._request(FrameKind.APPLY, body)
            if kind is FrameKind.FAILED:
                raise DiffUnreadable
            self._log.append(body)
            self._log_bytes += len(body)
            first, diffs = self._recent
            diffs = (*diffs, body)
            first, diffs = _trimmed(first, diffs, fresh=bool(answer) or len(body) > _BIG_DIFF_BYTES)
            self._recent = (first, diffs)
            if self._log_bytes > max(_FOLD_BYTES, os.fstat(self._data.fileno()).st_size):
                # The change is made, whether there is room for a shorter way to tell it or not.
                with suppress(OSError, EngineUnavailable):
                    self._fold()
            return self.version

    def diffs_since(self, version: int) -> tuple[bytes, ...] | None:
        """The diffs that a worker at `version` lacks; None where it is to be replaced instead."""
        first, diffs = self._recent
        return diffs[version - first :] if version >= first else None

    def prepare(self, part: Part) -> None:
        """Have a part of the replica built, for all workers forked from now on. Cost: seconds for a million
        quads. Raises: EngineUnavailable."""
        with self._lock:
            if part not in self._parts:
                _, body = self._request(FrameKind.PREPARE, part.encode())
                self._parts |= {part}
                self.text_size = TextSize(*json.loads(body))

    def forget(self, worker: Worker) -> None:
        """End `worker`, without waiting until it is gone."""
        worker.end()
        with self._lock, suppress(ClosedError):
            if not self._closed:
                self._channel.send(FrameKind.FORGET, str(worker.pid).encode())

    def interrupt(self) -> None:
        """Have whatever is asked of it, now or later, raise EngineUnavailable; for `close`, which waits for
        what is under way."""
        self._closed = True
        self._channel.end()

    def close(self) -> None:
        """End the fork server, and wait until it and its children are gone; a second call does nothing.

        One that is stopped, or does not end in some seconds, is killed with all its children.
        """
        self.interrupt()
        with self._lock:
            if not self._data.closed:
                self._stop()
                self._data.close()

    def _forked(self, number: int) -> list[Worker]:
        forked: list[Worker] = []
        try:
            while len(forked) < number:
                forked.append(self._fork())
        except EngineUnavailable:
            if not forked:
                raise
        return forked

    def _fork(self) -> Worker:
        with self._lock:
            try:
                front, back = socket.socketpair()
            except OSError as error:
                raise _unavailable(error) from error
            try:
                with back:
                    kind, answer = self._request(FrameKind.FORK, descriptor=back.fileno(), most_s=_HANGS_S)
                if kind is FrameKind.FAILED:
                    raise EngineUnavailable(f"No process for queries can be started: {answer.decode()}.")
                return Worker(int(answer), self._handle(answer), Channel(front), self.version, self._parts)
            except BaseException:
                front.close()
                raise

    def _handle(self, pid: bytes) -> int:
        """The handle that came with the process id of a new worker."""
        try:
            return self._channel.take_descriptor()
        except IndexError:
            self._channel.send(FrameKind.FORGET, pid)
            raise _unavailable(OSError(errno.EMFILE, os.strerror(errno.EMFILE))) from None

    def _request(
        self,
        kind: FrameKind,
        body: bytes = b"",
        descriptor: int | None = None,
        most_s: float = math.inf,
    ) -> tuple[FrameKind, bytes]:
        """Send a request and wait for its answer; where the fork server is dead, is stopped, or does not
        answer in so many seconds, start another one first. Raises: EngineUnavailable."""
        for attempt in (1, 2):
            if self._closed:
                break
            try:
                if descriptor is None:
                    self._channel.send(kind, body)
                else:
                    self._channel.send_with(descriptor, kind, body)
                return self._answer(most_s)
            except ClosedError:
                if attempt == 1 and not self._closed:
                    self._restart()
        raise EngineUnavailable("The query engine's process ended and could not be started again.")

    def _answer(self, most_s: float = math.inf) -> tuple[FrameKind, bytes]:
        """The answer to a request. Raises: ClosedError where there will be none."""
        asked = time.monotonic()
        stopped_s = 0.0
        while True:
            try:
                return self._channel.receive(time.monotonic() + _LOOK_S)
            except TimeoutError:
                stopped_s = stopped_s + _LOOK_S if is_stopped(self.pid) else 0.0
            if self._closed:
                raise ClosedError
            if stopped_s >= _STOPPED_S or time.monotonic() - asked > most_s:
                _LOG.error("the query engine's process does not answer, and is replaced")
                raise ClosedError

    def _restart(self) -> None:
        """Start another process. Where that one ends before it knows everything, once more: what ended the
        one before may have meant both. Raises: EngineUnavailable."""
        self._stop()
        _LOG.warning(
            "the query engine's process has ended (%s); another is started", self._process.returncode
        )
        try:
            self._start_with_everything()
        except EngineUnavailable:
            if self._closed:
                raise
            self._stop()
            self._start_with_everything()

    def _start_with_everything(self) -> None:
        self._start()
        for body in self._log:
            self._exchange(FrameKind.APPLY, body)
        for part in self._parts:
            self._exchange(FrameKind.PREPARE, part.encode())

    def _start(self) -> None:
        try:
            self._spawn()
        except OSError as error:
            raise _unavailable(error) from error
        try:
            self._channel.send_with(self._data.fileno(), FrameKind.START, self._settings)
            kind, _ = self._answer()
        except ClosedError as error:
            self._stop()
            raise EngineUnavailable("The query engine's process did not start.") from error
        if kind is FrameKind.FAILED:
            self._stop()
            raise DiffUnreadable

    def _spawn(self) -> None:
        """Start the process. Raises: OSError; then there is none."""
        self._process, ours = started(*FORK_SERVER)
        self._channel = ControlChannel(ours)
        self._channel.keep_time()

    def _stop(self) -> None:
        self._channel.close()
        try:
            self._process.wait(0 if is_stopped(self.pid) else _SHUTDOWN_S)
        except subprocess.TimeoutExpired:
            kill_tree(self.pid)
            self._process.wait()

    def _exchange(self, kind: FrameKind, body: bytes) -> None:
        try:
            self._channel.send(kind, body)
            self._answer()
        except ClosedError as error:
            raise EngineUnavailable("The query engine's process ended while it was started again.") from error

    def _fold(self) -> None:
        """Replace data and log by one dump of what the fork server holds."""
        folded: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 closed in `close`
        try:
            kind, _ = self._request(FrameKind.DUMP, descriptor=folded.fileno())
        except BaseException:
            folded.close()
            raise
        if kind is FrameKind.FAILED:
            folded.close()
            return
        self._data.close()
        self._data = folded
        self._log, self._log_bytes = [], 0


def _temporary(pieces: Iterable[bytes]) -> IO[bytes]:
    """An unnamed file with these bytes. Raises: EnvironmentProblem."""
    try:
        file: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 closed by whoever has it
    except OSError as error:
        raise no_room(error) from error
    try:
        file.writelines(pieces)
        file.flush()
    except OSError as error:
        with suppress(OSError):
            file.close()
        raise no_room(error) from error
    return file


def _unavailable(error: OSError) -> EngineUnavailable:
    return EngineUnavailable(f"No process for queries can be started: {error.strerror}.")


def _trimmed(first: int, diffs: tuple[bytes, ...], fresh: bool) -> tuple[int, tuple[bytes, ...]]:
    """The diffs to keep for workers that are behind, with the version before the first; none where `fresh`,
    as every worker is to be forked anew."""
    kept = list(diffs)
    size = sum(map(len, kept))
    while kept and (fresh or len(kept) > _RECENT_DIFFS or size > _RECENT_BYTES):
        size -= len(kept.pop(0))
        first += 1
    return first, tuple(kept)
