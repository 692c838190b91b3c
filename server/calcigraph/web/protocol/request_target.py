"""The current request in, its target as the client sent it out (RFC 9112, section 3.2).

WSGI decodes a path, and then `a%2Fb` and `a/b` are one; those who look for an IRI need them apart.
"""

from __future__ import annotations

from urllib.parse import quote

from flask import request

# What a path may hold as it is, and the sign of what is encoded already (RFC 3986, section 3.3).
_AS_SENT = "/%:@!$&'()*+,;=~"


def raw_path() -> str:
    """The path, percent-encoded as it was sent; bytes beyond ASCII, which some clients send, encoded too."""
    return raw_target().partition("?")[0]


def raw_target() -> str:
    """The path with the query, if there is one."""
    target = _target()
    if not target.startswith("/"):
        # The absolute form, which a client sends to what it takes for a proxy (section 3.2.2).
        target = "/" + target.partition("://")[2].partition("/")[2]
    return quote(target, safe=_AS_SENT + "?", encoding="latin-1")


def _target() -> str:
    """The target as bytes in Latin-1, which is how WSGI hands on what it does not decode."""
    environ = request.environ
    sent = environ.get("REQUEST_URI") or environ.get("RAW_URI")
    if isinstance(sent, str):
        return sent
    raw = environ.get("asgi.scope", {}).get("raw_path")
    path = raw.decode("latin-1") if raw else quote(request.path, safe=_AS_SENT.replace("%", ""))
    query = environ.get("QUERY_STRING", "")
    return f"{path}?{query}" if query else path
