"""Quads or triples in, JSON-LD 1.1 out: compact, with its context inside, or expanded.

The context is not referred to but included: readers that refuse remote contexts (pyoxigraph for one) can
read it, and a page that carries it needs no second request. Values keep their lexical form, so numbers stay
strings with a datatype.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import Any

import pyoxigraph as ox

from calcigraph.rdf.formats import FormatUnfit
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

    Raises: FormatUnfit for a triple term.
    """
    ordered = sorted(set(quads), key=str)
    names = _usable(prefixes, ordered)
    document = {"@context": context(names), "@graph": _document(ordered, names)}
    return json.dumps(document, ensure_ascii=False).encode()


def write_expanded(quads: Iterable[ox.Quad]) -> bytes:
    """The same nodes as a list in expanded form (JSON-LD 1.1, section 4.3), which is flattened as well
    (section 5.3): each node stands there once. Raises: FormatUnfit for a triple term."""
    return json.dumps(_document(sorted(set(quads), key=str), None), ensure_ascii=False).encode()


def stream_jsonld(triples: Iterable[ox.Triple], prefixes: Prefixes | None) -> Iterator[bytes]:
    """The pieces of a document with all `triples`, compact with `prefixes` or, without them, expanded: a node
    for each run of triples with one subject. Cost: some 5 microseconds a triple, and the memory of the
    longest run. Raises: FormatUnfit for a triple term."""
    if prefixes is None:
        yield b"["
    else:
        prefixes = _usable(prefixes, ())
        yield f'{{"@context": {json.dumps(context(prefixes), ensure_ascii=False)}, "@graph": ['.encode()
    mark = ""
    for _, run in groupby(triples, key=lambda triple: triple.subject):
        written = json.dumps(_run(list(run), prefixes), ensure_ascii=False)
        yield f"{mark}{written}".encode()
        mark = ",\n"
    yield b"]" if prefixes is None else b"]}"


def _run(triples: Sequence[ox.Triple], prefixes: Prefixes | None) -> Json:
    """One node. Where a prefix of the document is the scheme of one of its IRIs, the node does without."""
    names = None if prefixes is None else _usable(prefixes, triples)
    (node,) = _node_objects(_nodes(triples, names), names)
    if prefixes is None or names is None or len(names.mapping) == len(prefixes.mapping):
        return node
    return {"@context": dict.fromkeys(prefixes.mapping.keys() - names.mapping.keys())} | node


def _document(quads: Iterable[ox.Quad], names: Prefixes | None) -> list[Json]:
    graphs: dict[ox.NamedNode | ox.BlankNode | ox.DefaultGraph, list[ox.Triple]] = {}
    for quad in quads:
        graphs.setdefault(quad.graph_name, []).append(quad.triple)
    document = _node_objects(_nodes(graphs.pop(ox.DefaultGraph(), []), names), names)
    for name in sorted(graphs, key=str):
        assert not isinstance(name, ox.DefaultGraph)
        inside = _node_objects(_nodes(graphs[name], names), names)
        document.append({"@id": _name(name, names), "@graph": inside})
    return document


def _nodes(triples: Iterable[ox.Triple], names: Prefixes | None) -> dict[str, dict[str, list[Any]]]:
    """The properties of each node, with lists of values."""
    nodes: dict[str, dict[str, list[Any]]] = {}
    for triple in triples:
        node = nodes.setdefault(_name(triple.subject, names), {})
        if triple.predicate == TYPE and not isinstance(triple.object, ox.Literal):
            node.setdefault("@type", []).append(_name(triple.object, names))
        else:
            node.setdefault(_name(triple.predicate, names), []).append(_value(triple.object, names))
    return nodes


def _node_objects(nodes: dict[str, dict[str, list[Any]]], names: Prefixes | None) -> list[Json]:
    """The nodes in order; in compact form a value that is alone stands without a list."""
    is_compact = names is not None
    return [
        {"@id": name}
        | {
            key: values[0] if is_compact and len(values) == 1 else values
            for key, values in nodes[name].items()
        }
        for name in sorted(nodes)
    ]


def _usable(prefixes: Prefixes, statements: Iterable[ox.Triple | ox.Quad]) -> Prefixes:
    """The table without the prefixes that a reader would take for the scheme of a whole IRI (`urn:`)."""
    schemes = {
        term.value.partition(":")[0]
        for statement in statements
        for term in (*_terms(statement), getattr(statement, "graph_name", None))
        if isinstance(term, ox.NamedNode)
    }
    return Prefixes({p: n for p, n in prefixes.mapping.items() if p and "." not in p and p not in schemes})


def _terms(statement: ox.Triple | ox.Quad) -> Iterator[Term]:
    for term in (statement.subject, statement.predicate, statement.object):
        yield term
        if isinstance(term, ox.Literal):
            yield term.datatype


def _name(term: Term, names: Prefixes | None) -> str:
    if isinstance(term, ox.BlankNode):
        return str(term)
    if not isinstance(term, ox.NamedNode):
        raise FormatUnfit("JSON-LD 1.1", "a triple inside a triple")
    if names is None:
        return term.value
    short = names.shrink(term)
    # A prefix alone is no compact IRI (JSON-LD 1.1 API, section 6.2.2).
    return term.value if short.startswith("<") or short.endswith(":") else short


def _value(term: Term, names: Prefixes | None) -> Json | str:
    if not isinstance(term, ox.Literal):
        return {"@id": _name(term, names)}
    if term.language:
        value = {"@value": term.value, "@language": term.language}
        return value | ({"@direction": term.direction.value} if term.direction else {})
    if term.datatype == XSD["string"]:
        return term.value if names is not None else {"@value": term.value}
    return {"@value": term.value, "@type": _name(term.datatype, names)}
