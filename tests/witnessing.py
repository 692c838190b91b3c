"""A server and clients that attack it in, what everybody else got meanwhile out: waits, turns, memory."""

from __future__ import annotations

import contextlib
import resource
import secrets
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from conftest import Server
from hostile_clients import Crowd
from http_attacks import Attack
from polling import MOST_S
from probing import Probe
from test_http_limits import memory_kib
from timed_turns import LongestTurn

ROOM_S = 0.05
# Of one turn of the event loop, in processor time.
ROOM_IN_A_TURN_S = 0.02
ROOM_MIB = 100.0
# What caches may keep beyond what was there before.
KEPT_MIB = 20.0
DESCRIPTORS = 1024


def asks_a_fresh_query(server: Server) -> bool:
    mark = secrets.token_hex(8)
    reply = server.ask(f'SELECT ("{mark}" AS ?m) {{}}')
    return reply.status == 200 and mark in reply.text


@contextlib.contextmanager
def few_descriptors() -> Iterator[None]:
    """As most systems give them to whoever asks for no more; for a process that is begun meanwhile."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (DESCRIPTORS, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


@dataclass
class Witness:
    """A thread that looks at the front while it is attacked: its memory, and whether it says the truth."""

    server: Server
    most_kib: int = 0
    lies: list[str] = field(default_factory=list)

    def __enter__(self) -> Witness:
        self._is_over = threading.Event()
        self._threads = [threading.Thread(target=look) for look in (self._weigh, self._compare)]
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._is_over.set()
        for thread in self._threads:
            thread.join()

    def _weigh(self) -> None:
        while not self._is_over.wait(0.05):
            self.most_kib = max(self.most_kib, memory_kib(self.server))

    def _compare(self) -> None:
        """A query before, one beside and one after: where they differ, something has changed meanwhile."""
        with ThreadPoolExecutor(1) as thread:
            while not self._is_over.wait(0.3):
                before = self._asked()
                beside = thread.submit(self._asked)
                ready, said = self._readiness()
                if before == beside.result() == self._asked() != ready:
                    self.lies.append(f"a fresh query answered: {before}, /readyz: {said}")

    def _asked(self) -> bool:
        begun = time.monotonic()
        with contextlib.suppress(OSError):
            # As long as /readyz waits for its own.
            return asks_a_fresh_query(self.server) and time.monotonic() - begun <= 1.0
        return False

    def _readiness(self) -> tuple[bool, str]:
        begun = time.monotonic()
        try:
            reply = self.server.get("/readyz")
        except OSError as error:
            return False, f"{type(error).__name__} after {time.monotonic() - begun:.2f} s"
        said = reply.json.get("detail", "")
        return reply.status == 200, f"{reply.status} {said} after {time.monotonic() - begun:.2f} s"


@dataclass(frozen=True)
class Figures:
    """What was measured beside one attack; times in seconds, memory in MiB."""

    name: str
    quiet_s: float
    longest_s: float
    p95_s: float
    quiet_turn_s: float
    turn_s: float
    before_mib: float
    most_mib: float
    after_mib: float
    is_back: bool
    answers: str
    faults: tuple[str, ...]

    def __str__(self) -> str:
        times = (self.quiet_s, self.longest_s, self.longest_s - self.quiet_s, self.p95_s)
        turns = (self.quiet_turn_s, self.turn_s)
        shown = [f"{1000 * value:7.1f}" for value in (*times, *turns)]
        shown += [f"{value:6.1f}" for value in (self.before_mib, self.most_mib, self.after_mib)]
        back = "yes" if self.is_back else "NO"
        return (
            f"{self.name:58.58} {' '.join(shown)} {back:>5}  {self.answers[:50]:50} {'; '.join(self.faults)}"
        )


HEADING = (
    f"{'attack (ms; MiB)':58} {'quiet':>7} {'beside':>7} {'more':>7} {'p95':>7} {'turn,q':>7} {'turn':>7} "
    f"{'before':>6} {'most':>6} {'after':>6} {'fresh':>5}  {'answers':50} faults"
)


def measure(server: Server, turn: LongestTurn, attack: Attack, quiet_s: float, seconds: float) -> Figures:
    """An attack for some seconds, behind as many quiet ones as are given."""
    turn.forget()
    with Probe(server.port, pause_s=0.005) as quiet:
        time.sleep(quiet_s)
    quiet_turn, before = turn.seconds, memory_kib(server)
    turn.forget()
    crowd = Crowd(server.port, attack.pieces, attack.manners, attack.many, again=True, is_elsewhere=True)
    with Probe(server.port, pause_s=0.005) as probe, Witness(server) as witness, crowd:
        time.sleep(seconds)
    longest_turn = turn.seconds
    is_back, after = settled(server, before)
    faults = [f"a cached query failed: {one[:80]}" for one in probe.waits.failures[:3]]
    faults += witness.lies[:3]
    faults += [
        told
        for is_so, told in [
            (probe.waits.longest > quiet.waits.longest + ROOM_S, "others waited"),
            (longest_turn > quiet_turn + ROOM_IN_A_TURN_S, "a turn was long"),
            (witness.most_kib - before > 1024 * ROOM_MIB, "memory grew"),
            (after - before > 1024 * KEPT_MIB, "memory was kept"),
            (not is_back, "no fresh query afterwards"),
        ]
        if is_so
    ]
    if unexpected := set(crowd.answers) - attack.answers - {()}:
        faults.append(f"answers: {sorted(unexpected)[:3]}")
    return Figures(
        f"{attack.kind}: {attack.name}",
        *(quiet.waits.longest, probe.waits.longest, probe.waits.p95, quiet_turn, longest_turn),
        *(kib / 1024 for kib in (before, witness.most_kib, after)),
        is_back,
        ", ".join(f"{statuses}: {number}" for statuses, number in crowd.answers.most_common(4)),
        tuple(faults),
    )


def settled(server: Server, before_kib: int) -> tuple[bool, int]:
    """Whether fresh queries are answered again, and the KiB that the front has, after a bounded wait."""
    give_up = time.monotonic() + MOST_S / 5
    is_back = False
    while True:
        with contextlib.suppress(OSError):
            is_back = asks_a_fresh_query(server)
        after = memory_kib(server)
        if (is_back and after - before_kib <= 1024 * KEPT_MIB) or time.monotonic() > give_up:
            return is_back, after
        time.sleep(0.5)
