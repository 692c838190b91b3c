"""SERVICE over HTTP: one server of this program asks another, and says what it may and what went wrong."""

from __future__ import annotations

import subprocess
from collections.abc import Callable

import pyoxigraph as ox
import pytest

from calcigraph.cli.verbs.serve import serve
from conftest import ROOTS, Server, free_port, serve_command
from hostile_services import answer, sending, service

SD = "http://www.w3.org/ns/sparql-service-description#"
RDFS = "http://www.w3.org/2000/01/rdf-schema#"
BAD_PORT = free_port()


@pytest.fixture(scope="module")
def asking(start: Callable[..., Server], toy: Server) -> Server:
    """The toy root again, which may call the other one and a bad one."""
    allowed = [f"{toy.base}/sparql", f"http://127.0.0.1:{BAD_PORT}/", f"http://localhost:{toy.port}/"]
    return start("asking", ROOTS["toy"], *(part for iri in allowed for part in ("--allow-service", iri)))


def features(server: Server) -> set[str]:
    quads = ox.parse(server.get("/sparql", "text/turtle").body, ox.RdfFormat.TURTLE)
    return {
        quad.object.value
        for quad in quads
        if quad.predicate.value in (SD + "feature", SD + "propertyFeature")
    }


def test_answers_of_another_server_join_with_the_data_here(asking: Server, toy: Server) -> None:
    labels = f"?s <{RDFS}label> ?l FILTER(isIRI(?s))"
    here = asking.rows(f"SELECT DISTINCT ?s ?l {{ ?s a ?c . {labels} }} ORDER BY ?s ?l")
    there = asking.rows(
        f"SELECT DISTINCT ?s ?l {{ ?s a ?c SERVICE <{toy.base}/sparql> {{ {labels} }} }} ORDER BY ?s ?l"
    )
    assert there == here
    assert len(there) > 20


def test_blank_nodes_of_another_server_become_iris_of_this_one(asking: Server, toy: Server) -> None:
    (row,) = asking.rows(f"SELECT ?x {{ SERVICE <{toy.base}/sparql> {{ SELECT (BNODE() AS ?x) {{}} }} }}")
    assert row["x"].startswith(f"{asking.base}/.well-known/genid/")


def test_the_description_names_federation_only_where_it_is_on(asking: Server, toy: Server) -> None:
    assert SD + "BasicFederatedQuery" in features(asking)
    assert SD + "BasicFederatedQuery" not in features(toy)


@pytest.mark.parametrize("silent", ["", "SILENT "])
def test_service_is_forbidden_by_default(server: Server, silent: str) -> None:
    reply = server.ask(f"SELECT * {{ SERVICE {silent}<{server.base}/sparql> {{ ?s ?p ?o }} }}")
    assert (reply.status, reply.type) == (403, "application/problem+json")
    assert "switched off" in reply.json["detail"]


@pytest.mark.parametrize(
    ("target", "status", "kind"),
    [
        ("http://elsewhere.example/sparql", 403, "ServiceRefused"),
        ("http://localhost:{toy}/sparql", 403, "ServiceRefused"),
        ("http://127.0.0.1:{toy}/questions", 403, "ServiceRefused"),
        ("http://127.0.0.1:{toy}/sparql?format=csv", 502, "ServiceAnswerUnusable"),
        ("http://127.0.0.1:{bad}/", 502, "ServiceFailed"),
    ],
)
def test_each_failure_has_its_status_and_a_remedy(
    asking: Server, toy: Server, target: str, status: int, kind: str
) -> None:
    iri = target.format(toy=toy.port, bad=BAD_PORT)
    with service(sending(answer(b"", "Location: /", status="302 Found")), port=BAD_PORT):
        reply = asking.ask(f"SELECT * {{ SERVICE <{iri}> {{ ?s ?p ?o }} }}")
        silenced = asking.ask(f"ASK {{ SERVICE SILENT <{iri}> {{ ?s ?p ?o }} }}")
    assert (reply.status, reply.json["type"].rpartition("#")[2]) == (status, kind)
    assert reply.json["hint"]
    assert reply.headers["cache-control"] == "no-store"
    assert silenced.status == 200


def test_an_unbound_service_is_a_bad_request_with_its_place(asking: Server) -> None:
    reply = asking.ask("SELECT * {\n  SERVICE ?x { ?s ?p ?o } }")
    assert (reply.status, reply.json["line"], reply.json["column"]) == (400, 2, 11)
    assert "VALUES" in reply.json["hint"]


def test_a_chain_of_services_ends_where_one_of_them_forbids_it(asking: Server, toy: Server) -> None:
    inner = f"SERVICE <{asking.base}/sparql> {{ ?s ?p ?o }}"
    reply = asking.ask(f"SELECT * {{ SERVICE <{toy.base}/sparql> {{ {inner} }} }}")
    assert reply.status == 502
    assert "status 403" in reply.json["detail"]


@pytest.mark.parametrize("prefix", ["toy", "http://u@127.0.0.1/", "http://127.0.0.1/?x"])
def test_a_prefix_that_is_not_understood_stops_the_start(prefix: str) -> None:
    command = serve_command(ROOTS["toy"], free_port(), "--allow-service", prefix)
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "--allow-service" in done.stderr


def test_the_option_may_be_repeated() -> None:
    option = next(parameter for parameter in serve.params if parameter.name == "allow_service")
    assert getattr(option, "multiple", False)
