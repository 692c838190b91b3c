"""A kind of tree and a term in, what is below the term out: classes, properties, concepts, individuals."""

from __future__ import annotations

import pyoxigraph as ox
from flask import Blueprint, Response, jsonify, redirect, request
from werkzeug.wrappers import Response as WerkzeugResponse

from calcigraph.numerals import NumeralRefused, integer
from calcigraph.rdf.terms import parse_iri
from calcigraph.trees import KINDS
from calcigraph.web.protocol.caching import validated
from calcigraph.web.protocol.negotiation import HTML, JSON
from calcigraph.web.protocol.request_problems import RequestMalformed, ResourceUnknown
from calcigraph.web.protocol.requested_format import requested
from calcigraph.web.site import ONTOLOGY, Site, current_site
from calcigraph.web.views import ontology

_LARGEST = 10**9
blueprint = Blueprint("trees", __name__)


@blueprint.get("/trees")
def tree() -> WerkzeugResponse:
    """What is below `term` in the tree of `kind`, from `from` on; without a term, what is on top; without a
    kind, the trees that there are, which for readers are on the page of the ontology. JSON or a page."""
    site, chosen = current_site(), requested((JSON, HTML))
    kind = request.args.get("kind", "")
    if not kind and chosen is HTML:
        led = redirect(site.link(ONTOLOGY.of(HTML.suffix)), 303)
        led.vary.add("Accept")
        return led
    if not kind:
        response = jsonify({"trees": ontology.kinds_json(site)})
    else:
        shown = _place(site, kind)
        if chosen is HTML:
            response = Response(ontology.place_page(site, shown), content_type=HTML.content_type)
        else:
            response = jsonify(ontology.as_json(site, shown))
    response.vary.add("Accept")
    return validated(response, site, f"trees.{chosen.name}")


def _place(site: Site, kind: str) -> ontology.TreePlace:
    """Raises: RequestMalformed, ResourceUnknown, and what `parse_iri` raises."""
    if kind not in KINDS:
        raise RequestMalformed(f"`kind` is none of the trees: “{kind[:40]}”.", f"Ask for {', '.join(KINDS)}.")
    text = request.args.get("term", "").strip()
    node = parse_iri(text, site.edition.root.prefixes) if text else None
    shown = ontology.place(site, kind, node, _offset())
    if shown is None:
        assert node is not None
        raise ResourceUnknown(
            f"“{_name(site, node)}” is not in this tree.", "Look the name up in the search.", ()
        )
    return shown


def _name(site: Site, node: ox.NamedNode) -> str:
    return site.edition.label(node)[:100]


def _offset() -> int:
    """Where the portion begins. Raises: RequestMalformed."""
    try:
        return integer(request.args.get("from", "0"), 0, _LARGEST)
    except NumeralRefused as refused:
        raise RequestMalformed(f"`from` is not {refused}.", "Give where the portion begins.") from None
