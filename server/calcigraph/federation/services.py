"""Calls of other services in, answers or Problems out: which may be made, how many, and for how long."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Final

from calcigraph.errors import Problem
from calcigraph.federation.endpoints import AllowList
from calcigraph.federation.exchange import Exchange
from calcigraph.federation.service_problems import ServicesBusy, ServiceTimedOut

_LOOK_S: Final = 0.1


@dataclass(frozen=True)
class CallLimits:
    """A call may take `timeout_s` seconds and bring `most_bytes`; `at_once` of them may be under way,
    and a further one waits for at most `patience_s`."""

    timeout_s: float = 5.0
    most_bytes: int = 8 << 20
    at_once: int = 8
    patience_s: float = 1.0


class Services:
    """The services that may be called. All methods may be called from any thread."""

    def __init__(self, allowed: AllowList, limits: CallLimits | None = None) -> None:
        self._allowed = allowed
        self._limits = limits or CallLimits()
        self._places = threading.BoundedSemaphore(self._limits.at_once)

    def call(self, service: str, query: str, deadline: float, look: Callable[[], None]) -> bytes:
        """What the service with this IRI answers to a SELECT query, unread.

        `look` is called several times a second, and ends the call by what it raises; `deadline` is a
        moment of the monotonic clock. Raises: ServiceRefused, ServiceFailed, ServiceTimedOut,
        ServicesBusy; TimeoutError where the deadline came before the call's own limit.
        """
        allowed = self._allowed.find(service)
        now = time.monotonic()
        until = min(now + self._limits.timeout_s, deadline)
        if not self._places.acquire(timeout=max(0.0, min(self._limits.patience_s, until - now))):
            raise ServicesBusy(
                f"{self._limits.at_once} calls of other services are under way.", "Try again in a while."
            )
        exchange = Exchange(allowed, query, 2 * self._limits.timeout_s, self._limits.most_bytes)
        answer: Future[bytes] = Future()
        # A thread, because looking up a host cannot be interrupted; its place is free once it has ended.
        threading.Thread(
            target=self._run, args=(exchange, answer), name="calcigraph-service-call", daemon=True
        ).start()
        try:
            return self._awaited(answer, until, look)
        except TimeoutError:
            if until >= deadline:
                raise
            raise ServiceTimedOut(
                f"{allowed.endpoint.host} did not answer within {self._limits.timeout_s:g} s.",
                "Ask it for less, or ask it yourself and put its answer into VALUES.",
            ) from None
        finally:
            exchange.abort()

    def _run(self, exchange: Exchange, answer: Future[bytes]) -> None:
        try:
            answer.set_result(exchange.run())
        except Problem as problem:
            answer.set_exception(problem)
        finally:
            self._places.release()
            # Neither was set: a bug in the thread.
            answer.cancel()

    def _awaited(self, answer: Future[bytes], until: float, look: Callable[[], None]) -> bytes:
        while True:
            look()
            left_s = until - time.monotonic()
            try:
                return answer.result(max(0.0, min(_LOOK_S, left_s)))
            except TimeoutError:
                if left_s <= 0:
                    raise
