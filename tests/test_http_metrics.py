"""/metrics: what Prometheus reads; figures with short lists of labels, and nothing that a client wrote."""

from __future__ import annotations

import socket
from urllib.parse import quote

import pytest
from prometheus_client.openmetrics.parser import text_string_to_metric_families as open_families
from prometheus_client.parser import text_string_to_metric_families as families

from conftest import Server
from polling import MOST_S

OPEN_METRICS = "application/openmetrics-text; version=1.0.0"
SECRET = "a-secret-nobody-may-read-in-a-figure"


def figures(server: Server) -> dict[str, dict[tuple[str, ...], float]]:
    """Each sample's name with its labels' values, in order of the labels' names, and its value."""
    found: dict[str, dict[tuple[str, ...], float]] = {}
    for family in families(server.get("/metrics").text):
        for sample in family.samples:
            labels = tuple(value for _, value in sorted(sample.labels.items()))
            found.setdefault(sample.name, {})[labels] = sample.value
    return found


def test_the_figures_are_in_the_format_asked_for(server: Server) -> None:
    plain = server.get("/metrics")
    assert (plain.status, plain.type) == (200, "text/plain")
    assert plain.headers["cache-control"] == "no-store"
    assert list(families(plain.text))
    other = server.get("/metrics", OPEN_METRICS)
    assert other.type == "application/openmetrics-text"
    assert list(open_families(other.text))


def test_requests_are_counted_by_route_and_status(server: Server) -> None:
    iri = server.individuals(1)[0]
    asked = {
        ("GET", "/sparql", "200"): lambda: server.ask("ASK {} # counted"),
        ("GET", "/sparql", "400"): lambda: server.ask("ASK {"),
        ("POST", "/sparql", "415"): lambda: server.request("POST", "/sparql", b"x"),
        ("GET", "/<any(id, ontology):room>/<path:name>", "303"): lambda: server.get(server.path_of(iri)),
        ("GET", "/<path:name>", "404"): lambda: server.get("/no/such/page"),
        ("DELETE", "other", "405"): lambda: server.request("DELETE", "/version"),
        ("other", "other", "405"): lambda: server.request("PROPFIND", "/version"),
    }
    for key, ask in asked.items():
        before = figures(server)["calcigraph_http_requests_total"].get(key, 0)
        ask()
        assert figures(server)["calcigraph_http_requests_total"].get(key, 0) == before + 1, key


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"this is no request\r\n\r\n", "400"),
        (b"GET /" + b"x" * 100_000 + b" HTTP/1.1\r\nHost: a\r\n\r\n", "414"),
    ],
)
def test_what_is_refused_before_it_is_a_request_is_counted_too(
    server: Server, sent: bytes, status: str
) -> None:
    key = ("other", "other", status)
    before = figures(server)["calcigraph_http_requests_total"].get(key, 0)
    with socket.create_connection(("127.0.0.1", server.port), MOST_S) as connection:
        connection.sendall(sent)
        assert connection.recv(65536).split()[1] == status.encode()
    assert figures(server)["calcigraph_http_requests_total"].get(key, 0) == before + 1


@pytest.mark.parametrize(
    ("query", "outcome"),
    [
        ("SELECT * {{ ?s ?p ?o }} LIMIT 1 # {n}", "answered"),
        ("SELECT * {{ # {n}", "QueryMalformed"),
        ("SELECT * {{ SERVICE <urn:x> {{}} }} # {n}", "ServiceForbidden"),
    ],
)
def test_queries_are_timed_by_their_outcome(server: Server, query: str, outcome: str) -> None:
    def count(name: str) -> float:
        return figures(server).get(f"calcigraph_query_seconds_{name}", {}).get((outcome,), 0)

    before, took = count("count"), count("sum")
    for n in range(3):
        server.ask(query.format(n=n))
    assert count("count") == before + 3
    assert count("sum") >= took
    buckets = figures(server)["calcigraph_query_seconds_bucket"]
    of_outcome = {labels: value for labels, value in buckets.items() if outcome in labels}
    assert max(of_outcome.values()) == before + 3


def test_the_pool_the_process_and_the_version_are_shown(server: Server) -> None:
    found = figures(server)
    assert set(found["calcigraph_pool_workers"]) == {("idle",), ("busy",), ("preempted",)}
    assert found["calcigraph_pool_workers"][("idle",)] >= 1
    assert found["calcigraph_pool_waiting"][()] == 0
    assert found["calcigraph_pool_cached_bytes"][()] >= 0
    assert found["process_resident_memory_bytes"][()] > 1 << 20
    assert found["process_open_fds"][()] > 3
    ((version,),) = found["calcigraph_info"]
    assert server.get("/version").json["calcigraph"] == version


def test_no_client_can_make_the_figures_grow_or_write_into_them(server: Server) -> None:
    server.ask("ASK {}")
    server.get("/warm/up")
    before = {name: set(samples) for name, samples in figures(server).items()}
    for n in range(50):
        server.get(f"/id/{SECRET}-{n}")
        server.get(f"/{SECRET}-{n}")
        server.request(f"{SECRET.upper()}-{n}", "/")
        server.ask(f"ASK {{ ?s ?p '{SECRET}-{n}' }}")
        server.get(f"/sparql?query={quote('ASK {}')}&{SECRET}-{n}=x", User_Agent=SECRET, Referer=SECRET)
    after = figures(server)
    assert sum(len(samples) for samples in after.values()) - sum(map(len, before.values())) <= 40
    assert SECRET not in server.get("/metrics").text.lower()
