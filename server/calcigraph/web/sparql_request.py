"""The values of a request to `/sparql` in; one `Query` for the pool, and how to send its answer, out.

See https://www.w3.org/TR/sparql11-protocol/ section 2.1. The formats are settled before the
query is looked at; what its form is, and which of them applies, only the pool finds out. No
framework here: the pages and the query endpoint of the event loop read their requests by the same functions.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from calcigraph.pool import Answer, Query
from calcigraph.rdf.iris import named_node
from calcigraph.web.protocol import bodies, versions
from calcigraph.web.protocol.negotiation import Offer, choose
from calcigraph.web.protocol.problem_details import (
    AddressTooLong,
    BodyTooLarge,
    MediaTypeUnsupported,
    NothingAcceptable,
    RequestMalformed,
)
from calcigraph.web.representations import GRAPH_OFFERS, HTML, RESULT_OFFERS
from calcigraph.web.site import Site

PATH = "/sparql"
QUERY_TYPE = "application/sparql-query"
_RESULTS = (*RESULT_OFFERS, HTML)
_GRAPHS = (*GRAPH_OFFERS, HTML)
# A longer `Accept` is not remembered: strangers decide how much of it there is.
_USUAL_HEADER = 512


@dataclass(frozen=True)
class Asked:
    """A request as it came. `body` gives its content up to so many bytes and raises BodyTooLarge
    beyond; `content_type` and `accept` are header values, None where there is none."""

    method: str
    query_string: bytes
    content_type: str | None
    accept: str | None
    body: Callable[[int], bytes]


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

    @property
    def may_be_a_page(self) -> bool:
        """Whether some answer would be shown as HTML."""
        return HTML in (self.results, self.graph)


class Parameters:
    """What was given beside the query, or with it: `pairs` in their order."""

    def __init__(self, pairs: bodies.NameValuePairs) -> None:
        self.pairs = pairs
        self._by_name: dict[str, list[str]] = {}
        for name, value in pairs:
            self._by_name.setdefault(name, []).append(value)

    def __contains__(self, name: str) -> bool:
        return name in self._by_name

    def of(self, name: str) -> Sequence[str]:
        """All values of a parameter, in their order."""
        return self._by_name.get(name, ())

    def single(self, name: str) -> str | None:
        """The value of a parameter that may be given once. Raises: RequestMalformed."""
        values = self._by_name.get(name)
        if values is None:
            return None
        if len(values) > 1:
            raise RequestMalformed(f"`{name}` is given {len(values)} times.", f"Give `{name}` once.")
        return values[0]


@dataclass(frozen=True)
class Question:
    """One query, and what was said beside it; `query` is None where no query was sent."""

    query: Query | None
    formats: Formats
    parameters: Parameters


def read(asked: Asked, site: Site) -> Question:
    """Read a request by GET, HEAD (section 2.1.1) or POST (2.1.2 and 2.1.3).

    A GET without a query asks for something else, and its formats are not looked at.
    Raises: RequestMalformed, MediaTypeUnsupported, AddressTooLong, BodyTooLarge, IriMalformed,
    NothingAcceptable, VersionUnknown.
    """
    parameters, text = _posted(asked, site) if asked.method == "POST" else _got(asked, site)
    versions.check(parameters.single(versions.PARAMETER), site)
    if text is None or (asked.method != "POST" and "edit" in parameters):
        return Question(None, Formats(None, None), parameters)
    if len(text) * 4 > site.settings.query_bytes and len(text.encode()) > site.settings.query_bytes:
        problem = BodyTooLarge if asked.method == "POST" else AddressTooLong
        raise problem(f"The query has more than {site.settings.query_bytes} bytes.", "Send a shorter one.")
    formats = _formats(parameters.single("format"), asked.accept)
    return Question(_query(site, parameters, text, formats), formats, parameters)


def _got(asked: Asked, site: Site) -> tuple[Parameters, str | None]:
    parameters = Parameters(bodies.address_parameters(asked.query_string, site.settings.query_bytes))
    if "update" in parameters:
        raise RequestMalformed("GET never changes anything.", "Send queries as `query`.")
    return parameters, parameters.single("query")


def _posted(asked: Asked, site: Site) -> tuple[Parameters, str]:
    most = site.settings.query_bytes
    in_address = bodies.address_parameters(asked.query_string, most)
    media_type = bodies.media_type(asked.content_type)
    if media_type == bodies.FORM:
        # A byte of the query takes up to three in the body.
        parameters = Parameters(in_address + bodies.parameters(asked.body(3 * most)))
        if "update" in parameters:
            raise RequestMalformed("An update was sent to the query service.", "Send queries as `query`.")
        text = parameters.single("query")
        if text is None:
            raise RequestMalformed("There is no query.", "Send exactly one `query`.")
        return parameters, text
    if media_type != QUERY_TYPE:
        raise MediaTypeUnsupported(
            f"A body of type {media_type[:80] or 'unknown'} is not taken here.",
            f"Send {QUERY_TYPE}, or {bodies.FORM} with `query=`.",
        )
    parameters = Parameters(in_address)
    if "query" in parameters:
        raise RequestMalformed("There is a query in the body and one in the address.", "Send one of them.")
    return parameters, bodies.text(asked.body(most))


def _query(site: Site, parameters: Parameters, text: str, formats: Formats) -> Query:
    return Query(
        text,
        default_graphs=_graphs(parameters.of("default-graph-uri")),
        named_graphs=_graphs(parameters.of("named-graph-uri")),
        inference=inference(parameters.single("inference")),
        timeout_s=_timeout(parameters.single("timeout"), site.settings.timeout),
        results_format=_key(formats.results, "json"),
        graph_format=_key(formats.graph, "turtle"),
        base_iri=site.query_base,
    )


def _key(chosen: Offer | None, on_a_page: str) -> str | None:
    if chosen is None:
        return None
    return on_a_page if chosen is HTML else chosen.name


def _formats(wanted: str | None, accept: str | None) -> Formats:
    """What `format` names, else what `Accept` likes. Raises: RequestMalformed, NothingAcceptable."""
    if wanted is None:
        formats = _settled(accept) if len(accept or "") <= _USUAL_HEADER else _settled.__wrapped__(accept)
        if formats == Formats(None, None):
            raise NothingAcceptable((*RESULT_OFFERS, *GRAPH_OFFERS, HTML))
        return formats
    formats = Formats(_named(wanted, _RESULTS), _named(wanted, _GRAPHS))
    if formats == Formats(None, None):
        listed = ", ".join(offer.name for offer in (*RESULT_OFFERS, *GRAPH_OFFERS, HTML))
        raise RequestMalformed(f'There is no format "{wanted[:40]}".', f"Use one of: {listed}.")
    return formats


# Clients send one of a few headers, and reading one takes as long as a short query.
@lru_cache(maxsize=256)
def _settled(accept: str | None) -> Formats:
    return Formats(choose(accept, _RESULTS), choose(accept, _GRAPHS))


def _named(wanted: str, offers: Sequence[Offer]) -> Offer | None:
    name = wanted.lower()
    names = ((o, {o.name, o.short, o.media_type, *o.aliases}) for o in offers)
    return next((o for o, known in names if name in known or f"application/{name}" in known), None)


def _graphs(iris: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(named_node(iri).value for iri in iris))


def inference(value: str | None) -> bool:
    """What the parameter `inference` says. Raises: RequestMalformed."""
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
