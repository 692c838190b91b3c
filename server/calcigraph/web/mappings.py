"""The mappings of the root to other vocabularies, as one SSSOM table."""

from __future__ import annotations

from flask import Blueprint, Response

from calcigraph.sssom import mappings_tsv
from calcigraph.web.protocol.caching import validated
from calcigraph.web.site import current_site

PATH = "/mappings.sssom.tsv"
blueprint = Blueprint("mappings", __name__)


@blueprint.get(PATH)
def mappings() -> Response:
    """Every mapping with its justification (SSSOM/TSV)."""
    site = current_site()
    body = mappings_tsv(site.edition, site.absolute(PATH))
    return validated(
        Response(body, content_type="text/tab-separated-values; charset=utf-8"), site, "mappings"
    )
