"""The IRIs of the data: a redirect to a page or to data, and those pages and data themselves.

Linked data as in https://www.w3.org/TR/cooluris/ section 4.2: the resource answers 303,
each document of it has a URL of its own that is never negotiated.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import unquote, urlencode

import pyoxigraph as ox
from flask import Blueprint, Response, redirect, request
from werkzeug.wrappers import Response as WerkzeugResponse

from calcigraph.describe import MOST_SHOWN, Description, DescriptionTooLong
from calcigraph.nanopublications import SUFFIX, is_publishable
from calcigraph.numerals import NumeralRefused, integer
from calcigraph.rdf.vocabulary import AS, DCTERMS, OWL, RDF
from calcigraph.store import OntologyContent, ResourceContent
from calcigraph.web import nanopubs, own_iris, signposting
from calcigraph.web.document_responses import document_file, document_response
from calcigraph.web.protocol import suffixes
from calcigraph.web.protocol.caching import validated
from calcigraph.web.protocol.file_content import FileContent
from calcigraph.web.protocol.negotiation import HTML, Offer
from calcigraph.web.protocol.request_problems import (
    RequestMalformed,
    ResourceRemoved,
    ResourceUnknown,
    VersionUnknown,
)
from calcigraph.web.protocol.request_target import raw_path, raw_target
from calcigraph.web.protocol.requested_format import profiled, requested
from calcigraph.web.protocol.versions import PARAMETER
from calcigraph.web.representations import DOCUMENT_OFFERS, PROFILED_OFFERS, graph_format, write_graph
from calcigraph.web.site import Site, current_site
from calcigraph.web.views import ontology
from calcigraph.web.views.pages import resource_page

# What a document takes is handed on to it.
_KEPT = (PARAMETER, "incoming")
_LARGEST_OFFSET = 10**9
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
    site, path = current_site(), raw_path()
    # An IRI may have a query of its own.
    node = own_iris.find(site, raw_target()) or own_iris.find(site, path)
    if node is not None:
        _refuse_removed(site, node)
        return see_other(site, "/ontology" if _is_this_version(site, node) else site.document(node) or path)
    stem, fixed = suffixes.split(path, DOCUMENT_OFFERS)
    node = own_iris.find(site, stem.removesuffix(SUFFIX))
    if node is None:
        raise _unknown(site, stem)
    _refuse_removed(site, node)
    canonical = site.document(node) or stem
    if stem.endswith(SUFFIX):
        return _nanopublication(site, node, canonical, fixed)
    if fixed is None:
        raise _unknown(site, stem)
    return _document(site, node, canonical, fixed)


@blueprint.get("/ontology")
def ontology_resource() -> WerkzeugResponse:
    """The ontology as a whole."""
    return see_other(current_site(), "/ontology")


@blueprint.get("/ontology.<suffix>")
def ontology_document(suffix: str) -> Response:
    """One document of the whole ontology: the class tree as a page, or all its graphs."""
    site = current_site()
    chosen = suffixes.fixed(suffix, DOCUMENT_OFFERS)

    node = ox.NamedNode(f"{site.namespace}ontology")
    if chosen is HTML:
        return finished(site, lambda: ontology.page(site), "/ontology", chosen, node, "ontology")
    chosen = profiled(chosen, PROFILED_OFFERS)
    response = _announced_by_profile(site, "/ontology", chosen, node)
    content = OntologyContent(chosen.name)
    return document_response(response, site, f"ontology.{chosen.name}", content, _size(site))


def _size(site: Site) -> int:
    """How many triples the files of the ontology have."""
    root, graphs = site.edition.root, site.edition.graphs
    return sum(graphs.get(graph, 0) for file in root.ontology for graph in root.graphs_of(file))


def see_other(site: Site, path: str) -> WerkzeugResponse:
    """303 to the document that `Accept`, or `?format=`, asks for, of the version asked for if any."""
    chosen = requested(DOCUMENT_OFFERS)
    kept = {name: request.args[name] for name in _KEPT if name in request.args}
    response = redirect(site.link(path + chosen.suffix) + (f"?{urlencode(kept)}" if kept else ""), 303)
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
    response = announced(site, stem, chosen, node, types)
    return validated(response, site, f"{variant}.{chosen.name}", body)


def announced(
    site: Site, stem: str, chosen: Offer, node: ox.NamedNode, types: Iterable[ox.NamedNode] = ()
) -> Response:
    """The response with a document, still without content: its place, its siblings, what it describes."""
    response = Response(content_type=chosen.content_type)
    response.headers["Content-Location"] = site.link(stem + chosen.suffix)
    signposting.of_document(response, site, stem, chosen, node, types)
    nanopubs.announce(response, site, node)
    return response


def _announced_by_profile(
    site: Site, stem: str, chosen: Offer, node: ox.NamedNode, types: Iterable[ox.NamedNode] = ()
) -> Response:
    """As `announced`, where `profiled` has chosen: then `Accept` counts although the format is given."""
    response = announced(site, stem, chosen, node, types)
    if chosen.profiles:
        response.vary.add("Accept")
    return response


def _document(site: Site, node: ox.NamedNode, stem: str, chosen: Offer) -> Response:
    """One document about a resource. Raises: DescriptionTooLong where a page would be too long."""
    offset, chosen = _offset(), profiled(chosen, PROFILED_OFFERS)
    response = _announced_by_profile(site, stem, chosen, node, _types(site, node))

    def body() -> str | bytes | FileContent:
        try:
            described, *fragments = _parts(site, node, offset)
        except DescriptionTooLong:
            if chosen is HTML:
                raise
            return document_file(response, site, ResourceContent(chosen.name, node.value, offset))
        if chosen is HTML:
            return resource_page(site, described, fragments, stem)
        quads = dict.fromkeys(quad for part in (described, *fragments) for quad in part.quads())
        return write_graph(list(quads), graph_format(chosen), site.edition.root.prefixes)

    return validated(response, site, f"incoming-{offset}.{chosen.name}", body)


def _types(site: Site, node: ox.NamedNode) -> list[ox.NamedNode]:
    return [kind for kind in site.edition.objects(node, RDF["type"]) if isinstance(kind, ox.NamedNode)]


def _parts(site: Site, node: ox.NamedNode, offset: int) -> list[Description]:
    """What is said of a resource, and of those that fragments of its IRI name. Raises: DescriptionTooLong."""
    described = site.engine.describe(site.edition, node, offset)
    parts = [described or Description.empty(node, site.edition.labels.of(node))]
    size = len(parts[0].facts)
    for fragment in site.edition.fragments(node):
        part = _described(site, fragment)
        parts += [] if part is None else [part]
        size += 1 if part is None else 1 + len(part.facts)
        if size > MOST_SHOWN:
            raise DescriptionTooLong(MOST_SHOWN)
    return parts


def _described(site: Site, part: ox.NamedNode) -> Description | None:
    """What is said of a part of a document, else what leads to it."""
    describe = site.engine.describe
    return describe(site.edition, part, None) or describe(site.edition, part)


def _nanopublication(site: Site, node: ox.NamedNode, stem: str, fixed: Offer | None) -> Response:
    if not is_publishable(site.edition, node):
        raise _unknown(site, stem + SUFFIX)
    if fixed is not None and fixed not in nanopubs.OFFERS:
        raise suffixes.unknown(fixed.suffix, nanopubs.OFFERS)
    return nanopubs.respond(site, node, stem, fixed)


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
    """Where the page of incoming links begins. Raises: RequestMalformed."""
    try:
        return integer(request.args.get("incoming", "0"), 0, _LARGEST_OFFSET)
    except NumeralRefused as refused:
        raise RequestMalformed(
            f"`incoming` is not {refused}.", "Give where the page of links begins."
        ) from None


def _unknown(site: Site, path: str) -> ResourceUnknown:
    stem, ending = suffixes.cut(path)
    if ending and own_iris.find(site, stem) is not None:
        return suffixes.unknown(ending, DOCUMENT_OFFERS)
    asked = unquote(path.rpartition("/")[2])
    nearest = tuple(
        (label.value, site.href(node) or node.value) for node, label in site.edition.labels.nearest(asked)
    )
    hint = f"Did you mean “{nearest[0][0]}”?" if nearest else "Look the name up in the search."
    return ResourceUnknown(f"Nothing is known here about “{asked[:100]}”.", hint, nearest)
