"""A property path of a shapes graph in, why it is none out (SHACL section 2.3.1)."""

from __future__ import annotations

from typing import Final

import pyoxigraph as ox

from calcigraph.rdf.terms import Term
from calcigraph.rdf.vocabulary import RDF, SH
from calcigraph.validation.shapes_graph import ShapesGraph

_OF_ONE: Final = tuple(SH[n] for n in ("inversePath", "zeroOrMorePath", "zeroOrOnePath", "oneOrMorePath"))
_FIRST: Final = RDF["first"]
# Of a node with two of these, the first counts, as the W3C's tests have it (path-strange-001 and -002).
FORMS: Final = (_FIRST, _OF_ONE[0], SH["alternativePath"], *_OF_ONE[1:])


def path_flaw(graph: ShapesGraph, path: Term, above: tuple[Term, ...] = ()) -> str | None:
    """What is wrong with a path, as words that go on after "Its path"; None of a well-formed one."""
    if isinstance(path, ox.NamedNode):
        return None
    if not isinstance(path, ox.BlankNode):
        return f"has {path} where a property or a path is to stand"
    if path in above:
        return "leads back to itself"
    forms = [form for form in FORMS if graph.objects(path, form)]
    if not forms:
        return "has a node that is no path: it has none of the properties that make one"
    form, values = forms[0], graph.objects(path, forms[0])
    if len(values) > 1:
        return f"has a node with {len(values)} values of one property"
    if form in _OF_ONE:
        return path_flaw(graph, values[0], (*above, path))
    members = graph.members(path if form == _FIRST else values[0])
    if not members:
        return "has a list that is malformed, empty, or leads back to itself"
    found = (path_flaw(graph, member, (*above, path)) for member in members)
    return next((flaw for flaw in found if flaw is not None), None)
