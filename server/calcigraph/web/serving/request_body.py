"""The bytes after a head in, the body of the request out: of a known length, or in chunks.

Chunk extensions and trailer fields are read strictly, counted, and dropped (RFC 9112 section 7.1).
"""

from __future__ import annotations

import re
from typing import Final

from calcigraph.web.protocol.request_problems import BodyTooLarge, RequestMalformed

_CHUNK: Final = re.compile(rb"([0-9A-Fa-f]{1,16})(?:;[\t\x20-\x7e\x80-\xff]*)?")
_TRAILER: Final = re.compile(rb"[!#$%&'*+\-.^_`|~0-9A-Za-z]+:[\t\x20-\x7e\x80-\xff]*")
_LONGEST_LINE: Final = 4096
# Bytes beside the content, in addition to as many as the content has: one chunk for every five bytes.
_MOST_BESIDE: Final = 1 << 12
# Each takes a microsecond or two, whatever its length, and a chunk has two of them.
_LINES_AT_ONCE: Final = 400


class SizedBody:
    """A body of `length` bytes. `content` is what has come of it; it `is_whole` when all has. Raises:
    BodyTooLarge."""

    # So much of it may be given to `feed` at once, which takes some microseconds.
    most_at_once: Final = 1 << 16

    def __init__(self, length: int, most_bytes: int) -> None:
        check_length(length, most_bytes)
        self.content = bytearray()
        self._length = length
        self.is_whole = not length

    @property
    def size(self) -> int:
        """How many bytes it takes."""
        return len(self.content)

    def feed(self, data: bytes) -> bytes:
        """Take what belongs to it; returns the rest."""
        needed = self._length - len(self.content)
        self.content += data if len(data) <= needed else data[:needed]
        self.is_whole = len(self.content) == self._length
        return data[needed:]


class ChunkedBody:
    """A body in chunks, at most so many; as `SizedBody`, but for `feed`."""

    # As much as the lines that are read at once take where chunks have some twenty bytes.
    most_at_once: Final = 1 << 13

    def __init__(self, most_bytes: int, most_chunks: int) -> None:
        self.content = bytearray()
        self.is_whole = False
        self._most_bytes = most_bytes
        self._most_chunks = most_chunks
        self._chunks = 0
        self._left = 0
        self._beside = 0
        self._line = bytearray()
        # A function, not a method of this body: that would be a circle, and the content kept until the next
        # search for garbage, which an idle process does not make.
        self._read_line = ChunkedBody._begin_chunk

    @property
    def size(self) -> int:
        """How many bytes it takes."""
        return len(self.content) + len(self._line)

    def feed(self, data: bytes) -> bytes:
        """Take what belongs to it; returns the rest. Where it is not whole, that belongs to it as well: more
        short chunks have come than are read at once.

        Raises: RequestMalformed, BodyTooLarge. Cost: each byte is looked at twice; a millisecond at most.
        """
        position = lines = 0
        while position < len(data) and lines < _LINES_AT_ONCE and not self.is_whole:
            if self._left:
                position += self._take(data[position : position + self._left])
            else:
                position += self._take_line(data, position)
                lines += 1
        return data[position:]

    def _take(self, piece: bytes) -> int:
        self.content += piece
        self._left -= len(piece)
        return len(piece)

    def _take_line(self, data: bytes, position: int) -> int:
        """Take what there is of a line, and read it where it is whole. The number of bytes."""
        end = data.find(b"\n", position)
        taken = (len(data) if end < 0 else end + 1) - position
        self._line += data[position : position + taken]
        self._beside += taken
        if len(self._line) > _LONGEST_LINE or self._beside > _MOST_BESIDE + len(self.content):
            raise BodyTooLarge(
                "The chunks of the body have too much beside their content.",
                "Send longer chunks, without extensions and trailers.",
            )
        if end >= 0:
            if not self._line.endswith(b"\r\n"):
                raise _unreadable()
            line = bytes(self._line[:-2])
            self._line.clear()
            self._read_line(self, line)
        return taken

    def _begin_chunk(self, line: bytes) -> None:
        chunk = _CHUNK.fullmatch(line)
        if chunk is None:
            raise _unreadable()
        self._left = int(chunk[1], 16)
        self._chunks += self._left > 0
        if self._chunks > self._most_chunks:
            raise BodyTooLarge(
                f"The body comes in more than {self._most_chunks} chunks.", "Send longer ones, or its length."
            )
        check_length(len(self.content) + self._left, self._most_bytes)
        self._read_line = ChunkedBody._end_chunk if self._left else ChunkedBody._read_trailer

    def _end_chunk(self, line: bytes) -> None:
        if line:
            raise _unreadable()
        self._read_line = ChunkedBody._begin_chunk

    def _read_trailer(self, line: bytes) -> None:
        if not line:
            self.is_whole = True
        elif _TRAILER.fullmatch(line) is None:
            raise _unreadable()


def check_length(length: int, most_bytes: int) -> None:
    """Whether a body of this length is taken. Raises: BodyTooLarge."""
    if length > most_bytes:
        raise BodyTooLarge(f"The body has more than {most_bytes} bytes.", "Send a smaller one.")


def _unreadable() -> RequestMalformed:
    return RequestMalformed("The chunks of the body cannot be read.", "Send them as RFC 9112 says.")
