"""SPARQL 1.1 Graph Store HTTP Protocol, reading: a graph's name in, its triples out.

See https://www.w3.org/TR/sparql11-http-rdf-update/ sections 4 and 5.2.
"""

from __future__ import annotations

import pyoxigraph as ox
from flask import Blueprint, Response, request

from calcigraph.rdf.iris import named_node
from calcigraph.store import GraphContent
from calcigraph.web.document_responses import document_response
from calcigraph.web.protocol.caching import validated
from calcigraph.web.protocol.negotiation import Offer
from calcigraph.web.protocol.request_problems import RequestMalformed, ResourceUnknown
from calcigraph.web.protocol.requested_format import requested
from calcigraph.web.representations import GRAPH_OFFERS, graph_format, write_graph
from calcigraph.web.site import Site, current_site

blueprint = Blueprint("graphs", __name__)


@blueprint.get("/graphs")
def graph() -> Response:
    """A graph named indirectly: by `graph=IRI`, or the default one by `default`."""
    site = current_site()
    names, default = request.args.getlist("graph"), request.args.getlist("default")
    if len(names) + len(default) != 1:
        raise RequestMalformed(
            "Exactly one graph has to be named.", "Give `graph=` with its IRI, or `default`."
        )
    if names:
        return _named(site, named_node(names[0]))
    return _default(site)


@blueprint.get("/graph/<path:name>")
def direct(name: str) -> Response:
    """A graph named by its own IRI (section 4.1)."""
    site = current_site()
    try:
        node = ox.NamedNode(f"{site.namespace}graph/{name}")
    except ValueError:
        raise ResourceUnknown("There is no such graph.", "Look it up in the service description.") from None
    return _named(site, node)


def _named(site: Site, node: ox.NamedNode) -> Response:
    size = site.edition.graphs.get(node)
    if size is None:
        raise ResourceUnknown("There is no such graph.", "Look it up in the service description.")
    response, chosen = _negotiated()
    content = GraphContent(chosen.name, node.value)
    return document_response(response, site, f"graph.{chosen.name}", content, size)


def _default(site: Site) -> Response:
    response, chosen = _negotiated()
    variant = f"default.{chosen.name}"
    if site.settings.default_graph == "union":
        return document_response(response, site, variant, GraphContent(chosen.name), site.edition.size)
    nothing = write_graph((), graph_format(chosen), site.edition.root.prefixes)
    return validated(response, site, variant, lambda: nothing)


def _negotiated() -> tuple[Response, Offer]:
    """An empty response in the format that is asked for. One that could name the graph does not, as the
    request did."""
    chosen = requested(GRAPH_OFFERS)
    response = Response(content_type=chosen.content_type)
    response.vary.add("Accept")
    return response, chosen
