"""The bytes after a head in, the body of one request out, counted among the bodies of all connections."""

from __future__ import annotations

from calcigraph.web.serving.connections import Connections, busy
from calcigraph.web.serving.request_body import ChunkedBody, SizedBody


class CountedBody:
    """A body of `length` bytes, or in chunks where that is None; counted until it is dropped. `most_at_once`
    is how much of it may be given to `feed` at once. Raises: BodyTooLarge."""

    def __init__(self, length: int | None, connections: Connections) -> None:
        limits = connections.limits
        self._connections = connections
        self._body: SizedBody | ChunkedBody | None = (
            ChunkedBody(limits.body_bytes, limits.body_chunks)
            if length is None
            else SizedBody(length, limits.body_bytes)
        )
        self._counted = 0
        self.most_at_once = self._body.most_at_once
        # What takes longer than to copy its bytes.
        self.is_chunked = length is None

    @property
    def size(self) -> int:
        """How many bytes it takes."""
        return self._body.size if self._body is not None else 0

    @property
    def is_whole(self) -> bool:
        """Whether all of it has come."""
        return self._body is not None and self._body.is_whole

    def feed(self, data: bytes) -> bytes:
        """Take what belongs to it, of a body in chunks no more than takes a moment; returns the rest.

        Raises: RequestMalformed, BodyTooLarge; FrontBusy where all bodies together take too much.
        """
        body = self._body
        assert body is not None
        rest = body.feed(data)
        self._connections.body_bytes += body.size - self._counted
        self._counted = body.size
        if not body.is_whole and not self._connections.has_room(body.size):
            raise busy()
        return rest

    def taken(self) -> bytes:
        """All of it, which is then kept no more by this, but counted still."""
        assert self._body is not None
        content = bytes(self._body.content)
        self._body = None
        return content

    def drop(self) -> None:
        """It is in no memory any more."""
        self._connections.body_bytes -= self._counted
        self._counted = 0
        self._body = None
