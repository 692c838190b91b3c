"""The values of a request to `/sparql` in; a `SparqlRequest` with the `Query` for the pool out.

See https://www.w3.org/TR/sparql11-protocol/ section 2.1. The formats are settled before the query is looked
at; what its form is, and which of them applies, only the pool finds out. No framework here: Flask and the
event loop read their requests by the same functions.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import urlencode

from calcigraph.numerals import NumeralRefused, decimal
from calcigraph.pool import Answer, Query
from calcigraph.rdf.formats import find
from calcigraph.rdf.iris import named_node
from calcigraph.web.protocol import bodies, versions
from calcigraph.web.protocol.caching import LinkEntry
from calcigraph.web.protocol.negotiation import FORMAT_PARAMETERS, HTML, Offer, choose, wishes
from calcigraph.web.protocol.request_problems import (
    AddressTooLong,
    BodyTooLarge,
    MediaTypeUnsupported,
    NothingAcceptable,
    RequestMalformed,
)
from calcigraph.web.representations import GRAPH_OFFERS, PROFILED_OFFERS, RESULT_OFFERS
from calcigraph.web.site import Site

PATH = "/sparql"
EXPLAIN = "explain"
# What is asked for in another answer than that of the query.
_EXPLAINED = "empty"
# A longer address is not sent in a header: what stands in front of a server takes 4 KiB of them.
_LONGEST_LINK = 3000
QUERY_TYPE = "application/sparql-query"
_RESULTS = (*RESULT_OFFERS, HTML)
_GRAPHS = (*GRAPH_OFFERS, *PROFILED_OFFERS, HTML)
# A longer `Accept` is not cached, so that clients cannot fill the memory.
_USUAL_HEADER = 512


@dataclass(frozen=True)
class SparqlRequest:
    """A request to `/sparql`: its parameters in their order, its query, and how to answer it.

    `query` is None where no query was sent. `results` is how a table or truth value is to be sent and `graph`
    how triples are; None where nothing fits.
    """

    parameters: bodies.NameValuePairs
    query: Query | None = None
    results: Offer | None = None
    graph: Offer | None = None

    def __contains__(self, name: str) -> bool:
        return bool(_values(self.parameters, name))

    def single(self, name: str) -> str | None:
        """The value of a parameter that may be given once. Raises: RequestMalformed."""
        return _single(self.parameters, name)

    def offer_for(self, answer: Answer) -> Offer:
        """How this answer is to be sent, which the pool gives only where there is a way."""
        chosen = self.graph if answer.form.answers_with_graph else self.results
        assert chosen is not None
        return chosen

    @property
    def explains(self) -> bool:
        """Whether it asks why the answer to its query is empty."""
        return self.query is not None and self.query.explains_empty

    def explanation(self, site: Site) -> LinkEntry | None:
        """The link to why the answer is empty, for an answer that is; None where its address would be very
        long. Cost: linear in the query.

        Its relation is a registered one (RFC 8288, section 4.2): what it leads to tells about the link's
        context, which is the answer.
        """
        assert self.query is not None, "there is an answer"
        named = [pair for pair in self.parameters if pair[0] not in (*FORMAT_PARAMETERS, "query")]
        target = urlencode([("query", self.query.text), *named, (EXPLAIN, _EXPLAINED)])
        if len(target) > _LONGEST_LINK:
            return None
        return f"{site.link(PATH)}?{target}", "describedby", "application/json"

    @property
    def may_be_a_page(self) -> bool:
        """Whether some answer would be shown as HTML."""
        return HTML in (self.results, self.graph)


def read(
    site: Site,
    method: str,
    query_string: bytes,
    body: Callable[[int], bytes],
    content_type: str | None,
    accept: str | None,
) -> SparqlRequest:
    """Read a request by GET, HEAD (section 2.1.1) or POST (2.1.2 and 2.1.3).

    `body` gives its content up to so many bytes and raises BodyTooLarge beyond; `content_type` and `accept`
    are header values, None where there is none. A GET without a query asks for something else, and its
    formats are not looked at.
    Raises: RequestMalformed, MediaTypeUnsupported, AddressTooLong, BodyTooLarge, IriMalformed,
    NothingAcceptable, VersionUnknown.
    """
    most, is_post = site.settings.query_bytes, method == "POST"
    text: str | None
    if is_post:
        parameters, text = _posted(query_string, content_type, body, most)
    else:
        parameters, text = _got(query_string, most)
    versions.check(_single(parameters, versions.PARAMETER), site)
    if text is None or (not is_post and _values(parameters, "edit")):
        return SparqlRequest(parameters)
    if len(text) * 4 > most and len(text.encode()) > most:
        problem = BodyTooLarge if is_post else AddressTooLong
        raise problem(f"The query has more than {most} bytes.", "Send a shorter one.")
    explains = _explains(_single(parameters, EXPLAIN))
    if explains:
        # Its own formats are told apart where it is answered.
        query = _query(site, parameters, text, None, None)
        return SparqlRequest(
            parameters, query._replace(results_format="json", graph_format="turtle", explains_empty=True)
        )
    results, graph = _formats(wishes(parameters), accept)
    return SparqlRequest(parameters, _query(site, parameters, text, results, graph), results, graph)


def _got(query_string: bytes, most: int) -> tuple[bodies.NameValuePairs, str | None]:
    """The parameters of a GET, and its query."""
    parameters = bodies.address_parameters(query_string, most)
    if _values(parameters, "update"):
        raise RequestMalformed("GET never changes anything.", "Send queries as `query`.")
    return parameters, _single(parameters, "query")


def _posted(
    query_string: bytes, content_type: str | None, body: Callable[[int], bytes], most: int
) -> tuple[bodies.NameValuePairs, str]:
    """The parameters of a POST, and its query."""
    in_address = bodies.address_parameters(query_string, most)
    media_type = bodies.media_type(content_type)
    if media_type == bodies.FORM:
        # A byte of the query takes up to three in the body.
        return _from_form(in_address + bodies.parameters(body(3 * most)))
    if media_type != QUERY_TYPE:
        raise MediaTypeUnsupported(
            f"A body of type {media_type[:80] or 'unknown'} is not taken here.",
            f"Send {QUERY_TYPE}, or {bodies.FORM} with `query=`.",
        )
    if _values(in_address, "query"):
        raise RequestMalformed("There is a query in the body and one in the address.", "Send one of them.")
    return in_address, bodies.text(body(most))


def _from_form(parameters: bodies.NameValuePairs) -> tuple[bodies.NameValuePairs, str]:
    if _values(parameters, "update"):
        raise RequestMalformed("An update was sent to the query service.", "Send queries as `query`.")
    text = _single(parameters, "query")
    if text is None:
        raise RequestMalformed("There is no query.", "Send exactly one `query`.")
    return parameters, text


def _values(parameters: bodies.NameValuePairs, name: str) -> list[str]:
    return [value for given, value in parameters if given == name]


def _single(parameters: bodies.NameValuePairs, name: str) -> str | None:
    values = _values(parameters, name)
    if len(values) > 1:
        raise RequestMalformed(f"`{name}` is given {len(values)} times.", f"Give `{name}` once.")
    return values[0] if values else None


def _query(
    site: Site, parameters: bodies.NameValuePairs, text: str, results: Offer | None, graph: Offer | None
) -> Query:
    return Query(
        text,
        default_graphs=_graphs(_values(parameters, "default-graph-uri")),
        named_graphs=_graphs(_values(parameters, "named-graph-uri")),
        inference=inference(_single(parameters, "inference")),
        timeout_s=_timeout(_single(parameters, "timeout"), site.settings.timeout),
        results_format=_key(results, "json"),
        graph_format=_key(graph, "turtle"),
        base_iri=site.query_base,
    )


def _key(chosen: Offer | None, on_a_page: str) -> str | None:
    if chosen is None:
        return None
    return on_a_page if chosen is HTML else chosen.name


def _formats(wished: Sequence[str], accept: str | None) -> tuple[Offer | None, Offer | None]:
    """How results and how a graph are to be sent: as the first wish says that names a format of either,
    else as `Accept` likes best. Raises: NothingAcceptable.
    """
    for wanted in wished:
        found = find(wanted, _RESULTS), find(wanted, _GRAPHS)
        if found != (None, None):
            return found
    usual = len(accept or "") <= _USUAL_HEADER
    found = _negotiated(accept) if usual else _negotiated.__wrapped__(accept)
    if found == (None, None):
        raise NothingAcceptable(offer.media_type for offer in (*RESULT_OFFERS, *GRAPH_OFFERS, HTML))
    return found


# Clients send one of a few headers, and reading one takes as long as a short query.
@lru_cache(maxsize=256)
def _negotiated(accept: str | None) -> tuple[Offer | None, Offer | None]:
    return choose(accept, _RESULTS), choose(accept, _GRAPHS)


def _graphs(iris: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(named_node(iri).value for iri in iris)) if iris else ()


def inference(value: str | None) -> bool:
    """What the parameter `inference` says. Raises: RequestMalformed."""
    if value not in (None, "on", "off"):
        raise RequestMalformed("`inference` is neither on nor off.", "Write inference=on or inference=off.")
    return value != "off"


def _explains(value: str | None) -> bool:
    """What the parameter `explain` says. Raises: RequestMalformed."""
    if value not in (None, _EXPLAINED):
        raise RequestMalformed("`explain` is not empty.", "Write explain=empty, which says why an answer is.")
    return value is not None


def _timeout(value: str | None, most_s: float) -> float | None:
    """The limit that a client sets itself; None where it sets none, as 0 and an empty one say (the forms of
    some stores send these)."""
    try:
        seconds = decimal(value) if value else 0.0
    except NumeralRefused as refused:
        raise RequestMalformed(f"`timeout` is not {refused}.", f"Write seconds, up to {most_s:g}.") from None
    return min(seconds, most_s) if seconds else None
