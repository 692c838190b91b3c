"""The bytes of an RDF document in, the prefixes that its beginning declares out, without reading the rest.

A root wants them whenever it is opened, also where nothing in it has to be parsed. A prefix only shortens
what is written, and what is written declares it, so that a declaration within a string is of no consequence.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Final

from calcigraph.rdf.formats import GraphFormat
from calcigraph.rdf.iris import ABSOLUTE_IRI
from calcigraph.rdf.json_lines import context_of, unquoted
from calcigraph.rdf.prefixes import Prefixes

HEAD: Final = 65_536
"""How many bytes are looked at."""
_TURTLE: Final = re.compile(r"^[ \t]*@?prefix[ \t]+([^\s:<>]*):\s*<([^<>\s]*)>", re.IGNORECASE | re.MULTILINE)
_XMLNS: Final = re.compile(r"\bxmlns(?::([\w.-]+))?\s*=\s*(?:\"([^\"<]*)\"|'([^'<]*)')")
_ENTITY: Final = re.compile(r"<!ENTITY\s+([\w.-]+)\s+(?:\"([^\"]*)\"|'([^']*)')\s*>")
_REFERENCE: Final = re.compile(r"&([\w.-]+);")
_TERM: Final = re.compile(r'"([A-Za-z][\w-]*)"\s*:\s*("(?:[^"\\]++|\\.)*+")')
_DELIMITERS: Final = tuple(":/?#[]@")


def declared_prefixes(raw: bytes, form: GraphFormat) -> Prefixes:
    """The prefixes that the first bytes of a document declare, those with an absolute IRI; of one that is
    declared twice, the first. Cost: some microseconds a kilobyte."""
    text = raw[:HEAD].decode("utf-8", "replace")
    found: dict[str, str] = {}
    for prefix, iri in _FINDERS[form.key](text) if form.key in _FINDERS else ():
        if ABSOLUTE_IRI.fullmatch(iri):
            found.setdefault(prefix, iri)
    return Prefixes.of_file(found)


def _turtle(text: str) -> Iterator[tuple[str, str]]:
    yield from _TURTLE.findall(text)


def _rdf_xml(text: str) -> Iterator[tuple[str, str]]:
    entities = {name: one or other for name, one, other in _ENTITY.findall(text)}
    for prefix, one, other in _XMLNS.findall(text):
        yield prefix, _REFERENCE.sub(lambda match: entities.get(match[1], match[0]), one or other)


def _json_ld(text: str) -> Iterator[tuple[str, str]]:
    """Terms that may be prefixes: those of the context whose IRI ends in a delimiter (JSON-LD 1.1, section
    4.1.5)."""
    for name, value in _TERM.findall(context_of(text)):
        iri = unquoted(value)
        if iri is not None and iri.endswith(_DELIMITERS):
            yield name, iri


_FINDERS: Final[Mapping[str, Callable[[str], Iterator[tuple[str, str]]]]] = MappingProxyType(
    {"turtle": _turtle, "trig": _turtle, "rdf-xml": _rdf_xml, "json-ld": _json_ld}
)
