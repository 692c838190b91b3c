"""Formats over HTTP: a 406 with the reason for what cannot be held; profiles and prefixes as asked for."""

from __future__ import annotations

import http.client

import pyoxigraph as ox
import pytest

from conftest import Server

XML_RESULTS, RDF_XML = "application/sparql-results+xml", "application/rdf+xml"
JSON_LD, PROFILE = "application/ld+json", "http://www.w3.org/ns/json-ld#"


@pytest.mark.parametrize(
    ("query", "accept", "instead"),
    [
        ("CONSTRUCT { <http://a/> <http://e.x/123> 1 } {}", RDF_XML, "text/turtle"),
        ('CONSTRUCT { <http://a/> <http://e.x/p> "\\u0001" } {}', RDF_XML, "application/n-triples"),
        (
            "CONSTRUCT { <http://a/> <http://e.x/p> <<( <http://a/> <http://e.x/p> 1 )>> } {}",
            JSON_LD,
            "text/turtle",
        ),
        ('SELECT ("a\\u0001b" AS ?x) {}', XML_RESULTS, "application/sparql-results+json"),
        ('SELECT ("\\uFFFE" AS ?x) {}', XML_RESULTS, "text/tab-separated-values"),
    ],
)
def test_what_a_format_cannot_hold_is_refused_with_what_can(
    toy: Server, query: str, accept: str, instead: str
) -> None:
    refused = toy.ask(query, accept)
    assert (refused.status, refused.type) == (406, "application/problem+json")
    assert "cannot hold" in refused.json["detail"]
    assert toy.ask(query, instead).status == 200
    # Where the client takes another format as well, this is the one it asked for first all the same.
    assert toy.ask(query, f"{accept}, {instead};q=0.5").status == 406


def test_a_long_table_that_meets_it_late_does_not_end_as_if_it_were_whole(server: Server) -> None:
    rows = "{ SELECT ?a ?b ?c ?d { ?a ?b ?c . ?d ?e ?f } LIMIT 20000 }"
    query = f'SELECT * {{ {rows} UNION {{ BIND("\\u0001" AS ?z) }} }} ORDER BY BOUND(?z)'
    try:
        status = server.ask(query, XML_RESULTS).status
    except http.client.IncompleteRead:
        status = 0
    assert status in (0, 406)
    assert server.ask(query, "text/csv").body.count(b"\r\n") >= 20_002


@pytest.mark.parametrize("form", ["expanded", "flattened", "compacted", "unknown"])
def test_profile_that_is_asked_for_is_sent_by_queries_and_documents(server: Server, form: str) -> None:
    accept = f'{JSON_LD};profile="{PROFILE}{form}"'
    iri = server.individuals(1)[0]
    for reply in (server.ask(f"DESCRIBE <{iri}>", accept), server.follow(server.path_of(iri), accept)):
        assert reply.status == 200
        named = form in ("expanded", "flattened")
        assert reply.headers["content-type"] == (
            f'{JSON_LD}; profile="{PROFILE}{form}"' if named else JSON_LD
        )
        assert isinstance(reply.json, list) is named
        assert "Accept" in reply.headers["vary"]
        read = {quad.triple for quad in ox.parse(reply.body, ox.RdfFormat.JSON_LD)}
        assert any(triple.subject.value == iri for triple in read)


def test_prefixes_of_the_query_are_those_of_its_answer(toy: Server) -> None:
    query = 'PREFIX mine: <http://mine.example/> CONSTRUCT { mine:a a mine:C ; mine:p "x" } {}'
    turtle = toy.ask(query, "text/turtle").text
    assert turtle == '@prefix mine: <http://mine.example/> .\n\nmine:a a mine:C ;\n    mine:p "x" .\n'
    assert b"mine:p" in toy.ask(query, RDF_XML).body
    assert toy.ask(query, JSON_LD).json["@context"] == {"mine": "http://mine.example/"}


def test_answer_and_document_of_json_ld_speak_one_dialect(server: Server) -> None:
    iri = server.individuals(1)[0]
    (kind,) = server.rows(f"SELECT ?c {{ <{iri}> a ?c }} LIMIT 1")
    query = f"CONSTRUCT {{ <{iri}> a <{kind['c']}> }} {{}}"
    answer, document = server.ask(query, JSON_LD).json, server.follow(server.path_of(iri), JSON_LD).json
    published = server.get("/context.jsonld").json["@context"]
    assert answer["@graph"][0]["@type"] in str(document["@graph"])
    for found in (answer, document):
        assert found["@context"].items() <= published.items()
