"""The version that a request asks for in; nothing out where the server has it, else a Problem."""

from __future__ import annotations

from typing import Final

from calcigraph.web.protocol.problem_details import VersionUnknown
from calcigraph.web.site import Site

PARAMETER: Final = "at"
_LEAST_DIGITS = 12


def check(asked: str | None, site: Site) -> None:
    """`asked` is a digest of the root, or the first digits of one; None where any version will do.

    Raises: VersionUnknown.
    """
    if asked is not None and not (len(asked) >= _LEAST_DIGITS and site.version.startswith(asked)):
        raise VersionUnknown(site.version)
