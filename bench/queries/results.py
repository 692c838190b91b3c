"""What was measured of one peer at one size, as a line of JSON in a folder, and back."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from bench.queries.load import Rate

_FILE = "results.jsonl"


@dataclass(frozen=True)
class Times:
    """Milliseconds to the whole answer (median and 95th percentile; of few, the greatest) and to the
    first byte of its body (median)."""

    p50: float
    p95: float
    first: float
    asked: int


@dataclass(frozen=True)
class Measured:
    """One query: what it said, cold (a text that nobody asked before) and repeated (the same text).

    Where it `failed`, that is why, and the rest is empty.
    """

    rows: int = 0
    digest: str = ""
    cold: Times | None = None
    repeated: Times | None = None
    failed: str = ""


@dataclass(frozen=True)
class Footprint:
    """Proportional memory in bytes: of the tree of processes at rest, and before and after so many
    mixed queries. `core` is what the process that holds the data and two that evaluate take, where
    the peer has such."""

    rest: int
    before: int = 0
    after: int = 0
    mixed: int = 0
    core: int | None = None


@dataclass(frozen=True)
class Result:
    """Everything of one peer at one size; `rates` by mode ("cold", "repeated" and each with "slow")."""

    triples: int
    peer: str
    version: str
    failed: str = ""
    start_s: float = 0.0
    again_s: float | None = None
    queries: dict[str, Measured] = field(default_factory=dict)
    rates: dict[str, Rate] = field(default_factory=dict)
    footprint: Footprint | None = None


def keep(result: Result, folder: Path) -> None:
    """Add a line; it takes the place of an earlier one of the same peer and size."""
    with (folder / _FILE).open("a") as out:
        out.write(json.dumps(asdict(result)) + "\n")


def kept(folder: Path) -> dict[tuple[int, str], Result]:
    """What a folder holds, by size and peer."""
    file = folder / _FILE
    lines = file.read_text().splitlines() if file.exists() else []
    results = (_result(json.loads(line)) for line in lines)
    return {(result.triples, result.peer): result for result in results}


def _result(found: dict[str, Any]) -> Result:
    queries = {name: _measured(query) for name, query in found["queries"].items()}
    rates = {name: Rate(**rate) for name, rate in found["rates"].items()}
    footprint = Footprint(**found["footprint"]) if found["footprint"] else None
    return Result(**(found | {"queries": queries, "rates": rates, "footprint": footprint}))


def _measured(found: dict[str, Any]) -> Measured:
    times = {name: Times(**found[name]) if found[name] else None for name in ("cold", "repeated")}
    return Measured(**(found | times))
