"""`python -m bench.editions [--former COMMIT]`: writes bench/editions/report.md.

COMMIT is a folder with the former commit checked out, whose server is started in turn with this one.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import Any

from bench.editions.roots import made
from bench.editions.servers import serving
from calcigraph.edition import Edition, EditionCache
from calcigraph.root import Root

REPORT = Path(__file__).with_name("report.md")
SHIPPED = Path(__file__).parents[2]
# With what the reasoner adds these are some 100,000, 300,000 and 1,000,000 quads.
TRIPLES = (0, 49_000, 147_000, 492_000)
SWAPPED = (TRIPLES[1], TRIPLES[-1])
SWAPS = 30
STARTS = 5
_REST_S = 3.0
PARTS = {
    "reasoner": "its consequences",
    "index": "written to the index",
    "description": "what describes the data",
    "writer": "all of the writer, and to ask it",
    "difference": "what queries see of it",
    "fork server": "the fork server",
    "published": "until `publish` returns",
    "seen": "until a query has seen it",
}
Numbers = dict[str, Any]


def memory(root: Path, cache: Path, reasoner: str) -> dict[str, int]:
    """What the front has at rest, started from what is kept."""
    with serving(root, cache, reasoner):
        pass
    with serving(root, cache, reasoner) as started:
        time.sleep(_REST_S)
        return started.memory()


def swapped(root: Path, cache: Path, reasoner: str) -> Numbers:
    """The times of swaps, measured by a process of its own."""
    command = [sys.executable, "-m", "bench.editions.swaps", str(root), reasoner, str(SWAPS)]
    environment = {**os.environ, "XDG_CACHE_HOME": str(cache)}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    found: Numbers = json.loads(done.stdout.splitlines()[-1])
    return found


def starts(cache: Path, servers: dict[str, Path | None]) -> dict[str, list[tuple[float, float]]]:
    """Seconds, and seconds of processor time, of starts on the shipped root, the servers in turn."""
    found: dict[str, list[tuple[float, float]]] = {name: [] for name in servers}
    for turn in range(STARTS + 1):
        for name, server in servers.items():
            with serving(SHIPPED, cache, "builtin", server) as started:
                # The first one fills the cache.
                if turn:
                    found[name].append((started.wall_s, started.cpu_s))
    return found


def report(
    sizes: dict[int, int],
    memories: dict[int, dict[str, int]],
    swaps: dict[str, Numbers],
    started: dict[str, list[tuple[float, float]]],
) -> str:
    """The report."""
    lines = [
        "# Editions: memory of the front, swaps, starts",
        "",
        f"Written by `python -m bench.editions`; Python {platform.python_version()}, {os.cpu_count()} cores,"
        f" load average {os.getloadavg()[2]:.0f}.",
        "",
        "## Memory of the front at rest",
        "",
        'The workload "plain" (see bench/reasoning) with the builtin reasoner, started from what is kept,',
        "after one query. Bytes a quad are beyond the root without data.",
        "",
        *_memories(sizes, memories),
        "",
        "## The swap of one added triple, in milliseconds",
        "",
        f"A label of a node, p50 / p95 of {SWAPS}; then the first one, which starts the writer and copies",
        "the index. The first three parts are measured in a process where nothing else runs.",
        "",
        *_swaps(swaps),
        "",
        "## Start on the shipped root, its edition kept, until the first query is answered",
        "",
        *_starts(started),
        "",
    ]
    return "\n".join(lines)


def _memories(sizes: dict[int, int], memories: dict[int, dict[str, int]]) -> Iterator[str]:
    yield "| asserted | quads | resident (RSS) | bytes a quad | proportional (PSS) | bytes a quad |"
    yield "|---|---|---|---|---|---|"
    least = memories[0]
    for triples, found in memories.items():
        more = sizes[triples] - sizes[0]
        cells = []
        for name in ("Rss", "Pss"):
            cells.append(f"{found[name] / 1e6:.1f} MB")
            cells.append(f"{(found[name] - least[name]) / more:.1f}" if more else "")
        yield f"| {triples:,} | {sizes[triples]:,} | {' | '.join(cells)} |"


def _swaps(swaps: dict[str, Numbers]) -> Iterator[str]:
    heads = (f"{name}, {found['size']:,} quads" for name, found in swaps.items())
    yield f"| part | {' | '.join(heads)} |"
    yield f"|---|{'---|' * len(swaps)}"
    for part, text in PARTS.items():
        cells = (_milliseconds(found, part) for found in swaps.values())
        yield f"| {text} | {' | '.join(cells)} |"


def _milliseconds(found: Numbers, part: str) -> str:
    p50, p95, first = (1000 * found[name][part] for name in ("p50", "p95", "first"))
    return f"{p50:.1f} / {p95:.1f}; {first:.0f}"


def _starts(started: dict[str, list[tuple[float, float]]]) -> Iterator[str]:
    yield f"| | seconds, median of {STARTS} | each | processor seconds, median | each |"
    yield "|---|---|---|---|---|"
    for name, found in started.items():
        cells = []
        for values in zip(*found, strict=True):
            cells += [f"{median(values):.2f}", ", ".join(f"{value:.2f}" for value in values)]
        yield f"| {name} | {' | '.join(cells)} |"


def main() -> None:
    """Measure, and write the report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--former", type=Path)
    parser.add_argument("--folder", type=Path, help="where roots and what is kept of them stay")
    chosen = parser.parse_args()
    folder = chosen.folder or Path(tempfile.mkdtemp(prefix="bench-editions-"))
    cache = folder / "cache"
    cache.mkdir(parents=True, exist_ok=True)
    try:
        servers = {"now": None, **({"the former commit": chosen.former / "server"} if chosen.former else {})}
        started = starts(cache, servers)
        print(started, flush=True)
        swaps = {"shipped": swapped(SHIPPED, cache, "builtin")}
        memories, sizes = {}, {}
        for triples in TRIPLES:
            root = made(folder, triples)
            memories[triples] = memory(root, cache, "builtin")
            sizes[triples] = _size(root, cache)
            print(triples, sizes[triples], memories[triples], flush=True)
            if triples in SWAPPED:
                swaps[f"generated {triples:,}"] = swapped(root, cache, "builtin")
        REPORT.write_text(report(sizes, memories, swaps, started), encoding="utf-8")
    finally:
        if not chosen.folder:
            shutil.rmtree(folder)


def _size(root: Path, cache: Path) -> int:
    """How many quads the edition of a root has."""
    read = Root.read(root)
    editions = EditionCache(cache / "calcigraph")
    kept = editions.recall(read.digest, "builtin", editions.work_folder())
    assert kept is not None
    return Edition.open(read, kept).size


if __name__ == "__main__":
    main()
