"""A file's path or a namespace in, what keeps it from being part of an IRI out.

A data file names its graph, a question its page; so their names are made of what a path of an IRI
may hold as it is (RFC 3987, section 2.2).
"""

from __future__ import annotations

from collections.abc import Iterable

import pyoxigraph as ox

from calcigraph.errors import Finding, Place
from calcigraph.rdf.terms import Term

# Allowed in IRIs, but they would end the path or be decoded on the way.
_APART = frozenset("%?#")


def nameless(path: str) -> list[Finding]:
    """What is wrong with the name of a file that an IRI is made of; nothing where there is nothing."""
    name = path.rpartition(".")[0]
    refused = sorted({character for character in name if character in _APART or not _fits(character)})
    if not refused:
        return []
    # A name that is not UTF-8 comes with lone surrogates, which cannot be printed.
    place, shown = (_printable(text) for text in (path, " ".join(map(_called, refused))))
    return [
        Finding(
            "names",
            Place(place),
            f"The file's name gives no IRI, because of {shown}.",
            "Rename it, best to lower-case letters, digits and hyphens.",
        )
    ]


def unusable(stated: Iterable[Term], place: Place) -> list[Finding]:
    """What is wrong with what a catalogue states as the namespace; nothing where IRIs can be made of it."""
    return [
        Finding("namespace", place, message, remedy)
        for message, remedy in dict.fromkeys(map(_wrong_space, stated))
        if message
    ]


def _wrong_space(term: Term) -> tuple[str, str]:
    """What to say of one value of void:uriSpace (VoID, section 4.2), and the remedy; "" where it is one."""
    if not isinstance(term, ox.Literal):
        shown = f'"{term.value}"' if isinstance(term, ox.NamedNode) else '"https://example.org/"'
        return "What void:uriSpace states is no text, so that nobody reads it.", f"Write {shown} in quotes."
    if _is_iri(term.value):
        return "", ""
    remedy = 'Write an absolute IRI that ends in a slash or a #, such as "https://example.org/".'
    return "What void:uriSpace states begins no IRI.", remedy


def _fits(character: str) -> bool:
    return character == "/" or _is_iri(f"urn:{character}")


def _is_iri(text: str) -> bool:
    try:
        ox.NamedNode(text)
    except ValueError:
        return False
    return True


def _called(character: str) -> str:
    return f"{character!r}" if character.isprintable() else f"U+{ord(character):04X}"


def _printable(text: str) -> str:
    return text.encode("utf-8", "backslashreplace").decode("utf-8")
