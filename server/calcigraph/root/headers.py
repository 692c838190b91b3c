"""The `#+ key: value` lines at the head of a query file in, a mapping out."""

from __future__ import annotations

import re

_HEADER = re.compile(r"^#\+\s*([a-z][a-z ]*?)\s*:\s*(.*?)\s*$")


def headers(text: str) -> dict[str, list[str]]:
    """The headers of a `.rq` file, each key with its values in the order of the lines.

    The head of a file ends with the first line that is no `#+` comment. The form is that of
    grlc and of SIB's query collections: a comment to SPARQL, data to us.
    """
    found: dict[str, list[str]] = {}
    for line in text.splitlines():
        match = _HEADER.match(line)
        if match is None:
            break
        found.setdefault(match[1], []).append(match[2])
    return found
