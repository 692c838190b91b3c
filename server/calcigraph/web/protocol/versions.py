"""The version that a request asks for in; nothing out where the server has it, else a Problem."""

from __future__ import annotations

from datetime import datetime
from typing import Final, Protocol

from calcigraph.web.protocol.request_problems import VersionUnknown

PARAMETER: Final = "at"
_LEAST_DIGITS = 12


class Versioned(Protocol):
    """What responses are made from, as HTTP sees it: the site in one version."""

    @property
    def version(self) -> str:
        """The digest of the root."""

    @property
    def modified(self) -> datetime:
        """When anything changed last that a response is made from."""

    def etag(self, variant: str) -> str:
        """A strong entity tag, without quotes, for a variant of a response."""


def check(asked: str | None, published: Versioned) -> None:
    """`asked` is a digest of the root, or the first digits of one; None where any version will do.

    Raises: VersionUnknown.
    """
    if asked is not None and not (len(asked) >= _LEAST_DIGITS and published.version.startswith(asked)):
        raise VersionUnknown(published.version)
