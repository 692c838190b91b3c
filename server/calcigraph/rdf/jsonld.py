"""Quads in, compact JSON-LD 1.1 out, with its context inside.

The context is not referred to but included: readers that refuse remote contexts (pyoxigraph for one) can
read it, and a page that carries it needs no second request. Values keep their lexical form, so numbers stay
strings with a datatype.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

import pyoxigraph as ox

from calcigraph.rdf.prefixes import Prefixes
from calcigraph.rdf.terms import Term
from calcigraph.rdf.turtle import TYPE
from calcigraph.rdf.vocabulary import XSD

_GENERIC_DELIMITERS = tuple(":/?#[]@")  # RFC 3986, section 2.2
Json = dict[str, Any]


def context(prefixes: Prefixes) -> Json:
    """The `@context` of a prefix table: prefixes as terms.

    One whose IRI ends in no delimiter has to say that it is a prefix (JSON-LD 1.1, section 4.1.5). JSON-LD
    has no empty prefix, and some readers take none with a dot, so these are left out.
    """
    return {
        name: iri if iri.endswith(_GENERIC_DELIMITERS) else {"@id": iri, "@prefix": True}
        for name, iri in sorted(prefixes.mapping.items())
        if name and "." not in name
    }


def write_jsonld(quads: Iterable[ox.Quad], prefixes: Prefixes) -> bytes:
    """One object with `@context` and `@graph`: the nodes of the default graph, then the named graphs, each in
    order of their names. Blank nodes are nodes like others; each quad is written once.

    Raises: ValueError for a triple term, which JSON-LD 1.1 cannot hold.
    """
    ordered = sorted(set(quads), key=str)
    names = _usable(prefixes, ordered)
    graphs: dict[object, dict[str, Json]] = {}
    for quad in ordered:
        nodes = graphs.setdefault(quad.graph_name, {})
        subject = _name(quad.subject, names)
        node = nodes.setdefault(subject, {"@id": subject})
        if quad.predicate == TYPE and not isinstance(quad.object, ox.Literal):
            node.setdefault("@type", []).append(_name(quad.object, names))
        else:
            node.setdefault(_name(quad.predicate, names), []).append(_value(quad.object, names))
    document = _node_objects(graphs.pop(ox.DefaultGraph(), {}))
    for name in sorted(graphs, key=str):
        assert isinstance(name, ox.NamedNode | ox.BlankNode)
        document.append({"@id": _name(name, names), "@graph": _node_objects(graphs[name])})
    return json.dumps({"@context": context(names), "@graph": document}, ensure_ascii=False).encode()


def _usable(prefixes: Prefixes, quads: Iterable[ox.Quad]) -> Prefixes:
    """The table without the prefixes that a reader would take for the scheme of a whole IRI (`urn:`)."""
    schemes = {
        term.value.partition(":")[0]
        for quad in quads
        for term in (quad.subject, quad.predicate, quad.object, quad.graph_name)
        if isinstance(term, ox.NamedNode)
    }
    return Prefixes({p: n for p, n in prefixes.mapping.items() if p and "." not in p and p not in schemes})


def _node_objects(nodes: dict[str, Json]) -> list[Json]:
    return [{key: _single(value) for key, value in nodes[name].items()} for name in sorted(nodes)]


def _name(term: Term, names: Prefixes) -> str:
    if isinstance(term, ox.BlankNode):
        return str(term)
    if not isinstance(term, ox.NamedNode):
        raise ValueError("JSON-LD 1.1 has no name for it")
    short = names.shrink(term)
    # A prefix alone is no compact IRI (JSON-LD 1.1 API, section 6.2.2).
    return term.value if short.startswith("<") or short.endswith(":") else short


def _value(term: Term, names: Prefixes) -> Json | str:
    if not isinstance(term, ox.Literal):
        return {"@id": _name(term, names)}
    if term.language:
        value = {"@value": term.value, "@language": term.language}
        return value | ({"@direction": term.direction.value} if term.direction else {})
    if term.datatype == XSD["string"]:
        return term.value
    return {"@value": term.value, "@type": _name(term.datatype, names)}


def _single(value: Any) -> Any:
    return value[0] if isinstance(value, list) and len(value) == 1 else value
