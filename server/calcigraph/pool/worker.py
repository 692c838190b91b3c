"""A worker process as the front process sees it: what it has used, and how to stop or kill it."""

from __future__ import annotations

import os
import resource
import select
import signal
import time
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from calcigraph.engine.replica import Part
from calcigraph.pool.frames import USAGE, Channel
from calcigraph.processes import is_stopped, stat_of

# How it exits where memory is refused to it.
OUT_OF_MEMORY: Final = 13
# Above the front process: a third of the processor time of other workers, which are at 5. Not the lowest
# priority: a process that hardly runs can hold, for seconds, a lock of the memory that it shares with the
# fork server, which then cannot fork.
_NICER: Final = 10
_LOOK_S: Final = 1.0
# state, minflt, rss and exit_code of proc(5), counted from the field after the command.
_STATE: Final = 3 - 3
_MINOR_FAULTS: Final = 10 - 3
_RESIDENT: Final = 24 - 3
_EXIT_STATUS: Final = 52 - 3


@dataclass(eq=False)
class Worker:
    """A worker process as the front sees it: `version` counts the diffs that it has applied.

    While it is busy: the processor time (s) it had had before, its deadline, whether it is stopped for
    a while, whether its priority was lowered, and whether it was ended to make room or to get memory. Then:
    when it last became idle (0 for one that never was busy).
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
    used_at: float = 0.0
    _born: int = 0

    def await_ready(self, most_s: float) -> None:
        """Wait until it can answer. Raises: ClosedError where it has ended, TimeoutError where it is not
        ready in so many seconds, or was stopped."""
        self.channel.keep_time()
        until = time.monotonic() + most_s
        while True:
            try:
                _, body = self.channel.receive(min(until, time.monotonic() + _LOOK_S))
                break
            except TimeoutError:
                if time.monotonic() >= until or is_stopped(self.pid):
                    raise
        self.cpu_before_s, _ = USAGE.unpack(body)
        self._born = int(stat[_RESIDENT]) if (stat := self._stat()) else 0

    @property
    def is_lost(self) -> bool:
        """Whether it has ended, or somebody else has stopped it: it answers nothing any more. Cost: some 20
        microseconds."""
        return self.has_ended or (not self.is_paused and is_stopped(self.pid))

    @property
    def has_ended(self) -> bool:
        """Whether the process has ended."""
        return self.handle < 0 or self.await_end(0)

    def kill(self) -> None:
        """Kill the process, if it lives; its channel stays open for the thread that reads from it."""
        self._signal(signal.SIGKILL)

    def pause(self) -> None:
        """Stop the process until `resume`; does nothing where it is stopped."""
        if not self.is_paused:
            self.is_paused = True
            self._signal(signal.SIGSTOP)

    def resume(self) -> None:
        """Let the process go on; does nothing where it is not stopped."""
        if self.is_paused:
            self.is_paused = False
            self._signal(signal.SIGCONT)

    def cpu_used_s(self) -> float:
        """Seconds of processor time that its query has used."""
        return self.cpu_s() - self.cpu_before_s

    def cpu_s(self) -> float:
        """Seconds of processor time that the process has used; 0 where it has ended."""
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
        """Whether all of its threads sleep: none runs or waits for a processor."""
        states = [stat[_STATE] for thread in self._threads() if (stat := self._stat(f"task/{thread}/"))]
        return bool(states) and set(states) == {"S"}

    def exit_code(self) -> int | None:
        """The exit code (negative for a signal) of a process that has ended and is not forgotten yet;
        None where the system does not tell."""
        stat = self._stat()
        return (os.waitstatus_to_exitcode(int(stat[_EXIT_STATUS])) or None) if stat else None

    def lower_priority(self) -> None:
        """Lower the priority of all threads, for good: it cannot be raised again."""
        self.is_slowed = True
        lower = os.getpriority(os.PRIO_PROCESS, 0) + _NICER
        # To the system, a thread has a priority of its own.
        for thread in self._threads():
            with suppress(ProcessLookupError, PermissionError):
                os.setpriority(os.PRIO_PROCESS, thread, lower)

    def end(self) -> None:
        """Kill the process and close its handle and channel; a second call does nothing."""
        if self.handle >= 0:
            self.kill()
            os.close(self.handle)
            self.handle = -1
            self.channel.close()

    def await_end(self, most_s: float) -> bool:
        """Wait until the process is gone, at most `most_s` seconds; whether it is."""
        poll = select.poll()
        poll.register(self.handle, select.POLLIN)
        return bool(poll.poll(1000 * most_s))

    def _threads(self) -> list[int]:
        try:
            return [int(name) for name in os.listdir(f"/proc/{self.pid}/task")]
        except OSError:
            return []

    def _stat(self, part: str = "") -> list[str]:
        """The fields of proc(5) after the name of the command, of the process or of a part below it; none
        where that is gone."""
        return stat_of(self.pid, part)

    def _signal(self, number: signal.Signals) -> None:
        if self.handle >= 0:
            with suppress(ProcessLookupError):
                signal.pidfd_send_signal(self.handle, number)
