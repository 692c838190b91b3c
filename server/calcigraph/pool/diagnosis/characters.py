"""Characters that cannot be seen, or look like others; strings and IRIs that do not end."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from calcigraph.pool.diagnosis.failed_text import FailedText, Slip
from calcigraph.sparql.escapes import ESCAPE

_NAMES: Final = {
    "\ufeff": "a byte order mark",
    "\u200b": "a space of no width",
    "\u00ad": "a soft hyphen",
    "\u2026": "an ellipsis",
}
_QUOTES: Final = frozenset("\u2018\u2019\u201a\u201b\u201c\u201d\u201e\u201f\u2032\u2033\u00ab\u00bb`\u00b4")
_SPACES: Final = " \t\r\n"
_ABSOLUTE: Final = re.compile(r"<[A-Za-z][A-Za-z0-9+.-]*:")
_QUOTED_IRI: Final = re.compile(r"[\"'](?:[A-Za-z][A-Za-z0-9+.-]*://|urn:)[^\s<>\"{}|^`\\]*[\"']\Z")
# These are allowed in names and words, where nobody sees them.
_UNSEEN_IN_NAMES: Final = "\ufeff\u200c\u200d"


def odd_character(failed: FailedText) -> Slip | None:
    """One that cannot be seen, or looks like another: it came along when the query was copied."""
    last = failed.index + (failed.token(1).start == failed.token().end)
    for i, token in enumerate(failed.tokens[: last + 1]):
        # Names may have some such characters, so that they are looked for only where the text fails.
        is_name = token.kind in ("word", "name", "variable") and i >= failed.index - 1
        if is_name or token.kind == "operator":
            for at, character in enumerate(token.text):
                if name := named(character):
                    return _odd(failed, token.start + at, name)
    return None


def unseen_in(name: str) -> int | None:
    """The offset in `name` of a character that cannot be seen."""
    return next((at for at, character in enumerate(name) if character in _UNSEEN_IN_NAMES), None)


def named(character: str) -> str:
    """What an odd character is called; nothing for one that is not odd."""
    if character in _NAMES:
        return _NAMES[character]
    if character in _QUOTES:
        return "a typographic quote"
    category = unicodedata.category(character)
    if character not in _SPACES and (category == "Zs" or character in "\u000b\u000c\u0085\u2028\u2029"):
        return "a space that SPARQL does not have"
    if category == "Pd" and character != "-":
        return "a dash"
    if category in ("Cf", "Cc") and character not in _SPACES:
        return "a mark that cannot be seen"
    if character.isalnum() or character.isascii():
        return ""
    wide = unicodedata.normalize("NFKC", character)
    return f"what looks like {wide}" if wide.isascii() and len(wide) == 1 and wide != character else ""


def _odd(failed: FailedText, offset: int, name: str) -> Slip:
    code = f"U+{ord(failed.text[offset]):04X}"
    return Slip(
        offset,
        f"There is {name} ({code}) here.",
        "Type this place anew: it was copied from where texts are set.",
    )


def misplaced_escape(failed: FailedText) -> Slip | None:
    r"""`\u0022` where the character itself would begin a string, end a token, or is none."""
    start = failed.text.rfind("\\", 0, failed.offset + 2)
    found = ESCAPE.match(failed.text, start) if start >= 0 else None
    if found is None or not start - 1 <= failed.offset < found.end():
        return None
    return Slip(
        start,
        f"The escape {found[0]} stands outside of strings and IRIs for what cannot stand there.",
        "Write the character itself; only characters of names, variables and keywords are escaped there.",
    )


def open_string(failed: FailedText) -> Slip | None:
    """A string that is not closed on its line."""
    for token in failed.tokens:
        if token.kind == "operator" and token.text in ("'", '"'):
            return Slip(
                token.start,
                f"The string that {token.text} opens here is not closed on this line.",
                f"Close it with {token.text}, write a quote inside it as \\{token.text}, or use three "
                "quotes around a text of several lines.",
            )
    return None


def bad_iri(failed: FailedText) -> Slip | None:
    """An IRI with a character that IRIs cannot have."""
    for token in failed.tokens[: failed.index + 1]:
        if token.text == "<" and _ABSOLUTE.match(failed.text, token.start):
            return Slip(
                token.start,
                "The IRI that `<` opens here holds a character that IRIs cannot have.",
                "Write a space as %20, and other such characters in the same way.",
            )
    return None


def quoted_iri(failed: FailedText) -> Slip | None:
    """An IRI in quotes, where only an IRI can stand."""
    token = failed.token()
    if token.kind == "string" and _QUOTED_IRI.match(token.text):
        return Slip(
            token.start,
            f"{token.text} is a text, and an IRI has to stand here.",
            f"Write it in angle brackets: <{token.text[1:-1]}>.",
        )
    return None
