"""The IRIs of the data: a redirect to a page or to data, and those pages and data themselves.

Linked-data manners after https://www.w3.org/TR/cooluris/ section 4.2: the resource answers 303,
each document of it has a URL of its own that is never negotiated.
"""

from __future__ import annotations

from urllib.parse import quote

import pyoxigraph as ox
from flask import Blueprint, Response, redirect, request
from werkzeug.wrappers import Response as WerkzeugResponse

from calcigraph.describe import Description
from calcigraph.web.protocol.caching import links, validated
from calcigraph.web.protocol.choice import requested
from calcigraph.web.protocol.negotiation import Offer
from calcigraph.web.protocol.problems import RequestMalformed, ResourceUnknown
from calcigraph.web.representations import (
    GRAPH_OFFERS,
    HTML,
    SUFFIX_OF,
    SUFFIXES,
    graph_format,
    write_graph,
)
from calcigraph.web.site import Site, current_site
from calcigraph.web.views import ontology
from calcigraph.web.views.pages import resource_page

OFFERS = (*GRAPH_OFFERS, HTML)
_LARGEST_OFFSET = 10**9
blueprint = Blueprint("resources", __name__)


@blueprint.get("/<any(id, ontology):room>/<path:name>")
def resource(room: str, name: str) -> WerkzeugResponse:
    """A resource of the root, or, with a suffix, one document about it.

    A name that is itself a resource is one, even where it ends like a suffix.
    """
    site = current_site()
    path = f"/{room}/{name}"
    if find(site, path) is not None:
        return see_other(site, path)
    stem, suffix = split_suffix(path)
    node = find(site, stem) if suffix else None
    if node is None:
        raise _unknown(site, stem)
    offset = _offset()
    description = site.describer.describe(node, offset)
    if description is None:
        raise _unknown(site, stem)
    return _document(site, description, stem, SUFFIXES[suffix], offset)


@blueprint.get("/ontology")
def ontology_resource() -> WerkzeugResponse:
    """The ontology as a whole."""
    return see_other(current_site(), "/ontology")


@blueprint.get("/ontology.<suffix>")
def ontology_document(suffix: str) -> Response:
    """One document of the whole ontology: the class tree as a page, or all its graphs."""
    site = current_site()
    chosen = SUFFIXES.get(f".{suffix}")
    if chosen is None:
        raise _unknown(site, f"/ontology.{suffix}")
    if chosen is HTML:
        body: str | bytes = ontology.page(site)
    else:
        body = write_graph(ontology.quads(site), graph_format(chosen), site.dataset.root.prefixes)
    node = ox.NamedNode(f"{site.namespace}ontology")
    return finished(site, body, "/ontology", chosen, node, "ontology")


def find(site: Site, path: str) -> ox.NamedNode | None:
    """The resource of the dataset that answers at `path`; its IRI may be percent-encoded or not."""
    for candidate in (path, quote(path, safe="/:@!$&'()*+,;=~")):
        try:
            node = ox.NamedNode(site.namespace + candidate[1:])
        except ValueError:
            continue
        quads = site.dataset.quads
        if next(iter(quads.quads_for_subject(node)), None) or next(iter(quads.quads_for_object(node)), None):
            return node
    return None


def split_suffix(path: str) -> tuple[str, str]:
    """A path without its suffix, and the suffix; "" where it ends with none of ours."""
    stem, dot, ending = path.rpartition(".")
    return (stem, f".{ending}") if dot and f".{ending}" in SUFFIXES else (path, "")


def see_other(site: Site, path: str) -> WerkzeugResponse:
    """303 to the document that `Accept`, or `?format=`, asks for."""
    chosen = requested(OFFERS)
    response = redirect(site.link(path + SUFFIX_OF[chosen.name]), 303)
    response.vary.add("Accept")
    response.headers["Cache-Control"] = "no-cache"
    return response


def finished(
    site: Site, body: str | bytes, stem: str, chosen: Offer, node: ox.NamedNode, variant: str
) -> Response:
    """A document with all that HTTP says about it: its place, its siblings, what it describes."""
    response = Response(body, content_type=chosen.content_type)
    response.headers["Content-Location"] = site.link(stem + SUFFIX_OF[chosen.name])
    iri = quote(node.value, safe=":/#?%@!$&'()*+,;=~[]")
    links(response, (iri, "describes", None), (iri, "cite-as", None))
    for licence in site.about.licences:
        links(response, (licence.value, "license", None))
    for offer in OFFERS:
        if offer is not chosen:
            links(response, (site.link(stem + SUFFIX_OF[offer.name]), "alternate", offer.media_type))
    return validated(response, site, f"{variant}.{chosen.name}")


def _document(site: Site, description: Description, stem: str, chosen: Offer, offset: int) -> Response:
    if chosen is HTML:
        body: str | bytes = resource_page(site, description, stem)
    else:
        body = write_graph(list(description.quads()), graph_format(chosen), site.dataset.root.prefixes)
    return finished(site, body, stem, chosen, description.subject, f"incoming-{offset}")


def _offset() -> int:
    text = request.args.get("incoming", "0")
    if not (text.isascii() and text.isdigit()) or int(text[:12]) > _LARGEST_OFFSET:
        raise RequestMalformed("`incoming` is no number.", "Give where the page of links begins.")
    return int(text)


def _unknown(site: Site, path: str) -> ResourceUnknown:
    asked = path.rpartition("/")[2]
    nearest = tuple(
        (label.value, site.href(node) or node.value) for node, label in site.describer.labels.nearest(asked)
    )
    hint = f"Did you mean “{nearest[0][0]}”?" if nearest else "Look the name up in the search."
    return ResourceUnknown(f"Nothing is known here about “{asked[:100]}”.", hint, nearest)
