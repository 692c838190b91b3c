"""The pool: real processes answer, and a query can hurt none but its own."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pyoxigraph as ox
import pytest

from calcigraph.engine.result_formats import Form
from calcigraph.errors import Problem
from calcigraph.pool import Diff, Pool, Query, QueryLimits
from calcigraph.pool.query_problems import (
    DiffUnreadable,
    NotAcceptable,
    QueryMalformed,
    QueryRefused,
    ServiceForbidden,
)
from calcigraph.rdf.native_formats import NATIVE_GRAPHS, NATIVE_RESULTS

EX = "http://example.org/"
PREFIXES = {"ex": EX, "skos": "http://www.w3.org/2004/02/skos/core#"}
INFERRED = f"{EX}graph/inferred"
DATA = "".join(f'<{EX}s{i}> <{EX}p> "{i}" <{EX}g{i % 3}> .\n' for i in range(2000)) + (
    f'<{EX}s0> <{EX}q> "inferred" <{INFERRED}> .\n'
)


@pytest.fixture(scope="module")
def pool() -> Iterator[Pool]:
    limits = QueryLimits(workers=2, cache_bytes=0)
    with Pool.start(DATA.encode(), limits=limits, unasserted=(INFERRED,), prefixes=PREFIXES) as started:
        yield started


def count(pool: Pool, pattern: str, **options: object) -> int:
    text = f"SELECT (COUNT(*) AS ?n) {{ {pattern} }}"
    answer = pool.ask(Query(text, results_format="csv", **options))  # type: ignore[arg-type]
    assert answer.content is not None
    return int(answer.content.split()[1])


def test_answer_says_its_form_its_format_and_its_version(pool: Pool) -> None:
    answer = pool.ask(Query(f"SELECT ?o {{ <{EX}s7> ?p ?o }}"))
    assert (answer.form, answer.format, answer.version) == (Form.SELECT, "json", pool.version)
    assert answer.content is not None
    bindings = json.loads(answer.content)["results"]["bindings"]
    assert bindings == [{"o": {"type": "literal", "value": "7"}}]
    assert b"".join(answer.body) == answer.content


@pytest.mark.parametrize("key", NATIVE_RESULTS)
@pytest.mark.parametrize("query", ["SELECT ?o { <http://example.org/s7> ?p ?o }", "ASK {}"])
def test_tables_and_truth_values_come_in_every_results_format(pool: Pool, key: str, query: str) -> None:
    answer = pool.ask(Query(query, results_format=key, graph_format=None))
    assert answer.format == key
    assert answer.content


@pytest.mark.parametrize("key", NATIVE_GRAPHS)
@pytest.mark.parametrize("query", ["CONSTRUCT WHERE { ex:s7 ?p ?o }", "DESCRIBE ex:s7"])
def test_graphs_come_in_every_graph_format(pool: Pool, key: str, query: str) -> None:
    answer = pool.ask(Query(f"PREFIX ex: <{EX}> {query}", results_format=None, graph_format=key))
    assert answer.content is not None
    assert answer.format == key
    assert [quad.object.value for quad in ox.parse(answer.content, NATIVE_GRAPHS[key])] == ["7"]


def test_turtle_declares_the_prefixes_that_it_uses_and_no_other(pool: Pool) -> None:
    content = pool.ask(Query(f"DESCRIBE <{EX}s7>")).content
    assert content is not None
    assert b"ex:s7 ex:p" in content
    assert b"skos" not in content


def test_answer_without_an_acceptable_format_is_refused_before_it_is_evaluated(pool: Pool) -> None:
    with pytest.raises(NotAcceptable) as refusal:
        pool.ask(Query("DESCRIBE <a:b>", graph_format=None))
    assert "turtle" in refusal.value.available
    with pytest.raises(NotAcceptable):
        pool.ask(Query("ASK {}", results_format=None))


def test_long_answer_is_streamed_whole(pool: Pool) -> None:
    query = Query("SELECT * { ?a ?p ?x . ?b ?q ?y } LIMIT 100000", results_format="tsv")
    answer = pool.ask(query)
    assert answer.content is None
    data = b"".join(answer.body)
    answer.body.close()
    assert data.count(b"\n") == 100_001


def test_dataset_and_inference_reach_the_engine(pool: Pool) -> None:
    assert count(pool, "?s ?p ?o") == 2001
    assert count(pool, "?s ?p ?o", inference=False) == 2000
    assert count(pool, "?s ?p ?o", default_graphs=(EX + "g0",)) == 667
    assert count(pool, "GRAPH ?g { ?s ?p ?o }", named_graphs=(EX + "g1",)) == 667
    assert count(pool, "<s1> ?p ?o", base_iri=EX) == 1


def test_published_diff_is_seen_by_the_very_next_query_of_every_worker(pool: Pool) -> None:
    for i in range(40):
        before = pool.version
        line = f'<{EX}new> <{EX}i> "{i}" <{EX}g0> .\n'.encode()
        assert pool.publish(Diff(added=line)) == before + 1
        assert count(pool, f'<{EX}new> <{EX}i> "{i}"') == 1
        pool.publish(Diff(removed=line))
        assert count(pool, f"<{EX}new> <{EX}i> ?o") == 0


def test_triple_published_into_a_second_graph_counts_once_at_once() -> None:
    with Pool.start(DATA.encode(), limits=QueryLimits(workers=2, cache_bytes=0)) as pool:
        total = count(pool, "?s ?p ?o")
        pool.publish(Diff(added=f'<{EX}s1> <{EX}p> "1" <{EX}other> .\n'.encode()))
        assert [count(pool, "?s ?p ?o") for _ in range(5)] == [total] * 5
        assert count(pool, f"GRAPH <{EX}other> {{ ?s ?p ?o }}") == 1


def test_large_diff_is_seen_by_the_next_query() -> None:
    with Pool.start(b"", limits=QueryLimits(workers=1, cache_bytes=0)) as pool:
        lines = "".join(f'<{EX}s{i}> <{EX}p> "{"x" * 100}{i}" <{EX}g> .\n' for i in range(40_000))
        pool.publish(Diff(added=lines.encode()))
        assert count(pool, "?s ?p ?o") == 40_000


def test_diff_that_is_not_n_quads_is_refused_and_changes_nothing(pool: Pool) -> None:
    version = pool.version
    with pytest.raises(DiffUnreadable):
        pool.publish(Diff(added=b"<a> <b> nonsense"))
    assert pool.version == version
    assert count(pool, "?s ?p ?o") == 2001


def test_data_that_is_not_n_quads_is_refused_at_the_start() -> None:
    with pytest.raises(DiffUnreadable):
        Pool.start(b"this is not data")


MALFORMED = {
    "unknown prefix": ("SELECT *\nWHERE { ?s foo:bar ?o }", (2, 12), "foo:", "PREFIX foo: <"),
    "prefix of the table": ("SELECT * { ?s skos:broader ?o }", (1, 15), "skos:", f"<{PREFIXES['skos']}>"),
    "misspelt prefix": ("SELECT * { ?s skso:broader ?o }", (1, 15), "skso:", "`skos:`"),
    "misspelt form": ("SELEC * { ?s ?p ?o }", (1, 1), "SELEC", "SELECT"),
    "misspelt keyword": ("SELECT * { ?s ?p ?o OPTOINAL { ?s ?q ?r } }", (1, 21), "OPTOINAL", "OPTIONAL"),
    "misspelt function": ("SELECT (STRLENGTH(?x) AS ?n) {}", (1, 9), "STRLENGTH", "STRLEN"),
    "open group": ("SELECT * {\n ?s ?p ?o", (1, 10), "`{`", "Close"),
    "closing too much": ("SELECT * { ?s ?p ?o }\n}", (2, 1), "`}`", "Remove"),
    "crossed brackets": ("SELECT * { FILTER(?x > 1 } )", (1, 26), "line 1, column 18", "order"),
    "open string": ('SELECT * { ?s ?p "text }', (1, 18), "string", "Close"),
    "comma in SELECT": ("SELECT ?s, ?p { ?s ?p ?o }", (1, 10), "comma", "space"),
    "relative IRI": ("SELECT * { ?s <rel> ?o }", (1, 15), "relative", "whole IRI"),
    "space in an IRI": ("SELECT * { ?s <http://x/a b> ?o }", (1, 15), "character", "%20"),
    "not grouped": ("SELECT ?x (COUNT(*) AS ?n) { ?s ?p ?x }", (1, 8), "grouped", "GROUP BY"),
    "assigned twice": ("SELECT * { BIND(1 AS ?x) BIND(2 AS ?x) }", (1, 36), "twice", "another name"),
    "LIMIT of a word": ("SELECT * { ?s ?p ?o } LIMIT ?x", (1, 29), "`?x`", "before"),
    "nothing": ("", (1, 1), "no query", "SELECT"),
    "only a prologue": ("PREFIX a: <http://a/>", (1, 22), "no query", "SELECT"),
}


@pytest.mark.parametrize("name", MALFORMED)
def test_malformed_query_is_explained_with_its_place_and_what_to_type(pool: Pool, name: str) -> None:
    text, place, detail, hint = MALFORMED[name]
    with pytest.raises(QueryMalformed) as refusal:
        pool.ask(Query(text))
    problem = refusal.value
    assert detail in problem.detail
    assert hint in problem.hint
    assert (problem.line, problem.column) == place
    assert "expected" not in str(problem)


def test_graph_of_the_dataset_that_is_no_absolute_iri_is_named(pool: Pool) -> None:
    for options in ({"default_graphs": ("g1",)}, {"named_graphs": ("http://x/a b",)}):
        with pytest.raises(QueryMalformed, match="not an absolute IRI"):
            pool.ask(Query("ASK {}", **options))  # type: ignore[arg-type]


def test_service_is_forbidden_and_an_unknown_function_named(pool: Pool) -> None:
    with pytest.raises(ServiceForbidden):
        pool.ask(Query("SELECT * { SERVICE <http://127.0.0.1/> { ?s ?p ?o } }"))
    with pytest.raises(QueryRefused, match="http://x/f"):
        pool.ask(Query("SELECT (<http://x/f>(1) AS ?y) {}"))


def test_no_problem_carries_a_path_or_a_backtrace(pool: Pool, capfd: pytest.CaptureFixture[str]) -> None:
    hostile = [
        "SELECT * {" + "{" * 60,
        "ASK { ?s ?p 'x }",
        "SELECT (<http://x/f>(1) AS ?y) {}",
        "{" * 9999,
        "\x00",
    ]
    for text in hostile:
        with pytest.raises(Problem) as raised:
            pool.ask(Query(text))
        assert "/rust" not in str(raised.value)
        assert ".py" not in str(raised.value)
    assert capfd.readouterr() == ("", "")


def test_query_longer_than_the_limit_is_refused(pool: Pool) -> None:
    with pytest.raises(QueryRefused, match="256000 bytes"):
        pool.ask(Query("SELECT * {}" + " " * 256_000))


def test_repeated_query_is_answered_from_the_cache_until_the_data_changes() -> None:
    with Pool.start(DATA.encode(), limits=QueryLimits(workers=1)) as pool:
        query = Query(f"SELECT ?o {{ <{EX}s7> <{EX}p> ?o }}", results_format="csv")
        first = pool.ask(query)
        assert pool.counts()["cached_bytes"] > 0
        assert pool.ask(query).content == first.content
        pool.publish(Diff(added=f'<{EX}s7> <{EX}p> "new" <{EX}g0> .\n'.encode()))
        content = pool.ask(query).content
        assert content is not None
        assert b"new" in content


def test_volatile_query_is_never_answered_from_the_cache() -> None:
    with Pool.start(b"", limits=QueryLimits(workers=2)) as pool:
        answers = {pool.ask(Query("SELECT (UUID() AS ?u) (RAND() AS ?r) {}")).content for _ in range(20)}
        assert len(answers) == 20
        assert pool.counts()["cached_bytes"] == 0


def test_cache_stays_within_its_bound() -> None:
    with Pool.start(DATA.encode(), limits=QueryLimits(workers=1, cache_bytes=50_000)) as pool:
        for i in range(100):
            pool.ask(Query(f"SELECT ?o {{ <{EX}s{i}> ?p ?o }}"))
        assert 0 < pool.counts()["cached_bytes"] <= 50_000
