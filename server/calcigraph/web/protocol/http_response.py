"""A status, header fields and a body in; a whole HTTP response out, its head written once."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

HeaderFields = list[tuple[bytes, bytes]]


class CommonHeaders:
    """The header fields that all responses of one version have, which are written once."""

    def __init__(self, fields: HeaderFields) -> None:
        self.fields = fields
        self.lines = _lines(fields)


@dataclass(frozen=True)
class HttpResponse:
    """A whole response; `own` are the header fields that are not common. Names in lower case."""

    status: int
    own: HeaderFields
    common: CommonHeaders
    content: bytes

    @property
    def fields(self) -> HeaderFields:
        """All header fields."""
        return self.own + self.common.fields

    @cached_property
    def head(self) -> bytes:
        """The header fields as HTTP/1.1 has them, each with its line break."""
        return _lines(self.own) + self.common.lines


def _lines(fields: HeaderFields) -> bytes:
    return b"".join([b"%b: %b\r\n" % field for field in fields])
