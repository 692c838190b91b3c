"""A query in, the pieces of its answer out: one try, from waiting for a worker until that is free again."""

from __future__ import annotations

import math
import re
import signal
import time
from collections.abc import Callable
from contextlib import suppress
from functools import cached_property
from typing import Final

from calcigraph.engine.replica import Part
from calcigraph.errors import Problem
from calcigraph.pool import service_calls
from calcigraph.pool.answer import Query
from calcigraph.pool.components import Components
from calcigraph.pool.frames import (
    USAGE,
    Channel,
    ClosedError,
    FrameKind,
    decode_survey,
    encode,
    encode_query,
)
from calcigraph.pool.guard import Survey
from calcigraph.pool.problem_encoding import decode_problem
from calcigraph.pool.query_problems import (
    ClientGone,
    QueryFailed,
    QueryTimedOut,
    QueryTooBig,
    QueueFull,
    ServiceForbidden,
)
from calcigraph.pool.worker import OUT_OF_MEMORY, Worker

_RETRY_AFTER_S: Final = 5
# How often to ask whether the client has left: often enough that a query whose client has left soon makes
# room for others, and seldom enough to cost nothing. Clients of shorter queries are not asked.
_LOOK_S: Final = 0.2
_VARIABLE: Final = re.compile(r"[?$]\w+")
# How much of a query is looked at for its breadth, in characters: what people type is shorter.
_LOOKED_AT: Final = 1 << 13


class WorkerLostError(Exception):
    """The worker had ended before it answered anything: another one can be asked."""


class ServiceAwaitedError(Exception):
    """The worker waits for the answer of another service, which only `Run.more` asks for."""


class Run:
    """One try to have `query` answered: it waits for a worker, hands the query over and reads the answer.

    `deadline` is a moment of the monotonic clock and `limit_s` the limit that it comes from; `gone` says
    whether the client has left, None where nobody can tell. While it waits it is a `Waiter` to the
    scheduler, which sets `worker` or `problem` and then calls `called`. For one thread at a time.
    """

    def __init__(
        self,
        components: Components,
        query: Query,
        needs: frozenset[Part],
        deadline: float,
        limit_s: float,
        gone: Callable[[], bool] | None,
        called: Callable[[], None],
    ) -> None:
        self._scheduler = components.scheduler
        self._components = components
        self._query = query
        self._limit_s = limit_s
        self._gone = gone
        self._patience_until = math.inf
        self._has_ended = False
        self._has_begun = False
        # The body of a FETCH frame that is not answered yet.
        self._awaited_call: bytes | None = None
        self._next_client_look = math.inf if gone is None else time.monotonic() + _LOOK_S
        self.needs = needs
        self.deadline = deadline
        self.called = called
        self.since = time.monotonic()
        self.worker: Worker | None = None
        self.problem: Problem | None = None
        self.is_handed_over = False
        self.version = 0
        # What the worker has found in the text; there before the first piece of an answer is.
        self.seen: Survey | None = None
        # Whether the answer has no row or triple, or is false.
        self.is_empty = False

    @cached_property
    def breadth(self) -> int:
        """How many variables the query has, as far as its first 8 KiB show: there may be as many solutions to
        look at as there are terms to the power of this."""
        return len(set(_VARIABLE.findall(self._query.text[:_LOOKED_AT])))

    def check_wait(self) -> None:
        """Check whether it has waited for a worker for too long. Raises: QueryTimedOut, ClientGone."""
        if time.monotonic() >= self.deadline:
            raise QueryTimedOut(self._limit_s, in_queue=True)
        self._look_for_client()

    def hand_over(self, diffs: tuple[bytes, ...]) -> None:
        """Begin to send the worker the diffs that it lacks, then the query; what it has no room for is sent
        before its answer is read. Raises: WorkerLostError.
        """
        worker = self._busy_worker
        self.is_handed_over = True
        self._patience_until = time.monotonic() + self._components.limits.patience_s
        left_s = max(0.0, self.deadline - time.monotonic())
        body = encode_query(self._query, left_s, allows_services=self._components.services is not None)
        frames = [encode(FrameKind.APPLY, diff) for diff in diffs] + [encode(FrameKind.QUERY, body)]
        try:
            worker.channel.send_now(b"".join(frames))
        except ClosedError as error:
            self._discard()
            raise WorkerLostError from error
        worker.version += len(diffs)
        self.version = worker.version

    @property
    def channel(self) -> Channel | None:
        """What becomes readable when there is more of the answer; None while there is no worker."""
        return self._busy_worker.channel if self.is_handed_over else None

    @property
    def next_look(self) -> float:
        """The moment of the monotonic clock from which on there is something to do although nothing came."""
        return min(self.deadline, self._patience_until, self._next_client_look)

    def more(self) -> bytes | None:
        """The next piece of the answer; waits for it, and for other services that the worker asks for. None
        once it is complete and the worker is free again.

        Raises: the Problem that ended it, or WorkerLostError; the worker is then free or gone.
        """
        while True:
            if self._awaited_call is not None:
                self._call_service(self._awaited_call)
                self._awaited_call = None
            with suppress(ServiceAwaitedError):
                return self._next_piece(self._receive)

    def more_now(self) -> bytes | None:
        """As `more`, without waiting. Raises: BlockingIOError too, where the next piece is not there, and
        ServiceAwaitedError."""
        return self._next_piece(self._receive_now)

    def stream(self) -> None:
        """From now on the client's reading sets the pace: preempt the worker, so that another query may
        start. Raises: QueueFull."""
        self._make_room()

    def abandon(self) -> None:
        """End it, whether it waits or runs; does nothing where it has ended."""
        if not self.is_handed_over:
            self._scheduler.leave(self)
        elif not self._has_ended:
            self._discard()

    @property
    def _busy_worker(self) -> Worker:
        assert self.worker is not None, "the scheduler has given it a worker"
        return self.worker

    def _next_piece(self, receive: Callable[[], tuple[FrameKind, bytes]]) -> bytes | None:
        while not self._has_ended:
            kind, body = receive()
            if kind is FrameKind.FETCH:
                self._awaited_call = body
                raise ServiceAwaitedError
            if kind is FrameKind.SURVEYED:
                self.seen, self.is_empty = decode_survey(body)
                continue
            self._has_begun = True
            if kind is FrameKind.DATA:
                return body
            self._has_ended = True
            self._scheduler.release(self._busy_worker, *USAGE.unpack_from(body))
            rest = body[USAGE.size :]
            if kind is FrameKind.END:
                return rest or None
            raise decode_problem(rest)
        return None

    def _receive(self) -> tuple[FrameKind, bytes]:
        try:
            while True:
                # Before each frame too: the client may have left while the answer flows without a pause.
                self._look_for_client()
                try:
                    return self._busy_worker.channel.receive(self.next_look)
                except TimeoutError:
                    self._check_time()
        except ClosedError:
            raise self._worker_died() from None
        except ClientGone:
            self._discard()
            raise

    def _receive_now(self) -> tuple[FrameKind, bytes]:
        try:
            try:
                return self._busy_worker.channel.receive_now()
            except BlockingIOError:
                self._look_for_client()
                self._check_time()
                raise
        except ClosedError:
            raise self._worker_died() from None
        except ClientGone:
            self._discard()
            raise

    def _look_for_client(self) -> None:
        """Ask whether the client has left, if it is time to. Raises: ClientGone."""
        if self._gone is None or time.monotonic() < self._next_client_look:
            return
        if self._gone():
            raise ClientGone
        self._next_client_look = time.monotonic() + _LOOK_S

    def _check_time(self) -> None:
        """Check whether its deadline has passed, and preempt the worker once it has run for long. Where too
        many are preempted already it is refused, but not before it has used several times its quantum, as a
        short query may on a busy machine. Raises: QueryTimedOut, QueueFull."""
        now = time.monotonic()
        if now >= self.deadline:
            raise self._timed_out()
        if now >= self._patience_until:
            self._patience_until = now + self._components.limits.patience_s
            worker = self._busy_worker
            if self._scheduler.is_long(worker):
                if self._scheduler.preempt(worker):
                    self._patience_until = math.inf
                elif self._scheduler.is_very_long(worker):
                    self._discard()
                    raise self._overloaded()

    def _call_service(self, request: bytes) -> None:
        """Call another service for the worker, which waits for it."""
        services = self._components.services
        if services is None:
            # The worker's guard has missed it.
            self._discard()
            raise ServiceForbidden
        self._make_room()
        try:
            answer = service_calls.run(services, request, self.deadline, self._look_for_client)
            self._busy_worker.channel.send(FrameKind.FETCHED, answer)
        except TimeoutError:
            raise self._timed_out() from None
        except ClosedError:
            raise self._worker_died() from None
        except ClientGone:
            self._discard()
            raise

    def _make_room(self) -> None:
        self._patience_until = math.inf
        if not self._scheduler.preempt(self._busy_worker):
            self._discard()
            raise self._overloaded()

    def _overloaded(self) -> QueueFull:
        return QueueFull("Too many long queries are running.", _RETRY_AFTER_S)

    def _timed_out(self) -> QueryTimedOut:
        self._discard()
        return QueryTimedOut(self._limit_s)

    def _worker_died(self) -> Problem:
        now, worker = time.monotonic(), self._busy_worker
        if worker.is_shed:
            self._discard()
            return self._overloaded()
        if now >= self.deadline:
            return self._timed_out()
        if worker.is_too_big:
            self._discard()
            return QueryTooBig(None)
        code, is_young = worker.exit_code(), not self._scheduler.is_preempted(worker)
        self._discard()
        if code == -signal.SIGXCPU:
            return QueryTimedOut(self._limit_s)
        # A query that was never preempted has not had the time to fill the memory, so the out-of-memory
        # killer of the system did not mean it.
        if code in (None, -signal.SIGKILL) and not self._has_begun and is_young:
            raise WorkerLostError
        # The engine aborts where memory is refused to it; the out-of-memory killer sends KILL.
        if code in (OUT_OF_MEMORY, -signal.SIGABRT, -signal.SIGKILL):
            return QueryTooBig(self._components.limits.memory_mib)
        return QueryFailed(
            "The query ended the process that was evaluating it; no other query was affected.",
            "Make it simpler, or report it with its text.",
        )

    def _discard(self) -> None:
        """Have the worker killed, whatever it does."""
        self._has_ended = True
        self._scheduler.discard(self._busy_worker)
