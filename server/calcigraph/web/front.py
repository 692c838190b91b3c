"""The front page: what the root asks first, answered, and the ways on from there."""

from __future__ import annotations

from flask import Blueprint, Response, render_template

from calcigraph.web import discovery
from calcigraph.web.caching import links, validated
from calcigraph.web.pages import json_for_page
from calcigraph.web.questions import answer, featured
from calcigraph.web.representations import HTML
from calcigraph.web.site import current_site

_ROWS = 12
blueprint = Blueprint("front", __name__)


@blueprint.get("/")
def front() -> Response:
    """The front page, with the dataset as schema.org JSON-LD."""
    site = current_site()
    asked = featured(site)
    page = render_template(
        "front.html",
        featured=asked,
        table=answer(site, asked, _ROWS) if asked else None,
        questions=site.dataset.root.questions,
        address=site.absolute(f"/questions/{asked.slug}") if asked else None,
        json_ld=json_for_page(discovery.schema_org(site)),
    )
    response = Response(page, content_type=HTML.content_type)
    links(response, (site.link("/.well-known/void"), "describedby", "text/turtle"))
    return validated(response, site, "front")
