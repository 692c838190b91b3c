"""A query that calls other services is answered as if their answers stood in it."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from xml.sax.saxutils import escape

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

from calcigraph.engine.engine_problems import RewritingTooLong, ServiceAnswerUnusable, ServiceUndetermined
from calcigraph.engine.placeholders import Placeholders
from calcigraph.engine.remote_results import RemoteSolutions, read
from calcigraph.engine.remote_terms import Skolem
from calcigraph.engine.replica import Replica
from calcigraph.engine.service_clauses import MOST_CALLS
from calcigraph.errors import Problem

EX = "http://example.org/"
BASE = "https://here.example/sparql"
PROLOGUE = f"PREFIX : <{EX}> "
HERE = f"""\
<{EX}a> <{EX}p> <{EX}b> <{EX}g1> .
<{EX}c> <{EX}p> <{EX}d> <{EX}g2> .
<{EX}one> <{EX}endpoint> <{EX}r1> .
<{EX}two> <{EX}endpoint> <{EX}r2> .
<{EX}two> <{EX}name> "r2" .
"""
REMOTE = {
    EX + "r1": f'<{EX}a> <{EX}q> "1" .\n<{EX}b> <{EX}q> "2" .\n',
    EX + "r2": f'<{EX}a> <{EX}q> "3" .\n_:x <{EX}q> "4" .\n_:x <{EX}r> "5" .\n',
}


class Remotes:
    """Other services, each of which is a replica of its own that answers in SPARQL JSON."""

    def __init__(self, data: dict[str, str] = REMOTE) -> None:
        self.replicas = {iri: Replica.load(nquads.encode()) for iri, nquads in data.items()}
        self.asked: list[tuple[str, str]] = []

    def fetch(self, service: str, query: str) -> bytes:
        self.asked.append((service, query))
        if service not in self.replicas:
            raise Problem("There is nobody.", "Look elsewhere.")
        out = io.BytesIO()
        self.replicas[service].query(query).serialize(out, ox.QueryResultsFormat.JSON)
        return out.getvalue()


def rows(
    query: str, fetch: Callable[[str, str], bytes] | None = None, **options: object
) -> list[tuple[str | None, ...]]:
    replica = Replica.load(HERE.encode())
    solutions = replica.query(  # type: ignore[call-overload, arg-type, unused-ignore]
        PROLOGUE + query, fetch=fetch or Remotes().fetch, base_iri=BASE, **options
    )
    assert isinstance(solutions, ox.QuerySolutions)
    found = [tuple(term and term.value.removeprefix(EX) for term in row) for row in solutions]
    return sorted(found, key=repr)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("SELECT * { ?s :p ?o SERVICE :r1 { ?s :q ?v } }", [("a", "b", "1")]),
        (f"SELECT * {{ ?s :p ?o . SERVICE <{EX}r1> {{ ?s :q ?v }} . }}", [("a", "b", "1")]),
        (f"BASE <{EX}> SELECT * {{ ?s :p ?o service <r1> {{ ?s <q> ?v }} }}", [("a", "b", "1")]),
        ("SELECT ?s ?v { ?s :p ?o OPTIONAL { SERVICE :r1 { ?s :q ?v } } }", [("a", "1"), ("c", None)]),
        ("SELECT ?s ?v { ?s :p ?o OPTIONAL { SERVICE :r1 { ?s :q ?v } } } VALUES ?v { '2' }", [("c", "2")]),
        ("SELECT ?s { ?s :p ?o MINUS { SERVICE :r1 { ?s :q ?v } } }", [("c",)]),
        ("SELECT ?s { ?s :p ?o FILTER EXISTS { SERVICE :r1 { ?s :q ?v } } }", [("a",)]),
        ("SELECT * { SERVICE :r1 { ?s :q ?v } SERVICE :r2 { ?s :q ?w } }", [("a", "1", "3")]),
        ("SELECT ?v { { SERVICE :r1 { :a :q ?v } } UNION { SERVICE :r2 { :a :q ?v } } }", [("1",), ("3",)]),
        ("SELECT ?n { SERVICE :r1 { SELECT (COUNT(*) AS ?n) { ?s :q ?v } } }", [("2",)]),
        ("SELECT (COUNT(*) AS ?n) { SERVICE :r1 { ?s :q ?v } ?x :p ?y }", [("4",)]),
        ("SELECT ?s { SERVICE :r1 { :a :q '1' } ?s :p :b }", [("a",)]),
        ("SELECT ?s { SERVICE :r1 { :a :q 'none' } ?s :p :b }", []),
        ("SELECT * { SERVICE :r1 { :b :q ?v } BIND(?v AS ?w) }", [("2", "2")]),
        ("SELECT ?g ?v { GRAPH ?g { ?s :p ?o SERVICE :r1 { ?s :q ?v } } }", [("g1", "1")]),
        ("SELECT ?v { # SERVICE :nobody { }\n SERVICE :r1 { :a :q ?v # } \n } }", [("1",)]),
        ("SELECT ?v { BIND('SERVICE :x {}' AS ?t) SERVICE :r1 { :a :q ?v } }", [("1",)]),
        ("SELECT ?x { SERVICE :r1 { ?y :q ?x } { SELECT ?y { ?y :p ?z } } }", [("1",)]),
    ],
)
def test_answer_of_a_service_joins_with_its_group(query: str, expected: list[tuple[str | None, ...]]) -> None:
    assert rows(query) == expected


def test_a_service_is_sent_its_block_and_what_that_needs_and_nothing_else() -> None:
    remotes = Remotes()
    rows(
        "PREFIX secret: <http://secret.example/> PREFIX r: <r#> # ours alone\n"
        "SELECT * { ?s secret:p ?o SERVICE SILENT :r1 { ?s :q ?v FILTER(?v != r:x) } }",
        remotes.fetch,
    )
    ((service, query),) = remotes.asked
    assert service == EX + "r1"
    assert "secret" not in query
    assert "ours" not in query
    assert query.splitlines() == [
        f"BASE <{BASE}>",
        f"PREFIX : <{EX}>",
        "PREFIX r: <r#>",
        "SELECT * WHERE { ?s :q ?v FILTER(?v != r:x) }",
    ]


def test_the_same_block_is_asked_for_once() -> None:
    remotes = Remotes()
    query = "SELECT * { { SERVICE :r1 { ?s :q ?v } } UNION { ?s :p ?o SERVICE :r1 { ?s :q ?v } } }"
    assert len(rows(query, remotes.fetch)) == 3
    assert len(remotes.asked) == 1


def test_a_service_in_a_service_is_sent_along() -> None:
    remotes = Remotes()
    with pytest.raises(Problem, match="nobody"):
        rows("SELECT * { SERVICE :nobody { ?s :q ?v SERVICE :r2 { ?s ?p ?o } } }", remotes.fetch)
    assert [service for service, _ in remotes.asked] == [EX + "nobody"]
    assert "SERVICE :r2 { ?s ?p ?o }" in remotes.asked[0][1]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("SELECT ?s ?v { ?s :p ?o SERVICE SILENT :nobody { ?s :q ?v } }", [("a", None), ("c", None)]),
        ("SELECT * { SERVICE SILENT :nobody { ?s :q ?v } }", [(None, None)]),
        ("SELECT ?s { SERVICE SILENT :nobody { :a :q 1 } ?s :p :b }", [("a",)]),
        (
            "SELECT ?x ?v { VALUES ?x { :nobody :r1 } SERVICE SILENT ?x { :a :q ?v } }",
            [("nobody", None), ("r1", "1")],
        ),
    ],
)
def test_silent_makes_one_solution_without_bindings_of_a_failure(
    query: str, expected: list[tuple[str | None, ...]]
) -> None:
    assert rows(query) == expected


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("SELECT ?x ?v { VALUES ?x { :r1 :r2 } SERVICE ?x { :a :q ?v } }", [("r1", "1"), ("r2", "3")]),
        ("SELECT ?x ?v { ?e :endpoint ?x ; :name 'r2' SERVICE ?x { :a :q ?v } }", [("r2", "3")]),
        ("SELECT ?e ?v { SERVICE ?x { :a :q ?v } ?e :endpoint ?x }", [("one", "1"), ("two", "3")]),
        ("SELECT ?v { VALUES ?x { :r1 } OPTIONAL { SERVICE ?x { :a :q ?v } } }", [("1",)]),
        ("SELECT ?v { ?e :endpoint ?x . { SERVICE ?x { :a :q ?v } } }", [("1",), ("3",)]),
        ("SELECT ?v { GRAPH :nowhere { ?e :endpoint ?x SERVICE ?x { :a :q ?v } } }", []),
        ("SELECT ?x { VALUES ?x { :r1 :r2 } SERVICE ?x { ?x ?p ?o } }", []),
        (
            "SELECT ?v { SERVICE :r1 { BIND(:r2 AS ?x) } SERVICE ?x { :a :q ?v } }",
            [("3",)],
        ),
        ("SELECT ?v { ?e :endpoint ?x FILTER(?x = :none) SERVICE ?x { :a :q ?v } }", []),
    ],
)
def test_a_variable_service_is_each_iri_that_its_group_binds(
    query: str, expected: list[tuple[str | None, ...]]
) -> None:
    assert rows(query) == expected


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("SELECT * { SERVICE ?x { ?s :q ?v } }", "Nothing binds"),
        ("SELECT * { OPTIONAL { :none :endpoint ?x } SERVICE ?x { ?s :q ?v } }", "not bound to an IRI"),
        ("SELECT * { VALUES ?x { 'text' } SERVICE SILENT ?x { ?s :q ?v } }", "not bound to an IRI"),
        (
            "SELECT * { VALUES ?x { "
            + " ".join(f":s{i}" for i in range(MOST_CALLS + 1))
            + " } SERVICE ?x { ?s :q ?v } }",
            "more than",
        ),
        (
            "SELECT * { "
            + " ".join(f"SERVICE SILENT :s{i} {{ ?s :q ?v }}" for i in range(MOST_CALLS + 1))
            + " }",
            "calls",
        ),
    ],
)
def test_an_undetermined_service_is_refused_with_a_remedy(query: str, words: str) -> None:
    with pytest.raises(ServiceUndetermined, match=words) as refusal:
        rows(query)
    assert refusal.value.place is not None
    assert "VALUES" in refusal.value.remedy


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * { ?s :p ?o SERVICE :r1 { ?s :q ?v }",
        "SELECT * { ?s :p ?o SERVICE :r1 { ?s :q } }",
        "SELECT * { SERVICE undeclared:r1 { ?s :q ?v } }",
        "SELECT * { SERVICE 'r1' { ?s :q ?v } }",
        "SELECT * { SERVICE { ?s :q ?v } }",
        "SELECT * { SERVICE :r1 }",
        "SELECT * { SERVICE SILENT",
        "SELECT * { BIND(1 AS ?v) SERVICE :r1 { ?s :q ?v } BIND(1 AS ?s) }",
        "CONSTRUCT { SERVICE :r1 { ?s :q ?v } } WHERE {}",
    ],
)
def test_a_malformed_query_calls_nobody(query: str) -> None:
    remotes = Remotes()
    with pytest.raises(SyntaxError):
        rows(query, remotes.fetch)
    assert remotes.asked == []


def test_star_lists_the_variables_in_the_order_of_the_query() -> None:
    solutions = Replica.load(HERE.encode()).query(
        PROLOGUE + "SELECT * { ?s :p ?o SERVICE :r1 { ?s :q ?v } }", fetch=Remotes().fetch
    )
    assert isinstance(solutions, ox.QuerySolutions)
    assert [variable.value for variable in solutions.variables] == ["s", "o", "v"]


def test_blank_nodes_of_an_answer_become_iris_that_agree_within_it() -> None:
    query = "SELECT ?x ?y { SERVICE :r2 { ?x :q '4' . ?y :r '5' } }"
    ((x, y),) = rows(query)
    assert x == y
    assert x is not None
    assert x.startswith("https://here.example/.well-known/genid/")
    assert rows(query) != [(x, y)], "another answer has other nodes"


def test_a_long_answer_is_put_in_whole() -> None:
    many = {EX + "r1": "".join(f'<{EX}s{i}> <{EX}q> "value {i}" .\n' for i in range(20_000))}
    query = "SELECT (COUNT(*) AS ?n) (SUM(STRLEN(?v)) AS ?l) { SERVICE :r1 { ?s :q ?v } }"
    assert rows(query, Remotes(many).fetch) == [("20000", str(sum(len(f"value {i}") for i in range(20_000))))]


def test_an_answer_that_would_be_put_in_too_often_is_refused() -> None:
    graphs = "".join(f'<{EX}s> <{EX}p> "{i}" <{EX}g{i}> .\n' for i in range(90))
    many = {EX + "r1": "".join(f'<{EX}s{i}> <{EX}q> "{"x" * 1000}" .\n' for i in range(1000))}
    query = "SELECT * { GRAPH ?g { SERVICE :r1 { ?s :q ?v } ?s :p ?o MINUS { OPTIONAL { ?s :r ?z } } } }"
    with pytest.raises(RewritingTooLong):
        Replica.load(graphs.encode()).query(PROLOGUE + query, fetch=Remotes(many).fetch)


def test_what_is_put_in_is_bounded() -> None:
    placeholders = Placeholders("")
    blocks = [placeholders.values(("v",), ["(" + "x" * (20 << 20) + ")"]) for _ in range(2)]
    assert len(placeholders.fill(" ".join(blocks))) > 40 << 20
    with pytest.raises(RewritingTooLong):
        placeholders.fill(" ".join([*blocks, blocks[0]]))


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        # A filter that names the variable is no place that binds it.
        ("SELECT ?v { VALUES ?x { :r1 } { SERVICE ?x { :a :q ?v } FILTER(?x = :r1) } }", [("1",)]),
        ("SELECT ?v { VALUES ?x { :r1 :r2 } SERVICE ?x { :a :q ?v } FILTER(?v != '1') }", [("3",)]),
        ("SELECT ?v { VALUES ?x { :r1 } SERVICE ?x { :a :q ?v } FILTER(BOUND(?v)) }", [("1",)]),
        ("SELECT ?v { VALUES ?x { :r1 :r2 } SERVICE ?x { :a :q ?v } MINUS { VALUES ?v { '3' } } }", [("1",)]),
        (
            "SELECT ?v ?l { VALUES ?x { :r1 } SERVICE ?x { ?s :q ?v } OPTIONAL { ?s :p ?l } }",
            [("1", "b"), ("2", None)],
        ),
        ("SELECT ?v ?w { VALUES ?x { :r1 } SERVICE ?x { :a :q ?v } BIND(?v AS ?w) }", [("1", "1")]),
        ("SELECT ?e { ?e :endpoint ?x FILTER EXISTS { SERVICE ?x { :b :q ?v } } }", [("one",)]),
        ("SELECT ?e { ?e :endpoint ?x FILTER NOT EXISTS { SERVICE ?x { :b :q ?v } } }", [("two",)]),
        ("SELECT ?e { ?e :endpoint ?x MINUS { ?e :endpoint ?x SERVICE ?x { :b :q ?v } } }", [("two",)]),
        (
            "SELECT ?v { ?e :endpoint ?x { SERVICE ?x { :b :q ?v } } UNION { SERVICE ?x { :a :q ?v } } }",
            [("1",), ("2",), ("3",)],
        ),
        (
            "SELECT ?v { ?e :endpoint ?x . ?f :endpoint ?y SERVICE ?x { ?s :q ?v } SERVICE ?y { ?s :q ?v } "
            "FILTER(?x != ?y) }",
            [],
        ),
        (
            "SELECT ?n { { SELECT (COUNT(?v) AS ?n) { VALUES ?x { :r1 } SERVICE ?x { ?s :q ?v } } } }",
            [("2",)],
        ),
        ("SELECT ?v { SERVICE :r1 { ?s :q ?v FILTER(?v IN ('1')) } }", [("1",)]),
        ("SELECT ?v { SERVICE :r1 { VALUES ?s { :b } ?s :q ?v } }", [("2",)]),
        ("SELECT * { SERVICE :r1 { :a :q ?v OPTIONAL { :a :none ?w } } }", [("1", None)]),
        ("ASK { SERVICE :r1 { :a :q '1' } }", True),
    ],
)
def test_a_service_means_the_same_wherever_it_stands(query: str, expected: object) -> None:
    if isinstance(expected, bool):
        replica = Replica.load(HERE.encode())
        assert bool(replica.query(PROLOGUE + query, fetch=Remotes().fetch, base_iri=BASE)) is expected
    else:
        assert rows(query) == expected


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("SELECT * { VALUES ?x { :r1 } { SELECT ?v { SERVICE ?x { :a :q ?v } } } }", "Nothing binds"),
        ("SELECT * { SERVICE ?x { :a :q ?v } FILTER(?x = :r1) }", "Nothing binds"),
        ("SELECT * { SERVICE ?x { :a :q ?v } MINUS { ?e :endpoint ?x } }", "Nothing binds"),
        ("SELECT * { SERVICE ?x { :a :q ?v } BIND(IRI(?v) AS ?x2) . SERVICE ?x2 { } }", "Nothing binds"),
        (
            "SELECT * { VALUES ?y { :r1 } SERVICE ?y { :a :q ?v } BIND(IF(BOUND(?v), :r1, :r2) AS ?x) "
            "{ SELECT * { ?a ?b ?x SERVICE ?x { :a :q ?w } } } SERVICE ?x { } }",
            "depends|Nothing",
        ),
    ],
)
def test_a_service_that_nothing_surely_binds_is_refused(query: str, words: str) -> None:
    with pytest.raises(ServiceUndetermined, match=words):
        rows(query)


def one_value(term: str) -> bytes:
    return f'{{"head":{{"vars":["v"]}},"results":{{"bindings":[{{"v":{term}}}]}}}}'.encode()


ODD = {
    "other members": (
        b'{"head":{"vars":["v"],"link":[]},"results":{"distinct":false,"ordered":true,'
        b'"bindings":[{"v":{"type":"literal","value":"x","more":{"a":[1]}}}]},"more":null}',
        ["x"],
    ),
    "no head": (b'{"results":{"bindings":[{"v":{"type":"literal","value":"x"}}]}}', ["x"]),
    "a mark in front": (b"\xef\xbb\xbf" + one_value('{"type":"literal","value":"x"}'), ["x"]),
    "an empty tag": (one_value('{"type":"literal","value":"x","xml:lang":""}'), ["x"]),
    "a tag that is null": (one_value('{"type":"literal","value":"x","xml:lang":null}'), ["x"]),
    "typed-literal": (one_value('{"type":"typed-literal","value":"1","datatype":"a:b"}'), ["1"]),
    "a variable that is null": (b'{"head":{"vars":["v"]},"results":{"bindings":[{"v":null}]}}', [None]),
    "an IRI with a space": (
        b'{"head":{"vars":["v"]},"results":{"bindings":[{"v":{"type":"uri","value":"http://a.example/b c"}},'
        b'{"v":{"type":"uri","value":"http://a.example/b"}}]}}',
        ["http://a.example/b"],
    ),
    "a datatype, a tag and a kind that are none": (
        b'{"results":{"bindings":[{"v":{"type":"literal","value":"1","datatype":"x y"}},'
        b'{"v":{"type":"literal","value":"1","xml:lang":"a b"}},{"v":{"type":"iri-or-so","value":"1"}},'
        b'{"v":{"type":"literal","value":"\\ud800"}},{"v":{"type":"literal","value":5}},'
        b'{"v":{"type":"literal","value":"good"}}]}}',
        ["good"],
    ),
    "an IRI that is none elsewhere": (
        b'{"head":{"vars":["v","w"]},"results":{"bindings":[{"v":{"type":"literal","value":"1"},'
        b'"w":{"type":"uri","value":"not one"}}]}}',
        ["1"],
    ),
    "XML of some kind": (
        b"<?xml version='1.0' encoding='ISO-8859-1'?>"
        b"<s:sparql xmlns:s='http://www.w3.org/2005/sparql-results#' xmlns:o='urn:o'>"
        b"<s:head><s:link href='x'/><s:variable name='v'/></s:head><o:more>y</o:more>"
        b"<s:results ordered='true'><s:result index='1'><s:binding name='v'><s:literal xml:lang=''>\xe9&lt;"
        b"<!-- c --><![CDATA[&]]></s:literal></s:binding></s:result><s:result/>"
        b"<s:result><s:binding name='v'><s:uri>not one</s:uri></s:binding></s:result>"
        b"<s:result><s:binding name='v'><s:uri>\n http://a.example/ \n</s:uri></s:binding></s:result>"
        b"</s:results></s:sparql>",
        [None, "http://a.example/", "é<&"],
    ),
}


@pytest.mark.parametrize(("data", "expected"), ODD.values(), ids=ODD)
def test_an_odd_answer_is_read_as_its_format_allows(data: bytes, expected: list[str | None]) -> None:
    found = rows("SELECT ?v { SERVICE :r1 { :a :q ?v } }", lambda _service, _query: data)
    assert found == sorted(((value,) for value in expected), key=repr)


LABELS = ["b0", "nodeID://b10023", "a b", "", "_:x", "<>", "1", "é", "x.", "b1"]


def nodes_as_json(labels: list[str]) -> bytes:
    bindings = [{"v": {"type": "bnode", "value": label}} for label in labels]
    return json.dumps({"head": {"vars": ["v"]}, "results": {"bindings": bindings}}).encode()


def nodes_as_xml(labels: list[str]) -> bytes:
    """As XML, with the mark that some services put before it."""
    found = "".join(
        f"<result><binding name='v'><bnode>{escape(label)}</bnode></binding></result>" for label in labels
    )
    results = "http://www.w3.org/2005/sparql-results#"
    text = f"<sparql xmlns='{results}'><head><variable name='v'/></head><results>{found}</results></sparql>"
    return b"\xef\xbb\xbf \n" + f"<?xml version='1.0'?>\n{text}".encode()


@pytest.mark.parametrize("write", [nodes_as_json, nodes_as_xml])
def test_a_blank_node_may_be_called_anything(write: Callable[[list[str]], bytes]) -> None:
    data = write([*LABELS, *LABELS])
    found = rows("SELECT ?v { SERVICE :r1 { :a :q ?v } }", lambda _service, _query: data)
    assert len(found) == 2 * len(LABELS)
    assert len(set(found)) == len(LABELS), "the same label is the same node, another one another"


def test_an_answer_in_xml_is_taken_like_one_in_json() -> None:
    remotes = Remotes()

    def fetch(service: str, query: str) -> bytes:
        out = io.BytesIO()
        remotes.replicas[service].query(query).serialize(out, ox.QueryResultsFormat.XML)
        return out.getvalue()

    query = "SELECT ?s ?v { SERVICE :r1 { ?s :q ?v } }"
    assert rows(query, fetch) == rows(query)
    assert len(rows(query)) == 2


GARBAGE = {
    "nothing": b"",
    "a page": b"<html><body>It works!</body></html>",
    "cut": b'{"head":{"vars":["v"]},"results":{"bindings":[{"v":{"type":"lit',
    "a truth value": b'{"head":{},"boolean":true}',
    "no results": b'{"head":{"vars":[]}}',
    "an IRI that breaks out": one_value('{"type":"uri","value":"a:b> ) } #"}'),
    "a relative IRI": one_value('{"type":"uri","value":"x"}'),
    "a language that breaks out": one_value('{"type":"literal","value":"x","xml:lang":"en ) }"}'),
    "a datatype that breaks out": one_value('{"type":"literal","value":"x","datatype":"a:> ) }"}'),
    "a triple": one_value(
        '{"type":"triple","value":{"subject":{"type":"uri","value":"a:b"},'
        '"predicate":{"type":"uri","value":"a:b"},"object":{"type":"uri","value":"a:b"}}}'
    ),
    "not UTF-8": b'{"head":{"vars":["v"]},"results":{"bindings":[{"v":{"type":"literal","value":"\xff"}}]}}',
    "brackets": b"[" * 100_000,
    "brackets and a node": b'"bnode"' + b"[" * 100_000,
    "a node that is a list": one_value('{"type":"bnode","value":["x"]}'),
    "a node without a name": one_value('{"type":"bnode"}'),
    "rows that are none": b'{"head":{"vars":["bnode"]},"results":{"bindings":[[],3]}}',
    "XML that is cut": nodes_as_xml(["x"])[:-20],
    "a truth value in XML": b"<sparql xmlns='http://www.w3.org/2005/sparql-results#'>"
    b"<head/><boolean>true</boolean></sparql>",
    "XML without a table": b"<sparql xmlns='http://www.w3.org/2005/sparql-results#'><head/></sparql>",
    "XML of another kind": b"<sparql><results><result/></results></sparql>",
    "XML nested deep": b"<sparql xmlns='http://www.w3.org/2005/sparql-results#'>" + b"<a>" * 100_000,
    "XML with a document type": b"<!DOCTYPE sparql>" + nodes_as_xml(["x"])[4:],
    "XML with a triple": nodes_as_xml(["x"]).replace(b"<bnode>x</bnode>", b"<triple/>"),
    "XML with entities": b"<!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/passwd'>]>"
    + nodes_as_xml(["x"])[4:].replace(b"<bnode>x</bnode>", b"<literal>&e;</literal>"),
}


@pytest.mark.parametrize("data", GARBAGE.values(), ids=GARBAGE)
def test_garbage_is_refused_and_silenced(data: bytes) -> None:
    query = "SELECT ?v { SERVICE %s :r1 { :a :q ?v } }"
    with pytest.raises(ServiceAnswerUnusable):
        rows(query % "", lambda _service, _query: data)
    assert rows(query % "SILENT", lambda _service, _query: data) == [(None,)]


def test_variables_that_were_not_asked_for_are_not_taken() -> None:
    data = {
        "head": {"vars": ["s", "v", "other"]},
        "results": {"bindings": [{name: {"type": "literal", "value": name} for name in ("s", "v", "other")}]},
    }
    found = rows("SELECT ?s ?v ?other { SERVICE :r1 { ?s :q ?v } }", lambda *_: json.dumps(data).encode())
    assert found == [("s", "v", None)]


terms = st.one_of(
    st.text().map(ox.Literal),
    st.builds(lambda value: ox.Literal(value, language="en-gb"), st.text()),
    st.builds(lambda value: ox.Literal(value, datatype=ox.NamedNode("a:b")), st.text()),
    st.sampled_from([ox.NamedNode("a:b"), ox.NamedNode("http://example.org/é?x=(1)#'")]),
)


@given(st.lists(st.lists(st.one_of(terms, st.none()), min_size=2, max_size=2), max_size=5))
def test_every_term_arrives_as_it_was_sent(table: list[list[ox.NamedNode | ox.Literal | None]]) -> None:
    bindings = [
        {name: described(term) for name, term in zip("ab", row, strict=True) if term is not None}
        for row in table
    ]
    data = json.dumps({"head": {"vars": ["a", "b"]}, "results": {"bindings": bindings}}).encode()
    solutions = Replica.load(b"").query(
        "SELECT ?a ?b { SERVICE <a:service> { ?a ?p ?b } }", fetch=lambda _service, _query: data
    )
    assert isinstance(solutions, ox.QuerySolutions)
    assert [list(row) for row in solutions] == table


def described(term: ox.NamedNode | ox.Literal) -> dict[str, str]:
    if isinstance(term, ox.NamedNode):
        return {"type": "uri", "value": term.value}
    more = {"xml:lang": term.language} if term.language else {"datatype": term.datatype.value}
    return {"type": "literal", "value": term.value, **more}


def test_the_rows_of_an_answer_are_bounded() -> None:
    names = [f"v{i}" for i in range(100)]
    bindings = ",".join(["{}"] * 200_000)
    data = f'{{"head":{{"vars":{json.dumps(names)}}},"results":{{"bindings":[{bindings}]}}}}'.encode()
    with pytest.raises(ServiceAnswerUnusable, match="million"):
        read(data, names, Skolem(None))


def test_an_answer_without_variables_keeps_its_number_of_rows() -> None:
    assert read(b'{"head":{"vars":[]},"results":{"bindings":[{},{}]}}', (), Skolem(None)) == RemoteSolutions(
        (), ((), ())
    )
