"""RDF files in, a finding for each that can be read and still may not say what was meant out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from calcigraph.errors import Finding, Place, Severity
from calcigraph.rdf.diagnosis import decoded
from calcigraph.rdf.tokens import tokens
from calcigraph.root.rdf_file import RdfFile

_MAYBE = re.compile(r"<(?![A-Za-z][A-Za-z0-9+.-]*:)[^<>\s]*>")
_ABSOLUTE = re.compile(r"<[A-Za-z][A-Za-z0-9+.-]*:")


def file_notes(files: Iterable[RdfFile]) -> Iterator[Finding]:
    """A warning for each file without a statement, and a hint for each whose relative IRIs are resolved by
    the name of the file. Cost: reads what every file says."""
    for file in files:
        if not file.triples:
            yield Finding(
                "files",
                Place(file.path),
                "The file says nothing.",
                "Write what belongs there, or take it out.",
                severity=Severity.WARNING,
            )
        elif file.form.key in ("turtle", "trig"):
            yield from _relative(file)


def _relative(file: RdfFile) -> Iterator[Finding]:
    """A hint where a relative IRI stands in a text without a base of its own."""
    text = decoded(file.raw, file.path)
    for token in tokens(text) if _MAYBE.search(text) else ():
        if token.text.lower() in ("@base", "base"):
            return
        if token.kind == "iri" and not _ABSOLUTE.match(token.text):
            yield Finding(
                "base",
                Place(file.path, text.count("\n", 0, token.start) + 1),
                f"{token.text} is relative, and the file has no base: it is resolved by <{file.base}>.",
                "Write the whole IRI, or `@base <…> .` at the top of the file.",
                severity=Severity.INFO,
            )
            return
