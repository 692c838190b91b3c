"""The `#+ key: value` lines at the head of a query file in, a mapping out."""

from __future__ import annotations

import re
from collections.abc import Container

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


def misread(text: str, known: Container[str]) -> tuple[int, str] | None:
    """The line of the first `#+` that is no header as it stands, and why; None where all are.

    One below the head would be passed over without a word, and so would one with a name that nobody reads.
    """
    in_head = True
    for number, line in enumerate(text.splitlines(), 1):
        match = _HEADER.match(line)
        if line.startswith("#+") and (match is None or not in_head):
            return number, "is not read: headers are `#+ key: value`, in lower case, before anything else"
        if match is not None and match[1] not in known:
            return number, f"has the key {match[1]!r}, which nobody reads"
        in_head = in_head and match is not None
    return None
