"""A query whose answer is empty in, why it is out: JSON, text or a page."""

from __future__ import annotations

from flask import Response, jsonify, render_template, request

from calcigraph.emptiness import EmptyReason
from calcigraph.pool import Query
from calcigraph.store import with_near_terms
from calcigraph.web.protocol.caching import validated
from calcigraph.web.protocol.negotiation import HTML, JSON, Offer, choose, wished
from calcigraph.web.protocol.request_problems import NothingAcceptable
from calcigraph.web.protocol.streaming import entity_tag
from calcigraph.web.protocol.versions import PARAMETER
from calcigraph.web.query_answers import answer
from calcigraph.web.site import current_site
from calcigraph.web.sparql_request import SparqlRequest
from calcigraph.web.views.results import read_whole

TEXT = Offer("text/plain", "text")
OFFERS = (JSON, TEXT, HTML)


def explained(asked: SparqlRequest, query: Query) -> Response:
    """Why the answer to `query` is empty, or that it is not.

    Raises: NothingAcceptable, and what the query raises.
    """
    chosen = wished(asked.parameters, OFFERS) or choose(request.headers.get("Accept"), OFFERS)
    if chosen is None:
        raise NothingAcceptable(offer.media_type for offer in OFFERS)
    given = answer(query, asked.single(PARAMETER))
    found = with_near_terms(EmptyReason.decode(read_whole(given)), current_site().edition)
    response = _response(chosen, query, found)
    response.set_etag(entity_tag(response.get_data(), chosen.content_type))
    response.vary.add("Accept")
    return validated(response, current_site(), "explain")


def _response(chosen: Offer, query: Query, found: EmptyReason) -> Response:
    if chosen is JSON:
        return jsonify(found.fields())
    if chosen is TEXT:
        return Response(found.text(), content_type=TEXT.content_type)
    page = render_template("empty.html", query=query.text, inference=query.inference, found=found)
    return Response(page, content_type=HTML.content_type)
