"""An answer of unknown length in, a temporary file with the whole of it out; all of them have one bound."""

from __future__ import annotations

import tempfile
import threading
from collections.abc import Iterable, Iterator
from typing import IO, Final

from calcigraph.web.protocol.request_problems import FrontBusy, VersionUnsupported

_IN_MEMORY: Final = 1 << 20
_PIECE: Final = 1 << 16
# One answer may not take all that there is.
_SHARE: Final = 4


class _Spooled:
    """How many bytes all spools of this process hold."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._bytes = 0

    def take(self, size: int, most: int) -> bool:
        """Take `size` bytes more, unless there would be more than `most`."""
        with self._guard:
            if self._bytes + size > most:
                return False
            self._bytes += size
            return True

    def give_back(self, size: int) -> None:
        with self._guard:
            self._bytes -= size


_ALL: Final = _Spooled()


class Spool:
    """The bytes of `pieces` in a temporary file: HTTP/1.0 cannot tell a broken body from an ended one, so an
    answer has to be there before its length is said.

    All spools together hold at most `most_bytes`, one of them a quarter of that. `close` gives it back.
    Raises: VersionUnsupported for a longer answer, FrontBusy where there is no room now, or on the disk; and
    what `pieces` raises.
    """

    def __init__(self, pieces: Iterable[bytes], most_bytes: int) -> None:
        self.size = 0
        self._most_bytes = most_bytes
        self._file: IO[bytes] = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115 - see close
        try:
            for piece in pieces:
                self._add(piece)
            self._file.seek(0)
        except BaseException as error:
            self.close()
            if isinstance(error, OSError):
                raise _no_room() from error
            raise

    def _add(self, piece: bytes) -> None:
        if self.size + len(piece) > self._most_bytes // _SHARE:
            raise VersionUnsupported(
                "The answer is too long for HTTP/1.0, which has to be told its length beforehand.",
                "Use HTTP/1.1, or add a LIMIT.",
            )
        if not _ALL.take(len(piece), self._most_bytes):
            raise _no_room()
        self.size += len(piece)
        self._file.write(piece)

    def __iter__(self) -> Iterator[bytes]:
        while piece := self._file.read(_PIECE):
            yield piece

    def close(self) -> None:
        """Remove the file; does nothing where that was done."""
        if not self._file.closed:
            self._file.close()
            _ALL.give_back(self.size)


def _no_room() -> FrontBusy:
    return FrontBusy("There is no room now for a long answer by HTTP/1.0.")
