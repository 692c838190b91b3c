"""Bytes of a connection in, whole heads of requests out (RFC 9112 section 2.1)."""

from __future__ import annotations

from typing import Final

from calcigraph.errors import Problem
from calcigraph.web.protocol.request_head import END
from calcigraph.web.protocol.request_problems import AddressTooLong, HeadTooLarge, RequestMalformed

# What a request may begin with; an empty line before it is let pass (RFC 9112 section 2.2).
_BEGINNINGS: Final = frozenset(
    b"!#$%&'*+-.^_`|~\r0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
)
_RETURN: Final = 0x0D


class HeadBuffer:
    """What came of a connection and was not looked at: of a head, or behind a request that is answered.

    No head is longer than `most` bytes. Each byte is looked at once, whatever the pieces.
    """

    def __init__(self, most: int) -> None:
        self._bytes = bytearray()
        self._searched = 0
        self._most = most

    def __len__(self) -> int:
        return len(self._bytes)

    def add(self, data: bytes) -> None:
        """Keep what has come."""
        self._bytes += data

    def clear(self) -> None:
        """Throw away what is kept."""
        self._bytes.clear()
        self._searched = 0

    def taken(self) -> bytes:
        """All that is kept, which is then kept no more."""
        data = bytes(self._bytes)
        self.clear()
        return data

    def head(self) -> bytes | None:
        """The first head, which is then kept no more; None where it is not whole.

        Raises: RequestMalformed, AddressTooLong, HeadTooLarge.
        """
        if self._bytes.startswith(b"\r\n"):
            del self._bytes[:2]
            self._searched = 0
            if self._bytes.startswith(b"\r"):
                raise _no_request()
        if not self._bytes:
            return None
        begin = max(0, self._searched - 3)
        end = self._bytes.find(END, begin, self._most)
        if end >= 0:
            found = bytes(self._bytes[: end + 4])
            del self._bytes[: end + 4]
            self._searched = 0
            return found
        self._check(begin)
        self._searched = len(self._bytes)
        return None

    def _check(self, begin: int) -> None:
        if self._bytes[0] not in _BEGINNINGS or self._has_bare_line_feed(begin):
            raise _no_request()
        if len(self._bytes) >= self._most:
            raise self._too_large()

    def _has_bare_line_feed(self, begin: int) -> bool:
        return self._bytes.count(b"\n", begin) != self._bytes.count(b"\r\n", max(0, begin - 1))

    def _too_large(self) -> Problem:
        most = self._most
        if self._bytes.find(b"\r\n", 0, most) < 0 or self._bytes.find(b"\r\n") > most // 2:
            return AddressTooLong(
                f"The address does not fit into {most} bytes.", "Send the query in the body of a POST."
            )
        return HeadTooLarge(
            f"The head of the request does not fit into {most} bytes.", "Send fewer or shorter header fields."
        )


def is_one_head(data: bytes) -> bool:
    """Whether `data` is the whole of one head and nothing more, as most often."""
    return data.endswith(END) and data.find(END) == len(data) - len(END) and data[0] != _RETURN


def _no_request() -> RequestMalformed:
    return RequestMalformed(
        "What was sent is no request of HTTP/1.1.", "End each line with CR LF, and begin with a method."
    )
