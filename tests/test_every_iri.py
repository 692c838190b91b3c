"""Every individual and term of a root answers at its IRI, with a label and a description."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from urllib.parse import quote

import pyoxigraph as ox
import pytest

from conftest import Server

RDFS = "http://www.w3.org/2000/01/rdf-schema#"
SKOS = "http://www.w3.org/2004/02/skos/core#"
LABELS = {RDFS + "label", SKOS + "prefLabel"}
DESCRIPTIONS = {
    SKOS + "definition",
    "http://purl.org/dc/terms/description",
    RDFS + "comment",
}
NAMED = """
SELECT DISTINCT ?s {
  ?s ?p ?o
  FILTER (isIRI(?s) && (STRSTARTS(STR(?s), "%sid/") || STRSTARTS(STR(?s), "%sontology/")))
}
"""


def iris(server: Server) -> list[str]:
    found = sorted({row["s"] for row in server.rows(NAMED % (server.namespace, server.namespace))})
    assert found
    return found


def lacking(server: Server, iri: str) -> str:
    """What is wrong with the answer at an IRI; empty where nothing is."""
    reply = server.follow("/" + quote(iri.removeprefix(server.namespace), safe="/"), "text/turtle")
    if reply.status != 200:
        return f"{iri}: {reply.status}"
    said = {
        q.predicate.value
        for q in ox.parse(reply.body, format=ox.RdfFormat.TURTLE)
        if str(q.subject) == f"<{iri}>"
    }
    if not said & LABELS:
        return f"{iri}: no label"
    return "" if said & DESCRIPTIONS else f"{iri}: no description"


def swept(server: Server, wanted: list[str]) -> list[str]:
    with ThreadPoolExecutor(4) as pool:
        return [found for found in pool.map(lambda iri: lacking(server, iri), wanted) if found]


def test_a_sample_of_all_iris_answers_with_label_and_description(shipped: Server) -> None:
    every = iris(shipped)

    assert len(every) > 5000
    assert swept(shipped, every[::40]) == []


@pytest.mark.campaign
def test_every_iri_answers_with_label_and_description(shipped: Server) -> None:
    assert swept(shipped, iris(shipped)) == []


def test_every_individual_and_term_has_a_label_and_a_description(shipped: Server) -> None:
    """The same for all of them, asked at once."""
    missing = """
    PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
    PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
    PREFIX dcterms: <http://purl.org/dc/terms/>
    SELECT DISTINCT ?s {
      ?s a ?type FILTER (isIRI(?s) && STRSTARTS(STR(?s), "%s"))
      FILTER (!EXISTS { ?s rdfs:label ?label } || !EXISTS { ?s skos:definition|dcterms:description ?text })
      FILTER (!STRSTARTS(STR(?s), "%sgraph/") && ?s != <%sontology>)
    }
    """ % ((shipped.namespace,) * 3)

    assert [row["s"] for row in shipped.rows(missing)] == []


@pytest.fixture(scope="module")
def shipped(servers):  # type: ignore[no-untyped-def]
    return servers("shipped")
