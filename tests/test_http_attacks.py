"""Attacks upon the front, each with its neighbours: everybody else is answered as on a quiet day."""

from __future__ import annotations

import contextlib
import os
import re
import resource
import secrets
import statistics
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import pytest

from conftest import ROOTS, Server
from hostile_clients import Crowd, Manners
from http_attacks import ATTACKS, FORGED, VOLATILE, Attack
from large_roots import write_large_root
from polling import MOST_S, until
from probing import Probe
from test_http_limits import ended, memory_kib

# Each attack of a campaign, and the quiet run before it.
CAMPAIGN_S = float(os.environ.get("CALCIGRAPH_ATTACK_SECONDS", "10"))
ROOM_S = 0.05
ROOM_MIB = 100.0
# What caches may keep beyond what was there before.
KEPT_MIB = 20.0
DESCRIPTORS = 1024
NAMED = {f"{attack.kind}: {attack.name}": attack for attack in ATTACKS}


def test_every_kind_has_an_attack_and_three_neighbours() -> None:
    assert len(NAMED) == len(ATTACKS)
    kinds = Counter(attack.kind for attack in ATTACKS)
    # What was found in the front: five that stopped it, three that were serious, and eight smaller ones.
    found = Counter(re.split("[ :]", kind)[0] for kind in kinds)
    assert found == {"B1": 1, "B2": 4, "B3": 4, "B4": 1, "B5": 1, "S3": 1, "S5": 1, "S6": 1, "minor": 8}
    assert min(kinds.values()) >= 4, kinds


@pytest.fixture(scope="module")
def besieged(start: Callable[..., Server]) -> Server:
    """Waits for nobody for long, and has few processes."""
    patience = [text for name in ("head", "body", "idle", "reader") for text in (f"--{name}-seconds", "1")]
    return start("besieged", ROOTS["toy"], "--reasoner", "none", "--unread-bytes", "10000000", *patience)


def figures(server: Server) -> Counter[str]:
    """How many responses there were with each status, and connections that were ended for each reason."""
    found: Counter[str] = Counter()
    for line in server.get("/metrics").text.splitlines():
        name, _, value = line.rpartition(" ")
        if name.startswith("calcigraph_http_requests_total"):
            found[name.partition('status="')[2][:3]] += int(float(value))
        elif name.startswith("calcigraph_http_connections_ended_total"):
            found["closed"] += int(float(value))
    return found


def asks_a_fresh_query(server: Server) -> bool:
    mark = secrets.token_hex(8)
    reply = server.ask(f'SELECT ("{mark}" AS ?m) {{}}')
    return reply.status == 200 and mark in reply.text


@pytest.mark.parametrize("name", NAMED)
def test_an_attack_is_told_what_it_is_and_leaves_nothing(besieged: Server, name: str) -> None:
    attack = NAMED[name]
    before = figures(besieged)
    with Crowd(besieged.port, attack.pieces, attack.manners, attack.at_once) as crowd:
        if attack.ended_as:
            count = ended(besieged, attack.ended_as)
            until(lambda: ended(besieged, attack.ended_as) > count)
        else:
            crowd.finish()
    assert asks_a_fresh_query(besieged)
    if attack.manners is Manners.READS:
        assert set(crowd.answers) <= attack.answers, crowd.answers
        assert crowd.answers.total() == attack.at_once
        grown = figures(besieged) - before
        for statuses, number in crowd.answers.items():
            for told in statuses or ("closed",):
                assert grown[str(told)] >= number, (told, grown)
    log = besieged.log.read_text()
    assert "Traceback" not in log
    assert FORGED not in log


@pytest.mark.parametrize("name", VOLATILE)
def test_chance_is_thrown_each_time(besieged: Server, name: str) -> None:
    # All alike: once in a million runs, where it is one of two.
    assert len({besieged.ask(VOLATILE[name]).body for _ in range(21)}) > 1


def test_a_probe_tells_how_long_queries_waited_and_which_failed(besieged: Server) -> None:
    with Probe(besieged.port, 0.005, connections=4, fresh=2) as probe:
        assert asks_a_fresh_query(besieged)
        time.sleep(0.2)
    assert probe.waits.failures == []
    assert 0 < probe.waits.p95 <= probe.waits.longest
    assert len(probe.waits.seconds) >= 4


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
    grown_mib: float
    kept_mib: float
    answers: str
    faults: tuple[str, ...]

    def __str__(self) -> str:
        return (
            f"{self.name:60.60} {1000 * self.quiet_s:7.1f} {1000 * self.longest_s:7.1f} "
            f"{1000 * self.p95_s:7.1f} {self.grown_mib:6.1f} {self.kept_mib:6.1f}  "
            f"{self.answers[:60]:60} {'; '.join(self.faults)}"
        )


HEADING = f"{'attack (times in ms)':60} {'quiet':>7} {'beside':>7} {'p95':>7} {'MiB':>6} {'kept':>6}  answers"


@contextlib.contextmanager
def few_descriptors() -> Iterator[None]:
    """As most systems give them to whoever asks for no more; for a process that is begun meanwhile."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (DESCRIPTORS, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


@pytest.fixture(scope="module")
def ordinary(start: Callable[..., Server], tmp_path_factory: pytest.TempPathFactory) -> Server:
    """As it is started by everybody, with data whose dumps take a while."""
    folder = write_large_root(tmp_path_factory.mktemp("large") / "root", 30_000)
    with few_descriptors():
        return start("ordinary", folder, "--reasoner", "none", "--timeout", "10")


def measure(server: Server, attack: Attack) -> Figures:
    before = memory_kib(server)
    with Probe(server.port, pause_s=0.005) as quiet:
        time.sleep(CAMPAIGN_S)
    crowd = Crowd(server.port, attack.pieces, attack.manners, attack.many, again=True)
    with Probe(server.port, pause_s=0.005) as probe, Witness(server) as witness, crowd:
        time.sleep(CAMPAIGN_S)
    is_back, kept = settled(server, before)
    faults = [f"a cached query failed: {one[:80]}" for one in probe.waits.failures[:3]]
    faults += witness.lies[:3]
    if probe.waits.longest > quiet.waits.longest + ROOM_S:
        faults.append("others waited")
    grown = (witness.most_kib - before) / 1024
    if grown > ROOM_MIB:
        faults.append("memory grew")
    if kept > KEPT_MIB:
        faults.append("memory was kept")
    if not is_back:
        faults.append("no fresh query afterwards")
    if unexpected := set(crowd.answers) - attack.answers - {()}:
        faults.append(f"answers: {sorted(unexpected)[:3]}")
    told = ", ".join(f"{statuses}: {number}" for statuses, number in crowd.answers.most_common(4))
    return Figures(
        f"{attack.kind}: {attack.name}",
        quiet.waits.longest,
        probe.waits.longest,
        probe.waits.p95,
        grown,
        kept,
        told,
        tuple(faults),
    )


def settled(server: Server, before_kib: int) -> tuple[bool, float]:
    """Whether fresh queries are answered again, and the MiB that the front has kept, after a bounded wait."""
    give_up = time.monotonic() + MOST_S / 5
    while True:
        with contextlib.suppress(OSError):
            is_back = asks_a_fresh_query(server)
        kept = (memory_kib(server) - before_kib) / 1024
        if (is_back and kept <= KEPT_MIB) or time.monotonic() > give_up:
            return is_back, kept
        time.sleep(0.5)


@pytest.mark.campaign
def test_an_attack_makes_nobody_wait(ordinary: Server) -> None:
    """All are measured before any is judged; CALCIGRAPH_ATTACK selects some by a part of their name."""
    chosen = [one for name, one in NAMED.items() if os.environ.get("CALCIGRAPH_ATTACK", "") in name]
    table: list[Figures] = []
    for attack in chosen:
        table.append(measure(ordinary, attack))
        print(table[-1], flush=True)
    print(HEADING, *table, sep="\n")
    print(
        f"median of the longest quiet waits: {1000 * statistics.median(row.quiet_s for row in table):.1f} ms"
    )
    assert [(row.name, row.faults) for row in table if row.faults] == []
    log = ordinary.log.read_text()
    assert "Traceback" not in log
    assert FORGED not in log
