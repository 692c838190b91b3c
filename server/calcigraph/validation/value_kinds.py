"""A value of a property of shapes in, whether it is of the kind that SHACL asks for out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import pyoxigraph as ox

from calcigraph.rdf.lexical_spaces import ill_typed
from calcigraph.rdf.terms import Term
from calcigraph.rdf.vocabulary import XSD
from calcigraph.validation.shapes_graph import ShapesGraph
from calcigraph.validation.vocabulary import NODE_KINDS

Test = Callable[[ShapesGraph, Term], bool]


def _is_iri(_graph: ShapesGraph, value: Term) -> bool:
    return isinstance(value, ox.NamedNode)


def _is_literal(_graph: ShapesGraph, value: Term) -> bool:
    return isinstance(value, ox.Literal)


def _is_node(_graph: ShapesGraph, value: Term) -> bool:
    return isinstance(value, ox.NamedNode | ox.BlankNode)


def _is_string(_graph: ShapesGraph, value: Term) -> bool:
    return isinstance(value, ox.Literal) and value.datatype == XSD["string"]


def _is_text(_graph: ShapesGraph, value: Term) -> bool:
    return isinstance(value, ox.Literal) and (value.language is not None or value.datatype == XSD["string"])


def _is_boolean(_graph: ShapesGraph, value: Term) -> bool:
    return isinstance(value, ox.Literal) and value.datatype == XSD["boolean"] and not ill_typed(value)


def _is_count(_graph: ShapesGraph, value: Term) -> bool:
    return isinstance(value, ox.Literal) and value.datatype == XSD["integer"] and not ill_typed(value)


def _list_of(test: Test) -> Test:
    def is_list(graph: ShapesGraph, value: Term) -> bool:
        members = graph.members(value) if not isinstance(value, ox.Literal) else None
        return members is not None and all(test(graph, member) for member in members)

    return is_list


KINDS: Final[dict[str, Test]] = {
    "anything": lambda _graph, _value: True,
    "an IRI": _is_iri,
    "an IRI or a literal": lambda _graph, value: not isinstance(value, ox.BlankNode),
    "a literal": _is_literal,
    "a text": _is_text,
    "a string": _is_string,
    "true or false": _is_boolean,
    "a whole number": _is_count,
    "a kind of node": lambda _graph, value: value in NODE_KINDS,
    "a list": _list_of(lambda _graph, _value: True),
    "a list of strings": _list_of(_is_string),
    "a list of IRIs": _list_of(_is_iri),
    "a list of shapes": _list_of(_is_node),
    "a shape": _is_node,
    "a node shape": _is_node,
    "a property shape": _is_node,
    "a constraint": _is_node,
    "a path": _is_node,
}
