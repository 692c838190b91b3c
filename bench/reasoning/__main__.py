"""Every engine on every workload, side by side in one run; the report in Markdown out.

`python -m bench.reasoning [--sizes 10000,100000] [--seconds 120] [--folder DIR]` writes
bench/reasoning/report.md. An engine that is not installed, or not done in time, is said to be so.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from math import prod
from pathlib import Path
from typing import Any

from bench.reasoning.engines import ENGINES
from bench.reasoning.generate import WORKLOADS, write

REPORT = Path(__file__).with_name("report.md")
Run = dict[str, Any]
SMALL_ENOUGH = {"owlrl": 10_000}
"""Above this size an engine is not started: it is known to need hours."""


def run(module: str, arguments: list[str], seconds: float) -> Run:
    """One measurement in a process of its own."""
    command = [sys.executable, "-m", f"bench.reasoning.{module}", *arguments]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=seconds, check=False)
    except subprocess.TimeoutExpired:
        return {"failed": f"did not finish in {seconds:.0f} s"}
    if done.returncode:
        return {"failed": (done.stderr.strip().splitlines() or ["killed"])[-1][:80]}
    found: Run = json.loads(done.stdout.splitlines()[-1])
    return found


def measure(sizes: list[int], seconds: float, folder: Path) -> dict[tuple[str, int], dict[str, Run]]:
    """All engines on all workloads."""
    out: dict[tuple[str, int], dict[str, Run]] = {}
    for kind in WORKLOADS:
        for size in sizes:
            schema, data = write(kind, size, folder)
            runs = out[kind, size] = {}
            for engine in ENGINES:
                if size > SMALL_ENOUGH.get(engine, size):
                    runs[engine] = {"failed": "not started at this size"}
                    continue
                runs[engine] = run("engines", [engine, str(schema), str(data)], seconds)
                print(kind, size, engine, runs[engine], flush=True)
            if size <= 1_000_000:
                runs["latency"] = run("latency", [str(schema), str(data)], 5 * seconds)
                print(kind, size, runs["latency"], flush=True)
    return out


def total(found: Run) -> float | None:
    """Seconds from files to the closure in memory, None for a run that failed."""
    return None if "failed" in found else found["load"] + found["reason"]


def _cell(found: Run, own: float) -> str:
    seconds = total(found)
    if seconds is None:
        return str(found["failed"])
    return f"{seconds:.2f} s, {found['memory'] / 1024:.0f} MB ({seconds / own:.1f}x)"


def closures(results: dict[tuple[str, int], dict[str, Run]]) -> Iterator[str]:
    """The table of closure times, and what the closures have in common."""
    yield "| workload | triples | inferred | " + " | ".join(ENGINES) + " |"
    yield "|---|---|---|" + "---|" * len(ENGINES)
    for (kind, size), runs in results.items():
        own = total(runs["builtin"])
        if own is None:
            yield f"| {kind} | {size:,} | | {runs['builtin']['failed']} |"
            continue
        cells = " | ".join(_cell(runs[engine], own) for engine in ENGINES)
        yield f"| {kind} | {size:,} | {runs['builtin']['inferred']:,} | {cells} |"
    yield ""
    for engine in ("nemo", "reasonable", "owlrl"):
        pairs = [(total(runs[engine]), total(runs["builtin"])) for runs in results.values()]
        ratios = [peer / own for peer, own in pairs if peer and own]
        if ratios:
            mean = prod(ratios) ** (1 / len(ratios))
            yield f"- {engine}: {mean:.1f} times as long, as geometric mean of {len(ratios)} runs."


def equality(results: dict[tuple[str, int], dict[str, Run]]) -> Iterator[str]:
    """Whether the closures are the same triples."""
    for (kind, size), runs in results.items():
        own, peer = runs["builtin"], runs["owlrl"]
        if "digest" in own and "digest" in peer:
            same = "the same" if own["digest"] == peer["digest"] else "NOT the same"
            yield f"- {kind}, {size:,}: {same} triples as owlrl's (fingerprint; generated nodes left out)."


def latencies(results: dict[tuple[str, int], dict[str, Run]]) -> Iterator[str]:
    """The table of one-triple changes and proofs."""
    yield "| workload | triples | add p50 / p95 ms | delete p50 / p95 ms | proof p50 / p95 / max ms |"
    yield "|---|---|---|---|---|"
    for (kind, size), runs in results.items():
        found = runs.get("latency", {"failed": ""})
        if "failed" not in found:
            f = {name: f"{value:.2f}" for name, value in found.items()}
            adds, deletes = (f"{f[f'{name} median']} / {f[f'{name} p95']}" for name in ("add", "delete"))
            proofs = f"{f['proof median']} / {f['proof p95']} / {f['proof max']}"
            yield f"| {kind} | {size:,} | {adds} | {deletes} | {proofs} |"


def report(results: dict[tuple[str, int], dict[str, Run]], seconds: float) -> str:
    """The report."""
    lines = [
        "# Reasoning: this reasoner and its peers",
        "",
        f"Written by `python -m bench.reasoning`; Python {platform.python_version()}, {os.cpu_count()} cores,"
        f" one run, at most {seconds:.0f} s an engine.",
        "Each engine runs in a process of its own, on the same files.",
        "",
        "## Closure: seconds from files to all inferred triples in memory (and how many times ours)",
        "",
        *closures(results),
        "- owlrl's time is reasoning only; parsing is left out in its favour.",
        "- reasonable knows no property chains, so on `chains` it computes less.",
        "- Nemo runs the rules that this project's compiler makes of the ontology.",
        *equality(results),
        "",
        "## One-triple changes and proofs",
        "",
        *latencies(results),
        "",
        "A change is one asserted triple taken out, or put back, with its consequences. A proof is of a",
        "random inferred triple.",
        "",
    ]
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", default="10000,100000,1000000")
    parser.add_argument("--seconds", type=float, default=120)
    parser.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()) / "bench-reasoning")
    chosen = parser.parse_args()
    chosen.folder.mkdir(parents=True, exist_ok=True)
    results = measure([int(size) for size in chosen.sizes.split(",")], chosen.seconds, chosen.folder)
    REPORT.write_text(report(results, chosen.seconds))
    print(REPORT.read_text())


if __name__ == "__main__":
    main()
