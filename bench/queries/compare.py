"""Fifteen queries, several peers, one table: `python bench/queries/compare.py --triples 100000`.

Peers are our pool in this process (no HTTP), `oxigraph serve` in memory and on disk if it is
installed (`pip install oxigraph`), and any running server by `--endpoint NAME=URL` that holds the
data of `--write FILE`. Times are milliseconds of the whole answer as TSV or N-Triples, after one
warming request: median and 95th percentile; then requests a second of the point query from eight
clients. Answers are compared, and a difference is an error.
"""

from __future__ import annotations

import argparse
import http.client
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from urllib.parse import quote, urlsplit

from workload import QUERIES, nquads, query

from calcigraph.pool import Limits, Pool, Query

ACCEPT = "text/tab-separated-values, application/n-triples;q=0.9"
Ask = Callable[[str], bytes]
# A connection of its own for each client; a pool needs none.
Connect = Callable[[], Ask]


@contextmanager
def pool_peer(data: bytes, cache_bytes: int) -> Iterator[Connect]:
    """Our pool, called in this process."""
    with Pool.start(data, limits=Limits(timeout_s=60.0, cache_bytes=cache_bytes)) as pool:

        def ask(text: str) -> bytes:
            answer = pool.ask(Query(text, results_format="tsv", graph_format="n-triples"))
            return answer.content if answer.content is not None else b"".join(answer.body)

        yield lambda: ask


def http_connect(url: str) -> Connect:
    """A SPARQL endpoint, by GET over connections that are kept."""
    parts = urlsplit(url)

    def connect() -> Ask:
        connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=120)

        def ask(text: str) -> bytes:
            connection.request("GET", f"{parts.path}?query={quote(text)}", headers={"Accept": ACCEPT})
            response = connection.getresponse()
            body = response.read()
            if response.status != 200:
                raise SystemExit(f"{url} answered {response.status}: {body[:200]!r}")
            return body

        return ask

    return connect


@contextmanager
def oxigraph_peer(program: str, data: Path, port: int, on_disk: bool) -> Iterator[Connect]:
    """`oxigraph serve` with the same data and the union as the default graph."""
    with tempfile.TemporaryDirectory() as folder:
        location = ["--location", folder] if on_disk else []
        if on_disk:
            subprocess.run([program, "load", *location, "--file", data], check=True, capture_output=True)
        command = [program, "serve", *location, "--bind", f"127.0.0.1:{port}", "--union-default-graph"]
        with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
            try:
                await_port(port)
                if not on_disk:
                    upload(port, data.read_bytes())
                yield http_connect(f"http://127.0.0.1:{port}/query")
            finally:
                server.terminate()


def await_port(port: int) -> None:
    """Wait until a server that was just started listens."""
    for _ in range(200):
        try:
            http.client.HTTPConnection("127.0.0.1", port, timeout=1).connect()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise SystemExit(f"nothing listens on port {port}")


def upload(port: int, data: bytes) -> None:
    """Put N-Quads into a store through the Graph Store Protocol."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=600)
    connection.request("POST", "/store", data, {"Content-Type": "application/n-quads"})
    status = connection.getresponse().status
    if status >= 300:
        raise SystemExit(f"the upload was answered {status}")


def measure(
    connect: Connect, seconds: float
) -> tuple[dict[str, tuple[float, float]], dict[str, list[bytes]]]:
    """Median and 95th percentile (ms) of each query, and its answer as sorted lines."""
    ask = connect()
    times, answers = {}, {}
    for name in QUERIES:
        text = query(name)
        answers[name] = sorted(ask(text).splitlines())
        taken: list[float] = []
        until = time.perf_counter() + seconds
        while len(taken) < 3 or time.perf_counter() < until:
            started = time.perf_counter()
            ask(text)
            taken.append(1000 * (time.perf_counter() - started))
        taken.sort()
        times[name] = (statistics.median(taken), taken[int(0.95 * len(taken))])
    return times, answers


def throughput(connect: Connect, seconds: float) -> float:
    """Point queries a second from eight clients, each asking for something else."""

    def client(number: int) -> int:
        ask, done = connect(), 0
        until = time.perf_counter() + seconds
        while time.perf_counter() < until:
            ask(query("point").replace("product7", f"product{(done * 8 + number) % 5000}"))
            done += 1
        return done

    with ThreadPoolExecutor(8) as clients:
        return sum(clients.map(client, range(8))) / seconds


def report(results: dict[str, tuple[dict[str, tuple[float, float]], float]]) -> Iterator[str]:
    """The table, in Markdown."""
    yield "| query | " + " | ".join(results) + " |"
    yield "|---|" + "---|" * len(results)
    for name in QUERIES:
        cells = (f"{times[name][0]:.2f} ({times[name][1]:.2f})" for times, _ in results.values())
        yield f"| {name} | " + " | ".join(cells) + " |"
    means = (statistics.geometric_mean(m for m, _ in times.values()) for times, _ in results.values())
    yield "| **geometric mean** | " + " | ".join(f"{mean:.2f}" for mean in means) + " |"
    yield "| **point queries a second** | " + " | ".join(f"{rate:.0f}" for _, rate in results.values()) + " |"


def peers(
    arguments: argparse.Namespace, data: bytes, file: Path, stack: ExitStack
) -> Iterator[tuple[str, Connect]]:
    """Each peer, started when it is its turn."""
    yield "pool", stack.enter_context(pool_peer(data, 0))
    yield "pool, repeated", stack.enter_context(pool_peer(data, Limits().cache_bytes))
    program = shutil.which("oxigraph") or shutil.which("oxigraph", path=str(Path(sys.executable).parent))
    if program:
        yield "oxigraph, memory", stack.enter_context(oxigraph_peer(program, file, 7881, False))
        yield "oxigraph, disk", stack.enter_context(oxigraph_peer(program, file, 7882, True))
    for endpoint in arguments.endpoint:
        name, _, url = endpoint.partition("=")
        yield name, http_connect(url)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--triples", type=int, default=10_000)
    parser.add_argument("--seconds", type=float, default=0.5, help="for each query of each peer")
    parser.add_argument("--endpoint", action="append", default=[], metavar="NAME=URL")
    parser.add_argument("--write", type=Path, help="write the data here as N-Quads, and stop")
    arguments = parser.parse_args()
    data = b"".join(nquads(arguments.triples))
    if arguments.write:
        arguments.write.write_bytes(data)
        return
    results, expected = {}, None
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "data.nq"
        file.write_bytes(data)
        stack = ExitStack()
        for name, connect in peers(arguments, data, file, stack):
            times, answers = measure(connect, arguments.seconds)
            expected = expected or answers
            different = [q for q in QUERIES if [*map(bytes, answers[q])] != expected[q]]
            if different:
                raise SystemExit(f"{name} answers differently: {', '.join(different)}")
            results[name] = (times, throughput(connect, 2 * arguments.seconds))
            stack.close()
    print("\n".join(report(results)))


if __name__ == "__main__":
    main()
