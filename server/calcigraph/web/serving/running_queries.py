"""Queries in; the answer, the problem, or the attempt that needs a thread, out: without waiting, in an event
loop.

A query is looked at when its worker has written, when the scheduler has a worker for it, and now and then:
its deadline may have passed, or its client may have left. Who asks what is being evaluated waits for the
same evaluation, so that a crowd which asks one thing takes one worker.
"""

from __future__ import annotations

import asyncio
import logging
import select
import threading
import time
from collections.abc import Callable
from functools import partial
from typing import Final

from calcigraph.errors import Problem
from calcigraph.pool import Answer, Attempt, Query
from calcigraph.pool.answer import Body
from calcigraph.pool.frames import Channel
from calcigraph.pool.query_problems import QueryTimedOut
from calcigraph.store import Engine
from calcigraph.web.in_flight import InFlight
from calcigraph.web.protocol.request_problems import Unexpected
from calcigraph.web.serving.shared_evaluation import EvaluationKey, SharedEvaluation
from calcigraph.web.serving.turns import Turns

_LOG = logging.getLogger(__name__)
_TICK_S: Final = 0.01
# Edge-triggered: a poll reads until there is no more, and an idle worker's channel is not looked at.
_READ: Final = select.EPOLLIN | select.EPOLLET
# Only while a long query is being sent: else each query would wake the loop once more.
_READ_AND_SENT: Final = _READ | select.EPOLLOUT
# Who has no more time left than this is not worth another evaluation.
_WORTH_S: Final = 0.1
# A request whose query ends here, the seconds that it took, and whether others have asked for it as well.
Ended = Callable[[InFlight, float, bool], None]


class RunningQueries:
    """The queries that run for the requests of one event loop; only for its thread.

    `ended` is called once for each, when `begun` of the request is an answer, the problem that it met, or an
    attempt that needs a thread. The channels of workers stay in an `epoll` of their own: to let the loop
    watch a channel for each query anew takes longer than to read from it.

    An answer is shared where it is known whole, and is not another one at each evaluation; so are problems.
    Of an answer that is read piece by piece each reader has an evaluation of its own, at its own pace. Each
    request has its own deadline, and one whose client leaves ends nothing for the others.
    """

    def __init__(self, engine: Engine, ended: Ended) -> None:
        self._engine = engine
        self._ended = ended
        self._running: set[SharedEvaluation] = set()
        self._shared: dict[EvaluationKey, SharedEvaluation] = {}
        self._clock: asyncio.TimerHandle | None = None
        self._epoll = select.epoll()
        # By descriptor, which a new channel has again once an old one is closed.
        self._known: dict[int, Channel] = {}
        self._sending: set[int] = set()
        self._listening: dict[int, SharedEvaluation] = {}
        self._turns = Turns()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread = 0

    def run(self, query: Query, in_flight: InFlight, version: int) -> None:
        """Begin `query`, which is asked about this version of the data, or wait for the same one; it may have
        ended before this returns."""
        in_flight.since = time.monotonic()
        key = query, version
        same = self._shared.get(key)
        if same is not None:
            same.join(in_flight)
        else:
            self._begin(SharedEvaluation(query, key, [in_flight]), in_flight.since)

    def _begin(self, evaluation: SharedEvaluation, since: float) -> None:
        """Have it evaluated, within the limit of the query from `since` on."""
        evaluation.since = since
        if self._loop is None:
            self._loop, self._thread = asyncio.get_running_loop(), threading.get_ident()
        woken = partial(self._wake, self._loop, evaluation)
        try:
            begun = self._engine.attempt(evaluation.query, woken, evaluation.gone, since)
        except Problem as problem:
            self._end(evaluation, problem)
            return
        if not isinstance(begun, Attempt):
            self._end(evaluation, begun, is_cached=True)
        elif begun.needs_thread:
            self._end(evaluation, begun)
        else:
            self._watch(self._loop, evaluation, begun)

    def _watch(self, loop: asyncio.AbstractEventLoop, evaluation: SharedEvaluation, attempt: Attempt) -> None:
        evaluation.attempt, evaluation.limit_s = attempt, attempt.limit_s
        self._running.add(evaluation)
        if evaluation.key is not None:
            self._shared.setdefault(evaluation.key, evaluation)
        if self._clock is None:
            self._clock = loop.call_later(_TICK_S, self._look, loop)
        self._listen(loop, evaluation, attempt)

    def _listen(
        self, loop: asyncio.AbstractEventLoop, evaluation: SharedEvaluation, attempt: Attempt
    ) -> None:
        """Go on with it when there is something to read from its channel."""
        channel = attempt.channel
        if channel is None:
            return
        descriptor = channel.fileno()
        if self._known.get(descriptor) is not channel:
            if not self._known:
                loop.add_reader(self._epoll.fileno(), self._read, loop)
            self._epoll.register(descriptor, _READ)
            self._known[descriptor] = channel
            self._sending.discard(descriptor)
        if channel.is_sending != (descriptor in self._sending):
            self._follow_sending(descriptor, channel.is_sending)
        evaluation.descriptor = descriptor
        self._listening[descriptor] = evaluation

    def _follow_sending(self, descriptor: int, is_sending: bool) -> None:
        """Be told when a long query can be sent on, for as long as that takes."""
        (self._sending.add if is_sending else self._sending.discard)(descriptor)
        self._epoll.modify(descriptor, _READ_AND_SENT if is_sending else _READ)

    def _wake(self, loop: asyncio.AbstractEventLoop, evaluation: SharedEvaluation) -> None:
        """Go on with it soon; from any thread."""
        if threading.get_ident() == self._thread:
            loop.call_soon(self._go_on, loop, evaluation)
        else:
            loop.call_soon_threadsafe(self._go_on, loop, evaluation)

    def _read(self, loop: asyncio.AbstractEventLoop) -> None:
        for descriptor, _ in self._epoll.poll(0):
            evaluation = self._listening.get(descriptor)
            if evaluation is not None:
                self._go_on(loop, evaluation)

    def _look(self, loop: asyncio.AbstractEventLoop) -> None:
        """Poll the attempts that are due; tell those whose own deadline has passed."""
        self._clock = None
        now = time.monotonic()
        for evaluation in tuple(self._running):
            for in_flight in evaluation.late(now):
                self._tell(in_flight, QueryTimedOut(evaluation.limit_s))
            if evaluation.attempt is not None and evaluation.attempt.next_look <= now:
                self._go_on(loop, evaluation)
        if self._running and self._clock is None:
            self._clock = loop.call_later(_TICK_S, self._look, loop)

    def _go_on(self, loop: asyncio.AbstractEventLoop, evaluation: SharedEvaluation) -> None:
        """Poll the attempt. A bug ends this evaluation and no other: the caller has more of them to poll."""
        attempt = evaluation.attempt
        if attempt is None:
            return
        # The channel may at once be busy with another query.
        self._listening.pop(evaluation.descriptor, None)
        evaluation.descriptor = -1
        try:
            answer = attempt.poll()
        except Problem as problem:
            self._end(evaluation, problem)
        except Exception:  # noqa: BLE001 - whatever it is, the other queries go on
            _LOG.exception("a query could not be brought on")
            attempt.abandon()
            self._end(evaluation, Unexpected())
        else:
            if answer is not None or attempt.needs_thread:
                self._end(evaluation, answer or attempt)
                return
            if attempt.is_volatile and evaluation.key is not None:
                self._part(evaluation)
            self._listen(loop, evaluation, attempt)

    def _part(self, evaluation: SharedEvaluation) -> None:
        """Let the others evaluate for themselves what is another answer at each evaluation."""
        self._close(evaluation)
        first, *others = evaluation.taken()
        evaluation.key, evaluation.waiting = None, [first]
        self._begin_each(evaluation.query, others)

    def _close(self, evaluation: SharedEvaluation) -> None:
        """Let nobody join it any more."""
        if evaluation.key is not None and self._shared.get(evaluation.key) is evaluation:
            del self._shared[evaluation.key]

    def _end(
        self, evaluation: SharedEvaluation, begun: Answer | Attempt | Problem, is_cached: bool = False
    ) -> None:
        self._running.discard(evaluation)
        self._close(evaluation)
        evaluation.attempt = None
        waiting = evaluation.taken()
        if isinstance(begun, QueryTimedOut):
            waiting = self._begin_again(evaluation, waiting, begun.limit_s)
        elif isinstance(begun, Attempt) or (isinstance(begun, Answer) and not _is_shared(begun)):
            first, *others = waiting
            # Who reads it is who may leave.
            evaluation.waiting = waiting = [first]
            # Who has waited for what cannot be shared has all the time again that it may take.
            self._begin_each(evaluation.query, others, time.monotonic())
        for in_flight in waiting[:1]:
            self._tell(in_flight, begun, is_cached or len(waiting) > 1)
        self._turns.add(partial(self._tell, in_flight, _copied(begun), True) for in_flight in waiting[1:])

    def _begin_again(
        self, evaluation: SharedEvaluation, waiting: list[InFlight], limit_s: float
    ) -> list[InFlight]:
        """Evaluate it once more, for those who have time left that this evaluation had not; returns the
        others."""
        soon = max(evaluation.since, time.monotonic() + _WORTH_S - limit_s)
        left = [in_flight for in_flight in waiting if in_flight.since > soon]
        if left:
            again = SharedEvaluation(evaluation.query, evaluation.key, left)
            self._turns.add([partial(self._begin, again, left[-1].since)])
        return [in_flight for in_flight in waiting if in_flight.since <= soon]

    def _begin_each(self, query: Query, waiting: list[InFlight], since: float | None = None) -> None:
        """Have each one's query evaluated for itself; its limit counts from `since`, or from when it came."""
        for in_flight in waiting:
            alone = SharedEvaluation(query, None, [in_flight])
            self._turns.add([partial(self._begin, alone, in_flight.since if since is None else since)])

    def _tell(
        self, in_flight: InFlight, begun: Answer | Attempt | Problem, is_repeated: bool = False
    ) -> None:
        in_flight.begun = begun
        self._ended(in_flight, time.monotonic() - in_flight.since, is_repeated)


def _is_shared(answer: Answer) -> bool:
    """Whether it is the answer of all who ask."""
    return answer.content is not None and not answer.is_volatile


def _copied(begun: Answer | Attempt | Problem) -> Answer | Attempt | Problem:
    """What another one is told as well; a body is read once."""
    if not isinstance(begun, Answer) or begun.content is None:
        return begun
    return begun._replace(body=Body([begun.content], None))
