"""Clients of JavaScript, as people use them: Comunica, fetch-sparql-endpoint, sparql-http-client, jsonld.js.

What they should find is read from the root's own file by another parser. All calls run in one process.
"""

from __future__ import annotations

from typing import Any

import pyoxigraph as ox
import pytest

from conftest import Server
from javascript_clients import answers
from test_clients_python import LABEL, construct, labels, select, where

ID = "https://example.org/plant/id/"
DOCUMENTS = {
    ".ttl": ox.RdfFormat.TURTLE,
    ".nt": ox.RdfFormat.N_TRIPLES,
    ".jsonld": ox.RdfFormat.JSON_LD,
    ".rdf": ox.RdfFormat.RDF_XML,
    ".trig": ox.RdfFormat.TRIG,
    ".nq": ox.RdfFormat.N_QUADS,
}
METHODS = ("GET", "POST")
OPERATIONS = ("get", "postUrlencoded", "postDirect")
PLAIN = f"SELECT ?label {{ <{ID}pump-1> <{LABEL}> ?label }}"


def calls(server: Server) -> dict[str, dict[str, Any]]:
    """What is asked, by a name for each."""
    endpoint, ask = f"{server.base}/sparql", f"ASK {where(server)}"
    made: dict[str, dict[str, Any]] = {}
    queries = {"Select": select(server), "Ask": ask, "Construct": construct(server)}
    for form, query in queries.items():
        made[f"comunica {form}"] = {
            "call": f"comunica{form}",
            "sources": [{"type": "sparql", "value": endpoint}],
            "query": query,
        }
        for method in METHODS:
            made[f"fetcher {form} {method}"] = {
                "call": f"fetcher{form}",
                "endpoint": endpoint,
                "query": query,
                "method": method,
            }
        for operation in OPERATIONS:
            made[f"client {form} {operation}"] = {
                "call": f"client{form}",
                "endpoint": endpoint,
                "query": query,
                "operation": operation,
            }
    for suffix in DOCUMENTS:
        made[f"document {suffix}"] = {
            "call": "comunicaSelect",
            "sources": [f"{server.base}/id/pump-1{suffix}"],
            "query": PLAIN,
        }
    for name, source in {
        "the resource itself": f"{server.base}/id/pump-1",
        "an endpoint that it has to find out": endpoint,
    }.items():
        made[name] = {"call": "comunicaSelect", "sources": [source], "query": PLAIN}
    made["traversal"] = {
        "call": "comunicaTraverse",
        "sources": [f"{server.base}/id/pump-1.ttl"],
        "query": f"SELECT ?class ?label {{ <{ID}pump-1> a ?class . ?class <{LABEL}> ?label }}",
        "base": server.base,
        "namespace": server.namespace,
    }
    for path in ("/id/pump-1", "/questions", "/catalog", "/ontology"):
        made[f"expanded {path}"] = {"call": "jsonldLines", "url": f"{server.base}{path}.jsonld"}
        made[f"compacted {path}"] = {
            "call": "jsonldLines",
            "url": f"{server.base}{path}.jsonld",
            "compactWith": f"{server.base}/context.jsonld",
        }
    return made


@pytest.fixture(scope="module")
def found(toy: Server) -> dict[str, Any]:
    """What each call gave."""
    return answers(calls(toy))


def as_rows(rows: list[dict[str, str]]) -> set[tuple[str, str, str]]:
    return {(row["s"].strip("<>"), row["label"].split('"')[1], row["tag"].strip('"')) for row in rows}


def as_labels(triples: list[str]) -> set[tuple[str, str, str]]:
    parts = (triple.split(" ", 2) for triple in triples)
    return {(s.strip("<>"), label.split('"')[1], label.rpartition("@")[2]) for s, _, label in parts}


ASKED = [
    *("comunica", *(f"fetcher {method}" for method in METHODS)),
    *(f"client {operation}" for operation in OPERATIONS),
]


@pytest.mark.parametrize("asked", ASKED)
def test_each_client_gets_tables_truth_values_and_triples(found: dict[str, Any], asked: str) -> None:
    name, _, way = asked.partition(" ")
    table, truth, triples = (found[f"{name} {form} {way}".strip()] for form in ("Select", "Ask", "Construct"))
    assert truth is True, truth
    assert isinstance(table, list), table
    assert as_rows(table) == labels()
    assert isinstance(triples, list), triples
    assert as_labels(triples) == labels()


def pump() -> set[str]:
    return {f'"{label}"@{tag}' for s, label, tag in labels() if s == f"{ID}pump-1"}


@pytest.mark.parametrize(
    "name",
    [
        *(f"document {suffix}" for suffix in DOCUMENTS),
        "the resource itself",
        "an endpoint that it has to find out",
    ],
)
def test_comunica_finds_what_a_document_says_in_each_format(found: dict[str, Any], name: str) -> None:
    assert isinstance(found[name], list), found[name]
    assert {row["label"] for row in found[name]} == pump()


def test_comunica_follows_links_from_a_resource_to_what_it_names(found: dict[str, Any], toy: Server) -> None:
    assert isinstance(found["traversal"], list), found["traversal"]
    quads = ox.parse(path=str(toy.root.folder / "ontology" / "plant.ttl"), format=ox.RdfFormat.TURTLE)
    named = {q.subject.value: str(q.object) for q in quads if q.predicate.value == LABEL}
    pump_class = f"{toy.namespace}ontology/Pump"
    assert {"class": f"<{pump_class}>", "label": named[pump_class]} in found["traversal"]


@pytest.mark.parametrize("path", ["/id/pump-1", "/questions", "/catalog", "/ontology"])
def test_jsonld_reads_a_document_as_its_n_quads_and_compacts_it_with_our_context(
    found: dict[str, Any], toy: Server, path: str
) -> None:
    dataset = ox.Dataset(
        ox.Quad(q.subject, q.predicate, q.object)
        for q in ox.parse(toy.get(f"{path}.nt").body, format=ox.RdfFormat.N_TRIPLES)
    )
    dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    expected = sorted(f"{quad} ." for quad in dataset)
    for way in ("expanded", "compacted"):
        answer = found[f"{way} {path}"]
        assert "error" not in answer, answer
        assert sorted(answer["lines"].splitlines()) == expected, way
    context = found[f"compacted {path}"]["context"]
    assert context == f"{toy.base}/context.jsonld" or context == toy.get("/context.jsonld").json["@context"]
