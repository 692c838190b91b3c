"""A host as it is typed in, and a base; what to listen on, and what links of the server begin with, out.

Hosts are those of RFC 3986 section 3.2.2, with or without the brackets around an IPv6 address.
"""

from __future__ import annotations

import ipaddress
import re
from typing import Final
from urllib.parse import urlsplit

_LABEL: Final = r"[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?"
_NAME: Final = re.compile(rf"{_LABEL}(?:\.{_LABEL})*\.?", re.ASCII)
# To a resolver `0`, `127.1` and `0x7f000001` are numbers, some of them of all interfaces.
_NUMBER: Final = re.compile(r"(?:.*\.)?(?:[0-9]+|0[xX][0-9A-Fa-f]*)\.?", re.ASCII)
_LONGEST_NAME: Final = 253
_LONGEST_BASE: Final = 2000
_BASE: Final = re.compile(
    r"(?P<scheme>https?)://(?P<host>\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9_.-]+)(?P<port>:[0-9]{1,5})?"
    r"(?P<path>(?:/(?:[A-Za-z0-9._~!$&'()*+,;=:@-]|%[0-9A-Fa-f]{2})*)*)",
    re.ASCII | re.IGNORECASE,
)
_MOST_PORT: Final = 65_535


class AddressRefused(ValueError):
    """A text that names nothing to listen on, or that links cannot begin with; it says what does."""


def host(text: str) -> str:
    """An IP address, or a name, to listen on; an IPv6 address without its brackets.

    Raises: AddressRefused.
    """
    bare = text[1:-1] if text.startswith("[") and text.endswith("]") else text
    try:
        address = ipaddress.ip_address(bare)
    except ValueError:
        is_name = len(text) <= _LONGEST_NAME and _NAME.fullmatch(text) and not _NUMBER.fullmatch(text)
        if not is_name:
            raise AddressRefused(
                "an IP address or the name of a host, as in 127.0.0.1, ::1, localhost"
            ) from None
        return text
    if bare != text and address.version == 4:
        raise AddressRefused("an IPv4 address without brackets, as in 127.0.0.1")
    return bare


def is_wildcard(host: str) -> bool:
    """Whether to listen on `host` is to listen on every address of the machine."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return (mapped or address).is_unspecified


def base(text: str) -> str:
    """What links begin with, without a slash at its end: an absolute http or https IRI, all ASCII, without a
    user, a query, a fragment or dots as steps. Raises: AddressRefused."""
    found = _BASE.fullmatch(text) if len(text) <= _LONGEST_BASE else None
    if (
        found is None
        or not _is_host(found["host"])
        or not _is_port(found["port"])
        or _has_steps(found["path"])
    ):
        raise AddressRefused("the beginning of an address, as in https://example.org/graph")
    parts = urlsplit(text)
    return f"{parts.scheme.lower()}://{parts.netloc.lower()}{parts.path}".rstrip("/")


def base_of(host: str, port: int) -> str:
    """What links begin with where nothing else is said: the address itself, and `localhost` for all addresses
    of the machine. Raises: AddressRefused for a host that cannot stand in an IRI."""
    if is_wildcard(host):
        return f"http://localhost:{port}"
    if "%" in host:
        raise AddressRefused("a base, as an address with a zone cannot stand in links")
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _is_host(written: str) -> bool:
    try:
        host(written)
    except AddressRefused:
        return False
    return True


def _is_port(written: str | None) -> bool:
    return written is None or 0 < int(written[1:]) <= _MOST_PORT


def _has_steps(path: str) -> bool:
    """Whether clients would resolve the path to another one (RFC 3986 section 5.2.4)."""
    return any(step.lower().replace("%2e", ".") in (".", "..") for step in path.split("/"))
