"""Long tables in, short placeholders for them out, while the text of a query is rewritten.

What was found or fetched for a query becomes a VALUES block of up to megabytes. The rewritings that
follow read the text token by token, so until the last of them is done one row stands for the table.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import count
from typing import Final

from calcigraph.engine.engine_problems import RewritingTooLong

_MOST_CHARACTERS: Final = 48 << 20


class Placeholders:
    """The tables of one query, and its placeholders for them."""

    def __init__(self, text: str) -> None:
        self._name = next(name for n in count() if (name := f"urn:rows:{n}:") not in text)
        self._tables: list[str] = []

    def values(self, variables: Sequence[str], rows: Iterable[str]) -> str:
        """A VALUES block for `variables` (names without a mark) with one row in the place of `rows`,
        each of which is written with its brackets."""
        names = " ".join(f"?{name}" for name in variables)
        if not variables:
            return f"VALUES () {{ {' '.join(rows)} }}"
        placeholder = " ".join([f"<{self._name}{len(self._tables)}>", *["UNDEF"] * (len(variables) - 1)])
        self._tables.append(" ".join(rows))
        return f"VALUES ({names}) {{ ({placeholder}) }}"

    def fill(self, text: str) -> str:
        """`text` with every table in its place. Raises: RewritingTooLong."""
        if not self._tables:
            return text
        row = re.compile(rf"\(<{re.escape(self._name)}(\d+)>(?: UNDEF)*+\)")
        size = len(text) + sum(len(self._tables[int(place[1])]) for place in row.finditer(text))
        if size > _MOST_CHARACTERS:
            raise RewritingTooLong(
                f"What was found for the query has {size >> 20} million characters in all its places.",
                "Narrow the search or the SERVICE block, or name the graph instead of asking for each.",
            )
        return row.sub(lambda place: self._tables[int(place[1])], text)
