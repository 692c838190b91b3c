"""The SPARQL 1.1 Protocol, query part: a request in, one `Query` for the pool and its answer out.

See https://www.w3.org/TR/sparql11-protocol/ section 2.1. The formats are settled before the
query is looked at; what its form is, and which of them applies, only the pool finds out.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from flask import Blueprint, Response, render_template, request

from calcigraph.pool import Answer, Query
from calcigraph.rdf.iris import named_node
from calcigraph.web import service_description
from calcigraph.web.asking import ask
from calcigraph.web.protocol import bodies, streaming
from calcigraph.web.protocol.caching import links, validated
from calcigraph.web.protocol.choice import requested
from calcigraph.web.protocol.negotiation import Offer, choose
from calcigraph.web.protocol.problems import (
    AddressTooLong,
    BodyTooLarge,
    MediaTypeUnsupported,
    NothingAcceptable,
    RequestMalformed,
)
from calcigraph.web.representations import GRAPH_OFFERS, HTML, RESULT_OFFERS
from calcigraph.web.site import Site, current_site
from calcigraph.web.views.results import read_table, read_whole

QUERY_TYPE = "application/sparql-query"
_ROWS_ON_A_PAGE = 1000
blueprint = Blueprint("sparql", __name__)


@dataclass(frozen=True)
class Formats:
    """How a table or truth value, and how a graph, is to be sent; None where nothing fits."""

    results: Offer | None
    graph: Offer | None

    def of(self, answer: Answer) -> Offer:
        """The one for this answer, which the pool gives only where there is one."""
        chosen = self.graph if answer.form.answers_with_graph else self.results
        assert chosen is not None
        return chosen


@blueprint.get("/sparql")
def get() -> Response:
    """A query by GET; without `query` the service description, or a form to type one into."""
    site = current_site()
    parameters = bodies.address_parameters(site.settings.query_bytes)
    named = {name for name, _ in parameters}
    if "update" in named:
        raise RequestMalformed("GET never changes anything.", "Send queries as `query`.")
    if "query" not in named:
        return _described(site)
    if "edit" in named:
        return _form(_single(parameters, "query") or "", _inference(_single(parameters, "inference")))
    return _answered(site, parameters, _single(parameters, "query"))


@blueprint.post("/sparql")
def post() -> Response:
    """A query by POST, as a form (section 2.1.2) or as the body itself (section 2.1.3)."""
    site = current_site()
    most = site.settings.query_bytes
    parameters = bodies.address_parameters(most)
    media_type = bodies.media_type()
    if media_type == bodies.FORM:
        parameters = parameters + bodies.form_parameters(most)
        if "update" in {name for name, _ in parameters}:
            raise RequestMalformed("An update was sent to the query service.", "Send queries as `query`.")
        return _answered(site, parameters, _single(parameters, "query"))
    if media_type != QUERY_TYPE:
        raise MediaTypeUnsupported(
            f"A body of type {media_type[:80] or 'unknown'} is not taken here.",
            f"Send {QUERY_TYPE}, or {bodies.FORM} with `query=`.",
        )
    if any(name == "query" for name, _ in parameters):
        raise RequestMalformed("There is a query in the body and one in the address.", "Send one of them.")
    return _answered(site, parameters, bodies.text(most))


def _answered(site: Site, parameters: bodies.Parameters, text: str | None) -> Response:
    if text is None:
        raise RequestMalformed("There is no query.", "Send exactly one `query`.")
    if len(text.encode()) > site.settings.query_bytes:
        problem = AddressTooLong if request.method in ("GET", "HEAD") else BodyTooLarge
        raise problem(f"The query has more than {site.settings.query_bytes} bytes.", "Send a shorter one.")
    formats = _formats(_single(parameters, "format"))
    answer = ask(site, _query(site, parameters, text, formats))
    chosen = formats.of(answer)
    if chosen is HTML:
        response = _page(text, parameters, answer)
    else:
        response = streaming.respond(answer, chosen.content_type)
    response.vary.add("Accept")
    return validated(response, site, "page")


def _query(site: Site, parameters: bodies.Parameters, text: str, formats: Formats) -> Query:
    return Query(
        text,
        default_graphs=_graphs(parameters, "default-graph-uri"),
        named_graphs=_graphs(parameters, "named-graph-uri"),
        inference=_inference(_single(parameters, "inference")),
        timeout_s=_timeout(_single(parameters, "timeout"), site.settings.timeout),
        results_format=_key(formats.results, "json"),
        graph_format=_key(formats.graph, "turtle"),
        base_iri=site.absolute("/sparql"),
    )


def _key(chosen: Offer | None, on_a_page: str) -> str | None:
    if chosen is None:
        return None
    return on_a_page if chosen is HTML else chosen.name


def _formats(wanted: str | None) -> Formats:
    """What `format` names, else what `Accept` likes. Raises: RequestMalformed, NothingAcceptable."""
    results, graph = (*RESULT_OFFERS, HTML), (*GRAPH_OFFERS, HTML)
    if wanted is None:
        accept = request.headers.get("Accept")
        formats = Formats(choose(accept, results), choose(accept, graph))
        if formats == Formats(None, None):
            raise NothingAcceptable((*RESULT_OFFERS, *GRAPH_OFFERS, HTML))
        return formats
    formats = Formats(_named(wanted, results), _named(wanted, graph))
    if formats == Formats(None, None):
        listed = ", ".join(offer.name for offer in (*RESULT_OFFERS, *GRAPH_OFFERS, HTML))
        raise RequestMalformed(f'There is no format "{wanted[:40]}".', f"Use one of: {listed}.")
    return formats


def _named(wanted: str, offers: Sequence[Offer]) -> Offer | None:
    name = wanted.lower()
    names = ((o, {o.name, o.short, o.media_type, *o.aliases}) for o in offers)
    return next((o for o, known in names if name in known or f"application/{name}" in known), None)


def _single(parameters: bodies.Parameters, name: str) -> str | None:
    values = [value for key, value in parameters if key == name]
    if len(values) > 1:
        raise RequestMalformed(f"`{name}` is given {len(values)} times.", f"Give `{name}` once.")
    return values[0] if values else None


def _graphs(parameters: bodies.Parameters, name: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(named_node(value).value for key, value in parameters if key == name))


def _inference(value: str | None) -> bool:
    if value not in (None, "on", "off"):
        raise RequestMalformed("`inference` is neither on nor off.", "Write inference=on or inference=off.")
    return value != "off"


def _timeout(value: str | None, most_s: float) -> float | None:
    if value is None:
        return None
    try:
        seconds = float(value)
    except ValueError:
        seconds = math.nan
    if not seconds > 0:
        raise RequestMalformed("`timeout` is no number of seconds.", f"Write a number up to {most_s:g}.")
    return min(seconds, most_s)


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


def _page(text: str, parameters: bodies.Parameters, answer: Answer) -> Response:
    body = read_whole(answer)
    kept = [(name, value) for name, value in parameters if name not in ("format", "edit")]
    is_graph = answer.form.answers_with_graph
    page = render_template(
        "results.html",
        query=text,
        parameters=kept,
        table=None if is_graph else read_table(body, _ROWS_ON_A_PAGE),
        graph=body.decode() if is_graph else None,
        offers=GRAPH_OFFERS if is_graph else RESULT_OFFERS,
    )
    return Response(page, content_type=HTML.content_type)
