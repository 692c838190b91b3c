"""The guard: what would crash or hang the engine is refused, and what people write is not."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calcigraph.engine.result_formats import Form
from calcigraph.pool.admission import Admission
from calcigraph.pool.answer import Query
from calcigraph.pool.guard import Survey, check_length, length_of
from calcigraph.pool.query_problems import QueryMalformed, QueryRefused, ServiceForbidden, UpdateForbidden
from calcigraph.sparql.parser import MOST_NESTED


def survey(text: str) -> Survey:
    """What a worker sees in `text` before the engine has it."""
    return Admission(Query(text), {}).admitted().survey


def repeated(piece: str, times: int, between: str = " ") -> str:
    return between.join(piece.replace("#", str(i)) for i in range(times))


# Each crashed or hung pyoxigraph 0.5.13 when it was measured.
HARMFUL = {
    "parentheses": "SELECT (" + "(" * 8192 + "1" + ")" * 8192 + " AS ?x) {}",
    "groups": "SELECT * " + "{" * 4096 + "}" * 4096,
    "negations": "SELECT * { FILTER(" + "!" * 9472 + "true) }",
    "exists in each other": "SELECT * {" + "FILTER EXISTS {" * 1024 + "?s ?p ?o" + "}" * 1025,
    "subqueries in each other": "SELECT * {" + "{SELECT * {" * 2048 + "}}" * 2048 + "}",
    "graphs in each other": "SELECT * {" + "GRAPH ?g {" * 4096 + "?s ?p ?o" + "}" * 4097,
    "calls in each other": "SELECT (" + "STR(" * 1024 + "1" + ")" * 1024 + " AS ?x) {}",
    "conditions in each other": "SELECT (" + "IF(true,1," * 1024 + "1" + ")" * 1024 + " AS ?x) {}",
    "optionals in each other": "SELECT * { ?s ?p ?o " + "OPTIONAL { ?s ?p ?o " * 2048 + "}" * 2049,
    "sums": "SELECT (1" + "+1" * 8192 + " AS ?x) {}",
    "differences": "SELECT (1" + " -1" * 8192 + " AS ?x) {}",
    "alternatives": "SELECT * { FILTER(false" + "||false" * 9472 + ") }",
    "conjunctions": "SELECT * { ?s ?p ?o FILTER(" + repeated("?o!=#", 4096, "&&") + ") }",
    "unions": "SELECT * { {?s ?p 1}" + " UNION {?s ?p 2}" * 4096 + " }",
    "optionals": "SELECT * { " + repeated("OPTIONAL {?s ?p# 2}", 4096) + " }",
    "differences of groups": "SELECT * { ?s ?p ?o " + repeated("MINUS {?s ?p #}", 4096) + " }",
    "filters": "SELECT * { ?s ?p ?o " + repeated("FILTER(?o != #)", 2048) + " }",
    "absences": "SELECT * { ?s ?p ?o " + repeated("FILTER NOT EXISTS {?s ?p #}", 2048) + " }",
    "bindings": "SELECT * { " + repeated("BIND(# AS ?v#)", 4096) + " }",
    "projections": "SELECT " + repeated("(1 AS ?x#)", 4096) + " {}",
    "a long path": "SELECT * { ?s " + "/".join(["<http://x/p>"] * 1024) + " ?o }",
    "a path of closures": "SELECT * { ?s " + "/".join(["<http://x/p>*"] * 512) + " ?o }",
    "closures in each other": "SELECT * { ?s " + "(" * 16 + "<http://x/p>" + ")*" * 16 + " ?o }",
    "six closures in each other": "SELECT * { ?s " + "(" * 6 + "<http://x/p>" + ")*" * 6 + " ?o }",
    "blank nodes in each other": "SELECT * { ?s ?p " + "[ ?q " * 256 + "1" + "]" * 256 + " }",
    "lists in each other": "SELECT * { ?s ?p " + "(" * 256 + "1" + ")" * 256 + " }",
    "a long list": "SELECT * { ?s ?p (" + "1 " * 256 + ") }",
    "a chain": "SELECT * { " + " ".join(f"?v{i} <http://x/p> ?v{i + 1} ." for i in range(512)) + " }",
    "a star": "SELECT * { ?s " + repeated("<http://x/#> ?v#", 256, "; ") + " }",
    "a star of objects": "SELECT * { ?s <http://x/p> " + repeated("?v#", 256, ", ") + " }",
    "groups side by side": "SELECT * { " + "{?s ?p ?o} " * 256 + " }",
}
HARMLESS = {
    "a point query": "SELECT ?p ?o { <http://a> ?p ?o }",
    "keywords and brackets in a string, a comment and an IRI": (
        'SELECT * { ?s ?p "SERVICE (((((" . # SERVICE {{{{\n ?s <http://x/SERVICE> """{{{ " SERVICE""" }'
    ),
    "keywords as names": (
        "PREFIX s: <http://x/> SELECT * { ?SERVICE s:SERVICE/s:LOAD* ?load . _:SERVICE s:p 1 }"
    ),
    "the dots of two thousand decimals": "SELECT * { VALUES ?x { " + repeated("#.5", 2000) + " } }",
    "the dots of names": "PREFIX a: <http://x/> SELECT * { VALUES ?x { "
    + repeated("a:b.c.d#", 2000)
    + " } }",
    "five thousand values in a row of two": "SELECT * { VALUES (?a ?b) { " + repeated("(# 1)", 5000) + " } }",
    "five thousand values of IN": "SELECT * { ?s ?p ?o FILTER(?o IN (" + repeated("#", 5000, ",") + ")) }",
    "five closures in each other": "SELECT * { ?s " + "(" * 5 + "<http://x/p>" + ")*" * 5 + " ?o }",
    "five thousand values of IN with spaces": (
        "SELECT * { ?s ?p ?o FILTER(?o IN ( " + repeated("#", 5000, " , ") + " )) }"
    ),
    "a long expression in brackets": "SELECT * { ?s ?p ?o FILTER ( "
    + repeated("?o != #", 40, " && ")
    + " ) }",
    "five thousand triples to construct": (
        "CONSTRUCT { " + repeated("?s <http://x/#> ?o .", 5000) + " } WHERE { ?s ?p ?o }"
    ),
    "ninety unions of ten patterns": (
        "SELECT * { " + " UNION ".join(["{ " + repeated("?s <http://x/#> ?o#", 10, " . ") + " }"] * 90) + " }"
    ),
    "three sub-selects of sixty patterns, each planned by itself": (
        "SELECT * { " + ("{ SELECT * { " + repeated("?s <http://x/#> ?o#", 60, " . ") + " } } ") * 3 + "}"
    ),
    "ninety patterns in one group": "SELECT * { " + repeated("?s <http://x/#> ?o#", 90, " . ") + " }",
    "sixty brackets": "SELECT (" + "(" * 60 + "1" + ")" * 60 + " AS ?x) {}",
    "a string of a megabyte's worth of quotes": 'SELECT * { ?s ?p "' + '\\"' * 50_000 + '" }',
    "white space without end": "SELECT * {}" + " \n" * 100_000,
}


@pytest.mark.parametrize("name", HARMFUL)
def test_query_that_would_crash_or_hang_the_engine_is_refused_with_a_reason(name: str) -> None:
    with pytest.raises(QueryRefused) as refusal:
        survey(HARMFUL[name])
    assert refusal.value.reason
    assert refusal.value.remedy


@pytest.mark.parametrize(("text", "length"), [("a" * 90, 90), ("\u00e9" * 45, 90), ("\ud800" * 30, 90)])
def test_query_may_have_so_many_bytes_and_no_more(text: str, length: int) -> None:
    assert length_of(text) == length
    check_length(text, length)
    with pytest.raises(QueryRefused) as refusal:
        check_length(text, length - 1)
    assert refusal.value.reason == "length"


@pytest.mark.parametrize("name", HARMLESS)
def test_query_that_people_write_is_let_through(name: str) -> None:
    assert survey(HARMLESS[name]).form is not None


@pytest.mark.parametrize("keyword", ["SERVICE", "service", "sErViCe", "SERVICE SILENT"])
def test_call_of_another_service_is_forbidden_however_it_is_written(keyword: str) -> None:
    with pytest.raises(ServiceForbidden):
        survey(f"SELECT * {{ {keyword}<http://x> {{ ?s ?p ?o }} }}")


@pytest.mark.parametrize(
    "update", ["LOAD <http://x>", "INSERT DATA { <a:b> <a:b> 1 }", "PREFIX a: <b:c> CLEAR ALL"]
)
def test_update_is_told_apart_from_a_query(update: str) -> None:
    with pytest.raises(UpdateForbidden):
        survey(update)


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("# ASK\nPREFIX select: <http://x/> select (1 as ?x) {}", Form.SELECT),
        ("BASE <http://x/ASK> ASK {}", Form.ASK),
        ("CONSTRUCT { ?s ?p ?o } { { SELECT * { ?s ?p ?o } } }", Form.CONSTRUCT),
        ("describe ?select { ?select ?p 'ASK' }", Form.DESCRIBE),
    ],
)
def test_form_is_that_of_the_query_and_not_of_its_comments_and_names(text: str, form: Form) -> None:
    assert survey(text).form is form


@pytest.mark.parametrize("call", ["NOW()", "rand()", "UUID()", "STRUUID()", "BNODE()"])
def test_query_whose_answer_changes_by_itself_is_volatile(call: str) -> None:
    assert survey(f"SELECT ({call} AS ?x) {{}}").is_volatile


def test_ordinary_query_is_not_volatile() -> None:
    assert survey("SELECT * { ?now ?p 'NOW()' }") == Survey(Form.SELECT, is_volatile=False)


# The engine reads `<` as an operator in each of them. After a quote or a `#` in what looks like an IRI, one
# reading is in a string or a comment where the other one is not.
HIDDEN_CALLS = {
    "between two comparisons": "SELECT (0.5<RAND()&&2>1 AS ?x) {}",
    "in small letters": "SELECT (0.5<rand()&&2>1 AS ?x) {}",
    "after a variable": "SELECT * { BIND(0.5 AS ?h) BIND(?h<RAND()&&2>1 AS ?x) }",
    "after a bracket": "SELECT ((0.5)<RAND()&&2>1 AS ?x) {}",
    "after a group": "SELECT * { FILTER(EXISTS{}<UUID()||2>1) }",
    "in a string of one reading": "SELECT (STR(1)<'>'||0.5<RAND()||'<'>'' AS ?x) {}",
    "in a long string of one reading": "SELECT (1<2#>'''\n&&0.5<RAND()#'''\n AS ?x) {}",
    "with a string in front": "SELECT (IF('a'<'b>',RAND(),1>2)AS ?x) {}",
}


@pytest.mark.parametrize("name", HIDDEN_CALLS)
def test_call_that_could_be_part_of_an_iri_makes_an_answer_volatile(name: str) -> None:
    assert survey(HIDDEN_CALLS[name]).is_volatile


@pytest.mark.parametrize(
    "text",
    [
        "SELECT * { ?s <http://x/RAND()> ?o }",
        "SELECT * { VALUES (?a ?b) { (1 <http://x/NOW(1)>) (2 <http://x/it's#>) } }",
        "SELECT * { ?s ?p ?o FILTER(?p = <http://x#p>) } # known, branded",
        "SELECT * { ?s ?p ?o FILTER(?o > 1 && ?p = <http://x/p>) } # what is known now",
        "PREFIX e: <http://x#> SELECT * { ?s e:now|<http://x#p> ?rand FILTER(?rand != <http://x#y>) }",
    ],
)
def test_iri_that_looks_like_a_call_makes_no_answer_volatile_where_it_can_be_nothing_else(text: str) -> None:
    assert not survey(text).is_volatile


@pytest.mark.parametrize(
    ("hidden", "reason"),
    [
        ("(" * 60_000, "nesting"),
        ("(" * 30_000 + "1" + ")" * 30_000, "nesting"),
        ("!" * 9_472, "negations"),
        ("1-" * 9_000, "operators"),
    ],
)
def test_what_an_iri_would_hide_if_it_were_one_is_counted(hidden: str, reason: str) -> None:
    with pytest.raises(QueryRefused) as refusal:
        survey(f"SELECT (1<{hidden}2&&2>1 AS ?x) {{}}")
    assert refusal.value.reason == reason


@given(st.text(alphabet="{}()[]<>\"'#\\!*/|^.;,:?$@_ \naSERVICE1\u00e9\ud800", max_size=200))
def test_any_text_is_either_surveyed_or_refused(text: str) -> None:
    with suppress(QueryMalformed, QueryRefused, ServiceForbidden, UpdateForbidden):
        survey(text)


@pytest.mark.parametrize("depth", [MOST_NESTED - 3, MOST_NESTED - 2, MOST_NESTED - 1, MOST_NESTED, 20_000])
@pytest.mark.parametrize("brackets", ["{}", "()", "[]", "<<>>", "path"])
def test_nesting_is_refused_exactly_beyond_its_limit(brackets: str, depth: int) -> None:
    text = {
        "{}": f"SELECT * {{ {'{' * depth} {'}' * depth} }}",
        "()": f"SELECT * {{ FILTER {'(' * depth}1{')' * depth} }}",
        "[]": f"SELECT * {{ ?s ?p {'[ ?p ' * depth}1{']' * depth} }}",
        "<<>>": f"SELECT * {{ {'<< ' * depth}?s ?p ?o >>{' ?p ?o >>' * (depth - 1)} ?p ?o }}",
        "path": f"SELECT * {{ ?s {'(' * depth}<p:p>{')' * depth} ?o }}",
    }[brackets]
    if depth < MOST_NESTED:
        survey(text)
    else:
        with pytest.raises(QueryRefused) as refusal:
            survey(text)
        assert refusal.value.reason == "nesting"


@pytest.mark.parametrize("opened", ["{", "(", "[", "<<", "<<(", "{ {| ", "?s ?p [", "FILTER(", "STR("])
def test_brackets_that_are_never_closed_are_refused_too(opened: str) -> None:
    with pytest.raises((QueryRefused, QueryMalformed)):
        survey("SELECT * { " + opened * 20_000)
