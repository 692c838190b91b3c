"""Names of W3C vocabularies as terms: `RDFS["label"]`."""

from __future__ import annotations

from functools import cache

import pyoxigraph as ox


class Namespace:
    """An IRI that terms begin with."""

    def __init__(self, iri: str) -> None:
        self.iri = iri

    @cache  # noqa: B019 - one instance a vocabulary, alive as long as the module
    def __getitem__(self, name: str) -> ox.NamedNode:
        return ox.NamedNode(self.iri + name)


RDF = Namespace("http://www.w3.org/1999/02/22-rdf-syntax-ns#")
RDFS = Namespace("http://www.w3.org/2000/01/rdf-schema#")
OWL = Namespace("http://www.w3.org/2002/07/owl#")
SKOS = Namespace("http://www.w3.org/2004/02/skos/core#")
SH = Namespace("http://www.w3.org/ns/shacl#")
SWRL = Namespace("http://www.w3.org/2003/11/swrl#")
SKOSXL = Namespace("http://www.w3.org/2008/05/skos-xl#")
DCTERMS = Namespace("http://purl.org/dc/terms/")
DC = Namespace("http://purl.org/dc/elements/1.1/")
FOAF = Namespace("http://xmlns.com/foaf/0.1/")
SCHEMA = Namespace("https://schema.org/")
SCHEMA_HTTP = Namespace("http://schema.org/")
"""The same terms in the form that most data have; see https://schema.org/docs/faq.html#19."""
OBO = Namespace("http://purl.obolibrary.org/obo/")
OBO_IN_OWL = Namespace("http://www.geneontology.org/formats/oboInOwl#")
SWRL = Namespace("http://www.w3.org/2003/11/swrl#")
XSD = Namespace("http://www.w3.org/2001/XMLSchema#")
SD = Namespace("http://www.w3.org/ns/sparql-service-description#")
VOID = Namespace("http://rdfs.org/ns/void#")
DCAT = Namespace("http://www.w3.org/ns/dcat#")
SRV = Namespace("https://w3id.org/calcigraph/server#")
SPDX = Namespace("http://spdx.org/rdf/terms#")
PROV = Namespace("http://www.w3.org/ns/prov#")
VOID_EXT = Namespace("http://ldf.fi/void-ext#")
NP = Namespace("http://www.nanopub.org/nschema#")
AS = Namespace("https://www.w3.org/ns/activitystreams#")
OA = Namespace("http://www.w3.org/ns/oa#")
EARL = Namespace("http://www.w3.org/ns/earl#")
ENT = Namespace("http://www.w3.org/ns/entailment/")
