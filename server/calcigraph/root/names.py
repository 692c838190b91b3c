"""A file's path or a namespace in, what keeps it from being part of an IRI out.

A data file names its graph, a question its page; so their names are made of what a path of an IRI
may hold as it is (RFC 3987, section 2.2).
"""

from __future__ import annotations

import pyoxigraph as ox

from calcigraph.errors import Finding, Place

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


def unusable(namespace: str, place: Place) -> list[Finding]:
    """What is wrong with a namespace; nothing where IRIs can be made of it."""
    if _is_iri(namespace):
        return []
    return [
        Finding(
            "namespace",
            place,
            "What void:uriSpace states begins no IRI.",
            'Write an absolute IRI that ends in a slash, such as "https://example.org/".',
        )
    ]


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
