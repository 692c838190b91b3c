"""A response as its maker left it and the request it answers in, the response that the client is sent out.

The one place that writes version, security, CORS, validators of variants, compression, parts and lengths,
whatever has answered. The order is that of RFC 9110 section 13.2.2: conditions before ranges.
"""

from __future__ import annotations

import re
from datetime import datetime
from email.utils import parsedate_to_datetime
from functools import lru_cache
from typing import Final

from calcigraph.errors import Problem
from calcigraph.web.protocol import compression, problem_details, response_headers
from calcigraph.web.protocol.file_content import FileContent
from calcigraph.web.protocol.http_response import Content, HttpResponse, Pieces, Unmade
from calcigraph.web.protocol.request_head import RequestHead
from calcigraph.web.protocol.request_problems import ConditionFailed, RangeUnsatisfiable

_SELECTING: Final = frozenset({"GET", "HEAD"})
_CONDITIONS: Final = frozenset(
    {b"if-none-match", b"if-match", b"if-modified-since", b"if-unmodified-since", b"range"}
)
_TAG: Final = re.compile(rb'(?:W/)?"[\x21\x23-\x7e\x80-\xff]*"')
_RANGE: Final = re.compile(rb"bytes=[ \t]*([0-9]{0,18})-([0-9]{0,18})[ \t]*", re.IGNORECASE)
_LONGEST_DATE: Final = 64
# What a 304 leaves out: it is about content that is not sent.
_OF_CONTENT: Final = (b"content-type", b"content-encoding", b"content-range")
_WITHOUT_CONTENT: Final = frozenset({204, 304})


class _Draft:
    """A response while it is being finished: `fields` are by name, but for links, of which there may be
    several."""

    def __init__(self, response: HttpResponse) -> None:
        self.status = response.status
        self.fields = dict(response.fields)
        self.links = [field for field in response.fields if field[0] == b"link"]
        self.content: Content = response.content
        self.version = response.version
        self.route = response.route
        # Each has its place where it is written.
        self.fields.pop(b"link", None)
        self.fields.pop(b"content-length", None)

    @property
    def type(self) -> bytes:
        """The media type, with its parameters."""
        return self.fields.get(b"content-type", b"")

    @property
    def tag(self) -> bytes:
        """The strong entity tag without its quotes; "" where there is none."""
        return self.fields.get(b"etag", b"").strip(b'"')

    def mark(self, tag: bytes) -> None:
        """Have this entity tag, where there is one at all."""
        if b"etag" in self.fields:
            self.fields[b"etag"] = b'"%b"' % tag

    def vary(self, name: bytes) -> None:
        """Depend on a field of the request (RFC 9110 section 12.5.5)."""
        self.fields[b"vary"] = _varying(self.fields.get(b"vary", b""), name)

    def drop_content(self) -> None:
        """Have no content; what would make it ends."""
        if isinstance(self.content, Pieces):
            self.content.close()
        self.content = b""

    def refuse(self, problem: Problem) -> None:
        """Be the response with this problem instead."""
        self.drop_content()
        refused = problem_details.response(problem, self.version, self.route)
        self.status, self.fields, self.links = refused.status, dict(refused.fields), []
        self.content = refused.content


def finished(response: HttpResponse, head: RequestHead | None) -> HttpResponse:
    """What is sent to the client whose request has this head; None where it could not be read.

    Cost: some 10 microseconds, and that of compressing the content where that is needed; see `is_heavy`.
    """
    draft = _Draft(response)
    if isinstance(draft.content, Unmade):
        _be_unmodified(draft, draft.content.tag)
    elif head is not None:
        _encode(draft, head)
        if draft.status == 200 and is_conditional(head) and head.method in _SELECTING:
            _meet_conditions(draft, head)
    return _completed(draft, head)


def is_heavy(response: HttpResponse, head: RequestHead) -> bool:
    """Whether to finish it takes long, because it has to be compressed."""
    content = response.content
    is_long = isinstance(content, bytes) and len(content) >= compression.LEAST_BYTES
    return is_long and compression.is_wanted(response.field(b"content-type") or b"", head)


def is_conditional(head: RequestHead) -> bool:
    """Whether the response depends on what the client has already, or wants a part of."""
    return not _CONDITIONS.isdisjoint(head.fields)


def tag_of_known(head: RequestHead, content_type: bytes, tag: bytes) -> bytes | None:
    """The entity tag, without quotes, of the variant of a response that the client has; None where it is to
    be made, to have `tag`.

    Whether content is long enough to be compressed is not known before it is made; a client with the tag of
    the compressed one has had it.
    """
    known = head.fields.get(b"if-none-match")
    if known is None or head.method not in _SELECTING or b"if-match" in head.fields:
        return None
    is_packed = compression.is_wanted(content_type, head)
    if known == b"*":
        return None if is_packed else tag
    variant = tag + compression.TAG_SUFFIX if is_packed else tag
    return variant if _lists(known, variant) else None


def _encode(draft: _Draft, head: RequestHead) -> None:
    """Compress it where that is accepted and worth it; the entity tag is then that variant's."""
    content = draft.content
    if not isinstance(content, bytes | FileContent) or not compression.is_textual(draft.type):
        return
    draft.vary(b"Accept-Encoding")
    if isinstance(content, FileContent):
        # It was made for this client.
        return
    is_packed = b"content-encoding" in draft.fields
    if len(content) >= compression.LEAST_BYTES and not is_packed and compression.is_wanted(draft.type, head):
        draft.content = compression.packed(content)
        draft.mark(draft.tag + compression.TAG_SUFFIX)
        draft.fields[b"content-encoding"] = b"gzip"


def _meet_conditions(draft: _Draft, head: RequestHead) -> None:
    fields, tag, modified = head.fields, draft.tag, _date(draft.fields.get(b"last-modified"))
    if not _matches(head, tag, modified):
        draft.refuse(ConditionFailed())
        return
    known = fields.get(b"if-none-match")
    if known is not None:
        has_it = known == b"*" or (tag != b"" and _lists(known, tag))
    else:
        since = _date(fields.get(b"if-modified-since"))
        has_it = since is not None and modified is not None and modified <= since
    wanted = fields.get(b"range")
    if has_it:
        _be_unmodified(draft, tag)
    elif wanted is not None and head.method == "GET" and isinstance(draft.content, FileContent):
        _take_part(draft, draft.content, wanted, fields.get(b"if-range"))


def _matches(head: RequestHead, tag: bytes, modified: datetime | None) -> bool:
    """`If-Match` by strong comparison, else `If-Unmodified-Since` (RFC 9110 sections 13.1.1, 13.1.4)."""
    wanted = head.fields.get(b"if-match")
    if wanted is not None:
        return wanted == b"*" or b'"%b"' % tag in _TAG.findall(wanted)
    since = _date(head.fields.get(b"if-unmodified-since"))
    return since is None or modified is None or modified <= since


def _lists(known: bytes, tag: bytes) -> bool:
    """Weak comparison (RFC 9110 section 8.8.3.2)."""
    return any(given.removeprefix(b"W/") == b'"%b"' % tag for given in _TAG.findall(known))


def _be_unmodified(draft: _Draft, tag: bytes) -> None:
    """304, with the fields that a cache needs (RFC 9110 section 15.4.5)."""
    if compression.is_textual(draft.type):
        draft.vary(b"Accept-Encoding")
    draft.drop_content()
    draft.status = 304
    for name in _OF_CONTENT:
        draft.fields.pop(name, None)
    draft.mark(tag)


def _take_part(draft: _Draft, file: FileContent, wanted: bytes, condition: bytes | None) -> None:
    """The part that is asked for; the whole where several are, or where the client has a part of something
    else (RFC 9110 sections 13.1.5 and 14.2)."""
    match = _RANGE.fullmatch(wanted)
    if match is None or match.groups() == (b"", b"") or not _is_same(draft, condition):
        return
    first, size = _bounds(match[1], match[2], file.size)
    if size > 0:
        draft.status, draft.content = 206, file.part(first, size)
        draft.fields[b"content-range"] = b"bytes %d-%d/%d" % (first, first + size - 1, file.size)
    elif size == 0:
        draft.refuse(RangeUnsatisfiable(file.size))
        draft.fields[b"content-range"] = b"bytes */%d" % file.size


def _bounds(first: bytes, last: bytes, size: int) -> tuple[int, int]:
    """First byte and length of a part; no length where nothing is there, less where it is no range."""
    if not first:
        length = min(int(last), size)
        return size - length, length
    begin = int(first)
    if last and int(last) < begin:
        return 0, -1
    end = min(int(last), size - 1) if last else size - 1
    return begin, max(0, end - begin + 1)


def _is_same(draft: _Draft, condition: bytes | None) -> bool:
    if condition is None:
        return True
    return condition == draft.fields.get(b"etag" if condition.startswith((b'"', b"W/")) else b"last-modified")


def _completed(draft: _Draft, head: RequestHead | None) -> HttpResponse:
    """With what every response has, and its length where that is known; without content for HEAD."""
    content, fields = draft.content, draft.fields
    assert not isinstance(content, Unmade), "it was made, or is not sent"
    if isinstance(content, FileContent):
        fields[b"accept-ranges"] = b"bytes"
    if head is not None and head.method == "OPTIONS" and b"allow" in fields:
        fields.update(response_headers.of_preflight(head, fields[b"allow"]))
        draft.vary(b"Access-Control-Request-Headers")
    size = len(content) if isinstance(content, bytes) else content.size
    if size is not None and draft.status not in _WITHOUT_CONTENT:
        fields[b"content-length"] = b"%d" % size
    if head is not None and head.method == "HEAD":
        draft.drop_content()
    common = response_headers.of_version(draft.version, response_headers.is_readable(head))
    return HttpResponse(
        draft.status, [*fields.items(), *draft.links], draft.content, draft.version, draft.route, common
    )


@lru_cache(64)
def _varying(listed: bytes, name: bytes) -> bytes:
    """A value of `Vary` with one name more, unless that is listed."""
    names = [part.strip() for part in listed.split(b",") if part.strip()]
    if name.lower() in (given.lower() for given in names):
        return listed
    return b", ".join([*names, name])


def _date(value: bytes | None) -> datetime | None:
    """A date of HTTP (RFC 9110 section 5.6.7); None for anything else, which says nothing."""
    if value is None or len(value) > _LONGEST_DATE or not value.endswith(b"GMT"):
        return None
    try:
        return parsedate_to_datetime(value.decode("ascii"))
    except (ValueError, IndexError, TypeError):
        return None
