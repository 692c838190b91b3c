"""The bytes of a document that could not be read, and what a parser said, in; why, and what to do, out.

What is wrong with the whole file comes before what a parser stumbled over: another format than its name says,
another encoding, a merge that was not finished.
"""

from __future__ import annotations

import re
from typing import Final

import pyoxigraph as ox

from calcigraph.errors import Place, Problem
from calcigraph.rdf.formats import GraphFormat
from calcigraph.rdf.malformed import NamespaceTooLong
from calcigraph.rdf.native_formats import NATIVE_GRAPHS
from calcigraph.rdf.recognition import TRIG, Recognised, recognised

MOST_IN_LITERAL: Final = 16 << 20
"""The bytes that one literal may have: more than pyoxigraph's parser of Turtle holds at once."""
_MARK: Final = b"\xef\xbb\xbf"
_WIDE: Final = (b"\xff\xfe", b"\xfe\xff")
_CONFLICT: Final = re.compile(rb"^(?:<{7}|={7}|>{7}|\|{7})(?:[ \r]|$)", re.MULTILINE)
_TEXTS: Final = {"turtle", "trig", "n-triples", "n-quads", "json-ld"}
_ALIKE: Final = ({"turtle", "trig", "n-triples", "n-quads"}, {"rdf-xml"}, {"json-ld"})


class DocumentMalformed(Problem):
    """A document that is not what it is taken for; `place` has the line where that is known."""

    title = "The document is malformed"


class NotUtf8(DocumentMalformed):
    """A text in another encoding than its format has."""


def decoded(raw: bytes, file: str) -> str:
    """The bytes of a document as text. Raises: NotUtf8, also where it begins with a byte order mark."""
    if raw.startswith(_WIDE):
        raise NotUtf8("The file is UTF-16.", "Save it as UTF-8.", Place(file, 1))
    if raw.startswith(_MARK):
        raise NotUtf8(
            "The file begins with a byte order mark.", "Save it as UTF-8 without one.", Place(file, 1, 1)
        )
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise NotUtf8(
            "The file is not UTF-8.",
            "Save it as UTF-8 (from Latin-1: `iconv -f latin1 -t utf-8`).",
            Place(file, line),
        ) from None


def whole_file(raw: bytes, form: GraphFormat, file: str, problem: Problem) -> Problem:
    """What is wrong with a document as a whole that its reader did not take; where that is nothing, the
    `problem` that the reader had."""
    if not raw.strip():
        return DocumentMalformed(
            "The file is empty.", "Take it out, or write what belongs there.", Place(file)
        )
    found = recognised(raw)
    if found is not None and not _is_alike(found, form):
        return another_format(found, file)
    if isinstance(problem, (NotUtf8, NamespaceTooLong)):
        return problem
    if form.key in _TEXTS and b"\0" in raw[:1024]:
        return NotUtf8("The file is UTF-16, or no text at all.", "Save it as UTF-8.", Place(file, 1))
    conflict = _CONFLICT.search(raw)
    if conflict is not None:
        line = raw.count(b"\n", 0, conflict.start()) + 1
        return DocumentMalformed(
            f"A merge was not finished: the line begins with `{conflict[0].decode().strip()}`.",
            "Keep one of the two versions, or both, and take the three marks out.",
            Place(file, line),
        )
    if form.key == "turtle" and _is_trig(raw):
        return another_format(TRIG, file)
    return problem


def another_format(found: Recognised, file: str) -> DocumentMalformed:
    """What to say of a file that is something else than its name says."""
    return DocumentMalformed(f"This is {found.name}.", found.remedy_for(file), Place(file, 1))


def misencoded_xml(raw: bytes, file: str) -> NotUtf8 | None:
    """What to say of XML that names no encoding and is not in UTF-8; None where it is (XML 1.0, section
    4.3.3)."""
    if raw.startswith(_WIDE) or re.match(rb"\s*<\?xml[^>]*encoding", raw.removeprefix(_MARK)):
        return None
    try:
        decoded(raw.removeprefix(_MARK), file)
    except NotUtf8 as problem:
        return problem
    return None


def rdf_xml_fault(words: str) -> tuple[str, str]:
    """What pyoxigraph says of RDF/XML, and what to do about it."""
    iri = re.match(r"error while parsing IRI '(.*?)': (.*)", words, re.DOTALL)
    if iri is not None and "No scheme" in iri[2]:
        return (
            f"`{iri[1]}` is relative, and the document has no base.",
            "Write the whole IRI, or an xml:base.",
        )
    if iri is not None:
        return f"`{iri[1]}` is no IRI: {iri[2].rstrip('.')}.", "Percent-encode what may not stand in one."
    said = words.rstrip(".")
    return f"{said[:1].upper()}{said[1:]}.", "Mend the RDF/XML there."


def too_long(line: int, file: str) -> DocumentMalformed:
    """What to say of a literal that is longer than a store of triples is for."""
    return DocumentMalformed(
        f"A literal has more than {MOST_IN_LITERAL >> 20} MiB.",
        "Keep such a text in a file of its own, and write its address here.",
        Place(file, line),
    )


def _is_alike(found: Recognised, form: GraphFormat) -> bool:
    """Whether what was recognised may be a document of that format with a fault in it."""
    return any({found.key, form.key} <= alike for alike in _ALIKE)


def _is_trig(raw: bytes) -> bool:
    try:
        for _ in ox.parse(raw, format=NATIVE_GRAPHS["trig"], base_iri="urn:x:"):
            pass
    except (SyntaxError, MemoryError):
        return False
    return True


def long_line(raw: bytes) -> int:
    """The line on which the longest piece between quotation marks begins."""
    best = start = position = 0
    for piece in raw.split(b'"'):
        if len(piece) > best:
            best, start = len(piece), position
        position += len(piece) + 1
    return raw.count(b"\n", 0, start) + 1
