"""The dataset in, the whole of it as compressed files out, and what a catalogue says of these."""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

import pyoxigraph as ox
from flask import Blueprint, Response, current_app

from calcigraph.rdf.formats import by_name
from calcigraph.rdf.serialise import serialise
from calcigraph.rdf.vocabulary import DCAT, DCTERMS, RDF, SPDX, XSD
from calcigraph.web import signposting
from calcigraph.web.protocol.caching import validated
from calcigraph.web.site import Site, current_site

PATHS = {"n-quads": "/dump.nq.gz", "turtle": "/dump.ttl.gz"}
_TITLES = {"n-quads": "Every triple in its graph", "turtle": "Every triple, as one graph"}
_MEDIA_TYPES = "https://www.iana.org/assignments/media-types/"
_KEY = "calcigraph-dumps"
blueprint = Blueprint("dumps", __name__)


@dataclass(frozen=True)
class Dump:
    """The whole dataset as one compressed file: the same bytes for the same data."""

    content: bytes
    sha256: str


@blueprint.get(PATHS["n-quads"])
def nquads() -> Response:
    """Everything, each triple in its graphs."""
    return _download("n-quads")


@blueprint.get(PATHS["turtle"])
def turtle() -> Response:
    """Everything as one graph."""
    return _download("turtle")


def dump(site: Site, key: str) -> Dump:
    """The dump in that format, made once. Two requests at once may both make it: the same bytes.

    Cost of the first call: some seconds for 100,000 triples.
    """
    dumps: dict[str, Dump] = current_app.extensions.setdefault(_KEY, {})
    if key not in dumps:
        if key == "n-quads":
            # Sorted, so that the same data has the same checksum.
            content = b"".join(sorted(site.dataset.nquads.splitlines(keepends=True)))
        else:
            quads = (*site.dataset.quads, *site.dataset.metadata)
            content = serialise(quads, by_name("graph", key), site.dataset.root.prefixes)
        compressed = gzip.compress(content, mtime=0)
        dumps[key] = Dump(compressed, hashlib.sha256(compressed).hexdigest())
    return dumps[key]


def distributions(site: Site, node: ox.NamedNode) -> Iterator[ox.Triple]:
    """The dumps as distributions of the dataset `node` (DCAT 3, section 6.8), with size and checksum.

    What is downloaded from `dcat:downloadURL` is this version for as long as the server has it, so that
    the checksum stays true; `dcat:accessURL` leads to whatever is newest.
    """
    for key, path in PATHS.items():
        address, made = ox.NamedNode(site.absolute(path)), dump(site, key)
        checksum = ox.NamedNode(f"{address.value}#sha256")
        yield ox.Triple(node, DCAT["distribution"], address)
        yield ox.Triple(address, RDF["type"], DCAT["Distribution"])
        yield ox.Triple(address, DCTERMS["title"], ox.Literal(_TITLES[key], language="en"))
        yield ox.Triple(address, DCAT["accessURL"], address)
        yield ox.Triple(address, DCAT["downloadURL"], ox.NamedNode(versioned(site, path)))
        yield ox.Triple(address, DCAT["mediaType"], _media_type(by_name("graph", key).media_type))
        yield ox.Triple(address, DCAT["compressFormat"], _media_type("application/gzip"))
        size = ox.Literal(str(len(made.content)), datatype=XSD["nonNegativeInteger"])
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
    response = Response(dump(site, key).content, content_type="application/gzip")
    response.headers["Content-Disposition"] = f'attachment; filename="{PATHS[key][1:]}"'
    signposting.of_dump(response, site)
    return validated(response, site, f"dump.{key}")
