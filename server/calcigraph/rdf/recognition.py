"""The first bytes of a file in, what it is out: the formats that are read, and those that others convert."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Final

from calcigraph.rdf.vocabulary import OWL

_HEAD: Final = 16_384
_ROBOT: Final = "Convert it, for example with ROBOT: robot convert -i {name} -o {stem}.ttl"
_RDFPIPE: Final = "Convert it, for example with rdflib: rdfpipe -i {form} -o turtle {name} > {stem}.ttl"


@dataclass(frozen=True)
class Recognised:
    """What a file is: `name` with its article, and `remedy` with `{name}` and `{stem}` for those of the file;
    `key` is that of the format where it is read here."""

    name: str
    remedy: str
    key: str = ""

    def remedy_for(self, path: str) -> str:
        """What to do with the file at a path."""
        file = PurePosixPath(path)
        return self.remedy.format(name=file.name, stem=file.name.partition(".")[0])


def _read_here(key: str, name: str, suffix: str) -> Recognised:
    return Recognised(name, f"Give its name the ending {suffix}.", key)


TURTLE: Final = _read_here("turtle", "Turtle", ".ttl")
TRIG: Final = _read_here("trig", "TriG", ".trig")
RDF_XML: Final = _read_here("rdf-xml", "RDF/XML", ".owl or .rdf")
JSON_LD: Final = _read_here("json-ld", "JSON-LD", ".jsonld")
FUNCTIONAL: Final = Recognised("OWL 2 in functional syntax", _ROBOT)
MANCHESTER: Final = Recognised("OWL 2 in Manchester syntax", _ROBOT)
OWL_XML: Final = Recognised("OWL/XML, another syntax than RDF/XML", _ROBOT)
OBO: Final = Recognised("an ontology in OBO format", _ROBOT)
N3: Final = Recognised("Notation3, which is more than RDF", _RDFPIPE.replace("{form}", "n3"))
TRIX: Final = Recognised("TriX", _RDFPIPE.replace("{form}", "trix"))
HEXT: Final = Recognised("RDF as lines of JSON", _RDFPIPE.replace("{form}", "hext"))
HDT: Final = Recognised("HDT", "Convert it: hdt2rdf.sh {name} {stem}.nt")
PACKED: Final = Recognised("a packed file", "Unpack it.")
HTML: Final = Recognised("a web page", "Get the file itself, not the page that shows it.")
LFS: Final = Recognised("a pointer of Git LFS, not the file itself", "Run `git lfs pull`.")
CATALOG: Final = Recognised(
    "an XML catalog, which says where imports are", "Nothing has to be done.", "catalog"
)

# By what the name ends in, where that is known.
BY_SUFFIX: Final = {
    **dict.fromkeys((".ofn", ".fss", ".funowl"), FUNCTIONAL),
    **dict.fromkeys((".omn", ".manchester"), MANCHESTER),
    **dict.fromkeys((".owx", ".owlx"), OWL_XML),
    ".obo": OBO,
    ".n3": N3,
    ".trix": TRIX,
    **dict.fromkeys((".hext", ".ndjson"), HEXT),
    ".hdt": HDT,
    **dict.fromkeys((".gz", ".bz2", ".xz", ".zst", ".zip", ".7z", ".tar", ".tgz"), PACKED),
}
_MAGIC: Final = (
    (b"\x1f\x8b", PACKED),
    (b"PK\x03\x04", PACKED),
    (b"BZh", PACKED),
    (b"\xfd7zXZ", PACKED),
    (b"\x28\xb5\x2f\xfd", PACKED),
    (b"$HDT", HDT),
    (b"version https://git-lfs.github.com/spec/", LFS),
)
# What the text begins with, behind blanks and comments of any of these formats.
_BEGINS: Final = tuple(
    (re.compile(pattern, flags), found)
    for pattern, flags, found in (
        (r"(?:Prefix|Ontology)\s*\(", 0, FUNCTIONAL),
        (r"(?:Prefix|Ontology|Class|ObjectProperty|DataProperty|Individual)\s*:\s", 0, MANCHESTER),
        (r"format-version\s*:|ontology\s*:|\[(?:Term|Typedef|Instance)\]", 0, OBO),
        (r"@prefix\s|@base\s|prefix\s+[^\s:]*:\s*<|base\s*<", re.IGNORECASE, TURTLE),
        (r"<[^<>\s]*>\s+(?:<[^<>\s]*>|a)\s", 0, TURTLE),
    )
)
_AHEAD: Final = re.compile(
    r"(?:\s++|#[^\n]*+\n|!\s[^\n]*+\n|<!--(?:(?!-->).)*+-->|<\?(?:(?!\?>).)*+\?>)*+", re.DOTALL
)
_DOCTYPE: Final = re.compile(r"<!DOCTYPE\s[^\[>]*+(?:\[[^\]]*+\]\s*)?>\s*", re.IGNORECASE)
_ELEMENT: Final = re.compile(r"<(?:[\w.-]+:)?(\w+)([^>]*)")


def recognised(raw: bytes) -> Recognised | None:
    """What some bytes look like; None where nobody knows. Cost: reads the first 16 KiB."""
    for magic, found in _MAGIC:
        if raw.startswith(magic):
            return found
    text = raw[:_HEAD].decode("utf-8-sig", "replace")
    match = _AHEAD.match(text)
    rest = text[match.end() if match else 0 :]
    if rest[:1] in "[{" and re.search(r'"@(?:context|id|type|graph|value)"', rest):
        return JSON_LD
    for pattern, found in _BEGINS:
        if pattern.match(rest):
            return found
    return _xml(rest)


def _xml(text: str) -> Recognised | None:
    """What an XML document is, by its first element."""
    if re.match(r"<!DOCTYPE\s+html|<html\b", text, re.IGNORECASE):
        return HTML
    doctype = _DOCTYPE.match(text)
    first = _ELEMENT.match(_AHEAD.sub("", text[doctype.end() :] if doctype else text, count=1))
    if first is None:
        return None
    name, attributes = first.groups()
    if name == "RDF":
        return RDF_XML
    if name == "Ontology" and OWL.iri in attributes and ":about" not in attributes:
        return OWL_XML
    if name == "catalog" and "urn:oasis:names:tc:entity:xmlns:xml:catalog" in attributes:
        return CATALOG
    return TRIX if name == "TriX" else None
