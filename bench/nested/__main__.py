"""`python -m bench.nested`: six nested shapes at three sizes, ours beside the peers that are installed.

    python -m bench.nested                                # 3,000, 100,000, a million things; writes report.md
    python -m bench.nested --things 3000 --report here.md

Each peer runs by itself. A query is asked three times, each time with another comment; the median counts.
What took a peer above five seconds is asked once, and not at the next size.
"""

from __future__ import annotations

import argparse
import itertools
import json
import statistics
import tempfile
from pathlib import Path

from bench.nested.shapes import SHAPES, Shape, query, write
from bench.queries.connection import Connection
from bench.queries.peers import PEERS, Peer, Server
from bench.queries.processes import BenchError

REPORT = Path(__file__).with_name("report.md")
_ROUNDS = 3
_PATIENCE_S = 5.0
_LIMIT_S = 30.0
_TOO_LONG = f"above {_LIMIT_S:.0f} s"
_NUMBERS = itertools.count()
# Milliseconds, or why there are none; by things, peer, shape and form.
Measured = dict[tuple[int, str, str, str], float | str]


def main() -> None:
    """Measure, and write the report."""
    chosen = _arguments()
    sizes = [int(size) for size in chosen.things.split(",")]
    wanted = tuple(chosen.peers.split("; "))
    peers = [peer for peer in PEERS.values() if peer.version() and peer.name.startswith(wanted)]
    measured: Measured = {}
    for things in sizes:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            data = folder / "data.nq"
            write(things, data)
            for peer in peers:
                _measure(peer, things, data, folder, measured)
    chosen.report.write_text(report(measured, sizes, [peer.name for peer in peers]))
    print(chosen.report.read_text())


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--things", default="3000,100000,1000000")
    parser.add_argument("--peers", default="", help="beginnings of names with `; ` between; all by default")
    parser.add_argument("--report", type=Path, default=REPORT)
    return parser.parse_args()


def _measure(peer: Peer, things: int, data: Path, folder: Path, measured: Measured) -> None:
    """All shapes of one peer; started again behind one that it did not answer in time."""
    waiting = [(shape, form) for shape in SHAPES for form in ("by hand", "nested")]
    while waiting:
        own = folder / f"{peer.name} {len(waiting)}"
        own.mkdir()
        with peer.serve(data, own, 5 * things) as server:
            while waiting:
                shape, form = waiting.pop(0)
                key = things, peer.name, shape.name, form
                measured[key] = "not asked"
                if not _is_slow(measured, peer, shape, form, things):
                    measured[key] = _time(server, shape, form, things)
                print(*key, measured[key], flush=True)
                if measured[key] == _TOO_LONG:
                    break


def _time(server: Server, shape: Shape, form: str, things: int) -> float | str:
    """The median of some requests; of one where that took long."""
    times: list[float] = []
    try:
        with Connection(server.endpoint, _LIMIT_S) as connection:
            while len(times) < _ROUNDS and (not times or times[0] < 1000 * _PATIENCE_S):
                times.append(_ask(connection, shape, form, things))
    except TimeoutError:
        return _TOO_LONG
    return statistics.median(times)


def _is_slow(measured: Measured, peer: Peer, shape: Shape, form: str, things: int) -> bool:
    """Whether a smaller size took too long, or one was not asked any more."""
    wanted = peer.name, shape.name, form
    earlier = [value for key, value in measured.items() if key[1:] == wanted and key[0] < things]
    return any(isinstance(value, str) or value > 1000 * _PATIENCE_S for value in earlier)


def _ask(connection: Connection, shape: Shape, form: str, things: int) -> float:
    """Milliseconds until the answer was there. Raises: BenchError where it is not the right number."""
    text = query(shape.nested if form == "nested" else shape.by_hand, next(_NUMBERS))
    reply = connection.ask(connection.endpoint.request(text))
    if reply.status != 200:
        raise BenchError(f"{shape.name}: answered {reply.status}: {reply.body[:200]!r}")
    (row,) = json.loads(reply.body)["results"]["bindings"]
    if int(row["n"]["value"]) != round(shape.share * things):
        raise BenchError(f"{shape.name}, {form}: {row['n']['value']} of {things} things")
    return 1000 * reply.total_s


def report(measured: Measured, sizes: list[int], peers: list[str]) -> str:
    """The tables, as Markdown."""
    lines = [
        "# Groups in groups: this server and its peers",
        "",
        "Written by `python -m bench.nested`. Milliseconds over HTTP, cold, median of three, of `SELECT",
        "(COUNT(*) AS ?n)` over six shapes (`shapes.py`): as they are nested, and as rewritten by hand. The",
        "answers are checked against the number that follows from how the data is made. *Growth* is how many",
        "times as long a thing takes as at the size before (1 is linear), and *of by hand* the nested form",
        "divided by the other one. *Not asked*: a smaller size took above five seconds.",
    ]
    for peer in peers:
        lines += [
            "",
            f"## {peer}",
            "",
            "| shape | things | by hand | nested | of by hand | growth |",
            "|---|---|---|---|---|---|",
        ]
        for shape in SHAPES:
            before: tuple[int, float | str] | None = None
            for things in sizes:
                hand, nested = (measured[things, peer, shape.name, form] for form in ("by hand", "nested"))
                lines.append(
                    f"| {shape.name} | {things:,} | {_shown(hand)} | {_shown(nested)} "
                    f"| {_ratio(nested, hand)} | {_growth(before, (things, nested))} |"
                )
                before = things, nested
    return "\n".join(lines) + "\n"


def _shown(value: float | str) -> str:
    return value if isinstance(value, str) else f"{value:.3g}" if value < 100 else f"{value:,.0f}"


def _ratio(value: float | str, other: float | str) -> str:
    return "" if isinstance(value, str) or isinstance(other, str) else f"{value / other:.2f}"


def _growth(before: tuple[int, float | str] | None, now: tuple[int, float | str]) -> str:
    if before is None or isinstance(before[1], str) or isinstance(now[1], str):
        return ""
    return f"{now[1] / before[1] * before[0] / now[0]:.2f}"


if __name__ == "__main__":
    main()
