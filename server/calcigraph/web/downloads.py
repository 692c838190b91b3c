"""An edition in, the whole of it as compressed files out, and what a catalogue says of these."""

from __future__ import annotations

from collections.abc import Iterator

import pyoxigraph as ox
from flask import Blueprint, Response

from calcigraph.rdf.formats import by_name
from calcigraph.rdf.vocabulary import DCAT, DCTERMS, RDF, SPDX, XSD
from calcigraph.store import Dump
from calcigraph.web import signposting
from calcigraph.web.document_responses import document_response
from calcigraph.web.query_answers import client_of_request
from calcigraph.web.site import Site, current_site

PATHS = {"n-quads": "/dump.nq.gz", "turtle": "/dump.ttl.gz"}
_TITLES = {"n-quads": "Every triple in its graph", "turtle": "Every triple, as one graph"}
_AS_WRITTEN = (
    "Literals are as they were written. Two spellings of one value are two triples here, and one triple "
    "wherever the triples of the dataset are counted."
)
_MEDIA_TYPES = "https://www.iana.org/assignments/media-types/"
blueprint = Blueprint("downloads", __name__)


@blueprint.get(PATHS["n-quads"])
def nquads() -> Response:
    """Everything, each triple in its graphs."""
    return _download("n-quads")


@blueprint.get(PATHS["turtle"])
def turtle() -> Response:
    """Everything as one graph."""
    return _download("turtle")


def distributions(site: Site, node: ox.NamedNode) -> Iterator[ox.Triple]:
    """The dumps as distributions of the dataset `node` (DCAT 3, section 6.8), with size and checksum.

    `dcat:downloadURL` gives this version for as long as the server has it, so that
    the checksum stays true; `dcat:accessURL` leads to whatever is newest.
    """
    for key, path in PATHS.items():
        address = ox.NamedNode(site.lasting(path))
        made = site.engine.document(site.edition, Dump(key), None, client_of_request())
        checksum = ox.NamedNode(f"{address.value}#sha256")
        yield ox.Triple(node, DCAT["distribution"], address)
        yield ox.Triple(address, RDF["type"], DCAT["Distribution"])
        yield ox.Triple(address, DCTERMS["title"], ox.Literal(_TITLES[key], language="en"))
        yield ox.Triple(address, DCTERMS["description"], ox.Literal(_AS_WRITTEN, language="en"))
        yield ox.Triple(address, DCAT["accessURL"], ox.NamedNode(site.absolute(path)))
        yield ox.Triple(address, DCAT["downloadURL"], ox.NamedNode(versioned(site, path)))
        yield ox.Triple(address, DCAT["mediaType"], _media_type(by_name("graph", key).media_type))
        yield ox.Triple(address, DCAT["compressFormat"], _media_type("application/gzip"))
        size = ox.Literal(str(made.size), datatype=XSD["nonNegativeInteger"])
        yield ox.Triple(address, DCAT["byteSize"], size)
        yield ox.Triple(address, SPDX["checksum"], checksum)
        yield ox.Triple(checksum, RDF["type"], SPDX["Checksum"])
        yield ox.Triple(checksum, SPDX["algorithm"], SPDX["checksumAlgorithm_sha256"])
        yield ox.Triple(checksum, SPDX["checksumValue"], ox.Literal(made.sha256, datatype=XSD["hexBinary"]))
        for licence in site.about.licences:
            yield ox.Triple(address, DCTERMS["license"], licence)


def versioned(site: Site, path: str) -> str:
    """The address of a path for this version of the data alone."""
    return f"{site.absolute(path)}?at={site.version}"


def _media_type(name: str) -> ox.NamedNode:
    return ox.NamedNode(_MEDIA_TYPES + name)


def _download(key: str) -> Response:
    site = current_site()
    response = Response(content_type="application/gzip")
    response.headers["Content-Disposition"] = f'attachment; filename="{PATHS[key][1:]}"'
    signposting.of_dump(response, site)
    return document_response(response, site, f"dump.{key}", Dump(key))
