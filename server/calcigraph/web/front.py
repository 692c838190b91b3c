"""The front page: what the root asks first, answered, and the ways on from there."""

from __future__ import annotations

from flask import Blueprint, Response, render_template

from calcigraph.errors import Problem
from calcigraph.root import QuestionFile
from calcigraph.web import discovery
from calcigraph.web.protocol.caching import links, validated
from calcigraph.web.questions import answer, featured
from calcigraph.web.representations import HTML
from calcigraph.web.site import Site, current_site
from calcigraph.web.views.pages import json_for_page
from calcigraph.web.views.results import Table

_ROWS = 12
blueprint = Blueprint("front", __name__)


@blueprint.get("/")
def front() -> Response:
    """The front page, with the dataset as schema.org JSON-LD."""
    site = current_site()
    asked = featured(site)
    table = _table(site, asked) if asked else None
    page = render_template(
        "front.html",
        featured=asked,
        table=table,
        questions=site.dataset.root.questions,
        address=site.absolute(f"/questions/{asked.slug}") if asked else None,
        json_ld=json_for_page(discovery.schema_org(site)),
    )
    response = Response(page, content_type=HTML.content_type)
    links(response, (site.link("/.well-known/void"), "describedby", "text/turtle"))
    if asked and table is None:
        # Not what this version says, only what this moment allows.
        response.headers["Cache-Control"] = "no-store"
        return response
    return validated(response, site, "front")


def _table(site: Site, asked: QuestionFile) -> Table | None:
    """The answer; None where the engine is too busy for it, which is no reason to show no page."""
    try:
        return answer(site, asked, _ROWS)
    except Problem:
        return None
