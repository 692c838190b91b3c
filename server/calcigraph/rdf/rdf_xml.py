"""Triples in, RDF 1.1 XML Syntax out, or why it cannot hold them.

pyoxigraph's writer is not used: it makes the name of an element of a class that ends in no name, and writes
what XML cannot hold.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from itertools import groupby
from typing import IO, Final, cast

import pyoxigraph as ox

from calcigraph.rdf.formats import FormatUnfit
from calcigraph.rdf.terms import Term
from calcigraph.rdf.vocabulary import RDF, XSD
from calcigraph.rdf.xml_documents import XmlOutput

_FORM: Final = "RDF/XML"
_INSTEAD: Final = "Turtle or N-Triples, which hold everything"
# Namespaces in XML 1.0, production NCName.
_START: Final = (
    r"A-Z_a-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02ff\u0370-\u037d\u037f-\u1fff\u200c\u200d\u2070-\u218f"
    r"\u2c00-\u2fef\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufffd\U00010000-\U000effff"
)
# Words of the syntax that are no names of properties (sections 5.1 and 7.2.14; of RDF 1.2, section 5.1).
_SYNTAX: Final = """
    RDF ID about parseType resource nodeID datatype Description li aboutEach aboutEachPrefix bagID
    annotation annotationNodeID version"""
_RESERVED: Final = frozenset(RDF[name] for name in _SYNTAX.split())
_NO_NAMESPACES: Final = ("http://www.w3.org/2000/xmlns/", "http://www.w3.org/XML/1998/namespace")


@cache  # compiling such large sets takes 20 ms, which no start has to wait for
def _ends_in_name() -> re.Pattern[str]:
    return re.compile(rf"[{_START}][{_START}\-.0-9\u00b7\u0300-\u036f\u203f\u2040]*\Z")


def write_rdf_xml(triples: Iterable[ox.Triple], prefixes: Mapping[str, str], out: IO[bytes]) -> None:
    """Write `triples` in their order, an element for each run of triples with one subject; streams.

    Cost: some 3 microseconds a triple. Raises: FormatUnfit, OSError from `out`.
    """
    checked = cast(IO[bytes], XmlOutput(out, _FORM, _INSTEAD))
    for piece in _pieces(triples, prefixes):
        checked.write(piece.encode())


def _pieces(triples: Iterable[ox.Triple], prefixes: Mapping[str, str]) -> Iterator[str]:
    usable = {prefix: iri for prefix, iri in prefixes.items() if _is_usable(prefix, iri)}
    declared = sorted({**usable, "rdf": RDF.iri}.items())
    names = _ElementNames(dict(declared))
    written = "".join(f' xmlns{":" if prefix else ""}{prefix}="{_escaped(iri)}"' for prefix, iri in declared)
    yield f'<?xml version="1.0" encoding="UTF-8"?>\n<rdf:RDF{written}>\n'
    for subject, run in groupby(triples, key=lambda triple: triple.subject):
        properties = "".join(_property(triple, names) for triple in run)
        yield f"\t<rdf:Description {_reference(subject, 'about')}>\n{properties}\t</rdf:Description>\n"
    yield "</rdf:RDF>\n"


def _is_usable(prefix: str, iri: str) -> bool:
    """Whether a prefix may be declared (Namespaces in XML 1.0, section 3)."""
    is_taken = prefix == "rdf" or prefix.lower().startswith("xml")
    return bool(iri) and not is_taken and iri not in _NO_NAMESPACES


def _property(triple: ox.Triple, names: _ElementNames) -> str:
    name, declaration = names.of(triple.predicate)
    value = triple.object
    if not isinstance(value, ox.Literal):
        return f"\t\t<{name}{declaration} {_reference(value, 'resource')}/>\n"
    if value.direction is not None:
        raise FormatUnfit(_FORM, "the direction of a text", _INSTEAD)
    attribute = ""
    if value.language is not None:
        attribute = f' xml:lang="{value.language}"'
    elif value.datatype != XSD["string"]:
        attribute = f' rdf:datatype="{_escaped(value.datatype.value)}"'
    return f"\t\t<{name}{declaration}{attribute}>{_escaped(value.value)}</{name}>\n"


def _reference(node: Term, attribute: str) -> str:
    if isinstance(node, ox.NamedNode):
        return f'rdf:{attribute}="{_escaped(node.value)}"'
    if isinstance(node, ox.BlankNode):
        # A label may begin with a digit, a name of XML may not.
        mark = "_" if node.value[0] in "_0123456789" else ""
        return f'rdf:nodeID="{mark}{node.value}"'
    raise FormatUnfit(_FORM, "a triple inside a triple", _INSTEAD)


class _ElementNames:
    """The predicates of one document as names of elements."""

    def __init__(self, prefixes: Mapping[str, str]) -> None:
        self._namespaces = sorted(prefixes.items(), key=lambda item: (-len(item[1]), item[0]))
        self._known: dict[ox.NamedNode, tuple[str, str]] = {}

    def of(self, predicate: ox.NamedNode) -> tuple[str, str]:
        """The name, and the declaration that it needs. Raises: FormatUnfit."""
        if predicate not in self._known:
            self._known[predicate] = self._name(predicate)
        return self._known[predicate]

    def _name(self, predicate: ox.NamedNode) -> tuple[str, str]:
        if predicate in _RESERVED:
            raise FormatUnfit(_FORM, f"the predicate <{predicate.value}>, a word of its syntax", _INSTEAD)
        iri = predicate.value
        for prefix, namespace in self._namespaces:
            if iri.startswith(namespace) and _ends_in_name().match(iri, len(namespace)):
                return f"{prefix}:{iri[len(namespace) :]}".removeprefix(":"), ""
        end = _ends_in_name().search(iri)
        if end is None or not end.start() or iri[: end.start()] in _NO_NAMESPACES:
            raise FormatUnfit(_FORM, f"the predicate <{iri}>, which ends in no name", _INSTEAD)
        return end[0], f' xmlns="{_escaped(iri[: end.start()])}"'


def _escaped(text: str) -> str:
    # A third of the time of `str.translate`.
    text = text.replace("&", "&amp;").replace("<", "&lt;")
    return text.replace(">", "&gt;").replace('"', "&quot;")
