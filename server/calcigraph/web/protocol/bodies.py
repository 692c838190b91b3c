"""A request in, its parameters and body as text out; what is not UTF-8, or too long, is refused."""

from __future__ import annotations

import re
from binascii import a2b_qp

from flask import request

from calcigraph.web.protocol import field_values
from calcigraph.web.protocol.request_problems import (
    AddressTooLong,
    BodyTooLarge,
    MediaTypeUnsupported,
    RequestMalformed,
)

FORM = "application/x-www-form-urlencoded"
_MOST_PARAMETERS = 1000
_PIECE = 64 * 1024
_READ_OTHERWISE = ((b"=", b"%3D"), (b"\n", b"%0A"), (b"\r", b"%0D"))
_NO_ESCAPE = re.compile(rb"%(?![0-9A-Fa-f]{2})")

NameValuePairs = list[tuple[str, str]]


def address_parameters(query_string: bytes, most_bytes: int) -> NameValuePairs:
    """The parameters of the address, in order. Raises: AddressTooLong, RequestMalformed."""
    if len(query_string) > 3 * most_bytes:
        raise AddressTooLong(
            f"The query string has {len(query_string)} bytes.", "Send the query in the body of a POST."
        )
    return parameters(query_string)


def parameters(encoded: bytes) -> NameValuePairs:
    """Decode `application/x-www-form-urlencoded` (URL standard, section 5.1), but never with U+FFFD.

    Raises: RequestMalformed for bytes that are not UTF-8, and beyond 1,000 parameters.
    """
    if encoded.count(b"&") >= _MOST_PARAMETERS:
        raise RequestMalformed("The request has too many parameters.", f"Send at most {_MOST_PARAMETERS}.")
    pairs = (part.replace(b"+", b" ").partition(b"=") for part in encoded.split(b"&") if part)
    try:
        return [(unescaped(name).decode(), unescaped(value).decode()) for name, _, value in pairs]
    except UnicodeDecodeError as error:
        raise _not_utf8() from error


def unescaped(encoded: bytes) -> bytes:
    """What percent-encoded bytes stand for (RFC 3986, section 2.1); what is no escape stays as it is.

    Quoted-printable is the same with another sign, and the standard library decodes it in C: a query
    in an address then takes 2 microseconds, not 10, and no byte takes more than a tenth of a microsecond.
    What it reads otherwise (`=`, ends of lines, a sign that begins no escape) is escaped first.
    """
    if b"%" not in encoded:
        return encoded
    for special, escape in _READ_OTHERWISE:
        if special in encoded:
            encoded = encoded.replace(special, escape)
    decoded = a2b_qp(encoded.replace(b"%", b"="))
    if len(decoded) == len(encoded) - 2 * encoded.count(b"%"):
        return decoded
    return a2b_qp(_NO_ESCAPE.sub(b"%25", encoded).replace(b"%", b"="))


def text(encoded: bytes) -> str:
    """A body as text. Raises: RequestMalformed where it is not UTF-8."""
    try:
        return encoded.decode("utf-8")
    except UnicodeDecodeError as error:
        raise _not_utf8() from error


def body(most_bytes: int) -> bytes:
    """The body of the current request, counted while it is read: a chunked one says no length
    beforehand, and werkzeug's `get_data` would silently cut it.

    Raises: BodyTooLarge, MediaTypeUnsupported for a compressed one.
    """
    if request.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise MediaTypeUnsupported("Compressed bodies are not taken.", "Send the body as it is.")
    pieces: list[bytes] = []
    size = 0
    while piece := request.stream.read(_PIECE):
        pieces.append(piece)
        size += len(piece)
        if size > most_bytes:
            raise BodyTooLarge(f"The body has more than {most_bytes} bytes.", "Send a smaller one.")
    return b"".join(pieces)


def limited(received: bytes, most_bytes: int) -> bytes:
    """A body that has been read already. Raises: BodyTooLarge."""
    if len(received) > most_bytes:
        raise BodyTooLarge(f"The body has more than {most_bytes} bytes.", "Send a smaller one.")
    return received


def media_type(content_type: str | None) -> str:
    """The media type that a header names, in lower case; "" where it names none.

    Raises: MediaTypeUnsupported for another charset."""
    found = field_values.parameterised((content_type or "").strip())
    if found is None:
        return ""
    charset = dict(found.parameters).get("charset", "utf-8").lower()
    if charset not in ("utf-8", "utf8", "us-ascii"):
        raise MediaTypeUnsupported(f"The charset {charset[:40]} is not taken.", "Send UTF-8.")
    return found.name


def _not_utf8() -> RequestMalformed:
    return RequestMalformed("The request is not UTF-8.", "Encode it as UTF-8 before it is sent.")
