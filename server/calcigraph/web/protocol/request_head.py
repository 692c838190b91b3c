"""The bytes of a head in, what the request says out; what two readers could read in two ways is refused.

The one place where a head is read (RFC 9112 sections 2 to 6). Each byte is looked at a fixed number of times.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Final
from urllib.parse import quote_from_bytes, unquote_to_bytes

from calcigraph.web.protocol.request_problems import (
    CodingUnknown,
    ExpectationUnknown,
    HeadTooLarge,
    MethodUnknown,
    RequestMalformed,
    VersionUnsupported,
)

# Where WSGI's environ has it.
KEY: Final = "calcigraph.request_head"
END: Final = b"\r\n\r\n"
Fields = Mapping[bytes, bytes]

_TOKEN: Final = rb"[!#$%&'*+\-.^_`|~0-9A-Za-z]+"
# Bytes beyond ASCII stand in no URI, but clients write IRIs without encoding them; they mean the same.
_REQUEST_LINE: Final = re.compile(rb"(%b) ([\x21-\x7e\x80-\xff]+) HTTP/(\d)\.(\d)\r\n" % _TOKEN)
_VALUE: Final = rb"[\t\x20-\x7e\x80-\xff]*"
# Possessive: what does not fit ends the search at once.
_SECTION: Final = re.compile(rb"(?:%b:%b\r\n)*+" % (_TOKEN, _VALUE))
_FIELD: Final = re.compile(rb"(%b):(%b)\r\n" % (_TOKEN, _VALUE))
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


@dataclass(frozen=True)
class RequestHead:
    """What a request says before its body.

    `target` is as it was sent, but in ASCII; `raw_path` and `query_string` are its parts, still
    percent-encoded. `minor` is that of the version, HTTP/1.`minor`. `fields` are by name in lower case, those
    that were repeated joined to one list (RFC 9110 section 5.2); one with an underscore in its name is left
    out, as WSGI could not tell it from one with a hyphen. `length` is that of the body in bytes, None where
    it comes in chunks. The connection stays open after the response if `keeps_alive`.
    """

    method: str
    target: bytes
    raw_path: bytes
    query_string: bytes
    minor: int
    fields: Fields
    length: int | None = 0
    keeps_alive: bool = True
    expects_continue: bool = False

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
    line = _REQUEST_LINE.match(head)
    if line is None:
        raise RequestMalformed(
            "The request line cannot be read.",
            "Send a method, an address and HTTP/1.1, one space between them.",
        )
    method, target, major, minor = line.groups()
    if major != b"1":
        raise VersionUnsupported()
    begin, end = line.end(), len(head) - 2
    if _SECTION.fullmatch(head, begin, end) is None:
        raise RequestMalformed(
            "A header field cannot be read.",
            "Send each as `Name: value` on a line of its own, without a space before the colon.",
        )
    pairs = _FIELD.findall(head, begin, end)
    if len(pairs) > most_fields:
        raise HeadTooLarge(
            f"The request has {len(pairs)} header fields.", f"Send at most {most_fields} of them."
        )
    fields = _joined(pairs)
    is_old = minor == b"0"
    _check_host(fields.get(b"host"), is_old)
    length = _body_length(fields, is_old)
    connection = _tokens(fields.get(b"connection", b""))
    keeps_alive = b"close" not in connection and (not is_old or b"keep-alive" in connection)
    path, query = _parts(method, target)
    return RequestHead(
        method.decode(),
        _ascii(target),
        path,
        query,
        0 if is_old else 1,
        fields,
        length,
        keeps_alive,
        _expects_continue(fields, is_old, length),
    )


# Most clients send the same heads again and again. A head is read from its bytes alone.
_read_again = lru_cache(512)(_read)


def _joined(pairs: list[tuple[bytes, bytes]]) -> dict[bytes, bytes]:
    fields: dict[bytes, bytes] = {}
    for given, value in pairs:
        name = given.lower()
        if b"_" in name or name in _UPGRADES:
            continue
        if name not in fields:
            fields[name] = value.strip(b" \t")
        elif name in _SINGLE:
            raise RequestMalformed(f"`{given.decode()}` is sent more than once.", "Send it once.")
        else:
            fields[name] += b", " + value.strip(b" \t")
    return fields


def _check_host(host: bytes | None, is_old: bool) -> None:
    """Section 3.2 of RFC 9112. Its value is used nowhere. Raises: RequestMalformed."""
    if host is None:
        if not is_old:
            raise RequestMalformed("There is no `Host`.", "Send the host of the address as `Host`.")
    elif _HOST.fullmatch(host) is None:
        raise RequestMalformed(
            "The value of `Host` is no host.", "Send the host of the address, and its port where it has one."
        )


def _body_length(fields: Fields, is_old: bool) -> int | None:
    """The length of the body, None for a chunked one (section 6 of RFC 9112).

    Raises: RequestMalformed, CodingUnknown.
    """
    coding, length = fields.get(b"transfer-encoding"), fields.get(b"content-length")
    if coding is not None:
        if is_old or length is not None:
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
    return [token.strip(b" \t") for token in value.lower().split(b",")] if value else []


def _expects_continue(fields: Fields, is_old: bool, length: int | None) -> bool:
    """Whether the client waits to be told that its body is wanted (RFC 9110 section 10.1.1)."""
    expected = fields.get(b"expect")
    if expected is None or is_old:
        return False
    if expected.lower() != b"100-continue":
        raise ExpectationUnknown()
    return length != 0


def _parts(method: bytes, target: bytes) -> tuple[bytes, bytes]:
    """The path and the query of a target in any form (RFC 9112 section 3.2), in ASCII."""
    if b"#" in target:
        raise RequestMalformed("The address has a fragment.", "Leave out what begins with `#`.")
    if method == b"CONNECT":
        raise MethodUnknown("CONNECT is for proxies.", "Use GET, HEAD or POST.")
    if target == b"*" and method == b"OPTIONS":
        return target, b""
    if not target.startswith(b"/"):
        absolute = _ABSOLUTE.match(target)
        if absolute is None or not absolute[1] or _HOST.fullmatch(absolute[1]) is None:
            raise RequestMalformed("The address cannot be read.", "Send a path that begins with `/`.")
        target = target[absolute.end() :]
        if not target.startswith(b"/"):
            target = b"/" + target
    path, _, query = target.partition(b"?")
    return _ascii(path), _ascii(query)


def _ascii(text: bytes) -> bytes:
    return text if text.isascii() else quote_from_bytes(text, _ASCII).encode()
