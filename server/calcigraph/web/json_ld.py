"""Triples and prefixes in, compact JSON-LD 1.1 out, with its context inside.

The context is not referred to but included: readers that refuse remote contexts (pyoxigraph for
one) can read it, and a page that carries it needs no second request. Values keep their lexical
form, so numbers stay strings with a datatype.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

import pyoxigraph as ox

from calcigraph.describe.vocabulary import RDF, XSD
from calcigraph.rdf.prefixes import Prefixes

COMPACTED = "http://www.w3.org/ns/json-ld#compacted"
_GENERIC_DELIMITERS = ":/?#[]@"
_STRING = XSD["string"]

Json = dict[str, Any]


def write_json_ld(triples: Iterable[ox.Triple], prefixes: Prefixes) -> bytes:
    """One object with `@context` and `@graph`, the nodes in order of their names.

    Blank nodes are nodes of the graph like others. Raises: ValueError for a triple term, which
    JSON-LD 1.1 cannot hold.
    """
    names = Prefixes({p: iri for p, iri in prefixes.mapping.items() if p and "." not in p})
    nodes: dict[str, Json] = {}
    for triple in sorted(set(triples), key=str):
        node = nodes.setdefault(_name(triple.subject, names), {"@id": _name(triple.subject, names)})
        if triple.predicate == RDF["type"] and not isinstance(triple.object, ox.Literal):
            node.setdefault("@type", []).append(_name(triple.object, names))
        else:
            node.setdefault(_name(triple.predicate, names), []).append(_value(triple.object, names))
    graph = [{key: _single(value) for key, value in nodes[name].items()} for name in sorted(nodes)]
    return json.dumps({"@context": _context(names), "@graph": graph}, ensure_ascii=False).encode()


def _context(names: Prefixes) -> Json:
    """Prefixes as terms; one that ends in no delimiter has to say that it is a prefix (section 4.1.5)."""
    return {
        prefix: iri if iri.endswith(tuple(_GENERIC_DELIMITERS)) else {"@id": iri, "@prefix": True}
        for prefix, iri in sorted(names.mapping.items())
    }


def _name(term: ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple, names: Prefixes) -> str:
    if isinstance(term, ox.BlankNode):
        return str(term)
    if not isinstance(term, ox.NamedNode):
        raise ValueError("no name in JSON-LD 1.1")
    short = names.shrink(term)
    return short.removeprefix("<").removesuffix(">")


def _value(term: ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple, names: Prefixes) -> Json | str:
    if not isinstance(term, ox.Literal):
        return {"@id": _name(term, names)}
    if term.language:
        return {"@value": term.value, "@language": term.language}
    if term.datatype == _STRING:
        return term.value
    return {"@value": term.value, "@type": _name(term.datatype, names)}


def _single(value: Any) -> Any:
    return value[0] if isinstance(value, list) and len(value) == 1 else value
