"""The competency questions of the root, as pages with their answers and as data."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import urlencode

import pyoxigraph as ox
from flask import Blueprint, Response, jsonify, redirect, render_template
from werkzeug.wrappers import Response as WerkzeugResponse

from calcigraph import metadata
from calcigraph.pool import Query
from calcigraph.rdf.formats import RESULTS
from calcigraph.root import QuestionFile
from calcigraph.web import query_answers
from calcigraph.web.protocol import streaming, suffixes
from calcigraph.web.protocol.caching import validated
from calcigraph.web.protocol.negotiation import HTML, JSON, Offer
from calcigraph.web.protocol.request_problems import ResourceUnknown
from calcigraph.web.protocol.requested_format import requested
from calcigraph.web.representations import GRAPH_OFFERS, graph_format, write_graph
from calcigraph.web.site import Site, current_site
from calcigraph.web.views.results import ResultTable, ask_table

# Plain JSON is the question as one object; the formats of SPARQL results give its answer alone.
ANSWERS = tuple(
    Offer(form.media_type, form.short, names=(form.key, *form.names), suffix=form.suffixes[0])
    for form in RESULTS
)
DESCRIPTIONS = (JSON, *GRAPH_OFFERS, HTML)
_OFFERS = (*DESCRIPTIONS, *ANSWERS)
_PATH = "/questions"
blueprint = Blueprint("questions", __name__)


@blueprint.get(_PATH)
def questions() -> Response:
    """All questions: a page, JSON, or RDF after https://github.com/sib-swiss/sparql-examples."""
    response = _list(current_site(), requested(DESCRIPTIONS))
    response.vary.add("Accept")
    return response


@blueprint.get(f"{_PATH}.<suffix>")
def questions_document(suffix: str) -> Response:
    """All questions in one format."""
    return _list(current_site(), suffixes.fixed(suffix, DESCRIPTIONS))


def _list(site: Site, chosen: Offer) -> Response:
    found = site.edition.root.questions
    if chosen is HTML:
        page = render_template("questions.html", questions=found)
        response = Response(page, content_type=HTML.content_type)
    elif chosen is JSON:
        response = jsonify([_json(site, question) for question in found])
    else:
        response = _graph(site, chosen, found)
    suffixes.name_siblings(response, site.link(_PATH), chosen, DESCRIPTIONS)
    return validated(response, site, f"questions.{chosen.name}")


@blueprint.get(f"{_PATH}/<slug>")
def question(slug: str) -> Response:
    """One question: a page with its answer, or as data; its answer alone as SPARQL results.

    Behind its name, a suffix says in which format. A name that itself ends like a suffix is one.
    """
    site = current_site()
    found = site.edition.root.question(slug)
    if found is not None:
        response = _one(site, found, requested(_OFFERS))
        response.vary.add("Accept")
        return response
    stem, ending = suffixes.cut(slug)
    found = site.edition.root.question(stem) if ending else None
    if found is None:
        raise _unknown(slug)
    return _one(site, found, suffixes.fixed(ending[1:], _OFFERS))


def _one(site: Site, found: QuestionFile, chosen: Offer) -> Response:
    if chosen in ANSWERS:
        response = _answer(found, chosen)
    elif chosen is HTML:
        response = Response(_page(site, found), content_type=HTML.content_type)
    elif chosen is JSON:
        response = jsonify(_json(site, found))
    else:
        response = _graph(site, chosen, [found])
    suffixes.name_siblings(response, site.link(f"{_PATH}/{found.slug}"), chosen, _OFFERS)
    # An answer is about the edition that it is from.
    return validated(response, current_site(), f"question.{chosen.name}")


@blueprint.get("/id/question-<slug>")
def question_resource(slug: str) -> WerkzeugResponse:
    """A question named by its IRI leads to the question."""
    site = current_site()
    if site.edition.root.question(slug) is None:
        raise _unknown(slug)
    return redirect(site.link(f"/questions/{slug}"), 303)


def featured(site: Site) -> QuestionFile | None:
    """The question that the root features on the home page, else its first one."""
    root = site.edition.root
    slug = site.about.featured_question
    return (root.question(slug) if slug else None) or next(iter(root.questions), None)


def answer(asked: QuestionFile, most_rows: int | None = None) -> ResultTable:
    """The answer of a question now. Raises: what the pool raises."""
    return ask_table(asked.text, inference=asked.needs_inference, most_rows=most_rows)


def csv_address(site: Site, asked: QuestionFile | None) -> str:
    """The address of the answer as CSV; without a question, that of some query."""
    if asked is not None:
        return site.absolute(f"{_PATH}/{asked.slug}.csv")
    sample = {"query": "SELECT * { ?s ?p ?o } LIMIT 5", "format": "csv"}
    return f"{site.absolute('/sparql')}?{urlencode(sample)}"


def query_link(site: Site, asked: QuestionFile) -> str:
    """The page on which the query can be changed and run."""
    parameters = {"query": asked.text, "edit": "1"}
    if not asked.needs_inference:
        parameters["inference"] = "off"
    return f"{site.link('/sparql')}?{urlencode(parameters)}"


def _unknown(slug: str) -> ResourceUnknown:
    return ResourceUnknown(f"There is no question “{slug[:100]}”.", "Choose one from the list of questions.")


def _page(site: Site, asked: QuestionFile) -> str:
    table = answer(asked)
    return render_template(
        "question.html",
        question=asked,
        table=table,
        formats=[(form.key, answer.name) for form, answer in zip(RESULTS, ANSWERS, strict=True)],
        edit=query_link(site, asked),
        address=csv_address(site, asked),
    )


def _answer(asked: QuestionFile, chosen: Offer) -> Response:
    form = RESULTS[ANSWERS.index(chosen)]
    query = Query(asked.text, inference=asked.needs_inference, results_format=form.key, graph_format=None)
    most_bytes = current_site().settings.spool_bytes
    return streaming.respond(query_answers.answer(query), form.content_type, most_bytes)


def _json(site: Site, asked: QuestionFile) -> dict[str, object]:
    return {
        "slug": asked.slug,
        "question": asked.question,
        "note": asked.note,
        "inference": asked.needs_inference,
        "query": asked.text,
        "answer": asked.rows,
        "link": site.absolute(f"/questions/{asked.slug}"),
    }


def _graph(site: Site, chosen: Offer, found: Iterable[QuestionFile]) -> Response:
    root, here = site.edition.root, ox.NamedNode(site.absolute("/sparql"))
    wanted = {metadata.question_node(root, asked.slug) for asked in found}
    triples = metadata.executables(root, metadata.endpoint_node(root), here)
    quads = [ox.Quad(t.subject, t.predicate, t.object) for t in triples if t.subject in wanted]
    body = write_graph(quads, graph_format(chosen), root.prefixes)
    return Response(body, content_type=chosen.content_type)
