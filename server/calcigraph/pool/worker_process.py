"""Queries in, answers out, as frames: what runs in a forked worker process.

It has standard input and output (/dev/null) and one socket, and cannot open anything else: no network, no
file. What a query does wrong ends this process alone.
"""

from __future__ import annotations

import gc
import math
import os
import resource
import socket
import threading
from collections.abc import Callable, Mapping
from functools import partial
from typing import IO, Final, NoReturn, cast

import pyoxigraph as ox

from calcigraph.engine.declared_prefixes import with_declared
from calcigraph.engine.empty_documents import says_nothing
from calcigraph.engine.replica import Replica
from calcigraph.engine.result_formats import Form, Results, is_graph, write
from calcigraph.errors import Problem
from calcigraph.pool.admission import Admission, Admitted
from calcigraph.pool.answer import Query
from calcigraph.pool.empty_explaining import explained
from calcigraph.pool.frames import (
    USAGE,
    Channel,
    ClosedError,
    FrameKind,
    decode_diff,
    decode_query,
    encode,
    encode_survey,
)
from calcigraph.pool.problem_encoding import encode_problem
from calcigraph.pool.service_calls import fetch
from calcigraph.pool.worker import OUT_OF_MEMORY
from calcigraph.sparql.parsed_query import ParsedQuery

SOCKET: Final = 3
# The engine's parser and planner recurse.
STACK_BYTES: Final = 64 << 20
_CHUNK: Final = 1 << 16
_MIB: Final = 1 << 20
# The front process kills a query at its deadline; this ends one whose front process has ended.
_CPU_GRACE_S: Final = 4
# The front process serves all queries and goes first, then the fork server, then a worker with one query.
_NICER: Final = 3
_PAGE: Final = resource.getpagesize()
_TRIAL: Final = Query("SELECT * { ?s ?p ?o } LIMIT 1")
# A query of everything for which patterns are compiled and tables made when they are first needed.
_READ_FIRST: Final = """
PREFIX xsd: <http://www.w3.org/2001/XMLSchema#> # Read, corrected and written anew.
SELECT ?s (GROUP_CONCAT(DISTINCT ?o) AS ?all) (MAX(?o) AS ?most) {
  GRAPH ?g { ?s <urn:a>|<urn:b>* ?o FILTER(REGEX(?o, "^a+$", 'i') && xsd:integer(?o) > 1 || ?o) }
  { ?s ?p ?x } UNION { ?s ?p ?x ; ?q 1 } FILTER NOT EXISTS { ?x ?p ?y . ?y ?q ?o }
} GROUP BY ?s ORDER BY ?all"""


def read_first() -> None:
    """Have everything made that the first query which is read as a tree makes: in the process that workers
    are forked from, so that none of them has to. Else that query is long, and waits for its turn among those
    that are, which beside a hundred slow readers took seconds. Cost: some 30 ms."""
    admitted = Admission(Query(_READ_FIRST), {}).admitted()
    for _ in cast(ox.QuerySolutions, Replica(()).query(admitted.query)):
        pass


def serve(replica: Replica, prefixes: Mapping[str, str], memory_mib: int, connection: int) -> NoReturn:
    """Answer queries from descriptor `connection` until the other end closes it; never returns.

    In a thread, which the C library gives a heap of its own. In the main thread's, what a query takes comes
    from the holes that loading has left among the data, and each of them is on a page that has to be copied
    first: a hundred for a look-up among ten million quads, which then takes five times as long.
    """
    os.nice(_NICER)
    threading.stack_size(STACK_BYTES)
    thread = threading.Thread(target=_serve, args=(replica, prefixes, memory_mib, connection))
    thread.start()
    thread.join()
    os._exit(1)


def _serve(replica: Replica, prefixes: Mapping[str, str], memory_mib: int, connection: int) -> NoReturn:
    confine(connection, memory_mib)
    worker = _WorkerProcess(replica, prefixes, Channel(socket.socket(fileno=SOCKET)))
    try:
        worker.warm_up()
        while True:
            worker.step()
    except ClosedError:
        os._exit(0)
    except MemoryError:
        os._exit(OUT_OF_MEMORY)


def confine(connection: int, memory_mib: int) -> None:
    """Close all descriptors but 0 to 2 and `connection`, which becomes 3; limit memory and files."""
    os.dup2(connection, SOCKET)
    os.closerange(SOCKET + 1, resource.getrlimit(resource.RLIMIT_NOFILE)[0])
    with open("/proc/self/statm", encoding="ascii") as statm:
        mapped = int(statm.read().split()[0]) * resource.getpagesize()
    most = mapped + memory_mib * _MIB
    resource.setrlimit(resource.RLIMIT_AS, (most, most))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (SOCKET + 1, SOCKET + 1))
    gc.disable()


class _WorkerProcess:
    """The replica and the channel of a worker, and what it has used since it was forked."""

    def __init__(self, replica: Replica, prefixes: Mapping[str, str], channel: Channel) -> None:
        self._replica = replica
        self._prefixes = prefixes
        self._channel = channel
        self._born = _grown()
        self._cpu_s = 0.0
        self._cpu_limit_s = 0

    def warm_up(self) -> None:
        """Answer one query to the front process, which drops the answer, and say that this is done. The first
        answer after a fork takes some 3 ms of processor time for memory that is no longer shared."""
        self._answer(_TRIAL, False, _Out(self._channel))
        self._channel.send(FrameKind.DONE, self._usage())

    def step(self) -> None:
        """Apply one diff or answer one query."""
        kind, body = self._channel.receive()
        if kind is FrameKind.APPLY:
            self._replica.apply(decode_diff(body))
            return
        query, allows_services = decode_query(body)
        self._limit_cpu(query.timeout_s or 0.0)
        out = _Out(self._channel)
        try:
            self._answer(query, allows_services, out)
        except Problem as problem:
            out.fail(self._usage(), problem)
        else:
            out.end(self._usage())

    def _answer(self, query: Query, allows_services: bool, out: _Out) -> None:
        admission = Admission(query, self._prefixes, allows_services=allows_services)
        with admission:
            admitted = admission.admitted()
            out.begin(admitted.survey.form, admitted.survey.is_volatile)
            if query.explains_empty:
                self._explain(query._replace(text=admitted.text), out)
            else:
                self._write(query, admitted, out)

    def _write(self, query: Query, admitted: Admitted, out: _Out) -> None:
        results = self._replica.query(
            admitted.query,
            default_graphs=query.default_graphs,
            named_graphs=query.named_graphs,
            inference=query.inference,
            base_iri=query.base_iri,
            fetch=partial(fetch, self._channel),
        )
        wanted = query.graph_format if is_graph(results) else query.results_format
        assert wanted is not None, "the engine is not asked for what nobody can read"
        out.is_empty = partial(_is_empty, results, wanted)
        prefixes = self._prefixes
        if isinstance(admitted.query, ParsedQuery) and is_graph(results):
            prefixes = with_declared(prefixes, admitted.query, query.base_iri)
        write(results, wanted, wanted, prefixes, cast(IO[bytes], out))

    def _explain(self, query: Query, out: _Out) -> None:
        ask = partial(fetch, self._channel)
        out.write(explained(self._replica, query, query.timeout_s or 0.0, ask).encode())

    def _usage(self) -> bytes:
        usage = resource.getrusage(resource.RUSAGE_SELF)
        self._cpu_s = usage.ru_utime + usage.ru_stime
        (written, resident), (written_before, resident_before) = _grown(usage), self._born
        return USAGE.pack(self._cpu_s, max(written - written_before, resident - resident_before))

    def _limit_cpu(self, left_s: float) -> None:
        """Have the system end this process some seconds after the deadline; a limit that fits is kept."""
        least = self._cpu_s + left_s + 1
        if not least <= self._cpu_limit_s <= least + _CPU_GRACE_S:
            self._cpu_limit_s = math.ceil(least) + _CPU_GRACE_S // 2
            resource.setrlimit(resource.RLIMIT_CPU, (self._cpu_limit_s, resource.RLIM_INFINITY))


def _grown(usage: resource.struct_rusage | None = None) -> tuple[int, int]:
    """Bytes of memory made private so far, from above, seen in two ways: each page that is first
    written after the fork is a fault, except that a huge page is one fault as well."""
    usage = usage or resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_minflt * _PAGE, usage.ru_maxrss * 1024


def _is_empty(results: Results, key: str, content: bytes) -> bool:
    """Whether `results`, which as a whole are `content`, have no row or triple, or are false."""
    return not results if isinstance(results, ox.QueryBoolean) else says_nothing(key, content)


class _Out:
    """A writable file, for the serialisers: what is written is sent as frames, the last one with END."""

    def __init__(self, channel: Channel) -> None:
        self._channel = channel
        self._survey: tuple[Form, bool] | None = None
        self._pending = bytearray()
        # Whether an answer that is no longer than one frame is empty.
        self.is_empty: Callable[[bytes], bool] = lambda content: False

    def begin(self, form: Form, is_volatile: bool) -> None:
        """Have what the text tells sent, together with the first frame; at once as well where others who
        ask the same may not wait for this answer."""
        self._survey = form, is_volatile
        if is_volatile:
            self._channel.send_bytes(encode_survey(form, is_volatile, False))

    def write(self, data: bytes) -> int:
        """Take `data`; sent once there are 64 KiB."""
        self._pending += data
        if len(self._pending) >= _CHUNK:
            self._send(FrameKind.DATA, self._pending)
            self._pending.clear()
        return len(data)

    def flush(self) -> None:
        """Does nothing: the rest is sent by `end` or `fail`."""

    def end(self, usage: bytes) -> None:
        """Send the rest of the answer and its end."""
        is_empty = self._survey is not None and self.is_empty(bytes(self._pending))
        self._send(FrameKind.END, usage + self._pending, is_empty)

    def fail(self, usage: bytes, problem: Problem) -> None:
        """Send that there is no answer, or no more of it."""
        self._channel.send(FrameKind.FAILED, usage + encode_problem(problem))

    def _send(self, kind: FrameKind, body: bytes | bytearray, is_empty: bool = False) -> None:
        first = b""
        if self._survey is not None:
            first = encode_survey(*self._survey, is_empty)
            self._survey = None
        self._channel.send_bytes(first + encode(kind, body))
