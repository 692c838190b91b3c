"""An empty answer leads to why it is, in every format and from every way; the reason in its own formats."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from calcigraph.rdf.formats import GRAPHS, RESULTS
from conftest import ROOTS, Reply, Server

PREFIXES = """PREFIX plant: <https://example.org/plant/ontology/>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
"""
EMPTY = PREFIXES + "SELECT ?s ?o { ?s plant:reachs ?o }"
FULL = PREFIXES + "SELECT ?s ?o { ?s plant:reaches ?o }"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
FORMS = {
    "SELECT": (EMPTY, FULL, RESULTS),
    "SELECT of no variable": ("SELECT * { <x:a> <x:b> <x:c> }", "SELECT * {}", RESULTS),
    "ASK": ("ASK { FILTER (false) }", "ASK {}", RESULTS),
    "CONSTRUCT": (
        PREFIXES + "CONSTRUCT { ?s plant:reaches ?o } { ?s plant:reachs ?o }",
        PREFIXES + "CONSTRUCT WHERE { ?s plant:reaches ?o }",
        GRAPHS,
    ),
    "CONSTRUCT of one": (
        "CONSTRUCT { <http://e/a> <http://e/b> 1 } { FILTER (false) }",
        "CONSTRUCT { <http://e/a> <http://e/b> 1 } {}",
        GRAPHS,
    ),
    "DESCRIBE": ("DESCRIBE <http://e/nothing>", PREFIXES + "DESCRIBE plant:reaches", GRAPHS),
}
CASES = [(form, row.key) for form, (_, _, rows) in FORMS.items() for row in rows]


def whys(reply: Reply) -> list[str]:
    """The addresses of reasons that a response links to."""
    found = [(relation, target) for relation, target in reply.links if "explain=empty" in target]
    assert {relation for relation, _ in found} <= {"describedby"}
    return [target for _, target in found]


@pytest.mark.parametrize(("form", "key"), CASES)
def test_an_empty_answer_links_to_the_reason_and_no_other_does(toy: Server, form: str, key: str) -> None:
    empty, full, _ = FORMS[form]
    for _again in range(2):
        # From the engine, and out of the cache.
        reply = toy.ask(empty, format=key)
        assert (reply.status, len(whys(reply))) == (200, 1), reply.text
        assert toy.get(whys(reply)[0], "application/json").json["empty"] is True
        reply = toy.ask(full, format=key)
        assert (reply.status, whys(reply)) == (200, [])


def test_the_link_keeps_what_belongs_to_the_query(toy: Server) -> None:
    given = {"default-graph-uri": "http://e/nowhere", "inference": "off", "timeout": "3"}
    (target,) = whys(toy.ask(FULL, "text/csv", format="csv", **given))
    assert parse_qs(urlsplit(target).query) == {
        "query": [FULL],
        "explain": ["empty"],
        **{name: [value] for name, value in given.items()},
    }
    assert toy.get(target).json["kind"] == "missing-graph"


def test_head_post_pages_and_versions_have_the_link(toy: Server) -> None:
    version = toy.get("/version").json["root"]
    address = f"/sparql?{urlencode({'query': EMPTY})}"
    assert len(whys(toy.request("HEAD", address))) == 1
    form = urlencode({"query": EMPTY}).encode()
    assert len(whys(toy.request("POST", "/sparql", body=form, headers=FORM))) == 1
    direct = {"Content-Type": "application/sparql-query"}
    (target,) = whys(toy.request("POST", "/sparql", body=EMPTY.encode(), headers=direct))
    assert toy.get(target).json["kind"] == "unknown-term"
    page = toy.get(address, "text/html")
    assert len(whys(page)) == 1
    assert "explain=empty" in page.text
    assert len(whys(toy.get(f"{address}&at={version}", "text/csv"))) == 1


def test_a_query_that_fits_no_header_has_no_link(toy: Server) -> None:
    long = EMPTY + " #" + "x" * 3000
    reply = toy.request("POST", "/sparql", body=urlencode({"query": long}).encode(), headers=FORM)
    assert (reply.status, whys(reply)) == (200, [])
    form = urlencode({"query": long, "explain": "empty"}).encode()
    assert toy.request("POST", "/sparql", body=form, headers=FORM).json["kind"] == "unknown-term"


def test_the_reason_is_negotiated(toy: Server) -> None:
    for accept, kind in (
        (None, "application/json"),
        ("application/json", "application/json"),
        ("text/plain", "text/plain"),
        ("text/html,*/*;q=0.1", "text/html"),
    ):
        reply = toy.ask(EMPTY, accept, explain="empty")
        assert (reply.status, reply.type) == (200, kind)
        assert "plant/ontology/reaches" in reply.text, "the near term is in each"
    assert toy.ask(EMPTY, "image/png", explain="empty").status == 406
    assert toy.ask(EMPTY, "application/json", explain="empty", format="text").type == "text/plain"


def test_a_reason_has_a_tag(toy: Server) -> None:
    address = f"/sparql?{urlencode({'query': EMPTY, 'explain': 'empty'})}"
    tag = toy.get(address).headers["etag"]
    assert toy.get(address, **{"If-None-Match": tag}).status == 304


@pytest.mark.parametrize(
    ("parameters", "status", "word"),
    [
        ({"query": EMPTY, "explain": "why"}, 400, "explain=empty"),
        ({"query": EMPTY, "explain": ""}, 400, "explain=empty"),
        ({"query": "SELECT * { ?s ?p }", "explain": "empty"}, 400, "line"),
        ({"query": "INSERT DATA { <x:a> <x:b> 1 }", "explain": "empty"}, 400, "update"),
        ({"query": EMPTY, "explain": "empty", "default-graph-uri": "no iri"}, 400, "IRI"),
        ({"query": "SELECT * { SERVICE <http://e/> { ?s ?p ?o } }", "explain": "empty"}, 403, "SERVICE"),
    ],
)
def test_what_cannot_be_explained_is_a_problem(
    toy: Server, parameters: dict[str, str], status: int, word: str
) -> None:
    reply = toy.get(f"/sparql?{urlencode(parameters)}", "application/json")
    assert (reply.status, reply.type) == (status, "application/problem+json")
    assert word in reply.text


def test_an_answer_that_is_not_empty_is_said_to_be_none(toy: Server) -> None:
    found = toy.ask(FULL, "application/json", explain="empty").json
    assert (found["empty"], found["kind"], found["parts"]) == (False, "not-empty", [])


def test_a_query_that_ends_its_process_ends_no_other(toy: Server) -> None:
    hard = "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i FILTER (?a = ?f + ?i) }"
    reply = toy.ask(hard, "application/json", explain="empty", timeout="0.4")
    assert reply.status == 503
    assert toy.ask(FULL, "application/json", explain="empty").status == 200


def test_a_part_that_takes_long_is_ended_and_what_is_known_is_said(toy: Server) -> None:
    # The whole is empty at once; without its last pattern it would take for ever.
    slow = "?a ?b ?c . ?d ?e ?f . ?g ?h ?i . FILTER (STRLEN(CONCAT(STR(?a), STR(?f), STR(?i))) < 0)"
    text = f"{PREFIXES}SELECT * {{ {{ {slow} }} VALUES ?a {{ }} }}"
    found = toy.ask(text, "application/json", explain="empty").json
    assert found["empty"] is True
    assert found["kind"] in ("values", "undecided")


def test_a_service_that_leaves_nothing_is_named(start: Callable[..., Server], toy: Server) -> None:
    asking = start("asking-in-vain", ROOTS["toy"], "--allow-service", f"{toy.base}/sparql")
    block = f"SERVICE <{toy.base}/sparql> {{ ?s plant:reachs ?o }}"
    text = f"{PREFIXES}SELECT * {{ ?s plant:reaches ?o . {block} }}"
    found = asking.ask(text, "application/json", explain="empty").json
    assert (found["kind"], [part["text"] for part in found["parts"]]) == ("service", [block])
    # What is empty without it is no matter of the service.
    found = asking.ask(f"{PREFIXES}SELECT * {{ ?s plant:typo ?o . {block} }}", explain="empty").json
    assert found["kind"] == "unknown-term"
