"""SPARQL 1.1 Graph Store HTTP Protocol, reading: a graph's name in, its triples out.

See https://www.w3.org/TR/sparql11-http-rdf-update/ sections 4 and 5.2.
"""

from __future__ import annotations

import pyoxigraph as ox
from flask import Blueprint, Response, request

from calcigraph.rdf.iris import named_node
from calcigraph.store import GraphContent
from calcigraph.web import own_iris
from calcigraph.web.document_responses import document_response
from calcigraph.web.protocol import suffixes
from calcigraph.web.protocol.caching import validated
from calcigraph.web.protocol.negotiation import Offer
from calcigraph.web.protocol.request_problems import RequestMalformed, ResourceUnknown
from calcigraph.web.protocol.request_target import raw_path
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
    """A graph named by its own IRI (section 4.1), or, with a suffix, in one format.

    A name that is itself a graph's is one, even where it ends like a suffix.
    """
    site, path = current_site(), raw_path()
    node = _graph_at(site, path)
    if node is not None:
        return _named(site, node)
    stem, ending = suffixes.cut(path)
    node = _graph_at(site, stem) if ending else None
    if node is None:
        raise _unknown()
    return _named(site, node, suffixes.fixed(ending[1:], GRAPH_OFFERS))


def _graph_at(site: Site, path: str) -> ox.NamedNode | None:
    return next((node for node in own_iris.named_by(site, path) if node in site.edition.graphs), None)


def _unknown() -> ResourceUnknown:
    return ResourceUnknown("There is no such graph.", "Look it up in the service description.")


def _named(site: Site, node: ox.NamedNode, fixed: Offer | None = None) -> Response:
    size = site.edition.graphs.get(node)
    if size is None:
        raise _unknown()
    response, chosen = _response(site, fixed, site.graph_path(node))
    content = GraphContent(chosen.name, node.value)
    return document_response(response, site, f"graph.{chosen.name}", content, size)


def _default(site: Site) -> Response:
    response, chosen = _response(site)
    variant = f"default.{chosen.name}"
    if site.settings.default_graph == "union":
        return document_response(response, site, variant, GraphContent(chosen.name), site.edition.size)
    nothing = write_graph((), graph_format(chosen), site.edition.root.prefixes)
    return validated(response, site, variant, lambda: nothing)


def _response(site: Site, fixed: Offer | None = None, stem: str | None = None) -> tuple[Response, Offer]:
    """A response without content, in the format that is asked for. One that could name the graph does not, as
    the request did.

    `fixed` is the format where the address says it, `stem` the path of the graph where it has one here.
    """
    chosen = fixed or requested(GRAPH_OFFERS)
    response = Response(content_type=chosen.content_type)
    if fixed is None:
        response.vary.add("Accept")
    if stem is not None:
        suffixes.name_siblings(response, site.link(stem), chosen, GRAPH_OFFERS)
    return response, chosen
