"""Descriptions of the dataset for machines: VoID, DCAT, schema.org, the JSON-LD context."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import pyoxigraph as ox
from flask import Blueprint, Response, jsonify

from calcigraph import metadata
from calcigraph.rdf.formats import by_name
from calcigraph.rdf.jsonld import context as context_of
from calcigraph.rdf.vocabulary import DCAT, DCTERMS, FOAF, PROV, RDF, SCHEMA, SPDX, VOID, XSD
from calcigraph.store import MetadataContent
from calcigraph.web import downloads
from calcigraph.web.document_responses import document_response
from calcigraph.web.protocol import suffixes
from calcigraph.web.protocol.caching import validated
from calcigraph.web.protocol.negotiation import Offer
from calcigraph.web.protocol.requested_format import requested
from calcigraph.web.representations import GRAPH_OFFERS, graph_format, write_graph
from calcigraph.web.site import Site, current_site

# What a catalogue may say of its dataset, and is said again where the dataset is described over HTTP.
_SAID = (
    *(DCTERMS[name] for name in ("title", "description", "license", "creator", "publisher", "issued")),
    *(DCTERMS["modified"], DCAT["keyword"]),
)
_OF_CATALOGUE = tuple(DCTERMS[name] for name in ("title", "description", "license", "publisher"))
_AGENT = FOAF["Agent"]
_RANGES = {
    DCTERMS["publisher"]: _AGENT,
    DCTERMS["creator"]: _AGENT,
    DCTERMS["license"]: DCTERMS["LicenseDocument"],
    DCAT["mediaType"]: DCTERMS["MediaType"],
    DCAT["compressFormat"]: DCTERMS["MediaType"],
    DCAT["landingPage"]: FOAF["Document"],
    SPDX["algorithm"]: SPDX["ChecksumAlgorithm"],
}
_VOID, _CATALOG = "/.well-known/void", "/catalog"
blueprint = Blueprint("discovery", __name__)


@blueprint.get(_VOID)
def void() -> Response:
    """The VoID description, with class and property partitions: what a query finds too, and where it is."""
    return _varying(_void(requested(GRAPH_OFFERS)))


@blueprint.get(f"{_VOID}.<suffix>")
def void_document(suffix: str) -> Response:
    """The VoID description in one format."""
    return _void(suffixes.fixed(suffix, GRAPH_OFFERS))


@blueprint.get(_CATALOG)
def catalog() -> Response:
    """The DCAT 3 description of the dataset and its distributions."""
    return _varying(_catalog(requested(GRAPH_OFFERS)))


@blueprint.get(f"{_CATALOG}.<suffix>")
def catalog_document(suffix: str) -> Response:
    """The DCAT 3 description in one format."""
    return _catalog(suffixes.fixed(suffix, GRAPH_OFFERS))


@blueprint.get("/context.jsonld")
def context() -> Response:
    """The root's prefixes as a JSON-LD context: the whole of which each document carries its part."""
    site = current_site()
    response = jsonify({"@context": context_of(site.edition.root.prefixes)})
    response.content_type = "application/ld+json"
    return validated(response, site, "context")


def schema_org(site: Site) -> dict[str, object]:
    """The dataset in schema.org's words, for search engines.

    See https://developers.google.com/search/docs/appearance/structured-data/dataset.
    """
    said = site.about
    described = {
        "@context": SCHEMA.iri,
        "@type": "Dataset",
        "@id": site.citable.value,
        "identifier": site.citable.value,
        "url": site.absolute("/"),
        "name": said.title.value,
        "description": said.description.value if said.description else said.title.value,
        "version": site.version,
        "license": [node.value for node in said.licences],
        "isAccessibleForFree": True,
        "creator": [_organisation(site, node) for node in _objects(site, DCTERMS["creator"])],
        "keywords": [text.value for text in _objects(site, DCAT["keyword"]) if isinstance(text, ox.Literal)],
        "datePublished": _date(site, "issued"),
        "dateModified": _date(site, "modified"),
        "distribution": [_download(site, key, path) for key, path in downloads.PATHS.items()],
    }
    return {name: value for name, value in described.items() if value not in (None, [], "")}


def _download(site: Site, key: str, path: str) -> dict[str, str]:
    media_type = by_name("graph", key).media_type
    return {"@type": "DataDownload", "contentUrl": site.absolute(path), "encodingFormat": media_type}


def _organisation(site: Site, node: object) -> dict[str, str]:
    if not isinstance(node, ox.NamedNode):
        return {"@type": "Organization", "name": getattr(node, "value", "")}
    name = site.edition.labels.of(node).value
    return {"@type": "Organization", "@id": node.value, "url": node.value, "name": name}


def _date(site: Site, name: str) -> str | None:
    found = [text.value for text in _objects(site, DCTERMS[name]) if isinstance(text, ox.Literal)]
    return max(found, default=None)


def _objects(site: Site, predicate: ox.NamedNode) -> list[object]:
    return [*site.edition.objects(site.citable, predicate)]


def _void(chosen: Offer) -> Response:
    """VoID sections 2 and 4.5, as the metadata graph has it; and the addresses of this server."""
    site = current_site()
    response = _response(site, _VOID, chosen)
    addresses = ox.serialize(_addresses(site), format=ox.RdfFormat.N_TRIPLES) or b""
    content = MetadataContent(chosen.name, addresses.decode())
    size = site.edition.graphs.get(metadata.graph_node(site.edition.root), 0)
    return document_response(response, site, f"void.{chosen.name}", content, size)


def _addresses(site: Site) -> Iterator[ox.Triple]:
    """Where the dataset is; and how large, where a root without a namespace has no graph that says it."""
    node = site.described
    if not site.edition.root.is_named:
        yield ox.Triple(node, RDF["type"], VOID["Dataset"])
        yield ox.Triple(node, VOID["triples"], ox.Literal(str(site.visible), datatype=XSD["integer"]))
    yield ox.Triple(node, VOID["sparqlEndpoint"], ox.NamedNode(site.absolute("/sparql")))
    for path in downloads.PATHS.values():
        yield ox.Triple(node, VOID["dataDump"], ox.NamedNode(site.absolute(path)))


def _dcat(site: Site) -> Iterator[ox.Triple]:
    """The catalogue, with the classes of what it leads to: readers of one document look for them there
    (DCAT-AP 3 checks the range of each property)."""
    said = list(_catalogue(site))
    yield from said
    for triple in said:
        if triple.predicate in _RANGES and isinstance(triple.object, ox.NamedNode):
            yield ox.Triple(triple.object, RDF["type"], _RANGES[triple.predicate])
    for agent in dict.fromkeys(triple.object for triple in said if _RANGES.get(triple.predicate) == _AGENT):
        if isinstance(agent, ox.NamedNode):
            yield ox.Triple(agent, FOAF["name"], site.edition.labels.of(agent))


def _catalogue(site: Site) -> Iterator[ox.Triple]:
    """DCAT 3 section 6: a catalogue of one dataset, its dumps with size and checksum, its service.

    It has what DCAT-AP 3 asks of a catalogue, its publisher among that, wherever the root says who that is.
    Its own IRIs are lasting ones; where the endpoint and the files are just now stands beside them.
    """
    catalogue, node = ox.NamedNode(site.lasting(_CATALOG)), site.described
    service, endpoint = ox.NamedNode(site.lasting("/sparql")), ox.NamedNode(site.absolute("/sparql"))
    yield ox.Triple(catalogue, RDF["type"], DCAT["Catalog"])
    yield from _said(site, catalogue, _OF_CATALOGUE)
    yield ox.Triple(catalogue, DCAT["dataset"], node)
    yield ox.Triple(catalogue, DCAT["service"], service)
    yield ox.Triple(node, RDF["type"], DCAT["Dataset"])
    yield from _said(site, node, _SAID)
    yield ox.Triple(node, DCAT["version"], ox.Literal(site.version))
    yield ox.Triple(node, DCAT["landingPage"], ox.NamedNode(site.absolute("/")))
    if any(site.edition.triples(site.citable)):
        yield ox.Triple(node, PROV["wasDerivedFrom"], site.citable)
    yield ox.Triple(service, RDF["type"], DCAT["DataService"])
    yield ox.Triple(service, DCTERMS["title"], ox.Literal("SPARQL 1.1", language="en"))
    yield from _said(site, service, (DCTERMS["publisher"], DCTERMS["license"]))
    yield ox.Triple(service, DCAT["endpointURL"], endpoint)
    yield ox.Triple(service, DCAT["endpointDescription"], endpoint)
    yield ox.Triple(service, DCAT["servesDataset"], node)
    yield from downloads.distributions(site, node)


def _said(site: Site, node: ox.NamedNode, predicates: Iterable[ox.NamedNode]) -> Iterator[ox.Triple]:
    """What the root says of its dataset, said of `node`; a title and a description there are in any case."""
    title, described = site.about.title, site.about.description
    instead = {DCTERMS["title"]: title, DCTERMS["description"]: described or title}
    for predicate in predicates:
        values = site.about.values(predicate) or [v for p, v in instead.items() if p == predicate]
        yield from (ox.Triple(node, predicate, value) for value in values)


def _catalog(chosen: Offer) -> Response:
    site = current_site()

    def body() -> bytes:
        quads = [ox.Quad(t.subject, t.predicate, t.object) for t in _dcat(site)]
        return write_graph(quads, graph_format(chosen), site.edition.root.prefixes)

    return validated(_response(site, _CATALOG, chosen), site, f"catalog.{chosen.name}", body)


def _response(site: Site, path: str, chosen: Offer) -> Response:
    """A response without content, for the document at `path` in a format."""
    response = Response(content_type=chosen.content_type)
    suffixes.name_siblings(response, site.link(path), chosen, GRAPH_OFFERS)
    return response


def _varying(response: Response) -> Response:
    """What was negotiated about."""
    response.vary.add("Accept")
    return response
