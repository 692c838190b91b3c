"""A response as its maker left it and the request it answers in, the response that the client is sent out.

The one place that writes version, security, CORS, validators of variants, compression, parts and lengths,
whatever has answered. The order is that of RFC 9110 section 13.2.2: conditions before ranges.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Final

from calcigraph.errors import Problem
from calcigraph.web.protocol import compression, problem_details, response_headers
from calcigraph.web.protocol.file_content import FileContent
from calcigraph.web.protocol.http_response import HeaderFields, HttpResponse, Pieces, Unmade
from calcigraph.web.protocol.request_head import RequestHead
from calcigraph.web.protocol.request_problems import ConditionFailed, RangeUnsatisfiable

_SELECTING: Final = frozenset({"GET", "HEAD"})
_CONDITIONS: Final = frozenset(
    {b"if-none-match", b"if-match", b"if-modified-since", b"if-unmodified-since", b"range"}
)
_TAG: Final = re.compile(rb'(?:W/)?"[\x21\x23-\x7e\x80-\xff]*"')
_RANGE: Final = re.compile(rb"bytes=[ \t]*([0-9]{0,18})-([0-9]{0,18})[ \t]*", re.IGNORECASE)
_LONGEST_DATE: Final = 64
# What a 304 or a refusal leaves out: it is about content that is not sent.
_OF_CONTENT: Final = frozenset({b"content-type", b"content-encoding", b"content-length", b"content-range"})
_WITHOUT_CONTENT: Final = frozenset({204, 304})


def finished(response: HttpResponse, head: RequestHead | None) -> HttpResponse:
    """What is sent to the client whose request has this head; None where it could not be read.

    Cost: some 10 microseconds, and that of compressing the content where that is needed; see `is_heavy`.
    """
    if head is not None:
        response = _for_client(response, head)
    return _completed(response, head)


def is_heavy(response: HttpResponse, head: RequestHead) -> bool:
    """Whether to finish it takes long, because it has to be compressed."""
    content = response.content
    is_long = isinstance(content, bytes) and len(content) >= compression.LEAST_BYTES
    return is_long and _is_packed(response, head)


def is_conditional(head: RequestHead) -> bool:
    """Whether the response depends on what the client has already, or wants a part of."""
    return not _CONDITIONS.isdisjoint(head.fields)


def _for_client(response: HttpResponse, head: RequestHead) -> HttpResponse:
    content = response.content
    if isinstance(content, Unmade):
        return _unmodified(response, content.tag)
    response = _encoded(response, head)
    is_selected = response.status == 200 and head.method in _SELECTING
    return _conditional(response, head) if is_selected and is_conditional(head) else response


def _is_packed(response: HttpResponse, head: RequestHead) -> bool:
    return response.field(b"content-encoding") is None and compression.is_wanted(
        response.field(b"content-type") or b"", head
    )


def _encoded(response: HttpResponse, head: RequestHead) -> HttpResponse:
    """With `Vary`, and compressed where that is accepted and worth it; the ETag is then that variant's."""
    content = response.content
    if not isinstance(content, bytes) or not compression.is_textual(response.field(b"content-type") or b""):
        return response
    fields = _varying(response.fields, b"Accept-Encoding")
    if len(content) >= compression.LEAST_BYTES and _is_packed(response, head):
        content = compression.packed(content)
        tag = _tag(response.field(b"etag"))
        fields = _with_tag(fields, tag + b".gz") if tag else fields
        fields = [*fields, (b"content-encoding", b"gzip")]
    return replace(response, fields=fields, content=content)


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
    variant = tag + b".gz" if is_packed else tag
    return variant if _lists(known, variant) else None


def _conditional(response: HttpResponse, head: RequestHead) -> HttpResponse:
    fields = head.fields
    tag, modified = _tag(response.field(b"etag")), _date(response.field(b"last-modified"))
    if not _matches(head, tag, modified):
        return _refused(response, ConditionFailed())
    known = fields.get(b"if-none-match")
    if known is not None:
        if known == b"*" or (tag and _lists(known, tag)):
            return _unmodified(response, tag)
    elif _is_since(fields.get(b"if-modified-since"), modified):
        return _unmodified(response, tag)
    wanted = fields.get(b"range")
    if wanted is not None and head.method == "GET" and isinstance(response.content, FileContent):
        return _partial(response, response.content, wanted, fields.get(b"if-range"))
    return response


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


def _is_since(since: bytes | None, modified: datetime | None) -> bool:
    known = _date(since)
    return known is not None and modified is not None and modified <= known


def _unmodified(response: HttpResponse, tag: bytes) -> HttpResponse:
    """304, with the fields that a cache needs (RFC 9110 section 15.4.5)."""
    _close(response)
    fields = [field for field in response.fields if field[0] not in _OF_CONTENT]
    if compression.is_textual(response.field(b"content-type") or b""):
        fields = _varying(fields, b"Accept-Encoding")
    return replace(response, status=304, fields=_with_tag(fields, tag) if tag else fields, content=b"")


def _partial(
    response: HttpResponse, file: FileContent, wanted: bytes, condition: bytes | None
) -> HttpResponse:
    """The part that is asked for; the whole where several are, or where the client has a part of something
    else (RFC 9110 sections 13.1.5 and 14.2)."""
    if condition is not None and not _is_same(response, condition):
        return response
    match = _RANGE.fullmatch(wanted)
    if match is None or match.groups() == (b"", b""):
        return response
    first, size = _bounds(match[1], match[2], file.size)
    if size < 0:
        return response
    if not size:
        refused = _refused(response, RangeUnsatisfiable(file.size))
        return replace(refused, fields=[*refused.fields, (b"content-range", b"bytes */%d" % file.size)])
    place = (b"content-range", b"bytes %d-%d/%d" % (first, first + size - 1, file.size))
    return replace(response, status=206, fields=[*response.fields, place], content=file.part(first, size))


def _bounds(first: bytes, last: bytes, size: int) -> tuple[int, int]:
    """First byte and length of a part; no length where nothing is there, less where it is no range."""
    if not first:
        length = min(int(last), size)
        return size - length, length
    begin = int(first)
    end = min(int(last), size - 1) if last else size - 1
    if last and int(last) < begin:
        return 0, -1
    return begin, max(0, end - begin + 1)


def _is_same(response: HttpResponse, condition: bytes) -> bool:
    if condition.startswith((b'"', b"W/")):
        return condition == response.field(b"etag")
    return condition == response.field(b"last-modified")


def _refused(response: HttpResponse, problem: Problem) -> HttpResponse:
    _close(response)
    return problem_details.response(problem, response.version, response.route)


def _close(response: HttpResponse) -> None:
    if isinstance(response.content, Pieces):
        response.content.close()


def _completed(response: HttpResponse, head: RequestHead | None) -> HttpResponse:
    """With what every response has, and its length where that is known; without content for HEAD."""
    content = response.content
    own = {name for name, _ in response.fields}
    common = response_headers.of_version(response.version, response_headers.is_readable(head))
    fields = [field for field in response.fields if field[0] != b"content-length"]
    fields += [field for field in common if field[0] not in own]
    if isinstance(content, FileContent):
        fields.append((b"accept-ranges", b"bytes"))
    allow = response.field(b"allow")
    if head is not None and head.method == "OPTIONS" and allow is not None:
        fields += response_headers.of_preflight(head, allow)
        fields = _varying(fields, b"Access-Control-Request-Headers")
    size = None if isinstance(content, Unmade) else _size(content)
    if size is not None and response.status not in _WITHOUT_CONTENT:
        fields.append((b"content-length", b"%d" % size))
    if head is not None and head.method == "HEAD":
        _close(response)
        content = b""
    return replace(response, fields=fields, content=content)


def _size(content: bytes | FileContent | Pieces) -> int | None:
    return len(content) if isinstance(content, bytes) else content.size


def _varying(fields: HeaderFields, name: bytes) -> HeaderFields:
    """With `name` in the one `Vary` that there is to be."""
    listed = [value for given, value in fields if given == b"vary"]
    names = [part.strip() for value in listed for part in value.split(b",")]
    if name.lower() in {given.lower() for given in names}:
        return fields
    others = [field for field in fields if field[0] != b"vary"]
    return [*others, (b"vary", b", ".join([*names, name]))]


def _with_tag(fields: HeaderFields, tag: bytes) -> HeaderFields:
    return [(name, b'"%b"' % tag if name == b"etag" else value) for name, value in fields]


def _tag(etag: bytes | None) -> bytes:
    """A strong entity tag without its quotes; "" where there is none."""
    return b"" if etag is None else etag.strip(b'"')


def _date(value: bytes | None) -> datetime | None:
    """A date of HTTP (RFC 9110 section 5.6.7); None for anything else, which says nothing."""
    if value is None or len(value) > _LONGEST_DATE or not value.endswith(b"GMT"):
        return None
    try:
        return parsedate_to_datetime(value.decode("ascii"))
    except (ValueError, IndexError, TypeError):
        return None
