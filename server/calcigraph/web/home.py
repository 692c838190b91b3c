"""The home page: the featured question with its answer, counts and links."""

from __future__ import annotations

import pyoxigraph as ox
from flask import Blueprint, Response, render_template

from calcigraph.errors import Problem
from calcigraph.rdf.vocabulary import SRV, XSD
from calcigraph.root import QuestionFile
from calcigraph.trees import Branch
from calcigraph.web import discovery, downloads, signposting
from calcigraph.web.competency_questions import answer, csv_address, featured
from calcigraph.web.protocol.caching import validated
from calcigraph.web.protocol.negotiation import HTML
from calcigraph.web.site import Site, current_site
from calcigraph.web.strings import STRINGS
from calcigraph.web.views.citation import Citation
from calcigraph.web.views.example_queries import kinds_of_terms, topmost
from calcigraph.web.views.ontology import ShownTree, trees_of
from calcigraph.web.views.pages import json_for_page
from calcigraph.web.views.results import ResultTable

_ROWS = 12
_QUESTIONS = 12
_TERMS = 12
_TRUE = ox.Literal("true", datatype=XSD["boolean"])
blueprint = Blueprint("home", __name__)


@blueprint.get("/")
def home() -> Response:
    """The home page, with the dataset as schema.org JSON-LD."""
    site = current_site()
    asked = featured(site)
    table = _table(site, asked) if asked else None
    page = render_template(
        "home.html",
        kinds=[] if site.edition.root.questions else _terms(site),
        featured=asked,
        table=table,
        questions=site.edition.root.questions,
        few=_QUESTIONS,
        numbers=_numbers(site),
        citation=Citation(site.about, "", site.citable.value, site.version),
        address=csv_address(site, asked),
        json_ld=json_for_page(discovery.schema_org(site)),
    )
    response = Response(page, content_type=HTML.content_type)
    signposting.of_dataset(response, site, downloads.PATHS.values())
    if asked and table is None:
        # No answer at the moment; that is not what this version of the data says.
        response.headers["Cache-Control"] = "no-store"
        return response
    return validated(response, site, "front")


def _terms(site: Site) -> list[tuple[ShownTree, list[Branch]]]:
    """The kinds of terms, each with some of the topmost: those that most others are below, with a name."""
    is_deprecated = trees_of(site).is_deprecated

    def place(branch: Branch) -> tuple[bool, bool, int]:
        is_named = site.edition.labels.stated(branch.node) is not None
        return is_deprecated(branch.node), not is_named, -branch.size

    return [(part, sorted(topmost(site, part), key=place)[:_TERMS]) for part in kinds_of_terms(site)]


def _numbers(site: Site) -> list[tuple[int, str]]:
    """The counts to show, with their texts: evidence first, where a root has any; then triples."""
    uses, counts = site.describer.uses, site.statistics
    contested = len(site.edition.subjects(SRV["contested"], _TRUE))
    found = [
        (uses.count(SRV["Proposition"]), STRINGS.numbers_propositions),
        (contested, STRINGS.numbers_contested),
        (uses.count(SRV["EvidenceLine"]), STRINGS.numbers_lines),
        (uses.count(SRV["Source"]), STRINGS.numbers_sources),
        (counts.asserted, STRINGS.numbers_asserted),
        (counts.derived, STRINGS.numbers_derived),
        (counts.inferred, STRINGS.numbers_inferred),
        (len(counts.graphs), STRINGS.numbers_graphs),
        (len(site.edition.root.questions), STRINGS.numbers_questions),
        (len(site.edition.root.shapes), STRINGS.numbers_shapes),
    ]
    return [(number, text) for number, text in found if number]


def _table(site: Site, asked: QuestionFile) -> ResultTable | None:
    """The answer; None where the engine is too busy for it, which is no reason to show no page."""
    try:
        return answer(asked, _ROWS)
    except Problem:
        return None
