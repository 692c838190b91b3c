"""A worker and a query in, the pieces of an answer out: one evaluation and how it can end."""

from __future__ import annotations

import json
import math
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from calcigraph.errors import Problem
from calcigraph.federation import Services
from calcigraph.pool import service_calls
from calcigraph.pool.answer import Query
from calcigraph.pool.caller import Caller
from calcigraph.pool.diagnosis import Diagnosis
from calcigraph.pool.frames import USAGE, Channel, ClosedError, Kind, Request, encode
from calcigraph.pool.query_limits import QueryLimits
from calcigraph.pool.query_problems import (
    ClientGone,
    QueryFailed,
    QueryTimedOut,
    QueryTooBig,
    QueueFull,
    ServiceForbidden,
)
from calcigraph.pool.scheduler import Scheduler
from calcigraph.pool.service_calls import decode_problem
from calcigraph.pool.worker import Worker
from calcigraph.pool.worker_process import OUT_OF_MEMORY

_RETRY_AFTER_S: Final = 5


class WorkerLostError(Exception):
    """The worker was gone before it could answer: another one can be asked."""


@dataclass(frozen=True)
class Deadline:
    """A moment of the monotonic clock, and the limit in seconds that it comes from."""

    at: float
    limit_s: float

    @classmethod
    def after(cls, limit_s: float) -> Deadline:
        """The deadline `limit_s` seconds from now."""
        return cls(time.monotonic() + limit_s, limit_s)


class Run:
    """One query on one worker, from handing it over until the worker is free or gone."""

    def __init__(
        self,
        scheduler: Scheduler,
        worker: Worker,
        limits: QueryLimits,
        deadline: Deadline,
        caller: Caller,
        diagnosis: Diagnosis,
        services: Services | None = None,
    ) -> None:
        self._scheduler = scheduler
        self._worker = worker
        self._limits = limits
        self._deadline = deadline
        self._caller = caller
        self._diagnosis = diagnosis
        self._services = services
        self._patience_until = time.monotonic() + limits.patience_s
        self._ended = False
        self.version = worker.version
        self._has_begun = False

    def hand_over(self, query: Query, diffs: tuple[bytes, ...]) -> None:
        """Send what the worker lacks, then the query. Raises: WorkerLostError."""
        request = Request(
            query.text,
            query.default_graphs,
            query.named_graphs,
            query.inference,
            query.base_iri,
            query.results_format,
            query.graph_format,
            max(0.0, self._deadline.at - time.monotonic()),
        )
        frames = [encode(Kind.APPLY, diff) for diff in diffs] + [encode(Kind.QUERY, request.encode())]
        try:
            self._worker.channel.send_bytes(b"".join(frames))
        except ClosedError as error:
            self._end()
            raise WorkerLostError from error
        self._worker.version += len(diffs)
        self.version = self._worker.version

    @property
    def channel(self) -> Channel:
        """What becomes readable when there is more."""
        return self._worker.channel

    @property
    def next_look(self) -> float:
        """The moment of the monotonic clock from which on there is something to do although nothing came."""
        return min(self._deadline.at, self._patience_until, self._caller.next_look)

    def more(self) -> bytes | None:
        """The next piece of the answer; None once it is complete and the worker is free again.

        Raises: the Problem that ended it, or WorkerLostError; the worker is then free or gone.
        """
        return self._next_piece(self._receive)

    def more_now(self) -> bytes | None:
        """As `more`, without waiting. Raises: BlockingIOError too, where the next piece is not there."""
        return self._next_piece(self._receive_now)

    def _next_piece(self, receive: Callable[[], tuple[Kind, bytes]]) -> bytes | None:
        while not self._ended:
            kind, body = receive()
            if kind is Kind.FETCH:
                self._call_service(body)
                continue
            self._has_begun = True
            if kind is Kind.DATA:
                return body
            self._ended = True
            self._scheduler.release(self._worker, *USAGE.unpack_from(body))
            rest = body[USAGE.size :]
            if kind is Kind.END:
                return rest or None
            failure = json.loads(rest)
            raise decode_problem(**failure) or self._diagnosis.problem(**failure)
        return None

    def stream(self) -> None:
        """From now on the pace is the reader's: make room for other queries. Raises: QueueFull."""
        self._make_room()

    def abandon(self) -> None:
        """End it, complete or not."""
        if not self._ended:
            self._end()

    def _receive(self) -> tuple[Kind, bytes]:
        try:
            while True:
                # Before each frame too: an answer that flows without a pause may be for nobody.
                self._caller.look()
                try:
                    return self._worker.channel.receive(self.next_look)
                except TimeoutError:
                    self._keep_time()
        except ClosedError:
            raise self._died() from None
        except ClientGone:
            self._end()
            raise

    def _receive_now(self) -> tuple[Kind, bytes]:
        try:
            try:
                return self._worker.channel.receive_now()
            except BlockingIOError:
                self._caller.look()
                self._keep_time()
                raise
        except ClosedError:
            raise self._died() from None
        except ClientGone:
            self._end()
            raise

    def _keep_time(self) -> None:
        """See whether it takes too long, for its deadline or for others. Raises: QueryTimedOut, QueueFull."""
        now = time.monotonic()
        if now >= self._deadline.at:
            raise self._timed_out()
        if now >= self._patience_until:
            self._patience_until = now + self._limits.patience_s
            if self._scheduler.is_long(self._worker):
                self._make_room()

    def _call_service(self, request: bytes) -> None:
        """Call another service for the worker, which waits for it."""
        if self._services is None:
            # Something has slipped past the guard, and stops here.
            self._end()
            raise ServiceForbidden
        self._make_room()
        try:
            answer = service_calls.run(self._services, request, self._deadline.at, self._caller.look)
            self._worker.channel.send(Kind.FETCHED, answer)
        except TimeoutError:
            raise self._timed_out() from None
        except ClosedError:
            raise self._died() from None
        except ClientGone:
            self._end()
            raise

    def _make_room(self) -> None:
        self._patience_until = math.inf
        if not self._scheduler.preempt(self._worker):
            self._end()
            raise self._overloaded()

    def _overloaded(self) -> QueueFull:
        return QueueFull("Too many long queries are running.", _RETRY_AFTER_S)

    def _timed_out(self) -> QueryTimedOut:
        self._end()
        return QueryTimedOut(self._deadline.limit_s)

    def _died(self) -> Problem:
        now = time.monotonic()
        if self._worker.is_shed:
            self._end()
            return self._overloaded()
        if now >= self._deadline.at:
            return self._timed_out()
        if self._worker.is_too_big:
            self._end()
            return QueryTooBig(None)
        code, is_young = self._worker.exit_code(), not self._scheduler.is_preempted(self._worker)
        self._end()
        if code == -signal.SIGXCPU:
            return QueryTimedOut(self._deadline.limit_s)
        # Something else has ended it: so young a query cannot have grown until the system's killer came.
        if code in (None, -signal.SIGKILL) and not self._has_begun and is_young:
            raise WorkerLostError
        # An allocation that is refused makes the engine abort; the system's own killer sends KILL.
        if code in (OUT_OF_MEMORY, -signal.SIGABRT, -signal.SIGKILL):
            return QueryTooBig(self._limits.memory_mib)
        return QueryFailed(
            "The query ended the process that was evaluating it; no other query was affected.",
            "Make it simpler, or report it with its text.",
        )

    def _end(self) -> None:
        self._ended = True
        self._scheduler.discard(self._worker)
