"""The W3C terms that the OWL 2 RL rules speak of, as names and as the fixed ids of every `TermNumbers`.

In: nothing. Out: `NAMES` (CURIE to id), `VOCABULARY` (id to term), and the ids of the few terms
that the engine treats by name.
"""

from __future__ import annotations

from typing import Final

import pyoxigraph as ox

from calcigraph.rdf.vocabulary import OWL, RDF, RDFS, XSD

NAMESPACES: Final = {
    "rdf": RDF.iri,
    "rdfs": RDFS.iri,
    "owl": OWL.iri,
    "xsd": XSD.iri,
}

_LOCAL_NAMES: Final = {
    "rdf": "type first rest nil List Property XMLLiteral PlainLiteral langString HTML",
    "rdfs": "subClassOf subPropertyOf domain range label comment seeAlso isDefinedBy"
    " Literal Resource Datatype Class",
    "owl": "sameAs differentFrom Thing Nothing Class Ontology Restriction ObjectProperty DatatypeProperty"
    " AnnotationProperty OntologyProperty NamedIndividual FunctionalProperty"
    " InverseFunctionalProperty IrreflexiveProperty ReflexiveProperty SymmetricProperty"
    " AsymmetricProperty TransitiveProperty equivalentClass equivalentProperty disjointWith"
    " propertyDisjointWith complementOf inverseOf onProperty onClass onDataRange someValuesFrom"
    " allValuesFrom hasValue hasSelf intersectionOf unionOf oneOf disjointUnionOf hasKey"
    " propertyChainAxiom maxCardinality minCardinality cardinality maxQualifiedCardinality"
    " minQualifiedCardinality qualifiedCardinality members distinctMembers AllDifferent"
    " AllDisjointClasses AllDisjointProperties NegativePropertyAssertion sourceIndividual"
    " assertionProperty targetIndividual targetValue onDatatype withRestrictions"
    " topObjectProperty bottomObjectProperty topDataProperty bottomDataProperty deprecated"
    " versionInfo priorVersion backwardCompatibleWith incompatibleWith imports versionIRI real"
    " rational",
    "xsd": "string normalizedString token language NMTOKEN Name NCName boolean decimal integer"
    " nonNegativeInteger nonPositiveInteger positiveInteger negativeInteger long int short byte"
    " unsignedLong unsignedInt unsignedShort unsignedByte float double hexBinary base64Binary"
    " anyURI dateTime dateTimeStamp",
}

_CURIES: Final = tuple(f"{prefix}:{name}" for prefix, names in _LOCAL_NAMES.items() for name in names.split())


def expand(curie: str) -> str:
    """The IRI of a CURIE in one of the four W3C namespaces."""
    prefix, _, name = curie.partition(":")
    return NAMESPACES[prefix] + name


NAMES: Final[dict[str, int]] = {curie: index for index, curie in enumerate(_CURIES)}

VOCABULARY: Final[tuple[ox.NamedNode, ...]] = tuple(ox.NamedNode(expand(curie)) for curie in _CURIES)

TYPE: Final = NAMES["rdf:type"]

FIRST: Final = NAMES["rdf:first"]

REST: Final = NAMES["rdf:rest"]

NIL: Final = NAMES["rdf:nil"]

SAME_AS: Final = NAMES["owl:sameAs"]

DIFFERENT_FROM: Final = NAMES["owl:differentFrom"]

THING: Final = NAMES["owl:Thing"]

NOTHING: Final = NAMES["owl:Nothing"]

RESOURCE: Final = NAMES["rdfs:Resource"]

SUB_CLASS_OF: Final = NAMES["rdfs:subClassOf"]

SUB_PROPERTY_OF: Final = NAMES["rdfs:subPropertyOf"]

EQUIVALENT_CLASS: Final = NAMES["owl:equivalentClass"]

EQUIVALENT_PROPERTY: Final = NAMES["owl:equivalentProperty"]

DOMAIN: Final = NAMES["rdfs:domain"]

RANGE: Final = NAMES["rdfs:range"]

DATATYPE: Final = NAMES["rdfs:Datatype"]

CLASS: Final = NAMES["owl:Class"]

DATATYPES: Final[tuple[str, ...]] = (
    "rdf:PlainLiteral",
    "rdf:XMLLiteral",
    "rdfs:Literal",
    *(curie for curie in _CURIES if curie.startswith("xsd:")),
)
"""The datatypes of OWL 2 RL (OWL 2 Profiles, section 4.2)."""
