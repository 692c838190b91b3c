"""A file in, the content of a response out: all of it, or the part that a client asks for."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import IO, Final

_PIECE: Final = 1 << 16


@dataclass(frozen=True)
class FileContent:
    """`size` bytes of the file at `path`, from `first` on (RFC 9110 section 14).

    What stands there must never change: a new version is a new file. It is opened when it is sent, never
    read as a whole, and may lose its name while it is being sent.
    """

    path: Path
    size: int
    first: int = 0
    encoding: str = ""
    """The content coding that was applied to what is in it: "" or "gzip"."""
    keeper: object = field(default=None, repr=False, compare=False)
    """What keeps the name of the file as long as somebody has it."""

    def __iter__(self) -> Iterator[bytes]:
        """Open it; the pieces then, in order. Raises: OSError."""
        return FilePieces(self.path.open("rb"), self.first, self.size)

    def part(self, first: int, size: int) -> FileContent:
        """`size` of its bytes, from `first` on."""
        return replace(self, size=size, first=self.first + first)


class FilePieces:
    """The pieces of an open file; closed at the end, or before it by `close`."""

    def __init__(self, file: IO[bytes], first: int, size: int) -> None:
        self._file = file
        self._left = size
        self._place = first

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        piece = os.pread(self._file.fileno(), min(_PIECE, self._left), self._place) if self._left else b""
        if not piece:
            self.close()
            raise StopIteration
        self._left -= len(piece)
        self._place += len(piece)
        return piece

    def at_hand(self) -> bytes | None:
        """The next piece, None at the end, where it can be had without waiting for a disk.

        Raises: BlockingIOError where that is not so, or the system cannot tell.
        """
        if not self._left:
            self.close()
            return None
        piece = bytearray(min(_PIECE, self._left))
        try:
            size = os.preadv(self._file.fileno(), [piece], self._place, os.RWF_NOWAIT)
        except OSError as error:
            raise BlockingIOError from error
        if not size:
            # It is shorter than it was.
            self.close()
            return None
        self._left -= size
        self._place += size
        return bytes(piece) if size == len(piece) else bytes(piece[:size])

    def close(self) -> None:
        """Close the file; nothing more is read."""
        self._left = 0
        self._file.close()
