"""Events in, lines on standard error out: one line an event, whatever a client has sent, and never too many.

What is logged by `logging` anywhere in this process goes through here. No event carries what a client sent,
but a path, which is percent-encoded and cut, and, where that is asked for, the text of queries.
"""

from __future__ import annotations

import json
import logging
import os
import re
import sys
import threading
import time
import traceback
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import quote

from calcigraph.settings import LogFormat
from calcigraph.visible_text import visible

QUERIES: Final = logging.getLogger("calcigraph.queries")
"""Where the text of queries goes; off unless `configure` is told otherwise."""
# Of one kind, that is of one message before its values are put in; the rest of a second is counted.
PER_SECOND: Final = 10
LONGEST: Final = 4096
LONGEST_PATH: Final = 200
_MOST_KINDS: Final = 256
_MOST_FRAMES: Final = 12
_WINDOW_S: Final = 1.0
_PACKAGES: Final = re.compile(
    r".*[/\\](?=calcigraph[/\\])|.*[/\\](?:site-packages|lib[/\\]python[\d.]+)[/\\]"
)


def configure(log_format: LogFormat = "text", log_queries: bool = False) -> None:
    """Write all events of this process in one way from now on; `log_queries` lets them have the text of
    queries, and what errors say, which may have it too."""
    logging.raiseExceptions = False
    formatter: logging.Formatter = (JsonLines if log_format == "json" else TextLines)(log_queries)
    handler = EventHandler()
    handler.setFormatter(formatter)
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(logging.WARNING)
    QUERIES.setLevel(logging.INFO if log_queries else logging.CRITICAL)


def shown_path(path: str) -> str:
    """A path as it may stand in an event: percent-encoded, and cut where it is long."""
    encoded = quote(path, safe="/%:@!$&'()*+,;=~", errors="replace")
    return encoded if len(encoded) <= LONGEST_PATH else f"{encoded[:LONGEST_PATH]}…"


def one_line(text: str) -> str:
    """A text on one line: what is no visible character is written as an escape, and a long end is cut."""
    line = visible(text[:LONGEST])
    return line if len(text) <= LONGEST else f"{line}… ({len(text)} characters)"


class TextLines(logging.Formatter):
    """Time, severity, where from, what, and of an error its kind and the places that it went through."""

    def __init__(self, says_all: bool) -> None:
        super().__init__()
        self._says_all = says_all

    def format(self, record: logging.LogRecord) -> str:
        """One line."""
        line = f"{_moment(record)} {record.levelname} {record.name}: {record.getMessage()}"
        if record.exc_info and record.exc_info[1] is not None:
            line += f": {error_line(record.exc_info[1], self._says_all)}"
        return one_line(line)


class JsonLines(logging.Formatter):
    """The same as an object: `time`, `level`, `logger`, `event` and, of an error, `error`."""

    def __init__(self, says_all: bool) -> None:
        super().__init__()
        self._says_all = says_all

    def format(self, record: logging.LogRecord) -> str:
        """One line."""
        members: dict[str, Any] = {
            "time": _moment(record),
            "level": record.levelname,
            "logger": record.name,
            "event": one_line(record.getMessage()),
        }
        if record.exc_info and record.exc_info[1] is not None:
            members["error"] = one_line(error_line(record.exc_info[1], self._says_all))
        return json.dumps(members)


class EventHandler(logging.Handler):
    """Writes to standard error. Where there is none, or it takes nothing, an event is lost and nothing else.

    Of each kind of event so many are written a second; of the others the number is.
    """

    def __init__(self) -> None:
        super().__init__()
        self._kinds: dict[tuple[str, str], _Kind] = {}
        self._clock: threading.Timer | None = None

    def emit(self, record: logging.LogRecord) -> None:
        """Write an event, or count it. The caller holds the lock of the handler."""
        key = (record.name, str(record.msg))
        if key not in self._kinds and len(self._kinds) >= _MOST_KINDS:
            key = ("", "")
        kind = self._kinds.setdefault(key, _Kind(record))
        if kind.admits(time.monotonic()):
            self._tell(kind)
            self._write(self.format(record))
        elif self._clock is None:
            self._start_clock()

    def flush(self) -> None:
        """Write the numbers of events that were not written."""
        with self.lock or threading.Lock():
            for kind in self._kinds.values():
                self._tell(kind)

    def _start_clock(self) -> None:
        self._clock = threading.Timer(_WINDOW_S, self._look)
        self._clock.daemon = True
        with suppress(RuntimeError):
            self._clock.start()

    def _look(self) -> None:
        with self.lock or threading.Lock():
            self._clock = None
            for kind in self._kinds.values():
                self._tell(kind)

    def _tell(self, kind: _Kind) -> None:
        record = kind.left_out()
        if record is not None:
            self._write(self.format(record))

    def _write(self, line: str) -> None:
        with suppress(OSError, ValueError, AttributeError):
            sys.stderr.write(line + "\n")
            sys.stderr.flush()


class _Kind:
    """Events of one kind: how many were written in the present second, and how many were not."""

    def __init__(self, first: logging.LogRecord) -> None:
        self._name, self._level, self._message = first.name, first.levelno, str(first.msg)
        self._since = 0.0
        self._written = 0
        self._left_out = 0

    def admits(self, now: float) -> bool:
        """Whether one more is to be written; counts it in any case."""
        if now - self._since >= _WINDOW_S:
            self._since, self._written = now, 0
        if self._written < PER_SECOND:
            self._written += 1
            return True
        self._left_out += 1
        return False

    def left_out(self) -> logging.LogRecord | None:
        """An event that says how many were not written since it was last asked; None where all were."""
        number, self._left_out = self._left_out, 0
        if not number:
            return None
        values = (number, self._message)
        return logging.LogRecord(self._name, self._level, "", 0, "%d more of: %s", values, None)


def error_line(error: BaseException, says_all: bool) -> str:
    """What is known of an error, on one line: its kind, the places from the innermost one outwards, and what
    caused it. What it says is left out unless `says_all`, but for errors of the system."""
    return ", from ".join(_link(link, says_all) for link in _chain(error))


def _link(error: BaseException, says_all: bool) -> str:
    said = str(error) if says_all else ""
    if isinstance(error, OSError) and error.errno is not None:
        said = os.strerror(error.errno)
    frames = traceback.extract_tb(error.__traceback__)[-_MOST_FRAMES:]
    places = " < ".join(f"{_PACKAGES.sub('', frame.filename)}:{frame.lineno}" for frame in reversed(frames))
    return f"{type(error).__name__}{': ' if said else ''}{said}{' at ' if places else ''}{places}"


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)


def _moment(record: logging.LogRecord) -> str:
    moment = datetime.fromtimestamp(record.created, UTC)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"
