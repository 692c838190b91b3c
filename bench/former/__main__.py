"""`python -m bench.former FOLDER`: writes bench/former/report.md.

FOLDER has the former commit checked out, with what it depends on in its `.venv`; where it has none, this
commit's dependencies are used.
"""

from __future__ import annotations

import argparse
import contextlib
import itertools
import os
import platform
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from bench.editions.roots import made
from bench.editions.servers import serving
from bench.queries.connection import Connection, Endpoint
from bench.queries.medians import MODES, median_s

HERE = Path(__file__).parents[2]
REPORT = Path(__file__).with_name("report.md")
ROUNDS = 60
ASKED = 50
CLOSURES = 9
TRIPLES = 49_000
# Ratios of so many rounds in a hundred lie between the first of these and the last.
QUANTILES = (10, 50, 90)


class Commit:
    """One commit: the interpreter that has what it depends on, and the folder of its package."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        own = folder / ".venv" / "bin" / "python"
        self.python = str(own) if own.exists() else sys.executable
        self.package = folder / "server"

    def closing_s(self, files: list[str]) -> float:
        """The processor seconds that it takes to close the files."""
        script = str(Path(__file__).with_name("closing.py"))
        environment = {**os.environ, "PYTHONPATH": str(self.package)}
        command = [self.python, "-P", script, *files]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
        return float(done.stdout.split()[0])


def subjects(connection: Connection) -> list[str]:
    """IRIs that the root says something of."""
    query = "SELECT DISTINCT ?s { ?s ?p ?o FILTER(isIRI(?s)) } ORDER BY ?s LIMIT 1000"
    body = connection.ask(connection.endpoint.request(query)).body.decode()
    return [part.split('"')[0] for part in body.split('"type":"uri","value":"')[1:]]


def texts(iris: list[str], numbers: Iterator[int]) -> Iterator[tuple[int, str]]:
    """Some point queries with their numbers."""
    for number in itertools.islice(numbers, ASKED):
        yield number, f"SELECT ?p ?o {{ <{iris[number % len(iris)]}> ?p ?o }}"


def point_queries(commits: list[Commit], cache: Path) -> dict[str, list[float]]:
    """For each mode, the ratio of each round: this commit's median over the former one's."""
    with contextlib.ExitStack() as stack:
        connections = []
        for commit in commits:
            started = stack.enter_context(
                serving(HERE, cache, "builtin", commit.package, python=commit.python)
            )
            connections.append(stack.enter_context(Connection(Endpoint(started.port, "/sparql"))))
        iris = subjects(connections[0])
        numbers = itertools.count()
        found: dict[str, list[float]] = {mode: [] for mode in MODES}
        for turn in range(ROUNDS + 1):
            for mode in MODES:
                # In turn, so that neither is always the first.
                order = connections if turn % 2 else connections[::-1]
                taken = {c.endpoint.port: median_s(c, texts(iris, numbers), mode) for c in order}
                # The first round warms both.
                if turn:
                    now, former = (taken[c.endpoint.port] for c in connections)
                    found[mode].append(now / former)
        return found


def closures(commits: list[Commit], folder: Path) -> list[float]:
    """The ratios of the processor time that closing a generated ontology takes."""
    root = made(folder, TRIPLES)
    files = [str(root / "ontology" / "schema.ttl"), str(root / "data" / "facts.ttl")]
    ratios = []
    for _ in range(CLOSURES):
        now, former = (commit.closing_s(files) for commit in commits)
        ratios.append(now / former)
    return ratios


def report(former: str, ratios: dict[str, list[float]]) -> str:
    """The report."""
    heads = " | ".join(f"{number}th percentile" for number in QUANTILES)
    lines = [
        "# Beside a former commit",
        "",
        f"Written by `python -m bench.former`; Python {platform.python_version()}, {os.cpu_count()} cores,"
        f" load average {os.getloadavg()[2]:.0f}. The former commit: {former}.",
        "",
        f"Ratios of times, this commit over the former one; below 1 is faster. {ROUNDS} rounds, each of"
        f" {ASKED} point queries of the shipped root to either server in turn, the median of each; and"
        f" {CLOSURES} closures of {TRIPLES:,} generated triples, in processor time.",
        "",
        f"| | {heads} |",
        f"|---|{'---|' * len(QUANTILES)}",
    ]
    for name, values in ratios.items():
        ordered = sorted(values)
        cells = (f"{ordered[number * (len(ordered) - 1) // 100]:.2f}" for number in QUANTILES)
        lines.append(f"| {name} | {' | '.join(cells)} |")
    return "\n".join([*lines, ""])


def main() -> None:
    """Measure, and write the report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("former", type=Path)
    former = parser.parse_args().former.resolve()
    commits = [Commit(HERE), Commit(former)]
    name = subprocess.run(
        ["git", "-C", str(former), "log", "-1", "--format=%h, %s"], capture_output=True, text=True, check=True
    ).stdout.strip()
    with tempfile.TemporaryDirectory(prefix="bench-former-") as folder:
        ratios = {f"point queries, {m}": r for m, r in point_queries(commits, Path(folder)).items()}
        ratios["closure"] = closures(commits, Path(folder))
        REPORT.write_text(report(name, ratios), encoding="utf-8")


if __name__ == "__main__":
    main()
