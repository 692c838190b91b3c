"""The questions of a root over HTTP: each with its query, and the answer that its file records."""

from __future__ import annotations

import csv
import io

import rdflib

from conftest import BROWSER, Server

SH = rdflib.Namespace("http://www.w3.org/ns/shacl#")


def test_every_question_file_is_listed_and_nothing_else(server: Server) -> None:
    listed = {entry["slug"] for entry in server.get("/questions", "application/json").json}
    files = {path.stem for path in (server.root.folder / "ontology" / "questions").glob("*.rq")}
    assert listed == files
    assert files


def test_every_question_is_answered_as_its_file_says(server: Server) -> None:
    for question in server.root.questions:
        reply = server.get(f"/questions/{question.slug}", "text/csv")
        assert (reply.status, reply.type) == (200, "text/csv"), question.slug
        rows = list(csv.DictReader(io.StringIO(reply.text)))
        assert sorted(rows, key=str) == sorted(question.rows, key=str), question.slug


def test_a_question_has_a_page_an_object_and_triples(server: Server) -> None:
    question = server.root.questions[0]
    path = f"/questions/{question.slug}"
    page = server.get(path, BROWSER)
    assert page.type == "text/html"
    assert "<table>" in page.text
    entry = server.get(path, "application/json").json
    assert entry["query"] == question.text
    graph = rdflib.Graph().parse(data=server.get(path, "text/turtle").body, format="turtle")
    (node,) = set(graph.subjects(rdflib.RDF.type, SH.SPARQLExecutable))
    assert str(next(graph.objects(node, SH.select), "")) == question.text
    for form in ("srj", "srx", "csv", "tsv"):
        assert server.get(f"{path}?format={form}").status == 200


def test_the_iri_of_a_question_leads_to_it(server: Server) -> None:
    question = server.root.questions[0]
    reply = server.get(f"/id/question-{question.slug}", BROWSER)
    assert (reply.status, reply.headers["location"]) == (303, f"/questions/{question.slug}")


def test_an_unknown_question_is_404(server: Server) -> None:
    assert server.get("/questions/what-is-not-asked").status == 404
    assert server.get("/id/question-what-is-not-asked").status == 404
