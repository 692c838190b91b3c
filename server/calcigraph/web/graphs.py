"""SPARQL 1.1 Graph Store HTTP Protocol, reading: a graph's name in, its triples out.

See https://www.w3.org/TR/sparql11-http-rdf-update/ sections 4 and 5.2.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

import pyoxigraph as ox
from flask import Blueprint, Response, request

from calcigraph import metadata
from calcigraph.rdf.iris import named_node
from calcigraph.web import own_iris
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
    return _document(site, lambda: _default(site), "default")


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
    if node not in site.edition.graphs:
        raise _unknown()
    stem = site.document(node)
    if node == metadata.graph_node(site.edition.root):
        return _document(site, lambda: site.edition.metadata, "graph", fixed, stem)
    return _document(site, lambda: site.edition.quads(graph=node), "graph", fixed, stem)


def _default(site: Site) -> Iterable[ox.Quad]:
    if site.settings.default_graph == "union":
        return site.edition.all_quads()
    return ()


def _document(
    site: Site,
    read: Callable[[], Iterable[ox.Quad]],
    variant: str,
    fixed: Offer | None = None,
    stem: str | None = None,
) -> Response:
    """The triples of one graph; a format that could name it does not, as the request did.

    `fixed` is the format where the address says it, `stem` the path of the graph where it has one here.

    Cost: some seconds for 100,000 triples, nothing for a client that has them.
    """
    chosen = fixed or requested(GRAPH_OFFERS)

    def body() -> bytes:
        plain = {ox.Quad(q.subject, q.predicate, q.object) for q in read()}
        return write_graph(plain, graph_format(chosen), site.edition.root.prefixes)

    response = Response(content_type=chosen.content_type)
    if fixed is None:
        response.vary.add("Accept")
    if stem is not None:
        suffixes.name_siblings(response, site.link(stem), chosen, GRAPH_OFFERS)
    return validated(response, site, f"{variant}.{chosen.name}", body)
