"""Data and diffs in, worker processes out: starts the fork server, and sends it requests.

The fork server is a process (`fork_server_process`) that loads the data once and forks the workers, which
share its memory, as in `multiprocessing`. What it was started with and every diff since are kept in one
unnamed temporary file, so that a fork server that dies can be replaced by one that knows the same.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterable, Mapping
from contextlib import suppress
from typing import IO, Final

from calcigraph.engine.replica import Diff, Part
from calcigraph.engine.text_index import TextSize
from calcigraph.errors import Problem
from calcigraph.pool.frames import Channel, ClosedError, ControlChannel, FrameKind, encode_diff
from calcigraph.pool.query_problems import DiffUnreadable, EngineUnavailable
from calcigraph.pool.worker import Worker
from calcigraph.settings import DefaultGraph

# A worker further behind than this is replaced rather than brought up to date: forking costs less.
_RECENT_DIFFS: Final = 64
_RECENT_BYTES: Final = 4 << 20
# A diff beyond this (some 50,000 quads) would cost seconds and its memory in each worker.
_BIG_DIFF_BYTES: Final = 6 << 20
# The diffs are folded into the data once they are larger than it and than this.
_FOLD_BYTES: Final = 64 << 20
_SHUTDOWN_S: Final = 5.0
# The data in pages of 2 MiB, where the system has them: a fork then copies some hundred entries in place
# of some hundred thousand (at a million quads 1 ms, not 20), and look-ups miss fewer page tables.
_LARGE_PAGES: Final = "glibc.malloc.hugetlb=1"


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
        self._data: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 closed in `close`
        for piece in [nquads] if isinstance(nquads, bytes) else nquads:
            self._data.write(piece)
        self._data.flush()
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
        forked = [self._fork() for _ in range(number)]
        ready = []
        for worker in forked:
            try:
                worker.await_ready()
            except ClosedError:
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

    def close(self) -> None:
        """End the fork server, and wait until it and its children are gone; a second call does nothing."""
        with self._lock:
            if not self._closed:
                self._closed = True
                self._stop()
                self._data.close()

    def _fork(self) -> Worker:
        with self._lock:
            front, back = socket.socketpair()
            with back:
                _, pid = self._request(FrameKind.FORK, descriptor=back.fileno())
            handle = self._channel.take_descriptor()
            return Worker(int(pid), handle, Channel(front), self.version, self._parts)

    def _request(
        self, kind: FrameKind, body: bytes = b"", descriptor: int | None = None
    ) -> tuple[FrameKind, bytes]:
        """Send a request and wait for its answer; where the fork server is dead, start another first."""
        for attempt in (1, 2):
            if self._closed:
                break
            try:
                if descriptor is None:
                    self._channel.send(kind, body)
                else:
                    self._channel.send_with(descriptor, kind, body)
                return self._channel.receive()
            except ClosedError:
                if attempt == 1:
                    self._restart()
        raise EngineUnavailable("The query engine's process ended and could not be started again.")

    def _restart(self) -> None:
        self._stop()
        self._start()
        for body in self._log:
            self._exchange(FrameKind.APPLY, body)
        for part in self._parts:
            self._exchange(FrameKind.PREPARE, part.encode())

    def _start(self) -> None:
        ours, theirs = socket.socketpair()
        self._channel = ControlChannel(ours)
        with theirs:
            self._process = subprocess.Popen(
                # -P: no module is taken from the folder that the server happens to be started in.
                [sys.executable, "-P", "-m", "calcigraph.pool.fork_server_process", str(theirs.fileno())],
                env={**os.environ, "GLIBC_TUNABLES": _LARGE_PAGES},
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
        try:
            self._channel.send_with(self._data.fileno(), FrameKind.START, self._settings)
            kind, _ = self._channel.receive()
        except ClosedError as error:
            self._stop()
            raise EngineUnavailable("The query engine's process did not start.") from error
        if kind is FrameKind.FAILED:
            self._stop()
            raise DiffUnreadable

    def _stop(self) -> None:
        self._channel.close()
        try:
            self._process.wait(_SHUTDOWN_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _exchange(self, kind: FrameKind, body: bytes) -> None:
        try:
            self._channel.send(kind, body)
            self._channel.receive()
        except ClosedError as error:
            raise EngineUnavailable("The query engine's process ended while it was started again.") from error

    def _fold(self) -> None:
        """Replace data and log by one dump of what the fork server holds."""
        folded: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 closed in `close`
        self._request(FrameKind.DUMP, descriptor=folded.fileno())
        self._data.close()
        self._data = folded
        self._log, self._log_bytes = [], 0


def _trimmed(first: int, diffs: tuple[bytes, ...], fresh: bool) -> tuple[int, tuple[bytes, ...]]:
    """The diffs to keep for workers that are behind, with the version before the first; none where `fresh`,
    as every worker is to be forked anew."""
    kept = list(diffs)
    size = sum(map(len, kept))
    while kept and (fresh or len(kept) > _RECENT_DIFFS or size > _RECENT_BYTES):
        size -= len(kept.pop(0))
        first += 1
    return first, tuple(kept)
