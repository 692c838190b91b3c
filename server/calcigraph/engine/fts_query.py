"""The words of a full-text search in, an expression of SQLite's FTS5 out.

The language is small, and nothing else of FTS5's can be reached through it:

    search  = part *( "OR" part )
    part    = item *( [ "AND" ] item / "NOT" item )
    item    = word [ "*" ] / DQUOTE phrase DQUOTE [ "*" ]

A word stands for itself as `folding` compares it, with `*` for all words that begin with it.
The operators are in capitals, and one without something on both of its sides is left out. Any other
character separates: `a-b` is the phrase "a b". See https://www.sqlite.org/fts5.html sections 3 and 4.3.1.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

from calcigraph.engine.engine_problems import SearchMalformed
from calcigraph.engine.folding import folded

MOST_ITEMS: Final = 32
_ITEM: Final = re.compile(r'"([^"]*)"?(\*?)|([^\s"]+)')
# What the index has for a word: letters and digits of ASCII, and all that is not ASCII.
_WORD: Final = re.compile(r"[a-z0-9]|[^\x00-\x7f]")
_OPERATORS: Final = ("OR", "AND", "NOT")


@dataclass(frozen=True)
class _Condition:
    """The items that must stand in a text, and those that must not."""

    wanted: list[str] = field(default_factory=list)
    excluded: list[str] = field(default_factory=list)


def expression(search: str) -> str:
    """The FTS5 expression for `search`; it is well-formed whatever `search` is.

    Raises: SearchMalformed where nothing is left to look for, or too much.
    """
    parts = [_Condition()]
    is_excluded = False
    for found in _ITEM.finditer(search.replace("\0", " ")):
        word = found[3]
        if word in _OPERATORS:
            is_excluded = word == "NOT"
            if word == "OR":
                parts.append(_Condition())
            continue
        item = _item(word.rstrip("*"), word.endswith("*")) if word else _item(found[1], bool(found[2]))
        if item:
            (parts[-1].excluded if is_excluded else parts[-1].wanted).append(item)
            is_excluded = False
    parts = [part for part in parts if part.wanted or part.excluded]
    if not parts or not all(part.wanted for part in parts):
        raise SearchMalformed(
            f"“{search[:60]}” names no word to look for.",
            'Write words, as in srv:search "high pump"; NOT needs something that is looked for beside it.',
        )
    if sum(len(part.wanted) + len(part.excluded) for part in parts) > MOST_ITEMS:
        raise SearchMalformed(
            f"The search has more than {MOST_ITEMS} words.", "Search for fewer, or in several patterns."
        )
    return " OR ".join(_written(part) for part in parts)


def _item(text: str, is_prefix: bool) -> str:
    words = folded(text).replace('"', " ").strip()
    if not _WORD.search(words):
        return ""
    return f'"{words}"{"*" if is_prefix else ""}'


def _written(part: _Condition) -> str:
    wanted = f"({' AND '.join(part.wanted)})"
    return f"({wanted} NOT ({' OR '.join(part.excluded)}))" if part.excluded else wanted
