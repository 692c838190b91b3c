"""The value of a header field in, its members and their parameters out (RFC 9110, section 5.6).

Every value is read once, from its first character to its last: each pattern here is a run of characters of
one kind that gives nothing back (`[…]*+`), and the next one begins where it has ended. So the time is linear
in the value, whatever stands in it, and `check` bounds the value before anything is parsed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from calcigraph.web.protocol.request_problems import HeadTooLarge

MOST_BYTES: Final = 4096
MOST_PARTS: Final = 200
# The fields that are taken apart, here or where they are used.
PARSED: Final = (
    *(b"accept", b"accept-encoding", b"content-type", b"content-encoding", b"connection"),
    *(b"if-match", b"if-none-match", b"if-modified-since", b"if-unmodified-since", b"if-range", b"range"),
    b"access-control-request-headers",
)

_SPACE: Final = re.compile(r"[ \t]*+")
_TOKEN: Final = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]*+")
_UNQUOTED: Final = re.compile(r'[^",]*+')
_QUOTED: Final = re.compile(r'[^"\\]*+')


@dataclass(frozen=True)
class Parameterised:
    """A member of a list: `name` in lower case, a token or a media type, with its parameters in order."""

    name: str
    parameters: tuple[tuple[str, str], ...] = ()


def check(fields: Mapping[bytes, bytes]) -> None:
    """Look at every field that is parsed, beyond 4,096 bytes or 200 commas and semicolons it is not.

    Cost: a microsecond. Raises: HeadTooLarge (RFC 6585, section 5).
    """
    for name in PARSED:
        value = fields.get(name, b"")
        if len(value) > MOST_BYTES or value.count(b",") + value.count(b";") > MOST_PARTS:
            raise HeadTooLarge(
                f"The header field `{name.decode()}` has more than {MOST_BYTES} bytes or {MOST_PARTS} parts.",
                "Send a shorter one, or leave it out.",
            )


def members(value: str) -> Iterator[str]:
    """The members of a list (section 5.6.1), without spaces around; a quotation that is not closed takes the
    rest of the value with it."""
    start = position = 0
    while position < len(value):
        position = _run(_UNQUOTED, value, position)
        if value[position : position + 1] == '"':
            _, position = _quotation(value, position)
        elif position < len(value):
            yield value[start:position].strip()
            start = position = position + 1
    if value[start:].strip():
        yield value[start:].strip()


def parameterised(member: str) -> Parameterised | None:
    """A member with its parameters (section 5.6.6); None where it is not one. Empty parameters are passed
    over, as the section asks, and so are spaces around `=`, which it does not allow."""
    head, semicolon, _ = member.partition(";")
    name = head.strip().lower()
    if not all(map(is_token, name.split("/", 1))):
        return None
    parameters: list[tuple[str, str]] = []
    position = len(head) if semicolon else len(member)
    while position < len(member):
        position = _run(_SPACE, member, position)
        if position == len(member):
            break
        if member[position] != ";":
            return None
        position = _run(_SPACE, member, position + 1)
        end = _run(_TOKEN, member, position)
        if end == position:
            continue
        key, (value, position) = member[position:end].lower(), _value(member, end)
        if value is None:
            return None
        parameters.append((key, value))
    return Parameterised(name, tuple(parameters))


def is_token(text: str) -> bool:
    """Whether a text is a token (section 5.6.2)."""
    return bool(text) and _run(_TOKEN, text, 0) == len(text)


def _value(text: str, position: int) -> tuple[str | None, int]:
    """The value behind the name of a parameter, and where it ends; None where there is none."""
    position = _run(_SPACE, text, position)
    if text[position : position + 1] != "=":
        return None, position
    position = _run(_SPACE, text, position + 1)
    if text[position : position + 1] == '"':
        return _quotation(text, position)
    end = _run(_TOKEN, text, position)
    return text[position:end] or None, end


def _quotation(text: str, position: int) -> tuple[str | None, int]:
    """What the quotation says that begins at `position`, and where it ends; None where it is not closed
    (section 5.6.4)."""
    pieces: list[str] = []
    position += 1
    while position < len(text):
        end = _run(_QUOTED, text, position)
        pieces.append(text[position:end])
        if text[end : end + 1] == '"':
            return "".join(pieces), end + 1
        pieces.append(text[end + 1 : end + 2])
        position = end + 2
    return None, len(text)


def _run(pattern: re.Pattern[str], text: str, position: int) -> int:
    """Where the run that begins at `position` ends; there, where it is empty."""
    found = pattern.match(text, position)
    return found.end() if found else position
