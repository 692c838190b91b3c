"""A word in, the resources that are called so out; an exact identifier, name or IRI first."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify, render_template, request

from calcigraph.describe import Match
from calcigraph.errors import Problem
from calcigraph.rdf.terms import parse_iri
from calcigraph.web.protocol.caching import validated
from calcigraph.web.protocol.choice import requested
from calcigraph.web.representations import HTML, JSON
from calcigraph.web.site import Site, current_site

_MOST = 50
blueprint = Blueprint("search", __name__)


@blueprint.get("/search")
def search() -> Response:
    """`q` as label, synonym, identifier, prefixed name or IRI; JSON or a page."""
    site = current_site()
    text = request.args.get("q", "").strip()[:200]
    matches = find(site, text) if text else ()
    near = site.describer.labels.nearest(text) if text and not matches else []
    chosen = requested((JSON, HTML))
    if chosen is HTML:
        page = render_template("search.html", text=text, matches=matches, near=near)
        response = Response(page, content_type=HTML.content_type)
    else:
        rows = [
            {"iri": m.node.value, "label": m.label.value, "matched": m.matched, "link": site.href(m.node)}
            for m in matches
        ]
        response = jsonify({"query": text, "results": rows})
    response.vary.add("Accept")
    return validated(response, site, f"search.{chosen.name}")


def find(site: Site, text: str) -> tuple[Match, ...]:
    """The matches, the most exact first: IRI and prefixed name, then whole names, then parts."""
    names = site.describer.names
    found: dict[object, Match] = {}
    try:
        node = parse_iri(text, site.dataset.root.prefixes)
    except Problem:
        pass
    else:
        if any(site.dataset.triples(node)):
            found[node] = Match(node, site.describer.labels.of(node), text)
    for match in names.find(text, _MOST):
        found.setdefault(match.node, match)
    return tuple(found.values())
