"""IRIs in, whether they may be called, and where, out: the allow-list of services.

Two IRIs are compared as what they are for HTTP (RFC 9110 section 4.2.3): scheme and host in lower case,
the port of the scheme where none is given. What servers read in different ways, such as `..` in a
path or a user before the host, is never allowed.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote, unquote, urlsplit

from calcigraph.federation.addresses import Address
from calcigraph.federation.service_problems import AllowListMalformed, ServiceRefused

_PORTS: Final = {"http": 80, "https": 443}
_HOST: Final = re.compile(r"[a-z0-9_]([a-z0-9_.-]*[a-z0-9_])?")
_VISIBLE: Final = re.compile(r"[^\x00-\x20\x7f<>\"{}|^`\\]+")
# What RFC 3986 lets stand in a path and a query as it is.
_SAFE: Final = "/%:@!$&'()*+,;=~-._"
_LONGEST: Final = 2000


@dataclass(frozen=True)
class Endpoint:
    """Where a request goes: `host` without brackets, `target` the path with the query behind it.
    `address` is the host where that is an IP address and no name."""

    scheme: str
    host: str
    port: int
    path: str
    query: str
    address: Address | None

    @property
    def target(self) -> str:
        """The target of the request line (RFC 9112 section 3.2): path and query."""
        return f"{self.path}?{self.query}" if self.query else self.path

    def lies_below(self, prefix: Endpoint) -> bool:
        """Whether `prefix` is the same place, or a folder that this one is in."""
        if (self.scheme, self.host, self.port) != (prefix.scheme, prefix.host, prefix.port):
            return False
        folder = prefix.path if prefix.path.endswith("/") else prefix.path + "/"
        return self.path == prefix.path or self.path.startswith(folder)


@dataclass(frozen=True)
class Allowed:
    """An endpoint that may be called; `is_by_address` where its address itself is on the list."""

    endpoint: Endpoint
    is_by_address: bool


class AllowList:
    """The beginnings of the IRIs of the services that may be called."""

    def __init__(self, prefixes: Iterable[str]) -> None:
        """Read the list. Raises: AllowListMalformed."""
        self._prefixes = [_prefix(written) for written in prefixes]

    def __bool__(self) -> bool:
        return bool(self._prefixes)

    def find(self, iri: str) -> Allowed:
        """How the service `iri` may be called. Raises: ServiceRefused where it may not."""
        endpoint = parsed(iri)
        if endpoint is None:
            raise ServiceRefused(
                f"{_shown(iri)} cannot be the address of a service.",
                "Write an http or https IRI with a host, and without a user, a fragment or dots as steps.",
            )
        if not any(endpoint.lies_below(prefix) for prefix in self._prefixes):
            raise ServiceRefused(
                f"{_shown(iri)} is not on this server's list of services.",
                "Ask that endpoint yourself and put its answer into VALUES, or ask the operator to allow it.",
            )
        return Allowed(endpoint, endpoint.address is not None)


def parsed(iri: str) -> Endpoint | None:
    """The endpoint that an IRI names; None where it names none, or not beyond doubt."""
    if len(iri) > _LONGEST or not _VISIBLE.fullmatch(iri):
        return None
    try:
        parts = urlsplit(iri)
        port = parts.port
        host = (parts.hostname or "").removesuffix(".")
    except ValueError:
        return None
    scheme = parts.scheme.lower()
    if scheme not in _PORTS or "@" in parts.netloc or "#" in iri or port == 0:
        return None
    address = _address(host)
    if (address is None and not _HOST.fullmatch(host)) or _has_steps(parts.path):
        return None
    path, query = quote(parts.path or "/", safe=_SAFE), quote(parts.query, safe=_SAFE + "?")
    return Endpoint(scheme, str(address or host), port or _PORTS[scheme], path, query, address)


def _address(host: str) -> Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


def _has_steps(path: str) -> bool:
    """Whether a server could take the path for another one: `.` and `..`, however they are written."""
    return any(step in (".", "..") for step in re.split(r"[/\\;]", unquote(unquote(path))))


def _prefix(written: str) -> Endpoint:
    endpoint = parsed(written)
    if endpoint is None or endpoint.query:
        raise AllowListMalformed(
            f"--allow-service {_shown(written)} is not the beginning of an endpoint's IRI.",
            "Write scheme, host and, if wanted, port and path, as in https://sparql.example.org/sparql.",
        )
    return endpoint


def _shown(iri: str) -> str:
    return f"<{iri if len(iri) <= 200 else iri[:200] + '…'}>"
