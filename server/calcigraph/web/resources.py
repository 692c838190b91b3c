"""The IRIs of the data: a redirect to a page or to data, and those pages and data themselves.

Linked data as in https://www.w3.org/TR/cooluris/ section 4.2: the resource answers 303,
each document of it has a URL of its own that is never negotiated.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import unquote

import pyoxigraph as ox
from flask import Blueprint, Response, current_app, request
from werkzeug.exceptions import MethodNotAllowed
from werkzeug.wrappers import Response as WerkzeugResponse

from calcigraph.nanopublications import SUFFIX, is_publishable
from calcigraph.rdf.vocabulary import OWL
from calcigraph.store import DocumentAddress, OntologyContent
from calcigraph.web import nanopubs, own_iris, problem_responses
from calcigraph.web.document_responses import document_response
from calcigraph.web.protocol import suffixes
from calcigraph.web.protocol.negotiation import HTML, Offer
from calcigraph.web.protocol.request_problems import ResourceUnknown, VersionUnknown
from calcigraph.web.protocol.request_target import raw_path, raw_target
from calcigraph.web.protocol.requested_format import profiled
from calcigraph.web.representations import DOCUMENT_OFFERS, PROFILED_OFFERS
from calcigraph.web.resource_documents import (
    announced_by_profile,
    document,
    finished,
    refuse_removed,
    see_other,
)
from calcigraph.web.site import ONTOLOGY, Site, current_site
from calcigraph.web.views import ontology

blueprint = Blueprint("resources", __name__)


@blueprint.app_context_processor
def _offered() -> dict[str, Any]:
    return {"nanopublication": lambda node: nanopubs.link_of(current_site(), node)}


@blueprint.get("/<any(id, ontology):room>/<path:name>")
def resource(room: str, name: str) -> WerkzeugResponse:
    """A resource of the root, or, with a suffix, one document about it.

    A name that is itself a resource is one, even where it ends like a suffix. What is named by a fragment has
    the document of the rest of its IRI.
    """
    return _answer(current_site())


@blueprint.route("/<path:name>", methods=["GET", "OPTIONS"], provide_automatic_options=False)
def named(name: str) -> WerkzeugResponse:
    """A resource of the root that is in neither room, right below its namespace; with a suffix, one document
    about it. Where there is none, no method is known either."""
    answer = _answer(current_site())
    return current_app.make_default_options_response() if request.method == "OPTIONS" else answer


@blueprint.app_errorhandler(MethodNotAllowed)
def other_method(error: MethodNotAllowed) -> Response:
    """What is answered to a method that no route takes for a path: where only `named` has the path, and it is
    no resource, the path is unknown whatever the method."""
    adapter = current_app.create_url_adapter(request)
    assert adapter is not None
    rule, _ = adapter.match(method="GET", return_rule=True)
    if rule.endpoint == f"{blueprint.name}.{named.__name__}":
        site, stem = current_site(), suffixes.split(raw_path(), DOCUMENT_OFFERS)[0]
        names = (raw_target(), raw_path(), stem.removesuffix(SUFFIX))
        if not any(own_iris.find(site, name) for name in names):
            return problem_responses.respond(_unknown(site, stem))
    return problem_responses.respond_to_http(error)


def _answer(site: Site) -> WerkzeugResponse:
    path = raw_path()
    # An IRI may have a query of its own.
    node = own_iris.find(site, raw_target()) or own_iris.find(site, path)
    if node is not None:
        refuse_removed(site, node)
        return see_other(site, canonical(site, node))
    stem, fixed = suffixes.split(path, DOCUMENT_OFFERS)
    node = own_iris.find(site, stem.removesuffix(SUFFIX))
    if node is None:
        raise _unknown(site, stem)
    refuse_removed(site, node)
    if stem.endswith(SUFFIX):
        return _nanopublication(site, node, fixed)
    if fixed is None:
        raise _unknown(site, stem)
    return document(site, node, fixed)


def canonical(site: Site, node: ox.NamedNode) -> DocumentAddress:
    """Where the documents about `node` are; those of the present version of the ontology are those of the
    ontology. Raises: VersionUnknown for an earlier version."""
    if any(site.edition.triples(site.ontology, OWL["priorVersion"], node)):
        raise VersionUnknown(site.version)
    is_this = any(site.edition.triples(site.ontology, OWL["versionIRI"], node))
    return ONTOLOGY if is_this else site.document(node)


@blueprint.get("/ontology")
def ontology_resource() -> WerkzeugResponse:
    """The ontology as a whole."""
    return see_other(current_site(), ONTOLOGY)


@blueprint.get("/ontology.<suffix>")
def ontology_document(suffix: str) -> Response:
    """One document of the whole ontology: the class tree as a page, or all its graphs."""
    site = current_site()
    chosen = suffixes.fixed(suffix, DOCUMENT_OFFERS)

    node = site.ontology
    if chosen is HTML:
        return finished(site, lambda: ontology.page(site), ONTOLOGY, chosen, node, "ontology")
    chosen = profiled(chosen, PROFILED_OFFERS)
    response = announced_by_profile(site, ONTOLOGY, chosen, node)
    content = OntologyContent(chosen.name, node.value)
    return document_response(response, site, f"ontology.{chosen.name}", content, _size(site))


def _size(site: Site) -> int:
    """How many triples the files of the ontology have."""
    root, graphs = site.edition.root, site.edition.graphs
    return sum(graphs.get(graph, 0) for file in root.ontology for graph in root.graphs_of(file))


def _nanopublication(site: Site, node: ox.NamedNode, fixed: Offer | None) -> Response:
    if not is_publishable(site.edition, node):
        raise _unknown(site, site.document(node).path + SUFFIX)
    if fixed is not None and fixed not in nanopubs.OFFERS:
        raise suffixes.unknown(fixed.suffix, nanopubs.OFFERS)
    return nanopubs.respond(site, node, fixed)


def _unknown(site: Site, path: str) -> ResourceUnknown:
    stem, ending = suffixes.cut(path)
    if ending and own_iris.find(site, stem) is not None:
        return suffixes.unknown(ending, DOCUMENT_OFFERS)
    asked = unquote(path.rpartition("/")[2])
    nearest = tuple((label.value, site.here(node)) for node, label in site.edition.labels.nearest(asked))
    hint = f"Did you mean “{nearest[0][0]}”?" if nearest else "Look the name up in the search."
    return ResourceUnknown(f"Nothing is known here about “{asked[:100]}”.", hint, nearest)
