"""What is being done in, a line about it on a terminal out; it is gone when the work is."""

from __future__ import annotations

import sys
from contextlib import suppress
from types import TracebackType
from typing import Final

_CLEARED: Final = "\r\x1b[2K"


class Progress:
    """One line on standard error that changes, and nothing where that is no terminal. It hides no cursor, so
    that a signal which ends the program leaves the terminal as it was."""

    def __init__(self) -> None:
        self._is_seen = sys.stderr.isatty()

    def show(self, text: str) -> None:
        """What is being done now."""
        self._write(f"{_CLEARED}{text}")

    def __enter__(self) -> Progress:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._write(_CLEARED)

    def _write(self, text: str) -> None:
        if self._is_seen:
            with suppress(OSError):
                sys.stderr.write(text)
                sys.stderr.flush()
