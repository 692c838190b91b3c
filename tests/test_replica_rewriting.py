"""Queries that are put differently to be answered sooner: with the same answer, and only where it pays."""

from __future__ import annotations

from collections import Counter

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

from calcigraph.engine import rewriting
from calcigraph.engine.corrections.correction import Context
from calcigraph.engine.replica import Diff, Replica
from calcigraph.engine.rewriting import subtraction
from calcigraph.engine.view import View
from calcigraph.settings import DefaultGraph
from calcigraph.sparql.parsed_query import ParsedQuery
from calcigraph.sparql.parser import SparqlMalformed

EX = "http://example.org/"
PROLOGUE = f"PREFIX : <{EX}> PREFIX rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#>\n"
NODES = [":a", ":b", ":c", "_:x", "_:y", "1", '"1"', '"a"@en']
VERBS = [":p", ":q", "a"]
PIECES = """
    ?x :p ?y | :a :q ?x | ?x a ?z . | . | OPTIONAL { ?x :q ?z } | BIND(1 AS ?w) | FILTER(?x != :a)
    | FILTER NOT EXISTS { ?x :q ?y } | FILTER NOT EXISTS { ?x :q ?w . } | FILTER NOT EXISTS { ?v :q ?w }
    | FILTER NOT EXISTS { ?x :q ?y . ?y :p ?z } | FILTER NOT EXISTS { ?x :p [] } | VALUES ?x { :a :b }
    | FILTER NOT EXISTS { GRAPH ?g { ?x :q ?y } } | FILTER NOT EXISTS { ?x :p* ?y } | { ?x :p ?y }
    | GRAPH :g { ?x :p ?y FILTER NOT EXISTS { ?x :q ?z } } | MINUS { ?x :q ?y } | UNION
    | { SELECT ?x { ?x :p ?y FILTER NOT EXISTS { ?x :q ?z } } }
"""
HEADS = ["SELECT *", "SELECT ?x ?y", "SELECT DISTINCT ?x WHERE", "SELECT (COUNT(?x) AS ?n)"]
TAILS = ["", "", "ORDER BY ?x", "GROUP BY ?x", "LIMIT 1", "VALUES ?x { :a }"]
Quads = list[tuple[tuple[str, str, str], str]]

triples = st.tuples(st.sampled_from(NODES[:5]), st.sampled_from(VERBS), st.sampled_from(NODES))
quads = st.lists(st.tuples(triples, st.sampled_from(["", ":g", ":h"])), max_size=25)
modes = st.sampled_from(["union", "separate"])
terms = st.sampled_from(["?x", "?y", "?z", "$x"] * 3 + NODES[:3])
patterns = st.tuples(terms, st.sampled_from([*VERBS, "?p", "?x"]), terms).map(" ".join)
absences = st.tuples(patterns, patterns).map(lambda p: f"{p[0]} FILTER NOT EXISTS {{ {p[1]} }}")
groups = st.lists(st.sampled_from(PIECES.split("|")), max_size=4).map(" ".join)
queries = st.tuples(st.sampled_from(HEADS), absences | groups, st.sampled_from(TAILS)).map(
    lambda parts: f"{parts[0]} {{ {parts[1]} }} {parts[2]}"
)
counts = st.tuples(st.sampled_from(["*", "?x", "?y", "?w"]), st.sampled_from(["?n", "?x"]), patterns).map(
    lambda parts: f"SELECT (COUNT({parts[0]}) AS {parts[1]}) {{ {parts[2]} }}"
)


def rewritten(text: str, numbers: View) -> str:
    """The query as it is asked of a view; itself where it cannot be read."""
    try:
        query = ParsedQuery.of(text)
    except SparqlMalformed:
        return text
    return rewriting.rewritten(query, text, Context(numbers, numbers))


def rewritten_whatever_pays(text: str, numbers: View) -> str:
    """As where every subtraction is held for worth while."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(subtraction, "_MARGIN", 0.0)
        return rewritten(text, numbers)


def view(data: Quads, mode: DefaultGraph = "union") -> View:
    lines = [f"GRAPH {g} {{ {' '.join(t)} }}" if g else " ".join(t) + " ." for t, g in data]
    return View(ox.parse(PROLOGUE + "\n".join(lines), ox.RdfFormat.TRIG), mode)


def answer(data: View, text: str) -> Counter[str] | str:
    """The solutions, or that there are none because the engine does not take the text."""
    try:
        solutions = data.query(text, None, None)
        assert isinstance(solutions, ox.QuerySolutions)
        names = [variable.value for variable in solutions.variables]
        return Counter(str(sorted(zip(names, map(str, row), strict=True))) for row in solutions)
    except (SyntaxError, RuntimeError) as error:
        return type(error).__name__


@given(quads, modes, queries)
def test_subtraction_has_the_answer_of_the_filter(data: Quads, mode: DefaultGraph, text: str) -> None:
    whole, text = view(data, mode), PROLOGUE + text
    other = rewritten_whatever_pays(text, whole)
    if "LIMIT" in text:
        # Any of the solutions would do; reading all that is to be subtracted would take longer.
        assert other.count("MINUS") == text.count("MINUS")
        assert len(answer(whole, other)) == len(answer(whole, text))
    else:
        assert answer(whole, other) == answer(whole, text)


@pytest.mark.parametrize(
    "text",
    [
        "SELECT * { ?x :p ?y FILTER NOT EXISTS { ?x :q ?z } }",
        "select ?x where {$x a :a .filter not exists{?x :q ?o.}.}order by ?x",
    ],
)
def test_filter_becomes_a_subtraction_however_it_is_written(text: str) -> None:
    assert "MINUS" in rewritten_whatever_pays(PROLOGUE + text, view([]))


@given(quads, quads, quads, modes, counts)
def test_numbers_are_those_that_counting_gives_also_after_changes(
    data: Quads,
    added: Quads,
    removed: Quads,
    mode: DefaultGraph,
    text: str,
) -> None:
    whole, text = view(data, mode), PROLOGUE + text
    for _ in range(2):
        other = rewritten(text, whole)
        counted = answer(whole, text)
        assert isinstance(counted, str) or answer(whole, other) == counted
        whole.apply(list(view(added, mode).quads()), list(view(removed, mode).quads()))


def things(number: int, without: int) -> Replica:
    """So many things of a class, of which some are without a property."""
    lines = [f"<{EX}s{i}> a <{EX}C> .\n" for i in range(number)]
    lines += [f"<{EX}s{i}> <{EX}p> <{EX}s{i % 7}> .\n" for i in range(number - without)]
    data = "".join(lines).replace(" a ", " <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> ")
    return Replica.load(data.encode())


ABSENCE = PROLOGUE + "SELECT (COUNT(?x) AS ?n) { ?x a :C FILTER NOT EXISTS { ?x :p ?y } }"


@pytest.mark.parametrize(("without", "pays"), [(100, True), (70, True), (60, False), (0, False)])
def test_filter_becomes_a_subtraction_only_where_there_is_less_to_subtract(without: int, pays: bool) -> None:
    replica = things(100, without)
    assert ("MINUS" in rewritten(ABSENCE, replica._whole)) == pays
    assert [row[0].value for row in replica.query(ABSENCE)] == [str(without)]  # type: ignore[union-attr]


def test_what_has_to_be_counted_is_counted_only_as_far_as_it_pays() -> None:
    whole = things(1000, 0)._whole
    pattern = (None, ox.NamedNode(EX + "p"), ox.NamedNode(EX + "s1"))
    assert [whole.count(pattern, most) for most in (0, 9, 500)] == [None, None, 143]
    text = PROLOGUE + "SELECT ?x { ?x a :C FILTER NOT EXISTS { ?x :p :s1 } }"
    assert rewritten(text, whole) == text
    assert "MINUS" in rewritten(text.replace(":s1", ":s999"), whole)


KEPT = [
    "SELECT ?x { ?x a :C FILTER NOT EXISTS { ?y :p ?z } }",
    "SELECT ?x { ?x a :C FILTER NOT EXISTS { ?x :p [] } }",
    "SELECT ?x { ?x a :C FILTER NOT EXISTS { ?x :p _:b } }",
    "SELECT ?x { ?x a :C FILTER NOT EXISTS { ?x :p* ?y } }",
    "SELECT ?x { ?x a :C FILTER NOT EXISTS { GRAPH ?g { ?x :p ?y } } }",
    "SELECT ?x { ?x a :C ; :q ?z FILTER NOT EXISTS { ?x :p ?y } }",
    "SELECT ?x { ?x a :C OPTIONAL { ?x :q ?y } FILTER NOT EXISTS { ?x :p ?y } }",
    "SELECT ?x { ?x a :C FILTER NOT EXISTS { ?x :p ?y } ?x :q ?z }",
    "SELECT ?x { ?x a :C FILTER NOT EXISTS { ?x :p ?y } } LIMIT 1",
    "SELECT ?x { ?x a :C FILTER NOT EXISTS { ?x :p ?y } } VALUES ?x { :a }",
    "SELECT ?x { GRAPH :g { ?x a :C FILTER NOT EXISTS { ?x :p ?y } } }",
    "SELECT ?x { { SELECT ?x { ?x a :C FILTER NOT EXISTS { ?x :p ?y } } } }",
    "ASK { ?x a :C FILTER NOT EXISTS { ?x :p ?y } }",
    "SELECT ?x { ?x a :C FILTER EXISTS { ?x :p ?y } }",
    "SELECT ?x { ?x a :C FILTER NOT EXISTS { ?x no:p ?y } }",
    "SELECT (COUNT(DISTINCT ?x) AS ?n) { ?x a :C }",
    "SELECT (COUNT(*) AS ?x) { ?x a :C }",
    "SELECT (COUNT(?y) AS ?n) { ?x a :C }",
    "SELECT (COUNT(*) AS ?n) { ?x a :C } GROUP BY ?x",
    "SELECT (COUNT(*) AS ?n) { ?x :p ?x }",
    "SELECT (COUNT(*) AS ?n) { ?x :p :s1 }",
    "SELECT (COUNT(*) AS ?n) { ?x a a }",
    "SELECT (COUNT(*) AS ?n) { a ?x ?y }",
    "SELECT (COUNT(*) AS ?n) { ?x a :C . ?x :p ?y }",
    "SELECT (COUNT(*) AS ?n) { GRAPH ?g { ?x a :C } }",
]


@pytest.mark.parametrize("text", KEPT)
def test_what_is_not_proven_or_not_worth_it_is_left_as_it_is(text: str) -> None:
    whole = things(100, 90)._whole
    assert rewritten(PROLOGUE + text, whole) == PROLOGUE + text


def test_number_is_that_of_the_dataset_that_is_asked_for() -> None:
    lines = f"<{EX}a> <{EX}p> <{EX}b> <{EX}g> .\n<{EX}a> <{EX}p> <{EX}c> <{EX}h> .\n".encode()
    replica = Replica.load(lines, unasserted=[EX + "h"])
    text = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"

    def number(**options: object) -> str:
        (row,) = replica.query(text, **options)  # type: ignore[arg-type, misc]
        return row[0].value

    assert number() == "2"
    assert number(default_graphs=[EX + "g"]) == "1"
    assert number(inference=False) == "1"
    replica.apply(Diff(removed=lines))
    assert (number(), number(inference=False)) == ("0", "0")
