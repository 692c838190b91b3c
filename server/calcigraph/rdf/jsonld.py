"""Quads in, compact JSON-LD 1.1 with its context out. Lexical forms are kept: values stay strings."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

import pyoxigraph as ox

from calcigraph.rdf.prefixes import Prefixes
from calcigraph.rdf.terms import XSD, Term
from calcigraph.rdf.turtle import TYPE

_Node = dict[str, Any]


def context(prefixes: Prefixes) -> dict[str, Any]:
    """The `@context` of a prefix table. JSON-LD has no empty prefix, so that one is left out."""
    return {
        name: {"@id": namespace, "@prefix": True}
        for name, namespace in sorted(prefixes.mapping.items())
        if name
    }


def write_jsonld(quads: Iterable[ox.Quad], prefixes: Prefixes) -> str:
    """One JSON-LD document, a node object a subject, in order of the identifiers. Ends in a line break."""
    graphs: dict[object, list[ox.Quad]] = defaultdict(list)
    unique = set(quads)
    for quad in unique:
        graphs[quad.graph_name].append(quad)
    table = _usable(prefixes, unique)
    document: list[_Node] = []
    for name in sorted(graphs, key=str):
        nodes = _nodes(graphs[name], table)
        if isinstance(name, ox.DefaultGraph):
            document += nodes
        else:
            assert isinstance(name, ox.NamedNode | ox.BlankNode)
            document.append({"@id": _identifier(name, table), "@graph": nodes})
    text = json.dumps({"@context": context(table), "@graph": document}, ensure_ascii=False, indent=2)
    return text + "\n"


def _usable(prefixes: Prefixes, quads: set[ox.Quad]) -> Prefixes:
    """The table without the prefixes that a reader would take for the scheme of a whole IRI (`urn:`)."""
    names = {
        term.value.partition(":")[0]
        for quad in quads
        for term in (quad.subject, quad.predicate, quad.object, quad.graph_name)
        if isinstance(term, ox.NamedNode)
    }
    return Prefixes({p: n for p, n in prefixes.mapping.items() if p and p not in names})


def _nodes(quads: list[ox.Quad], prefixes: Prefixes) -> list[_Node]:
    about: dict[Term, dict[str, list[Any]]] = defaultdict(lambda: defaultdict(list))
    for quad in quads:
        is_type = quad.predicate == TYPE and isinstance(quad.object, ox.NamedNode | ox.BlankNode)
        key = "@type" if is_type else _identifier(quad.predicate, prefixes)
        value = _identifier(quad.object, prefixes) if is_type else _value(quad.object, prefixes)
        about[quad.subject][key].append(value)
    nodes: list[_Node] = []
    for subject in sorted(about, key=str):
        node: _Node = {"@id": _identifier(subject, prefixes)}
        for key in sorted(about[subject]):
            values = sorted(about[subject][key], key=lambda value: json.dumps(value, sort_keys=True))
            node[key] = values[0] if len(values) == 1 else values
        nodes.append(node)
    return nodes


def _identifier(term: Term, prefixes: Prefixes) -> str:
    if isinstance(term, ox.NamedNode):
        short = prefixes.shrink(term)
        return term.value if short.startswith("<") else short
    return str(term)


def _value(term: Term, prefixes: Prefixes) -> Any:
    if not isinstance(term, ox.Literal):
        return {"@id": _identifier(term, prefixes)}
    if term.language:
        value = {"@value": term.value, "@language": term.language}
        return value | ({"@direction": term.direction.value} if term.direction else {})
    if term.datatype.value == XSD + "string":
        return term.value
    return {"@value": term.value, "@type": _identifier(term.datatype, prefixes)}
