"""`python -m bench.queries`: fifteen queries over HTTP, ours beside every peer that is installed.

    python -m bench.queries                                    # 10,000, a million, ten million
    python -m bench.queries --sizes 10000 --peers ours,oxigraph
    python -m bench.queries --folder DIR --sizes 1000000       # the rest of an earlier run in DIR
    python -m bench.queries --folder DIR --report-only

Results are kept in the folder, a line for each size and peer, and what stands there is not measured
again; the report is made from all of them. Without a folder everything is measured. Peers take turns
at each query; at ten million triples they run one after the other, because together they would not
fit into memory.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from bench.queries.measure import Plan, measure
from bench.queries.peers import PEERS, Peer
from bench.queries.report import report
from bench.queries.results import Result, keep, kept

REPORT = Path(__file__).with_name("report.md")
SIZES = "10000,1000000,10000000"
_ALONE = 5_000_000


def main() -> None:
    """Measure what is missing, and write the report."""
    chosen = _arguments()
    with tempfile.TemporaryDirectory() as passing:
        folder = chosen.folder or Path(passing)
        folder.mkdir(parents=True, exist_ok=True)
        if not chosen.report_only:
            for size in map(int, chosen.sizes.split(",")):
                _size(size, _wanted(chosen.peers), folder, chosen.seconds)
        results = kept(folder)
    different = difference(results)
    if different:
        raise SystemExit(different)
    chosen.report.write_text(report(results))
    print(chosen.report.read_text())


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--sizes", default=SIZES, help="numbers of triples")
    parser.add_argument("--peers", default="", help="beginnings of names; all by default")
    parser.add_argument("--seconds", type=float, default=1.5, help="for each query of each peer")
    parser.add_argument("--folder", type=Path, help="where data and results are kept, to go on from")
    parser.add_argument("--report", type=Path, default=REPORT)
    parser.add_argument("--report-only", action="store_true")
    return parser.parse_args()


def _wanted(names: str) -> list[Peer]:
    starts = tuple(name.strip().lower() for name in names.split(","))
    return [peer for peer in PEERS.values() if peer.name.lower().startswith(starts)]


def _size(triples: int, peers: list[Peer], folder: Path, seconds: float) -> None:
    """Measure those peers that the folder lacks; together, or one by one where they are large."""
    runnable = []
    for peer in peers:
        earlier = kept(folder).get((triples, peer.name))
        if earlier and not earlier.failed:
            continue
        reason = _absence(peer, triples)
        if reason:
            keep(Result(triples, peer.name, peer.version() or "", failed=reason), folder)
        else:
            runnable.append(peer)
    together = [[peer] for peer in runnable] if triples > _ALONE else [runnable]
    plan = Plan(query_s=seconds, rounds=2 if triples > _ALONE else 3)
    for group in filter(None, together):
        for result in measure(group, triples, plan, folder):
            keep(result, folder)


def _absence(peer: Peer, triples: int) -> str:
    """Why a peer is not run, empty where it is."""
    if peer.version() is None:
        return f"not installed; `{peer.brought_by}` brings it"
    return f"not run: {peer.reason}" if triples > peer.largest else ""


def difference(results: dict[tuple[int, str], Result]) -> str | None:
    """The first query that two peers answer differently, and which they are."""
    seen: dict[tuple[int, str], Result] = {}
    for result in results.values():
        for name, measured in result.queries.items():
            other = seen.setdefault((result.triples, name), result) if not measured.failed else result
            if other.queries[name].digest != measured.digest:
                return f"{other.peer} and {result.peer} differ at {result.triples:,} triples: {name}"
    return None


if __name__ == "__main__":
    main()
