"""A query and the data in, why its answer is empty out: in a worker, within three times the query's own time.

No evaluation can be stopped but with its process. So the questions are asked in a child of the worker, which
the system ends when the time is over; what it has found out by then stands in memory that both see. It needs
no descriptor, of which a worker has none to give.
"""

from __future__ import annotations

import mmap
import os
import signal
import struct
import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import islice
from typing import Final

import pyoxigraph as ox

from calcigraph.emptiness import EmptyKind, EmptyReason, EmptySearch
from calcigraph.emptiness.asking import Row
from calcigraph.engine.replica import Replica
from calcigraph.engine.service_clauses import Fetch
from calcigraph.errors import Problem
from calcigraph.pool.answer import Query
from calcigraph.sparql.parser import parse_query
from calcigraph.sparql.token_stream import SparqlMalformed, SparqlTooDeep

# Beside the query itself; a query that takes a millisecond has questions that do as well.
_TIMES: Final = 2
_LEAST_S: Final = 0.5
# Of the time that is left: the answer has to be sent before the worker is ended.
_SHARE: Final = 0.9
_SHARED_BYTES: Final = 1 << 20
_PLACE: Final = struct.Struct("=II")
_FIRST_SOCKET: Final = 3
_IN_VAIN: Final = (Problem, SyntaxError, RuntimeError, ValueError, OSError, SparqlMalformed, SparqlTooDeep)
Tell = Callable[[EmptyReason], None]


def explained(replica: Replica, query: Query, left_s: float, fetch: Fetch) -> EmptyReason:
    """Why the answer to `query` is empty, or that it is not.

    Cost: the query, until its first solution, and twice the processor time that this took, or half a second
    of it where that is more; `left_s` where that is less. What has not been found out then is said so.
    `fetch` calls other services for the query itself. Raises: what the query raises.
    """
    since, used_s = time.monotonic(), time.process_time()
    has_answer = _has_answer(replica, query, fetch)
    took_s, used_s = time.monotonic() - since, time.process_time() - used_s
    limit = _SearchTime(max(_TIMES * used_s, _LEAST_S), _SHARE * (left_s - took_s))
    return _in_child(lambda tell: _searched(replica, query, has_answer, tell), has_answer, limit)


@dataclass(frozen=True)
class _SearchTime:
    """Seconds of a search: of processor time, so that a busy machine finds out as much, and by the clock."""

    processor_s: float
    clock_s: float

    @property
    def least(self) -> float:
        return min(self.processor_s, self.clock_s)

    def begin(self) -> None:
        """Have the system end this process at either of the two."""
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.signal(signal.SIGPROF, signal.SIG_DFL)
        signal.setitimer(signal.ITIMER_PROF, self.processor_s)
        signal.setitimer(signal.ITIMER_REAL, self.clock_s)


def explained_here(replica: Replica, query: Query) -> EmptyReason:
    """The same for a query that is trusted, in this process and without a limit of time."""
    has_answer = _has_answer(replica, query)
    try:
        return _searched(replica, query, has_answer, lambda _: None)
    except _IN_VAIN:
        return _undecided(has_answer)


def _searched(replica: Replica, query: Query, has_answer: bool, tell: Tell) -> EmptyReason:
    def evaluate(
        text: str, most: int, *, in_dataset: bool = True, inference: bool | None = None
    ) -> list[Row]:
        results = replica.query(
            text,
            default_graphs=query.default_graphs if in_dataset else (),
            named_graphs=query.named_graphs if in_dataset else (),
            inference=query.inference if inference is None else inference,
            base_iri=query.base_iri,
        )
        assert isinstance(results, ox.QuerySolutions), "it asks SELECTs"
        return [tuple(solution) for solution in islice(results, most)]

    dataset = query.default_graphs, query.named_graphs
    tree = parse_query(query.text)
    search = EmptySearch(query.text, tree, evaluate, dataset=dataset, inference=query.inference, tell=tell)
    return search.of_zero() if has_answer else search.reason()


def _has_answer(replica: Replica, query: Query, fetch: Fetch | None = None) -> bool:
    results = replica.query(
        query.text,
        default_graphs=query.default_graphs,
        named_graphs=query.named_graphs,
        inference=query.inference,
        base_iri=query.base_iri,
        fetch=fetch,
    )
    return bool(results) if isinstance(results, ox.QueryBoolean) else next(iter(results), None) is not None


def _undecided(has_answer: bool) -> EmptyReason:
    return EmptyReason(EmptyKind.NOT_EMPTY if has_answer else EmptyKind.UNDECIDED, is_empty=not has_answer)


def _in_child(search: Callable[[Tell], EmptyReason], has_answer: bool, limit: _SearchTime) -> EmptyReason:
    """What `search` finds out, in a child that has so long."""
    found = _undecided(has_answer)
    if limit.least <= 0:
        return found
    with mmap.mmap(-1, _SHARED_BYTES) as shared:
        with warnings.catch_warnings():
            # The other thread of a worker waits for this one, and holds nothing.
            warnings.simplefilter("ignore", DeprecationWarning)
            child = os.fork()
        if not child:
            _run(search, _Board(shared), limit)
        _, status = os.waitpid(child, 0)
        found = _Board(shared).read() or found
        if os.waitstatus_to_exitcode(status) and found.kind is not EmptyKind.NOT_EMPTY:
            found = replace(found, is_complete=False)
            within = f"{limit.least:.2g} s"
            return found.with_note(f"What could be found out in {within}; there may be more to say.")
        return found


def _run(search: Callable[[Tell], EmptyReason], board: _Board, limit: _SearchTime) -> None:
    """Search, write what is found, and end this process; the system ends it when the time is over."""
    try:
        limit.begin()
        # Else whoever talks to the worker would not see that it has ended.
        os.close(_FIRST_SOCKET)
        board.write(search(board.write))
    except (*_IN_VAIN, MemoryError):
        os._exit(1)
    finally:
        os._exit(0)


class _Board:
    """Memory that two processes share, with the last thing that one of them wrote.

    Each text stands behind the one before, and its place is written last: a process that is ended meanwhile
    leaves the one before.
    """

    def __init__(self, shared: mmap.mmap) -> None:
        self._shared = shared
        self._end = _PLACE.size

    def write(self, explanation: EmptyReason) -> None:
        """Have this stand there, unless there is no room left."""
        encoded = explanation.encode()
        start, self._end = self._end, self._end + len(encoded)
        if self._end <= len(self._shared):
            self._shared[start : self._end] = encoded
            _PLACE.pack_into(self._shared, 0, start, len(encoded))

    def read(self) -> EmptyReason | None:
        """What stands there; None where nothing does."""
        start, length = _PLACE.unpack_from(self._shared)
        return EmptyReason.decode(self._shared[start : start + length]) if length else None
