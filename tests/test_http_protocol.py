"""SPARQL 1.1 Protocol, the query operation: every sentence that can be broken is tried over HTTP."""

from __future__ import annotations

from urllib.parse import urlencode

import pytest

from conftest import BROWSER, Server

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
BODY = {"Content-Type": "application/sparql-query"}
SELECT = "SELECT * { ?s ?p ?o } LIMIT 2"
CONSTRUCT = "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o } LIMIT 2"
RESULTS = {
    "application/sparql-results+json": "application/sparql-results+json",
    "application/sparql-results+xml": "application/sparql-results+xml",
    "text/csv": "text/csv",
    "text/tab-separated-values": "text/tab-separated-values",
    "application/json": "application/sparql-results+json",
    "application/xml": "application/sparql-results+xml",
    "*/*": "application/sparql-results+json",
}
GRAPHS = {
    "text/turtle": "text/turtle",
    "application/n-triples": "application/n-triples",
    "application/ld+json": "application/ld+json",
    "application/rdf+xml": "application/rdf+xml",
    "application/trig": "application/trig",
    "application/n-quads": "application/n-quads",
    "*/*": "text/turtle",
}


@pytest.mark.parametrize(("accept", "sent"), RESULTS.items())
def test_a_table_comes_in_the_format_asked_for(server: Server, accept: str, sent: str) -> None:
    reply = server.ask(SELECT, accept)
    assert (reply.status, reply.type) == (200, sent)
    assert "Accept" in reply.headers["vary"]


@pytest.mark.parametrize(("accept", "sent"), GRAPHS.items())
def test_a_graph_comes_in_the_format_asked_for(server: Server, accept: str, sent: str) -> None:
    reply = server.ask(CONSTRUCT, accept)
    assert (reply.status, reply.type) == (200, sent)


@pytest.mark.parametrize("form", ["json", "xml", "csv", "tsv"])
def test_format_overrides_accept_for_a_table(server: Server, form: str) -> None:
    reply = server.ask(SELECT, "text/turtle", format=form)
    assert reply.status == 200
    assert form in reply.type or form == "tsv"


@pytest.mark.parametrize(
    "form", ["turtle", "ttl", "n-triples", "nt", "json-ld", "rdf-xml", "trig", "n-quads"]
)
def test_format_overrides_accept_for_a_graph(server: Server, form: str) -> None:
    assert server.ask(CONSTRUCT, "text/csv", format=form).status == 200


def test_the_three_ways_to_send_a_query_have_one_answer(server: Server) -> None:
    got = server.ask("ASK { ?s ?p ?o }")
    posted = server.request("POST", "/sparql", urlencode({"query": "ASK { ?s ?p ?o }"}).encode(), FORM)
    direct = server.request("POST", "/sparql", b"ASK { ?s ?p ?o }", BODY)
    assert got.json["boolean"] is True
    assert got.body == posted.body == direct.body


@pytest.mark.parametrize(
    "media_type", ["application/sparql-query; charset=UTF-8", "Application/SPARQL-Query"]
)
def test_the_media_type_of_a_query_may_have_a_charset_and_any_case(server: Server, media_type: str) -> None:
    assert server.request("POST", "/sparql", b"ASK {}", {"Content-Type": media_type}).status == 200


def test_two_queries_are_refused(server: Server) -> None:
    twice = urlencode([("query", "ASK {}"), ("query", "ASK {}")])
    assert server.get(f"/sparql?{twice}").status == 400
    assert server.request("POST", "/sparql", twice.encode(), FORM).status == 400
    assert server.request("POST", "/sparql?query=ASK%7B%7D", b"ASK {}", BODY).status == 400
    assert server.request("POST", "/sparql?query=ASK%7B%7D", b"query=ASK%7B%7D", FORM).status == 400


def test_a_post_without_a_query_is_refused(server: Server) -> None:
    assert server.request("POST", "/sparql", b"", FORM).status == 400
    assert server.request("POST", "/sparql", b"", BODY).status == 400
    assert server.request("POST", "/sparql", b"default-graph-uri=urn%3Aa", FORM).status == 400
    assert server.request("POST", "/sparql?query=ASK%7B%7D", b"").status in (400, 415)


@pytest.mark.parametrize("query", ["", " ", "# nothing but a comment", "PREFIX a: <urn:a>"])
def test_an_empty_query_is_refused(server: Server, query: str) -> None:
    for reply in (
        server.ask(query),
        server.request("POST", "/sparql", query.encode(), BODY),
        server.request("POST", "/sparql", urlencode({"query": query}).encode(), FORM),
    ):
        assert (reply.status, reply.type) == (400, "application/problem+json")
        assert reply.json["hint"]


def test_get_never_writes_even_where_a_query_stands_beside_an_update(server: Server) -> None:
    parameters = {"query": "ASK {}", "update": "INSERT DATA { <urn:a> <urn:b> <urn:c> }"}
    assert server.get(f"/sparql?{urlencode(parameters)}").status in (400, 405)
    assert server.request("POST", "/sparql", urlencode(parameters).encode(), FORM).status == 400
    assert not server.ask("ASK { <urn:a> <urn:b> <urn:c> }").json["boolean"]


@pytest.mark.parametrize(
    "media_type",
    ["text/plain", "application/json", "application/sparql-update", "multipart/form-data; boundary=x"],
)
def test_another_media_type_is_refused(server: Server, media_type: str) -> None:
    reply = server.request("POST", "/sparql", b"ASK {}", {"Content-Type": media_type})
    assert reply.status == 415
    assert "application/sparql-query" in reply.json["hint"]


def test_a_missing_media_type_another_charset_and_a_compressed_body_are_refused(server: Server) -> None:
    assert server.request("POST", "/sparql", b"ASK {}").status == 415
    latin = {"Content-Type": "application/sparql-query; charset=latin-1"}
    assert server.request("POST", "/sparql", b"ASK {}", latin).status == 415
    packed = {**BODY, "Content-Encoding": "gzip"}
    assert server.request("POST", "/sparql", b"\x1f\x8b", packed).status == 415


def test_an_update_is_refused_wherever_it_is_sent(server: Server) -> None:
    update = "INSERT DATA { <urn:a> <urn:b> <urn:c> }"
    assert server.get(f"/sparql?{urlencode({'update': update})}").status in (400, 405)
    assert server.request("POST", "/sparql", urlencode({"update": update}).encode(), FORM).status == 400
    assert server.ask(update).status == 400
    assert server.request("POST", "/sparql", update.encode(), BODY).status == 400
    assert not server.ask("ASK { <urn:a> <urn:b> <urn:c> }").json["boolean"]


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH"])
def test_another_method_is_refused_and_told_which_are_taken(server: Server, method: str) -> None:
    reply = server.request(method, "/sparql", b"")
    assert reply.status == 405
    assert {"GET", "HEAD", "POST"} <= {name.strip() for name in reply.headers["allow"].split(",")}


def test_head_says_what_get_would(server: Server) -> None:
    path = f"/sparql?{urlencode({'query': SELECT})}"
    got, asked = server.get(path), server.request("HEAD", path)
    assert asked.status == 200
    assert asked.body == b""
    for name in ("content-type", "content-length", "etag", "vary", "calcigraph-version"):
        assert asked.headers[name] == got.headers[name]


def test_a_syntax_error_names_line_and_column_and_what_to_do(server: Server) -> None:
    reply = server.ask("SELECT ?a\nWHERE { ?a ?b }")
    problem = reply.json
    assert (reply.status, reply.type) == (400, "application/problem+json")
    assert problem["line"] == 2
    assert problem["column"] > 0
    assert problem["hint"]
    assert problem["type"].endswith("#QueryMalformed")


def test_an_undeclared_prefix_is_named_and_offered(server: Server) -> None:
    problem = server.ask("SELECT * { ?s id:x ?o }").json
    assert "id:" in problem["detail"]
    assert f"PREFIX id: <{server.namespace}id/>" in problem["hint"]


@pytest.mark.parametrize("query", ["SELECT * { SERVICE <http://127.0.0.1:1/> { ?s ?p ?o } }"])
def test_calling_another_service_is_forbidden_and_says_so(server: Server, query: str) -> None:
    reply = server.ask(query)
    assert reply.status == 403
    assert "SERVICE" in reply.json["detail"]


def test_load_is_no_query(server: Server) -> None:
    assert server.ask("LOAD <http://127.0.0.1:1/>").status in (400, 403)


def test_the_protocol_dataset_takes_the_place_of_from(server: Server) -> None:
    graph = server.rows("SELECT ?g { GRAPH ?g { ?s ?p ?o } } ORDER BY ?g LIMIT 1")[0]["g"]
    count = "SELECT (COUNT(*) AS ?n) FROM <urn:nothing> { ?s ?p ?o }"
    assert server.rows(count) == [{"n": "0"}]
    inside = server.rows(f"SELECT (COUNT(*) AS ?n) {{ GRAPH <{graph}> {{ ?s ?p ?o }} }}")
    assert server.rows(count, **{"default-graph-uri": graph}) == inside
    named = server.rows("SELECT DISTINCT ?g { GRAPH ?g { ?s ?p ?o } }", **{"named-graph-uri": graph})
    assert named == [{"g": graph}]


def test_a_protocol_dataset_of_several_graphs_is_their_union_as_a_set(server: Server) -> None:
    graphs = [r["g"] for r in server.rows("SELECT DISTINCT ?g { GRAPH ?g { ?s ?p ?o } } ORDER BY ?g LIMIT 2")]
    pairs = [("query", "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }")] + [
        ("default-graph-uri", g) for g in graphs * 2
    ]
    reply = server.get(f"/sparql?{urlencode(pairs)}", "text/csv")
    union = server.rows(
        "SELECT (COUNT(*) AS ?n) { SELECT DISTINCT ?s ?p ?o { VALUES ?g { "
        + " ".join(f"<{g}>" for g in graphs)
        + " } GRAPH ?g { ?s ?p ?o } } }"
    )
    assert reply.text.split() == ["n", union[0]["n"]]


def test_a_graph_that_is_no_iri_is_refused(server: Server) -> None:
    assert server.ask("ASK {}", **{"default-graph-uri": "not an IRI"}).status == 400
    assert server.ask("ASK {}", **{"named-graph-uri": "relative"}).status == 400


def test_inference_off_leaves_out_what_is_derived_and_inferred(server: Server) -> None:
    triple = server.inferred()
    ask = f"ASK {{ {triple.subject} {triple.predicate} {triple.object} }}"
    assert server.ask(ask).json["boolean"] is True
    assert server.ask(ask, inference="on").json["boolean"] is True
    assert server.ask(ask, inference="off").json["boolean"] is False


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("inference", "maybe"),
        ("timeout", "soon"),
        ("timeout", "-1"),
        ("timeout", "nan"),
        ("timeout", "inf"),
        ("timeout", "1_0"),
        ("timeout", "1e1"),
        ("timeout", "0x1"),
        ("timeout", "٣"),
        ("timeout", "1" * 1000),
    ],
)
def test_a_parameter_that_cannot_be_read_is_named(server: Server, name: str, value: str) -> None:
    reply = server.ask("ASK {}", **{name: value})
    assert reply.status == 400
    assert name in reply.json["detail"]
    assert reply.json["hint"]


@pytest.mark.parametrize("value", ["", "0", "0.0", "2.5", "007"])
def test_a_client_that_sets_no_limit_has_the_servers(server: Server, value: str) -> None:
    assert server.ask("ASK {}", timeout=value).json["boolean"] is True


@pytest.mark.parametrize("name", ["format", "output", "results"])
def test_a_format_that_is_not_known_leaves_the_choice_to_accept(server: Server, name: str) -> None:
    for value in ("gif", "", "application/vnd.x+json", "json;"):
        csv = server.ask(SELECT, "text/csv", **{name: value})
        wanted = "application/sparql-results+json" if value == "json;" else "text/csv"
        assert (csv.status, csv.type) == (200, wanted), value
    assert server.ask(SELECT, "image/png", **{name: "gif"}).status == 406
    assert server.ask(SELECT, "text/csv", **{name: "turtle"}).status == 406
    page = server.ask(SELECT, BROWSER, **{name: ""})
    assert page.type == "text/html"


def test_the_first_format_that_is_known_wins_wherever_it_stands(server: Server) -> None:
    pairs = [("query", SELECT), ("format", "gif"), ("output", "xml"), ("results", "csv"), ("format", "tsv")]
    for reply in (
        server.get(f"/sparql?{urlencode(pairs)}", "text/csv"),
        server.request("POST", "/sparql", urlencode(pairs).encode(), FORM | {"Accept": "text/csv"}),
    ):
        assert (reply.status, reply.type) == (200, "application/sparql-results+xml")
    assert server.get("/catalog?output=gif&format=nt&format=nq").type == "application/n-triples"


def test_the_deadline_ends_a_query_with_503_that_names_the_limit(server: Server) -> None:
    runaway = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"
    reply = server.ask(runaway, timeout="0.5")
    assert reply.status == 503
    assert "0.5 s" in reply.json["detail"]
    assert server.ask("ASK {}").status == 200


def test_what_cannot_be_sent_is_406_and_lists_what_can(server: Server) -> None:
    reply = server.ask(SELECT, "image/png")
    assert (reply.status, reply.type) == (406, "application/problem+json")
    assert "text/csv" in reply.json["hint"]
    assert server.ask(SELECT, "text/turtle").status == 406
    assert server.ask(CONSTRUCT, "text/csv").status == 406
    assert server.ask("ASK {}", "text/turtle").json["detail"].startswith("The answer to ASK can be given in")


def test_a_browser_gets_a_page_with_the_rows(server: Server) -> None:
    reply = server.ask(SELECT, BROWSER)
    assert (reply.status, reply.type) == (200, "text/html")
    assert "<table>" in reply.text
    assert "prefix" in server.ask(CONSTRUCT, BROWSER).text


def test_reading_is_open_to_every_origin_and_preflights_are_answered(server: Server) -> None:
    assert server.ask("ASK {}").headers["access-control-allow-origin"] == "*"
    preflight = server.request("OPTIONS", "/sparql", headers={"Origin": "https://example.org"})
    assert preflight.status == 200
    assert "POST" in preflight.headers["access-control-allow-methods"]
    assert "set-cookie" not in preflight.headers


def test_every_answer_names_the_version_of_the_data(server: Server) -> None:
    assert server.ask("ASK {}").headers["calcigraph-version"] == server.root.digest
    assert server.ask("ASK {").headers["calcigraph-version"] == server.root.digest


def test_a_repeated_question_is_304_in_its_own_format_alone(server: Server) -> None:
    path = f"/sparql?{urlencode({'query': SELECT})}"
    first = server.get(path, "text/csv")
    again = server.get(path, "text/csv", If_None_Match=first.headers["etag"])
    assert (again.status, again.body) == (304, b"")
    other = server.get(path, "application/sparql-results+json", If_None_Match=first.headers["etag"])
    assert other.status == 200


def test_an_answer_that_changes_by_itself_is_never_304(server: Server) -> None:
    query = "SELECT (STRUUID() AS ?id) {}"
    first = server.ask(query)
    path = f"/sparql?{urlencode({'query': query})}"
    assert server.get(path, If_None_Match=first.headers["etag"]).status == 200
