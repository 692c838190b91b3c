"""A shape and a constraint component in, what to say of its results where the shape has no message out.

SHACL leaves the words to the validator (section 3.6.2.6); so they are the same whichever engine judged.
"""

from __future__ import annotations

from typing import Final

import pyoxigraph as ox

from calcigraph.rdf.prefixes import Prefixes
from calcigraph.rdf.terms import Term, show_term
from calcigraph.rdf.vocabulary import OWL, RDF, RDFS, SH, SKOS, XSD
from calcigraph.validation.shapes_graph import LIST_OF_SHAPES, ShapesGraph

_SHORT: Final = Prefixes(
    {"sh": SH.iri, "xsd": XSD.iri, "rdf": RDF.iri, "rdfs": RDFS.iri, "owl": OWL.iri, "skos": SKOS.iri}
)
_LISTS: Final = frozenset({SH["in"], SH["languageIn"], SH["ignoredProperties"]})
# The words of each component of SHACL Core (section 4); {} stands for the values of its parameter.
_WORDS: Final = {
    "class": "A value has to be an instance of {}.",
    "datatype": "A value has to be a well-typed literal of {}.",
    "nodeKind": "A value has to be of the kind {}.",
    "minCount": "There have to be at least {} values.",
    "maxCount": "There may be at most {} values.",
    "minExclusive": "A value has to be greater than {}.",
    "minInclusive": "A value has to be {} or greater.",
    "maxExclusive": "A value has to be less than {}.",
    "maxInclusive": "A value has to be {} or less.",
    "minLength": "A value has to have at least {} characters.",
    "maxLength": "A value may have at most {} characters.",
    "pattern": "A value has to match the regular expression {}.",
    "languageIn": "A value has to be a text in one of the languages {}.",
    "uniqueLang": "There may be one value in each language.",
    "equals": "The values have to be those of {}.",
    "disjoint": "No value may be one of {}.",
    "lessThan": "A value has to be less than each of {}.",
    "lessThanOrEquals": "A value may not be greater than any of {}.",
    "not": "A value may not conform to {}.",
    "and": "A value has to conform to each of the shapes of sh:and.",
    "or": "A value has to conform to one of the shapes of sh:or.",
    "xone": "A value has to conform to exactly one of the shapes of sh:xone.",
    "node": "A value has to conform to {}.",
    "qualifiedMinCount": "There have to be at least {} values that conform to the qualified shape.",
    "qualifiedMaxCount": "There may be at most {} values that conform to the qualified shape.",
    "closed": "The node may have no other properties than those of its shape.",
    "hasValue": "{} has to be among the values.",
    "in": "A value has to be one of {}.",
    "sparql": "The query of the shape finds the node.",
}


def default_message(graph: ShapesGraph, shape: Term, component: ox.NamedNode) -> tuple[ox.Literal, ...]:
    """What to say of a result of a core component; nothing of another one. The words are English."""
    name = component.value.removeprefix(SH.iri).removesuffix("ConstraintComponent")
    parameter = "sparql" if name == "SPARQL" else name[:1].lower() + name[1:]
    words = _WORDS.get(parameter)
    if words is None or not component.value.startswith(SH.iri):
        return ()
    return (ox.Literal(words.replace("{}", _values(graph, shape, SH[parameter])), language="en"),)


def _values(graph: ShapesGraph, shape: Term, parameter: ox.NamedNode) -> str:
    values = graph.objects(shape, parameter)
    if parameter in _LISTS:
        values = [member for value in values for member in graph.members(value) or ()]
    elif parameter in LIST_OF_SHAPES:
        return ""
    shown = ["a shape without a name" if isinstance(v, ox.BlankNode) else _shown(v) for v in values]
    return ", ".join(sorted(shown))


def _shown(term: Term) -> str:
    if isinstance(term, ox.Literal) and term.datatype.value.startswith(XSD.iri) and not term.language:
        return term.value if term.datatype != XSD["string"] else f'"{term.value}"'
    return show_term(term, _SHORT)
