"""A file's path or a namespace in, what keeps it from being part of an IRI out.

A data file names its graph, a question its page; so their names are made of what a path of an IRI
may hold as it is (RFC 3987, section 2.2).
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Final
from urllib.parse import quote

import pyoxigraph as ox

from calcigraph.errors import Finding, Place
from calcigraph.rdf.terms import Term
from calcigraph.rdf.vocabulary import VOID

URI_SPACE: Final = VOID["uriSpace"]
NO_NAMESPACE: Final = "urn:root:"
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


def spaces(catalogue: Iterable[ox.Triple]) -> list[Term]:
    """What a catalogue states by `void:uriSpace`."""
    return [t.object for t in catalogue if t.predicate == URI_SPACE]


def stated_namespace(catalogue: Iterable[ox.Triple]) -> str:
    """The namespace that a catalogue states, else that of a root without one."""
    return next((term.value for term in spaces(catalogue) if isinstance(term, ox.Literal)), NO_NAMESPACE)


def document_base(namespace: str) -> str:
    """The IRI below which a root with that namespace has its documents.

    It is the namespace, where that is a folder. The names of a namespace with a `#` are fragments of one
    document, so others stand below that; and `…/RO_` is the beginning of names.
    """
    document = namespace.partition("#")[0]
    return document if document.endswith(("/", ":")) else f"{document}/"


def base_of(namespace: str | None, path: str) -> str | None:
    """What the relative IRIs of a file are resolved by: the IRI of its graph."""
    name = path.removesuffix(Path(path).suffix)
    if namespace is None:
        return None
    # Files of shapes may be called anything, even what is no UTF-8.
    below = quote(name.encode("utf-8", "surrogateescape")) if nameless(path) else name
    return f"{document_base(namespace)}graph/{below}"


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
