"""The bytes of an answer in, whether it says nothing out: no row, no triple."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Final

_IN_XML: Final = re.compile(rb"<results\s*(?:/>|>\s*</results>)\s*</sparql>\s*\Z")
_IN_JSON: Final = re.compile(rb'"bindings"\s*:\s*\[\s*\]\s*\}\s*\}\s*\Z')
_IN_RDF_XML: Final = re.compile(rb"(?:/>|>\s*</rdf:RDF>)\s*\Z")
_IN_JSON_LD: Final = re.compile(rb'(?:"@graph"\s*:|\A)\s*\[\s*\]\s*\}?\s*\Z')
# With nothing behind it; what is longer has triples.
_LONGEST_CONTEXT: Final = 4096
_DECLARED: Final = re.compile(rb"(?:\s*+(?:@?(?:prefix|base|version)\b|#)[^\n]*+)*+\s*+", re.IGNORECASE)


def says_nothing(key: str, content: bytes) -> bool:
    """Whether an answer to SELECT, CONSTRUCT or DESCRIBE in the format `key` (see `calcigraph.rdf.formats`)
    has no row or triple. Cost: linear in `content` where it is empty, else mostly none."""
    return _SAYS_NOTHING[key](content)


def _is_header(content: bytes) -> bool:
    """Whether it is one line: each row is another one."""
    return content.count(b"\n") <= 1


def _ends_with_results(content: bytes) -> bool:
    return _IN_XML.search(content, max(0, len(content) - 200)) is not None


def _ends_with_bindings(content: bytes) -> bool:
    return _IN_JSON.search(content, max(0, len(content) - 200)) is not None


def _has_no_node(content: bytes) -> bool:
    """Whether the element of RDF/XML ends where it begins, as it is the only one."""
    begins = content.find(b"<rdf:RDF")
    return content.count(b"<", begins) <= 2 and _IN_RDF_XML.search(content, begins) is not None


def _only_declares(content: bytes) -> bool:
    return _DECLARED.fullmatch(content) is not None


def _has_no_object(content: bytes) -> bool:
    """Whether JSON-LD has no node, or a context alone."""
    if _IN_JSON_LD.search(content, max(0, len(content) - 200)) is not None:
        return True
    if len(content) > _LONGEST_CONTEXT:
        return False
    document = json.loads(content)
    return not document or (isinstance(document, dict) and document.keys() == {"@context"})


def _is_nothing(content: bytes) -> bool:
    return not content.strip()


_SAYS_NOTHING: Final[Mapping[str, Callable[[bytes], bool]]] = {
    "json": _ends_with_bindings,
    "xml": _ends_with_results,
    "csv": _is_header,
    "tsv": _is_header,
    "turtle": _only_declares,
    "trig": _only_declares,
    "n-triples": _is_nothing,
    "n-quads": _is_nothing,
    "rdf-xml": _has_no_node,
    "json-ld": _has_no_object,
    "json-ld-expanded": _has_no_object,
    "json-ld-flattened": _has_no_object,
}
