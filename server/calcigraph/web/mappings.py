"""The mappings of the root to other vocabularies, as one SSSOM table."""

from __future__ import annotations

import pyoxigraph as ox
from flask import Blueprint, Response

from calcigraph.rdf.vocabulary import DCTERMS
from calcigraph.sssom import MAPPING, MappingSet
from calcigraph.store import MappingsContent
from calcigraph.web.document_responses import document_response
from calcigraph.web.protocol import suffixes
from calcigraph.web.protocol.negotiation import Offer
from calcigraph.web.site import Site, current_site
from calcigraph.web.strings import STRINGS

_TABLE = Offer("text/tab-separated-values", "tsv", suffix=".tsv")
_STEM = "/mappings.sssom"
PATH = _STEM + _TABLE.suffix
# About as many has a mapping.
_STATEMENTS = 10
blueprint = Blueprint("mappings", __name__)


@blueprint.get(PATH)
def mappings() -> Response:
    """Every mapping with its justification (SSSOM/TSV)."""
    site = current_site()
    response = Response(content_type=_TABLE.content_type)
    size = _STATEMENTS * site.edition.uses.members.get(MAPPING, 0)
    return document_response(response, site, "mappings", MappingsContent(_about(site)), size)


def _about(site: Site) -> MappingSet:
    said = site.about
    dates = [value.value for value in said.values(DCTERMS["issued"]) if isinstance(value, ox.Literal)]
    makers = said.values(DCTERMS["creator"]) or said.values(DCTERMS["publisher"])
    return MappingSet(
        site.lasting(PATH),
        provider=site.citable.value,
        title=f"{said.title.value}: {STRINGS.mappings}",
        licence=next((licence.value for licence in said.licences), ""),
        creators=tuple(node for node in makers if isinstance(node, ox.NamedNode)),
        published=max(dates, default="")[:10],
    )


@blueprint.get(f"{_STEM}.<suffix>")
def document(suffix: str) -> Response:
    """The table in another format, of which there is none."""
    suffixes.fixed(suffix, (_TABLE,))
    return mappings()
