"""A site in, its SPARQL 1.1 Service Description out.

See https://www.w3.org/TR/sparql11-service-description/.
"""

from __future__ import annotations

from collections.abc import Iterator

import pyoxigraph as ox

from calcigraph.rdf.formats import GRAPHS, RESULTS
from calcigraph.rdf.vocabulary import ENT, RDF, SD, SRV, VOID, XSD
from calcigraph.web.protocol.negotiation import Offer
from calcigraph.web.representations import graph_format, write_graph
from calcigraph.web.site import Site

_PROFILE_RL = ox.NamedNode("http://www.w3.org/ns/owl-profile/RL")


def write(site: Site, chosen: Offer) -> bytes:
    """The description in the chosen format."""
    quads = [ox.Quad(t.subject, t.predicate, t.object) for t in triples(site)]
    prefixes = site.edition.root.prefixes
    return write_graph(quads, graph_format(chosen), prefixes)


def triples(site: Site) -> Iterator[ox.Triple]:
    """What the service is, what it can do, and which graphs it holds."""
    service = ox.NamedNode(site.absolute("/sparql"))
    dataset = site.described
    yield ox.Triple(service, RDF["type"], SD["Service"])
    yield ox.Triple(service, SD["endpoint"], service)
    yield ox.Triple(service, SD["supportedLanguage"], SD["SPARQL11Query"])
    for form in (*RESULTS, *GRAPHS):
        name = ox.NamedNode(f"http://www.w3.org/ns/formats/{form.w3c}")
        yield ox.Triple(service, SD["resultFormat"], name)
    if site.settings.default_graph == "union":
        yield ox.Triple(service, SD["feature"], SD["UnionDefaultGraph"])
    if site.settings.allow_service:
        yield ox.Triple(service, SD["feature"], SD["BasicFederatedQuery"])
    # A feature that extends the language and is used by naming the property.
    yield ox.Triple(service, SD["propertyFeature"], SRV["search"])
    yield ox.Triple(SRV["search"], RDF["type"], SD["Feature"])
    yield ox.Triple(service, SD["defaultEntailmentRegime"], _regime(site))
    if _reasons(site):
        yield ox.Triple(service, SD["defaultSupportedEntailmentProfile"], _PROFILE_RL)
    yield ox.Triple(service, SD["defaultDataset"], dataset)
    yield from _dataset(site, dataset)


def _dataset(site: Site, dataset: ox.NamedNode) -> Iterator[ox.Triple]:
    """The default dataset: the default graph, and each named graph with its size and regime."""
    yield ox.Triple(dataset, RDF["type"], SD["Dataset"])
    yield ox.Triple(dataset, RDF["type"], VOID["Dataset"])
    yield ox.Triple(dataset, VOID["sparqlEndpoint"], ox.NamedNode(site.absolute("/sparql")))
    union = site.settings.default_graph == "union"
    # Labels that are the same each time: the bytes have a strong entity tag.
    default = ox.BlankNode("default")
    yield ox.Triple(dataset, SD["defaultGraph"], default)
    yield ox.Triple(default, RDF["type"], SD["Graph"])
    yield ox.Triple(default, VOID["triples"], _count(site.visible))
    yield ox.Triple(default, SD["entailmentRegime"], _regime(site) if union else ENT["Simple"])
    counts = sorted(site.statistics.graphs.items(), key=lambda item: item[0].value)
    for number, (name, size) in enumerate(counts):
        named, graph = ox.BlankNode(f"named{number}"), ox.BlankNode(f"graph{number}")
        yield ox.Triple(dataset, SD["namedGraph"], named)
        yield ox.Triple(named, RDF["type"], SD["NamedGraph"])
        yield ox.Triple(named, SD["name"], name)
        yield ox.Triple(named, SD["entailmentRegime"], ENT["Simple"])
        yield ox.Triple(named, SD["graph"], graph)
        yield ox.Triple(graph, RDF["type"], SD["Graph"])
        yield ox.Triple(graph, VOID["triples"], _count(size))


def _reasons(site: Site) -> bool:
    return site.settings.reasoner != "none"


def _regime(site: Site) -> ox.NamedNode:
    return ENT["OWL-RDF-Based"] if _reasons(site) else ENT["Simple"]


def _count(number: int) -> ox.Literal:
    return ox.Literal(str(number), datatype=XSD["integer"])
