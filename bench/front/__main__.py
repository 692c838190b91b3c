"""`python -m bench.front`: what a quiet machine says of the front, in some 18 minutes, as one table.

Point queries beside a former commit and `oxigraph serve`; then the campaigns of tests/test_http_attacks.py
and tests/test_http_crowds.py. Ends with 1 where one of these has found a fault; the table has it.
"""

from __future__ import annotations

import argparse
import contextlib
import itertools
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median

from bench.queries import workload
from bench.queries.connection import Connection, Endpoint, answers
from bench.queries.medians import MODES, median_s
from bench.queries.peers import oxigraph
from bench.queries.processes import free_port, running, wait

HERE = Path(__file__).parents[2]
# The last one whose connections were a server of the shelf.
FORMER = "39c84f6"
TRIPLES = 10_000
ROUNDS = 40
ASKED = 50
START_S = 120.0
# Seconds for what is quiet, and for what is beside it.
SECONDS = {
    "tests/test_http_attacks.py": {"CALCIGRAPH_QUIET_SECONDS": "1", "CALCIGRAPH_ATTACK_SECONDS": "2.5"},
    "tests/test_http_crowds.py": {"CALCIGRAPH_QUIET_SECONDS": "20", "CALCIGRAPH_CROWD_SECONDS": "60"},
}


@contextlib.contextmanager
def of_commit(code: Path, data: Path, folder: Path, libraries: Path | None = None) -> Iterator[Endpoint]:
    """The server of a commit that is checked out, on the data; with `libraries` of its own where it is not
    the one that this environment was made for."""
    endpoint = Endpoint(free_port(), "/sparql")
    path = "PYTHONPATH=" + ":".join(map(str, filter(None, (code / "server", code, libraries))))
    command = ["env", path, sys.executable, "-m", "bench.queries.launch", str(data), str(endpoint.port)]
    log = folder / "log"
    with running(command, log, code) as pid:
        wait(lambda: answers(endpoint, "ASK { ?s ?p ?o }"), pid, START_S, log)
        yield endpoint


def libraries_of(code: Path, folder: Path) -> Path:
    """What a commit that is checked out rests on, as it pins it, in a folder. Cost: a download."""
    pinned = code / "requirements" / "run.txt"
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--require-hashes", "--no-deps"]
    subprocess.run([*pip, "--target", str(folder), "-r", str(pinned)], check=True)
    return folder


def texts(numbers: Iterator[int]) -> Iterator[tuple[int, str]]:
    """Some point queries with their numbers."""
    for number in itertools.islice(numbers, ASKED):
        yield number, workload.point(number % workload.products(TRIPLES))


def point_queries(endpoints: dict[str, Endpoint]) -> Iterator[str]:
    """A line for each mode and peer: its median, and that of ours over its, round by round."""
    found: dict[tuple[str, str], list[float]] = {}
    numbers = itertools.count()
    with contextlib.ExitStack() as stack:
        connections = {n: stack.enter_context(Connection(e)) for n, e in endpoints.items()}
        for turn, mode in itertools.product(range(ROUNDS + 1), MODES):
            for name in list(connections)[:: 1 if turn % 2 else -1]:
                taken = median_s(connections[name], texts(numbers), mode)
                # The first round warms all.
                if turn:
                    found.setdefault((mode, name), []).append(taken)
    for (mode, name), times in found.items():
        ratio = median(ours / other for ours, other in zip(found[mode, "ours"], times, strict=True))
        yield f"point queries, {mode:8} {name:20} {1000 * median(times):7.3f} ms; ours is {ratio:.2f} of it"


def beside_peers(former: str) -> Iterator[str]:
    """The lines about point queries."""
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="bench-front-")))
        data, code = folder / "data.nq", folder / "former"
        workload.write(TRIPLES, data)
        code.mkdir()
        packed = subprocess.run(
            ["git", "-C", str(HERE), "archive", former], capture_output=True, check=True
        ).stdout
        subprocess.run(["tar", "-x", "-C", str(code)], input=packed, check=True)
        places = {}
        libraries = libraries_of(code, folder / "libraries")
        for name, checked_out, rests_on in (("ours", HERE, None), (former, code, libraries)):
            own = folder / f"{name}-log"
            own.mkdir()
            places[name] = stack.enter_context(of_commit(checked_out, data, own, rests_on))
        if oxigraph.version() is not None:
            places["oxigraph serve"] = stack.enter_context(oxigraph.in_memory(data, folder, TRIPLES)).endpoint
        yield from point_queries(places)


def campaign(file: str, is_figure: Callable[[str], bool]) -> tuple[list[str], bool]:
    """What a campaign of the tests tells, and whether it found no fault; said as it comes."""
    command = [sys.executable, "-m", "pytest", "-q", "-s", "-p", "no:cacheprovider", "-m", "campaign", file]
    environment = {**os.environ, **SECONDS[file]}
    told: dict[str, None] = {}
    with subprocess.Popen(command, cwd=HERE, env=environment, stdout=subprocess.PIPE, text=True) as tests:
        assert tests.stdout is not None
        for line in tests.stdout:
            print(line, end="", flush=True)
            if is_figure(line):
                told[line.rstrip()] = None
    return list(told), tests.returncode == 0


def is_of_a_crowd(line: str) -> bool:
    return " failed; p95 " in line or line.startswith("fault: ")


def is_of_an_attack(line: str) -> bool:
    """Each begins with its kind, which is called as it was found."""
    kinds = ("B1", "B2", "B3", "B4", "B5", "S3", "S5", "S6", "minor:")
    return line.startswith((*kinds, "attack (", "median of"))


def main() -> None:
    """Measure, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--former", default=FORMER, help="the commit to compare with")
    parser.add_argument("--only", choices=("peers", "attacks", "crowds"), help="one part of it")
    chosen = parser.parse_args()
    table: list[str] = []
    is_well = True
    if chosen.only in (None, "peers"):
        table += beside_peers(chosen.former)
        print(*table, sep="\n", flush=True)
    if chosen.only in (None, "crowds"):
        lines, well = campaign("tests/test_http_crowds.py", is_of_a_crowd)
        table, is_well = [*table, *lines], is_well and well
    if chosen.only in (None, "attacks"):
        lines, well = campaign("tests/test_http_attacks.py", is_of_an_attack)
        table, is_well = [*table, *lines], is_well and well
    print("", *table, sep="\n")
    raise SystemExit(not is_well)


if __name__ == "__main__":
    main()
