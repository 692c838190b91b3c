"""Texts are found by their words, from SPARQL, among the triples that the query may see."""

from __future__ import annotations

import re
import unicodedata

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

from calcigraph.engine.engine_problems import SearchMalformed, SearchTooBroad, SearchUnavailable
from calcigraph.engine.fts_query import MOST_ITEMS, expression
from calcigraph.engine.replica import Diff, Replica
from calcigraph.engine.text_index import TextIndex
from calcigraph.engine.text_search import MOST_MATCHES

EX = "http://example.org/"
PROLOGUE = f"PREFIX srv: <https://w3id.org/calcigraph/server#> PREFIX : <{EX}> "
INFERRED = EX + "inferred"
DATA = f"""\
<{EX}a> <{EX}label> "High pump"@en <{EX}g1> .
<{EX}a> <{EX}note> "pump of the tower"@en <{EX}g2> .
<{EX}b> <{EX}label> "low pump" <{EX}g1> .
<{EX}c> <{EX}label> "Höhe der Pumpe"@de-AT <{EX}g2> .
<{EX}a> <{EX}feeds> <{EX}b> <{EX}g1> .
_:x <{EX}label> "nameless pump" <{INFERRED}> .
<{EX}n> <{EX}value> "5"^^<http://www.w3.org/2001/XMLSchema#integer> <{EX}g1> .
"""


@pytest.fixture(scope="module")
def replica() -> Replica:
    return Replica.load(DATA.encode(), unasserted=[INFERRED])


def found(replica: Replica, query: str, **options: object) -> list[tuple[str | None, ...]]:
    """The rows, sorted, with blank nodes as `_:` and without the namespace."""
    solutions = replica.query(PROLOGUE + query, **options)  # type: ignore[arg-type]
    assert isinstance(solutions, ox.QuerySolutions)
    return sorted((tuple(map(shown, row)) for row in solutions), key=repr)


def shown(term: object) -> str | None:
    if isinstance(term, ox.BlankNode):
        return "_:"
    return None if term is None else term.value.removeprefix(EX)  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("search", "expected"),
    [
        ("pump", ["_:", "a", "b"]),
        ("PUMP", ["_:", "a", "b"]),
        ("high pump", ["a"]),
        ("pump high", ["a"]),
        ('\\"pump high\\"', []),
        ('\\"High Pump\\"', ["a"]),
        ("hohe", ["c"]),
        ("pump*", ["_:", "a", "b", "c"]),
        ("tower OR low", ["a", "b"]),
        ("pump NOT low", ["_:", "a"]),
        ("pump AND tower", ["a"]),
        ("low-pump", ["b"]),
        ("pump-low", []),
        ("OR pump AND", ["_:", "a", "b"]),
        ("pump (", ["_:", "a", "b"]),
        ('pump \\"low', ["b"]),
        ("label:pump", []),
        ("^pump", ["_:", "a", "b"]),
        ("NEAR(low pump)", []),
        ("5", []),
        ("absent", []),
    ],
)
def test_words_phrases_beginnings_and_operators_find_subjects(
    replica: Replica, search: str, expected: list[str]
) -> None:
    assert found(replica, f'SELECT * {{ ?s srv:search "{search}" }}') == [(s,) for s in expected]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ('SELECT * { ?s srv:search (:note "pump") }', [("a",)]),
        ('SELECT * { ?s srv:search (:note :label "tower OR low") }', [("a",), ("b",)]),
        ('SELECT * { ?s srv:search "pump*"@de }', [("c",)]),
        ('SELECT * { ?s srv:search "pump*"@de-at }', [("c",)]),
        ('SELECT * { ?s srv:search "pump*"@fr }', []),
        (
            'SELECT ?s ?l ?p { (?s ?score ?l ?p) srv:search "high OR tower" }',
            [("a", "High pump", "label"), ("a", "pump of the tower", "note")],
        ),
        ('SELECT * { ?s :feeds ?o ; srv:search "pump" , "tower" ; :label ?l }', [("a", "b", "High pump")]),
        ('SELECT * { ?s :feeds _:b . ?s srv:search "pump" . _:b :label ?l }', [("a", "low pump")]),
        ('SELECT * { ?s srv:search "pump" FILTER(?s = :b) . ?s :label ?l }', [("b", "low pump")]),
        ('SELECT * { { ?s srv:search "high" } UNION { ?s srv:search "low" . } }', [("a",), ("b",)]),
        ('SELECT ?s { ?s :label ?l MINUS { ?s srv:search "pump" } }', [("c",)]),
        (
            'SELECT ?s ?n { ?s :label ?l OPTIONAL { ?s srv:search "high" ; :note ?n } FILTER(isIRI(?s)) }',
            [("a", "pump of the tower"), ("b", None), ("c", None)],
        ),
        ('SELECT ?s { ?s :label ?l FILTER EXISTS { ?s srv:search "low" } }', [("b",)]),
        ('SELECT ?s { ?s :label ?l FILTER(NOT EXISTS { ?s srv:search "pump*" }) }', []),
        ('SELECT ?l { { SELECT ?s { ?s srv:search "low" } LIMIT 1 } ?s :label ?l }', [("low pump",)]),
        ('SELECT (COUNT(*) AS ?n) { ?s srv:search "pump" }', [("3",)]),
        ('SELECT ?o { ?o ^:feeds ?s . ?s srv:search "high" }', [("b",)]),
        ('SELECT ?v { :a srv:search "tower" . :n :value ?v }', [("5",)]),
        ('SELECT ?v { :b srv:search "tower" . :n :value ?v }', []),
        ('SELECT ?l { (:a ?score ?l) srv:search "tower" }', [("pump of the tower",)]),
        ('SELECT ?s { ?s srv:search "pump" ; :value +5 }', []),
        (
            'SELECT $x { $x <https://w3id.org/calcigraph/server#search> """low""" } ORDER BY $x',
            [("b",)],
        ),
        ('SELECT ?score { ?s :label ?score . ?s srv:search "low" }', [("low pump",)]),
        ('SELECT ?s { << ?s :p :o >> :q ?r . ?s srv:search "low" }', []),
        ('SELECT ?s { ?s srv:search "low" OPTIONAL { << ?s :p :o >> :q ?r } }', [("b",)]),
        (
            'SELECT ?s { :a :feeds ?s ; :label ?l . ?s srv:search "low" . ?s :label ?m FILTER(?m != ?l) }',
            [("b",)],
        ),
        # The property by other names.
        ('PREFIX s: <https://w3id.org/calcigraph/server#sea> SELECT ?s { ?s s:rch "low" }', [("b",)]),
        ('PREFIX s: <https://w3id.org/calcigraph/server#search> SELECT ?s { ?s s: "low" }', [("b",)]),
        ('PREFIX s: <https://w3id.org/calcigraph/> SELECT ?s { ?s s:server\\#search "low" }', [("b",)]),
        ('BASE <https://w3id.org/calcigraph/x> SELECT ?s { ?s <server#search> "low" }', [("b",)]),
        ('SELECT ?s { ?s <https://w3id.org/calcigraph/server#se\\u0061rch> "low" }', [("b",)]),
        ('SELECT ?s { ?s srv:search "low" # srv:search "high"\n }', [("b",)]),
        ('SELECT ?s { ?s :label "srv:search" }', []),
    ],
)
def test_a_search_joins_with_the_patterns_around_it(
    replica: Replica, query: str, expected: list[tuple[str | None, ...]]
) -> None:
    assert found(replica, query) == expected


@pytest.mark.parametrize(
    ("query", "options", "expected"),
    [
        ('SELECT ?s { ?s srv:search "pump" }', {"inference": False}, [("a",), ("b",)]),
        ('SELECT ?s FROM :g2 { ?s srv:search "pump" }', {}, [("a",)]),
        ('SELECT ?s { ?s srv:search "pump" }', {"default_graphs": [INFERRED]}, [("_:",)]),
        (
            'SELECT ?g ?s { GRAPH ?g { ?s srv:search "pump" } }',
            {},
            [("g1", "a"), ("g1", "b"), ("g2", "a"), ("inferred", "_:")],
        ),
        ('SELECT ?s { GRAPH :g2 { ?s srv:search "pump" } }', {}, [("a",)]),
        ('SELECT ?g { GRAPH ?g { :a srv:search "pump" } }', {}, [("g1",), ("g2",)]),
        (
            'SELECT ?s ?g { ?s srv:search (\n"pump" 1) . GRAPH ?g { ?s :feeds ?o } }',
            {"inference": False},
            None,
        ),
    ],
)
def test_only_triples_that_the_query_sees_are_found(
    replica: Replica, query: str, options: dict[str, object], expected: list[tuple[str, ...]] | None
) -> None:
    rows = found(replica, query, **options)
    assert rows == expected if expected is not None else set(rows) <= {("a", "g1")}


def test_a_limit_keeps_the_best_of_those_that_are_seen() -> None:
    texts = ["pump", "pump in the yard", "pump in the yard behind the tower of the north"]
    lines = [f'<{EX}s{i}> <{EX}p> "{text}" <{EX}g{i}> .' for i, text in enumerate(texts)]
    lines += [f'<{EX}other{i}> <{EX}p> "valve {i}" <{EX}g0> .' for i in range(10)]
    replica = Replica.load("\n".join(lines).encode())
    best = 'SELECT ?s { ?s srv:search ("pump" %d) }'
    assert found(replica, best % 2) == [("s0",), ("s1",)]
    assert found(replica, best % 1, default_graphs=[EX + "g1", EX + "g2"]) == [("s1",)]
    assert found(replica, best % 0) == []
    scores = replica.query(
        PROLOGUE + 'SELECT ?s ?score { (?s ?score) srv:search "pump" } ORDER BY DESC(?score)'
    )
    assert isinstance(scores, ox.QuerySolutions)
    rows = [(shown(s), float(score.value)) for s, score in scores]  # type: ignore[union-attr]
    assert [s for s, _ in rows] == ["s0", "s1", "s2"]
    assert rows[0][1] > rows[1][1] > rows[2][1] > 0


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("SELECT * { ?s srv:search ?x }", "variables"),
        ("SELECT * { ?s srv:search :x }", "not understood"),
        ('SELECT * { ?s srv:search ("x" :p) }', "not understood"),
        ('SELECT * { ?s srv:search ("x" 1.5) }', "not understood"),
        ("SELECT * { ?s srv:search () }", "not understood"),
        ('SELECT * { ?s srv:search/:p "x" }', "path"),
        ('SELECT * { ?s ^srv:search "x" }', "path"),
        ('SELECT * { ?s srv:search+ "x" }', "path"),
        ('SELECT * { [] srv:search "x" }', "blank node"),
        ('SELECT * { _:b srv:search "x" }', "variable"),
        ('SELECT * { ?s :p [ :q ?x ; srv:search "x" ] }', "blank node"),
        ('SELECT * { (?s ?score) srv:search "x" ; :p ?o }', "list"),
        ('SELECT * { (?s ?s) srv:search "x" }', "list"),
        ('SELECT * { (?s 1) srv:search "x" }', "list"),
        ('SELECT * { (?a ?b ?c ?d ?e) srv:search "x" }', "list"),
        ('SELECT * { () srv:search "x" }', "list"),
        ('CONSTRUCT WHERE { ?s srv:search "x" }', "template"),
        ('SELECT * { ?s srv:search "" }', "no word"),
        ('SELECT * { ?s srv:search "- !" }', "no word"),
        ('SELECT * { ?s srv:search "NOT low" }', "no word"),
        (f'SELECT * {{ ?s srv:search "{" x" * (MOST_ITEMS + 1)}" }}', "fewer"),
    ],
)
def test_a_search_that_cannot_be_answered_says_what_to_write(
    replica: Replica, query: str, words: str
) -> None:
    with pytest.raises(SearchMalformed, match=words) as refusal:
        found(replica, query)
    assert refusal.value.remedy


@pytest.mark.parametrize(
    "query",
    [
        'SELECT * { ?s srv:search "pump" ',
        'SELECT * { ?s srv:search "pump" . ?s undeclared:p ?o }',
        'SELECT * { ?s srv:search "pump" ?x }',
        'SELECT * { BIND(1 AS ?x) ?s srv:search "pump" BIND(2 AS ?x) }',
    ],
)
def test_a_malformed_query_is_a_syntax_error_as_without_a_search(replica: Replica, query: str) -> None:
    with pytest.raises(SyntaxError) as ours:
        found(replica, query)
    with pytest.raises(SyntaxError) as theirs:
        ox.Store().query(PROLOGUE + query)
    assert str(ours.value) == str(theirs.value)


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * { srv:search ?p ?o }",
        "SELECT * { ?s ?p srv:search }",
        "SELECT * { VALUES ?p { srv:search } ?s ?p ?o }",
        'SELECT * { ?s :search "pump" }',
        'SELECT * { ?s ?p "srv:search" } # ?s srv:search "pump"',
        "DESCRIBE srv:search",
        'CONSTRUCT { ?s srv:search "pump" } WHERE { ?s :label ?l }',
    ],
)
def test_a_query_that_only_names_the_property_is_left_alone(query: str) -> None:
    replica = Replica.load(DATA.encode())
    ours, theirs = replica.query(PROLOGUE + query), ox.Store().query(PROLOGUE + query)
    assert type(ours) is type(theirs)
    assert replica._text is None


def test_more_matches_than_are_handed_over_are_refused_and_with_a_limit_ranked() -> None:
    lines = "".join(f'<{EX}s{i}> <{EX}p> "pump {i}" .\n' for i in range(MOST_MATCHES + 1))
    replica = Replica.load(lines.encode())
    with pytest.raises(SearchTooBroad, match="limit"):
        found(replica, 'SELECT * { ?s srv:search "pump" }')
    assert len(found(replica, 'SELECT * { ?s srv:search ("pump" 7) }')) == 7
    assert found(replica, 'SELECT * { ?s srv:search "pump NOT pump*" }') == []


def test_a_change_of_the_data_is_found_at_once(replica: Replica) -> None:
    replica = Replica.load(DATA.encode(), unasserted=[INFERRED])
    low = 'SELECT ?s { ?s srv:search "low" }'
    assert found(replica, low) == [("b",)]
    second = f'<{EX}second> <{EX}label> "low pump" <{EX}g2> .\n'.encode()
    replica.apply(Diff(added=second))
    assert found(replica, low) == [("b",), ("second",)]
    replica.apply(Diff(removed=f'<{EX}b> <{EX}label> "low pump" <{EX}g1> .\n'.encode()))
    assert found(replica, low) == [("second",)]
    replica.apply(Diff(added=f'<{EX}b> <{EX}note> "so low" <{EX}g1> .\n'.encode(), removed=second))
    assert found(replica, low) == [("b",)]
    assert replica.text_size.literals == 5


def test_an_index_without_room_says_so_and_stays_away() -> None:
    lines = "".join(f'<{EX}s{i}> <{EX}p> "{"text " * 20}{i}" .\n' for i in range(2000))
    quads = list(ox.parse(lines.encode(), ox.RdfFormat.N_QUADS))
    with pytest.raises(SearchUnavailable, match="CONTAINS"):
        TextIndex(quads, most_bytes=100_000)
    whole = TextIndex(quads).size
    assert whole.literals == 2000
    assert 100_000 < whole.bytes < 2000 * 1000


WORDS = ["pump", "Pump", "valve", "höhe", "Hohe", "a-b", "x", "naïve", "ÉTÉ", "12"]


def naive(text: str) -> set[str]:
    """The words of a text, without case and accents: what the tokeniser of the index makes of it."""
    letters = "".join(c for c in unicodedata.normalize("NFD", text) if unicodedata.category(c) != "Mn")
    return set(re.findall(r"[^\W_]+", letters.lower()))


@given(
    st.lists(st.lists(st.sampled_from(WORDS), max_size=4), max_size=8),
    st.sampled_from([word for word in WORDS if "-" not in word]),
)
def test_a_single_word_finds_what_a_scan_of_all_texts_finds(texts: list[list[str]], word: str) -> None:
    quads = [
        ox.Quad(ox.NamedNode(f"{EX}s{i}"), ox.NamedNode(EX + "p"), ox.Literal(" ".join(text)))
        for i, text in enumerate(texts)
    ]
    expected = sorted((f"s{i}",) for i, text in enumerate(texts) if naive(word) & naive(" ".join(text)))
    assert found(Replica(quads), f'SELECT ?s {{ ?s srv:search "{word}" }}') == expected


@given(st.text(max_size=40))
def test_no_search_text_is_an_error_of_the_index(text: str) -> None:
    index = TextIndex([ox.Quad(ox.NamedNode(EX), ox.NamedNode(EX), ox.Literal("pump"))])
    try:
        words = expression(text)
    except SearchMalformed:
        return
    index.find(words, (), None, 10)


@given(st.lists(st.text(max_size=12), max_size=6))
def test_texts_come_back_as_they_were(texts: list[str]) -> None:
    quads = [
        ox.Quad(ox.NamedNode(f"{EX}s"), ox.NamedNode(EX + "p"), ox.Literal("pump " + text)) for text in texts
    ]
    rows = found(Replica(quads), 'SELECT ?text { (?s ?score ?text) srv:search "pump*" }')
    assert {row[0] for row in rows} == {"pump " + text for text in texts}
