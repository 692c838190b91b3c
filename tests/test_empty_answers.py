"""Which kind of nothing the answer to a query is, and the part that is empty: each kind by hand."""

from __future__ import annotations

from itertools import islice

import pytest

from calcigraph.emptiness import EmptyKind, EmptyReason, EmptySearch
from calcigraph.emptiness.asking import Row
from calcigraph.engine.replica import Replica
from calcigraph.sparql.parser import parse_query

PREFIX = "PREFIX : <http://e/>\n"
INFERRED = "http://e/inferred"
DATA = b"""
<http://e/a> <http://e/p> <http://e/b> <http://e/g1> .
<http://e/c> <http://e/r> <http://e/d> <http://e/g1> .
<http://e/b> <http://e/q> "Five"@en <http://e/g2> .
<http://e/b> <http://e/n> "5"^^<http://www.w3.org/2001/XMLSchema#integer> <http://e/g2> .
<http://e/a> <http://e/i> <http://e/b> <http://e/inferred> .
"""


class Asked:
    """The search over `DATA`, and all that it told on its way."""

    def __init__(self) -> None:
        self.replica = Replica.load(DATA, unasserted=[INFERRED])
        self.told: list[EmptyReason] = []

    def reason(self, query: str, inference: bool = True, graphs: tuple[str, ...] = ()) -> EmptyReason:
        return self._search(query, inference, graphs).reason()

    def of_zero(self, query: str) -> EmptyReason:
        return self._search(query, True, ()).of_zero()

    def _search(self, query: str, seen: bool, graphs: tuple[str, ...]) -> EmptySearch:
        text = PREFIX + query

        def evaluate(
            text: str, most: int, *, in_dataset: bool = True, inference: bool | None = None
        ) -> list[Row]:
            results = self.replica.query(
                text,
                default_graphs=graphs if in_dataset else (),
                inference=seen if inference is None else inference,
            )
            return [tuple(solution) for solution in islice(results, most)]

        tell = self.told.append
        tree = parse_query(text)
        return EmptySearch(text, tree, evaluate, dataset=(graphs, ()), inference=seen, tell=tell)


@pytest.fixture(scope="module")
def asked() -> Asked:
    return Asked()


# The query, the kind, and the parts: each with the words that it begins with in the query.
CASES = [
    ("SELECT * { ?s :p ?o ; :typo ?x }", "unknown-term", ["?s :typo ?x"]),
    ("SELECT * { ?s :p ?o . ?o :q 'five' }", "unknown-term", ["?o :q 'five'"]),
    ("SELECT * { ?s :p [ :q [ :typo ?x ] ; :n ?y ] }", "unknown-term", ["[] :typo ?x"]),
    ("SELECT * { ?s :p/:typo ?o }", "unknown-term", ["?s :p/:typo ?o"]),
    ("SELECT * { ?s :p|^(:q/:typo) :a }", "unknown-term", ["?s :p|^(:q/:typo) :a"]),
    ("SELECT * { ?s :p ( :a [ :q :typo ] ) }", "unknown-term", ["?s :p ( :a [ :q :typo ] )"]),
    ("SELECT * { << ?s :p :typo >> :q ?o }", "unknown-term", ["<< ?s :p :typo >> :q ?o"]),
    ("SELECT * { ?x :p? :nowhere . ?x :q ?y }", "unknown-term", ["?x :p? :nowhere"]),
    ("SELECT * { ?s :p ?o FILTER EXISTS { ?o :typo ?x } }", "unknown-term", ["?o :typo ?x"]),
    ("SELECT * { { ?s :p :a } UNION { ?s :typo ?o } }", "unknown-term", ["?s :typo ?o"]),
    ("ASK { { ?s :p ?o } { SELECT ?o { ?o :typo ?x } } }", "unknown-term", ["?o :typo ?x"]),
    ("DESCRIBE :nothing", "unknown-term", [":nothing"]),
    ("DESCRIBE ?x { ?x :typo ?y }", "unknown-term", ["?x :typo ?y"]),
    ("CONSTRUCT WHERE { ?x :typo ?y }", "unknown-term", ["?x :typo ?y"]),
    ("SELECT * { ?s :p :a }", "no-match", ["?s :p :a"]),
    ("SELECT * { ?s :p/:r ?o }", "no-match", ["?s :p/:r ?o"]),
    ("SELECT * FROM :g2 { ?s :p ?o }", "no-match", ["?s :p ?o"]),
    ("DESCRIBE :d", "no-match", [":d"]),
    ("SELECT * { ?s :p ?o . ?o :q ?x . ?s :n ?y }", "no-join", ["?s :p ?o", "?s :n ?y"]),
    ("SELECT * { _:x :p _:y . _:y :r ?z }", "no-join", ["_:x :p _:y", "_:y :r ?z"]),
    ("SELECT * { ?s :p ?o BIND(:c AS ?c) ?c :n ?z }", "no-join", ["BIND(:c AS ?c)", "?c :n ?z"]),
    ("SELECT * { GRAPH ?g { ?s :p ?o . ?o :q ?x } }", "no-join", ["?s :p ?o", "?o :q ?x"]),
    (
        "SELECT * { ?a :p ?b . ?c :r ?d . ?e :n ?f . ?a :i ?d }",
        "no-join",
        ["?c :r ?d", "?a :i ?d"],
    ),
    ("SELECT * { ?o :n ?n FILTER(?n > 7) }", "filter", ["FILTER(?n > 7)"]),
    ("SELECT * { ?o :n ?n FILTER(?n > 4) FILTER(?n < 5) }", "filter", ["FILTER(?n < 5)"]),
    ("SELECT * { ?s :p ?o { ?o :n ?n FILTER(?s != ?n) } }", "filter", ["FILTER(?s != ?n)"]),
    ("SELECT * { ?s :p ?o FILTER EXISTS { ?o :r ?x } }", "filter", ["FILTER EXISTS { ?o :r ?x }"]),
    ("SELECT * { ?s :p ?o FILTER NOT EXISTS { ?o :n ?x } }", "removed", ["FILTER NOT EXISTS { ?o"]),
    ("SELECT * { ?s :p ?o FILTER (!EXISTS { ?o :n ?x }) }", "removed", ["FILTER (!EXISTS"]),
    ("SELECT * { ?s :p ?o MINUS { ?o :n ?x } FILTER(?s != ?o) }", "removed", ["MINUS { ?o :n ?x }"]),
    ("SELECT * { ?s :p ?o VALUES ?o { :d :c } }", "values", ["?s :p ?o", "VALUES ?o { :d :c }"]),
    ("SELECT * { ?s :p ?o } VALUES ?o { :x :y }", "values", ["?s :p ?o", "VALUES ?o { :x :y }"]),
    ("SELECT * { ?s :p ?o VALUES ?o { } }", "values", ["VALUES ?o { }"]),
    ("SELECT * { ?s :p ?o } LIMIT 0", "slice", ["LIMIT 0"]),
    ("ASK { ?s :p ?o } OFFSET 7", "slice", ["OFFSET 7"]),
    ("SELECT * { ?s :p ?o { SELECT ?s { ?s :p ?o } LIMIT 0 } }", "slice", ["LIMIT 0"]),
    ("SELECT * FROM :nowhere { ?s :p ?o }", "missing-graph", ["FROM :nowhere"]),
    ("SELECT * FROM NAMED :nowhere { GRAPH ?g { ?s :p ?o } }", "missing-graph", ["FROM NAMED :nowhere"]),
    ("SELECT * { GRAPH :nowhere { ?s :p ?o } }", "missing-graph", ["GRAPH :nowhere"]),
    ("SELECT * FROM :g1 { GRAPH :g1 { ?s :p ?o } }", "missing-graph", ["GRAPH :g1"]),
    (
        "SELECT ?s (COUNT(*) AS ?n) { ?s :p ?o } GROUP BY ?s HAVING(COUNT(*) > 3)",
        "having",
        ["HAVING(COUNT(*) > 3)"],
    ),
    ("CONSTRUCT { ?n :x ?s } WHERE { ?s :n ?n }", "template", ["{ ?n :x ?s }"]),
]


@pytest.mark.parametrize(("query", "kind", "parts"), CASES, ids=[query for query, _, _ in CASES])
def test_the_kind_and_the_parts_are_found(asked: Asked, query: str, kind: str, parts: list[str]) -> None:
    found = asked.reason(query)
    assert (found.kind.value, len(found.parts)) == (kind, len(parts)), found
    for part, begins in zip(found.parts, parts, strict=True):
        assert part.text.startswith(begins)
        line = (PREFIX + query).split("\n")[part.line - 1]
        # Where triples share a subject, the place is that of the predicate.
        assert line[part.column - 1 :].startswith((begins, begins.partition(" ")[2], "[ :typo")), (line, part)


def test_every_kind_is_among_the_cases() -> None:
    others = {"not-empty", "undecided", "inference", "service"}
    assert {kind for _, kind, _ in CASES} == {kind.value for kind in EmptyKind} - others


@pytest.mark.parametrize(
    ("query", "note"),
    [
        ("SELECT * { ?s :p :a }", "exchanged"),
        ("SELECT * FROM :g2 { ?s :p ?o }", "another graph"),
        ("SELECT * FROM :g1 FROM :nowhere { ?s :q ?o }", "<http://e/nowhere>"),
        ("SELECT * { GRAPH ?g { ?s :p ?o . ?o :q ?x } }", "by itself"),
        ("SELECT * { ?o :q ?n FILTER(?n > 7) }", "error"),
        ("SELECT * { ?o :n ?n FILTER(?m > 7) }", "?m"),
        ("SELECT * { ?o :n ?n FILTER(?n > 4) FILTER(?n < 6) FILTER(false) }", ""),
        ("SELECT * { ?s :p ?o } OFFSET 7", "1"),
        ("SELECT * FROM :g1 { GRAPH :g1 { ?s :p ?o } }", "FROM NAMED"),
    ],
)
def test_what_helps_to_mend_it_is_noted(asked: Asked, query: str, note: str) -> None:
    assert note in " ".join(asked.reason(query).notes)


def test_a_filter_shows_what_it_saw(asked: Asked) -> None:
    (seen,) = asked.reason("SELECT * { ?o :n ?n FILTER(?n > 7) }").values
    assert (seen.variable, seen.values) == ("n", ('"5"^^<http://www.w3.org/2001/XMLSchema#integer>',))


def test_a_literal_in_another_spelling_is_near(asked: Asked) -> None:
    (term,) = asked.reason("SELECT * { ?o :q 'five' }").terms
    assert term.term == '"five"'
    assert [near.term for near in term.near] == ['"Five"@en']


def test_a_term_that_is_only_inferred_is_known(asked: Asked) -> None:
    found = asked.reason("SELECT * { ?s :i ?o }", inference=False)
    assert (found.kind, found.terms) == (EmptyKind.INFERENCE, ())
    assert found.parts[0].text == "?s :i ?o"
    assert asked.reason("SELECT * { ?s :i :a }", inference=False).kind is EmptyKind.NO_MATCH


def test_a_dataset_of_the_request_is_seen(asked: Asked) -> None:
    found = asked.reason("SELECT * FROM :g1 { ?s :p ?o }", graphs=("http://e/nowhere",))
    assert (found.kind, found.parts[0].line) == (EmptyKind.MISSING_GRAPH, 0)
    assert found.terms[0].term == "<http://e/nowhere>"
    assert asked.reason("SELECT * { ?s :p ?o }", graphs=("http://e/g2",)).kind is EmptyKind.NO_MATCH


def test_a_count_of_nothing_is_explained(asked: Asked) -> None:
    found = asked.of_zero("SELECT (COUNT(*) AS ?n) { ?s :typo ?o }")
    assert (found.kind, found.is_empty) == (EmptyKind.UNKNOWN_TERM, False)
    assert asked.of_zero("SELECT (COUNT(*) AS ?n) { ?s :p ?o }").kind is EmptyKind.NOT_EMPTY
    assert asked.of_zero("SELECT * { ?s :p ?o }").kind is EmptyKind.NOT_EMPTY


def test_two_filters_that_only_together_leave_nothing_are_both_named(asked: Asked) -> None:
    values = "VALUES ?n { 1 2 }"
    found = asked.reason(f"SELECT * {{ {values} FILTER(?n > 1) FILTER(?n < 9) FILTER(?n < 2) }}")
    assert [part.text for part in found.parts] == ["FILTER(?n > 1)", "FILTER(?n < 2)"]


def test_what_is_known_is_told_before_the_end(asked: Asked) -> None:
    asked.told.clear()
    found = asked.reason("SELECT * { ?s :p ?o . ?o :n ?n FILTER(?n > 7) }")
    assert asked.told[0].kind is EmptyKind.UNDECIDED
    assert asked.told[-1].kind is found.kind


def test_a_reason_is_the_same_after_it_was_sent(asked: Asked) -> None:
    for query, _, _ in CASES:
        found = asked.reason(query)
        assert EmptyReason.decode(found.encode()) == found
