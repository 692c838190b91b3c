"""The path of a nanopublication in, the nanopublication in one of the formats that can name graphs out."""

from __future__ import annotations

import pyoxigraph as ox
from flask import Response

from calcigraph.nanopublications import SUFFIX, is_publishable, nanopublication
from calcigraph.rdf.formats import GRAPHS
from calcigraph.rdf.serialise import serialise
from calcigraph.rdf.terms import Subject
from calcigraph.rdf.vocabulary import NP
from calcigraph.web.protocol.caching import links, validated
from calcigraph.web.protocol.negotiation import Offer
from calcigraph.web.protocol.requested_format import requested
from calcigraph.web.representations import graph_format, offer
from calcigraph.web.site import Site

# TriG first, as the guidelines recommend it.
OFFERS = tuple(offer(f) for f in sorted((f for f in GRAPHS if f.has_graphs), key=lambda f: f.key != "trig"))


def link_of(site: Site, node: Subject) -> str | None:
    """Where the nanopublication of `node` is to be had; None where there is none."""
    if not isinstance(node, ox.NamedNode) or "#" in node.value:
        return None
    address = site.document(node)
    # What has no path of its own has no address for one either.
    if address.query or not is_publishable(site.edition, node):
        return None
    return site.link(address.of(SUFFIX))


def announce(response: Response, site: Site, node: ox.NamedNode) -> None:
    """Link to the nanopublication of `node`, where there is one."""
    address = link_of(site, node)
    if address is not None:
        links(response, (address, "related", OFFERS[0].media_type))
        links(response, (address, NP["Nanopublication"].value, OFFERS[0].media_type))


def respond(site: Site, node: ox.NamedNode, fixed: Offer | None) -> Response:
    """The nanopublication of `node`: as `fixed` says, or, at its own IRI, as it is asked for.

    Raises: NothingAcceptable.
    """
    address = site.document(node)
    chosen = fixed or requested(OFFERS)
    created = site.modified.strftime("%Y-%m-%dT%H:%M:%SZ")
    quads = nanopublication(site.edition, node, created)
    body = serialise(quads, graph_format(chosen), site.edition.root.prefixes)
    response = Response(body, content_type=chosen.content_type)
    if fixed is None:
        response.vary.add("Accept")
    response.headers["Content-Location"] = site.link(address.of(SUFFIX + chosen.suffix))
    links(response, (site.link(address.of()), "related", None))
    for licence in site.about.licences:
        links(response, (licence.value, "license", None))
    return validated(response, site, f"nanopub.{chosen.name}")
