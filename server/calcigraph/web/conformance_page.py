"""How the program does in the W3C test suites, as it was seen when it was built: a page, EARL and JSON.

It is about the program and the same whatever the root is.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from itertools import groupby

import pyoxigraph as ox
from flask import Blueprint, Response, jsonify, render_template

from calcigraph import conformance
from calcigraph.conformance import OUTCOMES, Result, Suite
from calcigraph.differences import differences
from calcigraph.rdf.prefixes import Prefixes
from calcigraph.rdf.vocabulary import DCTERMS, EARL, RDFS
from calcigraph.web.protocol import suffixes
from calcigraph.web.protocol.caching import validated
from calcigraph.web.protocol.negotiation import HTML, JSON, Offer
from calcigraph.web.protocol.requested_format import requested
from calcigraph.web.representations import GRAPH_OFFERS, graph_format, write_graph
from calcigraph.web.site import Site, current_site

PATH = "/conformance"
_PREFIXES = Prefixes(
    {
        "conformance": f"{conformance.DOCUMENT}#",
        "dcterms": DCTERMS.iri,
        "doap": "http://usefulinc.com/ns/doap#",
        "earl": EARL.iri,
        "rdfs": RDFS.iri,
    }
)
# Plain JSON is the totals with what has not passed; as RDF, the report has every assertion.
_OFFERS = (*GRAPH_OFFERS, JSON, HTML)
blueprint = Blueprint("conformance", __name__)


@blueprint.get(PATH)
def report() -> Response:
    """The outcomes of the W3C tests: a page, EARL as RDF, or JSON."""
    chosen = requested(_OFFERS)
    response = _response(current_site(), chosen)
    response.vary.add("Accept")
    return response


@blueprint.get(f"{PATH}.<suffix>")
def document(suffix: str) -> Response:
    """The report in one format."""
    return _response(current_site(), suffixes.fixed(suffix, _OFFERS))


def _response(site: Site, chosen: Offer) -> Response:
    if chosen is HTML:
        response = Response(_page(), content_type=HTML.content_type)
    elif chosen is JSON:
        response = jsonify([_json(suite) for suite in conformance.suites()])
    else:
        response = Response(_graph(chosen), content_type=chosen.content_type)
    suffixes.name_siblings(response, site.link(PATH), chosen, _OFFERS)
    return validated(response, site, f"conformance.{chosen.name}")


@cache
def _graph(chosen: Offer) -> bytes:
    """The report in an RDF format. Cost: up to 0.5 s the first time, and a megabyte from then on."""
    quads = [ox.Quad(t.subject, t.predicate, t.object) for t in conformance.triples()]
    return write_graph(quads, graph_format(chosen), _PREFIXES)


def _page() -> str:
    suites = conformance.suites()
    shown = [outcome for outcome in OUTCOMES if any(suite.count(outcome) for suite in suites)]
    return render_template(
        "conformance.html",
        outcomes=shown,
        suites=[(suite, _notes(suite), _by_reason(suite.others)) for suite in suites],
        differences=[
            (topic, list(rows)) for topic, rows in groupby(differences(), key=lambda row: row.topic)
        ],
        formats=[(offer.suffix, offer) for offer in _OFFERS if offer is not HTML],
    )


def _notes(suite: Suite) -> list[str]:
    """How tests were made that have passed, where that needs saying."""
    return sorted({r.reason for r in suite.results if r.outcome == conformance.PASSED and r.reason})


def _by_reason(results: Iterable[Result]) -> list[tuple[str, str, list[Result]]]:
    """The tests that have not passed, by outcome and reason."""

    def why(result: Result) -> tuple[str, str]:
        return result.outcome, result.reason

    return [(*key, list(group)) for key, group in groupby(sorted(results, key=why), key=why)]


def _json(suite: Suite) -> dict[str, object]:
    return {
        "suite": suite.title,
        "source": suite.source,
        "tests": len(suite.results),
        **{outcome: suite.count(outcome) for outcome in OUTCOMES if suite.count(outcome)},
        "notes": _notes(suite),
        "others": [
            {"test": r.test, "name": r.name, "link": r.link, "outcome": r.outcome, "reason": r.reason}
            for r in suite.others
        ],
    }
