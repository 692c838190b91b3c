"""A status, header fields and content: a response, as it is made, as it is kept, and as it is sent."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Final, TypeAlias

from calcigraph.web.protocol.file_content import FileContent

HeaderFields: TypeAlias = list[tuple[bytes, bytes]]


@dataclass(frozen=True)
class Unmade:
    """Content that was not made, because the client has it: `tag` is the entity tag of the variant that would
    be sent, without quotes."""

    tag: bytes

    def __iter__(self) -> Iterator[bytes]:
        return iter(())


@dataclass(frozen=True)
class Pieces:
    """Content that comes piece by piece, from a thread; `size` is None where it is not known beforehand.

    Where it ends by an exception, what was sent must not pass for the whole. `close` ends it early.
    """

    pieces: Iterator[bytes]
    close: Callable[[], object]
    size: int | None = None


Content: TypeAlias = bytes | FileContent | Unmade | Pieces


def _lines(fields: HeaderFields) -> bytes:
    return b"".join([b"%b: %b\r\n" % field for field in fields])


class CommonHeaders:
    """The header fields that all responses of one version have, which are written once."""

    def __init__(self, fields: HeaderFields) -> None:
        self.fields = fields
        self.lines = _lines(fields)


_NONE: Final = CommonHeaders([])


class HttpResponse:
    """A response; nothing in it is changed. `fields` are by names in lower case; `version` is the digest of
    the data that it was made from and `route` the pattern of the address, "" where there is none.

    What answers a request gives one with the fields that say what its content is; `finishing.finished`
    makes of it the one that a client is sent, with the fields that are `common`, and whose content is bytes,
    a file or pieces.
    """

    def __init__(
        self,
        status: int,
        fields: HeaderFields,
        content: Content = b"",
        version: str = "",
        route: str = "",
        common: CommonHeaders = _NONE,
    ) -> None:
        self.status = status
        self.fields = fields
        self.content = content
        self.version = version
        self.route = route
        self.common = common

    def field(self, name: bytes) -> bytes | None:
        """The value of the first field of this name."""
        for given, value in self.fields:
            if given == name:
                return value
        return None

    def with_content(self, content: Content) -> HttpResponse:
        """The same response with this content."""
        return HttpResponse(self.status, self.fields, content, self.version, self.route, self.common)

    @cached_property
    def lines(self) -> bytes:
        """The header fields as HTTP/1.1 has them, each with its line break."""
        return _lines(self.fields) + self.common.lines
