"""An engine in, whether it answers queries at this moment out: by asking it one."""

from __future__ import annotations

import math
import threading
import time
from typing import Final

from calcigraph.errors import Problem
from calcigraph.pool import Query
from calcigraph.store import Engine
from calcigraph.web.protocol.request_problems import NotReady

ANSWERED_IN_S: Final = 1.0
SHARED_S: Final = 0.1
# An answer that chance is in is in no cache; it looks at the data, and at one triple of them. With OPTIONAL,
# for a row where there are no data, the engine would read them all.
_FRESH: Final = Query("SELECT (RAND() AS ?fresh) { ?s ?p ?o } LIMIT 1", timeout_s=ANSWERED_IN_S)


class Readiness:
    """Whether a fresh query is answered. For any number of threads.

    One query at a time is asked for it, whoever wants to know meanwhile waits for its outcome, and for a
    moment after that it is everybody's: so many who ask cost no more than ten queries a second.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._lock = threading.Lock()
        self._problem: NotReady | None = None
        self._judged_at = -math.inf

    def problem(self) -> NotReady | None:
        """Why no query is answered; None where one was. Cost: a millisecond, and at most the second that the
        query may take."""
        asked_at = time.monotonic()
        with self._lock:
            # Whoever waited has the outcome of a query that was begun after it had asked, or just before.
            if self._judged_at < asked_at - SHARED_S:
                begun_at = time.monotonic()
                self._problem = self._judge()
                self._judged_at = begun_at
            return self._problem

    def _judge(self) -> NotReady | None:
        try:
            answer = self._engine.ask(_FRESH)
        except Problem as problem:
            return NotReady(problem.detail)
        answer.body.close()
        return None
