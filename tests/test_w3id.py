"""The redirect rules for the namespace, read by an interpreter of the part of mod_rewrite that they use.

See https://httpd.apache.org/docs/2.4/mod/mod_rewrite.html: in a directory a rule is matched with the decoded
path below it, its conditions before the rule that follows; `%1` is a group of the last condition, NE keeps
the result from being encoded, and the query goes along where the result has none.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import quote, unquote, urlencode, urlsplit

import pyoxigraph as ox
import pytest

from conftest import BROWSER, ROOTS, Server


@dataclass(frozen=True)
class Rewriting:
    """A rule with its conditions."""

    conditions: tuple[tuple[str, str], ...]
    pattern: str
    substitution: str
    flags: dict[str, str]


def parsed(text: str) -> list[Rewriting]:
    """The rules of a file; a directive that is not known here fails."""
    rules, conditions = [], []
    for line in text.splitlines():
        lexer = shlex.shlex(line, posix=True, punctuation_chars=False)
        lexer.whitespace_split, lexer.escape = True, ""
        words = list(lexer)
        match words:
            case []:
                continue
            case ["RewriteCond", subject, pattern]:
                conditions.append((subject, pattern))
            case ["RewriteRule", pattern, substitution, flags]:
                named = dict(f.partition("=")[::2] for f in flags.strip("[]").split(","))
                rules.append(Rewriting(tuple(conditions), pattern, substitution, named))
                conditions = []
            case _:
                assert line.strip() in (
                    *(
                        "Options +FollowSymLinks",
                        "RewriteEngine On",
                        "<IfModule mod_headers.c>",
                        "</IfModule>",
                    ),
                    'Header always set Access-Control-Allow-Origin "*"',
                )
    return rules


def redirected(rules: list[Rewriting], namespace: str, method: str, target: str) -> tuple[int, str] | None:
    """Status and place that a request for `target` (path and query) is sent to; None where no rule does."""
    path, _, query = target.partition("?")
    if "%2f" in path.lower():
        return None  # AllowEncodedSlashes is off
    below = unquote(path).removeprefix(urlsplit(namespace).path)
    for rule in rules:
        groups: tuple[str | None, ...] = ()
        if not re.search(rule.pattern, below):
            continue
        for subject, pattern in rule.conditions:
            assert subject == "%{THE_REQUEST}"
            found = re.search(pattern, f"{method} {target} HTTP/1.1")
            if not found:
                break
            groups = found.groups()
        else:
            assert {"R", "L", "NE"} == set(rule.flags)
            place = rule.substitution.replace("%1", groups[0] or "")
            return int(rule.flags["R"]), place + (f"?{query}" if query else "")
    return None


@pytest.fixture(scope="module")
def rules(server: Server) -> list[Rewriting]:
    reply = server.get("/w3id.htaccess")
    assert (reply.status, reply.type) == (200, "text/plain")
    return parsed(reply.text)


def requested(iri: str) -> str:
    """What a client asks the host of an IRI for (RFC 3987, section 3.1; no fragment is sent)."""
    parts = urlsplit(quote(iri, safe=":/?#[]@!$&'()*+,;=%"))
    return parts.path + (f"?{parts.query}" if parts.query else "")


def test_every_kind_of_iri_leads_to_its_description(server: Server, rules: list[Rewriting]) -> None:
    rows = server.rows(
        "SELECT DISTINCT ?s { ?s ?p ?o FILTER(ISIRI(?s) && STRSTARTS(STR(?s), "
        f"'{server.namespace}')) }} ORDER BY STR(?s)"
    )
    kinds: dict[str, list[str]] = {}
    for row in rows:
        kinds.setdefault(re.split(r"[/#]", row["s"].removeprefix(server.namespace))[0], []).append(row["s"])
    assert {"id", "ontology", "graph"} <= set(kinds)
    for found in kinds.values():
        for iri in (found[0], found[len(found) // 2], found[-1]):
            if iri.endswith("/pump-0"):
                continue
            status, place = redirected(rules, server.namespace, "GET", requested(iri)) or (0, "")
            assert status == 303, iri
            assert place.startswith(f"{server.base}/")
            for accept, kind in (("text/turtle", "text/turtle"), (BROWSER, "text/html")):
                reply = server.follow(place.removeprefix(server.base), accept)
                assert reply.status == 200, iri
                if "/graph/" not in iri and "/id/question-" not in iri:
                    assert reply.type == kind, iri


def test_a_question_and_the_version_of_the_ontology_are_found(server: Server, rules: list[Rewriting]) -> None:
    version = server.rows(
        f"SELECT ?v {{ <{server.namespace}ontology> <http://www.w3.org/2002/07/owl#versionIRI> ?v }}"
    )[0]["v"]
    for iri in (version, f"{server.namespace}id/question-{server.root.questions[0].slug}"):
        status, place = redirected(rules, server.namespace, "GET", requested(iri)) or (0, "")
        assert status == 303
        assert server.get(place.removeprefix(server.base)).status == 303


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_the_lasting_iri_of_the_endpoint_answers_queries(
    server: Server, rules: list[Rewriting], method: str
) -> None:
    path = urlsplit(server.namespace).path + "sparql"
    query = urlencode({"query": "ASK { ?s ?p 'a?b#c' }"}) if method == "GET" else ""
    status, place = redirected(rules, server.namespace, method, path + (f"?{query}" if query else "")) or (
        0,
        "",
    )
    # 307: the method and the body are sent again (RFC 9110, section 15.4.8).
    assert status == 307
    body = None if method == "GET" else b"ASK { ?s ?p 'a?b#c' }"
    headers = {"Content-Type": "application/sparql-query", "Accept": "application/sparql-results+json"}
    reply = server.request(method, place.removeprefix(server.base), body, headers)
    assert (reply.status, reply.json["boolean"]) == (200, False)


@pytest.mark.parametrize(
    "path",
    [
        *("", "catalog", ".well-known/void", "dump.nq.gz", "dump.ttl.gz", "context.jsonld", "ontology.ttl"),
        *("questions", "sitemap.xml", "llms.txt", "openapi.json", "explain", "search", "conformance"),
    ],
)
def test_every_document_has_a_lasting_address_too(server: Server, rules: list[Rewriting], path: str) -> None:
    status, place = redirected(rules, server.namespace, "GET", urlsplit(server.namespace).path + path) or (
        0,
        "",
    )
    assert (status, place) == (302, f"{server.base}/{path}")
    assert server.get(f"/{path}").status in (200, 400)


def test_every_address_of_the_interface_has_a_lasting_one_but_those_of_its_operators(
    server: Server, rules: list[Rewriting]
) -> None:
    # The last one leads to what is right below the namespace, where these roots have nothing.
    left_out = {"/healthz", "/readyz", "/metrics", "/version", "/w3id.htaccess", "/{name}"}
    paths = server.get("/openapi.json").json["paths"]
    assert {"/conformance", "/conformance.{suffix}", "/sparql", "/graphs", "/{room}/{name}"} <= set(paths)
    found = {}
    for path in paths:
        asked = re.sub(r"{[^}]*}", "1", path.replace("{room}", "id"))
        place = redirected(rules, server.namespace, "GET", urlsplit(server.namespace).path + asked[1:])
        found[path] = place and place[1] == server.base + asked
    assert {path for path, is_there in found.items() if not is_there} == left_out


@pytest.mark.parametrize(
    "document", ["conformance.ttl", "catalog", ".well-known/void", "ontology.ttl", "graph/metadata", "sparql"]
)
def test_every_iri_that_a_document_mints_below_the_namespace_leads_back_here(
    server: Server, rules: list[Rewriting], document: str
) -> None:
    reply = server.get(f"/{document}", "text/turtle")
    assert reply.status == 200
    quads = list(ox.parse(reply.body, format=ox.RdfFormat.TURTLE, base_iri=f"{server.base}/{document}"))
    terms = {term for quad in quads for term in (quad.subject, quad.predicate, quad.object)}
    named = {term.value for term in terms if isinstance(term, ox.NamedNode)}
    minted = sorted({iri.partition("#")[0] for iri in named if iri.startswith(server.namespace)})
    # The report is about the program, whose home is the namespace of the shipped root.
    assert bool(minted) is (document != "conformance.ttl" or server.name == "shipped")
    places = {iri: redirected(rules, server.namespace, "GET", requested(iri)) for iri in minted}
    assert [iri for iri, place in places.items() if place is None] == []
    for _, place in list(filter(None, places.values()))[:: max(1, len(places) // 20)]:
        assert server.follow(place.removeprefix(server.base), "text/turtle").status in (200, 410), place
    if document == "conformance.ttl" and minted:
        assert places[f"{server.namespace}conformance"] == (302, f"{server.base}/conformance")


@pytest.mark.parametrize(
    "path", ["id/deep%2Fer", "static/style.css", "healthz", "metrics", "idle", "ontology2", "sparql/x", "x"]
)
def test_nothing_else_is_redirected(server: Server, rules: list[Rewriting], path: str) -> None:
    assert redirected(rules, server.namespace, "GET", urlsplit(server.namespace).path + path) is None


@pytest.mark.parametrize(
    "name",
    ["a%20b", "a%2520b", "caf%C3%A9", "a%3Fb", "a%23b", "deep/er", "x.ttl", "%41", "a+b", "$1"],
)
def test_what_was_percent_encoded_stays_as_it_was_sent(
    server: Server, rules: list[Rewriting], name: str
) -> None:
    target = f"{urlsplit(server.namespace).path}id/{name}?incoming=0"
    assert redirected(rules, server.namespace, "GET", target) == (303, f"{server.base}/id/{name}?incoming=0")


def test_the_rules_lead_to_the_base_that_is_configured(start: Callable[..., Server]) -> None:
    based = start("w3id", ROOTS["toy"], "--base", "https://data.example/kg/", "--reasoner", "none")
    found = parsed(based.get("/w3id.htaccess").text)
    assert redirected(found, based.namespace, "GET", "/plant/id/pump-1") == (
        303,
        "https://data.example/kg/id/pump-1",
    )
    assert redirected(found, based.namespace, "GET", "/plant/") == (302, "https://data.example/kg/")
