"""A word in, the resources with such a name out; an exact identifier, name or IRI first."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify, render_template, request

from calcigraph.edition import Match
from calcigraph.errors import Problem
from calcigraph.rdf.terms import parse_iri
from calcigraph.web import own_iris
from calcigraph.web.protocol.caching import validated
from calcigraph.web.protocol.negotiation import HTML, JSON
from calcigraph.web.protocol.requested_format import requested
from calcigraph.web.site import Site, current_site

_MOST = 50
blueprint = Blueprint("search", __name__)


@blueprint.get("/search")
def search() -> Response:
    """`q` as label, synonym, identifier, prefixed name or IRI; JSON or a page."""
    site = current_site()
    names = site.edition.names
    text = request.args.get("q", "").strip()[:200]
    matches = find(site, text) if text else ()
    nearest = site.edition.labels.nearest(text) if text and not matches else []
    near = [names.match(node, text) for node, _ in nearest]
    chosen = requested((JSON, HTML))
    if chosen is HTML:
        page = render_template("search.html", text=text, matches=matches, near=near, most=_MOST)
        response = Response(page, content_type=HTML.content_type)
    else:
        found = {"results": [_json(site, m) for m in matches], "near": [_json(site, m) for m in near]}
        response = jsonify({"query": text, **found})
    response.vary.add("Accept")
    return validated(response, site, f"search.{chosen.name}")


def _json(site: Site, match: Match) -> dict[str, str | None]:
    return {
        "iri": match.node.value,
        "label": match.label.value,
        "matched": match.matched,
        "kind": site.edition.labels.of(match.kind).value if match.kind else None,
        "link": site.href(match.node),
    }


def find(site: Site, text: str) -> tuple[Match, ...]:
    """The matches, the most exact first: IRI and prefixed name, then whole names, then parts."""
    names = site.edition.names
    found: dict[object, Match] = {}
    try:
        node = parse_iri(text, site.edition.root.prefixes)
    except Problem:
        pass
    else:
        if own_iris.is_known(site, node):
            found[node] = names.match(node, text)
    for match in site.engine.search(site.edition, text, _MOST):
        found.setdefault(match.node, match)
    return tuple(found.values())
