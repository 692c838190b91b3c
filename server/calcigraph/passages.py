"""Passages that say where in a document they stand, and a folder of documents in; what does not match out.

No text of a document is held: of a passage the range of its characters (a text position selector of the
W3C's Web Annotation vocabulary) and the digest of the text between, of a document the digest of its file.
Whoever has the file can see that the passage is what was read.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final

import pyoxigraph as ox

from calcigraph.edition import Edition
from calcigraph.errors import Finding, Place, Severity
from calcigraph.looked_at import LookedAt, counted
from calcigraph.rdf.terms import Subject, Term, show_term
from calcigraph.rdf.vocabulary import DCTERMS, OA, SRV

_NAME: Final = "documents"
_ALGORITHM: Final = "sha-256"
_LONGEST_NUMBER: Final = 16
_MOST_COMPARED: Final = 20_000_000
"""Characters that are read at most to find where a passage stands instead."""


def digest(content: bytes) -> str:
    """A digest as it is typed: the name of the function, a blank, and its value in hexadecimal digits."""
    return f"{_ALGORITHM} {hashlib.sha256(content).hexdigest()}"


def text_of(content: bytes) -> str:
    """The text whose characters are counted: without a byte order mark, each end of a line as one line feed.

    A character is a code point, whatever else was done to the text. Raises: UnicodeDecodeError.
    """
    return content.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")


@dataclass(frozen=True)
class _Document:
    """A document of the root, and the file that is it."""

    node: Subject
    path: Path

    @cached_property
    def content(self) -> bytes:
        return self.path.read_bytes()

    @cached_property
    def text(self) -> str:
        return text_of(self.content)


@dataclass
class _Count:
    documents: int = 0
    found: int = 0
    passages: int = 0
    verified: int = 0


def document_findings(edition: Edition, folder: Path) -> Iterator[Finding | LookedAt]:
    """What does not match between the passages of `edition` and the documents in `folder`, and what was held
    against what.

    A document is the file, in the folder or below, whose name is one of its identifiers. Cost: reads each of
    these files once; of a passage that is not where it should be, looks through its document.
    """
    count = _Count()
    names = _files(folder)
    for node in _documents(edition):
        count.documents += 1
        yield from _judged(edition, node, names, count)
    if not count.found:
        yield Finding(
            _NAME,
            Place("."),
            f"None of the {count.documents} documents of the root was found, so nothing was verified."
            if count.documents
            else "No document of the root has a digest, and no passage says where it stands.",
            "Put the documents into the folder, each under the name that its dcterms:identifier says."
            if count.documents
            else "Type srv:fileDigest of the documents, oa:hasSelector and srv:textDigest of their passages.",
        )
    documents = f"{count.found} of {counted(count.documents, 'document')}"
    yield LookedAt(
        f"Documents: {documents} found, {count.verified} of {counted(count.passages, 'passage')} verified.",
        {
            "documents": count.documents,
            "documentsFound": count.found,
            "passages": count.passages,
            "passagesVerified": count.verified,
        },
    )


def _files(folder: Path) -> dict[str, list[Path]]:
    """The files in a folder and below, by their names."""
    names: dict[str, list[Path]] = {}
    for at, folders, files in os.walk(folder):
        folders.sort()
        for name in sorted(files):
            path = Path(at, name)
            if path.is_file():
                names.setdefault(name, []).append(path)
    return names


def _documents(edition: Edition) -> list[Subject]:
    """What has a digest of its file, and what has passages that say where they stand."""
    found = {triple.subject for triple in edition.triples(None, SRV["fileDigest"])}
    for triple in edition.triples(None, OA["hasSelector"]):
        if isinstance(triple.subject, Subject):
            found.update(w for w in edition.objects(triple.subject, SRV["partOf"]) if isinstance(w, Subject))
    return sorted((node for node in found if isinstance(node, Subject)), key=str)


def _judged(
    edition: Edition, node: Subject, names: dict[str, list[Path]], count: _Count
) -> Iterator[Finding]:
    passages = [p for p in edition.subjects(SRV["partOf"], node) if edition.objects(p, OA["hasSelector"])]
    count.passages += len(passages)
    identifiers = [i.value for i in edition.objects(node, DCTERMS["identifier"]) if isinstance(i, ox.Literal)]
    paths = [path for identifier in identifiers for path in names.get(identifier, ())]
    if len(paths) != 1:
        called = ", ".join(f'"{identifier}"' for identifier in identifiers) or "no name"
        yield _finding(
            edition,
            node,
            DCTERMS["identifier"],
            f"{'No file' if not paths else 'More than one file'} of the folder is called {called}, so"
            f" {counted(len(passages), 'passage')} of it cannot be verified.",
            "Put it there under that name, once; or type the name of its file in dcterms:identifier.",
            Severity.WARNING if not paths and identifiers else Severity.VIOLATION,
        )
        return
    document = _Document(node, paths[0])
    try:
        text = document.text
    except OSError as error:
        yield _finding(
            edition,
            node,
            DCTERMS["identifier"],
            f"Its file cannot be read: {os.strerror(error.errno or 0)}.",
            "Give yourself the right to read it.",
        )
        return
    except UnicodeDecodeError as error:
        yield _finding(
            edition,
            node,
            DCTERMS["identifier"],
            f"Its file is not UTF-8: byte {error.start} begins no character.",
            "Take the file as it was read, or convert it: iconv -f WINDOWS-1252 -t UTF-8.",
        )
        return
    count.found += 1
    yield from _file(edition, document)
    for passage in passages:
        problems = list(_passage(edition, passage, text))
        count.verified += not problems
        yield from problems


def _file(edition: Edition, document: _Document) -> Iterator[Finding]:
    """Whether the file is the one that was read."""
    actual, property_ = digest(document.content), SRV["fileDigest"]
    stated = edition.objects(document.node, property_)
    if not stated:
        yield _finding(
            edition,
            document.node,
            property_,
            "The document has no digest of its file.",
            f'If the file is the one that was read, type srv:fileDigest "{actual}".',
        )
    for value in stated:
        if _said(value) == actual:
            continue
        same_text = _said(value) == digest(document.text.encode())
        yield _finding(
            edition,
            document.node,
            property_,
            "The file has other bytes than the one that was read, and the same text: its ends of lines, or"
            " its byte order mark, differ."
            if same_text
            else "The file is not the one that was read: it has another digest.",
            f'Take the file as it was read; or, if this one is right, type srv:fileDigest "{actual}".',
            Severity.WARNING if same_text else Severity.VIOLATION,
            value=value,
        )


def _passage(edition: Edition, passage: Subject, text: str) -> Iterator[Finding]:
    """Whether a passage stands where it says."""
    stated = edition.objects(passage, SRV["textDigest"])
    for selector in edition.objects(passage, OA["hasSelector"]):
        range_ = _range(edition, selector)
        if range_ is None:
            yield _finding(
                edition,
                passage,
                OA["hasSelector"],
                "Its selector says no range: oa:start and oa:end once each, and not the end first.",
                "Type oa:hasSelector [ a oa:TextPositionSelector ; oa:start 0 ; oa:end 120 ].",
            )
            continue
        start, end = range_
        if end > len(text):
            yield _finding(
                edition,
                passage,
                OA["hasSelector"],
                f"Its selector ends at character {end:,}, and the document has {len(text):,}.",
                _where_else(stated, text, end - start) or "Type oa:start and oa:end within the document.",
            )
            continue
        actual = digest(text[start:end].encode())
        if not stated:
            yield _finding(
                edition,
                passage,
                SRV["textDigest"],
                "The passage has no digest of its text.",
                f'If it is the one that was read, type srv:textDigest "{actual}".',
            )
        if stated and actual not in map(_said, stated):
            yield _finding(
                edition,
                passage,
                SRV["textDigest"],
                f"What stands at characters {start:,} to {end:,} of the document is not what was read.",
                _where_else(stated, text, end - start)
                or f'Correct the selector; or, if it is right, type srv:textDigest "{actual}".',
            )


def _where_else(stated: list[Term], text: str, length: int) -> str:
    """What to type where a text of that length with the stated digest stands elsewhere; "" where it does not,
    or where looking for it takes too long."""
    if not stated or not 0 < length <= len(text) or (len(text) - length) * length > _MOST_COMPARED:
        return ""
    wanted = set(map(_said, stated))
    for start in range(len(text) - length + 1):
        if digest(text[start : start + length].encode()) in wanted:
            return f"It stands elsewhere: type oa:start {start} ; oa:end {start + length}."
    return ""


def _range(edition: Edition, selector: Term) -> tuple[int, int] | None:
    if not isinstance(selector, Subject):
        return None
    ends = [edition.objects(selector, OA[name]) for name in ("start", "end")]
    if any(len(values) != 1 or not _said(values[0]).isascii() for values in ends):
        return None
    start, end = (_said(values[0]) for values in ends)
    if not (start.isdigit() and end.isdigit() and max(len(start), len(end)) < _LONGEST_NUMBER):
        return None
    if int(start) > int(end):
        return None
    return int(start), int(end)


def _said(value: Term) -> str:
    return value.value if isinstance(value, ox.Literal) else ""


def _finding(
    edition: Edition,
    node: Subject,
    predicate: ox.NamedNode,
    message: str,
    remedy: str,
    severity: Severity = Severity.VIOLATION,
    value: Term | None = None,
) -> Finding:
    place = edition.root.place(node, predicate, value) if not isinstance(node, ox.Triple) else None
    return Finding(
        _NAME, place or Place("data"), message, remedy, show_term(node, edition.root.prefixes), severity
    )
