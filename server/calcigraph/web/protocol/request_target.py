"""The current request in, its target as the client sent it out (RFC 9112, section 3.2).

WSGI decodes a path, and then `a%2Fb` and `a/b` are one; those who look for an IRI need them apart.
"""

from __future__ import annotations

from flask import request


def raw_path() -> str:
    """The path, percent-encoded as it was sent."""
    return raw_target().partition("?")[0]


def raw_target() -> str:
    """The path with the query, if there is one; all in ASCII. A fragment is no part of it, though some
    clients send theirs."""
    target: str = request.environ["REQUEST_URI"].partition("#")[0]
    if target.startswith("/"):
        return target
    # The absolute form, which a client sends to what it takes for a proxy (section 3.2.2).
    return "/" + target.partition("://")[2].partition("/")[2]
