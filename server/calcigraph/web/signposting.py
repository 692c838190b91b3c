"""A document in, the typed links that a machine follows from it out: FAIR Signposting, level 1.

See https://signposting.org/FAIR/. A page is the landing page of what it describes; the RDF documents beside
it are its metadata resources; the dumps are the content resources of the dataset.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from urllib.parse import quote

import pyoxigraph as ox
from flask import Response

from calcigraph.rdf.vocabulary import DCTERMS, SCHEMA
from calcigraph.store import DocumentAddress
from calcigraph.web.protocol.caching import LinkEntry, links
from calcigraph.web.protocol.negotiation import HTML, Offer
from calcigraph.web.representations import GRAPH_OFFERS
from calcigraph.web.site import Site

_ABOUT_PAGE, _DATASET = SCHEMA["AboutPage"].value, SCHEMA["Dataset"].value
_MOST_TYPES = 5


def of_document(
    response: Response,
    site: Site,
    address: DocumentAddress,
    chosen: Offer,
    node: ox.NamedNode,
    types: Iterable[ox.NamedNode] = (),
) -> None:
    """What one document about `node` leads to: its siblings at `address`, and what holds for all of them."""
    iri, landing = _quoted(node), site.link(address.of(HTML.suffix))
    links(response, (iri, "describes", None), (iri, "cite-as", None), *_terms(site))
    siblings = [
        (site.link(address.of(o.suffix)), o.media_type) for o in (*GRAPH_OFFERS, HTML) if o is not chosen
    ]
    links(response, *((target, "alternate", kind) for target, kind in siblings))
    if chosen is not HTML:
        links(response, (landing, "describes", HTML.media_type))
        return
    links(response, *((target, "describedby", kind) for target, kind in siblings))
    shown = [_quoted(kind) for kind in types][:_MOST_TYPES]
    links(response, *((kind, "type", None) for kind in (_ABOUT_PAGE, *shown)))
    links(response, *_authors(site), (site.link("/"), "collection", HTML.media_type))


def of_dataset(response: Response, site: Site, dumps: Iterable[str]) -> None:
    """What the home page, as the landing page of the whole dataset, leads to; `dumps` are paths."""
    links(response, (_quoted(site.citable), "cite-as", None), *_terms(site), *_authors(site))
    links(response, (_ABOUT_PAGE, "type", None), (_DATASET, "type", None))
    for path in ("/.well-known/void", "/catalog"):
        links(response, (site.link(path), "describedby", GRAPH_OFFERS[0].media_type))
    links(response, *((site.link(path), "item", "application/gzip") for path in dumps))
    # RFC 8631.
    links(response, (site.link("/openapi.json"), "service-desc", "application/json"))
    links(response, (site.link("/openapi"), "service-doc", HTML.media_type))


def of_dump(response: Response, site: Site) -> None:
    """What a content resource leads back to."""
    links(response, (site.link("/"), "collection", HTML.media_type), (_DATASET, "type", None))
    links(response, (_quoted(site.citable), "cite-as", None), *_terms(site))


def _terms(site: Site) -> Iterator[LinkEntry]:
    return ((licence.value, "license", None) for licence in site.about.licences)


def _authors(site: Site) -> Iterator[LinkEntry]:
    found = site.edition.objects(site.citable, DCTERMS["creator"])
    return ((_quoted(node), "author", None) for node in found if isinstance(node, ox.NamedNode))


def _quoted(node: ox.NamedNode) -> str:
    """An IRI as a URI, which is what a header can hold (RFC 8288, section 3.1)."""
    return quote(node.value, safe=":/#?%@!$&'()*+,;=~[]")
