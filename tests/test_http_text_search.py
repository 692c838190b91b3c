"""srv:search over HTTP, on both roots: what it finds is what reading every text finds."""

from __future__ import annotations

import re

import pyoxigraph as ox
import pytest

from conftest import ROOTS, Server

SRV = "https://w3id.org/calcigraph/server#"
SD = "http://www.w3.org/ns/sparql-service-description#"
RDFS = "http://www.w3.org/2000/01/rdf-schema#"
PREFIX = f"PREFIX srv: <{SRV}> "
TEXTS = (
    "SELECT DISTINCT ?s ?p ?l { ?s ?p ?l FILTER(isIRI(?s) && isLiteral(?l) && DATATYPE(?l) IN ("
    "<http://www.w3.org/2001/XMLSchema#string>, <http://www.w3.org/1999/02/22-rdf-syntax-ns#langString>)) }"
)


def plain_words(text: str) -> list[str]:
    """The words of a text of plain letters, in lower case; none where it has others."""
    return re.findall(r"[a-z0-9]+", text.lower()) if text.isascii() else []


def some_words(server: Server, **parameters: str) -> list[str]:
    """A few words of the root's labels, common and rare ones."""
    labels = server.rows(f"SELECT ?l {{ ?s <{RDFS}label> ?l }} ORDER BY ?l", **parameters)
    words = sorted({word for row in labels for word in plain_words(row["l"]) if len(word) > 3})
    assert len(words) > 10
    return words[:: max(1, len(words) // 8)]


@pytest.mark.parametrize("inference", ["on", "off"])
def test_a_word_finds_the_subjects_of_all_texts_that_have_it(server: Server, inference: str) -> None:
    texts = server.rows(TEXTS, inference=inference)
    for word in some_words(server, inference=inference):
        # Of texts with other letters only what is found is checked: that they have the word in some form.
        naive = {row["s"] for row in texts if word in plain_words(row["l"])}
        other = {row["s"] for row in texts if not row["l"].isascii()}
        query = f'{PREFIX}SELECT ?s {{ ?s srv:search ("{word}" 1000000) FILTER(isIRI(?s)) }}'
        found = [row["s"] for row in server.rows(query, inference=inference)]
        assert len(found) == len(set(found))
        assert naive <= set(found) <= naive | other


def test_score_text_and_property_come_with_a_match(server: Server) -> None:
    word = some_words(server)[3]
    rows = server.rows(
        f'{PREFIX}SELECT * {{ (?s ?score ?text ?property) srv:search ("{word}" 20) }} ORDER BY DESC(?score)'
    )
    assert 0 < len(rows) <= 20
    scores = [float(row["score"]) for row in rows]
    assert scores == sorted(scores, reverse=True)
    assert scores[-1] > 0
    for row in rows:
        assert word in row["text"].lower()
        if not row["s"].startswith("_:"):
            assert server.ask(
                f"ASK {{ <{row['s']}> <{row['property']}> ?l FILTER(STR(?l) = {ox.Literal(row['text'])}) }}"
            ).json["boolean"]


def test_a_property_a_graph_and_a_limit_restrict_a_search(server: Server) -> None:
    word = some_words(server)[2]
    everything = server.rows(f'{PREFIX}SELECT ?s {{ ?s srv:search "{word}" }}')
    labelled = server.rows(f'{PREFIX}SELECT ?s {{ ?s srv:search (<{RDFS}label> "{word}") }}')
    assert 0 < len(labelled) <= len(everything)
    assert len(server.rows(f'{PREFIX}SELECT ?s {{ ?s srv:search ("{word}" 1) }}')) == 1
    graphs = server.rows(f'{PREFIX}SELECT DISTINCT ?g {{ GRAPH ?g {{ ?s srv:search "{word}" }} }}')
    assert graphs
    for row in graphs[:3]:
        named = f'SELECT ?s {{ GRAPH <{row["g"]}> {{ ?s srv:search "{word}" }} }}'
        chosen = f'SELECT ?s FROM <{row["g"]}> {{ ?s srv:search "{word}" }}'
        assert 0 < len(server.rows(PREFIX + named)) == len(server.rows(PREFIX + chosen))


@pytest.mark.parametrize(
    ("search", "line", "column", "hint"),
    [
        ("?s srv:search ?words", 2, 15, "variables"),
        ('[] srv:search "x"', 2, 4, "variable"),
        ('?s srv:search ""', 0, 0, "words"),
    ],
)
def test_a_search_that_is_not_understood_is_a_bad_request(
    server: Server, search: str, line: int, column: int, hint: str
) -> None:
    reply = server.ask(f"{PREFIX}SELECT * {{\n{search} }}")
    assert (reply.status, reply.type) == (400, "application/problem+json")
    assert (reply.json.get("line", 0), reply.json.get("column", 0)) == (line, column)
    assert hint in reply.json["hint"]


def test_the_description_and_the_vocabulary_name_the_property(server: Server) -> None:
    described = ox.parse(server.get("/sparql", "text/turtle").body, ox.RdfFormat.TURTLE)
    assert SRV + "search" in {
        q.object.value for q in described if q.predicate.value == SD + "propertyFeature"
    }
    vocabulary = list(ox.parse(server.get("/server.ttl").body, ox.RdfFormat.TURTLE))
    assert any(q.subject.value == SRV + "search" for q in vocabulary)
    assert server.rows(f"SELECT ?o {{ <{SRV}search> ?p ?o }}"), "asked about as a thing, it is one"


def test_both_roots_declare_the_property_alike() -> None:
    said = []
    for root in ROOTS.values():
        text = (root / "ontology" / "server.ttl").read_text(encoding="utf-8")
        quads = ox.parse(text, ox.RdfFormat.TURTLE)
        said.append(
            {q.triple for q in quads if q.subject.value == SRV + "search" and "core#definition" in str(q)}
        )
    assert said[0] == said[1] != set()
