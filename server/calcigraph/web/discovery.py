"""What a machine that has never been here asks for first: VoID, DCAT, dumps, schema.org, context."""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import pyoxigraph as ox
from flask import Blueprint, Response, current_app, jsonify

from calcigraph.describe.vocabulary import DCAT, DCTERMS, RDF, SPDX, VOID, XSD
from calcigraph.rdf.formats import by_key
from calcigraph.web.protocol.caching import validated
from calcigraph.web.protocol.choice import requested
from calcigraph.web.representations import GRAPH_OFFERS, graph_format, write_graph
from calcigraph.web.site import Site, current_site

_DUMPS = {"n-quads": "/dump.nq.gz", "turtle": "/dump.ttl.gz"}
_MEDIA_TYPES = "https://www.iana.org/assignments/media-types/"
_KEY = "calcigraph-dumps"
blueprint = Blueprint("discovery", __name__)


@dataclass(frozen=True)
class Dump:
    """Everything, compressed: the same bytes for the same data."""

    content: bytes
    sha256: str


@blueprint.get("/.well-known/void")
def void() -> Response:
    """The VoID description, with class and property partitions."""
    return _graph(_void(current_site()), "void")


@blueprint.get("/catalog")
def catalog() -> Response:
    """The DCAT 3 description of the dataset and its distributions."""
    return _graph(_dcat(current_site()), "catalog")


@blueprint.get("/dump.nq.gz")
def dump_nquads() -> Response:
    """Everything, each triple in its graphs."""
    return _download("n-quads")


@blueprint.get("/dump.ttl.gz")
def dump_turtle() -> Response:
    """Everything as one graph."""
    return _download("turtle")


@blueprint.get("/context.jsonld")
def context() -> Response:
    """The root's prefixes as a JSON-LD context."""
    site = current_site()
    response = jsonify({"@context": dict(sorted(site.dataset.root.prefixes.mapping.items()))})
    response.content_type = "application/ld+json"
    return validated(response, site, "context")


def schema_org(site: Site) -> dict[str, object]:
    """The dataset in schema.org's words, for search engines."""
    said = site.about
    return {
        "@context": "https://schema.org/",
        "@type": "Dataset",
        "@id": _dataset(site).value,
        "url": site.absolute("/"),
        "name": said.title.value,
        "description": said.description.value if said.description else said.title.value,
        "version": site.version,
        "license": [node.value for node in said.licences],
        "distribution": [
            {
                "@type": "DataDownload",
                "contentUrl": site.absolute(path),
                "encodingFormat": by_key("graph", key).media_type,
            }
            for key, path in _DUMPS.items()
        ],
    }


def _dataset(site: Site) -> ox.NamedNode:
    return ox.NamedNode(site.absolute("/.well-known/void") + "#dataset")


def _void(site: Site) -> Iterator[ox.Triple]:
    """VoID sections 2 and 4.5; counts are of the union of all graphs as a set."""
    node, counts = _dataset(site), site.statistics
    yield ox.Triple(node, RDF["type"], VOID["Dataset"])
    yield from _titles(site, node)
    yield ox.Triple(node, VOID["sparqlEndpoint"], ox.NamedNode(site.absolute("/sparql")))
    yield ox.Triple(node, VOID["uriSpace"], ox.Literal(site.namespace))
    for path in _DUMPS.values():
        yield ox.Triple(node, VOID["dataDump"], ox.NamedNode(site.absolute(path)))
    for name, number in (
        ("triples", counts.triples),
        ("entities", counts.subjects),
        ("distinctSubjects", counts.subjects),
        ("distinctObjects", counts.objects),
        ("classes", len(counts.classes)),
        ("properties", len(counts.properties)),
    ):
        yield ox.Triple(node, VOID[name], _number(number))
    yield from _partitions(node, "class", "entities", counts.classes)
    yield from _partitions(node, "property", "triples", counts.properties)


def _partitions(
    node: ox.NamedNode, kind: str, counted: str, counts: Mapping[ox.NamedNode, int]
) -> Iterator[ox.Triple]:
    for term, number in sorted(counts.items(), key=lambda item: item[0].value):
        partition = ox.BlankNode("p" + hashlib.sha256(f"{kind} {term.value}".encode()).hexdigest()[:16])
        yield ox.Triple(node, VOID[f"{kind}Partition"], partition)
        yield ox.Triple(partition, VOID[kind], term)
        yield ox.Triple(partition, VOID[counted], _number(number))


def _dcat(site: Site) -> Iterator[ox.Triple]:
    """DCAT 3 section 6: a catalogue of one dataset, its dumps with size and checksum, its service."""
    catalogue, node = ox.NamedNode(site.absolute("/catalog")), _dataset(site)
    service = ox.NamedNode(site.absolute("/sparql"))
    yield ox.Triple(catalogue, RDF["type"], DCAT["Catalog"])
    yield from _titles(site, catalogue)
    yield ox.Triple(catalogue, DCAT["dataset"], node)
    yield ox.Triple(catalogue, DCAT["service"], service)
    yield ox.Triple(node, RDF["type"], DCAT["Dataset"])
    yield from _titles(site, node)
    yield ox.Triple(node, DCAT["version"], ox.Literal(site.version))
    yield ox.Triple(service, RDF["type"], DCAT["DataService"])
    yield ox.Triple(service, DCTERMS["title"], ox.Literal("SPARQL 1.1", language="en"))
    yield ox.Triple(service, DCAT["endpointURL"], service)
    yield ox.Triple(service, DCAT["servesDataset"], node)
    for key, path in _DUMPS.items():
        yield from _distribution(site, node, key, path)


def _distribution(site: Site, node: ox.NamedNode, key: str, path: str) -> Iterator[ox.Triple]:
    address, dump = ox.NamedNode(site.absolute(path)), _dump(key)
    media_type = ox.NamedNode(_MEDIA_TYPES + by_key("graph", key).media_type)
    gz = ox.NamedNode(f"{_MEDIA_TYPES}application/gzip")
    checksum = ox.BlankNode("c" + dump.sha256[:16])
    yield ox.Triple(node, DCAT["distribution"], address)
    yield ox.Triple(address, RDF["type"], DCAT["Distribution"])
    yield ox.Triple(address, DCAT["downloadURL"], address)
    yield ox.Triple(address, DCAT["mediaType"], media_type)
    yield ox.Triple(address, DCAT["compressFormat"], gz)
    size = ox.Literal(str(len(dump.content)), datatype=XSD["nonNegativeInteger"])
    yield ox.Triple(address, DCAT["byteSize"], size)
    yield ox.Triple(address, SPDX["checksum"], checksum)
    yield ox.Triple(checksum, RDF["type"], SPDX["Checksum"])
    yield ox.Triple(checksum, SPDX["algorithm"], SPDX["checksumAlgorithm_sha256"])
    yield ox.Triple(checksum, SPDX["checksumValue"], ox.Literal(dump.sha256, datatype=XSD["hexBinary"]))
    for licence in site.about.licences:
        yield ox.Triple(address, DCTERMS["license"], licence)


def _titles(site: Site, node: ox.NamedNode) -> Iterator[ox.Triple]:
    yield ox.Triple(node, DCTERMS["title"], site.about.title)
    if site.about.description:
        yield ox.Triple(node, DCTERMS["description"], site.about.description)
    for licence in site.about.licences:
        yield ox.Triple(node, DCTERMS["license"], licence)


def _number(number: int) -> ox.Literal:
    return ox.Literal(str(number), datatype=XSD["integer"])


def _graph(triples: Iterator[ox.Triple], variant: str) -> Response:
    site = current_site()
    chosen = requested(GRAPH_OFFERS)
    quads = [ox.Quad(t.subject, t.predicate, t.object) for t in triples]
    body = write_graph(quads, graph_format(chosen), site.dataset.root.prefixes)
    response = Response(body, content_type=chosen.content_type)
    response.vary.add("Accept")
    return validated(response, site, f"{variant}.{chosen.name}")


def _dump(key: str) -> Dump:
    """The dump in that format, made once. Two requests at once may both make it: the same bytes."""
    dumps: dict[str, Dump] = current_app.extensions.setdefault(_KEY, {})
    if key not in dumps:
        site = current_site()
        if key == "n-quads":
            # Sorted, so that the same data has the same checksum.
            content = b"".join(sorted(site.dataset.nquads.splitlines(keepends=True)))
        else:
            content = write_graph(list(site.dataset.quads), by_key("graph", key), site.dataset.root.prefixes)
        compressed = gzip.compress(content, mtime=0)
        dumps[key] = Dump(compressed, hashlib.sha256(compressed).hexdigest())
    return dumps[key]


def _download(key: str) -> Response:
    response = Response(_dump(key).content, content_type="application/gzip")
    response.headers["Content-Disposition"] = f'attachment; filename="{_DUMPS[key][1:]}"'
    return validated(response, current_site(), f"dump.{key}")
