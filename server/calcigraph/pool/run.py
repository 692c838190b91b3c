"""A worker and a query in, the pieces of an answer out: one evaluation and how it can end."""

from __future__ import annotations

import json
import signal
import time
from dataclasses import dataclass
from typing import Final

from calcigraph.errors import Problem
from calcigraph.pool.answer import Query
from calcigraph.pool.caller import Caller
from calcigraph.pool.diagnosis import Diagnosis
from calcigraph.pool.frames import ClosedError, Kind, encode
from calcigraph.pool.limits import Limits
from calcigraph.pool.nursery import Worker
from calcigraph.pool.problems import ClientGone, QueryFailed, QueryTimedOut, QueryTooBig, QueueFull
from calcigraph.pool.roster import Roster
from calcigraph.pool.worker import OUT_OF_MEMORY, USAGE

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
        roster: Roster,
        worker: Worker,
        limits: Limits,
        deadline: Deadline,
        caller: Caller,
        diagnosis: Diagnosis,
    ) -> None:
        self._roster = roster
        self._worker = worker
        self._limits = limits
        self._deadline = deadline
        self._caller = caller
        self._diagnosis = diagnosis
        self._patience_until = time.monotonic() + limits.patience_s
        self._ended = False
        self.format = ""

    def hand_over(self, query: Query, diffs: tuple[bytes, ...]) -> None:
        """Send what the worker lacks, then the query. Raises: WorkerLostError."""
        request = json.dumps(
            {
                "text": query.text,
                "default_graphs": query.default_graphs,
                "named_graphs": query.named_graphs,
                "inference": query.inference,
                "base_iri": query.base_iri,
                "results_format": query.results_format,
                "graph_format": query.graph_format,
                "left_s": max(0.0, self._deadline.at - time.monotonic()),
            }
        ).encode()
        frames = [encode(Kind.APPLY, diff) for diff in diffs] + [encode(Kind.QUERY, request)]
        try:
            self._worker.channel.send_bytes(b"".join(frames))
        except ClosedError as error:
            self._end()
            raise WorkerLostError from error
        self._worker.version += len(diffs)

    def more(self) -> bytes | None:
        """The next piece of the answer; None once it is complete and the worker is free again.

        Raises: the Problem that ended it, or WorkerLostError; the worker is then free or gone.
        """
        while not self._ended:
            kind, body = self._receive()
            if kind is Kind.DATA:
                return body
            if kind is Kind.HEAD:
                self.format = body.decode()
            elif kind is Kind.END:
                self._ended = True
                self._roster.give_back(self._worker, *USAGE.unpack(body))
            else:
                self._ended = True
                self._roster.give_back(self._worker, *USAGE.unpack_from(body))
                raise self._diagnosis.problem(**json.loads(body[USAGE.size :]))
        return None

    def stream(self) -> None:
        """From now on the pace is the reader's: make room for other queries. Raises: QueueFull."""
        self._make_room(slow_down=False)

    def abandon(self) -> None:
        """End it, complete or not."""
        if not self._ended:
            self._end()

    def _receive(self) -> tuple[Kind, bytes]:
        try:
            if not self._worker.is_slowed and self._patience_until < self._deadline.at:
                try:
                    return self._receive_until(self._patience_until)
                except TimeoutError:
                    self._make_room(slow_down=True)
            return self._receive_until(self._deadline.at)
        except TimeoutError:
            raise self._timed_out() from None
        except ClosedError:
            raise self._died() from None
        except ClientGone:
            self._end()
            raise

    def _receive_until(self, moment: float) -> tuple[Kind, bytes]:
        """The next frame, for somebody who is there. Raises: TimeoutError, ClosedError, ClientGone."""
        while True:
            # Before each frame too: an answer that flows without a pause may be for nobody.
            self._caller.look()
            try:
                return self._worker.channel.receive(min(moment, self._caller.next_look))
            except TimeoutError:
                if time.monotonic() >= moment:
                    raise

    def _make_room(self, slow_down: bool) -> None:
        if not self._roster.move_aside(self._worker, slow_down):
            self._end()
            raise self._crowded_out()

    def _crowded_out(self) -> QueueFull:
        return QueueFull("Too many long queries are running.", _RETRY_AFTER_S)

    def _timed_out(self) -> QueryTimedOut:
        self._end()
        return QueryTimedOut(self._deadline.limit_s)

    def _died(self) -> Problem:
        now = time.monotonic()
        if self._worker.is_shed:
            self._end()
            return self._crowded_out()
        if now >= self._deadline.at:
            return self._timed_out()
        code = self._worker.exit_code()
        self._end()
        if code == -signal.SIGXCPU:
            return QueryTimedOut(self._deadline.limit_s)
        # Something else has ended it: so young a query cannot have grown until the system's killer came.
        if code in (None, -signal.SIGKILL) and not self.format and now < self._patience_until:
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
        self._roster.discard(self._worker)
