"""The bytes of a head in, what the request says out; what two readers could read in two ways is refused.

The one place where a head is read (RFC 9112 sections 2 to 6). Each byte is looked at a fixed number of times.
"""

from __future__ import annotations

import re
import string
from collections.abc import Mapping
from functools import cached_property, lru_cache
from typing import Final
from urllib.parse import quote_from_bytes, unquote_to_bytes

from calcigraph.web.protocol import field_values
from calcigraph.web.protocol.request_problems import (
    CodingUnknown,
    ExpectationUnknown,
    HeadTooLarge,
    MethodUnknown,
    RequestMalformed,
    VersionUnsupported,
)

# Where WSGI's environ has it, and whether its client has left.
KEY: Final = "calcigraph.request_head"
GONE: Final = "calcigraph.gone"
END: Final = b"\r\n\r\n"
Fields = Mapping[bytes, bytes]

_TOKEN: Final = b"!#$%&'*+-.^_`|~" + (string.ascii_letters + string.digits).encode()
# Bytes beyond ASCII stand in no URI, but clients write IRIs without encoding them; they mean the same.
_IN_TARGETS: Final = bytes([*range(0x21, 0x7F), *range(0x80, 0x100)])
_VERSION: Final = re.compile(rb"HTTP/([0-9])\.([0-9])")
# Of what stands in a value; a line ends with CR LF alone.
_IN_VALUES: Final = bytes([9, *range(0x20, 0x7F), *range(0x80, 0x100)])
_USUAL_NAME: Final = 64
_DIGITS: Final = re.compile(rb"[0-9]{1,18}")
_REG_NAME: Final = rb"(?:[A-Za-z0-9\-._~!$&'()*+,;=]|%[0-9A-Fa-f]{2})*"
_IP_LITERAL: Final = rb"\[[0-9A-Fa-f:.]{2,45}\]|\[v[0-9A-Fa-f]+\.[A-Za-z0-9\-._~!$&'()*+,;=:]+\]"
_HOST: Final = re.compile(rb"(?:%b|%b)(?::[0-9]*)?" % (_IP_LITERAL, _REG_NAME))
_ABSOLUTE: Final = re.compile(rb"https?://([^/?]*)", re.IGNORECASE)
_ASCII: Final = "".join(map(chr, range(0x21, 0x7F)))
# Those that say where the body ends may not be repeated, nor may the one that says whom the request is for.
_SINGLE: Final = frozenset({b"host", b"content-length", b"transfer-encoding"})
_USUAL_BYTES: Final = 2048
_UPGRADES: Final = frozenset({b"upgrade", b"http2-settings"})


class RequestHead:
    """What a request says before its body; nothing in it ever changes.

    `target` is as it was sent, but in ASCII; `raw_path` and `query_string` are its parts, still
    percent-encoded. `minor` is that of the version, HTTP/1.`minor`. `fields` are by name in lower case, those
    that were repeated joined to one list (RFC 9110 section 5.2); one with an underscore in its name is left
    out, as WSGI could not tell it from one with a hyphen. `length` is that of the body in bytes, None where
    it comes in chunks. The connection stays open after the response if `keeps_alive`, and the client waits to
    be told that its body is wanted if it `expects_continue`.
    """

    def __init__(self, method: str, target: bytes, minor: int, fields: Fields, length: int | None) -> None:
        self.method = method
        self.target = _ascii(target)
        self.raw_path, self.query_string = _parts(method, self.target)
        self.minor = minor
        self.fields = fields
        self.length = length
        connection = fields.get(b"connection")
        tokens = _tokens(connection) if connection is not None else ()
        self.keeps_alive = b"close" not in tokens and (minor > 0 or b"keep-alive" in tokens)
        self.expects_continue = b"expect" in fields and _expects_continue(fields[b"expect"], minor, length)

    @cached_property
    def path(self) -> str:
        """The path, decoded; what is not UTF-8 in it becomes U+FFFD."""
        return unquote_to_bytes(self.raw_path).decode("utf-8", "replace")

    def text(self, name: bytes) -> str | None:
        """The value of a field as text (RFC 9110 section 5.5); None where it is not there."""
        value = self.fields.get(name)
        return None if value is None else value.decode("latin-1")


def read(head: bytes, most_fields: int) -> RequestHead:
    """Read a head, its empty line included.

    `Upgrade` is ignored, as a server may (RFC 9110 section 7.8).
    Raises: RequestMalformed, MethodUnknown, VersionUnsupported, HeadTooLarge, CodingUnknown,
    ExpectationUnknown. Cost: some 10 microseconds; nothing for a short one that was read not long ago.
    """
    return _read_again(head, most_fields) if len(head) <= _USUAL_BYTES else _read(head, most_fields)


def _read(head: bytes, most_fields: int) -> RequestHead:
    line, _, rest = head.partition(b"\r\n")
    method, target, minor = _request_line(line)
    fields = _fields(rest[:-2], most_fields)
    field_values.check(fields)
    _check_host(fields.get(b"host"), minor)
    return RequestHead(method, target, minor, fields, _body_length(fields, minor))


def _request_line(line: bytes) -> tuple[str, bytes, int]:
    """Method, target and minor version (RFC 9112 section 3). Raises: RequestMalformed, VersionUnsupported."""
    parts = line.split(b" ")
    if len(parts) != 3:
        raise _unreadable_line()
    method, target, version = parts
    if not method or method.translate(None, _TOKEN) or not target or target.translate(None, _IN_TARGETS):
        raise _unreadable_line()
    if version == b"HTTP/1.1":
        return method.decode(), target, 1
    numbers = _VERSION.fullmatch(version)
    if numbers is None:
        raise _unreadable_line()
    if numbers[1] != b"1":
        raise VersionUnsupported()
    return method.decode(), target, min(1, int(numbers[2]))


def _unreadable_line() -> RequestMalformed:
    return RequestMalformed(
        "The request line cannot be read.",
        "Send a method, an address and HTTP/1.1, with one space between them.",
    )


# Most clients send the same heads again and again. A head is read from its bytes alone.
_read_again = lru_cache(512)(_read)


def _fields(section: bytes, most: int) -> dict[bytes, bytes]:
    """The fields of a section whose lines all end with CR LF. Raises: RequestMalformed, HeadTooLarge."""
    lines = section.split(b"\r\n")
    if lines.pop() or len(section.translate(None, _IN_VALUES)) != 2 * len(lines):
        raise _unreadable_field()
    if len(lines) > most:
        raise HeadTooLarge(f"The request has {len(lines)} header fields.", f"Send at most {most} of them.")
    fields: dict[bytes, bytes] = {}
    for line in lines:
        given, colon, value = line.partition(b":")
        if not colon:
            raise _unreadable_field()
        name = _name(given) if len(given) <= _USUAL_NAME else _name.__wrapped__(given)
        if name is None:
            continue
        if name not in fields:
            fields[name] = value.strip(b" \t")
        elif name in _SINGLE:
            raise RequestMalformed(f"`{given.decode()}` is sent more than once.", "Send it once.")
        else:
            fields[name] += b", " + value.strip(b" \t")
    return fields


@lru_cache(512)
def _name(given: bytes) -> bytes | None:
    """A name of a field in lower case, None for one that is left out. Raises: RequestMalformed."""
    if not given or given.translate(None, _TOKEN):
        raise _unreadable_field()
    name = given.lower()
    return None if b"_" in name or name in _UPGRADES else name


def _unreadable_field() -> RequestMalformed:
    return RequestMalformed(
        "A header field cannot be read.",
        "Send each as `Name: value` on a line of its own, without a space before the colon.",
    )


def _check_host(host: bytes | None, minor: int) -> None:
    """Section 3.2 of RFC 9112. Its value is used nowhere. Raises: RequestMalformed."""
    if host is None:
        if minor:
            raise RequestMalformed("There is no `Host`.", "Send the host of the address as `Host`.")
    elif not _is_host(host):
        raise RequestMalformed(
            "The value of `Host` is no host.", "Send the host of the address, and its port where it has one."
        )


def _is_host(host: bytes) -> bool:
    return (_is_host_again if len(host) <= _USUAL_NAME else _is_host_again.__wrapped__)(host)


@lru_cache(512)
def _is_host_again(host: bytes) -> bool:
    return _HOST.fullmatch(host) is not None


def _body_length(fields: Fields, minor: int) -> int | None:
    """The length of the body, None for a chunked one (section 6 of RFC 9112).

    Raises: RequestMalformed, CodingUnknown.
    """
    coding, length = fields.get(b"transfer-encoding"), fields.get(b"content-length")
    if coding is not None:
        if not minor or length is not None:
            raise RequestMalformed(
                "The length of the body is said in two ways, or in one that HTTP/1.0 does not have.",
                "Send either `Content-Length` or `Transfer-Encoding: chunked`.",
            )
        _check_coding(coding)
        return None
    if length is None:
        return 0
    if _DIGITS.fullmatch(length) is None:
        raise RequestMalformed("`Content-Length` is no number of bytes.", "Send the length of the body.")
    return int(length)


def _check_coding(coding: bytes) -> None:
    codings = [name.strip(b" \t").lower() for name in coding.split(b",")]
    if codings == [b"chunked"]:
        return
    if codings[-1] == b"chunked" and codings.count(b"chunked") == 1:
        raise CodingUnknown()
    raise RequestMalformed("The body has no end that can be found.", "Send `Transfer-Encoding: chunked`.")


def _tokens(value: bytes) -> list[bytes]:
    return [token.strip(b" \t") for token in value.lower().split(b",")]


def _expects_continue(expected: bytes, minor: int, length: int | None) -> bool:
    """RFC 9110 section 10.1.1. Raises: ExpectationUnknown."""
    if not minor:
        return False
    if expected.lower() != b"100-continue":
        raise ExpectationUnknown()
    return length != 0


def _parts(method: str, target: bytes) -> tuple[bytes, bytes]:
    """The path and the query of a target in any form (RFC 9112 section 3.2), in ASCII."""
    # A fragment is nothing that a server is to know, but some clients send it.
    target, _, _ = target.partition(b"#")
    if method == "CONNECT":
        raise MethodUnknown("CONNECT is for proxies.", "Use GET, HEAD or POST.")
    if target == b"*" and method == "OPTIONS":
        return target, b""
    if not target.startswith(b"/"):
        absolute = _ABSOLUTE.match(target)
        if absolute is None or not absolute[1] or not _is_host(absolute[1]):
            raise RequestMalformed("The address cannot be read.", "Send a path that begins with `/`.")
        target = target[absolute.end() :]
        if not target.startswith(b"/"):
            target = b"/" + target
    path, _, query = target.partition(b"?")
    return path, query


def _ascii(text: bytes) -> bytes:
    return text if text.isascii() else quote_from_bytes(text, _ASCII).encode()
