"""Thousands of connections that do nothing, and hundreds that do little: queries beside them are answered."""

from __future__ import annotations

import os
import resource
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import pytest

from conftest import ROOTS, Server
from hostile_clients import Crowd, Manners, Pieces
from http_attacks import LONG, NOTHING, get, head_of_post, query
from large_roots import write_large_root
from polling import until
from probing import Probe, Waits
from test_http_limits import KEPT, ended, memory_kib
from witnessing import Witness, settled

# Each crowd of a campaign, and the quiet run before it.
CAMPAIGN_S = float(os.environ.get("CALCIGRAPH_CROWD_SECONDS", "60"))
QUIET_S = float(os.environ.get("CALCIGRAPH_QUIET_SECONDS", str(CAMPAIGN_S)))
EVERYDAY_S = 0.5
# Fifty queries a second, half of them new ones, over ten connections.
BESIDE: dict[str, Any] = {"every_s": 0.02, "connections": 10, "fresh": 2}
AT_MOST = 3.0


@dataclass(frozen=True)
class Kind:
    """What each client of a crowd does; how many there are, in passing and in a campaign."""

    pieces: Callable[[int], Pieces]
    manners: Manners
    few: int
    many: int


def slowly(_: int) -> Iterator[bytes | float]:
    """A whole request, a kilobyte a second: as slowly as is borne."""
    yield head_of_post(b"Content-Length: 1000000")
    for _ in range(1000):
        yield b"#" * 1000
        yield 1.0


def read_slowly(number: int) -> list[bytes]:
    """What is kept, what is in a file, and what is streamed; of that no more than the pool has room for, as
    long queries beyond it are refused."""
    if number % 3 == 0 and number < 60:
        return [query(LONG, more="&format=json")]
    return [get("/dump.nq.gz") if number % 3 == 1 else query(KEPT, more="&format=json")]


CROWDS = {
    "idle": Kind(lambda _: [], Manners.READS, 200, 5000),
    "slow senders": Kind(slowly, Manners.READS, 20, 300),
    "slow readers": Kind(read_slowly, Manners.TRICKLES, 20, 300),
    "dumps": Kind(lambda _: [get("/dump.nq.gz")], Manners.READS, 5, 50),
}


@pytest.fixture(scope="module")
def descriptors() -> Iterator[int]:
    """As many as this process may have, and the servers that it starts."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    yield hard
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


@pytest.fixture(scope="module")
def crowded(start: Callable[..., Server], descriptors: int) -> Server:
    return start("crowded", ROOTS["toy"], "--reasoner", "none")


@pytest.fixture(scope="module")
def crowded_and_large(
    start: Callable[..., Server], descriptors: int, tmp_path_factory: pytest.TempPathFactory
) -> Server:
    folder = write_large_root(tmp_path_factory.mktemp("large") / "root", 30_000)
    return start("crowded", folder, "--reasoner", "none")


def open_connections(server: Server) -> int:
    """How many sockets the front has to clients."""
    folder = f"/proc/{server.pid}/fd"
    return sum(_is_socket(f"{folder}/{name}") for name in os.listdir(folder))


def _is_socket(path: str) -> bool:
    try:
        return os.readlink(path).startswith("socket:")
    except FileNotFoundError:
        return False


def beside(server: Server, kind: Kind, number: int, seconds: float, again: bool) -> tuple[Waits, Crowd]:
    """What queries waited beside so many clients of a kind, all of them connected before."""
    with Crowd(server.port, kind.pieces, kind.manners, number, again) as crowd:
        # Counted at this end: at the other one those of the crowd before may be closing yet.
        until(lambda: crowd.connected >= number or crowd.answers.total() >= number)
        with Probe(server.port, **BESIDE) as probe:
            time.sleep(seconds)
    return probe.waits, crowd


@pytest.mark.parametrize("name", CROWDS)
def test_no_query_fails_beside_a_few(crowded: Server, name: str) -> None:
    kind = CROWDS[name]
    waits, crowd = beside(crowded, kind, kind.few, EVERYDAY_S, again=False)
    assert waits.failures == []
    assert len(waits.seconds) >= BESIDE["connections"]
    if name == "dumps":
        assert set(crowd.answers) <= {(200,)}


def test_the_longest_idle_makes_room_and_nobody_who_asks_notices(
    start: Callable[..., Server], descriptors: int
) -> None:
    server = start("small", ROOTS["toy"], "--reasoner", "none", "--connections", "100")
    with Crowd(server.port, lambda _: [], Manners.READS, 80):
        until(lambda: open_connections(server) >= 80)
        with Probe(server.port, **BESIDE) as probe:
            before = ended(server, "shed")
            with Crowd(server.port, lambda _: [], Manners.READS, 80):
                until(lambda: ended(server, "shed") >= before + 50)
    assert probe.waits.failures == []


@pytest.mark.campaign
def test_no_query_fails_or_waits_beside_a_crowd(crowded_and_large: Server, descriptors: int) -> None:
    """All are measured before any is judged; a crowd for which there are too few descriptors is smaller."""
    table: list[str] = []
    faults: list[str] = []
    for name, kind in CROWDS.items():
        many = replace(kind, many=min(kind.many, descriptors - 500)).many
        with Probe(crowded_and_large.port, **BESIDE) as quiet:
            time.sleep(QUIET_S)
        before = memory_kib(crowded_and_large)
        with Witness(crowded_and_large) as witness:
            waits, crowd = beside(crowded_and_large, kind, many, CAMPAIGN_S, again=True)
        _, after = settled(crowded_and_large, before)
        ratio = waits.p95 / quiet.waits.p95
        table.append(
            f"{many:5} {name:15} {len(waits.seconds):6} queries, {len(waits.failures)} failed; "
            f"p95 {1000 * quiet.waits.p95:.1f} ms quiet, {1000 * waits.p95:.1f} ms beside ({ratio:.2f}x), "
            f"longest {1000 * quiet.waits.longest:.1f} and {1000 * waits.longest:.1f} ms; "
            f"MiB {before >> 10}, {witness.most_kib >> 10} at most, {after >> 10} after; "
            f"{crowd.answers.most_common(3)}"
        )
        print(table[-1], flush=True)
        faults += [f"{name}: {failure}" for failure in (quiet.waits.failures + waits.failures)[:5]]
        faults += [f"{name}: {lie}" for lie in witness.lies[:3]]
        if ratio > AT_MOST:
            faults.append(f"{name}: {ratio:.2f}x")
        if unexpected := set(crowd.answers) - NOTHING - {(200,), (408,), (503,)}:
            faults.append(f"{name}: {sorted(unexpected)}")
    print(*table, *(f"fault: {fault}" for fault in faults), sep="\n")
    assert faults == []
    assert "Traceback" not in crowded_and_large.log.read_text()
