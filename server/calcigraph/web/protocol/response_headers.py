"""The header fields of every response: the version it was made from, CORS for reading, security."""

from __future__ import annotations

from typing import Final

# Scripts are our own, from our own address; JSON-LD is a data block and not subject to script-src.
_POLICY: Final = (
    "default-src 'none'; style-src 'self'; img-src 'self'; script-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
SECURITY: Final = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "cross-origin",
}
# Whoever reads may do so from any page (Fetch standard, section 3.2).
READABLE: Final = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": (
        "Allow, Calcigraph-Version, Content-Location, ETag, Link, Location, Retry-After"
    ),
}


def of_version(version: str) -> dict[str, str]:
    """The header fields that name the version of the data."""
    return {"Calcigraph-Version": version}
