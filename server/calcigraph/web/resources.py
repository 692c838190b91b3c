"""The IRIs of the data: a redirect to a page or to data, and those pages and data themselves.

Linked data as in https://www.w3.org/TR/cooluris/ section 4.2: the resource answers 303,
each document of it has a URL of its own that is never negotiated.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import quote

import pyoxigraph as ox
from flask import Blueprint, Response, redirect, request
from werkzeug.wrappers import Response as WerkzeugResponse

from calcigraph.describe import Description
from calcigraph.nanopublications import SUFFIX, is_publishable
from calcigraph.numerals import NumeralRefused, integer
from calcigraph.rdf.vocabulary import AS, DCTERMS, OWL, RDF
from calcigraph.web import nanopubs, signposting
from calcigraph.web.protocol.caching import validated
from calcigraph.web.protocol.negotiation import HTML, Offer
from calcigraph.web.protocol.request_problems import (
    RequestMalformed,
    ResourceRemoved,
    ResourceUnknown,
    VersionUnknown,
)
from calcigraph.web.protocol.requested_format import requested
from calcigraph.web.protocol.versions import PARAMETER
from calcigraph.web.representations import GRAPH_OFFERS, SUFFIX_OF, SUFFIXES, graph_format, write_graph
from calcigraph.web.site import Site, current_site
from calcigraph.web.views import ontology
from calcigraph.web.views.pages import resource_page

OFFERS = (*GRAPH_OFFERS, HTML)
_LARGEST_OFFSET = 10**9
blueprint = Blueprint("resources", __name__)


@blueprint.app_context_processor
def _offered() -> dict[str, Any]:
    return {"nanopublication": lambda node: nanopubs.link_of(current_site(), node)}


@blueprint.get("/<any(id, ontology):room>/<path:name>")
def resource(room: str, name: str) -> WerkzeugResponse:
    """A resource of the root, or, with a suffix, one document about it.

    A name that is itself a resource is one, even where it ends like a suffix.
    """
    site = current_site()
    path = f"/{room}/{name}"
    node = find(site, path)
    if node is not None:
        _refuse_removed(site, node)
        return see_other(site, "/ontology" if _is_this_version(site, node) else path)
    stem, suffix = split_suffix(path)
    fixed = SUFFIXES.get(suffix)
    node = find(site, stem.removesuffix(SUFFIX))
    if node is None:
        raise _unknown(site, stem)
    _refuse_removed(site, node)
    if stem.endswith(SUFFIX):
        return _nanopublication(site, node, stem, fixed)
    offset = _offset()
    description = site.engine.describe(site.edition, node, offset) if fixed else None
    if description is None or fixed is None:
        raise _unknown(site, stem)
    return _document(site, description, stem, fixed, offset)


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

    def body() -> str | bytes:
        if chosen is HTML:
            return ontology.page(site)
        return write_graph(ontology.quads(site), graph_format(chosen), site.edition.root.prefixes)

    node = ox.NamedNode(f"{site.namespace}ontology")
    return finished(site, body, "/ontology", chosen, node, "ontology")


def find(site: Site, path: str) -> ox.NamedNode | None:
    """The resource of the dataset that answers at `path`; its IRI may be percent-encoded or not."""
    for candidate in (path, quote(path, safe="/:@!$&'()*+,;=~")):
        try:
            node = ox.NamedNode(site.namespace + candidate[1:])
        except ValueError:
            continue
        quads = site.edition.quads
        if next(iter(quads(node)), None) or next(iter(quads(None, None, node)), None):
            return node
    return None


def split_suffix(path: str) -> tuple[str, str]:
    """A path without its suffix, and the suffix; "" where it ends with none of ours."""
    stem, dot, ending = path.rpartition(".")
    return (stem, f".{ending}") if dot and f".{ending}" in SUFFIXES else (path, "")


def see_other(site: Site, path: str) -> WerkzeugResponse:
    """303 to the document that `Accept`, or `?format=`, asks for, of the version asked for if any."""
    chosen = requested(OFFERS)
    version = request.args.get(PARAMETER)
    place = site.link(path + SUFFIX_OF[chosen.name]) + (f"?{PARAMETER}={version}" if version else "")
    response = redirect(place, 303)
    response.vary.add("Accept")
    response.headers["Cache-Control"] = "no-cache"
    return response


def finished(
    site: Site,
    body: Callable[[], str | bytes],
    stem: str,
    chosen: Offer,
    node: ox.NamedNode,
    variant: str,
    types: Iterable[ox.NamedNode] = (),
) -> Response:
    """A document with all that HTTP says about it: its place, its siblings, what it describes. `body` makes
    its content, for clients that have not got it."""
    response = Response(content_type=chosen.content_type)
    response.headers["Content-Location"] = site.link(stem + SUFFIX_OF[chosen.name])
    signposting.of_document(response, site, stem, chosen, node, types)
    nanopubs.announce(response, site, node)
    return validated(response, site, f"{variant}.{chosen.name}", body)


def _document(site: Site, description: Description, stem: str, chosen: Offer, offset: int) -> Response:
    def body() -> str | bytes:
        if chosen is HTML:
            return resource_page(site, description, stem)
        return write_graph(list(description.quads()), graph_format(chosen), site.edition.root.prefixes)

    node, types = description.subject, description.types
    return finished(site, body, stem, chosen, node, f"incoming-{offset}", types)


def _nanopublication(site: Site, node: ox.NamedNode, stem: str, fixed: Offer | None) -> Response:
    is_offered = fixed is None or fixed in nanopubs.OFFERS
    if not is_offered or not is_publishable(site.edition, node):
        raise _unknown(site, stem)
    return nanopubs.respond(site, node, stem.removesuffix(SUFFIX), fixed)


def _is_this_version(site: Site, node: ox.NamedNode) -> bool:
    """Whether `node` names the present version of the ontology. Raises: VersionUnknown for an earlier one."""
    ontology, dataset = ox.NamedNode(f"{site.namespace}ontology"), site.edition
    if any(dataset.triples(ontology, OWL["priorVersion"], node)):
        raise VersionUnknown(site.version)
    return any(dataset.triples(ontology, OWL["versionIRI"], node))


def _refuse_removed(site: Site, node: ox.NamedNode) -> None:
    """Do nothing where `node` is in the data. A resource that was removed leaves a tombstone, as the Activity
    Vocabulary calls it (https://www.w3.org/TR/activitystreams-vocabulary/#dfn-tombstone), by which it is
    known.

    Raises: ResourceRemoved.
    """
    dataset, labels = site.edition, site.edition.labels
    if not any(dataset.triples(node, RDF["type"], AS["Tombstone"])):
        return
    days = [
        value.value[:10] for value in dataset.objects(node, AS["deleted"]) if isinstance(value, ox.Literal)
    ]
    reasons = [v.value for v in dataset.objects(node, DCTERMS["description"]) if isinstance(v, ox.Literal)]
    stated = (t for t in dataset.triples(node, DCTERMS["isReplacedBy"]) if not dataset.is_inferred(t))
    instead = sorted((t.object for t in stated if isinstance(t.object, ox.NamedNode)), key=str)
    raise ResourceRemoved(
        " ".join([f"“{labels.of(node).value}” was removed{' on ' + days[0] if days else ''}.", *reasons]),
        "Use what replaces it." if instead else "Look for another one in the search.",
        tuple((labels.of(v).value, link) for v in instead if (link := site.href(v))),
    )


def _offset() -> int:
    try:
        return integer(request.args.get("incoming", "0"), 0, _LARGEST_OFFSET)
    except NumeralRefused as refused:
        raise RequestMalformed(
            f"`incoming` is not {refused}.", "Give where the page of links begins."
        ) from None


def _unknown(site: Site, path: str) -> ResourceUnknown:
    asked = path.rpartition("/")[2]
    nearest = tuple(
        (label.value, site.href(node) or node.value) for node, label in site.edition.labels.nearest(asked)
    )
    hint = f"Did you mean “{nearest[0][0]}”?" if nearest else "Look the name up in the search."
    return ResourceUnknown(f"Nothing is known here about “{asked[:100]}”.", hint, nearest)
