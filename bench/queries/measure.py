"""Peers and a size in, results out: every query of every peer in turn, then load, then growth."""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path

from bench.queries import workload
from bench.queries.answers import said
from bench.queries.connection import Reply
from bench.queries.peers import Peer
from bench.queries.processes import BenchError
from bench.queries.results import Measured, Result, Times
from bench.queries.subject import Subject, unasked

# What is slower is asked in one round only, and what is very slow once each way.
_SLOW_S = 5.0
_VERY_SLOW_S = 15.0
_MOST_A_SLICE = 300


@dataclass(frozen=True)
class Plan:
    """Seconds for each query of each peer, cold, and half of it repeated, in so many rounds; seconds
    for each mode under load; mixed queries for growth, in so many seconds at most."""

    query_s: float = 1.5
    rounds: int = 3
    rate_s: float = 3.0
    mixed: int = 3000
    mixed_s: float = 6.0


def measure(peers: list[Peer], triples: int, plan: Plan, folder: Path) -> Iterator[Result]:
    """All peers started, then asked in turn; those that could not be started come first."""
    data = folder / f"{triples}.nq"
    if not data.exists():
        workload.write(triples, data)
    with ExitStack() as stack:
        subjects = []
        for peer in peers:
            own = Path(stack.enter_context(tempfile.TemporaryDirectory(dir=folder)))
            try:
                server = stack.enter_context(peer.serve(data, own, triples))
                subject = Subject(peer, server, triples)
                stack.callback(subject.close)
                subjects.append(subject)
                _tell(f"{triples:,}: {peer.name} started in {server.start_s:.1f} s")
            except BenchError as error:
                # The log may name places of this machine, which are nothing for a report.
                _tell(f"{triples:,}: {peer.name}: {error}")
                yield Result(triples, peer.name, peer.version() or "", failed="did not start")
        for name in workload.QUERIES:
            _query(name, subjects, plan)
            _tell(f"{triples:,}: {name}")
        for subject in subjects:
            subject.under_load(plan.rate_s, folder)
            subject.grow(plan.mixed, plan.mixed_s)
            _tell(f"{triples:,}: {subject.result.peer} is done")
            yield subject.result


def _query(name: str, subjects: list[Subject], plan: Plan) -> None:
    """One query: an answer of each to compare, then slices of time in turn."""
    courses = [_Course(subject, name) for subject in subjects]
    for course in courses:
        course.begin()
    for number in range(plan.rounds):
        for course in courses:
            if course.takes_part(number):
                course.ask_cold(plan.query_s / plan.rounds)
    for course in courses:
        course.warm()
    for number in range(plan.rounds):
        for course in courses:
            if course.takes_part(number):
                course.ask_repeated(plan.query_s / plan.rounds / 2)
    for course in courses:
        course.subject.result.queries[name] = course.measured()


class _Course:
    """One query of one peer. Once it has failed, no more is asked."""

    def __init__(self, subject: Subject, name: str) -> None:
        self.subject, self._name = subject, name
        self._text = workload.query(name)
        self._failed = ""
        self._body = b""
        self._first_s = 0.0
        self._cold: list[Reply] = []
        self._repeated: list[Reply] = []

    def begin(self) -> None:
        """The answer that is compared. Its time is kept only where there will be no other: it is cold as
        well, because the text is new, but it is also the first look at these data."""
        for reply in self._asked(lambda: self._text):
            self._body, self._first_s = reply.body, reply.total_s
            self._cold = [] if self.takes_part(0) else [replace(reply, body=b"")]

    def takes_part(self, number: int) -> bool:
        """Whether the query is fast enough for the round with this number."""
        return self._first_s < (_VERY_SLOW_S if number == 0 else _SLOW_S)

    def ask_cold(self, seconds: float) -> None:
        self._cold += self._asked(lambda: unasked(self._name), seconds)

    def warm(self) -> None:
        """The text that is repeated, once more: others may have driven it out of a cache meanwhile."""
        replies = self._asked(lambda: self._text)
        self._repeated += [] if self.takes_part(0) else replies

    def ask_repeated(self, seconds: float) -> None:
        self._repeated += self._asked(lambda: self._text, seconds)

    def measured(self) -> Measured:
        if self._failed:
            return Measured(failed=self._failed)
        answer = said(self._body)
        return Measured(answer.rows, answer.digest, _times(self._cold), _times(self._repeated))

    def _asked(self, text: Callable[[], str], seconds: float = 0.0) -> list[Reply]:
        """At least one request; the bodies are kept only of a single one."""
        replies: list[Reply] = []
        until = time.perf_counter() + seconds
        while not self._failed and (not replies or time.perf_counter() < until):
            try:
                reply = self.subject.ask(text())
            except BenchError as error:
                self._failed = str(error)
            else:
                replies.append(replace(reply, body=b"") if seconds else reply)
            if len(replies) >= _MOST_A_SLICE:
                break
        return replies


def _times(replies: list[Reply]) -> Times:
    totals = sorted(1000 * reply.total_s for reply in replies)
    first = statistics.median(1000 * reply.first_s for reply in replies)
    return Times(statistics.median(totals), totals[int(0.95 * len(totals))], first, len(totals))


def _tell(line: str) -> None:
    print(time.strftime("%H:%M:%S"), line, file=sys.stderr, flush=True)
