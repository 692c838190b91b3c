"""The SPARQL 1.1 Protocol, query part: requests in, answers, pages or the service description out.

What a request says is read in `sparql_request`. What the event loop has begun with the same request, or
found out about it, comes along in its `InFlight` and is carried on here.
"""

from __future__ import annotations

from flask import Blueprint, Response, render_template, request

from calcigraph.pool import Answer, Query
from calcigraph.web import empty_answers, service_description, sparql_request
from calcigraph.web.protocol import bodies, streaming, versions
from calcigraph.web.protocol.caching import links, validated
from calcigraph.web.protocol.negotiation import FORMAT_PARAMETERS, HTML
from calcigraph.web.protocol.requested_format import requested
from calcigraph.web.query_answers import answer
from calcigraph.web.representations import GRAPH_OFFERS, RESULT_OFFERS
from calcigraph.web.site import Site, current_site
from calcigraph.web.sparql_request import SparqlRequest
from calcigraph.web.views.results import read_table, read_whole

_ROWS_ON_A_PAGE = 1000
blueprint = Blueprint("sparql", __name__)


@blueprint.route(sparql_request.PATH, methods=["GET", "POST"])
def sparql() -> Response:
    """A query, by GET or POST; by GET without one the service description, or a form to type it into."""
    site = current_site()
    content_type, accept = request.headers.get("Content-Type"), request.headers.get("Accept")
    asked = sparql_request.read(site, request.method, request.query_string, bodies.body, content_type, accept)
    if asked.query is not None and asked.explains:
        return empty_answers.explained(asked, asked.query)
    if asked.query is not None:
        return _answered(asked, asked.query)
    text = asked.single("query")
    if text is None:
        return _described(site)
    return _form(text, sparql_request.inference(asked.single("inference")))


def _answered(asked: SparqlRequest, query: Query) -> Response:
    given = answer(query, asked.single(versions.PARAMETER))
    chosen = asked.offer_for(given)
    if chosen is HTML:
        response = _page(query.text, asked, given)
    else:
        response = streaming.respond(given, chosen.content_type, current_site().settings.spool_bytes)
    why = asked.explanation(current_site()) if given.is_empty else None
    if why is not None:
        links(response, why)
    response.vary.add("Accept")
    # Of the edition that the answer is from.
    return validated(response, current_site(), "page")


def _described(site: Site) -> Response:
    offers = (*GRAPH_OFFERS, HTML)
    chosen = requested(offers)
    if chosen is HTML:
        return _form("", True)
    response = Response(service_description.write(site, chosen), content_type=chosen.content_type)
    response.vary.add("Accept")
    links(response, (site.link("/.well-known/void"), "describedby", None))
    return validated(response, site, f"service.{chosen.name}")


def _form(text: str, inference: bool) -> Response:
    page = render_template("query.html", query=text, inference=inference)
    response = Response(page, content_type=HTML.content_type)
    response.vary.add("Accept")
    return response


def _page(text: str, asked: SparqlRequest, answer: Answer) -> Response:
    body = read_whole(answer)
    why = asked.explanation(current_site()) if answer.is_empty else None
    kept = [(name, value) for name, value in asked.parameters if name not in (*FORMAT_PARAMETERS, "edit")]
    is_graph = answer.form.answers_with_graph
    page = render_template(
        "results.html",
        query=text,
        parameters=kept,
        table=None if is_graph else read_table(body, _ROWS_ON_A_PAGE),
        graph=body.decode() if is_graph else None,
        offers=GRAPH_OFFERS if is_graph else RESULT_OFFERS,
        why=why[0] if why is not None else None,
    )
    return Response(page, content_type=HTML.content_type)
