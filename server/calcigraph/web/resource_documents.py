"""A resource in, its documents as responses out: a page, and the same in each format of data."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import pyoxigraph as ox
from flask import Response, redirect, request
from werkzeug.wrappers import Response as WerkzeugResponse

from calcigraph.describe import MOST_SHOWN, Description, DescriptionTooLong
from calcigraph.numerals import NumeralRefused, integer
from calcigraph.rdf.vocabulary import AS, DCTERMS, RDF
from calcigraph.store import DocumentAddress, ResourceContent
from calcigraph.web import nanopubs, signposting
from calcigraph.web.document_responses import document_file
from calcigraph.web.protocol.caching import validated
from calcigraph.web.protocol.file_content import FileContent
from calcigraph.web.protocol.negotiation import HTML, Offer
from calcigraph.web.protocol.request_problems import RequestMalformed, ResourceRemoved
from calcigraph.web.protocol.requested_format import profiled, requested
from calcigraph.web.protocol.versions import PARAMETER
from calcigraph.web.representations import DOCUMENT_OFFERS, PROFILED_OFFERS, graph_format, write_graph
from calcigraph.web.site import Site
from calcigraph.web.views.pages import resource_page

# What a document takes is handed on to it.
_KEPT = (PARAMETER, "incoming")
_LARGEST_OFFSET = 10**9


def see_other(site: Site, address: DocumentAddress) -> WerkzeugResponse:
    """303 to the document that `Accept`, or `?format=`, asks for, of the version asked for if any."""
    chosen = requested(DOCUMENT_OFFERS)
    kept = {name: request.args[name] for name in _KEPT if name in request.args}
    response = redirect(site.link(address.of(chosen.suffix, **kept)), 303)
    response.vary.add("Accept")
    response.headers["Cache-Control"] = "no-cache"
    return response


def finished(
    site: Site,
    body: Callable[[], str | bytes],
    address: DocumentAddress,
    chosen: Offer,
    node: ox.NamedNode,
    variant: str,
    types: Iterable[ox.NamedNode] = (),
) -> Response:
    """A document with all that HTTP says about it: its place, its siblings, what it describes. `body` makes
    its content, for clients that have not got it."""
    response = announced(site, address, chosen, node, types)
    return validated(response, site, f"{variant}.{chosen.name}", body)


def announced(
    site: Site,
    address: DocumentAddress,
    chosen: Offer,
    node: ox.NamedNode,
    types: Iterable[ox.NamedNode] = (),
) -> Response:
    """The response with a document, still without content: its place, its siblings, what it describes."""
    response = Response(content_type=chosen.content_type)
    response.headers["Content-Location"] = site.link(address.of(chosen.suffix))
    signposting.of_document(response, site, address, chosen, node, types)
    nanopubs.announce(response, site, node)
    return response


def announced_by_profile(
    site: Site,
    address: DocumentAddress,
    chosen: Offer,
    node: ox.NamedNode,
    types: Iterable[ox.NamedNode] = (),
) -> Response:
    """As `announced`, where `profiled` has chosen: then `Accept` counts although the format is given."""
    response = announced(site, address, chosen, node, types)
    if chosen.profiles:
        response.vary.add("Accept")
    return response


def document(site: Site, node: ox.NamedNode, chosen: Offer) -> Response:
    """One document about a resource, and what fragments of its IRI name where these have no other address.

    Raises: DescriptionTooLong where a page would be too long.
    """
    address = site.document(node)
    offset, chosen = _offset(), profiled(chosen, PROFILED_OFFERS)
    response = announced_by_profile(site, address, chosen, node, _types(site, node))

    def body() -> str | bytes | FileContent:
        try:
            described, *fragments = _parts(site, node, offset)
        except DescriptionTooLong:
            if chosen is HTML:
                raise
            return document_file(
                response, site, ResourceContent(chosen.name, node.value, offset, not address.query)
            )
        if chosen is HTML:
            return resource_page(site, described, fragments, address)
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
    for fragment in () if site.document(node).query else site.edition.fragments(node):
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


def refuse_removed(site: Site, node: ox.NamedNode) -> None:
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
