"""Data and diffs in, worker processes out: the front's side of the zygote.

What the zygote was started with and every diff since are kept in one unnamed temporary file, so
that a zygote that dies can be replaced by one that knows the same.
"""

from __future__ import annotations

import json
import os
import resource
import select
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final

from calcigraph.engine.replica import Diff, Part
from calcigraph.engine.text_index import TextSize
from calcigraph.engine.view import DefaultGraphMode
from calcigraph.errors import Problem
from calcigraph.pool.frames import USAGE, Channel, ClosedError, ControlChannel, Kind, encode_diff
from calcigraph.pool.problems import DiffUnreadable, EngineUnavailable

# A worker further behind than this is replaced rather than brought up to date: forking costs less.
_RECENT_DIFFS: Final = 64
_RECENT_BYTES: Final = 4 << 20
# A diff beyond this (some 50,000 quads) would cost seconds and its memory in each worker.
_BIG_DIFF_BYTES: Final = 6 << 20
# The diffs are folded into the data once they are larger than it and than this.
_FOLD_BYTES: Final = 64 << 20
# A third of the processor time of the others. Not the least there is: a process that hardly runs can
# hold, for seconds, a lock of the memory that it shares with the zygote, which then cannot fork.
_NICER: Final = 5
_FAREWELL_S: Final = 5.0
# The data in pages of 2 MiB, where the system has them: a fork then copies some hundred entries in place
# of some hundred thousand (at a million quads 1 ms, not 20), and look-ups miss fewer page tables.
_LARGE_PAGES: Final = "glibc.malloc.hugetlb=1"
# state, minflt, rss and exit_code of proc(5), counted from the field after the command.
_STATE: Final = 3 - 3
_MINOR_FAULTS: Final = 10 - 3
_RESIDENT: Final = 24 - 3
_EXIT_STATUS: Final = 52 - 3


@dataclass(eq=False)
class Worker:
    """A worker process as the front sees it: `version` counts the diffs that it has applied.

    While it is busy: the processor time (s) it had had before, its deadline, whether it is stopped for
    a while, whether its priority was lowered, and whether it was ended to make room or to get memory.
    """

    pid: int
    handle: int
    channel: Channel
    version: int
    parts: frozenset[Part]
    cpu_before_s: float = 0.0
    deadline: float | None = None
    is_paused: bool = False
    is_slowed: bool = False
    is_shed: bool = False
    is_too_big: bool = False
    _born: int = 0

    def await_ready(self) -> None:
        """Wait until it can answer. Raises: ClosedError."""
        _, body = self.channel.receive()
        self.cpu_before_s, _ = USAGE.unpack(body)
        self._born = int(stat[_RESIDENT]) if (stat := self._stat()) else 0
        self.channel.keep_time()

    def kill(self) -> None:
        """Kill the process, if it still lives, and leave its channel to whoever reads from it."""
        self._signal(signal.SIGKILL)

    def pause(self) -> None:
        """Stop the process until `resume`; harmless where it is stopped."""
        if not self.is_paused:
            self.is_paused = True
            self._signal(signal.SIGSTOP)

    def resume(self) -> None:
        """Let the process go on; harmless where it is not stopped."""
        if self.is_paused:
            self.is_paused = False
            self._signal(signal.SIGCONT)

    def had_s(self) -> float:
        """Seconds of processor time that its query has had."""
        return self.cpu_s() - self.cpu_before_s

    def cpu_s(self) -> float:
        """Seconds of processor time that the process has had; 0 where it is gone."""
        try:
            # The clock of another process, as clock_getcpuclockid(3) makes it.
            return time.clock_gettime((~self.pid << 3) | 2)
        except OSError:
            return 0.0

    def own_bytes(self) -> int:
        """About how much memory is its own: each page that it wrote first was a fault, except that a
        large page is one fault as well, and what it takes anew is resident."""
        stat = self._stat()
        pages = max(int(stat[_MINOR_FAULTS]), int(stat[_RESIDENT]) - self._born) if stat else 0
        return pages * resource.getpagesize()

    def is_asleep(self) -> bool:
        """Whether it waits for something else than a processor."""
        stat = self._stat()
        return bool(stat) and stat[_STATE] == "S"

    def exit_code(self) -> int | None:
        """The exit code (negative for a signal) of a process that has ended and is not forgotten yet;
        None where the system does not tell."""
        stat = self._stat()
        return (os.waitstatus_to_exitcode(int(stat[_EXIT_STATUS])) or None) if stat else None

    def lower_priority(self) -> None:
        """Let the other processes go first, for good: priority cannot be taken back."""
        self.is_slowed = True
        with suppress(ProcessLookupError, PermissionError):
            os.setpriority(os.PRIO_PROCESS, self.pid, os.getpriority(os.PRIO_PROCESS, 0) + _NICER)

    def end(self) -> None:
        """Kill the process and let go of it; a second call does nothing."""
        if self.handle >= 0:
            self.kill()
            os.close(self.handle)
            self.handle = -1
            self.channel.close()

    def await_end(self, most_s: float) -> None:
        """Wait until the process is gone, at most `most_s` seconds."""
        poll = select.poll()
        poll.register(self.handle, select.POLLIN)
        poll.poll(1000 * most_s)

    def _stat(self) -> list[str]:
        """The fields of proc(5) after the name of the command; none where the process is gone."""
        try:
            text = Path(f"/proc/{self.pid}/stat").read_text(encoding="ascii", errors="replace")
        except OSError:
            return []
        return text.rpartition(")")[2].split()

    def _signal(self, number: signal.Signals) -> None:
        if self.handle >= 0:
            with suppress(ProcessLookupError):
                signal.pidfd_send_signal(self.handle, number)


class Nursery:
    """A zygote and what it knows. All methods may be called from any thread."""

    def __init__(
        self,
        nquads: bytes | Iterable[bytes],
        default_graph: DefaultGraphMode,
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
        """The process id of the zygote."""
        return self._process.pid

    def fork(self, number: int = 1) -> list[Worker]:
        """New workers that know everything published, and are ready. Cost: 2 to 10 ms each.

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
        """Apply `diff` in the zygote; the version from which on it is there.

        Raises: DiffUnreadable (nothing changed), EngineUnavailable.
        """
        body = encode_diff(diff)
        with self._lock:
            kind, answer = self._request(Kind.APPLY, body)
            if kind is Kind.FAILED:
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
        """Have a part of the replica built, for all workers forked from now on."""
        with self._lock:
            if part not in self._parts:
                _, body = self._request(Kind.PREPARE, part.encode())
                self._parts |= {part}
                self.text_size = TextSize(*json.loads(body))

    def forget(self, worker: Worker) -> None:
        """End `worker`, without waiting until it is gone."""
        worker.end()
        with self._lock, suppress(ClosedError):
            if not self._closed:
                self._channel.send(Kind.FORGET, str(worker.pid).encode())

    def close(self) -> None:
        """End the zygote, and wait until it and its children are gone; a second call does nothing."""
        with self._lock:
            if not self._closed:
                self._closed = True
                self._stop()
                self._data.close()

    def _fork(self) -> Worker:
        with self._lock:
            front, back = socket.socketpair()
            with back:
                _, pid = self._request(Kind.FORK, descriptor=back.fileno())
            handle = self._channel.take_descriptor()
            return Worker(int(pid), handle, Channel(front), self.version, self._parts)

    def _request(self, kind: Kind, body: bytes = b"", descriptor: int | None = None) -> tuple[Kind, bytes]:
        """Ask the zygote; where it is dead, start another and ask that one."""
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
            self._exchange(Kind.APPLY, body)
        for part in self._parts:
            self._exchange(Kind.PREPARE, part.encode())

    def _start(self) -> None:
        ours, theirs = socket.socketpair()
        self._channel = ControlChannel(ours)
        with theirs:
            self._process = subprocess.Popen(
                # -P: no module is taken from the folder that the server happens to be started in.
                [sys.executable, "-P", "-m", "calcigraph.pool.zygote", str(theirs.fileno())],
                env={**os.environ, "GLIBC_TUNABLES": _LARGE_PAGES},
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
        try:
            self._channel.send_with(self._data.fileno(), Kind.START, self._settings)
            kind, _ = self._channel.receive()
        except ClosedError as error:
            self._stop()
            raise EngineUnavailable("The query engine's process did not start.") from error
        if kind is Kind.FAILED:
            self._stop()
            raise DiffUnreadable

    def _stop(self) -> None:
        self._channel.close()
        try:
            self._process.wait(_FAREWELL_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _exchange(self, kind: Kind, body: bytes) -> None:
        try:
            self._channel.send(kind, body)
            self._channel.receive()
        except ClosedError as error:
            raise EngineUnavailable("The query engine's process ended while it was started again.") from error

    def _fold(self) -> None:
        """Replace data and log by one dump of what the zygote holds."""
        folded: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 closed in `close`
        self._request(Kind.DUMP, descriptor=folded.fileno())
        self._data.close()
        self._data = folded
        self._log, self._log_bytes = [], 0


def _trimmed(first: int, diffs: tuple[bytes, ...], fresh: bool) -> tuple[int, tuple[bytes, ...]]:
    """What is kept for workers that lag behind; `fresh` where every worker is to be forked anew."""
    kept = list(diffs)
    size = sum(map(len, kept))
    while kept and (fresh or len(kept) > _RECENT_DIFFS or size > _RECENT_BYTES):
        size -= len(kept.pop(0))
        first += 1
    return first, tuple(kept)
