"""The description of the interface: valid, whole, for people too, and true of whatever it is asked."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote, urlencode

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from openapi_spec_validator import OpenAPIV31SpecValidator

from calcigraph.web.route_table import INTERFACE
from conftest import BROWSER, Reply, Server
from in_process import local_app

ANYTHING = st.text(st.characters(codec="utf-8", exclude_categories=("Cs",)), max_size=30)
NASTY = st.sampled_from(
    ["", "%", "..", "\0", "\r\nX: y", "<script>", "{", "?x", "http://[", "\ud7ff", "a" * 300]
)
ACCEPTS = st.sampled_from(
    ["*/*", BROWSER, "text/turtle", "application/json", "image/png", "text/csv;q=0.1", ""]
)


def described(server: Server) -> dict[str, Any]:
    reply = server.get("/openapi.json")
    assert (reply.status, reply.type) == (200, "application/json")
    return reply.json


def operations(server: Server) -> list[tuple[str, str, dict[str, Any]]]:
    paths = described(server)["paths"]
    return [(path, method, found) for path, methods in paths.items() for method, found in methods.items()]


def test_it_is_valid_openapi(server: Server) -> None:
    OpenAPIV31SpecValidator(described(server)).validate()
    assert described(server)["openapi"].startswith("3.1")
    assert described(server)["servers"] == [{"url": server.base}]


def test_it_describes_every_address(server: Server) -> None:
    found = operations(server)
    paths = {path for path, _, _ in found}
    assert {
        "/sparql",
        "/explain",
        "/{room}/{name}",
        "/questions/{slug}",
        "/openapi.json",
        "/w3id.htaccess",
    } <= paths
    assert ("/sparql", "post") in {(path, method) for path, method, _ in found}
    assert len({operation["operationId"] for _, _, operation in found}) == len(found) > 25
    for path, method, operation in found:
        assert operation["summary"], (path, method)
        assert operation["responses"]


def test_no_address_is_left_out_but_the_files_of_the_pages(toy: Server) -> None:
    routes = {rule.endpoint for rule in local_app(toy.root).url_map.iter_rules()}
    assert routes - set(INTERFACE) == {"static", "assets.built"}
    assert set(INTERFACE) <= routes


def test_a_page_shows_the_same(server: Server) -> None:
    page = server.get("/openapi", BROWSER)
    assert page.type == "text/html"
    for path, method, operation in operations(server):
        assert f"<h2><code>{method.upper()} {path}</code></h2>" in page.text
        assert f'id="{operation["operationId"]}"' in page.text
    front = server.get("/", BROWSER)
    assert {("service-desc", "/openapi.json"), ("service-doc", "/openapi")} <= set(front.links)
    assert 'href="/openapi"' in front.text


def test_every_address_without_a_name_in_it_answers(server: Server) -> None:
    for path, method, operation in operations(server):
        if "{" not in path and method == "get":
            needed = [parameter for parameter in operation["parameters"] if parameter["required"]]
            reply = server.get(path)
            assert reply.status == 400 if needed or path == "/graphs" else reply.status in (200, 303), path
            true_of(reply, operation)


def test_every_example_is_answered(server: Server) -> None:
    tried = 0
    for path, _, operation in operations(server):
        named = {p["name"]: p.get("example", "") for p in operation["parameters"] if p["in"] == "path"}
        if any(named.values()):
            named.setdefault("suffix", "ttl")
            filled = path.format(**{name: value or "id" for name, value in named.items()})
            reply = server.get(filled)
            assert reply.status in (200, 303), filled
            true_of(reply, operation)
            tried += 1
    assert tried >= 3


def true_of(reply: Reply, operation: dict[str, Any]) -> None:
    """The status is a documented one, and so is the media type of what came with it."""
    responses = operation["responses"]
    assert reply.status < 500 or reply.status == 503, reply.text
    if str(reply.status) in responses:
        content = responses[str(reply.status)].get("content", {})
        assert reply.type in content or (reply.status == 304 and not reply.body)
        return
    assert reply.status >= 400, reply.status
    assert reply.type in ("application/problem+json", "text/html")
    if reply.type == "application/problem+json":
        assert {"type", "title", "status", "detail"} <= set(reply.json)
        assert reply.json["status"] == reply.status


@st.composite
def requests(
    draw: st.DrawFn, found: list[tuple[str, str, dict[str, Any]]]
) -> tuple[str, str, dict[str, str], Any]:
    """A request that the description allows, or nearly so."""
    path, method, operation = draw(st.sampled_from(found))
    query = []
    for parameter in operation["parameters"]:
        schema = parameter["schema"]
        likely = [st.sampled_from(schema["enum"])] if "enum" in schema else []
        likely += [st.just(parameter["example"])] if "example" in parameter else []
        likely += [st.integers(-1, 10**6).map(str)] if schema["type"] in ("integer", "number") else []
        value = draw(st.one_of(*likely, NASTY, ANYTHING) if likely else st.one_of(NASTY, ANYTHING))
        if parameter["in"] == "path":
            path = path.replace(f"{{{parameter['name']}}}", quote(value, safe=""))
        elif parameter["required"] or draw(st.integers(0, 3)) == 0:
            query.append((parameter["name"], value))
    headers = {"Accept": draw(ACCEPTS)}
    body = None
    if method == "post":
        headers["Content-Type"] = draw(st.sampled_from([*operation["requestBody"]["content"], "text/plain"]))
        body = draw(st.one_of(ANYTHING, st.just("ASK {}"), st.just("query=ASK%20%7B%7D"))).encode()
    return method.upper(), path + ("?" + urlencode(query) if query else ""), headers, (operation, body)


@pytest.mark.parametrize("examples", [100, pytest.param(5000, marks=pytest.mark.campaign)])
def test_whatever_is_asked_the_answer_is_as_described(server: Server, examples: int) -> None:
    @settings(
        max_examples=examples, deadline=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck)
    )
    @given(requests(operations(server)))
    def ask(request: tuple[str, str, dict[str, str], Any]) -> None:
        method, target, headers, (operation, body) = request
        true_of(server.request(method, target, body, headers), operation)

    ask()
