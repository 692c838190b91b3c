"""/explain: why a triple holds, as JSON, PROV-O or a page; and a clear answer where it does not."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from urllib.parse import urlencode

import pytest
import rdflib

from calcigraph.rdf.terms import show_term
from calcigraph.web.strings import STRINGS
from conftest import BROWSER, Reply, Server

PROV = rdflib.Namespace("http://www.w3.org/ns/prov#")


def explain(
    server: Server, subject: str, predicate: str, object_: str, accept: str | None = None, **more: str
) -> Reply:
    named = {"subject": subject, "predicate": predicate, "object": object_, **more}
    return server.get(f"/explain?{urlencode(named)}", accept)


def inferred(server: Server, accept: str | None = None, **more: str) -> Reply:
    triple = server.inferred()
    return explain(server, triple.subject.value, triple.predicate.value, triple.object.value, accept, **more)


def steps(proof: dict) -> Iterator[dict]:
    yield proof
    for premise in proof["premises"]:
        yield from steps(premise)


def test_an_inferred_triple_has_a_proof_whose_leaves_are_asserted(server: Server) -> None:
    reply = inferred(server)
    assert (reply.status, reply.type) == (200, "application/json")
    proof = reply.json
    assert proof["premises"]
    assert proof["rule"]
    leaves = [step for step in steps(proof) if step["rule"] == "asserted"]
    assert leaves
    unasserted = {f"{server.namespace}graph/inferred", f"{server.namespace}graph/derived"}
    assert all(set(leaf["graphs"]) - unasserted for leaf in leaves)


def test_curies_and_iris_name_the_same_triple(server: Server) -> None:
    triple = server.inferred()
    terms = (triple.subject, triple.predicate, triple.object)
    short = explain(server, *(show_term(term, server.root.prefixes) for term in terms))
    angled = explain(server, *(f"<{term.value}>" for term in terms))
    assert short.body == angled.body == inferred(server).body


def test_a_proof_comes_as_prov(server: Server) -> None:
    reply = inferred(server, "text/turtle")
    assert (reply.status, reply.type) == (200, "text/turtle")
    graph = rdflib.Graph().parse(data=reply.body, format="turtle")
    assert set(graph.subjects(rdflib.RDF.type, PROV.Activity))
    assert set(graph.subject_objects(PROV.wasGeneratedBy))


def test_a_proof_comes_as_a_page_with_the_indented_text(server: Server) -> None:
    reply = inferred(server, BROWSER)
    assert (reply.status, reply.type) == (200, "text/html")
    assert '<ol class="proof">' in reply.text
    assert "└─" in reply.text


def test_a_page_calls_no_schema_inference_asserted(servers: Callable[[str], Server]) -> None:
    reply = explain(servers("shipped"), "cg:valueUnit", "rdfs:domain", "srv:Evidence", BROWSER)
    assert reply.status == 200
    assert "<code>scm-dom1</code>" in reply.text or "<code>scm-dom2</code>" in reply.text
    assert STRINGS.explanation_asserted not in reply.text


def test_all_derivations_are_given_with_a_word_on_whether_they_are_all(server: Server) -> None:
    reply = inferred(server, all="1")
    assert reply.status == 200
    assert len(reply.json["proofs"]) >= 1
    assert isinstance(reply.json["complete"], bool)
    assert inferred(server, BROWSER, all="1").status == 200
    assert inferred(server, all="perhaps").status == 400


def test_the_format_parameter_wins(server: Server) -> None:
    assert inferred(server, BROWSER, format="json").type == "application/json"
    assert inferred(server, format="turtle").type == "text/turtle"
    assert inferred(server, format="gif").type == "application/json"
    assert inferred(server, BROWSER, format="gif").type == "text/html"
    assert inferred(server, "image/png").status == 406


def test_a_triple_that_does_not_hold_is_404_and_says_so(server: Server) -> None:
    triple = server.inferred()
    reply = explain(server, triple.object.value, triple.predicate.value, "urn:nothing:of:the:kind")
    assert (reply.status, reply.type) == (404, "application/problem+json")
    assert "asserted" in reply.json["detail"]
    assert reply.json["type"].endswith("#NothingToExplain")


@pytest.mark.parametrize(
    "parameters",
    [
        {},
        {"subject": "id:x"},
        {"subject": "id:x", "predicate": "rdfs:label", "object": ""},
        {"subject": "nope:x", "predicate": "rdfs:label", "object": "id:y"},
        {"subject": '"text"', "predicate": "rdfs:label", "object": "id:y"},
        {"subject": "id:x", "predicate": "_:b", "object": "id:y"},
        {"subject": "id:x", "predicate": "rdfs:label", "object": "_:"},
        {"subject": "_:a b", "predicate": "rdfs:label", "object": "id:y"},
        {"subject": "not a term", "predicate": "rdfs:label", "object": "id:y"},
    ],
)
def test_terms_that_cannot_be_read_are_400_with_a_hint(server: Server, parameters: dict[str, str]) -> None:
    reply = server.get(f"/explain?{urlencode(parameters)}")
    assert reply.status == 400
    assert reply.json["hint"]


def test_a_literal_can_be_explained_too(server: Server) -> None:
    # One that stands in a file.
    label = server.rows(
        "SELECT ?s ?l (LANG(?l) AS ?t) { GRAPH ?file { ?s <http://www.w3.org/2000/01/rdf-schema#label> ?l } "
        "FILTER(CONTAINS(STR(?file), '/graph/data/')) } ORDER BY ?s ?l LIMIT 1"
    )[0]
    iri = label["s"]
    literal = f'"{label["l"]}"@{label["t"]}' if label["t"] else f'"{label["l"]}"'
    reply = explain(server, iri, "rdfs:label", literal)
    assert reply.status == 200
    assert not reply.json["premises"]


def test_an_explanation_is_304_for_who_has_it(server: Server) -> None:
    triple = server.inferred()
    named = {
        "subject": triple.subject.value,
        "predicate": triple.predicate.value,
        "object": triple.object.value,
    }
    path = f"/explain?{urlencode(named)}"
    first = server.get(path)
    assert server.get(path, If_None_Match=first.headers["etag"]).status == 304
