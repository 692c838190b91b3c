"""Attacks upon the front, each with its neighbours: everybody else is answered as on a quiet day."""

from __future__ import annotations

import os
import re
import statistics
import time
from collections import Counter
from collections.abc import Callable

import pytest

from conftest import ROOTS, Server
from hostile_clients import Crowd, Manners
from http_attacks import ATTACKS, FORGED, VOLATILE
from large_roots import write_large_root
from polling import until
from probing import Probe
from test_http_limits import ended
from timed_turns import LongestTurn, timed
from witnessing import HEADING, Figures, asks_a_fresh_query, few_descriptors, measure

# Each attack of a campaign, and the quiet run before it.
CAMPAIGN_S = float(os.environ.get("CALCIGRAPH_ATTACK_SECONDS", "10"))
QUIET_S = float(os.environ.get("CALCIGRAPH_QUIET_SECONDS", str(CAMPAIGN_S)))
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


@pytest.fixture(scope="module")
def ordinary(
    start: Callable[..., Server], tmp_path_factory: pytest.TempPathFactory
) -> tuple[Server, LongestTurn]:
    """As it is started by everybody, with data whose dumps take a while."""
    folder = write_large_root(tmp_path_factory.mktemp("large") / "root", 30_000)
    with few_descriptors(), timed(tmp_path_factory.mktemp("turns") / "longest") as longest:
        return start("ordinary", folder, "--reasoner", "none", "--timeout", "10"), longest


@pytest.mark.campaign
def test_an_attack_makes_nobody_wait(ordinary: tuple[Server, LongestTurn]) -> None:
    """All are measured before any is judged; CALCIGRAPH_ATTACK selects some by a part of their name."""
    chosen = [one for name, one in NAMED.items() if os.environ.get("CALCIGRAPH_ATTACK", "") in name]
    table: list[Figures] = []
    for attack in chosen:
        table.append(measure(*ordinary, attack, QUIET_S, CAMPAIGN_S))
        print(table[-1], flush=True)
    print(HEADING, *table, sep="\n")
    print(
        f"median of the longest quiet waits: {1000 * statistics.median(row.quiet_s for row in table):.1f} ms"
    )
    assert [(row.name, row.faults) for row in table if row.faults] == []
    log = ordinary[0].log.read_text()
    assert "Traceback" not in log
    assert FORGED not in log
