"""RFC 9457: every expected failure has its status and type in one table, and says what to do."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import subprocess
import sys

import pytest
from flask import Flask

import calcigraph
from calcigraph.errors import Place, Problem
from calcigraph.pool.query_problems import QueueFull
from calcigraph.web import problem_responses
from calcigraph.web.protocol import problem_details
from calcigraph.web.protocol.request_problems import RequestMalformed
from conftest import BROWSER, Server

# Whose problems no request can meet: the serving process does not load them.
NOT_SERVED = (
    "calcigraph.cli.verbs",
    "calcigraph.importing",
    "calcigraph.classification",
    "calcigraph.validation",
)
SERVES = (
    "import sys, calcigraph.cli.serve, calcigraph.web.app, calcigraph.web.serving.server; print(*sys.modules)"
)


def subclasses() -> list[type[Problem]]:
    """Every Problem of the package that a request can meet."""
    for module in pkgutil.walk_packages(calcigraph.__path__, "calcigraph."):
        if not module.name.startswith("calcigraph.cli") and not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    found, waiting = [], [Problem]
    while waiting:
        kind = waiting.pop()
        found.append(kind)
        waiting += kind.__subclasses__()
    return [
        kind
        for kind in found
        if kind.__module__.startswith("calcigraph.")
        and not kind.__module__.startswith((*NOT_SERVED, "calcigraph.cli"))
    ]


def test_what_is_not_served_is_not_loaded_by_the_serving_process() -> None:
    done = subprocess.run([sys.executable, "-c", SERVES], capture_output=True, text=True, check=True)
    assert [name for name in done.stdout.split() if name.startswith(NOT_SERVED)] == []


def test_there_are_problems_to_look_at() -> None:
    assert len(subclasses()) > 20


@pytest.mark.parametrize("kind", subclasses(), ids=lambda kind: kind.__name__)
def test_every_problem_has_a_status_of_its_own_a_title_and_a_sentence(kind: type[Problem]) -> None:
    assert kind in problem_details.STATUS, f"add {kind.__name__} to STATUS in web/protocol/problem_details.py"
    assert 400 <= problem_details.STATUS[kind] < 600
    assert kind.title
    assert inspect.getdoc(kind)


def test_no_two_problems_share_a_type() -> None:
    names = [kind.__name__ for kind in problem_details.STATUS]
    assert len(names) == len(set(names))


def test_a_problem_document_has_the_members_that_apply_and_no_others() -> None:
    document = problem_details.document(RequestMalformed("It is wrong.", "Mend it.", Place("query", 3, 0)))
    assert document == {
        "type": "https://w3id.org/calcigraph/server#RequestMalformed",
        "title": "The request is malformed",
        "status": 400,
        "detail": "It is wrong.",
        "hint": "Mend it.",
        "line": 3,
    }


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/nowhere", 404),
        ("POST", "/questions", 405),
        ("DELETE", "/id/x", 405),
        ("POST", "/sparql", 415),
    ],
)
def test_what_the_framework_refuses_is_a_problem_too(
    server: Server, method: str, path: str, status: int
) -> None:
    reply = server.request(method, path)
    assert (reply.status, reply.type) == (status, "application/problem+json")
    assert reply.json["status"] == status
    assert reply.json["title"]
    if status == 405:
        assert {"GET", "HEAD"} <= {name.strip() for name in reply.headers["allow"].split(",")}


def test_a_problem_is_a_page_for_browsers_and_a_document_for_everyone_else(server: Server) -> None:
    assert server.get("/nowhere", BROWSER).type == "text/html"
    for accept in ("*/*", "application/json", "application/problem+json", "text/turtle", None):
        assert server.get("/nowhere", accept).type == "application/problem+json"


def test_a_problem_is_never_kept_by_a_cache(server: Server) -> None:
    assert server.ask("ASK {").headers["cache-control"] == "no-store"


def test_a_server_that_is_busy_says_when_to_come_back() -> None:
    with Flask(__name__).test_request_context("/"):
        response = problem_responses.respond(QueueFull("The queue is full.", 5))
    assert response.status_code == 429
    assert response.headers["Retry-After"] == "5"


def test_only_what_reads_is_open_to_every_origin(server: Server) -> None:
    assert "access-control-allow-origin" in server.get("/questions").headers
    assert "access-control-allow-origin" not in server.request("DELETE", "/questions").headers
